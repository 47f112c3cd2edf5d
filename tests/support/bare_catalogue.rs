//! A target whose catalogue has product types but no products.
//!
//! Such a service manager leaves it to the platform's operator to define products, so the mock BSS must sell from the
//! product type itself: with a value for every attribute that the type requires, chosen by the mock BSS where the
//! type names no default. The stub checks those values, and keeps as little state as that takes.
//!
//! * Below `/api/Bare`: settings, catalogue, and subscriptions (Create, Update, Suspend, Activate, Cancel). Accounts,
//!   add-ons, upgrades and everything else are not there: 404.
//! * Two product types: `bare-mailbox` has no ProductsCollection at all, `bare-server` one with empty lists.
//! * Create answers an id of its own for each subscription; sent again with the same SubscriptionID, the same id.
//!   Update, Suspend, Activate and Cancel need a known id: Code -1 otherwise. A pre-check changes nothing.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The one application that the stub knows.
pub(crate) const APPLICATION_ID: &str = "5D2F1C1E-9A52-4C27-8D3B-0B6A7E1F4C10";
/// Its key. The header carries the base64 of this text.
pub(crate) const APPLICATION_KEY: &str = "bare catalogue key";

const BASE: &str = "/api/Bare";
const BODY_LIMIT: usize = 1024 * 1024;

/// A running stub. It ends when it is dropped; [`BareCatalogue::stop`] also waits for its end.
#[derive(Debug)]
pub(crate) struct BareCatalogue {
    address: SocketAddr,
    sold: Arc<Mutex<Sold>>,
    running: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl BareCatalogue {
    /// Listens on a free port of the loopback address.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free loopback port");
        let address = listener.local_addr().expect("the address of a bound socket");
        let sold = Arc::new(Mutex::new(Sold::default()));
        let service = Router::new().fallback(serve).with_state(Arc::clone(&sold));
        let (running, dropped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let ended = async {
                let _ = dropped.await;
            };
            let _ = axum::serve(listener, service).with_graceful_shutdown(ended).await;
        });
        Self { address, sold, running, server }
    }

    /// What a profile names as its target, without a slash at the end.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}{BASE}", self.address)
    }

    /// The seats that the subscription with this external id has now; `None` for an id that was never given out.
    pub(crate) fn quantity(&self, id: &str) -> Option<i64> {
        let sold = self.sold.lock().unwrap_or_else(PoisonError::into_inner);
        sold.subscriptions.get(id).map(|subscription| subscription.quantity)
    }

    /// Stops listening and waits until open connections are closed.
    pub(crate) async fn stop(self) {
        drop(self.running);
        let _ = self.server.await;
    }
}

#[derive(Debug, Default)]
struct Sold {
    subscriptions: BTreeMap<String, Subscription>,
}

#[derive(Debug)]
struct Subscription {
    /// The platform's own id, where Create sent one.
    bss: Option<String>,
    service_type: String,
    quantity: i64,
    status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Active,
    Suspended,
    Cancelled,
}

async fn serve(State(sold): State<Arc<Mutex<Sold>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    // Read before anything is answered: an unread body would end the connection and may hide the answer.
    let body = to_bytes(body, BODY_LIMIT).await;
    let Some(path) = head.uri.path().strip_prefix(BASE) else { return not_found() };
    let verb = match path {
        "/Fields/Get" | "/Fields/ServiceDefinition" | "/Fields/AdditionalInfo" => Method::GET,
        "/Fields/Validate"
        | "/Subscriptions/Create"
        | "/Subscriptions/Update"
        | "/Subscriptions/Suspend"
        | "/Subscriptions/Activate"
        | "/Subscriptions/Cancel" => Method::POST,
        _ => return not_found(),
    };
    if head.method != verb {
        let text = format!("only {verb} is allowed here");
        return ([(header::ALLOW, verb.to_string())], message(StatusCode::METHOD_NOT_ALLOWED, &text)).into_response();
    }
    if !allowed(&head.headers) {
        return message(StatusCode::UNAUTHORIZED, "Authorization has been denied for this request.");
    }
    match path {
        "/Fields/Get" => return ok(&settings()),
        "/Fields/ServiceDefinition" => return ok(&catalogue()),
        "/Fields/AdditionalInfo" => return ok(&json!({})),
        _ => {}
    }
    if !is_json(&head.headers) {
        return message(StatusCode::UNSUPPORTED_MEDIA_TYPE, "only application/json is read");
    }
    let Ok(body) = body else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
    };
    let model = match serde_json::from_slice::<Value>(&body) {
        Ok(model) if model.is_object() => model,
        _ => return message(StatusCode::BAD_REQUEST, "the body is not a JSON object"),
    };
    if path == "/Fields/Validate" {
        return ok(&validate(&model));
    }
    let mut sold = sold.lock().unwrap_or_else(PoisonError::into_inner);
    ok(&match sold.act(path, &model) {
        Ok(id) => result(0, "", &id),
        Err(reason) => result(-1, &reason, ""),
    })
}

impl Sold {
    /// Does what a subscription call asks for and answers the subscription's id, an empty one where Create was only
    /// checked.
    fn act(&mut self, path: &str, model: &Value) -> Result<String, String> {
        let check_only = match &model["CheckOnly"] {
            Value::Bool(value) => *value,
            Value::Null => false,
            _ => return Err("CheckOnly is not a boolean".to_owned()),
        };
        if path == "/Subscriptions/Create" {
            return self.create(model, check_only);
        }
        let id = model["ID"].as_str().unwrap_or_default();
        let Some(subscription) = self.subscriptions.get_mut(id) else {
            return Err(format!("there is no subscription '{id}'"));
        };
        let mut status = subscription.status;
        let mut quantity = subscription.quantity;
        match (path, status) {
            ("/Subscriptions/Cancel", _) => status = Status::Cancelled,
            (_, Status::Cancelled) => return Err(format!("subscription '{id}' is cancelled")),
            ("/Subscriptions/Suspend", _) => status = Status::Suspended,
            ("/Subscriptions/Activate", _) => status = Status::Active,
            _ => {
                quantity = wanted_quantity(model)?;
                let service_type = subscription.service_type.as_str();
                if model["ServiceType"].as_str() != Some(service_type) {
                    return Err(format!("subscription '{id}' is of product type '{service_type}'"));
                }
                check_attributes(service_type, model)?;
            }
        }
        if !check_only {
            subscription.status = status;
            subscription.quantity = quantity;
        }
        Ok(id.to_owned())
    }

    fn create(&mut self, model: &Value, check_only: bool) -> Result<String, String> {
        let quantity = wanted_quantity(model)?;
        let service_type = model["ServiceType"].as_str().unwrap_or_default();
        check_attributes(service_type, model)?;
        if check_only {
            return Ok(String::new());
        }
        let bss = model["SubscriptionID"].as_str().filter(|id| !id.is_empty());
        let made = self.subscriptions.iter().find(|(_, made)| bss.is_some() && made.bss.as_deref() == bss);
        if let Some((id, _)) = made {
            return Ok(id.clone());
        }
        let id = format!("bare-subscription-{:04}", self.subscriptions.len() + 1);
        let subscription = Subscription {
            bss: bss.map(str::to_owned),
            service_type: service_type.to_owned(),
            quantity,
            status: Status::Active,
        };
        self.subscriptions.insert(id.clone(), subscription);
        Ok(id)
    }
}

fn wanted_quantity(model: &Value) -> Result<i64, String> {
    let quantity = model["Quantity"].as_i64().filter(|quantity| (1..=i64::from(i32::MAX)).contains(quantity));
    quantity.ok_or_else(|| "Quantity is not a number of seats".to_owned())
}

/// Every required attribute of the product type has a value that is legal for its kind.
fn check_attributes(service_type: &str, model: &Value) -> Result<(), String> {
    let catalogue = catalogue();
    let known = catalogue["ProductTypes"].as_array().into_iter().flatten();
    let Some(product_type) = known.into_iter().find(|known| known["ID"] == service_type) else {
        return Err(format!("there is no product type '{service_type}'"));
    };
    for attribute in product_type["AttributeList"].as_array().into_iter().flatten() {
        let id = attribute["ID"].as_str().unwrap_or_default();
        let value = model["AttributeList"][id]["Value"].as_str().unwrap_or_default();
        if value.is_empty() {
            if attribute["IsRequired"] == true {
                return Err(format!("attribute '{id}' is required"));
            }
            continue;
        }
        let legal = match attribute["Kind"].as_str() {
            Some("PredefinedChooseOne") => attribute["PredefinedValues"]
                .as_array()
                .is_some_and(|list| list.iter().any(|entry| entry["ID"] == value)),
            Some("Numeric") => value.parse::<f64>().is_ok_and(|number| number.is_finite() && number >= 0.0),
            Some("Boolean") => ["true", "false", "1", "0"].contains(&value),
            _ => true,
        };
        if !legal {
            return Err(format!("attribute '{id}' cannot have this value"));
        }
    }
    Ok(())
}

fn validate(model: &Value) -> Value {
    let fields = model["Fields"].as_array();
    let named = |id: &str| {
        fields
            .into_iter()
            .flatten()
            .any(|field| field["ID"] == id && field["Value"].as_str().is_some_and(|value| !value.trim().is_empty()))
    };
    if named("FieldUsername") { json!([]) } else { json!(["The user name is missing."]) }
}

fn settings() -> Value {
    json!({"Fields": [{"ID": "FieldUsername", "Value": null, "Definition": {
        "ID": "FieldUsername", "SortOrder": 1, "Name": "User name", "Description": null, "Kind": 0, "MaxLength": 100,
        "IsRequired": true, "PredefinedValues": {}, "IsAdditionalField": false, "IncludeVerification": false,
        "IsDistributorOption": false, "IsPartnerOption": false, "InitialValue": null}}]})
}

/// Between them the types have required order and product characteristics of each kind, with and without a default.
fn catalogue() -> Value {
    let plan = json!([entry("plan-basic", "BASIC", false), entry("plan-plus", "PLUS", true)]);
    let region = json!([entry("region-eu", "EU", false), entry("region-us", "US", false)]);
    let tier = json!([entry("tier-silver", "SILVER", true), entry("tier-gold", "GOLD", false)]);
    let mailbox = json!([
        attribute(1, "plan", "OrderCharacteristic", "PredefinedChooseOne", true, &plan),
        attribute(2, "region", "ProductCharacteristic", "PredefinedChooseOne", true, &region),
        linked(attribute(3, "storage", "OrderCharacteristic", "Numeric", true, &json!([]))),
        attribute(4, "archive", "ProductCharacteristic", "Boolean", true, &json!([])),
        attribute(5, "note", "OrderCharacteristic", "Text", false, &json!([])),
    ]);
    let server = json!([
        attribute(1, "tier", "ProductCharacteristic", "PredefinedChooseOne", true, &tier),
        linked(attribute(2, "memory", "ProductCharacteristic", "Numeric", true, &json!([]))),
        attribute(3, "backup", "OrderCharacteristic", "Boolean", true, &json!([])),
        attribute(4, "internal", "HiddenCharacteristic", "Text", false, &json!([])),
    ]);
    json!({"ProductTypes": [
        product_type("bare-mailbox", "Bare mailbox", &mailbox, &Value::Null),
        product_type("bare-server", "Bare server", &server, &json!({"Products": [], "Addons": []})),
    ]})
}

fn product_type(id: &str, name: &str, attributes: &Value, products: &Value) -> Value {
    json!({"ID": id, "Name": name, "Description": null, "PortalUrl": null, "EnforceCustomerRequestUpdate": false,
        "AllowMultipleSubscriptions": true, "AutoExecuteAddonCancelRequest": true,
        "AutoExecuteSubscriptionCancelRequest": true, "AutoExecuteSubscriptionDowngradeRequest": true,
        "QuantityLimit": 0, "QuantityLimitLocked": false, "Scope": 0, "ServiceLinks": null, "Restrictions": null,
        "ParentAttributeExceptions": null, "ProductTypeDependencies": null, "ExtraParameters": null,
        "AttributeList": attributes, "RuleList": null, "Icon": null, "ExtraInfo": null,
        "ProductsCollection": products, "Derivative": 1, "CustomFieldCollection": null, "SplitQuantity": false,
        "DefineProductState": false, "AssemblyExtension": null})
}

fn attribute(order: i64, id: &str, usage: &str, kind: &str, required: bool, values: &Value) -> Value {
    json!({"Usage": usage, "Kind": kind, "ID": id, "SortOrder": order, "Name": format!("Bare {id}"),
        "Description": null, "UsageSpecified": true, "KindSpecified": true, "IsRequired": required,
        "IsSyncLocked": 0, "LinkedToQuantity": false, "AllowUnlimited": false, "PredefinedValues": values,
        "ExtraParameters": null, "SliderMin": 0, "SliderMax": 0, "SliderStep": 0})
}

fn linked(mut attribute: Value) -> Value {
    attribute["LinkedToQuantity"] = json!(true);
    attribute
}

fn entry(id: &str, code: &str, default: bool) -> Value {
    json!({"ID": id, "Code": code, "Name": code, "IsDefault": default, "ResourceId": 0, "ExtraParameters": null})
}

fn allowed(headers: &HeaderMap) -> bool {
    let first = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let digits = |id: &str| id.trim().replace(['{', '}', '(', ')', '-'], "").to_ascii_lowercase();
    let known = digits(first("X-CloudPlatform-ApplicationId")) == digits(APPLICATION_ID);
    known && STANDARD.decode(first("X-CloudPlatform-APIKey")).is_ok_and(|key| key == APPLICATION_KEY.as_bytes())
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn result(code: i64, text: &str, id: &str) -> Value {
    json!({"AccountExtraInfo": null, "CustomFieldValues": null, "SendNotification": false, "ExtraInfo": {},
        "Code": code, "Message": text, "Result": id})
}

fn ok(body: &Value) -> Response {
    answer(StatusCode::OK, body)
}

fn message(status: StatusCode, text: &str) -> Response {
    answer(status, &json!({"Message": text}))
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

fn not_found() -> Response {
    message(StatusCode::NOT_FOUND, "There is nothing here.")
}
