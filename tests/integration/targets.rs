//! The same suite against three service managers that were written apart from it.

use crate::{
    bare_catalogue::{self, BareCatalogue},
    liar::{Liar, Lie, Truth},
    reports::sandbox_for,
    sdk_stub::{self, SdkStub},
    util::*,
};
use mock_bss::reference::{self, AddonPath, AddonResult};
use std::{collections::BTreeMap, sync::Mutex};

/// Scenario, step and rule of every check that ended like this.
fn ended(report: &serde_json::Value, status: &str) -> Vec<String> {
    let mut found = Vec::new();
    for scenario in report["scenarios"].as_array().unwrap() {
        for check in scenario["checks"].as_array().unwrap().iter().filter(|check| check["status"] == status) {
            let rule = check["rule"].as_str().unwrap_or("-");
            found.push(format!("{} {} {rule}", scenario["key"].as_str().unwrap(), check["step"].as_str().unwrap()));
        }
    }
    found
}

fn count(report: &serde_json::Value, name: &str) -> u64 {
    report["counts"][name].as_u64().unwrap()
}

#[test]
fn the_reference_is_conformant_and_no_snapshot_differs() {
    for jobs in ["1", "32"] {
        let sandbox = Sandbox::new();
        let said = sandbox.run(&["run", "--check", "--jobs", jobs, "--report", "json=r.json", "--shuffle"]).ends(0);
        assert!(said.out.contains("CONFORMANT (built-in reference: nothing of yours was tested)"), "{}", said.out);
        let report = json(&sandbox.read("r.json"));
        assert_eq!((report["verdict"].as_str(), report["exit_code"].as_u64()), (Some("conformant"), Some(0)));
        for nothing in ["failed", "warned", "blocked", "could_not_run", "error", "not_observable", "not_applicable"] {
            assert_eq!(count(&report, nothing), 0, "{nothing}");
        }
        assert!(said.out.contains("level: L3 resilient reached"), "{}", said.out);
        assert!(count(&report, "required") > 150);
        assert_eq!(count(&report, "expected"), count(&report, "executed"));
        assert_eq!((count(&report, "snapshots_changed"), count(&report, "snapshots_new")), (0, 0));
        assert!(count(&report, "snapshots_same") > 250);
        assert!(!sandbox.path().join("snapshots").exists(), "nothing is written beside the run folder");
    }
}

/// What a service built on the vendor's SDK, that knows no state, must be told. Each line has to be defensible from the
/// contract: the catalogue relates products as upgrades, and the endpoint for it is not there; everything else that is
/// said is a warning.
#[test]
fn a_service_on_the_vendor_s_sdk_is_told_what_it_cannot_do_and_nothing_else() {
    let servers = servers();
    let stub = servers.block_on(SdkStub::start());
    let sandbox = Sandbox::new();
    let application = (sdk_stub::APPLICATION_ID, sdk_stub::APPLICATION_KEY);
    sandbox.profile("sdk-stub", &stub.base_url(), application, "settings: { Country: GR }\n");
    let said = sandbox.run(&["run", "--report", "json=r.json"]).ends(1);
    let report = json(&sandbox.read("r.json"));
    assert_eq!(
        ended(&report, "fail"),
        [
            "credentials/guarded-upgrade upgrade R-78",
            "credentials/spellings-on-upgrades upgrade R-78",
            "precheck/upgrade-asked-five-times upgrade R-78",
            "precheck/upgrade-changes-nothing upgrade R-78",
            "repeats/customers-at-once-upgrade upgrade R-78",
            "tolerance/unknown-members-of-upgrades upgrade R-78",
            "upgrade/downgrade upgrade R-78",
            "upgrade/further-life upgrade R-78",
            "upgrade/product-of-the-subscription upgrade R-78",
            "upgrade/twice upgrade R-78",
            "upgrade/unknown upgrade R-78",
            "upgrade/upgrade upgrade R-78",
            "upgrade/with-an-addon upgrade R-78",
            "upgrade/with-other-seats upgrade R-78",
        ]
    );
    // It says that every account exists, gives every subscription one id, knows no state, and binds bad values to something: a subscription that nobody has
    // bought is changed, a body that breaks off is carried out, seats that cannot be counted become none. Without any body
    // or add-on it ends in an exception.
    let mut warned = ended(&report, "warn");
    warned.dedup();
    assert_eq!(
        warned,
        [
            "accounts/asked-for ask_before R-40",
            "accounts/asked-for ask_after R-40",
            "accounts/extra-information buy R-50",
            "addons/none-chosen buy_addon R-94",
            "addons/none-chosen change_addon R-94",
            "addons/none-chosen cancel_addon R-94",
            "addons/unknown-subscription buy_addon R-91",
            "addons/unknown-subscription change_addon R-91",
            "addons/unknown-subscription cancel_addon R-91",
            "precheck/addon-refused-the-same-way change_addon R-91",
            "precheck/refused-the-same-way-after-the-end change_quantity-2 R-76",
            "precheck/unknown-subscription change_quantity R-59",
            "repeats/customers-at-once buy R-50",
            "repeats/customers-at-once-addons buy R-50",
            "repeats/customers-at-once-change buy R-50",
            "repeats/customers-at-once-suspend buy R-50",
            "repeats/customers-at-once-upgrade buy R-50",
            "robustness/broken-body-of-a-change change_quantity R-109",
            "robustness/broken-body-of-an-order buy R-109",
            "robustness/empty-body-of-a-change change_quantity R-110",
            "robustness/empty-body-of-a-change cancel R-110",
            "robustness/empty-body-of-an-addon buy_addon R-110",
            "robustness/empty-body-of-an-order buy R-110",
            "robustness/no-seats-in-a-change change_quantity R-112",
            "robustness/no-seats-in-an-order buy R-112",
            "robustness/seats-that-are-no-number change_quantity R-111",
            "robustness/too-many-seats-in-a-change change_quantity R-111",
            "robustness/too-many-seats-in-an-order buy R-111",
            "subscriptions/change-after-cancel change_quantity-2 R-76",
            "subscriptions/status-after-cancel suspend_ended R-76",
            "subscriptions/status-after-cancel activate_ended R-76",
            "subscriptions/suspension-after-cancel suspend-2 R-76",
            "subscriptions/suspension-after-cancel activate-2 R-76",
            "subscriptions/unknown-cancelled cancel R-59",
            "subscriptions/unknown-changed change_quantity R-59",
            "subscriptions/unknown-suspended suspend R-59",
            "subscriptions/unknown-suspended activate R-59",
            "trial/unknown convert_trial R-59",
        ]
    );
    assert!(ended(&report, "error").is_empty() && ended(&report, "could_not_run").is_empty());
    assert!(said.out.contains("Subscriptions/UpgradeDowngrade is not offered"), "{}", said.out);
    servers.block_on(stub.stop());
}

#[test]
fn a_catalogue_without_products_sells_its_product_types() {
    let servers = servers();
    let bare = servers.block_on(BareCatalogue::start());
    let sandbox = Sandbox::new();
    let application = (bare_catalogue::APPLICATION_ID, bare_catalogue::APPLICATION_KEY);
    sandbox.profile("bare", &bare.base_url(), application, "settings: { FieldUsername: demo }\n");
    sandbox.run(&["run", "--report", "json=r.json"]).ends(0);
    let report = json(&sandbox.read("r.json"));
    assert_eq!((count(&report, "failed"), count(&report, "warned")), (0, 0));
    let reasons: BTreeMap<String, String> = report["not_applicable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| (n["key"].as_str().unwrap().to_owned(), n["reason"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(reasons["addons/create"], "the catalogue sells no add-on");
    assert_eq!(reasons["upgrade/upgrade"], "the catalogue relates no product as an upgrade");
    assert_eq!(reasons["accounts/synchronised"], "the target has no accounts section");
    assert!(count(&report, "required") > 40);
    // The seats that the service manager really holds, for one of the orders.
    let evidence = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    let results = evidence.split("\\\"Result\\\":\\\"").skip(1).map(|rest| rest.split("\\\"").next().unwrap());
    let made: Vec<_> = results.filter_map(|id| bare.quantity(id)).collect();
    assert!(made.len() > 10 && made.iter().all(|seats| *seats > 0), "{made:?}");
    servers.block_on(bare.stop());
}

/// The three ways in which the platform speaks, to a service manager that answers as each of them wants it.
#[test]
fn the_reference_is_conformant_in_every_dialect_with_and_without_a_probe() {
    let servers = servers();
    for dialect in ["docs", "sdk-1.0", "sdk-1.2"] {
        let addon_result = match dialect {
            "docs" => AddonResult::Subscription,
            _ => AddonResult::Addon,
        };
        let options = reference::Options { addon_path: AddonPath::Both, addon_result, ..Default::default() };
        let running = servers.block_on(reference::start(options)).unwrap();
        let seen = format!("probe: {{ url: \"{}?account={{account}}\" }}\n", running.probe_url());
        for probe in [seen.as_str(), ""] {
            let sandbox = Sandbox::new();
            let application = (reference::APPLICATION_ID, reference::APPLICATION_KEY);
            let settings = "settings: { FieldUsername: demo, FieldPassword: demo-password }\nseats_limit: 300\n";
            let more = format!("{settings}dialect: {dialect}\n{probe}");
            sandbox.profile("dialects", &running.base_url(), application, &more);
            sandbox.run(&["run", "--report", "json=r.json"]).ends(0);
            let report = json(&sandbox.read("r.json"));
            for nothing in ["failed", "warned", "blocked", "could_not_run", "error"] {
                assert_eq!(count(&report, nothing), 0, "{dialect} {probe}: {nothing}");
            }
            assert_eq!(count(&report, "not_observable") == 0, !probe.is_empty(), "{dialect}");
            // Nothing stays away but what the dialect itself does not have.
            let mut away = report["not_applicable"].as_array().unwrap().iter().map(|n| n["reason"].as_str().unwrap());
            let fair = |reason: &str| reason.starts_with("the dialect ") || reason.contains("`other:");
            assert!(away.all(fair), "{dialect}: {}", report["not_applicable"]);
        }
        servers.block_on(running.stop());
    }
}

#[test]
fn a_plan_shows_the_calls_and_orders_nothing() {
    let servers = servers();
    let bare = servers.block_on(BareCatalogue::start());
    let sandbox = Sandbox::new();
    let application = (bare_catalogue::APPLICATION_ID, bare_catalogue::APPLICATION_KEY);
    sandbox.profile("bare", &bare.base_url(), application, "");
    let said = sandbox.run(&["plan", "--only", "subscriptions/update-up", "--only", "upgrade/upgrade"]).ends(0);
    assert!(said.out.contains("POST Subscriptions/Update (pre-check)"), "{}", said.out);
    assert!(said.out.contains("upgrade/upgrade: the catalogue relates no product as an upgrade"), "{}", said.out);
    assert!(!sandbox.path().join(".mock-bss").exists(), "a plan leaves no run behind");
    servers.block_on(bare.stop());
}

/// Many frameworks read a request into typed members before anybody's code sees it, and refuse what they cannot read in
/// words of their own: no result of the contract, and HTTP 400. The platform never sends such a request.
#[test]
fn a_framework_may_refuse_what_it_cannot_read_in_its_own_words() {
    let servers = servers();
    let readable = |request: &str| {
        let Ok(serde_json::Value::Object(body)) = serde_json::from_str::<serde_json::Value>(request) else {
            return false;
        };
        let seats = body.get("Quantity").is_none_or(|n| n.as_i64().is_some_and(|n| i32::try_from(n).is_ok()));
        seats && body.get("CheckOnly").is_none_or(serde_json::Value::is_boolean)
    };
    let liar = servers.block_on(Liar::start(move |truth: Truth| match readable(&truth.request) {
        false if truth.status != 401 && truth.path.contains("/Subscriptions/") => Lie::Answer {
            status: 400,
            content_type: "application/problem+json",
            body: r#"{"title":"One or more validation errors occurred.","status":400,"errors":{"$":["invalid"]}}"#
                .to_owned(),
        },
        _ => truth.told(),
    }));
    let sandbox = sandbox_for(&liar);
    let profile = sandbox.read("mock-bss.yaml");
    sandbox.file("mock-bss.yaml", &format!("strict: true\n{profile}"));
    let said = sandbox.run(&["run", "--only", "robustness/", "--only", "precheck/doubtful", "--report", "json=r.json"]);
    let report = json(&sandbox.read("r.json"));
    assert_eq!((ended(&report, "fail"), ended(&report, "warn")), (Vec::new(), Vec::new()), "{}", said.out);
    assert!(count(&report, "required") + count(&report, "recommended") > 20, "{}", said.out);
    servers.block_on(liar.stop());
}

/// A vendor side that shows each change only at the third look after it. Nobody has changed anything but the platform.
#[test]
fn what_shows_late_at_the_vendor_side_is_not_blamed_on_the_next_call() {
    let servers = servers();
    // By account: what is shown, and how often something else was there.
    let shown: Mutex<BTreeMap<String, (String, usize)>> = Mutex::default();
    let liar = servers.block_on(Liar::start(move |truth: Truth| {
        if !truth.path.starts_with("/probe") {
            return truth.told();
        }
        let mut shown = shown.lock().unwrap();
        let empty = (r#"{"accounts":[],"subscriptions":[]}"#.to_owned(), 0);
        let (before, looks) = shown.entry(truth.path.clone()).or_insert(empty);
        *looks += 1;
        if *before == truth.body || *looks > 2 {
            before.clone_from(&truth.body);
            *looks = 0;
        }
        let late = before.clone();
        truth.with(|_| late)
    }));
    let sandbox = sandbox_for(&liar);
    let profile = sandbox.read("mock-bss.yaml");
    let probe = liar.base_url().replace("/api/Reference", "/probe?account={account}");
    sandbox.file("mock-bss.yaml", &format!("strict: true\nprobe: {{ url: \"{probe}\", settle: 20s }}\n{profile}"));
    let only =
        ["credentials/guarded-account-deletion", "robustness/", "subscriptions/unknown", "repeats/", "precheck/"];
    let only = only.iter().flat_map(|key| ["--only", key]);
    let args: Vec<&str> = ["run", "--report", "json=r.json"].into_iter().chain(only).collect();
    let said = sandbox.run(&args);
    let report = json(&sandbox.read("r.json"));
    assert_eq!((ended(&report, "fail"), ended(&report, "warn")), (Vec::new(), Vec::new()), "{}", said.out);
    assert!(count(&report, "required") > 100, "{}", said.out);
    // Of an edited amount nobody but the vendor side knows whether it shows yet.
    let edited = "title: T\nproduct: { with: [numeric_attribute] }\nsteps:\n  - buy: {}\n    vendor: { \"$.subscriptions[0].quantity\": present }\n  - reprovision: { attributes: { \"${numeric_attribute}\": \"${numeric_value + 1}\" } }\n    vendor: { \"$.subscriptions[0].quantity\": present }\n";
    sandbox.file("mine/edited.yaml", edited);
    let said = sandbox.run(&["run", "mine/edited.yaml", "--verbose"]).ends(0);
    assert!(said.out.contains("(R-100 resources.set-absolutely)"), "{}", said.out);
    servers.block_on(liar.stop());
}
