//! What is made of evidence: each expectation against answers that meet it, miss it, or cannot tell.

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
fn each_flaw_is_a_check_and_is_blocked_without_its_control() {
    let flawed = |flaw: &str| Intent::Flawed { flaw: flaw.into(), control: "s".into() };
    let story = |control: &str| {
        Story::new()
            .step("s", &["R-04"], Expectation::Denied)
            .call(flawed("wrong_key"), false, received(401, "{}"))
            .call(flawed("raw_key"), false, received(200, OK))
            .call(Intent::Control, false, received(200, control))
            .checks()
    };
    const UNSEEN: &str = "denied changes nothing R-09 not observable";
    assert_eq!(
        story(OK),
        ["denied: wrong_key R-04 pass", "denied: raw_key R-04 fail", "control accepted - pass", UNSEEN]
    );
    // What got through is wrong whatever became of the control, and may be why the control was refused.
    assert_eq!(
        story(REFUSED),
        ["denied: wrong_key R-04 blocked", "denied: raw_key R-04 fail", "control accepted - blocked", UNSEEN]
    );
}

#[test]
fn a_flaw_is_judged_by_what_it_did() {
    // R-108 is seen on the vendor side, R-112 in the answer.
    let flawed = || Intent::Flawed { flaw: "yes".into(), control: "s".into() };
    let story = |expect: Expectation, rule: &str, answer: &str, seen: Option<&str>| {
        let mut story = Story::new().step("s", &[rule], expect).probe(ProbeMoment::Before, "{\"a\":1}");
        story = story.call(flawed(), false, received(200, answer));
        if let Some(seen) = seen {
            story = story.probe(ProbeMoment::Call(0), seen);
        }
        story.call(Intent::Control, false, received(200, OK)).checks().remove(0)
    };
    use Expectation::{Harmless, Refused};
    let (same, other) = (Some("{\"a\":1}"), Some("{\"a\":2}"));
    assert_eq!(story(Harmless, "R-108", OK, same), "harmless: yes R-108 pass");
    assert_eq!(story(Harmless, "R-108", OK, other), "harmless: yes R-108 warn");
    assert_eq!(story(Harmless, "R-108", REFUSED, other), "harmless: yes R-108 warn", "refused, and done all the same");
    assert_eq!(story(Harmless, "R-108", OK, None), "harmless: yes R-108 not observable");
    assert_eq!(story(Harmless, "R-108", REFUSED, None), "harmless: yes R-108 pass");
    assert_eq!(story(Refused, "R-54", REFUSED, other), "refused: yes R-54 fail");
    assert_eq!(story(Refused, "R-54", REFUSED, same), "refused: yes R-54 pass");
    assert_eq!(story(Refused, "R-54", OK, same), "refused: yes R-54 fail");
}

#[test]
fn what_a_harmless_flaw_may_be_answered_depends_on_its_rule() {
    let flawed = || Intent::Flawed { flaw: "cut".into(), control: "s".into() };
    let story = |rule: &str, status: u16, answer: &str, control: &str| {
        let story = Story::new().step("s", &[rule], Expectation::Harmless).probe(ProbeMoment::Before, "{}");
        let story = story.call(flawed(), false, received(status, answer)).probe(ProbeMoment::Call(0), "{}");
        story.call(Intent::Control, false, received(200, control)).checks()
    };
    // Only the first of them asks for an error, and only the last for one that is no crash.
    assert_eq!(story("R-109", 200, OK, OK)[0], "harmless: cut R-109 warn");
    assert_eq!(story("R-109", 200, OK, REFUSED), ["harmless: cut R-109 warn", "control accepted - blocked"]);
    assert_eq!(story("R-110", 200, OK, OK)[0], "harmless: cut R-110 pass");
    assert_eq!(story("R-109", 500, "{}", OK)[0], "harmless: cut R-109 pass");
    assert_eq!(story("R-110", 500, "{}", OK)[0], "harmless: cut R-110 warn");
    // What was accepted may stand in the way of the control.
    assert_eq!(story("R-110", 200, OK, REFUSED)[1], "control accepted - blocked");
    assert_eq!(story("R-110", 200, REFUSED, REFUSED)[1], "control accepted - fail");
}

#[test]
fn what_was_denied_and_done_all_the_same_breaks_a_rule_of_its_own() {
    let flawed = || Intent::Flawed { flaw: "none".into(), control: "s".into() };
    let story = |status: u16, seen: &str| {
        let story = Story::new().step("s", &["R-01"], Expectation::Denied).probe(ProbeMoment::Before, "{\"a\":1}");
        let story = story.call(flawed(), false, received(status, OK)).probe(ProbeMoment::Call(0), seen);
        story.call(Intent::Control, false, received(200, OK)).checks()
    };
    const DENIED: [&str; 2] = ["denied: none R-01 pass", "control accepted - pass"];
    assert_eq!(story(401, "{\"a\":1}"), [DENIED[0], DENIED[1], "denied changes nothing R-09 pass"]);
    assert_eq!(story(401, "{\"a\":2}"), [DENIED[0], DENIED[1], "denied changes nothing R-09 warn"]);
    // What was let in is no denied call.
    assert_eq!(story(200, "{\"a\":2}"), ["denied: none R-01 fail", "control accepted - pass"]);
}

#[test]
fn a_flaw_that_names_rules_serves_those_and_not_the_ones_of_its_step() {
    let flawed = |flaw: &str| Intent::Flawed { flaw: flaw.into(), control: "s".into() };
    let mut story = Story::new().step("s", &["R-10"], Expectation::Denied);
    story.records[0].flaw_proves.insert("raw_key".into(), vec!["R-06".into()]);
    let story = story.call(flawed("none"), false, received(401, "")).call(flawed("raw_key"), false, received(200, OK));
    let checks = story.call(Intent::Control, false, received(200, OK)).checks();
    assert_eq!(checks[..2], ["denied: none R-10 pass", "denied: raw_key R-06 fail"], "{checks:?}");
}

#[test]
fn an_open_door_is_one_finding() {
    const ID: (&str, &str) = ("X-CloudPlatform-ApplicationId", "5d0c9a4e-7b21-4f86-9e3a-c2180f6b7d94");
    let key = |key: &str| ("X-CloudPlatform-APIKey".to_owned(), key.to_owned());
    let id = || (ID.0.to_owned(), ID.1.to_owned());
    let headers = |flaw: &str| match flaw {
        "none" => vec![],
        "id_only" => vec![id()],
        "wrong_key" => vec![id(), key("[secret:key wrong_key base64]")],
        "other_key" => vec![id(), key("[secret:other key base64]")],
        _ => vec![id(), key("[secret:key base64]")],
    };
    let story = |lets_in: &[&str], crashes: &str| {
        let mut story = Story::new().step("s", &["R-10"], Expectation::Denied);
        for (flaw, rule) in [("id_only", "R-02"), ("wrong_key", "R-04"), ("other_key", "R-05")] {
            story.records[0].flaw_proves.insert(flaw.into(), vec![rule.into()]);
        }
        for flaw in ["none", "id_only", "wrong_key", "other_key", "control"] {
            let intent = match flaw {
                "control" => Intent::Control,
                flaw => Intent::Flawed { flaw: flaw.into(), control: "s".into() },
            };
            let (status, body) = match flaw {
                _ if flaw == crashes => (500, "{}"),
                _ if flaw == "control" || lets_in.contains(&flaw) => (200, OK),
                _ => (401, "{}"),
            };
            story = story.call(intent, false, received(status, body));
            let Some(Event::Sent(sent)) = story.events.iter_mut().rev().find(|e| matches!(e, Event::Sent(_))) else {
                unreachable!()
            };
            sent.headers = headers(flaw);
        }
        let verdict = story.judge();
        verdict.checks.iter().take(4).map(|check| check.status.words()).collect::<Vec<_>>()
    };
    assert_eq!(story(&[], ""), ["pass"; 4]);
    // Nobody is asked anything, so that any key will do.
    assert_eq!(story(&["none", "id_only", "wrong_key", "other_key"], ""), ["fail", "blocked", "blocked", "blocked"]);
    // Keys are not compared; a missing one is another matter.
    assert_eq!(story(&["wrong_key", "other_key"], ""), ["pass", "pass", "fail", "blocked"]);
    assert_eq!(story(&["id_only", "wrong_key", "other_key"], ""), ["pass", "fail", "fail", "blocked"]);
    // Keys of other applications are let in: nothing explains that but itself.
    assert_eq!(story(&["other_key"], ""), ["pass", "pass", "pass", "fail"]);
    // A crash is explained by no open door.
    assert_eq!(story(&["none", "id_only", "wrong_key"], "other_key"), ["fail", "blocked", "blocked", "fail"]);
}

#[test]
fn a_refusal_with_http_500_breaks_the_rules_that_ask_for_it() {
    let story = |status: u16, code: i64| {
        let answer = format!(r#"{{"Code":{code},"Message":"no","Result":null}}"#);
        let mut story = Story::new().step("good", &[], Expectation::Accepted).answer(200, OK);
        story = story.step("bad", &["R-59", "R-118"], Expectation::Refused).control("good").answer(status, &answer);
        story.profile.strict = true;
        story.checks()[1..].to_vec()
    };
    assert_eq!(story(200, -7), ["refused R-59 pass", "refused R-118 pass"]);
    // It was refused, and nothing is known to have been done; that the status is wrong is the business of R-13.
    assert_eq!(story(500, -7), ["refused R-59 fail", "refused R-118 blocked"]);
    // A crash is no refusal, and neither is a success under whatever status.
    assert_eq!(story(500, 0), ["refused R-59 fail", "refused R-118 fail"]);
}

#[test]
fn a_refusal_with_http_500_that_was_done_all_the_same_breaks_every_rule() {
    let mut story = Story::new().step("s", &["R-118"], Expectation::Refused).probe(ProbeMoment::Before, "{\"a\":1}");
    let flawed = Intent::Flawed { flaw: "other".into(), control: "s".into() };
    story = story.call(flawed, false, received(500, REFUSED)).probe(ProbeMoment::Call(0), "{\"a\":2}");
    story.profile.strict = true;
    let checks = story.call(Intent::Control, false, received(200, OK)).checks();
    assert_eq!(checks[0], "refused: other R-118 fail");
}

#[test]
fn a_call_that_is_lost_breaks_the_rule_that_any_such_step_serves_and_no_other() {
    let story = |intent: Intent, outcome: Received| {
        let mut story = Story::new().step("s", &["R-79"], Expectation::Accepted).call(intent, false, outcome);
        story.built_in = true;
        story.checks()
    };
    let lost = ["accepted R-54 fail", "accepted R-79 blocked"];
    for outcome in [failed(FailureKind::Reset), received(404, "{}")] {
        assert_eq!(story(Intent::Ordinary, outcome), lost);
    }
    // What can be read, and what may be an answer to something odd about the call, is charged to what the step names.
    assert_eq!(story(Intent::Ordinary, received(200, REFUSED)), ["accepted R-79 fail"]);
    assert_eq!(story(Intent::Variation("s".into()), failed(FailureKind::Reset)), ["accepted R-79 fail"]);
}

#[test]
fn a_step_that_ended_before_its_flaws_says_nothing_about_them() {
    let mut story = Story::new().step("s", &["R-118"], Expectation::Refused);
    story.built_in = true;
    let checks = story.call(Intent::Ordinary, true, received(404, "{}")).checks();
    assert_eq!(checks, ["control accepted R-54 fail", "refused R-118 blocked"]);
}

#[test]
fn an_identical_call_brings_the_same_id() {
    let answer = |id: &str| received(200, &format!(r#"{{"Code":0,"Message":"","Result":"{id}"}}"#));
    let story = |first, again| {
        let story = Story::new().step("s", &["R-60"], Expectation::Accepted);
        story
            .call(Intent::Ordinary, false, first)
            .label("create")
            .call(Intent::Repeated, false, again)
            .label("create-again")
            .checks()
    };
    assert_eq!(story(answer("S1"), answer("S1")), ["repeated R-60 pass", "accepted - pass"]);
    assert_eq!(story(answer("S1"), answer("S2")), ["repeated R-60 warn", "accepted - pass"]);
    assert_eq!(story(answer("S1"), received(200, REFUSED)), ["repeated R-60 warn", "accepted - pass"]);
    assert_eq!(story(received(200, REFUSED), answer("S1")), ["repeated R-60 blocked", "accepted - fail"]);
}

#[test]
fn identical_calls_at_once_may_be_refused_but_never_done_twice() {
    let answer = |id: &str| received(200, &format!(r#"{{"Code":0,"Message":"","Result":"{id}"}}"#));
    let story = |one, two, three| {
        let story = Story::new().step("s", &["R-116"], Expectation::Accepted);
        let story = story.call(Intent::Ordinary, false, one).call(Intent::Repeated, false, two);
        story.call(Intent::Repeated, false, three).checks()
    };
    let refused = || received(200, REFUSED);
    assert_eq!(story(answer("S1"), refused(), answer("S1")), ["at once R-116 pass", "accepted - pass"]);
    assert_eq!(story(refused(), answer("S1"), refused()), ["at once R-116 pass", "accepted - pass"]);
    assert_eq!(story(answer("S1"), refused(), answer("S2")), ["at once R-116 warn", "accepted - pass"]);
    assert_eq!(story(refused(), refused(), refused()), ["at once R-116 warn", "accepted - fail"]);
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
    assert_eq!(story().answer(200, OK).checks(), ["accepted R-49 pass", "vendor side R-53 not observable"]);
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

#[test]
fn an_answer_without_form_is_charged_to_the_rule_on_its_form_alone() {
    use Expectation::Accepted;
    // R-51 and R-54 are documented musts; R-14 and R-15 rest on the SDK.
    let story = |body: &str| Story::new().step("s", &["R-51", "R-54"], Accepted).answer(200, body).found();
    const BLOCKED: [&str; 2] = ["R-51 blocked", "R-54 blocked"];
    for (body, rule) in [
        ("<html>", "R-14 fail"),
        ("", "R-14 fail"),
        (r#"{"d":{"Code":0,"Message":"","Result":"S1"}}"#, "R-15 fail"),
        (r#"{"Message":"","Result":"S1"}"#, "R-15 fail"),
        (r#"{"Code":"zero","Message":"","Result":"S1"}"#, "R-15 fail"),
    ] {
        assert_eq!(story(body), [BLOCKED[0], BLOCKED[1], rule], "{body}");
    }
    // A mapping speaks of the very member that is wrong, or of another one.
    let asked = |path: &str, value: i64| {
        let demand = Demand { path: path.into(), matcher: Matcher::Equals(Json::from(value)) };
        let text = r#"{"Code":"0","Message":"","Result":"S1"}"#;
        Story::new().step("s", &["R-54"], Expectation::Answer(vec![demand])).answer(200, text).found()
    };
    assert_eq!(asked("$.Code", 0), ["R-54 blocked", "R-15 fail"]);
    assert_eq!(asked("$.Result", 5), ["R-54 fail", "R-15 fail"]);
    // Whether it was refused cannot be read in it either.
    let good = Story::new().step("good", &[], Accepted).answer(200, OK);
    let bad = good.step("bad", &["R-54"], Expectation::Refused).control("good").answer(200, "{}");
    assert_eq!(bad.found(), ["R-54 blocked", "R-15 fail"]);
    // A refusal is no fault of form, whatever else is wrong with the answer.
    let refused = r#"{"Code":-7,"Message":7,"Result":null}"#;
    assert_eq!(story(refused), ["R-51 fail", "R-54 fail", "R-15 fail"]);
}

#[test]
fn no_failure_is_handed_over_to_a_recommendation() {
    use Expectation::Accepted;
    let story = |status, body: &str| Story::new().step("s", &["R-54"], Accepted).answer(status, body).found();
    for status in [201, 202, 500, 503] {
        assert_eq!(story(status, OK), ["R-54 fail", "R-13 warn"], "{status}");
    }
    assert_eq!(story(500, "<h1>"), ["R-54 fail"]);
    // The rule that such a step serves anyway is enough to fail.
    let mut other = Story::new().step("s", &["R-51", "R-56"], Accepted).answer(201, OK);
    other.built_in = true;
    assert_eq!(other.found(), ["R-54 fail", "R-51 blocked", "R-56 blocked", "R-13 warn"]);
    let mut lenient = Story::new().step("s", &["R-54"], Accepted).answer(201, OK);
    lenient.profile.dialect.insert("error_http".into(), "lenient".into());
    assert_eq!(lenient.found(), ["R-54 fail"]);
    let late = Story::new().step("s", &["R-54"], Accepted);
    let late = late.call(Intent::Ordinary, false, failed(FailureKind::Timeout));
    assert_eq!(late.found(), ["R-54 fail", "R-117 warn"]);
}

#[test]
fn a_consent_with_a_positive_code_is_charged_to_its_rule() {
    let story = |body: &str| {
        let story = Story::new().step("s", &["R-54", "R-51"], Expectation::Accepted);
        story.call(Intent::Ordinary, true, received(200, body)).found()
    };
    assert_eq!(story(r#"{"Code":3,"Message":"OK"}"#), ["R-54 blocked", "R-51 blocked", "R-105 fail"]);
    assert_eq!(story(r#"{"Code":3,"Message":"sold out"}"#), ["R-54 fail", "R-51 fail"]);
}

#[test]
fn a_refusal_without_words_is_a_refusal() {
    let story = |expect, answer: &str| {
        let story = Story::new().step("good", &[], Expectation::Accepted).answer(200, OK);
        story.step("bad", &["R-54", "R-76"], expect).control("good").answer(200, answer)
    };
    let silent = r#"{"Code":-7,"Message":"","Result":null}"#;
    assert_eq!(story(Expectation::Refused, silent).found(), ["R-74 fail"]);
    // Refused where it should have been accepted: two faults.
    assert_eq!(story(Expectation::Accepted, silent).found(), ["R-54 fail", "R-76 warn", "R-74 fail"]);
    // A positive code may be "in progress": then R-74 says nothing, and somebody has to.
    let mut pending = story(Expectation::Refused, r#"{"Code":7,"Message":"","Result":null}"#);
    pending.profile.pending = "positive_code".into();
    assert_eq!(pending.found(), ["R-54 fail", "R-76 warn"]);
}

#[test]
fn what_nobody_could_read_is_not_held_against_its_pre_check() {
    let story = |proves: &[&str], expect, outcome| {
        let story = Story::new().step("good", &[], Expectation::Accepted).answer(200, OK);
        let story = story.step("bad", proves, expect).control("good");
        story.call(Intent::Ordinary, true, received(200, OK)).call(Intent::Ordinary, false, outcome).found()
    };
    use Expectation::{Accepted, Refused};
    for expect in [Accepted, Refused] {
        let gone = story(&["R-104", "R-54"], expect.clone(), failed(FailureKind::Reset));
        let mut sorted = gone.clone();
        sorted.sort();
        assert_eq!(sorted, ["R-104 blocked", "R-54 fail"]);
        // Somebody has to be charged.
        assert_eq!(story(&["R-104"], expect, received(500, "{}")), ["R-104 fail"]);
    }
    assert_eq!(story(&["R-104", "R-54"], Refused, received(200, REFUSED)), ["R-104 fail", "R-104 fail"]);
}

#[test]
fn questions_are_blamed_only_for_a_call_that_followed_them() {
    let story = |asked: &str, done: &str| {
        let story = Story::new().step("s", &["R-54", "R-106"], Expectation::Accepted);
        let story = story.call(Intent::Ordinary, true, received(200, asked));
        let found = if done.is_empty() { story } else { story.call(Intent::Ordinary, false, received(200, done)) };
        let mut found = found.checks();
        found.sort();
        found
    };
    assert_eq!(story(OK, OK), ["accepted R-106 pass", "accepted R-54 pass"]);
    assert_eq!(story(OK, REFUSED), ["accepted R-106 warn", "accepted R-54 fail"]);
    assert_eq!(story(REFUSED, ""), ["accepted R-106 blocked", "accepted R-54 fail"]);
    let alone = Story::new().step("s", &["R-106"], Expectation::Accepted).answer(200, REFUSED);
    assert_eq!(alone.checks(), ["accepted R-106 warn"]);
}

#[test]
fn a_pre_check_that_agrees_with_its_call_is_right_even_where_both_are_wrong() {
    let story = |proves: &[&str]| {
        let story = Story::new().step("good", &[], Expectation::Accepted).answer(200, OK);
        let story = story.step("bad", proves, Expectation::Refused).control("good");
        story.call(Intent::Ordinary, true, received(200, OK)).answer(200, OK).found()
    };
    assert_eq!(story(&["R-91", "R-104"]), ["R-91 warn"]);
    assert_eq!(story(&["R-104"]), ["R-104 fail"], "somebody has to be charged");
}

#[test]
fn customers_who_change_at_once_are_told_of_their_own_subscriptions() {
    let told = |endpoint, results: [&str; 2]| {
        let answer = |result: &str| received(200, &OK.replace("S1", result));
        let story = Story::new().step("s", &["R-115"], Expectation::Accepted);
        let story = story.call(Intent::Ordinary, false, answer(results[0])).of(endpoint, r#"{"ID":"S1"}"#);
        story.call(Intent::Neighbour(1), false, answer(results[1])).of(endpoint, r#"{"ID":"S2"}"#).checks()[0].clone()
    };
    assert_eq!(told(Endpoint::SubscriptionSuspend, ["S1", "S2"]), "at once R-115 pass");
    assert_eq!(told(Endpoint::SubscriptionSuspend, ["S1", "S1"]), "at once R-115 warn");
    assert_eq!(told(Endpoint::SubscriptionUpdate, ["done", "done"]), "at once R-115 pass");
    assert_eq!(told(Endpoint::UpgradeDowngrade, ["S3", "S4"]), "at once R-115 pass");
    assert_eq!(told(Endpoint::AddonCreate, ["S2", "S2"]), "at once R-115 warn");
}

#[test]
fn what_customers_have_who_changed_at_once_is_their_own() {
    let kept = |own: i64, neighbours: [i64; 2]| {
        let document = |quantity: i64| {
            let status = if quantity < 0 { "suspended" } else { "active" };
            format!(r#"{{"subscriptions":[{{"status":"{status}","quantity":{}}}]}}"#, quantity.abs())
        };
        let body = |quantity: i64| format!(r#"{{"ID":"S{quantity}","Quantity":{quantity}}}"#);
        let mut story = Story::new().step("s", &["R-115"], Expectation::Accepted);
        story = story.answer(200, OK).of(Endpoint::SubscriptionUpdate, &body(own));
        for (index, quantity) in (1..).zip(neighbours) {
            let answer = received(200, &OK.replace("S1", ""));
            story = story.call(Intent::Neighbour(index), false, answer);
            story = story.of(Endpoint::SubscriptionUpdate, &body(own + i64::from(index)));
            story = story.probe(ProbeMoment::Neighbour(index), &document(quantity));
        }
        story.checks()[0].clone()
    };
    assert_eq!(kept(1, [2, 3]), "at once R-115 pass");
    assert_eq!(kept(1, [2, 9]), "at once R-115 warn");
    assert_eq!(kept(1, [2, -3]), "at once R-115 warn");
    assert_eq!(kept(1, [1, 1]), "at once R-115 warn", "the first customer's");
    assert_eq!(kept(1, [8, 9]), "at once R-115 pass", "nobody's change shows: that is another rule's");
}

#[test]
fn a_wrong_answer_is_charged_to_the_rules_that_the_step_names() {
    let wrong = || vec![Demand { path: "$.Code".into(), matcher: Matcher::Equals(Json::from(1)) }];
    let story = |built_in| {
        let mut story = Story::new().step("s", &["R-103"], Expectation::Answer(wrong())).answer(200, OK);
        story.built_in = built_in;
        story.checks()
    };
    assert_eq!(story(true)[0], "answer R-103 fail");
    assert_eq!(story(false)[0], "answer - fail");
    let mut named = Story::new().step("s", &["R-53"], Expectation::Answer(wrong())).vendor("$.q", 5).answer(200, OK);
    named.built_in = true;
    assert_eq!(named.checks()[0], "answer R-53 fail");
}

#[test]
fn what_is_not_scored_never_decides() {
    // R-127 is a must that is seen in practice, and waits for a later part.
    let mut story = Story::new().step("s", &["R-127"], Expectation::Accepted).answer(200, REFUSED);
    story.profile.strict = true;
    assert_eq!(story.checks(), ["accepted R-127 warn"]);
    let story = || Story::new().step("s", &["R-127"], Expectation::Accepted).answer(200, REFUSED);
    let counts = verdict(vec![story()], 1, Some(false)).counts;
    assert_eq!((counts.required, counts.warned, counts.failed), (counts.required_passed, 1, 0));
}

fn verdict(stories: Vec<Story>, planned: u32, finished: Option<bool>) -> Verdict {
    let mut tally = Tally::default();
    for (index, story) in stories.into_iter().enumerate() {
        tally.add(ScenarioVerdict { index: index as u32 + 1, ..story.judge() });
    }
    let scenarios =
        (1..=planned).map(|index| PlannedScenario { index, key: format!("a/{index}"), checks: 4 }).collect();
    let run = RunStarted {
        schema: 1,
        version: "0".into(),
        rule_set: "2026.1".into(),
        profile: ProfileRecord::default(),
        built_in_reference: false,
        seed: "s".into(),
        at: "t".into(),
        filters: vec![],
        target_flags: String::new(),
        build: None,
    };
    let finished = finished.map(|interrupted| RunFinished { at: "t".into(), elapsed_us: 1, interrupted, events: None });
    tally.verdict(run, Planned { scenarios, ..Planned::default() }, finished)
}

#[test]
fn a_green_must_be_earned() {
    let good = || Story::new().step("s", &["R-54"], Expectation::Accepted).answer(200, OK);
    let bad = || Story::new().step("s", &["R-54"], Expectation::Accepted).answer(200, REFUSED);
    let gap = || Story::new().step("s", &["R-54"], Expectation::Accepted).ends(StepEnd::CouldNotRun("x".into()));
    let outcome = |stories, planned, finished| verdict(stories, planned, finished).outcome;
    assert_eq!(outcome(vec![good()], 1, Some(false)), Outcome::Conformant);
    assert_eq!(outcome(vec![good(), bad()], 2, Some(false)), Outcome::NotConformant);
    assert_eq!(outcome(vec![good(), gap()], 2, Some(false)), Outcome::Incomplete);
    assert_eq!(outcome(vec![good()], 2, Some(false)), Outcome::Incomplete, "a planned scenario is missing");
    assert_eq!(outcome(vec![good()], 1, None), Outcome::Incomplete, "the run did not reach its end");
    assert_eq!(outcome(vec![good()], 1, Some(true)), Outcome::Incomplete, "interrupted");
    assert_eq!(outcome(vec![], 0, Some(false)), Outcome::Incomplete, "nothing applied");
    assert_eq!(outcome(vec![bad()], 2, None), Outcome::NotConformant, "a failure outweighs a gap");
    let counts = verdict(vec![good(), bad()], 3, Some(false)).counts;
    assert_eq!((counts.expected, counts.could_not_run), (counts.executed + 4, 4));
    assert_eq!((counts.failed, counts.required), (1, counts.required_passed + 1));
}

#[test]
fn exit_codes_follow_from_the_verdict() {
    use crate::report::exit;
    let good = || Story::new().step("s", &["R-54"], Expectation::Accepted).answer(200, OK);
    let bad = || Story::new().step("s", &["R-54"], Expectation::Accepted).answer(200, REFUSED);
    assert_eq!(exit::of(&verdict(vec![good()], 1, Some(false)), false), 0);
    assert_eq!(exit::of(&verdict(vec![good()], 1, Some(false)), true), 4, "a snapshot that nobody accepted");
    assert_eq!(exit::of(&verdict(vec![bad()], 1, Some(false)), true), 1);
    assert_eq!(exit::of(&verdict(vec![good()], 2, Some(false)), true), 5);
    assert_eq!(exit::of(&verdict(vec![bad()], 1, Some(true)), false), 130);
}
