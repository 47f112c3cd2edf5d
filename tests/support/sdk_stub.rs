//! A target that answers as a service built on the vendor's own SDK does.
//!
//! It knows no state: every endpoint has one recorded answer (`samples/`), and the calls that name a subscription
//! answer its id. It is the yardstick for "do not turn the vendor's own example red by mistake": routing before
//! credentials, credentials before the body, lenient binding of bad values, and all the calls that such a service
//! does not have.
//!
//! * Paths ignore case, below `/api/Example`. Unknown path: 404, an HTML page. Wrong verb: 405. Neither needs credentials.
//! * Credentials: 401 with a Message. They are looked at before content type (415) and body.
//! * A body that is no object: 500. Everything else is read as far as it goes and the action runs; CheckOnly is true
//!   only where the value says so.
//! * Not routed: Accounts/IsReseller, Subscriptions/UpgradeDowngrade, assets, pay per use.
//! * Routed, not implemented: the users section.
//! * It answers JSON whatever Accept asks for.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The one application that the stub knows.
pub(crate) const APPLICATION_ID: &str = "B6708CA0-7CBE-4696-AD64-B465F3C878DC";
/// Its key. The header carries the base64 of this text.
pub(crate) const APPLICATION_KEY: &str = "xWzaJ1xZA9BJK6sWzedfKk41DtQBIlpLJsPQEMAu0RQ=";

const BASE: &str = "/api/Example";
/// A larger body is answered 500, as the usual host does.
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// So much of a body that is too large is still read, so that the sender gets to see the answer.
const DRAIN_LIMIT: usize = 64 * 1024 * 1024;
const MAX_DEPTH: usize = 128;

/// A running stub. It ends when it is dropped; [`SdkStub::stop`] also waits for its end.
#[derive(Debug)]
pub(crate) struct SdkStub {
    address: SocketAddr,
    running: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl SdkStub {
    /// Listens on a free port of the loopback address.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free loopback port");
        let address = listener.local_addr().expect("the address of a bound socket");
        let (running, dropped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let ended = async {
                let _ = dropped.await;
            };
            let _ = axum::serve(listener, Router::new().fallback(serve)).with_graceful_shutdown(ended).await;
        });
        Self { address, running, server }
    }

    /// What a profile names as its target, without a slash at the end.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}{BASE}", self.address)
    }

    /// Stops listening and waits until open connections are closed.
    pub(crate) async fn stop(self) {
        drop(self.running);
        let _ = self.server.await;
    }
}

/// What an action does with its request.
#[derive(Clone, Copy)]
enum Action {
    /// Looks at nothing.
    Fixed(&'static str),
    Validate,
    /// An account call: the answer names the given one of the account's members, if any.
    Account {
        answer: &'static str,
        echo: Option<&'static str>,
    },
    /// A subscription call. `precheck` is the answer where CheckOnly is true.
    Subscription {
        precheck: &'static str,
        answer: &'static str,
        echo: bool,
    },
    /// The same, for the first add-on that has this ActionType (name and number). There must be one.
    Addon {
        acts: (&'static str, i64),
        precheck: &'static str,
        answer: &'static str,
        echo: bool,
    },
    /// Routed, not overridden.
    Unsupported(&'static str),
    /// Anonymous: the discovery document, or, with `appId`, whether that application is registered.
    Discover,
    /// Two actions of the SDK claim this call.
    Ambiguous,
}

fn status_call(answer: &'static str) -> Action {
    Action::Subscription { precheck: answer, answer, echo: true }
}

/// The action of a verb and a path, which is in lower case and relative to the base. `Err` names the allowed verbs.
fn route(method: &Method, path: &str) -> Option<Result<Action, &'static str>> {
    use Action::*;
    let (verb, action) = match path {
        "" if method == Method::POST => (Method::POST, Ambiguous),
        "" if method == Method::GET => (Method::GET, Discover),
        "" => return Some(Err("GET, POST")),

        "fields/get" => (Method::GET, Fixed(include_str!("samples/Fields-Get.json"))),
        "fields/validate" => (Method::POST, Validate),
        "fields/servicedefinition" => (Method::GET, Fixed(include_str!("samples/Fields-ServiceDefinition.json"))),
        "fields/additionalinfo" => (Method::GET, Fixed(include_str!("samples/Fields-AdditionalInfo.json"))),

        "accounts/syncoptions" => (Method::GET, Fixed(include_str!("samples/Accounts-SyncOptions.json"))),
        "accounts/exists" => {
            (Method::POST, Account { answer: include_str!("samples/Accounts-Exists.json"), echo: None })
        }
        "accounts/synchronize" => {
            (Method::POST, Account { answer: include_str!("samples/Accounts-Synchronize.json"), echo: None })
        }
        "accounts/delete" => {
            (Method::POST, Account { answer: include_str!("samples/Accounts-Delete.json"), echo: Some("ExternalID") })
        }

        "subscriptions/create" => {
            let precheck = include_str!("samples/Subscriptions-Create-CheckOnly-true.json");
            let answer = include_str!("samples/Subscriptions-Create.json");
            (Method::POST, Subscription { precheck, answer, echo: false })
        }
        "subscriptions/update" => (Method::POST, status_call(include_str!("samples/Subscriptions-Update.json"))),
        "subscriptions/cancel" => (Method::POST, status_call(include_str!("samples/Subscriptions-Cancel.json"))),
        "subscriptions/activate" => (Method::POST, status_call(include_str!("samples/Subscriptions-Activate.json"))),
        "subscriptions/suspend" => (Method::POST, status_call(include_str!("samples/Subscriptions-Suspend.json"))),
        "subscriptions/upgradetopaid" => {
            (Method::POST, status_call(include_str!("samples/Subscriptions-UpgradeToPaid.json")))
        }

        "addons/create" => {
            let precheck = include_str!("samples/Addons-Create-CheckOnly-true.json");
            let answer = include_str!("samples/Addons-Create.json");
            (Method::POST, Addon { acts: ("Provision", 1), precheck, answer, echo: false })
        }
        "addons/update" => {
            let answer = include_str!("samples/Addons-Update.json");
            (Method::POST, Addon { acts: ("Provision", 1), precheck: answer, answer, echo: true })
        }
        "addons/cancel" => {
            let answer = include_str!("samples/Addons-Cancel.json");
            (Method::POST, Addon { acts: ("Cancel", 2), precheck: answer, answer, echo: true })
        }

        "users/get/customers" => (Method::POST, Fixed(r#"{"Customers":[],"TotalCustomers":0}"#)),
        "users/get/customer" => (Method::POST, Fixed(EMPTY_CUSTOMER)),
        "users/get/list" => (Method::POST, Fixed(r#"{"Users":[],"TotalUsers":0,"AvailableServices":[]}"#)),
        "users/get" => (Method::POST, Fixed(EMPTY_USER)),
        "users/service/get/list" => (Method::POST, Fixed("[]")),
        "users/add" => (Method::POST, Unsupported("UsersAdd")),
        "users/update" => (Method::POST, Unsupported("UsersUpdate")),
        "users/delete" => (Method::POST, Unsupported("UsersDelete")),
        "users/activate" => (Method::POST, Unsupported("UsersActivate")),
        "users/disable" => (Method::POST, Unsupported("UsersDisable")),
        "users/provision" => (Method::POST, Unsupported("UsersProvision")),
        "users/deprovision" => (Method::POST, Unsupported("UsersDeProvision")),
        "users/password/reset" => (Method::POST, Unsupported("UsersResetPassword")),
        "users/service/add" => (Method::POST, Unsupported("UsersAddService")),
        "users/service/delete" => (Method::POST, Unsupported("UsersRemoveService")),
        _ => return None,
    };
    Some(match (*method == verb, verb == Method::GET) {
        (true, _) => Ok(action),
        (false, true) => Err("GET"),
        (false, false) => Err("POST"),
    })
}

const EMPTY_CUSTOMER: &str = r#"{"ID":null,"Name":null,"PrimaryDomain":null,"PercentageCompleted":null,"Status":0,"IsTest":false,"TotalUsers":0}"#;
const EMPTY_USER: &str = r#"{"ID":null,"Customer":null,"FirstName":null,"LastName":null,"DisplayName":null,"Username":null,"Email":null,"Password":null,"Status":null,"Role":null,"PercentageCompleted":null,"TotalServices":null,"SecondaryEmail":null}"#;

async fn serve(request: Request) -> Response {
    let (head, body) = request.into_parts();
    // Read before anything is answered: an unread body would end the connection and may hide the answer.
    let body = read_body(body).await;
    let path = head.uri.path().to_ascii_lowercase();
    let inside = path
        .strip_prefix(&BASE.to_ascii_lowercase())
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
        .map(|rest| rest.trim_matches('/'));
    let Some(routed) = inside.and_then(|path| route(&head.method, path)) else {
        return not_found();
    };
    let action = match routed {
        Ok(action) => action,
        Err(allowed) => {
            let text = format!("The requested resource does not support http method '{}'.", head.method);
            return ([(header::ALLOW, allowed)], message(StatusCode::METHOD_NOT_ALLOWED, &text)).into_response();
        }
    };
    match action {
        Action::Discover => return discover(head.uri.query().unwrap_or_default()),
        Action::Ambiguous => return broken(),
        _ if !allowed(&head.headers) => {
            return message(StatusCode::UNAUTHORIZED, "Authorization has been denied for this request.");
        }
        _ => {}
    }
    if head.method == Method::GET {
        return run(action, &Map::new());
    }
    let Some(format) = Format::of(&head.headers) else {
        let text = "The request contains an entity body of a media type that is not supported for this resource.";
        return message(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
    };
    let Some(body) = body else { return broken() };
    match action {
        // These never look at their model, so a broken one does not break them.
        Action::Fixed(_) | Action::Unsupported(_) => run(action, &Map::new()),
        _ => match format.model(&body) {
            Some(model) => run(action, &model),
            None => broken(),
        },
    }
}

/// The body, unless it is too large or its sender gave up.
async fn read_body(mut body: Body) -> Option<Vec<u8>> {
    let (mut bytes, mut seen) = (Vec::new(), 0);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        seen += data.len();
        if seen > DRAIN_LIMIT {
            return None;
        }
        if seen <= BODY_LIMIT {
            bytes.extend_from_slice(&data);
        }
    }
    (seen <= BODY_LIMIT).then_some(bytes)
}

fn run(action: Action, model: &Map<String, Value>) -> Response {
    match action {
        Action::Fixed(text) => sample(text),
        Action::Validate => validate(model),
        Action::Account { answer, echo } => sample_naming(answer, echo.map(|name| text_member(model, name))),
        Action::Subscription { precheck, answer, echo } => {
            let text = if check_only(model) { precheck } else { answer };
            sample_naming(text, echo.then(|| text_member(model, "ID")))
        }
        Action::Addon { acts, precheck, answer, echo } => {
            if !acted_on(model, acts) {
                return broken();
            }
            run(Action::Subscription { precheck, answer, echo }, model)
        }
        Action::Unsupported(name) => unsupported(name),
        Action::Discover | Action::Ambiguous => broken(),
    }
}

/// The example's rule: the setting `Country` holds a code of two letters. Without that setting it throws.
fn validate(model: &Map<String, Value>) -> Response {
    let fields = member(model, "Fields").and_then(Value::as_array);
    let country = fields
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .find(|field| member(field, "ID").and_then(Value::as_str).is_some_and(|id| id == "Country"));
    let Some(country) = country else { return broken() };
    let value = member(country, "Value").and_then(Value::as_str).unwrap_or_default();
    if value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        sample(include_str!("samples/Fields-Validate.json"))
    } else {
        sample(include_str!("samples/Fields-Validate-rejected.json"))
    }
}

fn discover(query: &str) -> Response {
    let asked = query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.eq_ignore_ascii_case("appId").then_some(value)
    });
    match asked {
        // This document is written without nulls, unlike every other answer.
        None => answer(
            StatusCode::OK,
            json!({"Code": -1, "Message": "Discover functionality is not supported by default"}).to_string(),
        ),
        Some(id) => match guid(id) {
            None => message(StatusCode::BAD_REQUEST, "The request is invalid."),
            id => answer(
                StatusCode::OK,
                json!({"IsRegistered": id == guid(APPLICATION_ID), "Success": true, "Error": null}).to_string(),
            ),
        },
    }
}

fn allowed(headers: &HeaderMap) -> bool {
    let first = |name: &str| headers.get(name).map(|value| value.as_bytes());
    let (Some(id), Some(key)) = (first("X-CloudPlatform-ApplicationId"), first("X-CloudPlatform-APIKey")) else {
        return false;
    };
    let id = std::str::from_utf8(id).ok().and_then(guid);
    let encoded: Vec<u8> = key.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let Ok(key) = STANDARD.decode(encoded) else { return false };
    id.is_some() && id == guid(APPLICATION_ID) && key == APPLICATION_KEY.as_bytes()
}

/// The 32 digits of a GUID in lower case: with dashes, in braces or parentheses with dashes, or bare digits.
fn guid(text: &str) -> Option<String> {
    let text = text.trim();
    let wrapped =
        [('{', '}'), ('(', ')')].iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    let dashed = wrapped.unwrap_or(text);
    let groups: Vec<&str> = dashed.split('-').collect();
    let shape: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let digits = groups.concat();
    let fits = shape == [8, 4, 4, 4, 12] || (wrapped.is_none() && shape == [32]);
    (fits && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| digits.to_ascii_lowercase())
}

/// What the service reads. Forms and XML are accepted too; none of their members is bound here.
enum Format {
    Json,
    Other,
}

impl Format {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "application/json" | "text/json" => Some(Self::Json),
            "application/xml" | "text/xml" | "application/x-www-form-urlencoded" => Some(Self::Other),
            _ => None,
        }
    }

    /// The bound model; `None` is the null model, on which every action of the example throws.
    fn model(&self, body: &[u8]) -> Option<Map<String, Value>> {
        if body.is_empty() {
            return None;
        }
        match self {
            Self::Other => Some(Map::new()),
            Self::Json => {
                let text = String::from_utf8_lossy(body);
                let value = serde_json::from_str(&text).ok().or_else(|| Lenient::read(&text));
                match value {
                    Some(Value::Object(members)) if binds(&members) => Some(members),
                    _ => None,
                }
            }
        }
    }
}

/// Most wrong values leave the default of their type. These two kinds lose the whole model.
fn binds(model: &Map<String, Value>) -> bool {
    const TEXTS: [&str; 9] = [
        "ID",
        "SubscriptionID",
        "OriginalSubscriptionID",
        "ExternalID",
        "Name",
        "ServiceType",
        "ProductID",
        "Email",
        "Code",
    ];
    let structured = |name: &str| member(model, name).is_some_and(|value| value.is_object() || value.is_array());
    let boolean_quantity = member(model, "Quantity").is_some_and(Value::is_boolean);
    !boolean_quantity && !TEXTS.into_iter().any(structured)
}

/// A member by its name in any case; of several, the last.
fn member<'a>(model: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    model.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn text_member(model: &Map<String, Value>, name: &str) -> Value {
    match member(model, name) {
        Some(Value::String(text)) => json!(text),
        Some(Value::Number(number)) => json!(number.to_string()),
        _ => Value::Null,
    }
}

fn check_only(model: &Map<String, Value>) -> bool {
    match member(model, "CheckOnly") {
        Some(Value::Bool(value)) => *value,
        Some(Value::Number(number)) => number.as_f64().is_some_and(|number| number != 0.0),
        Some(Value::String(text)) => text.trim().eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn acted_on(model: &Map<String, Value>, (name, number): (&str, i64)) -> bool {
    let addons = member(model, "Addons").and_then(Value::as_array);
    addons.into_iter().flatten().filter_map(Value::as_object).any(|addon| match member(addon, "ActionType") {
        Some(Value::String(text)) => text.eq_ignore_ascii_case(name),
        Some(Value::Number(value)) => value.as_i64() == Some(number),
        _ => false,
    })
}

fn sample_naming(text: &'static str, result: Option<Value>) -> Response {
    match (serde_json::from_str::<Value>(text), result) {
        (Ok(mut value), Some(result)) => {
            value["Result"] = result;
            answer(StatusCode::OK, value.to_string())
        }
        _ => sample(text),
    }
}

fn sample(text: &'static str) -> Response {
    answer(StatusCode::OK, text.trim_end().to_owned())
}

fn unsupported(action: &str) -> Response {
    let text = format!("{action} functionality is not supported by default");
    answer(StatusCode::OK, json!({"Code": -1, "Message": text, "Result": null}).to_string())
}

fn broken() -> Response {
    message(StatusCode::INTERNAL_SERVER_ERROR, "An error has occurred.")
}

fn message(status: StatusCode, text: &str) -> Response {
    answer(status, json!({"Message": text}).to_string())
}

fn answer(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}

fn not_found() -> Response {
    let page = "<!DOCTYPE html>\n<html><head><title>The resource cannot be found.</title></head>\
                <body><h1>Server Error</h1><h2>The resource cannot be found.</h2></body></html>\n";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// Reads what the service's JSON reader takes beyond the standard: comments, commas too many, single quotes, bare
/// names, anything after the value. Where a text breaks off or goes wrong, what was read so far stays.
struct Lenient<'a> {
    rest: &'a str,
    depth: usize,
    broken: bool,
}

impl<'a> Lenient<'a> {
    fn read(text: &'a str) -> Option<Value> {
        Self { rest: text.trim_start_matches('\u{feff}'), depth: 0, broken: false }.value()
    }

    fn value(&mut self) -> Option<Value> {
        self.skip();
        match self.rest.chars().next() {
            Some('{') => self.nested(Self::object),
            Some('[') => self.nested(Self::array),
            Some(quote @ ('"' | '\'')) => self.text(quote).map(Value::String),
            _ => {
                let token = self.token();
                let value = serde_json::from_str(token).ok();
                self.broken |= value.is_none();
                value
            }
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Value) -> Option<Value> {
        if self.depth == MAX_DEPTH {
            self.broken = true;
            return None;
        }
        self.depth += 1;
        self.rest = &self.rest[1..];
        let value = read(self);
        self.depth -= 1;
        Some(value)
    }

    fn object(&mut self) -> Value {
        let mut members = Map::new();
        while !self.closed('}') {
            let name = match self.rest.chars().next() {
                Some(quote @ ('"' | '\'')) => self.text(quote),
                _ => Some(self.token().to_owned()).filter(|name| !name.is_empty()),
            };
            let Some(name) = name.filter(|_| self.taken(':')) else {
                self.broken = true;
                break;
            };
            let Some(value) = self.value() else { break };
            members.insert(name, value);
            if !self.separated('}') {
                break;
            }
        }
        Value::Object(members)
    }

    fn array(&mut self) -> Value {
        let mut items = Vec::new();
        while !self.closed(']') {
            let Some(value) = self.value() else { break };
            items.push(value);
            if !self.separated(']') {
                break;
            }
        }
        Value::Array(items)
    }

    /// True at the end of a container, and when there is nothing more to read.
    fn closed(&mut self, end: char) -> bool {
        self.broken || self.taken(end) || self.rest.is_empty()
    }

    /// Between two entries: a comma, or the end, which stays for [`Self::closed`].
    fn separated(&mut self, end: char) -> bool {
        let goes_on = !self.broken && (self.taken(',') || self.rest.starts_with(end));
        self.broken |= !goes_on;
        goes_on
    }

    fn taken(&mut self, wanted: char) -> bool {
        self.skip();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            let end = if self.rest.starts_with("//") {
                self.rest.find('\n').map(|at| at + 1)
            } else if self.rest.starts_with("/*") {
                self.rest.find("*/").map(|at| at + 2)
            } else {
                return;
            };
            self.rest = end.map_or("", |end| &self.rest[end..]);
        }
    }

    fn token(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| c.is_whitespace() || ",:{}[]\"'/".contains(c)).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        token
    }

    /// A quoted text; `None` when it has no end.
    fn text(&mut self, quote: char) -> Option<String> {
        let inside = &self.rest[1..];
        let mut escaped = false;
        let end = inside.find(|c| {
            let found = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            found
        });
        let Some(end) = end else {
            self.rest = "";
            self.broken = true;
            return None;
        };
        self.rest = &inside[end + 1..];
        let written = &inside[..end];
        let standard = if quote == '"' { written.to_owned() } else { written.replace("\\'", "'").replace('"', "\\\"") };
        Some(serde_json::from_str(&format!("\"{standard}\"")).unwrap_or_else(|_| written.to_owned()))
    }
}
