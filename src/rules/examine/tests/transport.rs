use super::*;
use Endpoint::{AdditionalInfo, FieldsGet, SubscriptionCreate};

const OK: &str = r#"{"Code":0,"Message":"","Result":"S1"}"#;

fn sent(endpoint: Endpoint, outcome: Outcome) -> Vec<String> {
    Story::new().exchange(endpoint, (Intent::Ordinary, false), "{}", 1, outcome).said(14)
}

#[test]
fn json_may_be_called_by_any_of_its_names() {
    for content_type in [JSON, "application/json", "Text/JSON", "application/hal+json; v=1"] {
        assert_eq!(sent(SubscriptionCreate, answered(200, content_type, OK)), ["kept"], "{content_type}");
    }
    assert_eq!(sent(SubscriptionCreate, answered(200, JSON, &format!("\u{feff}{OK}"))), ["kept"]);
    for (status, content_type, body) in
        [(404, "text/html", "<html>"), (415, "text/plain", "no"), (500, "text/html", "<h1>"), (401, JSON, "{}")]
    {
        assert!(sent(SubscriptionCreate, answered(status, content_type, body)).is_empty(), "{status}");
    }
}

#[test]
fn what_is_not_json_is_named() {
    for (content_type, body, said) in [
        ("text/plain", OK, "JSON that is not called JSON"),
        ("", OK, "JSON that is not called JSON"),
        ("text/html", "<!DOCTYPE html>", "HTML"),
        ("application/json", "<Result/>", "XML"),
        ("application/xml", "<?xml version='1.0'?><r/>", "XML"),
        (JSON, "{\"Code\":0,", "not JSON"),
        (JSON, " ", "nothing at all"),
    ] {
        let found = sent(SubscriptionCreate, answered(200, content_type, body));
        assert!(found.len() == 1 && found[0].contains(said), "{content_type} {body}: {found:?}");
    }
    let bytes = |lossy, truncated| Outcome::Received {
        status: 200,
        headers: vec![("content-type".into(), JSON.into())],
        body: OK.into(),
        lossy,
        truncated,
    };
    assert!(sent(SubscriptionCreate, bytes(true, false))[0].contains("UTF-8"));
    assert!(sent(SubscriptionCreate, bytes(false, true))[0].contains("more than is read"));
}

#[test]
fn an_answer_that_sends_elsewhere_is_none() {
    let moved = |status: u16, body: &str| Outcome::Received {
        status,
        headers: vec![("Location".into(), "/login".into())],
        body: body.into(),
        lossy: false,
        truncated: false,
    };
    for body in ["", "<html>moved"] {
        let found = sent(SubscriptionCreate, moved(302, body));
        assert!(found.len() == 1 && found[0].contains("elsewhere"), "{found:?}");
    }
    assert!(sent(SubscriptionCreate, moved(302, OK)).is_empty(), "a result: told under another status");
    assert!(sent(SubscriptionCreate, moved(401, "")).is_empty());
    assert!(sent(SubscriptionCreate, answered(304, "", "")).is_empty(), "it names no place");
    let flaw = Intent::Flawed { flaw: "f".into(), control: "c".into() };
    let flawed = Story::new().exchange(SubscriptionCreate, (flaw, false), "{}", 1, moved(302, ""));
    assert!(flawed.said(14).is_empty(), "to the sign-in page, perhaps");
}

#[test]
fn additional_info_may_be_anything_but_a_page() {
    for (status, content_type, body) in [(200, JSON, "\"\""), (200, JSON, "null"), (200, JSON, "{}")] {
        assert_eq!(sent(AdditionalInfo, answered(status, content_type, body)), ["kept"], "{body}");
    }
    assert!(sent(AdditionalInfo, answered(204, "", "")).is_empty());
    assert!(sent(AdditionalInfo, answered(200, "text/plain", "some text")).is_empty());
    assert_eq!(sent(AdditionalInfo, answered(200, "text/html", "<html>")).len(), 1);
    assert_eq!(sent(FieldsGet, answered(204, "", "")).len(), 1);
}

#[test]
fn strangers_and_wrong_verbs_are_not_owed_json() {
    let flaw = Intent::Flawed { flaw: "wrong_key".into(), control: "c".into() };
    let story = |expectation| {
        let story = Story { records: vec![], ..Story::new() }.step(expectation);
        story
            .exchange(SubscriptionCreate, (flaw.clone(), false), "{}", 1, answered(200, "text/html", "<html>"))
            .said(14)
    };
    assert!(story(Expectation::Denied).is_empty());
    assert_eq!(story(Expectation::Refused).len(), 1);
    let mut wrong_verb = Story::new().asks(SubscriptionCreate, "", "<html>");
    let Event::Sent(sent) = &mut wrong_verb.events[0] else { panic!() };
    sent.method = "GET".into();
    assert!(wrong_verb.said(14).is_empty());
    let mut takes_xml = Story::new().asks(SubscriptionCreate, "", "<r/>");
    let Event::Sent(sent) = &mut takes_xml.events[0] else { panic!() };
    sent.headers = vec![("accept".into(), "text/xml".into())];
    assert!(takes_xml.said(14).is_empty());
}

#[test]
fn only_a_time_out_is_too_late() {
    let ended = |outcome| {
        Story::new().asks(FieldsGet, "", "{}").exchange(FieldsGet, (Intent::Ordinary, false), "", 9, outcome).said(117)
    };
    assert_eq!(ended(answered(500, JSON, "")), ["kept"]);
    assert_eq!(ended(failed(FailureKind::Connect)), ["kept"]);
    assert_eq!(ended(failed(FailureKind::Timeout)), ["Fields/Get did not answer in time", "kept"]);
}

#[test]
fn business_errors_are_told_with_200() {
    let told = |status| Story::new().errs(SubscriptionCreate, "{}", status, r#"{"Code":-1,"Message":"no"}"#).said(13);
    assert_eq!(told(200), ["kept"]);
    assert_eq!(told(400).len(), 1);
    let whole = |status, body| Story::new().errs(SubscriptionCreate, "{}", status, body).said(13).len();
    assert_eq!(whole(201, OK), 1);
    assert_eq!(whole(500, r#"{"Code":-1,"Message":"no","Result":null}"#), 1);
    assert_eq!(whole(500, r#"{"Message":"An error has occurred."}"#), 0, "the framework's own words");
    assert!(Story::new().asks(SubscriptionCreate, "{}", OK).said(13).is_empty());
}
