//! The score: what the suite of this version catches. Written down, so that a later version can be held against it.

use super::{LATER, NOT_OBSERVABLE, Outcome, Quiet, Tried, expected};
use crate::{
    json::{self, Change, Json},
    reference::faults::SeenIn,
    rules::{self, RULE_SET},
    scenario::ScenarioFile,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many faults were caught.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    pub caught: usize,
    pub unrelated: usize,
    pub survived: usize,
    /// Legal variations that were left alone, and those that were complained about.
    pub quiet: usize,
    pub false_alarms: usize,
}

impl Score {
    /// Counts.
    pub fn of(tried: &[Tried]) -> Self {
        let mut score = Self::default();
        for tried in tried {
            *match tried.outcome {
                Outcome::Caught => &mut score.caught,
                Outcome::Unrelated => &mut score.unrelated,
                Outcome::Survived => &mut score.survived,
                Outcome::Quiet => &mut score.quiet,
                Outcome::FalseAlarm => &mut score.false_alarms,
            } += 1;
        }
        score
    }

    /// Faults, without the legal ones.
    pub fn faults(&self) -> usize {
        self.caught + self.unrelated + self.survived
    }

    /// Faults caught of a hundred, cut to one decimal; a hundred only when all were.
    pub fn percent(&self) -> f64 {
        let faults = self.faults().max(1);
        (self.caught * 1000 / faults) as f64 / 10.0
    }

    /// The score file. It holds nothing that differs from run to run.
    pub fn document(&self, tried: &[Tried], alarms: &[Quiet], scenarios: &[ScenarioFile], probe: bool) -> Value {
        let mut by_rule: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for tried in tried {
            for rule in expected(tried.spec) {
                let (caught, all) = by_rule.entry(rule).or_default();
                *caught += usize::from(tried.outcome == Outcome::Caught);
                *all += 1;
            }
        }
        let faults: Vec<Value> = tried
            .iter()
            .map(|tried| {
                let spec = tried.spec;
                let seen_in = if spec.seen_in == SeenIn::VendorSide { "vendor_side" } else { "answers" };
                json!({
                    "fault": spec.name,
                    "breaks": expected(spec),
                    "outcome": tried.outcome.words(),
                    "seen_in": seen_in,
                })
            })
            .collect();
        let only_with_probe = tried.iter().filter(|tried| tried.spec.seen_in == SeenIn::VendorSide);
        let only_with_probe: Vec<&str> = only_with_probe.map(|tried| tried.spec.name).collect();
        let unbroken = |table: &[(u16, &str)]| -> serde_json::Map<String, Value> {
            let key = |number: u16| rules::by_key(&format!("R-{number}")).map_or_else(String::new, |rule| rule.key());
            table.iter().map(|(number, reason)| (key(*number), json!(reason))).collect()
        };
        let by_rule: serde_json::Map<String, Value> = by_rule
            .into_iter()
            .map(|(rule, (caught, all))| (rule, json!({ "faults": all, "caught": caught })))
            .collect();
        json!({
            "rule_set": RULE_SET,
            "rules_digest": rules::digest(),
            "scenarios_digest": scenarios_digest(scenarios),
            "version": env!("CARGO_PKG_VERSION"),
            "probe": probe,
            "faults": self.faults(),
            "caught": self.caught,
            "caught_only_by_unrelated_rules": self.unrelated,
            "survived": self.survived,
            "score": self.percent(),
            "legal_variations": self.quiet + self.false_alarms,
            "complained_about": self.false_alarms,
            "settings_without_a_fault": alarms.len(),
            "settings_complained_about": alarms.iter().filter(|quiet| !quiet.is_right()).count(),
            "seen_only_with_a_probe": only_with_probe,
            "rules_not_observable": unbroken(NOT_OBSERVABLE),
            "rules_not_played_yet": unbroken(LATER),
            "rules": by_rule,
            "table": faults,
        })
    }
}

/// SHA-256 over names and contents of scenarios, in the order of their keys.
pub fn scenarios_digest(scenarios: &[ScenarioFile]) -> String {
    let mut files: Vec<(&str, &[u8])> =
        scenarios.iter().map(|file| (file.key.as_str(), file.source.text.as_bytes())).collect();
    files.sort_unstable();
    rules::digest_of(files.into_iter())
}

/// What a score file says otherwise than what was measured: the place, what stands there, what was measured. With which
/// version it was written does not matter.
pub fn differences(written: &Json, measured: &Value) -> Vec<Change> {
    let measured = json::parse(measured.to_string().as_bytes()).unwrap_or_default();
    let mut changes = json::diff(written, &measured);
    changes.retain(|change| change.path.to_string() != "$.version");
    changes
}
