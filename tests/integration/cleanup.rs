//! What a run that was killed left behind is cancelled later.

use crate::{
    liar::{Liar, Lie, Truth},
    util::*,
};
use mock_bss::reference;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A service manager that stops answering one endpoint until it is woken.
struct Sleeper {
    servers: tokio::runtime::Runtime,
    liar: Liar,
    asleep: Arc<AtomicBool>,
    /// The sleeping endpoint has been called, and the reference behind it has done what was asked.
    reached: Arc<AtomicBool>,
}

impl Sleeper {
    fn at(endpoint: &'static str) -> Self {
        Self::of(reference::Options::default(), endpoint)
    }

    fn of(options: reference::Options, endpoint: &'static str) -> Self {
        let servers = servers();
        let asleep = Arc::new(AtomicBool::new(true));
        let reached = Arc::new(AtomicBool::new(false));
        let (sleeping, reaching) = (asleep.clone(), reached.clone());
        let liar = servers.block_on(Liar::about(options, move |truth: Truth| {
            // A pre-check changes nothing: it is answered.
            let asks = truth.path.ends_with(endpoint) && !truth.request.contains("\"CheckOnly\":true");
            match asks && sleeping.load(Ordering::SeqCst) {
                true => {
                    reaching.store(true, Ordering::SeqCst);
                    Lie::Late(Duration::from_secs(600), truth)
                }
                false => truth.told(),
            }
        }));
        Self { servers, liar, asleep, reached }
    }

    fn profile(&self, sandbox: &Sandbox, probe: bool) {
        let mut more = String::new();
        if probe {
            more.push_str(&format!("probe: {{ url: \"{}?account={{account}}\" }}\n", self.liar.probe_url()));
        }
        sandbox.reference_profile("sleepy", &self.liar.base_url(), &more);
    }

    /// Plays a scenario until it waits for the sleeping endpoint, and kills it there.
    fn kill_while_it_waits(&self, sandbox: &Sandbox, scenario: &str) {
        let which = if scenario.ends_with(".yaml") { vec![scenario] } else { vec!["--only", scenario] };
        let mut run = sandbox.spawn(&[&["run", "--jobs", "1"], &which[..]].concat());
        wait_for(|| self.reached.load(Ordering::SeqCst));
        run.kill().unwrap();
        run.wait().unwrap();
        self.asleep.store(false, Ordering::SeqCst);
    }

    fn seen(&self) -> serde_json::Value {
        self.servers.block_on(async {
            let text = reqwest::get(self.liar.probe_url()).await.unwrap().text().await.unwrap();
            serde_json::from_str(&text).unwrap()
        })
    }

    fn living(&self) -> usize {
        let seen = self.seen();
        seen["subscriptions"].as_array().unwrap().iter().filter(|s| s["status"] != "cancelled").count()
    }
}

fn wait_for(mut what: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if what() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it never happened");
}

#[test]
fn a_target_that_reads_credentials_in_another_spelling_is_cleaned_up_in_it() {
    let fault = reference::faults::by_name("encoded-key-denied").unwrap().fault;
    let options = reference::Options { faults: [fault].into_iter().collect(), ..Default::default() };
    let sleeper = Sleeper::of(options, "Subscriptions/Suspend");
    let sandbox = Sandbox::new();
    sleeper.profile(&sandbox, false);
    sleeper.kill_while_it_waits(&sandbox, "subscriptions/suspend");
    assert_eq!(sleeper.living(), 1);
    let said = sandbox.run(&["cleanup"]).ends(0);
    assert!(said.out.contains("1 subscription cancelled, 0 left"), "{}", said.out);
    assert_eq!(sleeper.living(), 0, "{}", sleeper.seen());
    let recorded = std::fs::read_to_string(sandbox.latest().join("cleanup.jsonl")).unwrap();
    assert!(!recorded.contains(reference::APPLICATION_KEY), "{recorded}");
}

#[test]
fn what_a_killed_run_bought_is_cancelled_and_the_evidence_stays_as_it_is() {
    let sleeper = Sleeper::at("Subscriptions/Suspend");
    let sandbox = Sandbox::new();
    sleeper.profile(&sandbox, false);
    sleeper.kill_while_it_waits(&sandbox, "subscriptions/suspend");
    assert_eq!(sleeper.living(), 1);
    let evidence = sandbox.latest().join("evidence.jsonl");
    let before = std::fs::read(&evidence).unwrap();
    let said = sandbox.run(&["report"]).ends(5);
    assert!(said.out.contains("next: cancel what it may have left behind: mock-bss cleanup --from"), "{}", said.out);

    let said = sandbox.run(&["cleanup", "--dry-run"]).ends(1);
    assert!(said.out.contains("would cancel  subscription"), "{}", said.out);
    assert!(said.out.contains("nothing was sent"), "{}", said.out);
    assert_eq!(sleeper.living(), 1, "a dry run cancels nothing");
    assert!(!sandbox.latest().join("cleanup.jsonl").exists());

    let said = sandbox.run(&["cleanup"]).ends(0);
    assert!(said.out.contains("1 subscription cancelled, 0 left"), "{}", said.out);
    assert_eq!(sleeper.living(), 0, "{}", sleeper.seen());
    assert_eq!(std::fs::read(&evidence).unwrap(), before, "evidence is never touched");
    let recorded = std::fs::read_to_string(sandbox.latest().join("cleanup.jsonl")).unwrap();
    assert!(recorded.contains("subscriptions-cancel"), "{recorded}");
    assert!(!recorded.contains(reference::PASSWORD) && !recorded.contains(reference::APPLICATION_KEY));

    let said = sandbox.run(&["cleanup"]).ends(0);
    assert!(said.out.contains("nothing is left of"), "{}", said.out);
    assert!(!sandbox.latest().join("cleanup-2.jsonl").exists());
    sleeper.servers.block_on(sleeper.liar.stop());
}

#[test]
fn an_upgraded_subscription_is_cancelled_by_its_new_id() {
    let sleeper = Sleeper::at("Subscriptions/Suspend");
    let sandbox = Sandbox::new();
    sleeper.profile(&sandbox, false);
    let steps = "  - buy: {}\n  - upgrade: {}\n  - suspend: {}\n";
    let text = format!("title: T\nneeds: [upgrade]\nproduct: {{ with: [upgrade] }}\nsteps:\n{steps}");
    sandbox.file("mine/up.yaml", &text);
    sleeper.kill_while_it_waits(&sandbox, "mine/up.yaml");
    assert_eq!(sleeper.living(), 1);
    // Without a profile the run itself knows its target; the credentials come from the environment.
    std::fs::remove_file(sandbox.path().join("mock-bss.yaml")).unwrap();
    let said = sandbox.run(&["cleanup"]).ends(2);
    assert!(said.err.contains("MOCK_BSS_APP_ID is not set"), "{}", said.err);
    let mut command = sandbox.command(&["cleanup"]);
    command.env("MOCK_BSS_APP_ID", reference::APPLICATION_ID).env("MOCK_BSS_APP_KEY", reference::APPLICATION_KEY);
    command.env("MOCK_BSS_SETTING_FieldUsername", reference::USERNAME);
    let said = Said::of(command.env("MOCK_BSS_SETTING_FieldPassword", reference::PASSWORD)).ends(0);
    assert!(said.out.contains("1 subscription cancelled, 0 left"), "{}", said.out);
    assert_eq!(sleeper.living(), 0, "{}", sleeper.seen());
    sleeper.servers.block_on(sleeper.liar.stop());
}

/// The order was carried out and nobody told its id: only the vendor side shows it.
#[test]
fn an_order_without_an_answer_is_found_by_the_probe_and_listed_without() {
    for probe in [false, true] {
        let sleeper = Sleeper::at("Subscriptions/Create");
        let sandbox = Sandbox::new();
        sleeper.profile(&sandbox, probe);
        sleeper.kill_while_it_waits(&sandbox, "subscriptions/suspend");
        assert_eq!(sleeper.living(), 1);
        if probe {
            let said = sandbox.run(&["cleanup"]).ends(0);
            assert!(said.out.contains("1 subscription cancelled, 0 left"), "{}", said.out);
            assert_eq!(sleeper.living(), 0);
            assert!(sandbox.run(&["cleanup"]).ends(0).out.contains("nothing is left of"));
        } else {
            let said = sandbox.run(&["cleanup"]).ends(1);
            assert!(said.out.contains("no answer is known: it may exist"), "{}", said.out);
            assert!(said.out.contains("0 subscriptions cancelled, 1 left"), "{}", said.out);
        }
        sleeper.servers.block_on(sleeper.liar.stop());
    }
}

#[test]
fn a_cleanup_that_cannot_be_done_says_why() {
    let sleeper = Sleeper::at("Subscriptions/Suspend");
    let sandbox = Sandbox::new();
    sleeper.profile(&sandbox, false);
    let said = sandbox.run(&["cleanup"]).ends(2);
    assert!(said.err.contains("there is no run here yet"), "{}", said.err);
    sleeper.kill_while_it_waits(&sandbox, "subscriptions/suspend");
    // Another target than that of the run: refused before anything is sent.
    let other = sandbox.read("mock-bss.yaml").replace("/api/Reference", "/api/Other");
    sandbox.file("other.yaml", &other);
    let said = sandbox.run(&["cleanup", "--profile", "other.yaml"]).ends(2);
    assert!(said.err.contains("was played against") && said.err.contains("not against"), "{}", said.err);
    assert_eq!(sleeper.living(), 1);
    // Consent is asked for as in a run.
    let away = "https://sm.vendor.example/api/Reference";
    sandbox.file("vendor.yaml", &sandbox.read("mock-bss.yaml").replace(&sleeper.liar.base_url(), away));
    let evidence = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    sandbox.file("vendor/evidence.jsonl", &evidence.replace(&sleeper.liar.base_url(), away));
    let from_vendor = ["cleanup", "--from", "vendor", "--profile", "vendor.yaml"];
    let said = sandbox.run(&from_vendor).ends(2);
    assert!(said.err.contains("1 subscription would be cancelled") && said.err.contains("--consent"), "{}", said.err);
    assert!(!sandbox.path().join("vendor/cleanup.jsonl").exists());
    sandbox.run(&[&from_vendor[..], &["--dry-run"]].concat()).ends(1);
    // A service manager that is away.
    let Sleeper { servers, liar, .. } = sleeper;
    servers.block_on(liar.stop());
    let said = sandbox.run(&["cleanup"]).ends(3);
    assert!(said.err.contains("cannot be reached") && said.err.contains("cleaned up later too"), "{}", said.err);
    assert!(said.out.contains("remains    subscription"), "{}", said.out);
}

#[test]
fn a_run_that_still_goes_on_is_left_alone() {
    let sleeper = Sleeper::at("Subscriptions/Suspend");
    let sandbox = Sandbox::new();
    sleeper.profile(&sandbox, false);
    let mut run = sandbox.spawn(&["run", "--only", "subscriptions/suspend"]);
    wait_for(|| sleeper.reached.load(Ordering::SeqCst));
    let said = sandbox.run(&["cleanup"]).ends(2);
    assert!(said.err.contains("still goes on"), "{}", said.err);
    run.kill().unwrap();
    run.wait().unwrap();
    sandbox.run(&["cleanup"]).ends(0);
    assert_eq!(sleeper.living(), 0);
    sleeper.servers.block_on(sleeper.liar.stop());
}

#[test]
fn a_run_against_the_reference_leaves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.run(&["run", "--only", "subscriptions/suspend"]).ends(0);
    let said = sandbox.run(&["cleanup"]).ends(0);
    assert!(said.out.contains("ended with it: nothing is left"), "{}", said.out);
}

#[test]
fn what_another_application_or_partner_bought_is_cancelled_by_them() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "partner.yaml",
        "title: T\nneeds: [other_partner]\nsteps:\n  - buy: {}\n    partner: other\n    snapshot: false\n",
    );
    sandbox.run(&["run", "--reference", "partner.yaml"]).ends(0);
    let of_partner = cancelled(&sandbox);
    assert!(of_partner.contains(reference::SECOND_USERNAME), "{of_partner}");
    sandbox.run(&["run", "--reference", "--only", "credentials/other-application"]).ends(0);
    let of_application = cancelled(&sandbox);
    assert!(of_application.contains(reference::SECOND_APPLICATION_ID), "{of_application}");
    sandbox.run(&["run", "--reference", "--only", "subscriptions/create-from-order"]).ends(0);
    let own = cancelled(&sandbox);
    assert!(own.contains(reference::APPLICATION_ID) && own.contains(reference::USERNAME), "{own}");
}

/// The cancel that was sent at the end of the latest run.
fn cancelled(sandbox: &Sandbox) -> String {
    let evidence = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    let line = evidence.lines().find(|line| line.contains("Subscriptions/Cancel") && line.contains("\"teardown\""));
    line.expect("something was bought").to_owned()
}
