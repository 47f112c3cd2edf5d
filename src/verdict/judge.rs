//! Judging one scenario.

use super::{Check, Finding, ScenarioVerdict, SnapshotFinding, Status, Timings, Told, Untold, expectation::Look};
use crate::{
    contract::Expectation,
    evidence::{Exchange, Intent, ProfileRecord, ScenarioEnd, ScenarioEvidence, StepEnd, StepEvidence, StepRecord},
    rules::{self, Level, Note, ObservedBy, Rule},
    snapshot::{self, Accepted, Comparison, Redactions, SnapshotError},
};

/// Judges a scenario from its evidence, its accepted snapshots, and what the profile says about strictness.
///
/// # Errors
/// An accepted snapshot cannot be read.
pub(super) fn judge(
    evidence: &ScenarioEvidence,
    profile: &ProfileRecord,
    accepted: &dyn Accepted,
    redactions: &Redactions,
) -> Result<ScenarioVerdict, SnapshotError> {
    let mut verdict = ScenarioVerdict {
        calls: evidence.steps.iter().map(|step| step.exchanges.len()).sum(),
        asked_to_wait: evidence.steps.iter().flat_map(|s| &s.exchanges).filter(|e| e.asks_to_wait()).count() as u64,
        timings: Timings::of(evidence),
        elapsed_us: evidence.finished.as_ref().map_or(0, |finished| finished.elapsed_us),
        left_behind: evidence.finished.as_ref().map(|finished| finished.left_behind.clone()).unwrap_or_default(),
        orders: rules::orders(evidence),
        shows_subscriptions: super::sight::of(evidence),
        told: super::untold::told(evidence),
        interrupted: evidence.finished.as_ref().is_none_or(|finished| finished.end == ScenarioEnd::Interrupted),
        ..ScenarioVerdict::nothing()
    };
    let Some(started) = &evidence.started else { return Ok(verdict) };
    verdict.index = started.scenario;
    verdict.key.clone_from(&started.key);
    verdict.title.clone_from(&started.title);
    verdict.file.clone_from(&started.file);
    verdict.built_in = started.built_in;

    let notes = rules::examine(evidence, profile);
    let court = Court { evidence, profile, built_in: started.built_in, notes: &notes, told: verdict.told };
    for (record, step) in evidence.recorded_steps() {
        court.step(record, step, &mut verdict.checks, &mut verdict.untold);
    }
    super::rulings::examine(evidence, &notes, |rule| court.severity(Some(rule)), &mut verdict.checks);
    super::mails::examine(evidence, profile, &mut verdict.checks);
    // A scenario that was cut off was not compared while it was played: its snapshots say nothing.
    if evidence.finished.is_none() {
        return Ok(verdict);
    }
    for taken in snapshot::take(evidence, redactions) {
        let comparison = snapshot::judge(accepted, &taken.name, &taken.content)?;
        verdict.snapshot_names.push(taken.name.clone());
        verdict.snapshot_digests.push(digest(&taken.content));
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

fn digest(content: &str) -> u128 {
    let digest = ring::digest::digest(&ring::digest::SHA256, content.as_bytes());
    digest.as_ref().iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

pub(super) struct Court<'a> {
    pub(super) evidence: &'a ScenarioEvidence,
    pub(super) profile: &'a ProfileRecord,
    pub(super) built_in: bool,
    /// What the rules say about any answer.
    pub(super) notes: &'a [Note],
    /// What the probe told in this scenario.
    pub(super) told: Told,
}

/// `precheck.provisions-nothing`: judged by what the vendor side shows between the pre-check and the call.
pub(super) const PRECHECK_CHANGES_NOTHING: u16 = 103;

/// The rules that a step serves, by what it takes to see them.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) by_answer: Vec<Option<&'static Rule>>,
    pub(super) by_vendor: Vec<Option<&'static Rule>>,
    /// The vendor side is to be the same after the pre-check as before it.
    watches_precheck: bool,
}

impl Served {
    /// The same without a rule that has been judged already.
    pub(super) fn without(&self, rule: Option<&'static Rule>) -> Self {
        let by_answer = self.by_answer.iter().copied().filter(|other| *other != rule).collect();
        Self { by_answer, by_vendor: self.by_vendor.clone(), watches_precheck: self.watches_precheck }
    }

    /// One rule of it alone.
    pub(super) fn only(&self, rule: Option<&'static Rule>) -> Self {
        Self { by_answer: vec![rule], by_vendor: Vec::new(), watches_precheck: self.watches_precheck }
    }

    /// All its rules, for an answer that shows as much as the vendor side would.
    pub(super) fn everything(&self) -> Self {
        let mut by_answer = self.by_vendor.clone();
        by_answer.extend(self.by_answer.iter().filter(|rule| rule.is_some() && !self.by_vendor.contains(rule)));
        Self { by_answer, by_vendor: Vec::new(), watches_precheck: self.watches_precheck }
    }

    /// All the rules that the scenario names; the one that the step serves anyway where it names none.
    pub(super) fn named(&self, record: &StepRecord) -> Self {
        let mut everything = self.everything();
        if everything.by_answer.len() > 1 && !record.proves.is_empty() {
            let implied = implied(&record.verb).filter(|rule| !record.proves.contains(&rule.key()));
            everything.by_answer.retain(|rule| rule.is_none() || *rule != implied);
        }
        everything
    }

    /// The rule that the step serves whatever it proves.
    pub(super) fn implied(&self, record: &StepRecord, built_in: bool) -> Self {
        let by_answer = vec![implied(&record.verb).filter(|_| built_in)];
        Self { by_answer, by_vendor: Vec::new(), watches_precheck: self.watches_precheck }
    }

    /// One rule of those that the answer shows, and everything else.
    pub(super) fn split_off(&self, number: u16) -> (Self, Self) {
        let (one, others) = self.split(number);
        (one, Self { by_answer: others.by_answer, ..self.clone() })
    }

    /// One rule of those that the answer shows, and the others.
    pub(super) fn split(&self, number: u16) -> (Self, Self) {
        let (one, others) = self.by_answer.iter().partition(|rule| rule.is_some_and(|rule| rule.number == number));
        let of = |by_answer| Self { by_answer, by_vendor: Vec::new(), watches_precheck: self.watches_precheck };
        (of(one), of(others))
    }
}

impl Court<'_> {
    fn step(&self, record: &StepRecord, step: &StepEvidence, checks: &mut Vec<Check>, untold: &mut Vec<Untold>) {
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
            let precheck = served.watches_precheck.then(|| precheck(true));
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
            self.vendor(record, step, &served, missed, (checks, untold));
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
            let accepted = *expectation == Expectation::Accepted;
            let implied = implied(&record.verb).filter(|_| self.built_in && accepted);
            let asked = precheck(self.built_in && watches_precheck && by_vendor.is_empty());
            let named = || by_vendor.iter().copied().chain([asked]);
            let decides = |rule: &Option<_>| rule.is_some() && self.severity(*rule) == Status::Fail;
            match implied {
                Some(_) => by_answer.push(implied),
                None if !accepted => by_answer.extend(named().filter(Option::is_some)),
                None if self.built_in => by_answer.extend(named().filter(decides)),
                None => {}
            }
        }
        if by_answer.is_empty() {
            by_answer.push(None);
        }
        if demands_vendor && by_vendor.is_empty() {
            by_vendor.push(None);
        }
        Served { by_answer, by_vendor, watches_precheck }
    }

    pub(super) fn push(
        &self,
        record: &StepRecord,
        name: &str,
        served: &Served,
        look: Option<Look>,
        otherwise: &str,
        checks: &mut Vec<Check>,
    ) {
        for rule in &served.by_answer {
            // What this very rule says about the answer stands among the rulings.
            if matches!(&look, Some(Look::Elsewhere(other, _)) if *rule == Some(*other)) {
                continue;
            }
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

    pub(super) fn check(&self, record: &StepRecord, name: &str, rule: Option<&'static Rule>, look: Look) -> Check {
        let (status, finding) = match look {
            Look::Met => (Status::Pass, None),
            Look::MetBut(finding) => (Status::Warn, Some(finding)),
            Look::Missed(finding) => (self.severity(rule), Some(finding)),
            Look::Elsewhere(other, message) => {
                (Status::Blocked, Some(Finding::new(format!("{message} (it breaks {}, see there)", other.key()))))
            }
        };
        check(record, name, rule, status, finding)
    }

    /// What no rule asks for, the scenario does.
    pub(super) fn severity(&self, rule: Option<&'static Rule>) -> Status {
        rule.map_or(Status::Fail, |rule| super::severity(rule, self.profile.strict))
    }
}

pub(super) fn check(
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

/// The rule on what a pre-check leaves alone, where it is asked for.
fn precheck(asked: bool) -> Option<&'static Rule> {
    rules::all().find(|rule| asked && rule.number == PRECHECK_CHANGES_NOTHING)
}

/// The last attempt of each call, in the order of the calls. What was tried after a refusal, to find its reason, and what
/// was cleaned up after the last step, are no calls of the step.
pub(super) fn last_attempts(step: &StepEvidence) -> Vec<&Exchange> {
    let mut last: Vec<&Exchange> = Vec::new();
    let own = |exchange: &&Exchange| !matches!(exchange.sent.intent, Intent::Suspect(_) | Intent::Teardown);
    let calls = step.exchanges.iter().filter(own);
    for exchange in calls {
        match last.last_mut() {
            Some(known) if known.sent.call == exchange.sent.call => *known = exchange,
            _ => last.push(exchange),
        }
    }
    last
}

/// The rule that an accepted step of this verb serves anyway.
pub fn implied(verb: &str) -> Option<&'static Rule> {
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
