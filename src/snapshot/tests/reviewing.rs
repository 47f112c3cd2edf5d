//! Going through pending snapshots: keys without a terminal, decisions with files.

use crate::snapshot::{
    Compared, Desk, Edits, Effect, Header, Item, Key, Review, SnapshotError, SnapshotName, Standing, format,
    tests::rules, write_pending,
};
use std::{collections::BTreeMap, fs, path::Path};

fn name(text: &str) -> SnapshotName {
    SnapshotName::parse(text).unwrap()
}

fn answer(body: &str) -> String {
    format!("HTTP 200 application/json\n{body}")
}

fn item(text: &str, old: Option<&str>, new: &str) -> Item {
    Item::new(name(text), Compared::new(Header::default(), old.map(answer), answer(new)))
}

/// Two calls of one scenario and one of another; the second call differs in two values.
fn review() -> Review {
    Review::new(vec![
        item("a/one/buy.create.snap", Some("{\"Key\": \"x\"}"), "{\"Key\": \"y\"}"),
        item("a/one/cancel.cancel.snap", Some("{\"Key\": \"x\", \"Seats\": 1}"), "{\"Key\": \"y\", \"Seats\": 2}"),
        item("a/two/buy.create.snap", None, "{\"Key\": \"y\"}"),
    ])
}

fn shown(review: &Review) -> Option<usize> {
    review.current().map(|(index, _)| index)
}

/// Does what a key asks for, as if every file could be written.
fn type_in(review: &mut Review, keys: &str) -> Effect {
    let mut last = Effect::Back;
    for key in keys.chars() {
        last = review.press(Key::of(key));
        match last.clone() {
            Effect::Accept(indices) => review.accepted(&indices, Edits::default()),
            Effect::Reject(index) => review.rejected(index, Edits::default()),
            Effect::Undo => review.taken_back(),
            Effect::Redact(value) => {
                let hide = rules(&[(&value.path, value.kind)], &[]);
                let hidden = |text: &str| hide.hide(text).unwrap_or_else(|| text.to_owned());
                let pending = review.items().iter().map(|item| {
                    let compared = &item.compared;
                    (item.name.clone(), compared.old.as_deref().map(hidden), hidden(&compared.new))
                });
                let pending = pending.collect();
                review.redacted(&value, pending, Edits::default());
            }
            _ => {}
        }
    }
    last
}

fn standings(review: &Review) -> Vec<Standing> {
    review.items().iter().map(|item| item.standing).collect()
}

use Standing::{Accepted, Open, Rejected, Settled, Skipped};

#[test]
fn each_key_is_a_decision_and_the_next_one_is_shown() {
    let mut review = review();
    assert_eq!(shown(&review), Some(0));
    type_in(&mut review, "ars");
    assert_eq!(standings(&review), [Accepted, Rejected, Skipped]);
    assert_eq!((shown(&review), review.waiting()), (None, 1));
    assert_eq!(review.press(Key::Quit), Effect::End);
}

/// Nothing counts before it is reported back: what could not be written was not decided.
#[test]
fn a_decision_that_could_not_be_written_is_none() {
    let mut review = review();
    for key in [Key::Accept, Key::Reject, Key::Varies] {
        review.press(key);
        assert_eq!((shown(&review), standings(&review)), (Some(0), vec![Open; 3]), "{key:?}");
    }
    assert!(review.last().is_none());
}

#[test]
fn a_whole_scenario_is_accepted_but_not_what_was_skipped_or_belongs_to_another() {
    let mut one = review();
    type_in(&mut one, "A");
    assert_eq!((standings(&one), shown(&one)), (vec![Accepted, Accepted, Open], Some(2)));
    let mut two = review();
    type_in(&mut two, "sA");
    assert_eq!(standings(&two), [Skipped, Accepted, Open]);
}

#[test]
fn every_decision_can_be_taken_back_to_the_first() {
    let mut review = review();
    assert!(matches!(review.press(Key::Undo), Effect::Refuse(_)));
    type_in(&mut review, "sAa");
    assert_eq!(shown(&review), None);
    assert_eq!(type_in(&mut review, "u"), Effect::Undo, "also the last one");
    assert_eq!((standings(&review), shown(&review)), (vec![Skipped, Accepted, Open], Some(2)));
    type_in(&mut review, "uu");
    assert_eq!((standings(&review), shown(&review)), (vec![Open; 3], Some(0)));
}

#[test]
fn a_value_that_differs_is_hidden_everywhere() {
    let mut review = review();
    let Effect::Redact(value) = type_in(&mut review, "v") else { panic!("one value is not asked about") };
    assert_eq!((value.path.as_str(), value.kind, value.count), ("$.Key", "string", 1));
    assert_eq!(standings(&review), [Settled, Open, Open]);
    assert_eq!(shown(&review), Some(1));
    let changes = &review.items()[1].compared.changed().unwrap().changes;
    assert_eq!(changes.iter().map(|change| change.path.to_string()).collect::<Vec<_>>(), ["$.Seats"]);
    assert!(review.items()[2].compared.new.contains("[redacted string]"));
    type_in(&mut review, "u");
    assert_eq!((standings(&review), shown(&review)), (vec![Open; 3], Some(0)));
    assert!(review.items()[2].compared.new.contains("\"y\""));
}

#[test]
fn one_of_several_values_is_chosen() {
    let mut review = review();
    assert_eq!(type_in(&mut review, "sv"), Effect::Choose);
    let (values, rest) = review.choices();
    assert_eq!(values.iter().map(|value| value.path.as_str()).collect::<Vec<_>>(), ["$.Key", "$.Seats"]);
    assert_eq!(rest, 0);
    assert!(matches!(type_in(&mut review, "3"), Effect::Refuse(_)));
    assert!(matches!(type_in(&mut review, "a"), Effect::Back), "a letter decides nothing while a value is chosen");
    assert_eq!(standings(&review), [Skipped, Open, Open]);
    type_in(&mut review, "v2");
    let changes = &review.items()[1].compared.changed().unwrap().changes;
    assert_eq!(changes.iter().map(|change| change.path.to_string()).collect::<Vec<_>>(), ["$.Key"]);
    assert_eq!(shown(&review), Some(1), "something else still differs");
}

#[test]
fn many_values_are_offered_in_pages() {
    let body = |value: u32| {
        let members: Vec<_> = (0..20).map(|index| format!("\"V{index:02}\": {value}")).collect();
        format!("{{{}}}", members.join(", "))
    };
    let mut review = Review::new(vec![item("a/one/buy.create.snap", Some(&body(1)), &body(2))]);
    type_in(&mut review, "v");
    assert_eq!((review.choices().0.len(), review.choices().1), (9, 11));
    type_in(&mut review, "mm");
    assert_eq!(review.choices().0.last().unwrap().path, "$.V19");
    type_in(&mut review, "m");
    assert_eq!(review.choices().0[0].path, "$.V00", "round again");
    let Effect::Redact(value) = type_in(&mut review, "m2") else { panic!() };
    assert_eq!(value.path, "$.V10");
}

#[test]
fn only_values_that_a_redaction_can_hide_are_offered() {
    let offered = |old: &str, new: &str| -> Vec<(String, &str, usize)> {
        let compared = Compared::new(Header::default(), Some(answer(old)), answer(new));
        compared.varying().into_iter().map(|value| (value.path, value.kind, value.count)).collect()
    };
    assert_eq!(offered("{\"A\": 1}", "{\"A\": \"1\"}"), [], "another type is what somebody must see");
    assert_eq!(offered("{\"A\": 1}", "{\"B\": 1}"), []);
    assert_eq!(offered("{\"A\": null}", "{\"A\": \"x\"}"), []);
    assert_eq!(offered("\"one\"", "\"two\""), [], "the whole answer is no value");
    assert_eq!(offered("{\"A\": true}", "{\"A\": false}"), [("$.A".to_owned(), "boolean", 1)]);
    // A number that is an id stands as text in a snapshot.
    assert_eq!(offered("{\"A\": \"[asset#1 number]\"}", "{\"A\": 7}"), [("$.A".to_owned(), "number", 1)]);
    assert_eq!(
        offered("{\"L\": [{\"a b\": \"1\"}, {\"a b\": \"2\"}]}", "{\"L\": [{\"a b\": \"3\"}, {\"a b\": \"4\"}]}"),
        [("$.L[*]['a b']".to_owned(), "string", 2)]
    );
    let mut new = review();
    type_in(&mut new, "ss");
    assert!(matches!(new.press(Key::Varies), Effect::Refuse(_)), "nothing differs where nothing was accepted");
}

/// Every file below a folder.
fn files(root: &Path) -> BTreeMap<String, String> {
    let list = super::super::files::list(root).unwrap();
    list.into_iter().map(|file| (file.clone(), fs::read_to_string(root.join(file)).unwrap())).collect()
}

fn accept_file(root: &Path, snapshot: &str, body: &str) {
    let path = name(snapshot).file(root);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format::write(&Header::default(), &answer(body))).unwrap();
}

fn propose(root: &Path, snapshot: &str, body: &str) {
    let header = Header { source: "s.yaml".into(), expression: "buy create Subscriptions/Create".into() };
    write_pending(root, &name(snapshot), &header, &answer(body)).unwrap();
}

#[test]
fn what_waits_is_listed_with_what_it_would_replace() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    accept_file(root, "a/one/buy.create.snap", "{\"Seats\": 1}");
    propose(root, "a/one/buy.create.snap", "{\"Seats\": 2}");
    propose(root, "a/one/new.create.snap", "{}");
    let items = Desk::new(root, root).items(|_| true).unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0].compared.header.expression, "buy create Subscriptions/Create");
    assert_eq!(items[0].compared.old.as_deref(), Some(&*answer("{\"Seats\": 1}")));
    assert!(items[1].compared.changed().is_none());
    assert_eq!(Desk::new(root, root).items(|name| name.as_str().contains("new")).unwrap().len(), 1);
    // The same, written in another way: nothing to decide.
    accept_file(root, "a/one/new.create.snap", "{ }");
    assert_eq!(Desk::new(root, root).items(|_| true).unwrap().len(), 1);
}

#[test]
fn files_follow_a_decision_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    accept_file(root, "a/one/buy.create.snap", "{\"Seats\": 1}");
    propose(root, "a/one/buy.create.snap", "{\"Seats\": 2}");
    let before = files(root);
    let desk = Desk::new(root, root);
    let edits = desk.accept(&[&name("a/one/buy.create.snap")]).unwrap();
    assert_eq!(files(root), before, "nothing happens before it is applied");
    edits.apply().unwrap();
    assert_eq!(files(root).len(), 1);
    assert_eq!(files(root)["a/one/buy.create.snap"], before["a/one/buy.create.snap.new"]);
    edits.undo().unwrap();
    assert_eq!(files(root), before);
    let edits = desk.reject(&name("a/one/buy.create.snap")).unwrap();
    edits.apply().unwrap();
    assert_eq!(files(root).keys().collect::<Vec<_>>(), ["a/one/buy.create.snap"]);
    edits.undo().unwrap();
    assert_eq!(files(root), before);
}

/// A run may write the same files while somebody thinks.
#[test]
fn what_somebody_else_wrote_meanwhile_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for snapshot in ["a/one/buy.create.snap", "a/one/cancel.cancel.snap"] {
        propose(root, snapshot, "{\"Seats\": 2}");
    }
    let both = [&name("a/one/buy.create.snap"), &name("a/one/cancel.cancel.snap")];
    let desk = Desk::new(root, root);
    let edits = desk.accept(&both).unwrap();
    propose(root, "a/one/cancel.cancel.snap", "{\"Seats\": 3}");
    let before = files(root);
    assert!(matches!(edits.apply(), Err(SnapshotError::Meanwhile { .. })));
    assert_eq!(files(root), before, "all or nothing");
    let edits = desk.accept(&both).unwrap();
    edits.apply().unwrap();
    accept_file(root, "a/one/buy.create.snap", "{\"mended\": \"by hand\"}");
    let before = files(root);
    assert!(matches!(edits.undo(), Err(SnapshotError::Meanwhile { .. })));
    assert_eq!(files(root), before);
}

#[test]
fn a_run_keeps_its_pending_snapshots_when_they_are_accepted_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let (root, run) = (folder.path().join("snapshots"), folder.path().join("run"));
    propose(&run, "a/one/buy.create.snap", "{\"Seats\": 2}");
    propose(&root, "a/one/buy.create.snap", "{\"Seats\": 3}");
    let before = (files(&root), files(&run));
    let desk = Desk::new(&root, &run);
    let edits = desk.accept(&[&name("a/one/buy.create.snap")]).unwrap();
    edits.apply().unwrap();
    assert_eq!(files(&root).keys().collect::<Vec<_>>(), ["a/one/buy.create.snap"], "an older pending one is gone");
    assert_eq!(files(&run), before.1);
    assert!(desk.items(|_| true).unwrap().is_empty(), "it is not asked about again");
    edits.undo().unwrap();
    assert_eq!((files(&root), files(&run)), before);
}

#[test]
fn hiding_a_value_rewrites_what_holds_it_and_settles_what_differs_in_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    accept_file(root, "a/one/buy.create.snap", "{\n  \"Key\": \"x\"\n}");
    propose(root, "a/one/buy.create.snap", "{\n  \"Key\": \"y\"\n}");
    accept_file(root, "a/one/cancel.cancel.snap", "{\n  \"Key\": \"x\",\n  \"Seats\": 1\n}");
    propose(root, "a/one/cancel.cancel.snap", "{\n  \"Key\": \"y\",\n  \"Seats\": 2\n}");
    propose(root, "a/one/new.create.snap", "{\n  \"Key\": \"y\"\n}");
    accept_file(root, "b/same.create.snap", "{\n  \"Key\": \"z\"\n}");
    accept_file(root, "b/other.create.snap", "{\n  \"Key\": 1\n}");
    let before = files(root);
    let done = Desk::new(root, root).redact(&rules(&[("$.Key", "string")], &[])).unwrap();
    assert_eq!((done.pending.len(), done.accepted), (3, 3));
    done.edits.apply().unwrap();
    let after = files(root);
    assert!(!after.contains_key("a/one/buy.create.snap.new"));
    for (file, text) in &after {
        assert_eq!(text.contains("[redacted string]"), file != "b/other.create.snap", "{file}");
    }
    assert_eq!(
        after["a/one/cancel.cancel.snap.new"],
        before["a/one/cancel.cancel.snap.new"].replace("\"y\"", "\"[redacted string]\""),
        "header and the rest stay"
    );
    done.edits.undo().unwrap();
    assert_eq!(files(root), before);
}

#[test]
fn a_checkout_of_windows_keeps_its_line_breaks() {
    let text = "---\r\nsource: a/b.yaml\r\nexpression: \"x: y\"\r\nextra: kept\r\n---\r\nHTTP 204\r\n";
    assert_eq!(format::with_content(text, "HTTP 200\n{}").unwrap(), text.replace("HTTP 204", "HTTP 200\r\n{}"));
    assert_eq!(format::header(text), Header { source: "a/b.yaml".into(), expression: "x: y".into() });
    assert_eq!(format::with_content("HTTP 204", "HTTP 200"), None);
}

#[cfg(unix)]
#[test]
fn a_private_file_stays_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock-bss.yaml");
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let mut edits = Edits::default();
    edits.add(folder.path(), file.clone(), Some(b"old".to_vec()), Some(b"new".to_vec()));
    edits.apply().unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}
