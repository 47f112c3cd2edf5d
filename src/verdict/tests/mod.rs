//! What is made of evidence: each expectation against answers that meet it, miss it, or cannot tell.

mod at_once;
mod charges;
mod flaws;
mod suspects;
mod whole;

use super::*;
use crate::{
    contract::{Endpoint, Expectation, expectation::Demand},
    evidence::{
        Answered, Customer, Event, FailureKind, Intent, Outcome as Received, Planned, PlannedScenario, Probe,
        ProbeMoment, Probed, ProfileRecord, RunFinished, RunStarted, ScenarioEnd, ScenarioEvidence, ScenarioFinished,
        ScenarioStarted, Sent, StepEnd, StepFinished, StepRecord, StepStarted,
    },
    json::{Json, Matcher},
    snapshot::{Accepted, Redactions, SnapshotError, SnapshotName},
};
use std::borrow::Cow;

/// Nobody has accepted anything.
#[derive(Debug)]
struct Nothing;
impl Accepted for Nothing {
    fn get(&self, _: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        Ok(None)
    }
}

/// A scenario of one or more steps, put together call by call.
struct Story {
    evidence: ScenarioEvidence,
    records: Vec<StepRecord>,
    events: Vec<Event>,
    profile: ProfileRecord,
    built_in: bool,
    /// With what the rules say about any answer.
    whole: bool,
}

const REFUSED: &str = r#"{"Code":-7,"Message":"not that many","Result":null}"#;
const OK: &str = r#"{"Code":0,"Message":"","Result":"S1"}"#;

impl Story {
    fn new() -> Self {
        let profile = ProfileRecord::default();
        let evidence = ScenarioEvidence::default();
        Self { evidence, records: vec![], events: vec![], profile, built_in: false, whole: false }
    }

    fn step(mut self, id: &str, proves: &[&str], expectation: Expectation) -> Self {
        let step = self.records.len() as u32;
        self.records.push(StepRecord {
            id: id.into(),
            verb: "change_quantity".into(),
            by: "bss".to_owned(),
            line: step + 3,
            proves: proves.iter().map(|rule| (*rule).to_owned()).collect(),
            flaw_proves: std::collections::BTreeMap::new(),
            control: None,
            expectation,
            vendor: vec![],
            snapshot: true,
        });
        self.events.push(Event::StepStarted(StepStarted { scenario: 1, step, expectation: None, vendor: None }));
        let end = StepEnd::Played;
        self.events.push(Event::StepFinished(StepFinished { scenario: 1, step, end }));
        self
    }

    fn control(mut self, id: &str) -> Self {
        self.records.last_mut().unwrap().control = Some(id.into());
        self
    }

    /// What may be the reason if the last step is refused.
    fn suspect(mut self, name: &str, rule: &str) -> Self {
        self.records.last_mut().unwrap().flaw_proves.insert(name.to_owned(), vec![rule.to_owned()]);
        self
    }

    fn vendor(mut self, path: &str, value: i64) -> Self {
        let matcher = Matcher::Equals(Json::from(value));
        self.records.last_mut().unwrap().vendor.push(Demand { path: path.into(), matcher });
        self
    }

    fn ends(mut self, end: StepEnd) -> Self {
        let step = self.records.len() as u32 - 1;
        self.events.push(Event::StepFinished(StepFinished { scenario: 1, step, end }));
        self
    }

    fn call(mut self, intent: Intent, check_only: bool, outcome: Received) -> Self {
        let step = self.records.len() as u32 - 1;
        let call = self.events.iter().filter(|e| matches!(e, Event::Sent(sent) if sent.step == step)).count() as u32;
        self.events.push(Event::Sent(Sent {
            scenario: 1,
            step,
            call,
            attempt: 0,
            intent,
            label: "subscriptions-update".into(),
            endpoint: Some(Endpoint::SubscriptionUpdate),
            check_only,
            method: "POST".into(),
            url: "http://h/Subscriptions/Update".into(),
            headers: vec![],
            body: Some("{}".into()),
        }));
        self.events.push(Event::Answered(Answered { scenario: 1, step, call, attempt: 0, elapsed_us: 1, outcome }));
        self
    }

    /// What the last call was, and about what.
    fn of(mut self, endpoint: Endpoint, body: &str) -> Self {
        let sent = self.events.iter_mut().rev().find_map(|event| match event {
            Event::Sent(sent) => Some(sent),
            _ => None,
        });
        let sent = sent.unwrap();
        (sent.endpoint, sent.body) = (Some(endpoint), Some(body.into()));
        self
    }

    /// Renames the last call.
    fn label(mut self, label: &str) -> Self {
        let sent = self.events.iter_mut().rev().find_map(|event| match event {
            Event::Sent(sent) => Some(sent),
            _ => None,
        });
        sent.unwrap().label = label.into();
        self
    }

    fn answer(self, status: u16, body: &str) -> Self {
        self.call(Intent::Ordinary, false, received(status, body))
    }

    fn probe(mut self, moment: ProbeMoment, document: &str) -> Self {
        let step = self.records.len() as u32 - 1;
        let outcome = match document.strip_prefix('!') {
            Some(reason) => Probe::Failed(reason.into()),
            None => Probe::Document(document.into()),
        };
        self.events.push(Event::Probed(Probed { scenario: 1, step, moment, outcome }));
        self
    }

    fn judge(mut self) -> ScenarioVerdict {
        self.evidence.apply(Event::ScenarioStarted(ScenarioStarted {
            scenario: 1,
            key: "a/b".into(),
            title: "t".into(),
            file: "a/b.yaml".into(),
            built_in: self.built_in,
            sha256: String::new(),
            tags: vec![],
            customer: Customer::default(),
            steps: self.records,
            identities: vec![],
        }));
        self.events.into_iter().for_each(|event| self.evidence.apply(event));
        self.evidence.apply(Event::ScenarioFinished(ScenarioFinished {
            scenario: 1,
            end: ScenarioEnd::Completed,
            elapsed_us: 9,
            left_behind: vec![],
            events: None,
        }));
        self.evidence.settle();
        let mut verdict = judge(&self.evidence, &self.profile, &Nothing, &Redactions::default()).unwrap();
        // What the rules say about any answer has tests of its own.
        if !self.whole {
            verdict.checks.retain(|check| check.rule.is_none_or(|rule| rule.id != check.name));
        }
        verdict
    }

    /// The same with what the rules say about any answer, but for what is kept.
    fn found(mut self) -> Vec<String> {
        self.whole = true;
        let line = |check: &Check| {
            let rule = check.rule.map_or("-".to_owned(), |rule| rule.key());
            format!("{rule} {}", check.status.words())
        };
        self.judge().checks.iter().filter(|check| check.status != Status::Pass).map(line).collect()
    }

    /// Each check of a step as `name rule status`; those that the rules make of every answer are tested where they stand.
    fn checks(self) -> Vec<String> {
        let verdict = self.judge();
        let of_step = |check: &&Check| check.rule.is_none_or(|rule| check.name != rule.id);
        let line = |check: &Check| {
            let rule = check.rule.map_or("-".to_owned(), |rule| rule.key());
            format!("{} {rule} {}", check.name, check.status.words())
        };
        verdict.checks.iter().filter(of_step).map(line).collect()
    }
}

fn received(status: u16, body: &str) -> Received {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Received::Received { status, headers, body: body.into(), lossy: false, truncated: false }
}

fn failed(kind: FailureKind) -> Received {
    Received::Failed { kind, message: "gone".into() }
}

#[test]
fn each_expectation_is_met_or_missed_by_the_class_of_the_answer() {
    use Expectation::{Accepted, Denied, Harmless, Refused};
    for (expectation, status, body, wanted) in [
        (Accepted, 200, OK, "pass"),
        (Accepted, 200, REFUSED, "fail"),
        (Accepted, 201, OK, "fail"),
        (Accepted, 500, "{}", "fail"),
        (Accepted, 404, "{}", "fail"),
        // What is wrong with it is the business of R-14.
        (Accepted, 200, "<html>", "blocked"),
        (Refused, 200, REFUSED, "pass"),
        (Refused, 422, REFUSED, "pass"),
        (Refused, 500, REFUSED, "fail"),
        (Refused, 200, OK, "fail"),
        // That the words are missing is the business of R-74.
        (Refused, 200, r#"{"Code":-7,"Message":" "}"#, "pass"),
        (Refused, 401, "{}", "fail"),
        (Denied, 401, "{}", "pass"),
        (Denied, 403, "{}", "warn"),
        (Denied, 200, REFUSED, "fail"),
        (Harmless, 200, OK, "pass"),
        (Harmless, 404, "", "pass"),
        (Harmless, 500, "", "warn"),
    ] {
        let name = expectation.name();
        let checks = Story::new().step("s", &[], expectation).answer(status, body).checks();
        assert_eq!(checks.last(), Some(&format!("{name} - {wanted}")), "{status} {body}");
    }
}

#[test]
fn only_a_must_on_more_than_inference_is_a_failure() {
    // R-54 is a documented must, R-59 an inferred one, R-76 a recommendation.
    let story = || Story::new().step("s", &["R-54", "R-59", "R-76"], Expectation::Accepted).answer(200, REFUSED);
    assert_eq!(story().checks(), ["accepted R-54 fail", "accepted R-59 warn", "accepted R-76 warn"]);
    let mut strict = story();
    strict.profile.strict = true;
    assert_eq!(strict.checks(), ["accepted R-54 fail", "accepted R-59 fail", "accepted R-76 warn"]);
}

#[test]
fn a_refusal_counts_only_beside_an_accepted_control() {
    let story = |control: &str| {
        let story = Story::new().step("good", &[], Expectation::Accepted).answer(200, control);
        story.step("bad", &["R-54"], Expectation::Refused).control("good").answer(200, REFUSED).checks()
    };
    assert_eq!(story(OK)[1], "refused R-54 pass");
    assert_eq!(story(REFUSED)[1], "refused R-54 blocked");
}

#[test]
fn a_refusal_that_changes_something_is_none() {
    let story = |after: &str| {
        let story = Story::new().step("good", &[], Expectation::Accepted).answer(200, OK);
        let story = story.step("bad", &["R-54"], Expectation::Refused).control("good");
        let story = story.probe(ProbeMoment::Before, r#"{"subscriptions":[{"quantity":5}]}"#).answer(200, REFUSED);
        story.probe(ProbeMoment::After, after).checks()
    };
    assert_eq!(story(r#"{"subscriptions":[{"quantity":5}]}"#)[1], "refused R-54 pass");
    assert_eq!(story(r#"{"subscriptions":[{"quantity":9}]}"#)[1], "refused R-54 fail");
    assert_eq!(story("!HTTP 500")[1..], ["refused R-54 pass", "vendor side - error"]);
}

/// Whatever the step is about: somebody pays for what was left.
#[test]
fn a_refused_order_that_leaves_a_subscription_breaks_r_62() {
    let story = |after: &str| {
        let story = Story::new().step("good", &[], Expectation::Accepted).answer(200, OK);
        let story = story.step("bad", &["R-102"], Expectation::Refused).control("good");
        let story = story.probe(ProbeMoment::Before, r#"{"subscriptions":[{"id":"S1"}]}"#).answer(200, REFUSED);
        let story = story.of(Endpoint::SubscriptionCreate, r#"{"Quantity":1}"#);
        story.probe(ProbeMoment::After, after).checks()
    };
    let of_62 = |after: &str| story(after).iter().filter(|check| check.contains("leaves nothing R-62")).count();
    assert_eq!(of_62(r#"{"subscriptions":[{"id":"S1"},{"id":"S2"}]}"#), 1);
    assert_eq!(of_62(r#"{"subscriptions":[{"id":"S1"}]}"#), 0);
    assert_eq!(of_62(r#"{"subscriptions":[{"id":"S1","quantity":2}]}"#), 0, "changed, and not left");
}

#[test]
fn a_pre_check_is_judged_by_what_is_seen_between_it_and_the_call() {
    let story = |checked: Option<&str>| {
        let story = Story::new().step("s", &["R-103", "R-54"], Expectation::Accepted);
        let story = story.probe(ProbeMoment::Before, "{\"a\":1}").call(Intent::Ordinary, true, received(200, OK));
        let story = match checked {
            Some(document) => story.probe(ProbeMoment::Checked, document),
            None => story,
        };
        story.answer(200, OK).checks()
    };
    assert_eq!(story(Some("{\"a\":1}")), ["accepted R-54 pass", "pre-check changes nothing R-103 pass"]);
    assert_eq!(story(Some("{\"a\":2}"))[1], "pre-check changes nothing R-103 fail");
    assert_eq!(story(None)[1], "pre-check changes nothing R-103 not observable");
}

#[test]
fn a_pre_check_that_accepts_what_the_call_refuses_is_found() {
    let story = Story::new().step("good", &[], Expectation::Accepted).answer(200, OK);
    let story = story.step("bad", &["R-104"], Expectation::Refused).control("good");
    let flawed = || Intent::Flawed { flaw: "too many".into(), control: "good".into() };
    let story = story.call(flawed(), true, received(200, OK)).call(flawed(), false, received(200, REFUSED));
    let verdict = story.judge();
    assert_eq!(verdict.checks[1].status, Status::Fail);
    assert_eq!(
        verdict.checks[1].finding.as_ref().unwrap().message,
        "the pre-check accepted what the call itself then refused"
    );
}

#[test]
fn the_vendor_side_is_seen_not_seen_or_not_asked() {
    // R-53 is seen on the vendor side alone.
    let story = || Story::new().step("s", &["R-53", "R-49"], Expectation::Accepted).vendor("$.q", 5);
    let seen = |document: &str| story().answer(200, OK).probe(ProbeMoment::After, document).checks();
    assert_eq!(seen("{\"q\":5}"), ["accepted R-49 pass", "vendor side R-53 pass"]);
    assert_eq!(seen("{\"q\":10}"), ["accepted R-49 pass", "vendor side R-53 fail"]);
    assert_eq!(seen("!timeout"), ["accepted R-49 pass", "vendor side R-53 error"]);
    let cleaned_up = story().answer(200, OK).probe(ProbeMoment::After, "{\"q\":10}");
    let verdict = cleaned_up.call(Intent::Teardown, false, received(200, OK)).judge();
    let shown = verdict.checks.iter().find_map(|check| check.finding.as_ref()?.exchange.as_ref()).unwrap();
    assert_eq!(shown.call, 0, "the call of the step, and not the one that cleans up after it");
    assert_eq!(story().answer(200, OK).checks(), ["accepted R-49 pass", "vendor side R-53 not observable"]);
    // A probe may tell less than it could: that is neither for nor against the target.
    let quantity = Story::new().step("s", &["R-53"], Expectation::Accepted).vendor("$.subscriptions[*].quantity", 5);
    let silent = quantity.answer(200, OK).probe(ProbeMoment::After, r#"{"subscriptions":[{"id":"S1"}]}"#).judge();
    let told = silent.checks.iter().find(|check| check.name == "vendor side").unwrap();
    assert_eq!(told.status, Status::NotObservable);
    assert_eq!(told.finding.as_ref().unwrap().message, "the probe tells no `quantity` of a subscription");
    let missed = story().answer(200, REFUSED).probe(ProbeMoment::After, "{\"q\":3}").checks();
    assert_eq!(
        missed,
        ["accepted R-49 fail", "vendor side R-53 blocked"],
        "what did not happen has no effect to judge"
    );
}

#[test]
fn how_a_step_ended_decides_when_nothing_was_answered() {
    let ended = |end: StepEnd| Story::new().step("s", &["R-54"], Expectation::Accepted).ends(end).checks();
    assert_eq!(ended(StepEnd::NotOffered(Endpoint::AccountDelete)), ["accepted R-54 not applicable"]);
    assert_eq!(ended(StepEnd::Blocked("x".into())), ["accepted R-54 blocked"]);
    assert_eq!(ended(StepEnd::CouldNotRun("x".into())), ["accepted R-54 could not run"]);
    assert_eq!(ended(StepEnd::Error("x".into())), ["accepted R-54 error"]);
    assert_eq!(ended(StepEnd::Waiting("x".into())), ["accepted R-54 not applicable"]);
    let lost = Story::new().step("s", &["R-54"], Expectation::Accepted).call(
        Intent::Ordinary,
        false,
        failed(FailureKind::Reset),
    );
    assert_eq!(
        lost.checks(),
        ["accepted R-54 fail"],
        "a connection that is closed after the request is the target's failure"
    );
    let waiting = Story::new().step("s", &[], Expectation::Waiting).ends(StepEnd::Waiting("approval".into()));
    assert_eq!(waiting.checks(), ["waiting - pass"]);
}
