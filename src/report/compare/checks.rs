//! Which checks ended in another way.

use super::CheckChange;
use crate::report::json::{CheckEntry, Report, Scenario};
use std::collections::{HashMap, HashSet};

/// The changes, by what they mean.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) regressions: Vec<CheckChange>,
    pub(super) weaker: Vec<CheckChange>,
    pub(super) fixed: Vec<CheckChange>,
    pub(super) newly_executed: Vec<CheckChange>,
    pub(super) no_longer_executed: Vec<CheckChange>,
    pub(super) incomplete: bool,
}

/// How well a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    /// It was not looked at, and nobody expected more.
    Elsewhere,
    /// It was planned, and could not be looked at.
    Gap,
    Failed,
    /// Wrong, but it does not decide.
    Doubtful,
    Passed,
}

fn ended(status: &str) -> Ended {
    match status {
        "pass" => Ended::Passed,
        "warn" | "known" => Ended::Doubtful,
        "fail" => Ended::Failed,
        "blocked" | "could_not_run" | "error" => Ended::Gap,
        _ => Ended::Elsewhere,
    }
}

/// A check by its scenario, step, name and rule; the same again is counted.
type Key<'r> = (&'r str, &'r str, &'r str, &'r str, usize);

struct Checks<'r> {
    by_key: HashMap<Key<'r>, (&'r Scenario, &'r CheckEntry)>,
    in_order: Vec<Key<'r>>,
    /// Steps that were looked at in any way.
    executed: HashSet<(&'r str, &'r str)>,
}

impl<'r> Checks<'r> {
    fn of(report: &'r Report) -> Self {
        let mut checks = Self { by_key: HashMap::new(), in_order: Vec::new(), executed: HashSet::new() };
        let mut seen: HashMap<(&str, &str, &str, &str), usize> = HashMap::new();
        for scenario in &report.scenarios {
            for check in &scenario.checks {
                let rule = check.rule.as_deref().unwrap_or_default();
                let (key, step, name) = (scenario.key.as_str(), check.step.as_str(), check.name.as_str());
                let count = seen.entry((key, step, name, rule)).or_default();
                *count += 1;
                let place = (key, step, name, rule, *count);
                checks.by_key.insert(place, (scenario, check));
                checks.in_order.push(place);
                if ended(&check.status) >= Ended::Failed {
                    checks.executed.insert((key, step));
                }
            }
        }
        checks
    }

    /// How a check ended. One that is not listed although its step was looked at comes up only when something is wrong,
    /// so it was right.
    fn ended(&self, key: &Key<'_>) -> Ended {
        match self.by_key.get(key) {
            Some((_, check)) => ended(&check.status),
            None if self.executed.contains(&(key.0, key.1)) => Ended::Passed,
            None => Ended::Elsewhere,
        }
    }
}

/// Sorts the checks of both runs. Those of the later run stand in its order, and what is gone behind them.
pub(super) fn compare(old: &Report, new: &Report) -> Sorted {
    let (before, after) = (Checks::of(old), Checks::of(new));
    let unplayed: HashSet<&str> = new.not_played.iter().map(|one| one.key.as_str()).collect();
    let gone = before.in_order.iter().filter(|key| !after.by_key.contains_key(*key));
    let mut sorted = Sorted::default();
    for key in after.in_order.iter().chain(gone) {
        let (was, is) = (before.by_key.get(key).copied(), after.by_key.get(key).copied());
        let (then, now) = (before.ended(key), after.ended(key));
        let list = match (then, now) {
            (Ended::Doubtful | Ended::Passed, Ended::Failed) => &mut sorted.regressions,
            (Ended::Passed, Ended::Doubtful) => &mut sorted.weaker,
            (Ended::Failed | Ended::Doubtful, Ended::Passed) | (Ended::Failed, Ended::Doubtful) => &mut sorted.fixed,
            (Ended::Elsewhere | Ended::Gap, Ended::Failed | Ended::Doubtful | Ended::Passed) => {
                &mut sorted.newly_executed
            }
            (Ended::Failed | Ended::Doubtful | Ended::Passed, Ended::Elsewhere | Ended::Gap) => {
                sorted.incomplete |= now == Ended::Gap || unplayed.contains(key.0);
                &mut sorted.no_longer_executed
            }
            _ => continue,
        };
        list.extend(change(was, is, then, now));
    }
    sorted
}

type Found<'r> = Option<(&'r Scenario, &'r CheckEntry)>;

fn change(was: Found<'_>, is: Found<'_>, then: Ended, now: Ended) -> Option<CheckChange> {
    // A check that comes up only when something is wrong, and did not: it passed.
    let status = |found: Found<'_>, ended: Ended| match found {
        Some((_, check)) => Some(check.status.clone()),
        None => (ended == Ended::Passed).then(|| "pass".to_owned()),
    };
    let (scenario, check) = is.or(was)?;
    let telling = is.filter(|(_, check)| check.message.is_some()).or(was).map_or(check, |(_, check)| check);
    Some(CheckChange {
        scenario: scenario.key.clone(),
        file: scenario.file.clone(),
        line: check.line,
        step: check.step.clone(),
        check: check.name.clone(),
        rule: check.rule.clone(),
        rule_id: check.rule_id.clone(),
        before: status(was, then),
        after: status(is, now),
        message: telling.message.clone(),
        curl: is.and_then(|(_, check)| check.curl.clone()),
    })
}
