//! The rule set as it was frozen: a file that lists every rule and every scenario, and the digest that names it.
//!
//! Two runs with the same digest were judged alike. While mock-bss is changed the program may be ahead of the file; what
//! it reports then says so.

use super::{RULE_SET, Rule, all, digest_of};
use std::{fmt::Write, sync::LazyLock};

/// The file, as it was when the program was built.
const FROZEN: &str = include_str!("../../docs/rules/2026.1.yaml");

/// Rules whose judgement was changed since their contract version came out, with the number of the present one. All
/// others are of revision 1.
const REVISED: &[(u16, u32)] = &[];

static DIGEST: LazyLock<String> = LazyLock::new(|| of_file(FROZEN));

impl Rule {
    /// Counts how often its judgement was changed; 1 for the first.
    pub fn revision(&self) -> u32 {
        REVISED.iter().find(|(number, _)| *number == self.number).map_or(1, |(_, revision)| *revision)
    }

    /// Whether verdict and level count it: it is played, and no newer than the frozen rule set.
    pub fn counts(&self) -> bool {
        self.scored && !newer(self.since, RULE_SET)
    }
}

/// True when one contract version (`2026.1`) came out after another.
fn newer(one: &str, other: &str) -> bool {
    let parts = |version: &str| version.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect::<Vec<u32>>();
    parts(one) > parts(other)
}

/// SHA-256 of the frozen file, as 64 hexadecimal digits. Line ends do not count: a checkout may change them.
pub fn frozen_digest() -> &'static str {
    &DIGEST
}

fn of_file(text: &str) -> String {
    super::digest::hex(ring::digest::digest(&ring::digest::SHA256, text.replace("\r\n", "\n").as_bytes()).as_ref())
}

/// The name of the rule set that this program judges by: `2026.1`, with a word where its rules or these scenarios (key and
/// text) are not those of the frozen file.
pub fn rule_set<'a>(scenarios: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    // Which rules a scenario proves stands in its text.
    let own = frozen(scenarios.map(|(key, text)| (key, text, Vec::new())));
    let lines = |text: &'static str| text.lines().filter(|line| !line.starts_with(PROVES));
    match lines(FROZEN).eq(own.lines().filter(|line| !line.starts_with(PROVES))) {
        true => RULE_SET.to_owned(),
        false => format!("{RULE_SET} (development)"),
    }
}

/// A scenario of the frozen rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteScenario {
    /// `<area>/<name>`.
    pub key: String,
    /// Numbers of the rules that it proves.
    pub rules: Vec<u16>,
}

impl SuiteScenario {
    /// Whether this is the key of the scenario, or of a row of its matrix.
    pub fn is(&self, key: &str) -> bool {
        key.strip_prefix(self.key.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

static SUITE: LazyLock<Vec<SuiteScenario>> = LazyLock::new(|| read_suite(FROZEN));

/// The scenarios that the frozen rule set is judged with.
pub fn suite() -> &'static [SuiteScenario] {
    &SUITE
}

/// Reads what [`frozen`] has written.
fn read_suite(text: &str) -> Vec<SuiteScenario> {
    let mut suite: Vec<SuiteScenario> = Vec::new();
    for line in text.lines() {
        if let Some(key) = line.strip_prefix(KEY) {
            suite.push(SuiteScenario { key: key.trim_matches('"').to_owned(), rules: Vec::new() });
        } else if let (Some(list), Some(last)) = (line.strip_prefix(PROVES), suite.last_mut()) {
            let keys = list.trim_matches(['[', ']']).split(", ");
            last.rules = keys.filter_map(super::by_key).map(|rule| rule.number).collect();
        }
    }
    suite
}

const KEY: &str = "- key: ";
const PROVES: &str = "  proves: ";

/// The file: every rule of the program; key, text and proven rules of every scenario, the text as its digest.
pub fn frozen<'a>(scenarios: impl Iterator<Item = (&'a str, &'a str, Vec<String>)>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# The rule set {RULE_SET}: what is demanded, and the scenarios that it is judged with.");
    let _ = writeln!(out, "# Written by `mock-bss rules --format yaml`. Its SHA-256 stands in every report.");
    let _ = writeln!(out, "rule_set: {}\nrules:", quoted(RULE_SET));
    for rule in all() {
        let _ = writeln!(out, "- rule: {}", rule.key());
        let _ = writeln!(out, "  id: {}", rule.id);
        let _ = writeln!(out, "  level: {}", rule.level);
        let _ = writeln!(out, "  basis: {}", rule.basis);
        let _ = writeln!(out, "  rung: {}", rule.rung().as_str());
        let _ = writeln!(out, "  source: {}", quoted(rule.source));
        let _ = writeln!(out, "  title: {}", quoted(rule.title));
        let _ = writeln!(out, "  since: {}", quoted(rule.since));
        let _ = writeln!(out, "  revision: {}", rule.revision());
        let _ = writeln!(out, "  scored: {}", rule.counts());
    }
    out.push_str("scenarios:\n");
    for (key, text, proves) in scenarios {
        let text = text.replace("\r\n", "\n");
        let digest = digest_of(std::iter::once((key, text.as_bytes())));
        let _ = writeln!(out, "{KEY}{}\n{PROVES}[{}]\n  sha256: {digest}", quoted(key), proves.join(", "));
    }
    out
}

/// A JSON string is a YAML string too.
fn quoted(text: &str) -> String {
    crate::json::Json::from(text).to_compact()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::by_key;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (one, other, wanted) in [
            ("2026.1", "2026.1", false),
            ("2026.2", "2026.1", true),
            ("2026.10", "2026.9", true),
            ("2025.4", "2026.1", false),
            ("2026.1.1", "2026.1", true),
        ] {
            assert_eq!(newer(one, other), wanted, "{one} {other}");
        }
    }

    #[test]
    fn rules_that_came_later_or_wait_do_not_count() {
        let rule = *by_key("R-49").unwrap();
        assert!(rule.counts());
        assert!(!Rule { since: "2026.2", ..rule }.counts());
        assert!(!Rule { scored: false, ..rule }.counts());
    }

    #[test]
    fn the_file_names_rules_and_scenarios_and_changes_with_them() {
        let file = |text| frozen([("a/b", text, vec!["R-07".to_owned()]), ("a/c", "", vec![])].into_iter());
        let text = file("title: x\n");
        assert_eq!(text.matches("- rule: R-").count(), 132);
        assert_ne!(text, file("title: y\n"));
        assert_eq!(text, file("title: x\r\n"), "line ends do not count");
        let scenario = |key: &str, rules| SuiteScenario { key: key.to_owned(), rules };
        assert_eq!(read_suite(&text), [scenario("a/b", vec![7]), scenario("a/c", vec![])]);
        assert!(rule_set([("a/b", "")].into_iter()).ends_with("(development)"));
    }

    #[test]
    fn a_row_of_a_matrix_belongs_to_its_scenario() {
        let scenario = SuiteScenario { key: "a/b".to_owned(), rules: Vec::new() };
        for (key, wanted) in [("a/b", true), ("a/b.row", true), ("a/bc", false), ("a", false)] {
            assert_eq!(scenario.is(key), wanted, "{key}");
        }
    }
}
