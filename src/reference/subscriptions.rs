//! Subscriptions: create, update, suspend, activate, cancel.
//!
//! Create and Update carry the same action; the endpoint tells them apart.
//! Quantities are totals. What a subscription call lists as add-ons is never
//! acted on: add-ons have endpoints of their own.

use super::accounts;
use super::attributes;
use super::books::{Account, Addon, Status, Subscription};
use super::call::Call;
use super::catalogue::ProductType;
use super::desk::{Decision, Desk};
use super::faults::{Fault, Faults};
use super::refusal::{
    ACCOUNT_MISMATCH, ACTION_NOT_ALLOWED, ONE_SUBSCRIPTION_ONLY, PRODUCT_CHANGED, QUANTITY_INVALID, Refusal,
    SUBSCRIPTION_CANCELLED, SUBSCRIPTION_ID_TAKEN, SUBSCRIPTION_REPLACED, SUBSCRIPTION_UNKNOWN, TRIAL_NOT_OFFERED,
    crash, refuse,
};
use super::request;
use super::resources::Resources;

/// Subscriptions/Create.
pub(super) fn create(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let (product_type, product) = desk.catalogue.product(&call.product_type, &call.product)?;
    let quantity = call.seats()?;
    if call.trial && !product.trial {
        return refuse(TRIAL_NOT_OFFERED, "This product has no trial.");
    }
    let attributes = attributes::read(product_type, call.body, desk.faults)?.unwrap_or_default();
    attributes::require_all(product_type, &attributes)?;
    let buyer = accounts::buyer(desk, call)?;
    if let Some(made) = made_before(desk, call).filter(|_| !sees_no_repeat(desk, call)) {
        if desk.faults.has(Fault::RetryRefused) {
            return refuse(SUBSCRIPTION_ID_TAKEN, "The subscription exists already.");
        }
        return create_again(made, call, product_type, buyer, desk.faults);
    }
    if let Some(first) = merged(desk, product_type, &product.id, &buyer) {
        return Ok(created(&first.id, buyer, Vec::new()));
    }
    one_only(desk, product_type, &product.id, &buyer, call.check_only)?;
    let id = match desk.faults.has(Fault::SameIdForTwoSubscriptions) {
        true => format!("T-{}", buyer.id),
        false => desk.books.new_id(),
    };
    let subscription = Subscription {
        id,
        platform_id: call.platform_id.clone(),
        account: buyer.id.clone(),
        product_type: product_type.id.clone(),
        product: product.id.clone(),
        name: carried(call.name.as_deref().unwrap_or_default(), desk.faults),
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

/// A fault that does not recognise a Create that comes again.
fn sees_no_repeat(desk: &Desk<'_>, call: &Call<'_>) -> bool {
    let foreign = call.name.as_ref().is_some_and(|name| !name.is_ascii());
    desk.faults.has(Fault::CreateTwiceOnRetry)
        || call.is_blind
        || foreign && desk.faults.has(Fault::RepeatMissedByItsName)
}

/// The subscription that a fault, or a service manager that may, takes a second order for.
fn merged<'a>(desk: &Desk<'a>, product_type: &ProductType, product: &str, buyer: &Account) -> Option<&'a Subscription> {
    let merges = match product_type.multiple {
        true => Fault::SecondSubscriptionMerged,
        false => Fault::SecondOfSingleMerged,
    };
    let books = desk.books;
    let mut alive = books.subscriptions_of(&buyer.id).filter(|s| s.alive() && s.product == product);
    alive.next().filter(|_| desk.faults.has(merges))
}

/// The name as it reaches the vendor.
fn carried(name: &str, faults: Faults) -> String {
    if faults.has(Fault::NameDropped) {
        String::new()
    } else if faults.has(Fault::NameCutShort) {
        name.chars().take(20).collect()
    } else if faults.has(Fault::NameAsciiOnly) {
        name.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
    } else {
        name.to_owned()
    }
}

/// A Create whose first answer was lost gets that answer again. If it comes
/// with other totals than before, the customer has meanwhile chosen otherwise,
/// and the totals count.
fn create_again(
    made: &Subscription,
    call: &Call<'_>,
    product_type: &ProductType,
    buyer: Account,
    faults: Faults,
) -> Result<Decision, Refusal> {
    check_alive(made)?;
    if made.account != buyer.id {
        return foreign();
    }
    if made.product != call.product {
        return product_changed();
    }
    let changed = repeat(made, call, product_type, faults)?;
    Ok(created(&made.id, buyer, changed))
}

/// What is left to keep when a call comes again that has made `made`.
pub(super) fn repeat(
    made: &Subscription,
    call: &Call<'_>,
    product_type: &ProductType,
    faults: Faults,
) -> Result<Vec<Subscription>, Refusal> {
    if made.ordered_by == call.fingerprint() {
        return Ok(Vec::new());
    }
    let mut subscription = made.clone();
    set_totals(&mut subscription, call, product_type, faults)?;
    Ok(vec![subscription])
}

/// Where a customer may hold one subscription only, a second one is refused
/// rather than made or merged in silence.
fn one_only(
    desk: &Desk<'_>,
    product_type: &ProductType,
    product: &str,
    buyer: &Account,
    check_only: bool,
) -> Result<(), Refusal> {
    let mut subscriptions = desk.books.subscriptions_of(&buyer.id);
    let multiple = match product_type.multiple {
        true => {
            let strict = check_only && desk.faults.has(Fault::PrecheckRefusesASecond);
            !strict && !desk.faults.has(Fault::SecondSubscriptionRefused)
        }
        false => desk.faults.has(Fault::SecondOfSingleDuplicated),
    };
    if !multiple && subscriptions.any(|s| s.alive() && s.product == product) {
        return refuse(ONE_SUBSCRIPTION_ONLY, "The customer already has a subscription of this product.");
    }
    Ok(())
}

/// Subscriptions/Update.
pub(super) fn update(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let held = living(desk, call, Fault::CancelledCanBeUpdated)?;
    let mut subscription = held.clone();
    let other = |given: &str, held: &str| !given.is_empty() && given != held;
    if other(&call.product, &subscription.product) || other(&call.product_type, &subscription.product_type) {
        return product_changed();
    }
    let (product_type, _) = desk.catalogue.product(&subscription.product_type, &subscription.product)?;
    set_totals(&mut subscription, call, product_type, desk.faults)?;
    if held.status == Status::Suspended && desk.faults.has(Fault::ChangeWhileSuspendedLost) {
        return Ok(Decision::new(&subscription.id, Vec::new()));
    }
    if !desk.faults.is_empty() {
        update_sloppily(desk, call, held, &mut subscription)?;
    }
    Ok(Decision::new(&subscription.id.clone(), vec![subscription]))
}

/// What faults make of an update.
fn update_sloppily(
    desk: &Desk<'_>,
    call: &Call<'_>,
    held: &Subscription,
    subscription: &mut Subscription,
) -> Result<(), Refusal> {
    let has = |fault| desk.faults.has(fault);
    if has(Fault::UpdateWithAddonsRefused) && !request::objects(call.body, "Addons")?.is_empty() {
        return refuse(ACTION_NOT_ALLOWED, "Add-ons cannot be changed in this way.");
    }
    if held.quantity > subscription.quantity {
        if has(Fault::DecreaseRefused) {
            return refuse(QUANTITY_INVALID, "Seats cannot be given back.");
        }
        if has(Fault::DecreaseIgnored) {
            subscription.quantity = held.quantity;
        }
    }
    if has(Fault::QuantityAsDelta) {
        subscription.quantity = subscription.quantity.saturating_add(held.quantity);
    }
    if has(Fault::CancelledCanBeUpdated) {
        subscription.status = Status::Active;
    }
    if has(Fault::UpdateCreatesAnother) {
        subscription.id = desk.books.new_id();
        subscription.platform_id.clear();
    }
    if has(Fault::UpdateCancelsAddons) {
        subscription.addons.iter_mut().for_each(|addon| addon.active = false);
    }
    if has(Fault::UpdateCancelsUnlistedAddons) {
        let listed = request::objects(call.body, "Addons")?.into_iter().map(|entry| request::id(entry, "ID"));
        let listed = listed.collect::<Result<Vec<_>, _>>()?;
        subscription.addons.iter_mut().for_each(|addon| addon.active &= listed.contains(&addon.id));
    }
    if has(Fault::UpdateBuysListedAddons) {
        for (place, entry) in request::objects(call.body, "Addons")?.into_iter().enumerate() {
            if request::id(entry, "ID")?.is_empty() {
                let id = desk.books.new_id();
                subscription.addons.push(Addon {
                    handle: id.clone(),
                    id,
                    product: request::id(entry, "ProductID")?,
                    quantity: 1,
                    attributes: Vec::new(),
                    active: true,
                    ordered_by: (call.fingerprint(), place),
                });
            }
        }
    }
    if has(Fault::UpdateResizesAddons) {
        subscription.addons.iter_mut().for_each(|addon| addon.quantity = subscription.quantity);
    }
    if has(Fault::UpdateProvisionsAddons) {
        let again = subscription.addons.iter().filter(|addon| addon.active).cloned();
        let again: Vec<_> = again.map(|addon| Addon { id: desk.books.new_id(), ..addon }).collect();
        subscription.addons.extend(again);
    }
    Ok(())
}

/// Brings name, quantity and attributes to what the call says they are. It
/// never touches add-ons.
pub(super) fn set_totals(
    subscription: &mut Subscription,
    call: &Call<'_>,
    product_type: &ProductType,
    faults: Faults,
) -> Result<(), Refusal> {
    subscription.quantity = call.seats()?;
    if let Some(name) = &call.name {
        subscription.name = carried(name, faults);
    }
    if let Some(attributes) = attributes::read(product_type, call.body, faults)?
        && !faults.has(Fault::UpdateKeepsOldAttributes)
    {
        subscription.attributes = attributes;
    }
    attributes::require_all(product_type, &subscription.attributes)
}

/// Subscriptions/Suspend.
pub(super) fn suspend(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let subscription = living(desk, call, Fault::CancelledCanBeSuspended)?;
    if subscription.status == Status::Suspended && desk.faults.has(Fault::RepeatedSuspendCrashes) {
        return crash();
    }
    let newest = desk.books.subscriptions_of(&subscription.account).filter(|s| s.alive()).last();
    let hit = newest.filter(|_| desk.faults.has(Fault::SuspendHitsTheNewest)).unwrap_or(subscription);
    Ok(Decision { result: subscription.id.clone(), ..with_status(hit, Status::Suspended) })
}

/// Subscriptions/Activate.
pub(super) fn activate(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let subscription = living(desk, call, Fault::CancelledCanBeActivated)?;
    if subscription.status == Status::Active && desk.faults.has(Fault::RepeatedActivateCrashes) {
        return crash();
    }
    let mut decision = with_status(subscription, Status::Active);
    if desk.faults.has(Fault::ActivateHitsAll) {
        let all = desk.books.subscriptions_of(&subscription.account).filter(|s| s.alive());
        decision.changed.extend(all.flat_map(|s| with_status(s, Status::Active).changed));
    }
    Ok(decision)
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
    if !subscription.alive() && desk.faults.has(Fault::RepeatedCancelCrashes) {
        return crash();
    }
    if subscription.status == Status::Suspended && desk.faults.has(Fault::SuspendedCannotBeCancelled) {
        return refuse(ACTION_NOT_ALLOWED, "Activate the subscription first.");
    }
    if !subscription.alive() {
        return Ok(Decision::new(&subscription.id, Vec::new()));
    }
    let mut alive = desk.books.subscriptions_of(&subscription.account).filter(|s| s.alive());
    let ended: Vec<&Subscription> = if desk.faults.has(Fault::CancelHitsAll) {
        alive.collect()
    } else if desk.faults.has(Fault::CancelHitsTheOldest) {
        alive.next().into_iter().collect()
    } else {
        vec![subscription]
    };
    let ended = ended.into_iter().map(|subscription| end(subscription, desk.faults)).collect();
    Ok(Decision::new(&subscription.id, ended))
}

fn end(subscription: &Subscription, faults: Faults) -> Subscription {
    let mut subscription = subscription.clone();
    subscription.status = Status::Cancelled;
    let mut first = true;
    for addon in subscription.addons.iter_mut().filter(|addon| addon.active) {
        let overlooked = faults.has(Fault::CancelEndsTheFirstAddonOnly) && !first;
        addon.active = faults.has(Fault::CancelLeavesAddons) || overlooked;
        first = false;
    }
    subscription
}

/// The subscription that a call names, alive or not. It must belong to the
/// customer that the call speaks of, if it speaks of one.
pub(super) fn known<'a>(desk: &Desk<'a>, call: &Call<'_>) -> Result<&'a Subscription, Refusal> {
    let original = request::id(call.body, "OriginalSubscriptionID")?;
    let original =
        desk.books.subscription_of_platform(&original).filter(|_| desk.faults.has(Fault::OriginalIdFollowed));
    let Some(subscription) = original.or_else(|| desk.books.subscription(&call.id)) else {
        return refuse(SUBSCRIPTION_UNKNOWN, "The subscription is not known.");
    };
    let customer = if desk.accounts { &call.buyer.id } else { &call.buyer.platform_id };
    let refused = desk.faults.has(Fault::ExternalIdRefusedLater);
    if !customer.is_empty() && (refused || *customer != subscription.account) {
        return foreign();
    }
    Ok(subscription)
}

/// As [`known`], and still running, unless the fault passes that over.
fn living<'a>(desk: &Desk<'a>, call: &Call<'_>, passes: Fault) -> Result<&'a Subscription, Refusal> {
    let subscription = known(desk, call)?;
    if !desk.faults.has(passes) {
        check_alive(subscription)?;
    }
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
