//! How each rule is judged: on every answer, by scenarios of the built-in suite, or not yet.

use super::{fault::Fault, select};
use crate::{
    contract::Expectation,
    rules::{self, Area, Rule},
    scenario::{self, Library, Scenario},
    verdict,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the built-in suite proves.
#[derive(Debug)]
pub(super) struct Coverage {
    /// The files of the suite.
    files: Vec<scenario::ScenarioFile>,
    /// Keys of scenarios, by the number of the rule.
    scenarios: BTreeMap<u16, BTreeSet<String>>,
}

impl Coverage {
    /// Reads the built-in suite.
    pub(super) fn of_suite() -> Result<Self, Fault> {
        let rule_of = select::rule_checker();
        let files = scenario::builtin_files();
        let loaded = scenario::load(&files, &Library { rule: &rule_of });
        if loaded.diagnostics.has_errors() {
            return Err(Fault::files(loaded.diagnostics));
        }
        let mut scenarios: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
        for scenario in &loaded.scenarios {
            for rule in proven(scenario) {
                scenarios.entry(rule.number).or_default().insert(scenario.key.clone());
            }
        }
        Ok(Self { files, scenarios })
    }

    /// The frozen rule set, as it has to be for this program.
    pub(super) fn frozen(&self) -> String {
        rules::frozen(
            self.files.iter().map(|file| (file.key.as_str(), file.source.text.as_str(), self.proven_by(file))),
        )
    }

    /// The rules that a file's scenarios prove.
    fn proven_by(&self, file: &scenario::ScenarioFile) -> Vec<String> {
        let own = rules::SuiteScenario { key: file.key.clone(), rules: Vec::new() };
        let proves = |rule: &&Rule| self.scenarios(rule).any(|key| own.is(key));
        rules::all().filter(proves).map(Rule::key).collect()
    }

    /// The scenarios that prove a rule.
    pub(super) fn scenarios(&self, rule: &Rule) -> impl Iterator<Item = &str> {
        self.scenarios.get(&rule.number).into_iter().flatten().map(String::as_str)
    }

    /// Why a rule is not judged; `None` where it is.
    pub(super) fn missing(&self, rule: &Rule) -> Option<&'static str> {
        if rules::examines(rule) || self.scenarios.contains_key(&rule.number) {
            return None;
        }
        Some(match (rule.scored, rule.area) {
            (true, _) => "no scenario of the suite does this yet",
            (false, Area::UsageUsers) => "pay per use and users are not played yet, and it is not counted",
            (false, Area::Accounts) => "resellers are not played yet, and it is not counted",
            (false, Area::Discovery) => "discovery and external pricing are not played yet, and it is not counted",
            (false, _) => "it belongs to a part that is not played yet, and is not counted",
        })
    }
}

/// The rules that a scenario proves: those that it names, those that a step that names none serves anyway, and what every
/// denied call is held against.
pub(super) fn proven(scenario: &Scenario) -> impl Iterator<Item = &'static Rule> {
    const DENIED_CHANGES_NOTHING: &str = "R-09";
    scenario.steps.iter().flat_map(|step| {
        let named = step.everything_proven().filter_map(|key| rules::by_key(key));
        let anyway = scenario.built_in && step.proves.is_empty() && step.expect == Expectation::Accepted;
        let denied = (step.expect == Expectation::Denied).then(|| rules::by_key(DENIED_CHANGES_NOTHING)).flatten();
        named.chain(verdict::implied(step.verb.as_str()).filter(|_| anyway)).chain(denied)
    })
}
