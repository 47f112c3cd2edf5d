//! Faults around a decision: guards that are missing, and things that are remembered and should not be.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::books::{Status, Subscription};
use super::call::Call;
use super::desk::Desk;
use super::faults::{Fault, Faults};
use super::refusal::{
    ATTRIBUTE_INVALID, ONE_SUBSCRIPTION_ONLY, Refusal, SUBSCRIPTION_ID_TAKEN, SUBSCRIPTION_UNKNOWN, crash,
};
use super::request::{self, Object, Request};
use super::routes::Endpoint;

/// How many orders a customer may place where pre-checks count too.
const QUOTA: usize = 3;

/// How often an order that takes its time is in progress.
const BUSY: u32 = 2;

/// The fault of an endpoint that answers anybody.
pub(super) fn unguarded(endpoint: Endpoint) -> Option<Fault> {
    Some(match endpoint {
        Endpoint::Discovery | Endpoint::Probe => return None,
        Endpoint::SettingFields => Fault::NoAuthOnFieldsGet,
        Endpoint::ValidateSettings => Fault::NoAuthOnValidate,
        Endpoint::ProductTypes => Fault::NoAuthOnServiceDefinition,
        Endpoint::AdditionalInfo => Fault::NoAuthOnAdditionalInfo,
        Endpoint::SyncOptions => Fault::NoAuthOnSyncOptions,
        Endpoint::AccountExists => Fault::NoAuthOnExists,
        Endpoint::Synchronize => Fault::NoAuthOnSynchronize,
        Endpoint::DeleteAccount => Fault::NoAuthOnDelete,
        Endpoint::Create => Fault::NoAuthOnCreate,
        Endpoint::Update => Fault::NoAuthOnUpdate,
        Endpoint::Suspend => Fault::NoAuthOnSuspend,
        Endpoint::Activate => Fault::NoAuthOnActivate,
        Endpoint::Cancel => Fault::NoAuthOnCancel,
        Endpoint::UpgradeDowngrade => Fault::NoAuthOnUpgrade,
        Endpoint::UpgradeToPaid => Fault::NoAuthOnUpgradeToPaid,
        Endpoint::CreateAddons => Fault::NoAuthOnAddonCreate,
        Endpoint::UpdateAddons => Fault::NoAuthOnAddonUpdate,
        Endpoint::CancelAddons => Fault::NoAuthOnAddonCancel,
    })
}

/// The fault of an endpoint that does not look at `CheckOnly`.
pub(super) fn precheck_guard(endpoint: Endpoint) -> Option<Fault> {
    Some(match endpoint {
        Endpoint::Create => Fault::PrecheckProvisionsOnCreate,
        Endpoint::Update => Fault::PrecheckProvisionsOnUpdate,
        Endpoint::Suspend => Fault::PrecheckProvisionsOnSuspend,
        Endpoint::Activate => Fault::PrecheckProvisionsOnActivate,
        Endpoint::Cancel => Fault::PrecheckProvisionsOnCancel,
        Endpoint::UpgradeDowngrade => Fault::PrecheckProvisionsOnUpgrade,
        Endpoint::UpgradeToPaid => Fault::PrecheckProvisionsOnUpgradeToPaid,
        Endpoint::CreateAddons => Fault::PrecheckProvisionsOnAddonCreate,
        Endpoint::UpdateAddons => Fault::PrecheckProvisionsOnAddonUpdate,
        Endpoint::CancelAddons => Fault::PrecheckProvisionsOnAddonCancel,
        _ => return None,
    })
}

/// Headers that a fault cannot do without.
pub(super) fn need_headers(endpoint: Endpoint, request: &Request, faults: Faults) -> Result<(), Refusal> {
    let needs = |fault, name: &str| faults.has(fault) && request.header(name).is_none();
    let missed = needs(Fault::TrackIdRequired, "X-CloudPlatform-TrackId")
        || endpoint == Endpoint::Update && needs(Fault::BaseUriRequiredOnUpdate, "X-CloudPlatform-BaseUri")
        || endpoint == Endpoint::Create && needs(Fault::TokenRequiredOnCreate, "X-CloudPlatform-Token")
        || endpoint == Endpoint::Synchronize && needs(Fault::TokenRequiredOnSynchronize, "X-CloudPlatform-Token");
    if missed { crash() } else { Ok(()) }
}

/// The members that came before a body broke off.
pub(super) fn mended(body: &[u8]) -> Option<Object> {
    let text = std::str::from_utf8(body).ok()?;
    // Cutting at a comma leaves whole members; the objects and arrays around them are closed again.
    text.rmatch_indices(',').take(64).find_map(|(comma, _)| {
        let kept = &text[..comma];
        let (mut open, mut quoted, mut escaped) = (Vec::new(), false, false);
        for c in kept.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '{' if !quoted => open.push('}'),
                '[' if !quoted => open.push(']'),
                '}' | ']' if !quoted => drop(open.pop()),
                _ => {}
            }
        }
        let closed: String = kept.chars().chain(open.into_iter().rev()).collect();
        request::object(closed.as_bytes()).ok()
    })
}

/// Whether a pre-check is content although the rules say no.
pub(super) fn waves_through(call: &Call<'_>, refusal: &Refusal, faults: Faults) -> bool {
    let addons = matches!(call.endpoint, Endpoint::CreateAddons | Endpoint::UpdateAddons | Endpoint::CancelAddons);
    let waves = faults.has(Fault::PrecheckAlwaysAccepts) || addons && faults.has(Fault::PrecheckOfAddonsAlwaysAccepts);
    let overlooked = match refusal.code {
        SUBSCRIPTION_UNKNOWN => faults.has(Fault::PrecheckOverlooksUnknown),
        ATTRIBUTE_INVALID => faults.has(Fault::PrecheckOverlooksAttributes),
        _ => false,
    };
    call.check_only && (waves || overlooked)
}

/// What a refused create leaves behind, where it is made before it is looked at.
pub(super) fn half_made(desk: &Desk<'_>, call: &Call<'_>) -> Option<Subscription> {
    if !desk.faults.has(Fault::FailedCreateLeavesHalf) || call.endpoint != Endpoint::Create || call.check_only {
        return None;
    }
    let id = if desk.accounts { &call.buyer.id } else { &call.buyer.platform_id };
    let account = desk.books.account(id)?;
    Some(Subscription {
        id: desk.books.new_id(),
        platform_id: String::new(),
        account: account.id.clone(),
        product_type: call.product_type.clone(),
        product: call.product.clone(),
        name: call.name.clone().unwrap_or_default(),
        quantity: 1,
        trial: call.trial,
        status: Status::Active,
        attributes: Vec::new(),
        addons: Vec::new(),
        resources: Default::default(),
        ordered_by: call.fingerprint(),
        replaced_by: None,
        last_addon_call: None,
    })
}

/// A subscription that a pre-check keeps a place with.
pub(super) fn reserved(made: Subscription) -> Subscription {
    Subscription { status: Status::Suspended, platform_id: String::new(), ..made }
}

/// What faults remember from call to call.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// The platform's ids of subscriptions that were refused, or asked about.
    burnt: HashSet<String>,
    /// Pre-checks of orders by customer.
    asked: HashMap<String, usize>,
    /// How often was asked for an order that takes its time, by the platform's id.
    busy: HashMap<String, u32>,
    errors: i32,
    suspends: u32,
}

impl Memory {
    fn open(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts suspends: true for every second one.
    pub(super) fn is_second_suspend(&self) -> bool {
        let mut remembered = self.open();
        remembered.suspends += 1;
        remembered.suspends.is_multiple_of(2)
    }

    /// What an order that takes its time answers until it is done.
    pub(super) fn still_busy(&self, call: &Call<'_>, faults: Faults) -> Option<Value> {
        if !faults.has(Fault::FinishesLater) || call.endpoint != Endpoint::Create || call.platform_id.is_empty() {
            return None;
        }
        let mut remembered = self.open();
        let asked = remembered.busy.entry(call.platform_id.clone()).or_default();
        *asked += 1;
        (*asked <= BUSY).then(|| json!({ "Code": 1, "Message": "The order is in progress.", "Result": null }))
    }

    /// Orders that are refused for what was remembered.
    pub(super) fn refuses(&self, call: &Call<'_>, faults: Faults) -> Option<Refusal> {
        if faults.is_empty() || call.endpoint != Endpoint::Create || call.check_only {
            return None;
        }
        let remembered = self.open();
        let burns = faults.has(Fault::FailedOrderNeverRetried) || faults.has(Fault::PrecheckTakesTheNumber);
        if burns && remembered.burnt.contains(&call.platform_id) {
            return Some(Refusal { code: SUBSCRIPTION_ID_TAKEN, message: "The order is closed.".into() });
        }
        let asked = remembered.asked.get(&call.buyer.id).copied().unwrap_or_default();
        (faults.has(Fault::PrecheckUsesUpQuota) && asked > QUOTA)
            .then(|| Refusal { code: ONE_SUBSCRIPTION_ONLY, message: "No more orders are possible.".into() })
    }

    /// Remembers a call that was refused.
    pub(super) fn after_refusal(&self, call: &Call<'_>, refusal: Refusal, faults: Faults) -> Refusal {
        let mut remembered = self.open();
        if faults.has(Fault::FailedOrderNeverRetried)
            && call.endpoint == Endpoint::Create
            && !call.platform_id.is_empty()
        {
            remembered.burnt.insert(call.platform_id.clone());
        }
        if faults.has(Fault::PrecheckErrorChanges) && !refusal.is_crash() {
            remembered.errors += 1;
            return Refusal { code: refusal.code - remembered.errors, ..refusal };
        }
        refusal
    }

    /// Remembers a call that was taken.
    pub(super) fn after_decision(&self, call: &Call<'_>, faults: Faults) {
        if faults.is_empty() || call.endpoint != Endpoint::Create || !call.check_only {
            return;
        }
        let mut remembered = self.open();
        if faults.has(Fault::PrecheckTakesTheNumber) && !call.platform_id.is_empty() {
            remembered.burnt.insert(call.platform_id.clone());
        }
        *remembered.asked.entry(call.buyer.id.clone()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn a_body_that_breaks_off_keeps_what_came() {
        let mended = mended(br#"{"Name":"a, b","Account":{"ID":"1","Name":"x"},"Quantity":5,"Acti"#).unwrap();
        assert_eq!(mended["Quantity"], 5);
        assert_eq!(mended["Account"]["Name"], "x");
    }
}
