//! Lossless JSON: what came over the wire, digit by digit and member by member.
//!
//! `serde_json::Value` keeps numbers as `f64`, so `10.00` and `125.455676948000000001` would not survive a round trip,
//! and it drops duplicate members. A service manager's answer is evidence, so this tree keeps numbers as they were
//! written, members in their order, and duplicates (look-ups return the last one, as the vendor's own readers do).

mod diff;
mod edit;
mod escape;
mod matcher;
mod number;
mod parse;
mod path;
mod write;

pub use diff::{Change, diff};
pub use edit::EditError;
pub use escape::escape;
pub use matcher::{Matcher, MatcherError, Miss, Query};
pub use number::Number;
pub use parse::{MAX_DEPTH, ParseError, parse, without_mark};
pub use path::{Path, Segment};

use compact_str::CompactString;
use std::fmt;

/// A JSON value with its numbers as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Json {
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Json>),
    Object(Object),
}

/// The members of an object in the order in which they were written; duplicates are kept. Names are short: they are kept
/// in place, without an allocation each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object(Vec<(CompactString, Json)>);

impl Json {
    /// A JSON string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// What the value is, in the words of JSON: `null`, `boolean`, `number`, `string`, `array`, `object`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The items, if this is an array.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value, if this is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The value as a whole number, if it is a number without a fraction that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// True for `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The member of this name, in any case: the vendor's readers ignore case. The exact spelling wins over another
    /// one; of several the last wins.
    pub fn member(&self, name: &str) -> Option<&Json> {
        self.as_object().and_then(|object| object.get(name).or_else(|| object.get_ignoring_case(name)))
    }

    /// The member of this name as text; a number is read as its digits (the vendor's readers do so too).
    pub fn text_of(&self, name: &str) -> Option<String> {
        match self.member(name)? {
            Self::String(text) => Some(text.clone()),
            Self::Number(number) => Some(number.as_str().to_owned()),
            _ => None,
        }
    }

    /// True when both are the same JSON value: numbers compared as decimals (`10.00` is `10.0`), the order of members
    /// ignored, the order of items not.
    pub fn same(&self, other: &Json) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.same(b),
            (Self::Array(a), Self::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            (Self::Object(a), Self::Object(b)) => a.same(b),
            _ => self == other,
        }
    }

    /// JSON merge patch (RFC 7396): members of `patch` replace those of `self`, `null` removes one.
    pub fn merge(&mut self, patch: &Json) {
        let Self::Object(changes) = patch else {
            *self = patch.clone();
            return;
        };
        if !matches!(self, Self::Object(_)) {
            *self = Self::Object(Object::default());
        }
        if let Self::Object(object) = self {
            for (name, change) in changes.iter() {
                if change.is_null() {
                    object.remove(name);
                } else {
                    object.entry(name).merge(change);
                }
            }
        }
    }

    /// The tree as `serde_json` sees it. Numbers lose what does not fit an `f64`: use it only where values are not
    /// judged (expressions, JSON path selection).
    pub fn to_serde(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => number.to_serde(),
            Self::String(text) => Value::String(text.clone()),
            Self::Array(items) => Value::Array(items.iter().map(Json::to_serde).collect()),
            Self::Object(object) => Value::Object(object.iter().map(|(k, v)| (k.to_owned(), v.to_serde())).collect()),
        }
    }
}

impl Object {
    /// An empty object.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of members, duplicates counted.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True without members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The members in their order, for changing values in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Json)> {
        self.0.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// The last member of exactly this name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// As [`Object::get`], for changing the value in place.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        self.0.iter_mut().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The last member of this name in any (ASCII) case.
    pub fn get_ignoring_case(&self, name: &str) -> Option<&Json> {
        self.0.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Sets a member: replaces the value in place, or appends the member.
    pub fn set(&mut self, name: impl AsRef<str>, value: impl Into<Json>) {
        *self.entry(name.as_ref()) = value.into();
    }

    /// As [`Object::set`], for members that come in an order like that of this object: `place` is where the next one is
    /// looked for first. Names must be there once at the most, as `set` leaves them.
    pub(crate) fn set_in_order(&mut self, place: &mut usize, name: &str, value: &Json) {
        if self.0.get(*place).is_none_or(|(key, _)| key != name) {
            *place = self.0.iter().rposition(|(key, _)| key == name).unwrap_or_else(|| {
                self.0.push((CompactString::new(name), Json::Null));
                self.0.len() - 1
            });
        }
        if let Some((_, known)) = self.0.get_mut(*place)
            && known != value
        {
            known.clone_from(value);
        }
        *place += 1;
    }

    /// Appends a member without looking for one of the same name (for building and for parsing).
    pub fn push(&mut self, name: impl AsRef<str>, value: impl Into<Json>) {
        self.0.push((CompactString::new(name), value.into()));
    }

    /// Removes every member of this name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| key != name);
    }

    /// The value of a member, appended as `null` when it is missing.
    pub fn entry(&mut self, name: &str) -> &mut Json {
        let index = self.0.iter().rposition(|(key, _)| key == name).unwrap_or_else(|| {
            self.0.push((CompactString::new(name), Json::Null));
            self.0.len() - 1
        });
        &mut self.0[index].1
    }

    /// True when both have the same members, in whatever order. A member that is there several times must be so in
    /// both, with the same values one after another.
    fn same(&self, other: &Self) -> bool {
        let equal = |a: (&str, &Json), b: (&str, &Json)| a.0 == b.0 && a.1.same(b.1);
        if self.len() != other.len() {
            return false;
        }
        // Looking each member up would cost the square of the size; nearly always the order is the same anyway.
        if self.iter().zip(other.iter()).all(|(a, b)| a.0 == b.0) {
            return self.iter().zip(other.iter()).all(|(a, b)| equal(a, b));
        }
        self.sorted().into_iter().zip(other.sorted()).all(|(a, b)| equal(a, b))
    }

    /// The members sorted by name, for canonical output.
    pub(crate) fn sorted(&self) -> Vec<(&str, &Json)> {
        let mut members: Vec<_> = self.iter().collect();
        members.sort_by(|a, b| a.0.cmp(b.0));
        members
    }
}

impl<K: AsRef<str>, V: Into<Json>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (CompactString::new(name), value.into())).collect())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}
impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}
impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(Number::from(number))
    }
}
impl From<Number> for Json {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}
impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}
impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Self::Array(items)
    }
}
impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(Number::from_written(number.to_string())),
            Value::String(text) => Self::String(text.clone()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(members) => Self::Object(members.iter().map(|(k, v)| (k.clone(), Self::from(v))).collect()),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() { f.write_str(&self.to_pretty()) } else { f.write_str(&self.to_compact()) }
    }
}

impl serde::Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        serde_json::value::RawValue::from_string(self.to_compact()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
        parse(raw.get().as_bytes()).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
