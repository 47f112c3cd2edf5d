//! What shows only when scenarios are held side by side.

use super::{Check, Finding, ScenarioVerdict, severity};
use crate::rules;

/// `subscriptions.unique-ids`.
const UNIQUE_IDS: u16 = 50;

/// Adds a check for each id that customers of different scenarios were given, to the second scenario that got it; the
/// places of these checks are returned. The scenarios stand in the order of the plan, whichever was played first.
pub(super) fn examine(scenarios: &mut [ScenarioVerdict], strict: bool) -> Vec<(usize, usize)> {
    let Some(rule) = rules::all().find(|rule| rule.number == UNIQUE_IDS) else { return Vec::new() };
    let orders = scenarios.iter().enumerate().flat_map(|(place, scenario)| {
        scenario.orders.iter().map(move |order| (u32::try_from(place).unwrap_or(u32::MAX), order))
    });
    let mut found = Vec::new();
    for shared in rules::shared_ids(orders) {
        let [(first, _), (second, order), more @ ..] = shared.as_slice() else { continue };
        let others = match more.len() {
            0 => String::new(),
            1 => ", and one customer more".to_owned(),
            count => format!(", and {count} customers more"),
        };
        let finding = Finding {
            message: format!("two customers got one id for their subscriptions{others}: {}", order.id),
            at: Some("$.Result".to_owned()),
            expected: Some("an id of its own for every subscription".to_owned()),
            found: Some(format!("the id that {} got", scenarios[*first as usize].key)),
            exchange: None,
        };
        let check = Check {
            step: order.label.clone(),
            line: order.line,
            name: rule.id.to_owned(),
            rule: Some(rule),
            level: rule.level,
            status: severity(rule, strict),
            finding: Some(finding),
        };
        found.push((*second as usize, check));
    }
    let mut places = Vec::new();
    for (scenario, check) in found {
        places.push((scenario, scenarios[scenario].checks.len()));
        scenarios[scenario].checks.push(check);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        contract::Endpoint,
        evidence::{
            Answered, Customer, Event, Intent, Outcome, ProfileRecord, ScenarioEvidence, ScenarioStarted, Sent,
            StepRecord,
        },
        snapshot::{Accepted, Redactions, SnapshotError, SnapshotName},
    };
    use std::borrow::Cow;

    #[derive(Debug)]
    struct Nothing;
    impl Accepted for Nothing {
        fn get(&self, _: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
            Ok(None)
        }
    }

    /// A scenario in which a customer orders once.
    fn ordered(index: u32, account: &str, result: &str) -> ScenarioVerdict {
        let mut evidence = ScenarioEvidence::default();
        evidence.apply(Event::ScenarioStarted(ScenarioStarted {
            scenario: index,
            key: format!("a/{index}"),
            title: String::new(),
            file: String::new(),
            built_in: true,
            sha256: String::new(),
            tags: vec![],
            customer: Customer::default(),
            steps: vec![StepRecord {
                id: "buy".into(),
                verb: "buy".into(),
                by: "bss".to_owned(),
                line: 7,
                proves: vec![],
                flaw_proves: std::collections::BTreeMap::new(),
                control: None,
                expectation: crate::contract::Expectation::Accepted,
                vendor: vec![],
                snapshot: false,
            }],
            identities: vec![],
        }));
        evidence.apply(Event::Sent(Sent {
            scenario: index,
            step: 0,
            call: 0,
            attempt: 0,
            intent: Intent::Ordinary,
            label: "create".into(),
            endpoint: Some(Endpoint::SubscriptionCreate),
            check_only: false,
            method: "POST".into(),
            url: "http://h/Subscriptions/Create".into(),
            headers: vec![],
            body: Some(format!(r#"{{"Account":{{"ID":"{account}"}}}}"#)),
        }));
        let body = format!(r#"{{"Code":0,"Message":"","Result":"{result}"}}"#);
        let outcome = Outcome::Received { status: 200, headers: vec![], body, lossy: false, truncated: false };
        evidence.apply(Event::Answered(Answered {
            scenario: index,
            step: 0,
            call: 0,
            attempt: 0,
            elapsed_us: 1,
            outcome,
        }));
        crate::verdict::judge(&evidence, &ProfileRecord::default(), &Nothing, &Redactions::default()).unwrap()
    }

    fn found(mut scenarios: Vec<ScenarioVerdict>, strict: bool) -> Vec<String> {
        let places = examine(&mut scenarios, strict);
        let line = |(scenario, check): (usize, usize)| {
            let (scenario, check) = (&scenarios[scenario], &scenarios[scenario].checks[check]);
            let finding = check.finding.as_ref().unwrap();
            format!("{} {}:{} {}: {}", scenario.key, check.step, check.line, check.status.words(), finding.message)
        };
        places.into_iter().map(line).collect()
    }

    #[test]
    fn one_id_for_two_customers_is_one_finding() {
        let one_id =
            || vec![ordered(1, "13", "S1"), ordered(2, "14", "S2"), ordered(3, "15", "S1"), ordered(4, "16", "S1")];
        let message = "two customers got one id for their subscriptions, and one customer more: S1";
        assert_eq!(found(one_id(), false), [format!("a/3 buy:7 warn: {message}")]);
        assert_eq!(found(one_id(), true), [format!("a/3 buy:7 fail: {message}")]);
        assert!(found(vec![ordered(1, "13", "S1"), ordered(2, "14", "S2")], false).is_empty());
        assert!(found(vec![ordered(1, "13", "S1"), ordered(2, "13", "S1")], false).is_empty(), "one customer");
    }
}
