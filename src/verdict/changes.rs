//! "Nothing changed": the vendor side before and after a step that must leave it alone.

use super::Finding;
use crate::{
    evidence::{Probe, ProbeMoment, Probed, StepEvidence},
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

/// Compares what was seen right after a call with what was seen last before it.
pub(super) fn by_call(step: &StepEvidence, call: u32) -> Vendor {
    let Some(after) = step.probes.iter().position(|probed| probed.moment == ProbeMoment::Call(call)) else {
        return Vendor::Unseen;
    };
    match after.checked_sub(1) {
        Some(before) => difference(&step.probes[before], &step.probes[after]),
        None => Vendor::Unseen,
    }
}

/// Compares what was seen at one moment with what was seen at another.
pub(super) fn between(step: &StepEvidence, one: ProbeMoment, other: ProbeMoment) -> Vendor {
    let seen = |moment: ProbeMoment| step.probes.iter().rfind(|probed| probed.moment == moment);
    match (seen(one), seen(other)) {
        (Some(before), Some(after)) => difference(before, after),
        _ => Vendor::Unseen,
    }
}

fn difference(before: &Probed, after: &Probed) -> Vendor {
    let moment = after.moment;
    let (before, after) = match (document(&before.outcome), document(&after.outcome)) {
        (Err(reason), _) | (_, Err(reason)) => return Vendor::Blind(reason),
        (Ok(before), Ok(after)) => (before, after),
    };
    let changes = diff(&before, &after);
    let Some(first) = changes.first() else { return Vendor::Unchanged };
    let when = match moment {
        ProbeMoment::End => " by the end of the scenario",
        ProbeMoment::Checked => " by the pre-check",
        ProbeMoment::Call(_) => " by this call",
        ProbeMoment::Before | ProbeMoment::After | ProbeMoment::Neighbour(_) => "",
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
