//! What is asked of a customer: Accounts/SyncOptions.

use super::{Breach, OfAnswer, Seen, list, settings::each_has_its_id, shown, text};
use crate::{
    contract::{
        Endpoint, Meaning,
        choices::{OPTION_DATA_TYPE, OPTION_KIND},
        model::choice,
    },
    json::Json,
};

pub(super) const OF_ANSWERS: &[OfAnswer] =
    &[OfAnswer { rule: 37, examine: well_formed }, OfAnswer { rule: 38, examine: username }];

/// The answer of Accounts/SyncOptions, if it is one to be read; an answer with an error code is none.
fn options<'a>(seen: &Seen<'a>) -> Option<&'a Json> {
    if seen.endpoint != Endpoint::SyncOptions || seen.meaning() != Meaning::Accepted {
        return None;
    }
    seen.document()
}

/// an object with an array `Fields`; each option has an ID of its own that its definition repeats, and a list
/// brings its entries. No options at all (`[]`, null, or no member) are legal.
fn well_formed(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let body = options(seen)?;
    let wrong = |found: &Json| {
        let breach = Breach::new("Accounts/SyncOptions answered no array `Fields`").at("$.Fields");
        Some(vec![breach.instead("an object with an array `Fields`", shown(Some(found)))])
    };
    if body.as_object().is_none() {
        return if body.is_null() { None } else { wrong(body) };
    }
    let items = match body.member("Fields") {
        Some(Json::Array(items)) => items,
        Some(Json::Null) | None => return Some(Vec::new()),
        Some(other) => return wrong(other),
    };
    let mut breaches = each_has_its_id(items, "sync option");
    for (index, item) in items.iter().enumerate() {
        let Some(definition) = item.member("Definition") else { continue };
        let kind = definition.member("Kind").and_then(|kind| choice(kind, OPTION_KIND));
        if matches!(kind, Some("List" | "ListMultiSelect")) && list(definition, "PredefinedValues").is_empty() {
            let id = text(item, "ID").unwrap_or("?");
            breaches.push(
                Breach::new(format!("the sync option {id} is a list without entries"))
                    .at(format!("$.Fields[{index}].Definition.PredefinedValues"))
                    .instead("the entries to choose from", shown(definition.member("PredefinedValues"))),
            );
        }
    }
    Some(breaches)
}

/// an option that is called `username` has the form in which the platform fills it in. Without one there is
/// nothing to say, and a kind that is not stated is taken for the plain one.
fn username(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let items = list(options(seen)?, "Fields");
    let is_username = |id: Option<&str>| id.is_some_and(|id| id.eq_ignore_ascii_case("username"));
    let none = Json::Null;
    let mut breaches = None;
    for (index, item) in items.iter().enumerate() {
        let definition = item.member("Definition").unwrap_or(&none);
        let (id, repeated) = (text(item, "ID"), text(definition, "ID"));
        if !is_username(id) && !is_username(repeated) {
            continue;
        }
        let breaches = breaches.get_or_insert_with(Vec::new);
        let mut wrong = |at: &str, expected: &str, found: Option<&Json>| {
            breaches.push(
                Breach::new(format!("the platform does not recognise the option for the user name by its {at}"))
                    .at(format!("$.Fields[{index}].{at}"))
                    .instead(expected, shown(found)),
            );
        };
        if id != Some("username") {
            wrong("ID", "username", item.member("ID"));
        }
        if repeated.is_some_and(|repeated| repeated != "username") {
            wrong("Definition.ID", "username", definition.member("ID"));
        }
        let stated = |name: &str| definition.member(name).filter(|value| !value.is_null());
        if let Some(kind) = stated("Kind").filter(|kind| choice(kind, OPTION_KIND) != Some("SimpleValue")) {
            wrong("Definition.Kind", "SimpleValue", Some(kind));
        }
        if let Some(kind) = stated("DataType").filter(|kind| choice(kind, OPTION_DATA_TYPE) != Some("Text")) {
            wrong("Definition.DataType", "Text", Some(kind));
        }
    }
    breaches
}
