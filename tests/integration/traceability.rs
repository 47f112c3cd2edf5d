//! From rules to what judges them, and back.

use crate::util::*;
use mock_bss::{
    contract::{Endpoint, Expectation},
    reference, rules,
    scenario::{self, Library},
    verdict,
};
use std::collections::{BTreeMap, BTreeSet};

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

/// Every way to be turned away, and every way of writing the id, at every endpoint that the reference offers.
#[test]
fn credentials_are_tried_in_every_form_at_every_endpoint() {
    const WRONG: [&str; 11] = [
        "none",
        "id_only",
        "key_only",
        "wrong_key",
        "empty_key",
        "other_key",
        "other_case_key",
        "raw_key",
        "broken_base64",
        "not_a_guid",
        "unknown_id",
    ];
    const UNREADABLE: &str = "a body that breaks off with a wrong key";
    let sandbox = Sandbox::new();
    sandbox.run(&["run", "--reference", "--only", "credentials/", "--output", "o", "-q"]).ends(0);
    let mut flaws: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in sandbox.read("o/evidence.jsonl").lines() {
        let event = json(line);
        let sent = &event["sent"];
        let Some(endpoint) = sent["endpoint"].as_str() else { continue };
        if let Some(flaw) = sent["intent"]["flawed"]["flaw"].as_str() {
            flaws.entry(endpoint.to_owned()).or_default().insert(flaw.to_owned());
        }
        let id = sent["headers"].as_array().unwrap().iter().find(|header| header[0] == "X-CloudPlatform-ApplicationId");
        ids.entry(endpoint.to_owned()).or_default().extend(id.map(|id| id[1].as_str().unwrap().to_owned()));
    }
    let own = reference::APPLICATION_ID;
    let spellings = [own.to_lowercase(), own.to_uppercase(), format!("{{{own}}}"), own.replace('-', "")];
    for endpoint in Endpoint::ALL.iter().filter(|endpoint| endpoint.spec().core) {
        let name = endpoint.name();
        let sent = |flaw: &str| flaws.get(name).is_some_and(|flaws| flaws.contains(flaw));
        let missing: Vec<_> = WRONG.into_iter().filter(|flaw| !sent(flaw)).collect();
        assert!(missing.is_empty(), "{name} is not called with {missing:?}");
        assert_eq!(sent(UNREADABLE), endpoint.spec().verb.as_str() == "POST", "{name}: {UNREADABLE}");
        let unspelt: Vec<_> =
            spellings.iter().filter(|id| !ids.get(name).is_some_and(|ids| ids.contains(*id))).collect();
        assert!(unspelt.is_empty(), "{name} is not called by {unspelt:?}");
    }
}
