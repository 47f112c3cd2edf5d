//! Interrupted, killed, and judged again.

use crate::{
    liar::{Liar, Lie, Truth},
    util::*,
};
use mock_bss::reference;
use std::{path::PathBuf, process::Command, time::Duration};

fn profile(sandbox: &Sandbox, liar: &Liar) {
    sandbox.reference_profile("slow", &liar.base_url(), "");
}

/// Every answer takes a little, so that there is a middle of the run.
fn slow(truth: Truth) -> Lie {
    Lie::Late(Duration::from_millis(30), truth)
}

/// Waits until the run has bought something.
fn bought(sandbox: &Sandbox) -> PathBuf {
    for _ in 0..2000 {
        std::thread::sleep(Duration::from_millis(10));
        let Ok(latest) = std::fs::read_to_string(sandbox.path().join(".mock-bss/runs/latest")) else { continue };
        let path = sandbox.path().join(".mock-bss/runs").join(latest.trim()).join("evidence.jsonl");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if text.matches("\"label\":\"subscriptions-create\"").count() >= 3 {
            return path;
        }
    }
    panic!("nothing was bought");
}

fn kill(signal: &str, id: u32) {
    assert!(Command::new("kill").args([signal, &id.to_string()]).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn the_first_signal_cleans_up_and_leaves_a_partial_report() {
    for signal in ["-INT", "-TERM"] {
        let servers = servers();
        let liar = servers.block_on(Liar::start(slow));
        let sandbox = Sandbox::new();
        profile(&sandbox, &liar);
        let run = sandbox.spawn(&["run", "--jobs", "2", "--report", "json=r.json"]);
        bought(&sandbox);
        kill(signal, run.id());
        let output = run.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted: finishing"));
        let report = json(&sandbox.read("r.json"));
        assert_eq!((report["interrupted"].as_bool(), report["exit_code"].as_u64()), (Some(true), Some(130)));
        assert_ne!(report["verdict"], "conformant");
        // What was bought has been cancelled.
        let seen: serde_json::Value = servers.block_on(async {
            serde_json::from_str(&reqwest::get(liar.probe_url()).await.unwrap().text().await.unwrap()).unwrap()
        });
        let subscriptions = seen["subscriptions"].as_array().unwrap();
        assert!(!subscriptions.is_empty() && subscriptions.iter().all(|s| s["status"] == "cancelled"), "{seen}");
        servers.block_on(liar.stop());
    }
}

#[cfg(unix)]
#[test]
fn a_killed_run_can_be_reported_and_is_incomplete() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(slow));
    let sandbox = Sandbox::new();
    profile(&sandbox, &liar);
    let mut run = sandbox.spawn(&["run", "--jobs", "2"]);
    bought(&sandbox);
    kill("-KILL", run.id());
    run.wait().unwrap();
    let said = sandbox.run(&["report", "--format", "json=r.json"]).ends(5);
    assert!(said.out.contains("the run did not reach its end"), "{}", said.out);
    let report = json(&sandbox.read("r.json"));
    assert_eq!(report["verdict"], "incomplete");
    assert!(report["counts"]["passed"].as_u64().unwrap() > 0, "what was played before is still judged");
    servers.block_on(liar.stop());
}

#[test]
fn judging_the_file_gives_the_verdict_that_judging_live_gave() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(|truth: Truth| match truth.path.ends_with("Subscriptions/Suspend") {
        true => truth.with(|_| r#"{"Code":-3,"Message":"never","Result":null}"#.into()),
        false => truth.told(),
    }));
    let sandbox = Sandbox::new();
    profile(&sandbox, &liar);
    sandbox.run(&["run", "--report", "json=first.json"]).ends(1);
    sandbox.run(&["accept"]).ends(0);
    for target in ["--profile=mock-bss.yaml", "--reference"] {
        let code = if target == "--reference" { 0 } else { 1 };
        let args = ["run", target, "--report", "json=live.json", "--report", "junit=live.xml"];
        sandbox.run(&args).ends(code);
        // Other snapshots may have been accepted since: the run was judged against its own.
        std::fs::remove_dir_all(sandbox.path().join("snapshots")).ok();
        sandbox.run(&["report", "--format", "json=file.json", "--format", "junit=file.xml"]).ends(code);
        assert_eq!(sandbox.read("live.json"), sandbox.read("file.json"));
        assert_eq!(sandbox.read("live.xml"), sandbox.read("file.xml"));
    }
    servers.block_on(liar.stop());
}

#[test]
fn a_seed_repeats_a_run() {
    let sandbox = Sandbox::new();
    let sent = |folder: &str| {
        let args =
            ["run", "--only", "upgrade/twice", "--seed", "11111111-2222-4333-8444-555555555555", "--output", folder];
        sandbox.run(&args).ends(0);
        let text = sandbox.read(&format!("{folder}/evidence.jsonl"));
        let ids = text
            .lines()
            .filter(|line| line.contains("\"sent\""))
            .filter_map(|line| line.split("SubscriptionID\\\":\\\"").nth(1));
        ids.map(|rest| rest[..36].to_owned()).collect::<Vec<_>>()
    };
    let first = sent("one");
    assert!(first.len() > 3);
    assert_eq!(first, sent("two"));
}

#[test]
fn only_the_newest_runs_are_kept() {
    let sandbox = Sandbox::new();
    for number in 10..40 {
        sandbox.file(&format!(".mock-bss/runs/20200101T0000{number}Z-aaaaaaaa/evidence.jsonl"), "");
    }
    sandbox.file(".mock-bss/runs/not-a-run/precious.txt", "mine");
    sandbox.file(".mock-bss/runs/20200101T000009Z-aaaaaaaa/precious.txt", "no run at all");
    // What somebody has named is not ours to remove, wherever it is.
    sandbox.file(".mock-bss/runs/before-the-release/evidence.jsonl", "");
    sandbox.file("elsewhere/20200101T000008Z-aaaaaaaa/evidence.jsonl", "");
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        sandbox.path().join("elsewhere/20200101T000008Z-aaaaaaaa"),
        sandbox.path().join(".mock-bss/runs/20200101T000008Z-aaaaaaaa"),
    )
    .unwrap();
    // An old run that still goes on.
    let lock = sandbox.file(".mock-bss/runs/20200101T000010Z-aaaaaaaa/.lock", "");
    let lock = std::fs::File::open(lock).unwrap();
    lock.lock().unwrap();
    sandbox.run(&["run", "--only", "catalogue/read"]).ends(0);
    assert!(sandbox.path().join(".mock-bss/runs/20200101T000010Z-aaaaaaaa").exists(), "it still goes on");
    drop(lock);
    assert_eq!(sandbox.read("elsewhere/20200101T000008Z-aaaaaaaa/evidence.jsonl"), "");
    assert_eq!(sandbox.read(".mock-bss/runs/before-the-release/evidence.jsonl"), "");
    assert_eq!(sandbox.read(".mock-bss/runs/20200101T000009Z-aaaaaaaa/precious.txt"), "no run at all");
    // Now that it is over it goes.
    sandbox.run(&["run", "--only", "catalogue/read"]).ends(0);
    let mut kept: Vec<_> = std::fs::read_dir(sandbox.path().join(".mock-bss/runs"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("evidence.jsonl").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name.starts_with("20") && !name.ends_with("08Z-aaaaaaaa"))
        .collect();
    kept.sort();
    assert_eq!(kept.len(), 20);
    assert_eq!(kept[0], "20200101T000022Z-aaaaaaaa");
    assert_eq!(sandbox.read(".mock-bss/runs/not-a-run/precious.txt"), "mine");
}

/// The shell's limit on the size of a file stands for a disk that fills up, at another place of the run each time: what
/// was bought must be cancelled all the same.
#[cfg(target_os = "linux")]
#[test]
fn what_was_bought_is_cancelled_even_when_the_disk_is_full() {
    let servers = servers();
    for blocks in [200, 220, 240, 260, 280, 300, 320, 340] {
        let liar = servers.block_on(Liar::start(Truth::told));
        let sandbox = Sandbox::new();
        profile(&sandbox, &liar);
        let program = env!("CARGO_BIN_EXE_mock-bss");
        let line = format!("ulimit -f {blocks}; trap '' XFSZ; exec {program} run --jobs 1 --only subscriptions/");
        let mut command = Command::new("sh");
        command.current_dir(sandbox.path()).args(["-c", &line]).env_remove("CI");
        let said = Said::of(&mut command);
        assert_eq!(said.code, Some(2), "{}\n{}", said.out, said.err);
        assert!(said.err.contains("evidence.jsonl cannot be written"), "{}", said.err);
        let seen: serde_json::Value = servers.block_on(async {
            serde_json::from_str(&reqwest::get(liar.probe_url()).await.unwrap().text().await.unwrap()).unwrap()
        });
        let subscriptions = seen["subscriptions"].as_array().unwrap();
        assert!(
            !subscriptions.is_empty() && subscriptions.iter().all(|s| s["status"] == "cancelled"),
            "{blocks}: {seen}"
        );
        servers.block_on(liar.stop());
    }
}

#[test]
fn a_run_against_a_bare_target_can_be_accepted_without_naming_it_again() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let sandbox = Sandbox::new();
    let run = || {
        let mut command = sandbox.command(&["run", "--target", &running.base_url(), "--only", "subscriptions/suspend"]);
        command.env("MOCK_BSS_APP_ID", reference::APPLICATION_ID).env("MOCK_BSS_APP_KEY", reference::APPLICATION_KEY);
        command.env("MOCK_BSS_SETTING_FieldUsername", reference::USERNAME);
        Said::of(command.env("MOCK_BSS_SETTING_FieldPassword", reference::PASSWORD)).ends(0)
    };
    assert!(run().out.contains("mock-bss review (or all at once: mock-bss accept)"));
    sandbox.run(&["accept"]).ends(0);
    assert!(run().out.contains(" · 0 changed · 0 new"));
    servers.block_on(running.stop());
}
