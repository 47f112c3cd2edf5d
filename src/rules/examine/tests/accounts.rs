use super::*;
use Endpoint::{AccountDelete, AccountExists, AccountSynchronize};

#[test]
fn exists_names_the_account_that_is_there() {
    for body in [
        r#"{"Code":0,"Message":"unknown","Result":null}"#,
        r#"{"code":1,"message":"there","result":"a-7"}"#,
        r#"{"Code":2,"Result":"a-7"}"#,
    ] {
        assert_eq!(of(AccountExists, 40, body), ["kept"], "{body}");
    }
    assert_eq!(of(AccountExists, 40, r#"{"Code":1,"Message":"there","Result":""}"#), ["$.Result"]);
    for body in [
        r#"{"Code":0,"Message":"AccountsExists functionality is not supported by default","Result":null}"#,
        r#"{"Code":-4,"Message":"the vendor is away"}"#,
        r#"{"Code":3,"Message":"<Errors/>"}"#,
    ] {
        assert!(of(AccountExists, 40, body).is_empty(), "{body}");
    }
}

#[test]
fn a_synchronised_account_has_an_id() {
    assert_eq!(of(AccountSynchronize, 41, r#"{"Code":0,"Result":"a"}"#), ["kept"]);
    assert_eq!(of(AccountSynchronize, 41, r#"{"Code":0,"Result":" "}"#), ["$.Result"]);
    assert!(of(AccountSynchronize, 41, r#"{"Code":-1,"Message":"no"}"#).is_empty());
}

#[test]
fn a_deletion_names_no_other_account() {
    let deleted = |result: &str| {
        let answer = format!(r#"{{"Code":0,"Result":{result}}}"#);
        Story::new().asks(AccountDelete, r#"{"ID":"13","ExternalID":"a"}"#, &answer).said(48)
    };
    assert_eq!(deleted("\"a\""), ["kept"]);
    assert_eq!(deleted("\"13\""), ["$.Result"]);
    assert!(deleted("null").is_empty());
}

#[test]
fn an_account_keeps_its_id() {
    const ACCOUNT: &str = r#"{"ID":"13","Name":"Acme"}"#;
    let first = || Story::new().asks(AccountSynchronize, ACCOUNT, r#"{"Code":0,"Result":"a"}"#);
    let again = |story: Story, body: &str, result: &str| {
        story.asks(AccountSynchronize, body, &format!(r#"{{"Code":0,"Result":"{result}"}}"#)).said(43)
    };
    assert_eq!(again(first(), r#"{"ID":"13","ExternalID":"a"}"#, "a"), ["kept"]);
    assert_eq!(again(first(), ACCOUNT, "b"), ["$.Result"]);
    assert!(again(first(), r#"{"ID":"14"}"#, "b").is_empty(), "another customer");
    let deleted = first().asks(AccountDelete, ACCOUNT, r#"{"Code":0,"Result":"a"}"#);
    assert!(again(deleted, ACCOUNT, "b").is_empty(), "a new account");
    let refused = first().asks(AccountSynchronize, ACCOUNT, r#"{"Code":-1,"Message":"no","Result":"c"}"#);
    assert_eq!(again(refused, ACCOUNT, "a"), ["kept"]);
    let answer = |result: &str| format!(r#"{{"Code":0,"Result":"{result}"}}"#);
    let of = |partners: [&str; 2]| {
        let first = first().of_partner(partners[0]);
        first.asks(AccountSynchronize, ACCOUNT, &answer("b")).of_partner(partners[1]).said(43)
    };
    assert!(of(["north", "south"]).is_empty(), "the customer of another partner, with an equal id");
    assert_eq!(of(["north", "north"]), ["$.Result"]);
}
