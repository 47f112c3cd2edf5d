//! A service manager that mock-bss starts itself: the program's own `reference`, as any other command would be.

use crate::util::*;
use mock_bss::reference;
use std::net::{TcpListener, TcpStream};
#[cfg(unix)]
use std::{
    process::{Child, Command},
    time::Duration,
};

const BIN: &str = env!("CARGO_BIN_EXE_mock-bss");

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn is_free(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_err()
}

fn serve(port: u16) -> String {
    format!("\\\"{BIN}\\\" reference --listen 127.0.0.1:{port}")
}

/// A profile whose target listens on this port, started by this line.
fn profile(sandbox: &Sandbox, port: u16, command: &str, more: &str) {
    let start = format!("start: {{ command: \"{command}\"{more} }}\n");
    sandbox.reference_profile("started", &format!("http://127.0.0.1:{port}/api/Reference"), &start);
}

fn log(sandbox: &Sandbox) -> String {
    std::fs::read_to_string(sandbox.latest().join("service-manager.log")).unwrap()
}

/// Waits for something that has to come.
#[cfg(unix)]
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..3000 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{what} did not come");
}

#[test]
fn it_is_started_played_against_and_stopped() {
    let (sandbox, port) = (Sandbox::new(), free_port());
    // The shell starts a process of its own and waits for it: ending the shell alone would leave that running.
    let line = if cfg!(unix) { format!("{} & wait", serve(port)) } else { serve(port) };
    profile(&sandbox, port, &line, ", ready: /probe, timeout: 60s");
    let said = sandbox.run(&["run", "--only", "upgrade/twice", "--verbose"]).ends(0);
    assert!(is_free(port), "it was left running");
    assert!(said.out.contains("service-manager.log"), "{}", said.out);
    assert!(said.err.contains("the last lines of the service manager:\n  | reference service manager"), "{}", said.err);
    // It prints the key and the settings; they are kept nowhere.
    for text in [log(&sandbox), said.err] {
        assert!(text.contains("MOCK_BSS_APP_KEY=[secret:key]"), "{text}");
        assert!(!text.contains(reference::APPLICATION_KEY) && !text.contains(reference::PASSWORD), "{text}");
    }
    let said = sandbox.run(&["plan", "--only", "upgrade/twice"]).ends(0);
    assert!(said.out.contains("nothing was") && said.err.is_empty() && is_free(port), "{}", said.err);
}

#[test]
fn what_does_not_become_ready_is_stopped_and_its_last_lines_are_shown() {
    let (sandbox, port, elsewhere) = (Sandbox::new(), free_port(), free_port());
    profile(&sandbox, port, &serve(elsewhere), ", timeout: 3s");
    let said = sandbox.run(&["run"]).ends(3);
    assert!(said.err.contains("error: the service manager was not ready after 3 s: http://127.0.0.1:"), "{}", said.err);
    assert!(
        said.err.contains(&format!("  | reference service manager at http://127.0.0.1:{elsewhere}")),
        "{}",
        said.err
    );
    assert!(is_free(elsewhere));
}

#[test]
fn what_cannot_be_started_says_why() {
    let (sandbox, port) = (Sandbox::new(), free_port());
    profile(&sandbox, port, "no-such-command-anywhere --serve", "");
    let said = sandbox.run(&["run"]).ends(3);
    assert!(said.err.contains("the last lines of the service manager:\n  | "), "{}", said.err);
    assert!(said.err.contains("no-such-command-anywhere"), "{}", said.err);
    assert!(said.err.contains("error: the service manager ended before it was ready (exit"), "{}", said.err);
    profile(&sandbox, port, "echo", ", folder: nowhere");
    assert!(sandbox.run(&["run"]).ends(2).err.contains("in `start.folder`: is the folder there?"));
    profile(&sandbox, port, "echo", "");
    assert!(sandbox.run(&["run"]).ends(3).err.contains("has to stay in the foreground"));
}

#[test]
fn a_run_that_is_given_up_stops_it_too() {
    let (sandbox, port) = (Sandbox::new(), free_port());
    let start = format!("start: {{ command: \"{}\" }}\n", serve(port));
    let target = format!("http://127.0.0.1:{port}/api/Reference");
    sandbox.profile("denied", &target, (reference::APPLICATION_ID, "not the key"), &start);
    assert!(sandbox.run(&["run"]).ends(2).err.contains("answered HTTP 401"));
    assert!(is_free(port));
}

#[test]
fn a_target_that_answers_already_is_not_taken_for_the_one_that_was_to_be_started() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let sandbox = Sandbox::new();
    profile(&sandbox, running.address().port(), "echo ran > ran.txt", "");
    let said = sandbox.run(&["run"]).ends(2);
    assert!(
        said.err.contains("already (HTTP ") && said.err.contains("take `start` out of the profile"),
        "{}",
        said.err
    );
    assert!(!sandbox.path().join("ran.txt").exists());
    servers.block_on(running.stop());
}

#[cfg(unix)]
#[test]
fn it_gets_its_own_environment_and_not_that_of_mock_bss() {
    let (sandbox, port) = (Sandbox::new(), free_port());
    std::fs::create_dir(sandbox.path().join("server")).unwrap();
    let more = ", folder: server, env: { DB_PASSWORD: \"${OUTER}\", MODE: plainly-seen }";
    profile(&sandbox, port, "env > seen.txt; echo the password is $DB_PASSWORD in $MODE", more);
    let mut command = sandbox.command(&["run"]);
    command.env("OUTER", "hunter-two").env("INHERITED", "yes").env("MOCK_BSS_SETTING_X", "its-own-secret");
    let said = Said::of(&mut command).ends(3);
    let seen = sandbox.read("server/seen.txt");
    assert!(seen.contains("DB_PASSWORD=hunter-two") && seen.contains("INHERITED=yes"), "{seen}");
    assert!(!seen.contains("MOCK_BSS"), "{seen}");
    for text in [log(&sandbox), said.err] {
        assert!(text.contains("the password is [secret:DB_PASSWORD] in plainly-seen"), "{text}");
    }
}

/// Waits until the run has ordered something.
#[cfg(unix)]
fn bought(sandbox: &Sandbox) {
    wait_for("an order", || {
        let latest = std::fs::read_to_string(sandbox.path().join(".mock-bss/runs/latest")).ok()?;
        let path = sandbox.path().join(".mock-bss/runs").join(latest.trim()).join("evidence.jsonl");
        let text = std::fs::read_to_string(path).ok()?;
        (text.matches("\"label\":\"subscriptions-create\"").count() >= 3).then_some(())
    });
}

#[cfg(unix)]
fn signal(name: &str, id: u32) {
    assert!(Command::new("kill").args([name, &id.to_string()]).status().unwrap().success());
}

/// A run that is slow enough to have a middle, with the id of the process that the shell has started.
#[cfg(unix)]
fn in_the_middle(sandbox: &Sandbox, port: u16, rate: u32) -> (Child, u32) {
    profile(sandbox, port, &format!("{} & echo pid $!; wait $!; exit 3", serve(port)), "");
    let text = sandbox.read("mock-bss.yaml") + &format!("limits: {{ rate: {rate}/s }}\n");
    sandbox.file("mock-bss.yaml", &text);
    let run = sandbox.spawn(&["run", "--jobs", "2"]);
    bought(sandbox);
    let log = log(sandbox);
    let id = log.lines().find_map(|line| line.strip_prefix("pid ")).unwrap_or_else(|| panic!("{log}"));
    (run, id.parse().unwrap())
}

#[cfg(unix)]
#[test]
fn one_that_dies_in_the_middle_is_named() {
    let (sandbox, port) = (Sandbox::new(), free_port());
    let (run, server) = in_the_middle(&sandbox, port, 40);
    signal("-KILL", server);
    let output = run.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(matches!(output.status.code(), Some(1 | 5)), "{out}\n{err}");
    assert!(err.contains("warning: the service manager ended by itself during the run (exit status: 3)"), "{err}");
    assert!(err.contains("  | Ctrl-C stops it"), "{err}");
    assert!(out.contains("could not run"), "{out}");
}

#[cfg(unix)]
#[test]
fn the_first_signal_cleans_up_before_it_is_stopped() {
    let (sandbox, port) = (Sandbox::new(), free_port());
    let (run, _) = in_the_middle(&sandbox, port, 40);
    signal("-INT", run.id());
    let output = run.wait_with_output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{out}");
    assert!(!out.contains("left behind"), "{out}");
    assert!(is_free(port));
}

#[cfg(unix)]
#[test]
fn the_second_signal_kills_it_too() {
    let (sandbox, port) = (Sandbox::new(), free_port());
    // So slow that the second signal comes before the cleaning up is over.
    let (mut run, _) = in_the_middle(&sandbox, port, 6);
    signal("-INT", run.id());
    let mut stderr = std::io::BufReader::new(run.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("interrupted: finishing") {
        assert!(std::io::BufRead::read_line(&mut stderr, &mut said).unwrap() > 0, "{said}");
    }
    signal("-INT", run.id());
    assert_eq!(run.wait().unwrap().code(), Some(130));
    wait_for("the end of the service manager", || is_free(port).then_some(()));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_waiting_too() {
    let (sandbox, port, elsewhere) = (Sandbox::new(), free_port(), free_port());
    profile(&sandbox, port, &serve(elsewhere), "");
    let run = sandbox.spawn(&["run"]);
    wait_for("the other port", || (!is_free(elsewhere)).then_some(()));
    signal("-INT", run.id());
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted before the service manager was ready"));
    assert!(is_free(elsewhere));
}
