//! Pre-checks held against each other, and against the calls that they announce.

use super::{Breach, Case, Note, OfAnswer, OfScenario, Seen, may_be_pending, meaning};
use crate::{
    contract::{Meaning, credentials::TRACK_ID},
    evidence::{Exchange, Intent, StepEvidence},
    json::Json,
};

pub(super) const OF_ANSWERS: &[OfAnswer] = &[OfAnswer { rule: 105, examine: code_zero }];
pub(super) const OF_SCENARIOS: &[OfScenario] =
    &[OfScenario { rules: &[104], examine: same_rules }, OfScenario { rules: &[106, 107], examine: stable }];

/// Words that say "yes" in a message. What else a positive code comes with is a reason for a refusal.
const CONSENT: [&str; 10] =
    ["ok", "okay", "success", "successful", "succeeded", "valid", "passed", "accepted", "allowed", "checked"];

/// a pre-check that passes says Code 0; `Result` may be empty.
///
/// A positive code with a reason is a refusal like any other. It is taken for a consent only where nothing is wrong with
/// the call and the message is blank or says so.
fn code_zero(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if !seen.exchange.sent.check_only || !seen.endpoint.answers_result() || seen.may_be_pending() {
        return None;
    }
    let body = seen.document()?;
    let code = seen.answer.code().filter(|code| *code >= 0)?;
    if code == 0 {
        return (seen.answer.status == 200).then(Vec::new);
    }
    let message = seen.answer.message();
    let words = || message.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let consents = words().all(|word| word.len() <= 2 || CONSENT.iter().any(|yes| yes.eq_ignore_ascii_case(word)));
    if seen.is_flawed() || !consents {
        return None;
    }
    Some(vec![
        Breach::new(format!("the pre-check of {} passed with Code {code}", seen.endpoint))
            .at("$.Code")
            .instead("Code 0", format!("Code {code}, Message {}", super::shown(body.member("Message")))),
    ])
}

/// The body of a request without `CheckOnly`: what a pre-check and its call have in common.
fn without_check(exchange: &Exchange) -> Option<Json> {
    let mut body = super::request(exchange)?;
    if let Json::Object(members) = &mut body {
        members.remove("CheckOnly");
    }
    Some(body)
}

/// The last attempt of each call of a step: what came before it was "in progress".
fn last_attempts(step: &StepEvidence) -> impl Iterator<Item = (usize, &Exchange)> {
    let exchanges = &step.exchanges;
    exchanges
        .iter()
        .enumerate()
        .filter(|(place, exchange)| exchanges.get(place + 1).is_none_or(|next| next.sent.call != exchange.sent.call))
}

/// Done, or refused with this code; `None` where the answer is something else, or may be "in progress".
fn outcome(case: &Case<'_>, exchange: &Exchange) -> Option<i64> {
    match meaning(exchange)? {
        Meaning::Accepted => Some(0),
        Meaning::Refused { code, .. } if code < 0 || !may_be_pending(case.profile) => Some(code),
        _ => None,
    }
}

/// a pre-check and the very same call come to the same end.
///
/// Only pairs whose bodies differ in nothing but `CheckOnly`, with nothing between them but other pre-checks. Calls with
/// something wrong in them are judged where the scenario says what should come of them.
fn same_rules(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for (step, of_step) in case.evidence.steps.iter().enumerate() {
        let mut asked: Option<(usize, &Exchange)> = None;
        for (place, exchange) in last_attempts(of_step) {
            let sent = &exchange.sent;
            if sent.check_only {
                asked = Some((place, exchange));
                continue;
            }
            let Some((asked_at, question)) = asked.take() else { continue };
            let odd =
                |exchange: &Exchange| exchange.sent.intent.is_experiment() || exchange.sent.intent == Intent::Teardown;
            if question.sent.endpoint != sent.endpoint || odd(question) || odd(exchange) {
                continue;
            }
            let (Some(said), Some(did)) = (outcome(case, question), outcome(case, exchange)) else { continue };
            let equal = without_check(question).zip(without_check(exchange)).is_some_and(|(a, b)| a.same(&b));
            if !equal {
                continue;
            }
            let breaches = match (said == 0, did == 0) {
                (true, false) => vec![
                    Breach::new("the pre-check passed, and the very same call was refused")
                        .at("$.Code")
                        .instead("a pre-check that is refused too", format!("Code {did} after Code 0")),
                ],
                (false, true) => vec![
                    Breach::new("the pre-check was refused, and the very same call was accepted")
                        .at("$.Code")
                        .instead("a pre-check that passes too", format!("Code 0 after Code {said}")),
                ],
                _ => Vec::new(),
            };
            let exchange = if breaches.is_empty() { place } else { asked_at };
            notes.push(Note { rule: 104, step, exchange, breaches });
        }
    }
    notes
}

/// True when two requests differ in no header but the one that numbers calls.
fn same_headers(one: &Exchange, other: &Exchange) -> bool {
    let told = |exchange: &'_ Exchange| {
        let headers = exchange.sent.headers.clone();
        headers.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case(TRACK_ID)).collect::<Vec<_>>()
    };
    told(one) == told(other)
}

/// the same question gets the same answer as long as nothing was done in between. A refusal that changes
/// its code is not stable; one that follows a consent shows that asking used something up.
fn stable(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    // A question that was refused may be put again by the next step.
    let mut before: Option<(&Exchange, i64)> = None;
    for (step, of_step) in case.evidence.steps.iter().enumerate() {
        for (place, exchange) in last_attempts(of_step) {
            let said = outcome(case, exchange).filter(|_| exchange.sent.check_only);
            let Some(said) = said else {
                before = None;
                continue;
            };
            if let Some((earlier, first)) = before
                && earlier.sent.endpoint == exchange.sent.endpoint
                && same_headers(earlier, exchange)
                && earlier.sent.body == exchange.sent.body
            {
                let found = format!("Code {said}, after Code {first}");
                let note = |rule, message: Option<&str>| {
                    let breach = |message: &str| {
                        Breach::new(message).at("$.Code").instead(format!("Code {first}"), found.clone())
                    };
                    Note { rule, step, exchange: place, breaches: message.map(breach).into_iter().collect() }
                };
                notes.push(match (first, said) {
                    (0, 0) => note(106, None),
                    (0, _) => note(106, Some("the same pre-check passed once and was then refused")),
                    (first, said) if first == said => note(107, None),
                    _ => note(107, Some("the same pre-check was answered with another code the second time")),
                });
            }
            before = Some((exchange, said));
        }
    }
    notes
}
