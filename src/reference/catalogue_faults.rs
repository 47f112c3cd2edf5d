//! Faults of the catalogue: each spoils one place of the file.

use serde_json::{Value, json};

use super::faults::{Fault, Faults};

const TYPE: &str = "/ProductTypes/0";
const PRODUCT: &str = "/ProductTypes/0/ProductsCollection/Products/0";
const ADDON: &str = "/ProductTypes/0/ProductsCollection/Addons/0";

/// Writes a member of an object over.
type Change = (Fault, &'static str, &'static str, fn() -> Value);

/// Changes of one member: the fault, the object, the member, what it becomes.
const CHANGES: &[Change] = &[
    (Fault::ProductTypeIdsRepeated, "/ProductTypes/1", "ID", || json!("mail")),
    (Fault::NegativeQuantityLimit, TYPE, "QuantityLimit", || json!(-5)),
    (Fault::ScopeOutOfRange, TYPE, "Scope", || json!(9)),
    (Fault::UnknownKindName, "/ProductTypes/0/AttributeList/1", "Kind", || json!("Amount")),
    (Fault::SwitchLinkedToQuantity, "/ProductTypes/0/AttributeList/2", "LinkedToQuantity", || json!(true)),
    (Fault::ListValueUndefined, "/ProductTypes/0/ProductsCollection/Products/0/Attributes/3", "Values", || {
        json!(["gold"])
    }),
    (Fault::RelationToNowhere, PRODUCT, "RelatedProducts", || json!([{ "ProductID": "mail-gold", "Relation": 5 }])),
    (
        Fault::RelationToAnotherType,
        PRODUCT,
        "RelatedProducts",
        || json!([{ "ProductID": "backup-standard", "Relation": 5 }]),
    ),
    (Fault::UnknownChargeType, PRODUCT, "ChargeType", || json!("Prepaid")),
    (Fault::TrialWithoutDuration, PRODUCT, "TrialDuration", || json!(0)),
    (Fault::NegativePrice, "/ProductTypes/0/ProductsCollection/Products/0/Prices/0/Units/0", "Price", || json!(-3.95)),
    (Fault::CurrencyWithoutCode, "/ProductTypes/0/ProductsCollection/Products/0/Prices/0", "Currency", || {
        json!("Euro")
    }),
    (
        Fault::PriceForAnotherCycle,
        "/ProductTypes/0/ProductsCollection/Products/0/Prices/0/Units/0",
        "BillingCycle",
        || json!(3),
    ),
    (Fault::EnumsByNameAndNumber, TYPE, "Scope", || json!("Customer")),
    (Fault::EnumsByNameAndNumber, "/ProductTypes/0/AttributeList/0", "Kind", || json!(1)),
    (Fault::EnumsByNameAndNumber, "/ProductTypes/0/AttributeList/0", "Usage", || json!(0)),
];

/// Members that are left out: the fault, the object, the member.
const GAPS: &[(Fault, &str, &str)] = &[
    (Fault::ProductTypeWithoutName, TYPE, "Name"),
    (Fault::ProductTypeWithoutId, "/ProductTypes/1", "ID"),
    (Fault::AttributeKindMissing, "/ProductTypes/0/AttributeList/1", "Kind"),
    (Fault::AttributeUsageMissing, "/ProductTypes/0/AttributeList/1", "Usage"),
];

/// Changes the text of the catalogue as the faults want it; false when they want nothing.
pub(super) fn spoil(file: &mut Value, faults: Faults) -> bool {
    let before = (!faults.is_empty()).then(|| file.clone());
    for (_, place, member, value) in CHANGES.iter().filter(|(fault, ..)| faults.has(*fault)) {
        if let Some(object) = file.pointer_mut(place).and_then(Value::as_object_mut) {
            object.insert((*member).to_owned(), value());
        }
    }
    for (_, place, member) in GAPS.iter().filter(|(fault, ..)| faults.has(*fault)) {
        if let Some(object) = file.pointer_mut(place).and_then(Value::as_object_mut) {
            object.remove(*member);
        }
    }
    let another = json!({ "ID": "archive-depth", "IsPrimaryKey": false, "Values": ["3"], "Update": true });
    let mut append = |place: &str, value: Value| {
        if let Some(list) = file.pointer_mut(place).and_then(Value::as_array_mut) {
            list.push(value);
        }
    };
    if faults.has(Fault::AttributeUndefined) {
        append(&format!("{PRODUCT}/Attributes"), another.clone());
    }
    if faults.has(Fault::AddonAttributeUndefined) {
        append(&format!("{ADDON}/Attributes"), another);
    }
    if faults.has(Fault::AddonForUnknownProduct) {
        append(&format!("{ADDON}/Products"), json!("mail-gold"));
    }
    if faults.has(Fault::NoProductTypes) {
        *file = json!({ "ProductTypes": [] });
    }
    before.is_some_and(|before| before != *file)
}

#[cfg(test)]
mod tests {
    use super::{CHANGES, GAPS, spoil};
    use crate::reference::faults::Faults;
    use serde_json::Value;

    /// A place that is not there would be a fault that does nothing.
    #[test]
    fn every_change_finds_its_place() {
        let file: Value = serde_json::from_str(include_str!("catalogue.json")).unwrap();
        for fault in CHANGES.iter().map(|change| change.0).chain(GAPS.iter().map(|gap| gap.0)) {
            let mut spoilt = file.clone();
            assert!(spoil(&mut spoilt, Faults::default().with(fault)), "{fault:?}");
        }
        assert!(!spoil(&mut file.clone(), Faults::default()));
    }
}
