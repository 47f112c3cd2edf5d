//! Subscriptions: create, update, suspend, activate, cancel.
//!
//! Create and Update carry the same action; the endpoint tells them apart.
//! Quantities are totals. What a subscription call lists as add-ons is never
//! acted on: add-ons have endpoints of their own.

use super::accounts;
use super::attributes;
use super::books::{self, Account, Status, Subscription};
use super::call::Call;
use super::catalogue::ProductType;
use super::desk::{Decision, Desk};
use super::refusal::{
    ACCOUNT_MISMATCH, ONE_SUBSCRIPTION_ONLY, PRODUCT_CHANGED, Refusal, SUBSCRIPTION_CANCELLED, SUBSCRIPTION_REPLACED,
    SUBSCRIPTION_UNKNOWN, TRIAL_NOT_OFFERED, refuse,
};
use super::resources::Resources;

/// Subscriptions/Create.
pub(super) fn create(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let (product_type, product) = desk.catalogue.product(&call.product_type, &call.product)?;
    let quantity = call.seats()?;
    if call.trial && !product.trial {
        return refuse(TRIAL_NOT_OFFERED, "This product has no trial.");
    }
    let attributes = attributes::read(product_type, call.body)?.unwrap_or_default();
    attributes::require_all(product_type, &attributes)?;
    let buyer = accounts::buyer(desk, call)?;
    if let Some(made) = made_before(desk, call) {
        return create_again(made, call, product_type, buyer);
    }
    one_only(desk, product_type, &product.id, &buyer)?;
    let subscription = Subscription {
        id: books::new_id(),
        platform_id: call.platform_id.clone(),
        account: buyer.id.clone(),
        product_type: product_type.id.clone(),
        product: product.id.clone(),
        name: call.name.clone().unwrap_or_default(),
        quantity,
        trial: call.trial,
        status: Status::Active,
        attributes,
        addons: Vec::new(),
        resources: Resources::new(),
        ordered_by: call.fingerprint(),
        replaced_by: None,
        last_addon_call: None,
    };
    Ok(created(&subscription.id.clone(), buyer, vec![subscription]))
}

fn created(id: &str, buyer: Account, changed: Vec<Subscription>) -> Decision {
    Decision { buyer: Some(buyer), notify: true, ..Decision::new(id, changed) }
}

/// The subscription that this Create has made already: the platform's id for it
/// is known, or it even names ours. An id that is not ours says nothing here.
fn made_before<'a>(desk: &Desk<'a>, call: &Call<'_>) -> Option<&'a Subscription> {
    desk.books.subscription_of_platform(&call.platform_id).or_else(|| desk.books.subscription(&call.id))
}

/// A Create whose first answer was lost gets that answer again. If it comes
/// with other totals than before, the customer has meanwhile chosen otherwise,
/// and the totals count.
fn create_again(
    made: &Subscription,
    call: &Call<'_>,
    product_type: &ProductType,
    buyer: Account,
) -> Result<Decision, Refusal> {
    check_alive(made)?;
    if made.account != buyer.id {
        return foreign();
    }
    if made.product != call.product {
        return product_changed();
    }
    let changed = repeat(made, call, product_type)?;
    Ok(created(&made.id, buyer, changed))
}

/// What is left to keep when a call comes again that has made `made`.
pub(super) fn repeat(
    made: &Subscription,
    call: &Call<'_>,
    product_type: &ProductType,
) -> Result<Vec<Subscription>, Refusal> {
    if made.ordered_by == call.fingerprint() {
        return Ok(Vec::new());
    }
    let mut subscription = made.clone();
    set_totals(&mut subscription, call, product_type)?;
    Ok(vec![subscription])
}

/// Where a customer may hold one subscription only, a second one is refused
/// rather than made or merged in silence.
fn one_only(desk: &Desk<'_>, product_type: &ProductType, product: &str, buyer: &Account) -> Result<(), Refusal> {
    let mut subscriptions = desk.books.subscriptions_of(&buyer.id);
    if !product_type.multiple && subscriptions.any(|s| s.alive() && s.product == product) {
        return refuse(ONE_SUBSCRIPTION_ONLY, "The customer already has a subscription of this product.");
    }
    Ok(())
}

/// Subscriptions/Update.
pub(super) fn update(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let mut subscription = living(desk, call)?.clone();
    let other = |given: &str, held: &str| !given.is_empty() && given != held;
    if other(&call.product, &subscription.product) || other(&call.product_type, &subscription.product_type) {
        return product_changed();
    }
    let (product_type, _) = desk.catalogue.product(&subscription.product_type, &subscription.product)?;
    set_totals(&mut subscription, call, product_type)?;
    Ok(Decision::new(&call.id, vec![subscription]))
}

/// Brings name, quantity and attributes to what the call says they are. It
/// never touches add-ons.
pub(super) fn set_totals(
    subscription: &mut Subscription,
    call: &Call<'_>,
    product_type: &ProductType,
) -> Result<(), Refusal> {
    subscription.quantity = call.seats()?;
    if let Some(name) = &call.name {
        subscription.name.clone_from(name);
    }
    if let Some(attributes) = attributes::read(product_type, call.body)? {
        subscription.attributes = attributes;
    }
    attributes::require_all(product_type, &subscription.attributes)
}

/// Subscriptions/Suspend.
pub(super) fn suspend(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    Ok(with_status(living(desk, call)?, Status::Suspended))
}

/// Subscriptions/Activate.
pub(super) fn activate(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    Ok(with_status(living(desk, call)?, Status::Active))
}

fn with_status(subscription: &Subscription, status: Status) -> Decision {
    let mut subscription = subscription.clone();
    subscription.status = status;
    Decision::new(&subscription.id.clone(), vec![subscription])
}

/// Subscriptions/Cancel. Ends the add-ons too. Cancelling again does nothing
/// and is fine: the platform has what it wanted.
pub(super) fn cancel(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let subscription = known(desk, call)?;
    if !subscription.alive() {
        return Ok(Decision::new(&subscription.id, Vec::new()));
    }
    let mut subscription = subscription.clone();
    subscription.status = Status::Cancelled;
    for addon in &mut subscription.addons {
        addon.active = false;
    }
    Ok(Decision::new(&subscription.id.clone(), vec![subscription]))
}

/// The subscription that a call names, alive or not. It must belong to the
/// customer that the call speaks of, if it speaks of one.
pub(super) fn known<'a>(desk: &Desk<'a>, call: &Call<'_>) -> Result<&'a Subscription, Refusal> {
    let Some(subscription) = desk.books.subscription(&call.id) else {
        return refuse(SUBSCRIPTION_UNKNOWN, "The subscription is not known.");
    };
    let customer = if desk.accounts { &call.buyer.id } else { &call.buyer.platform_id };
    if !customer.is_empty() && *customer != subscription.account {
        return foreign();
    }
    Ok(subscription)
}

/// As [`known`], and still running.
pub(super) fn living<'a>(desk: &Desk<'a>, call: &Call<'_>) -> Result<&'a Subscription, Refusal> {
    let subscription = known(desk, call)?;
    check_alive(subscription)?;
    Ok(subscription)
}

pub(super) fn check_alive(subscription: &Subscription) -> Result<(), Refusal> {
    if subscription.alive() {
        Ok(())
    } else if subscription.replaced_by.is_some() {
        refuse(SUBSCRIPTION_REPLACED, "The subscription was replaced by another one and can no longer be changed.")
    } else {
        refuse(SUBSCRIPTION_CANCELLED, "The subscription is cancelled and can no longer be changed.")
    }
}

fn foreign<T>() -> Result<T, Refusal> {
    refuse(ACCOUNT_MISMATCH, "The subscription belongs to another customer.")
}

pub(super) fn product_changed<T>() -> Result<T, Refusal> {
    refuse(PRODUCT_CHANGED, "The product cannot be changed in this way. Use an upgrade or a downgrade.")
}
