//! Judging a request that was sent with flaws, one after the other, and then without.

use super::{
    Check, Finding, Status,
    changes::{self, Vendor},
    excerpt,
    expectation::{self, Look},
    judge::{Court, Served, check, implied},
};
use crate::{
    contract::{Expectation, Meaning},
    evidence::{Exchange, Intent, StepEvidence, StepRecord},
    rules::{self, ObservedBy, Rule},
};

/// `robustness.refuse-broken-json`: it asks for an error, so that acceptance alone breaks it.
const REFUSE_BROKEN_JSON: u16 = 109;

/// Rules that only ask that nothing is done, by whatever answer.
const NOTHING_IS_DONE: &[u16] = &[16, 108, REFUSE_BROKEN_JSON];

const WITHOUT_CONTROL: &str = "the same call without the flaw was not accepted";

impl Court<'_> {
    /// Each flaw is a check of its own. A refusal counts only if the control was accepted; a flaw that got through
    /// counts whatever became of the control, since it may be the reason why the control was refused.
    #[expect(clippy::too_many_arguments, reason = "they are what is known about one step")]
    pub(super) fn flaws(
        &self,
        record: &StepRecord,
        step: &StepEvidence,
        expectation: &Expectation,
        served: &Served,
        control: &Exchange,
        flawed: &[&Exchange],
        checks: &mut Vec<Check>,
    ) {
        let controlled = matches!(expectation::look(&Expectation::Accepted, control), Look::Met);
        let (mut got_through, mut denied) = (false, Vec::new());
        for exchange in flawed.iter().copied() {
            let Intent::Flawed { flaw, .. } = &exchange.sent.intent else { continue };
            let name = format!("{}: {flaw}", expectation.name());
            let taken = expectation::meaning(exchange) == Some(Meaning::Accepted);
            let vendor = changes::by_call(step, exchange.sent.call);
            let mut look = self.look(expectation, exchange);
            let mut certain = controlled;
            match (&vendor, expectation) {
                // That a denied call changes nothing is a rule of its own; a call that was not denied breaks another.
                (_, Expectation::Denied) if matches!(look, Look::Missed(_)) => certain |= taken,
                (_, Expectation::Denied) => denied.push((exchange, vendor.clone())),
                (Vendor::Changed(finding), _) if expectation.demands_no_change() => {
                    certain = true;
                    // That it was accepted says more than what it then did.
                    if !matches!(look, Look::Missed(_)) {
                        look = Look::Missed(Finding { exchange: Some(excerpt::of(exchange)), ..finding.clone() });
                    }
                }
                _ => certain |= taken && matches!(look, Look::Missed(_)),
            }
            // What was accepted may rightly stand in the way of the control, even where it did no harm that could be seen.
            got_through |= taken;
            let own = record.flaw_proves.get(flaw);
            let own: Option<Vec<_>> = own.map(|keys| keys.iter().map(|key| rules::by_key(key)).collect());
            for rule in own.as_ref().unwrap_or(&served.by_answer) {
                let look = by_rule(*rule, look.clone(), expectation, exchange, taken);
                let certain = certain || taken && matches!(look, Look::Missed(_));
                checks.push(if !certain {
                    check(record, &name, *rule, Status::Blocked, Some(Finding::new(WITHOUT_CONTROL)))
                } else if taken && matches!(look, Look::Met) && unseen(expectation, *rule, &vendor) {
                    let finding = Finding::new(
                        "it was accepted, and whether it changed anything cannot be seen: add a `probe` to the profile",
                    );
                    check(record, &name, *rule, Status::NotObservable, Some(finding))
                } else {
                    self.check(record, &name, *rule, look)
                });
            }
        }
        let name = "control accepted";
        let rule = implied(&record.verb).filter(|_| self.built_in);
        let look = self.look(&Expectation::Accepted, control);
        checks.push(match (got_through, &look) {
            (true, Look::Missed(_)) => {
                let finding = Finding::new("a flawed call before it was accepted, so that its refusal proves nothing");
                check(record, name, rule, Status::Blocked, Some(finding))
            }
            _ => self.check(record, name, rule, look),
        });
        self.denied_changes_nothing(record, &denied, checks);
        self.failing_probe(record, step, checks);
    }
}

/// What an answer means for one of the rules that a harmless flaw serves.
fn by_rule(
    rule: Option<&'static Rule>,
    look: Look,
    expectation: &Expectation,
    exchange: &Exchange,
    taken: bool,
) -> Look {
    let number = rule.map_or(0, |rule| rule.number);
    match look {
        Look::Met if number == REFUSE_BROKEN_JSON && taken && *expectation == Expectation::Harmless => {
            Look::Missed(Finding {
                message: "a body that is not JSON was accepted".to_owned(),
                at: None,
                expected: Some("an error, and nothing provisioned".to_owned()),
                found: Some(excerpt::answer_line(exchange)),
                exchange: Some(excerpt::of(exchange)),
            })
        }
        Look::MetBut(_) if *expectation == Expectation::Harmless && NOTHING_IS_DONE.contains(&number) => Look::Met,
        other => other,
    }
}

/// True when a call that was accepted may have done no harm, but nobody looked.
fn unseen(expectation: &Expectation, rule: Option<&'static Rule>, vendor: &Vendor) -> bool {
    *expectation == Expectation::Harmless
        && *vendor == Vendor::Unseen
        && rule.is_none_or(|rule| rule.observed_by != ObservedBy::Exchange)
}
