//! What goes back over the wire.
//!
//! The result object is the whole body, under HTTP 200 for success and for
//! business errors alike; nulls are written. Only what never reached the
//! business (path, verb, credentials, content type) has another status.

use std::collections::BTreeMap;

use axum::body::Bytes;
use serde_json::{Value, json};

use super::refusal::Refusal;

/// The media type of every answer.
pub(super) const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// One answer, ready to be sent.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The verb that would have been right, beside a 405.
    pub(super) allow: Option<&'static str>,
    pub(super) body: Bytes,
    /// The media type; `None` leaves the header out.
    pub(super) content_type: Option<&'static str>,
    pub(super) wire: Wire,
}

/// How an answer gets over the wire: whole, unless a fault breaks it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wire {
    #[default]
    Whole,
    /// The connection is closed instead.
    Reset,
    /// The connection is closed in the middle of the body.
    Half,
    /// The announced length is too small.
    Short,
    /// Nothing comes.
    Stalled,
}

impl Answer {
    pub(super) fn ok(body: &Value) -> Self {
        Self::bytes(Bytes::from(body.to_string()))
    }

    pub(super) fn bytes(body: Bytes) -> Self {
        Self { status: 200, allow: None, body, content_type: Some(CONTENT_TYPE), wire: Wire::Whole }
    }

    /// An answer of the machinery rather than the business.
    pub(super) fn status(status: u16, message: &str) -> Self {
        Self { status, ..Self::ok(&json!({ "Message": message })) }
    }
}

/// The plain result of Exists and Delete.
pub(super) fn plain(code: i32, result: &str) -> Value {
    json!({ "Code": code, "Message": "", "Result": result })
}

pub(super) fn plain_refused(refusal: &Refusal) -> Value {
    json!({ "Code": refusal.code, "Message": refusal.message, "Result": null })
}

/// The result of Synchronize.
pub(super) fn account(result: &str, extra: &BTreeMap<&str, String>) -> Value {
    json!({
        "AccountExtraInfo": extra,
        "GeneratedPassword": null,
        "Code": 0,
        "Message": "",
        "Result": result,
    })
}

pub(super) fn account_refused(refusal: &Refusal) -> Value {
    json!({
        "AccountExtraInfo": null,
        "GeneratedPassword": null,
        "Code": refusal.code,
        "Message": refusal.message,
        "Result": null,
    })
}

/// The result of every subscription and add-on endpoint. `notify` asks the
/// platform to send the customer the access e-mail.
pub(super) fn service(result: &str, extra: Option<&BTreeMap<&str, String>>, notify: bool) -> Value {
    json!({
        "AccountExtraInfo": extra,
        "CustomFieldValues": null,
        "SendNotification": notify,
        "ExtraInfo": {},
        "Code": 0,
        "Message": "",
        "Result": result,
    })
}

pub(super) fn service_refused(refusal: &Refusal) -> Value {
    json!({
        "AccountExtraInfo": null,
        "CustomFieldValues": null,
        "SendNotification": false,
        "ExtraInfo": {},
        "Code": refusal.code,
        "Message": refusal.message,
        "Result": null,
    })
}
