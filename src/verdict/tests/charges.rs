//! Which rule is charged with an answer, and which is left alone.

use super::*;

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
fn an_id_that_is_not_understood_says_nothing_of_what_was_to_be_seen() {
    const NO: &str = r#"{"Code":-301,"Message":"no such subscription","Result":null}"#;
    const OWN: &str = r#"{"ID":"S1"}"#;
    let story = |rules: &[&str], at_the_end: &str| {
        let story = Story::new().step("buy", &["R-49"], Expectation::Accepted).answer(200, OK);
        let story = story.of(Endpoint::SubscriptionCreate, "{}").step("more", rules, Expectation::Accepted);
        let story = story.answer(200, NO).of(Endpoint::SubscriptionUpdate, OWN);
        story.call(Intent::Teardown, false, received(200, at_the_end)).of(Endpoint::SubscriptionCancel, OWN).found()
    };
    assert_eq!(story(&["R-54"], NO), ["R-54 blocked", "R-51 fail"]);
    assert_eq!(story(&["R-51"], NO), ["R-51 fail"], "once, and not beside itself");
    assert_eq!(story(&["R-54"], OK), ["R-54 fail"]);
    assert_eq!(story(&["R-42"], NO), ["R-42 fail", "R-51 fail"], "or is it the account that is not understood?");
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
