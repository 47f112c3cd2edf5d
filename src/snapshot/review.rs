//! Going through pending snapshots: which key means what, and what comes next. Pure; files are the business of
//! [`super::Desk`], and showing is that of the command line.
//!
//! [`Review::press`] says what a key asks for; whoever did it reports back, so that what could not be written was not
//! decided either.

use super::{
    compare::{Changed, Comparison, compare},
    edits::Edits,
    format::Header,
    name::SnapshotName,
    redact::kind_in_snapshot,
};
use crate::json::{Change, Json, Path, Query, Segment};
use std::sync::Arc;

/// Values that can be chosen from at a time: one for each digit.
const CHOICES: usize = 9;

/// A pending snapshot and what has been decided about it.
#[derive(Debug, Clone)]
pub struct Item {
    pub name: SnapshotName,
    pub compared: Arc<Compared>,
    pub standing: Standing,
}

/// What waits, beside what is accepted.
#[derive(Debug)]
pub struct Compared {
    pub header: Header,
    pub old: Option<String>,
    pub new: String,
    pub comparison: Comparison,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not looked at yet.
    Open,
    Skipped,
    Accepted,
    Rejected,
    /// Nothing differs any more, since a value is hidden.
    Settled,
}

impl Standing {
    /// True while the pending file is still there.
    pub fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Skipped)
    }
}

/// A value that differs and could be hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Varying {
    /// JSONPath, as the profile will have it.
    pub path: String,
    /// The JSON type that it has on both sides.
    pub kind: &'static str,
    /// The first difference there, for people.
    pub example: String,
    /// How many values differ there.
    pub count: usize,
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Accept,
    Reject,
    Skip,
    AcceptScenario,
    Varies,
    Digit(usize),
    Sent,
    Undo,
    More,
    Help,
    Quit,
    Other,
}

impl Key {
    /// The meaning of a letter.
    pub fn of(letter: char) -> Self {
        match letter {
            'a' => Self::Accept,
            'r' => Self::Reject,
            's' => Self::Skip,
            'A' => Self::AcceptScenario,
            'v' => Self::Varies,
            'w' => Self::Sent,
            'u' => Self::Undo,
            'm' => Self::More,
            '?' | 'h' => Self::Help,
            'q' | 'x' => Self::Quit,
            digit => digit.to_digit(10).map_or(Self::Other, |digit| Self::Digit(digit as usize)),
        }
    }
}

/// What is to be done about a key. Decisions count once they are reported back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Accept these; report [`Review::accepted`].
    Accept(Vec<usize>),
    /// Throw this one away; report [`Review::rejected`].
    Reject(usize),
    /// Hide this value; report [`Review::redacted`].
    Redact(Varying),
    /// Take [`Review::last`] back; report [`Review::taken_back`].
    Undo,
    /// It was skipped: show the next one.
    Skipped,
    /// Show the request that was answered.
    Sent,
    /// Show more of what is shown.
    More,
    Help,
    /// Ask which value it is: [`Review::choices`].
    Choose,
    /// No value was chosen.
    Back,
    /// The key does nothing here, and why.
    Refuse(&'static str),
    End,
}

/// A decision, with what it takes to take it back.
#[derive(Debug)]
pub struct Decision {
    /// What was decided, for people: `accepted x`.
    pub what: String,
    pub edits: Edits,
    before: Vec<(usize, Item)>,
    at: Option<usize>,
}

/// The state of a review.
#[derive(Debug)]
pub struct Review {
    items: Vec<Item>,
    /// The one that is shown; `None` when all have been looked at.
    at: Option<usize>,
    /// The page of values to choose from, while choosing.
    choosing: Option<usize>,
    decisions: Vec<Decision>,
}

impl Compared {
    pub fn new(header: Header, old: Option<String>, new: String) -> Self {
        let comparison = compare(old.as_deref(), &new);
        Self { header, old, new, comparison }
    }

    /// True when there is nothing to decide.
    pub fn is_same(&self) -> bool {
        self.comparison.is_same()
    }

    /// What differs, if something was accepted before.
    pub fn changed(&self) -> Option<&Changed> {
        match &self.comparison {
            Comparison::Changed(changed) => Some(changed),
            Comparison::Same | Comparison::New => None,
        }
    }

    /// The values that differ and have the same JSON type on both sides. Those of an array are offered for all of its
    /// items, because tomorrow another item will differ.
    pub fn varying(&self) -> Vec<Varying> {
        let mut found: Vec<Varying> = Vec::new();
        for change in self.changed().iter().flat_map(|changed| &changed.changes) {
            let Some(kind) = kind_of(change) else { continue };
            let path = every(&change.path);
            match found.iter_mut().find(|other| other.path == path && other.kind == kind) {
                Some(other) => other.count += 1,
                None if Query::parse(&path).is_ok() => {
                    found.push(Varying { path, kind, example: change.describe(), count: 1 });
                }
                None => {}
            }
        }
        found
    }
}

/// The JSON type of the value, where a redaction can hide the difference. The whole body is no value.
fn kind_of(change: &Change) -> Option<&'static str> {
    let (old, new) = (change.old.as_ref()?, change.new.as_ref()?);
    let kind = kind_in_snapshot(old);
    let scalar = !change.path.0.is_empty() && !matches!(old, Json::Null | Json::Array(_) | Json::Object(_));
    (scalar && kind == kind_in_snapshot(new)).then_some(kind)
}

/// The path with `[*]` for each index.
fn every(path: &Path) -> String {
    let mut text = String::from("$");
    for segment in &path.0 {
        match segment {
            Segment::Item(_) => text.push_str("[*]"),
            Segment::Member(_) => text.push_str(&Path(vec![segment.clone()]).to_string()[1..]),
        }
    }
    text
}

impl Item {
    pub fn new(name: SnapshotName, compared: Compared) -> Self {
        Self { name, compared: Arc::new(compared), standing: Standing::Open }
    }
}

impl Review {
    /// A review of these, from the first one on.
    pub fn new(items: Vec<Item>) -> Self {
        let at = (!items.is_empty()).then_some(0);
        Self { items, at, choosing: None, decisions: Vec::new() }
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The one that is shown, counted from 0; `None` when all have been looked at.
    pub fn current(&self) -> Option<(usize, &Item)> {
        let index = self.at?;
        Some((index, self.items.get(index)?))
    }

    /// How many have this standing.
    pub fn count(&self, standing: Standing) -> usize {
        self.items.iter().filter(|item| item.standing == standing).count()
    }

    /// How many still wait.
    pub fn waiting(&self) -> usize {
        self.items.iter().filter(|item| item.standing.waits()).count()
    }

    /// The decision that can be taken back.
    pub fn last(&self) -> Option<&Decision> {
        self.decisions.last()
    }

    /// True while a value is to be chosen.
    pub fn is_choosing(&self) -> bool {
        self.choosing.is_some()
    }

    /// The values to choose from, on this page, and how many more there are on others.
    pub fn choices(&self) -> (Vec<Varying>, usize) {
        let all = self.current().map(|(_, item)| item.compared.varying()).unwrap_or_default();
        let count = all.len();
        let page: Vec<_> = all.into_iter().skip(self.choosing.unwrap_or(0) * CHOICES).take(CHOICES).collect();
        let rest = count - page.len();
        (page, rest)
    }

    /// What a key asks for.
    pub fn press(&mut self, key: Key) -> Effect {
        let Some((index, item)) = self.current() else {
            return match key {
                Key::Undo => self.undo(),
                Key::Help => Effect::Help,
                _ => Effect::End,
            };
        };
        if let Some(page) = self.choosing {
            return self.choose(page, key);
        }
        match key {
            Key::Accept => Effect::Accept(vec![index]),
            Key::AcceptScenario => {
                let scenario = item.name.scenario();
                let open = |other: &Item| other.standing == Standing::Open && other.name.scenario() == scenario;
                Effect::Accept((0..self.items.len()).filter(|i| *i == index || open(&self.items[*i])).collect())
            }
            Key::Reject => Effect::Reject(index),
            Key::Skip => {
                let skipped = Item { standing: Standing::Skipped, ..item.clone() };
                self.record(format!("skipped {}", skipped.name), vec![(index, skipped)], Edits::default());
                Effect::Skipped
            }
            Key::Varies => self.varies(),
            Key::Undo => self.undo(),
            Key::Sent => Effect::Sent,
            Key::More => Effect::More,
            Key::Help => Effect::Help,
            Key::Quit => Effect::End,
            Key::Digit(_) | Key::Other => Effect::Refuse("that key does nothing here; ? says what the keys do"),
        }
    }

    fn undo(&self) -> Effect {
        match self.decisions.is_empty() {
            true => Effect::Refuse("nothing has been decided yet"),
            false => Effect::Undo,
        }
    }

    fn varies(&mut self) -> Effect {
        let Some((_, item)) = self.current() else { return Effect::End };
        if item.compared.changed().is_none() {
            return Effect::Refuse(
                "nothing was accepted yet, so no value differs: accept it, and mark the value when the next run differs",
            );
        }
        let mut values = item.compared.varying();
        match values.len() {
            0 => Effect::Refuse(
                "no value differs here that could be hidden: a value has to be there on both sides, with the same type",
            ),
            1 => Effect::Redact(values.remove(0)),
            _ => {
                self.choosing = Some(0);
                Effect::Choose
            }
        }
    }

    fn choose(&mut self, page: usize, key: Key) -> Effect {
        let (mut choices, rest) = self.choices();
        match key {
            Key::Digit(digit) if (1..=choices.len()).contains(&digit) => {
                self.choosing = None;
                Effect::Redact(choices.swap_remove(digit - 1))
            }
            Key::More if rest > 0 => {
                let last = choices.len() < CHOICES || (page + 1) * CHOICES >= choices.len() + rest;
                self.choosing = Some(if last { 0 } else { page + 1 });
                Effect::Choose
            }
            Key::Digit(_) | Key::Other | Key::Help => {
                Effect::Refuse("type the number of a value, or q for none of them")
            }
            _ => {
                self.choosing = None;
                Effect::Back
            }
        }
    }

    /// These were accepted.
    pub fn accepted(&mut self, indices: &[usize], edits: Edits) {
        let what = match indices {
            [one] => format!("accepted {}", self.items[*one].name),
            _ => format!("accepted {} snapshots of {}", indices.len(), self.scenario()),
        };
        let items = indices.iter().map(|i| (*i, Item { standing: Standing::Accepted, ..self.items[*i].clone() }));
        self.record(what, items.collect(), edits);
    }

    fn scenario(&self) -> &str {
        self.current().map_or("", |(_, item)| item.name.scenario())
    }

    /// This one was thrown away.
    pub fn rejected(&mut self, index: usize, edits: Edits) {
        let what = format!("rejected {}", self.items[index].name);
        self.record(what, vec![(index, Item { standing: Standing::Rejected, ..self.items[index].clone() })], edits);
    }

    /// A value is hidden, and these pending snapshots read so now.
    pub fn redacted(&mut self, value: &Varying, pending: Vec<(SnapshotName, Option<String>, String)>, edits: Edits) {
        let mut items = Vec::new();
        for (name, old, new) in pending {
            let Some(index) = self.items.iter().position(|item| item.name == name && item.standing.waits()) else {
                continue;
            };
            let item = &self.items[index];
            let compared = Compared::new(item.compared.header.clone(), old, new);
            let standing = if compared.is_same() { Standing::Settled } else { item.standing };
            items.push((index, Item { name, compared: Arc::new(compared), standing }));
        }
        self.record(format!("{} is hidden as [redacted {}]", value.path, value.kind), items, edits);
    }

    /// The last decision was taken back: what it was about is shown again.
    pub fn taken_back(&mut self) {
        let Some(decision) = self.decisions.pop() else { return };
        for (index, item) in decision.before {
            self.items[index] = item;
        }
        self.at = decision.at;
        self.choosing = None;
    }

    fn record(&mut self, what: String, items: Vec<(usize, Item)>, edits: Edits) {
        let before =
            items.into_iter().map(|(index, item)| (index, std::mem::replace(&mut self.items[index], item))).collect();
        self.decisions.push(Decision { what, edits, before, at: self.at });
        self.choosing = None;
        let from = self.at.unwrap_or(0);
        let open = |index: &usize| self.items[*index].standing == Standing::Open;
        // What an undo brought back may stand before this one.
        self.at = (from..self.items.len()).chain(0..from).find(open);
    }
}
