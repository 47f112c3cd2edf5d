use crate::snapshot::{
    Accepted, Baseline, Comparison, Embedded, Folder, Header, Layered, Recording, SnapshotError, SnapshotName, accept,
    copy_pending, discard_pending, format, judge, pending, reject, unreferenced, write_pending,
};
use std::{collections::HashSet, fs, path::Path, process::Command};

fn name(text: &str) -> SnapshotName {
    SnapshotName::parse(text).unwrap()
}

fn header() -> Header {
    Header { source: "scenarios/a/b.yaml".into(), expression: "s c Subscriptions/Create".into() }
}

fn propose(root: &Path, snapshot: &str, content: &str) -> bool {
    write_pending(root, &name(snapshot), &header(), content).unwrap().is_some()
}

fn waiting(root: &Path) -> Vec<String> {
    pending(root).unwrap().into_iter().map(|pending| pending.name.to_string()).collect()
}

fn put(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

const CONTENTS: [&str; 6] = [
    "HTTP 204",
    "HTTP 200 application/json\n{\n  \"Code\": 0\n}",
    "HTTP 200 text/html\n\"<p>\\r\\n---\\n</p>\"",
    "HTTP 200 application/json\n[\n  \"---\",\n  \"é 😀\",\n  \"source: x\"\n]",
    "HTTP 200 application/json\n\"\"",
    "HTTP 200\n---\nnot ours, but a snapshot",
];

#[test]
fn what_is_written_here_is_read_by_insta_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.snap");
    let headers = [
        "",
        "plain",
        "true",
        "no",
        "1.5",
        "a: b",
        "# x",
        "\"q\" \\ é",
        "a/b.yaml",
        "tab\t\nline",
        "- x",
        "x ",
        "'",
        "inf",
        "C:\\x",
    ];
    for content in CONTENTS {
        for text in headers {
            let header = Header { source: text.into(), expression: text.into() };
            fs::write(&file, format::write(&header, content)).unwrap();
            let snapshot = insta::Snapshot::from_file(&file).unwrap();
            assert_eq!(snapshot.as_text().unwrap().to_string(), content);
            assert_eq!((snapshot.metadata().source(), snapshot.metadata().expression()), (Some(text), Some(text)));
            assert_eq!(format::content(&file, fs::read(&file).unwrap()).unwrap(), content);
            assert_eq!(format::through_insta(&file).unwrap(), content);
            // What `cargo insta review` saves when it accepts.
            snapshot.save(&file).unwrap();
            assert_eq!(format::content(&file, fs::read(&file).unwrap()).unwrap(), content);
        }
    }
    // The usual header is written as insta writes it: accepting with either tool gives the same bytes.
    let ours = format::write(&header(), CONTENTS[1]);
    fs::write(&file, &ours).unwrap();
    insta::Snapshot::from_file(&file).unwrap().save(&file).unwrap();
    if std::env::var_os("INSTA_YAML_BLOCK_STYLE").is_none() {
        assert_eq!(fs::read_to_string(&file).unwrap(), ours);
    }
}

#[test]
fn files_of_a_windows_checkout_and_of_other_tools_are_read() {
    for text in [
        "---\r\nsource: x\r\n---\r\nHTTP 200\r\n{}\r\n",
        "\u{feff}---\nsource: x\n---\nHTTP 200\n{}",
        "--- \ninfo:\n  a: .inf\n---\nHTTP 200\n{}\n\n\n",
        "---\ndescription: \"d\"\nassertion_line: 7\n--- \nHTTP 200\n{}",
    ] {
        assert_eq!(format::read(text).unwrap(), "HTTP 200\n{}", "{text:?}");
    }
}

#[test]
fn a_file_that_is_no_snapshot_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for text in ["", "HTTP 200", "---\nsource: x\nsnapshot_kind: binary\nextension: png\n---\n", "---\n.inf: .inf"] {
        put(folder.path(), "a/b/s.c.snap", text);
        let error = Folder::new(folder.path()).get(&name("a/b/s.c.snap")).map(drop);
        // insta reads a header without an end as a snapshot without content.
        let message = error.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(
            message.contains("s.c.snap is not a snapshot") && message.contains("restore it"),
            "{text:?}: {message}"
        );
    }
    fs::write(folder.path().join("a/b/s.c.snap"), b"---\n---\n\xff").unwrap();
    assert!(Folder::new(folder.path()).get(&name("a/b/s.c.snap")).unwrap_err().to_string().contains("not UTF-8"));
}

#[test]
fn a_snapshot_is_pending_until_it_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let (root, accepted) = (folder.path(), Folder::new(folder.path()));
    let (one, two) = ("a/b/s.c.snap", "a/b/t.c.snap");
    assert_eq!(accepted.get(&name(one)).unwrap(), None);
    assert!(propose(root, one, "HTTP 200\n1") && propose(root, two, "HTTP 200\n1"));
    assert_eq!(waiting(root), [one, two]);
    assert_eq!(accepted.get(&name(one)).unwrap(), None, "what is pending is not accepted");

    assert_eq!(accept(root, |n| n.as_str() == one).unwrap(), [name(one)]);
    assert_eq!(accepted.get(&name(one)).unwrap().as_deref(), Some("HTTP 200\n1"));
    assert_eq!(waiting(root), [two]);

    assert_eq!(reject(root, |_| true).unwrap(), [name(two)]);
    assert!(waiting(root).is_empty());
    assert_eq!(accepted.get(&name(two)).unwrap(), None);

    assert!(propose(root, one, "HTTP 200\n2"));
    let waits = &pending(root).unwrap()[0];
    assert_eq!((waits.is_new, waits.content().unwrap().as_str()), (false, "HTTP 200\n2"));
    assert_eq!(accepted.get(&name(one)).unwrap().as_deref(), Some("HTTP 200\n1"), "never over an accepted one");
    assert!(!propose(root, one, "HTTP 200\n1"), "what is accepted has nothing to wait for");
    assert!(waiting(root).is_empty(), "and an older proposal is gone");

    assert!(propose(root, one, "HTTP 200\n3"));
    assert!(discard_pending(root, &name(one)).unwrap() && !discard_pending(root, &name(one)).unwrap());
    let used = HashSet::from([name(two)]);
    assert_eq!(unreferenced(root, &used).unwrap(), [name(one)]);
    assert!(pending(&root.join("not there")).unwrap().is_empty());
}

#[test]
fn a_proposal_equal_to_what_is_accepted_is_removed_and_the_accepted_file_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = "---\ndescription: mine\n---\nHTTP 200\n";
    put(folder.path(), "a/b/s.c.snap", text);
    put(folder.path(), "a/b/s.c.snap.new", "---\nsource: x\n---\nHTTP 200\n");
    assert_eq!(accept(folder.path(), |_| true).unwrap().len(), 1);
    assert_eq!(fs::read_to_string(folder.path().join("a/b/s.c.snap")).unwrap(), text);
    assert!(waiting(folder.path()).is_empty());
}

#[test]
fn a_broken_proposal_never_takes_the_place_of_an_accepted_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a/b/s.c.snap", "---\n---\nHTTP 200\n");
    put(folder.path(), "a/b/s.c.snap.new", "");
    assert!(matches!(accept(folder.path(), |_| true), Err(SnapshotError::Unreadable { .. })));
    assert_eq!(Folder::new(folder.path()).get(&name("a/b/s.c.snap")).unwrap().as_deref(), Some("HTTP 200"));
}

#[test]
fn what_a_killed_run_leaves_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a/b/.mock-bss-x1y2z3.tmp", "---\nhalf");
    put(folder.path(), "a/b/.hidden.snap", "---\nhalf");
    put(folder.path(), "a/b/notes.txt", "mine");
    assert!(propose(folder.path(), "a/b/s.c.snap", "HTTP 200"));
    assert_eq!(waiting(folder.path()), ["a/b/s.c.snap"]);
    accept(folder.path(), |_| true).unwrap();
    assert_eq!(unreferenced(folder.path(), &HashSet::new()).unwrap(), [name("a/b/s.c.snap")]);
    let left: Vec<_> = fs::read_dir(folder.path().join("a/b")).unwrap().collect();
    assert_eq!(left.len(), 4, "nothing of another's is touched and nothing temporary is left: {left:?}");
}

#[test]
fn proposals_of_a_run_are_copied_and_the_run_stays_as_it_is() {
    let (run, mine) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(propose(run.path(), "a/b/s.c.snap", "HTTP 200\n1") && propose(run.path(), "a/b/t.c.snap", "HTTP 200\n2"));
    put(mine.path(), "a/b/t.c.snap", "---\n---\nHTTP 200\n2\n");
    assert_eq!(copy_pending(run.path(), mine.path(), |_| true).unwrap(), [name("a/b/s.c.snap")]);
    assert_eq!(waiting(mine.path()), ["a/b/s.c.snap"]);
    assert_eq!(waiting(run.path()).len(), 2);
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(outside.path(), "s.c.snap", "---\n---\nHTTP 200\n");
    put(outside.path(), "s.c.snap.new", "---\n---\nHTTP 500\n");
    fs::create_dir(folder.path().join("a")).unwrap();
    symlink(outside.path(), folder.path().join("a/b")).unwrap();
    let refused = |result: Result<(), SnapshotError>| matches!(result, Err(SnapshotError::Link { path }) if path.ends_with("a/b"));
    let snapshot = name("a/b/s.c.snap");
    assert!(refused(Folder::new(folder.path()).get(&snapshot).map(drop)));
    assert!(refused(write_pending(folder.path(), &snapshot, &header(), "HTTP 204").map(drop)));
    assert!(refused(discard_pending(folder.path(), &snapshot).map(drop)));
    assert!(waiting(folder.path()).is_empty() && accept(folder.path(), |_| true).unwrap().is_empty());
    assert!(fs::read_to_string(outside.path().join("s.c.snap")).unwrap().contains("200"));
    // A folder that is itself reached through a link is the user's choice.
    symlink(folder.path(), outside.path().join("root")).unwrap();
    assert!(propose(&outside.path().join("root"), "x/y/s.c.snap", "HTTP 200"));
    let mode = fs::metadata(folder.path().join("x/y/s.c.snap.new")).unwrap().permissions().mode();
    assert_ne!(mode & 0o044, 0, "snapshots are shared files");
}

#[test]
fn layers_are_asked_in_their_order() {
    let (mine, built_in) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(built_in.path(), "a/b/s.c.snap", "---\n---\nHTTP 200\n");
    put(built_in.path(), "a/b/t.c.snap", "---\n---\nHTTP 200\n");
    put(mine.path(), "a/b/s.c.snap", "---\n---\nHTTP 404\n");
    let layered = Layered(vec![Box::new(Folder::new(mine.path())), Box::new(Folder::new(built_in.path()))]);
    let get = |text| layered.get(&name(text)).unwrap().map(|content| content.into_owned());
    assert_eq!(get("a/b/s.c.snap").as_deref(), Some("HTTP 404"));
    assert_eq!(get("a/b/t.c.snap").as_deref(), Some("HTTP 200"));
    assert_eq!(get("a/b/u.c.snap"), None);
    assert!(matches!(judge(&layered, &name("a/b/s.c.snap"), "HTTP 200").unwrap(), Comparison::Changed(_)));
    assert!(judge(&layered, &name("a/b/t.c.snap"), "HTTP 200").unwrap().is_same());
}

#[test]
fn embedded_snapshots_are_found_by_the_same_names() {
    use include_dir::{Dir, DirEntry, File};
    static FILES: &[DirEntry<'_>] =
        &[DirEntry::File(File::new("reference/a/s.c.snap", b"---\n---\r\nHTTP 200\r\n{}\r\n"))];
    static INNER: &[DirEntry<'_>] = &[DirEntry::Dir(Dir::new("reference/a", FILES))];
    let embedded = Embedded::new(&Dir::new("reference", INNER));
    assert_eq!(embedded.get(&name("a/s.c.snap")).unwrap().as_deref(), Some("HTTP 200\n{}"));
    assert_eq!(embedded.get(&name("reference/a/s.c.snap")).unwrap(), None);
}

#[test]
fn a_run_is_judged_again_by_what_it_was_judged_by() {
    let folder = tempfile::tempdir().unwrap();
    let (root, path) = (folder.path().join("snapshots"), folder.path().join("baseline.jsonl"));
    let (known, new) = (name("a/b/s.c.snap"), name("a/b/t.c.snap"));
    put(&root, known.as_str(), "---\n---\nHTTP 200\n{\n  \"a\": \"é\"\n}\n");
    let recording = Recording::create(&path, Folder::new(&root)).unwrap();
    let verdicts = |accepted: &dyn Accepted| {
        [(&known, "HTTP 200\n{}"), (&known, "HTTP 200\n{\n  \"a\": \"é\"\n}"), (&new, "HTTP 200")]
            .map(|(name, content)| judge(accepted, name, content).unwrap())
    };
    let live = verdicts(&recording);
    recording.sync().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "{\"name\":\"a/b/s.c.snap\",\"content\":\"HTTP 200\\n{\\n  \\\"a\\\": \\\"é\\\"\\n}\"}\n{\"name\":\"a/b/t.c.snap\",\"content\":null}\n"
    );
    assert!(Recording::create(&path, Folder::new(&root)).is_err(), "a baseline is never overwritten");
    // Later somebody accepts other things, and the run's last line was cut off.
    put(&root, new.as_str(), "---\n---\nHTTP 200\n");
    fs::remove_file(root.join("a/b/s.c.snap")).unwrap();
    fs::write(&path, format!("{text}{{\"name\":\"a/")).unwrap();
    let baseline = Baseline::open(&path).unwrap();
    assert_eq!(verdicts(&baseline), live);
    assert_eq!(baseline.get(&name("x/y/z.c.snap")).unwrap(), None);

    for (line, reason) in [
        ("nonsense", "not JSON"),
        ("{\"name\":\"../x.snap\",\"content\":null}", "leads out"),
        ("{\"name\":\"a.snap\"}", "no content"),
    ] {
        fs::write(&path, format!("{text}{line}\n")).unwrap();
        let error = Baseline::open(&path).unwrap_err().to_string();
        assert!(error.contains("baseline.jsonl:3: ") && error.contains(reason), "{error}");
    }
}

/// Setting a variable in this process would disturb other tests, so these tests are run in another one.
#[test]
fn no_variable_of_insta_has_any_influence() {
    let folder = tempfile::tempdir().unwrap();
    for test in [
        "a_snapshot_is_pending_until_it_is_accepted",
        "what_is_written_here_is_read_by_insta_and_back",
        "layers_are_asked_in_their_order",
    ] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([&format!("snapshot::tests::files::{test}"), "--exact"])
            .envs([("INSTA_UPDATE", "always"), ("INSTA_FORCE_PASS", "1"), ("INSTA_YAML_BLOCK_STYLE", "1")])
            .envs([("INSTA_OUTPUT", "nonsense"), ("INSTA_REQUIRE_FULL_MATCH", "1"), ("CI", "true")])
            .env("INSTA_PENDING_DIR", folder.path().join("pending"))
            .env("INSTA_WARNINGS_FILE", folder.path().join("warnings"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_baseline_holds_what_the_verdict_was_made_from() {
    #[derive(Debug)]
    struct Hasty;
    impl Accepted for Hasty {
        fn get(&self, _: &SnapshotName) -> Result<Option<std::borrow::Cow<'_, str>>, SnapshotError> {
            Ok(Some("HTTP 404".into()))
        }
        fn get_carefully(&self, _: &SnapshotName) -> Result<Option<std::borrow::Cow<'_, str>>, SnapshotError> {
            Ok(Some("HTTP 200".into()))
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baseline.jsonl");
    let recording = Recording::create(&path, Hasty).unwrap();
    for _ in 0..2 {
        assert!(judge(&recording, &name("a/b/s.c.snap"), "HTTP 200").unwrap().is_same());
    }
    recording.flush().unwrap();
    let again = Baseline::open(&path).unwrap();
    assert!(judge(&again, &name("a/b/s.c.snap"), "HTTP 200").unwrap().is_same());
}
