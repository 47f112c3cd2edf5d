//! What came over the wire, and how members are read from it.
//!
//! Lenient in form: names in any case, members that are missing, null or
//! unknown, ids as text or numbers. Strict in meaning: a value that is there
//! and cannot be understood is an error, never silently zero or false, because
//! the call would then do something that nobody asked for.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::refusal::{BODY_UNREADABLE, QUANTITY_INVALID, Refusal, TEXT_TOO_LONG, VALUE_UNREADABLE, refuse};

/// Longer texts are refused: nothing that a customer names or a platform
/// numbers comes near it.
const LONGEST_TEXT: usize = 10_000;

/// A JSON object as received.
pub(super) type Object = Map<String, Value>;

/// One HTTP call, without the socket.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    /// `None` when the body was longer than the server reads.
    pub(super) body: Option<Bytes>,
    /// Whether the caller sits on this machine.
    pub(super) local: bool,
    /// Whether an equal call is under way, where a fault overlooks it.
    pub(super) is_blind: bool,
}

impl Request {
    /// The first value of a header as text, trimmed; `None` when absent.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
    }

    /// The first parameter of that name in the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            key.eq_ignore_ascii_case(name).then(|| decode(value))
        })
    }
}

/// Undoes percent encoding; what is not properly encoded stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let byte = match (first, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (nibble(*high), nibble(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => first,
            },
            _ => first,
        };
        bytes.push(byte);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The object that a body must be.
pub(super) fn object(body: &[u8]) -> Result<Object, Refusal> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) | Err(_) => refuse(BODY_UNREADABLE, "The request could not be read."),
    }
}

/// A member by its name in any case, null included. Of several spellings the
/// last one counts.
pub(super) fn member<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A member that is there and not null.
fn present<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    member(object, name).filter(|value| !value.is_null())
}

fn unreadable<T>(name: &str) -> Result<T, Refusal> {
    refuse(VALUE_UNREADABLE, format!("The value of {name} could not be understood."))
}

/// The text of a scalar: a string as it is, a number as written.
pub(super) fn scalar(value: &Value, name: &str) -> Result<String, Refusal> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return unreadable(name),
    };
    if text.chars().count() > LONGEST_TEXT {
        return refuse(TEXT_TOO_LONG, format!("The value of {name} is too long."));
    }
    Ok(text)
}

/// Free text, kept as it is; `None` when missing or null.
pub(super) fn text(object: &Object, name: &str) -> Result<Option<String>, Refusal> {
    present(object, name).map(|value| scalar(value, name)).transpose()
}

/// An id: text without surrounding blanks; empty when missing or null.
pub(super) fn id(object: &Object, name: &str) -> Result<String, Refusal> {
    let text = text(object, name)?.unwrap_or_default();
    let trimmed = text.trim();
    Ok(if trimmed.len() == text.len() { text } else { trimmed.to_owned() })
}

/// A nested object; `None` when missing or null.
pub(super) fn nested<'a>(object: &'a Object, name: &str) -> Result<Option<&'a Object>, Refusal> {
    match present(object, name) {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => unreadable(name),
    }
}

/// The objects of an array; empty when missing or null. Null elements say
/// nothing and are passed over.
pub(super) fn objects<'a>(object: &'a Object, name: &str) -> Result<Vec<&'a Object>, Refusal> {
    let elements = match present(object, name) {
        None => return Ok(Vec::new()),
        Some(Value::Array(elements)) => elements,
        Some(_) => return unreadable(name),
    };
    let mut objects = Vec::with_capacity(elements.len());
    for element in elements {
        match element {
            Value::Null => {}
            Value::Object(object) => objects.push(object),
            _ => return unreadable(name),
        }
    }
    Ok(objects)
}

/// True or false, as a JSON boolean or its name.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A flag that is off when missing or null.
pub(super) fn flag(object: &Object, name: &str) -> Result<bool, Refusal> {
    match present(object, name) {
        None => Ok(false),
        Some(value) => truth(value).map_or_else(|| unreadable(name), Ok),
    }
}

/// Whether somebody only asks, as far as that can be read.
pub(super) fn is_question(request: &Request) -> bool {
    let body = request.body.as_deref().and_then(|body| object(body).ok());
    body.is_some_and(|body| member(&body, "CheckOnly") == Some(&Value::Bool(true)))
}

/// `CheckOnly`. Stricter than other flags: reading a doubtful value as false
/// would buy what was only asked about, so even null is an error.
pub(super) fn check_only(object: &Object) -> Result<bool, Refusal> {
    match member(object, "CheckOnly") {
        None => Ok(false),
        Some(value) => truth(value).map_or_else(|| unreadable("CheckOnly"), Ok),
    }
}

/// A quantity as a whole number of the protocol's 32 bits; `None` when missing
/// or null. Whether it makes sense is for the caller to say.
pub(super) fn quantity(object: &Object) -> Result<Option<i32>, Refusal> {
    let Some(value) = present(object, "Quantity") else {
        return Ok(None);
    };
    let whole = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match whole.and_then(|whole| i32::try_from(whole).ok()) {
        Some(quantity) => Ok(Some(quantity)),
        None => refuse(QUANTITY_INVALID, "The quantity is not a valid number."),
    }
}
