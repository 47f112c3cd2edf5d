//! Judging one scenario.

use super::{
    Check, Finding, ScenarioVerdict, SnapshotFinding, Status,
    changes::{self, Vendor},
    excerpt,
    expectation::{self, Look},
};
use crate::{
    contract::{Expectation, Meaning},
    evidence::{
        Exchange, Intent, ProbeMoment, ProfileRecord, ScenarioEnd, ScenarioEvidence, StepEnd, StepEvidence, StepRecord,
    },
    rules::{self, Level, ObservedBy, Rule},
    snapshot::{self, Accepted, Comparison, Redactions, SnapshotError},
};

/// Judges a scenario from its evidence, its accepted snapshots, and what the profile says about strictness.
///
/// # Errors
/// An accepted snapshot cannot be read.
pub fn judge(
    evidence: &ScenarioEvidence,
    profile: &ProfileRecord,
    accepted: &dyn Accepted,
    redactions: &Redactions,
) -> Result<ScenarioVerdict, SnapshotError> {
    let mut verdict = ScenarioVerdict {
        index: 0,
        key: String::new(),
        title: String::new(),
        file: String::new(),
        checks: Vec::new(),
        snapshots: Vec::new(),
        snapshot_names: Vec::new(),
        calls: evidence.steps.iter().map(|step| step.exchanges.len()).sum(),
        elapsed_us: evidence.finished.as_ref().map_or(0, |finished| finished.elapsed_us),
        left_behind: evidence.finished.as_ref().map(|finished| finished.left_behind.clone()).unwrap_or_default(),
        interrupted: evidence.finished.as_ref().is_none_or(|finished| finished.end == ScenarioEnd::Interrupted),
    };
    let Some(started) = &evidence.started else { return Ok(verdict) };
    verdict.index = started.scenario;
    verdict.key.clone_from(&started.key);
    verdict.title.clone_from(&started.title);
    verdict.file.clone_from(&started.file);

    let court = Court { evidence, profile, built_in: started.built_in };
    for (record, step) in evidence.recorded_steps() {
        court.step(record, step, &mut verdict.checks);
    }
    super::rulings::examine(evidence, profile, |rule| court.severity(Some(rule)), &mut verdict.checks);
    // A scenario that was cut off was not compared while it was played: its snapshots say nothing.
    if evidence.finished.is_none() {
        return Ok(verdict);
    }
    for taken in snapshot::take(evidence, redactions) {
        let comparison = snapshot::judge(accepted, &taken.name, &taken.content)?;
        verdict.snapshot_names.push(taken.name.clone());
        let (old, changed) = match comparison {
            Comparison::Same => continue,
            Comparison::New => (None, None),
            Comparison::Changed(changed) => {
                (accepted.get_carefully(&taken.name)?.map(|old| old.into_owned()), Some(changed))
            }
        };
        let header = taken.header(started);
        let step = taken.step.id.clone();
        verdict.snapshots.push(SnapshotFinding { name: taken.name, step, old, new: taken.content, changed, header });
    }
    Ok(verdict)
}

struct Court<'a> {
    evidence: &'a ScenarioEvidence,
    profile: &'a ProfileRecord,
    built_in: bool,
}

/// `precheck.provisions-nothing`: judged by what the vendor side shows between the pre-check and the call.
const PRECHECK_CHANGES_NOTHING: u16 = 103;

/// The rules that a step serves, by what it takes to see them.
struct Served {
    by_answer: Vec<Option<&'static Rule>>,
    by_vendor: Vec<Option<&'static Rule>>,
    /// The vendor side is to be the same after the pre-check as before it.
    watches_precheck: bool,
}

impl Served {
    /// The same without a rule that has been judged already.
    fn without(&self, rule: Option<&'static Rule>) -> Self {
        let by_answer = self.by_answer.iter().copied().filter(|other| *other != rule).collect();
        Self { by_answer, by_vendor: self.by_vendor.clone(), watches_precheck: self.watches_precheck }
    }
}

impl Court<'_> {
    fn step(&self, record: &StepRecord, step: &StepEvidence, checks: &mut Vec<Check>) {
        let expectation = step.expectation(record);
        let demands_vendor = !step.vendor(record).is_empty();
        let served = self.served(record, expectation, demands_vendor);
        let not_played = match &step.end {
            Some(StepEnd::Played) => None,
            Some(StepEnd::Waiting(_)) if *expectation == Expectation::Waiting => None,
            Some(StepEnd::Waiting(reason)) => Some((Status::NotApplicable, format!("no call: {reason}"))),
            Some(StepEnd::NotOffered(endpoint)) => {
                Some((Status::NotApplicable, format!("the target does not offer {endpoint}")))
            }
            Some(StepEnd::Blocked(reason)) => Some((Status::Blocked, reason.clone())),
            Some(StepEnd::CouldNotRun(reason)) => Some((Status::CouldNotRun, reason.clone())),
            Some(StepEnd::Error(reason)) => Some((Status::Error, reason.clone())),
            None => Some((Status::CouldNotRun, "the run ended before this step".to_owned())),
        };
        if let Some((status, reason)) = not_played {
            let precheck =
                served.watches_precheck.then(|| rules::all().find(|rule| rule.number == PRECHECK_CHANGES_NOTHING));
            for rule in served.by_answer.iter().chain(&served.by_vendor).chain(&precheck) {
                let finding = Some(Finding::new(reason.clone()));
                checks.push(check(record, expectation.name(), *rule, status, finding));
            }
            return;
        }
        let before = checks.len();
        self.answers(record, step, expectation, &served, checks);
        let missed = checks[before..].iter().any(|check| matches!(check.status, Status::Fail | Status::Blocked));
        if served.watches_precheck {
            checks.push(self.precheck(record, step));
        }
        if demands_vendor {
            self.vendor(record, step, &served, missed, checks);
        }
    }

    /// Without `proves` the expectation itself decides; an accepted step of the built-in suite serves the rule that the
    /// platform's own next step depends on.
    fn served(&self, record: &StepRecord, expectation: &Expectation, demands_vendor: bool) -> Served {
        let mut rules: Vec<&'static Rule> = record.proves.iter().filter_map(|key| rules::by_key(key)).collect();
        if rules.is_empty() && self.built_in && *expectation == Expectation::Accepted {
            rules.extend(implied(&record.verb));
        }
        let watches_precheck = rules.iter().any(|rule| rule.number == PRECHECK_CHANGES_NOTHING);
        rules.retain(|rule| rule.number != PRECHECK_CHANGES_NOTHING);
        let by_vendor_alone = |rule: &&'static Rule| demands_vendor && rule.observed_by == ObservedBy::VendorSide;
        let mut by_vendor: Vec<_> = rules
            .iter()
            .copied()
            .filter(|r| demands_vendor && r.observed_by != ObservedBy::Exchange)
            .map(Some)
            .collect();
        let mut by_answer: Vec<_> = rules.iter().copied().filter(|rule| !by_vendor_alone(rule)).map(Some).collect();
        // Neither the answer nor the vendor side may go unjudged because no rule asks for it.
        if by_answer.is_empty() {
            let implied = if self.built_in { implied(&record.verb) } else { None };
            by_answer.push(implied.filter(|_| *expectation == Expectation::Accepted));
        }
        if demands_vendor && by_vendor.is_empty() {
            by_vendor.push(None);
        }
        Served { by_answer, by_vendor, watches_precheck }
    }

    /// The vendor side between the pre-check and the call itself. It is the only look that tells: a call that follows a
    /// provisioning pre-check may find everything done, and answer as if it had done it.
    fn precheck(&self, record: &StepRecord, step: &StepEvidence) -> Check {
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
            (Vendor::Unseen, _) => {
                (Status::NotObservable, Finding::new("the vendor side cannot be seen: add a `probe` to the profile"))
            }
            (Vendor::Blind(reason), _) => (Status::Error, Finding::new(reason)),
            (Vendor::Unchanged, _) => return check(record, NAME, rule, Status::Pass, None),
            (Vendor::Changed(finding), Some(asked)) => {
                (self.severity(rule), Finding { exchange: Some(excerpt::of(asked)), ..finding })
            }
        };
        check(record, NAME, rule, status, Some(finding))
    }

    fn answers(
        &self,
        record: &StepRecord,
        step: &StepEvidence,
        expectation: &Expectation,
        served: &Served,
        checks: &mut Vec<Check>,
    ) {
        let last_attempts = last_attempts(step);
        let flawed: Vec<_> =
            last_attempts.iter().copied().filter(|e| matches!(e.sent.intent, Intent::Flawed { .. })).collect();
        let control = last_attempts.iter().copied().rfind(|exchange| exchange.sent.intent == Intent::Control);
        let unchanged = if expectation.demands_no_change() { changes::compare(step) } else { Vendor::Unseen };
        match (control, expectation) {
            // Flaws with their control: each is a check of its own.
            (Some(control), _) => {
                let accepted = matches!(expectation::look(&Expectation::Accepted, control), Look::Met);
                for exchange in flawed {
                    let Intent::Flawed { flaw, .. } = &exchange.sent.intent else { continue };
                    let name = format!("{}: {flaw}", expectation.name());
                    let look = match accepted {
                        true => Some(expectation::look(expectation, exchange)),
                        false => None,
                    };
                    self.push(record, &name, served, look, "the same call without the flaw was not accepted", checks);
                }
                let look = expectation::look(&Expectation::Accepted, control);
                checks.push(self.check(
                    record,
                    "control accepted",
                    implied(&record.verb).filter(|_| self.built_in),
                    look,
                ));
                self.failing_probe(record, step, checks);
            }
            (None, Expectation::Refused | Expectation::Denied) => {
                let controlled = *expectation == Expectation::Denied || self.control_accepted(record);
                let last = last_attempts.iter().copied().rfind(|exchange| exchange.sent.intent != Intent::Teardown);
                let look = last.map(|exchange| expectation::look(expectation, exchange)).filter(|_| controlled);
                let look = match look {
                    Some(Look::Met | Look::MetBut(_)) => passed_precheck(&last_attempts, last).or(look),
                    look => look,
                };
                let look = match (look, &unchanged) {
                    (Some(Look::Met | Look::MetBut(_)), Vendor::Changed(finding)) => {
                        Some(Look::Missed(Finding { exchange: last.map(excerpt::of), ..finding.clone() }))
                    }
                    (look, _) => look,
                };
                let reason = match controlled {
                    true => "no call was made".to_owned(),
                    false => format!("its control `{}` was not accepted", record.control.as_deref().unwrap_or("?")),
                };
                self.push(record, expectation.name(), served, look, &reason, checks);
            }
            (None, Expectation::Harmless) => {
                let mut worst = Look::Met;
                for exchange in last_attempts.iter().copied().filter(|e| e.sent.intent != Intent::Teardown) {
                    worst = worse(worst, expectation::look(expectation, exchange));
                }
                if let Vendor::Changed(finding) = &unchanged {
                    worst = Look::Missed(finding.clone());
                }
                self.push(record, expectation.name(), served, Some(worst), "", checks);
            }
            (None, Expectation::Waiting) => {
                let look = match step.exchanges.iter().find(|e| e.sent.intent != Intent::Teardown) {
                    Some(exchange) => expectation::look(expectation, exchange),
                    None => Look::Met,
                };
                self.push(record, expectation.name(), served, Some(look), "", checks);
            }
            (None, Expectation::Answer(_)) => {
                let last = last_attempts.iter().copied().rfind(|exchange| exchange.sent.intent != Intent::Teardown);
                let look = last.map(|exchange| expectation::look(expectation, exchange));
                self.push(record, expectation.name(), served, look, "no call was made", checks);
            }
            (None, Expectation::Accepted) => {
                // An account that is refused says nothing about the order that was to follow it.
                if let Some((rule, look)) = refused_preparation(record, &last_attempts) {
                    checks.push(self.check(record, "account accepted", rule, look));
                    self.push(
                        record,
                        expectation.name(),
                        served,
                        None,
                        "the account before it was not accepted",
                        checks,
                    );
                    return;
                }
                if let Some((rule, look)) = nameless(&last_attempts) {
                    checks.push(self.check(record, expectation.name(), rule, look));
                    let others = served.without(rule);
                    self.push(record, expectation.name(), &others, None, "what was accepted has no id", checks);
                    return;
                }
                let mut worst = None;
                for exchange in last_attempts.iter().copied().filter(|e| e.sent.intent != Intent::Teardown) {
                    // Exists may be missing: the platform synchronises all the same.
                    let optional = exchange.sent.endpoint == Some(crate::contract::Endpoint::AccountExists)
                        && record.verb != "call"
                        && expectation::meaning(exchange) == Some(Meaning::NotOffered);
                    if !optional {
                        let look = expectation::look(expectation, exchange);
                        worst = Some(worst.map_or(look.clone(), |worst| worse(worst, look)));
                    }
                }
                self.push(record, expectation.name(), served, worst, "no call was made", checks);
            }
        }
        if let Vendor::Blind(reason) = unchanged {
            checks.push(check(record, "vendor side", None, Status::Error, Some(Finding::new(reason))));
        }
    }

    /// The control itself changes things, so what is seen after flaws tells nothing about them alone; but a probe that
    /// fails must not go unnoticed.
    fn failing_probe(&self, record: &StepRecord, step: &StepEvidence, checks: &mut Vec<Check>) {
        let failed = step.probes.iter().find_map(|probed| changes::document(&probed.outcome).err());
        if let Some(reason) = failed {
            checks.push(check(record, "vendor side", None, Status::Error, Some(Finding::new(reason))));
        }
    }

    fn vendor(&self, record: &StepRecord, step: &StepEvidence, served: &Served, missed: bool, checks: &mut Vec<Check>) {
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
                    checks.push(self.check(record, NAME, *rule, look));
                }
            }
        }
    }

    /// True when the step that the refusal is measured by was accepted in this very scenario.
    fn control_accepted(&self, record: &StepRecord) -> bool {
        let Some(control) = &record.control else { return true };
        let found = self.evidence.recorded_steps().find(|(other, _)| other.id == *control);
        found.is_some_and(|(_, step)| {
            let last = last_attempts(step).into_iter().rfind(|exchange| exchange.sent.intent != Intent::Teardown);
            last.is_some_and(|exchange| matches!(expectation::look(&Expectation::Accepted, exchange), Look::Met))
        })
    }

    fn push(
        &self,
        record: &StepRecord,
        name: &str,
        served: &Served,
        look: Option<Look>,
        otherwise: &str,
        checks: &mut Vec<Check>,
    ) {
        for rule in &served.by_answer {
            checks.push(match &look {
                Some(look) => self.check(record, name, *rule, look.clone()),
                None => check(record, name, *rule, Status::Blocked, Some(Finding::new(otherwise))),
            });
        }
        if let Some(Look::MetBut(finding)) = look
            && served.by_answer.is_empty()
        {
            checks.push(check(record, name, None, Status::Warn, Some(finding)));
        }
    }

    fn check(&self, record: &StepRecord, name: &str, rule: Option<&'static Rule>, look: Look) -> Check {
        let (status, finding) = match look {
            Look::Met => (Status::Pass, None),
            Look::MetBut(finding) => (Status::Warn, Some(finding)),
            Look::Missed(finding) => (self.severity(rule), Some(finding)),
        };
        check(record, name, rule, status, finding)
    }

    /// A red must be defensible: only a must that rests on more than inference is one, unless the profile is strict.
    fn severity(&self, rule: Option<&'static Rule>) -> Status {
        match rule {
            None => Status::Fail,
            Some(rule) if rule.decides() => Status::Fail,
            Some(rule) if self.profile.strict && rule.level == Level::Must => Status::Fail,
            Some(_) => Status::Warn,
        }
    }
}

fn check(
    record: &StepRecord,
    name: &str,
    rule: Option<&'static Rule>,
    status: Status,
    finding: Option<Finding>,
) -> Check {
    Check {
        step: record.id.clone(),
        line: record.line,
        name: name.to_owned(),
        rule,
        level: rule.map_or(Level::Must, |rule| rule.level),
        status,
        finding,
    }
}

/// The last attempt of each call, in the order of the calls.
fn last_attempts(step: &StepEvidence) -> Vec<&Exchange> {
    let mut last: Vec<&Exchange> = Vec::new();
    for exchange in &step.exchanges {
        match last.last_mut() {
            Some(known) if known.sent.call == exchange.sent.call => *known = exchange,
            _ => last.push(exchange),
        }
    }
    last
}

/// A pre-check that accepts what the call then refuses has not applied the same rules.
fn passed_precheck(exchanges: &[&Exchange], last: Option<&Exchange>) -> Option<Look> {
    let last = last.filter(|last| !last.sent.check_only)?;
    let asked = exchanges.iter().copied().rfind(|e| e.sent.check_only && e.sent.endpoint == last.sent.endpoint)?;
    matches!(expectation::look(&Expectation::Accepted, asked), Look::Met).then(|| {
        Look::Missed(Finding {
            message: "the pre-check accepted what the call itself then refused".to_owned(),
            at: None,
            expected: Some("the pre-check is refused, and no call follows".to_owned()),
            found: Some(excerpt::answer_line(asked)),
            exchange: Some(excerpt::of(asked)),
        })
    })
}

/// A call that made something and gave it no id, with the rule that this breaks, and no other.
fn nameless(exchanges: &[&Exchange]) -> Option<(Option<&'static Rule>, Look)> {
    use crate::contract::Endpoint::{AddonCreate, SubscriptionCreate, UpgradeDowngrade, UpgradeToPaid};
    let exchange = exchanges
        .iter()
        .copied()
        .find(|exchange| exchange.sent.intent != Intent::Teardown && expectation::lacks_id(exchange))?;
    let rule = match exchange.sent.endpoint? {
        SubscriptionCreate => "R-49",
        UpgradeDowngrade | UpgradeToPaid => "R-79",
        AddonCreate => "R-92",
        _ => return None,
    };
    match expectation::look(&Expectation::Accepted, exchange) {
        look @ Look::Missed(_) => Some((rules::by_key(rule), look)),
        _ => None,
    }
}

/// The call that prepares an order and was not accepted, with the rule that it breaks.
fn refused_preparation(record: &StepRecord, exchanges: &[&Exchange]) -> Option<(Option<&'static Rule>, Look)> {
    use crate::contract::Endpoint::{AccountExists, AccountSynchronize};
    if record.verb != "buy" {
        return None;
    }
    let preparations = exchanges.iter().copied().filter(|exchange| exchange.sent.intent != Intent::Teardown);
    preparations.into_iter().find_map(|exchange| {
        let rule = match exchange.sent.endpoint {
            Some(AccountExists) if expectation::meaning(exchange) == Some(Meaning::NotOffered) => return None,
            Some(AccountExists) => "R-40",
            Some(AccountSynchronize) => "R-41",
            _ => return None,
        };
        match expectation::look(&Expectation::Accepted, exchange) {
            look @ Look::Missed(_) => Some((rules::by_key(rule), look)),
            _ => None,
        }
    })
}

fn worse(a: Look, b: Look) -> Look {
    match (&a, &b) {
        (Look::Missed(_), _) => a,
        (_, Look::Missed(_)) => b,
        (Look::MetBut(_), _) => a,
        _ => b,
    }
}

/// The rule that an accepted step of this verb serves anyway.
fn implied(verb: &str) -> Option<&'static Rule> {
    let key = match verb {
        "buy" => "R-49",
        "change_quantity" | "reprovision" => "R-54",
        "suspend" | "activate" | "cancel" => "R-51",
        "buy_addon" => "R-92",
        "change_addon" | "cancel_addon" => "R-93",
        "upgrade" | "downgrade" => "R-78",
        "convert_trial" => "R-67",
        "synchronize" => "R-41",
        "configure" => "R-23",
        "read_catalog" => "R-27",
        "delete_account" => "R-48",
        "retry" => "R-63",
        _ => return None,
    };
    rules::by_key(key)
}
