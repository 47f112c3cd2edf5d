//! The profile (`mock-bss.yaml`): which service manager, how it speaks, what may be bought from it.

mod connection;
pub mod draft;
mod edit;
pub mod grammar;
mod known;
mod load;
mod notification;
mod probe;
mod start;

pub use connection::{Connection, Proxy, Tls};
pub use edit::{EditRefused, add_redaction};
pub use load::{Environment, load};
pub use probe::{ACCOUNT, BSS_ACCOUNT, Entries, Form, Place, ProbeFrom, ProbeMap, ProbeSource, STATUSES};
pub use start::{StartSource, StartVariable};

use crate::{
    contract::{Application, Dialect, Endpoint, answer::PendingSignal, notification::Template},
    diagnostic::Source,
};
use std::{collections::BTreeMap, ops::Range, path::PathBuf, sync::Arc, time::Duration};

/// Everything a profile says, defaults filled in.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Names the snapshot folder.
    pub name: String,
    /// Base URL of the service manager, without a slash at the end.
    pub target: String,
    pub application: Application,
    /// The partner's settings by field id.
    pub settings: BTreeMap<String, String>,
    /// Another application and partner that the service manager knows, so that mixing them up can be seen.
    pub other: Option<Other>,
    pub dialect: Dialect,
    /// What the target offers; what is missing here is found out.
    pub features: BTreeMap<String, bool>,
    pub precheck: PrecheckChoice,
    pub pending: PendingSignal,
    pub strict: bool,
    pub customer: CustomerData,
    /// Products to sell in this order of preference: catalogue ids, or product-type ids where there are no products.
    pub products: Vec<String>,
    /// What a normal customer buys.
    pub seats: i64,
    /// The largest quantity that can be ordered, if there is one.
    pub seats_limit: Option<i64>,
    pub probe: Option<ProbeSource>,
    /// How mock-bss starts the service manager itself.
    pub start: Option<StartSource>,
    pub limits: Limits,
    /// Hosts that may be ordered from.
    pub consent: Vec<String>,
    pub headers: SentHeaders,
    /// Certificates and the proxy.
    pub connection: Connection,
    /// The template of the access e-mail.
    pub notification: Option<Template>,
    /// Folder of accepted snapshots; relative to the profile.
    pub snapshots: PathBuf,
    pub redactions: Redactions,
    /// Scenario files and folders beside the built-in suite; relative to the profile.
    pub scenarios: Vec<PathBuf>,
    pub known_failures: Vec<KnownFailure>,
    /// Where the profile stands; `None` for one made from flags.
    pub source: Option<Arc<Source>>,
}

/// Who else the service manager knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    pub application: Option<Application>,
    /// The settings of another partner by field id; empty when there is none.
    pub settings: BTreeMap<String, String>,
}

/// Which endpoints are asked for a pre-check first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrecheckChoice {
    All,
    None,
    Only(Vec<Endpoint>),
}

impl PrecheckChoice {
    /// As the evidence records it.
    pub fn describe(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::None => "none".to_owned(),
            Self::Only(endpoints) => endpoints.iter().map(|e| e.name()).collect::<Vec<_>>().join(", "),
        }
    }
}

/// What customers are like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerData {
    /// ISO 3166 code.
    pub country: String,
    pub country_name: String,
    pub city: String,
    pub post_code: String,
    pub email_domain: String,
    pub sync_options: BTreeMap<String, String>,
    /// `Account.IsTest`.
    pub is_test: bool,
}

impl Default for CustomerData {
    fn default() -> Self {
        Self {
            country: "GR".to_owned(),
            country_name: "Greece".to_owned(),
            city: "Athens".to_owned(),
            post_code: "11111".to_owned(),
            // Reserved for examples: no mail can ever arrive there.
            email_domain: "mock-bss.example".to_owned(),
            sync_options: BTreeMap::new(),
            is_test: false,
        }
    }
}

/// What a run may use.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Of one call.
    pub timeout: Duration,
    /// Scenarios at a time.
    pub jobs: usize,
    /// Calls per second; `None` without a limit.
    pub rate: Option<f64>,
    /// Subscriptions that a run may create.
    pub subscriptions: u64,
    /// How often, and how long, a call that is in progress is repeated.
    pub retry_every: Duration,
    pub retry_for: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(100),
            jobs: 8,
            rate: None,
            subscriptions: 500,
            retry_every: Duration::from_secs(5),
            retry_for: Duration::from_secs(120 * 60),
        }
    }
}

/// Optional headers of every call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentHeaders {
    /// Bearer token for the platform's public API and the endpoints that get it (empty: all).
    pub token: Option<String>,
    pub token_endpoints: Vec<Endpoint>,
    pub base_uri: Option<String>,
    /// `X-CloudPlatform-TrackId`, naming run, scenario and step.
    pub track_id: bool,
}

impl Default for SentHeaders {
    fn default() -> Self {
        Self { token: None, token_endpoints: Vec::new(), base_uri: None, track_id: true }
    }
}

/// What snapshots hide.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Redactions {
    /// JSONPath → the JSON type that is hidden.
    pub hidden: Vec<(String, String)>,
    /// JSONPaths of arrays whose order does not matter.
    pub unordered: Vec<String>,
}

/// Something that is known to be wrong, and need not be right until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFailure {
    /// As written: `R-nn` or the rule's id.
    pub rule: String,
    /// The scenario that shows it; any without.
    pub scenario: Option<String>,
    pub reason: String,
    pub owner: String,
    /// The last day, as YYYY-MM-DD.
    pub expires: String,
    /// Its line in the profile.
    pub line: u32,
    /// Where the rule stands, in bytes of the profile.
    pub span: Range<usize>,
}

impl Profile {
    /// Whether it names a second application that the service manager has registered.
    pub fn knows_another_application(&self) -> bool {
        self.other.as_ref().is_some_and(|other| other.application.is_some())
    }

    /// A profile with nothing but a target and credentials.
    pub fn new(name: &str, target: &str, application: Application) -> Self {
        Self {
            name: name.to_owned(),
            target: target.trim_end_matches('/').to_owned(),
            application,
            settings: BTreeMap::new(),
            other: None,
            dialect: Dialect::default(),
            features: BTreeMap::new(),
            precheck: PrecheckChoice::All,
            pending: PendingSignal::None,
            strict: false,
            customer: CustomerData::default(),
            products: Vec::new(),
            seats: 5,
            seats_limit: None,
            probe: None,
            start: None,
            limits: Limits::default(),
            consent: Vec::new(),
            headers: SentHeaders::default(),
            connection: Connection::default(),
            notification: None,
            snapshots: PathBuf::from("snapshots"),
            redactions: Redactions::default(),
            scenarios: Vec::new(),
            known_failures: Vec::new(),
            source: None,
        }
    }

    /// The pending signal as the evidence records it.
    pub fn pending_words(&self) -> String {
        self.pending.words()
    }
}

/// A name of a profile names a folder.
pub fn fits_as_name(name: &str) -> bool {
    let is_bad = |c: char| matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') || c.is_control();
    !name.is_empty() && !name.contains(is_bad) && !name.starts_with('.')
}

/// A setting is sent as a header that ends with its id.
pub(crate) fn fits_as_setting(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

#[cfg(test)]
mod tests;
