//! The score: what the suite of this version catches. Written down, so that a later version can be held against it.

use super::{Outcome, Tried, expected};
use crate::{
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
    pub fn document(&self, tried: &[Tried], scenarios: &[ScenarioFile], probe: bool) -> Value {
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
            .map(|tried| json!({ "fault": tried.spec.name, "breaks": expected(tried.spec), "outcome": tried.outcome.words() }))
            .collect();
        let mut files: Vec<(&str, &[u8])> =
            scenarios.iter().map(|file| (file.key.as_str(), file.source.text.as_bytes())).collect();
        files.sort_unstable();
        let by_rule: serde_json::Map<String, Value> = by_rule
            .into_iter()
            .map(|(rule, (caught, all))| (rule, json!({ "faults": all, "caught": caught })))
            .collect();
        json!({
            "rule_set": RULE_SET,
            "rules_digest": rules::digest(),
            "scenarios_digest": rules::digest_of(files.into_iter()),
            "version": env!("CARGO_PKG_VERSION"),
            "probe": probe,
            "faults": self.faults(),
            "caught": self.caught,
            "caught_only_by_unrelated_rules": self.unrelated,
            "survived": self.survived,
            "score": self.percent(),
            "legal_variations": self.quiet + self.false_alarms,
            "complained_about": self.false_alarms,
            "rules": by_rule,
            "table": faults,
        })
    }
}
