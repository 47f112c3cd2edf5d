//! Changes of the product, and of a trial into a paid subscription.
//!
//! Both put a new subscription with a new id in the place of the old one. The
//! old one ends there and then, so that nothing runs twice, but it stays known:
//! the call may come again.

use super::books::{Replacement, Status, Subscription};
use super::call::{Action, Call};
use super::catalogue::ProductType;
use super::desk::{Decision, Desk};
use super::faults::Fault;
use super::refusal::{
    ACTION_NOT_ALLOWED, NO_UPGRADE_PATH, NOT_A_TRIAL, PRODUCT_TYPE_MISMATCH, QUANTITY_INVALID, Refusal,
    SUBSCRIPTION_ID_TAKEN, TRIAL_NOT_OFFERED, crash, refuse,
};
use super::subscriptions::{check_alive, known, product_changed, repeat, set_totals};

/// Subscriptions/UpgradeDowngrade.
pub(super) fn change_product(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let old = known(desk, call)?;
    if let Some(decision) = done_before(desk, call, old, false)? {
        return Ok(decision);
    }
    check_alive(old)?;
    refuse_sloppily(desk, call, old)?;
    let (product_type, target) = desk.catalogue.product(&call.product_type, &call.product)?;
    let Some(current) = product_type.product(&old.product) else {
        if desk.faults.has(Fault::UpgradeAcrossTypes) {
            let (id, product) = (product_type.id.clone(), target.id.clone());
            let new = Subscription { product_type: id, product, ..old.clone() };
            return replace(desk, call, old, new, product_type);
        }
        return refuse(PRODUCT_TYPE_MISMATCH, "The chosen product belongs to another service.");
    };
    // The catalogue lists upgrades only; a downgrade is one of them reversed.
    let (lower, higher) = match call.action {
        Action::Downgrade => (target, current),
        _ => (current, target),
    };
    if !lower.upgrades.contains(&higher.id) {
        return refuse(NO_UPGRADE_PATH, "The subscription cannot be changed to the chosen product.");
    }
    if old.trial && !target.trial {
        return refuse(TRIAL_NOT_OFFERED, "The chosen product has no trial. Convert the trial first.");
    }
    let new = Subscription { product: target.id.clone(), ..old.clone() };
    replace(desk, call, old, new, product_type)
}

/// Changes that a fault does not do.
fn refuse_sloppily(desk: &Desk<'_>, call: &Call<'_>, old: &Subscription) -> Result<(), Refusal> {
    let has = |fault| desk.faults.has(fault);
    let down = call.action == Action::Downgrade;
    let mut others = desk.books.subscriptions_of(&old.account).filter_map(|other| other.replaced_by.as_ref());
    let is_second = others.any(|replacement| replacement.by == old.id);
    if has(Fault::DowngradeCrashes) && down {
        return crash();
    }
    if has(if down { Fault::DowngradeRefused } else { Fault::UpgradeRefused }) {
        return refuse(ACTION_NOT_ALLOWED, "The product cannot be changed.");
    }
    if has(Fault::SecondUpgradeRefused) && is_second {
        return refuse(ACTION_NOT_ALLOWED, "The product was changed before.");
    }
    Ok(())
}

/// Subscriptions/UpgradeToPaid. The quantity is a new total, free to differ
/// from that of the trial.
pub(super) fn convert_trial(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let old = known(desk, call)?;
    if let Some(decision) = done_before(desk, call, old, true)? {
        return Ok(decision);
    }
    check_alive(old)?;
    if desk.faults.has(Fault::TrialCannotBePaid) {
        return refuse(ACTION_NOT_ALLOWED, "A trial ends by itself.");
    }
    if !old.trial && !desk.faults.has(Fault::PaidCanBeConverted) {
        return refuse(NOT_A_TRIAL, "The subscription is not a trial.");
    }
    if !call.product.is_empty() && call.product != old.product {
        return product_changed();
    }
    let (product_type, _) = desk.catalogue.product(&call.product_type, &old.product)?;
    let new = Subscription { trial: false, ..old.clone() };
    replace(desk, call, old, new, product_type)
}

/// The earlier outcome of the same change: the old subscription was replaced
/// in this way, and the platform gives the replacement the same id.
fn done_before(
    desk: &Desk<'_>,
    call: &Call<'_>,
    old: &Subscription,
    conversion: bool,
) -> Result<Option<Decision>, Refusal> {
    let replacement = old
        .replaced_by
        .as_ref()
        .filter(|replacement| replacement.conversion == conversion)
        .and_then(|replacement| desk.books.subscription(&replacement.by));
    let Some(new) = replacement else {
        return Ok(None);
    };
    let fits = |given: &str, held: &str| given.is_empty() || given == held;
    if !fits(&call.platform_id, &new.platform_id) || !fits(&call.product, &new.product) {
        return Ok(None);
    }
    check_alive(new)?;
    let (product_type, _) = desk.catalogue.product(&call.product_type, &new.product)?;
    let changed = repeat(new, call, product_type, desk.faults)?;
    Ok(Some(Decision::new(&new.id, changed)))
}

/// Ends `old` and starts `new`, a copy with what the change is about. The
/// add-ons go along.
fn replace(
    desk: &Desk<'_>,
    call: &Call<'_>,
    old: &Subscription,
    mut new: Subscription,
    product_type: &ProductType,
) -> Result<Decision, Refusal> {
    if !call.platform_id.is_empty() {
        let holder = desk.books.subscription_of_platform(&call.platform_id);
        if holder.is_some_and(|holder| holder.id != old.id) {
            return refuse(SUBSCRIPTION_ID_TAKEN, "The subscription could not be changed: its new number is in use.");
        }
        new.platform_id.clone_from(&call.platform_id);
    }
    set_totals(&mut new, call, product_type, desk.faults)?;
    if matches!(call.action, Action::UpgradeToPaid) {
        new.quantity = paid_quantity(desk, old.quantity, new.quantity)?;
    }
    if desk.faults.has(Fault::UpgradeKeepsTheId) {
        new.ordered_by = call.fingerprint();
        return Ok(Decision::new(&new.id.clone(), vec![new]));
    }
    new.id = desk.books.new_id();
    new.ordered_by = call.fingerprint();
    new.last_addon_call = None;

    let mut old = old.clone();
    old.status = Status::Cancelled;
    old.addons.clear();
    old.replaced_by =
        Some(Replacement { by: new.id.clone(), conversion: matches!(call.action, Action::UpgradeToPaid) });
    let both_live = match call.action {
        Action::UpgradeToPaid => Fault::ConversionLeavesTrialAlive,
        _ => Fault::UpgradeLeavesOldAlive,
    };
    let result = if desk.faults.has(Fault::UpgradeAnswersDeadId) { old.id.clone() } else { new.id.clone() };
    let changed = if desk.faults.has(both_live) { vec![new] } else { vec![old, new] };
    Ok(Decision::new(&result, changed))
}

/// The quantity of what was a trial, with the faults of those who count on.
fn paid_quantity(desk: &Desk<'_>, tried: i32, paid: i32) -> Result<i32, Refusal> {
    if desk.faults.has(Fault::TrialQuantityFixed) && tried != paid {
        return refuse(QUANTITY_INVALID, "The quantity of a trial cannot be changed.");
    }
    Ok(if desk.faults.has(Fault::TrialQuantityKept) {
        tried
    } else if desk.faults.has(Fault::TrialPaidAddsUp) {
        paid.saturating_add(tried)
    } else {
        paid
    })
}
