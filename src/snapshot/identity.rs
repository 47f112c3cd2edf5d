//! Values that keep their identity over a scenario, and where they stand in a text.

use super::shape::{self, Shape};
use std::collections::HashMap;

/// Ids shorter than this many characters are found only as whole words: `12` stands in every text.
const SHORTEST_INSIDE: usize = 8;

/// A number of fewer digits is found only where it is the whole string: as a word it may be anything.
const FEWEST_DIGITS: usize = 5;

/// The first bytes of a long id, by which it is found.
const PREFIX: usize = 8;

/// How far a search may go on when what it looks at is in no id.
const STRIDE: u8 = (PREFIX - 1) as u8;

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Index of a known value.
    Known(usize),
    Shape(Shape),
}

/// A piece of a text that a placeholder replaces: bytes from `start` to `end`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) meaning: Meaning,
}

/// The known values of one scenario with the numbers of their placeholders.
#[derive(Debug)]
pub(super) struct Identities {
    known: Vec<Known>,
    by_value: HashMap<String, usize>,
    /// Bit n is set when a short id of n bytes is known; most texts need no look-up.
    short_lengths: u32,
    /// The same for ids of any length; the last bit stands for all that are longer.
    lengths: u64,
    /// By the hash of two bytes: how far a search may go on from where it sees them (after Wu and Manber).
    strides: Box<[u8; 4096]>,
    by_prefix: HashMap<u64, Vec<usize>>,
    /// Short ids that are found as words of a text, and the bytes that they begin with.
    words: Vec<usize>,
    word_starts: [bool; 256],
    uuids: HashMap<u128, u32>,
    /// The last number given, by kind.
    last: HashMap<String, u32>,
}

#[derive(Debug)]
struct Known {
    kind: String,
    value: String,
    /// Given when the value first appears, so that numbers do not depend on what never appears.
    number: Option<u32>,
}

impl Identities {
    pub(super) fn new() -> Self {
        Self {
            known: Vec::new(),
            by_value: HashMap::new(),
            short_lengths: 0,
            lengths: 0,
            strides: Box::new([STRIDE; 4096]),
            by_prefix: HashMap::new(),
            words: Vec::new(),
            word_starts: [false; 256],
            uuids: HashMap::new(),
            last: HashMap::new(),
        }
    }

    /// Makes a value known. A value that has a placeholder keeps it: an answer may echo an id under another name.
    pub(super) fn add(&mut self, kind: &str, value: &str) {
        let seen_as_uuid = shape::whole_uuid(value).is_some_and(|uuid| self.uuids.contains_key(&uuid));
        if value.trim().is_empty() || seen_as_uuid || self.by_value.contains_key(value) {
            return;
        }
        let index = self.known.len();
        self.by_value.insert(value.to_owned(), index);
        if is_long(value)
            && let Some(prefix) = prefix(value.as_bytes())
        {
            for (before_end, pair) in value.as_bytes()[..PREFIX].windows(2).rev().enumerate() {
                let stride = &mut self.strides[slot(pair)];
                *stride = (*stride).min(u8::try_from(before_end).unwrap_or(0));
            }
            let same_prefix = self.by_prefix.entry(prefix).or_default();
            same_prefix.push(index);
            same_prefix.sort_by_key(|other| {
                std::cmp::Reverse(if *other == index { value.len() } else { self.known[*other].value.len() })
            });
        } else {
            self.short_lengths |= 1 << value.len().min(31);
            if is_word(value) {
                self.words.push(index);
                self.word_starts[usize::from(value.as_bytes()[0])] = true;
            }
        }
        self.lengths |= 1 << value.len().min(63);
        self.known.push(Known { kind: kind.to_owned(), value: value.to_owned(), number: None });
    }

    /// True when something must be replaced in a text. Nearly every text gets a quick no.
    pub(super) fn any(&self, text: &str) -> bool {
        self.whole(text).is_some()
            || self.find_word(text, 0).is_some()
            || text.len() >= PREFIX && (self.find(text, 0).is_some() || shape::find(text, 0).is_some())
    }

    /// What must be replaced in a text, from left to right, never overlapping. Where two start at the same place, a
    /// known value goes before a shape and a longer one before a shorter one.
    pub(super) fn hits<'a>(&'a self, text: &'a str) -> Hits<'a> {
        let whole = self.whole(text).map(|index| Hit { start: 0, end: text.len(), meaning: Meaning::Known(index) });
        match whole {
            Some(hit) => Hits { identities: self, text, known: Some(hit), word: None, shape: None },
            None => Hits {
                identities: self,
                text,
                known: self.find(text, 0),
                word: self.find_word(text, 0),
                shape: find_shape(text, 0),
            },
        }
    }

    /// The value that this JSON number is. Short ones are ids only under a name of an id: a quantity is never hidden.
    pub(super) fn number(&self, digits: &str, member: Option<&str>) -> Option<Meaning> {
        if self.lengths & (1 << digits.len().min(63)) == 0 {
            return None;
        }
        let index = *self.by_value.get(digits)?;
        (is_long(digits) || member.is_some_and(names_an_id)).then_some(Meaning::Known(index))
    }

    /// Writes what a placeholder says without its brackets, giving it a number if it has none yet.
    pub(super) fn write(&mut self, meaning: Meaning, out: &mut String) {
        match meaning {
            Meaning::Known(index) => {
                let known = &mut self.known[index];
                let number = *known.number.get_or_insert_with(|| next(&mut self.last, &known.kind));
                numbered(out, &known.kind, Some(number));
            }
            Meaning::Shape(Shape::Uuid(value)) => {
                let number = *self.uuids.entry(value).or_insert_with(|| next(&mut self.last, "uuid"));
                numbered(out, "uuid", Some(number));
            }
            Meaning::Shape(Shape::Timestamp) => out.push_str("timestamp"),
        }
    }

    /// The same without giving numbers: what is not numbered yet is only called by its kind. Equal for equal values
    /// in every run, so that things can be put into an order before they are numbered.
    pub(super) fn peek(&self, meaning: Meaning, out: &mut String) {
        match meaning {
            Meaning::Known(index) => numbered(out, &self.known[index].kind, self.known[index].number),
            Meaning::Shape(Shape::Uuid(value)) => numbered(out, "uuid", self.uuids.get(&value).copied()),
            Meaning::Shape(Shape::Timestamp) => out.push_str("timestamp"),
        }
    }

    fn whole(&self, text: &str) -> Option<usize> {
        if self.short_lengths & (1 << text.len().min(31)) == 0 {
            return None;
        }
        self.by_value.get(text).copied()
    }

    /// The first long id at or after `from`.
    fn find(&self, text: &str, from: usize) -> Option<Hit> {
        let bytes = text.as_bytes().get(from..)?;
        if self.by_prefix.is_empty() {
            return None;
        }
        let mut index = 0;
        while let Some(window) = bytes.get(index..index + PREFIX) {
            let stride = self.strides[slot(&window[PREFIX - 2..])];
            if stride > 0 {
                index += usize::from(stride);
                continue;
            }
            let fits = |known: &&usize| bytes[index..].starts_with(self.known[**known].value.as_bytes());
            let candidates = prefix(window).and_then(|prefix| self.by_prefix.get(&prefix));
            if let Some(known) = candidates.and_then(|some| some.iter().find(fits)) {
                let start = from + index;
                let end = start + self.known[*known].value.len();
                return Some(Hit { start, end, meaning: Meaning::Known(*known) });
            }
            index += 1;
        }
        None
    }

    /// The first short id at or after `from` that is a word of the text: `CVA-999` in `tenant-CVA-999`, however many
    /// digits such ids have on another day.
    fn find_word(&self, text: &str, from: usize) -> Option<Hit> {
        if self.words.is_empty() {
            return None;
        }
        let bytes = text.as_bytes();
        let joins = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
        for start in from..bytes.len() {
            if !self.word_starts[usize::from(bytes[start])] || start.checked_sub(1).is_some_and(joins) {
                continue;
            }
            let end_of = |index: &usize| {
                let value = self.known[*index].value.as_bytes();
                let end = start + value.len();
                (bytes[start..].starts_with(value) && !joins(end)).then_some((end, *index))
            };
            if let Some((end, index)) = self.words.iter().filter_map(end_of).max() {
                return Some(Hit { start, end, meaning: Meaning::Known(index) });
            }
        }
        None
    }
}

/// See [`Identities::hits`].
#[derive(Debug)]
pub(super) struct Hits<'a> {
    identities: &'a Identities,
    text: &'a str,
    known: Option<Hit>,
    word: Option<Hit>,
    shape: Option<Hit>,
}

impl Iterator for Hits<'_> {
    type Item = Hit;

    fn next(&mut self) -> Option<Hit> {
        // At the same place the first of these.
        let hit = [self.known, self.word, self.shape].into_iter().flatten().min_by_key(|hit| hit.start)?;
        // Each kind is looked for again only when its last place has been passed; searching both after every hit would
        // make a large text with many hits of one kind and none of the other cost its square.
        if self.known.is_some_and(|known| known.start < hit.end) {
            self.known = self.identities.find(self.text, hit.end);
        }
        if self.word.is_some_and(|word| word.start < hit.end) {
            self.word = self.identities.find_word(self.text, hit.end);
        }
        if self.shape.is_some_and(|shape| shape.start < hit.end) {
            self.shape = find_shape(self.text, hit.end);
        }
        Some(hit)
    }
}

fn find_shape(text: &str, from: usize) -> Option<Hit> {
    shape::find(text, from).map(|(start, end, shape)| Hit { start, end, meaning: Meaning::Shape(shape) })
}

fn is_long(value: &str) -> bool {
    value.chars().nth(SHORTEST_INSIDE - 1).is_some()
}

/// A short id that can be told from the words of a sentence: letters with digits, or many digits.
fn is_word(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let outer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = value.as_bytes();
    outer(bytes.first())
        && outer(bytes.last())
        && (digits >= FEWEST_DIGITS || digits > 0 && bytes.iter().any(u8::is_ascii_alphabetic))
}

/// `Result`, `ID`, `SubscriptionID`, `accountId`, `account_id`, …
fn names_an_id(member: &str) -> bool {
    member.eq_ignore_ascii_case("result")
        || member.eq_ignore_ascii_case("id")
        || ["ID", "Id", "_id"].iter().any(|tail| member.ends_with(tail))
}

fn prefix(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk::<PREFIX>().map(|chunk| u64::from_le_bytes(*chunk))
}

/// The place of two bytes in the table of strides.
fn slot(pair: &[u8]) -> usize {
    (usize::from(pair[0]) << 5 ^ usize::from(pair[1])) & 0xfff
}

fn next(last: &mut HashMap<String, u32>, kind: &str) -> u32 {
    let number = match last.get_mut(kind) {
        Some(number) => number,
        None => last.entry(kind.to_owned()).or_insert(0),
    };
    *number += 1;
    *number
}

fn numbered(out: &mut String, kind: &str, number: Option<u32>) {
    use std::fmt::Write;
    out.push_str(kind);
    if let Some(number) = number {
        let _ = write!(out, "#{number}");
    }
}
