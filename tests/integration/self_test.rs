//! `mock-bss self-test` and the faults of the reference, as they are typed.

use crate::util::*;

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
    assert!(said.out.contains("1 faults show on the vendor side only"), "{}", said.out);
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
