//! Commands of mock-bss that README and docs name without playing them: in recipes for CI, in blocks that are not run,
//! in sentences.

use crate::{markdown, util::*};
use regex::Regex;
use std::{collections::BTreeSet, sync::LazyLock};

#[test]
fn recipes_for_ci_are_yaml_and_their_commands_exist() {
    let mut commands = 0;
    let goes_on = Regex::new(r"\n\s+--").unwrap();
    for page in markdown::pages() {
        for block in page.blocks() {
            let place = format!("{}:{}", page.name, block.line);
            match (block.language.as_str(), block.mark.as_str()) {
                ("yaml", "CI") => {
                    let read: Result<serde_json::Value, _> = serde_yaml::from_str(&block.text);
                    assert!(read.is_ok_and(|value| value.is_object() || value.is_array()), "{place}: no YAML");
                    // A command that goes on in the next line is one.
                    let joined = goes_on.replace_all(&block.text, " --");
                    commands += joined.lines().filter(|line| known_to_the_program(line, &place)).count();
                }
                ("sh" | "text", mark) if mark.starts_with("not run") => {
                    for line in block.text.lines().map(|line| line.trim_start_matches("$ ")) {
                        known_to_the_program(line, &place);
                    }
                }
                ("json", _) => {
                    let read: Result<serde_json::Value, _> = serde_json::from_str(&block.text);
                    assert!(read.is_ok(), "{place}: no JSON");
                }
                ("text", mark) if mark.starts_with("the file ") => {
                    let file = std::fs::read_to_string(markdown::root().join(&mark[9..])).unwrap();
                    assert_eq!(file.trim(), block.text.trim(), "{place}");
                }
                _ => {}
            }
        }
    }
    assert!(commands >= 4);
}

#[test]
fn the_commands_in_the_prose_exist() {
    // Of curl, which is told about certificates.
    let curl = ["cacert", "cert", "connect-to"];
    let help = flags();
    let command = Regex::new(r"^mock-bss [a-z]").unwrap();
    let mut seen = 0;
    for page in markdown::pages() {
        for (line, code) in page.code() {
            let place = format!("{}:{line}", page.name);
            for part in code.split(" | ").filter(|part| command.is_match(part)) {
                seen += usize::from(known_to_the_program(part, &place));
            }
            if let Some(flag) = code.strip_prefix("--").and_then(|rest| rest.split([' ', '=']).next()) {
                let known = help.contains(&format!("--{flag}")) || curl.contains(&flag);
                assert!(known, "{place}: no command has the flag --{flag}");
            }
        }
    }
    assert!(seen > 30);
}

/// All flags of all commands.
fn flags() -> BTreeSet<String> {
    let flag = Regex::new(r"--[a-z][a-z-]*").unwrap();
    let sandbox = Sandbox::new();
    let top = sandbox.run(&["--help"]).ends(0).out;
    let names = top.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands = names.filter(|line| !line.starts_with("    ")).filter_map(|line| line.split_whitespace().next());
    let mut found = BTreeSet::new();
    for name in commands.filter(|name| *name != "help") {
        let help = sandbox.run(&[name, "--help"]).ends(0).out;
        found.extend(flag.find_iter(&help).map(|found| found.as_str().to_owned()));
    }
    assert!(found.len() > 30);
    found
}

/// Whether a line has a command of mock-bss in it; that is given to the program with `--help` at its end, which refuses
/// flags and values that it does not know and does nothing else.
fn known_to_the_program(line: &str, place: &str) -> bool {
    static PLACEHOLDERS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"\$\{\{[^}]*\}\}", "1"),
            (r"\$\w+/\$\w+", "1/2"),
            (r"\bI/N\b", "1/2"),
            (r"\b(SECONDS|N)\b", "2"),
            (r"\bSHELL\b", "bash"),
        ]
        .map(|(from, to)| (Regex::new(from).unwrap(), to))
        .into()
    });
    let Some(at) = line.find("mock-bss ") else { return false };
    let before = line[..at].trim();
    let begins = ["", "-", "run:", "- run:", "- script:", "script:"].contains(&before)
        || line[..at].ends_with('/')
        || line[..at].ends_with("> ");
    if !begins {
        return false;
    }
    let mut text = line[at + "mock-bss ".len()..].to_owned();
    for (from, to) in &*PLACEHOLDERS {
        text = from.replace_all(&text, *to).into_owned();
    }
    let words = text.split_whitespace().take_while(|word| !["#", ">", "|", "||", "&&", ";", "(or"].contains(word));
    let words: Vec<&str> = words.filter(|word| *word != "…").map(|word| word.trim_matches(['\'', '"'])).collect();
    if words.is_empty() {
        return false;
    }
    let mut typed = words.clone();
    typed.push("--help");
    let said = Sandbox::new().run(&typed);
    assert_eq!(said.code, Some(0), "{place}: mock-bss {}\n{}", words.join(" "), said.err);
    true
}
