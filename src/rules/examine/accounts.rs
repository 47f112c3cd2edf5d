//! Accounts: asking for them, synchronising and deleting them.

use super::{Breach, Case, Note, OfAnswer, OfScenario, Seen, meaning, partner, request, shown, text};
use crate::{
    contract::{Endpoint, Meaning},
    json::Json,
};

pub(super) const OF_ANSWERS: &[OfAnswer] = &[
    OfAnswer { rule: 40, examine: present_has_an_id },
    OfAnswer { rule: 41, examine: synchronised_has_an_id },
    OfAnswer { rule: 48, examine: deleted_is_named },
];
pub(super) const OF_SCENARIOS: &[OfScenario] = &[OfScenario { rules: &[43], examine: synchronised_once }];

/// Accounts/Exists says 0, or a positive code and the account's id. A negative code is an error of the look-up, XML
/// in the message one of several; the vendor's "not supported" is no answer at all.
fn present_has_an_id(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if seen.endpoint != Endpoint::AccountExists || seen.may_be_pending() {
        return None;
    }
    let body = seen.document()?;
    match seen.answer.code()? {
        ..0 => None,
        0 => Some(Vec::new()),
        _ if seen.answer.message().trim_start().starts_with('<') => None,
        _ if seen.answer.result().is_some() => Some(Vec::new()),
        code => Some(vec![
            Breach::new("Accounts/Exists says that the account is there, and not which one it is")
                .at("$.Result")
                .instead("the id of the account", format!("Code {code}, Result {}", shown(body.member("Result")))),
        ]),
    }
}

/// an account that was synchronised has an id.
fn synchronised_has_an_id(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if seen.endpoint != Endpoint::AccountSynchronize || seen.meaning() != Meaning::Accepted {
        return None;
    }
    if seen.answer.result().is_some() {
        return Some(Vec::new());
    }
    Some(vec![
        Breach::new("Accounts/Synchronize succeeded without an id in Result")
            .at("$.Result")
            .instead("the id of the account", shown(seen.body()?.member("Result"))),
    ])
}

/// a deletion names the account that it deleted, and no other. One that names none is left alone: the platform has
/// no use for the id any more.
fn deleted_is_named(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if seen.endpoint != Endpoint::AccountDelete || seen.meaning() != Meaning::Accepted || seen.is_flawed() {
        return None;
    }
    let named = seen.answer.result()?;
    let body = request(seen.exchange)?;
    let asked = text(&body, "ExternalID")?;
    if named == asked {
        return Some(Vec::new());
    }
    Some(vec![
        Breach::new("Accounts/Delete names another account than the one it was asked to delete")
            .at("$.Result")
            .instead(asked, named),
    ])
}

/// an account that is synchronised again has the id that it had. A deletion in between ends it; calls with
/// something wrong in them are not compared, nor are calls of different partners, whose accounts may have equal ids.
fn synchronised_once(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut known: Vec<((String, Vec<&str>), String)> = Vec::new();
    for (step, of_step) in case.evidence.steps.iter().enumerate() {
        for (place, exchange) in of_step.exchanges.iter().enumerate() {
            let endpoint = exchange.sent.endpoint;
            if !matches!(endpoint, Some(Endpoint::AccountSynchronize | Endpoint::AccountDelete))
                || exchange.sent.intent.is_experiment()
                || meaning(exchange) != Some(Meaning::Accepted)
            {
                continue;
            }
            let Some(id) = request(exchange).as_ref().and_then(|body: &Json| text(body, "ID")).map(str::to_owned)
            else {
                continue;
            };
            let whose = (id, partner(exchange));
            if endpoint == Some(Endpoint::AccountDelete) {
                known.retain(|(account, _)| *account != whose);
                continue;
            }
            let Some(result) = exchange.answer().and_then(|answer| answer.result()) else { continue };
            let Some((_, first)) = known.iter().find(|(account, _)| *account == whose) else {
                known.push((whose, result));
                continue;
            };
            let breaches = match *first == result {
                true => Vec::new(),
                false => vec![
                    Breach::new(format!("the account {} was synchronised again and got another id", whose.0))
                        .at("$.Result")
                        .instead(first.as_str(), result),
                ],
            };
            notes.push(Note { rule: 43, step, exchange: place, breaches });
        }
    }
    notes
}
