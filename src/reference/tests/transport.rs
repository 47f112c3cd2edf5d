//! Paths, verbs, credentials, content types and broken bodies.

use super::super::{AddonPath, Application};
use super::*;

fn status(request: &Request) -> u16 {
    reference().0.handle(request).status
}

#[test]
fn path_and_verb_come_before_credentials() {
    let mut unknown = request(Method::GET, "Users/Get", b"");
    unknown.headers.clear();
    assert_eq!(status(&unknown), 404);
    for path in ["Ppu/usages", "Assets/Create", "Subscriptions", "Subscriptions/Create/Now", "é/Get"] {
        assert_eq!(status(&request(Method::POST, path, b"{}")), 404, "{path}");
    }
    let mut verb = request(Method::GET, "Subscriptions/Create", b"");
    verb.headers.clear();
    assert_eq!(status(&verb), 405);
    assert_eq!(status(&request(Method::POST, "Fields/Get", b"{}")), 405);
    assert_eq!(status(&request(Method::POST, "", b"{}")), 405);
    assert_eq!(reference().0.handle(&verb).allow, Some("POST"));
}

#[test]
fn paths_are_matched_in_any_case() {
    for path in ["fields/get", "FIELDS/GET", "Fields/Get/"] {
        assert_eq!(status(&request(Method::GET, path, b"")), 200);
    }
    let mut lower = request(Method::GET, "", b"");
    lower.path = "/API/reference/fields/get".to_owned();
    assert_eq!(status(&lower), 200);
}

#[test]
fn sections_can_be_off_and_addons_spelt_otherwise() {
    let off = with(Options { accounts: false, addons: false, ..Options::default() });
    let call = |reference: &Reference, path: &str| reference.0.handle(&request(Method::POST, path, b"{}")).status;
    assert_eq!(call(&off, "Accounts/Exists"), 404);
    assert_eq!(call(&off, "Addons/Create"), 404);
    for product_type in off.get("Fields/ServiceDefinition")["ProductTypes"].as_array().unwrap() {
        assert_eq!(product_type["ProductsCollection"]["Addons"], json!([]));
    }
    for (addon_path, plural, singular) in
        [(AddonPath::Addons, 200, 404), (AddonPath::Addon, 404, 200), (AddonPath::Both, 200, 200)]
    {
        let reference = with(Options { addon_path, ..Options::default() });
        assert_eq!(call(&reference, "Addons/Create"), plural);
        assert_eq!(call(&reference, "addon/create"), singular);
    }
}

#[test]
fn credentials_are_checked_to_the_letter() {
    let try_both = |id: Option<&str>, key: Option<&str>| {
        let mut request = request(Method::POST, "Subscriptions/Create", b"{ broken");
        request.headers.remove("x-cloudplatform-applicationid");
        request.headers.remove("x-cloudplatform-apikey");
        if let Some(id) = id {
            set(&mut request, "x-cloudplatform-applicationid", id);
        }
        if let Some(key) = key {
            set(&mut request, "x-cloudplatform-apikey", key);
        }
        let answer = reference().0.handle(&request);
        if answer.status == 401 {
            assert!(parsed(&answer)["Message"].is_string());
        }
        answer.status
    };
    let key = STANDARD.encode(APPLICATION_KEY);
    let lower = APPLICATION_ID.to_lowercase();
    let dashless = APPLICATION_ID.replace('-', "");
    let braced = format!("{{{APPLICATION_ID}}}");
    let round = format!("({APPLICATION_ID})");
    for id in [APPLICATION_ID, &lower, &dashless, &braced, &round] {
        assert_eq!(try_both(Some(id), Some(&key)), 200, "{id}");
    }
    let zero = "00000000-0000-0000-0000-000000000000";
    for id in [None, Some(""), Some(zero), Some("no guid"), Some(&dashless[1..]), Some("{"), Some("+1")] {
        assert_eq!(try_both(id, Some(&key)), 401, "{id:?}");
    }
    let wrong_case = STANDARD.encode(APPLICATION_KEY.to_uppercase());
    let double = STANDARD.encode(&key);
    let longer = STANDARD.encode(format!("{APPLICATION_KEY}x"));
    for key in [None, Some(""), Some(APPLICATION_KEY), Some("%%"), Some(&wrong_case), Some(&double), Some(&longer)] {
        assert_eq!(try_both(Some(APPLICATION_ID), key), 401, "{key:?}");
    }
}

#[test]
fn several_applications_keep_their_own_keys() {
    let application = |id: &str, key: &str| Application { id: id.to_owned(), key: key.to_owned() };
    let (a, b) = ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222");
    let applications = vec![application(a, "key a"), application(b, "key b"), application(b, "")];
    let reference = with(Options { applications, ..Options::default() });
    let call = |id: &str, key: &str| {
        let mut request = request(Method::GET, "Fields/Get", b"");
        set(&mut request, "x-cloudplatform-applicationid", id);
        set(&mut request, "x-cloudplatform-apikey", &STANDARD.encode(key));
        reference.0.handle(&request).status
    };
    assert_eq!(
        [call(a, "key a"), call(b, "key b"), call(a, "key b"), call(b, "key a"), call(b, "")],
        [200, 200, 401, 401, 401]
    );
    let broken = Options { applications: vec![application("x", "key")], ..Options::default() };
    assert!(ServiceManager::new(&broken, String::new()).is_err());
}

#[test]
fn secrets_are_not_printed() {
    let printed = format!("{:?}", Options::default());
    assert!(!printed.contains(APPLICATION_KEY) && !printed.contains(PASSWORD));
    assert!(!format!("{:?}", reference().0).contains(PASSWORD));
}

#[test]
fn a_post_must_be_json() {
    for (content_type, expected) in [
        ("application/json", 200),
        ("text/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("application/xml", 415),
        ("application/vnd.api+json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ] {
        let mut request = request(Method::POST, "Subscriptions/Create", b"{}");
        set(&mut request, "content-type", content_type);
        assert_eq!(status(&request), expected, "{content_type}");
    }
    let mut missing = request(Method::POST, "Subscriptions/Create", b"{}");
    missing.headers.remove("content-type");
    assert_eq!(status(&missing), 415);
    let mut long = request(Method::POST, "Subscriptions/Create", b"{}");
    long.body = None;
    assert_eq!(status(&long), 413);
    long.headers.remove("x-cloudplatform-apikey");
    assert_eq!(status(&long), 401);
}

#[test]
fn a_broken_body_is_a_business_error() {
    let reference = reference();
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 9] =
        [b"", b"{", b"null", b"[]", b"3", b"\"x\"", b"{\"Quantity\":1} x", b"\xff\xfe", deep.as_bytes()];
    for path in ["Subscriptions/Create", "Addons/Cancel", "Accounts/Synchronize", "Accounts/Exists"] {
        for body in bodies {
            let answer = reference.0.handle(&request(Method::POST, path, body));
            assert_eq!(answer.status, 200);
            let answer = parsed(&answer);
            assert_eq!(answer["Code"], -1001);
            assert!(!answer["Message"].as_str().unwrap().is_empty());
        }
    }
    for body in bodies {
        let answer = parsed(&reference.0.handle(&request(Method::POST, "Fields/Validate", body)));
        assert_eq!(answer.as_array().unwrap().len(), 1);
    }
    assert_eq!(reference.probe(""), json!({"accounts": [], "subscriptions": []}));
}

#[test]
fn members_of_the_wrong_type_never_break_anything() {
    let reference = reference();
    let body = reference.bought("mail", "mail-team", 5);
    let paths = ["Create", "Update", "Suspend", "Activate", "Cancel", "UpgradeDowngrade", "UpgradeToPaid"];
    let members: Vec<String> = body.as_object().unwrap().keys().cloned().collect();
    for path in paths.map(|path| format!("Subscriptions/{path}")).into_iter().chain(["Addons/Create".to_owned()]) {
        for member in &members {
            for odd in [json!(true), json!([]), json!({}), json!([[]]), json!(-1.5e300), json!("\u{0}")] {
                let mut sent = body.clone();
                sent[member] = odd;
                sent["CheckOnly"] = json!(true);
                reference.post(&path, &sent);
            }
        }
    }
}
