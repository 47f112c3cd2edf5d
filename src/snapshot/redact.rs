//! What the profile says about values that change on every run, and about arrays whose order means nothing.

use crate::json::{self, Json, MatcherError, Path, Query, Segment};
use std::borrow::Cow;

/// The JSON types that a redaction may declare.
const KINDS: [&str; 6] = ["null", "boolean", "number", "string", "array", "object"];

/// The redactions and unordered arrays of a profile, ready for use.
#[derive(Debug, Default)]
pub struct Redactions {
    redact: Vec<(Place, &'static str)>,
    unordered: Vec<Place>,
}

/// Why a redaction cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedactionError {
    #[error(transparent)]
    Path(#[from] MatcherError),
    #[error("`{kind}` is not a JSON type, declared for `{path}`; write one of {}", KINDS.join(", "))]
    Kind { path: String, kind: String },
}

impl Redactions {
    /// `redact` gives a JSONPath and the JSON type of what stands there; `unordered` gives JSONPaths of arrays.
    ///
    /// # Errors
    /// A text is not a JSONPath, or a type is none of JSON's.
    pub fn new<P: AsRef<str>, K: AsRef<str>, U: AsRef<str>>(
        redact: impl IntoIterator<Item = (P, K)>,
        unordered: impl IntoIterator<Item = U>,
    ) -> Result<Self, RedactionError> {
        let typed = |(path, kind): (P, K)| {
            let unknown = || RedactionError::Kind { path: path.as_ref().to_owned(), kind: kind.as_ref().to_owned() };
            let known = KINDS.into_iter().find(|known| *known == kind.as_ref()).ok_or_else(unknown)?;
            Ok((Place::parse(path.as_ref())?, known))
        };
        let redact = redact.into_iter().map(typed).collect::<Result<_, RedactionError>>()?;
        let mut unordered: Vec<_> =
            unordered.into_iter().map(|p| Place::parse(p.as_ref())).collect::<Result<_, _>>()?;
        // An array inside another one is sorted first, so that the outer order is made from sorted items.
        unordered.sort_by_key(|place| std::cmp::Reverse(place.depth()));
        Ok(Self { redact, unordered })
    }

    /// The body with typed placeholders and sorted arrays; a copy only where there is something to do. `key` gives the
    /// text by which items are sorted.
    pub(super) fn apply<'a>(&self, body: &'a Json, key: impl Fn(&Json) -> String) -> Cow<'a, Json> {
        let mut body = Cow::Borrowed(body);
        self.put_placeholders(&mut body, &Json::kind);
        self.sort_unordered(&mut body, key);
        body
    }

    /// A snapshot's content as it would be had these redactions been there when it was taken. `None` when there is
    /// nothing for them to hide.
    pub(super) fn hide(&self, content: &str) -> Option<String> {
        let (head, body) = content.split_once('\n')?;
        let tree = json::parse(body.as_bytes()).ok()?;
        let mut body = Cow::Borrowed(&tree);
        self.put_placeholders(&mut body, &kind_in_snapshot);
        if matches!(body, Cow::Borrowed(_)) {
            return None;
        }
        self.sort_unordered(&mut body, Json::to_canonical);
        Some(format!("{head}\n{}", body.to_canonical())).filter(|hidden| hidden != content)
    }

    fn put_placeholders(&self, body: &mut Cow<'_, Json>, kind_of: &dyn Fn(&Json) -> &'static str) {
        for (place, kind) in &self.redact {
            // Another type than the declared one is what somebody must see.
            place.change(body, &|value| kind_of(value) == *kind, &mut |value| {
                *value = Json::String(format!("[redacted {kind}]"));
            });
        }
    }

    fn sort_unordered(&self, body: &mut Cow<'_, Json>, key: impl Fn(&Json) -> String) {
        for place in &self.unordered {
            place.change(body, &|value| value.as_array().is_some_and(|items| items.len() > 1), &mut |value| {
                if let Json::Array(items) = value {
                    items.sort_by_cached_key(&key);
                }
            });
        }
    }
}

/// The JSON type that a value in a snapshot had in the answer: a number that is an id stands there as text.
pub(super) fn kind_in_snapshot(value: &Json) -> &'static str {
    let inside = value.as_str().and_then(|text| text.strip_prefix('[')?.strip_suffix(" number]"));
    match inside {
        Some(name) if !name.contains(['[', ']']) => "number",
        _ => value.kind(),
    }
}

/// A JSONPath. Nearly all are plain ways down the tree, which are walked without the copy that a query works on.
#[derive(Debug)]
enum Place {
    Plain(Vec<Step>),
    Query(Query),
}

#[derive(Debug)]
enum Step {
    Member(String),
    Item(usize),
    /// `.*` and `[*]`.
    Every,
}

impl Place {
    fn parse(text: &str) -> Result<Self, MatcherError> {
        // The query is always parsed: it decides what is a JSONPath at all.
        let query = Query::parse(text)?;
        Ok(plain_steps(text).map_or(Self::Query(query), Self::Plain))
    }

    fn depth(&self) -> usize {
        match self {
            Self::Plain(steps) => steps.len(),
            // May reach anywhere.
            Self::Query(_) => usize::MAX,
        }
    }

    /// Changes the values at this place that are `wanted`, and copies the body if there are any.
    fn change(&self, body: &mut Cow<'_, Json>, wanted: &dyn Fn(&Json) -> bool, change: &mut dyn FnMut(&mut Json)) {
        match self {
            Self::Plain(steps) => {
                if any(body, steps, wanted) {
                    each(body.to_mut(), steps, &mut |value| {
                        if wanted(value) {
                            change(value);
                        }
                    });
                }
            }
            Self::Query(query) => {
                let mut places: Vec<_> =
                    query.select(body).into_iter().filter(|(_, v)| wanted(v)).map(|(path, _)| path).collect();
                places.sort_by_key(|path| std::cmp::Reverse(path.0.len()));
                for path in places {
                    if let Some(value) = find(body.to_mut(), &path) {
                        change(value);
                    }
                }
            }
        }
    }
}

fn any(json: &Json, steps: &[Step], test: &dyn Fn(&Json) -> bool) -> bool {
    let Some((step, rest)) = steps.split_first() else { return test(json) };
    match (step, json) {
        (Step::Member(name), Json::Object(object)) => object.iter().any(|(key, v)| key == name && any(v, rest, test)),
        (Step::Every, Json::Object(object)) => object.iter().any(|(_, value)| any(value, rest, test)),
        (Step::Item(index), Json::Array(items)) => items.get(*index).is_some_and(|item| any(item, rest, test)),
        (Step::Every, Json::Array(items)) => items.iter().any(|item| any(item, rest, test)),
        _ => false,
    }
}

fn each(json: &mut Json, steps: &[Step], change: &mut dyn FnMut(&mut Json)) {
    let Some((step, rest)) = steps.split_first() else { return change(json) };
    match (step, json) {
        (Step::Member(name), Json::Object(object)) => {
            object.iter_mut().filter(|(key, _)| key == name).for_each(|(_, value)| each(value, rest, change));
        }
        (Step::Every, Json::Object(object)) => object.iter_mut().for_each(|(_, value)| each(value, rest, change)),
        (Step::Item(index), Json::Array(items)) => {
            if let Some(item) = items.get_mut(*index) {
                each(item, rest, change);
            }
        }
        (Step::Every, Json::Array(items)) => items.iter_mut().for_each(|item| each(item, rest, change)),
        _ => {}
    }
}

fn find<'a>(json: &'a mut Json, path: &Path) -> Option<&'a mut Json> {
    path.0.iter().try_fold(json, |value, segment| match (segment, value) {
        (Segment::Member(name), Json::Object(object)) => {
            object.iter_mut().filter(|(key, _)| key == name).last().map(|(_, value)| value)
        }
        (Segment::Item(index), Json::Array(items)) => items.get_mut(*index),
        _ => None,
    })
}

/// The steps of a path made of members, items and wildcards; `None` for anything cleverer.
fn plain_steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (inside, after) = bracket(after)?;
            steps.push(inside);
            rest = after;
        } else {
            let name = rest.strip_prefix('.')?;
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            if name.is_empty() || name.contains(char::is_whitespace) {
                return None;
            }
            steps.push(if name == "*" { Step::Every } else { Step::Member(name.to_owned()) });
            rest = after;
        }
    }
    Some(steps)
}

/// What stands in brackets, and what follows them.
fn bracket(text: &str) -> Option<(Step, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let Some(quote) = quote else {
        let (inside, after) = text.split_once(']')?;
        let step = if inside == "*" { Step::Every } else { Step::Item(inside.parse().ok()?) };
        return Some((step, after));
    };
    let (name, after) = text[1..].split_once(quote)?;
    if name.contains('\\') {
        return None;
    }
    Some((Step::Member(name.to_owned()), after.strip_prefix(']')?))
}
