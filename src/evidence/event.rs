//! The events of a run.

use crate::contract::{Endpoint, Expectation, notification::Template};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One line of `evidence.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "the large ones come once in a run")]
pub enum Event {
    RunStarted(RunStarted),
    /// What will be played and what does not apply: known once the catalogue has been read.
    Planned(Planned),
    ScenarioStarted(ScenarioStarted),
    StepStarted(StepStarted),
    Sent(Sent),
    Answered(Answered),
    Probed(Probed),
    StepFinished(StepFinished),
    ScenarioFinished(ScenarioFinished),
    RunFinished(RunFinished),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// [`super::SCHEMA`] of the writer.
    pub schema: u32,
    /// Version of mock-bss.
    pub version: String,
    pub rule_set: String,
    pub profile: ProfileRecord,
    /// True for the embedded reference: nothing of the user's was tested.
    pub built_in_reference: bool,
    pub seed: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Filters that left scenarios out, as typed.
    pub filters: Vec<String>,
    /// The flags that name the target again: `--profile FILE`, `--target URL`, `--reference`, or nothing.
    pub target_flags: String,
    /// The program that plays; not known of runs of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
}

/// What is known about the program that played a run: a certificate depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Build {
    /// SHA-256 of the frozen rule set that it holds.
    pub rule_set_sha256: String,
    /// The commit that it was built from, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Why it is no release, in words; none for a release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub development: Option<String>,
}

/// The profile without secrets.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ProfileRecord {
    pub name: String,
    pub target: String,
    /// The file that it stands in, as the user named it; none for a profile made from flags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The folder of its accepted snapshots, with slashes, where that is below the folder of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<String>,
    /// The access e-mail, where the profile has a template of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<Template>,
    pub dialect: BTreeMap<String, String>,
    /// What the profile declares; empty when the features are found out.
    pub features: BTreeMap<String, bool>,
    pub precheck: String,
    pub pending: String,
    pub strict: bool,
    pub probe: bool,
    /// What is out of the ordinary about the connection: a proxy, certificates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connection: Vec<String>,
    /// How long an answer may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// What snapshots hide: JSONPath and type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<(String, String)>,
    /// Arrays whose order does not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unordered: Vec<String>,
    /// What the profile knows to be wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_failures: Vec<KnownFailure>,
}

/// A failure that does not decide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KnownFailure {
    /// `R-nn`.
    pub rule: String,
    /// The scenario that shows it; any without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    pub reason: String,
    pub owner: String,
    /// The last day, as YYYY-MM-DD.
    pub expires: String,
    /// That day was over when the run began.
    pub expired: bool,
    /// Nothing was left out of the run, so it has to show the failure.
    pub whole: bool,
    /// File and line.
    pub place: String,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Planned {
    pub scenarios: Vec<PlannedScenario>,
    pub not_applicable: Vec<NotApplicable>,
    /// Why nothing, or not everything, can be played although nobody asked for less ("nothing to sell").
    pub gaps: Vec<String>,
    pub customers: u64,
    pub subscriptions: u64,
    pub seats: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedScenario {
    pub index: u32,
    pub key: String,
    /// How many checks it will make, so that what did not run can be counted.
    pub checks: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotApplicable {
    pub key: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioStarted {
    pub scenario: u32,
    /// `<area>/<name>`, a matrix row appended with a dot.
    pub key: String,
    pub title: String,
    /// The file as the user knows it; built-in ones as `scenarios/…`.
    pub file: String,
    /// Part of the suite that comes with mock-bss.
    pub built_in: bool,
    /// SHA-256 of the file, line ends as on Unix; empty where there is no file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    pub tags: Vec<String>,
    pub customer: Customer,
    pub steps: Vec<StepRecord>,
    /// Values that the mock made up for this scenario: they get a placeholder in snapshots.
    pub identities: Vec<Identity>,
}

/// Who buys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Customer {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// What the placeholder is called: `subscription`, `account`, `email`, …
    pub kind: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Unique in the scenario; names snapshots.
    pub id: String,
    pub verb: String,
    /// Who acts: `storefront`, `bss` or `api`; empty for what nobody does (the reads before the first scenario).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    pub line: u32,
    /// Rules, as `R-nn`, that the expectation serves.
    pub proves: Vec<String>,
    /// Flaws that serve other rules than their step does, and suspects: their names, and those rules.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flaw_proves: BTreeMap<String, Vec<String>>,
    /// The step that shows that the same thing is accepted without the flaw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    pub expectation: Expectation,
    /// What the vendor side must show: JSONPath on the probe document.
    pub vendor: Vec<crate::contract::expectation::Demand>,
    pub snapshot: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepStarted {
    pub scenario: u32,
    pub step: u32,
    /// The expectations with their expressions resolved, where they had any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expectation: Option<Expectation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vec<crate::contract::expectation::Demand>>,
}

/// What a call is for. Rules select by it; nothing is guessed from HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Reads and preparations before the first business action.
    Setup,
    /// As the platform sends it.
    Ordinary,
    /// Odd but legal: must be accepted.
    Variation(String),
    /// One thing is wrong. The control differs in nothing else.
    Flawed {
        flaw: String,
        /// The step whose last call is the control.
        control: String,
    },
    /// The same call without the flaw.
    Control,
    /// The identical call again, after its answer or at the same time.
    Repeated,
    /// The same step for another customer, at the same time; counted from 1.
    Neighbour(u32),
    /// The call once more, after it was refused, without one thing that may be the reason. Its name.
    Suspect(String),
    /// Cleaning up.
    Teardown,
}

impl Intent {
    /// The suspect that changes nothing: a call that is accepted when it comes again was refused for no reason of its own.
    pub const UNCHANGED: &'static str = "unchanged";

    /// Nothing that a platform would send: something is wrong with it, or missing from it, on purpose.
    pub fn is_experiment(&self) -> bool {
        matches!(self, Self::Flawed { .. } | Self::Suspect(_))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    pub scenario: u32,
    pub step: u32,
    /// Counted from 0 within the step.
    pub call: u32,
    /// Counted from 0; the same call again: while it is in progress, when the target asked to wait, or in another spelling of
    /// the credentials.
    pub attempt: u32,
    pub intent: Intent,
    /// The name in snapshots and reports, e.g. `create-check`.
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    pub check_only: bool,
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    pub scenario: u32,
    pub step: u32,
    pub call: u32,
    pub attempt: u32,
    /// From the first byte sent to the last byte read.
    pub elapsed_us: u64,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Received {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
        /// The body was not UTF-8; what could not be read stands as U+FFFD.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lossy: bool,
        /// The body was longer than what is read.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        truncated: bool,
    },
    Failed {
        kind: FailureKind,
        message: String,
    },
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The host name has no address.
    Dns,
    /// Nobody listens there.
    Connect,
    /// Nobody said anything, not even no.
    NoConnection,
    /// The proxy does not let the call through.
    Proxy,
    /// No agreement on an encrypted connection, for a reason that is none of the next ones.
    Tls,
    /// The certificate is signed by nobody but itself.
    SelfSigned,
    /// The certificate is signed by an authority that is not trusted.
    UnknownAuthority,
    /// The certificate is not valid any more, or not yet.
    OutOfDate,
    /// The certificate is for other names.
    OtherName,
    /// The target wants a client certificate: there is none, or another one.
    ClientCertificate,
    /// An `https://` URL, and a port that does not speak it.
    NotEncrypted,
    /// An `http://` URL, and a port that speaks `https://`.
    Encrypted,
    /// The target speaks another version of HTTP.
    Version,
    /// No complete answer within the limit.
    Timeout,
    /// The connection was closed after the request had been sent.
    Reset,
    /// What came back is not HTTP.
    Protocol,
    /// mock-bss could not send it.
    Internal,
}

impl FailureKind {
    /// True when the request cannot have reached the service manager.
    pub fn before_sending(self) -> bool {
        !matches!(self, Self::Timeout | Self::Reset | Self::Protocol)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeMoment {
    Before,
    /// Between the pre-check and the call itself.
    Checked,
    After,
    /// Right after this call of the step, which should have changed nothing.
    Call(u32),
    /// The slice of this other customer of the step, counted from 1, after its calls.
    Neighbour(u32),
    /// At the end of the scenario: whatever should not change must still be so.
    End,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    pub scenario: u32,
    pub step: u32,
    pub moment: ProbeMoment,
    pub outcome: Probe,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// The probe document, masked.
    Document(String),
    /// The probe itself failed: an error of the run, not of the target.
    Failed(String),
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepEnd {
    /// All its calls were sent and answered.
    Played,
    /// The business action waits in the platform; nothing was sent.
    Waiting(String),
    /// The target does not offer an endpoint that it may leave out.
    NotOffered(Endpoint),
    /// It was not played because something before it went wrong.
    Blocked(String),
    /// The target went away.
    CouldNotRun(String),
    /// A fault of mock-bss or of the probe.
    Error(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepFinished {
    pub scenario: u32,
    pub step: u32,
    pub end: StepEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScenarioEnd {
    Completed,
    /// Ctrl-C, or `--fail-fast` elsewhere.
    Interrupted,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftBehind {
    /// The service manager's id.
    pub id: String,
    pub kind: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioFinished {
    pub scenario: u32,
    pub end: ScenarioEnd,
    pub elapsed_us: u64,
    pub left_behind: Vec<LeftBehind>,
    /// How many events of the scenario stand before this one, so that a missing one is missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunFinished {
    pub at: String,
    pub elapsed_us: u64,
    pub interrupted: bool,
    /// How many events of the run stand before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
}
