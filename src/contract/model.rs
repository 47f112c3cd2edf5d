//! How a model is described, and what can be done with a description: completeness, order, lenient reading.

use super::dialect::ModelLevel;
use crate::json::{Json, Path};

/// The members of a JSON object of the contract.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    pub name: &'static str,
    pub members: &'static [Member],
}

/// One member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    pub name: &'static str,
    pub kind: Kind,
    pub need: Need,
    /// The model level that introduced it.
    pub since: ModelLevel,
}

/// What the value of a member is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Text,
    /// A whole number of 32 bits.
    Whole,
    /// A number with any digits.
    Decimal,
    Bool,
    /// ISO 8601.
    Date,
    /// An object of text to text.
    Texts,
    /// Names and numbers of an enumeration; either may be on the wire.
    Choice(&'static [(&'static str, i64)]),
    /// Another model, by name.
    Object(&'static str),
    List(&'static Kind),
    /// An object whose keys are ids.
    Keyed(&'static str),
    Any,
}

/// Whether a member is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Written always and never null.
    Required,
    /// May be null or missing when it is read; written as null.
    Optional,
}

impl Model {
    /// The member of this name, in any case.
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name.eq_ignore_ascii_case(name))
    }

    /// The places where `value` does not fit: a wrong JSON type, an unknown enumeration value, a missing required
    /// member. Unknown members fit: a newer model may have them.
    pub fn misfits(&self, value: &Json) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        object(self, value, &Path::root(), &mut misfits);
        misfits
    }
}

impl Misfit {
    /// It is there, and cannot be read; what is missing takes a default.
    pub fn is_there(&self) -> bool {
        self.found != NOTHING
    }
}

/// What is found where a member is missing.
const NOTHING: &str = "nothing there";

/// A place where a value does not fit its model.
#[derive(Debug, Clone, PartialEq)]
pub struct Misfit {
    pub path: Path,
    pub expected: String,
    pub found: String,
}

fn object(model: &Model, value: &Json, path: &Path, misfits: &mut Vec<Misfit>) {
    if value.as_object().is_none() {
        misfits.push(misfit(path, format!("an object ({})", model.name), value));
        return;
    }
    for member in model.members {
        match value.member(member.name) {
            None | Some(Json::Null) if member.need == Need::Optional => {}
            None => misfits.push(Misfit {
                path: path.member(member.name),
                expected: member.kind.words(),
                found: NOTHING.to_owned(),
            }),
            Some(found) => check(&member.kind, found, &path.member(member.name), misfits),
        }
    }
}

fn check(kind: &Kind, value: &Json, path: &Path, misfits: &mut Vec<Misfit>) {
    let fits = match kind {
        Kind::Any => true,
        Kind::Text | Kind::Date => matches!(value, Json::String(_)),
        // The platform's own type has 32 bits.
        Kind::Whole => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        Kind::Decimal => matches!(value, Json::Number(_)),
        Kind::Bool => value.as_bool().is_some(),
        Kind::Choice(choices) => choice(value, choices).is_some(),
        Kind::Texts => {
            value.as_object().is_some_and(|o| o.iter().all(|(_, v)| matches!(v, Json::String(_) | Json::Null)))
        }
        Kind::Object(name) => {
            if let Some(model) = super::models::by_name(name) {
                object(model, value, path, misfits);
            }
            true
        }
        Kind::List(item) => match value.as_array() {
            Some(items) => {
                for (index, value) in items.iter().enumerate() {
                    check(item, value, &path.item(index), misfits);
                }
                true
            }
            None => false,
        },
        Kind::Keyed(name) => match (value.as_object(), super::models::by_name(name)) {
            (Some(entries), Some(model)) => {
                for (key, value) in entries.iter() {
                    object(model, value, &path.member(key), misfits);
                }
                true
            }
            _ => false,
        },
    };
    if !fits {
        misfits.push(misfit(path, kind.words(), value));
    }
}

fn misfit(path: &Path, expected: String, value: &Json) -> Misfit {
    Misfit { path: path.clone(), expected, found: format!("{value} ({})", value.kind()) }
}

/// Reads an enumeration value from its name (any case), its number, or its number as text.
pub fn choice(value: &Json, choices: &'static [(&'static str, i64)]) -> Option<&'static str> {
    let by_number = |wanted: i64| choices.iter().find(|(_, number)| *number == wanted).map(|(name, _)| *name);
    match value {
        Json::Number(number) => by_number(number.as_i64()?),
        Json::String(text) => choices
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text))
            .map(|(name, _)| *name)
            .or_else(|| by_number(text.trim().parse().ok()?)),
        _ => None,
    }
}

impl Kind {
    /// What is expected, for people.
    pub fn words(&self) -> String {
        match self {
            Self::Text => "a string".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Decimal => "a number".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Date => "a date as ISO 8601 text".to_owned(),
            Self::Texts => "an object of text values".to_owned(),
            Self::Choice(choices) => {
                format!("one of {}", choices.iter().map(|(n, v)| format!("{n} ({v})")).collect::<Vec<_>>().join(", "))
            }
            Self::Object(name) => format!("an object ({name})"),
            Self::List(_) => "an array".to_owned(),
            Self::Keyed(name) => format!("an object keyed by id ({name})"),
            Self::Any => "any value".to_owned(),
        }
    }
}
