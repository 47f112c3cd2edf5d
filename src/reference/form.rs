//! Faults of the form: what answers look like, and how they get over the wire.

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use super::answer::{self, Answer, Wire};
use super::faults::{Fault, Faults};
use super::refusal::Refusal;
use super::request::Request;
use super::routes::Endpoint;
use super::service_faults::Memory;

/// The answer to a pre-check that is content.
pub(super) fn precheck(faults: Faults) -> Value {
    let mut answer = answer::service("", None, false);
    if faults.has(Fault::PrecheckWithResult) {
        answer["Result"] = json!("possible");
    }
    if faults.has(Fault::PrecheckWithCodeOne) {
        answer["Code"] = json!(1);
    }
    if faults.has(Fault::PrecheckWithEmptyObject) {
        return json!({});
    }
    answer
}

/// A result object as it is sent.
pub(super) fn result(
    endpoint: Endpoint,
    mut body: Value,
    refusal: Option<&Refusal>,
    request: &Request,
    faults: Faults,
) -> Answer {
    let has = |fault| faults.has(fault);
    match refusal {
        Some(_) => spoil_message(&mut body, request, faults),
        None => spoil_result(endpoint, &mut body, faults),
    }
    spoil_members(endpoint, &mut body, faults);
    let created = endpoint == Endpoint::Create && refusal.is_none();
    let status = match refusal {
        Some(_) if has(Fault::ErrorsWithHttp400) => 400,
        Some(_) if has(Fault::ErrorsWithHttp500) => 500,
        None if created && has(Fault::CreatedWithHttp201) => 201,
        _ => 200,
    };
    if has(Fault::WrappedAnswer) {
        body = json!({ "d": body });
    }
    if has(Fault::AnswerInAnArray) {
        body = json!([body]);
    }
    if has(Fault::AnswerAsJsonText) {
        body = json!(body.to_string());
    }
    Answer { status, ..Answer::ok(&body) }
}

fn spoil_message(body: &mut Value, request: &Request, faults: Faults) {
    let said = body["Message"].as_str().unwrap_or_default().to_owned();
    let header = |name: &str| request.header(name).unwrap_or_default();
    let message = if faults.has(Fault::MessageEmptyOnError) {
        json!("")
    } else if faults.has(Fault::MessageNullOnError) {
        Value::Null
    } else if faults.has(Fault::MessageWithStackTrace) {
        json!(format!(
            "System.InvalidOperationException: {said}\r\n   at Tallowmere.Cloud.Orders.OrderBook.Check(Order order) in \
             C:\\src\\Orders\\OrderBook.cs:line 212\r\n   at Tallowmere.Cloud.Api.Controllers.Run(Action action)"
        ))
    } else if faults.has(Fault::MessageWithKey) {
        json!(format!("{said} (called with key {})", header("X-CloudPlatform-APIKey")))
    } else if faults.has(Fault::MessageWithPassword) {
        json!(format!("{said} (signed in with {})", header("X-CloudPlatform-Setting-FieldPassword")))
    } else {
        return;
    };
    body["Message"] = message;
}

/// Faults of what a call that worked answers.
fn spoil_result(endpoint: Endpoint, body: &mut Value, faults: Faults) {
    let has = |fault| faults.has(fault);
    let result = body["Result"].as_str().unwrap_or_default().to_owned();
    let real = !result.is_empty();
    match endpoint {
        Endpoint::Create if real => {
            if has(Fault::ResultMissingOnCreate)
                && let Some(members) = body.as_object_mut()
            {
                members.remove("Result");
            }
            if has(Fault::ResultEmptyOnCreate) {
                body["Result"] = json!("");
            }
            if has(Fault::ResultNullOnCreate) {
                body["Result"] = Value::Null;
            }
            if has(Fault::ResultNotAcceptedLater) {
                body["Result"] = json!(format!("ORD-{result}"));
            }
            if has(Fault::SuccessWithCodeOne) {
                body["Code"] = json!(1);
            }
            if has(Fault::InProgressNeverEnds) {
                *body = json!({ "Code": 1, "Message": "The order is in progress.", "Result": null });
            }
        }
        Endpoint::UpgradeDowngrade if has(Fault::UpgradeWithoutResult) => body["Result"] = json!(""),
        Endpoint::CreateAddons if has(Fault::AddonCreateWithoutResult) => body["Result"] = json!(""),
        Endpoint::CreateAddons if real && has(Fault::AddonIdNotAcceptedLater) => {
            body["Result"] = json!(format!("ITEM-{result}"));
        }
        Endpoint::Suspend | Endpoint::Activate | Endpoint::Cancel => {
            let mut leave_out = |name: &str| body.as_object_mut().and_then(|members| members.remove(name));
            if has(Fault::StatusAnswerWithoutMessage) {
                leave_out("Message");
            }
            if has(Fault::StatusAnswerWithoutCode) {
                leave_out("Code");
            }
            if has(Fault::StatusAnswerEmpty) {
                *body = json!({});
            }
        }
        _ => {}
    }
}

/// Faults of single members, whatever is answered.
fn spoil_members(endpoint: Endpoint, body: &mut Value, faults: Faults) {
    let has = |fault| faults.has(fault);
    let Some(members) = body.as_object_mut() else { return };
    if has(Fault::ExtraInfoOfNumbers)
        && let Some(extra) = members.get_mut("AccountExtraInfo").and_then(Value::as_object_mut)
    {
        extra.insert("CustomerNumber".to_owned(), json!(4711));
    }
    if has(Fault::NoAccountExtraInfo) {
        for name in
            ["AccountExtraInfo", "ExtraInfo"].into_iter().filter(|name| members.contains_key(*name)).collect::<Vec<_>>()
        {
            members.insert(name.to_owned(), Value::Null);
        }
    }
    if let Some(notify) = members.get_mut("SendNotification") {
        let on = notify.as_bool().unwrap_or_default();
        if has(Fault::SendNotificationAsText) {
            *notify = json!(on.to_string());
        }
        if has(Fault::SendNotificationAsNumber) {
            *notify = json!(i32::from(on));
        }
    }
    if let Some(code) = members.get_mut("Code") {
        if has(Fault::CodeAsText) {
            *code = json!(code.to_string());
        }
        if has(Fault::CodeAsName) {
            *code = json!(if *code == json!(0) { "Success" } else { "Error" });
        }
    }
    if has(Fault::NewerAnswerMembers) {
        members.insert("TraceId".to_owned(), json!("3f1c"));
        members.insert("Warnings".to_owned(), json!([{ "Text": "none" }]));
    }
    if has(Fault::LowerCaseMembers) && endpoint != Endpoint::ValidateSettings {
        let lower: Map<String, Value> =
            std::mem::take(members).into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
        *members = lower;
    }
}

/// Faults of the last few metres.
pub(super) fn on_the_way(endpoint: Endpoint, mut answer: Answer, faults: Faults, memory: &Memory) -> Answer {
    let has = |fault| faults.has(fault);
    let json = answer.content_type;
    answer.content_type = match () {
        () if has(Fault::ContentTypeText) => Some("text/plain; charset=utf-8"),
        () if has(Fault::ContentTypeHtml) => Some("text/html; charset=utf-8"),
        () if has(Fault::ContentTypeMissing) => None,
        () if has(Fault::ContentTypeWithoutCharset) => Some("application/json"),
        () => json,
    };
    if has(Fault::ByteOrderMark) {
        answer.body = Bytes::from([b"\xef\xbb\xbf", &answer.body[..]].concat());
    }
    if endpoint != Endpoint::Suspend || answer.status != 200 {
        return answer;
    }
    let page = |status, content_type, body: &'static str| Answer {
        status,
        content_type: Some(content_type),
        body: Bytes::from_static(body.as_bytes()),
        ..Answer::status(status, "")
    };
    if has(Fault::EverySecondCallFails) && memory.is_second_suspend() {
        return Answer::status(500, "An error has occurred.");
    }
    if has(Fault::HtmlErrorPage) {
        return page(502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>");
    }
    if has(Fault::NoContent) {
        return Answer { content_type: None, ..page(204, "text/plain", "") };
    }
    if has(Fault::EmptyAnswer) {
        return page(200, "application/json", "");
    }
    if has(Fault::Redirect) {
        return page(302, "text/html", "<html><body>Please sign in.</body></html>");
    }
    if has(Fault::XmlAnswer) {
        let text = "<ServiceResultDefinition><Code>0</Code><Message/></ServiceResultDefinition>";
        return page(200, "application/xml; charset=utf-8", text);
    }
    let broken = [
        (Fault::ResetAfterRequest, Wire::Reset),
        (Fault::HalfAnAnswer, Wire::Half),
        (Fault::AnswerCutShort, Wire::Short),
        (Fault::StalledAnswer, Wire::Stalled),
    ];
    answer.wire = broken.into_iter().find(|(fault, _)| has(*fault)).map_or(Wire::Whole, |(_, wire)| wire);
    answer
}
