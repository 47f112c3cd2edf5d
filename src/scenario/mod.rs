//! Scenarios: what a customer or an operator does, as YAML → [`Scenario`].
//!
//! A file is checked as a whole and every mistake is reported at its place; what is read without mistakes is complete.
//! Expressions (`${…}`) stay in it as text and are resolved while the scenario is played, since captures come up then.

pub mod expression;
mod files;
pub mod grammar;
mod load;
mod network;
mod place;
mod read;
mod step;

pub use files::{ScenarioFile, builtin_files, collect};
pub use load::{Library, Loaded, load};
pub use place::Place;
pub use step::{Flaw, Network, Partner, Step, Until, Verb};

use crate::{diagnostic::Source, json::Json};
use std::sync::Arc;

/// One scenario, or one row of its matrix.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// `<area>/<name>`, a matrix row appended with a dot.
    pub key: String,
    pub title: String,
    pub source: Arc<Source>,
    pub built_in: bool,
    pub tags: Vec<String>,
    /// Features that the target must offer.
    pub needs: Vec<Feature>,
    pub product: ProductWish,
    /// Variables of the file and of the matrix row, in their order.
    pub variables: Vec<(String, Json)>,
    pub steps: Vec<Step>,
}

impl Scenario {
    /// SHA-256 of its file, as 64 hexadecimal digits. Line ends do not count: a checkout may change them.
    pub fn sha256(&self) -> String {
        let text = self.source.text.replace("\r\n", "\n");
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Which product a scenario buys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProductWish {
    /// This one.
    pub id: Option<String>,
    /// Any one that fits.
    pub with: Vec<Trait>,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident $text:literal $doc:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = $doc] $variant),* }
        impl $name {
            /// The words, as they stand in YAML.
            pub const NAMES: &'static [&'static str] = &[$($text),*];
            /// What each of them means.
            pub const DOCS: &'static [(&'static str, &'static str)] = &[$(($text, $doc)),*];
            /// The one of this name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
            /// Its name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

words! {
    /// Something that a target offers or not.
    Feature {
        Accounts "accounts" "accounts are synchronised with the service manager";
        AccountDelete "account_delete" "accounts can be deleted";
        Addons "addons" "the catalogue sells add-ons";
        Upgrade "upgrade" "the catalogue has upgrade relations";
        Trial "trial" "the catalogue has trials";
        Suspend "suspend" "subscriptions can be suspended and activated";
        Precheck "precheck" "the platform asks for pre-checks";
        SeatsLimit "seats_limit" "the profile names the largest quantity that can be ordered";
        RequiredSettings "required_settings" "Fields/Get announces a required field";
        RequiredSecret "required_secret" "Fields/Get announces a required field of the kind PasswordText";
        OtherApplication "other_application" "the profile names another application that is registered too (`other`)";
        OtherPartner "other_partner" "the profile gives the settings of another partner (`other`)";
        Probe "probe" "the profile has a probe of the vendor side";
        RequiredSyncOption "required_sync_option" "Accounts/SyncOptions announces a required option";
        OtherType "other_type" "the catalogue sells products of more than one product type";
        Settings "settings" "the profile has settings";
        SubscriptionId "subscription_id" "the dialect sends SubscriptionID when a subscription is created";
        AddonBatch "addon_batch" "the dialect orders several add-ons in one call";
        Model12 "model_1_2" "the dialect sends the members of model level 1.2";
    }
}

words! {
    /// Something that a product must have.
    Trait {
        Addon "addon" "an add-on can be bought for it";
        TwoAddons "two_addons" "two different add-ons can be bought for it";
        Upgrade "upgrade" "it can be upgraded";
        UpgradeTwice "upgrade_twice" "it can be upgraded, and its upgrade too";
        Trial "trial" "it can be tried";
        Multiple "multiple" "a customer can have several subscriptions of it";
        Single "single" "a customer can have one subscription of it only";
        Approval "approval" "a storefront cancel waits until the platform executes it";
        Immediate "immediate" "a storefront cancel is executed at once";
        LinkedAttribute "linked_attribute" "it has a numeric attribute that scales with the quantity";
        NumericAttribute "numeric_attribute" "it is bought with a numeric attribute";
        BooleanAttribute "boolean_attribute" "it is bought with a boolean attribute";
        SwitchedOn "switched_on" "it is bought with a boolean attribute that is on";
        SwitchingAddon "switching_addon" "an add-on for it has the same boolean attribute";
        OptionAddon "option_addon" "an add-on for it has an option on";
        AmountAddon "amount_addon" "an add-on for it brings a numeric attribute";
        OrderAttribute "order_attribute" "the customer chooses one of its attributes and has another choice";
    }
}

#[cfg(test)]
mod tests;
