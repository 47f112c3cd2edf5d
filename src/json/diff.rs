//! What is different between two JSON values, place by place.

use super::{Json, Path};

/// One difference. `old` is missing for an addition, `new` for a removal.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub path: Path,
    pub old: Option<Json>,
    pub new: Option<Json>,
}

/// Every place where `new` differs from `old`, in the order of the document. Numbers are compared as decimals, the order
/// of members does not matter, the order of items does.
pub fn diff(old: &Json, new: &Json) -> Vec<Change> {
    let mut changes = Vec::new();
    walk(&Path::root(), old, new, &mut changes);
    changes
}

fn walk(path: &Path, old: &Json, new: &Json, changes: &mut Vec<Change>) {
    match (old, new) {
        (Json::Object(a), Json::Object(b)) => {
            for (name, value) in a.iter() {
                match b.get(name) {
                    Some(other) => walk(&path.member(name), value, other, changes),
                    None => {
                        changes.push(Change { path: path.member(name), old: Some(value.clone()), new: None });
                    }
                }
            }
            for (name, value) in b.iter().filter(|(name, _)| a.get(name).is_none()) {
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
