//! Enumerations in settings, options and catalogue.

use super::{Breach, OfAnswer, Seen, shown};
use crate::{
    contract::{
        Endpoint, Meaning,
        choices::FIELD_KIND,
        model::{Kind, choice},
        models,
    },
    json::{Json, Path},
};

pub(super) const OF_ANSWERS: &[OfAnswer] = &[OfAnswer { rule: 35, examine: in_range }];

/// Kinds of setting fields that newer models have; their numbers are not known.
const NEWER_FIELD_KINDS: [&str; 2] = ["File", "TermsOfUse"];

/// an enumeration carries one of its members, as the number or as the name in any case. Null and missing say
/// nothing; of setting fields, kinds are known to exist that only newer models have.
fn in_range(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    use Endpoint::{FieldsGet, ServiceDefinition, SyncOptions};
    if !matches!(seen.endpoint, FieldsGet | ServiceDefinition | SyncOptions) || seen.meaning() != Meaning::Accepted {
        return None;
    }
    let mut walk = Walk { breaches: Vec::new(), place: Vec::new(), seen: false };
    walk.object(seen.endpoint.spec().response, seen.document()?);
    walk.seen.then_some(walk.breaches)
}

/// A walk through a document along its model. The place is kept as steps, so that nothing is written down on the way.
struct Walk<'a> {
    breaches: Vec<Breach>,
    place: Vec<Step<'a>>,
    /// At least one enumeration was there.
    seen: bool,
}

enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

impl<'a> Walk<'a> {
    fn object(&mut self, model: &'static str, value: &'a Json) {
        let (Some(model), Some(members)) = (models::by_name(model), value.as_object()) else { return };
        for (name, value) in members.iter() {
            let Some(member) = model.member(name) else { continue };
            self.place.push(Step::Member(name));
            self.value(&member.kind, value);
            self.place.pop();
        }
    }

    fn value(&mut self, kind: &'static Kind, value: &'a Json) {
        match kind {
            Kind::Object(name) => self.object(name, value),
            Kind::List(item) => {
                for (index, value) in value.as_array().unwrap_or_default().iter().enumerate() {
                    self.place.push(Step::Item(index));
                    self.value(item, value);
                    self.place.pop();
                }
            }
            Kind::Choice(choices) if !value.is_null() => {
                self.seen = true;
                if choice(value, choices).is_none() && !is_newer(value, choices) {
                    let at = self.at();
                    let name = self.place.iter().rev().find_map(|step| match step {
                        Step::Member(name) => Some(*name),
                        Step::Item(_) => None,
                    });
                    self.breaches.push(
                        Breach::new(format!("{} has a value that its enumeration does not have", name.unwrap_or("?")))
                            .at(at)
                            .instead(kind.words(), shown(Some(value))),
                    );
                }
            }
            _ => {}
        }
    }

    fn at(&self) -> Path {
        self.place.iter().fold(Path::root(), |path, step| match step {
            Step::Member(name) => path.member(name),
            Step::Item(index) => path.item(*index),
        })
    }
}

fn is_newer(value: &Json, choices: &'static [(&'static str, i64)]) -> bool {
    if choices != FIELD_KIND {
        return false;
    }
    let highest = choices.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let newer = NEWER_FIELD_KINDS.len() as i64;
    match value {
        Json::String(text) => NEWER_FIELD_KINDS.iter().any(|name| name.eq_ignore_ascii_case(text)),
        other => other.as_i64().is_some_and(|number| number > highest && number <= highest + newer),
    }
}
