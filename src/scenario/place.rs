//! The one place in a body that `set` and `unset` mean: a JSONPath that can select a single value only.

use super::expression::{self, Variables};
use crate::json::{Json, Path, Segment};
use std::fmt;

/// A JSONPath of names and indexes, as it was written. Expressions in it are resolved name by name, so that an id with a
/// quotation mark in it is a name like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A member's name, perhaps with expressions.
    Name(String),
    Index(usize),
    /// `[${…}]`: a number is an index, anything else a name.
    Computed(String),
}

impl Place {
    /// # Errors
    /// What is wrong with the path.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.strip_prefix('$').ok_or("a path begins with `$`")?;
        let mut parts = Vec::new();
        while let Some(first) = rest.chars().next() {
            let (part, after) = match first {
                '.' if rest.starts_with("..") => return Err("`..` selects more than one place".to_owned()),
                '.' => shorthand(&rest[1..])?,
                '[' => bracket(&rest[1..])?,
                other => return Err(format!("`.` or `[` is expected, not `{other}`")),
            };
            parts.push(part);
            rest = after;
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// True for `$`, the body itself.
    pub fn is_root(&self) -> bool {
        self.parts.is_empty()
    }

    /// The place, its expressions resolved.
    ///
    /// # Errors
    /// An expression cannot be computed.
    pub fn resolve(&self, variables: &Variables) -> Result<Path, String> {
        let value = |text: &str| expression::resolve_text(text, variables).map_err(|error| error.to_string());
        let name = |value: Json| Segment::Member(value.as_str().map_or_else(|| value.to_compact(), str::to_owned));
        let segment = |part: &Part| {
            Ok::<_, String>(match part {
                Part::Index(index) => Segment::Item(*index),
                Part::Name(text) => name(value(text)?),
                Part::Computed(text) => {
                    let value = value(text)?;
                    let index = value.as_i64().and_then(|index| usize::try_from(index).ok());
                    index.map_or_else(|| name(value), Segment::Item)
                }
            })
        };
        self.parts.iter().map(segment).collect::<Result<_, _>>().map(Path)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `.name`: letters, digits, `_` and whatever is not ASCII; no digit in front.
fn shorthand(rest: &str) -> Result<(Part, &str), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
    let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
    let name = &rest[..end];
    match name.chars().next() {
        Some(first) if !first.is_ascii_digit() => Ok((Part::Name(name.to_owned()), &rest[end..])),
        _ if rest.starts_with('*') => Err("`*` selects more than one place".to_owned()),
        _ => Err("a name is expected after `.`; others stand in quotes: `['a b']`".to_owned()),
    }
}

/// What stands behind `[`: an index, a name in quotes, or an expression.
fn bracket(rest: &str) -> Result<(Part, &str), String> {
    let unclosed = || "`]` is missing".to_owned();
    let (part, after) = match rest.chars().next() {
        Some(quote @ ('\'' | '"')) => {
            let (name, after) = quoted(&rest[1..], quote)?;
            (Part::Name(name), after)
        }
        Some('$') => {
            let end = expression_end(rest).ok_or("an expression in brackets is written `[${…}]`")?;
            (Part::Computed(rest[..end].to_owned()), &rest[end..])
        }
        Some(digit) if digit.is_ascii_digit() => {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let index = rest[..end].parse().map_err(|_| "the index is too large".to_owned())?;
            (Part::Index(index), &rest[end..])
        }
        None => return Err(unclosed()),
        Some(_) => return Err("an index from 0 on, or a name in quotes, is expected after `[`".to_owned()),
    };
    after.strip_prefix(']').map(|after| (part, after)).ok_or_else(unclosed)
}

/// A name up to its closing quote; a backslash stands before a quote or a backslash, and an expression is passed over.
fn quoted(text: &str, quote: char) -> Result<(String, &str), String> {
    let mut name = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(end) = expression_end(rest) {
            name.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let mut next = &rest[first.len_utf8()..];
        match first {
            c if c == quote => return Ok((name, next)),
            '\\' => {
                let escaped = next.chars().next().filter(|c| matches!(c, '\\' | '\'' | '"'));
                let escaped = escaped.ok_or("a backslash stands before a quotation mark or a backslash only")?;
                name.push(escaped);
                next = &next[1..];
            }
            other => name.push(other),
        }
        rest = next;
    }
    Err(format!("the closing {quote} is missing"))
}

/// The length of the expression that the text begins with.
fn expression_end(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("${")?;
    expression::closing(inside).map(|end| end + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        let pairs = [("id", Json::text("it's [1].x")), ("n", Json::from(1)), ("name", Json::text("a b"))];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    #[test]
    fn names_indexes_and_expressions_make_a_path() {
        for (text, path) in [
            ("$", "$"),
            ("$.Account.Address", "$.Account.Address"),
            ("$.Addons[0].Quantity", "$.Addons[0].Quantity"),
            (r#"$['a b']["c\"d"]"#, r#"$['a b']['c"d']"#),
            ("$.AttributeList['${id}'].Value", "$.AttributeList['it\\'s [1].x'].Value"),
            ("$.Addons[${n}]['x ${name ~ \"'\"}']", "$.Addons[1]['x a b\\'']"),
            ("$.Addons[${name}]", "$.Addons['a b']"),
            ("$.Größe", "$['Größe']"),
        ] {
            let place = Place::parse(text).unwrap_or_else(|reason| panic!("{text}: {reason}"));
            assert_eq!(place.resolve(&variables()).unwrap().to_string(), path, "{text}");
            assert_eq!(place.to_string(), text);
        }
    }

    #[test]
    fn what_could_select_several_places_or_none_is_a_mistake() {
        for (text, reason) in [
            ("Account", "a path begins with `$`"),
            ("", "a path begins with `$`"),
            ("$..Name", "`..` selects more than one place"),
            ("$.*", "`*` selects more than one place"),
            ("$.", "a name is expected after `.`"),
            ("$.0", "a name is expected after `.`"),
            ("$Name", "`.` or `[` is expected, not `N`"),
            ("$[", "`]` is missing"),
            ("$[0", "`]` is missing"),
            ("$[-1]", "an index from 0 on"),
            ("$[*]", "an index from 0 on"),
            ("$[?@.x]", "an index from 0 on"),
            ("$['a]", "the closing ' is missing"),
            ("$['a\\n']", "a backslash stands before"),
            ("$[${n]", "an expression in brackets"),
            ("$[99999999999999999999999]", "the index is too large"),
        ] {
            let said = Place::parse(text).unwrap_err();
            assert!(said.starts_with(reason), "{text}: {said}");
        }
        let unknown = Place::parse("$.a['${nobody}']").unwrap().resolve(&variables());
        assert!(unknown.unwrap_err().contains("`nobody` is not defined"));
    }
}
