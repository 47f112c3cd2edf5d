//! From rules to what judges them, and back.

use crate::util::*;
use mock_bss::{
    contract::Expectation,
    rules,
    scenario::{self, Library},
    verdict,
};
use std::collections::BTreeSet;

/// Rules that count and that nothing judges yet. The list may only shrink.
const NOT_JUDGED_YET: &[&str] = &[];

#[test]
fn every_rule_that_counts_is_judged_by_something() {
    let said = Sandbox::new().run(&["rules", "--format", "json"]).ends(0);
    let listed = json(&said.out);
    let list = listed["rules"].as_array().unwrap();
    assert_eq!(list.len(), rules::all().count());
    let missing: BTreeSet<&str> = list
        .iter()
        .filter(|rule| rule["scored"] == true && !rule["not_judged"].is_null())
        .map(|rule| rule["rule"].as_str().unwrap())
        .collect();
    let known: BTreeSet<&str> = NOT_JUDGED_YET.iter().copied().collect();
    let forgotten: Vec<_> = missing.difference(&known).collect();
    assert!(forgotten.is_empty(), "nothing judges {forgotten:?}");
    let done: Vec<_> = known.difference(&missing).collect();
    assert!(done.is_empty(), "something judges {done:?} now: strike them from the list");
    for rule in list.iter().filter(|rule| rule["not_judged"].is_null()) {
        let judged = rule["every_answer"] == true || !rule["scenarios"].as_array().unwrap().is_empty();
        assert!(judged, "{rule}");
    }
}

#[test]
fn every_scenario_of_the_suite_proves_something() {
    let loaded = scenario::load(&scenario::builtin_files(), &Library { rule: &|_| Ok(()) });
    assert!(loaded.scenarios.len() > 50);
    for scenario in &loaded.scenarios {
        let serves = |step: &scenario::Step| {
            let accepted = step.expect == Expectation::Accepted;
            !step.proves.is_empty() || (accepted && verdict::implied(step.verb.as_str()).is_some())
        };
        assert!(scenario.steps.iter().any(serves), "{}", scenario.key);
        for key in scenario.steps.iter().flat_map(|step| &step.proves) {
            assert!(rules::by_key(key).is_some(), "{}: {key}", scenario.key);
        }
    }
}

#[test]
fn coverage_is_said_rule_by_rule() {
    let said = Sandbox::new().run(&["rules", "--coverage"]).ends(0);
    let line = |key: &str| said.out.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    assert!(line("R-14 ").ends_with("every answer"), "{}", said.out);
    assert!(line("R-39 ").ends_with("accounts/asked-for"), "{}", said.out);
    assert!(line("R-132 ").contains("not judged: discovery and external pricing"), "{}", said.out);
    let one = Sandbox::new().run(&["rules", "--coverage", "--area", "precheck", "--level", "must"]).ends(0);
    assert!(one.out.lines().last().unwrap().starts_with("4 rules: "), "{}", one.out);
}
