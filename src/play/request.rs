//! A call of the platform → a request on the wire.

use super::{MAX_ANSWER, MAX_READ, Session, client::WireRequest, ledger::Caller};
use crate::{
    contract::{
        CredentialForm, Endpoint, Verb,
        credentials::{BASE_URI, SETTING_PREFIX, TOKEN, TRACK_ID},
        dialect::Dialect,
    },
    json::Json,
    scenario::Partner,
};

use std::{collections::BTreeMap, sync::Arc};

/// What is being sent, before headers and URL.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) endpoint: Option<Endpoint>,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) body: Option<Arc<Json>>,
    /// Sent instead of the body.
    pub(super) raw: Option<String>,
    pub(super) credentials: CredentialForm,
    /// Whose settings are sent.
    pub(super) partner: Partner,
    /// In place of the usual ones; `None` leaves one out.
    pub(super) headers: Vec<(String, Option<String>)>,
}

impl Draft {
    /// A call to an endpoint of the contract.
    pub(super) fn of(session: &Session, dialect: &Dialect, endpoint: Endpoint, body: Option<Arc<Json>>) -> Self {
        Self {
            endpoint: Some(endpoint),
            method: endpoint.spec().verb.as_str().to_owned(),
            url: dialect.url(&session.profile.target, endpoint),
            body,
            raw: None,
            credentials: CredentialForm::Normal,
            partner: Partner::Own,
            headers: Vec::new(),
        }
    }

    /// The same call from somebody else.
    pub(super) fn called_by(self, caller: Caller) -> Self {
        Self { credentials: caller.credentials, partner: caller.partner, ..self }
    }

    /// The request, with every header that the platform sends.
    pub(super) fn to_wire(&self, session: &Session, track: &str) -> WireRequest {
        let profile = &session.profile;
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut push = |name: &str, value: String| headers.push((name.to_owned(), value));
        if let Some(host) = session.client.host() {
            push("Host", host.to_owned());
        }
        push("Accept", "application/json".to_owned());
        push("User-Agent", concat!("mock-bss/", env!("CARGO_PKG_VERSION")).to_owned());
        let body = self.raw.clone().or_else(|| self.body.as_ref().map(|body| body.to_compact()));
        if body.is_some() || self.method == Verb::Post.as_str() {
            push("Content-Type", "application/json; charset=utf-8".to_owned());
        }
        let anonymous = self.endpoint.is_some_and(|endpoint| endpoint.spec().anonymous);
        if !anonymous {
            let other = profile.other.as_ref();
            let of_other = other.and_then(|other| other.application.as_ref());
            for (name, value) in self.credentials.headers(&profile.application, of_other, session.reads()) {
                push(name, value);
            }
            let settings = match (self.partner, other) {
                (Partner::Other, Some(other)) => &other.settings,
                (Partner::Nobody, _) => &BTreeMap::new(),
                _ => &profile.settings,
            };
            for (id, value) in settings {
                push(&format!("{SETTING_PREFIX}{id}"), value.clone());
            }
            let wanted = &profile.headers.token_endpoints;
            let gets_token = wanted.is_empty() || self.endpoint.is_some_and(|endpoint| wanted.contains(&endpoint));
            if let (Some(token), true) = (&profile.headers.token, gets_token) {
                push(TOKEN, token.clone());
                if let Some(base) = &profile.headers.base_uri {
                    push(BASE_URI, base.clone());
                }
            }
        }
        if profile.headers.track_id {
            push(TRACK_ID, ascii(track));
        }
        for (name, value) in &self.headers {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.extend(value.clone().map(|value| (name.clone(), value)));
        }
        let reads = self.endpoint.is_some_and(|endpoint| endpoint.spec().verb == Verb::Get);
        let limit = if reads { MAX_READ } else { MAX_ANSWER };
        let repeatable = self.is_repeatable();
        WireRequest { method: self.method.clone(), url: self.url.clone(), headers, body, repeatable, limit }
    }

    /// Nothing changes if it is sent twice: a read, a question, a pre-check.
    fn is_repeatable(&self) -> bool {
        let Some(endpoint) = self.endpoint else { return false };
        let reads = endpoint.spec().verb == Verb::Get && self.method == Verb::Get.as_str();
        let asks = matches!(endpoint, Endpoint::AccountExists | Endpoint::FieldsValidate);
        let checks = self.body.as_ref().and_then(|body| body.member("CheckOnly")).and_then(Json::as_bool) == Some(true);
        reads || ((asks || checks) && self.raw.is_none() && self.method == Verb::Post.as_str())
    }
}

/// Header values are ASCII; a scenario's key need not be.
fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' }).collect()
}

/// The URL of a path below the target, whose query stays at the end.
pub(super) fn below(target: &str, path: &str) -> String {
    let (base, query) = target.split_once('?').unwrap_or((target, ""));
    let mark = match (query.is_empty(), path.contains('?')) {
        (true, _) => "",
        (false, true) => "&",
        (false, false) => "?",
    };
    format!("{}/{}{mark}{query}", base.trim_end_matches('/'), path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_the_target_stays_at_the_end() {
        assert_eq!(below("http://h/sm/", "/x"), "http://h/sm/x");
        assert_eq!(below("http://h/sm?t=1", "x"), "http://h/sm/x?t=1");
        assert_eq!(below("http://h/sm?t=1", "x?a=b"), "http://h/sm/x?a=b&t=1");
    }
}
