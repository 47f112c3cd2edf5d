//! The resource arithmetic: what a subscription and its add-ons amount to.
//!
//! The amounts are always computed from everything that is held, never added
//! to or taken from an earlier figure, so that a call that comes twice, or a
//! call that never came, cannot leave them wrong.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::attributes::{Attributes, HeldValue};
use super::books::{Status, Subscription};
use super::faults::{Fault, Faults};

/// Digits behind the decimal point that an amount may have.
const DECIMALS: usize = 9;
const ONE: i128 = 1_000_000_000;
/// Digits in front of it.
const LONGEST_WHOLE: usize = 12;

/// A decimal, exact to [`DECIMALS`] places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount(i128);

impl Amount {
    /// Reads digits with or without a decimal point. No amount is negative.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        if whole.len() > LONGEST_WHOLE || fraction.len() > DECIMALS {
            return None;
        }
        let whole: i128 = whole.parse().ok()?;
        let fraction: i128 = format!("{fraction:0<DECIMALS$}").parse().ok()?;
        Some(Self(whole * ONE + fraction))
    }

    fn times(self, quantity: i32) -> Self {
        Self(self.0.saturating_mul(i128::from(quantity)))
    }

    fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    fn to_json(self) -> Value {
        let (whole, fraction) = (self.0 / ONE, self.0 % ONE);
        if fraction == 0
            && let Ok(whole) = i64::try_from(whole)
        {
            return Value::from(whole);
        }
        format!("{whole}.{fraction:0DECIMALS$}")
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map_or(Value::Null, Value::Number)
    }
}

/// How much of a resource there is, or whether there is any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    Amount(Amount),
    Enabled(bool),
}

impl Resource {
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Amount(amount) => amount.to_json(),
            Self::Enabled(enabled) => Value::Bool(*enabled),
        }
    }
}

/// Resources by the id of their attribute.
pub(super) type Resources = BTreeMap<String, Resource>;

/// What the subscription and its living add-ons amount to. A cancelled
/// subscription holds nothing.
pub(super) fn total(subscription: &Subscription, faults: Faults) -> Resources {
    let mut resources = Resources::new();
    if subscription.status == Status::Cancelled {
        return resources;
    }
    add(&mut resources, &subscription.attributes, subscription.quantity, faults);
    for addon in subscription.addons.iter().filter(|addon| addon.active) {
        let mut counted = addon.attributes.clone();
        counted.retain(|held| match held.value {
            HeldValue::Amount { .. } => !faults.has(Fault::AddonAmountsIgnored),
            HeldValue::Switch(_) => !faults.has(Fault::SwitchOfSubscriptionOnly),
            HeldValue::Text => false,
        });
        let pieces = if faults.has(Fault::AddonLinksIgnored) { 1 } else { addon.quantity };
        add(&mut resources, &counted, pieces, faults);
    }
    for addon in subscription.addons.iter().filter(|addon| !addon.active) {
        let mut stale = addon.attributes.clone();
        stale.retain(|held| match held.value {
            HeldValue::Amount { .. } => faults.has(Fault::AddonCancelKeepsAmounts),
            HeldValue::Switch(_) => faults.has(Fault::AddonCancelKeepsSwitch),
            HeldValue::Text => false,
        });
        add(&mut resources, &stale, addon.quantity, faults);
    }
    resources
}

/// The sums of both, for a fault that counts on instead of counting anew.
pub(super) fn sum(held: &Resources, more: &Resources) -> Resources {
    let mut sum = more.clone();
    for (id, resource) in held {
        if let (Resource::Amount(held), Some(Resource::Amount(more))) = (resource, more.get(id)) {
            sum.insert(id.clone(), Resource::Amount(held.plus(*more)));
        }
    }
    sum
}

/// Adds what one carrier of attributes contributes: amounts add up, and a
/// switch is on as soon as one carrier has it on.
fn add(resources: &mut Resources, attributes: &Attributes, quantity: i32, faults: Faults) {
    for held in attributes {
        let contribution = match held.value {
            HeldValue::Amount { each, linked: true } if faults.has(Fault::LinkedAttributeNotScaled) => {
                Resource::Amount(each)
            }
            HeldValue::Amount { each, linked: false } if faults.has(Fault::UnlinkedAttributeScaled) => {
                Resource::Amount(each.times(quantity))
            }
            HeldValue::Amount { each, linked: true } => Resource::Amount(each.times(quantity)),
            HeldValue::Amount { each, .. } => Resource::Amount(each),
            HeldValue::Switch(on) => Resource::Enabled(on),
            HeldValue::Text => continue,
        };
        let sum = match (resources.get(&held.id), contribution) {
            (Some(Resource::Amount(so_far)), Resource::Amount(more)) => Resource::Amount(so_far.plus(more)),
            (Some(Resource::Enabled(so_far)), Resource::Enabled(more)) if faults.has(Fault::SwitchNeedsAll) => {
                Resource::Enabled(*so_far && more)
            }
            (Some(Resource::Enabled(so_far)), Resource::Enabled(more)) if !faults.has(Fault::SwitchOfTheLast) => {
                Resource::Enabled(*so_far || more)
            }
            (_, contribution) => contribution,
        };
        resources.insert(held.id.clone(), sum);
    }
}
