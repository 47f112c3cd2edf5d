//! What the vendor knows: accounts, subscriptions and add-ons.
//!
//! Each tenant has books of its own, and whoever decides about a call is given
//! the books of the calling tenant only. That is all there is to keeping
//! tenants apart.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use uuid::Uuid;

use super::attributes::Attributes;
use super::faults::{Fault, Faults};
use super::resources::{self, Resources};

/// The books of one tenant. Entries are never removed: an id that was given
/// out stays known, so that a late repeat of a call is recognised.
#[derive(Debug, Default)]
pub(super) struct Books {
    faults: Faults,
    accounts: Vec<Account>,
    subscriptions: Vec<Subscription>,
    account_by_id: HashMap<String, usize>,
    account_by_platform_id: HashMap<String, usize>,
    subscription_by_id: HashMap<String, usize>,
    subscription_by_platform_id: HashMap<String, usize>,
    subscriptions_of_account: HashMap<String, Vec<usize>>,
}

#[derive(Clone, Debug)]
pub(super) struct Account {
    /// Our id, which the platform calls the external one.
    pub(super) id: String,
    /// The platform's id.
    pub(super) platform_id: String,
    pub(super) email: String,
    /// The address of whoever is to be spoken to.
    pub(super) contact_email: String,
    pub(super) username: String,
    /// Our id of the reseller that the customer buys through.
    pub(super) reseller: Option<String>,
    pub(super) deleted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Active,
    Suspended,
    Cancelled,
}

/// Recognises a call that is sent a second time: a digest of its whole body.
pub(super) type Fingerprint = Uuid;

#[derive(Clone, Debug)]
pub(super) struct Subscription {
    /// Our id, the `Result` of the call that made it.
    pub(super) id: String,
    /// The platform's id; empty when it gave none.
    pub(super) platform_id: String,
    /// Our id of the account.
    pub(super) account: String,
    pub(super) product_type: String,
    pub(super) product: String,
    pub(super) name: String,
    pub(super) quantity: i32,
    pub(super) trial: bool,
    pub(super) status: Status,
    pub(super) attributes: Attributes,
    pub(super) addons: Vec<Addon>,
    /// Set from all of the above whenever the subscription is kept.
    pub(super) resources: Resources,
    /// The call that made it.
    pub(super) ordered_by: Fingerprint,
    /// What an upgrade, a downgrade or a conversion put in its place.
    pub(super) replaced_by: Option<Replacement>,
    /// The latest add-on call that was carried out, with its `Result`.
    pub(super) last_addon_call: Option<(Fingerprint, String)>,
}

impl Subscription {
    pub(super) fn alive(&self) -> bool {
        self.status != Status::Cancelled
    }
}

#[derive(Clone, Debug)]
pub(super) struct Replacement {
    pub(super) by: String,
    /// Whether a trial was converted, rather than the product changed.
    pub(super) conversion: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Addon {
    pub(super) id: String,
    /// The `Result` of the call that made it, hence the id that the platform
    /// knows it by. Several add-ons of one call share it.
    pub(super) handle: String,
    pub(super) product: String,
    pub(super) quantity: i32,
    pub(super) attributes: Attributes,
    pub(super) active: bool,
    /// The call that made it, and its place among the entries there.
    pub(super) ordered_by: (Fingerprint, usize),
}

impl Books {
    pub(super) fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// An id for something new.
    pub(super) fn new_id(&self) -> String {
        if self.faults.has(Fault::ShortIds) {
            static LATEST: AtomicU32 = AtomicU32::new(0);
            return (LATEST.fetch_add(1, Ordering::Relaxed) + 1).to_string();
        }
        Uuid::new_v4().to_string()
    }

    pub(super) fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    pub(super) fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    pub(super) fn account(&self, id: &str) -> Option<&Account> {
        Some(&self.accounts[*self.account_by_id.get(id)?])
    }

    pub(super) fn account_of_platform(&self, platform_id: &str) -> Option<&Account> {
        Some(&self.accounts[*self.account_by_platform_id.get(platform_id)?])
    }

    pub(super) fn subscription(&self, id: &str) -> Option<&Subscription> {
        Some(&self.subscriptions[*self.subscription_by_id.get(id)?])
    }

    /// The subscription that a platform's id stands for, since the latest
    /// upgrade if the platform kept its id over it.
    pub(super) fn subscription_of_platform(&self, platform_id: &str) -> Option<&Subscription> {
        Some(&self.subscriptions[*self.subscription_by_platform_id.get(platform_id)?])
    }

    /// All subscriptions of an account, the oldest first.
    pub(super) fn subscriptions_of(&self, account: &str) -> impl Iterator<Item = &Subscription> {
        self.subscriptions_of_account.get(account).into_iter().flatten().map(|&index| &self.subscriptions[index])
    }

    /// Enters an account, or writes over the one with its id.
    pub(super) fn keep_account(&mut self, account: Account) {
        if let Some(&index) = self.account_by_id.get(&account.id) {
            self.accounts[index] = account;
            return;
        }
        let index = self.accounts.len();
        self.account_by_id.insert(account.id.clone(), index);
        self.account_by_platform_id.insert(account.platform_id.clone(), index);
        self.accounts.push(account);
    }

    /// Enters a subscription, or writes over the one with its id. Its resources
    /// are set here, and only here.
    pub(super) fn keep_subscription(&mut self, mut subscription: Subscription) {
        let kept = self.subscription(&subscription.id).map(|kept| kept.resources.clone());
        subscription.resources = match kept {
            Some(kept) if self.faults.has(Fault::ResourcesSetOnce) => kept,
            Some(kept) if self.faults.has(Fault::ResourcesIncremented) => {
                resources::sum(&kept, &resources::total(&subscription, self.faults))
            }
            _ => resources::total(&subscription, self.faults),
        };
        if let Some(&index) = self.subscription_by_id.get(&subscription.id) {
            self.subscriptions[index] = subscription;
            return;
        }
        let index = self.subscriptions.len();
        self.subscription_by_id.insert(subscription.id.clone(), index);
        if !subscription.platform_id.is_empty() {
            self.subscription_by_platform_id.insert(subscription.platform_id.clone(), index);
        }
        self.subscriptions_of_account.entry(subscription.account.clone()).or_default().push(index);
        self.subscriptions.push(subscription);
    }
}
