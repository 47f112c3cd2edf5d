use super::{Call, FailureKind, Intent, Outcome, call, none, scenario, step};
use crate::{contract::Endpoint::SubscriptionCreate as CREATE, snapshot::take};

const DONE: &str = r#"{"Code":0,"Message":"","Result":"subscription-1"}"#;

fn names(calls: Vec<Call>) -> Vec<String> {
    let evidence = scenario(&[], vec![step("buy")], calls.into_iter().map(|call| (0, call)));
    take(&evidence, &none()).into_iter().map(|taken| taken.name.to_string()).collect()
}

#[test]
fn intents_and_statuses_decide_what_has_a_snapshot() {
    let with = |intent| names(vec![Call { intent, ..call(0, CREATE, DONE) }]).len();
    assert_eq!(with(Intent::Ordinary) + with(Intent::Setup) + with(Intent::Control), 3);
    assert_eq!(with(Intent::Variation("unknown members".into())), 1);
    assert_eq!(with(Intent::Teardown), 0);
    assert_eq!(with(Intent::Flawed { flaw: "f".into(), control: "buy".into() }), 0);
    for (status, count) in [(200, 1), (401, 0), (403, 0), (404, 1), (500, 1)] {
        assert_eq!(names(vec![call(0, CREATE, DONE).status(status)]).len(), count, "{status}");
    }
    let failed = Outcome::Failed { kind: FailureKind::Timeout, message: String::new() };
    assert!(names(vec![Call { outcome: failed, ..call(0, CREATE, "") }]).is_empty());
    let mut silent = step("buy");
    silent.snapshot = false;
    assert!(take(&scenario(&[], vec![silent], [(0, call(0, CREATE, DONE))]), &none()).is_empty());
}

#[test]
fn the_last_attempt_of_a_call_counts_in_whatever_order_it_was_recorded() {
    let attempt = |attempt, body: &str| (0, Call { attempt, ..call(0, CREATE, body) });
    let calls = [attempt(1, DONE), attempt(0, r#"{"Code":7,"Message":"later"}"#)];
    let evidence = scenario(&[], vec![step("buy")], calls);
    let taken = take(&evidence, &none());
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].exchange.sent.attempt, 1);
    assert!(taken[0].content.contains("\"Code\": 0"));
}

#[test]
fn a_call_without_an_answer_keeps_its_name() {
    let three = |middle: Call| names(vec![call(0, CREATE, DONE), middle, call(2, CREATE, DONE)]);
    let expected = ["subscriptions/life/buy.create.snap", "subscriptions/life/buy.create-3.snap"];
    assert_eq!(three(call(1, CREATE, DONE).status(401)), expected);
    let failed = Outcome::Failed { kind: FailureKind::Reset, message: String::new() };
    assert_eq!(three(Call { outcome: failed, ..call(1, CREATE, "") }), expected);
    // A flaw that somebody adds must not rename what follows.
    let flawed = Call { intent: Intent::Flawed { flaw: "f".into(), control: "buy".into() }, ..call(1, CREATE, DONE) };
    assert_eq!(three(flawed)[1], "subscriptions/life/buy.create-2.snap");
}

#[test]
fn the_header_shows_no_folder_of_one_machine() {
    let mut evidence = scenario(&[], vec![step("buy")], [(0, call(0, CREATE, DONE))]);
    for (file, source) in [
        ("scenarios/subscriptions/life.yaml", "scenarios/subscriptions/life.yaml"),
        ("C:\\Users\\kim\\life.yaml", "life.yaml"),
        ("/home/kim/life.yaml", "life.yaml"),
        ("mine\\life.yaml", "mine/life.yaml"),
    ] {
        evidence.started.as_mut().unwrap().file = file.into();
        let header = take(&evidence, &none())[0].header(evidence.started.as_ref().unwrap());
        assert_eq!((header.source.as_str(), header.expression.as_str()), (source, "buy create Subscriptions/Create"));
    }
}
