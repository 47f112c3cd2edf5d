//! Requests with something wrong in them, beside their controls.

use super::*;

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
    // Another verb is to be refused, whatever the call then does.
    assert_eq!(story("R-16", 200, OK, OK)[0], "harmless: cut R-16 warn");
    assert_eq!(story("R-16", 405, "", OK)[0], "harmless: cut R-16 pass");
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
fn a_step_that_ended_before_its_flaws_says_nothing_about_them() {
    let mut story = Story::new().step("s", &["R-118"], Expectation::Refused);
    story.built_in = true;
    let checks = story.call(Intent::Ordinary, true, received(404, "{}")).checks();
    assert_eq!(checks, ["control accepted R-54 fail", "refused R-118 blocked"]);
}
