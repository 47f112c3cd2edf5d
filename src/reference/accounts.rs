//! Accounts: the customers and resellers that the platform tells us about.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::books::{Account, Books, Subscription};
use super::call::Call;
use super::desk::Desk;
use super::faults::{Fault, Faults};
use super::refusal::{
    ACCOUNT_IN_USE, ACCOUNT_MISMATCH, ACCOUNT_UNKNOWN, RESELLER_UNKNOWN, Refusal, SYNC_OPTION_INVALID,
    SYNC_OPTION_MISSING, VALUE_MISSING, crash, refuse,
};
use super::request::{self, Object};

/// `Code` of Exists for an account that is there.
pub(super) const EXISTS: i32 = 1;

/// The id that the platform fills with the customer's e-mail by itself.
const USERNAME_OPTION: &str = "username";
const REGION_OPTION: &str = "region";
const REGIONS: [(&str, &str); 2] = [("eu", "Europe"), ("us", "North America")];

/// Accounts/SyncOptions: what we want to know of a customer.
pub(super) fn sync_options(faults: Faults) -> Value {
    let regions: Vec<Value> = (0..)
        .zip(REGIONS)
        .map(|(order, (id, name))| {
            json!({
                "ID": id,
                "SortOrder": order,
                "Name": name,
                "Description": null,
                "IsDefault": order == 0,
            })
        })
        .collect();
    let option = |id, order, name, description, kind, required, values| {
        json!({
            "ID": id,
            "Definition": {
                "ID": id,
                "SortOrder": order,
                "Name": name,
                "Description": description,
                "Kind": kind,
                "DataType": "Text",
                "IsRequired": required,
                "PredefinedValues": values,
                "IsReadOnly": false,
                "AvailableToStorefront": true,
            },
        })
    };
    let regions = if faults.has(Fault::SyncListWithoutValues) { Vec::new() } else { regions };
    let kind = if faults.has(Fault::UsernameOptionOfWrongKind) { "TextArea" } else { "SimpleValue" };
    let mut options = vec![
        option(USERNAME_OPTION, 1, "User name", "The e-mail address to sign in with", kind, true, Vec::new()),
        option(REGION_OPTION, 2, "Region", "Where the customer's data is kept", "List", false, regions),
    ];
    if faults.has(Fault::UsernameOptionIdsDiffer) {
        options[0]["Definition"]["ID"] = json!("UserName");
    }
    if faults.has(Fault::UsernameNotAnnounced) {
        options.remove(0);
    }
    if faults.has(Fault::SyncOptionIdsRepeated) {
        options.push(options[1].clone());
    }
    if faults.has(Fault::SyncOptionsAsBareArray) {
        return json!(options);
    }
    json!({ "Fields": options })
}

/// Accounts/Exists: the account that the platform asks about, if there is one.
pub(super) fn find<'a>(books: &'a Books, body: &Object) -> Result<Option<&'a Account>, Refusal> {
    let (id, platform_id) = ids(body)?;
    Ok(books.account(&id).or_else(|| books.account_of_platform(&platform_id)).filter(|account| !account.deleted))
}

/// Accounts/Synchronize: the account as it is to be kept from now on. One
/// platform id is one account, however often it is sent; a deleted account
/// comes back under the id that it had.
pub(super) fn synchronize(books: &Books, body: &Object, faults: Faults) -> Result<Account, Refusal> {
    let (id, platform_id) = ids(body)?;
    let known = if id.is_empty() {
        books.account_of_platform(&platform_id)
    } else if let Some(known) = books.account(&id) {
        if !platform_id.is_empty() && known.platform_id != platform_id {
            return refuse(ACCOUNT_MISMATCH, "This is the account of another customer.");
        }
        Some(known)
    } else {
        return unknown();
    };
    if known.is_some() && faults.has(Fault::SynchronizeAgainRefused) {
        return refuse(ACCOUNT_MISMATCH, "The customer exists already.");
    }
    let known_id = known.filter(|_| !faults.has(Fault::SynchronizeMakesSecondAccount)).map(|known| known.id.clone());
    let id = known_id.unwrap_or_else(|| books.new_id());
    let empty = Object::new();
    let options = request::nested(body, "SyncOptions")?.unwrap_or(&empty);
    let username = visible(&request::text(options, USERNAME_OPTION)?.unwrap_or_default());
    if username.is_empty() && faults.has(Fault::MissingOptionCrashes) {
        return crash();
    }
    if username.is_empty() && !faults.has(Fault::MissingOptionIgnored) {
        return refuse(SYNC_OPTION_MISSING, "A user name is required.");
    }
    check_region(&request::id(options, REGION_OPTION)?)?;
    let email = request::text(body, "Email")?.unwrap_or_default();
    let contact = contact_email(body)?;
    if faults.has(Fault::InvisibleCharactersCrash) && visible(&email) != email {
        return crash();
    }
    let reseller = reseller(books, body, &id)?;
    if reseller.is_none() && faults.has(Fault::DirectCustomerRefused) {
        return refuse(RESELLER_UNKNOWN, "The reseller is not named.");
    }
    Ok(Account {
        reseller,
        id,
        platform_id: known.map_or(platform_id, |known| known.platform_id.clone()),
        email: if faults.has(Fault::InvisibleCharactersKept) { email } else { visible(&email) },
        contact_email: if faults.has(Fault::InvisibleCharactersKeptOfTheContact) { contact } else { visible(&contact) },
        username,
        deleted: false,
    })
}

fn contact_email(account: &Object) -> Result<String, Refusal> {
    let contact = request::nested(account, "ContactDetails")?;
    let email = contact.map(|contact| request::text(contact, "Email")).transpose()?;
    Ok(email.flatten().unwrap_or_default())
}

/// Accounts/Delete: the account as deleted. It must not have anything running.
pub(super) fn delete(books: &Books, body: &Object, faults: Faults) -> Result<Account, Refusal> {
    let (id, platform_id) = ids(body)?;
    let known = if id.is_empty() { books.account_of_platform(&platform_id) } else { books.account(&id) };
    let Some(known) = known else {
        return unknown();
    };
    if known.deleted && faults.has(Fault::DeleteAgainCrashes) {
        return crash();
    }
    let ever_bought = books.subscriptions_of(&known.id).next().is_some();
    let in_use = books.subscriptions_of(&known.id).any(Subscription::alive);
    if in_use || faults.has(Fault::DeleteRefused) && ever_bought {
        return refuse(ACCOUNT_IN_USE, "The account still has subscriptions. Cancel them first.");
    }
    let mut account = known.clone();
    account.deleted = !faults.has(Fault::DeleteDeletesNothing);
    Ok(account)
}

/// The buyer of a new subscription. Where accounts are synchronized, only a
/// synchronized one can buy; elsewhere a customer is known from the first order
/// on, by the platform's id.
pub(super) fn buyer(desk: &Desk<'_>, call: &Call<'_>) -> Result<Account, Refusal> {
    let buyer = &call.buyer;
    if desk.faults.has(Fault::ExternalIdRefusedOnCreate) && !buyer.id.is_empty() {
        return unknown();
    }
    if desk.accounts {
        let account = desk.books.account(&buyer.id);
        return match account.filter(|account| !account.deleted) {
            Some(account) => Ok(account.clone()),
            None => unknown(),
        };
    }
    if buyer.platform_id.is_empty() {
        return refuse(VALUE_MISSING, "The customer is not named.");
    }
    if let Some(account) = desk.books.account(&buyer.platform_id) {
        return Ok(account.clone());
    }
    let (email, contact) = match request::nested(call.body, "Account")? {
        Some(account) => (request::text(account, "Email")?.unwrap_or_default(), contact_email(account)?),
        None => Default::default(),
    };
    Ok(Account {
        id: buyer.platform_id.clone(),
        platform_id: buyer.platform_id.clone(),
        email: visible(&email),
        contact_email: visible(&contact),
        username: String::new(),
        reseller: None,
        deleted: false,
    })
}

/// What the platform keeps for us and sends back with every later call.
pub(super) fn extra(account: &Account) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("ControlPanel", "https://panel.tallowmere.example/".to_owned()),
        ("CustomerNumber", account.id.clone()),
        ("UserName", account.username.clone()),
    ])
}

/// Our id and the platform's. One of them must be there.
fn ids(body: &Object) -> Result<(String, String), Refusal> {
    let ids = (request::id(body, "ExternalID")?, request::id(body, "ID")?);
    if ids.0.is_empty() && ids.1.is_empty() {
        return refuse(VALUE_MISSING, "The customer is not named.");
    }
    Ok(ids)
}

fn unknown<T>() -> Result<T, Refusal> {
    refuse(ACCOUNT_UNKNOWN, "The customer is not known. Synchronize the account first.")
}

/// The reseller, an account of its own that must be there before. A platform
/// without reseller support names one by its own id only, which then is no
/// reason to refuse.
fn reseller(books: &Books, body: &Object, customer: &str) -> Result<Option<String>, Refusal> {
    let id = request::id(body, "ResellerExternalID")?;
    let platform_id = request::id(body, "ResellerID")?;
    let living = |account: &&Account| !account.deleted && account.id != customer;
    if id.is_empty() {
        let account = books.account_of_platform(&platform_id).filter(living);
        return Ok(account.map(|account| account.id.clone()));
    }
    match books.account(&id).filter(living) {
        Some(account) => Ok(Some(account.id.clone())),
        None => refuse(RESELLER_UNKNOWN, "The reseller is not known."),
    }
}

/// A list option may come as the id of an entry or as its name.
fn check_region(region: &str) -> Result<(), Refusal> {
    let listed = REGIONS.iter().any(|(id, name)| id.eq_ignore_ascii_case(region) || name.eq_ignore_ascii_case(region));
    if region.is_empty() || listed { Ok(()) } else { refuse(SYNC_OPTION_INVALID, "The chosen region does not exist.") }
}

/// Without the characters that nobody can see. They come along when an address
/// is pasted, and the address with them would be another one.
fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{00a0}' | '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
        .collect::<String>()
        .trim()
        .to_owned()
}
