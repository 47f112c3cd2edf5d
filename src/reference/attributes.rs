//! The attributes of a subscription or add-on, as a call gives them.
//!
//! Values always travel as text. What they mean comes from the catalogue: an
//! amount, a switch, an entry of a list. Attributes that the catalogue does
//! not know say nothing to us and are passed over.

use serde_json::Value;

use super::catalogue::{Attribute, Kind, ProductType};
use super::faults::{Fault, Faults};
use super::refusal::{ATTRIBUTE_INVALID, ATTRIBUTE_REQUIRED, Refusal, crash, refuse};
use super::request::{self, Object};
use super::resources::Amount;

/// All that is known of the attributes of one subscription or add-on.
pub(super) type Attributes = Vec<Held>;

#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) id: String,
    pub(super) value: HeldValue,
}

#[derive(Clone, Debug)]
pub(super) enum HeldValue {
    Amount {
        each: Amount,
        /// Whether `each` is meant for one seat rather than for all.
        linked: bool,
    },
    Switch(bool),
    /// A chosen entry or free text: kept, but no resource.
    Text,
}

/// Reads `AttributeList`. `None` when the call has none, which leaves what is
/// already known as it is; an empty list, in contrast, is the whole picture.
pub(super) fn read(
    product_type: &ProductType,
    carrier: &Object,
    faults: Faults,
) -> Result<Option<Attributes>, Refusal> {
    let Some(list) = request::nested(carrier, "AttributeList")? else {
        return Ok(None);
    };
    let mut attributes = Vec::new();
    for definition in &product_type.attributes {
        let Some(entry) = request::nested(list, &definition.id)? else {
            continue;
        };
        if let Some(value) = value(definition, entry, faults)? {
            attributes.push(Held { id: definition.id.clone(), value });
        }
    }
    Ok(Some(attributes))
}

/// Refuses when an attribute that an order must have is not there.
pub(super) fn require_all(product_type: &ProductType, attributes: &Attributes) -> Result<(), Refusal> {
    let missing = product_type
        .attributes
        .iter()
        .find(|definition| definition.required && !attributes.iter().any(|held| held.id == definition.id));
    match missing {
        None => Ok(()),
        Some(definition) => refuse(ATTRIBUTE_REQUIRED, format!("{} is required for this service.", definition.name)),
    }
}

/// The value of one entry; `None` when it is blank, as for one never filled in.
fn value(definition: &Attribute, entry: &Object, faults: Faults) -> Result<Option<HeldValue>, Refusal> {
    let text = match request::member(entry, "Value") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Bool(truth)) => truth.to_string(),
        Some(value) => request::scalar(value, &definition.name)?,
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let value = match &definition.kind {
        Kind::Numeric => {
            Amount::parse(text).map(|each| Ok(HeldValue::Amount { each, linked: linked(definition, entry)? }))
        }
        Kind::Boolean => switch(text).map(|on| Ok(HeldValue::Switch(on))),
        Kind::List(entries) => {
            entries.iter().flatten().any(|name| name.eq_ignore_ascii_case(text)).then_some(Ok(HeldValue::Text))
        }
        Kind::Text => Some(Ok(HeldValue::Text)),
    };
    let numeric = matches!(definition.kind, Kind::Numeric);
    match value {
        Some(Ok(HeldValue::Switch(true))) if text == "1" && faults.has(Fault::SwitchOneIsOff) => {
            Ok(Some(HeldValue::Switch(false)))
        }
        Some(value) => value.map(Some),
        None if numeric && faults.has(Fault::NonNumericValueCrashes) => crash(),
        None if numeric && faults.has(Fault::NonNumericValueAsZero) => {
            Ok(Some(HeldValue::Amount { each: Amount::default(), linked: false }))
        }
        None => refuse(ATTRIBUTE_INVALID, format!("The value of {} is not possible.", definition.name)),
    }
}

/// The call says whether an amount is per seat; the catalogue, if it does not.
fn linked(definition: &Attribute, entry: &Object) -> Result<bool, Refusal> {
    match request::member(entry, "QuantityLinked") {
        None | Some(Value::Null) => Ok(definition.linked),
        Some(_) => request::flag(entry, "QuantityLinked"),
    }
}

/// Switches are seen both as words and as digits.
fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
