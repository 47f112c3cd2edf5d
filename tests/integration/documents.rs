//! README and docs against the program: names, links, messages, numbers, and the page that the program writes.

use crate::{
    markdown::{self, Page},
    util::*,
};
use mock_bss::{evidence::FailureKind, play};
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a file may hold by the schema of its kind: keys, and words that can be chosen.
fn words(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                found.extend(properties.keys().cloned());
            }
            if let Some(Value::Array(choices)) = members.get("enum") {
                found.extend(choices.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            members.values().for_each(|part| words(part, found));
        }
        Value::Array(items) => items.iter().for_each(|part| words(part, found)),
        _ => {}
    }
}

/// Words of the schema that stand neither in backticks nor in a heading of the page.
fn missing(kind: &str, page: &Page) -> Vec<String> {
    let schema = json(&Sandbox::new().run(&["schema", kind]).ends(0).out);
    let mut wanted = BTreeSet::new();
    words(&schema, &mut wanted);
    assert!(wanted.len() > 40, "{wanted:?}");
    let word = Regex::new(r"[\w.-]+").unwrap();
    let headings = page.prose().into_iter().filter(|(_, line)| line.starts_with('#'));
    let texts = page.code().into_iter().map(|(_, code)| code).chain(headings.map(|(_, line)| line.to_owned()));
    let mut said = BTreeSet::new();
    for text in texts {
        for found in word.find_iter(&text) {
            said.insert(found.as_str().to_owned());
            said.extend(found.as_str().split('.').map(str::to_owned));
        }
    }
    wanted.into_iter().filter(|word| !said.contains(word)).collect()
}

#[test]
fn every_key_of_the_profile_is_on_its_page() {
    assert_eq!(missing("profile", &markdown::page("docs/profile.md")), Vec::<String>::new());
}

#[test]
fn the_long_profile_has_every_key() {
    let schema = json(&Sandbox::new().run(&["schema", "profile"]).ends(0).out);
    let blocks = markdown::page("docs/profile.md").blocks();
    let longest = blocks.iter().max_by_key(|block| block.text.len()).unwrap();
    for key in schema["properties"].as_object().unwrap().keys() {
        let there = longest.text.lines().any(|line| line.starts_with(&format!("{key}:")));
        assert!(there, "docs/profile.md:{} has no `{key}`", longest.line);
    }
}

#[test]
fn every_word_of_scenarios_is_on_their_page() {
    let page = markdown::page("docs/scenarios.md");
    assert_eq!(missing("scenario", &page), Vec::<String>::new());
    // A word may stand elsewhere too: what a section is about has to stand in that section.
    let schema = json(&Sandbox::new().run(&["schema", "scenario"]).ends(0).out);
    let steps = schema["properties"]["steps"]["items"]["anyOf"].as_array().unwrap();
    let choices = |part: &Value| -> Vec<String> {
        let mut found = BTreeSet::new();
        words(part, &mut found);
        found.into_iter().collect()
    };
    let verbs: Vec<String> = steps.iter().map(|step| step["required"][0].as_str().unwrap().to_owned()).collect();
    let modifiers: Vec<String> =
        steps[0]["properties"].as_object().unwrap().keys().filter(|key| **key != verbs[0]).cloned().collect();
    let product = schema["properties"]["product"]["anyOf"].as_array().unwrap();
    let traits = product.iter().map(|part| &part["properties"]["with"]).find(|part| !part.is_null()).unwrap();
    for (heading, words) in [
        ("## Modifiers", modifiers),
        ("## Features", choices(&schema["properties"]["needs"])),
        ("## Product traits", choices(traits)),
    ] {
        assert!(words.len() > 10, "{heading}: {words:?}");
        let section = section(&page, heading);
        for word in words {
            assert!(section.contains(&format!("| `{word}`")), "docs/scenarios.md, {heading}: no `{word}`");
        }
    }
    let headings: String = page.prose().iter().filter(|(_, line)| line.starts_with("###")).map(|(_, l)| *l).collect();
    for verb in verbs.iter().filter(|verb| *verb != "use") {
        assert!(headings.contains(verb.as_str()), "docs/scenarios.md has no heading with the verb {verb}");
    }
    // Variables stand in no schema.
    let source = std::fs::read_to_string(markdown::root().join("src/scenario/load.rs")).unwrap();
    let list = source.split("GLOBALS: &[&str] = &[").nth(1).and_then(|rest| rest.split("];").next()).unwrap();
    let names: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(names.len() > 10, "{list}");
    for name in names {
        let part = format!("{name}.");
        let known = page.code().iter().any(|(_, code)| code == name || code.starts_with(&part));
        assert!(known, "the variable {name} is not in docs/scenarios.md");
    }
}

/// The lines from a heading to the next of its level.
fn section(page: &Page, heading: &str) -> String {
    let lines = page.prose().into_iter().map(|(_, line)| line).skip_while(|line| *line != heading).skip(1);
    lines.take_while(|line| !line.starts_with("## ")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_command_is_in_a_document() {
    let top = Sandbox::new().run(&["--help"]).ends(0).out;
    let lines = top.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: BTreeSet<&str> =
        lines.filter(|line| !line.starts_with("    ")).filter_map(|line| line.split_whitespace().next()).collect();
    let all: String = markdown::pages().into_iter().map(|page| page.text).collect();
    for name in names.iter().filter(|name| **name != "help") {
        assert!(all.contains(&format!("mock-bss {name}")), "no document says `mock-bss {name}`");
    }
    assert!(names.len() > 12, "{names:?}");
}

#[test]
fn links_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let pages: Vec<Page> = markdown::pages()
        .into_iter()
        .chain(["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"].map(markdown::page))
        .collect();
    let anchors: BTreeMap<&str, BTreeSet<String>> =
        pages.iter().map(|page| (page.name.as_str(), headings(page))).collect();
    for page in &pages {
        for (line, text) in page.prose() {
            for captures in link.captures_iter(text) {
                let place = format!("{}:{line}: {}", page.name, &captures[1]);
                if captures[1].contains("://") {
                    continue;
                }
                let (file, anchor) = captures[1].split_once('#').unwrap_or((&captures[1], ""));
                let folder = page.name.rsplit_once('/').map_or("", |(folder, _)| folder);
                let path = match (file, folder, file.strip_prefix("../")) {
                    ("", ..) => page.name.clone(),
                    (_, _, Some(above)) => above.to_owned(),
                    (_, "", None) => file.to_owned(),
                    _ => format!("{folder}/{file}"),
                };
                assert!(markdown::root().join(&path).exists(), "{place}: no such file");
                if !anchor.is_empty() {
                    assert!(anchors.get(path.as_str()).is_some_and(|a| a.contains(anchor)), "{place}: no such heading");
                }
            }
        }
    }
}

/// The anchors of a page, as they are made from headings.
fn headings(page: &Page) -> BTreeSet<String> {
    let lines = page.prose().into_iter().filter(|(_, line)| line.starts_with('#'));
    lines
        .map(|(_, line)| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[test]
fn every_page_is_in_the_index() {
    let index = markdown::page("docs/README.md");
    for page in markdown::pages() {
        let name = page.name.trim_start_matches("docs/");
        let linked = index.text.contains(&format!("({name})")) || index.text.contains(&format!("({name}#"));
        assert!(linked || ["README.md", "docs/README.md"].contains(&page.name.as_str()), "{} is not linked", page.name);
    }
}

/// What grows with every scenario is not counted in sentences. What the program prints is: there numbers do not matter.
#[test]
fn no_sentence_counts_what_grows() {
    let count = Regex::new(r"\b\d+ (scenarios|rules|checks|snapshots|faults|switches)\b").unwrap();
    // The benchmark says how many scenarios it plays, not how many there are.
    let allowed = ["200 scenarios"];
    for page in markdown::pages().iter().filter(|page| page.name != "docs/traceability.md") {
        for (line, text) in page.prose() {
            for found in count.find_iter(text) {
                assert!(allowed.contains(&found.as_str()), "{}:{line}: {}", page.name, found.as_str());
            }
        }
    }
}

#[test]
fn the_page_of_rules_is_the_program_s_own() {
    let said = Sandbox::new().run(&["rules", "--format", "markdown"]).ends(0);
    let path = markdown::root().join("docs/traceability.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert!(page == said.out, "it is stale: cargo run -q -- rules --format markdown > docs/traceability.md");
    for rule in mock_bss::rules::all() {
        assert_eq!(said.out.matches(&format!("| {} |", rule.key())).count(), 1, "{}", rule.key());
    }
}

/// Whether the page says this, whatever its own markup.
fn told(page: &Page, sentence: &str) -> bool {
    let plain = |text: &str| text.replace(['`', '\n'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    plain(&page.text).contains(&plain(sentence))
}

#[test]
fn every_hint_about_a_connection_is_explained() {
    use FailureKind as F;
    let page = markdown::page("docs/troubleshooting.md");
    for kind in [
        F::Dns,
        F::NoConnection,
        F::Proxy,
        F::SelfSigned,
        F::UnknownAuthority,
        F::OutOfDate,
        F::OtherName,
        F::ClientCertificate,
        F::NotEncrypted,
        F::Encrypted,
        F::Tls,
        F::Connect,
    ] {
        assert!(told(&page, play::hint(kind)), "docs/troubleshooting.md does not have: {}", play::hint(kind));
    }
}

/// The texts of these files are for users. The longest part of each that does not differ has to be in the page.
#[test]
fn every_message_about_connections_and_first_reads_is_explained() {
    // Words of libraries, by which their errors are told apart.
    let others = ["authorization required", "underlying connection"];
    let page = markdown::page("docs/troubleshooting.md");
    let literal = Regex::new(r#""((?:[^"\\]|\\.|\\\n)*)""#).unwrap();
    let joined = Regex::new(r"\\\n\s*").unwrap();
    let differs = Regex::new(r"\{[^}]*\}").unwrap();
    let mut seen = 0;
    for file in ["src/play/failure.rs", "src/cli/advice.rs"] {
        let source = std::fs::read_to_string(markdown::root().join(file)).unwrap();
        let code: String =
            source.lines().filter(|line| !line.trim().starts_with("//")).map(|l| format!("{l}\n")).collect();
        for captures in literal.captures_iter(&code) {
            let text = joined.replace_all(&captures[1], "").replace("{{", "\u{1}").replace("}}", "\u{2}");
            let parts = differs.split(&text).map(|part| part.replace('\u{1}', "{").replace('\u{2}', "}"));
            let longest = parts.max_by_key(String::len).unwrap_or_default();
            let longest = longest.trim();
            if longest.len() < 20 || others.contains(&longest) {
                continue;
            }
            seen += 1;
            assert!(told(&page, longest), "docs/troubleshooting.md does not have, of {file}: {longest}");
        }
    }
    assert!(seen > 25, "{seen}");
}
