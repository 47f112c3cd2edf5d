//! Arrows point one way: which room may use which is a table, and the code is held against it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A room and the rooms that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("json", &[]),
    ("diagnostic", &[]),
    ("yaml", &["json", "diagnostic"]),
    ("contract", &["json"]),
    ("scenario", &["contract", "json", "diagnostic", "yaml"]),
    ("profile", &["contract", "json", "diagnostic", "yaml"]),
    ("bss", &["contract", "json"]),
    ("evidence", &["contract", "json"]),
    ("plan", &["scenario", "profile", "bss", "contract", "json"]),
    ("play", &["plan", "scenario", "profile", "bss", "evidence", "contract", "json"]),
    ("rules", &["contract", "evidence", "json"]),
    ("snapshot", &["evidence", "contract", "json"]),
    ("verdict", &["rules", "snapshot", "evidence", "contract", "json"]),
    ("report", &["verdict", "evidence", "rules", "snapshot", "json"]),
    ("certificate", &["contract", "diagnostic", "evidence", "json", "report", "rules", "snapshot", "verdict", "yaml"]),
    // It reads and writes JSON by its own names, so that no misspelt member passes on both sides.
    ("reference", &[]),
    (
        "self_test",
        &[
            "contract",
            "evidence",
            "json",
            "plan",
            "play",
            "profile",
            "reference",
            "rules",
            "scenario",
            "snapshot",
            "verdict",
        ],
    ),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms that a file names, tests and comments aside.
fn used(path: &Path) -> BTreeSet<String> {
    let is_test = path.file_stem().is_some_and(|stem| stem == "tests") || path.iter().any(|part| part == "tests");
    if is_test {
        return BTreeSet::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
    let mut rooms = BTreeSet::new();
    for (index, _) in code.match_indices("crate::") {
        let rest = &code[index + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            // `use crate::{a::…, b::{…}, c};`: the names at the first level of the braces.
            Some(list) => {
                let (mut depth, mut start, mut names) = (0, 0, Vec::new());
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => {
                            names.push(&list[start..at]);
                            break;
                        }
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            names.push(&list[start..at]);
                            start = at + 1;
                        }
                        _ => {}
                    }
                }
                names
            }
            None => vec![rest],
        };
        for name in names {
            let room: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if ROOMS.iter().any(|(known, _)| *known == room) || room == "cli" {
                rooms.insert(room);
            }
        }
    }
    rooms
}

#[test]
fn arrows_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (room, allowed) in ROOMS {
        let mut files = Vec::new();
        sources(&src.join(room), &mut files);
        assert!(!files.is_empty(), "{room}");
        for file in files {
            for other in used(&file).into_iter().filter(|other| other != room && !allowed.contains(&other.as_str())) {
                wrong.push(format!("{} uses {other}", file.strip_prefix(&src).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed: BTreeSet<_> = ROOMS.iter().map(|(room, _)| *room).chain(["cli"]).collect();
    for entry in fs::read_dir(&src).unwrap().map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir()) {
        assert!(
            listed.contains(entry.file_name().to_str().unwrap()),
            "{:?} has no place in the table",
            entry.file_name()
        );
    }
}

/// What waits is in `play`, what prints or reads the environment is in `cli`, and only `play` knows the HTTP client.
#[test]
fn each_power_has_its_room() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    for (power, rooms) in [
        ("reqwest::", &["play", "cli"][..]),
        ("tokio::time::", &["play"]),
        ("std::env::", &["cli"]),
        ("io::stdout()", &["cli"]),
        ("SystemTime", &[]),
        ("Timestamp::now", &["cli"]),
    ] {
        for file in &files {
            let inside = file.strip_prefix(&src).unwrap();
            let is_test = inside.iter().any(|part| part == "tests.rs" || part == "tests");
            let room = inside.iter().next().unwrap().to_str().unwrap();
            let text = fs::read_to_string(file).unwrap();
            let allowed = is_test || rooms.contains(&room) || room == "reference";
            assert!(allowed || !text.contains(power), "{} uses {power}", inside.display());
        }
    }
}
