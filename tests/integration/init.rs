//! A first profile, from what a service manager answers.

use crate::{
    liar::{Liar, Truth},
    util::*,
};
use mock_bss::reference;
use std::sync::{Arc, Mutex};

/// The credentials of the reference in the environment.
fn init(sandbox: &Sandbox, target: &str, more: &[&str]) -> Said {
    let args: Vec<&str> = ["init", "--target", target].into_iter().chain(more.iter().copied()).collect();
    with_credentials(sandbox, &args)
}

fn with_credentials(sandbox: &Sandbox, args: &[&str]) -> Said {
    let mut command = sandbox.command(args);
    command.env("MOCK_BSS_APP_ID", reference::APPLICATION_ID).env("MOCK_BSS_APP_KEY", reference::APPLICATION_KEY);
    command.env("MOCK_BSS_SETTING_FieldUsername", reference::USERNAME);
    Said::of(command.env("MOCK_BSS_SETTING_FieldPassword", reference::PASSWORD))
}

/// Every file below the folder, by its path.
fn files(sandbox: &Sandbox) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![sandbox.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let name = entry.strip_prefix(sandbox.path()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(entry).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_profile_is_written_that_works_at_once() {
    let servers = servers();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let liar = servers.block_on(Liar::start({
        let asked = asked.clone();
        move |truth: Truth| {
            asked.lock().unwrap().push((truth.path.clone(), truth.request.clone(), truth.status));
            truth.told()
        }
    }));
    let sandbox = Sandbox::new();
    let said = init(&sandbox, &liar.base_url(), &[]).ends(0);
    assert!(said.out.contains("sells 3 product types, 6 products and 4 add-ons; accounts yes"), "{}", said.out);
    assert!(said.out.contains("next:\n  mock-bss plan "), "{}", said.out);
    assert!(!said.out.contains("export "), "all variables are set: {}", said.out);
    // Nothing was sent that a service manager could act on.
    let mut sent = std::mem::take(&mut *asked.lock().unwrap());
    assert!(sent.iter().all(|(_, body, _)| body.is_empty()), "{sent:?}");
    sent.sort();
    let sent: Vec<_> =
        sent.iter().map(|(path, _, status)| (path.trim_start_matches("/api/Reference/"), *status)).collect();
    let reads = [("Accounts/SyncOptions", 200), ("Addon/Create", 404), ("Addons/Create", 405)];
    assert_eq!(sent, [&reads[..], &[("Fields/Get", 200), ("Fields/ServiceDefinition", 200)]].concat());

    let written = files(&sandbox);
    let names: Vec<_> = written.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            ".gitignore",
            ".mock-bss/profile.schema.json",
            ".mock-bss/scenario.schema.json",
            "mock-bss.yaml",
            "scenarios/first.yaml"
        ]
    );
    for (name, text) in &written {
        for secret in [reference::APPLICATION_KEY, reference::PASSWORD, reference::APPLICATION_ID] {
            assert!(!text.contains(secret) && !said.out.contains(secret), "{name}");
        }
    }
    assert!(sandbox.read("mock-bss.yaml").contains("\ndialect: { addon_path: Addons } #"));
    assert_eq!(sandbox.read(".gitignore"), ".mock-bss/\n*.snap.new\n");

    let checked = with_credentials(&sandbox, &["check"]).ends(0);
    assert_eq!(
        (checked.out.as_str(), checked.err.as_str()),
        ("no mistakes in the profile and 1 scenario in 1 file\n", "")
    );
    let run = with_credentials(&sandbox, &["run", "--only", "scenarios/first"]).ends(0);
    assert!(run.out.contains("CONFORMANT (127.0.0.1-"), "{}", run.out);
    // The schemas that the editor reads are the published ones.
    for name in ["profile", "scenario"] {
        let schema = sandbox.run(&["schema", name]).ends(0).out;
        assert_eq!(sandbox.read(&format!(".mock-bss/{name}.schema.json")), schema);
    }
    servers.block_on(liar.stop());
}

#[test]
fn nothing_is_overwritten() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let sandbox = Sandbox::new();
    sandbox.file("mock-bss.yaml", "mine");
    // Before anything is asked: nobody answers there.
    let said = init(&sandbox, "http://127.0.0.1:1/x", &[]).ends(2);
    assert!(said.err.contains("mock-bss.yaml exists already"), "{}", said.err);
    assert_eq!(files(&sandbox), [("mock-bss.yaml".to_owned(), "mine".to_owned())]);

    sandbox.file("staging/.gitignore", "bin\n.mock-bss\n");
    sandbox.file("staging/scenarios/first.yaml", "something else");
    let said = init(&sandbox, &running.base_url(), &["--profile", "staging/acme.yaml", "--name", "acme"]).ends(0);
    assert!(said.out.contains("added *.snap.new to staging"), "{}", said.out);
    assert!(said.out.contains("first.yaml as it is"), "{}", said.out);
    assert!(said.out.contains("mock-bss run --profile staging"), "{}", said.out);
    assert_eq!(sandbox.read("staging/.gitignore"), "bin\n.mock-bss\n*.snap.new\n");
    assert_eq!(sandbox.read("staging/scenarios/first.yaml"), "something else");
    let profile = sandbox.read("staging/acme.yaml");
    // What stands there is no scenario, so the profile does not list it.
    assert!(profile.contains("\nname: acme\n") && profile.contains("\n# scenarios: [scenarios]\n"), "{profile}");
    with_credentials(&sandbox, &["check", "--profile", "staging/acme.yaml"]).ends(0);
    assert_eq!(sandbox.read("mock-bss.yaml"), "mine");

    // A folder of somebody else's files is not played as a whole.
    sandbox.file("other/scenarios/deploy.yaml", "kind: Deployment\n");
    init(&sandbox, &running.base_url(), &["--profile", "other/acme.yaml"]).ends(0);
    assert!(sandbox.read("other/acme.yaml").contains("\nscenarios: [scenarios/first.yaml]\n"));
    with_credentials(&sandbox, &["check", "--profile", "other/acme.yaml"]).ends(0);
    servers.block_on(running.stop());
}

#[test]
fn what_cannot_be_asked_leaves_no_files() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let sandbox = Sandbox::new();
    for (args, code, words) in [
        (&["init"][..], 2, "mock-bss init --target http://localhost:5000/api/Example"),
        (&["init", "--reference"], 2, "mock-bss reference --listen 127.0.0.1:5000"),
        (&["init", "--target", "http://127.0.0.1:1/x"], 3, "cannot be reached"),
        (&["init", "--target", &running.base_url(), "--name", "a/b"], 2, "cannot be the name of a profile"),
        (&["init", "--target", &format!("{}/nothing", running.base_url())], 2, "nothing of the contract stands there"),
        (&["init", "--target", &format!("{}?a=${{b}}", running.base_url())], 2, "cannot stand in a profile"),
    ] {
        let said = with_credentials(&sandbox, args).ends(code);
        assert!(said.err.contains(words), "{args:?}: {}", said.err);
        assert_eq!(files(&sandbox), [], "{args:?}");
    }
    let mut denied = sandbox.command(&["init", "--target", &running.base_url()]);
    denied.env("MOCK_BSS_APP_ID", reference::APPLICATION_ID).env("MOCK_BSS_APP_KEY", "not the key");
    assert!(Said::of(&mut denied).ends(2).err.contains("answered HTTP 401"));
    assert_eq!(files(&sandbox), []);
    servers.block_on(running.stop());
}

#[test]
fn a_service_manager_that_says_strange_things_gets_a_profile_that_can_be_read() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(|truth: Truth| {
        if truth.path.ends_with("Fields/Get") {
            return truth.with(|_| {
                r#"{"Fields":[{"ID":"x\nstrict: true","Definition":{"Name":"\u001b[2Jx\nstrict: true","IsRequired":true}},
                    {"ID":"Zone","Definition":{"Name":"${HOME}","Kind":0,"InitialValue":"a # b: ${c"}}]}"#
                    .to_owned()
            });
        }
        if truth.path.ends_with("Fields/ServiceDefinition") {
            return truth.with(|_| r#"{"ProductTypes":[{"ID":"\nconsent: [evil.example]"}]}"#.to_owned());
        }
        truth.told()
    }));
    let sandbox = Sandbox::new();
    let said = init(&sandbox, &liar.base_url(), &[]).ends(0);
    assert!(!said.out.contains('\u{1b}') && !sandbox.read("mock-bss.yaml").contains('\u{1b}'));
    with_credentials(&sandbox, &["check"]).ends(0);
    let plan = with_credentials(&sandbox, &["plan", "--only", "settings/read"]).ends(0);
    assert!(!plan.out.contains("strict") && !plan.out.contains("evil"), "{}", plan.out);
    servers.block_on(liar.stop());

    // A target that answers, but nothing of the contract, says so.
    let liar = servers.block_on(Liar::start(|truth: Truth| crate::liar::Lie::Answer {
        status: 500,
        content_type: "text/html",
        body: format!("<h1>{}</h1>", truth.path),
    }));
    let sandbox = Sandbox::new();
    let said = init(&sandbox, &liar.base_url(), &[]).ends(0);
    assert!(said.err.contains("warning: Fields/Get announced no field (HTTP 500)"), "{}", said.err);
    assert!(
        said.err.contains("warning: Fields/ServiceDefinition announced no product type (HTTP 500)"),
        "{}",
        said.err
    );
    with_credentials(&sandbox, &["check"]).ends(0);
    servers.block_on(liar.stop());
}
