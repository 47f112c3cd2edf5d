//! Which product of the target's own catalogue a scenario buys.

use super::offered;
use crate::{
    bss::Offer,
    contract::{
        Catalogue,
        catalogue::{Product, ProductType},
    },
    profile::Profile,
    scenario::{ProductWish, Trait},
};

/// What a scenario buys.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    pub offer: Offer,
    /// Add-on products that fit, in the catalogue's order.
    pub addons: Vec<String>,
}

/// True when there is anything to sell.
pub(super) fn sells_anything(catalogue: &Catalogue) -> bool {
    catalogue.types.iter().any(|t| t.products.is_empty() || t.products.iter().any(sellable))
}

/// The first product that fits, preferred ones first.
///
/// # Errors
/// Why there is none.
pub(super) fn select(profile: &Profile, catalogue: &Catalogue, wish: &ProductWish) -> Result<Selection, String> {
    if let Some(id) = &wish.id {
        return by_id(catalogue, id).ok_or_else(|| format!("the catalogue has no product `{id}`"));
    }
    let candidates = candidates(profile, catalogue);
    let survives = wish.with.contains(&Trait::Addon) && wish.with.contains(&Trait::Upgrade);
    let fits = |(t, p): &&(&ProductType, Option<&Product>)| {
        wish.with.iter().all(|wanted| has(t, *p, *wanted)) && (!survives || p.is_some_and(|p| an_addon_survives(t, p)))
    };
    match candidates.iter().find(fits) {
        Some((product_type, product)) => Ok(selection(product_type, *product)),
        None => Err(format!("the catalogue has no product that fits: {}", words(&wish.with))),
    }
}

/// What can be sold, preferred products first; a product type without products is sold as such.
pub(super) fn candidates<'a>(
    profile: &Profile,
    catalogue: &'a Catalogue,
) -> Vec<(&'a ProductType, Option<&'a Product>)> {
    let mut candidates: Vec<(&ProductType, Option<&Product>)> = Vec::new();
    for product_type in &catalogue.types {
        candidates.extend(product_type.products.iter().filter(|p| sellable(p)).map(|p| (product_type, Some(p))));
        if product_type.products.is_empty() {
            candidates.push((product_type, None));
        }
    }
    let rank = |(product_type, product): &(&ProductType, Option<&Product>)| {
        let id = product.map_or(&product_type.id, |p| &p.id);
        // A type with a small limit of licences is taken only if there is no other.
        let tight = (1..profile.seats + 4).contains(&product_type.quantity_limit);
        (profile.products.iter().position(|preferred| preferred == id).unwrap_or(usize::MAX), tight)
    };
    candidates.sort_by_key(rank);
    candidates
}

/// A product by its id, or a product type that sells without products.
pub(super) fn by_id(catalogue: &Catalogue, id: &str) -> Option<Selection> {
    catalogue.types.iter().find_map(|product_type| {
        if let Some(product) = product_type.product(id) {
            return Some(selection(product_type, Some(product)));
        }
        (product_type.products.is_empty() && product_type.id == id).then(|| selection(product_type, None))
    })
}

fn selection(product_type: &ProductType, product: Option<&Product>) -> Selection {
    match product {
        Some(product) => Selection {
            offer: Offer::of_product(product_type, product),
            addons: product_type.addons_for(&product.id).map(|addon| addon.id.clone()).collect(),
        },
        None => Selection { offer: Offer::of_type(product_type), addons: Vec::new() },
    }
}

/// An add-on that is bought before an upgrade has to fit the target too.
fn an_addon_survives(product_type: &ProductType, product: &Product) -> bool {
    product_type.addons_for(&product.id).any(|addon| product_type.outlives_upgrade(addon, &product.id))
}

/// What is metered is billed by usage, not bought by seats; what is not activated is not sold.
fn sellable(product: &Product) -> bool {
    product.activated && !product.pay_per_use
}

fn has(product_type: &ProductType, product: Option<&Product>, wanted: Trait) -> bool {
    let addons = product.map_or(0, |p| product_type.addons_for(&p.id).count());
    let upgrade = product.and_then(|p| product_type.upgrade_of(&p.id));
    match wanted {
        Trait::Addon => addons > 0,
        Trait::TwoAddons => addons > 1,
        Trait::Upgrade => upgrade.is_some(),
        Trait::UpgradeTwice => upgrade.is_some_and(|next| product_type.upgrade_of(&next.id).is_some()),
        Trait::Trial => product.is_some_and(|p| p.trial),
        Trait::Multiple => product_type.allow_multiple,
        Trait::Single => !product_type.allow_multiple,
        Trait::Approval => !product_type.auto_cancel,
        Trait::Immediate => product_type.auto_cancel,
        Trait::NumericAttribute => offered::numeric(product_type, &offer(product_type, product)).is_some(),
        Trait::BooleanAttribute => offered::boolean(product_type, &offer(product_type, product)).is_some(),
        Trait::SwitchedOn => {
            offered::boolean(product_type, &offer(product_type, product)).is_some_and(|a| offered::is_on(&a.value))
        }
        Trait::SwitchingAddon => offered::switching_addon(product_type, &offer(product_type, product)).is_some(),
        Trait::OptionAddon => offered::option_addon(product_type, &offer(product_type, product)).is_some(),
        Trait::AmountAddon => offered::amount_addon(product_type, &offer(product_type, product)).is_some(),
        Trait::OrderAttribute => offered::order(product_type, &offer(product_type, product)).is_some(),
        Trait::LinkedAttribute => product.is_some_and(|p| {
            let linked = |id: &str| {
                product_type.attributes.iter().any(|a| a.id == id && a.linked && matches!(a.kind, "Numeric" | "Slider"))
            };
            p.attributes.iter().any(|(id, _)| linked(id))
        }),
    }
}

fn offer(product_type: &ProductType, product: Option<&Product>) -> Offer {
    product.map_or_else(|| Offer::of_type(product_type), |product| Offer::of_product(product_type, product))
}

fn words(with: &[Trait]) -> String {
    let docs = with.iter().filter_map(|wanted| Trait::DOCS.iter().find(|(name, _)| *name == wanted.as_str()));
    docs.map(|(_, doc)| *doc).collect::<Vec<_>>().join(", and ")
}
