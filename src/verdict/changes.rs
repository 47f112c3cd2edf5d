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
    let seen =
        |moment: ProbeMoment| step.probes.iter().rfind(|probed| probed.moment == moment).map(|p| document(&p.outcome));
    let Some(before) = seen(ProbeMoment::Before) else { return Vendor::Unseen };
    let before = match before {
        Ok(document) => document,
        Err(reason) => return Vendor::Blind(reason),
    };
    for later in [ProbeMoment::After, ProbeMoment::End] {
        match seen(later) {
            None => {}
            Some(Err(reason)) => return Vendor::Blind(reason),
            Some(Ok(after)) => {
                let changes = diff(&before, &after);
                if let Some(first) = changes.first() {
                    let when = if later == ProbeMoment::End { " by the end of the scenario" } else { "" };
                    return Vendor::Changed(Finding {
                        message: format!("the vendor side changed{when}: {}", first.describe()),
                        at: Some(first.path.to_string()),
                        expected: Some("the same as before".to_owned()),
                        found: Some(changes.iter().map(json::Change::describe).collect::<Vec<_>>().join("; ")),
                        exchange: None,
                    });
                }
            }
        }
    }
    if step.probes.iter().any(|probed| probed.moment != ProbeMoment::Before) {
        Vendor::Unchanged
    } else {
        Vendor::Unseen
    }
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
