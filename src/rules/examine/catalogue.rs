//! What is sold: the answer of Fields/ServiceDefinition.

use super::{Breach, Case, Note, OfAnswer, OfScenario, Seen, list, shown, text};
use crate::{
    contract::{Endpoint, Meaning, choices::ATTRIBUTE_KIND, choices::RELATION, model::choice},
    json::Json,
};
use std::collections::{HashMap, HashSet};

pub(super) const OF_ANSWERS: &[OfAnswer] = &[
    OfAnswer { rule: 27, examine: product_types },
    OfAnswer { rule: 29, examine: attributes_defined },
    OfAnswer { rule: 30, examine: list_values_defined },
    OfAnswer { rule: 31, examine: usage_and_kind },
    OfAnswer { rule: 32, examine: relations },
    OfAnswer { rule: 36, examine: limits },
];
pub(super) const OF_SCENARIOS: &[OfScenario] = &[OfScenario { rules: &[28], examine: stable_types }];

/// The catalogue, if the answer is one to be read; an answer with an error code is none.
pub(super) fn catalogue<'a>(seen: &Seen<'a>) -> Option<&'a Json> {
    if seen.endpoint != Endpoint::ServiceDefinition || seen.meaning() != Meaning::Accepted {
        return None;
    }
    seen.document()
}

/// A product, or an add-on, with its place.
pub(super) struct Sold<'a> {
    pub(super) item: &'a Json,
    pub(super) at: Place,
}

/// Where something stands in the catalogue. Written out only when it is needed.
#[derive(Clone, Copy)]
pub(super) struct Place {
    of_type: usize,
    list: &'static str,
    index: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "$.ProductTypes[{}].ProductsCollection.{}[{}]", self.of_type, self.list, self.index)
    }
}

/// The products and add-ons of a type.
pub(super) fn sold<'a>(of_type: usize, product_type: &'a Json) -> impl Iterator<Item = Sold<'a>> {
    let collection = product_type.member("ProductsCollection");
    ["Products", "Addons"].into_iter().flat_map(move |name| {
        let items = collection.map(|collection| list(collection, name)).unwrap_or_default();
        items.iter().enumerate().map(move |(index, item)| Sold { item, at: Place { of_type, list: name, index } })
    })
}

/// What something is called in a message.
pub(super) fn id_of(item: &Json) -> &str {
    text(item, "ID").unwrap_or("without ID")
}

fn products(product_type: &Json) -> &[Json] {
    product_type.member("ProductsCollection").map(|collection| list(collection, "Products")).unwrap_or_default()
}

/// What stands in a list, by the text of a member in lower case; of several the first. Large catalogues have thousands of
/// products that name each other: looking each one up in the list would cost the square of that.
fn by<'a>(list: &'a [Json], name: &str) -> HashMap<String, &'a Json> {
    let mut found = HashMap::new();
    for item in list {
        if let Some(text) = text(item, name) {
            found.entry(text.to_ascii_lowercase()).or_insert(item);
        }
    }
    found
}

/// an object with an array `ProductTypes` of at least one, each with ID and Name. Everything else may be missing:
/// some service managers let products be typed into the platform by hand. But a list that is there is a list.
fn product_types(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let body = catalogue(seen)?;
    let Some(types) = body.member("ProductTypes").and_then(Json::as_array) else {
        let found = if body.as_object().is_some() { body.member("ProductTypes") } else { Some(body) };
        return Some(vec![
            Breach::new("Fields/ServiceDefinition answered no array `ProductTypes`")
                .at("$.ProductTypes")
                .instead("an object with an array `ProductTypes`", shown(found)),
        ]);
    };
    if types.is_empty() {
        return Some(vec![
            Breach::new("Fields/ServiceDefinition answered no product type at all")
                .at("$.ProductTypes")
                .instead("at least one product type", "[]"),
        ]);
    }
    let mut breaches = Vec::new();
    for (index, product_type) in types.iter().enumerate() {
        for name in ["ID", "Name"] {
            if text(product_type, name).is_none() {
                breaches.push(
                    Breach::new(format!("a product type has no {name}"))
                        .at(format!("$.ProductTypes[{index}].{name}"))
                        .instead("a text that is not blank", shown(product_type.member(name))),
                );
            }
        }
        no_lists(index, product_type, &mut breaches);
    }
    Some(breaches)
}

/// What has the name of a list and is none: nothing in it is read, so that what stands there is not for sale.
fn no_lists(index: usize, product_type: &Json, breaches: &mut Vec<Breach>) {
    let at = format!("$.ProductTypes[{index}]");
    let mut look = |holder: &Json, at: &str, names: &[&str]| {
        let there = names.iter().filter_map(|name| holder.member(name).map(|value| (name, value)));
        for (name, value) in there.filter(|(_, value)| !matches!(value, Json::Array(_) | Json::Null)) {
            breaches.push(
                Breach::new(format!("{name} is a JSON {}, not a list", value.kind()))
                    .at(format!("{at}.{name}"))
                    .instead("an array, or null", shown(Some(value))),
            );
        }
    };
    look(product_type, &at, &["AttributeList"]);
    if let Some(collection) = product_type.member("ProductsCollection") {
        look(collection, &format!("{at}.ProductsCollection"), &["Products", "Addons"]);
    }
    for sold in sold(index, product_type) {
        look(sold.item, &sold.at.to_string(), &["Attributes", "RelatedProducts", "Prices"]);
    }
}

/// no two product types have one ID, and a second read brings the IDs of the first, in whatever order.
fn stable_types(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut first: Option<Vec<&str>> = None;
    for (step, of_step) in case.evidence.steps.iter().enumerate() {
        for (place, exchange) in of_step.exchanges.iter().enumerate() {
            if exchange.sent.endpoint != Some(Endpoint::ServiceDefinition)
                || super::meaning(exchange) != Some(Meaning::Accepted)
            {
                continue;
            }
            let Some(body) = exchange.answer().and_then(|answer| answer.body.as_ref()) else { continue };
            let mut ids: Vec<&str> = list(body, "ProductTypes").iter().filter_map(|t| text(t, "ID")).collect();
            ids.sort_unstable();
            if ids.is_empty() {
                continue;
            }
            let mut breaches: Vec<Breach> = ids
                .windows(2)
                .filter(|pair| pair[0] == pair[1])
                .map(|pair| {
                    Breach::new(format!("two product types have one ID: {}", pair[0]))
                        .at("$.ProductTypes")
                        .instead("an ID of its own", pair[0])
                })
                .collect();
            match &first {
                None => first = Some(ids),
                Some(first) if *first == ids => {}
                Some(first) => breaches.push(
                    Breach::new("a second read of the catalogue has other product types")
                        .at("$.ProductTypes")
                        .instead(first.join(", "), ids.join(", ")),
                ),
            }
            notes.push(Note { rule: 28, step, exchange: place, breaches });
        }
    }
    notes
}

/// what a product or add-on uses, its type defines. Letter case is not held against anybody.
fn attributes_defined(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let mut breaches = None;
    for (of_type, product_type) in list(catalogue(seen)?, "ProductTypes").iter().enumerate() {
        let defined = by(list(product_type, "AttributeList"), "ID");
        for Sold { item, at } in sold(of_type, product_type) {
            for (index, used) in list(item, "Attributes").iter().enumerate() {
                let breaches = breaches.get_or_insert_with(Vec::new);
                let Some(id) = text(used, "ID") else { continue };
                if !defined.contains_key(&id.to_ascii_lowercase()) {
                    breaches.push(
                        Breach::new(format!("{} uses the attribute {id}, which its type does not define", id_of(item)))
                            .at(format!("{at}.Attributes[{index}].ID"))
                            .instead(format!("an ID of $.ProductTypes[{of_type}].AttributeList"), id),
                    );
                }
            }
        }
    }
    breaches
}

/// a value of a list attribute is the ID or the code of one of its entries. A value that is null or blank is no
/// choice; several choices may be one text with commas or semicolons; values that are objects are not judged.
fn list_values_defined(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let mut breaches = None;
    for (of_type, product_type) in list(catalogue(seen)?, "ProductTypes").iter().enumerate() {
        let of_list = |(id, attribute): (String, &'_ Json)| {
            let many = match attribute.member("Kind").and_then(|kind| choice(kind, ATTRIBUTE_KIND)) {
                Some("PredefinedChooseOne") => false,
                Some("PredefinedChooseMany") => true,
                _ => return None,
            };
            let entries = list(attribute, "PredefinedValues");
            let known: HashSet<String> = by(entries, "ID").into_keys().chain(by(entries, "Code").into_keys()).collect();
            Some((id, (many, known)))
        };
        let defined = by(list(product_type, "AttributeList"), "ID").into_iter().filter_map(of_list);
        let defined: HashMap<String, (bool, HashSet<String>)> = defined.collect();
        for Sold { item, at } in sold(of_type, product_type) {
            for (index, used) in list(item, "Attributes").iter().enumerate() {
                let Some(id) = text(used, "ID") else { continue };
                let Some((many, known)) = defined.get(&id.to_ascii_lowercase()) else { continue };
                let known = |value: &str| known.contains(&value.to_ascii_lowercase());
                for (place, value) in list(used, "Values").iter().enumerate() {
                    let value = match value {
                        Json::String(text) => text.trim(),
                        Json::Number(number) => number.as_str(),
                        _ => continue,
                    };
                    if value.is_empty() {
                        continue;
                    }
                    let breaches = breaches.get_or_insert_with(Vec::new);
                    let several = || *many && value.split([',', ';', '|']).all(|part| known(part.trim()));
                    if !known(value) && !several() {
                        breaches.push(
                            Breach::new(format!("{} has a value for {id} that the list does not have", id_of(item)))
                                .at(format!("{at}.Attributes[{index}].Values[{place}]"))
                                .instead(format!("the ID or code of an entry of {id}"), value),
                        );
                    }
                }
            }
        }
    }
    breaches
}

/// every attribute says its `Usage` and its `Kind`. Which values are legal is R-35.
fn usage_and_kind(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let mut breaches = None;
    for (of_type, product_type) in list(catalogue(seen)?, "ProductTypes").iter().enumerate() {
        for (index, attribute) in list(product_type, "AttributeList").iter().enumerate() {
            let breaches = breaches.get_or_insert_with(Vec::new);
            for name in ["Usage", "Kind"] {
                if attribute.member(name).is_none_or(Json::is_null) {
                    let specified = format!("{name}Specified");
                    breaches.push(
                        Breach::new(format!("the attribute {} has no {name}", id_of(attribute)))
                            .at(format!("$.ProductTypes[{of_type}].AttributeList[{index}].{name}"))
                            .instead(
                                format!("a {name}, with {specified} true"),
                                format!("{specified} is {}", shown(attribute.member(&specified))),
                            ),
                    );
                }
            }
        }
    }
    breaches
}

/// an upgrade leads to a product of the same type, and an add-on fits products of its type. What excludes each
/// other may stand in different types. Products that were typed into the platform are not in the catalogue: where a type
/// lists none, nothing is said.
fn relations(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let types = list(catalogue(seen)?, "ProductTypes");
    let anywhere: HashSet<String> = types.iter().flat_map(|other| by(products(other), "ID").into_keys()).collect();
    let mut breaches = None;
    for (of_type, product_type) in types.iter().enumerate() {
        if products(product_type).is_empty() {
            continue;
        }
        let own = by(products(product_type), "ID");
        let own = |id: &str| own.contains_key(&id.to_ascii_lowercase());
        for Sold { item, at } in sold(of_type, product_type) {
            for (index, related) in list(item, "RelatedProducts").iter().enumerate() {
                let Some(id) = text(related, "ProductID") else { continue };
                let breaches = breaches.get_or_insert_with(Vec::new);
                let relation = related.member("Relation").and_then(|relation| choice(relation, RELATION));
                if !own(id) && (relation == Some("Upgrade") || !anywhere.contains(&id.to_ascii_lowercase())) {
                    let what = relation.unwrap_or("related product");
                    breaches.push(
                        Breach::new(format!("{} names {id} ({what}), which its type does not sell", id_of(item)))
                            .at(format!("{at}.RelatedProducts[{index}].ProductID"))
                            .instead("a product of the same type", id),
                    );
                }
            }
            // Only add-ons have this list.
            for (index, fits) in list(item, "Products").iter().enumerate() {
                let Some(id) = fits.as_str() else { continue };
                let breaches = breaches.get_or_insert_with(Vec::new);
                if !own(id) {
                    breaches.push(
                        Breach::new(format!("the add-on {} fits {id}, which its type does not sell", id_of(item)))
                            .at(format!("{at}.Products[{index}]"))
                            .instead("a product of the same type", id),
                    );
                }
            }
        }
    }
    breaches
}

/// a limit is not negative, and only what is a number is multiplied by the quantity. An attribute whose kind is
/// not stated is R-31's.
fn limits(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let types = list(catalogue(seen)?, "ProductTypes");
    let mut breaches = None;
    for (of_type, product_type) in types.iter().enumerate() {
        let breaches = breaches.get_or_insert_with(Vec::new);
        if let Some(limit) = product_type.member("QuantityLimit").and_then(Json::as_i64).filter(|limit| *limit < 0) {
            breaches.push(
                Breach::new(format!("the product type {} has a negative QuantityLimit", id_of(product_type)))
                    .at(format!("$.ProductTypes[{of_type}].QuantityLimit"))
                    .instead("0 or more", limit.to_string()),
            );
        }
        for (index, attribute) in list(product_type, "AttributeList").iter().enumerate() {
            let linked = attribute.member("LinkedToQuantity").and_then(Json::as_bool) == Some(true);
            let kind = attribute.member("Kind").and_then(|kind| choice(kind, ATTRIBUTE_KIND));
            if let Some(kind) = kind.filter(|kind| linked && !matches!(*kind, "Numeric" | "Slider")) {
                breaches.push(
                    Breach::new(format!("the attribute {} is linked to the quantity", id_of(attribute)))
                        .at(format!("$.ProductTypes[{of_type}].AttributeList[{index}].LinkedToQuantity"))
                        .instead("a kind that holds numbers: Numeric or Slider", kind),
                );
            }
        }
    }
    breaches
}
