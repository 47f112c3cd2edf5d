//! What scenarios may say about the target's own catalogue, options and settings: expression variables.

use super::{Selection, select};
use crate::{
    bss::{AttributeState, Bss, Offer},
    contract::{
        Catalogue,
        catalogue::{AddonProduct, Attribute, ProductType},
    },
    json::{Json, Number},
    profile::Profile,
    scenario::expression::Variables,
};

/// The variables; null where the target has nothing of the kind.
pub(super) fn variables(profile: &Profile, selection: Option<&Selection>, bss: &Bss) -> Variables {
    let catalogue = bss.catalogue();
    let bought = selection.and_then(|s| Some((catalogue.product_type(&s.offer.type_id)?, &s.offer)));
    let numeric = bought.and_then(|(product_type, offer)| numeric(product_type, offer));
    let boolean = bought.and_then(|(product_type, offer)| boolean(product_type, offer));
    let switching = bought.and_then(|(product_type, offer)| switching_addon(product_type, offer));
    let option = bought.and_then(|(product_type, offer)| option_addon(product_type, offer));
    let amount = bought.and_then(|(product_type, offer)| amount_addon(product_type, offer));
    let order = bought.and_then(|(product_type, offer)| order(product_type, offer));
    let cycles = bought.map(|(product_type, offer)| cycles(product_type, &offer.product_id)).unwrap_or_default();
    let other = selection.and_then(|s| other_type(profile, catalogue, &s.offer.type_id));
    let upgrade =
        bought.and_then(|(product_type, offer)| product_type.upgrade_of(&offer.product_id)).map(|next| &next.id);
    let addon = bought.and_then(|(product_type, offer)| product_type.addons_for(&offer.product_id).next());
    let required = bss.settings.sync_options.iter().find(|option| option.required && !option.read_only);
    let settings = profile.settings.keys().map(Json::text).collect::<Vec<_>>();
    let id = |attribute: Option<&AttributeState>| Json::from(attribute.map(|attribute| attribute.id.as_str()));
    [
        ("numeric_attribute", id(numeric.as_ref().map(|(attribute, _)| *attribute))),
        ("numeric_value", Json::from(numeric.map(|(_, value)| value))),
        ("boolean_attribute", id(boolean)),
        ("switching_addon", Json::from(switching.map(|addon| addon.id.as_str()))),
        ("option_addon", Json::from(option.map(|(addon, _)| addon.id.as_str()))),
        ("option_addon_attribute", Json::from(option.map(|(_, attribute)| attribute.id.as_str()))),
        ("amount_addon", Json::from(amount.map(|(addon, _)| addon.id.as_str()))),
        ("amount_addon_attribute", Json::from(amount.map(|(_, attribute)| attribute.id.as_str()))),
        ("order_attribute", id(order.as_ref().map(|(attribute, _)| *attribute))),
        ("order_value", Json::from(order.map(|(_, value)| value))),
        ("shortest_cycle", Json::from(cycles.first().copied())),
        ("longest_cycle", Json::from(cycles.last().copied())),
        ("other_type_product", Json::from(other.as_ref().map(|(_, product)| product.as_str()))),
        ("other_type", Json::from(other.as_ref().map(|(product_type, _)| product_type.as_str()))),
        ("upgrade_product", Json::from(upgrade.map(String::as_str))),
        ("addon_product", Json::from(addon.map(|addon| addon.id.as_str()))),
        ("required_sync_option", Json::from(required.map(|option| option.id.as_str()))),
        ("setting_ids", Json::Array(settings)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// An attribute of what is bought that holds a number, and the number.
pub(super) fn numeric<'a>(product_type: &ProductType, offer: &'a Offer) -> Option<(&'a AttributeState, Number)> {
    let is_number = |attribute: &Attribute| matches!(attribute.kind, "Numeric" | "Slider");
    let mut numbers = offer.attributes.iter().filter_map(|attribute| {
        defined(product_type, attribute).filter(|definition| is_number(definition))?;
        Some((attribute, Number::parse(attribute.value.trim())?))
    });
    numbers.next()
}

/// An attribute of what is bought that is on or off; one that is on, if there is any.
pub(super) fn boolean<'a>(product_type: &ProductType, offer: &'a Offer) -> Option<&'a AttributeState> {
    let is_boolean =
        |attribute: &&AttributeState| defined(product_type, attribute).is_some_and(|d| d.kind == "Boolean");
    let mut found = offer.attributes.iter().filter(is_boolean);
    found.clone().find(|attribute| is_on(&attribute.value)).or_else(|| found.next())
}

/// An add-on that has the boolean attribute of what is bought, too.
pub(super) fn switching_addon<'a>(product_type: &'a ProductType, offer: &'a Offer) -> Option<&'a AddonProduct> {
    let switch = boolean(product_type, offer)?;
    let switches = |addon: &&AddonProduct| addon.attributes.iter().any(|(id, _)| *id == switch.id);
    product_type.addons_for(&offer.product_id).find(switches)
}

/// An add-on that has an option on, and the option.
pub(super) fn option_addon<'a>(
    product_type: &'a ProductType,
    offer: &'a Offer,
) -> Option<(&'a AddonProduct, &'a Attribute)> {
    addon_with(product_type, offer, |attribute, value| attribute.kind == "Boolean" && is_on(value))
}

/// An add-on that brings an amount, and the attribute of which.
pub(super) fn amount_addon<'a>(
    product_type: &'a ProductType,
    offer: &'a Offer,
) -> Option<(&'a AddonProduct, &'a Attribute)> {
    addon_with(product_type, offer, |attribute, value| {
        matches!(attribute.kind, "Numeric" | "Slider") && Number::parse(value.trim()).is_some()
    })
}

/// The first add-on with an attribute whose definition and value fit, and that attribute.
fn addon_with<'a>(
    product_type: &'a ProductType,
    offer: &'a Offer,
    fits: impl Fn(&Attribute, &str) -> bool,
) -> Option<(&'a AddonProduct, &'a Attribute)> {
    product_type.addons_for(&offer.product_id).find_map(|addon| {
        let fitting = addon.attributes.iter().find_map(|(id, values)| {
            let definition = product_type.attributes.iter().find(|definition| definition.id == *id)?;
            values.first().is_some_and(|value| fits(definition, value)).then_some(definition)
        });
        fitting.map(|attribute| (addon, attribute))
    })
}

/// Switches are written as words and as digits.
pub(super) fn is_on(value: &str) -> bool {
    value == "1" || value.eq_ignore_ascii_case("true")
}

/// An attribute that the customer chooses with the order, and another choice that is legal for certain: another entry of
/// its list, or the other way for one that is on or off. Which other number or text would do, only the vendor knows.
pub(super) fn order<'a>(product_type: &ProductType, offer: &'a Offer) -> Option<(&'a AttributeState, String)> {
    offer.attributes.iter().find_map(|attribute| {
        let definition = defined(product_type, attribute).filter(|d| d.usage == "OrderCharacteristic")?;
        let other = match definition.kind {
            "Boolean" if is_on(&attribute.value) => "false".to_owned(),
            "Boolean" => "true".to_owned(),
            "PredefinedChooseOne" => definition.values.iter().find(|entry| entry.id != attribute.value)?.id.clone(),
            _ => return None,
        };
        Some((attribute, other))
    })
}

/// A product of another product type, behind that type.
fn other_type(profile: &Profile, catalogue: &Catalogue, type_id: &str) -> Option<(String, String)> {
    let mut candidates = select::candidates(profile, catalogue).into_iter();
    let (product_type, product) = candidates.find(|(product_type, _)| product_type.id != type_id)?;
    Some((product_type.id.clone(), product.map_or(&product_type.id, |product| &product.id).clone()))
}

/// The billing cycles that a product is sold by, in months from the shortest to the longest. Where the catalogue names
/// none, a month.
pub(super) fn cycles(product_type: &ProductType, product: &str) -> Vec<i64> {
    let named = product_type.product(product).map(|product| product.billing_cycles.as_slice()).unwrap_or_default();
    let months = named.iter().filter_map(|cycle| match *cycle {
        "Monthly" => Some(1),
        "Annually" => Some(12),
        "TwoYears" => Some(24),
        "ThreeYears" => Some(36),
        "SixYears" => Some(72),
        _ => None,
    });
    let mut months: Vec<i64> = months.collect();
    months.sort_unstable();
    if months.is_empty() { vec![1] } else { months }
}

fn defined<'a>(product_type: &'a ProductType, attribute: &AttributeState) -> Option<&'a Attribute> {
    product_type.attributes.iter().find(|definition| definition.id == attribute.id)
}
