//! What attributes and quantities add up to, held against what the vendor side shows.

use super::{Breach, Case, Note, OfScenario, amount::Amount, list, meaning, request, text};
use crate::{
    contract::{
        Endpoint::{self, AddonCancel, AddonCreate, AddonUpdate, SubscriptionCreate, SubscriptionUpdate},
        Meaning,
        choices::ACTION_TYPE,
        model::choice,
    },
    evidence::{Exchange, Intent, Probe, ProbeMoment, StepEvidence},
    json::{self, Json},
};

pub(super) const OF_SCENARIOS: &[OfScenario] = &[OfScenario { rules: &[98, 99, 100, 101], examine: amounts }];

const SCALE: u16 = 98;
const ENABLE: u16 = 99;
const ABSOLUTE: u16 = 100;
const RECOMPUTE: u16 = 101;

/// A subscription as the last accepted call described it.
struct Held {
    id: String,
    body: Json,
    endpoint: Endpoint,
    /// The accepted description before this one.
    before: Option<Json>,
    /// Options that were on when no add-on was there, if anybody looked then.
    included: Option<Vec<String>>,
    /// Whether no call has suspended or cancelled it.
    active: bool,
    /// The call that brought the description.
    step: usize,
    exchange: usize,
    /// What was seen last; a later look at the same description replaces it, because a change may take its time.
    notes: Vec<Note>,
}

/// the vendor side holds what the last accepted call described.
///
/// For a number: Value, times Quantity where the attribute is linked to it, of the subscription and of every add-on that
/// is not being cancelled. For a switch: on where it is on in any of them. Judged are attributes that the vendor side
/// shows under `resources` of an active subscription whose seats and add-ons are as described: where those are wrong, it
/// is not the arithmetic that went wrong. An add-on that was cancelled and is still there, as before, counts on. After a
/// call that was lost, that had something wrong in it, or that lists add-ons for a deed which is not its own, nobody can
/// say what should be there.
fn amounts(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let looked = |step: &StepEvidence| step.probes.iter().any(|probed| shows_resources(&probed.outcome));
    if !case.evidence.steps.iter().any(looked) {
        return notes;
    }
    let mut held: Vec<Held> = Vec::new();
    for (index, step) in case.evidence.steps.iter().enumerate() {
        look(&mut held, step, ProbeMoment::Before);
        // What a question has done is no matter of arithmetic: R-103.
        let harmless = !asked_and_changed(step);
        if harmless {
            look(&mut held, step, ProbeMoment::Checked);
        }
        for (place, exchange) in step.exchanges.iter().enumerate() {
            // What the scenario cleans up happens after the last look.
            if exchange.sent.intent != Intent::Teardown && !exchange.sent.check_only {
                take(&mut held, &mut notes, index, place, exchange);
            }
        }
        let only_asked = step.exchanges.iter().all(|e| e.sent.check_only || e.sent.intent == Intent::Teardown);
        if only_asked && !harmless {
            break;
        }
        for moment in [ProbeMoment::After, ProbeMoment::End] {
            look(&mut held, step, moment);
        }
    }
    for known in held {
        notes.extend(known.notes);
    }
    notes
}

/// A pre-check was asked, and the vendor side is another one after it: right after it, or at the end where no call followed.
fn asked_and_changed(step: &StepEvidence) -> bool {
    let seen = |moment| step.probes.iter().rfind(|probed| probed.moment == moment).map(|probed| &probed.outcome);
    let own = || step.exchanges.iter().filter(|exchange| exchange.sent.intent != Intent::Teardown);
    let moment = match own().all(|exchange| exchange.sent.check_only) {
        true => ProbeMoment::After,
        false => ProbeMoment::Checked,
    };
    let (before, after) = (seen(ProbeMoment::Before), seen(moment));
    own().any(|exchange| exchange.sent.check_only) && before.is_some() && after.is_some() && before != after
}

fn shows_resources(outcome: &Probe) -> bool {
    matches!(outcome, Probe::Document(text) if text.contains("resources"))
}

/// Takes what a call changes.
fn take(held: &mut Vec<Held>, notes: &mut Vec<Note>, step: usize, place: usize, exchange: &Exchange) {
    use Endpoint::{SubscriptionActivate, SubscriptionCancel, SubscriptionSuspend, UpgradeDowngrade, UpgradeToPaid};
    let Some(endpoint) = exchange.sent.endpoint.filter(|endpoint| endpoint.describes_subscription()) else {
        return;
    };
    let body = request(exchange);
    // Whatever a create names, it makes something new.
    let creates = endpoint == SubscriptionCreate;
    let named = body.as_ref().filter(|_| !creates).and_then(|body| text(body, "ID")).map(str::to_owned);
    let known = named.as_ref().and_then(|id| held.iter().position(|known| known.id == *id));
    let meant = meaning(exchange);
    if matches!(meant, Some(Meaning::Refused { .. } | Meaning::Denied | Meaning::NotOffered)) {
        return;
    }
    let sound = !exchange.sent.intent.is_experiment();
    let (Some(body), true, true) = (body, sound, meant == Some(Meaning::Accepted)) else {
        // Lost, broken, or not what the platform would send: from now on nobody knows.
        match known {
            Some(index) => notes.extend(held.swap_remove(index).notes),
            None => held.drain(..).for_each(|known| notes.extend(known.notes)),
        }
        return;
    };
    match endpoint {
        SubscriptionSuspend | SubscriptionCancel => {
            if let Some(index) = known {
                held[index].active = false;
            }
        }
        SubscriptionActivate => {
            if let Some(index) = known {
                held[index].active = true;
            }
        }
        SubscriptionCreate | SubscriptionUpdate | AddonCreate | AddonUpdate | AddonCancel | UpgradeDowngrade
        | UpgradeToPaid => {
            let before = known.map(|index| held.swap_remove(index));
            let renames = creates || matches!(endpoint, UpgradeDowngrade | UpgradeToPaid);
            let result = exchange.answer().and_then(|answer| answer.result());
            let id = if renames { result.or(named) } else { named };
            let active = before.as_ref().is_none_or(|before| before.active);
            let mut included = None;
            let before = before.map(|before| {
                notes.extend(before.notes);
                included = before.included;
                before.body
            });
            let Some(id) = id else { return };
            // An order that was merged into one that is there: the sum of both is nobody's description.
            if let Some(index) = held.iter().position(|known| known.id == id) {
                notes.extend(held.swap_remove(index).notes);
                return;
            }
            if !acts_on_its_own(endpoint, &body) {
                return;
            }
            let (exchange, notes) = (place, Vec::new());
            held.push(Held { id, body, endpoint, before, included, active, step, exchange, notes });
        }
        _ => {}
    }
}

/// A subscription call that lists an add-on for a deed must not do it: what it describes is not what should be.
fn acts_on_its_own(endpoint: Endpoint, body: &Json) -> bool {
    let idle = |addon: &Json| action(addon).is_none_or(|action| action == "None");
    matches!(endpoint, AddonCreate | AddonUpdate | AddonCancel) || list(body, "Addons").iter().all(idle)
}

fn action(addon: &Json) -> Option<&'static str> {
    choice(addon.member("ActionType")?, ACTION_TYPE)
}

/// Compares what was seen at a moment with what is held.
fn look(held: &mut [Held], step: &StepEvidence, moment: ProbeMoment) {
    let Some(probed) = step.probes.iter().rfind(|probed| probed.moment == moment) else { return };
    let Probe::Document(document) = &probed.outcome else { return };
    let Ok(document) = json::parse(document.as_bytes()) else { return };
    for known in held {
        let seen = list(&document, "subscriptions").iter().find(|s| text(s, "id") == Some(known.id.as_str()));
        let Some(seen) = seen.filter(|seen| known.active && is_active(seen)) else { continue };
        // An add-on that was cancelled and is still there counts on: nothing was computed again.
        let before = known.before.as_ref().filter(|_| known.endpoint == AddonCancel);
        if is_as_described(&known.body, seen) || before.is_some_and(|before| is_as_described(before, seen)) {
            known.notes = compare(known, seen);
            if living(&known.body).next().is_none() && known.endpoint != AddonCancel {
                known.included = Some(switched_on(seen));
            }
        }
    }
}

/// True where subscription and add-ons are those that were described, as far as the vendor side shows them.
fn is_as_described(body: &Json, seen: &Json) -> bool {
    let differs = |seen: Option<&str>, described: Option<&str>| {
        seen.and_then(Amount::rounded).zip(described.and_then(Amount::exact)).is_some_and(|(a, b)| a != b)
    };
    if differs(text(seen, "quantity"), text(body, "Quantity")) {
        return false;
    }
    let Some(addons) = seen.member("addons").and_then(Json::as_array) else { return true };
    let mut there: Vec<Option<Amount>> =
        addons.iter().filter(|a| is_active(a)).map(|a| text(a, "quantity").and_then(Amount::rounded)).collect();
    for addon in living(body) {
        let wanted = text(addon, "Quantity").and_then(Amount::exact);
        match there.iter().position(|amount| amount.is_none() || *amount == wanted) {
            Some(index) => there.swap_remove(index),
            None => return false,
        };
    }
    there.is_empty()
}

/// The options that an entry has on.
fn switched_on(seen: &Json) -> Vec<String> {
    let resources = seen.member("resources").and_then(Json::as_object);
    let on = resources.into_iter().flat_map(|held| held.iter().filter(|(_, value)| value.as_bool() == Some(true)));
    on.map(|(id, _)| id.to_owned()).collect()
}

fn is_active(entry: &Json) -> bool {
    text(entry, "status").is_none_or(|status| status.eq_ignore_ascii_case("active"))
}

/// The add-ons that are there once the call is done.
fn living(body: &Json) -> impl Iterator<Item = &Json> {
    list(body, "Addons").iter().filter(|addon| action(addon) != Some("Cancel"))
}

/// What each attribute that is seen should be.
fn compare(known: &Held, seen: &Json) -> Vec<Note> {
    let mut notes = Vec::new();
    let Some(resources) = seen.member("resources").and_then(Json::as_object) else { return notes };
    let mut note = |rule: u16, breaches: Vec<Breach>| {
        notes.push(Note { rule, step: known.step, exchange: known.exchange, breaches });
    };
    for (id, found) in resources.iter() {
        let described = contributions(&known.body, id);
        if described.is_empty() {
            // What only the cancelled add-on had on is on no longer, unless it was on before there were add-ons.
            let before = known.before.as_ref().filter(|_| known.endpoint == AddonCancel);
            let was_on =
                before.is_some_and(|body| contributions(body, id).iter().any(|one| one.switch() == Some(true)));
            let by_it = was_on && known.included.as_ref().is_some_and(|included| !included.iter().any(|one| one == id));
            if let (true, Some(on)) = (by_it, found.as_bool()) {
                let breach = on.then(|| wrong(known, id, &on_or_off(false), &on_or_off(true)));
                note(RECOMPUTE, breach.into_iter().collect());
            }
            continue;
        }
        if let Some(on) = found.as_bool() {
            let Some(wanted) = described.iter().try_fold(false, |any, one| Some(any | one.switch()?)) else { continue };
            let rule = if known.endpoint == AddonCancel { RECOMPUTE } else { ENABLE };
            let breach = (wanted != on).then(|| wrong(known, id, &on_or_off(wanted), &on_or_off(on)));
            note(rule, breach.into_iter().collect());
            continue;
        }
        let shown = match found {
            Json::Number(number) => Amount::rounded(number.as_str()),
            Json::String(text) => Amount::rounded(text),
            _ => None,
        };
        let (Some(shown), Some(wanted)) = (shown, total(&described, Scale::AsLinked)) else { continue };
        if shown == wanted {
            let rule = match known.endpoint {
                AddonCancel => RECOMPUTE,
                SubscriptionCreate => SCALE,
                _ => ABSOLUTE,
            };
            note(rule, Vec::new());
        } else {
            let rule = charged(known, id, &described, shown);
            note(rule, vec![wrong(known, id, &wanted.to_string(), &shown.to_string())]);
        }
    }
    notes
}

/// Which rule an amount breaks that is not the wanted one. How it came about tells more than which call it followed.
fn charged(known: &Held, id: &str, described: &[Contribution<'_>], shown: Amount) -> u16 {
    let cancels = known.endpoint == AddonCancel;
    // What stayed as it was, what was added to, what leaves the add-ons out: not set from the whole body.
    let before = known.before.as_ref().and_then(|before| total(&contributions(before, id), Scale::AsLinked));
    if before == Some(shown) {
        return if cancels { RECOMPUTE } else { ABSOLUTE };
    }
    let alone = described.iter().take_while(|one| !one.of_addon).count();
    if alone < described.len() && total(&described[..alone], Scale::AsLinked) == Some(shown) {
        return ABSOLUTE;
    }
    let misread = [Scale::Never, Scale::Always, Scale::NeverOfAddons, Scale::ByParent];
    let scaled = misread.into_iter().any(|scale| total(described, scale) == Some(shown));
    match known.endpoint {
        _ if scaled => SCALE,
        SubscriptionCreate => SCALE,
        AddonCancel => RECOMPUTE,
        _ => ABSOLUTE,
    }
}

fn wrong(known: &Held, id: &str, wanted: &str, shown: &str) -> Breach {
    Breach::new(format!("after {} the vendor side holds {shown} of {id} for subscription {}", known.endpoint, known.id))
        .at(json::Path::root().member("resources").member(id))
        .instead(wanted, shown)
}

fn on_or_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

/// What the subscription, or one of its add-ons, brings of an attribute.
struct Contribution<'a> {
    of_addon: bool,
    value: &'a str,
    linked: bool,
    quantity: Option<&'a str>,
    /// The seats of the subscription.
    seats: Option<&'a str>,
}

/// Whether the link to the quantity is heeded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    AsLinked,
    Never,
    Always,
    /// Only that of the subscription's own attributes is heeded.
    NeverOfAddons,
    /// Add-ons are multiplied by the subscription's seats and not by their own number.
    ByParent,
}

impl Contribution<'_> {
    fn amount(&self, scale: Scale) -> Option<Amount> {
        let value = Amount::exact(self.value)?;
        let scales = match scale {
            Scale::AsLinked | Scale::ByParent => self.linked,
            Scale::Never => false,
            Scale::Always => true,
            Scale::NeverOfAddons => self.linked && !self.of_addon,
        };
        let quantity = if scale == Scale::ByParent { self.seats } else { self.quantity };
        if scales { value.times(quantity?.parse().ok()?) } else { Some(value) }
    }

    fn switch(&self) -> Option<bool> {
        match self.value {
            value if value == "1" || value.eq_ignore_ascii_case("true") => Some(true),
            value if value == "0" || value.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

/// Everything that a body says about an attribute; nothing where it leaves the attributes of the subscription out, or
/// gives no value.
fn contributions<'a>(body: &'a Json, id: &str) -> Vec<Contribution<'a>> {
    let of = |(of_addon, holder): (bool, &'a Json)| {
        let attributes = holder.member("AttributeList").and_then(Json::as_object)?;
        let (_, attribute) = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(id))?;
        let linked = attribute.member("QuantityLinked").and_then(Json::as_bool).unwrap_or(false);
        let value = text(attribute, "Value").unwrap_or_default();
        let (quantity, seats) = (text(holder, "Quantity"), text(body, "Quantity"));
        Some(Contribution { of_addon, value, linked, quantity, seats })
    };
    if body.member("AttributeList").and_then(Json::as_object).is_none() {
        return Vec::new();
    }
    std::iter::once((false, body)).chain(living(body).map(|addon| (true, addon))).filter_map(of).collect()
}

fn total(contributions: &[Contribution<'_>], scale: Scale) -> Option<Amount> {
    contributions.iter().try_fold(Amount::default(), |sum, one| sum.plus(one.amount(scale)?))
}
