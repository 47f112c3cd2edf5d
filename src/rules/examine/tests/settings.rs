use super::*;
use Endpoint::{FieldsGet, FieldsValidate, SyncOptions};

fn field(id: &str, definition: &str) -> String {
    format!(r#"{{"Fields":[{{"ID":{id},"Value":null,"Definition":{definition}}}]}}"#)
}

#[test]
fn fields_have_ids_that_their_definitions_repeat() {
    for body in [
        r#"{"Fields":[]}"#.to_owned(),
        r#"{"fields":null}"#.to_owned(),
        field("\"User\"", "null"),
        field("\"User\"", r#"{"ID":"User","Kind":0}"#),
        r#"{"fields":[{"id":"a","definition":{"id":"a"}},{"id":"b"}]}"#.to_owned(),
    ] {
        assert_eq!(of(FieldsGet, 21, &body), ["kept"], "{body}");
    }
    for (body, at) in [
        ("[]".to_owned(), "$.Fields"),
        ("{}".to_owned(), "$.Fields"),
        (r#"{"Fields":{}}"#.to_owned(), "$.Fields"),
        (field("\" \"", "null"), "$.Fields[0].ID"),
        (field("\"a\"", r#"{"ID":"b"}"#), "$.Fields[0].Definition.ID"),
        (field("\"a\"", "{}"), "$.Fields[0].Definition.ID"),
        (r#"{"Fields":[{"ID":"a"},{"ID":"A"}]}"#.to_owned(), "$.Fields[1].ID"),
    ] {
        assert_eq!(of(FieldsGet, 21, &body), [at], "{body}");
    }
}

#[test]
fn ids_of_fields_fit_into_the_name_of_a_header() {
    for id in ["User", "field-1", "a.b_c~d", "!#$%&'*+-.^_`|~"] {
        let body = format!(r#"{{"Fields":[{{"ID":{}}}]}}"#, Json::text(id));
        assert_eq!(of(FieldsGet, 22, &body), ["kept"], "{id}");
    }
    for id in ["user name", "Länge", "a:b", "a/b", "a(b)", "a\tb"] {
        let body = format!(r#"{{"Fields":[{{"ID":{}}}]}}"#, Json::text(id));
        assert_eq!(of(FieldsGet, 22, &body), ["$.Fields[0].ID"], "{id}");
    }
    assert!(of(FieldsGet, 22, r#"{"Fields":[]}"#).is_empty());
}

#[test]
fn validation_is_a_bare_list_of_texts() {
    for body in ["[]", r#"["wrong password"]"#] {
        assert_eq!(of(FieldsValidate, 23, body), ["kept"], "{body}");
    }
    for (body, at) in [
        ("null", "$"),
        ("{}", "$"),
        (r#"{"Code":0,"Message":""}"#, "$"),
        ("\"\"", "$"),
        (r#"[{"Message":"a"}]"#, "$[0]"),
    ] {
        assert_eq!(of(FieldsValidate, 23, body), [at], "{body}");
    }
    assert!(Story::new().errs(FieldsValidate, "", 400, r#"{"Message":"bad"}"#).said(23).is_empty());
}

#[test]
fn a_complaint_explains_itself() {
    assert_eq!(of(FieldsValidate, 24, r#"["", "wrong password"]"#), ["kept"]);
    assert_eq!(of(FieldsValidate, 24, r#"[" "]"#), ["$[0]"]);
    assert!(of(FieldsValidate, 24, "[]").is_empty());
}

#[test]
fn secrets_are_entered_hidden_and_not_repeated() {
    let kind = |id: &str, kind: &str| {
        of(FieldsGet, 26, &field(&format!("\"{id}\""), &format!(r#"{{"ID":"{id}","Kind":{kind}}}"#)))
    };
    for (id, hidden) in [("FieldPassword", "1"), ("apiKey", "\"PasswordText\""), ("PrivateKey", "7"), ("Secret", "9")] {
        assert_eq!(kind(id, hidden), ["kept"], "{id}");
    }
    assert_eq!(kind("FieldPassword", "0"), ["$.Fields[0].Definition.Kind"]);
    assert_eq!(kind("api-key", "\"text\""), ["$.Fields[0].Definition.Kind"]);
    assert!(kind("Username", "0").is_empty() && kind("TokenUrl", "0").is_empty());
    let value = |value: &str, initial: &str| {
        let definition = format!(r#"{{"ID":"FieldPassword","Kind":1,"InitialValue":{initial}}}"#);
        of(
            FieldsGet,
            26,
            &field("\"FieldPassword\"", &definition).replace("\"Value\":null", &format!("\"Value\":{value}")),
        )
    };
    assert_eq!(value("\"********\"", "null"), ["kept"]);
    assert_eq!(value("\"[secret:FieldPassword]\"", "\"\""), ["$.Fields[0].Value"]);
    assert_eq!(value("null", "\"[secret:FieldPassword]\""), ["$.Fields[0].Definition.InitialValue"]);
    assert_eq!(of(FieldsValidate, 26, r#"["the password is wrong"]"#), ["kept"]);
    assert_eq!(of(FieldsValidate, 26, r#"["no user has [secret:FieldPassword]"]"#), ["$[0]"]);
}

fn option(definition: &str) -> String {
    format!(r#"{{"Fields":[{{"ID":"role","Definition":{definition}}}]}}"#)
}

#[test]
fn a_list_to_choose_from_has_entries() {
    for body in [
        r#"{"Fields":[]}"#.to_owned(),
        r#"{"Fields":null}"#.to_owned(),
        "{}".to_owned(),
        option(r#"{"ID":"role","Kind":"SimpleValue","PredefinedValues":null}"#),
        option(r#"{"ID":"role","Kind":1,"PredefinedValues":[{"ID":"1","Name":"user"}]}"#),
    ] {
        assert_eq!(of(SyncOptions, 37, &body), ["kept"], "{body}");
    }
    for (body, at) in [
        ("[]".to_owned(), "$.Fields"),
        (r#"{"Fields":{}}"#.to_owned(), "$.Fields"),
        (option(r#"{"ID":"role","Kind":"List","PredefinedValues":[]}"#), "$.Fields[0].Definition.PredefinedValues"),
        (option(r#"{"ID":"role","Kind":3}"#), "$.Fields[0].Definition.PredefinedValues"),
        (option(r#"{"ID":"rôle"}"#), "$.Fields[0].Definition.ID"),
    ] {
        assert_eq!(of(SyncOptions, 37, &body), [at], "{body}");
    }
    let nobody = r#"{"Code":-1,"Message":"AccountsSynchronizationOptions functionality is not supported by default"}"#;
    assert!(of(SyncOptions, 37, nobody).is_empty());
    assert!(of(SyncOptions, 37, r#"{"Code":-1,"Message":"no"}"#).is_empty());
}

#[test]
fn the_user_name_is_recognised_by_its_exact_form() {
    let said = |id: &str, definition: &str| {
        of(SyncOptions, 38, &format!(r#"{{"Fields":[{{"ID":"{id}","Definition":{definition}}}]}}"#))
    };
    assert_eq!(said("username", r#"{"ID":"username","Kind":"SimpleValue","DataType":"Text"}"#), ["kept"]);
    assert_eq!(said("username", r#"{"ID":"username","Kind":0,"DataType":0}"#), ["kept"]);
    assert_eq!(said("username", "null"), ["kept"]);
    assert!(said("user", r#"{"ID":"user","Kind":"List"}"#).is_empty());
    assert_eq!(said("UserName", r#"{"ID":"username"}"#), ["$.Fields[0].ID"]);
    let wrong = r#"{"ID":"Username","Kind":"TextArea","DataType":"Number"}"#;
    let all = ["$.Fields[0].Definition.ID", "$.Fields[0].Definition.Kind", "$.Fields[0].Definition.DataType"];
    assert_eq!(said("username", wrong), all);
}
