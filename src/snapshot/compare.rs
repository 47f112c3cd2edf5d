//! What is different between an accepted snapshot and an answer. Pure.

use crate::json::{self, Change, Json, Path};

/// More differences than this are counted and not listed: an item put in front of a large array moves all others.
const MOST_CHANGES: usize = 1_000;

/// How an answer compares with its accepted snapshot.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// It says the same.
    Same,
    /// Nothing was accepted yet.
    New,
    Changed(Changed),
}

/// What has changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changed {
    /// HTTP status or media type.
    pub head: Option<HeadChange>,
    /// Differences in the body, in the order of the document; at most a thousand.
    pub changes: Vec<Change>,
    /// How many more differences there are than `changes` lists.
    pub omitted: usize,
}

/// The first lines, where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadChange {
    pub old: String,
    pub new: String,
}

impl Comparison {
    /// True when there is nothing to look at.
    pub fn is_same(&self) -> bool {
        matches!(self, Self::Same)
    }
}

impl Changed {
    /// One line for each difference; the JSON types are named where the texts alone look equal.
    pub fn describe(&self) -> Vec<String> {
        let head = self.head.iter().map(|head| format!("answer: {} became {}", head.old, head.new));
        let omitted = (self.omitted > 0).then(|| format!("and {} more differences", self.omitted));
        head.chain(self.changes.iter().map(Change::describe)).chain(omitted).collect()
    }
}

/// Compares the content of an accepted snapshot with that of an answer. Equal texts decide at once; otherwise bodies are
/// compared as JSON: numbers as decimals, the order of members ignored.
pub fn compare(accepted: Option<&str>, actual: &str) -> Comparison {
    let Some(accepted) = accepted else { return Comparison::New };
    if accepted == actual {
        return Comparison::Same;
    }
    let ((old_head, old_body), (new_head, new_body)) = (parts(accepted), parts(actual));
    let head = (old_head != new_head).then(|| HeadChange { old: old_head.to_owned(), new: new_head.to_owned() });
    let mut changes = match (old_body, new_body) {
        (Some(old), Some(new)) if old != new => bodies(tree(old), tree(new)),
        (Some(_), Some(_)) | (None, None) => Vec::new(),
        (old, new) => vec![Change { path: Path::root(), old: old.map(tree), new: new.map(tree) }],
    };
    if head.is_none() && changes.is_empty() {
        return Comparison::Same;
    }
    let omitted = changes.len().saturating_sub(MOST_CHANGES);
    changes.truncate(MOST_CHANGES);
    Comparison::Changed(Changed { head, changes, omitted })
}

/// The first line, and the body if there is one.
fn parts(content: &str) -> (&str, Option<&str>) {
    match content.split_once('\n') {
        Some((head, body)) => (head.trim_end(), Some(body.trim_end()).filter(|body| !body.is_empty())),
        None => (content.trim_end(), None),
    }
}

/// The body as JSON. Somebody may have edited a file into something else; that is compared as text.
fn tree(body: &str) -> Json {
    json::parse(body.as_bytes()).unwrap_or_else(|_| Json::text(body))
}

fn bodies(old: Json, new: Json) -> Vec<Change> {
    let changes = json::diff(&old, &new);
    // A member that is there twice is found by name once, so the diff alone would not see it.
    if changes.is_empty() && !old.same(&new) { whole(old, new) } else { changes }
}

fn whole(old: Json, new: Json) -> Vec<Change> {
    if old.to_canonical() == new.to_canonical() {
        return Vec::new();
    }
    vec![Change { path: Path::root(), old: Some(old), new: Some(new) }]
}
