//! What is sold: the embedded catalogue, and what the business needs of it.
//!
//! Callers get the bytes of the file, so that prices keep every digit. The
//! rules read the few members that they go by.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;
use serde_json::Value;

use super::catalogue_faults;
use super::faults::{Fault, Faults};
use super::refusal::{PRODUCT_TYPE_MISMATCH, PRODUCT_UNKNOWN, Refusal, refuse};

const FILE: &str = include_str!("catalogue.json");

/// `Relation` of a related product that can be upgraded to.
const UPGRADE_RELATION: i64 = 5;

#[derive(Debug)]
pub(super) struct Catalogue {
    bytes: Bytes,
    types: Vec<ProductType>,
    faults: Faults,
    /// Whether it was read before, for a fault that gives out another one then.
    read: AtomicUsize,
}

#[derive(Debug)]
pub(super) struct ProductType {
    pub(super) id: String,
    /// Whether a customer may hold several live subscriptions of a product.
    pub(super) multiple: bool,
    pub(super) attributes: Vec<Attribute>,
    products: Vec<Product>,
    addons: Vec<AddonProduct>,
}

#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// Whether the amount grows with the quantity, unless the call says so
    /// itself.
    pub(super) linked: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    Numeric,
    Boolean,
    /// One of these entries, each as the names that it goes by.
    List(Vec<[String; 3]>),
    Text,
}

#[derive(Debug)]
pub(super) struct Product {
    pub(super) id: String,
    pub(super) trial: bool,
    /// The products that this one can be upgraded to.
    pub(super) upgrades: Vec<String>,
}

#[derive(Debug)]
struct AddonProduct {
    id: String,
    products: Vec<String>,
}

impl Catalogue {
    /// The embedded catalogue; without its add-ons where none are offered.
    pub(super) fn embedded(addons: bool, faults: Faults) -> io::Result<Self> {
        let broken = |reason: String| io::Error::new(io::ErrorKind::InvalidData, reason);
        let mut file: Value = serde_json::from_str(FILE).map_err(|error| broken(error.to_string()))?;
        if !addons {
            remove_addons(&mut file);
        }
        let types = array(&file, "ProductTypes")
            .map(ProductType::read)
            .collect::<Option<_>>()
            .ok_or_else(|| broken("the catalogue lacks an id".to_owned()))?;
        // What is sold stays as it is: a fault of the catalogue is one of its text.
        let spoilt = catalogue_faults::spoil(&mut file, faults);
        let as_it_is = addons && !spoilt;
        let bytes = if as_it_is { Bytes::from_static(FILE.as_bytes()) } else { Bytes::from(file.to_string()) };
        Ok(Self { bytes, types, faults, read: AtomicUsize::new(0) })
    }

    /// The body of Fields/ServiceDefinition.
    pub(super) fn bytes(&self) -> Bytes {
        if self.faults.has(Fault::ProductTypeIdChanges) {
            let read = self.read.fetch_add(1, Ordering::Relaxed);
            let changed = if read == 0 { "mail".to_owned() } else { format!("mail-{}", read + 1) };
            let text = String::from_utf8_lossy(&self.bytes);
            return Bytes::from(text.replacen("\"ID\": \"mail\"", &format!("\"ID\": \"{changed}\""), 1));
        }
        self.bytes.clone()
    }

    /// The product that a call names. Its type may be left out; if given, it
    /// must be the right one.
    pub(super) fn product(&self, type_id: &str, product_id: &str) -> Result<(&ProductType, &Product), Refusal> {
        let found = self.types.iter().find_map(|product_type| {
            let product = product_type.product(product_id)?;
            Some((product_type, product))
        });
        match found {
            None => refuse(PRODUCT_UNKNOWN, "This product is not offered."),
            Some((product_type, _)) if !type_id.is_empty() && product_type.id != type_id => {
                refuse(PRODUCT_TYPE_MISMATCH, "This product does not belong to the chosen service.")
            }
            Some(found) => Ok(found),
        }
    }
}

impl ProductType {
    fn read(value: &Value) -> Option<Self> {
        let collection = value.get("ProductsCollection")?;
        Some(Self {
            id: text(value, "ID")?,
            multiple: truth(value, "AllowMultipleSubscriptions"),
            attributes: array(value, "AttributeList").map(Attribute::read).collect::<Option<_>>()?,
            products: array(collection, "Products").map(Product::read).collect::<Option<_>>()?,
            addons: array(collection, "Addons").map(AddonProduct::read).collect::<Option<_>>()?,
        })
    }

    pub(super) fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// Whether this add-on product is sold with that product.
    pub(super) fn offers_addon(&self, addon: &str, product: &str) -> bool {
        self.addons.iter().any(|offer| offer.id == addon && offer.products.iter().any(|fit| fit == product))
    }
}

impl Attribute {
    fn read(value: &Value) -> Option<Self> {
        let kind = match value.get("Kind")?.as_str()? {
            "Numeric" | "Slider" => Kind::Numeric,
            "Boolean" => Kind::Boolean,
            "PredefinedChooseOne" => Kind::List(
                array(value, "PredefinedValues")
                    .map(|entry| Some([text(entry, "ID")?, text(entry, "Code")?, text(entry, "Name")?]))
                    .collect::<Option<_>>()?,
            ),
            _ => Kind::Text,
        };
        Some(Self {
            id: text(value, "ID")?,
            name: text(value, "Name")?,
            kind,
            required: truth(value, "IsRequired"),
            linked: truth(value, "LinkedToQuantity"),
        })
    }
}

impl Product {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: text(value, "ID")?,
            trial: truth(value, "TrialEnabled"),
            upgrades: array(value, "RelatedProducts")
                .filter(|related| related.get("Relation").and_then(Value::as_i64) == Some(UPGRADE_RELATION))
                .map(|related| text(related, "ProductID"))
                .collect::<Option<_>>()?,
        })
    }
}

impl AddonProduct {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: text(value, "ID")?,
            products: array(value, "Products")
                .map(|product| product.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
        })
    }
}

fn remove_addons(file: &mut Value) {
    let types = file.get_mut("ProductTypes").and_then(Value::as_array_mut);
    for product_type in types.into_iter().flatten() {
        let collection = product_type.get_mut("ProductsCollection").and_then(Value::as_object_mut);
        if let Some(collection) = collection {
            collection.insert("Addons".to_owned(), Value::Array(Vec::new()));
        }
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

fn truth(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn array<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}
