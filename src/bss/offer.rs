//! What is sold: a product of the catalogue with the attribute values that its purchase needs.

use crate::{
    contract::catalogue::{AddonProduct, Attribute, AttributeValue, Product, ProductType},
    json::{Json, Object},
};

/// A product, or the bare product type where the catalogue has no products, ready to be bought.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub type_id: String,
    /// The catalogue's product id; the type's own id where it sells without products.
    pub product_id: String,
    pub name: String,
    pub attributes: Vec<AttributeState>,
    pub allow_multiple: bool,
    pub auto_cancel: bool,
    pub auto_addon_cancel: bool,
    pub auto_downgrade: bool,
    pub derivative: i64,
}

/// An attribute of something bought, as ServiceAttribute writes it.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeState {
    pub id: String,
    pub name: String,
    pub value: String,
    pub code: String,
    pub linked: bool,
    pub extra_parameters: Json,
}

impl Offer {
    /// A product of a product type.
    pub fn of_product(product_type: &ProductType, product: &Product) -> Self {
        let mut attributes = listed(product_type, &product.attributes);
        for attribute in product_type.attributes.iter().filter(|attribute| attribute.required) {
            if !attributes.iter().any(|known| known.id == attribute.id) {
                attributes.push(AttributeState::with_legal_value(attribute));
            }
        }
        Self { product_id: product.id.clone(), name: product.name.clone(), attributes, ..Self::of_type(product_type) }
    }

    /// A product type that sells without products: its required attributes say what is bought.
    pub fn of_type(product_type: &ProductType) -> Self {
        let required = product_type.attributes.iter().filter(|attribute| attribute.required);
        Self {
            type_id: product_type.id.clone(),
            product_id: product_type.id.clone(),
            name: product_type.name.clone(),
            attributes: required.map(AttributeState::with_legal_value).collect(),
            allow_multiple: product_type.allow_multiple,
            auto_cancel: product_type.auto_cancel,
            auto_addon_cancel: product_type.auto_addon_cancel,
            auto_downgrade: product_type.auto_downgrade,
            derivative: product_type.derivative,
        }
    }

    /// The attributes of an add-on product.
    pub fn addon_attributes(product_type: &ProductType, addon: &AddonProduct) -> Vec<AttributeState> {
        listed(product_type, &addon.attributes)
    }
}

/// The attributes that a product lists, with its first value of each. An attribute that the type does not define is sent
/// all the same, as text: that it is missing is the catalogue rules' business.
fn listed(product_type: &ProductType, values: &[(String, Vec<String>)]) -> Vec<AttributeState> {
    values
        .iter()
        .map(|(id, values)| {
            let value = values.first().cloned();
            match product_type.attributes.iter().find(|attribute| attribute.id == *id) {
                Some(attribute) => match value {
                    Some(value) => AttributeState::with_value(attribute, &value),
                    None => AttributeState::with_legal_value(attribute),
                },
                None => AttributeState {
                    id: id.clone(),
                    name: id.clone(),
                    value: value.unwrap_or_default(),
                    code: String::new(),
                    linked: false,
                    extra_parameters: Json::Null,
                },
            }
        })
        .collect()
}

impl AttributeState {
    /// A value of the catalogue. An entry of a list may be named by its id or by its code.
    fn with_value(attribute: &Attribute, value: &str) -> Self {
        let entry = attribute.values.iter().find(|entry| entry.id == value || entry.code == value);
        Self::new(attribute, entry, value)
    }

    /// The default entry, else the first one, else the smallest legal value of the kind.
    fn with_legal_value(attribute: &Attribute) -> Self {
        let entry = attribute.values.iter().find(|entry| entry.default).or_else(|| attribute.values.first());
        let value = match attribute.kind {
            "Boolean" => "true".to_owned(),
            "Numeric" => "1".to_owned(),
            "Slider" => attribute.minimum.unwrap_or(1).to_string(),
            "DateTime" => "2026-01-31T00:00:00Z".to_owned(),
            _ => "mock-bss".to_owned(),
        };
        Self::new(attribute, entry, &value)
    }

    fn new(attribute: &Attribute, entry: Option<&AttributeValue>, value: &str) -> Self {
        Self {
            id: attribute.id.clone(),
            name: attribute.name.clone(),
            value: entry.map_or_else(|| value.to_owned(), |entry| entry.id.clone()),
            code: entry.map(|entry| entry.code.clone()).unwrap_or_default(),
            linked: attribute.linked,
            extra_parameters: attribute.extra_parameters.clone(),
        }
    }

    /// Takes another value; an entry of a list brings its code along.
    pub(super) fn choose(&mut self, product_type: Option<&ProductType>, value: &str) {
        let definition = product_type.and_then(|t| t.attributes.iter().find(|attribute| attribute.id == self.id));
        match definition {
            Some(definition) => *self = Self::with_value(definition, value),
            None => self.value = value.to_owned(),
        }
    }

    /// AttributeList: an object keyed by attribute id.
    pub(super) fn list_to_json(attributes: &[Self]) -> Json {
        let entries = attributes.iter().map(|attribute| {
            let mut entry = Object::new();
            entry.push("ID", attribute.id.as_str());
            entry.push("Name", attribute.name.as_str());
            entry.push("Value", attribute.value.as_str());
            entry.push("Code", attribute.code.as_str());
            entry.push("QuantityLinked", attribute.linked);
            entry.push("ExtraParameters", attribute.extra_parameters.clone());
            (attribute.id.clone(), entry)
        });
        Json::Object(entries.collect())
    }
}
