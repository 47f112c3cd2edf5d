//! Going through pending snapshots: in lines through a pipe, and by single keys on a terminal.

use crate::{
    liar::{Liar, Lie, Truth},
    util::*,
};
use mock_bss::reference;
use std::{
    collections::BTreeMap,
    io::Write,
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

const ONE: [&str; 3] = ["run", "--only", "subscriptions/suspend"];
const FOLDER: &str = "snapshots/acme/subscriptions/suspend";

/// A service manager that says something new in every answer to some calls, and in two values to one of them.
struct Fickle {
    sandbox: Sandbox,
    servers: tokio::runtime::Runtime,
    liar: Liar,
    round: Arc<AtomicUsize>,
}

impl Fickle {
    /// Its answers of the first round are accepted, those of the second wait.
    fn new() -> Self {
        let (sandbox, servers) = (Sandbox::new(), servers());
        let round = Arc::new(AtomicUsize::new(1));
        let seen = round.clone();
        let liar = servers.block_on(Liar::start(move |truth: Truth| -> Lie {
            let said = format!("\"Message\":\"round {}\"", seen.load(Ordering::SeqCst));
            let notified = format!("\"SendNotification\":{}", seen.load(Ordering::SeqCst) > 1);
            if truth.path.ends_with("Subscriptions/Suspend") {
                truth.with(|body| {
                    body.replace("\"Message\":\"\"", &said)
                        .replace("\"SendNotification\":true", &notified)
                        .replace("\"SendNotification\":false", &notified)
                })
            } else if truth.path.ends_with("Subscriptions/Create") {
                truth.with(|body| body.replace("\"Message\":\"\"", &said))
            } else {
                truth.told()
            }
        }));
        let application = (reference::APPLICATION_ID, reference::APPLICATION_KEY);
        let settings = format!(
            "settings: {{ FieldUsername: {}, FieldPassword: {} }} # of the demo\n",
            reference::USERNAME,
            reference::PASSWORD
        );
        sandbox.profile("acme", &liar.base_url(), application, &settings);
        sandbox.run(&[&ONE[..], &["--accept"]].concat()).ends(0);
        round.store(2, Ordering::SeqCst);
        sandbox.run(&ONE).ends(4);
        Self { sandbox, servers, liar, round }
    }

    /// Types into `mock-bss review` through a pipe.
    fn typed(&self, args: &[&str], keys: &str) -> Said {
        let mut command = self.sandbox.command(&[&["review"], args].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines: String = keys.chars().map(|key| format!("{key}\n")).collect();
        // It may end before it has read everything.
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        let output = child.wait_with_output().unwrap();
        Said {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The profile and every snapshot.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::from([("mock-bss.yaml".to_owned(), self.sandbox.read("mock-bss.yaml"))]);
        for entry in std::fs::read_dir(self.sandbox.path().join(FOLDER)).unwrap() {
            let name = format!("{FOLDER}/{}", entry.unwrap().file_name().to_string_lossy());
            files.insert(name.clone(), self.sandbox.read(&name));
        }
        files
    }

    fn pending(&self) -> Vec<String> {
        self.files().into_keys().filter(|name| name.ends_with(".new")).collect()
    }

    fn stop(self) {
        self.servers.block_on(self.liar.stop());
    }
}

#[test]
fn decisions_through_a_pipe() {
    let fickle = Fickle::new();
    let waiting = fickle.pending();
    assert_eq!(waiting.len(), 4, "{waiting:?}");

    // The end of the input is the end of the review; what was not decided waits.
    let before = fickle.files();
    let said = fickle.typed(&[], "").ends(4);
    assert!(said.out.contains("1 of 4 · changed · subscriptions/suspend/buy.subscriptions-create-check.snap"));
    assert!(said.out.contains("$.Message: \"round 1\" became \"round 2\""), "{}", said.out);
    assert!(said.out.contains("+  \"Message\": \"round 2\""), "{}", said.out);
    assert!(said.out.contains("Subscriptions/Create") && said.out.contains("HTTP 200 application/json"));
    assert!(said.out.contains("4 still pending in"), "{}", said.out);
    assert!(!said.out.contains('\x1b'), "no terminal, no colours: {}", said.out);
    assert_eq!(fickle.files(), before);

    // The request comes from the evidence, and holds no secret.
    let said = fickle.typed(&["--lines"], "wmm").ends(4);
    assert!(said.out.contains("POST http://") && said.out.contains("\"CheckOnly\": true"), "{}", said.out);
    assert!(said.out.contains("[secret:key") && !said.out.contains(reference::APPLICATION_KEY), "{}", said.out);

    // One accepted, one rejected, one skipped, the rest not looked at.
    fickle.typed(&[], "arsq").ends(4);
    assert_eq!(fickle.pending(), waiting[2..]);
    assert_eq!(fickle.files()[&waiting[0].replace(".new", "")], before[&waiting[0]]);
    assert_eq!(fickle.files()[&waiting[1].replace(".new", "")], before[&waiting[1].replace(".new", "")]);

    // Everything taken back to the first, then the whole scenario accepted.
    let before = fickle.files();
    fickle.typed(&[], "aruu").ends(4);
    assert_eq!(fickle.files(), before);
    let said = fickle.typed(&[], "A").ends(0);
    assert!(said.out.contains("nothing is pending any more"), "{}", said.out);
    assert!(fickle.pending().is_empty());
    assert!(fickle.typed(&[], "").ends(0).out.starts_with("nothing is pending in"));
    fickle.stop();
}

/// The value is hidden in the profile and in all snapshots, so that the next run differs in nothing.
#[test]
fn a_value_that_changes_on_every_run() {
    let fickle = Fickle::new();
    let before = fickle.files();
    // Only one value differs in the first: it needs no question. In the third there are two.
    let said = fickle.typed(&[], "v").ends(4);
    assert!(said.out.contains("$.Message is hidden as [redacted string]"), "{}", said.out);
    assert!(said.out.contains("2 snapshots no longer pending"), "{}", said.out);
    let after = fickle.files();
    let added = "redact:\n  $.Message: string\n";
    assert_eq!(after["mock-bss.yaml"], format!("{}{added}", before["mock-bss.yaml"]), "nothing else is touched");
    assert_eq!(fickle.pending().len(), 2);
    assert!(!fickle.typed(&[], "").ends(4).out.contains("$.Message: "));

    // The other value is hidden too: all is settled, and the next run says the same.
    fickle.typed(&[], "v").ends(0);
    assert!(fickle.files()["mock-bss.yaml"].ends_with("  $.Message: string\n  $.SendNotification: boolean\n"));
    fickle.round.store(3, Ordering::SeqCst);
    fickle.sandbox.run(&[&ONE[..], &["--check"]].concat()).ends(0);
    fickle.stop();
}

#[test]
fn one_of_several_values_is_asked_for_and_taken_back() {
    let fickle = Fickle::new();
    let before = fickle.files();
    let said = fickle.typed(&["suspend.subscriptions"], "vq").ends(4);
    assert!(said.out.contains("1 of 2"), "only what was named: {}", said.out);
    assert!(said.out.contains("1  $.Message (string)") && said.out.contains("2  $.SendNotification (boolean)"));
    assert_eq!(fickle.files(), before);
    fickle.typed(&["suspend.subscriptions"], "v2u").ends(4);
    assert_eq!(fickle.files(), before);
    fickle.typed(&["suspend.subscriptions"], "v2").ends(4);
    assert!(fickle.files()["mock-bss.yaml"].ends_with("redact:\n  $.SendNotification: boolean\n"));
    // A profile that cannot be edited without touching something else is left alone, and the line is shown.
    let odd = format!("{}...\n", before["mock-bss.yaml"]);
    fickle.sandbox.file("mock-bss.yaml", &odd);
    let said = fickle.typed(&[], "v").ends(4);
    assert!(said.out.contains("was not touched") && said.out.contains("\"$.Message\": string"), "{}", said.out);
    assert_eq!(fickle.sandbox.read("mock-bss.yaml"), odd);
    #[cfg(unix)]
    {
        let profile = fickle.sandbox.path().join("mock-bss.yaml");
        fickle.sandbox.file("config/acme.yaml", &before["mock-bss.yaml"]);
        std::fs::remove_file(&profile).unwrap();
        std::os::unix::fs::symlink("config/acme.yaml", &profile).unwrap();
        fickle.typed(&["buy"], "v").ends(0);
        assert!(profile.is_symlink(), "what a link points to is edited, and the link stays");
        assert!(fickle.sandbox.read("config/acme.yaml").ends_with("redact:\n  $.Message: string\n"));
    }
    fickle.stop();
}

#[test]
fn what_a_check_left_in_its_folder() {
    let fickle = Fickle::new();
    fickle.typed(&[], "rrrr").ends(0);
    fickle.sandbox.run(&[&ONE[..], &["--check"]].concat()).ends(4);
    let run = fickle.sandbox.latest();
    let from = ["--from", run.to_str().unwrap()];
    let said = fickle.typed(&from, "a").ends(4);
    assert!(said.out.contains("1 of 4") && said.out.contains("2 of 4"), "{}", said.out);
    assert!(fickle.pending().is_empty(), "nothing is written beside the accepted ones but what was accepted");
    let said = fickle.typed(&from, "A").ends(0);
    assert!(said.out.contains("1 of 3"), "what was accepted is not asked about again: {}", said.out);
    fickle.sandbox.run(&[&ONE[..], &["--check"]].concat()).ends(0);
    fickle.sandbox.run(&["review", "--from", "nowhere"]).ends(2);
    fickle.stop();
}

#[cfg(unix)]
mod terminal {
    use super::*;
    use rexpect::session::{Options, PtySession, spawn_with_options};

    /// Somebody at a terminal. The program runs below a shell, which says afterwards what became of the terminal.
    struct Person(PtySession);

    impl Person {
        fn sits_down(folder: &Path, environment: &[(&str, &str)]) -> Self {
            let program = env!("CARGO_BIN_EXE_mock-bss");
            let script = format!(
                "sh -c 'echo $$ > pid; exec \"{program}\" review'; code=$?; echo code=$code; stty -a; echo end-of-test"
            );
            let mut command = std::process::Command::new("sh");
            command.args(["-c", &script]).current_dir(folder).env("TERM", "xterm").env_remove("NO_COLOR");
            command.envs(environment.iter().copied());
            // Long enough for a busy machine; nothing is measured.
            let options = Options::new().timeout_ms(Some(60_000));
            Self(spawn_with_options(command, options).unwrap())
        }

        /// Waits for a text (in ASCII: the session takes bytes for characters); gives what came before it.
        #[track_caller]
        fn sees(&mut self, text: &str) -> String {
            self.0.exp_string(text).unwrap_or_else(|error| panic!("{text}: {error}"))
        }

        fn presses(&mut self, keys: &str) {
            self.0.send(keys).unwrap();
            self.0.flush().unwrap();
        }

        /// The program is over, with this code, and lines are edited and shown again.
        #[track_caller]
        fn leaves(mut self, code: i32) {
            self.sees(&format!("code={code}\r\n"));
            let modes = self.sees("end-of-test");
            for mode in ["icanon", "isig", "opost"] {
                assert!(modes.contains(mode) && !modes.contains(&format!("-{mode}")), "{mode}: {modes}");
            }
        }
    }

    #[test]
    fn single_keys_decide() {
        let fickle = Fickle::new();
        let before = fickle.files();
        let mut person = Person::sits_down(fickle.sandbox.path(), &[("NO_COLOR", "1")]);
        person.sees("subscriptions/suspend/buy.subscriptions-create-check.snap");
        person.sees("quit > ");
        person.presses("a");
        person.sees("accepted subscriptions/suspend/buy.subscriptions-create-check.snap\r\n");
        person.sees("2 of 4");
        person.presses("r");
        person.sees("rejected");
        person.sees("3 of 4");
        person.presses("u");
        person.sees("taken back: rejected");
        person.sees("2 of 4");
        person.presses("v");
        person.sees("$.Message is hidden as [redacted string]");
        person.sees("3 of 4");
        person.presses("v");
        person.sees("$.SendNotification is hidden");
        person.sees("that was the last of 4");
        person.presses("uu");
        person.sees("taken back: $.SendNotification");
        person.sees("taken back: $.Message");
        person.sees("2 of 4");
        person.presses("?");
        person.sees("undo the last decision");
        person.presses("q");
        person.sees("3 still pending in");
        person.leaves(4);
        let after = fickle.files();
        assert_eq!(after["mock-bss.yaml"], before["mock-bss.yaml"]);
        assert_eq!(fickle.pending().len(), 3);
        fickle.stop();
    }

    #[test]
    fn ctrl_c_and_a_signal_leave_a_terminal_that_works() {
        let fickle = Fickle::new();
        let mut person = Person::sits_down(fickle.sandbox.path(), &[]);
        person.sees("\x1b[1m1 of 4\x1b[0m");
        person.presses("s");
        person.sees("skipped");
        person.presses("\x03");
        person.sees("4 still pending");
        person.leaves(130);

        let mut person = Person::sits_down(fickle.sandbox.path(), &[]);
        person.sees("quit");
        let pid = fickle.sandbox.read("pid");
        assert!(std::process::Command::new("kill").args(["-TERM", pid.trim()]).status().unwrap().success());
        person.sees("4 still pending");
        person.leaves(130);

        let mut person = Person::sits_down(fickle.sandbox.path(), &[]);
        person.sees("quit");
        person.presses("\x1b");
        person.leaves(4);
        fickle.stop();
    }
}
