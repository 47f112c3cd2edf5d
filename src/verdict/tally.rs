//! From checks to counts, and from counts to one of three verdicts.

use super::{Check, ScenarioVerdict, Status, Timings, Withheld, known, ladder};
use crate::{
    evidence::{LeftBehind, Planned, PlannedScenario, RunFinished, RunStarted},
    rules::{self, Level, Rung},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// The verdict on the service manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything that decides was checked and is right.
    Conformant,
    /// Something that decides is wrong.
    NotConformant,
    /// Nothing is wrong, but not everything that was planned ran.
    Incomplete,
}

/// How many checks ended how. `expected` is what was planned, `executed` what ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    pub expected: u64,
    pub executed: u64,
    pub passed: u64,
    pub failed: u64,
    pub warned: u64,
    /// Wrong, and known to the profile.
    pub known: u64,
    pub not_applicable: u64,
    pub not_observable: u64,
    pub blocked: u64,
    pub could_not_run: u64,
    pub error: u64,
    /// Of the musts that ran: those that are right, and all.
    pub required_passed: u64,
    pub required: u64,
    /// Of the recommendations that ran: those that are followed, and all.
    pub recommended_passed: u64,
    pub recommended: u64,
    /// Rules of the contract that at least one check has looked at.
    pub rules_examined: u64,
    pub snapshots_same: u64,
    pub snapshots_changed: u64,
    pub snapshots_new: u64,
    /// Answers by which the target asked to wait (HTTP 429 or 503 with Retry-After).
    pub asked_to_wait: u64,
}

impl Counts {
    /// What was planned and did not run.
    pub fn not_run(&self) -> u64 {
        self.blocked + self.could_not_run + self.error
    }
}

/// Everything that reports are made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub outcome: Outcome,
    /// Why it is not conformant, or not complete.
    pub reasons: Vec<String>,
    /// How far the service manager has come.
    pub reached: Option<Rung>,
    /// What withholds the next rung; empty at the top.
    pub withheld: Vec<Withheld>,
    pub counts: Counts,
    pub run: RunStarted,
    pub planned: Planned,
    pub finished: Option<RunFinished>,
    pub scenarios: Vec<ScenarioVerdict>,
    /// Checks that came up only when all scenarios were there: places of the scenario and of the check in it.
    pub across: Vec<(usize, usize)>,
    /// How long the calls of the whole run took.
    pub timings: Timings,
}

/// Collects scenario verdicts, in any order.
#[derive(Debug, Default)]
pub struct Tally {
    scenarios: Vec<ScenarioVerdict>,
    timings: Timings,
}

impl Tally {
    /// Takes the verdict on one scenario.
    pub fn add(&mut self, mut verdict: ScenarioVerdict) {
        self.timings.absorb(std::mem::take(&mut verdict.timings));
        self.scenarios.push(verdict);
    }

    /// The verdict on the run.
    pub fn verdict(mut self, run: RunStarted, planned: Planned, finished: Option<RunFinished>) -> Verdict {
        self.scenarios.sort_by_key(|scenario| scenario.index);
        self.timings.settle();
        let mut across = super::untold::settle(&mut self.scenarios);
        across.extend(super::across::examine(&mut self.scenarios, run.profile.strict));
        across.extend(super::sight::examine(&mut self.scenarios));
        let known = &run.profile.known_failures;
        self.scenarios.iter_mut().for_each(|scenario| known::mark(scenario, known));
        let mut counts = Counts::default();
        for scenario in &self.scenarios {
            count(scenario, &mut counts);
        }
        let checks = self.scenarios.iter().flat_map(|scenario| &scenario.checks);
        let examined: BTreeSet<u16> =
            checks.filter(|check| check.status.executed()).filter_map(|check| Some(check.rule?.number)).collect();
        counts.rules_examined = examined.len() as u64;
        let seen: BTreeSet<u32> = self.scenarios.iter().map(|scenario| scenario.index).collect();
        let missing: Vec<_> = planned.scenarios.iter().filter(|planned| !seen.contains(&planned.index)).collect();
        let unplayed: u64 = missing.iter().map(|planned| u64::from(planned.checks)).sum();
        counts.expected += unplayed;
        counts.could_not_run += unplayed;
        counts.not_applicable += planned.not_applicable.len() as u64;

        let mut reasons = Vec::new();
        if counts.failed > 0 {
            let plural = if counts.failed == 1 { "" } else { "s" };
            reasons.push(format!("{} check{plural} failed that the contract requires", counts.failed));
        }
        let mut gaps = planned.gaps.clone();
        match &finished {
            None => gaps.push("the run did not reach its end".to_owned()),
            Some(finished) if finished.interrupted => gaps.push("the run was interrupted".to_owned()),
            Some(_) => {}
        }
        for (count, one, many) in [
            (missing.len() as u64, "planned scenario was not played", "planned scenarios were not played"),
            (
                counts.blocked,
                "check is blocked: a step before it was not accepted",
                "checks are blocked: a step before them was not accepted",
            ),
            (counts.could_not_run - unplayed, "check could not run", "checks could not run"),
            (
                counts.error,
                "check ended in an error of the scenario, of the probe or of mock-bss",
                "checks ended in an error of the scenario, of the probe or of mock-bss",
            ),
        ] {
            match count {
                0 => {}
                1 => gaps.push(format!("1 {one}")),
                more => gaps.push(format!("{more} {many}")),
            }
        }
        if counts.executed == 0 && gaps.is_empty() {
            gaps.push("no check applied to this target".to_owned());
        }
        let stale = known::stale(known, &self.scenarios, &planned, gaps.is_empty());
        let outcome = match (counts.failed == 0 && stale.is_empty(), gaps.is_empty()) {
            (false, _) => Outcome::NotConformant,
            (true, false) => Outcome::Incomplete,
            (true, true) => Outcome::Conformant,
        };
        reasons.extend(stale);
        reasons.extend(gaps);
        let (reached, withheld) = ladder::climb(&self.scenarios, &planned, rules::suite());
        let (scenarios, timings) = (self.scenarios, self.timings);
        Verdict { outcome, reasons, reached, withheld, counts, run, planned, finished, scenarios, across, timings }
    }
}

fn count(scenario: &ScenarioVerdict, counts: &mut Counts) {
    for check in &scenario.checks {
        let Check { status, level, .. } = check;
        counts.expected += 1;
        counts.executed += u64::from(status.executed());
        *match status {
            Status::Pass => &mut counts.passed,
            Status::Fail => &mut counts.failed,
            Status::Warn => &mut counts.warned,
            Status::Known => &mut counts.known,
            Status::NotApplicable => &mut counts.not_applicable,
            Status::NotObservable => &mut counts.not_observable,
            Status::Blocked => &mut counts.blocked,
            Status::CouldNotRun => &mut counts.could_not_run,
            Status::Error => &mut counts.error,
        } += 1;
        if status.executed() && check.is_scored() {
            let passed = u64::from(*status == Status::Pass);
            if *level == Level::Must {
                counts.required += 1;
                counts.required_passed += passed;
            } else {
                counts.recommended += 1;
                counts.recommended_passed += passed;
            }
        }
    }
    counts.asked_to_wait += scenario.asked_to_wait;
    let changed = scenario.changed_snapshots().count() as u64;
    counts.snapshots_changed += changed;
    counts.snapshots_new += scenario.snapshots.len() as u64 - changed;
    counts.snapshots_same += (scenario.snapshot_names.len() - scenario.snapshots.len()) as u64;
}

impl Verdict {
    /// The rung that is not reached yet; `None` at the top.
    pub fn next_rung(&self) -> Option<Rung> {
        self.reached.map_or(Rung::ALL.first().copied(), Rung::next)
    }

    /// What withholds the next rung, in one line: the first few by name.
    pub fn withheld_words(&self) -> Option<String> {
        const MOST: usize = 4;
        let next = self.next_rung()?;
        let first = &self.withheld[..self.withheld.len().min(MOST)];
        let more = self.withheld.len().saturating_sub(MOST);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        Some(format!("{next} is not reached: {}{more}", ladder::in_one_line(first)))
    }

    /// Every check with its scenario.
    pub fn checks(&self) -> impl Iterator<Item = (&ScenarioVerdict, &Check)> {
        self.scenarios.iter().flat_map(|scenario| scenario.checks.iter().map(move |check| (scenario, check)))
    }

    /// What was planned and never begun.
    pub fn unplayed(&self) -> impl Iterator<Item = &PlannedScenario> {
        let played: BTreeSet<u32> = self.scenarios.iter().map(|scenario| scenario.index).collect();
        self.planned.scenarios.iter().filter(move |planned| !played.contains(&planned.index))
    }

    /// What could not be cleaned up.
    pub fn left_behind(&self) -> impl Iterator<Item = (&ScenarioVerdict, &LeftBehind)> {
        self.scenarios.iter().flat_map(|scenario| scenario.left_behind.iter().map(move |left| (scenario, left)))
    }
}
