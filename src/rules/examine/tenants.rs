//! What one partner must not hear of another.

use super::{Breach, Case, Note, OfScenario, partner};
use crate::{
    evidence::{Exchange, PRELUDE},
    json::Json,
};

pub(super) const OF_SCENARIOS: &[OfScenario] = &[OfScenario { rules: &[118], examine: names_nobody_else }];

/// Shorter settings stand in sentences by chance.
const SHORTEST: usize = 5;

/// What partners are called in sentences that name none of them.
const ORDINARY: &[&str] = &[
    "account",
    "admin",
    "customer",
    "default",
    "false",
    "other",
    "owner",
    "partner",
    "production",
    "reseller",
    "sandbox",
    "subscription",
    "tenant",
    "unknown",
    "vendor",
];

/// who calls with the settings of one partner is not told those of the other.
fn names_nobody_else(case: &Case<'_>) -> Vec<Note> {
    let exchanges = || case.evidence.steps.iter().flat_map(|step| &step.exchanges);
    let mut all: Vec<&str> = exchanges().flat_map(partner).filter(|value| tells(value)).collect();
    all.sort_unstable();
    all.dedup();
    let mut notes = Vec::new();
    for (step, of_step) in case.evidence.steps.iter().enumerate() {
        for (place, exchange) in of_step.exchanges.iter().enumerate().filter(|(_, one)| one.sent.scenario != PRELUDE) {
            let own = partner(exchange);
            let mut others = all.iter().filter(|value| !own.contains(value) && !sends(exchange, value)).peekable();
            let body = exchange.answer().and_then(|answer| answer.body.as_ref());
            let text = body.and_then(|body| body.member("Message")).and_then(Json::as_str).unwrap_or_default();
            if own.is_empty() || others.peek().is_none() || text.trim().is_empty() {
                continue;
            }
            let named = others.find(|value| is_named(text, value));
            let breaches = named.map(|value| {
                Breach::new(format!("the Message tells this partner a setting of another one: {value}"))
                    .at("$.Message")
                    .instead("that there is no such subscription", text)
            });
            notes.push(Note { rule: 118, step, exchange: place, breaches: breaches.into_iter().collect() });
        }
    }
    notes
}

fn tells(value: &str) -> bool {
    let ordinary = ORDINARY.iter().any(|word| word.eq_ignore_ascii_case(value));
    value.chars().count() >= SHORTEST && !value.starts_with("[secret:") && !ordinary
}

fn sends(exchange: &Exchange, value: &str) -> bool {
    exchange.sent.body.as_ref().is_some_and(|body| body.contains(value)) || exchange.sent.url.contains(value)
}

/// True when a text has the value as a word of its own.
fn is_named(text: &str, value: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(value)
        .any(|(at, found)| !inside(text[..at].chars().next_back()) && !inside(text[at + found.len()..].chars().next()))
}
