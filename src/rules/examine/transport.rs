//! How answers are sent, whatever they say.

use super::{Breach, OfAnswer, Seen};
use crate::{contract::Meaning, contract::answer::PendingSignal, evidence::Intent};

pub(super) const OF_ANSWERS: &[OfAnswer] = &[OfAnswer { rule: 13, examine: outcome_in_body }];

/// a business error is told in the body, with HTTP 200.
fn outcome_in_body(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    // A call without right credentials has no business outcome.
    if matches!(seen.exchange.sent.intent, Intent::Teardown) || seen.lenient() {
        return None;
    }
    match seen.answer.meaning(seen.endpoint, &PendingSignal::None) {
        Meaning::Refused { .. } if seen.answer.status == 200 => Some(Vec::new()),
        Meaning::Refused { .. } => Some(vec![
            Breach::new(format!("{} told a business error with HTTP {}", seen.endpoint, seen.answer.status))
                .instead("HTTP 200, the outcome in the body", format!("HTTP {}", seen.answer.status)),
        ]),
        _ => None,
    }
}
