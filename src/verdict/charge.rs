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
    evidence::{Exchange, Intent},
    rules::{self, Breach, Note, Rule},
};

/// What any answer has to look like: `transport.answer-json`, `transport.no-envelope`.
const FORM: &[u16] = &[14, 15];
/// `transport.answer-business-errors-with-200`.
const OUTCOME_IN_BODY: &[u16] = &[13];
/// `precheck.success-is-code-zero`: a consent that reads as a refusal.
const CODE_ZERO: &[u16] = &[105];
/// `subscriptions.accept-own-id`: nothing that is asked for by an id can be seen where the id is not understood.
const ACCEPT_OWN_ID: &[u16] = &[51];
/// `accounts.accept-external-id`.
const ACCEPT_ACCOUNT_ID: &str = "R-42";
/// `subscriptions.in-progress-ends`: an order that never came to an end was neither accepted nor refused.
const IN_PROGRESS_ENDS: &[u16] = &[64];
/// `subscriptions.errors-carry-message`.
const ERRORS_CARRY_MESSAGE: &[u16] = &[74];
/// Rules that ask for the refusal itself. Others ask that nothing is done, or that something else can be done later: they
/// are kept by whoever refuses in the wrong way.
const ASK_FOR_REFUSAL: &[u16] = &[24, 40, 44, 59, 71, 76, 83, 85, 91, 102, 109, 110, 111, 112, 113];

impl Court<'_> {
    /// What an answer is to its expectation, as [`expectation::look`] says; what another rule has found is its business.
    pub(super) fn look(&self, expectation: &Expectation, exchange: &Exchange) -> Look {
        let look = expectation::look(expectation, exchange);
        let Look::Missed(finding) = &look else { return look };
        let meaning = expectation::meaning(exchange);
        // Nothing can be seen of what was asked for.
        let hides_all = match expectation {
            Expectation::Accepted | Expectation::Answer(_) => self
                .found(exchange, IN_PROGRESS_ENDS, |_| true)
                .or_else(|| self.found(exchange, ACCEPT_OWN_ID, |_| true).filter(|_| !self.asks_for_ids(exchange))),
            _ => None,
        };
        let found = match (expectation, &meaning) {
            _ if hides_all.is_some() => hides_all,
            // Neither a yes nor a no can be read in it.
            (Expectation::Accepted | Expectation::Answer(_) | Expectation::Refused, Some(Meaning::Broken(_))) => {
                self.found(exchange, FORM, |_| true)
            }
            // The answer can be read, and one of its members is of the wrong kind: the one that is asked for?
            (Expectation::Answer(_), _) => {
                let names =
                    |at: &str, member: &str| at.split(|c: char| !c.is_alphanumeric()).any(|name| name == member);
                let place = |breach: &Breach| breach.at.as_deref()?.strip_prefix("$.").map(str::to_owned);
                self.found(exchange, FORM, |breach| {
                    place(breach).zip(finding.at.as_deref()).is_some_and(|(member, at)| names(at, &member))
                })
            }
            (Expectation::Accepted, Some(Meaning::Refused { .. })) if exchange.sent.check_only => {
                self.found(exchange, CODE_ZERO, |_| true)
            }
            // It was refused, as it should be: only the words are missing.
            (Expectation::Refused, Some(Meaning::Refused { .. })) => {
                return self.found(exchange, ERRORS_CARRY_MESSAGE, |_| true).map_or(look, |_| Look::Met);
            }
            _ => None,
        };
        match found {
            Some(rule) => Look::Elsewhere(rule, finding.message.clone()),
            None => look,
        }
    }

    /// True where the step is about another id that every call carries: which of the two is not understood nobody can say.
    fn asks_for_ids(&self, exchange: &Exchange) -> bool {
        let steps = self.evidence.started.as_ref().map_or(&[][..], |started| &started.steps);
        let record = usize::try_from(exchange.sent.step).ok().and_then(|step| steps.get(step));
        record.is_some_and(|record| record.proves.iter().any(|rule| rule == ACCEPT_ACCOUNT_ID))
    }

    /// The first of some rules of which this answer has such a breach, if that decides.
    fn found(&self, exchange: &Exchange, numbers: &[u16], such: impl Fn(&Breach) -> bool) -> Option<&'static Rule> {
        self.broken(exchange, numbers, such).filter(|rule| self.severity(Some(rule)) == Status::Fail)
    }

    /// The first of some rules of which this answer has such a breach.
    fn broken(&self, exchange: &Exchange, numbers: &[u16], such: impl Fn(&Breach) -> bool) -> Option<&'static Rule> {
        let step = usize::try_from(exchange.sent.step).ok()?;
        let place = self.evidence.steps.get(step)?.exchanges.iter().position(|other| std::ptr::eq(other, exchange))?;
        let broken = |number: u16| {
            let here = |note: &&Note| (note.rule, note.step, note.exchange) == (number, step, place);
            self.notes.iter().filter(here).any(|note| note.breaches.iter().any(&such))
        };
        let number = numbers.iter().copied().find(|number| broken(*number))?;
        rules::all().find(|rule| rule.number == number)
    }

    /// The rule on where an outcome is told, if this one was told elsewhere. It is a recommendation and takes no failure
    /// over; but the rule that any such step serves is enough to fail.
    pub(super) fn told_elsewhere(&self, exchange: &Exchange) -> Option<&'static Rule> {
        self.broken(exchange, OUTCOME_IN_BODY, |_| true)
    }

    /// The rule on where an outcome is told, if this is a refusal with all that the platform reads, under a status by which
    /// it reads nothing.
    pub(super) fn refused_elsewhere(&self, exchange: &Exchange) -> Option<&'static Rule> {
        let refuses = exchange.answer().and_then(|answer| answer.code()).is_some_and(|code| code < 0);
        self.told_elsewhere(exchange).filter(|_| refuses && exchange.status().is_some_and(|status| status >= 500))
    }

    /// What a missed refusal is to one of the rules that the step serves. One that came with HTTP 500 breaks the rules that
    /// ask for the refusal; what it says about any other is not known.
    pub(super) fn of_refusal(&self, rule: Option<&'static Rule>, look: Look, exchange: &Exchange) -> Look {
        let other = rule.is_some_and(|rule| !ASK_FOR_REFUSAL.contains(&rule.number));
        match (look, self.refused_elsewhere(exchange)) {
            (Look::Missed(finding), Some(told)) if other => Look::Elsewhere(told, finding.message),
            (look, _) => look,
        }
    }

    /// Whether a miss would still decide if it were charged to these rules alone.
    pub(super) fn decides(&self, served: &Served) -> bool {
        served.by_answer.iter().any(|rule| self.severity(*rule) == Status::Fail)
    }
}

/// Nothing came back from an ordinary call, or nobody is there to answer it: that says that the call cannot be made, and
/// nothing about what it was to show. Where something is odd about the call, that may be the reason.
pub(super) fn says_nothing(exchange: &Exchange) -> bool {
    exchange.sent.intent == Intent::Ordinary
        && matches!(expectation::meaning(exchange), None | Some(Meaning::NotOffered))
}

/// A call of which nobody can say whether it was refused: nothing came, or nothing that could be read.
pub(super) fn is_unreadable(exchange: &Exchange) -> bool {
    matches!(expectation::meaning(exchange), None | Some(Meaning::Broken(_)))
}
