//! Failures that the profile knows of: they are shown, and do not decide. What it knows and nobody saw decides.

use super::{Check, Finding, ScenarioVerdict, Status, judge as judging};
use crate::{
    evidence::{KnownFailure, Planned, ProfileRecord, ScenarioEvidence},
    snapshot::{Accepted, Redactions, SnapshotError},
};

/// Judges a scenario; what the profile knows to fail is marked so.
///
/// # Errors
/// An accepted snapshot cannot be read.
pub fn judge(
    evidence: &ScenarioEvidence,
    profile: &ProfileRecord,
    accepted: &dyn Accepted,
    redactions: &Redactions,
) -> Result<ScenarioVerdict, SnapshotError> {
    let mut verdict = judging::judge(evidence, profile, accepted, redactions)?;
    mark(&mut verdict, &profile.known_failures);
    Ok(verdict)
}

/// Marks the failures of a scenario that are known, and what they block. Doing it twice is as good as once.
pub(super) fn mark(verdict: &mut ScenarioVerdict, known: &[KnownFailure]) {
    let key = verdict.key.clone();
    for check in verdict.checks.iter_mut().filter(|check| check.status == Status::Fail) {
        if let Some(entry) = known.iter().find(|entry| !entry.expired && fits(entry, &key, check)) {
            soften(check, entry);
        }
    }
    // What a known failure blocks is known to be blocked. Everything that is blocked in a scenario has one cause: the
    // step before the first of it, or the control in the same step.
    let Some(first) = verdict.checks.iter().position(|check| check.status == Status::Blocked) else { return };
    let places = [Some(first), first.checked_sub(1)].into_iter().flatten();
    let steps: Vec<String> = places.map(|place| verdict.checks[place].step.clone()).collect();
    let cause = verdict.checks.iter().find(|check| check.status == Status::Known && steps.contains(&check.step));
    let failed = verdict.checks.iter().any(|check| check.status == Status::Fail && steps.contains(&check.step));
    let Some(entry) = cause
        .filter(|_| !failed)
        .and_then(|cause| known.iter().find(|entry| !entry.expired && fits(entry, &key, cause)))
    else {
        return;
    };
    for check in verdict.checks.iter_mut().filter(|check| check.status == Status::Blocked) {
        soften(check, entry);
    }
}

fn soften(check: &mut Check, entry: &KnownFailure) {
    let finding = check.finding.get_or_insert_with(Finding::default);
    let blocked = if check.status == Status::Blocked { "blocked: " } else { "" };
    let (reason, owner, until) = (&entry.reason, &entry.owner, &entry.expires);
    finding.message = format!("known failure ({reason}; {owner}; until {until}): {blocked}{}", finding.message);
    check.status = Status::Known;
}

/// A scenario means each row of its matrix too.
fn fits(entry: &KnownFailure, key: &str, check: &Check) -> bool {
    let rule = check.rule.is_some_and(|rule| rule.key() == entry.rule);
    let row = |scenario: &str| key.strip_prefix(scenario).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    rule && entry.scenario.as_deref().is_none_or(row)
}

/// The entries that hold no longer: the day is over, or a whole run that reached its end shows no such failure.
pub(super) fn stale(
    known: &[KnownFailure],
    scenarios: &[ScenarioVerdict],
    planned: &Planned,
    complete: bool,
) -> Vec<String> {
    let seen = |entry: &KnownFailure| {
        let shows = |scenario: &ScenarioVerdict| {
            let is_known = |check: &&Check| check.status == Status::Known;
            scenario.checks.iter().filter(is_known).any(|check| fits(entry, &scenario.key, check))
        };
        scenarios.iter().any(shows)
    };
    // What does not apply to the catalogue of today may apply tomorrow.
    let skipped = |entry: &KnownFailure| {
        entry.scenario.as_ref().is_some_and(|key| planned.not_applicable.iter().any(|skipped| skipped.key == *key))
    };
    let reason = |entry: &KnownFailure| {
        let scenario = entry.scenario.as_ref().map(|key| format!(" in {key}")).unwrap_or_default();
        let what = format!("the known failure {}{scenario} ({})", entry.rule, entry.place);
        if entry.expired {
            let (until, owner) = (&entry.expires, &entry.owner);
            Some(format!("{what} was known until {until}: mend it, or agree on another day with {owner}"))
        } else if complete && entry.whole && !seen(entry) && !skipped(entry) {
            Some(format!("{what} is stale: no check failed like that. Take it out of the profile"))
        } else {
            None
        }
    };
    known.iter().filter_map(reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{self, Level};

    fn check(step: &str, status: Status, rule: &str) -> Check {
        Check {
            step: step.to_owned(),
            line: 1,
            name: "accepted".to_owned(),
            rule: rules::by_key(rule),
            level: Level::Must,
            status,
            finding: Some(Finding::new("it went wrong")),
        }
    }

    fn marked(checks: Vec<Check>, entry: &KnownFailure) -> Vec<Status> {
        let mut verdict = ScenarioVerdict {
            orders: Vec::new(),
            asked_to_wait: 0,
            timings: crate::verdict::Timings::default(),
            index: 1,
            key: "mine/grow.two".to_owned(),
            title: String::new(),
            file: String::new(),
            built_in: true,
            checks,
            snapshots: Vec::new(),
            snapshot_names: Vec::new(),
            snapshot_digests: Vec::new(),
            calls: 1,
            elapsed_us: 1,
            left_behind: Vec::new(),
            shows_subscriptions: None,
            told: Default::default(),
            untold: vec![],
            interrupted: false,
        };
        mark(&mut verdict, std::slice::from_ref(entry));
        let once = verdict.clone();
        mark(&mut verdict, std::slice::from_ref(entry));
        assert_eq!(verdict, once, "marking again changes nothing");
        verdict.checks.iter().map(|check| check.status).collect()
    }

    fn entry(scenario: Option<&str>) -> KnownFailure {
        KnownFailure { rule: "R-49".to_owned(), scenario: scenario.map(str::to_owned), ..KnownFailure::default() }
    }

    #[test]
    fn what_a_known_failure_blocks_is_known() {
        use Status::{Blocked, Fail, Known, Pass};
        let blocked = |step: &str| check(step, Blocked, "R-53");
        let checks = |first: Check| vec![check("a", Pass, "R-49"), first, blocked("c"), blocked("d")];
        assert_eq!(marked(checks(check("b", Fail, "R-49")), &entry(None)), [Pass, Known, Known, Known]);
        // Another failure at the same step blocks too, and nobody knows of that one.
        let mut two = checks(check("b", Fail, "R-49"));
        two.insert(2, check("b", Fail, "R-50"));
        assert_eq!(marked(two, &entry(None)), [Pass, Known, Fail, Blocked, Blocked]);
        assert_eq!(marked(checks(check("b", Fail, "R-50")), &entry(None)), [Pass, Fail, Blocked, Blocked]);
        // It was known and over before something else blocked the rest.
        let mut later = checks(check("b", Fail, "R-50"));
        later[0].status = Fail;
        assert_eq!(marked(later, &entry(None)), [Known, Fail, Blocked, Blocked]);
    }

    #[test]
    fn a_scenario_means_the_rows_of_its_matrix_and_no_neighbour() {
        let fails = || vec![check("a", Status::Fail, "R-49")];
        for (scenario, known) in
            [("mine/grow", true), ("mine/grow.two", true), ("mine/gro", false), ("mine/grow.t", false), ("mine", false)]
        {
            assert_eq!(marked(fails(), &entry(Some(scenario))) == [Status::Known], known, "{scenario}");
        }
        let expired = KnownFailure { expired: true, ..entry(None) };
        assert_eq!(marked(fails(), &expired), [Status::Fail]);
    }
}
