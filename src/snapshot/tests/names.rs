use crate::snapshot::{Namer, SnapshotName};
use std::path::Path;

fn name(key: &str, step: &str, label: &str) -> String {
    Namer::new(key).name(step, label).to_string()
}

#[test]
fn ordinary_names_read_as_they_are() {
    assert_eq!(name("subscriptions/life", "buy", "create-check"), "subscriptions/life/buy.create-check.snap");
    assert_eq!(name("a/b.row 1", "change_quantity", "update"), "a/b.row 1/change_quantity.update.snap");
}

#[test]
fn every_name_can_be_a_path_on_windows() {
    let parts = [
        "con", "NUL.txt", "com1", "LPT¹", "aux", "a:b", "a*b", "[x]", "..", ".", "", "x. ", " x", ".git", "a\\b",
        "a\u{7}", "é ü",
    ];
    let long = "long ".repeat(100);
    for part in parts.iter().copied().chain([long.as_str()]) {
        for name in [name(part, part, part), name(&format!("area/{part}"), "s", "c")] {
            assert_eq!(SnapshotName::parse(&name).unwrap().as_str(), name);
            for piece in name.split('/') {
                let stem = piece.split('.').next().unwrap().to_uppercase();
                assert!(!["CON", "NUL", "COM1", "LPT¹", "AUX"].contains(&stem.as_str()), "{name}");
                assert!(!piece.ends_with(['.', ' ']) && !piece.starts_with(['.', ' ']) && piece.len() < 200, "{name}");
                assert!(!piece.contains([':', '*', '[', ']', '\\', '\u{7}']), "{name}");
            }
        }
    }
}

#[test]
fn different_calls_never_share_a_file_and_names_are_the_same_in_every_run() {
    assert_ne!(name("a/b:c", "s", "c"), name("a/b*c", "s", "c"));
    assert_ne!(name("a/b", "s.t", "c"), name("a/b", "s", "t.c"));
    assert_ne!(name("a/b", "s", &"x".repeat(99)), name("a/b", "s", &"x".repeat(98)));
    let many = || {
        let mut namer = Namer::new("a/b");
        [("s", "c"), ("s", "c"), ("S", "C"), ("s", "c-2"), ("t", "c")].map(|(s, c)| namer.name(s, c).to_string())
    };
    assert_eq!(many(), ["a/b/s.c.snap", "a/b/s.c-2.snap", "a/b/S.C-3.snap", "a/b/s.c-2-2.snap", "a/b/t.c.snap"]);
    assert_eq!(many(), many());
}

#[test]
fn names_from_outside_never_lead_out_of_the_folder() {
    for bad in [
        "../x.snap",
        "a/../../x.snap",
        "/etc/x.snap",
        "a//x.snap",
        "C:/x.snap",
        "a\\..\\x.snap",
        "x",
        ".snap",
        "a/.snap",
        "x.snap.new",
    ] {
        let error = SnapshotName::parse(bad).unwrap_err().to_string();
        assert!(error.contains(bad) && error.contains("it reads <area>/"), "{error}");
    }
    let name = SnapshotName::parse("a/b/s.c.snap").unwrap();
    assert_eq!(name.pending_file(Path::new("root")), Path::new("root").join("a").join("b").join("s.c.snap.new"));
}
