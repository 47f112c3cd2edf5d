//! Failures that the profile knows of.

use crate::{
    liar::{Liar, Truth},
    util::*,
};

const SUSPEND: &[&str] = &["run", "--only", "subscriptions/suspend", "--report", "json=r.json"];

/// A service manager that cannot suspend.
async fn cannot_suspend() -> Liar {
    Liar::start(|truth: Truth| match truth.path.ends_with("Subscriptions/Suspend") {
        true => truth.with(|_| r#"{"Code":-3,"Message":"never","Result":null}"#.into()),
        false => truth.told(),
    })
    .await
}

fn profile(sandbox: &Sandbox, liar: &Liar, known: &str) {
    let list = if known.is_empty() { String::new() } else { format!("known_failures:\n{known}") };
    sandbox.reference_profile("known", &liar.base_url(), &list);
}

fn entry(rule: &str, scenario: &str, expires: &str) -> String {
    format!(
        "  - rule: {rule}\n    scenario: {scenario}\n    reason: ticket 17\n    owner: Ann\n    expires: {expires}\n"
    )
}

/// The rules that fail in the report.
fn failing(sandbox: &Sandbox, status: &str) -> Vec<String> {
    let report = json(&sandbox.read("r.json"));
    let scenarios = report["scenarios"].as_array().unwrap().iter();
    let checks = scenarios.flat_map(|scenario| scenario["checks"].as_array().unwrap().clone());
    checks.filter(|check| check["status"] == status).map(|check| check["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_known_failure_does_not_decide_until_its_day_is_over() {
    let servers = servers();
    let liar = servers.block_on(cannot_suspend());
    let sandbox = Sandbox::new();
    profile(&sandbox, &liar, "");
    sandbox.run(SUSPEND).ends(1);
    let rules = failing(&sandbox, "fail");
    let [rule] = &rules[..] else { panic!("{rules:?}") };

    profile(&sandbox, &liar, &entry(rule, "subscriptions/suspend", "2999-12-31"));
    let said = sandbox.run(SUSPEND).ends(0);
    assert!(said.out.contains("known failure (ticket 17; Ann; until 2999-12-31): "), "{}", said.out);
    assert!(said.out.contains("know subscriptions/suspend"), "{}", said.out);
    assert!(failing(&sandbox, "fail").is_empty() && failing(&sandbox, "known").contains(rule));
    let report = json(&sandbox.read("r.json"));
    assert!(report["counts"]["known"].as_u64().unwrap() > 0 && report["verdict"] == "conformant", "{report}");

    // The evidence knows it too: the same verdict later, whatever the profile says then.
    let live = sandbox.read("r.json");
    profile(&sandbox, &liar, "");
    sandbox.run(&["report", "--format", "json=r.json"]).ends(0);
    assert_eq!(sandbox.read("r.json"), live);

    // Another scenario, or another rule, is not this one.
    profile(&sandbox, &liar, &entry(rule, "subscriptions/susp", "2999-12-31"));
    sandbox.run(SUSPEND).ends(1);
    profile(&sandbox, &liar, &entry("R-01", "subscriptions/suspend", "2999-12-31"));
    sandbox.run(SUSPEND).ends(1);

    // Once its day is over it decides again, and says which entry it is.
    profile(&sandbox, &liar, &entry(rule, "subscriptions/suspend", "2020-02-29"));
    let line = sandbox.read("mock-bss.yaml").lines().position(|line| line.contains("- rule:")).unwrap() + 1;
    let said = sandbox.run(SUSPEND).ends(1);
    let words = format!("the known failure {rule} in subscriptions/suspend (mock-bss.yaml:{line}) was known until");
    assert!(said.out.contains(&words), "{}", said.out);
    servers.block_on(liar.stop());
}

#[test]
fn a_known_failure_that_nobody_sees_is_stale_in_a_whole_run() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(Truth::told));
    let sandbox = Sandbox::new();
    profile(&sandbox, &liar, &entry("R-49", "subscriptions/suspend", "2999-12-31"));
    sandbox.run(SUSPEND).ends(0);
    let said = sandbox.run(&["run", "-q"]).ends(1);
    assert!(said.out.contains("(mock-bss.yaml:6) is stale: no check failed like that"), "{}", said.out);
    assert!(said.out.contains("NOT CONFORMANT (known)") && said.out.contains("failed 0"), "{}", said.out);
    sandbox.run(&["report"]).ends(1);
    servers.block_on(liar.stop());
}

#[test]
fn mistakes_in_known_failures_are_told() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(Truth::told));
    let sandbox = Sandbox::new();
    for (text, words) in [
        (entry("R-499", "a/b", "2999-12-31"), "`R-499` is not a rule"),
        (entry("subscriptions.create-return-id", "a/b", "2999-12-31"), "did you mean `R-49`"),
        (entry("R-49", "a/b", "next year"), "`expires` must be a day, as YYYY-MM-DD"),
        (entry("R-49", "a/b", "2026-02-30"), "`expires` must be a day, as YYYY-MM-DD"),
        (entry("R-49", "a/b", "2999-12-31").replace("owner: Ann", "owners: Ann"), "missing key `owner`"),
        (entry("R-49", "a/b", "2999-12-31").replace("ticket 17", "\"\""), "`reason` must say something"),
    ] {
        profile(&sandbox, &liar, &text);
        let said = sandbox.run(&["check"]).ends(2);
        assert!(said.err.contains(words) && said.err.contains("mock-bss.yaml:"), "{}", said.err);
    }
    servers.block_on(liar.stop());
}
