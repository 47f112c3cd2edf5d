//! Why a call was refused: what was tried after it, one change at a time.

use super::{
    Check, Finding, Status, excerpt,
    expectation::{self, Look},
    judge::{Court, check, last_attempts},
};
use crate::{
    contract::{Expectation, Meaning},
    evidence::{Exchange, Intent, StepEvidence, StepRecord},
    rules,
};

impl Court<'_> {
    /// A call that is refused as the platform sends it, and accepted without one thing, is refused for that thing. A call
    /// that is accepted keeps the rules about all of them.
    pub(super) fn suspects(&self, record: &StepRecord, step: &StepEvidence, checks: &mut Vec<Check>) {
        let last = last_attempts(step).pop();
        for (name, keys) in &record.flaw_proves {
            let look = last.map(|last| verdict_on(name, step, last));
            for rule in keys.iter().filter_map(|key| rules::by_key(key)) {
                let title = format!("suspect: {name}");
                checks.push(match &look {
                    Some(Ok(look)) => self.check(record, &title, Some(rule), look.clone()),
                    Some(Err(why)) => check(record, &title, Some(rule), Status::Blocked, Some(Finding::new(*why))),
                    None => check(record, &title, Some(rule), Status::Blocked, Some(Finding::new("no call was made"))),
                });
            }
        }
    }
}

/// Whether the call was refused because of this; otherwise why nobody can say.
fn verdict_on(name: &str, step: &StepEvidence, last: &Exchange) -> Result<Look, &'static str> {
    let accepted = |exchange: &Exchange| expectation::meaning(exchange) == Some(Meaning::Accepted);
    if accepted(last) && matches!(expectation::look(&Expectation::Accepted, last), Look::Met | Look::MetBut(_)) {
        return Ok(Look::Met);
    }
    let tried = |name: &str| {
        let intent = Intent::Suspect(name.to_owned());
        step.exchanges.iter().filter(move |exchange| exchange.sent.intent == intent)
    };
    if tried(Intent::UNCHANGED).any(accepted) {
        return Err("the very same call was accepted when it came again, so that a change of it proves nothing");
    }
    match tried(name).last() {
        Some(tried) if accepted(tried) => Ok(Look::Missed(Finding {
            message: format!("the call is refused as the platform sends it, and accepted {name}"),
            at: None,
            expected: Some("accepted as the platform sends it, too".to_owned()),
            found: Some(excerpt::answer_line(last)),
            exchange: Some(excerpt::of(last)),
        })),
        Some(_) => Err("the call was not accepted with this change either, so the reason is another one"),
        None => Err("the call was not accepted, and whether this is the reason could not be tried"),
    }
}
