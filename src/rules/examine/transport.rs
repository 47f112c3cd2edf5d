//! How answers are sent, whatever they say.

use super::{Breach, Case, Note, OfAnswer, OfScenario, Seen};
use crate::{
    contract::{Endpoint, Meaning, answer::PendingSignal},
    evidence::{FailureKind, Intent, Outcome},
};

pub(super) const OF_ANSWERS: &[OfAnswer] =
    &[OfAnswer { rule: 13, examine: outcome_in_body }, OfAnswer { rule: 14, examine: is_json }];
pub(super) const OF_SCENARIOS: &[OfScenario] = &[OfScenario { rules: &[117], examine: in_time }];

/// what became of a call is told in the body, with HTTP 200. A complete result that comes with 201 or 500 is one
/// that was told otherwise.
fn outcome_in_body(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    // A call without right credentials has no business outcome.
    if matches!(seen.exchange.sent.intent, Intent::Teardown) || seen.lenient() {
        return None;
    }
    match seen.answer.meaning(seen.endpoint, &PendingSignal::None) {
        Meaning::Refused { .. } if seen.answer.status == 200 => Some(Vec::new()),
        // What cannot be read never reaches the business.
        Meaning::Refused { .. } if (400..500).contains(&seen.answer.status) && seen.exchange.is_malformed() => None,
        Meaning::Refused { .. } => Some(vec![
            Breach::new(format!("{} told a business error with HTTP {}", seen.endpoint, seen.answer.status))
                .instead("HTTP 200, the outcome in the body", format!("HTTP {}", seen.answer.status)),
        ]),
        Meaning::Broken(_) if is_complete(seen) => Some(vec![
            Breach::new(format!("{} told a result with HTTP {}", seen.endpoint, seen.answer.status))
                .instead("HTTP 200, the outcome in the body", format!("HTTP {}", seen.answer.status)),
        ]),
        _ => None,
    }
}

/// A result with all that the platform reads, under a status by which it reads nothing. Somebody who asks to wait, or who
/// may be "in progress", has not come to a result.
fn is_complete(seen: &Seen<'_>) -> bool {
    let told = || seen.answer.code().is_some() && seen.body().is_some_and(|body| body.member("Message").is_some());
    let early = seen.exchange.asks_to_wait() || (seen.answer.status == 202 && super::may_be_pending(seen.profile));
    seen.answer.status != 200 && seen.endpoint.answers_result() && !seen.stranger && !early && told()
}

/// what is answered to a caller who takes JSON is JSON, in UTF-8 and said to be so.
///
/// Only answers of 2xx and redirects are looked at: errors of a host or a framework (404, 405, 415, 5xx) may be pages. Any JSON type
/// will do (`text/json`, `application/hal+json`). Fields/AdditionalInfo may be empty or plain text: what it is for is
/// known to nobody. Endpoints beyond the core may answer 204 for nothing.
fn is_json(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if let Some(place) = seen.exchange.header("location").filter(|_| is_redirect(seen)) {
        let found = format!("HTTP {} to {}", seen.answer.status, super::cut(place));
        let breach = Breach::new(format!("{} sends the platform elsewhere, and it does not follow", seen.endpoint));
        return Some(vec![breach.instead("a JSON document", found)]);
    }
    if !seen.is_read() || !accepts_json(seen) {
        return None;
    }
    let Outcome::Received { body, lossy, truncated, .. } = &seen.exchange.answered.as_ref()?.outcome else {
        return None;
    };
    let media = seen.answer.media_type.as_str();
    let named = if media.is_empty() { "no content type" } else { media };
    let loose = seen.endpoint == Endpoint::AdditionalInfo;
    let breach = |what: String, found: String| Some(vec![Breach::new(what).instead("a JSON document", found)]);
    if body.trim().is_empty() {
        if loose || (seen.answer.status == 204 && !seen.endpoint.spec().core && !seen.endpoint.answers_result()) {
            return None;
        }
        let found = format!("HTTP {} with an empty body", seen.answer.status);
        return breach(format!("{} answered nothing at all", seen.endpoint), found);
    }
    if *truncated {
        return breach(format!("{} answered more than is read", seen.endpoint), "a body that is cut off".to_owned());
    }
    if *lossy {
        let found = format!("{named}, bytes that are no UTF-8");
        return breach(format!("{} answered JSON that is not in UTF-8", seen.endpoint), found);
    }
    let is_json = media == "application/json" || media == "text/json" || media.ends_with("+json");
    match seen.exchange.json()? {
        Err(_) if loose && !body.trim_start().starts_with('<') => None,
        Err(error) => match markup(media, body) {
            Some(markup) => breach(format!("{} answered {markup}", seen.endpoint), format!("{markup} ({named})")),
            None => {
                breach(format!("{} answered what is not JSON: {error}", seen.endpoint), format!("{named}: {error}"))
            }
        },
        Ok(_) if is_json || loose => Some(Vec::new()),
        Ok(_) => Some(vec![
            Breach::new(format!("{} answered JSON that is not called JSON", seen.endpoint))
                .instead("Content-Type: application/json", named),
        ]),
    }
}

/// Another address instead of an answer, to a caller who made no mistake.
fn is_redirect(seen: &Seen<'_>) -> bool {
    let ordinary = !seen.stranger && !seen.is_flawed() && !matches!(seen.exchange.sent.intent, Intent::Teardown);
    ordinary && (300..400).contains(&seen.answer.status) && seen.body().is_none() && seen.has_right_verb()
}

/// The service manager was told that JSON is wanted, as the platform does.
fn accepts_json(seen: &Seen<'_>) -> bool {
    let accept = seen.exchange.sent.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("accept"));
    accept.is_none_or(|(_, value)| value.contains("json") || value.contains("*/*"))
}

/// XML or HTML, by what is said or by how it begins.
fn markup(media: &str, body: &str) -> Option<&'static str> {
    let start = body.trim_start_matches('\u{feff}').trim_start();
    let begins = |word: &str| start.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    if media == "text/html" || begins("<!doctype html") || begins("<html") {
        Some("HTML")
    } else if media.ends_with("/xml") || media.ends_with("+xml") || start.starts_with('<') {
        Some("XML")
    } else {
        None
    }
}

/// every call is answered within the time that the profile allows. A connection that is refused or closed is no
/// question of time.
fn in_time(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut kept = None;
    for (step, of_step) in case.evidence.steps.iter().enumerate() {
        for (place, exchange) in of_step.exchanges.iter().enumerate() {
            match exchange.answered.as_ref().map(|answered| &answered.outcome) {
                Some(Outcome::Received { .. }) => {
                    kept.get_or_insert((step, place));
                }
                Some(Outcome::Failed { kind: FailureKind::Timeout, message }) => {
                    let called = exchange.sent.endpoint.map_or("the call", Endpoint::name);
                    let breach = Breach::new(format!("{called} did not answer in time"))
                        .instead("a complete answer within `limits.timeout`", message.as_str());
                    notes.push(Note { rule: 117, step, exchange: place, breaches: vec![breach] });
                }
                Some(Outcome::Failed { .. }) | None => {}
            }
        }
    }
    // One note is enough to say that answers came in time.
    notes.extend(kept.map(|(step, exchange)| Note { rule: 117, step, exchange, breaches: Vec::new() }));
    notes
}
