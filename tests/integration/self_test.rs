//! `mock-bss self-test` and the faults of the reference, as they are typed.

use crate::util::*;
use mock_bss::{reference::faults, rules, scenario::builtin_files, self_test};
use std::path::Path;

#[test]
fn a_fault_that_the_suite_sees_is_caught_by_its_rule() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(&["self-test", "--fault", "quantity-as-delta", "--format", "json=r.json"]).ends(0);
    assert!(said.out.contains("1 of 1 faults caught (100 %)"), "{}", said.out);
    let report = json(&sandbox.read("r.json"));
    assert_eq!(report["faults"][0]["outcome"], "caught");
    let fired = report["faults"][0]["fired"].as_array().unwrap();
    assert!(fired.iter().any(|rule| rule == "R-53"), "{fired:?}");
}

#[test]
fn what_a_service_manager_may_do_is_left_alone() {
    let said = Sandbox::new().run(&["self-test", "--fault", "byte-order-mark", "--fault", "short-ids"]).ends(0);
    assert!(said.out.contains("2 of 2 legal variations left alone"), "{}", said.out);
}

#[test]
fn without_the_probe_only_faults_that_answers_show_are_tried() {
    let said = Sandbox::new().run(&["self-test", "--no-probe", "--rule", "R-53", "--rule", "R-49"]).ends(0);
    assert!(said.out.contains("4 of 4 faults caught"), "{}", said.out);
    assert!(said.out.contains("2 faults show on the vendor side only"), "{}", said.out);
}

#[test]
fn a_bout_ends_with_the_first_right_finding_unless_everything_is_wanted() {
    let sandbox = Sandbox::new();
    let findings = |more: &[&str]| {
        let args = [&["self-test", "--fault", "success-with-code-one", "--format", "json=r.json"], more].concat();
        sandbox.run(&args).ends(0);
        json(&sandbox.read("r.json"))["faults"][0]["found"]["findings"].as_array().unwrap().len()
    };
    assert!(findings(&[]) < findings(&["--full"]));
}

/// The published score, as text and as JSON.
fn published() -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/self-test/2026.1.json");
    json(&std::fs::read_to_string(path).unwrap())
}

/// Whether it is true takes minutes to see, and is seen by `.ci/run`. That it speaks of these rules, scenarios and faults
/// is seen here.
#[test]
fn the_published_score_is_about_this_program() {
    let score = published();
    let stale = "mock-bss self-test --write docs/self-test/2026.1.json brings it up to date (in release)";
    assert_eq!(score["rules_digest"], rules::digest(), "{stale}");
    assert_eq!(score["scenarios_digest"], self_test::scenarios_digest(&builtin_files()), "{stale}");
    let listed: Vec<(String, Vec<String>)> = score["table"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let breaks = entry["breaks"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap().to_owned());
            (entry["fault"].as_str().unwrap().to_owned(), breaks.collect())
        })
        .collect();
    let faults: Vec<(String, Vec<String>)> =
        faults::all().map(|spec| (spec.name.to_owned(), self_test::expected(spec))).collect();
    assert_eq!(listed, faults, "{stale}");
    assert_eq!(score["score"], 100.0);
    assert_eq!((&score["survived"], &score["caught_only_by_unrelated_rules"]), (&0.into(), &0.into()));
    assert_eq!((&score["complained_about"], &score["settings_complained_about"]), (&0.into(), &0.into()));
}

#[test]
fn the_page_shows_the_published_score() {
    let score = published();
    let number = |name: &str| score[name].as_u64().unwrap();
    let only = score["seen_only_with_a_probe"].as_array().unwrap().len();
    let rules = score["rules"].as_object().unwrap().len();
    let table = format!(
        "| measured | |\n| --- | --- |\n\
         | faults | {} |\n\
         | caught by a rule that they break | {} ({} %) |\n\
         | of them seen only with a probe | {only} |\n\
         | rules that they break | {rules} |\n\
         | legal variations, and how many were complained about | {}, {} |\n\
         | settings and orders without a fault, and how many were complained about | {}, {} |\n",
        number("faults"),
        number("caught"),
        score["score"].as_f64().unwrap(),
        number("legal_variations"),
        number("complained_about"),
        number("settings_without_a_fault"),
        number("settings_complained_about"),
    );
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/self-test.md")).unwrap();
    assert!(page.replace("\r\n", "\n").contains(&table), "docs/self-test.md has to show:\n{table}");
}

#[test]
fn a_score_file_that_cannot_be_read_is_said_before_anything_is_played() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(&["self-test", "--check", "nothing.json"]).ends(2);
    assert!(said.err.contains("nothing.json") && said.out.is_empty(), "{}{}", said.out, said.err);
    sandbox.file("broken.json", "{");
    let said = sandbox.run(&["self-test", "--check", "broken.json"]).ends(2);
    assert!(said.err.contains("--write"), "{}", said.err);
}

#[test]
fn mistakes_are_explained() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(&["self-test", "--fault", "quantity-as-delte"]).ends(2);
    assert!(said.err.contains("did you mean `quantity-as-delta`?"), "{}", said.err);
    let said = sandbox.run(&["self-test", "--rule", "R-130"]).ends(2);
    assert!(said.err.contains("no fault of the reference breaks this"), "{}", said.err);
    let said = sandbox.run(&["reference", "--fault", "nothing-at-all"]).ends(2);
    assert!(said.err.contains("--list-faults"), "{}", said.err);
    let said = sandbox.run(&["self-test", "--write", "score.json", "--rule", "R-53"]).ends(2);
    assert!(said.err.contains("--rule"), "{}", said.err);
}

#[test]
fn the_faults_can_be_listed_for_people_and_for_machines() {
    let sandbox = Sandbox::new();
    let text = sandbox.run(&["reference", "--list-faults"]).ends(0).out;
    let faults = json(&sandbox.run(&["reference", "--list-faults", "--format", "json"]).ends(0).out);
    let faults = faults.as_array().unwrap();
    for fault in faults {
        assert!(text.contains(fault["name"].as_str().unwrap()), "{fault}");
        assert_eq!(fault["legal"] == true, fault["breaks"].as_array().unwrap().is_empty(), "{fault}");
    }
    assert_eq!(text.lines().count(), faults.len() + 1);
}
