//! Text → [`Node`] tree.

use super::{Key, Node, Value, placeholder};
use crate::{
    diagnostic::{Diagnostic, Severity, Source},
    json::Number,
};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Spanned};
use std::{fmt, ops::Range, sync::Arc};

/// Reads a YAML document.
///
/// # Errors
/// What the YAML reader says, at its place. Duplicate keys are *not* reported here but by the shapes, with all the
/// other mistakes of the file.
pub fn parse(source: &Arc<Source>) -> Result<Node, Box<Diagnostic>> {
    let protected = placeholder::protect(&source.text);
    let options = serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
    };
    let raw: Spanned<Raw> = serde_yaml::from_str_with_options(&protected.text, options).map_err(|error| {
        let span = error.location().and_then(|location| bytes(&location, &source.text)).unwrap_or(0..0);
        Box::new(Diagnostic {
            severity: Severity::Error,
            message: "this is not YAML".to_owned(),
            source: source.clone(),
            span,
            label: plain_message(&error.to_string()),
            help: None,
        })
    })?;
    Ok(Reader { source: &source.text, protected }.node(raw))
}

/// The reader's message without the position that it appends: the quoted line shows it.
fn plain_message(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let first = first.split(" at line ").next().unwrap_or(first);
    first.strip_prefix("error: ").unwrap_or(first).to_owned()
}

/// The bytes of a location. Errors of the scanner come without offsets, only with line and column.
fn bytes(location: &Location, text: &str) -> Option<Range<usize>> {
    let span = location.span();
    let (start, length) = match span.byte_offset() {
        Some(start) => {
            (usize::try_from(start).ok()?, span.byte_len().and_then(|length| usize::try_from(length).ok()).unwrap_or(0))
        }
        None => {
            let line = usize::try_from(location.line()).ok()?.checked_sub(1)?;
            let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            let column = usize::try_from(location.column()).ok()?.saturating_sub(1);
            (before + text[before..].chars().take(column).map(char::len_utf8).sum::<usize>(), 1)
        }
    };
    let start = start.min(text.len());
    Some(start..(start + length).min(text.len()))
}

struct Reader<'a> {
    source: &'a str,
    protected: placeholder::Protected<'a>,
}

impl Reader<'_> {
    fn node(&self, raw: Spanned<Raw>) -> Node {
        let span = self.span(&raw.referenced);
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Bool(value) => Value::Bool(value),
            Raw::Number(text) => {
                let defined = self.span(&raw.defined);
                let written = self.source.get(defined).map(str::trim).unwrap_or_default();
                // `0042` or `0x1F` are numbers to YAML, but not to JSON: kept as they were typed.
                let typed = if written.is_empty() { text } else { written.to_owned() };
                Number::parse(&typed).map_or_else(|| Value::Text(typed), Value::Number)
            }
            Raw::Text(text) => Value::Text(self.protected.restore(&text)),
            Raw::List(items) => Value::List(items.into_iter().map(|item| self.node(item)).collect()),
            Raw::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| {
                        let span = self.span(&key.referenced);
                        (Key { span, text: self.protected.restore(&key.value.0) }, self.node(value))
                    })
                    .collect(),
            ),
        };
        Node { span, value }
    }

    /// The bytes of a scalar; of a list or mapping its first line, which is what a message wants to quote.
    fn span(&self, location: &Location) -> Range<usize> {
        let Some(span) = bytes(location, self.source) else { return 0..0 };
        let text = self.source.get(span.clone()).unwrap_or_default();
        let first = text.lines().next().unwrap_or_default().trim_end();
        span.start..span.start + first.len()
    }
}

/// What the YAML reader hands over before places and placeholders are resolved.
enum Raw {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<RawKey>, Spanned<Raw>)>),
}

/// A key as text, whatever scalar it is (`404:` is a key too).
struct RawKey(String);

impl<'de> Deserialize<'de> for RawKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(RawKey)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }
    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }
    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }
    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }
    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}
