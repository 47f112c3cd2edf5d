//! What is different between two JSON values, place by place.

use super::{Json, Object, Path};
use std::collections::HashMap;

/// One difference. `old` is missing for an addition, `new` for a removal.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub path: Path,
    pub old: Option<Json>,
    pub new: Option<Json>,
}

/// Every place where `new` differs from `old`, in the order of the document. Numbers are compared as decimals, the order
/// of members does not matter, the order of items does. Of a member that is there several times the last one counts.
pub fn diff(old: &Json, new: &Json) -> Vec<Change> {
    let mut changes = Vec::new();
    walk(&Path::root(), old, new, &mut changes);
    changes
}

fn walk(path: &Path, old: &Json, new: &Json, changes: &mut Vec<Change>) {
    match (old, new) {
        (Json::Object(a), Json::Object(b)) => {
            let (of_a, of_b) = (LookUp::new(a), LookUp::new(b));
            for (name, value) in of_a.counted() {
                match of_b.get(name) {
                    Some(other) => walk(&path.member(name), value, other, changes),
                    None => {
                        changes.push(Change { path: path.member(name), old: Some(value.clone()), new: None });
                    }
                }
            }
            for (name, value) in of_b.counted().filter(|(name, _)| of_a.get(name).is_none()) {
                changes.push(Change { path: path.member(name), old: None, new: Some(value.clone()) });
            }
        }
        (Json::Array(a), Json::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                match (a.get(index), b.get(index)) {
                    (Some(x), Some(y)) => walk(&path.item(index), x, y, changes),
                    (x, y) => changes.push(Change { path: path.item(index), old: x.cloned(), new: y.cloned() }),
                }
            }
        }
        (a, b) if a.same(b) => {}
        (a, b) => changes.push(Change { path: path.clone(), old: Some(a.clone()), new: Some(b.clone()) }),
    }
}

/// Members by name. Asking an object itself costs its size, and so comparing large ones the square of it.
struct LookUp<'a> {
    object: &'a Object,
    /// Only of an object with many members.
    last: Option<HashMap<&'a str, &'a Json>>,
}

impl<'a> LookUp<'a> {
    const MANY: usize = 32;

    fn new(object: &'a Object) -> Self {
        Self { object, last: (object.len() > Self::MANY).then(|| object.iter().collect()) }
    }

    fn get(&self, name: &str) -> Option<&'a Json> {
        match &self.last {
            Some(last) => last.get(name).copied(),
            None => self.object.get(name),
        }
    }

    /// The members that a look-up finds.
    fn counted(&self) -> impl Iterator<Item = (&'a str, &'a Json)> {
        self.object.iter().filter(|(name, value)| self.get(name).is_some_and(|last| std::ptr::eq(last, *value)))
    }
}

impl Change {
    /// One line for people: `$.Code: 0 → -1`; the JSON types are named where the texts alone look equal.
    pub fn describe(&self) -> String {
        match (&self.old, &self.new) {
            (Some(old), None) => format!("{}: {} is gone", self.path, short(old)),
            (None, Some(new)) => format!("{}: {} is new", self.path, short(new)),
            (Some(old), Some(new)) if plain(old) == plain(new) => {
                format!("{}: {} ({}) became {} ({})", self.path, short(old), old.kind(), short(new), new.kind())
            }
            (Some(old), Some(new)) => format!("{}: {} became {}", self.path, short(old), short(new)),
            (None, None) => self.path.to_string(),
        }
    }
}

fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_compact(), str::to_owned)
}

fn short(json: &Json) -> String {
    let text = json.to_compact();
    match text.char_indices().nth(120) {
        Some((index, _)) => format!("{}…", &text[..index]),
        None => text,
    }
}
