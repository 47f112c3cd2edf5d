//! Does an answer meet what the step demanded? No rule decides here, only the contract's own reading of an answer.

use super::{Finding, excerpt, oddity};
use crate::{
    contract::{Answer, Endpoint, Expectation, Meaning, Section, answer::PendingSignal, expectation::Demand},
    evidence::{Exchange, Outcome},
    json::Json,
    rules::Rule,
};

/// What came of looking at answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Look {
    Met,
    /// Met, but not as it should be.
    MetBut(Finding),
    Missed(Finding),
    /// Missed by a fault that this rule is charged with, and how.
    Elsewhere(&'static Rule, String),
}

/// How the evidence's run recognises "in progress". Only the words of the profile are recorded, which is enough: an
/// exchange that was repeated was in progress, and the last attempt is judged as it stands.
const NO_PENDING: PendingSignal = PendingSignal::None;

/// Judges one exchange against an expectation that speaks of a single answer.
pub(super) fn look(expectation: &Expectation, exchange: &Exchange) -> Look {
    match expectation {
        Expectation::Accepted => accepted(exchange),
        Expectation::Refused => refused(exchange),
        Expectation::Denied => denied(exchange),
        Expectation::Harmless => harmless(exchange),
        Expectation::Waiting => {
            missed(exchange, "a call was made although the request should wait in the platform", "no call")
        }
        Expectation::Answer(demands) => answer(demands, exchange),
    }
}

fn accepted(exchange: &Exchange) -> Look {
    let wanted = wanted_success(exchange);
    let Some(meaning) = meaning(exchange) else { return no_answer(exchange, &wanted) };
    match meaning {
        Meaning::Accepted if lacks_id(exchange) => missed(
            exchange,
            format!("{} was accepted without a Result: nothing can be called by its id from now on", called(exchange)),
            "a Result that is not blank",
        ),
        Meaning::Accepted => Look::Met,
        Meaning::Refused { code, message } => {
            let message = if message.trim().is_empty() { "no message".to_owned() } else { format!("“{message}”") };
            missed(exchange, format!("{} was refused with Code {code}: {message}", called(exchange)), wanted)
        }
        Meaning::Denied => {
            missed(exchange, format!("{} was denied although the credentials are right", called(exchange)), wanted)
        }
        Meaning::NotOffered => {
            missed(exchange, format!("{} is not offered{}", called(exchange), hint(exchange)), wanted)
        }
        Meaning::Pending => missed(exchange, format!("{} is still in progress", called(exchange)), wanted),
        Meaning::Broken(reason) => missed(exchange, format!("{}: {reason}", called(exchange)), wanted),
    }
}

/// What was provisioned has to have an id; a pre-check has none to give.
pub(super) fn lacks_id(exchange: &Exchange) -> bool {
    exchange.sent.endpoint.is_some_and(Endpoint::provisions)
        && !exchange.sent.check_only
        && exchange.answer().is_some_and(|answer| answer.result().is_none())
        && meaning(exchange) == Some(Meaning::Accepted)
}

fn refused(exchange: &Exchange) -> Look {
    const WANTED: &str = "HTTP 200, a Code other than 0, and a message";
    let Some(meaning) = meaning(exchange) else { return no_answer(exchange, WANTED) };
    match meaning {
        Meaning::Refused { message, .. } if message.trim().is_empty() => {
            missed(exchange, format!("{} was refused without a message", called(exchange)), WANTED)
        }
        // With which HTTP status is another question: R-13.
        Meaning::Refused { .. } => Look::Met,
        Meaning::Accepted | Meaning::Pending => missed(exchange, format!("{} was accepted", called(exchange)), WANTED),
        Meaning::Denied => {
            missed(exchange, format!("{} was denied although the credentials are right", called(exchange)), WANTED)
        }
        // Not found, in a whole result: a refusal, if one is asked for.
        Meaning::NotOffered if exchange.answer().is_some_and(Answer::is_refusal) => Look::Met,
        Meaning::NotOffered => missed(exchange, format!("{} is not offered", called(exchange)), WANTED),
        // Many frameworks refuse what they cannot read before anybody's code sees it, in words of their own.
        Meaning::Broken(_) if is_client_error(exchange) && exchange.is_malformed() => Look::Met,
        Meaning::Broken(reason) => missed(exchange, format!("{}: {reason}", called(exchange)), WANTED),
    }
}

fn is_client_error(exchange: &Exchange) -> bool {
    exchange.status().is_some_and(|status| (400..500).contains(&status))
}

fn denied(exchange: &Exchange) -> Look {
    const WANTED: &str = "HTTP 401";
    match exchange.status() {
        Some(401) => Look::Met,
        Some(403) => Look::MetBut(finding(exchange, format!("{} was denied with HTTP 403", called(exchange)), WANTED)),
        Some(status) => missed(exchange, format!("{} was answered with HTTP {status}", called(exchange)), WANTED),
        None => no_answer(exchange, WANTED),
    }
}

fn harmless(exchange: &Exchange) -> Look {
    match exchange.status() {
        Some(status) if status >= 500 => Look::MetBut(finding(
            exchange,
            format!("{} was answered with HTTP {status}", called(exchange)),
            "an answer below 500",
        )),
        Some(_) => Look::Met,
        None => no_answer(exchange, "any answer"),
    }
}

fn answer(demands: &[Demand], exchange: &Exchange) -> Look {
    let body = match exchange.json() {
        None => return no_answer(exchange, "a JSON answer"),
        Some(Err(error)) => return missed(exchange, format!("the answer is not JSON: {error}"), "a JSON answer"),
        Some(Ok(body)) => body,
    };
    demanded(demands, body).map_or(Look::Met, |(message, found)| {
        let Found { at, expected, found } = found;
        Look::Missed(Finding {
            message: format!("{}: {message}", called(exchange)),
            at: Some(at),
            expected: Some(expected),
            found: Some(found),
            exchange: Some(excerpt::of(exchange)),
        })
    })
}

/// Where a demand is missed.
pub(super) struct Found {
    pub(super) at: String,
    pub(super) expected: String,
    pub(super) found: String,
}

/// The first demand that a document misses.
pub(super) fn demanded(demands: &[Demand], document: &Json) -> Option<(String, Found)> {
    demands.iter().find_map(|demand| match demand.matcher.judge(&demand.path, document) {
        Ok(None) => None,
        Ok(Some(miss)) => {
            let message = format!("{} should be {}, but is {}", miss.at, miss.expected, miss.found);
            Some((message, Found { at: miss.at, expected: miss.expected, found: miss.found }))
        }
        Err(error) => {
            let found =
                Found { at: demand.path.clone(), expected: demand.matcher.describe(), found: error.to_string() };
            Some((error.to_string(), found))
        }
    })
}

/// What the platform makes of the answer.
pub(super) fn meaning(exchange: &Exchange) -> Option<Meaning> {
    if exchange.truncated() {
        return Some(Meaning::Broken("the answer is larger than what is read".to_owned()));
    }
    let endpoint = exchange.sent.endpoint.unwrap_or(Endpoint::Discovery);
    let meaning = exchange.answer().map(|answer| answer.meaning(endpoint, &NO_PENDING))?;
    Some(match meaning {
        // Whatever its body says: a target that asks to wait has refused nothing.
        Meaning::Refused { .. } if exchange.asks_to_wait() => Meaning::Broken(oddity::of(exchange).unwrap_or_default()),
        Meaning::Broken(reason) => Meaning::Broken(oddity::of(exchange).unwrap_or(reason)),
        other => other,
    })
}

fn wanted_success(exchange: &Exchange) -> String {
    match exchange.sent.endpoint {
        Some(Endpoint::AccountExists) => "HTTP 200 with Code 0, or 1 and its id for an account that exists",
        Some(Endpoint::FieldsValidate) => "HTTP 200 with an empty JSON array",
        Some(endpoint) if endpoint.answers_result() => "HTTP 200 with Code 0",
        _ => "HTTP 200 with JSON",
    }
    .to_owned()
}

fn no_answer(exchange: &Exchange, wanted: impl Into<String>) -> Look {
    let reason = match exchange.answered.as_ref().map(|answered| &answered.outcome) {
        Some(Outcome::Failed { message, .. }) => message.clone(),
        _ => "the run ended before the answer came".to_owned(),
    };
    missed(exchange, format!("{} was not answered: {reason}", called(exchange)), wanted)
}

fn missed(exchange: &Exchange, message: impl Into<String>, wanted: impl Into<String>) -> Look {
    Look::Missed(finding(exchange, message, wanted))
}

fn finding(exchange: &Exchange, message: impl Into<String>, wanted: impl Into<String>) -> Finding {
    Finding {
        message: message.into(),
        at: None,
        expected: Some(wanted.into()),
        found: Some(excerpt::answer_line(exchange)),
        exchange: Some(excerpt::of(exchange)),
    }
}

/// The one spelling that service managers differ in.
fn hint(exchange: &Exchange) -> &'static str {
    let of_addons = exchange.sent.endpoint.is_some_and(|endpoint| endpoint.spec().section == Section::Addons);
    match (of_addons, exchange.sent.url.contains("/Addons/")) {
        (true, true) => ", although the catalogue sells add-ons (is it /Addon/? then `dialect: { addon_path: Addon }`)",
        (true, false) => {
            ", although the catalogue sells add-ons (is it /Addons/? then `dialect: { addon_path: Addons }`)"
        }
        (false, _) => "",
    }
}

/// The call, as people name it.
fn called(exchange: &Exchange) -> String {
    let name = exchange.sent.endpoint.map_or_else(|| exchange.sent.url.clone(), |endpoint| endpoint.name().to_owned());
    if exchange.sent.check_only { format!("the pre-check of {name}") } else { name }
}
