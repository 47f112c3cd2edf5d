//! The ids that subscriptions are given.

use super::{Breach, Case, Note, OfScenario, meaning, request, text};
use crate::{
    contract::{Endpoint, Meaning},
    evidence::{Exchange, Intent, ScenarioEvidence, StepEvidence},
    json::Json,
};

pub(super) const OF_SCENARIOS: &[OfScenario] =
    &[OfScenario { rules: &[50], examine: unique_ids }, OfScenario { rules: &[51], examine: recognised_ids }];

/// Something that was ordered, and the id that it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Place of the step in the scenario, and of the exchange in the step.
    pub(super) step: usize,
    pub(super) exchange: usize,
    /// Id and line of the step.
    pub label: String,
    pub line: u32,
    /// `Result` of Subscriptions/Create.
    pub id: String,
    /// The customer's id in the platform.
    pub account: String,
}

/// Every accepted order of a scenario that got an id.
///
/// Orders with something wrong in them are left out: what a service manager makes of them is its own affair. An id in
/// which a secret was masked cannot be compared.
pub fn orders(evidence: &ScenarioEvidence) -> Vec<Order> {
    let found = placed(evidence).filter_map(|(order, body)| {
        let account = text(body.member("Account")?, "ID")?.to_owned();
        let record = evidence.started.as_ref()?.steps.get(order.step)?;
        Some(Order { account, label: record.id.clone(), line: record.line, ..order })
    });
    found.collect()
}

fn placed(evidence: &ScenarioEvidence) -> impl Iterator<Item = (Order, Json)> {
    evidence.steps.iter().enumerate().flat_map(|(step, of_step)| {
        of_step.exchanges.iter().enumerate().filter_map(move |(place, exchange)| {
            let sent = &exchange.sent;
            if sent.endpoint != Some(Endpoint::SubscriptionCreate)
                || sent.check_only
                || sent.intent.is_experiment()
                || sent.intent == Intent::Teardown
                || meaning(exchange) != Some(Meaning::Accepted)
            {
                return None;
            }
            let id = exchange.answer()?.result().filter(|id| !id.contains("[secret:"))?;
            let order = Order { step, exchange: place, label: String::new(), line: 0, id, account: String::new() };
            Some((order, request(exchange)?))
        })
    })
}

/// two subscriptions have two ids.
///
/// Two orders are two subscriptions when they are of different customers; of one customer only where the product may be
/// held several times and the orders differ: the same order again is a repeat, and a second one of a product that can be
/// held once may be merged. The platform's own ids tell repeats apart where they are sent.
fn unique_ids(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut known: Vec<(Order, Json)> = Vec::new();
    for (order, body) in placed(case.evidence) {
        let compared = known.iter().any(|(_, earlier)| are_two(earlier, &body));
        let mut breaches = Vec::new();
        if let Some((other, earlier)) =
            known.iter().find(|(other, earlier)| other.id == order.id && are_two(earlier, &body))
        {
            let name = |body: &Json| text(body, "Name").unwrap_or("a subscription").to_owned();
            breaches.push(
                Breach::new(format!(
                    "“{}” got the id that step {} got for “{}”: {}",
                    name(&body),
                    other.step + 1,
                    name(earlier),
                    order.id
                ))
                .at("$.Result")
                .instead("an id of its own", order.id.as_str()),
            );
        }
        if compared {
            notes.push(Note { rule: 50, step: order.step, exchange: order.exchange, breaches });
        }
        known.push((order, body));
    }
    notes
}

/// what was bought is known by the id that was given for it.
///
/// One refusal may have any reason. Where every call with the id was refused in the same words, from the first to the
/// cancellation at the end, the id itself is not understood; what each of the calls was to show is not known then. An id
/// that two different orders got is understood as the other one's.
fn recognised_ids(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let orders: Vec<(Order, Json)> = placed(case.evidence).collect();
    for (order, body) in &orders {
        if orders.iter().any(|(other, of_other)| other.id == order.id && of_other != body) {
            continue;
        }
        let calls = uses(case.evidence, order);
        let refusals: Vec<(i64, String)> = calls
            .iter()
            .filter_map(|(_, _, exchange)| match meaning(exchange)? {
                Meaning::Refused { code, message } if code < 0 => Some((code, message)),
                _ => None,
            })
            .collect();
        let [first, others @ ..] = refusals.as_slice() else { continue };
        if others.is_empty() || refusals.len() < calls.len() || others.iter().any(|other| other != first) {
            continue;
        }
        let (code, message) = first;
        let of_platform = text(body, "SubscriptionID").is_some_and(|id| id == order.id);
        let whose = if of_platform { ", the platform's own SubscriptionID sent back," } else { "" };
        for (step, exchange, _) in calls {
            let message = format!(
                "the id that Subscriptions/Create gave{whose} is not recognised: every call with it was answered with Code \
                 {code}: “{message}”"
            );
            let or = if of_platform { ", or an id of your own as that Result" } else { "" };
            let expected =
                format!("an answer about {}, the Result of Subscriptions/Create in this scenario{or}", order.id);
            let breach = Breach::new(message).at("$.Code").instead(expected, format!("Code {code}"));
            notes.push(Note { rule: 51, step, exchange, breaches: vec![breach] });
        }
    }
    notes
}

/// The calls about what was ordered, by its id. What is wrong on purpose, or tried after a refusal, is no call about it.
fn uses<'a>(evidence: &'a ScenarioEvidence, order: &Order) -> Vec<(usize, usize, &'a Exchange)> {
    let of_step = |(step, of_step): (usize, &'a StepEvidence)| {
        of_step.exchanges.iter().enumerate().map(move |(place, exchange)| (step, place, exchange))
    };
    let later = |(step, place, _): &(usize, usize, &Exchange)| (*step, *place) > (order.step, order.exchange);
    let about = |exchange: &Exchange| {
        let is_about =
            exchange.sent.endpoint.is_some_and(|e| e.describes_subscription() && e != Endpoint::SubscriptionCreate);
        is_about
            && !exchange.sent.intent.is_experiment()
            && request(exchange).is_some_and(|body| text(&body, "ID") == Some(order.id.as_str()))
    };
    evidence.steps.iter().enumerate().flat_map(of_step).filter(later).filter(|(.., exchange)| about(exchange)).collect()
}

/// True when two orders can only be two subscriptions.
fn are_two(one: &Json, other: &Json) -> bool {
    let account = |body: &Json| body.member("Account").and_then(|account| text(account, "ID")).map(str::to_owned);
    match (account(one), account(other)) {
        (Some(a), Some(b)) if a != b => return true,
        (Some(_), Some(_)) => {}
        _ => return false,
    }
    let several = |body: &Json| body.member("AllowMultipleSubscriptions").and_then(Json::as_bool) == Some(true);
    if !several(one) || !several(other) {
        return false;
    }
    match (text(one, "SubscriptionID"), text(other, "SubscriptionID")) {
        (Some(a), Some(b)) => a != b,
        _ => ["Name", "ProductID", "Quantity"].iter().any(|name| text(one, name) != text(other, name)),
    }
}

/// R-50 across scenarios: ids that customers of different scenarios share. One entry for each id, with the orders that
/// got it in the order in which they are given; the first of each customer is enough.
pub fn shared_ids<'a>(orders: impl Iterator<Item = (u32, &'a Order)>) -> Vec<Vec<(u32, &'a Order)>> {
    let mut by_id: std::collections::BTreeMap<&str, Vec<(u32, &Order)>> = std::collections::BTreeMap::new();
    for (scenario, order) in orders {
        let of_id = by_id.entry(&order.id).or_default();
        // Within a scenario it has been said already.
        if of_id.iter().all(|(other, known)| *other != scenario && known.account != order.account) {
            of_id.push((scenario, order));
        }
    }
    by_id.into_values().filter(|orders| orders.len() > 1).collect()
}
