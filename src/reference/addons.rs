//! Add-ons: create, update, cancel.
//!
//! A call lists all add-ons of a subscription and says for each whether it is
//! meant. Only those are touched, all of them or, on an error, none; the
//! subscription itself is left as it is.
//!
//! Recognising an add-on takes some care, for the protocol gives it no id of
//! the platform:
//!
//! * An entry with an id is the add-on that this id was answered for. One
//!   answer may have been for several add-ons, or be the subscription's id; the
//!   product decides then, and among equal ones their order.
//! * An entry without an id is a new add-on, even of a product that the
//!   subscription already has: a second order is a second add-on. It is the
//!   first order over again only when the whole body is the same to the byte
//!   and the add-on that it made is still there. The body of a real second
//!   order differs, because it also lists the add-on of the first.
//! * A call that is the same to the byte as the latest one carried out for the
//!   subscription is a repeat as a whole. That matters where equal add-ons
//!   share an id, and a repeated cancel would take the next one.

use super::attributes;
use super::books::{Addon, Fingerprint, Status, Subscription};
use super::call::{self, Action, Call};
use super::catalogue::ProductType;
use super::desk::{Decision, Desk};
use super::faults::Fault;
use super::options::AddonResult;
use super::refusal::{ADDON_CANCELLED, ADDON_NONE_CHOSEN, ADDON_NOT_OFFERED, ADDON_UNKNOWN, Refusal, crash, refuse};
use super::request::{self, Object};
use super::routes::Endpoint;
use super::subscriptions::{check_alive, known};

/// Decides any of the three endpoints.
pub(super) fn decide(desk: &Desk<'_>, call: &Call<'_>) -> Result<Decision, Refusal> {
    let parent = known(desk, call)?;
    let (product_type, _) = desk.catalogue.product("", &parent.product)?;
    // The add-ons of an ended subscription have ended with it, so cancelling
    // them is a repeat and harmless.
    if call.endpoint != Endpoint::CancelAddons {
        check_alive(parent)?;
    }
    let fingerprint = call.fingerprint();
    if let Some((latest, result)) = &parent.last_addon_call
        && *latest == fingerprint
        && !desk.faults.has(Fault::RepeatAddonDuplicates)
    {
        if desk.faults.has(Fault::AddonCancelAgainCrashes) && call.endpoint == Endpoint::CancelAddons {
            return crash();
        }
        return Ok(Decision::new(result, Vec::new()));
    }
    let mut entries = Entry::read_all(call)?;
    if !entries.iter().any(|entry| entry.meant) {
        if desk.faults.has(Fault::NoChosenAddonCrashes) {
            return crash();
        }
        if desk.faults.has(Fault::NoChosenAddonCancelsAll) && call.endpoint == Endpoint::CancelAddons {
            let mut parent = parent.clone();
            parent.addons.iter_mut().for_each(|addon| addon.active = false);
            return Ok(Decision::new(&parent.id.clone(), vec![parent]));
        }
        return refuse(ADDON_NONE_CHOSEN, "No add-on was chosen.");
    }
    let mut work =
        Work { desk, product_type, endpoint: call.endpoint, fingerprint, subscription: parent.clone(), handle: None };
    if !desk.faults.is_empty() {
        choose_sloppily(desk, call.endpoint, &mut entries);
    }
    let held = identify(desk, parent, &entries);
    for (place, (entry, held)) in entries.iter().zip(held).enumerate() {
        if entry.meant {
            work.carry_out(place, entry, held)?;
        }
    }
    if !desk.faults.is_empty() {
        work.touch_what_is_not_meant(parent, &entries)?;
    }
    Ok(work.finish())
}

/// Entries that a fault passes over, or takes for meant.
fn choose_sloppily(desk: &Desk<'_>, endpoint: Endpoint, entries: &mut [Entry<'_>]) {
    let first_only = match endpoint {
        Endpoint::CreateAddons => Fault::AddonBatchFirstOnly,
        Endpoint::UpdateAddons => Fault::AddonUpdateFirstOnly,
        _ => Fault::AddonCancelFirstOnly,
    };
    if desk.faults.has(first_only) {
        entries.iter_mut().filter(|entry| entry.meant).skip(1).for_each(|entry| entry.meant = false);
    }
    if desk.faults.has(Fault::AddonCancelCancelsAll) && endpoint == Endpoint::CancelAddons {
        entries.iter_mut().for_each(|entry| entry.meant = true);
    }
}

/// One add-on as listed in a call.
struct Entry<'a> {
    object: &'a Object,
    id: String,
    product: String,
    /// Whether the call is about this one.
    meant: bool,
}

impl<'a> Entry<'a> {
    fn read_all(call: &Call<'a>) -> Result<Vec<Self>, Refusal> {
        let meant = match call.endpoint {
            Endpoint::CancelAddons => Action::Cancel,
            _ => Action::Provision,
        };
        request::objects(call.body, "Addons")?
            .into_iter()
            .map(|object| {
                Ok(Self {
                    object,
                    id: request::id(object, "ID")?,
                    product: request::id(object, "ProductID")?,
                    meant: Action::read(object)? == meant,
                })
            })
            .collect()
    }
}

/// For each entry with an id, the place of its add-on among those of the
/// subscription. No add-on is taken twice.
fn identify(desk: &Desk<'_>, parent: &Subscription, entries: &[Entry<'_>]) -> Vec<Option<usize>> {
    let addons = &parent.addons;
    let mut free = vec![true; addons.len()];
    let mut held = vec![None; entries.len()];
    for (entry, held) in entries.iter().zip(&mut held) {
        *held = addons
            .iter()
            .zip(&free)
            .position(|(addon, free)| *free && addon.id == entry.id && entry.of_product(&addon.product));
        if let Some(place) = *held {
            free[place] = false;
        }
    }
    // What is left are ids that several add-ons share. If the call lists more
    // entries than are running, some stand for ended ones; those that the call
    // is about are then served first.
    let shared = |entry: &Entry<'_>| {
        let answered = |addon: &Addon| addon.handle == entry.id || addon.id == entry.id;
        let parents = desk.addon_result == AddonResult::Subscription && entry.id == parent.id;
        !entry.id.is_empty() && (parents || addons.iter().any(answered))
    };
    let mut open: Vec<usize> =
        (0..entries.len()).filter(|&place| held[place].is_none() && shared(&entries[place])).collect();
    let running = addons.iter().zip(&free).filter(|(addon, free)| addon.active && **free).count();
    if open.len() > running {
        open.sort_by_key(|&place| !entries[place].meant);
    }
    for place in open {
        let entry = &entries[place];
        let best = (0..addons.len())
            .filter(|&a| free[a] && entry.of_product(&addons[a].product))
            .min_by_key(|&a| (!addons[a].active, addons[a].handle != entry.id));
        if let Some(best) = best {
            free[best] = false;
            held[place] = Some(best);
        }
    }
    held
}

impl Entry<'_> {
    fn of_product(&self, product: &str) -> bool {
        self.product.is_empty() || self.product == product
    }
}

/// The work of one call, on a copy of the subscription.
struct Work<'a> {
    desk: &'a Desk<'a>,
    product_type: &'a ProductType,
    endpoint: Endpoint,
    fingerprint: Fingerprint,
    subscription: Subscription,
    /// What is answered: the id of the first add-on that was dealt with.
    handle: Option<String>,
}

impl Work<'_> {
    fn carry_out(&mut self, place: usize, entry: &Entry<'_>, held: Option<usize>) -> Result<(), Refusal> {
        let order = (self.fingerprint, place);
        let held = match held {
            Some(held) => held,
            None if !entry.id.is_empty() => return unknown(),
            None if self.endpoint == Endpoint::CreateAddons && self.has(Fault::RepeatAddonDuplicates) => {
                return self.add(order, entry);
            }
            None if self.endpoint == Endpoint::CreateAddons => match self.ordered_before(order) {
                Some(held) => held,
                None => return self.add(order, entry),
            },
            None => match self.only_one(&entry.product) {
                Some(held) => held,
                None => return unknown(),
            },
        };
        if self.endpoint == Endpoint::CancelAddons {
            let product = self.subscription.addons[held].product.clone();
            let both = self.has(Fault::CancelOneOfTwoTakesBoth);
            self.subscription.addons[held].active = false;
            for addon in self.subscription.addons.iter_mut().filter(|addon| both && addon.product == product) {
                addon.active = false;
            }
        } else {
            self.set_totals(held, entry)?;
        }
        let handle = self.subscription.addons[held].handle.clone();
        self.handle.get_or_insert(handle);
        Ok(())
    }

    fn has(&self, fault: Fault) -> bool {
        self.desk.faults.has(fault)
    }

    /// What faults do beside what the call is about.
    fn touch_what_is_not_meant(&mut self, parent: &Subscription, entries: &[Entry<'_>]) -> Result<(), Refusal> {
        let meant = entries.iter().find(|entry| entry.meant).map(|entry| request::quantity(entry.object));
        let quantity = meant.transpose()?.flatten().unwrap_or(parent.quantity);
        let cancels = self.endpoint == Endpoint::CancelAddons;
        if self.has(Fault::AddonCallResizesParent) && !cancels {
            self.subscription.quantity = quantity;
        }
        if self.has(Fault::AddonCreateProvisionsParentAgain) && self.endpoint == Endpoint::CreateAddons {
            self.subscription.quantity = parent.quantity.saturating_mul(2);
        }
        if self.has(Fault::AddonCancelCancelsParent) && cancels {
            self.subscription.status = Status::Cancelled;
        }
        if self.has(Fault::AddonUpdateResizesAll) && self.endpoint == Endpoint::UpdateAddons {
            self.subscription.addons.iter_mut().for_each(|addon| addon.quantity = quantity);
        }
        if self.has(Fault::AddonCreateProvisionsAll) && self.endpoint == Endpoint::CreateAddons {
            let again = parent.addons.iter().filter(|addon| addon.active).cloned();
            let books = self.desk.books;
            self.subscription.addons.extend(again.map(|addon| Addon { id: books.new_id(), ..addon }));
        }
        Ok(())
    }

    /// The running add-on that this very order has made before.
    fn ordered_before(&self, order: (Fingerprint, usize)) -> Option<usize> {
        self.subscription.addons.iter().position(|addon| addon.active && addon.ordered_by == order)
    }

    /// The running add-on of a product, if there is no other.
    fn only_one(&self, product: &str) -> Option<usize> {
        let addons = &self.subscription.addons;
        let mut running = (0..addons.len()).filter(|&a| addons[a].active && addons[a].product == product);
        running.next().filter(|_| running.next().is_none())
    }

    fn add(&mut self, order: (Fingerprint, usize), entry: &Entry<'_>) -> Result<(), Refusal> {
        if !self.product_type.offers_addon(&entry.product, &self.subscription.product) {
            return refuse(ADDON_NOT_OFFERED, "This add-on is not offered for the subscription.");
        }
        let quantity = call::seats(request::quantity(entry.object)?)?;
        let attributes = attributes::read(self.product_type, entry.object, self.desk.faults)?.unwrap_or_default();
        let id = self.desk.books.new_id();
        let handle = self.handle.get_or_insert_with(|| match self.desk.addon_result {
            AddonResult::Addon => id.clone(),
            AddonResult::Subscription => self.subscription.id.clone(),
        });
        self.subscription.addons.push(Addon {
            handle: handle.clone(),
            id,
            product: entry.product.clone(),
            quantity,
            attributes,
            active: true,
            ordered_by: order,
        });
        Ok(())
    }

    fn set_totals(&mut self, held: usize, entry: &Entry<'_>) -> Result<(), Refusal> {
        let counts_on = self.has(Fault::AddonQuantityAsDelta) && self.endpoint == Endpoint::UpdateAddons;
        let addon = &mut self.subscription.addons[held];
        if !addon.active {
            return refuse(ADDON_CANCELLED, "The add-on is cancelled and can no longer be changed.");
        }
        let before = if counts_on { addon.quantity } else { 0 };
        addon.quantity = call::seats(request::quantity(entry.object)?)?.saturating_add(before);
        if let Some(attributes) = attributes::read(self.product_type, entry.object, self.desk.faults)? {
            addon.attributes = attributes;
        }
        Ok(())
    }

    fn finish(mut self) -> Decision {
        let result = self.handle.unwrap_or_default();
        self.subscription.last_addon_call = Some((self.fingerprint, result.clone()));
        Decision::new(&result, vec![self.subscription])
    }
}

fn unknown<T>() -> Result<T, Refusal> {
    refuse(ADDON_UNKNOWN, "The subscription does not have this add-on.")
}
