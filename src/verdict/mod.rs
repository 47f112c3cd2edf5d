//! Evidence + rules + accepted snapshots → verdict. A pure function: judging a run while it is played and judging its
//! file later give the same.

mod across;
mod answers;
mod changes;
mod charge;
mod excerpt;
mod expectation;
mod flaws;
mod judge;
mod known;
mod ladder;
mod mails;
mod oddity;
mod repeats;
mod rulings;
mod sight;
mod suspects;
mod tally;
mod timing;
mod untold;
mod vendor;

pub use excerpt::{Excerpt, curl, curl_head, request_head, response_head};
pub use judge::implied;
pub use known::judge;
pub use ladder::Withheld;
pub use mails::{Mail, mails};
pub use sight::{disregard, is_blind};
pub use tally::{Counts, Outcome, Tally, Verdict};
pub use timing::{BOUNDS_US, Timing, Timings};
pub use untold::{Told, Untold};

use crate::{
    rules::{Level, Rule},
    snapshot::{Changed, SnapshotName},
};
use serde::Serialize;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Pass,
    /// The contract is broken.
    Fail,
    /// Probably wrong, but no source settles it; or only a recommendation.
    Warn,
    /// Wrong, and the profile knows it: it does not decide.
    Known,
    /// The target does not offer it.
    NotApplicable,
    /// The vendor side would have to be seen.
    NotObservable,
    /// Its control, or a step before it, was not accepted.
    Blocked,
    /// The target went away, or the run ended first.
    CouldNotRun,
    /// A fault of the scenario, of the probe or of mock-bss: never the target's.
    Error,
}

impl Status {
    /// Every status, the worst first.
    pub const WORST_FIRST: [Status; 9] = [
        Status::Fail,
        Status::Error,
        Status::CouldNotRun,
        Status::Blocked,
        Status::Known,
        Status::Warn,
        Status::Pass,
        Status::NotObservable,
        Status::NotApplicable,
    ];

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Known => "known",
            Self::NotApplicable => "not applicable",
            Self::NotObservable => "not observable",
            Self::Blocked => "blocked",
            Self::CouldNotRun => "could not run",
            Self::Error => "error",
        }
    }

    /// It ran, whatever came out.
    pub fn executed(self) -> bool {
        matches!(self, Self::Pass | Self::Fail | Self::Warn | Self::Known)
    }

    /// It was planned and did not run: the verdict cannot be conformant.
    pub fn is_gap(self) -> bool {
        matches!(self, Self::Blocked | Self::CouldNotRun | Self::Error)
    }
}

/// How a miss of a rule counts. A red must be defensible: only a must that rests on more than inference is one, unless
/// the profile is strict. What is not scored yet never is.
fn severity(rule: &Rule, strict: bool) -> Status {
    match rule.counts() && (rule.decides() || (strict && rule.level == Level::Must)) {
        true => Status::Fail,
        false => Status::Warn,
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Id of the step.
    pub step: String,
    /// Its line in the scenario file.
    pub line: u32,
    /// What was demanded: `accepted`, `refused: Quantity 0`, `vendor side`.
    pub name: String,
    /// The rule it serves, if any.
    pub rule: Option<&'static Rule>,
    /// How much depends on it.
    pub level: Level,
    pub status: Status,
    pub finding: Option<Finding>,
}

impl Check {
    /// False where its rule stands in the table already and does not count yet, and for what is no rule's at all and
    /// nobody has to do: it is shown, and never decides.
    pub fn is_scored(&self) -> bool {
        self.rule.map_or(self.level != Level::May, Rule::counts)
    }
}

/// What is wrong, or why it is not known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Finding {
    /// One sentence.
    pub message: String,
    /// The place in the answer, as JSONPath.
    pub at: Option<String>,
    pub expected: Option<String>,
    pub found: Option<String>,
    /// The exchange that shows it.
    pub exchange: Option<Excerpt>,
}

impl Finding {
    /// A finding that is one sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }
}

/// A call whose answer differs from what was accepted, or was never accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotFinding {
    pub name: SnapshotName,
    pub step: String,
    /// The accepted content; `None` for a new one.
    pub old: Option<String>,
    pub new: String,
    pub changed: Option<Changed>,
    /// What the snapshot file says about where it comes from.
    pub header: crate::snapshot::Header,
}

/// The verdict on one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioVerdict {
    pub index: u32,
    pub key: String,
    pub title: String,
    pub file: String,
    /// Part of the suite that comes with mock-bss: nobody has its file.
    pub built_in: bool,
    pub checks: Vec<Check>,
    /// Snapshots that differ or are new.
    pub snapshots: Vec<SnapshotFinding>,
    /// Every snapshot that was looked up.
    pub snapshot_names: Vec<SnapshotName>,
    /// What was looked up under each of those names: the beginning of its SHA-256, so that two runs can be compared.
    pub snapshot_digests: Vec<u128>,
    pub calls: usize,
    /// How often the target asked to wait instead of doing anything.
    pub asked_to_wait: u64,
    /// How long its calls took.
    pub timings: Timings,
    pub elapsed_us: u64,
    pub left_behind: Vec<crate::evidence::LeftBehind>,
    /// What was ordered, to be held against the orders of other scenarios.
    pub orders: Vec<crate::rules::Order>,
    /// Whether the probe showed a subscription, where the service manager said that there is one.
    pub shows_subscriptions: Option<bool>,
    /// What the probe told.
    pub told: Told,
    /// Checks that rest on what it did not tell.
    pub untold: Vec<Untold>,
    /// It did not run to its end.
    pub interrupted: bool,
}

impl ScenarioVerdict {
    /// What is known of a scenario of which there is no evidence.
    pub(crate) fn nothing() -> Self {
        Self {
            index: 0,
            key: String::new(),
            title: String::new(),
            file: String::new(),
            built_in: true,
            checks: Vec::new(),
            snapshots: Vec::new(),
            snapshot_names: Vec::new(),
            snapshot_digests: Vec::new(),
            calls: 0,
            asked_to_wait: 0,
            timings: Timings::default(),
            elapsed_us: 0,
            left_behind: Vec::new(),
            orders: Vec::new(),
            shows_subscriptions: None,
            told: Told::default(),
            untold: Vec::new(),
            interrupted: false,
        }
    }

    /// The worst of its checks.
    pub fn status(&self) -> Status {
        let has = |status: &Status| self.checks.iter().any(|check| check.status == *status);
        Status::WORST_FIRST.into_iter().find(has).unwrap_or(Status::NotApplicable)
    }

    /// Snapshots that differ from what was accepted.
    pub fn changed_snapshots(&self) -> impl Iterator<Item = &SnapshotFinding> {
        self.snapshots.iter().filter(|snapshot| snapshot.old.is_some())
    }
}

#[cfg(test)]
mod tests;
