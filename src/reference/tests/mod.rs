//! Drives the reference by requests, nearly always without a socket.

#![allow(clippy::unwrap_used)]

mod accounts;
mod addons;
mod faults;
mod lifecycle;
mod setup;
mod socket;
mod subscriptions;
mod transport;
mod upgrades;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::answer::Answer;
use super::options::Options;
use super::request::Request;
use super::service::ServiceManager;
use super::{APPLICATION_ID, APPLICATION_KEY, PASSWORD, USERNAME};

/// A reference and the calls that tests like to make.
struct Reference(ServiceManager);

fn reference() -> Reference {
    with(Options::default())
}

fn with(options: Options) -> Reference {
    Reference(ServiceManager::new(&options, "http://localhost".to_owned()).unwrap())
}

/// A proper request: known application, known tenant, JSON.
fn request(method: Method, path: &str, body: &[u8]) -> Request {
    let mut request = Request {
        method,
        path: format!("/api/Reference/{path}"),
        query: String::new(),
        headers: HeaderMap::new(),
        body: Some(Bytes::copy_from_slice(body)),
        local: true,
        is_blind: false,
    };
    set(&mut request, "x-cloudplatform-applicationid", APPLICATION_ID);
    set(&mut request, "x-cloudplatform-apikey", &STANDARD.encode(APPLICATION_KEY));
    set(&mut request, "x-cloudplatform-setting-fieldusername", USERNAME);
    set(&mut request, "x-cloudplatform-setting-fieldpassword", PASSWORD);
    set(&mut request, "content-type", "application/json; charset=utf-8");
    request
}

fn set(request: &mut Request, name: &str, value: &str) {
    request.headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
}

fn parsed(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

/// Overlays members; a null member is set to null, not removed.
fn merged(mut base: Value, overlay: &Value) -> Value {
    for (name, value) in overlay.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

/// An attribute as the platform sends it.
fn attribute(id: &str, value: &str, linked: bool) -> Value {
    json!({"ID": id, "Name": id, "Value": value, "Code": "", "QuantityLinked": linked, "ExtraParameters": null})
}

impl Reference {
    fn get(&self, path: &str) -> Value {
        let answer = self.0.handle(&request(Method::GET, path, b""));
        assert_eq!(answer.status, 200, "{path}");
        parsed(&answer)
    }

    /// Posts and expects HTTP 200.
    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.0.handle(&request(Method::POST, path, body.to_string().as_bytes()));
        assert_eq!(answer.status, 200, "{path}");
        parsed(&answer)
    }

    /// Posts, expects success, and gives `Result`.
    fn accepted(&self, path: &str, body: &Value) -> String {
        let answer = self.post(path, body);
        assert_eq!(answer["Code"], 0, "{path} {body} {answer}");
        assert_eq!(answer["Message"], "");
        answer["Result"].as_str().unwrap().to_owned()
    }

    /// Posts, expects a business error that changes nothing, with or without
    /// pre-check, and gives its code.
    fn refused(&self, path: &str, body: &Value) -> i64 {
        let before = self.probe("");
        let mut codes = Vec::new();
        for check_only in [true, false] {
            let answer = self.post(path, &merged(body.clone(), &json!({"CheckOnly": check_only})));
            let code = answer["Code"].as_i64().unwrap();
            assert!(code < 0, "{path} {body} {answer}");
            assert!(!answer["Message"].as_str().unwrap().is_empty());
            assert_eq!(answer["Result"], Value::Null);
            codes.push(code);
        }
        assert_eq!(codes[0], codes[1]);
        assert_eq!(self.probe(""), before);
        codes[0]
    }

    fn probe(&self, query: &str) -> Value {
        let mut request = request(Method::GET, "", b"");
        request.path = "/probe".to_owned();
        request.query = query.to_owned();
        request.headers.clear();
        let answer = self.0.handle(&request);
        assert_eq!(answer.status, 200);
        parsed(&answer)
    }

    /// What the probe shows of a subscription.
    fn subscription(&self, id: &str) -> Value {
        let probe = self.probe("");
        let found = probe["subscriptions"].as_array().unwrap().iter().find(|s| s["id"] == id);
        found.unwrap().clone()
    }

    fn count(&self) -> usize {
        self.probe("")["subscriptions"].as_array().unwrap().len()
    }

    /// Synchronizes a customer of the platform and gives its external id.
    fn customer(&self, id: &str) -> String {
        self.accepted("Accounts/Synchronize", &account(id))
    }

    /// Creates a subscription for a new customer; gives the body of its later
    /// calls, complete but for the action.
    fn bought(&self, product_type: &str, product: &str, quantity: i32) -> Value {
        let customer = self.customer("13");
        let body = order(&customer, product_type, product, quantity);
        let id = self.accepted("Subscriptions/Create", &body);
        merged(body, &json!({"ID": id, "SubscriptionID": "B2"}))
    }
}

fn account(id: &str) -> Value {
    json!({
        "ID": id, "ExternalID": "", "ResellerID": null, "ResellerExternalID": null, "Name": "Acme",
        "Email": "it@acme.example", "SyncOptions": {"username": "it@acme.example"}, "Address": null,
    })
}

/// The body of a Create.
fn order(customer: &str, product_type: &str, product: &str, quantity: i32) -> Value {
    let attributes = match product_type {
        "mail" => json!({
            "storage": attribute("storage", "5", true),
            "aliases": attribute("aliases", "8", false),
            "encryption": attribute("encryption", "false", false),
            "edition": {"ID": "edition", "Value": "team", "Code": "TM"},
        }),
        "archive" => json!({"jurisdiction": {"ID": "jurisdiction", "Value": "ch", "Code": "CH"}}),
        _ => json!({}),
    };
    json!({
        "ID": "", "SubscriptionID": null, "OriginalSubscriptionID": null, "Name": "Mail for Acme",
        "ServiceType": product_type, "ProductID": product, "ActionType": "Provision", "Quantity": quantity,
        "Account": {"ID": "13", "ExternalID": customer, "ResellerID": null},
        "AttributeList": attributes, "Addons": [], "IsFromOrder": true, "IsTrial": false, "CheckOnly": false,
        "BillingCycle": {"Duration": "1", "DurationType": "month"}, "RequestedBy": null,
    })
}

/// The same body with another action.
fn action(body: &Value, action: &str) -> Value {
    merged(body.clone(), &json!({"ActionType": action}))
}
