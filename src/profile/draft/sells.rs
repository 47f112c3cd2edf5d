//! What the catalogue sells, and what follows from it.

use super::{Facts, NAME};
use crate::{
    contract::{
        Catalogue,
        catalogue::{Product, ProductType},
    },
    yaml::write,
};

/// Product types, and products of one, that are listed; what is beyond is counted.
const TYPES: usize = 20;
const PRODUCTS: usize = 20;
/// Ids of add-ons and upgrades that are listed for one product.
const IDS: usize = 4;

fn short(text: &str) -> String {
    write::comment(text, NAME)
}

fn find(catalogue: &Catalogue, wanted: impl Fn(&ProductType, &Product) -> bool) -> Option<(&ProductType, &Product)> {
    let mut all = catalogue.types.iter().flat_map(|t| t.products.iter().map(move |p| (t, p)));
    all.find(|(t, p)| wanted(t, p))
}

/// True when an add-on can be bought.
pub(super) fn addons(catalogue: &Catalogue) -> bool {
    find(catalogue, |t, p| t.addons_for(&p.id).next().is_some()).is_some()
}

pub(super) fn features(facts: &Facts<'_>) -> String {
    let catalogue = facts.catalogue;
    let mut lines = String::new();
    let mut line = |text: &str, reason: String| lines.push_str(&format!("#   {text:<24} # {reason}\n"));
    match facts.accounts {
        true => line("accounts: true", "Accounts/SyncOptions is answered".to_owned()),
        false => {
            line("# accounts: true", "Accounts/SyncOptions is not answered; a run asks Accounts/Exists".to_owned())
        }
    }
    match find(catalogue, |t, p| t.addons_for(&p.id).next().is_some()) {
        Some((t, p)) => {
            let addon = t.addons_for(&p.id).next().map(|addon| short(&addon.id)).unwrap_or_default();
            line("addons: true", format!("{addon} can be bought for {}", short(&p.id)));
        }
        None => line("addons: false", "the catalogue sells no add-on".to_owned()),
    }
    match find(catalogue, |t, p| t.upgrade_of(&p.id).is_some()) {
        Some((t, p)) => {
            let next = t.upgrade_of(&p.id).map(|next| short(&next.id)).unwrap_or_default();
            line("upgrade: true", format!("{} can become {next}", short(&p.id)));
        }
        None => line("upgrade: false", "the catalogue relates no product as an upgrade".to_owned()),
    }
    match find(catalogue, |_, p| p.trial) {
        Some((_, p)) => line("trial: true", format!("{} can be tried", short(&p.id))),
        None => line("trial: false", "the catalogue has no trial".to_owned()),
    }
    line("# suspend: true", "no read tells: you know".to_owned());
    line("# account_delete: true", "no read tells: you know".to_owned());
    format!(
        "\n# What it offers. Without this key each run finds it out. A map is a promise: what is true must work, what is\n\
         # false is not played, and nothing that goes missing is passed over. What was read says:\n# features:\n{lines}"
    )
}

pub(super) fn products(catalogue: &Catalogue) -> String {
    let mut out = String::from(
        "\n# What it sells. A scenario takes the first product that shows what it needs; preferred ones come first.\n",
    );
    if catalogue.types.is_empty() {
        out.push_str("# Nothing was found in Fields/ServiceDefinition.\n");
    }
    for product_type in catalogue.types.iter().take(TYPES) {
        let several = if product_type.allow_multiple { "several per customer" } else { "one per customer" };
        let limit = match product_type.quantity_limit {
            ..1 => String::new(),
            limit => format!(" · at most {limit}"),
        };
        out.push_str(&format!(
            "#   {}\n",
            described(&product_type.id, &product_type.name, &format!("{several}{limit}"))
        ));
        for product in product_type.products.iter().take(PRODUCTS) {
            out.push_str(&format!("#     {}\n", described(&product.id, &product.name, &shows(product_type, product))));
        }
        if product_type.products.len() > PRODUCTS {
            out.push_str(&format!("#     … and {} more products\n", product_type.products.len() - PRODUCTS));
        }
    }
    if catalogue.types.len() > TYPES {
        out.push_str(&format!("#   … and {} more product types\n", catalogue.types.len() - TYPES));
    }
    let mut first = catalogue.types.iter().flat_map(|t| {
        let id = if t.products.is_empty() { Some(&t.id) } else { None };
        t.products.iter().filter(|p| p.activated && !p.pay_per_use).map(|p| &p.id).chain(id)
    });
    let first = first.find_map(|id| write::scalar(id)).unwrap_or_else(|| "P-100".to_owned());
    out.push_str(&format!("# products: [{first}]\n"));
    out
}

fn described(id: &str, name: &str, more: &str) -> String {
    let mut words = short(id);
    if name != id {
        words.push_str(&format!(" \"{}\"", short(name)));
    }
    if !more.is_empty() {
        words.push_str(&format!(" · {more}"));
    }
    words
}

/// What a product can show.
fn shows(product_type: &ProductType, product: &Product) -> String {
    let mut words = Vec::new();
    if !product.activated {
        words.push("not activated, so not sold".to_owned());
    }
    if product.pay_per_use {
        words.push("pay per use".to_owned());
    }
    let listed = |ids: Vec<&str>| {
        let more = if ids.len() > IDS { ", …" } else { "" };
        format!("{}{more}", ids.iter().take(IDS).map(|id| short(id)).collect::<Vec<_>>().join(", "))
    };
    let addons: Vec<&str> = product_type.addons_for(&product.id).map(|addon| addon.id.as_str()).collect();
    if !addons.is_empty() {
        words.push(format!("add-ons {}", listed(addons)));
    }
    if let Some(next) = product_type.upgrade_of(&product.id) {
        words.push(format!("upgrade to {}", short(&next.id)));
    }
    if product.trial {
        words.push("trial".to_owned());
    }
    words.join(" · ")
}

/// Seats that fit, where every product type has a small limit, and the limit as a suggestion.
pub(super) fn seats(catalogue: &Catalogue) -> String {
    /// What the suite buys beyond the seats of a normal customer.
    const MORE: i64 = 3;
    const DEFAULT: i64 = 5;
    let limits: Vec<i64> = catalogue.types.iter().map(|t| t.quantity_limit).collect();
    let is_tight = |limit: &i64| (1..DEFAULT + MORE).contains(limit);
    let mut out = String::from(
        "\n# What a normal customer buys, and the largest quantity that can be ordered: more must be refused.\n",
    );
    let largest = limits.iter().copied().max().unwrap_or_default();
    let seats = match !limits.is_empty() && limits.iter().all(is_tight) {
        true => {
            let seats = (largest - MORE).max(1);
            out.push_str(&format!(
                "seats: {seats} # the suite buys up to {MORE} more, and the catalogue allows {largest}\n"
            ));
            seats
        }
        false => {
            out.push_str("# seats: 5\n");
            DEFAULT
        }
    };
    let limited = catalogue.types.iter().find(|t| t.quantity_limit >= seats);
    match limited {
        Some(t) => {
            let of = match limits.iter().all(|limit| *limit == t.quantity_limit) {
                true => "every product type".to_owned(),
                false => format!("{}; it has to hold for all that is bought: see `products`", short(&t.id)),
            };
            out.push_str(&format!("# seats_limit: {} # QuantityLimit of {of}\n", t.quantity_limit));
        }
        None => out.push_str("# seats_limit: 300 # the catalogue names none\n"),
    }
    out
}
