//! What a value at a JSONPath must look like: the matchers of a scenario's expectations and of the vendor probe.

use super::{Json, Path, Segment};
use serde::{Deserialize, Serialize};

/// A JSONPath (RFC 9535) that is kept with its text.
#[derive(Debug, Clone)]
pub struct Query {
    text: String,
    path: serde_json_path::JsonPath,
}

/// The reader of JSONPaths calls itself for each bracket: deeper ones would exhaust the stack.
const MAX_NESTING: usize = 32;

/// How deep brackets are nested; those in quoted names count too.
fn depth(text: &str) -> usize {
    let mut deepest = 0_usize;
    text.bytes().fold(0_usize, |depth, byte| {
        let depth = match byte {
            b'[' | b'(' => depth + 1,
            b']' | b')' => depth.saturating_sub(1),
            _ => depth,
        };
        deepest = deepest.max(depth);
        depth
    });
    deepest
}

/// Why a matcher cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatcherError {
    #[error("`{query}` is not a JSONPath: {reason}")]
    Path { query: String, reason: String },
    #[error("`{pattern}` is not a regular expression: {reason}")]
    Pattern { pattern: String, reason: String },
}

/// One demand on the values that a JSONPath selects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matcher {
    /// At least one value is selected.
    Present,
    /// No value is selected.
    Absent,
    /// Every selected value is this one; numbers are compared as decimals.
    Equals(Json),
    /// No selected value is this one.
    DiffersFrom(Json),
    /// Every selected value is a string that the regular expression finds a match in.
    Matches(String),
    /// Every selected value is of this JSON type.
    Type(String),
    /// Every selected value is one of these.
    OneOf(Vec<Json>),
    /// Every selected value is a number above this one.
    GreaterThan(Json),
}

/// Why a document does not satisfy a matcher.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Miss {
    /// The place, or the query where it selects nothing.
    pub at: String,
    /// What was demanded.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl Query {
    /// # Errors
    /// The text is not a JSONPath.
    pub fn parse(text: &str) -> Result<Self, MatcherError> {
        if depth(text) > MAX_NESTING {
            let reason = format!("brackets are nested more than {MAX_NESTING} deep");
            return Err(MatcherError::Path { query: text.to_owned(), reason });
        }
        let path = serde_json_path::JsonPath::parse(text)
            .map_err(|error| MatcherError::Path { query: text.to_owned(), reason: error.to_string() })?;
        Ok(Self { text: text.to_owned(), path })
    }

    /// The selected values with their places. The selection itself runs on a copy in which numbers are `f64`; what is
    /// returned are the lossless values.
    pub fn select<'a>(&self, document: &'a Json) -> Vec<(Path, &'a Json)> {
        self.select_at_most(document, usize::MAX).unwrap_or_default()
    }

    /// The same, where it is not more than so many.
    pub fn select_at_most<'a>(&self, document: &'a Json, most: usize) -> Option<Vec<(Path, &'a Json)>> {
        use serde_json_path::PathElement;
        let copy = document.to_serde();
        let selected = self.path.query_located(&copy);
        if selected.len() > most {
            return None;
        }
        let found = selected.locations().filter_map(|location| {
            let segments = location.iter().map(|element| match element {
                PathElement::Name(name) => Segment::Member((*name).to_owned()),
                PathElement::Index(index) => Segment::Item(*index),
            });
            let path = Path(segments.collect());
            path.clone().find(document).map(|value| (path, value))
        });
        Some(found.collect())
    }
}

impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Path {
    /// The value at this place.
    pub fn find(self, document: &Json) -> Option<&Json> {
        self.0.iter().try_fold(document, |value, segment| match segment {
            Segment::Member(name) => value.as_object()?.get(name),
            Segment::Item(index) => value.as_array()?.get(*index),
        })
    }
}

impl Matcher {
    /// Judges the values that `query` selects in `document`.
    ///
    /// # Errors
    /// The query or a pattern is not valid; a scenario's own ones were checked when it was read.
    pub fn judge(&self, query: &str, document: &Json) -> Result<Option<Miss>, MatcherError> {
        let selected = Query::parse(query)?.select(document);
        let pattern = match self {
            Self::Matches(pattern) => Some(compile(pattern)?),
            _ => None,
        };
        if selected.is_empty() {
            // Serialisers may leave null out, and nobody who reads the answer sees a difference.
            let holds = match self {
                Self::Absent => true,
                Self::OneOf(wanted) => wanted.iter().any(Json::is_null),
                _ => false,
            };
            return Ok((!holds).then(|| Miss {
                at: query.to_owned(),
                expected: self.describe(),
                found: "nothing there".to_owned(),
            }));
        }
        let miss = selected.into_iter().find(|(_, value)| !self.accepts(value, pattern.as_ref()));
        Ok(miss.map(|(path, value)| Miss { at: path.to_string(), expected: self.describe(), found: show(value) }))
    }

    /// Checks a pattern when a scenario is read, so that the mistake is reported with its line.
    ///
    /// # Errors
    /// The pattern is not a regular expression.
    pub fn check(&self) -> Result<(), MatcherError> {
        match self {
            Self::Matches(pattern) => compile(pattern).map(drop),
            _ => Ok(()),
        }
    }

    fn accepts(&self, value: &Json, pattern: Option<&regex::Regex>) -> bool {
        match self {
            Self::Present => true,
            Self::Absent => false,
            Self::Equals(wanted) => value.same(wanted),
            Self::DiffersFrom(other) => !value.same(other),
            Self::Matches(_) => value.as_str().is_some_and(|text| pattern.is_some_and(|p| p.is_match(text))),
            Self::Type(kind) => value.kind() == kind,
            Self::OneOf(wanted) => wanted.iter().any(|wanted| value.same(wanted)),
            Self::GreaterThan(Json::Number(bound)) => {
                matches!(value, Json::Number(n) if n.compare(bound).is_some_and(std::cmp::Ordering::is_gt))
            }
            Self::GreaterThan(_) => false,
        }
    }

    /// What is demanded, for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Present => "any value".to_owned(),
            Self::Absent => "nothing".to_owned(),
            Self::Equals(value) => show(value),
            Self::DiffersFrom(value) => format!("anything but {}", show(value)),
            Self::Matches(pattern) => format!("a string that matches `{pattern}`"),
            Self::Type(kind) => format!("a value of type {kind}"),
            Self::OneOf(values) => {
                format!("one of {}", values.iter().map(Json::to_compact).collect::<Vec<_>>().join(", "))
            }
            Self::GreaterThan(bound) => format!("a number above {bound}"),
        }
    }
}

fn compile(pattern: &str) -> Result<regex::Regex, MatcherError> {
    regex::Regex::new(pattern).map_err(|error| {
        // The library draws the pattern over several lines; the last one says what is wrong.
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        MatcherError::Pattern { pattern: pattern.to_owned(), reason }
    })
}

fn show(value: &Json) -> String {
    match value {
        Json::Array(_) | Json::Object(_) => value.to_compact(),
        scalar => format!("{scalar} ({})", scalar.kind()),
    }
}
