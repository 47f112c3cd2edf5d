//! Playing a part of the scenarios, or the same ones again.

use crate::{
    liar::{Liar, Truth},
    util::*,
};
use mock_bss::reference;
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::Child,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The keys of the scenarios in a JSON report, without the reads before them.
fn keys(sandbox: &Sandbox, report: &str) -> BTreeSet<String> {
    let report = json(&sandbox.read(report));
    let key = |scenario: &serde_json::Value| scenario["key"].as_str().unwrap().to_owned();
    report["scenarios"].as_array().unwrap().iter().map(key).filter(|key| !key.starts_with("prelude/")).collect()
}

fn filters(sandbox: &Sandbox) -> String {
    let text = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    json(text.lines().next().unwrap())["run_started"]["filters"].to_string()
}

#[test]
fn shards_share_the_scenarios() {
    let sandbox = Sandbox::new();
    let mut all = BTreeSet::new();
    let mut count = 0;
    for part in 1..=3 {
        let shard = format!("{part}/3");
        sandbox.run(&["run", "--only", "precheck/", "--shard", &shard, "--report", "json=r.json"]).ends(0);
        let keys = keys(&sandbox, "r.json");
        assert!(!keys.is_empty());
        count += keys.len();
        all.extend(keys);
        assert!(filters(&sandbox).contains(&format!("--shard {shard}")), "{}", filters(&sandbox));
    }
    sandbox.run(&["run", "--only", "precheck/", "--report", "json=r.json"]).ends(0);
    assert_eq!(all, keys(&sandbox, "r.json"));
    assert_eq!(count, all.len(), "no scenario is played twice");
    for wrong in ["0/3", "4/3", "a/b", "3"] {
        let said = sandbox.run(&["run", "--shard", wrong]).ends(2);
        assert!(said.err.contains("--shard"), "{}", said.err);
    }
    let said = sandbox.run(&["run", "--only", "catalogue/read", "--shard", "2/2"]).ends(2);
    assert!(said.err.contains("shard 2/2 is empty: there are only 1 scenario"), "{}", said.err);
}

#[test]
fn what_failed_is_played_again_until_nothing_is_left() {
    let servers = servers();
    let wrong = Arc::new(AtomicBool::new(true));
    let lies = wrong.clone();
    let liar = servers.block_on(Liar::start(move |truth: Truth| {
        match lies.load(Ordering::SeqCst) && truth.path.ends_with("Subscriptions/Suspend") {
            true => truth.with(|_| r#"{"Code":-3,"Message":"never","Result":null}"#.into()),
            false => truth.told(),
        }
    }));
    let sandbox = Sandbox::new();
    let application = (reference::APPLICATION_ID, reference::APPLICATION_KEY);
    let settings =
        format!("settings: {{ FieldUsername: {}, FieldPassword: {} }}\n", reference::USERNAME, reference::PASSWORD);
    sandbox.profile("again", &liar.base_url(), application, &settings);
    let said = sandbox.run(&["run", "--rerun-failed"]).ends(2);
    assert!(said.err.contains("there is no earlier run of `again` here"), "{}", said.err);

    let some = ["--only", "subscriptions/suspend", "--only", "subscriptions/update-up", "--only", "catalogue/read"];
    sandbox.run(&[&["run", "--accept", "--report", "json=all.json"], &some[..]].concat()).ends(1);
    let first = sandbox.latest();
    // A run of something else in between does not count.
    sandbox.run(&["run", "--reference", "--only", "catalogue/read"]).ends(0);
    let said = sandbox.run(&["run", "--rerun-failed", "--report", "json=r.json"]).ends(1);
    assert_eq!(keys(&sandbox, "r.json"), ["subscriptions/suspend".to_owned()].into());
    assert!(said.err.contains("again: 1 of 3 scenarios in"), "{}", said.err);
    assert!(filters(&sandbox).contains("--rerun-failed of"), "{}", filters(&sandbox));

    wrong.store(false, Ordering::SeqCst);
    // What was accepted while it lied is another answer now: the snapshots differ, so it is played again once more.
    sandbox.run(&["run", "--rerun-failed"]).ends(4);
    sandbox.run(&["accept"]).ends(0);
    sandbox.run(&["run", "--rerun-failed"]).ends(0);
    let said = sandbox.run(&["run", "--rerun-failed"]).ends(0);
    assert!(said.out.contains("nothing to play again: all 1 scenario of"), "{}", said.out);
    // An older run can be named; the run of another target cannot.
    let first = first.to_str().unwrap();
    sandbox.run(&["run", "--rerun-failed", "--from", first, "--report", "json=r.json"]).ends(0);
    assert_eq!(keys(&sandbox, "r.json"), ["subscriptions/suspend".to_owned()].into());
    let said = sandbox.run(&["run", "--reference", "--rerun-failed", "--from", first]).ends(2);
    assert!(said.err.contains("was played against"), "{}", said.err);
    let said = sandbox.run(&["run", "--rerun-failed", "--from", first, "--only", "upgrade/"]).ends(2);
    assert!(said.err.contains("none of them is among"), "{}", said.err);
    sandbox.run(&["run", "--from", first]).ends(2);
    servers.block_on(liar.stop());
}

/// The lines of a program that does not end by itself.
struct Lines {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Lines {
    fn of(mut child: Child) -> Self {
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Everything up to the line that contains this.
    fn until(&mut self, words: &str) -> String {
        let mut read = String::new();
        for line in &mut self.lines {
            let line = line.unwrap();
            read.push_str(&line);
            read.push('\n');
            if line.contains(words) {
                return read;
            }
        }
        panic!("`{words}` never came:\n{read}");
    }
}

#[cfg(unix)]
#[test]
fn watching_plays_again_what_was_changed() {
    const ONE: &str = "title: T\nsteps:\n  - read_catalog: {}\n";
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let sandbox = Sandbox::new();
    let application = (reference::APPLICATION_ID, reference::APPLICATION_KEY);
    let more = format!(
        "settings: {{ FieldUsername: {}, FieldPassword: {} }}\nscenarios: [mine/]\n",
        reference::USERNAME,
        reference::PASSWORD
    );
    sandbox.profile("watched", &running.base_url(), application, &more);
    sandbox.file("mine/one.yaml", ONE);
    sandbox.file("mine/two.yaml", ONE);
    let mut said = Lines::of(sandbox.spawn(&["run", "--watch", "--only", "mine/"]));
    let first = said.until("watching 3 files");
    assert!(first.contains("mine/one") && first.contains("mine/two"), "{first}");

    sandbox.file("mine/two.yaml", &format!("{ONE}  - read_catalog: {{}}\n"));
    let second = said.until("watching 3 files");
    assert!(second.contains("changed: ./mine/two.yaml") && second.contains("ok   mine/two"), "{second}");
    assert!(!second.contains("ok   mine/one"), "{second}");

    // A mistake is told, and mending it plays what could not be played.
    sandbox.file("mine/two.yaml", &ONE.replace("read_catalog", "read_catalogue"));
    let broken = said.until("watching 3 files");
    assert!(!broken.contains("CONFORMANT"), "{broken}");
    sandbox.file("mine/two.yaml", ONE);
    assert!(said.until("watching 3 files").contains("ok   mine/two"));

    let profile = sandbox.read("mock-bss.yaml");
    sandbox.file("mock-bss.yaml", &format!("{profile}strict: true\n"));
    let all = said.until("watching 3 files");
    assert!(all.contains("ok   mine/one") && all.contains("ok   mine/two"), "{all}");

    assert!(
        std::process::Command::new("kill").args(["-INT", &said.child.id().to_string()]).status().unwrap().success()
    );
    let ended = said.child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "the code of the last run");
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(errors.contains("unknown key `read_catalogue`") && !errors.contains("interrupted"), "{errors}");
    servers.block_on(running.stop());
}

#[test]
fn there_must_be_something_to_watch() {
    let said = Sandbox::new().run(&["run", "--watch"]).ends(2);
    assert!(said.err.contains("nothing to watch"), "{}", said.err);
}
