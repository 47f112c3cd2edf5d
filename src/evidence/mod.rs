//! What happened, event by event: the only truth that verdicts and reports are made from.
//!
//! Playing appends [`Event`]s to `evidence.jsonl`, one write each, so that a killed run can still be reported. Events are
//! masked before they are written *and* before they are judged, so judging a run live and judging its file give the same
//! verdict. [`ScenarioEvidence`] is the unit of judging: it is built by the same code from live events and from a file.

mod event;
mod line;
mod mask;
mod reader;
mod scenario;
mod writer;

pub use event::{
    Answered, Build, Customer, Event, FailureKind, Identity, Intent, KnownFailure, LeftBehind, NotApplicable, Outcome,
    Planned, PlannedScenario, Probe, ProbeMoment, Probed, ProfileRecord, RunFinished, RunStarted, ScenarioEnd,
    ScenarioFinished, ScenarioStarted, Sent, StepEnd, StepFinished, StepRecord, StepStarted,
};
pub use mask::Masker;
pub use reader::{EvidenceError, EvidenceFile, Framing};
pub use scenario::{Exchange, ScenarioEvidence, StepEvidence};
pub use writer::{EvidenceWriter, Recorder};

/// The version of the event format; a reader refuses a newer one.
pub const SCHEMA: u32 = 1;

/// The index under which the reads before the first scenario are recorded.
pub const PRELUDE: u32 = 0;

#[cfg(test)]
mod tests;
