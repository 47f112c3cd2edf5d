use super::*;
use Endpoint::{SubscriptionCreate, SubscriptionUpdate};

const OK: &str = r#"{"Code":0,"Message":"","Result":""}"#;
const NO: &str = r#"{"Code":-7,"Message":"not that many"}"#;
const CHECK: &str = r#"{"Quantity":3,"CheckOnly":true}"#;
const CALL: &str = r#"{"CheckOnly":false,"Quantity":3}"#;

#[test]
fn a_pre_check_passes_with_code_zero() {
    let said = |answer: &str| Story::new().checks(SubscriptionCreate, CHECK, answer).said(105);
    assert_eq!(said(OK), ["kept"]);
    for yes in [r#"{"Code":1,"Message":""}"#, r#"{"Code":1,"Message":"OK"}"#, r#"{"Code":200,"Message":"Accepted."}"#] {
        assert_eq!(said(yes), ["$.Code"], "{yes}");
    }
    for no in [NO, r#"{"Code":7,"Message":"not enough licences"}"#, r#"{"Code":7,"Message":"<Errors/>"}"#] {
        assert!(said(no).is_empty(), "{no}");
    }
    assert!(Story::new().asks(SubscriptionCreate, CALL, r#"{"Code":1,"Message":""}"#).said(105).is_empty());
}

#[test]
fn a_pre_check_and_its_call_agree() {
    let pair = |check: &str, call: &str, said: &str, did: &str| {
        Story::new().checks(SubscriptionCreate, check, said).asks(SubscriptionCreate, call, did).said(104)
    };
    assert_eq!(pair(CHECK, CALL, OK, OK), ["kept"]);
    assert_eq!(pair(CHECK, CALL, NO, NO), ["kept"]);
    assert_eq!(pair(CHECK, CALL, OK, NO), ["$.Code"]);
    assert_eq!(pair(CHECK, CALL, NO, OK), ["$.Code"]);
    assert!(pair(CHECK, r#"{"Quantity":4,"CheckOnly":false}"#, OK, NO).is_empty(), "another request");
    assert!(pair(CHECK, CALL, OK, "<html>").is_empty(), "no answer of the business");
    let lost = Story::new().checks(SubscriptionCreate, CHECK, OK).exchange(
        SubscriptionCreate,
        (Intent::Ordinary, false),
        CALL,
        1,
        failed(FailureKind::Reset),
    );
    assert!(lost.said(104).is_empty());
    let flawed = Story::new().checks(SubscriptionCreate, CHECK, OK).errs(SubscriptionCreate, CALL, 200, NO);
    assert!(flawed.said(104).is_empty());
    let mut waits = Story::new().checks(SubscriptionCreate, CHECK, OK).asks(
        SubscriptionCreate,
        CALL,
        r#"{"Code":5,"Message":"later"}"#,
    );
    waits.profile.pending = "positive_code".into();
    assert!(waits.said(104).is_empty());
}

#[test]
fn the_same_question_has_the_same_answer() {
    let twice = |one: &str, other: &str, rule| {
        Story::new().checks(SubscriptionCreate, CHECK, one).checks(SubscriptionCreate, CHECK, other).said(rule)
    };
    const OTHER: &str = r#"{"Code":-8,"Message":"not that many"}"#;
    assert_eq!(twice(NO, NO, 107), ["kept"]);
    assert_eq!(twice(NO, OTHER, 107), ["$.Code"]);
    assert_eq!(twice(NO, OK, 107), ["$.Code"]);
    assert_eq!(twice(OK, OK, 106), ["kept"]);
    assert_eq!(twice(OK, NO, 106), ["$.Code"]);
    assert!(twice(OK, NO, 107).is_empty() && twice(NO, OTHER, 106).is_empty(), "one fault, one rule");
    let between = Story::new().checks(SubscriptionCreate, CHECK, NO).asks(SubscriptionUpdate, "{}", OK).checks(
        SubscriptionCreate,
        CHECK,
        OTHER,
    );
    assert!(between.said(107).is_empty(), "something was done in between");
    let later = Story::new().checks(SubscriptionCreate, CHECK, NO).step(Expectation::Accepted).checks(
        SubscriptionCreate,
        CHECK,
        OK,
    );
    assert_eq!(later.said(107), ["$.Code"], "asked again by the next step");
    let other =
        Story::new().checks(SubscriptionCreate, CHECK, NO).checks(SubscriptionCreate, r#"{"CheckOnly":true}"#, OTHER);
    assert!(other.said(107).is_empty(), "another question");
}
