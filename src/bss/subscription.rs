//! Subscriptions and add-ons as the platform holds them.

use super::{AttributeState, Offer};
use crate::json::{Json, Number, Object};

/// Where a subscription or add-on stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Ordered, not yet provisioned.
    Ordered,
    /// Its provisioning failed; a retry can still make it active.
    Failed,
    Active,
    Suspended,
    Cancelled,
}

/// Where an add-on stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddonStatus {
    Ordered,
    Active,
    Cancelled,
}

/// How often it is billed. `Duration` is a number as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingCycle {
    pub duration: String,
    pub duration_type: String,
    /// ISO 8601 date.
    pub custom_end_date: Option<String>,
}

impl Default for BillingCycle {
    fn default() -> Self {
        Self { duration: "1".to_owned(), duration_type: "month".to_owned(), custom_end_date: None }
    }
}

/// A subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// How a scenario calls it.
    pub key: String,
    /// The platform's id.
    pub bss_id: String,
    /// The platform's id before any upgrade.
    pub original_id: Option<String>,
    /// The service manager's id; empty until it has been created.
    pub external_id: String,
    pub name: String,
    pub offer: Offer,
    /// The total; any number can be sent.
    pub quantity: Number,
    pub trial: bool,
    /// `None` is written as null.
    pub billing_cycle: Option<BillingCycle>,
    pub renew: bool,
    /// Instalments and months between them.
    pub installments: Option<(i64, i64)>,
    /// What the service manager returned as CustomFieldValues.
    pub custom_field_values: Option<Object>,
    /// What the service manager returned as ExtraInfo.
    pub extra_info: Object,
    pub addons: Vec<Addon>,
    pub status: Status,
}

/// An add-on of a subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Addon {
    /// How a scenario calls it.
    pub key: String,
    /// Whatever Addons/Create returned; empty before.
    pub external_id: String,
    pub product_id: String,
    pub name: String,
    pub quantity: Number,
    pub attributes: Vec<AttributeState>,
    /// What the service manager returned as ExtraInfo of this add-on's calls.
    pub extra_details: Object,
    pub status: AddonStatus,
}

impl Subscription {
    /// The add-ons that are listed in requests: a cancelled one is gone.
    pub fn listed_addons(&self) -> impl Iterator<Item = (usize, &Addon)> {
        self.addons.iter().enumerate().filter(|(_, addon)| addon.status != AddonStatus::Cancelled)
    }

    /// The add-on of this name; without a name the one bought last that is not cancelled.
    pub(super) fn find_addon(&self, name: Option<&str>) -> Option<usize> {
        match name {
            Some(name) => self.addons.iter().position(|addon| addon.key == name),
            None => self.addons.iter().rposition(|addon| addon.status == AddonStatus::Active),
        }
    }

    pub(super) fn custom_field_values_to_json(&self) -> Json {
        self.custom_field_values.clone().into()
    }
}
