//! Who is charged with an answer: the rule that says what is wrong with it, not every rule that the step serves.
//!
//! A step hands its miss over only to a rule that weighs at least as much, and that has found the very same answer wrong.
//! So nothing becomes lighter by it.

use super::{
    Status,
    expectation::{self, Look},
    judge::{Court, Served},
};
use crate::{
    contract::{Expectation, Meaning},
    evidence::Exchange,
    rules::{self, Rule},
};

/// What any answer has to look like: `transport.answer-json`, `transport.no-envelope`.
const FORM: &[u16] = &[14, 15];
/// `precheck.success-is-code-zero`: a consent that reads as a refusal.
const CODE_ZERO: &[u16] = &[105];
/// `subscriptions.errors-carry-message`.
const ERRORS_CARRY_MESSAGE: &[u16] = &[74];

impl Court<'_> {
    /// What an answer is to its expectation, as [`expectation::look`] says; what another rule has found is its business.
    pub(super) fn look(&self, expectation: &Expectation, exchange: &Exchange) -> Look {
        let look = expectation::look(expectation, exchange);
        if !matches!(look, Look::Missed(_)) {
            return look;
        }
        let (numbers, met) = match (expectation, expectation::meaning(exchange)) {
            (Expectation::Accepted, Some(Meaning::Broken(_))) => (FORM, None),
            (Expectation::Accepted, Some(Meaning::Refused { .. })) if exchange.sent.check_only => (CODE_ZERO, None),
            // It was refused, as it should be: only the words are missing.
            (Expectation::Refused, Some(Meaning::Refused { .. })) => (ERRORS_CARRY_MESSAGE, Some(Look::Met)),
            _ => return look,
        };
        match self.found(exchange, numbers) {
            Some(rule) => met.unwrap_or(Look::Elsewhere(rule)),
            None => look,
        }
    }

    /// The first of some rules that this answer breaks, if its breach decides.
    fn found(&self, exchange: &Exchange, numbers: &[u16]) -> Option<&'static Rule> {
        let step = usize::try_from(exchange.sent.step).ok()?;
        let place = self.evidence.steps.get(step)?.exchanges.iter().position(|other| std::ptr::eq(other, exchange))?;
        let broken = |number: u16| {
            let mut notes = self.notes.iter().filter(|note| note.rule == number);
            notes.any(|note| note.step == step && note.exchange == place && !note.breaches.is_empty())
        };
        let number = numbers.iter().copied().find(|number| broken(*number))?;
        rules::all().find(|rule| rule.number == number).filter(|rule| self.severity(Some(rule)) == Status::Fail)
    }

    /// Whether a miss would still decide if it were charged to these rules alone.
    pub(super) fn decides(&self, served: &Served) -> bool {
        served.by_answer.iter().any(|rule| self.severity(*rule) == Status::Fail)
    }
}

/// A call of which nobody can say whether it was refused: nothing came, or nothing that could be read.
pub(super) fn is_unreadable(exchange: &Exchange) -> bool {
    matches!(expectation::meaning(exchange), None | Some(Meaning::Broken(_)))
}
