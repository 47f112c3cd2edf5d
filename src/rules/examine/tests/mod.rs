//! Each rule against answers that keep it in all the ways that are legal, and against those that break it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod accounts;
mod catalogue;
mod credentials;
mod precheck;
mod progress;
mod resources;
mod results;
mod settings;
mod subscriptions;
mod tenants;
mod transport;

use super::*;
use crate::evidence::{
    Answered, Customer, Event, FailureKind, Probe, ProbeMoment, Probed, ScenarioStarted, Sent, StepEnd, StepFinished,
    StepRecord,
};

const JSON: &str = "application/json; charset=utf-8";

/// A scenario, put together call by call.
struct Story {
    index: u32,
    records: Vec<StepRecord>,
    events: Vec<Event>,
    profile: ProfileRecord,
}

impl Story {
    fn new() -> Self {
        Self { index: 1, records: Vec::new(), events: Vec::new(), profile: ProfileRecord::default() }
            .step(Expectation::Accepted)
    }

    fn step(mut self, expectation: Expectation) -> Self {
        self.records.push(StepRecord {
            id: format!("step-{}", self.records.len()),
            verb: "call".into(),
            by: "bss".to_owned(),
            line: 1,
            proves: vec![],
            flaw_proves: std::collections::BTreeMap::new(),
            control: None,
            expectation,
            vendor: vec![],
            snapshot: false,
        });
        self
    }

    /// A call with everything that can be said about it.
    fn exchange(
        mut self,
        endpoint: Endpoint,
        (intent, check_only): (Intent, bool),
        request: &str,
        elapsed_us: u64,
        outcome: Outcome,
    ) -> Self {
        let (scenario, step) = (self.index, self.records.len() as u32 - 1);
        let call = self.events.iter().filter(|e| matches!(e, Event::Sent(sent) if sent.step == step)).count() as u32;
        self.events.push(Event::Sent(Sent {
            scenario,
            step,
            call,
            attempt: 0,
            intent,
            label: "call".into(),
            endpoint: Some(endpoint),
            check_only,
            method: endpoint.spec().verb.as_str().into(),
            url: "http://h/x".into(),
            headers: vec![("Accept".into(), "application/json".into())],
            body: Some(request.into()),
        }));
        self.events.push(Event::Answered(Answered { scenario, step, call, attempt: 0, elapsed_us, outcome }));
        self
    }

    /// An ordinary call.
    fn asks(self, endpoint: Endpoint, request: &str, answer: &str) -> Self {
        self.exchange(endpoint, (Intent::Ordinary, false), request, 1, answered(200, JSON, answer))
    }

    /// The last call, with the settings of a partner.
    fn of_partner(mut self, user: &str) -> Self {
        let last = self.events.iter_mut().rev().find_map(|event| match event {
            Event::Sent(sent) => Some(sent),
            _ => None,
        });
        last.unwrap().headers.push(("X-CloudPlatform-Setting-FieldUsername".into(), user.into()));
        self
    }

    /// A pre-check.
    fn checks(self, endpoint: Endpoint, request: &str, answer: &str) -> Self {
        self.exchange(endpoint, (Intent::Ordinary, true), request, 1, answered(200, JSON, answer))
    }

    /// A call with something wrong in it.
    fn errs(self, endpoint: Endpoint, request: &str, status: u16, answer: &str) -> Self {
        let flaw = Intent::Flawed { flaw: "f".into(), control: "c".into() };
        self.exchange(endpoint, (flaw, false), request, 1, answered(status, JSON, answer))
    }

    /// What the vendor side shows.
    fn probe(mut self, moment: ProbeMoment, document: &str) -> Self {
        let (scenario, step) = (self.index, self.records.len() as u32 - 1);
        let outcome = Probe::Document(document.into());
        self.events.push(Event::Probed(Probed { scenario, step, moment, outcome }));
        self
    }

    fn evidence(self) -> (ScenarioEvidence, ProfileRecord) {
        let mut evidence = ScenarioEvidence::default();
        evidence.apply(Event::ScenarioStarted(ScenarioStarted {
            scenario: self.index,
            key: "a/b".into(),
            title: "t".into(),
            file: "f".into(),
            built_in: false,
            sha256: String::new(),
            tags: vec![],
            customer: Customer::default(),
            steps: self.records,
            identities: vec![],
        }));
        self.events.into_iter().for_each(|event| evidence.apply(event));
        evidence.settle();
        (evidence, self.profile)
    }

    /// The notes of a rule.
    fn notes(self, rule: u16) -> Vec<Note> {
        let (evidence, profile) = self.evidence();
        examine(&evidence, &profile).into_iter().filter(|note| note.rule == rule).collect()
    }

    /// What a rule says, note by note: `kept`, or the place of each breach (its sentence, where it has no place).
    fn said(self, rule: u16) -> Vec<String> {
        self.notes(rule)
            .into_iter()
            .flat_map(|note| match note.breaches.is_empty() {
                true => vec!["kept".to_owned()],
                false => note.breaches.into_iter().map(|breach| breach.at.unwrap_or(breach.message)).collect(),
            })
            .collect()
    }
}

fn answered(status: u16, content_type: &str, body: &str) -> Outcome {
    let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
    Outcome::Received { status, headers, body: body.into(), lossy: false, truncated: false }
}

fn failed(kind: FailureKind) -> Outcome {
    Outcome::Failed { kind, message: "no answer within 100 s".into() }
}

/// What a rule says about one answer of 200.
fn of(endpoint: Endpoint, rule: u16, answer: &str) -> Vec<String> {
    Story::new().asks(endpoint, "{}", answer).said(rule)
}

#[test]
fn nothing_is_said_about_what_was_not_answered() {
    let story = Story::new().exchange(
        Endpoint::SubscriptionCreate,
        (Intent::Ordinary, false),
        "{}",
        1,
        failed(FailureKind::Reset),
    );
    let (evidence, profile) = story.evidence();
    assert_eq!(examine(&evidence, &profile), []);
}

#[test]
fn what_is_examined_is_said_of_rules_that_exist() {
    for number in OF_ANSWERS.iter().copied().flatten().map(|of| of.rule) {
        assert!(super::super::all().any(|rule| rule.number == number && examines(rule)), "{number}");
    }
    assert!(!examines(super::super::by_key("R-49").unwrap()));
    assert!(examines(super::super::by_key("R-101").unwrap()));
}
