//! Judging the vendor side: what it must show after a step, and that a pre-check leaves it alone.

use super::{
    Check, Finding, Status,
    changes::{self, Vendor},
    excerpt,
    expectation::{self, Look},
    judge::{Court, PRECHECK_CHANGES_NOTHING, Served, check, last_attempts},
    untold::{self, Untold},
};
use crate::{
    contract::{Endpoint, Meaning},
    evidence::{Exchange, Intent, ProbeMoment, StepEvidence, StepRecord},
    json::Json,
    rules,
};

/// `auth.denied-changes-nothing`.
const DENIED_CHANGES_NOTHING: u16 = 9;
/// `subscriptions.failed-create-leaves-nothing`.
const NOTHING_HALF_MADE: u16 = 62;

impl Court<'_> {
    /// The vendor side between the pre-check and the call itself. It is the only look that tells: a call that follows a
    /// provisioning pre-check may find everything done, and answer as if it had done it.
    pub(super) fn precheck(&self, record: &StepRecord, step: &StepEvidence) -> Check {
        const NAME: &str = "pre-check changes nothing";
        let rule = rules::all().find(|rule| rule.number == PRECHECK_CHANGES_NOTHING);
        let asked = step.exchanges.iter().rfind(|exchange| exchange.sent.check_only);
        let called =
            step.exchanges.iter().any(|e| !e.sent.check_only && e.sent.endpoint == asked.and_then(|a| a.sent.endpoint));
        // Where no call followed, whatever is seen afterwards is the pre-check's doing.
        let seen = match called {
            true => changes::between(step, ProbeMoment::Before, ProbeMoment::Checked),
            false => changes::compare(step),
        };
        let (status, finding) = match (seen, asked) {
            (_, None) => (Status::NotApplicable, Finding::new("no pre-check was asked")),
            (Vendor::Unseen, Some(asked)) => match refused_afterwards(step, asked) {
                Some(finding) => (self.severity(rule), finding),
                None => (
                    Status::NotObservable,
                    Finding::new("the vendor side cannot be seen: add a `probe` to the profile"),
                ),
            },
            (Vendor::Blind(reason), _) => (Status::Error, Finding::new(reason)),
            (Vendor::Unchanged, _) => return check(record, NAME, rule, Status::Pass, None),
            (Vendor::Changed(finding), Some(asked)) => {
                (self.severity(rule), Finding { exchange: Some(excerpt::of(asked)), ..finding })
            }
        };
        check(record, NAME, rule, status, Some(finding))
    }

    fn untold(&self, path: &str, document: &Json) -> Option<u16> {
        untold::by_path(path, document, self.told)
    }

    pub(super) fn vendor(
        &self,
        record: &StepRecord,
        step: &StepEvidence,
        served: &Served,
        missed: bool,
        (checks, untold): (&mut Vec<Check>, &mut Vec<Untold>),
    ) {
        const NAME: &str = "vendor side";
        let demands = step.vendor(record);
        let after = step.probes.iter().rfind(|probed| probed.moment == ProbeMoment::After);
        for rule in &served.by_vendor {
            if missed && after.is_some() {
                let finding = Finding::new("the step itself did not go as demanded, so its effect proves nothing");
                checks.push(check(record, NAME, *rule, Status::Blocked, Some(finding)));
                continue;
            }
            let Some(probed) = after else {
                let finding = Finding::new("the vendor side cannot be seen: add a `probe` to the profile");
                checks.push(check(record, NAME, *rule, Status::NotObservable, Some(finding)));
                continue;
            };
            match changes::document(&probed.outcome) {
                Err(reason) => checks.push(check(record, NAME, *rule, Status::Error, Some(Finding::new(reason)))),
                Ok(document) => {
                    let look = match expectation::demanded(demands, &document) {
                        None => Look::Met,
                        Some((message, found)) => Look::Missed(Finding {
                            message: format!("on the vendor side {message}"),
                            at: Some(found.at),
                            expected: Some(found.expected),
                            found: Some(found.found),
                            exchange: last_attempts(step).last().map(|exchange| excerpt::of(exchange)),
                        }),
                    };
                    let check = self.check(record, NAME, *rule, look);
                    // What is told is judged, whatever else is not told.
                    let (told, silent): (Vec<_>, Vec<_>) =
                        demands.iter().cloned().partition(|demand| self.untold(&demand.path, &document).is_none());
                    let what = silent.first().and_then(|demand| self.untold(&demand.path, &document));
                    if let Some(what) = what.filter(|_| expectation::demanded(&told, &document).is_none()) {
                        untold.push(Untold::new(&check, what));
                        let finding = Finding::new(untold::sentence(what));
                        checks.push(Check { status: Status::NotObservable, finding: Some(finding), ..check });
                        continue;
                    }
                    checks.push(check);
                }
            }
        }
    }

    /// The control itself changes things, so what is seen after flaws tells nothing about them alone; but a probe that
    /// fails must not go unnoticed.
    pub(super) fn failing_probe(&self, record: &StepRecord, step: &StepEvidence, checks: &mut Vec<Check>) {
        let failed = step.probes.iter().find_map(|probed| changes::document(&probed.outcome).err());
        if let Some(reason) = failed {
            checks.push(check(record, "vendor side", None, Status::Error, Some(Finding::new(reason))));
        }
    }

    /// An order that was refused, and has left a subscription behind: whatever else the step is about, somebody pays for it.
    pub(super) fn left_by_refusal(
        &self,
        record: &StepRecord,
        served: &Served,
        exchange: &Exchange,
        vendor: &Vendor,
        checks: &mut Vec<Check>,
    ) {
        let rule = rules::all().find(|rule| rule.number == NOTHING_HALF_MADE);
        let refused = matches!(expectation::meaning(exchange), Some(Meaning::Refused { .. }));
        let ordered = exchange.sent.endpoint == Some(Endpoint::SubscriptionCreate) && !exchange.sent.check_only;
        let left = match vendor {
            Vendor::Changed(finding) if refused && ordered && !served.by_answer.contains(&rule) => finding,
            _ => return,
        };
        // A whole entry, and not a member of one that was there.
        if left.at.as_deref().is_some_and(|at| at.starts_with("$.subscriptions[") && at.ends_with(']')) {
            let finding = Finding { exchange: Some(excerpt::of(exchange)), ..left.clone() };
            checks.push(check(record, "a refused order leaves nothing", rule, self.severity(rule), Some(finding)));
        }
    }

    /// What was denied must not have been done: one check for all the denied calls of a step.
    pub(super) fn denied_changes_nothing(
        &self,
        record: &StepRecord,
        denied: &[(&Exchange, Vendor)],
        checks: &mut Vec<Check>,
    ) {
        const NAME: &str = "denied changes nothing";
        if denied.is_empty() {
            return;
        }
        let rule = rules::all().find(|rule| rule.number == DENIED_CHANGES_NOTHING);
        let changed = denied.iter().find_map(|(exchange, vendor)| match vendor {
            Vendor::Changed(finding) => Some(Finding { exchange: Some(excerpt::of(exchange)), ..finding.clone() }),
            _ => None,
        });
        checks.push(match changed {
            Some(finding) => check(record, NAME, rule, self.severity(rule), Some(finding)),
            None if denied.iter().any(|(_, vendor)| *vendor == Vendor::Unchanged) => {
                check(record, NAME, rule, Status::Pass, None)
            }
            None => {
                let finding = Finding::new("the vendor side cannot be seen: add a `probe` to the profile");
                check(record, NAME, rule, Status::NotObservable, Some(finding))
            }
        });
    }
}

/// What was agreed to, and then refused when it was to be done: with nobody looking, the only sign of a pre-check that has
/// done it already.
fn refused_afterwards(step: &StepEvidence, asked: &Exchange) -> Option<Finding> {
    let agreed = expectation::meaning(asked) == Some(Meaning::Accepted);
    let call = step.exchanges.iter().rfind(|exchange| {
        let sent = &exchange.sent;
        agreed && !sent.check_only && sent.endpoint == asked.sent.endpoint && sent.intent == Intent::Ordinary
    })?;
    let Some(Meaning::Refused { .. }) = expectation::meaning(call) else { return None };
    Some(Finding {
        message: "the pre-check was accepted, and the same call after it refused: as if it had been done already"
            .to_owned(),
        at: Some("$.Code".to_owned()),
        expected: Some("what the pre-check answered".to_owned()),
        found: Some(excerpt::answer_line(call)),
        exchange: Some(excerpt::of(call)),
    })
}
