//! Tests of the room, by concern.

use super::*;
use crate::{
    contract::{Endpoint, Expectation},
    evidence::{
        Answered, Customer, Event, FailureKind, Identity, Intent, Outcome, ScenarioEvidence, ScenarioStarted, Sent,
        StepRecord,
    },
};

mod comparing;
mod files;
mod names;
mod normalising;
mod reviewing;
mod shapes;
mod taking;

fn none() -> Redactions {
    Redactions::default()
}

fn rules(redact: &[(&str, &str)], unordered: &[&str]) -> Redactions {
    Redactions::new(redact.iter().copied(), unordered.iter().copied()).unwrap()
}

fn step(id: &str) -> StepRecord {
    StepRecord {
        id: id.into(),
        verb: "buy".into(),
        by: "bss".to_owned(),
        line: 1,
        proves: vec![],
        flaw_proves: std::collections::BTreeMap::new(),
        control: None,
        expectation: Expectation::Accepted,
        vendor: vec![],
        snapshot: true,
    }
}

/// A call of the only step and what came back.
#[derive(Clone)]
struct Call {
    number: u32,
    attempt: u32,
    intent: Intent,
    label: &'static str,
    endpoint: Endpoint,
    outcome: Outcome,
}

fn call(number: u32, endpoint: Endpoint, body: &str) -> Call {
    let headers = vec![("Content-Type".into(), "Application/JSON; charset=utf-8".into())];
    let outcome = Outcome::Received { status: 200, headers, body: body.into(), lossy: false, truncated: false };
    Call { number, attempt: 0, intent: Intent::Ordinary, label: "create", endpoint, outcome }
}

impl Call {
    fn status(mut self, code: u16) -> Self {
        if let Outcome::Received { status, .. } = &mut self.outcome {
            *status = code;
        }
        self
    }
}

fn scenario(
    made: &[(&str, &str)],
    steps: Vec<StepRecord>,
    calls: impl IntoIterator<Item = (u32, Call)>,
) -> ScenarioEvidence {
    let mut evidence = ScenarioEvidence::default();
    let identities = made.iter().map(|(kind, value)| Identity { kind: (*kind).into(), value: (*value).into() });
    evidence.apply(Event::ScenarioStarted(ScenarioStarted {
        scenario: 1,
        key: "subscriptions/life".into(),
        title: String::new(),
        file: "scenarios/subscriptions/life.yaml".into(),
        built_in: true,
        sha256: String::new(),
        tags: vec![],
        customer: Customer::default(),
        steps,
        identities: identities.collect(),
    }));
    for (step, Call { number: call, attempt, intent, label, endpoint, outcome }) in calls {
        evidence.apply(Event::Sent(Sent {
            scenario: 1,
            step,
            call,
            attempt,
            intent,
            label: label.into(),
            endpoint: Some(endpoint),
            check_only: false,
            method: "POST".into(),
            url: "http://127.0.0.1:1/".into(),
            headers: vec![],
            body: None,
        }));
        evidence.apply(Event::Answered(Answered { scenario: 1, step, call, attempt, elapsed_us: 1, outcome }));
    }
    evidence
}

/// The contents of the answers of one scenario, whose calls are the `bodies` of these endpoints.
fn contents(made: &[(&str, &str)], rules: &Redactions, bodies: &[(Endpoint, &str)]) -> Vec<String> {
    let calls =
        bodies.iter().enumerate().map(|(n, (endpoint, body))| (0, call(u32::try_from(n).unwrap(), *endpoint, body)));
    let evidence = scenario(made, vec![step("buy")], calls);
    take(&evidence, rules).into_iter().map(|taken| taken.content).collect()
}

/// The normalised body of one answer without the first line.
fn body_of(made: &[(&str, &str)], rules: &Redactions, body: &str) -> String {
    let content = contents(made, rules, &[(Endpoint::ServiceDefinition, body)]).remove(0);
    content.split_once('\n').map_or(String::new(), |(_, body)| body.to_owned())
}
