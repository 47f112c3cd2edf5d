//! Faults of reading a call: members that are missed, feared, or misread.

use serde_json::Value;

use super::SEATS_LIMIT;
use super::faults::{Fault, Faults};
use super::refusal::{ACTION_NOT_ALLOWED, Refusal, VALUE_MISSING, VALUE_UNREADABLE, crash, refuse};
use super::request::{self, Object, member};
use super::routes::Endpoint;

/// The members that a hasty implementer knows, in lower case.
const MEMBERS: &[&str] = &[
    "id",
    "subscriptionid",
    "originalsubscriptionid",
    "name",
    "servicetype",
    "productid",
    "actiontype",
    "quantity",
    "account",
    "attributelist",
    "addons",
    "allowmultiplesubscriptions",
    "isfromorder",
    "billingcycle",
    "renewautomatically",
    "istrial",
    "istest",
    "checkonly",
    "installmentplan",
    "checkoverusage",
    "derivative",
    "customfieldvalues",
    "extradetails",
    "requestedby",
];

const ACCOUNT_MEMBERS: &[&str] = &[
    "id",
    "externalid",
    "resellerid",
    "resellerexternalid",
    "name",
    "code",
    "phone",
    "fax",
    "website",
    "email",
    "istest",
    "description",
    "extradetails",
    "syncoptions",
    "contactdetails",
    "address",
];

/// What is there: nothing, null, or something.
#[derive(PartialEq)]
enum There {
    Missing,
    Null,
    Filled,
}

fn there(object: &Object, name: &str) -> There {
    match member(object, name) {
        None => There::Missing,
        Some(Value::Null) => There::Null,
        Some(_) => There::Filled,
    }
}

fn has_stranger(object: &Object, known: &[&str]) -> bool {
    object.keys().any(|name| !known.contains(&name.to_ascii_lowercase().as_str()))
}

/// Falls over what the faults cannot read.
pub(super) fn stumble(endpoint: Endpoint, body: &Object, faults: Faults) -> Result<(), Refusal> {
    if faults.is_empty() {
        return Ok(());
    }
    let nobody = Object::new();
    let account = request::nested(body, "Account")?.unwrap_or(&nobody);
    let at = |fault: Fault, object: &Object, name: &str, fatal: &[There]| {
        faults.has(fault) && fatal.contains(&there(object, name))
    };
    use There::{Missing, Null};
    let falls = at(Fault::NullAddonsCrash, body, "Addons", &[Null])
        || at(Fault::MissingAddonsCrash, body, "Addons", &[Missing])
        || at(Fault::NullAttributesCrash, body, "AttributeList", &[Null])
        || at(Fault::MissingAttributesCrash, body, "AttributeList", &[Missing])
        || at(Fault::NullAddressCrash, account, "Address", &[Null])
        || at(Fault::MissingAddressCrash, account, "Address", &[Missing])
        || at(Fault::MissingContactCrash, account, "ContactDetails", &[Missing, Null])
        || at(Fault::NullExtraDetailsCrash, body, "ExtraDetails", &[Null])
        || at(Fault::MissingRequesterCrash, body, "RequestedBy", &[Missing, Null])
        || faults.has(Fault::UnknownAccountMembersCrash) && has_stranger(account, ACCOUNT_MEMBERS);
    if falls {
        return crash();
    }
    if faults.has(Fault::UnknownMembersRefused) && has_stranger(body, MEMBERS) {
        return refuse(VALUE_UNREADABLE, "The request has a member that is not known.");
    }
    if endpoint == Endpoint::Create {
        order(body, faults)?;
    } else if faults.has(Fault::ExtraDetailsCrashLater)
        && request::nested(body, "ExtraDetails")?.is_some_and(|d| !d.is_empty())
    {
        return crash();
    }
    Ok(())
}

/// What an order may be like.
fn order(body: &Object, faults: Faults) -> Result<(), Refusal> {
    let name = request::text(body, "Name")?.unwrap_or_default();
    if faults.has(Fault::LongNameCrashes) && name.chars().count() > 100 {
        return crash();
    }
    let from_order = request::flag(body, "IsFromOrder")?;
    if faults.has(if from_order { Fault::ByHandOnly } else { Fault::FromOrderOnly }) {
        return refuse(ACTION_NOT_ALLOWED, "Subscriptions cannot be made in this way.");
    }
    if faults.has(Fault::RenewalFlagRequired) && there(body, "RenewAutomatically") == There::Missing {
        return refuse(VALUE_MISSING, "It is not said whether the subscription renews.");
    }
    if faults.has(Fault::RenewalOffRefused) && member(body, "RenewAutomatically") == Some(&Value::Bool(false)) {
        return refuse(ACTION_NOT_ALLOWED, "Subscriptions always renew.");
    }
    if faults.has(Fault::InstalmentsCrash) && there(body, "InstallmentPlan") == There::Filled {
        return crash();
    }
    let Some(cycle) = request::nested(body, "BillingCycle")? else {
        return if faults.has(Fault::NullBillingCycleCrashes) { crash() } else { Ok(()) };
    };
    let unit = request::id(cycle, "DurationType")?;
    let stumbles = faults.has(Fault::OnlyMonthlyCycles) && !unit.eq_ignore_ascii_case("month")
        || faults.has(Fault::EndDateRequired) && there(cycle, "CustomEndDate") == There::Missing;
    if stumbles {
        return crash();
    }
    if faults.has(Fault::DurationOnlyAsNumber) && matches!(member(cycle, "Duration"), Some(Value::String(_))) {
        return refuse(VALUE_UNREADABLE, "The length of the billing cycle is no number.");
    }
    if faults.has(Fault::OnlySingleMonths) && request::id(cycle, "Duration")? != "1" {
        return refuse(ACTION_NOT_ALLOWED, "The service is billed month by month.");
    }
    Ok(())
}

/// A `CheckOnly` that nobody can be sure of.
pub(super) fn doubtful(body: &Object, faults: Faults, refusal: Refusal) -> Result<bool, Refusal> {
    let fault = match there(body, "CheckOnly") {
        There::Null => Fault::NullCheckOnlyProvisions,
        _ => Fault::MalformedCheckOnlyProvisions,
    };
    if faults.has(fault) { Ok(false) } else { Err(refusal) }
}

/// The quantity, with the faults of those who let a number overflow.
pub(super) fn quantity(body: &Object, faults: Faults) -> Result<Option<i32>, Refusal> {
    request::quantity(body).or_else(|refusal| match overflows(body) {
        true if faults.has(Fault::OverflowingQuantityAsZero) => Ok(Some(0)),
        true if faults.has(Fault::OverflowingQuantityClamped) => Ok(i32::try_from(SEATS_LIMIT).ok()),
        _ => Err(refusal),
    })
}

/// Whether the quantity is a whole number, but too large for the protocol.
fn overflows(body: &Object) -> bool {
    let whole = match member(body, "Quantity") {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    whole.is_some_and(|whole: f64| whole > f64::from(i32::MAX))
}

/// Whether the faults sell a quantity that nobody can buy.
pub(super) fn sells_any(quantity: Option<i32>, body: &Object, faults: Faults) -> bool {
    match quantity {
        Some(0) if faults.has(Fault::OverflowingQuantityAsZero) => overflows(body),
        Some(0) => faults.has(Fault::ZeroQuantityAccepted),
        Some(below) if below < 0 => faults.has(Fault::NegativeQuantityAccepted),
        _ => false,
    }
}
