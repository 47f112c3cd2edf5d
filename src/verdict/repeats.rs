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
    evidence::{Exchange, Intent, ProbeMoment, Probed, StepEvidence, StepRecord},
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
                    match again[0].sent.endpoint.filter(|_| is_refused(again[0])) {
                        // It does no harm, which is all that is asked for.
                        Some(Endpoint::AddonCancel) => Look::Met,
                        Some(Endpoint::SubscriptionUpdate | Endpoint::AddonUpdate) => {
                            Look::MetBut(Finding { message, expected: Some(BETTER.to_owned()), ..finding })
                        }
                        _ => Look::Missed(Finding { message, ..finding }),
                    }
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
        // A change that is refused to everybody is no matter of coming at once.
        let accepted = |exchange: &&&Exchange| expectation::meaning(exchange) == Some(Meaning::Accepted);
        let changes = |exchange: &&&Exchange| !exchange.sent.check_only;
        if record.verb != "buy" && !last_attempts.iter().filter(changes).any(|exchange| accepted(&exchange)) {
            let nobody = "the call was accepted for none of the customers";
            self.push(record, "at once", &served.named(record), None, nobody, checks);
            return true;
        }
        let mut look = Look::Met;
        let mut ids: BTreeMap<String, Vec<&Exchange>> = BTreeMap::new();
        for exchange in &last_attempts {
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
            look = belongs_to_another(&last_attempts).map_or(Look::Met, Look::Missed);
        }
        if let Look::Met = look {
            let mixed = mixed_up(step, &last_attempts).or_else(|| misnamed(step, &last_attempts));
            look = mixed.map_or(Look::Met, Look::Missed);
        }
        let blind = step.probes.iter().find_map(|probed| changes::document(&probed.outcome).err());
        if let Some(reason) = blind {
            checks.push(check(record, "vendor side", None, Status::Error, Some(Finding::new(reason))));
        }
        // Where nobody got anything, that is no matter of coming at once; the customer's own call is charged with it.
        let own = implied(&record.verb).is_some_and(|rule| self.built_in && self.severity(Some(rule)) == Status::Fail);
        let gives_ids = matches!(record.verb.as_str(), "buy" | "upgrade" | "downgrade" | "convert_trial");
        let nobody = gives_ids && ids.is_empty() && own && matches!(look, Look::Missed(_));
        const NOBODY: &str = "none of the customers who came at once got what was ordered";
        self.push(record, "at once", &served.named(record), (!nobody).then_some(look), NOBODY, checks);
        true
    }
}

/// What the platform can live with best where an update that changes nothing comes again.
const BETTER: &str = "Code 0: where the first answer was lost, the platform asks again until it hears a success";

/// Refused with a reason.
fn is_refused(exchange: &Exchange) -> bool {
    matches!(expectation::meaning(exchange), Some(Meaning::Refused { message, .. }) if !message.trim().is_empty())
}

/// True for a call that makes what a step is about.
fn makes(exchange: &Exchange) -> bool {
    !exchange.sent.check_only
        && matches!(
            exchange.sent.endpoint,
            Some(Endpoint::SubscriptionCreate | Endpoint::UpgradeDowngrade | Endpoint::UpgradeToPaid)
        )
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

/// An answer with the id of another customer's subscription, of those that called at the same time.
fn belongs_to_another(exchanges: &[&Exchange]) -> Option<Finding> {
    let calls: Vec<(u32, String, &Exchange)> = exchanges
        .iter()
        .filter(|exchange| exchange.sent.endpoint.is_some_and(Endpoint::describes_subscription))
        .filter_map(|exchange| {
            let customer = match exchange.sent.intent {
                Intent::Neighbour(index) => index,
                _ => 0,
            };
            let id = body(exchange)?.text_of("ID").filter(|id| !id.trim().is_empty())?;
            Some((customer, id, *exchange))
        })
        .collect();
    calls.iter().find_map(|(customer, own, exchange)| {
        let result = exchange.answer()?.result().filter(|result| result != own && tells(exchange, result))?;
        calls.iter().find(|(other, id, _)| other != customer && *id == result)?;
        Some(Finding {
            message: "several customers at once: one was answered with the id of another's subscription".to_owned(),
            at: Some("$.Result".to_owned()),
            expected: Some(format!("an answer about `{own}`")),
            found: Some(excerpt::answer_line(exchange)),
            exchange: Some(excerpt::of(exchange)),
        })
    })
}

/// Whether a `Result` that is a subscription's id can mean nothing else. Add-ons may be numbered as subscriptions are, and
/// nobody says what an update answers.
fn tells(exchange: &Exchange, result: &str) -> bool {
    use Endpoint::{SubscriptionActivate, SubscriptionCancel, SubscriptionSuspend, UpgradeDowngrade, UpgradeToPaid};
    matches!(
        exchange.sent.endpoint,
        Some(SubscriptionSuspend | SubscriptionActivate | SubscriptionCancel | UpgradeDowngrade | UpgradeToPaid)
    ) || !result.chars().all(|c| c.is_ascii_digit())
}

fn body(exchange: &Exchange) -> Option<Json> {
    crate::json::parse(exchange.sent.body.as_deref()?.as_bytes()).ok()
}

/// What a neighbour has to have at the vendor after a call.
struct Wanted {
    /// None: no subscription.
    status: Option<&'static str>,
    quantity: Option<i64>,
    /// The quantities of the add-ons, in ascending order.
    addons: Option<Vec<i64>>,
}

impl Wanted {
    fn of(exchange: &Exchange) -> Option<Self> {
        let body = body(exchange)?;
        let nothing_more = Self { status: Some("active"), quantity: None, addons: None };
        Some(match exchange.sent.endpoint? {
            Endpoint::SubscriptionCreate | Endpoint::SubscriptionUpdate => {
                Self { quantity: Some(body.member("Quantity").and_then(Json::as_i64)?), ..nothing_more }
            }
            Endpoint::SubscriptionSuspend => Self { status: Some("suspended"), ..nothing_more },
            Endpoint::SubscriptionActivate => nothing_more,
            Endpoint::SubscriptionCancel => Self { status: None, ..nothing_more },
            Endpoint::AddonCreate | Endpoint::AddonUpdate | Endpoint::AddonCancel => {
                let listed = body.member("Addons").and_then(Json::as_array).unwrap_or_default();
                let kept = listed.iter().filter(|addon| addon.text_of("ActionType").as_deref() != Some("Cancel"));
                let mut addons: Vec<i64> = kept.filter_map(|a| a.member("Quantity").and_then(Json::as_i64)).collect();
                addons.sort_unstable();
                Self { addons: Some(addons), ..nothing_more }
            }
            _ => return None,
        })
    }

    /// What the probe does not tell cannot be asked.
    fn is(&self, there: &[&Json]) -> bool {
        let (Some(status), [one]) = (self.status, there) else { return self.status.is_none() && there.is_empty() };
        let same = |wanted: Option<i64>, found: Option<i64>| wanted.is_none() || found.is_none() || wanted == found;
        one.text_of("status").is_none_or(|found| found == status)
            && same(self.quantity, one.member("quantity").and_then(Json::as_i64))
            && self.addons.as_ref().is_none_or(|addons| {
                let Some(listed) = one.member("addons").and_then(Json::as_array) else { return true };
                let active = listed.iter().filter(|addon| addon.text_of("status").as_deref() == Some("active"));
                let quantities: Vec<Option<i64>> =
                    active.map(|addon| addon.member("quantity").and_then(Json::as_i64)).collect();
                let mut known: Vec<i64> = quantities.iter().copied().flatten().collect();
                known.sort_unstable();
                quantities.len() == addons.len() && (known.len() < quantities.len() || known == *addons)
            })
    }

    fn words(&self) -> String {
        match (self.status, self.quantity, &self.addons) {
            (None, ..) => "no subscription that runs".to_owned(),
            (_, Some(quantity), _) => format!("one subscription with quantity {quantity}"),
            (_, _, Some(addons)) if addons.is_empty() => "one subscription without add-ons".to_owned(),
            (_, _, Some(addons)) => {
                let quantities: Vec<String> = addons.iter().map(i64::to_string).collect();
                format!("one subscription with add-ons of quantity {}", quantities.join(", "))
            }
            (Some(status), ..) => format!("one subscription that is {status}"),
        }
    }
}

/// The first neighbour at the vendor who has not exactly what was ordered.
fn mixed_up(step: &StepEvidence, exchanges: &[&Exchange]) -> Option<Finding> {
    let seen: Vec<(&Exchange, Wanted, Json)> =
        step.probes.iter().filter_map(|probed| seen(probed, exchanges)).collect();
    let wrong = |(_, wanted, document): &&(&Exchange, Wanted, Json)| !wanted.is(&running(document));
    // A change that nobody's subscription shows is no matter of coming at once, unless one has what another ordered.
    let all_alike = seen.iter().all(|one| wrong(&one) && !makes(one.0));
    let of_another = |one: &&(&Exchange, Wanted, Json)| {
        exchanges.iter().any(|other| {
            other.sent.intent != one.0.sent.intent
                && other.sent.endpoint == one.0.sent.endpoint
                && Wanted::of(other).is_some_and(|wanted| wanted.is(&running(&one.2)))
        })
    };
    let (order, wanted, document) = seen.iter().find(|one| wrong(one) && (!all_alike || of_another(one)))?;
    let there = running(document);
    Some(Finding {
        message: "several customers at once: on the vendor side one of them has not what was ordered".to_owned(),
        at: Some("$.subscriptions".to_owned()),
        expected: Some(wanted.words()),
        found: Some(match there.len() {
            0 => "none".to_owned(),
            _ => there.iter().map(|one| one.to_compact()).collect::<Vec<_>>().join(", "),
        }),
        exchange: Some(excerpt::of(order)),
    })
}

/// A neighbour's subscription at the vendor with the name that another one gave.
fn misnamed(step: &StepEvidence, exchanges: &[&Exchange]) -> Option<Finding> {
    let named = |exchange: &Exchange| body(exchange)?.text_of("Name").filter(|name| !name.trim().is_empty());
    step.probes.iter().filter_map(|probed| seen(probed, exchanges)).find_map(|(order, _, document)| {
        let own = named(order)?;
        let of_another = |name: &String| {
            *name != own && exchanges.iter().any(|other| makes(other) && named(other).as_ref() == Some(name))
        };
        let name = running(&document).into_iter().filter_map(|one| one.text_of("name")).find(of_another)?;
        Some(Finding {
            message: "several customers at once: on the vendor side one of them has the name that another one gave"
                .into(),
            at: Some("$.subscriptions[0].name".to_owned()),
            expected: Some(own),
            found: Some(name),
            exchange: Some(excerpt::of(order)),
        })
    })
}

/// A neighbour's last call, what it asked for, and what the vendor side showed afterwards.
fn seen<'e>(probed: &Probed, exchanges: &[&'e Exchange]) -> Option<(&'e Exchange, Wanted, Json)> {
    let ProbeMoment::Neighbour(index) = probed.moment else { return None };
    let document = changes::document(&probed.outcome).ok()?;
    let order = exchanges.iter().copied().rfind(|exchange| {
        exchange.sent.intent == Intent::Neighbour(index)
            && exchange.sent.endpoint.is_some_and(Endpoint::describes_subscription)
            && !exchange.sent.check_only
    })?;
    document.member("subscriptions").and_then(Json::as_array)?;
    Some((order, Wanted::of(order)?, document))
}

/// The subscriptions of a probe document that are not cancelled.
fn running(document: &Json) -> Vec<&Json> {
    let listed = document.member("subscriptions").and_then(Json::as_array).unwrap_or_default();
    listed.iter().filter(|one| one.text_of("status").as_deref() != Some("cancelled")).collect()
}
