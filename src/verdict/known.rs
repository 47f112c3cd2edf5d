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
