//! Changes of the product, and of a trial into a paid subscription.
//!
//! Both put a new subscription with a new id in the place of the old one. The
//! old one ends there and then, so that nothing runs twice, but it stays known:
//! the call may come again.

use super::books::{self, Replacement, Status, Subscription};
use super::call::{Action, Call};
use super::catalogue::ProductType;
use super::desk::{Decision, Desk};
use super::refusal::{
    NO_UPGRADE_PATH, NOT_A_TRIAL, PRODUCT_TYPE_MISMATCH, Refusal, SUBSCRIPTION_ID_TAKEN, TRIAL_NOT_OFFERED, refuse,
};
use super::subscriptions::{check_alive, known, product_changed, repeat, set_totals};

/// Subscriptions/UpgradeDowngrade.
pub(super) fn change_product(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let old = known(desk, call)?;
    if let Some(decision) = done_before(desk, call, old, false)? {
        return Ok(decision);
    }
    check_alive(old)?;
    let (product_type, target) = desk.catalogue.product(&call.product_type, &call.product)?;
    let Some(current) = product_type.product(&old.product) else {
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

/// Subscriptions/UpgradeToPaid. The quantity is a new total, free to differ
/// from that of the trial.
pub(super) fn convert_trial(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let old = known(desk, call)?;
    if let Some(decision) = done_before(desk, call, old, true)? {
        return Ok(decision);
    }
    check_alive(old)?;
    if !old.trial {
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
    let changed = repeat(new, call, product_type)?;
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
    set_totals(&mut new, call, product_type)?;
    new.id = books::new_id();
    new.ordered_by = call.fingerprint();
    new.last_addon_call = None;

    let mut old = old.clone();
    old.status = Status::Cancelled;
    old.addons.clear();
    old.replaced_by =
        Some(Replacement { by: new.id.clone(), conversion: matches!(call.action, Action::UpgradeToPaid) });
    Ok(Decision::new(&new.id.clone(), vec![old, new]))
}
