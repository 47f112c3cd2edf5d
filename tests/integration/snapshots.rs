//! Pending, accepted, changed: the working day with snapshots.

use crate::{
    liar::{Liar, Lie, Truth},
    util::*,
};
use mock_bss::reference;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

const ONE: [&str; 3] = ["run", "--only", "subscriptions/suspend"];

/// A service manager that changes its mind when it is told to.
fn fickle(sandbox: &Sandbox, servers: &tokio::runtime::Runtime) -> (Liar, Arc<AtomicBool>) {
    let changed = Arc::new(AtomicBool::new(false));
    let seen = changed.clone();
    let liar = servers.block_on(Liar::start(move |truth: Truth| -> Lie {
        if seen.load(Ordering::SeqCst) && truth.path.ends_with("Subscriptions/Suspend") {
            truth.with(|body| body.replace("\"Message\":\"\"", "\"Message\":\"suspended\""))
        } else {
            truth.told()
        }
    }));
    let application = (reference::APPLICATION_ID, reference::APPLICATION_KEY);
    let settings =
        format!("settings: {{ FieldUsername: {}, FieldPassword: {} }}\n", reference::USERNAME, reference::PASSWORD);
    sandbox.profile("acme", &liar.base_url(), application, &settings);
    (liar, changed)
}

fn snaps(sandbox: &Sandbox, ending: &str) -> usize {
    fn walk(folder: &std::path::Path, ending: &str) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                if path.is_dir() { walk(&path, ending) } else { usize::from(path.to_string_lossy().ends_with(ending)) }
            })
            .sum()
    }
    walk(&sandbox.path().join("snapshots/acme"), ending)
}

#[test]
fn a_working_day() {
    let servers = servers();
    let sandbox = Sandbox::new();
    let (liar, changed) = fickle(&sandbox, &servers);

    // The first run: everything is new, pending, and said so.
    let said = sandbox.run(&ONE).ends(0);
    assert!(said.out.contains("mock-bss accept"), "{}", said.out);
    assert!(snaps(&sandbox, ".snap.new") > 5 && snaps(&sandbox, ".snap") == 0);
    let said = sandbox.run(&["accept"]).ends(0);
    assert!(said.out.contains("snapshots accepted in"), "{}", said.out);
    let accepted = snaps(&sandbox, ".snap");
    assert_eq!(snaps(&sandbox, ".snap.new"), 0);

    // Again: nothing differs, although all ids and names are others.
    let said = sandbox.run(&ONE).ends(0);
    assert!(said.out.contains(&format!("snapshots: {accepted} the same · 0 changed · 0 new")), "{}", said.out);
    sandbox.run(&[&ONE[..], &["--check"]].concat()).ends(0);

    // A changed answer is shown as what it is, and the accepted file stays as it was.
    changed.store(true, Ordering::SeqCst);
    let before = sandbox.read("snapshots/acme/subscriptions/suspend/suspend.subscriptions-suspend.snap");
    let said = sandbox.run(&ONE).ends(4);
    assert!(said.out.contains("$.Message: \"\" became \"suspended\""), "{}", said.out);
    assert!(
        said.out.contains("-  \"Message\": \"\"") && said.out.contains("+  \"Message\": \"suspended\""),
        "{}",
        said.out
    );
    assert_eq!(sandbox.read("snapshots/acme/subscriptions/suspend/suspend.subscriptions-suspend.snap"), before);
    assert_eq!(snaps(&sandbox, ".snap.new"), 2, "the call and its pre-check");

    // Rejected: gone. Accepted by name: only those.
    sandbox.run(&["reject", "suspend-check"]).ends(0);
    assert_eq!(snaps(&sandbox, ".snap.new"), 1);
    sandbox.run(&["accept", "suspend.subscriptions-suspend"]).ends(0);
    assert!(
        sandbox
            .read("snapshots/acme/subscriptions/suspend/suspend.subscriptions-suspend.snap")
            .contains("\"suspended\"")
    );

    // --check writes nothing beside the accepted ones; what is pending goes into the run folder.
    let said = sandbox.run(&[&ONE[..], &["--check"]].concat()).ends(4);
    assert_eq!(snaps(&sandbox, ".snap.new"), 0);
    assert!(said.out.contains("--from"), "{}", said.out);
    let run = sandbox.latest();
    sandbox.run(&["accept", "--from", run.to_str().unwrap()]).ends(0);
    sandbox.run(&[&ONE[..], &["--check"]].concat()).ends(0);

    // --accept takes everything at once; a pending file that is right again disappears.
    changed.store(false, Ordering::SeqCst);
    sandbox.run(&ONE).ends(4);
    changed.store(true, Ordering::SeqCst);
    sandbox.run(&ONE).ends(0);
    assert_eq!(snaps(&sandbox, ".snap.new"), 0);
    changed.store(false, Ordering::SeqCst);
    sandbox.run(&[&ONE[..], &["--accept"]].concat()).ends(4);
    sandbox.run(&ONE).ends(0);
    servers.block_on(liar.stop());
}

#[test]
fn new_snapshots_fail_a_check_and_ci_is_one() {
    let servers = servers();
    let sandbox = Sandbox::new();
    let (liar, _) = fickle(&sandbox, &servers);
    let said = Said::of(sandbox.command(&ONE).env("CI", "true")).ends(4);
    assert!(said.out.contains("new snapshot, never accepted"), "{}", said.out);
    assert_eq!(snaps(&sandbox, ".snap.new"), 0);
    Said::of(sandbox.command(&ONE).env("CI", "true").env("INSTA_UPDATE", "always").env("INSTA_FORCE_PASS", "1"))
        .ends(4);
    assert_eq!(snaps(&sandbox, ".snap"), 0, "insta's variables have no influence");
    servers.block_on(liar.stop());
}

/// What waits for a decision beside it was not part of the run that is named.
#[test]
fn from_a_run_only_what_it_left_is_accepted() {
    let servers = servers();
    let sandbox = Sandbox::new();
    let (liar, _) = fickle(&sandbox, &servers);
    sandbox.run(&["run", "--only", "subscriptions/update-up"]).ends(0);
    sandbox.run(&[&ONE[..], &["--check"]].concat()).ends(4);
    let said = sandbox.run(&["accept", "--from", sandbox.latest().to_str().unwrap()]).ends(0);
    assert!(said.out.contains("subscriptions/suspend/") && !said.out.contains("update-up/"), "{}", said.out);
    assert!(snaps(&sandbox, ".snap") > 5 && snaps(&sandbox, ".snap.new") > 3);
    servers.block_on(liar.stop());
}

/// A snapshot that no call has any more is named, and left alone: only a whole run can tell.
#[test]
fn an_accepted_snapshot_that_no_call_uses_is_reported() {
    let servers = servers();
    let sandbox = Sandbox::new();
    let (liar, _) = fickle(&sandbox, &servers);
    sandbox.run(&["run", "--accept"]).ends(0);
    assert!(!sandbox.run(&["run"]).ends(0).out.contains("unused:"));
    let old = "snapshots/acme/subscriptions/gone/buy.subscriptions-create.snap";
    sandbox.file(old, "---\nsource: x\nexpression: y\n---\nHTTP 200\n");
    let said = sandbox.run(&["run"]).ends(0);
    assert!(
        said.out.contains("unused:   subscriptions/gone/buy.subscriptions-create.snap is accepted"),
        "{}",
        said.out
    );
    assert!(sandbox.path().join(old).exists());
    assert!(!sandbox.run(&ONE).ends(0).out.contains("unused:"), "a part of the suite cannot tell");
    servers.block_on(liar.stop());
}
