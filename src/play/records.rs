//! What evidence says of a run before anything is sent: profile, plan, steps.

use crate::{
    evidence::{NotApplicable, Planned, PlannedScenario, ProfileRecord, StepRecord},
    plan::Plan,
    profile::Profile,
    scenario::{Scenario, Step},
};

/// A profile without its secrets, and without what only the machine knows that plays: its files, its day.
pub fn profile_record(profile: &Profile) -> ProfileRecord {
    ProfileRecord {
        connection: profile.connection.describe(),
        timeout_ms: u64::try_from(profile.limits.timeout.as_millis()).ok(),
        name: profile.name.clone(),
        target: profile.target.clone(),
        file: None,
        snapshots: None,
        notification: profile.notification.clone(),
        dialect: profile.dialect.to_map(),
        features: profile.features.clone(),
        precheck: profile.precheck.describe(),
        pending: profile.pending_words(),
        strict: profile.strict,
        probe: profile.probe.is_some(),
        hidden: profile.redactions.hidden.clone(),
        unordered: profile.redactions.unordered.clone(),
        known_failures: Vec::new(),
    }
}

/// What the evidence says about the plan.
pub fn planned(profile: &Profile, plan: &Plan) -> Planned {
    let bought = plan.purchases(profile);
    Planned {
        scenarios: plan
            .scenarios
            .iter()
            .map(|planned| PlannedScenario {
                index: planned.index,
                key: planned.scenario.key.clone(),
                checks: u32::try_from(planned.scenario.steps.len()).unwrap_or(u32::MAX),
            })
            .collect(),
        not_applicable: plan
            .not_applicable
            .iter()
            .map(|(key, reason)| NotApplicable { key: key.clone(), reason: reason.clone() })
            .collect(),
        gaps: plan.gaps.clone(),
        customers: bought.customers,
        subscriptions: bought.subscriptions,
        seats: bought.seats,
    }
}

/// The steps of a scenario as its evidence records them.
pub fn records(scenario: &Scenario) -> Vec<StepRecord> {
    let record = |step: &Step| StepRecord {
        id: step.id.clone(),
        verb: step.verb.as_str().to_owned(),
        by: step.by.clone(),
        line: step.line,
        proves: step.proves.clone(),
        flaw_proves: step
            .flaws
            .iter()
            .chain(&step.suspects)
            .filter(|flaw| !flaw.proves.is_empty())
            .map(|flaw| (flaw.name.clone(), flaw.proves.clone()))
            .collect(),
        control: step.control.clone(),
        expectation: step.expect.clone(),
        vendor: step.vendor.clone(),
        snapshot: step.snapshot,
    };
    scenario.steps.iter().map(record).collect()
}
