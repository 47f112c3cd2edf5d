//! Judging calls that came twice, and customers that came at once.

use super::{
    Check, Finding, Status,
    changes::{self},
    excerpt,
    expectation::{self, Look},
    judge::{Court, Served, check, implied, last_attempts},
};
use crate::{
    contract::{Endpoint, Expectation, Meaning},
    evidence::{Exchange, Intent, ProbeMoment, StepEvidence, StepRecord},
    json::Json,
};
use std::collections::BTreeMap;

impl Court<'_> {
    /// One call or many: what was made is one, and has one id. True when the step was such a one.
    pub(super) fn repeats(
        &self,
        record: &StepRecord,
        step: &StepEvidence,
        served: &Served,
        checks: &mut Vec<Check>,
    ) -> bool {
        let last_attempts = last_attempts(step);
        let Some(place) = last_attempts.iter().position(|exchange| exchange.sent.intent == Intent::Repeated) else {
            return false;
        };
        let again: Vec<_> = last_attempts[place..].iter().filter(|e| e.sent.intent == Intent::Repeated).collect();
        let Some(first) = place.checked_sub(1).map(|first| last_attempts[first]) else { return false };
        let one_by_one = again.len() == 1 && first.sent.label != again[0].sent.label;
        let accepted = |exchange: &Exchange| expectation::meaning(exchange) == Some(Meaning::Accepted);
        let name = if one_by_one { "repeated" } else { "at once" };
        let look = if one_by_one {
            // Somebody who asks again wants to hear the same again.
            match self.look(&Expectation::Accepted, again[0]) {
                elsewhere @ Look::Elsewhere(..) => elsewhere,
                Look::Missed(finding) => {
                    let message = format!("the identical call again: {}", finding.message);
                    Look::Missed(Finding { message, ..finding })
                }
                met => same_id(first, again[0]).map_or(met, Look::Missed),
            }
        } else {
            let done: Vec<&Exchange> =
                std::iter::once(first).chain(again.iter().map(|e| **e)).filter(|e| accepted(e)).collect();
            match done.split_first() {
                None => {
                    let finding = Finding::new("the identical call several times at once: none was accepted");
                    Look::Missed(Finding { exchange: Some(excerpt::of(first)), ..finding })
                }
                Some((one, others)) => {
                    others.iter().find_map(|other| same_id(one, other)).map_or(Look::Met, Look::Missed)
                }
            }
        };
        // What was wrong with the first call already is no matter of sending it again.
        let sound = matches!(expectation::look(&Expectation::Accepted, first), Look::Met | Look::MetBut(_));
        let look = (sound || !one_by_one).then_some(look);
        self.push(
            record,
            name,
            &served.named(record),
            look,
            "the first of the calls was not answered as it should be",
            checks,
        );
        true
    }

    /// Customers who came at the same time: each got what was ordered, under an id of its own.
    pub(super) fn neighbours(
        &self,
        record: &StepRecord,
        step: &StepEvidence,
        served: &Served,
        checks: &mut Vec<Check>,
    ) -> bool {
        let last_attempts = last_attempts(step);
        let of_neighbour = |exchange: &&&Exchange| matches!(exchange.sent.intent, Intent::Neighbour(_));
        if !last_attempts.iter().any(|exchange| of_neighbour(&exchange)) {
            return false;
        }
        let mut look = Look::Met;
        let mut ids: BTreeMap<String, Vec<&Exchange>> = BTreeMap::new();
        for exchange in &last_attempts {
            if exchange.sent.intent == Intent::Teardown {
                continue;
            }
            let seen = self.look(&Expectation::Accepted, exchange);
            let not_offered = exchange.sent.endpoint == Some(Endpoint::AccountExists)
                && expectation::meaning(exchange) == Some(Meaning::NotOffered);
            match (seen, not_offered) {
                (Look::Missed(finding), false) => {
                    let message = format!("several customers at once: {}", finding.message);
                    look = Look::Missed(Finding { message, ..finding });
                    break;
                }
                (elsewhere @ Look::Elsewhere(..), false) => look = elsewhere,
                _ => {}
            }
            if let Some(id) = exchange.answer().and_then(|answer| answer.result()).filter(|_| makes(exchange)) {
                ids.entry(id).or_default().push(exchange);
            }
        }
        // One id for everybody is no matter of coming at once.
        let twice = ids.iter().find(|(_, given)| ids.len() > 1 && given.len() > 1);
        if let (Look::Met, Some((id, [.., exchange]))) = (&look, twice.map(|(id, given)| (id, given.as_slice()))) {
            look = Look::Missed(Finding {
                message: format!("two customers who came at once were given the same id `{id}`"),
                at: Some("$.Result".to_owned()),
                expected: Some("an id of its own for each".to_owned()),
                found: Some(excerpt::answer_line(exchange)),
                exchange: Some(excerpt::of(exchange)),
            });
        }
        if let Look::Met = look {
            look = mixed_up(step, &last_attempts).map_or(Look::Met, Look::Missed);
        }
        let blind = step.probes.iter().find_map(|probed| changes::document(&probed.outcome).err());
        if let Some(reason) = blind {
            checks.push(check(record, "vendor side", None, Status::Error, Some(Finding::new(reason))));
        }
        // Where nobody got anything, that is no matter of coming at once; the customer's own call is charged with it.
        let own = implied(&record.verb).is_some_and(|rule| self.built_in && self.severity(Some(rule)) == Status::Fail);
        let nobody = ids.is_empty() && own && matches!(look, Look::Missed(_));
        const NOBODY: &str = "none of the customers who came at once got what was ordered";
        self.push(record, "at once", &served.named(record), (!nobody).then_some(look), NOBODY, checks);
        true
    }
}

/// True for a call that makes what a step is about.
fn makes(exchange: &Exchange) -> bool {
    exchange.sent.intent != Intent::Teardown
        && !exchange.sent.check_only
        && exchange.sent.endpoint == Some(Endpoint::SubscriptionCreate)
}

/// Both calls were accepted, but were given different ids. An answer without an id breaks another rule.
fn same_id(one: &Exchange, other: &Exchange) -> Option<Finding> {
    let id = |exchange: &Exchange| exchange.answer().and_then(|answer| answer.result());
    let (first, second) = (id(one)?, id(other)?);
    (first != second).then(|| Finding {
        message: "the identical call was answered with another Result".to_owned(),
        at: Some("$.Result".to_owned()),
        expected: Some(first),
        found: Some(second),
        exchange: Some(excerpt::of(other)),
    })
}

/// The first neighbour at the vendor who has not exactly what was ordered.
fn mixed_up(step: &StepEvidence, exchanges: &[&Exchange]) -> Option<Finding> {
    step.probes.iter().find_map(|probed| {
        let ProbeMoment::Neighbour(index) = probed.moment else { return None };
        let document = changes::document(&probed.outcome).ok()?;
        let order = exchanges.iter().rfind(|exchange| {
            exchange.sent.intent == Intent::Neighbour(index)
                && exchange.sent.endpoint == Some(Endpoint::SubscriptionCreate)
                && !exchange.sent.check_only
        })?;
        let ordered = crate::json::parse(order.sent.body.as_deref()?.as_bytes()).ok()?;
        let wanted = ordered.member("Quantity").and_then(Json::as_i64)?;
        let there: Vec<&Json> = document
            .member("subscriptions")
            .and_then(Json::as_array)?
            .iter()
            .filter(|subscription| subscription.text_of("status").as_deref() != Some("cancelled"))
            .collect();
        let quantities: Vec<Option<i64>> =
            there.iter().map(|subscription| subscription.member("quantity").and_then(Json::as_i64)).collect();
        let fits = match quantities.as_slice() {
            [Some(quantity)] => *quantity == wanted,
            // The probe does not tell quantities: one subscription is all that can be asked.
            [None] => true,
            _ => false,
        };
        (!fits).then(|| Finding {
            message: "several customers at once: on the vendor side one of them has not what was ordered".to_owned(),
            at: Some("$.subscriptions".to_owned()),
            expected: Some(format!("one subscription with quantity {wanted}")),
            found: Some(match there.len() {
                0 => "none".to_owned(),
                _ => there.iter().map(|one| one.to_compact()).collect::<Vec<_>>().join(", "),
            }),
            exchange: Some(excerpt::of(order)),
        })
    })
}
