//! The mock BSS: what the platform knows and which calls it makes. No I/O, no YAML, no waiting.
//!
//! An [`Action`] goes in, [`Call`]s come out, answers go back in:
//!
//! ```text
//! begin(action) ─▶ Conversation ─ next ─▶ Call ─ (sent by somebody else) ─▶ answered ─▶ state
//! ```
//! One [`Bss`] holds one customer. Everything it sends is derived from what it holds, so a request is wrong only if the
//! state is: totals are totals because a subscription has *a* quantity, and an add-on is listed because it is owned.

mod action;
mod body;
mod conversation;
mod customer;
mod ids;
mod offer;
mod stage;
mod subscription;

pub use action::{Action, AddonPurchase, By, Impossible, Purchase};
pub use conversation::{Call, Conversation, Progress, Received, Role};
pub use customer::{Customer, Person};
pub use ids::Ids;
pub use offer::{AttributeState, Offer};
pub use subscription::{Addon, AddonStatus, BillingCycle, Status, Subscription};

use crate::{
    contract::{Catalogue, Dialect, Endpoint, answer::PendingSignal, sync_options::SyncOption},
    json::{Json, Object},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// For which endpoints the platform asks for a pre-check first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precheck {
    All,
    None,
    Only(Vec<Endpoint>),
}

impl Precheck {
    /// True when a call to this endpoint is preceded by the same call with CheckOnly.
    pub fn applies(&self, endpoint: Endpoint) -> bool {
        endpoint.spec().precheck
            && match self {
                Self::All => true,
                Self::None => false,
                Self::Only(endpoints) => endpoints.contains(&endpoint),
            }
    }
}

/// How the platform is set up for one service manager; shared by all customers of a run.
#[derive(Debug, Clone)]
pub struct Settings {
    pub dialect: Dialect,
    pub precheck: Precheck,
    pub pending: PendingSignal,
    /// Accounts are synchronised before the first purchase.
    pub accounts: bool,
    /// Accounts/Exists is asked before Accounts/Synchronize.
    pub exists: bool,
    pub catalogue: Arc<Catalogue>,
    pub sync_options: Arc<Vec<SyncOption>>,
    /// What the profile answers to sync options.
    pub sync_answers: BTreeMap<String, String>,
    /// The partner's settings by field id.
    pub fields: BTreeMap<String, String>,
    /// A call that is in progress is sent again after this time …
    pub retry_every: Duration,
    /// … until this much time has passed.
    pub retry_for: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            precheck: Precheck::All,
            pending: PendingSignal::None,
            accounts: true,
            exists: true,
            catalogue: Arc::default(),
            sync_options: Arc::default(),
            sync_answers: BTreeMap::new(),
            fields: BTreeMap::new(),
            retry_every: Duration::from_secs(5),
            retry_for: Duration::from_secs(120 * 60),
        }
    }
}

/// What the platform holds about one customer.
#[derive(Debug)]
pub struct Bss {
    pub(crate) settings: Arc<Settings>,
    pub customer: Customer,
    pub(crate) subscriptions: Vec<Subscription>,
    /// The fields that Fields/Get announced last.
    announced: Vec<Object>,
    /// The provisioning call that failed last, with what was to follow it: what "retry" repeats.
    failed: Option<conversation::Failed>,
    ids: Ids,
    /// How long this customer's calls have been in progress, in the platform's own time.
    waited: Duration,
}

impl Bss {
    pub fn new(settings: Arc<Settings>, customer: Customer, ids: Ids) -> Self {
        Self {
            settings,
            customer,
            subscriptions: Vec::new(),
            announced: Vec::new(),
            failed: None,
            ids,
            waited: Duration::ZERO,
        }
    }

    /// The subscriptions in the order in which they were bought.
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// The subscription of this name; without a name the one bought last that is not cancelled, else the last one.
    ///
    /// # Errors
    /// There is none.
    pub fn subscription(&self, name: Option<&str>) -> Result<&Subscription, Impossible> {
        self.find(name).map(|index| &self.subscriptions[index])
    }

    /// Ids of the service manager that are still running and would go on costing money.
    pub fn living(&self) -> impl Iterator<Item = &Subscription> {
        self.subscriptions
            .iter()
            .filter(|s| matches!(s.status, Status::Active | Status::Suspended) && !s.external_id.is_empty())
    }

    /// AccountDefinition of this customer, as it would be sent now.
    pub fn account(&self) -> Json {
        self.account_definition()
    }

    /// The platform's subscription ids that the next purchases and upgrades will get.
    pub fn coming_ids(&self, count: usize) -> Vec<String> {
        let mut ids = self.ids.clone();
        (0..count).map(|_| ids.subscription()).collect()
    }

    /// How the platform speaks to this service manager.
    pub fn dialect(&self) -> &Dialect {
        &self.settings.dialect
    }

    /// What the service manager sells.
    pub fn catalogue(&self) -> &Catalogue {
        &self.settings.catalogue
    }

    fn find(&self, name: Option<&str>) -> Result<usize, Impossible> {
        let found = match name {
            Some(name) => self.subscriptions.iter().position(|s| s.key == name),
            None => self
                .subscriptions
                .iter()
                .rposition(|s| !matches!(s.status, Status::Cancelled))
                .or_else(|| self.subscriptions.len().checked_sub(1)),
        };
        found.ok_or_else(|| Impossible::NoSubscription(name.map(str::to_owned)))
    }

    /// What the platform stores of an answer's AccountExtraInfo: key by key, the later value wins.
    fn keep_account_extra(&mut self, body: &Json) {
        merge_texts(&mut self.customer.extra_details, body.member("AccountExtraInfo"));
    }
}

/// Adds the members of an object of texts; `null`, `{}` and anything else change nothing.
fn merge_texts(into: &mut Object, from: Option<&Json>) {
    // Most service managers return what they were sent, in the order in which it was sent.
    let mut place = 0;
    for (key, value) in from.and_then(Json::as_object).into_iter().flat_map(Object::iter) {
        if !value.is_null() {
            into.set_in_order(&mut place, key, value);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
