//! The exchanges of a scenario as data, which the page draws when somebody opens one.
//!
//! Headers repeat from call to call, so each stands once in a table of texts. Bodies are cut so that the page of a run with
//! ten thousand calls can still be opened and sent; the evidence has them whole.

use crate::{
    evidence::Exchange,
    report::{
        printable,
        text::{is_printable, visible},
    },
    verdict::{curl, curl_head, request_head, response_head},
};
use serde::Serialize;
use std::collections::HashMap;

/// What the bodies of all calls may take together, in bytes.
const ALL_BODIES: usize = 7_000_000;
/// What those of one call may take, however few there are, and whatever is left.
const MOST: usize = 64_000;
const LEAST: usize = 300;

/// What stands between the pieces of a shell line; the script puts it back.
const PIECE: &str = " -H ";

/// How much may still be written.
pub(super) struct Room {
    left: usize,
    calls: usize,
}

impl Room {
    /// The room of a scenario with so many of all calls: each has its own, so that none waits for the one before it.
    pub(super) fn of_part(calls: usize, all: usize) -> Self {
        Self { left: (ALL_BODIES / all.max(1)).saturating_mul(calls), calls }
    }

    /// What the next call may take: more than its share, because most calls need less.
    fn next(&mut self) -> usize {
        let share = self.left / self.calls.max(1);
        self.calls = self.calls.saturating_sub(1);
        (2 * share).clamp(LEAST, MOST)
    }
}

/// The exchanges of a scenario.
#[derive(Default, Serialize)]
pub(super) struct Data {
    /// Texts that calls point to.
    t: Vec<String>,
    /// The calls, in the order of the page.
    c: Vec<Call>,
    #[serde(skip)]
    known: HashMap<String, usize>,
}

#[derive(Default, Serialize)]
struct Call {
    /// Lines of the head of the request, and its body.
    q: Vec<usize>,
    #[serde(skip_serializing_if = "String::is_empty")]
    b: String,
    /// Lines of the head of the answer, and its body.
    r: Vec<usize>,
    #[serde(skip_serializing_if = "String::is_empty")]
    a: String,
    /// The answer as its snapshot has it.
    #[serde(skip_serializing_if = "String::is_empty")]
    n: String,
    /// What differs from the accepted snapshot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    d: Vec<String>,
    /// How the answer compares with its accepted snapshot.
    #[serde(skip_serializing_if = "str::is_empty")]
    s: &'static str,
    /// The shell line in pieces; in `k` the body of the request is still to be put behind it, in single quotes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    u: Vec<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    k: Vec<usize>,
}

/// How a call compares with its accepted snapshot.
pub(super) struct Compared<'a> {
    pub(super) state: &'static str,
    pub(super) normalised: &'a str,
    pub(super) changes: Vec<String>,
}

impl Data {
    /// Adds a call.
    pub(super) fn add(&mut self, exchange: &Exchange, compared: Option<Compared<'_>>, room: &mut Room) {
        let mut allowed = room.next();
        let before = allowed;
        let request = exchange.sent.body.as_deref().unwrap_or_default();
        let (b, whole) = cut(request, allowed / 2, &mut allowed);
        let answer = exchange.text().unwrap_or_default();
        let most = if compared.is_some() { allowed * 2 / 3 } else { allowed };
        let (a, _) = cut(answer, most, &mut allowed);
        let (q, r) = (self.texts(&request_head(exchange), "\n"), self.texts(&response_head(exchange), "\n"));
        let mut call = Call { q, b, r, a, ..Call::default() };
        if let Some(compared) = compared {
            call.s = compared.state;
            call.n = cut(compared.normalised, allowed, &mut allowed).0;
            call.d = compared.changes.iter().take(20).map(|line| cut(line, allowed, &mut allowed).0).collect();
        }
        // A cut body would make another request.
        if whole {
            let plain = !request.contains('\'') && !request.contains("[secret:") && is_printable(request);
            match plain && exchange.sent.body.is_some() {
                true => call.k = self.texts(&curl_head(exchange), PIECE),
                false => call.u = self.texts(&curl(exchange), PIECE),
            }
        }
        room.left = room.left.saturating_sub(before - allowed);
        self.c.push(call);
    }

    fn texts(&mut self, text: &str, between: &str) -> Vec<usize> {
        text.split(between).map(|piece| self.text(piece)).collect()
    }

    fn text(&mut self, text: &str) -> usize {
        if let Some(place) = self.known.get(text) {
            return *place;
        }
        let text = printable(text);
        *self.known.entry(text).or_insert_with_key(|text| {
            self.t.push(text.clone());
            self.t.len() - 1
        })
    }

    /// JSON that can stand in a script element: nothing in it can end the element or begin another one.
    pub(super) fn script(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        let mut out = String::with_capacity(json.len() + json.len() / 32);
        let mut rest = json.as_str();
        while let Some(at) = memchr::memchr3(b'<', b'>', b'&', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            out.push_str(match rest.as_bytes()[at] {
                b'<' => "\\u003c",
                b'>' => "\\u003e",
                _ => "\\u0026",
            });
            rest = &rest[at + 1..];
        }
        out.push_str(rest);
        // Line breaks to JavaScript, but not to JSON.
        match out.contains(['\u{2028}', '\u{2029}']) {
            true => out.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"),
            false => out,
        }
    }
}

/// What a text takes in JSON that stands in a script, if it is of the plain kind that nearly all bodies are.
fn plain_size(text: &str) -> Option<usize> {
    let mut size = 0;
    for byte in text.bytes() {
        size += match byte {
            b'"' | b'\\' | b'\n' | b'\t' => 2,
            b'<' | b'>' | b'&' => 6,
            b' '..=b'~' => 1,
            _ => return None,
        };
    }
    Some(size)
}

/// The text for reading, as far as `most` bytes of JSON go, and whether that is all of it. What it takes is taken from
/// `allowed`.
fn cut(text: &str, most: usize, allowed: &mut usize) -> (String, bool) {
    if let Some(size) = plain_size(text).filter(|size| *size <= most) {
        *allowed = allowed.saturating_sub(size);
        return (text.to_owned(), true);
    }
    let mut out = String::new();
    let mut size = 0;
    for c in text.chars() {
        let c = visible(c);
        size += match c {
            '"' | '\\' | '\n' | '\t' => 2,
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
            other => other.len_utf8(),
        };
        if size > most {
            out.push_str(&format!("… ({} bytes in all)", text.len()));
            *allowed = allowed.saturating_sub(most);
            return (out, false);
        }
        out.push(c);
    }
    *allowed = allowed.saturating_sub(size);
    (out, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_cut_by_what_it_takes_in_the_page() {
        let mut allowed = 100;
        assert_eq!(cut("<<<<", 12, &mut allowed), ("<<… (4 bytes in all)".to_owned(), false));
        assert_eq!(allowed, 88);
        assert_eq!(cut("abc", 12, &mut allowed), ("abc".to_owned(), true));
        assert_eq!(allowed, 85);
        // The short way and the long one come to the same.
        for text in ["a\"b\\\n\t<&>", "é\"b\\\n\t<&>"] {
            let (mut left, size) = (100, 28 + text.len() - 9);
            assert_eq!(cut(text, 40, &mut left), (text.to_owned(), true));
            assert_eq!(left, 100 - size, "{text}");
        }
    }

    #[test]
    fn nothing_in_the_data_ends_its_element() {
        let data = Data { t: vec!["</script><!--&\u{2028}".to_owned()], ..Data::default() };
        let script = data.script();
        assert!(!script.contains(['<', '>', '&', '\u{2028}']), "{script}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&script).unwrap()["t"][0], "</script><!--&\u{2028}");
    }
}
