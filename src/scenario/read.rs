//! Nodes that have been checked → the parts of a scenario.

use super::{Flaw, Partner, Place, ProductWish, Trait, Verb};
use crate::{
    contract::{CredentialForm, expectation::Demand},
    json::{Json, Matcher, Object, Query},
    yaml::{
        Key, Node,
        shape::{Checker, duration},
    },
};
use std::time::Duration;

pub(super) fn texts(node: Option<&Node>) -> Vec<String> {
    node.map(Node::items).unwrap_or_default().iter().filter_map(|item| item.text().map(str::to_owned)).collect()
}

pub(super) fn table(node: Option<&Node>) -> Vec<(String, Json)> {
    node.map(Node::entries).unwrap_or_default().iter().map(|(key, value)| (key.text.clone(), value.to_json())).collect()
}

/// Header → its value, or `None` where it is left out.
pub(super) fn headers(node: Option<&Node>) -> Vec<(String, Option<String>)> {
    let entries = node.map(Node::entries).unwrap_or_default();
    entries.iter().map(|(key, value)| (key.text.clone(), value.scalar())).collect()
}

/// What `set` puts where.
pub(super) fn assignments(node: Option<&Node>, checker: &mut Checker) -> Vec<(Place, Json)> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let read = |(key, value): &(Key, Node)| Some((place(&key.text, &key.span, checker)?, value.to_json()));
    entries.iter().filter_map(read).collect()
}

/// What `unset` leaves out.
pub(super) fn places(node: Option<&Node>, checker: &mut Checker) -> Vec<Place> {
    let mut places = Vec::new();
    for item in node.map(Node::items).unwrap_or_default() {
        let found = item.text().and_then(|text| place(text, &item.span, checker));
        if found.as_ref().is_some_and(Place::is_root) {
            checker
                .error(&item.span, "the whole body cannot be left out", "the body itself")
                .help("`unset` takes the path of a member, for example `$.Account.Address`");
            continue;
        }
        places.extend(found);
    }
    places
}

fn place(text: &str, span: &std::ops::Range<usize>, checker: &mut Checker) -> Option<Place> {
    Place::parse(text)
        .map_err(|reason| {
            checker
                .error(span, "this is not a JSONPath to one place", reason)
                .help("for example `$.Account.Address`, `$.Addons[0].Quantity`, or `$['a b']`");
        })
        .ok()
}

pub(super) fn time(node: Option<&Node>, missing: Duration) -> Duration {
    node.and_then(Node::scalar).and_then(|text| duration(&text)).unwrap_or(missing)
}

pub(super) fn wish(node: Option<&Node>) -> ProductWish {
    let Some(node) = node else { return ProductWish::default() };
    if let Some(id) = node.text() {
        return ProductWish { id: Some(id.to_owned()), with: Vec::new() };
    }
    let with = texts(node.get("with")).iter().filter_map(|name| Trait::parse(name)).collect();
    ProductWish { id: node.get("id").and_then(Node::text).map(str::to_owned), with }
}

/// A row's name as a part of a file name.
pub(super) fn slug(text: &str) -> String {
    let words =
        text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '+' | '.')).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Short forms become objects: `change_quantity: 5` is `{quantity: 5}`, a list of add-ons is `{addons: [...]}`.
pub(super) fn spelled_out(verb: Verb, args: &Node) -> Json {
    let json = args.to_json();
    match (verb, json) {
        (_, Json::Null) => Json::Object(Object::new()),
        (Verb::ChangeQuantity, scalar @ (Json::Number(_) | Json::String(_))) => {
            Json::Object([("quantity", scalar)].into_iter().collect())
        }
        (Verb::BuyAddon, Json::Array(addons)) => Json::Object([("addons", Json::Array(addons))].into_iter().collect()),
        (_, other) => other,
    }
}

pub(super) fn read_flaw(node: &Node, index: usize, proves: Vec<String>, checker: &mut Checker) -> Flaw {
    let text = |name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
    let mut flaw = Flaw {
        name: text("name").unwrap_or_default(),
        proves,
        credentials: text("credentials").as_deref().and_then(CredentialForm::parse),
        partner: text("partner").as_deref().and_then(Partner::parse),
        send: node.get("send").map(Node::to_json),
        set: assignments(node.get("set"), checker),
        unset: places(node.get("unset"), checker),
        headers: headers(node.get("headers")),
        raw: text("raw"),
        cut: node.get("cut").and_then(Node::whole).and_then(|n| usize::try_from(n).ok()),
        method: text("method"),
    };
    if flaw.name.is_empty() {
        flaw.name = described(&flaw).unwrap_or_else(|| format!("flaw {}", index + 1));
    }
    flaw
}

/// The name of a flaw that has none: what it does.
fn described(flaw: &Flaw) -> Option<String> {
    if let Some(form) = flaw.credentials {
        return Some(form.as_str().to_owned());
    }
    if let Some(cut) = flaw.cut {
        return Some(format!("body cut short by {cut}"));
    }
    if let Some(send) = &flaw.send {
        return Some(send.to_compact());
    }
    let set = flaw.set.iter().map(|(place, value)| format!("{place} = {value}"));
    let unset = flaw.unset.iter().map(|place| format!("without {place}"));
    let edits = set.chain(unset).collect::<Vec<_>>();
    match (&edits[..], &flaw.raw, &flaw.method) {
        ([_, ..], ..) => Some(edits.join(", ")),
        (_, Some(raw), _) if raw.is_empty() => Some("empty body".to_owned()),
        (_, Some(raw), _) => Some(format!("body {}", raw.chars().take(40).collect::<String>())),
        (_, _, Some(method)) => Some(method.clone()),
        _ => None,
    }
}

pub(super) fn demands(node: Option<&Node>, checker: &mut Checker) -> Vec<Demand> {
    let mut demands = Vec::new();
    for (key, value) in node.map(Node::entries).unwrap_or_default() {
        let dynamic = key.text.contains("${");
        if let (false, Err(error)) = (dynamic, Query::parse(&key.text)) {
            checker
                .error(&key.span, "this is not a JSONPath", error.to_string())
                .help("for example `$.Result` or `$.Addons[0].ID`");
            continue;
        }
        let mut demand = |matcher: Matcher| {
            if let Err(error) = matcher.check() {
                checker.error(&value.span, "this matcher cannot be used", error.to_string());
            }
            demands.push(Demand { path: key.text.clone(), matcher });
        };
        match value.text() {
            Some("present") => demand(Matcher::Present),
            Some("absent") => demand(Matcher::Absent),
            _ => {
                for (name, operand) in value.entries() {
                    let json = operand.to_json();
                    let text = operand.scalar().unwrap_or_default();
                    match name.text.as_str() {
                        "present" => demand(Matcher::Present),
                        "absent" => demand(Matcher::Absent),
                        "equals" => demand(Matcher::Equals(json)),
                        "differs_from" => demand(Matcher::DiffersFrom(json)),
                        "matches" => demand(Matcher::Matches(text)),
                        "type" => demand(Matcher::Type(text)),
                        "one_of" => demand(Matcher::OneOf(json.as_array().unwrap_or_default().to_vec())),
                        "greater_than" => demand(Matcher::GreaterThan(json)),
                        _ => {}
                    }
                }
            }
        }
    }
    demands
}

pub(super) fn captures(node: Option<&Node>, checker: &mut Checker) -> Vec<(String, String)> {
    let mut captures = Vec::new();
    for (key, value) in node.map(Node::entries).unwrap_or_default() {
        let Some(path) = value.text() else { continue };
        if let Err(error) = Query::parse(path) {
            checker.error(&value.span, "this is not a JSONPath", error.to_string());
        }
        captures.push((key.text.clone(), path.to_owned()));
    }
    captures
}
