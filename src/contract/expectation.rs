//! What a scenario step demands of the answers: data that the evidence carries, so that judging needs nothing else.

use crate::json::Matcher;
use serde::{Deserialize, Serialize};

/// What must come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// HTTP 200 and `Code` 0 (1 too for Accounts/Exists); where there is no `Code`, HTTP 200 and JSON.
    Accepted,
    /// `Code` other than 0 with a message, and nothing changed. A 4xx with a result body counts, 5xx never.
    Refused,
    /// HTTP 401 (403 counts with a warning), and nothing changed.
    Denied,
    /// Any answer, as long as nothing changed. A 5xx is a warning.
    Harmless,
    /// The business action waits in the platform: no call at all.
    Waiting,
    /// Each JSONPath, in this order, must satisfy its matchers in the last answer of the step.
    Answer(Vec<Demand>),
}

/// A JSONPath and what must stand there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    pub path: String,
    pub matcher: Matcher,
}

impl Expectation {
    /// The words by which scenarios name the expectations that are not matchers.
    pub const NAMES: &'static [&'static str] = &["accepted", "refused", "denied", "harmless", "waiting"];

    /// The expectation of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "accepted" => Some(Self::Accepted),
            "refused" => Some(Self::Refused),
            "denied" => Some(Self::Denied),
            "harmless" => Some(Self::Harmless),
            "waiting" => Some(Self::Waiting),
            _ => None,
        }
    }

    /// The name, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Denied => "denied",
            Self::Harmless => "harmless",
            Self::Waiting => "waiting",
            Self::Answer(_) => "answer",
        }
    }

    /// True when the vendor side must be the same afterwards.
    pub fn demands_no_change(&self) -> bool {
        matches!(self, Self::Refused | Self::Denied | Self::Harmless)
    }
}
