//! Business errors: a negative code of our own and words for a customer.
//!
//! The platform has no list of codes; every service manager defines its own.
//! The thousands group them: 1 the request, 2 accounts, 3 what is sold,
//! 4 subscriptions, 5 add-ons. A message may be shown in a shop, so it names
//! what the customer can see and never a secret or anything of our insides.

use std::borrow::Cow;

pub(super) const SETTINGS_REFUSED: i32 = -1000;
pub(super) const BODY_UNREADABLE: i32 = -1001;
pub(super) const VALUE_UNREADABLE: i32 = -1002;
pub(super) const VALUE_MISSING: i32 = -1003;
pub(super) const TEXT_TOO_LONG: i32 = -1004;
pub(super) const ACTION_UNKNOWN: i32 = -1005;
pub(super) const ACTION_NOT_ALLOWED: i32 = -1006;
pub(super) const QUANTITY_INVALID: i32 = -1007;

pub(super) const ACCOUNT_UNKNOWN: i32 = -2001;
pub(super) const ACCOUNT_MISMATCH: i32 = -2002;
pub(super) const ACCOUNT_IN_USE: i32 = -2003;
pub(super) const RESELLER_UNKNOWN: i32 = -2004;
pub(super) const SYNC_OPTION_MISSING: i32 = -2005;
pub(super) const SYNC_OPTION_INVALID: i32 = -2006;

pub(super) const PRODUCT_UNKNOWN: i32 = -3001;
pub(super) const PRODUCT_TYPE_MISMATCH: i32 = -3002;
pub(super) const TRIAL_NOT_OFFERED: i32 = -3003;
pub(super) const SEATS_LIMIT_EXCEEDED: i32 = -3004;
pub(super) const ONE_SUBSCRIPTION_ONLY: i32 = -3005;
pub(super) const ATTRIBUTE_REQUIRED: i32 = -3006;
pub(super) const ATTRIBUTE_INVALID: i32 = -3007;

pub(super) const SUBSCRIPTION_UNKNOWN: i32 = -4001;
pub(super) const SUBSCRIPTION_CANCELLED: i32 = -4002;
pub(super) const SUBSCRIPTION_REPLACED: i32 = -4003;
pub(super) const SUBSCRIPTION_ID_TAKEN: i32 = -4004;
pub(super) const PRODUCT_CHANGED: i32 = -4005;
pub(super) const NO_UPGRADE_PATH: i32 = -4006;
pub(super) const NOT_A_TRIAL: i32 = -4007;

pub(super) const ADDON_UNKNOWN: i32 = -5001;
pub(super) const ADDON_NOT_OFFERED: i32 = -5002;
pub(super) const ADDON_CANCELLED: i32 = -5003;
pub(super) const ADDON_NONE_CHOSEN: i32 = -5004;

/// Why a call was not carried out. It becomes an answer with HTTP 200.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: i32,
    pub(super) message: Cow<'static, str>,
}

/// The code of [`crash`]; no answer ever shows it.
const CRASHED: i32 = i32::MIN;

impl Refusal {
    /// Whether this stands for an exception that nobody handled.
    pub(super) fn is_crash(&self) -> bool {
        self.code == CRASHED
    }
}

/// What a fault does that ends in an unhandled exception: HTTP 500, whatever was asked.
pub(super) fn crash<T>() -> Result<T, Refusal> {
    refuse(CRASHED, "")
}

/// Shorthand for the many places that refuse.
pub(super) fn refuse<T>(code: i32, message: impl Into<Cow<'static, str>>) -> Result<T, Refusal> {
    Err(Refusal { code, message: message.into() })
}
