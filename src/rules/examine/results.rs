//! The result object that most endpoints answer: `Code`, `Message`, `Result` and what stands beside them.

use super::{Breach, OfAnswer, Seen, shown};
use crate::{
    contract::{Endpoint, Meaning},
    json::{Json, Object},
};

pub(super) const OF_ANSWERS: &[OfAnswer] = &[
    OfAnswer { rule: 15, examine: result_itself },
    OfAnswer { rule: 47, examine: flat_extra_info },
    OfAnswer { rule: 57, examine: status_members },
    OfAnswer { rule: 73, examine: notification_flag },
    OfAnswer { rule: 74, examine: error_message },
];

/// the body is the result object, with a whole number for `Code`, text or null for `Message` and `Result`, and
/// objects or null for what holds pairs (`AccountExtraInfo` has a rule of its own).
///
/// Names may be in any case, since the platform's readers do not mind; `Message` and `Result` may be missing or null (a
/// pre-check has no id to give, and some serialisers leave null out). Unknown members are welcome.
fn result_itself(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if !seen.endpoint.answers_result() {
        return None;
    }
    let body = seen.document()?;
    let Some(members) = body.as_object() else {
        let message = match body {
            Json::String(text) if text.trim_start().starts_with('{') => {
                "the result is JSON written into a JSON string".to_owned()
            }
            other => format!("the body is no result object, but a JSON {}", other.kind()),
        };
        return Some(vec![
            Breach::new(message).at("$").instead("an object with Code, Message, Result", shown(Some(body))),
        ]);
    };
    let Some(code) = body.member("Code") else {
        return Some(vec![without_code(members, body)]);
    };
    let mut breaches = Vec::new();
    match code {
        // Readers of typed models take `0`, and stumble over `0.0` and `0e0`.
        Json::Number(number) if number.as_str().contains(['.', 'e', 'E']) => breaches.push(
            Breach::new("Code is written as a fraction")
                .at("$.Code")
                .instead("a whole number, as `0`", number.as_str()),
        ),
        Json::Number(number) if number.as_i64().is_some_and(|code| i32::try_from(code).is_ok()) => {}
        Json::Number(_) => breaches.push(
            Breach::new("Code is no whole number of 32 bits").at("$.Code").instead("a whole number", shown(Some(code))),
        ),
        other => breaches.push(
            Breach::new(format!("Code is a JSON {}, not a number", other.kind()))
                .at("$.Code")
                .instead("a whole number", shown(Some(code))),
        ),
    }
    for name in ["Message", "Result"] {
        match body.member(name) {
            None | Some(Json::Null | Json::String(_)) => {}
            Some(other) => breaches.push(
                Breach::new(format!("{name} is a JSON {}, not text", other.kind()))
                    .at(format!("$.{name}"))
                    .instead("a string, or null", shown(Some(other))),
            ),
        }
    }
    for name in ["CustomFieldValues", "ExtraInfo"] {
        match body.member(name).filter(|_| seen.endpoint.spec().response == "ServiceResultDefinition") {
            None | Some(Json::Null | Json::Object(_)) => {}
            Some(other) => breaches.push(
                Breach::new(format!("{name} is a JSON {}, not an object", other.kind()))
                    .at(format!("$.{name}"))
                    .instead("an object, or null", shown(Some(other))),
            ),
        }
    }
    for name in ["Code", "Message", "Result"] {
        let mut values = members.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let first = values.next();
        if let Some((first, other)) = first.zip(values.find(|value| first.is_some_and(|first| !first.same(value)))) {
            breaches.push(
                Breach::new(format!("{name} stands twice in the answer, with different values"))
                    .at(format!("$.{name}"))
                    .instead("one value", format!("{} and {}", shown(Some(first)), shown(Some(other)))),
            );
        }
    }
    Some(breaches)
}

/// Where the `Code` went that is not at the top.
fn without_code(members: &Object, body: &Json) -> Breach {
    let wrapper = members.iter().find(|(_, inner)| inner.member("Code").is_some());
    match wrapper {
        Some((name, inner)) => Breach::new(format!("the result is wrapped in `{name}`"))
            .at("$")
            .instead("Code, Message and Result at the top", format!("`{name}`: {}", shown(Some(inner)))),
        None => Breach::new("the answer has no Code")
            .at("$")
            .instead("an object with Code, Message, Result", shown(Some(body))),
    }
}

/// the values of `AccountExtraInfo` are text. The member may be missing, null or empty, and a value may be null.
fn flat_extra_info(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if !seen.endpoint.answers_result() {
        return None;
    }
    let info = seen.document()?.member("AccountExtraInfo").filter(|info| !info.is_null())?;
    let Some(pairs) = info.as_object() else {
        return Some(vec![
            Breach::new("AccountExtraInfo is no object")
                .at("$.AccountExtraInfo")
                .instead("an object of texts, or null", shown(Some(info))),
        ]);
    };
    let wrong = pairs.iter().filter(|(_, value)| !matches!(value, Json::String(_) | Json::Null));
    let breach = |(name, value): (&str, &Json)| {
        Breach::new(format!("AccountExtraInfo holds a JSON {} that is not text", value.kind()))
            .at(crate::json::Path::root().member("AccountExtraInfo").member(name))
            .instead("a string", shown(Some(value)))
    };
    Some(wrong.map(breach).collect())
}

/// suspend, activate and cancel answer `Code` and `Message`. `Message` may be null or empty; nothing else has to
/// be there.
fn status_members(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    use Endpoint::{SubscriptionActivate, SubscriptionCancel, SubscriptionSuspend};
    if !matches!(seen.endpoint, SubscriptionActivate | SubscriptionCancel | SubscriptionSuspend) {
        return None;
    }
    let body = seen.document()?;
    // An answer without a Code is no result at all: R-15.
    body.member("Code")?;
    if body.member("Message").is_some() {
        return Some(Vec::new());
    }
    Some(vec![
        Breach::new(format!("{} answered without a Message", seen.endpoint))
            .at("$")
            .instead("Code and Message", shown(Some(body))),
    ])
}

/// `SendNotification` is true or false. It may be missing or null.
fn notification_flag(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if seen.endpoint.spec().response != "ServiceResultDefinition" {
        return None;
    }
    match seen.document()?.member("SendNotification")? {
        Json::Null => None,
        Json::Bool(_) => Some(Vec::new()),
        other => Some(vec![
            Breach::new(format!("SendNotification is a JSON {}, not a boolean", other.kind()))
                .at("$.SendNotification")
                .instead("true or false", shown(Some(other))),
        ]),
    }
}

/// an error says why. Looked at wherever a result says so, whatever the HTTP status; what nobody wrote, denied
/// credentials, an account that exists, and "in progress" are no errors.
fn error_message(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if !seen.endpoint.answers_result() || seen.may_be_pending() || seen.stranger {
        return None;
    }
    let code = seen.answer.code().filter(|code| *code != 0)?;
    if matches!(seen.meaning(), Meaning::Denied | Meaning::NotOffered | Meaning::Accepted) {
        return None;
    }
    // Of these a positive code may be meant as a yes: say what is wrong with it.
    let asks = seen.endpoint == Endpoint::AccountExists || (seen.exchange.sent.check_only && !seen.is_flawed());
    if asks && code > 0 {
        return None;
    }
    if !seen.answer.message().trim().is_empty() {
        return Some(Vec::new());
    }
    Some(vec![
        Breach::new(format!("{} answered an error without a Message", seen.endpoint)).at("$.Message").instead(
            "a Message that says why",
            format!("Code {code}, Message {}", shown(seen.body()?.member("Message"))),
        ),
    ])
}
