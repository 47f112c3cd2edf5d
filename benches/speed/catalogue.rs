//! A catalogue of 20 MB, and what judging it costs without any HTTP.

use mock_bss::{
    contract::{Endpoint, Expectation},
    evidence::{
        Answered, Customer, Event, Intent, Outcome, ScenarioEnd, ScenarioEvidence, ScenarioFinished, ScenarioStarted,
        Sent, StepEnd, StepFinished, StepRecord,
    },
    json,
    snapshot::{self, Folder, Redactions},
};
use std::{fmt::Write, hint::black_box, path::Path, time::Instant};

const SIZE: usize = 20 * 1024 * 1024;

/// Product types with attributes, and products with prices, attributes, and an upgrade to the next one.
pub(crate) fn make() -> String {
    const TYPES: usize = 12;
    let mut out = String::with_capacity(SIZE + 4096);
    out.push_str(r#"{"ProductTypes":["#);
    for of_type in 0..TYPES {
        let comma = if of_type > 0 { "," } else { "" };
        let _ = write!(
            out,
            r#"{comma}{{"ID":"type-{of_type}","Name":"Type {of_type}","AllowMultipleSubscriptions":true,"AttributeList":["#
        );
        for attribute in 0..12 {
            let comma = if attribute > 0 { "," } else { "" };
            let _ = write!(
                out,
                r#"{comma}{{"ID":"attribute-{attribute}","Name":"Attribute {attribute}","Usage":0,"UsageSpecified":true,"Kind":0,"KindSpecified":true}}"#
            );
        }
        out.push_str(r#"],"ProductsCollection":{"Products":["#);
        let (end, mut product) = (SIZE / TYPES * (of_type + 1), 0);
        while out.len() < end {
            let (comma, next) = (if product > 0 { "," } else { "" }, product + 1);
            let _ = write!(
                out,
                r#"{comma}{{"ID":"product-{of_type}-{product}","Name":"Product {product} of type {of_type}","Code":"SKU-{product:08}","IsActivated":true,"EnableCancellation":true,"ChargeType":0,"UnitBillingCycles":[0,1],"Prices":["#
            );
            for cycle in 0..4 {
                let comma = if cycle > 0 { "," } else { "" };
                let _ = write!(
                    out,
                    r#"{comma}{{"BillingCycle":{cycle},"Currency":"EUR","CostPrice":{product}.4500,"SalesPrice":{next}.9900,"ValidFrom":"2025-01-01T00:00:00Z"}}"#
                );
            }
            out.push_str(r#"],"Attributes":["#);
            for attribute in 0..12 {
                let comma = if attribute > 0 { "," } else { "" };
                let _ = write!(
                    out,
                    r#"{comma}{{"ID":"attribute-{attribute}","Values":["value {attribute} of product {product}"]}}"#
                );
            }
            let _ = write!(out, r#"],"RelatedProducts":["#);
            if product > 0 {
                let _ = write!(out, r#"{{"ProductID":"product-{of_type}-{}","Relation":5}}"#, product - 1);
            }
            out.push_str("]}");
            product += 1;
        }
        out.push_str(r#"],"Addons":[]}}"#);
    }
    out.push_str("]}");
    out
}

/// Seconds of one pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passes {
    /// serde_json makes its tree of it.
    pub(crate) parse: f64,
    /// mock-bss reads it, normalises it and compares it with its snapshot.
    pub(crate) all: f64,
    /// The last two of these: what a run pays for snapshots.
    pub(crate) snapshot: f64,
}

/// The fastest of some passes, with nothing changed since the snapshot was accepted.
pub(crate) fn passes(text: &str, folder: &Path, times: usize) -> Passes {
    let rules = Redactions::default();
    let first = evidence(text);
    for taken in snapshot::take(&first, &rules) {
        let header = taken.header(first.started.as_ref().unwrap());
        snapshot::write_pending(folder, &taken.name, &header, &taken.content).unwrap();
    }
    snapshot::accept(folder, |_| true).unwrap();
    let mut best = Passes { parse: f64::MAX, all: f64::MAX, snapshot: f64::MAX };
    for _ in 0..times {
        let started = Instant::now();
        black_box(serde_json::from_str::<serde_json::Value>(text).unwrap());
        best.parse = best.parse.min(started.elapsed().as_secs_f64());

        let evidence = evidence(text);
        let started = Instant::now();
        // Read by itself first, as the platform does; judging uses the same tree.
        assert!(evidence.steps[0].exchanges[0].json().is_some_and(|json| json.is_ok()));
        let read = started.elapsed().as_secs_f64();
        let started = Instant::now();
        for taken in snapshot::take(&evidence, &rules) {
            let accepted = Folder::new(folder);
            assert!(snapshot::judge(&accepted, &taken.name, &taken.content).unwrap().is_same());
        }
        let stage = started.elapsed().as_secs_f64();
        best.snapshot = best.snapshot.min(stage);
        best.all = best.all.min(read + stage);
    }
    best
}

/// The evidence of one read of the catalogue.
fn evidence(text: &str) -> ScenarioEvidence {
    assert!(json::parse(text.as_bytes()).is_ok());
    let step = StepRecord {
        id: "catalogue".to_owned(),
        verb: "read".to_owned(),
        by: "bss".to_owned(),
        line: 1,
        proves: Vec::new(),
        flaw_proves: std::collections::BTreeMap::new(),
        control: None,
        expectation: Expectation::Accepted,
        vendor: Vec::new(),
        snapshot: true,
    };
    let started = ScenarioStarted {
        scenario: 1,
        key: "bench/catalogue".to_owned(),
        title: String::new(),
        file: "bench".to_owned(),
        built_in: false,
        sha256: String::new(),
        tags: Vec::new(),
        customer: Customer::default(),
        steps: vec![step],
        identities: Vec::new(),
    };
    let sent = Sent {
        scenario: 1,
        step: 0,
        call: 0,
        attempt: 0,
        intent: Intent::Setup,
        label: "fields-servicedefinition".to_owned(),
        endpoint: Some(Endpoint::ServiceDefinition),
        check_only: false,
        method: "GET".to_owned(),
        url: "http://127.0.0.1/Fields/ServiceDefinition".to_owned(),
        headers: Vec::new(),
        body: None,
    };
    let outcome = Outcome::Received {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: text.to_owned(),
        lossy: false,
        truncated: false,
    };
    let finished = ScenarioFinished {
        scenario: 1,
        end: ScenarioEnd::Completed,
        elapsed_us: 1,
        left_behind: Vec::new(),
        events: None,
    };
    let mut evidence = ScenarioEvidence::default();
    evidence.apply(Event::ScenarioStarted(started));
    evidence.apply(Event::Sent(sent));
    evidence.apply(Event::Answered(Answered { scenario: 1, step: 0, call: 0, attempt: 0, elapsed_us: 1, outcome }));
    evidence.apply(Event::StepFinished(StepFinished { scenario: 1, step: 0, end: StepEnd::Played }));
    evidence.apply(Event::ScenarioFinished(finished));
    evidence
}
