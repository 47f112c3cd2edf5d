//! The access e-mails that the platform would have sent, and what is missing in them.

use super::{Check, Finding, Status, excerpt};
use crate::{
    contract::{
        Meaning,
        answer::PendingSignal,
        notification::{Filled, Template, fill},
    },
    evidence::{Exchange, Intent, ProfileRecord, ScenarioEvidence, StepRecord},
    json::{self, Json},
    rules::Level,
};
use std::collections::BTreeMap;

/// One e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Id of the step that it follows.
    pub step: String,
    pub line: u32,
    /// The call whose answer asked for it.
    pub call: u32,
    /// The account's address; empty where the request has none.
    pub to: String,
    pub subject: String,
    pub body: String,
    /// Keys of `[#key#]` for which the service manager gave no value.
    pub missing: Vec<String>,
    /// Names of `{#Name#}` that only the platform can fill.
    pub foreign: Vec<String>,
    /// The keys for which it gave one.
    pub known: Vec<String>,
}

/// The e-mails of a scenario in the order of its calls.
///
/// Nothing is said about an answer that does not ask for one: whether a service manager wants the e-mail is its own
/// business. What a denied or a flawed call brought is not the platform's to announce, and neither is a repeat.
pub fn mails(evidence: &ScenarioEvidence, profile: &ProfileRecord) -> Vec<Mail> {
    of(evidence, profile).into_iter().map(|(_, _, mail)| mail).collect()
}

fn of<'e>(evidence: &'e ScenarioEvidence, profile: &ProfileRecord) -> Vec<(&'e StepRecord, &'e Exchange, Mail)> {
    let mut mails = Vec::new();
    if !evidence.steps.iter().flat_map(|step| &step.exchanges).any(asks) {
        return mails;
    }
    // By account, because several customers may come in one step.
    let mut stored: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (record, step) in evidence.recorded_steps() {
        for exchange in step.exchanges.iter().filter(|exchange| is_business(exchange)) {
            let asked = asks(exchange);
            let info = member(exchange, "AccountExtraInfo").and_then(Json::as_object);
            if !asked && info.is_none_or(json::Object::is_empty) {
                continue;
            }
            let request = exchange.sent.body.as_ref().and_then(|body| json::parse(body.as_bytes()).ok());
            let Some(request) = request else { continue };
            let account = request.member("Account").unwrap_or(&request);
            let values = stored.entry(account.text_of("ID").unwrap_or_default()).or_default();
            for (key, value) in info.into_iter().flat_map(json::Object::iter).filter(|(_, value)| !value.is_null()) {
                let text = value.as_str().map_or_else(|| value.to_compact(), str::to_owned);
                values.insert(key.to_owned(), text);
            }
            if asked {
                let template = profile.notification.clone();
                let template = template.unwrap_or_else(|| Template::of_keys(values.keys().map(String::as_str)));
                mails.push((record, exchange, write(record, exchange, &template, values, &request, account)));
            }
        }
    }
    mails
}

fn write(
    record: &StepRecord,
    exchange: &Exchange,
    template: &Template,
    values: &BTreeMap<String, String>,
    request: &Json,
    account: &Json,
) -> Mail {
    let products = products(request);
    let filled = |text: &str| fill(text, |key| values.get(key).map(String::as_str), &products);
    let (subject, body) = (filled(&template.subject), filled(&template.body));
    let both = |pick: fn(&Filled) -> &Vec<String>| {
        let mut names = pick(&subject).clone();
        names.extend(pick(&body).iter().filter(|name| !pick(&subject).contains(name)).cloned());
        names
    };
    Mail {
        step: record.id.clone(),
        line: record.line,
        call: exchange.sent.call,
        to: account.text_of("Email").unwrap_or_default(),
        missing: both(|filled| &filled.missing),
        foreign: both(|filled| &filled.foreign),
        subject: subject.text,
        body: body.text,
        known: values.keys().cloned().collect(),
    }
}

/// What was bought, in words: the subscription as the platform calls it, and the add-ons of the same call.
fn products(request: &Json) -> String {
    let named =
        |of: &Json| of.text_of("Name").filter(|name| !name.trim().is_empty()).or_else(|| of.text_of("ProductID"));
    let addons = request.member("Addons").and_then(Json::as_array).unwrap_or_default();
    let names: Vec<String> = std::iter::once(request).chain(addons).filter_map(named).collect();
    names.join(", ")
}

/// The platform makes something of the call: it was sent as ordinary business, and it was accepted.
fn is_business(exchange: &Exchange) -> bool {
    let sent = &exchange.sent;
    let own = !sent.intent.is_experiment() && !matches!(sent.intent, Intent::Repeated | Intent::Teardown);
    let accepted = |exchange: &Exchange| {
        let endpoint = exchange.sent.endpoint?;
        Some(exchange.answer()?.meaning(endpoint, &PendingSignal::None) == Meaning::Accepted)
    };
    own && !sent.check_only && accepted(exchange).unwrap_or(false)
}

/// The answer asks for the e-mail. Anything but `true` is the business of R-73.
fn asks(exchange: &Exchange) -> bool {
    let of_service = exchange.sent.endpoint.is_some_and(|e| e.spec().response == "ServiceResultDefinition");
    of_service && member(exchange, "SendNotification").and_then(Json::as_bool) == Some(true) && is_business(exchange)
}

fn member<'e>(exchange: &'e Exchange, name: &str) -> Option<&'e Json> {
    exchange.answer()?.body.as_ref()?.as_object()?.get_ignoring_case(name)
}

/// A finding for each variable that stays empty. No rule of the contract demands a key, so none is named: the template
/// is the operator's, and only the two together can be wrong.
pub(super) fn examine(evidence: &ScenarioEvidence, profile: &ProfileRecord, checks: &mut Vec<Check>) {
    // Without a template of the profile's own nothing can be missing.
    let Some(template) = &profile.notification else { return };
    for (record, exchange, mail) in of(evidence, profile) {
        for key in &mail.missing {
            let found = match mail.known.is_empty() {
                true => "no AccountExtraInfo at all".to_owned(),
                false => format!("AccountExtraInfo with {}", mail.known.join(", ")),
            };
            let finding = Finding {
                message: format!("the access e-mail would be sent with [#{key}#] in it"),
                at: Some("$.AccountExtraInfo".to_owned()),
                expected: Some(format!("a value for `{key}`: the template {} uses it", template.file)),
                found: Some(found),
                exchange: Some(excerpt::of(exchange)),
            };
            checks.push(Check {
                step: record.id.clone(),
                line: record.line,
                name: format!("access e-mail: [#{key}#]"),
                rule: None,
                level: Level::May,
                status: Status::Warn,
                finding: Some(finding),
            });
        }
    }
}
