//! What a customer or an operator can do.

use super::{BillingCycle, Offer};
use crate::json::{Json, Number};
use std::fmt;

/// Who acts, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    Storefront,
    /// Somebody in the platform itself.
    #[default]
    Bss,
    /// The platform's public API.
    Api,
}

impl By {
    /// The one of this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "storefront" => Some(Self::Storefront),
            "bss" => Some(Self::Bss),
            "api" => Some(Self::Api),
            _ => None,
        }
    }

    /// `RequestedBy.Type`.
    pub fn requester_type(self) -> &'static str {
        match self {
            Self::Storefront => "Storefront",
            Self::Bss => "BSS",
            Self::Api => "API",
        }
    }
}

/// A subscription that is bought.
#[derive(Debug, Clone, PartialEq)]
pub struct Purchase {
    /// How later actions call it.
    pub key: String,
    pub offer: Offer,
    pub quantity: Number,
    /// By default the product's name and the customer's.
    pub name: Option<String>,
    pub trial: bool,
    /// Ordered, or entered by hand in the platform.
    pub from_order: bool,
    pub billing_cycle: Option<BillingCycle>,
    pub renew: bool,
    pub installments: Option<(i64, i64)>,
}

impl Purchase {
    /// An ordinary monthly purchase.
    pub fn new(key: &str, offer: Offer, quantity: Number) -> Self {
        Self {
            key: key.to_owned(),
            offer,
            quantity,
            name: None,
            trial: false,
            from_order: true,
            billing_cycle: Some(BillingCycle::default()),
            renew: true,
            installments: None,
        }
    }
}

/// An add-on that is bought.
#[derive(Debug, Clone, PartialEq)]
pub struct AddonPurchase {
    pub key: String,
    pub product_id: String,
    pub quantity: Number,
    pub name: Option<String>,
}

/// One business action. `subscription` and `addon` are the names given when they were bought; `None` is the one bought
/// last that still lives.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// A partner opens the settings (Fields/Get), and saves these values over the announced ones (Fields/Validate).
    Configure {
        values: Vec<(String, Json)>,
        /// Saves required fields blank.
        blank_required: bool,
        /// Saves fields of the kind of a password with something wrong.
        wrong_secrets: bool,
        validate: bool,
    },
    /// Fields/ServiceDefinition.
    ReadCatalog,
    /// The account is synchronised, again if it has been before.
    Synchronize,
    /// Accounts/Exists alone.
    AskExists,
    DeleteAccount,
    Buy(Box<Purchase>),
    BuyAddons {
        subscription: Option<String>,
        addons: Vec<AddonPurchase>,
        from_order: bool,
    },
    /// The new total.
    ChangeQuantity {
        subscription: Option<String>,
        quantity: Number,
    },
    ChangeAddon {
        subscription: Option<String>,
        addon: Option<String>,
        quantity: Number,
    },
    CancelAddon {
        subscription: Option<String>,
        addon: Option<String>,
    },
    /// To a product of the same type; `quantity` only if it changes too.
    Upgrade {
        subscription: Option<String>,
        to: Box<Offer>,
        quantity: Option<Number>,
    },
    Downgrade {
        subscription: Option<String>,
        to: Box<Offer>,
        quantity: Option<Number>,
    },
    ConvertTrial {
        subscription: Option<String>,
        quantity: Option<Number>,
    },
    Suspend {
        subscription: Option<String>,
    },
    Activate {
        subscription: Option<String>,
    },
    Cancel {
        subscription: Option<String>,
    },
    /// Provisionable fields are edited: attribute values, or renewal.
    Reprovision {
        subscription: Option<String>,
        attributes: Vec<(String, String)>,
        renew: Option<bool>,
    },
    /// The provisioning call that failed last, again and identical.
    Retry,
}

/// Why an action makes no sense in the present state: a mistake of the scenario, not of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Impossible {
    NoSubscription(Option<String>),
    NoAddon(Option<String>),
    UnknownAddonProduct(String),
    NothingFailed,
    NameTaken(String),
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSubscription(None) => f.write_str("nothing has been bought yet"),
            Self::NoSubscription(Some(name)) => write!(f, "no subscription is called `{name}`"),
            Self::NoAddon(None) => f.write_str("the subscription has no add-on"),
            Self::NoAddon(Some(name)) => write!(f, "no add-on is called `{name}`"),
            Self::UnknownAddonProduct(id) => write!(f, "the catalogue has no add-on `{id}`"),
            Self::NothingFailed => f.write_str("nothing has failed that could be retried"),
            Self::NameTaken(name) => write!(f, "there is already a `{name}`"),
        }
    }
}

impl std::error::Error for Impossible {}
