//! What an answer of a service manager means to the platform.

use super::endpoint::Endpoint;
use crate::json::Json;

/// A complete HTTP answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// The media type without parameters, in lower case; empty when there is none.
    pub media_type: String,
    /// The body, if it is JSON.
    pub body: Option<Json>,
}

/// What the platform makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Done.
    Accepted,
    /// A business error with its code and the message that a user is shown.
    Refused { code: i64, message: String },
    /// Credentials not accepted (401 or 403).
    Denied,
    /// The endpoint is not there (404), or answers what the vendor's SDK answers for a method that nobody wrote.
    NotOffered,
    /// In progress, in the way that the profile declares: the same call is sent again later.
    Pending,
    /// Nothing the platform can work with: a 5xx, another status, not JSON, no `Code`.
    Broken(String),
}

/// How a service manager says "in progress". The contract knows no way, so it is the profile's word.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum PendingSignal {
    /// It never does: any code but 0 is an error.
    #[default]
    None,
    /// A positive `Code` with a plain message.
    PositiveCode,
    /// HTTP 202.
    Http202,
    /// A value at a place of the body.
    Predicate { path: String, equals: Json },
}

impl PendingSignal {
    /// In words, for the record of a run.
    pub fn words(&self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::PositiveCode => "positive_code".to_owned(),
            Self::Http202 => "http_202".to_owned(),
            Self::Predicate { path, equals } => format!("{path}{IS}{equals}"),
        }
    }

    /// Reads what [`words`](Self::words) wrote; what cannot be read is no sign at all.
    pub fn of_words(words: &str) -> Self {
        match words {
            "positive_code" => Self::PositiveCode,
            "http_202" => Self::Http202,
            _ => {
                let read = |at: usize| {
                    let (path, value) = (&words[..at], &words[at + IS.len()..]);
                    crate::json::Query::parse(path).ok()?;
                    let equals = crate::json::parse(value.as_bytes()).ok()?;
                    Some(Self::Predicate { path: path.to_owned(), equals })
                };
                words.match_indices(IS).find_map(|(at, _)| read(at)).unwrap_or(Self::None)
            }
        }
    }
}

/// Between the place and the value of a predicate.
const IS: &str = " is ";

/// The tail of the message that the vendor's SDK answers for a routed method that nobody wrote.
const UNSUPPORTED: &str = "functionality is not supported by default";

impl Answer {
    /// The body's `Code`, read from a number or from digits.
    pub fn code(&self) -> Option<i64> {
        match self.body.as_ref()?.member("Code")? {
            Json::Number(number) => number.as_i64(),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The body's `Message`, empty when there is none.
    pub fn message(&self) -> String {
        self.body.as_ref().and_then(|body| body.text_of("Message")).unwrap_or_default()
    }

    /// The body's `Result`, if it is not blank.
    pub fn result(&self) -> Option<String> {
        self.body.as_ref()?.text_of("Result").filter(|result| !result.trim().is_empty())
    }

    /// What the platform makes of it.
    pub fn meaning(&self, endpoint: Endpoint, pending: &PendingSignal) -> Meaning {
        let unsupported = self.message().trim_end_matches('.').ends_with(UNSUPPORTED);
        if unsupported || (self.status == 404 && !(has_to_be_there(endpoint) && self.is_refusal())) {
            return Meaning::NotOffered;
        }
        if self.status == 401 || self.status == 403 {
            return Meaning::Denied;
        }
        // There a positive code has a meaning already: the account exists.
        let is_told = *pending == PendingSignal::PositiveCode && endpoint == Endpoint::AccountExists;
        if !is_told && self.is_pending(pending) {
            return Meaning::Pending;
        }
        // What it answers is settled nowhere: an object, a text, or nothing.
        if endpoint == Endpoint::AdditionalInfo && matches!(self.status, 200 | 204) {
            return Meaning::Accepted;
        }
        let Some(body) = &self.body else {
            return Meaning::Broken(match self.status {
                200 => "the body is not JSON".to_owned(),
                status => format!("HTTP {status} without a JSON body"),
            });
        };
        if !endpoint.answers_result() {
            return self.without_code(endpoint, body);
        }
        match self.code() {
            Some(0) if self.status == 200 => Meaning::Accepted,
            // The one documented use of a positive code: the account exists already.
            // 1 is what is seen; any other positive code with the account's id says the same.
            Some(code)
                if self.status == 200
                    && endpoint == Endpoint::AccountExists
                    && (code == 1 || code > 1 && self.result().is_some()) =>
            {
                Meaning::Accepted
            }
            Some(0) => Meaning::Broken(format!("HTTP {} with Code 0", self.status)),
            Some(code) if self.status == 200 || (400..500).contains(&self.status) => {
                Meaning::Refused { code, message: self.message() }
            }
            Some(code) => Meaning::Broken(format!("HTTP {} with Code {code}", self.status)),
            None if self.status == 200 => Meaning::Broken("the body has no `Code`".to_owned()),
            None => Meaning::Broken(format!("HTTP {} without a `Code`", self.status)),
        }
    }

    /// A result of the contract that says no: a `Code` other than 0, a `Message`, and the member `Result`.
    pub fn is_refusal(&self) -> bool {
        let has = |name: &str| self.body.as_ref().is_some_and(|body| body.member(name).is_some());
        self.code().is_some_and(|code| code != 0) && has("Message") && has("Result")
    }

    /// Endpoints without a `Code`: the list of messages of Fields/Validate, and everything that is only read.
    fn without_code(&self, endpoint: Endpoint, body: &Json) -> Meaning {
        match (self.status, endpoint, body) {
            (200, Endpoint::FieldsValidate, Json::Array(messages)) if messages.is_empty() => Meaning::Accepted,
            (200, Endpoint::FieldsValidate, Json::Array(messages)) => Meaning::Refused {
                code: -1,
                message: messages.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("; "),
            },
            (200, Endpoint::FieldsValidate, _) => Meaning::Broken("the body is not an array of messages".to_owned()),
            (200, _, body) => match body.member("Code").and_then(Json::as_i64) {
                Some(code) if code < 0 => Meaning::Refused { code, message: self.message() },
                _ => Meaning::Accepted,
            },
            (status, ..) => Meaning::Broken(format!("HTTP {status}")),
        }
    }

    fn is_pending(&self, signal: &PendingSignal) -> bool {
        match signal {
            PendingSignal::None => false,
            PendingSignal::PositiveCode => {
                self.status == 200
                    && self.code().is_some_and(|code| code > 0)
                    && !self.message().trim_start().starts_with('<')
            }
            PendingSignal::Http202 => self.status == 202,
            PendingSignal::Predicate { path, equals } => self.body.as_ref().is_some_and(|body| {
                let matcher = crate::json::Matcher::Equals(equals.clone());
                matches!(matcher.judge(path, body), Ok(None))
            }),
        }
    }
}

/// Endpoints of the core, and those that are called only because the catalogue offers what they are for.
fn has_to_be_there(endpoint: Endpoint) -> bool {
    use Endpoint::{AddonCancel, AddonCreate, AddonUpdate, UpgradeDowngrade, UpgradeToPaid};
    endpoint.spec().core
        || matches!(endpoint, AddonCreate | AddonUpdate | AddonCancel | UpgradeDowngrade | UpgradeToPaid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, media_type: "application/json".into(), body: crate::json::parse(body.as_bytes()).ok() }
    }

    #[test]
    fn only_code_zero_with_http_200_is_success() {
        let meaning = |status, body| answer(status, body).meaning(Endpoint::SubscriptionCreate, &PendingSignal::None);
        assert_eq!(meaning(200, r#"{"Code":0,"Message":"","Result":"S1"}"#), Meaning::Accepted);
        assert_eq!(meaning(200, r#"{"code":"0"}"#), Meaning::Accepted);
        let refused = |code, message: &str| Meaning::Refused { code, message: message.into() };
        assert_eq!(meaning(200, r#"{"Code":-6532,"Message":"too few"}"#), refused(-6532, "too few"));
        assert_eq!(meaning(200, r#"{"Code":7,"Message":"later"}"#), refused(7, "later"));
        assert_eq!(meaning(400, r#"{"Code":-1,"Message":"no"}"#), refused(-1, "no"));
        assert!(matches!(meaning(500, r#"{"Code":-1,"Message":"no"}"#), Meaning::Broken(_)));
        assert!(matches!(meaning(201, r#"{"Code":0}"#), Meaning::Broken(_)));
        assert!(matches!(meaning(200, "<html>"), Meaning::Broken(_)));
        assert!(matches!(meaning(200, "[]"), Meaning::Broken(_)));
        assert_eq!(meaning(401, r#"{"Message":"denied"}"#), Meaning::Denied);
    }

    #[test]
    fn what_nobody_wrote_is_not_offered_even_with_code_zero() {
        let body = r#"{"Code":0,"Message":"AccountsExists functionality is not supported by default","Result":null}"#;
        assert_eq!(answer(200, body).meaning(Endpoint::AccountExists, &PendingSignal::None), Meaning::NotOffered);
        assert_eq!(answer(404, "<h1>").meaning(Endpoint::AccountExists, &PendingSignal::None), Meaning::NotOffered);
    }

    /// Some answer "no such subscription" with 404 and a whole result. Where the endpoint itself may be missing, the same
    /// may be what they say about any address.
    #[test]
    fn a_whole_result_with_404_is_a_refusal_where_the_endpoint_has_to_be_there() {
        let body = r#"{"Code":-51,"Message":"no such subscription","Result":null}"#;
        let meaning = |endpoint| answer(404, body).meaning(endpoint, &PendingSignal::None);
        let refused = Meaning::Refused { code: -51, message: "no such subscription".into() };
        assert_eq!(meaning(Endpoint::SubscriptionUpdate), refused);
        assert_eq!(meaning(Endpoint::AddonCancel), refused);
        assert_eq!(meaning(Endpoint::SubscriptionSuspend), Meaning::NotOffered);
        let plain = answer(404, r#"{"Code":404,"Message":"Not found"}"#);
        assert_eq!(plain.meaning(Endpoint::SubscriptionUpdate, &PendingSignal::None), Meaning::NotOffered);
    }

    #[test]
    fn an_account_that_exists_is_no_error() {
        let meaning = |body: &str, endpoint| answer(200, body).meaning(endpoint, &PendingSignal::None);
        let accepted = |body: &str| meaning(body, Endpoint::AccountExists) == Meaning::Accepted;
        assert!(accepted(r#"{"Code":1,"Message":"exists","Result":"a"}"#));
        assert!(accepted(r#"{"Code":1,"Message":"exists","Result":null}"#), "R-40 misses the id");
        assert!(accepted(r#"{"Code":2,"Message":"exists","Result":"a"}"#));
        assert!(!accepted(r#"{"Code":2,"Message":"cannot be looked up","Result":null}"#));
        assert!(!accepted(r#"{"Code":-2,"Message":"no","Result":"a"}"#));
        let elsewhere = meaning(r#"{"Code":1,"Message":"","Result":"a"}"#, Endpoint::SubscriptionCreate);
        assert!(matches!(elsewhere, Meaning::Refused { .. }), "{elsewhere:?}");
    }

    #[test]
    fn validation_messages_refuse_the_settings() {
        let meaning = |body| answer(200, body).meaning(Endpoint::FieldsValidate, &PendingSignal::None);
        assert_eq!(meaning("[]"), Meaning::Accepted);
        assert_eq!(meaning(r#"["a","b"]"#), Meaning::Refused { code: -1, message: "a; b".into() });
        assert!(matches!(meaning("{}"), Meaning::Broken(_)));
    }

    #[test]
    fn additional_information_may_be_anything() {
        let meaning = |status, body| answer(status, body).meaning(Endpoint::AdditionalInfo, &PendingSignal::None);
        assert_eq!((meaning(200, ""), meaning(200, "{}")), (Meaning::Accepted, Meaning::Accepted));
        assert_eq!(meaning(404, ""), Meaning::NotOffered);
        assert!(matches!(meaning(500, "x"), Meaning::Broken(_)));
    }

    #[test]
    fn a_sign_is_read_as_it_was_written() {
        let predicate = |path: &str, equals: Json| PendingSignal::Predicate { path: path.into(), equals };
        for signal in [
            PendingSignal::None,
            PendingSignal::PositiveCode,
            PendingSignal::Http202,
            predicate("$.State.Done", Json::Bool(false)),
            predicate("$['what is it']", Json::from("this is \"it\"")),
        ] {
            assert_eq!(PendingSignal::of_words(&signal.words()), signal);
        }
        assert_eq!(PendingSignal::of_words(""), PendingSignal::None);
        assert_eq!(PendingSignal::of_words("$.State is busy"), PendingSignal::None);
    }

    #[test]
    fn in_progress_is_what_the_profile_declares() {
        let later = answer(200, r#"{"Code":7,"Message":"working","State":{"Done":false}}"#);
        let meaning = |signal| later.meaning(Endpoint::SubscriptionCreate, &signal);
        assert_eq!(meaning(PendingSignal::PositiveCode), Meaning::Pending);
        let predicate = PendingSignal::Predicate { path: "$.State.Done".into(), equals: Json::Bool(false) };
        assert_eq!(meaning(predicate), Meaning::Pending);
        // That an account exists is said in the same way, and nothing is in progress.
        assert_ne!(later.meaning(Endpoint::AccountExists, &PendingSignal::PositiveCode), Meaning::Pending);
        assert!(matches!(meaning(PendingSignal::Http202), Meaning::Refused { .. }));
        let error = answer(200, r#"{"Code":7,"Message":"<Errors/>"}"#);
        assert!(matches!(
            error.meaning(Endpoint::SubscriptionCreate, &PendingSignal::PositiveCode),
            Meaning::Refused { .. }
        ));
    }
}
