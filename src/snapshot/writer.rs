//! Writes canonical JSON with placeholders.

use super::identity::{Hit, Identities, Meaning};
use crate::json::{Json, Number, Object};
use std::borrow::Cow;

/// How placeholders are named: with numbers that are given on the way, or without giving any.
pub(super) trait Names {
    fn identities(&self) -> &Identities;
    fn name(&mut self, meaning: Meaning, out: &mut String);
}

/// Gives numbers: for what is kept.
pub(super) struct Numbered<'i>(pub(super) &'i mut Identities);

impl Names for Numbered<'_> {
    fn identities(&self) -> &Identities {
        self.0
    }
    fn name(&mut self, meaning: Meaning, out: &mut String) {
        self.0.write(meaning, out);
    }
}

/// Gives no numbers: for what things are sorted by.
struct Peeked<'i>(&'i Identities);

impl Names for Peeked<'_> {
    fn identities(&self) -> &Identities {
        self.0
    }
    fn name(&mut self, meaning: Meaning, out: &mut String) {
        self.0.peek(meaning, out);
    }
}

/// The value as it will read but for new numbers, so that the order of things does not depend on the values that differ
/// from run to run.
pub(super) fn peek(identities: &Identities, value: &Json) -> String {
    let mut out = String::new();
    Writer::new(Peeked(identities), &mut out).value(value, None, 0);
    out
}

/// Writes in one pass; where nothing is replaced the text is that of [`Json::to_canonical`]. Going through a changed
/// copy of the tree would more than double the cost of a large catalogue. Members are visited in their sorted order, so
/// that numbers do not depend on the order in which they were sent.
pub(super) struct Writer<'w, N> {
    names: N,
    out: &'w mut String,
    /// The order in which members were last written, by level: in a list of alike objects it fits nearly always, and
    /// looking whether it does is cheaper than sorting.
    orders: Vec<Vec<usize>>,
}

impl<'w, N: Names> Writer<'w, N> {
    pub(super) fn new(names: N, out: &'w mut String) -> Self {
        Self { names, out, orders: Vec::new() }
    }

    /// Writes a value. `member` is the name that it stands under, directly or in an array.
    pub(super) fn value(&mut self, json: &Json, member: Option<&str>, level: usize) {
        match json {
            Json::String(text) => self.string(text),
            Json::Number(number) => self.number(number, member),
            Json::Array(items) if !items.is_empty() => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.line(index, level + 1);
                    self.value(item, member, level + 1);
                }
                self.close(']', level);
            }
            Json::Object(object) if !object.is_empty() => {
                self.out.push('{');
                self.members(object, level);
                self.close('}', level);
            }
            Json::Null => self.out.push_str("null"),
            Json::Bool(true) => self.out.push_str("true"),
            Json::Bool(false) => self.out.push_str("false"),
            Json::Array(_) => self.out.push_str("[]"),
            Json::Object(_) => self.out.push_str("{}"),
        }
    }

    /// Writes a JSON string.
    pub(super) fn string(&mut self, text: &str) {
        if self.names.identities().any(text) {
            write_string(&self.replaced(text), self.out);
        } else {
            write_string(text, self.out);
        }
    }

    fn number(&mut self, number: &Number, member: Option<&str>) {
        if let Some(meaning) = self.names.identities().number(number.as_str(), member) {
            self.out.push_str("\"[");
            self.names.name(meaning, self.out);
            self.out.push_str(" number]\"");
        } else {
            self.out.push_str(&canonical(number));
        }
    }

    fn replaced(&mut self, text: &str) -> String {
        let hits: Vec<Hit> = self.names.identities().hits(text).collect();
        let mut replaced = String::with_capacity(text.len());
        let mut from = 0;
        for hit in hits {
            replaced.push_str(&text[from..hit.start]);
            replaced.push('[');
            self.names.name(hit.meaning, &mut replaced);
            replaced.push(']');
            from = hit.end;
        }
        replaced.push_str(&text[from..]);
        replaced
    }

    fn members(&mut self, object: &Object, level: usize) {
        let members: Vec<(&str, &Json)> = object.iter().collect();
        let identities = self.names.identities();
        if members.iter().any(|(name, _)| identities.any(name)) {
            // Names that hold ids sort differently in every run, so here all are sorted by what they will read.
            let mut members = members;
            members.sort_by_cached_key(|(name, value)| (peek(identities, &Json::text(*name)), peek(identities, value)));
            for (index, (name, value)) in members.into_iter().enumerate() {
                self.line(index, level + 1);
                self.string(name);
                self.out.push_str(": ");
                self.value(value, Some(name), level + 1);
            }
            return;
        }
        if self.orders.len() <= level {
            self.orders.resize_with(level + 1, Vec::new);
        }
        let mut order = std::mem::take(&mut self.orders[level]);
        if !fits(&order, &members) {
            order.clear();
            order.extend(0..members.len());
            order.sort_by_key(|index| members[*index].0);
        }
        for (index, (name, value)) in order.iter().map(|index| members[*index]).enumerate() {
            self.line(index, level + 1);
            write_string(name, self.out);
            self.out.push_str(": ");
            self.value(value, Some(name), level + 1);
        }
        self.orders[level] = order;
    }

    fn line(&mut self, index: usize, level: usize) {
        self.out.push_str(if index > 0 { ",\n" } else { "\n" });
        self.indent(level);
    }

    fn close(&mut self, bracket: char, level: usize) {
        self.out.push('\n');
        self.indent(level);
        self.out.push(bracket);
    }

    fn indent(&mut self, level: usize) {
        const BLANKS: &str = "                                ";
        let mut rest = level * 2;
        while rest > 0 {
            let some = rest.min(BLANKS.len());
            self.out.push_str(&BLANKS[..some]);
            rest -= some;
        }
    }
}

/// True when these indices put the members into the order that sorting them would.
fn fits(order: &[usize], members: &[(&str, &Json)]) -> bool {
    let sorted = |pair: &[usize]| (members[pair[0]].0, pair[0]) < (members[pair[1]].0, pair[1]);
    order.len() == members.len() && order.windows(2).all(sorted)
}

/// A JSON string. Few texts need an escape, and looking for one is a scan of words.
fn write_string(text: &str, out: &mut String) {
    let special = |byte: &u8| (*byte < 0x20) | (*byte == b'"') | (*byte == b'\\');
    if text.as_bytes().iter().fold(false, |found, byte| found | special(byte)) {
        out.push_str(&Json::text(text).to_compact());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

/// [`Number::canonical`], without its work for the numbers that nearly all are: whole ones and short decimals.
fn canonical(number: &Number) -> Cow<'_, str> {
    let text = number.as_str();
    if text.len() > 20 || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Cow::Owned(number.canonical());
    }
    Cow::Borrowed(if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text })
}
