//! "Nothing changed": the vendor side before and after a step that must leave it alone.

use super::Finding;
use crate::{
    evidence::{Probe, ProbeMoment, StepEvidence},
    json::{self, Json, diff},
};

/// What the probe says about a step that must not change anything.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Vendor {
    /// Nobody looked.
    Unseen,
    Unchanged,
    Changed(Finding),
    /// The probe failed, or showed something that is no document.
    Blind(String),
}

/// Compares what was seen before with what was seen after, and at the end.
pub(super) fn compare(step: &StepEvidence) -> Vendor {
    match between(step, ProbeMoment::Before, ProbeMoment::After) {
        Vendor::Unchanged => match between(step, ProbeMoment::Before, ProbeMoment::End) {
            Vendor::Unseen => Vendor::Unchanged,
            later => later,
        },
        other => other,
    }
}

/// Compares what was seen at one moment with what was seen at another.
pub(super) fn between(step: &StepEvidence, one: ProbeMoment, other: ProbeMoment) -> Vendor {
    let seen = |moment: ProbeMoment| {
        step.probes.iter().rfind(|probed| probed.moment == moment).map(|probed| document(&probed.outcome))
    };
    let (before, after) = match (seen(one), seen(other)) {
        (None, _) | (_, None) => return Vendor::Unseen,
        (Some(Err(reason)), _) | (_, Some(Err(reason))) => return Vendor::Blind(reason),
        (Some(Ok(before)), Some(Ok(after))) => (before, after),
    };
    let changes = diff(&before, &after);
    let Some(first) = changes.first() else { return Vendor::Unchanged };
    let when = match other {
        ProbeMoment::End => " by the end of the scenario",
        ProbeMoment::Checked => " by the pre-check",
        ProbeMoment::Before | ProbeMoment::After => "",
    };
    Vendor::Changed(Finding {
        message: format!("the vendor side was changed{when}: {}", first.describe()),
        at: Some(first.path.to_string()),
        expected: Some("the same as before".to_owned()),
        found: Some(changes.iter().map(json::Change::describe).collect::<Vec<_>>().join("; ")),
        exchange: None,
    })
}

/// A probe document as JSON.
pub(super) fn document(outcome: &Probe) -> Result<Json, String> {
    match outcome {
        Probe::Document(text) => {
            json::parse(text.as_bytes()).map_err(|error| format!("the probe document is not JSON: {error}"))
        }
        Probe::Failed(reason) => Err(format!("the probe failed: {reason}")),
    }
}
