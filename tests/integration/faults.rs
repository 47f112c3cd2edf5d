//! Service managers that answer wrongly, or not at all: a plain finding, the right exit code, nothing lost.

use crate::{
    liar::{Liar, Lie, Truth},
    util::*,
};
use mock_bss::reference;
use std::time::Duration;

const ONE: &str = "subscriptions/create-from-order";

fn profile(sandbox: &Sandbox, liar: &Liar, more: &str) {
    sandbox.reference_profile("liar", &liar.base_url(), more);
}

/// Plays one scenario against a liar.
fn against(lie: impl Fn(Truth) -> Lie + Send + Sync + 'static, scenario: &str, more: &str, code: i32) -> Said {
    let servers = servers();
    let liar = servers.block_on(Liar::start(lie));
    let sandbox = Sandbox::new();
    profile(&sandbox, &liar, more);
    let said = sandbox.run(&["run", "--only", scenario]).ends(code);
    servers.block_on(liar.stop());
    said
}

fn is_create(truth: &Truth) -> bool {
    truth.path.ends_with("Subscriptions/Create") && truth.request.contains("\"CheckOnly\":false")
}

#[test]
fn the_liar_who_tells_the_truth_is_conformant() {
    against(Truth::told, "subscriptions/", "", 0);
}

#[test]
fn a_second_order_that_is_merged_leaves_nothing_to_retry_and_ends_with_the_first() {
    let known = std::sync::Mutex::new((String::new(), false));
    let merges = move |truth: Truth| {
        let mut known = known.lock().unwrap();
        if is_create(&truth) && truth.request.contains("\"IsFromOrder\":false") {
            return truth.with(|_| format!(r#"{{"Code":0,"Message":"","Result":"{}"}}"#, known.0));
        }
        if is_create(&truth) {
            let answer: serde_json::Value = serde_json::from_str(&truth.body).unwrap();
            known.0 = answer["Result"].as_str().unwrap().to_owned();
        }
        let cancels = truth.path.ends_with("Subscriptions/Cancel") && truth.request.contains("\"CheckOnly\":false");
        if cancels && std::mem::replace(&mut known.1, true) {
            return truth.with(|_| r#"{"Code":-1,"Message":"It is cancelled.","Result":null}"#.to_owned());
        }
        truth.told()
    };
    let said = against(merges, "retry-once-there-is-room", "", 0);
    assert!(said.out.contains("not applicable 3"), "the retry, and what follows it: {}", said.out);
    assert!(!said.out.contains("left behind"), "{}", said.out);
}

#[test]
fn a_create_without_a_result_breaks_the_rule_that_demands_it() {
    let lie = |truth: Truth| if is_create(&truth) { truth.with(|b| replace_result(&b, "")) } else { truth.told() };
    let said = against(lie, ONE, "", 1);
    assert!(
        said.out.contains("R-49 subscriptions.create-returns-id") && said.out.contains("without a Result"),
        "{}",
        said.out
    );
}

fn replace_result(body: &str, result: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(body).unwrap();
    json["Result"] = result.into();
    json.to_string()
}

#[test]
fn answers_that_are_no_result_are_findings_and_no_panics() {
    let lies: [(&str, u16, &'static str, String); 8] = [
        ("HTML", 200, "text/html", "<html><script>alert(1)</script></html>".into()),
        ("empty", 200, "application/json", String::new()),
        ("no content", 204, "application/json", String::new()),
        ("a redirect", 302, "application/json", "{}".into()),
        ("wrapped", 200, "application/json", r#"{"data":{"Code":0,"Result":"S1"}}"#.into()),
        ("a number for a code", 200, "application/json", r#"{"Code":"zero","Message":"","Result":"S1"}"#.into()),
        ("a depth bomb", 200, "application/json", "[".repeat(200_000)),
        ("an error", 500, "application/json", r#"{"Message":"An error has occurred."}"#.into()),
    ];
    for (name, status, content_type, body) in lies {
        let lie = move |truth: Truth| match is_create(&truth) {
            true => Lie::Answer { status, content_type, body: body.clone() },
            false => truth.told(),
        };
        let said = against(lie, ONE, "", 1);
        assert!(said.out.contains("R-49") && said.err.is_empty(), "{name}: {}\n{}", said.out, said.err);
    }
}

#[test]
fn what_the_target_says_cannot_move_the_cursor() {
    let lie = |truth: Truth| match is_create(&truth) {
        true => Lie::Answer {
            status: 200,
            content_type: "application/json",
            body: "{\"Code\":-1,\"Message\":\"\\u001b[2J\\u202egone\",\"Result\":null}".into(),
        },
        false => truth.told(),
    };
    let said = against(lie, ONE, "", 1);
    assert!(
        said.out.contains("gone") && !said.out.contains('\u{1b}') && !said.out.contains('\u{202e}'),
        "{}",
        said.out
    );
}

#[test]
fn a_call_that_is_not_answered_is_the_target_s_failure() {
    let said = against(|truth| if is_create(&truth) { Lie::Hangup } else { truth.told() }, ONE, "", 1);
    assert!(said.out.contains("Subscriptions/Create was not answered"), "{}", said.out);
    let stall = |truth: Truth| match is_create(&truth) {
        true => Lie::Late(Duration::from_secs(3600), truth),
        false => truth.told(),
    };
    let said = against(stall, ONE, "limits: { timeout: 300ms }\n", 1);
    assert!(said.out.contains("no complete answer within 0.3 s"), "{}", said.out);
}

#[test]
fn a_target_that_dies_half_way_makes_the_rest_a_gap_and_not_a_pass() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(|truth| if truth.number == 40 { Lie::Die } else { truth.told() }));
    let sandbox = Sandbox::new();
    profile(&sandbox, &liar, "");
    let said = sandbox.run(&["run", "--jobs", "1", "--report", "json=r.json"]);
    // The call at which it died had been sent: that is a failure of the target, the rest is a gap.
    assert!(matches!(said.code, Some(1 | 5)), "{:?} {}", said.code, said.out);
    assert!(said.out.contains("the target went away"), "{}", said.out);
    let report = json(&sandbox.read("r.json"));
    assert!(report["counts"]["could_not_run"].as_u64().unwrap() > 50);
    assert_ne!(report["verdict"], "conformant");
    servers.block_on(liar.stop());
}

#[test]
fn an_order_that_a_flaw_has_made_is_cleaned_up_too() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(Truth::told));
    let sandbox = Sandbox::new();
    profile(&sandbox, &liar, &format!("probe: {{ url: \"{}?account={{account}}\" }}\n", liar.probe_url()));
    // Another name is no reason to refuse an order, so this "flaw" buys something that the platform never hears of.
    sandbox.file(
        "mine/flawed.yaml",
        "title: T\nsteps:\n  - buy: {}\n    flaws: [{ send: { Name: other, SubscriptionID: 0aaf0000-0000-4000-8000-000000000001 } }]\n    expect: refused\n",
    );
    let said = sandbox.run(&["run", "mine"]).ends(1);
    assert!(said.out.contains("Subscriptions/Create was accepted"), "{}", said.out);
    let seen: serde_json::Value = servers
        .block_on(async { reqwest::get(liar.probe_url()).await.unwrap().text().await })
        .map(|text| serde_json::from_str(&text).unwrap())
        .unwrap();
    let states: Vec<_> = seen["subscriptions"].as_array().unwrap().iter().map(|s| s["status"].clone()).collect();
    assert_eq!(states, ["cancelled", "cancelled"]);
    servers.block_on(liar.stop());
}

#[test]
fn what_cannot_be_cancelled_is_listed_as_left_behind() {
    let lie = |truth: Truth| match truth.path.ends_with("Subscriptions/Cancel") {
        true => Lie::Answer {
            status: 200,
            content_type: "application/json",
            body: r#"{"Code":-9,"Message":"not today","Result":null}"#.into(),
        },
        false => truth.told(),
    };
    let said = against(lie, ONE, "", 0);
    assert!(said.out.contains("left behind by subscriptions/create-from-order: subscription"), "{}", said.out);
    assert!(said.out.contains("not today"), "{}", said.out);
}

/// A liar who carries out every pre-check: the call that follows finds everything done, and answers like an honest one.
#[test]
fn a_pre_check_that_provisions_is_caught_although_the_call_after_it_looks_right() {
    let servers = servers();
    let liar = servers.block_on(Liar::before(|path: &str, body: String| match path.contains("/Subscriptions/") {
        true => body.replace("\"CheckOnly\":true", "\"CheckOnly\":false"),
        false => body,
    }));
    let sandbox = Sandbox::new();
    profile(&sandbox, &liar, &format!("probe: {{ url: \"{}?account={{account}}\" }}\n", liar.probe_url()));
    let said = sandbox.run(&["run", "--only", "precheck/accepted"]).ends(1);
    assert!(said.out.contains("R-103 precheck.provisions-nothing"), "{}", said.out);
    assert!(said.out.contains("the vendor side was changed by the pre-check"), "{}", said.out);
    servers.block_on(liar.stop());
}

#[test]
fn nothing_that_follows_a_nameless_order_is_charged_to_the_target() {
    let lie = |truth: Truth| if is_create(&truth) { truth.with(|b| replace_result(&b, "")) } else { truth.told() };
    let said = against(lie, "subscriptions/suspend", "", 1);
    assert!(said.out.contains("1 check failed that the contract requires"), "{}", said.out);
    assert!(said.out.contains("blocked suspend accepted") && said.out.contains("left behind"), "{}", said.out);
}

#[test]
fn one_broken_endpoint_is_explained_once() {
    let lie = |truth: Truth| match is_create(&truth) {
        true => Lie::Answer { status: 500, content_type: "text/html", body: "<h1>no</h1>".into() },
        false => truth.told(),
    };
    let said = against(lie, "subscriptions/", "", 1);
    // Two rules are broken by the one answer: each is explained once.
    let explained = said.out.matches("       demand    ").count();
    assert!((1..=2).contains(&explained), "{explained}: {}", said.out);
    assert!(said.out.matches("(as above)").count() > 10, "{}", said.out);
}

#[test]
fn a_message_cannot_write_lines_of_its_own() {
    let lie = |truth: Truth| match is_create(&truth) {
        true => Lie::Answer {
            status: 200,
            content_type: "application/json",
            body: "{\"Code\":-1,\"Message\":\"no\\r\\nCONFORMANT (all good)\",\"Result\":null}".into(),
        },
        false => truth.told(),
    };
    let said = against(lie, ONE, "", 1);
    assert!(
        said.out.contains("CONFORMANT (all good)") && !said.out.contains("\nCONFORMANT (all good)"),
        "{}",
        said.out
    );
}

#[test]
fn a_probe_that_shows_something_else_is_an_error_of_the_run() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(Truth::told));
    let sandbox = Sandbox::new();
    profile(&sandbox, &liar, &format!("probe: {{ url: \"{}\" }}\n", liar.base_url()));
    let said = sandbox.run(&["run", "--only", "subscriptions/update-up"]).ends(5);
    assert!(said.out.contains("not a probe document"), "{}", said.out);
    servers.block_on(liar.stop());
}

#[test]
fn a_byte_order_mark_is_read_over_and_a_long_answer_is_not_swallowed() {
    against(|truth| truth.with(|body| format!("\u{feff}{body}")), ONE, "", 0);
    let lie = |truth: Truth| match is_create(&truth) {
        true => {
            truth.with(|body| body.replace("\"Message\":\"\"", &format!("\"Message\":\"{}\"", "x".repeat(5 << 20))))
        }
        false => truth.told(),
    };
    let said = against(lie, ONE, "", 1);
    assert!(said.out.contains("larger than what is read") && said.out.len() < 50_000, "{}", said.out.len());
}

#[test]
fn an_account_that_is_refused_is_not_charged_to_the_order_after_it() {
    let lie = |truth: Truth| match truth.path.ends_with("Accounts/Synchronize") {
        true => truth.with(|_| r#"{"Code":-4,"Message":"no accounts today","Result":null}"#.into()),
        false => truth.told(),
    };
    // No source settles that an account must be taken: the order could not be tried, so the run is incomplete.
    let said = against(lie, ONE, "", 5);
    assert!(
        said.out.contains("R-41") && said.out.contains("no accounts today") && !said.out.contains("fail R-49"),
        "{}",
        said.out
    );
}

#[test]
fn one_fault_is_charged_to_its_own_rules_and_to_no_other() {
    // The fault, the scenarios that see it, and every rule that may be found broken by it.
    let cases = [
        // Several customers who all get no id may have been mixed up: answers alone do not tell.
        ("result-empty-on-create", "repeats/", vec!["R-49", "R-115"]),
        ("create-twice-on-retry", "repeats/", vec!["R-60", "R-116"]),
        ("repeat-addon-duplicates", "repeats/", vec!["R-97", "R-116"]),
        ("no-auth-on-create", "subscriptions/", vec!["R-01", "R-02", "R-03", "R-04", "R-09", "R-10"]),
        // An endpoint that answers anybody breaks every rule about who is answered.
        (
            "no-auth-on-create",
            "credentials/",
            vec!["R-01", "R-02", "R-03", "R-04", "R-06", "R-07", "R-08", "R-09", "R-10", "R-11"],
        ),
        // One that takes keys as they are breaks the one about that, on every endpoint, and no other.
        ("raw-key-accepted", "credentials/", vec!["R-06"]),
    ];
    let servers = servers();
    for (fault, scenarios, rules) in cases {
        let faults = [reference::faults::by_name(fault).unwrap().fault].into_iter().collect();
        let options = reference::Options { faults, ..Default::default() };
        let running = servers.block_on(reference::start(options)).unwrap();
        let sandbox = Sandbox::new();
        let probe =
            format!("probe: {{ url: \"{}?account={{account}}\", settle: 1s }}\nstrict: true\n", running.probe_url());
        sandbox.reference_profile("faulty", &running.base_url(), &probe);
        let said = sandbox.run(&["run", "--only", scenarios, "--report", "json=r.json"]).ends(1);
        let report = json(&sandbox.read("r.json"));
        let mut found: Vec<String> = Vec::new();
        for scenario in report["scenarios"].as_array().unwrap() {
            for check in scenario["checks"].as_array().unwrap() {
                if matches!(check["status"].as_str(), Some("fail" | "warn" | "error")) {
                    found.push(check["rule"].as_str().unwrap_or("no rule").to_owned());
                }
            }
        }
        found.sort();
        found.dedup();
        assert!(
            !found.is_empty() && found.iter().all(|rule| rules.contains(&rule.as_str())),
            "{fault}: {found:?}\n{}",
            said.out
        );
        servers.block_on(running.stop());
    }
}

/// Where every order is refused, what stands in its way is found by leaving one thing out at a time.
#[test]
fn a_refused_order_is_tried_again_without_what_may_be_the_reason() {
    const TRIED: &str = "what-stands-in-the-way";
    let no = |truth: Truth| truth.with(|_| r#"{"Code":-9,"Message":"Invalid request.","Result":null}"#.to_owned());
    fn rules(said: &Said) -> Vec<&str> {
        let found = said.out.lines().map(str::trim).filter_map(|line| line.strip_prefix("fail R-"));
        found.filter_map(|line| line.split(' ').next()).collect()
    }
    let asked = |truth: &Truth| truth.path.ends_with("Subscriptions/Create");
    let picky = move |truth: Truth| match asked(&truth) && truth.request.contains("\"InstallmentPlan\"") {
        true => no(truth),
        false => truth.told(),
    };
    let said = against(picky, TRIED, "", 1);
    assert_eq!(rules(&said), ["72", "49"], "{}", said.out);
    assert!(said.out.contains("and accepted without an instalment plan"), "{}", said.out);
    // Whoever refuses everything stumbles over nothing that was tried.
    let said = against(move |truth: Truth| if asked(&truth) { no(truth) } else { truth.told() }, TRIED, "", 1);
    assert_eq!(rules(&said), ["49"], "{}", said.out);
    assert!(said.out.contains("the reason is another one"), "{}", said.out);
    // And whoever fails only now and then does so for no reason of the request.
    let refused = std::sync::atomic::AtomicBool::new(false);
    let once = move |truth: Truth| match asked(&truth) && !refused.swap(true, std::sync::atomic::Ordering::SeqCst) {
        true => no(truth),
        false => truth.told(),
    };
    let said = against(once, TRIED, "", 1);
    assert_eq!(rules(&said), ["49"], "{}", said.out);
    assert!(said.out.contains("accepted when it came again"), "{}", said.out);
}

/// What was bought only to find out is cancelled.
#[test]
fn an_order_that_was_placed_to_find_a_reason_is_cancelled() {
    let servers = servers();
    let fault = reference::faults::by_name("duration-only-as-number").unwrap().fault;
    let options = reference::Options { faults: [fault].into_iter().collect(), ..Default::default() };
    let running = servers.block_on(reference::start(options)).unwrap();
    let sandbox = Sandbox::new();
    let probe = format!("probe: {{ url: \"{}?account={{account}}\" }}\nprecheck: none\n", running.probe_url());
    sandbox.reference_profile("faulty", &running.base_url(), &probe);
    let said = sandbox.run(&["run", "--only", "what-stands-in-the-way"]).ends(1);
    assert!(said.out.contains("with the length of the billing cycle as a number"), "{}", said.out);
    assert!(!said.out.contains("left behind"), "{}", said.out);
    let evidence = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    let cancels = evidence.lines().filter(|line| line.contains("\"label\":\"subscriptions-cancel\""));
    assert_eq!(cancels.count(), 2, "of the two forms of the cycle that are accepted\n{}", said.out);
    servers.block_on(running.stop());
}

#[test]
fn who_cannot_look_is_told_what_it_takes() {
    let said = against(Truth::told, "subscriptions/update-is-no-create", "", 0);
    assert!(said.out.contains("1 check needs a look at the vendor side: add a `probe` to the profile"), "{}", said.out);
}

/// A probe that looks somewhere else is one error about the probe, and no finding about the target.
#[test]
fn a_probe_that_never_shows_anything_is_told_once() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let sandbox = Sandbox::new();
    let probe = "probe: { command: 'echo {\"subscriptions\":[]}', settle: 100ms }\nstrict: true\n";
    sandbox.reference_profile("elsewhere", &running.base_url(), probe);
    let said = sandbox.run(&["run", "--only", "subscriptions/update", "--report", "json=r.json"]).ends(5);
    let report = json(&sandbox.read("r.json"));
    let checks = || report["scenarios"].as_array().unwrap().iter().flat_map(|one| one["checks"].as_array().unwrap());
    let of = |status: &str| checks().filter(|check| check["status"] == status).collect::<Vec<_>>();
    assert_eq!((of("fail").len(), of("warn").len(), of("error").len()), (0, 0, 1), "{}", said.out);
    assert_eq!(of("error")[0]["name"], "probe");
    assert!(checks().filter(|check| check["name"] == "vendor side").all(|check| check["status"] == "not_observable"));
    assert_eq!(said.out.matches("shows no subscription in any of the").count(), 1, "{}", said.out);
    servers.block_on(running.stop());
}

/// The same vendor side, told in another form: it is seen through the profile's map, and a map that leads astray shows.
#[test]
fn a_vendor_side_of_another_form_is_seen_through_its_map() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let with = |quantity: &str| {
        let sandbox = Sandbox::new();
        let probe = format!(
            "probe:\n  url: \"{}?account={{bss}}\"\n  settle: 100ms\n  map:\n    \
             accounts: {{ each: '$.accounts[*]', id: '@.id', bss: '@.bss' }}\n    \
             subscriptions: {{ each: '$.subscriptions[*]', id: '@.id', account: '@.account', status: '@.status', \
             quantity: '{quantity}' }}\n    addons: {{ each: '@.addons[*]', quantity: '@.quantity', status: '@.status' }}\n\
             strict: true\n",
            running.probe_url()
        );
        sandbox.reference_profile("mapped", &running.base_url(), &probe);
        sandbox.run(&["run", "--only", "subscriptions/update-up", "--only", "addons/create", "--report", "json=r.json"])
    };
    let said = with("@.quantity").ends(0);
    assert!(said.out.contains("not observable 0"), "{}", said.out);
    let astray = with("@.id").ends(1);
    assert!(astray.out.contains("on the vendor side $.subscriptions[0].quantity should be"), "{}", astray.out);
    servers.block_on(running.stop());
}

#[test]
fn a_quantity_that_is_added_shows_at_the_limit_where_nobody_can_look() {
    let seats = std::sync::atomic::AtomicI64::new(0);
    let adding = move |truth: Truth| {
        let body: serde_json::Value = serde_json::from_str(&truth.request).unwrap_or_default();
        let (quantity, asked) = (body["Quantity"].as_i64().unwrap_or(0), body["CheckOnly"] == true);
        if truth.path.ends_with("Subscriptions/Create") && !asked {
            seats.store(quantity, std::sync::atomic::Ordering::Relaxed);
        }
        if truth.path.ends_with("Subscriptions/Update") {
            let sum = seats.load(std::sync::atomic::Ordering::Relaxed) + quantity;
            if sum > 300 {
                return truth.with(|_| r#"{"Code":-9,"Message":"At most 300 seats.","Result":null}"#.to_owned());
            }
            if !asked {
                seats.store(sum, std::sync::atomic::Ordering::Relaxed);
            }
        }
        truth.told()
    };
    let said = against(adding, "subscriptions/quantity-up-to-the-limit", "seats_limit: 300\n", 1);
    assert!(said.out.contains("fail R-53 subscriptions.quantity-is-a-total"), "{}", said.out);
}

#[test]
fn a_pre_check_that_provisions_shows_at_the_order_where_nobody_can_look() {
    let servers = servers();
    let fault = reference::faults::by_name("precheck-provisions-on-create").unwrap().fault;
    let options = reference::Options { faults: [fault].into_iter().collect(), ..Default::default() };
    let running = servers.block_on(reference::start(options)).unwrap();
    let sandbox = Sandbox::new();
    // Without the platform's id in the order, the service manager cannot take it for the one that it knows.
    sandbox.reference_profile("inferred", &running.base_url(), "dialect: { create_subscription_id: omit }\n");
    let said = sandbox.run(&["run", "--only", "precheck/single-product"]).ends(1);
    assert!(said.out.contains("fail R-103 precheck.provisions-nothing"), "{}", said.out);
    servers.block_on(running.stop());
}
