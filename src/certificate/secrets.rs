//! Whether a bundle holds a secret: the last look before it leaves the house.

use super::Files;
use aho_corasick::{AhoCorasick, MatchKind};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD as BASE64, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use std::collections::BTreeMap;

/// Shorter texts stand everywhere.
const SHORTEST: usize = 4;

/// No file of a bundle holds the private half of anything.
const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// What must not be found.
#[derive(Debug)]
pub struct Secrets {
    automaton: AhoCorasick,
    /// What each pattern is a form of.
    names: Vec<String>,
}

impl Secrets {
    /// Secrets by the names that messages call them by. `None` where they cannot be searched for.
    pub fn new(secrets: &[(String, String)]) -> Option<Self> {
        let mut needles = BTreeMap::new();
        needles.insert(PRIVATE_KEY.to_owned(), "a private key".to_owned());
        for (name, value) in secrets.iter().filter(|(_, value)| value.len() >= SHORTEST) {
            for form in forms(value) {
                needles.entry(form).or_insert_with(|| name.clone());
            }
        }
        let (patterns, names): (Vec<_>, Vec<_>) = needles.into_iter().unzip();
        // The longest: of a key and its beginning the key is told.
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns);
        automaton.ok().map(|automaton| Self { automaton, names })
    }

    /// Which files hold which secrets, and on which line; the first of each file. What came with the program cannot hold
    /// anybody's secret, and a word of it may well be one.
    pub fn find(&self, files: &Files) -> Vec<String> {
        let own = |path: &str| path.starts_with("scenarios/") || path == super::SELF_TEST;
        let found = files.iter().filter(|(path, _)| !own(path)).filter_map(|(path, bytes)| self.find_in(path, bytes));
        found.collect()
    }

    pub(super) fn find_in(&self, path: &str, bytes: &[u8]) -> Option<String> {
        let found = self.automaton.find(bytes)?;
        let line = 1 + memchr::memchr_iter(b'\n', &bytes[..found.start()]).count();
        Some(format!("{} in {path}:{line}", self.names[found.pattern().as_usize()]))
    }
}

/// The ways in which somebody may have written it.
fn forms(value: &str) -> Vec<String> {
    let hex = super::hex(value.as_bytes());
    let percent = |upper: bool| -> String {
        value
            .bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                other if upper => format!("%{other:02X}"),
                other => format!("%{other:02x}"),
            })
            .collect()
    };
    let json = serde_json::to_string(value).unwrap_or_default();
    let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let form = percent(true).replace("%20", "+");
    vec![
        value.to_owned(),
        json.clone(),
        // In a body that stands as text in an event.
        json.replace('\\', "\\\\").replace('"', "\\\""),
        percent(true),
        percent(false),
        form,
        hex.to_uppercase(),
        hex,
        BASE64.encode(value),
        STANDARD_NO_PAD.encode(value),
        URL_SAFE.encode(value),
        URL_SAFE_NO_PAD.encode(value),
    ]
}
