use super::*;
use Endpoint::{AccountExists, AccountSynchronize, FieldsGet, FieldsValidate, SubscriptionCancel, SubscriptionCreate};

#[test]
fn a_result_is_itself_in_any_legal_spelling() {
    for body in [
        r#"{"Code":0,"Message":"","Result":"S1"}"#,
        r#"{"code":0,"message":null,"result":null,"trace":{"Code":7}}"#,
        r#"{"Code":-6532,"Message":"too few"}"#,
        r#"{"Code":0}"#,
        r#"{"Code":0,"Message":"","Code":0}"#,
        r#"{"Code":0,"ExtraInfo":{},"CustomFieldValues":null}"#,
    ] {
        assert_eq!(of(SubscriptionCreate, 15, body), ["kept"], "{body}");
    }
    assert!(of(FieldsGet, 15, "{}").is_empty(), "not every endpoint answers a result");
    assert!(Story::new().errs(SubscriptionCreate, "{}", 400, r#"{"Message":"bad"}"#).said(15).is_empty());
}

#[test]
fn what_is_wrapped_or_of_the_wrong_type_is_no_result() {
    for (body, said) in [
        (r#"{"data":{"Code":0,"Result":"S1"}}"#, "wrapped in `data`"),
        (r#"{"success":true,"d":{"code":0}}"#, "wrapped in `d`"),
        (r#"[{"Code":0}]"#, "a JSON array"),
        (r#""{\"Code\":0}""#, "JSON written into a JSON string"),
        ("null", "a JSON null"),
        (r#"{"Status":"ok"}"#, "no Code"),
        (r#"{"Code":"0"}"#, "Code is a JSON string"),
        (r#"{"Code":null}"#, "Code is a JSON null"),
        (r#"{"Code":false}"#, "Code is a JSON boolean"),
        (r#"{"Code":0.5}"#, "written as a fraction"),
        (r#"{"Code":4294967296}"#, "no whole number"),
        (r#"{"Code":0.0}"#, "written as a fraction"),
        (r#"{"Code":0,"ExtraInfo":[]}"#, "ExtraInfo is a JSON array"),
        (r#"{"Code":0,"CustomFieldValues":""}"#, "CustomFieldValues is a JSON string"),
        (r#"{"Code":0,"Message":["a"]}"#, "Message is a JSON array"),
        (r#"{"Code":0,"Result":42}"#, "Result is a JSON number"),
        (r#"{"Code":0,"Result":"a","result":"b"}"#, "Result stands twice"),
        (r#"{"Code":-1,"Code":0}"#, "Code stands twice"),
    ] {
        let (evidence, profile) = Story::new().asks(SubscriptionCreate, "{}", body).evidence();
        let notes: Vec<_> = examine(&evidence, &profile).into_iter().filter(|note| note.rule == 15).collect();
        assert!(notes.len() == 1 && notes[0].breaches[0].message.contains(said), "{body}: {notes:?}");
    }
}

#[test]
fn extra_info_is_flat_text() {
    for body in [r#"{"Code":0,"AccountExtraInfo":{}}"#, r#"{"Code":0,"accountExtraInfo":{"a":"1","b":null}}"#] {
        assert_eq!(of(SubscriptionCreate, 47, body), ["kept"], "{body}");
    }
    assert!(of(AccountSynchronize, 47, r#"{"Code":0,"AccountExtraInfo":null}"#).is_empty());
    let nested = r#"{"Code":0,"AccountExtraInfo":{"a":{"b":"c"},"n":7,"ok":"x"}}"#;
    assert_eq!(of(AccountSynchronize, 47, nested), ["$.AccountExtraInfo.a", "$.AccountExtraInfo.n"]);
    assert_eq!(of(SubscriptionCreate, 47, r#"{"Code":0,"AccountExtraInfo":[]}"#), ["$.AccountExtraInfo"]);
}

#[test]
fn status_calls_answer_code_and_message() {
    assert_eq!(of(SubscriptionCancel, 57, r#"{"Code":0,"Message":null}"#), ["kept"]);
    assert_eq!(of(SubscriptionCancel, 57, r#"{"Code":0,"Result":"S1"}"#), ["$"]);
    assert!(of(SubscriptionCancel, 57, r#"{"Result":"S1"}"#).is_empty(), "R-15 says that");
    assert!(of(SubscriptionCreate, 57, r#"{"Code":0}"#).is_empty());
}

#[test]
fn the_notification_flag_is_a_boolean_where_there_is_one() {
    assert_eq!(of(SubscriptionCreate, 73, r#"{"Code":0,"SendNotification":true}"#), ["kept"]);
    for body in [r#"{"Code":0}"#, r#"{"Code":0,"SendNotification":null}"#] {
        assert!(of(SubscriptionCreate, 73, body).is_empty(), "{body}");
    }
    for value in ["\"false\"", "0", "{}"] {
        let body = format!(r#"{{"Code":0,"sendNotification":{value}}}"#);
        assert_eq!(of(SubscriptionCreate, 73, &body), ["$.SendNotification"], "{value}");
    }
}

#[test]
fn an_error_says_why() {
    assert_eq!(of(SubscriptionCreate, 74, r#"{"Code":-1,"Message":"sold out"}"#), ["kept"]);
    assert_eq!(of(SubscriptionCreate, 74, r#"{"Code":7,"Message":"<Errors/>"}"#), ["kept"]);
    for message in ["null", "\"\"", "\" \\n\""] {
        let body = format!(r#"{{"Code":-1,"Message":{message}}}"#);
        assert_eq!(of(SubscriptionCreate, 74, &body), ["$.Message"], "{message}");
        assert_eq!(Story::new().errs(SubscriptionCreate, "", 422, &body).said(74), ["$.Message"], "{message}");
    }
    assert!(of(AccountExists, 74, r#"{"Code":1,"Message":null,"Result":"a"}"#).is_empty(), "that is no error");
    let checked = |answer| Story::new().checks(SubscriptionCreate, "{}", answer).said(74);
    assert!(checked(r#"{"Code":7,"Message":""}"#).is_empty(), "R-105 says that");
    assert_eq!(checked(r#"{"Code":-7,"Message":""}"#), ["$.Message"]);
    assert!(of(SubscriptionCreate, 74, r#"{"Code":0,"Message":null}"#).is_empty());
    assert!(Story::new().errs(SubscriptionCreate, "", 401, r#"{"Code":-1}"#).said(74).is_empty());
    let mut waits = Story::new().asks(SubscriptionCreate, "", r#"{"Code":5}"#);
    waits.profile.pending = "positive_code".into();
    assert!(waits.said(74).is_empty(), "in progress");
}

#[test]
fn messages_show_neither_the_insides_nor_secrets() {
    let said = |message: &str| of(SubscriptionCreate, 75, &format!(r#"{{"Code":-1,"Message":"{message}"}}"#));
    assert_eq!(said("at least 250 licences are needed"), ["kept"]);
    assert_eq!(said("no   at Sm.Orders.Create(Order o)"), ["$.Message"]);
    assert_eq!(said("the key [secret:key base64] is wrong"), ["$.Message"]);
    assert!(said("").is_empty());
    let crash = r#"{"Message":"System.NullReferenceException: Object reference not set"}"#;
    assert_eq!(Story::new().errs(SubscriptionCreate, "", 500, crash).said(75), ["$.Message"]);
    // Details for callers on the same machine stand beside the message.
    let details = r#"{"Message":"An error has occurred.","StackTrace":"   at Sm.Orders.Create(Order o)"}"#;
    assert_eq!(Story::new().errs(SubscriptionCreate, "", 500, details).said(75), ["kept"]);
    assert_eq!(of(FieldsValidate, 75, r#"["wrong password","System.Net.WebException"]"#), ["$[1]"]);
    let mut prelude = Story::new();
    prelude.index = crate::evidence::PRELUDE;
    let story = prelude.asks(AccountExists, "{}", r#"{"Code":0,"Message":"no account in [secret:Region]"}"#);
    assert_eq!(story.said(75), ["kept"], "nobody knows yet what is secret");
}
