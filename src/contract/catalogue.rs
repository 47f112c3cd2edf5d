//! What Fields/ServiceDefinition sells, read leniently: enough to choose products and to fill requests.

use super::{
    choices::{ATTRIBUTE_KIND, BILLING_CYCLE, CHARGE_TYPE, DERIVATIVE, RELATION, USAGE},
    model::choice,
};
use crate::json::Json;

/// The product types of a service manager.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalogue {
    pub types: Vec<ProductType>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ProductType {
    pub id: String,
    pub name: String,
    pub allow_multiple: bool,
    /// A storefront cancel is executed at once; otherwise it waits for somebody in the BSS.
    pub auto_cancel: bool,
    pub auto_addon_cancel: bool,
    pub auto_downgrade: bool,
    pub derivative: i64,
    /// The most licences; 0 without a limit.
    pub quantity_limit: i64,
    pub attributes: Vec<Attribute>,
    pub products: Vec<Product>,
    pub addons: Vec<AddonProduct>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    pub id: String,
    pub name: String,
    pub kind: &'static str,
    pub usage: &'static str,
    pub required: bool,
    pub linked: bool,
    pub values: Vec<AttributeValue>,
    pub minimum: Option<i64>,
    pub extra_parameters: Json,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeValue {
    pub id: String,
    pub code: String,
    pub name: String,
    pub default: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    pub id: String,
    pub name: String,
    /// Attribute id and its values for this product.
    pub attributes: Vec<(String, Vec<String>)>,
    pub pay_per_use: bool,
    /// The platform does not sell a product that is not activated.
    pub activated: bool,
    pub cancellable: bool,
    pub trial: bool,
    pub billing_cycles: Vec<&'static str>,
    pub upgrades_to: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AddonProduct {
    pub id: String,
    pub name: String,
    /// Products that it can be bought for.
    pub fits: Vec<String>,
    pub attributes: Vec<(String, Vec<String>)>,
    pub pay_per_use: bool,
}

impl Catalogue {
    /// Reads the answer of Fields/ServiceDefinition. What has no id is left out: the rules report it.
    pub fn read(body: &Json) -> Self {
        Self { types: list(body, "ProductTypes").iter().filter_map(read_type).collect() }
    }

    /// The product type of this id.
    pub fn product_type(&self, id: &str) -> Option<&ProductType> {
        self.types.iter().find(|product_type| product_type.id == id)
    }
}

impl ProductType {
    /// The product of this id.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// The add-ons that can be bought for a product.
    pub fn addons_for<'a>(&'a self, product: &'a str) -> impl Iterator<Item = &'a AddonProduct> {
        self.addons.iter().filter(move |addon| !addon.pay_per_use && addon.fits.iter().any(|id| id == product))
    }

    /// True when an add-on of `product` fits its upgrade too, or there is none.
    pub fn outlives_upgrade(&self, addon: &AddonProduct, product: &str) -> bool {
        self.upgrade_of(product).is_none_or(|next| addon.fits.contains(&next.id))
    }

    /// The product that `product` can be upgraded to, if the catalogue has it.
    pub fn upgrade_of(&self, product: &str) -> Option<&Product> {
        self.product(product)?.upgrades_to.iter().find_map(|id| self.product(id))
    }

    /// The product that `product` is an upgrade of: downgrades are the same relation read backwards.
    pub fn downgrade_of(&self, product: &str) -> Option<&Product> {
        self.products.iter().find(|other| other.upgrades_to.iter().any(|id| id == product))
    }
}

fn list<'a>(json: &'a Json, name: &str) -> &'a [Json] {
    json.member(name).and_then(Json::as_array).unwrap_or_default()
}

fn flag(json: &Json, name: &str, missing: bool) -> bool {
    json.member(name).and_then(Json::as_bool).unwrap_or(missing)
}

fn named(json: &Json, id: &str) -> String {
    json.text_of("Name").filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_owned())
}

fn read_type(json: &Json) -> Option<ProductType> {
    let id = json.text_of("ID")?;
    let none = Json::Null;
    let collection = json.member("ProductsCollection").unwrap_or(&none);
    Some(ProductType {
        name: named(json, &id),
        allow_multiple: flag(json, "AllowMultipleSubscriptions", false),
        auto_cancel: flag(json, "AutoExecuteSubscriptionCancelRequest", false),
        auto_addon_cancel: flag(json, "AutoExecuteAddonCancelRequest", false),
        auto_downgrade: flag(json, "AutoExecuteSubscriptionDowngradeRequest", false),
        derivative: json
            .member("Derivative")
            .and_then(|value| choice(value, DERIVATIVE))
            .and_then(|name| DERIVATIVE.iter().find(|(n, _)| *n == name))
            .map_or(0, |(_, number)| *number),
        quantity_limit: json.member("QuantityLimit").and_then(Json::as_i64).unwrap_or(0),
        attributes: list(json, "AttributeList").iter().filter_map(read_attribute).collect(),
        products: list(collection, "Products").iter().filter_map(read_product).collect(),
        addons: list(collection, "Addons").iter().filter_map(read_addon).collect(),
        id,
    })
}

fn read_attribute(json: &Json) -> Option<Attribute> {
    let id = json.text_of("ID")?;
    Some(Attribute {
        name: named(json, &id),
        kind: json.member("Kind").and_then(|kind| choice(kind, ATTRIBUTE_KIND)).unwrap_or("Text"),
        usage: json.member("Usage").and_then(|usage| choice(usage, USAGE)).unwrap_or("ProductCharacteristic"),
        required: flag(json, "IsRequired", false),
        linked: flag(json, "LinkedToQuantity", false),
        values: list(json, "PredefinedValues")
            .iter()
            .filter_map(|value| {
                let id = value.text_of("ID").or_else(|| value.text_of("Code"))?;
                Some(AttributeValue {
                    code: value.text_of("Code").unwrap_or_default(),
                    name: named(value, &id),
                    default: flag(value, "IsDefault", false),
                    id,
                })
            })
            .collect(),
        minimum: json.member("SliderMin").and_then(Json::as_i64),
        extra_parameters: json.member("ExtraParameters").cloned().unwrap_or_default(),
        id,
    })
}

fn read_attribute_values(json: &Json) -> Vec<(String, Vec<String>)> {
    list(json, "Attributes")
        .iter()
        .filter_map(|attribute| {
            let values = list(attribute, "Values").iter().filter_map(|value| match value {
                Json::String(text) => Some(text.clone()),
                Json::Number(number) => Some(number.as_str().to_owned()),
                Json::Bool(value) => Some(value.to_string()),
                _ => None,
            });
            Some((attribute.text_of("ID")?, values.collect()))
        })
        .collect()
}

fn is_pay_per_use(json: &Json) -> bool {
    json.member("ChargeType").and_then(|value| choice(value, CHARGE_TYPE)) == Some("RecurringPayPerUse")
}

fn read_product(json: &Json) -> Option<Product> {
    let id = json.text_of("ID")?;
    Some(Product {
        name: named(json, &id),
        attributes: read_attribute_values(json),
        pay_per_use: is_pay_per_use(json),
        activated: flag(json, "IsActivated", true),
        cancellable: flag(json, "EnableCancellation", true),
        trial: flag(json, "TrialEnabled", false),
        billing_cycles: list(json, "UnitBillingCycles")
            .iter()
            .filter_map(|cycle| choice(cycle, BILLING_CYCLE))
            .collect(),
        upgrades_to: list(json, "RelatedProducts")
            .iter()
            .filter(|related| related.member("Relation").and_then(|r| choice(r, RELATION)) == Some("Upgrade"))
            .filter_map(|related| related.text_of("ProductID"))
            .collect(),
        id,
    })
}

fn read_addon(json: &Json) -> Option<AddonProduct> {
    let id = json.text_of("ID")?;
    Some(AddonProduct {
        name: named(json, &id),
        fits: list(json, "Products").iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        attributes: read_attribute_values(json),
        pay_per_use: is_pay_per_use(json),
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_of_a_real_service_manager_is_read() {
        let body = include_bytes!("../../tests/support/samples/Fields-ServiceDefinition.json");
        let catalogue = Catalogue::read(&crate::json::parse(body).unwrap());
        let only = &catalogue.types[0];
        assert_eq!((only.id.as_str(), only.derivative, only.auto_cancel), ("VenderXSubscriptionBased", 1, false));
        assert_eq!(only.upgrade_of("VendorXStandard").unwrap().id, "VendorXProfessional");
        assert_eq!(only.downgrade_of("VendorXEnterprise").unwrap().id, "VendorXProfessional");
        assert_eq!(only.addons_for("VendorXProfessional").count(), 2);
        assert!(only.product("VendorXStandard").unwrap().trial);
        assert_eq!(only.attributes[0].values.len(), 3);
    }

    #[test]
    fn names_instead_of_numbers_and_missing_parts_are_read_too() {
        let body = br#"{"producttypes":[{"ID":7,"ProductsCollection":{"Products":[
            {"ID":"A","RelatedProducts":[{"ProductID":"B","Relation":"upgrade"},{"ProductID":"C","Relation":6}]},
            {"ID":"B","ChargeType":"RecurringPayPerUse"}, {"Name":"no id"}]}}, {}]}"#;
        let catalogue = Catalogue::read(&crate::json::parse(body).unwrap());
        assert_eq!(catalogue.types.len(), 1);
        assert_eq!((catalogue.types[0].id.as_str(), catalogue.types[0].name.as_str()), ("7", "7"));
        assert_eq!(catalogue.types[0].products[0].upgrades_to, ["B"]);
        assert!(catalogue.types[0].products[1].pay_per_use);
        assert!(catalogue.product_type("8").is_none());
    }
}
