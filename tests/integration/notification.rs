//! The access e-mail: shown as the platform would write it, and what stays empty in it.

use crate::{
    liar::{Liar, Lie, Truth},
    reports::sandbox_for,
    util::*,
};

const TEMPLATE: &str =
    "Open [#ControlPanel#] for {#Products.DisplayString#}.\nTenant: [#Tenant#]\nFor {#Account.Name#}\n";

/// Plays with a template, against a service manager that tells the truth about all but this.
fn played(lie: impl Fn(Truth) -> Lie + Send + Sync + 'static, template: Option<&str>) -> (Sandbox, Said) {
    let servers = servers();
    let liar = servers.block_on(Liar::start(lie));
    let sandbox = sandbox_for(&liar);
    if let Some(template) = template {
        sandbox.file("mail.txt", template);
        let profile = sandbox.read("mock-bss.yaml")
            + "notification: { template: mail.txt, subject: \"Welcome to {#Products.DisplayString#}\" }\n";
        sandbox.file("mock-bss.yaml", &profile);
    }
    let args = ["run", "-v", "--only", "subscriptions/suspend", "--report", "json=r.json", "--report", "html=r.html"];
    let said = sandbox.run(&args).ends(0);
    servers.block_on(liar.stop());
    (sandbox, said)
}

fn counts(sandbox: &Sandbox) -> serde_json::Value {
    json(&sandbox.read("r.json"))["counts"].clone()
}

#[test]
fn what_stays_empty_is_a_warning_that_no_rule_demands() {
    let (plain, _) = played(Truth::told, None);
    let (sandbox, said) = played(Truth::told, Some(TEMPLATE));
    assert!(said.out.contains("the access e-mail would be sent with [#Tenant#] in it"), "{}", said.out);
    assert!(said.out.contains("         | Open https://panel.tallowmere.example/ for "), "{}", said.out);
    assert!(said.out.contains("         Welcome to ") && said.out.contains("the platform fills {#Account.Name#}"));
    let report = json(&sandbox.read("r.json"));
    let checks = report["scenarios"].as_array().unwrap().iter().flat_map(|s| s["checks"].as_array().unwrap());
    let found: Vec<_> = checks.filter(|check| check["name"].as_str().unwrap().starts_with("access e-mail")).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["status"], &found[0]["rule"]), (&"warn".into(), &serde_json::Value::Null));
    assert_eq!(found[0]["scored"], false);
    assert!(found[0]["found"].as_str().unwrap().contains("ControlPanel"), "{found:?}");
    // It is counted as a warning, and nothing else moves: the frozen rules know nothing of templates.
    let (with, without) = (counts(&sandbox), counts(&plain));
    assert_eq!(with["warned"].as_u64().unwrap(), without["warned"].as_u64().unwrap() + 1);
    for count in ["required", "required_passed", "recommended", "recommended_passed", "failed", "rules_examined"] {
        assert_eq!(with[count], without[count], "{count}");
    }
    let page = sandbox.read("r.html");
    assert!(page.contains("Access e-mail after") && page.contains("[#Tenant#] stays empty"));
}

#[test]
fn without_a_template_everything_that_was_given_is_shown_and_nothing_is_missing() {
    let (sandbox, said) = played(Truth::told, None);
    assert!(said.out.contains("         | ControlPanel: https://panel.tallowmere.example/"), "{}", said.out);
    assert_eq!(counts(&sandbox)["warned"], 0);
}

#[test]
fn nobody_is_written_to_who_was_not_asked_for() {
    let silent =
        |truth: Truth| truth.with(|body| body.replace("\"SendNotification\":true", "\"SendNotification\":false"));
    let (sandbox, said) = played(silent, Some(TEMPLATE));
    assert!(!said.out.contains("access e-mail"), "{}", said.out);
    assert_eq!(counts(&sandbox)["warned"], 0);
    assert!(!sandbox.read("r.html").contains("Access e-mail"));
}

/// The platform stores what an answer brings and adds what later ones bring.
#[test]
fn a_value_that_came_with_the_account_is_not_missing_at_the_subscription() {
    let moved = |truth: Truth| {
        let account = truth.path.ends_with("Accounts/Synchronize");
        truth.with(move |body| match account {
            true => body.replace("\"AccountExtraInfo\":{", "\"AccountExtraInfo\":{\"Tenant\":\"acme-7\","),
            false => body.to_owned(),
        })
    };
    let (sandbox, said) = played(moved, Some(TEMPLATE));
    assert!(said.out.contains("         | Tenant: acme-7"), "{}", said.out);
    assert_eq!(counts(&sandbox)["warned"], 0);
}
