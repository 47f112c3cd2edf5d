//! A subscription or add-on call, in our own types.
//!
//! All these endpoints are sent the same model; which of its members matter is
//! for the endpoint to say. Here they are only understood.

use uuid::Uuid;

use super::SEATS_LIMIT;
use super::books::Fingerprint;
use super::call_faults;
use super::faults::{Fault, Faults};
use super::refusal::{ACTION_NOT_ALLOWED, ACTION_UNKNOWN, QUANTITY_INVALID, Refusal, SEATS_LIMIT_EXCEEDED, refuse};
use super::request::{self, Object};
use super::routes::Endpoint;

/// What is to be done with a subscription or an add-on. The order is that of
/// the protocol's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    None,
    Provision,
    Cancel,
    Suspend,
    Activate,
    Upgrade,
    Downgrade,
    UpgradeToPaid,
}

const ACTIONS: [(&str, Action); 8] = [
    ("None", Action::None),
    ("Provision", Action::Provision),
    ("Cancel", Action::Cancel),
    ("Suspend", Action::Suspend),
    ("Activate", Action::Activate),
    ("Upgrade", Action::Upgrade),
    ("Downgrade", Action::Downgrade),
    ("UpgradeToPaid", Action::UpgradeToPaid),
];

impl Action {
    /// Reads `ActionType`: its name, or its number; none when absent.
    pub(super) fn read(object: &Object) -> Result<Self, Refusal> {
        let Some(text) = request::text(object, "ActionType")? else {
            return Ok(Self::None);
        };
        let text = text.trim();
        ACTIONS
            .iter()
            .enumerate()
            .find(|(number, (name, _))| name.eq_ignore_ascii_case(text) || text.parse() == Ok(*number))
            .map_or_else(
                || refuse(ACTION_UNKNOWN, "The requested action is not known."),
                |(_, (_, action))| Ok(*action),
            )
    }

    /// Whether an endpoint may be called with this action for the parent. What
    /// the parent says in the later add-on calls is settled nowhere, so both
    /// readings pass there; it is left alone in either case.
    fn fits(self, endpoint: Endpoint) -> bool {
        match endpoint {
            Endpoint::Create | Endpoint::Update => self == Self::Provision,
            Endpoint::Suspend => self == Self::Suspend,
            Endpoint::Activate => self == Self::Activate,
            Endpoint::Cancel => self == Self::Cancel,
            Endpoint::UpgradeDowngrade => matches!(self, Self::Upgrade | Self::Downgrade),
            Endpoint::UpgradeToPaid => self == Self::UpgradeToPaid,
            Endpoint::UpdateAddons => matches!(self, Self::None | Self::Provision),
            Endpoint::CancelAddons => matches!(self, Self::None | Self::Cancel),
            _ => self == Self::None,
        }
    }
}

/// What a call says about the buyer.
#[derive(Debug, Default)]
pub(super) struct Buyer {
    pub(super) id: String,
    pub(super) platform_id: String,
}

impl Buyer {
    fn read(body: &Object) -> Result<Self, Refusal> {
        let Some(account) = request::nested(body, "Account")? else {
            return Ok(Self::default());
        };
        Ok(Self { id: request::id(account, "ExternalID")?, platform_id: request::id(account, "ID")? })
    }
}

#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) endpoint: Endpoint,
    pub(super) body: &'a Object,
    /// Our id of the subscription.
    pub(super) id: String,
    /// The platform's id of it.
    pub(super) platform_id: String,
    pub(super) name: Option<String>,
    pub(super) product_type: String,
    pub(super) product: String,
    pub(super) action: Action,
    quantity: Option<i32>,
    pub(super) buyer: Buyer,
    pub(super) trial: bool,
    pub(super) check_only: bool,
    /// An equal call is under way, and a fault does not see it.
    pub(super) is_blind: bool,
    raw: &'a [u8],
    faults: Faults,
}

impl<'a> Call<'a> {
    pub(super) fn read(endpoint: Endpoint, raw: &'a [u8], body: &'a Object, faults: Faults) -> Result<Self, Refusal> {
        call_faults::stumble(endpoint, body, faults)?;
        let check_only = request::check_only(body).or_else(|refusal| call_faults::doubtful(body, faults, refusal))?;
        let action = Action::read(body)?;
        if !action.fits(endpoint) {
            return refuse(ACTION_NOT_ALLOWED, "The requested action is not possible in this place.");
        }
        Ok(Self {
            endpoint,
            body,
            id: request::id(body, "ID")?,
            platform_id: request::id(body, "SubscriptionID")?,
            name: request::text(body, "Name")?,
            product_type: request::id(body, "ServiceType")?,
            product: request::id(body, "ProductID")?,
            action,
            quantity: call_faults::quantity(body, faults)?,
            buyer: Buyer::read(body)?,
            trial: request::flag(body, "IsTrial")? && !faults.has(Fault::TrialCreatedAsPaid),
            check_only,
            is_blind: false,
            raw,
            faults,
        })
    }

    /// The same for the same body at the same endpoint, and for nothing else.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        Uuid::new_v5(&Uuid::from_u128(self.endpoint as u128), self.raw)
    }

    /// The quantity of the subscription, for the endpoints that go by it.
    pub(super) fn seats(&self) -> Result<i32, Refusal> {
        let misses = self.check_only && self.faults.has(Fault::PrecheckMissesTheLimit);
        match seats(self.quantity) {
            Err(refusal) if misses && refusal.code == SEATS_LIMIT_EXCEEDED => Ok(self.quantity.unwrap_or_default()),
            Err(_) if call_faults::sells_any(self.quantity, self.body, self.faults) => {
                Ok(self.quantity.unwrap_or_default())
            }
            seats => seats,
        }
    }
}

/// A quantity that can be sold: at least one, and within the licence limit.
pub(super) fn seats(quantity: Option<i32>) -> Result<i32, Refusal> {
    let Some(quantity) = quantity.filter(|quantity| *quantity > 0) else {
        return refuse(QUANTITY_INVALID, "The quantity must be at least 1.");
    };
    if quantity.unsigned_abs() > SEATS_LIMIT {
        return refuse(SEATS_LIMIT_EXCEEDED, format!("At most {SEATS_LIMIT} licences are possible."));
    }
    Ok(quantity)
}
