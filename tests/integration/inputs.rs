//! Wrong input: a clear message, the right exit code, nothing sent.

use crate::util::*;
use mock_bss::reference;

const HEAD: &str = "name: acme\napplication: { id: 1b5c0d9e-0000-4000-8000-000000000001, key: k }\n";

/// Runs with a profile that names this target.
fn at(target: &str) -> Said {
    let sandbox = Sandbox::new();
    sandbox.file("mock-bss.yaml", &format!("{HEAD}target: {target}\n"));
    sandbox.run(&["run", "--only", "catalogue/read"])
}

#[track_caller]
fn says(said: &Said, words: &[&str]) {
    for word in words {
        assert!(said.err.contains(word), "`{word}` is missing in:\n{}\n{}", said.err, said.out);
    }
}

#[test]
fn targets_that_are_not_there() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    says(
        &at(&format!("http://{free}/api")).ends(3),
        &["cannot be reached", "nobody answers there", "help: is the service manager running"],
    );
    says(&at("http://no-such-host/api").ends(3), &["cannot be reached", "has no address"]);
    says(&at("localhost:5000").ends(2), &["`target` must be a URL", "mock-bss.yaml:3"]);
}

#[test]
fn a_target_that_is_something_else() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let base = running.base_url();
    says(
        &at(&base.replace("Reference", "Nothing")).ends(2),
        &["nothing of the contract stands there", "help: `target` is the URL before the section"],
    );
    says(&at(&base).ends(2), &["401", "nothing was tested", "plain text"]);
    servers.block_on(running.stop());
}

#[test]
fn credentials_that_are_denied_are_tried_in_their_other_spellings() {
    let servers = servers();
    let fault = reference::faults::by_name("guid-compared-case-sensitively").unwrap().fault;
    let options = reference::Options { faults: [fault].into_iter().collect(), ..Default::default() };
    let running = servers.block_on(reference::start(options)).unwrap();
    let sandbox = Sandbox::new();
    sandbox.reference_profile("spelled", &running.base_url(), "");
    let profile = sandbox.read("mock-bss.yaml");
    let id = profile.lines().find_map(|line| line.split_once(" id: ")).unwrap().1[..36].to_owned();
    let swapped = if id == id.to_uppercase() { id.to_lowercase() } else { id.to_uppercase() };
    sandbox.file("mock-bss.yaml", &profile.replace(&id, &swapped));
    let said = sandbox.run(&["run", "--only", "catalogue/read"]).ends(0);
    says(&said, &["lets in the same id in", "so it is called that way; mock-bss explain R-08"]);
    let found = "Fields/Get denies the credentials as the platform sends them, and lets in the same id in";
    assert!(said.out.contains("warn R-08") && said.out.contains(found), "{}", said.out);
    assert!(said.out.contains("warned 1 "), "one cause, one finding: {}", said.out);
    servers.block_on(running.stop());
}

#[test]
fn a_key_that_is_wanted_raw_breaks_one_rule_unless_the_profile_has_it_encoded() {
    let servers = servers();
    let fault = reference::faults::by_name("encoded-key-denied").unwrap().fault;
    let run = |key: &str| {
        let application = reference::Application { id: reference::APPLICATION_ID.to_owned(), key: key.to_owned() };
        let faults = [fault].into_iter().collect();
        let options = reference::Options { faults, applications: vec![application], ..Default::default() };
        let running = servers.block_on(reference::start(options)).unwrap();
        let sandbox = Sandbox::new();
        sandbox.reference_profile("raw", &running.base_url(), "");
        let profile = sandbox.read("mock-bss.yaml");
        sandbox.file("mock-bss.yaml", &profile.replace(reference::APPLICATION_KEY, key));
        let said = sandbox.run(&["run", "--only", "catalogue/read", "--only", "subscriptions/create"]);
        servers.block_on(running.stop());
        said
    };
    let said = run("Harbour-Key_01").ends(1);
    says(&said, &["lets in the key without base64, so it is called that way; mock-bss explain R-06"]);
    assert!(said.out.contains("fail R-06") && said.out.contains("failed 1 "), "{}", said.out);
    let said = run("SGFyYm91ci1LZXlfMDE=").ends(2);
    says(&said, &["lets in the key without base64: nothing was tested", "give the plain text"]);
}

#[test]
fn a_stranger_s_host_is_not_ordered_from_unasked() {
    let said = at("https://sm.vendor.example/api").ends(2);
    says(&said, &["sm.vendor.example is not a local host", "orders from it", "--consent sm.vendor.example"]);
}

#[test]
fn the_reference_is_not_mistaken_for_one_s_own() {
    let sandbox = Sandbox::new();
    sandbox.file("mock-bss.yml", "");
    says(&sandbox.run(&["run"]).ends(2), &["there is a mock-bss.yml, but no mock-bss.yaml", "rename it"]);
    let sandbox = Sandbox::new();
    let said = Said::of(sandbox.command(&["run"]).env("MOCK_BSS_APP_KEY", "k")).ends(2);
    says(&said, &["MOCK_BSS_APP_KEY is set, but no target is named"]);
    sandbox.file("mine/a.yaml", "title: T\nsteps:\n  - read_catalog: {}\n");
    says(&sandbox.run(&["run", "mine"]).ends(2), &["scenarios are named, but no target", "--reference"]);
    sandbox.run(&["run", "mine", "--reference"]).ends(0);
}

#[test]
fn credentials_of_a_bare_target_come_from_the_environment() {
    let sandbox = Sandbox::new();
    says(
        &sandbox.run(&["run", "--target", "http://127.0.0.1:9/api"]).ends(2),
        &["MOCK_BSS_APP_ID is not set", "export"],
    );
    says(
        &sandbox.run(&["run", "--target", "127.0.0.1:9"]).ends(2),
        &["is not the URL of a service manager", "http://127.0.0.1:9?"],
    );
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let mut command = sandbox.command(&["run", "--target", &running.base_url(), "--only", "subscriptions/suspend"]);
    command.env("MOCK_BSS_APP_ID", reference::APPLICATION_ID).env("MOCK_BSS_APP_KEY", reference::APPLICATION_KEY);
    command
        .env("MOCK_BSS_SETTING_FieldUsername", reference::USERNAME)
        .env("MOCK_BSS_SETTING_FieldPassword", reference::PASSWORD);
    let said = Said::of(&mut command).ends(0);
    assert!(said.out.contains("CONFORMANT (127.0.0.1-"), "{}", said.out);
    servers.block_on(running.stop());
}

#[test]
fn files_that_are_missing_or_wrong() {
    let sandbox = Sandbox::new();
    says(&sandbox.run(&["run", "--profile", "none.yaml"]).ends(2), &["none.yaml cannot be read"]);
    sandbox.file("grow.yaml", "title: T\nsteps:\n  - bye: {}\n");
    says(
        &sandbox.run(&["run", "--reference", "grwo.yaml"]).ends(2),
        &["grwo.yaml cannot be read", "did you mean `grow.yaml`?"],
    );
    says(
        &sandbox.run(&["run", "--reference", "grow.yaml"]).ends(2),
        &["unknown key `bye`", "grow.yaml:3:5", "1 mistake in a file"],
    );
    std::fs::create_dir(sandbox.path().join("empty")).unwrap();
    says(&sandbox.run(&["run", "--reference", "empty"]).ends(2), &["no scenario in empty"]);
    says(
        &sandbox.run(&["run", "--only", "nothing-like-that"]).ends(2),
        &["no scenario in the built-in suite", "the filters leave nothing"],
    );
    for (wrong, right) in
        [("subscriptions/suspnd", "subscriptions/suspend"), ("suspnd", "suspend"), ("upgarde", "upgrade")]
    {
        let said = sandbox.run(&["run", "--only", wrong]).ends(2);
        says(&said, &[&format!("fits --only {wrong}"), &format!("did you mean `{right}`?")]);
    }
    let said = sandbox.run(&["run", "--only", "catalogue/read", "--only", "upgarde"]).ends(2);
    says(&said, &["fits --only upgarde", "did you mean `upgrade`?"]);
    says(&sandbox.run(&["run", "--tag", "l00"]).ends(2), &["fits --tag l00", "did you mean `l0`?"]);
    says(&sandbox.run(&["run", "--rule", "R-500"]).ends(2), &["`R-500` is not a rule"]);
    says(&sandbox.run(&["check"]).ends(2), &["nothing to check"]);
    sandbox.file("mock-bss.yaml", &format!("{HEAD}target: http://localhost:1\nseat: 4\n"));
    says(&sandbox.run(&["check"]).ends(2), &["unknown key `seat`", "did you mean `seats`?"]);
    says(&sandbox.run(&["report"]).ends(2), &["there is no run here yet"]);
    says(&sandbox.run(&["explain", "precheck.provision-nothing"]).ends(2), &["did you mean R-103"]);
    assert!(!sandbox.path().join(".mock-bss").exists(), "nothing was played");
}

#[test]
fn the_same_key_twice_is_a_mistake() {
    let sandbox = Sandbox::new();
    for folder in ["a/x", "b/x"] {
        sandbox.file(&format!("{folder}/one.yaml"), "title: T\nsteps:\n  - read_catalog: {}\n");
    }
    let said = sandbox.run(&["run", "--reference", "a/x", "b/x"]).ends(2);
    says(&said, &["two scenarios are called `x/one`", "rename"]);
}

#[test]
fn outputs_are_tried_before_the_first_call() {
    let sandbox = Sandbox::new();
    sandbox.file("taken", "a file where a folder is needed");
    says(&sandbox.run(&["run", "--output", "taken/run"]).ends(2), &["cannot be written", "nothing has been sent"]);
    says(&sandbox.run(&["run", "--report", "json=taken/r.json"]).ends(2), &["taken/r.json cannot be written"]);
    says(&sandbox.run(&["run", "--report", "jsn=r.json"]).ends(2), &["did you mean `json`?"]);
    says(&sandbox.run(&["run", "--report", "jnit=r.xml"]).ends(2), &["did you mean `junit`?"]);
    says(&sandbox.run(&["run", "--report", "json"]).ends(2), &["is not FORMAT=PATH"]);
    let twice = ["run", "--report", "json=r.x", "--report", "csv=r.x"];
    says(&sandbox.run(&twice).ends(2), &["two reports are to be written to r.x", "name a file for each"]);
    sandbox.run(&["run", "--only", "catalogue/read", "--output", "mine"]).ends(0);
    let before = sandbox.read("mine/evidence.jsonl");
    says(&sandbox.run(&["run", "--only", "catalogue/read", "--output", "mine"]).ends(2), &["already holds a run"]);
    assert_eq!(sandbox.read("mine/evidence.jsonl"), before, "evidence is never overwritten");
}

#[test]
fn a_folder_for_runs_that_cannot_be_used_is_found_before_the_first_call() {
    let sandbox = Sandbox::new();
    sandbox.file(".mock-bss", "a file where the folder of the runs is");
    let said = sandbox.run(&["run"]).ends(2);
    says(&said, &["the run folder .mock-bss/runs/", "cannot be written", "nothing has been sent"]);
    assert!(said.out.is_empty(), "{}", said.out);
    assert_eq!(sandbox.read(".mock-bss"), "a file where the folder of the runs is");
}

/// Nobody may write there. Whoever runs the tests as root may: then there is nothing to see.
#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_found_before_the_first_call() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    for folder in [".mock-bss", "closed"] {
        std::fs::create_dir(sandbox.path().join(folder)).unwrap();
        std::fs::set_permissions(sandbox.path().join(folder), PermissionsExt::from_mode(0o555)).unwrap();
    }
    if std::fs::write(sandbox.path().join("closed/trial"), "").is_ok() {
        return;
    }
    let said = sandbox.run(&["run"]).ends(2);
    says(&said, &["the run folder .mock-bss/runs/", "cannot be written", "nothing has been sent"]);
    let said = sandbox.run(&["run", "--output", "mine", "--report", "json=closed/r.json"]).ends(2);
    says(&said, &["closed/r.json cannot be written", "nothing has been sent; name another path"]);
    assert!(said.out.is_empty() && !sandbox.path().join("mine").exists(), "{}", said.out);
}

/// A file system that is read-only for everybody, root too.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_file_system_is_found_before_the_first_call() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(&["run", "--output", "/proc/mock-bss"]).ends(2);
    says(&said, &["the run folder /proc/mock-bss cannot be written", "nothing has been sent"]);
    let said = sandbox.run(&["run", "--report", "json=/proc/r.json"]).ends(2);
    says(&said, &["/proc/r.json cannot be written", "nothing has been sent"]);
}

#[test]
fn a_stored_run_that_cannot_be_read_says_what_to_do() {
    let sandbox = Sandbox::new();
    sandbox.run(&["run", "--only", "catalogue/read"]).ends(0);
    let name = sandbox.latest().file_name().unwrap().to_str().unwrap().to_owned();
    sandbox.run(&["report", "--from", &name]).ends(0);
    says(
        &sandbox.run(&["report", "--from", "gone"]).ends(2),
        &["there is no run folder gone", "only the newest 20 runs are kept", ".mock-bss/runs"],
    );
    std::fs::create_dir(sandbox.path().join("empty")).unwrap();
    says(&sandbox.run(&["report", "--from", "empty"]).ends(2), &["empty is not the folder of a run", "evidence.jsonl"]);
    sandbox.file("blank/evidence.jsonl", "");
    says(&sandbox.run(&["report", "--from", "blank"]).ends(2), &["the run did not even start", "play it again"]);
    let good = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    let mut lines: Vec<&str> = good.lines().collect();
    lines[3] = "{ this was changed";
    sandbox.file("changed/evidence.jsonl", &format!("{}\n", lines.join("\n")));
    says(
        &sandbox.run(&["report", "--from", "changed"]).ends(2),
        &["changed/evidence.jsonl:4: this is not an event of a run", "changed or damaged", "take another run"],
    );
    let newer = lines[0].replace("\"schema\":1", "\"schema\":99");
    sandbox.file("newer/evidence.jsonl", &format!("{newer}\n"));
    says(&sandbox.run(&["report", "--from", "newer"]).ends(2), &["written by a newer mock-bss", "use the version"]);
}

/// A device that is always full stands for a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_found_before_the_first_call() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(&["run", "--report", "json=/dev/full/r.json"]).ends(2);
    says(&said, &["cannot be written"]);
}

#[test]
fn a_plan_beyond_the_limits_is_not_begun() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let sandbox = Sandbox::new();
    let application = (reference::APPLICATION_ID, reference::APPLICATION_KEY);
    sandbox.profile("r", &running.base_url(), application, "limits: { subscriptions: 3 }\n");
    says(&sandbox.run(&["run"]).ends(2), &["the plan orders up to", "`limits` allows 3"]);
    servers.block_on(running.stop());
}
