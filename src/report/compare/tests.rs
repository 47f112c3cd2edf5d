use super::*;
use serde_json::{Value, json};

/// A report with these checks of one scenario: step, name, status.
fn report(checks: &[(&str, &str, &str)]) -> Value {
    let checks: Vec<Value> = checks
        .iter()
        .map(|(step, name, status)| {
            let message = (*status != "pass").then(|| format!("{name} is {status}"));
            json!({
                "step": step, "line": 3, "name": name, "rule": "R-49", "rule_id": "subscriptions.create-returns-id",
                "level": "must", "basis": "documented", "scored": true, "status": status, "message": message,
                "at": null, "expected": null, "found": null, "request": null, "response": null, "curl": null,
            })
        })
        .collect();
    json!({
        "schema_version": 1, "mock_bss": "0.1.0", "rule_set": "2026.1", "rule_set_sha256": "ab", "verdict": "conformant",
        "reasons": [], "level_reached": "L1", "next_level": "L2", "withheld": [], "exit_code": 0,
        "target": {
            "name": "mine", "url": "http://x", "built_in_reference": false, "dialect": {}, "precheck": "all",
            "probe": false, "strict": false, "timeout_ms": null,
        },
        "seed": "s", "started_at": "2026-01-01T00:00:00Z", "finished_at": null, "elapsed_ms": null,
        "interrupted": false, "filters": [], "counts": {},
        "scenarios": [{
            "key": "a/b", "title": "T", "file": "f.yaml", "status": "pass", "calls": 1, "elapsed_ms": 1.0,
            "checks": checks, "snapshots": [], "answers": { "a/b/x": "11", "a/b/y": "22" }, "left_behind": [],
        }],
        "not_applicable": [], "not_played": [],
        "timings": [{
            "operation": "Fields/Get", "check_only": false, "calls": 9, "unanswered": 0, "p50_ms": 1.0, "p95_ms": 20.0,
            "max_ms": 30.0, "histogram": [],
        }],
    })
}

fn read(report: &Value) -> Report {
    Report::parse(&report.to_string()).unwrap()
}

fn compared(old: &Value, new: &Value) -> Comparison {
    between(("old", &read(old)), ("new", &read(new)), 2.0, &mut |_, _| Answer::Unknown)
}

fn names(list: &[CheckChange]) -> Vec<String> {
    list.iter().map(|change| format!("{} {}", change.check, change.became())).collect()
}

#[test]
fn every_change_stands_in_one_list() {
    let old = report(&[
        ("s", "broke", "pass"),
        ("s", "doubt-broke", "warn"),
        ("s", "doubted", "pass"),
        ("s", "mended", "fail"),
        ("s", "known-mended", "known"),
        ("s", "half-mended", "fail"),
        ("t", "seen", "not_observable"),
        ("t", "unblocked", "blocked"),
        ("u", "lost", "pass"),
        ("s", "same", "pass"),
        ("s", "still", "fail"),
    ]);
    let new = report(&[
        ("s", "broke", "fail"),
        ("s", "doubt-broke", "fail"),
        ("s", "doubted", "warn"),
        ("s", "mended", "pass"),
        ("s", "known-mended", "pass"),
        ("s", "half-mended", "warn"),
        ("t", "seen", "pass"),
        ("t", "unblocked", "fail"),
        ("u", "lost", "not_applicable"),
        ("s", "same", "pass"),
        ("s", "still", "fail"),
    ]);
    let comparison = compared(&old, &new);
    assert_eq!(names(&comparison.regressions), ["broke pass → fail", "doubt-broke warn → fail"]);
    assert_eq!(names(&comparison.weaker), ["doubted pass → warn"]);
    assert_eq!(
        names(&comparison.fixed),
        ["mended fail → pass", "known-mended known → pass", "half-mended fail → warn"]
    );
    assert_eq!(names(&comparison.newly_executed), ["seen not observable → pass", "unblocked blocked → fail"]);
    assert_eq!(names(&comparison.no_longer_executed), ["lost pass → not applicable"]);
    assert_eq!(comparison.regressions[0].message.as_deref(), Some("broke is fail"));
    assert_eq!(comparison.fixed[0].message.as_deref(), Some("mended is fail"));
    assert!(comparison.regressed && !comparison.incomplete);
    let same = compared(&old, &old);
    assert!(!same.regressed && same.lists().iter().all(|(_, list, _)| list.is_empty()) && same.notes.is_empty());
}

#[test]
fn the_same_change_is_said_once() {
    let old = report(&[("s", "accepted", "pass"), ("t", "accepted", "pass"), ("t", "other", "pass")]);
    let new = report(&[("s", "accepted", "fail"), ("t", "accepted", "fail"), ("t", "other", "fail")]);
    let comparison = compared(&old, &new);
    let text = comparison.to_text(Amount::default());
    assert!(text.contains("regressions (3)"), "{text}");
    assert_eq!(text.matches("accepted is fail").count(), 1, "{text}");
    assert!(text.contains("in a/b s, a/b t\n") && text.contains("in a/b t\n"), "{text}");
    assert!(comparison.to_markdown().contains("| a/b s and 1 more |"), "{}", comparison.to_markdown());
}

/// Some checks come up only when something is wrong: that they are not there says that it was right.
#[test]
fn a_check_that_comes_up_for_the_first_time_is_a_regression_where_its_step_was_looked_at() {
    let (calm, wild) =
        (report(&[("s", "accepted", "pass")]), report(&[("s", "accepted", "pass"), ("s", "id", "fail")]));
    assert_eq!(names(&compared(&calm, &wild).regressions), ["id pass → fail"]);
    assert_eq!(names(&compared(&wild, &calm).fixed), ["id fail → pass"]);
    let elsewhere = report(&[("s", "accepted", "pass"), ("other", "id", "fail")]);
    assert_eq!(names(&compared(&calm, &elsewhere).newly_executed), ["id not there → fail"]);
    assert!(!compared(&calm, &elsewhere).regressed);
}

#[test]
fn what_could_not_be_looked_at_again_makes_the_comparison_incomplete() {
    let old = report(&[("s", "accepted", "pass")]);
    let comparison = compared(&old, &report(&[("s", "accepted", "could_not_run")]));
    assert!(comparison.incomplete && !comparison.regressed);
    let mut unplayed = report(&[]);
    unplayed["scenarios"] = json!([]);
    assert!(!compared(&old, &unplayed).incomplete, "nobody planned it");
    unplayed["not_played"] = json!([{ "key": "a/b", "checks": 1 }]);
    assert!(compared(&old, &unplayed).incomplete);
}

#[test]
fn a_lost_level_is_a_regression_unless_only_a_part_was_played() {
    let old = report(&[]);
    let mut new = report(&[]);
    new["level_reached"] = json!("L0");
    assert!(compared(&old, &new).regressed);
    assert!(!compared(&new, &old).regressed);
    new["level_reached"] = Value::Null;
    assert!(compared(&old, &new).notes.contains(&"the level fell from L1 to no level".to_owned()));
    new["filters"] = json!(["--only x"]);
    assert!(!compared(&old, &new).regressed);
}

#[test]
fn answers_and_times_are_compared() {
    let old = report(&[]);
    let mut new = report(&[]);
    new["scenarios"][0]["answers"] = json!({ "a/b/x": "11", "a/b/y": "33", "a/b/z": "44" });
    new["timings"][0]["p95_ms"] = json!(40.0);
    let comparison = compared(&old, &new);
    assert_eq!(comparison.changed_answers.len(), 1);
    assert_eq!(comparison.changed_answers[0].answer, "a/b/y");
    assert_eq!(comparison.slower.len(), 1);
    assert!(!comparison.regressed, "times and answers do not decide");
    let quiet = between(("old", &read(&old)), ("new", &read(&new)), 3.0, &mut |_, _| Answer::Same);
    assert_eq!((quiet.changed_answers.len(), quiet.slower.len()), (0, 0));
    new["timings"][0]["calls"] = json!(4);
    assert!(compared(&old, &new).slower.is_empty(), "four calls say nothing about time");
}

#[test]
fn a_report_of_a_newer_mock_bss_is_not_read_as_something_else() {
    let mut newer = report(&[]);
    newer["schema_version"] = json!(99);
    assert!(Report::parse(&newer.to_string()).unwrap_err().contains("99"));
    assert!(Report::parse("{}").is_err());
}
