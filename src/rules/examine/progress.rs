//! Calls that are said to be in progress, where the profile knows how the target says it.

use super::{Breach, Case, Note, OfScenario};
use crate::{
    contract::{Endpoint, Meaning, answer::PendingSignal},
    evidence::{Exchange, Intent, StepEnd, StepEvidence},
};

pub(super) const OF_SCENARIOS: &[OfScenario] = &[OfScenario { rules: &[64], examine: ends }];

/// what is in progress comes to an end, as a success or as an error.
///
/// The contract knows no sign for "in progress", so nothing is said where the profile names none, or where the target did
/// not show it. How long it may take is the profile's word too (`limits.retry_for`, 120 minutes unless it says otherwise).
/// An answer that was lost on the way is no end that the target has chosen.
fn ends(case: &Case<'_>) -> Vec<Note> {
    let signal = PendingSignal::of_words(&case.profile.pending);
    if signal == PendingSignal::None {
        return Vec::new();
    }
    let mut notes = Vec::new();
    for (step, of_step) in case.evidence.steps.iter().enumerate() {
        let mut first = 0;
        for attempts in of_step.exchanges.chunk_by(|one, other| one.sent.call == other.sent.call) {
            let last = first + attempts.len() - 1;
            first = last + 1;
            notes.extend(end(of_step, attempts, &signal).map(|breaches| Note {
                rule: 64,
                step,
                exchange: last,
                breaches,
            }));
        }
    }
    notes
}

/// What is wrong with the end of one call; `None` where it was never in progress, or where nobody waited for its end.
fn end(step: &StepEvidence, attempts: &[Exchange], signal: &PendingSignal) -> Option<Vec<Breach>> {
    let (last, before) = attempts.split_last()?;
    let asked_again = before.iter().any(|exchange| meaning(exchange, signal) == Some(Meaning::Pending));
    if !asked_again || last.sent.intent == Intent::Teardown {
        return None;
    }
    match meaning(last, signal)? {
        Meaning::Accepted | Meaning::Refused { .. } => Some(Vec::new()),
        // Somebody who interrupts a run does not wait for the end.
        Meaning::Pending if step.end == Some(StepEnd::Played) => {
            let called = last.sent.endpoint.map_or("the call", Endpoint::name);
            let breach = Breach::new(format!("{called} was in progress and never came to an end"));
            Some(vec![breach.instead(
                "a success or an error within `limits.retry_for`",
                format!("still in progress after {} calls", attempts.len()),
            )])
        }
        _ => None,
    }
}

fn meaning(exchange: &Exchange, signal: &PendingSignal) -> Option<Meaning> {
    Some(exchange.answer()?.meaning(exchange.sent.endpoint?, signal))
}
