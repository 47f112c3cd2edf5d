//! Whether the vendor side shows already what the service manager has accepted. Changes may take their time to show; what
//! is looked at too early would be taken for a change by the next call.

use super::{Session, probe, scenario::satisfied};
use crate::{
    bss::{AddonStatus, Bss, Status, Subscription},
    contract::{Catalogue, expectation::Demand},
    evidence::Probe,
    json::{self, Json, Number},
};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// What has not shown yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Late {
    Account,
    Subscription,
    /// What was edited: nothing is known of it but that something should change.
    Edit,
}

/// How often a run has waited for something that did not come to show.
#[derive(Debug, Default)]
pub(crate) struct InVain {
    accounts: AtomicU64,
    subscriptions: AtomicU64,
    edits: AtomicU64,
}

impl InVain {
    /// A vendor side that does not show what was accepted is wrong and stays so; a probe need not list accounts at all.
    fn of(&self, late: Late) -> (&AtomicU64, u64) {
        match late {
            Late::Account => (&self.accounts, 2),
            Late::Subscription => (&self.subscriptions, 8),
            Late::Edit => (&self.edits, 2),
        }
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The vendor side of this customer, once it shows what was accepted and what these demands ask for, and is not as it was
/// before an edit, or when the time to settle is over.
pub(super) async fn look(session: &Session, bss: &Bss, demands: &[Demand], before: Option<&Probe>) -> Option<Probe> {
    let settle = session.profile.probe.as_ref()?.settle;
    let (account, bss_account) = (&bss.customer.external_id, &bss.customer.id);
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let outcome = probe::look(session, account, bss_account).await?;
        // A probe that fails will not do better for waiting.
        let Probe::Document(text) = &outcome else { return Some(outcome) };
        let document = json::parse(text.as_bytes()).ok();
        let demanded = document.as_ref().is_some_and(|document| satisfied(demands, document));
        let unedited = before.filter(|before| **before == outcome).map(|_| Late::Edit);
        let late = document.and_then(|document| late(&document, bss).or(unedited));
        let count = match late.map(|late| session.in_vain.of(late)) {
            _ if !demanded => None,
            Some((count, most)) if count.load(Ordering::Relaxed) < most => Some(count),
            _ => return Some(outcome),
        };
        if started.elapsed() >= settle {
            count.map(|count| count.fetch_add(1, Ordering::Relaxed));
            return Some(outcome);
        }
        if session.pause(pause).await {
            return Some(outcome);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// What does not stand there as the platform has it: a living subscription, a cancelled one, the account. What a document
/// does not tell is not waited for.
fn late(document: &Json, bss: &Bss) -> Option<Late> {
    let listed = document.member("subscriptions").and_then(Json::as_array).unwrap_or_default();
    let entry = |id: &str| listed.iter().find(|entry| entry.text_of("id").as_deref() == Some(id));
    let is = |entry: &Json, name: &str, wanted: &str| {
        entry.text_of(name).is_none_or(|found| found.eq_ignore_ascii_case(wanted))
    };
    let shown = |subscription: &Subscription| {
        let entry = entry(&subscription.external_id);
        let stands = match (subscription.status, entry) {
            (Status::Cancelled, found) => found.is_none_or(|entry| is(entry, "status", "cancelled")),
            (Status::Active | Status::Suspended, None) => false,
            (Status::Active, Some(entry)) => {
                is(entry, "status", "active")
                    && counts(entry, &subscription.quantity)
                    && !stands_as_another(entry, subscription, bss.catalogue())
            }
            (Status::Suspended, Some(entry)) => {
                is(entry, "status", "suspended") && counts(entry, &subscription.quantity)
            }
            (Status::Ordered | Status::Failed, _) => true,
        };
        let bought = subscription.addons.iter().filter(|addon| addon.status == AddonStatus::Active);
        stands && entry.and_then(addons).is_none_or(|shown| same(shown, bought.map(|addon| &addon.quantity).collect()))
    };
    let mut known = bss.subscriptions().iter().filter(|subscription| !subscription.external_id.is_empty());
    // The document holds this customer's accounts and no other.
    let accounts = document.member("accounts").and_then(Json::as_array);
    match known.all(shown) {
        false => Some(Late::Subscription),
        true if accounts.is_some_and(<[_]>::is_empty) && !bss.customer.external_id.is_empty() => Some(Late::Account),
        true => None,
    }
}

/// Whether the entry still has another product of the catalogue: a change of products that has not shown. What the vendor
/// calls otherwise says nothing.
fn stands_as_another(entry: &Json, subscription: &Subscription, catalogue: &Catalogue) -> bool {
    let Some(found) = entry.text_of("product").filter(|found| *found != subscription.offer.product_id) else {
        return false;
    };
    catalogue.types.iter().flat_map(|product_type| &product_type.products).any(|product| product.id == found)
}

/// Whether the quantity of an entry is this one, if it has a number there.
fn counts(entry: &Json, quantity: &Number) -> bool {
    number_of_seats(entry).is_none_or(|found| found.compare(quantity).is_none_or(|order| order.is_eq()))
}

fn number_of_seats(entry: &Json) -> Option<&Number> {
    match entry.member("quantity")? {
        Json::Number(number) => Some(number),
        _ => None,
    }
}

/// The quantities of the add-ons of an entry that are not cancelled, if it lists them.
fn addons(entry: &Json) -> Option<Vec<Option<&Number>>> {
    let listed = entry.member("addons")?.as_array()?;
    let cancelled =
        |addon: &&Json| addon.text_of("status").is_some_and(|status| status.eq_ignore_ascii_case("cancelled"));
    Some(listed.iter().filter(|addon| !cancelled(addon)).map(number_of_seats).collect())
}

/// As many, and each with a quantity of its own where one is told.
fn same(shown: Vec<Option<&Number>>, mut bought: Vec<&Number>) -> bool {
    let as_many = shown.len() == bought.len();
    as_many
        && shown.into_iter().flatten().all(|quantity| {
            let found = bought.iter().position(|one| one.compare(quantity).is_none_or(|order| order.is_eq()));
            found.map(|place| bought.swap_remove(place)).is_some()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bss::tests::{ended, sold};

    /// What has not shown, in a document with these subscriptions.
    fn waits(bss: &Bss, subscriptions: &str) -> Option<Late> {
        late(&json::parse(format!(r#"{{"subscriptions":[{subscriptions}]}}"#).as_bytes()).unwrap(), bss)
    }

    const ADDON: &str = r#""addons":[{"status":"active","quantity":2}]"#;

    fn entry(status: &str, quantity: i64, addons: &str) -> String {
        format!(r#"{{"id":"S1","status":"{status}","quantity":{quantity},{addons}}}"#)
    }

    #[test]
    fn what_was_sold_has_shown_when_it_stands_there_as_it_was_sold() {
        let bss = sold();
        assert_eq!(waits(&bss, &entry("active", 3, ADDON)), None);
        assert_eq!(waits(&bss, r#"{"id":"S1"}"#), None, "what is not told is not waited for");
        let late = Some(Late::Subscription);
        assert_eq!(waits(&bss, ""), late);
        assert_eq!(waits(&bss, r#"{"id":"S2","status":"active","quantity":3}"#), late, "another one");
        assert_eq!(waits(&bss, &entry("active", 2, ADDON)), late);
        assert_eq!(waits(&bss, &entry("suspended", 3, ADDON)), late);
        assert_eq!(waits(&bss, &entry("active", 3, r#""addons":[]"#)), late);
        assert_eq!(waits(&bss, &entry("active", 3, &ADDON.replace('2', "1"))), late);
        assert_eq!(waits(&bss, &entry("active", 3, &ADDON.replace("active", "cancelled"))), late);
    }

    #[test]
    fn a_product_that_was_changed_has_shown_when_it_is_not_another_of_the_catalogue() {
        let mut bss = sold();
        let own = bss.subscriptions()[0].offer.product_id.clone();
        let other = bss.catalogue().types.iter().flat_map(|t| &t.products).find(|p| p.id != own).unwrap().id.clone();
        let with = |product: &str| {
            entry("active", 3, ADDON).replace("{\"id\"", &format!("{{\"product\":\"{product}\",\"id\""))
        };
        assert_eq!(waits(&bss, &with(&own)), None);
        assert_eq!(waits(&bss, &with("what the vendor calls it")), None);
        assert_eq!(waits(&bss, &with(&other)), Some(Late::Subscription));
        bss.subscriptions[0].offer.product_id = other.clone();
        assert_eq!(waits(&bss, &with(&other)), None);
    }

    #[test]
    fn what_was_ended_has_shown_when_it_is_gone_or_said_to_be() {
        let late = Some(Late::Subscription);
        assert_eq!(waits(&ended(false), &entry("Suspended", 3, ADDON)), None);
        assert_eq!(waits(&ended(false), &entry("active", 3, ADDON)), late);
        assert_eq!(waits(&ended(true), &entry("cancelled", 3, r#""addons":[]"#)), None);
        assert_eq!(waits(&ended(true), ""), None);
        assert_eq!(waits(&ended(true), &entry("active", 3, ADDON)), late);
    }
}
