//! What a run made and did not cancel, as its evidence tells: what a killed run leaves behind.

use crate::{
    contract::{Endpoint, Meaning, answer::PendingSignal},
    evidence::{Exchange, Outcome, ScenarioEvidence},
    json::{self, Json},
};
use std::collections::BTreeMap;

/// What stands where a secret was: a text with it cannot be sent again.
const MASKED: &str = "[secret:";

/// A subscription that was made, or may have been made, and was not cancelled.
#[derive(Debug, Clone, PartialEq)]
pub struct Leftover {
    /// Index of the scenario that made it.
    pub scenario: u32,
    /// The scenario's key.
    pub key: String,
    /// The service manager's id; `None` where no answer told it.
    pub id: Option<String>,
    /// A Cancel of it, or why there is none.
    pub cancel: Result<Json, String>,
}

/// The subscriptions of one scenario, followed from call to call.
#[derive(Debug, Default)]
pub struct Leftovers {
    scenario: u32,
    key: String,
    /// Id → the last request of it that holds no masked value.
    alive: BTreeMap<String, Option<String>>,
    /// Orders that nobody answered: they may have been carried out.
    unanswered: Vec<String>,
    /// Orders that were accepted without an id.
    nameless: usize,
}

impl Leftovers {
    /// Nothing yet.
    pub fn new(scenario: u32) -> Self {
        Self { scenario, ..Self::default() }
    }

    /// Follows the calls of the scenario, or of an earlier cleaning up after it.
    pub fn follow(&mut self, evidence: &ScenarioEvidence, pending: &PendingSignal) {
        if let Some(started) = &evidence.started {
            self.key.clone_from(&started.key);
        }
        for exchange in evidence.steps.iter().flat_map(|step| &step.exchanges) {
            if let Some(endpoint) = exchange.sent.endpoint.filter(|_| !exchange.sent.check_only) {
                self.note(endpoint, exchange, pending);
            }
        }
    }

    fn note(&mut self, endpoint: Endpoint, exchange: &Exchange, pending: &PendingSignal) {
        let text = exchange.sent.body.as_deref().unwrap_or_default();
        let named = || json::parse(text.as_bytes()).ok().and_then(|body| body.text_of("ID")).unwrap_or_default();
        let Some(answer) = exchange.answer() else {
            if endpoint == Endpoint::SubscriptionCreate && may_have_arrived(exchange) {
                self.unanswered.push(text.to_owned());
            }
            return;
        };
        if answer.meaning(endpoint, pending) != Meaning::Accepted {
            return;
        }
        match (endpoint, answer.result()) {
            (Endpoint::SubscriptionCreate, Some(id)) => {
                // The same order, sent again and answered now.
                self.unanswered.retain(|lost| lost != text);
                self.learn(id, text);
            }
            (Endpoint::SubscriptionCreate, None) => self.nameless += 1,
            (Endpoint::SubscriptionCancel, _) => {
                let id = named();
                self.alive.remove(&id);
                // A Cancel that found an order of which no answer had told.
                self.unanswered.retain(|lost| !is_cancel_of(text, lost));
            }
            (Endpoint::UpgradeDowngrade | Endpoint::UpgradeToPaid, result) => {
                let old = named();
                let new = result.unwrap_or_else(|| old.clone());
                let known = self.alive.remove(&old).flatten();
                self.alive.entry(new.clone()).or_insert(known);
                self.learn(new, text);
            }
            (endpoint, _) if endpoint.describes_subscription() => {
                let id = named();
                if self.alive.contains_key(&id) {
                    self.learn(id, text);
                }
            }
            _ => {}
        }
    }

    /// A request with a masked value is no use; an older one without is.
    fn learn(&mut self, id: String, text: &str) {
        let known = self.alive.entry(id).or_default();
        if !text.contains(MASKED) {
            *known = Some(text.to_owned());
        }
    }

    /// What is left, in the order of the ids.
    pub fn list(self) -> Vec<Leftover> {
        let Self { scenario, key, alive, unanswered, nameless } = self;
        let leftover = |id: Option<String>, cancel| Leftover { scenario, key: key.clone(), id, cancel };
        let mut list: Vec<Leftover> = Vec::new();
        for (id, text) in alive {
            let cancel = match text.and_then(|text| json::parse(text.as_bytes()).ok()) {
                _ if id.contains(MASKED) => Err("its id is masked in the evidence".to_owned()),
                Some(body) => Ok(cancel(body, &id)),
                None => Err("its recorded requests hold a masked value, which cannot be sent again".to_owned()),
            };
            list.push(leftover(Some(id), cancel));
        }
        for text in unanswered {
            let cancel = match json::parse(text.as_bytes()) {
                Ok(body) if !text.contains(MASKED) => Ok(cancel(body, "")),
                _ => Err("it was ordered and no answer is known, and its request holds a masked value".to_owned()),
            };
            list.push(leftover(None, cancel));
        }
        for _ in 0..nameless {
            list.push(leftover(None, Err("it was accepted without a Result, so nothing can name it".to_owned())));
        }
        list
    }
}

/// The call was under way when the evidence ends, or broke off after it had been sent.
fn may_have_arrived(exchange: &Exchange) -> bool {
    match exchange.answered.as_ref().map(|answered| &answered.outcome) {
        None => true,
        Some(Outcome::Failed { kind, .. }) => !kind.before_sending(),
        Some(Outcome::Received { .. }) => false,
    }
}

/// True for the Cancel that [`cancel`] made of an order: they differ in what a Cancel changes, and in nothing else.
fn is_cancel_of(text: &str, order: &str) -> bool {
    let parse = |text: &str| json::parse(text.as_bytes()).ok();
    let (Some(sent), Some(order)) = (parse(text), parse(order)) else { return false };
    let id = sent.text_of("ID").unwrap_or_default();
    cancel(order, &id).same(&sent)
}

/// The Cancel of a subscription, made from a request about it.
pub(super) fn cancel(mut body: Json, id: &str) -> Json {
    if let Json::Object(members) = &mut body {
        members.set("ID", Json::text(id));
        members.set("ActionType", "Cancel");
        members.set("CheckOnly", false);
        // An add-on goes with its subscription; one whose id is not known yet cannot be listed.
        if let Json::Array(addons) = members.entry("Addons") {
            addons.retain(|addon| addon.text_of("ID").is_some_and(|id| !id.is_empty()));
            for addon in addons {
                if let Json::Object(members) = addon {
                    members.set("ActionType", "None");
                }
            }
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Answered, Event, Intent, Sent};

    fn told(calls: &[(Endpoint, &str, Option<&str>)]) -> Vec<Leftover> {
        let mut evidence = ScenarioEvidence::default();
        for (call, (endpoint, body, answer)) in calls.iter().enumerate() {
            let call = u32::try_from(call).unwrap();
            evidence.apply(Event::Sent(Sent {
                scenario: 1,
                step: 0,
                call,
                attempt: 0,
                intent: Intent::Ordinary,
                label: String::new(),
                endpoint: Some(*endpoint),
                check_only: body.contains("\"CheckOnly\":true"),
                method: "POST".into(),
                url: String::new(),
                headers: Vec::new(),
                body: Some((*body).to_owned()),
            }));
            let Some(answer) = answer else { continue };
            let outcome = match *answer {
                "reset" => Outcome::Failed { kind: crate::evidence::FailureKind::Reset, message: String::new() },
                "refused" => Outcome::Failed { kind: crate::evidence::FailureKind::Connect, message: String::new() },
                body => Outcome::Received {
                    status: 200,
                    headers: Vec::new(),
                    body: body.to_owned(),
                    lossy: false,
                    truncated: false,
                },
            };
            evidence.apply(Event::Answered(Answered {
                scenario: 1,
                step: 0,
                call,
                attempt: 0,
                elapsed_us: 1,
                outcome,
            }));
        }
        let mut leftovers = Leftovers::new(1);
        leftovers.follow(&evidence, &PendingSignal::None);
        leftovers.list()
    }

    fn ids(calls: &[(Endpoint, &str, Option<&str>)]) -> Vec<String> {
        told(calls).into_iter().map(|left| left.id.unwrap_or_else(|| "?".to_owned())).collect()
    }

    const S1: Option<&str> = Some(r#"{"Code":0,"Message":"","Result":"S1"}"#);
    const S2: Option<&str> = Some(r#"{"Code":0,"Message":"","Result":"S2"}"#);
    const NO: Option<&str> = Some(r#"{"Code":-1,"Message":"no","Result":null}"#);
    const BUY: (Endpoint, &str) = (Endpoint::SubscriptionCreate, r#"{"ID":"","Quantity":5,"Addons":[]}"#);

    #[test]
    fn what_was_made_and_not_cancelled_is_left() {
        let cancel = |answer| (Endpoint::SubscriptionCancel, r#"{"ID":"S1"}"#, answer);
        assert_eq!(ids(&[(BUY.0, BUY.1, S1)]), ["S1"]);
        assert_eq!(ids(&[(BUY.0, BUY.1, NO)]), [""; 0]);
        assert_eq!(ids(&[(BUY.0, r#"{"CheckOnly":true}"#, S1)]), [""; 0], "a pre-check makes nothing");
        assert_eq!(ids(&[(BUY.0, BUY.1, S1), cancel(S1)]), [""; 0]);
        assert_eq!(ids(&[(BUY.0, BUY.1, S1), cancel(NO)]), ["S1"], "a refused cancel cancels nothing");
        assert_eq!(ids(&[(BUY.0, BUY.1, S1), cancel(None)]), ["S1"], "nobody knows what became of it");
    }

    #[test]
    fn an_upgrade_changes_the_id() {
        let upgrade = (Endpoint::UpgradeDowngrade, r#"{"ID":"S1","Quantity":5}"#, S2);
        assert_eq!(ids(&[(BUY.0, BUY.1, S1), upgrade]), ["S2"]);
        assert_eq!(ids(&[(BUY.0, BUY.1, S1), upgrade, (Endpoint::SubscriptionCancel, r#"{"ID":"S2"}"#, S2)]), [""; 0]);
    }

    #[test]
    fn an_order_without_an_answer_may_have_been_carried_out() {
        assert_eq!(ids(&[(BUY.0, BUY.1, None)]), ["?"]);
        assert_eq!(ids(&[(BUY.0, BUY.1, Some("reset"))]), ["?"]);
        assert_eq!(ids(&[(BUY.0, BUY.1, Some("refused"))]), [""; 0], "it was never sent");
        assert_eq!(ids(&[(BUY.0, BUY.1, Some("reset")), (BUY.0, BUY.1, S1)]), ["S1"], "the retry brought the answer");
        assert_eq!(ids(&[(BUY.0, BUY.1, Some(r#"{"Code":0,"Message":"","Result":null}"#))]), ["?"]);
    }

    #[test]
    fn the_cancel_repeats_the_last_accepted_call() {
        let addon = r#"{"ID":"S1","ActionType":"None","CheckOnly":false,"Quantity":7,"Addons":[{"ID":"A1","ActionType":"Provision"},{"ID":"","ActionType":"Provision"}]}"#;
        let refused = (Endpoint::SubscriptionUpdate, r#"{"ID":"S1","Quantity":99}"#, NO);
        let left = told(&[(BUY.0, BUY.1, S1), (Endpoint::AddonCreate, addon, S1), refused]);
        assert_eq!(
            left[0].cancel.as_ref().unwrap().to_compact(),
            r#"{"ID":"S1","ActionType":"Cancel","CheckOnly":false,"Quantity":7,"Addons":[{"ID":"A1","ActionType":"None"}]}"#
        );
    }

    #[test]
    fn masked_values_are_not_sent_again() {
        let masked = (Endpoint::SubscriptionUpdate, r#"{"ID":"S1","Quantity":9,"Name":"[secret:key]"}"#, S1);
        let left = told(&[(BUY.0, BUY.1, S1), masked]);
        assert_eq!(
            left[0].cancel.as_ref().unwrap().text_of("Quantity").as_deref(),
            Some("5"),
            "an older request serves"
        );
        let left = told(&[(BUY.0, r#"{"ID":"","Name":"[secret:key]"}"#, S1)]);
        assert!(left[0].cancel.as_ref().unwrap_err().contains("masked"));
    }

    #[test]
    fn a_found_order_that_was_cancelled_is_not_left() {
        let order = json::parse(BUY.1.as_bytes()).unwrap();
        let found = cancel(order, "S7").to_compact();
        assert_eq!(ids(&[(BUY.0, BUY.1, None), (Endpoint::SubscriptionCancel, &found, S1)]), [""; 0]);
    }
}
