//! Where calls are decided: what a decision goes by, and what it comes to.

use super::books::{Account, Books, Subscription};
use super::call::Call;
use super::catalogue::Catalogue;
use super::faults::{Fault, Faults};
use super::options::AddonResult;
use super::refusal::{Refusal, crash};
use super::routes::Endpoint;
use super::{addons, subscriptions, upgrades};

/// Everything that a decision may look at. Nothing here can be changed.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    pub(super) catalogue: &'a Catalogue,
    /// The books of the calling tenant.
    pub(super) books: &'a Books,
    /// Whether customers are synchronized before they buy.
    pub(super) accounts: bool,
    pub(super) addon_result: AddonResult,
    pub(super) faults: Faults,
}

/// What is to be answered and kept, if the call is meant.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) result: String,
    /// The buyer, when the answer tells of it.
    pub(super) buyer: Option<Account>,
    /// Subscriptions to enter or to write over.
    pub(super) changed: Vec<Subscription>,
    /// Whether the customer should hear of it.
    pub(super) notify: bool,
}

impl Decision {
    /// Carries `result` and keeps `changed`.
    pub(super) fn new(result: &str, changed: Vec<Subscription>) -> Self {
        Self { result: result.to_owned(), buyer: None, changed, notify: false }
    }
}

impl Desk<'_> {
    pub(super) fn decide(&self, call: &Call<'_>) -> Result<Decision, Refusal> {
        if let Some(sloppy) = self.about_nothing(call) {
            return sloppy;
        }
        match call.endpoint {
            Endpoint::Create => subscriptions::create(self, call),
            Endpoint::Update => subscriptions::update(self, call),
            Endpoint::Suspend => subscriptions::suspend(self, call),
            Endpoint::Activate => subscriptions::activate(self, call),
            Endpoint::Cancel => subscriptions::cancel(self, call),
            Endpoint::UpgradeDowngrade => upgrades::change_product(self, call),
            Endpoint::UpgradeToPaid => upgrades::convert_trial(self, call),
            _ => addons::decide(self, call),
        }
    }

    /// What a fault does with a call for a subscription that is not known.
    fn about_nothing(&self, call: &Call<'_>) -> Option<Result<Decision, Refusal>> {
        let has = |fault| self.faults.has(fault);
        if self.faults.is_empty() || call.endpoint == Endpoint::Create || self.books.subscription(&call.id).is_some() {
            return None;
        }
        let content = Ok(Decision::new(&call.id, Vec::new()));
        let addons = matches!(call.endpoint, Endpoint::CreateAddons | Endpoint::UpdateAddons | Endpoint::CancelAddons);
        match addons {
            true if has(Fault::AddonOnUnknownParentAccepted) => Some(content),
            true if has(Fault::AddonOnUnknownParentCrashes) => Some(crash()),
            false if has(Fault::UnknownIdAccepted) => Some(content),
            false if has(Fault::UnknownIdCrashes) => Some(crash()),
            false if has(Fault::UnknownIdCreates) && call.endpoint == Endpoint::Update => {
                Some(subscriptions::create(self, call))
            }
            _ => None,
        }
    }
}
