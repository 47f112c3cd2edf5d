//! What will be played: scenarios × profile × what the target sells.
//!
//! Nothing here talks to the target. What it answered before the first scenario comes in as an [`Offering`]; what comes
//! out says for each scenario which product it buys, or why it does not apply.

mod customer;
mod doing;
mod expand;
mod offered;
mod offering;
mod select;

pub use customer::{customer, number};
pub use doing::{Doing, RawCall, doing, variables};
pub use expand::{ExpandedCall, ExpandedStep, expand};
pub use offering::Offering;
pub use select::Selection;

use crate::{
    bss::{Bss, Ids, Precheck, Settings},
    json::Json,
    profile::{PrecheckChoice, Profile},
    scenario::{Network, Scenario, Verb, expression},
};
use std::{collections::HashSet, sync::Arc};
use uuid::Uuid;

/// What the random parts of a run are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub Uuid);

impl Seed {
    /// Another one for each run.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Eight characters that name the run.
    pub fn short(self) -> String {
        self.0.simple().to_string()[..8].to_owned()
    }
}

/// Everything that will be played.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: Seed,
    pub settings: Arc<Settings>,
    pub scenarios: Vec<PlannedScenario>,
    pub not_applicable: Vec<(String, String)>,
    /// Why less is played than the target seems to be for: the verdict is incomplete.
    pub gaps: Vec<String>,
}

/// A scenario that applies.
#[derive(Debug, Clone)]
pub struct PlannedScenario {
    /// Counted from 1 in the order of the keys; 0 are the reads before.
    pub index: u32,
    /// The platform's account id of its customer.
    pub number: i64,
    pub scenario: Arc<Scenario>,
    /// What it buys; `None` for one that buys nothing.
    pub selection: Option<Selection>,
}

/// How much a plan buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purchases {
    pub customers: u64,
    pub subscriptions: u64,
    pub seats: u64,
}

/// Decides what is played.
pub fn make(profile: &Profile, offering: &Offering, scenarios: &[Arc<Scenario>], seed: Seed) -> Plan {
    let mut plan = Plan {
        seed,
        settings: Arc::new(settings(profile, offering)),
        scenarios: Vec::new(),
        not_applicable: Vec::new(),
        gaps: Vec::new(),
    };
    let sells = select::sells_anything(&offering.catalogue);
    let mut unsold = 0;
    let mut taken = HashSet::new();
    for (index, scenario) in scenarios.iter().enumerate() {
        let index = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if let Err(reason) = offering.allows(profile, scenario) {
            plan.not_applicable.push((scenario.key.clone(), reason));
            continue;
        }
        let selection = match buys(scenario) {
            false => None,
            true => match select::select(profile, &offering.catalogue, &scenario.product) {
                Ok(selection) => Some(selection),
                Err(_) if !sells => {
                    unsold += 1;
                    continue;
                }
                Err(reason) => {
                    plan.not_applicable.push((scenario.key.clone(), reason));
                    continue;
                }
            },
        };
        let number = number(seed, &scenario.key, &mut taken);
        plan.scenarios.push(PlannedScenario { index, number, scenario: scenario.clone(), selection });
    }
    if unsold > 0 {
        plan.gaps.push(format!(
            "nothing to sell: the catalogue has no product type, so {unsold} scenarios that buy something cannot be played"
        ));
    }
    plan
}

impl Plan {
    /// What the plan buys at most: every flaw of an order may be bought too, that is what a flaw is there to find out.
    pub fn purchases(&self, profile: &Profile) -> Purchases {
        let mut sum = Purchases::default();
        for planned in &self.scenarios {
            let bss = self.bss(profile, planned);
            let known = variables(profile, planned, &bss, self.seed).unwrap_or_default();
            let steps = &planned.scenario.steps;
            for step in steps.iter().filter(|step| step.verb == Verb::Buy) {
                let at_once = match step.network {
                    None => 1,
                    Some(Network::Repeat) => 2,
                    Some(Network::Concurrent(count) | Network::Customers(count)) => u64::from(count),
                };
                let times = at_once + step.flaws.len() as u64;
                let mut known = known.clone();
                known.extend(step.scope.iter().cloned());
                let args = expression::resolve(&step.args, &known).unwrap_or_default();
                let quantity = args.member("quantity").and_then(Json::as_i64).unwrap_or(profile.seats);
                sum.subscriptions += times;
                sum.seats += times * quantity.clamp(0, i64::from(i32::MAX)).unsigned_abs();
            }
            let neighbours = steps.iter().map(|step| match step.network {
                Some(Network::Customers(count)) if step.verb == Verb::Buy => u64::from(count.saturating_sub(1)),
                _ => 0,
            });
            sum.customers += u64::from(steps.iter().any(|step| involves_customer(step.verb))) + neighbours.sum::<u64>();
        }
        sum
    }

    /// The mock BSS at the beginning of a scenario.
    pub fn bss(&self, profile: &Profile, planned: &PlannedScenario) -> Bss {
        let customer = customer(profile, self.seed, planned.number, &planned.scenario.key);
        Bss::new(self.settings.clone(), customer, Ids::new(self.seed.0, &planned.scenario.key))
    }
}

fn involves_customer(verb: Verb) -> bool {
    !matches!(verb, Verb::Configure | Verb::ReadCatalog | Verb::Call)
}

/// A scenario that names a product or buys one needs one.
fn buys(scenario: &Scenario) -> bool {
    scenario.product != Default::default() || scenario.steps.iter().any(|step| step.verb == Verb::Buy)
}

fn settings(profile: &Profile, offering: &Offering) -> Settings {
    let precheck = match &profile.precheck {
        PrecheckChoice::All => Precheck::All,
        PrecheckChoice::None => Precheck::None,
        PrecheckChoice::Only(endpoints) => Precheck::Only(endpoints.clone()),
    };
    let mut dialect = profile.dialect.clone();
    if let Some(path) = offering.addon_path {
        dialect.addon_path = path;
    }
    Settings {
        dialect,
        precheck,
        pending: profile.pending.clone(),
        accounts: profile.features.get("accounts").copied().unwrap_or(offering.accounts),
        exists: offering.exists,
        catalogue: offering.catalogue.clone(),
        sync_options: offering.sync_options.clone(),
        sync_answers: profile.customer.sync_options.clone(),
        fields: profile.settings.clone(),
        retry_every: profile.limits.retry_every,
        retry_for: profile.limits.retry_for,
    }
}

#[cfg(test)]
mod tests;
