//! A step of a scenario → what the mock BSS is asked to do.

use super::{PlannedScenario, Seed, offered, select};
use crate::{
    bss::{Action, AddonPurchase, BillingCycle, Bss, Offer, Purchase, Subscription},
    contract::{Endpoint, catalogue::ProductType},
    json::{Json, Number, Object},
    profile::Profile,
    scenario::{
        Step, Verb,
        expression::{self, Variables},
    },
};

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Doing {
    Action(Box<Action>),
    Call(RawCall),
}

/// One call as the scenario writes it.
#[derive(Debug, Clone, PartialEq)]
pub struct RawCall {
    pub endpoint: Option<Endpoint>,
    /// Below the target's base URL; only without `endpoint`.
    pub path: Option<String>,
    pub method: String,
    pub body: Option<Json>,
    pub raw: Option<String>,
}

/// The variables that a scenario begins with.
///
/// # Errors
/// A variable of the scenario cannot be computed.
pub fn variables(profile: &Profile, planned: &PlannedScenario, bss: &Bss, seed: Seed) -> Result<Variables, String> {
    let mut variables = Variables::new();
    variables.insert("seats".to_owned(), Json::from(profile.seats));
    variables.insert("seats_limit".to_owned(), profile.seats_limit.map_or(Json::Null, Json::from));
    variables.insert("run".to_owned(), texts(&[("id", &seed.short())]));
    let product = match &planned.selection {
        Some(selection) => {
            let offer = &selection.offer;
            texts(&[("id", &offer.product_id), ("type", &offer.type_id), ("name", &offer.name)])
        }
        None => Json::Null,
    };
    variables.insert("product".to_owned(), product);
    variables.extend(offered::variables(profile, planned.selection.as_ref(), bss));
    refresh(&mut variables, bss);
    for (name, value) in &planned.scenario.variables {
        let value = expression::resolve(value, &variables).map_err(|error| error.to_string())?;
        variables.insert(name.clone(), value);
    }
    Ok(variables)
}

/// What the mock BSS has learnt since.
fn refresh(variables: &mut Variables, bss: &Bss) {
    let customer = &bss.customer;
    let members = [
        ("id", customer.id.as_str()),
        ("name", &customer.name),
        ("email", &customer.email),
        ("external_id", &customer.external_id),
    ];
    variables.insert("customer".to_owned(), texts(&members));
}

fn texts(members: &[(&str, &str)]) -> Json {
    Json::Object(members.iter().map(|(name, value)| (*name, *value)).collect::<Object>())
}

/// What a step does now, its expressions resolved.
///
/// # Errors
/// An expression cannot be computed, or its value is of the wrong kind; a product does not exist.
pub fn doing(
    profile: &Profile,
    planned: &PlannedScenario,
    step: &Step,
    bss: &Bss,
    variables: &mut Variables,
) -> Result<Doing, String> {
    refresh(variables, bss);
    let args = expression::resolve(&step.args, variables).map_err(|error| error.to_string())?;
    let args = Args { json: &args };
    let action = match step.verb {
        Verb::Call => return args.call().map(Doing::Call),
        Verb::Synchronize if args.flag("ask_only")? == Some(true) => Action::AskExists,
        Verb::Synchronize => Action::Synchronize,
        Verb::Buy => Action::Buy(Box::new(args.purchase(profile, planned, step, bss)?)),
        Verb::BuyAddon => args.addons(planned, step, bss)?,
        Verb::ChangeQuantity => {
            Action::ChangeQuantity { subscription: args.text("subscription"), quantity: args.needed("quantity")? }
        }
        Verb::ChangeAddon => Action::ChangeAddon {
            subscription: args.text("subscription"),
            addon: args.text("addon"),
            quantity: args.needed("quantity")?,
        },
        Verb::CancelAddon => Action::CancelAddon { subscription: args.text("subscription"), addon: args.text("addon") },
        Verb::Upgrade | Verb::Downgrade => args.upgrade(step.verb, bss)?,
        Verb::ConvertTrial => {
            Action::ConvertTrial { subscription: args.text("subscription"), quantity: args.number("quantity")? }
        }
        Verb::Suspend => Action::Suspend { subscription: args.text("subscription") },
        Verb::Activate => Action::Activate { subscription: args.text("subscription") },
        Verb::Cancel => Action::Cancel { subscription: args.text("subscription") },
        Verb::Reprovision => Action::Reprovision {
            subscription: args.text("subscription"),
            attributes: args.pairs("attributes"),
            renew: args.flag("renew")?,
        },
        Verb::Retry => Action::Retry,
        Verb::Configure => Action::Configure {
            values: args.members("values"),
            blank_required: args.flag("blank_required")?.unwrap_or(false),
            wrong_secrets: args.flag("wrong_secrets")?.unwrap_or(false),
            validate: args.flag("validate")?.unwrap_or(true),
        },
        Verb::ReadCatalog => Action::ReadCatalog,
        Verb::DeleteAccount => Action::DeleteAccount,
    };
    Ok(Doing::Action(Box::new(action)))
}

/// In place of an add-on product's id: the one that was bought last, once more.
const SAME_ADDON: &str = "same";

/// The resolved arguments of a step.
struct Args<'a> {
    json: &'a Json,
}

impl Args<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.json.text_of(name)
    }

    /// A whole number of any size, also one written as text.
    fn number(&self, name: &str) -> Result<Option<Number>, String> {
        match self.json.member(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Number(number)) => Ok(Some(number.clone())),
            Some(Json::String(text)) if Number::parse(text.trim()).is_some() => Ok(Number::parse(text.trim())),
            Some(other) => Err(format!("`{name}` must be a whole number, but is {other}")),
        }
    }

    fn needed(&self, name: &str) -> Result<Number, String> {
        self.number(name)?.ok_or_else(|| format!("`{name}` has no value"))
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, String> {
        match self.json.member(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Bool(value)) => Ok(Some(*value)),
            Some(Json::String(text)) if text.parse::<bool>().is_ok() => Ok(text.parse().ok()),
            Some(other) => Err(format!("`{name}` must be true or false, but is {other}")),
        }
    }

    fn members(&self, name: &str) -> Vec<(String, Json)> {
        let members = self.json.member(name).and_then(Json::as_object);
        members.map(|o| o.iter().map(|(k, v)| (k.to_owned(), v.clone())).collect()).unwrap_or_default()
    }

    fn pairs(&self, name: &str) -> Vec<(String, String)> {
        let text = |value: Json| value.as_str().map_or_else(|| value.to_compact(), str::to_owned);
        self.members(name).into_iter().map(|(name, value)| (name, text(value))).collect()
    }

    fn purchase(
        &self,
        profile: &Profile,
        planned: &PlannedScenario,
        step: &Step,
        bss: &Bss,
    ) -> Result<Purchase, String> {
        let selected = planned.selection.as_ref();
        let offer = match self.text("product") {
            Some(id) => {
                select::by_id(bss.catalogue(), &id).ok_or_else(|| format!("the catalogue has no product `{id}`"))?.offer
            }
            None => selected.map(|s| s.offer.clone()).ok_or("nothing was selected to be bought")?,
        };
        let quantity = self.number("quantity")?.unwrap_or_else(|| Number::from(profile.seats));
        let key = self.text("as").unwrap_or_else(|| step.id.clone());
        let installments = match self.json.member("installments") {
            None | Some(Json::Null) => None,
            Some(plan) => {
                let plan = Args { json: plan };
                let whole = |name: &str| plan.needed(name)?.as_i64().ok_or(format!("`{name}` must be a whole number"));
                Some((whole("count")?, whole("every")?))
            }
        };
        Ok(Purchase {
            name: self.text("name"),
            trial: self.flag("trial")?.unwrap_or(false),
            from_order: self.flag("order")?.unwrap_or(true),
            billing_cycle: self.billing(usual_cycle(bss, &offer)),
            renew: self.flag("renew")?.unwrap_or(true),
            installments,
            ..Purchase::new(&key, offer, quantity)
        })
    }

    fn billing(&self, usual: BillingCycle) -> Option<BillingCycle> {
        match self.json.member("billing") {
            Some(Json::String(_)) => None,
            Some(cycle @ Json::Object(_)) => Some(BillingCycle {
                duration: cycle.text_of("duration").unwrap_or(usual.duration),
                duration_type: cycle.text_of("unit").unwrap_or(usual.duration_type),
                custom_end_date: cycle.text_of("end"),
            }),
            _ => Some(usual),
        }
    }

    fn addons(&self, planned: &PlannedScenario, step: &Step, bss: &Bss) -> Result<Action, String> {
        let list = self.json.member("addons").and_then(Json::as_array);
        let one = [self.json.clone()];
        let entries: Vec<Args<'_>> = list.unwrap_or(&one).iter().map(|json| Args { json }).collect();
        let first = entries.first().ok_or("no add-on is named")?;
        let subscription = first.text("subscription");
        let owner = bss.subscription(subscription.as_deref()).map_err(|error| error.to_string())?;
        let fitting = fitting_addons(bss, owner);
        let selected = planned.selection.as_ref().map(|s| s.addons.clone()).unwrap_or_default();
        let fitting = if fitting.is_empty() { selected } else { fitting };
        let mut addons = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let product_id = match entry.text("addon") {
                Some(same) if same == SAME_ADDON => {
                    let last = addons.last().map(|addon: &AddonPurchase| &addon.product_id);
                    let last = last.or_else(|| owner.addons.last().map(|addon| &addon.product_id));
                    last.cloned().ok_or("no add-on has been bought that could be bought again")?
                }
                Some(id) => id,
                None => next(&fitting, owner, &addons).ok_or("no add-on fits this product")?,
            };
            let numbered = if index == 0 { step.id.clone() } else { format!("{}-{}", step.id, index + 1) };
            addons.push(AddonPurchase {
                key: entry.text("as").unwrap_or(numbered),
                product_id,
                quantity: entry.number("quantity")?.unwrap_or_else(|| Number::from(1)),
                name: entry.text("name"),
            });
        }
        Ok(Action::BuyAddons { subscription, addons, from_order: first.flag("order")?.unwrap_or(true) })
    }

    fn upgrade(&self, verb: Verb, bss: &Bss) -> Result<Action, String> {
        let subscription = self.text("subscription");
        let quantity = self.number("quantity")?;
        let owned = &bss.subscription(subscription.as_deref()).map_err(|error| error.to_string())?.offer;
        let product_type = type_of(bss, &owned.type_id)?;
        let up = verb == Verb::Upgrade;
        let target = match self.text("to") {
            Some(id) => product_type.product(&id).ok_or_else(|| format!("the catalogue has no product `{id}`"))?,
            None if up => product_type
                .upgrade_of(&owned.product_id)
                .ok_or_else(|| format!("the catalogue relates no upgrade to `{}`", owned.product_id))?,
            None => product_type
                .downgrade_of(&owned.product_id)
                .ok_or_else(|| format!("the catalogue relates no downgrade to `{}`", owned.product_id))?,
        };
        let to = Box::new(Offer::of_product(product_type, target));
        Ok(match up {
            true => Action::Upgrade { subscription, to, quantity },
            false => Action::Downgrade { subscription, to, quantity },
        })
    }

    fn call(&self) -> Result<RawCall, String> {
        let endpoint = match self.text("endpoint") {
            Some(name) => Some(Endpoint::by_name(&name).ok_or_else(|| format!("`{name}` is not an endpoint"))?),
            None => None,
        };
        let body = self.json.member("body").cloned();
        let raw = self.text("raw");
        let usual = match endpoint {
            Some(endpoint) => endpoint.spec().verb.as_str(),
            None if body.is_some() || raw.is_some() => "POST",
            None => "GET",
        };
        let method = self.text("method").unwrap_or_else(|| usual.to_owned());
        Ok(RawCall { endpoint, path: self.text("path"), method, body, raw })
    }
}

/// What is not sold by the month is not ordered by the month.
fn usual_cycle(bss: &Bss, offer: &Offer) -> BillingCycle {
    let product_type = bss.catalogue().product_type(&offer.type_id);
    let cycles = product_type.map(|product_type| offered::cycles(product_type, &offer.product_id)).unwrap_or_default();
    let months = cycles.first().copied().unwrap_or(1);
    BillingCycle { duration: months.to_string(), ..BillingCycle::default() }
}

fn type_of<'a>(bss: &'a Bss, id: &str) -> Result<&'a ProductType, String> {
    bss.catalogue().product_type(id).ok_or_else(|| format!("the catalogue has no product type `{id}`"))
}

fn fitting_addons(bss: &Bss, owner: &Subscription) -> Vec<String> {
    let product_type = bss.catalogue().product_type(&owner.offer.type_id);
    let Some(product_type) = product_type else { return Vec::new() };
    let product = &owner.offer.product_id;
    let mut addons: Vec<_> = product_type.addons_for(product).collect();
    // Those that an upgrade leaves alone come first.
    addons.sort_by_key(|addon| !product_type.outlives_upgrade(addon, product));
    addons.into_iter().map(|addon| addon.id.clone()).collect()
}

/// "The next one": those that the subscription already has come last, so that a second order of the same product happens
/// only when it is asked for, or when there is no other.
fn next(fitting: &[String], owner: &Subscription, ordered: &[AddonPurchase]) -> Option<String> {
    let owned = |product: &String| {
        let listed = owner.listed_addons().filter(|(_, addon)| addon.product_id == *product).count();
        listed + ordered.iter().filter(|addon| addon.product_id == *product).count()
    };
    fitting.iter().min_by_key(|product| owned(product)).cloned()
}
