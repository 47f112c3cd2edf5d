//! What the rules say about evidence, whatever scenario produced it.
//!
//! A scenario's own expectations are judged elsewhere. Here stand the demands that every answer has to meet, and those
//! that show only when several answers of a scenario are held side by side. Each is a pure function: evidence in,
//! breaches out. A function says `None` where its rule has nothing to say, so that a pass means that something was seen.

mod transport;

use super::Rule;
use crate::{
    contract::{Answer, Endpoint},
    evidence::{Exchange, ProfileRecord, ScenarioEvidence, StepEvidence, StepRecord},
    json::Json,
};

/// One answer, with what a rule may want to know about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) profile: &'a ProfileRecord,
    pub(super) exchange: &'a Exchange,
    pub(super) endpoint: Endpoint,
    pub(super) answer: &'a Answer,
}

impl<'a> Seen<'a> {
    /// The body, if it is JSON.
    pub(super) fn body(&self) -> Option<&'a Json> {
        self.answer.body.as_ref()
    }

    /// True when the scenario says that the vendor's habit of HTTP 200 does not matter.
    pub(super) fn lenient(&self) -> bool {
        self.profile.dialect.get("error_http").is_some_and(|value| value == "lenient")
    }
}

/// A scenario, with what a rule may want to know about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) profile: &'a ProfileRecord,
    pub(super) evidence: &'a ScenarioEvidence,
}

impl<'a> Case<'a> {
    /// Its steps in their order, with their places.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, &'a StepRecord, &'a StepEvidence)> {
        self.evidence.recorded_steps().enumerate().map(|(index, (record, step))| (index, record, step))
    }
}

/// What is wrong at one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Breach {
    /// One sentence.
    pub message: String,
    /// The place in the answer, as JSONPath.
    pub at: Option<String>,
    pub expected: Option<String>,
    pub found: Option<String>,
}

impl Breach {
    /// A breach that is one sentence.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// With the place in the answer.
    pub(super) fn at(self, path: impl ToString) -> Self {
        Self { at: Some(path.to_string()), ..self }
    }

    /// With what should stand there, and what does.
    pub(super) fn instead(self, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), found: Some(found.into()), ..self }
    }
}

/// What a rule says about one exchange: that it is kept, or where it is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Number of the rule.
    pub rule: u16,
    /// Place of the step in the scenario.
    pub step: usize,
    /// Place of the exchange in the step.
    pub exchange: usize,
    /// Empty when the rule is kept.
    pub breaches: Vec<Breach>,
}

/// A rule that looks at one answer; `None` where it has nothing to say.
pub(super) struct OfAnswer {
    pub(super) rule: u16,
    pub(super) examine: fn(&Seen<'_>) -> Option<Vec<Breach>>,
}

/// A rule that looks at a whole scenario. The numbers of the notes are those of the rules that the entry names.
pub(super) struct OfScenario {
    pub(super) rules: &'static [u16],
    pub(super) examine: fn(&Case<'_>) -> Vec<Note>,
}

/// The demands on single answers.
const OF_ANSWERS: &[&[OfAnswer]] = &[transport::OF_ANSWERS];
/// The demands on scenarios.
const OF_SCENARIOS: &[&[OfScenario]] = &[];

/// What all rules say about a scenario, rule by rule.
pub fn examine(evidence: &ScenarioEvidence, profile: &ProfileRecord) -> Vec<Note> {
    let mut notes = Vec::new();
    for (step, of_step) in evidence.steps.iter().enumerate() {
        for (place, exchange) in of_step.exchanges.iter().enumerate() {
            let (Some(endpoint), Some(answer)) = (exchange.sent.endpoint, exchange.answer()) else { continue };
            let seen = Seen { profile, exchange, endpoint, answer };
            for of_answer in OF_ANSWERS.iter().copied().flatten() {
                if let Some(breaches) = (of_answer.examine)(&seen) {
                    notes.push(Note { rule: of_answer.rule, step, exchange: place, breaches });
                }
            }
        }
    }
    let case = Case { profile, evidence };
    for of_scenario in OF_SCENARIOS.iter().copied().flatten() {
        notes.extend((of_scenario.examine)(&case));
    }
    // Stable: within a rule the notes keep the order of the calls.
    notes.sort_by_key(|note| note.rule);
    notes
}

/// True when `rule` is judged on every answer or scenario, not only where a scenario asks for it.
pub fn examines(rule: &Rule) -> bool {
    let of_answers = OF_ANSWERS.iter().copied().flatten().any(|of_answer| of_answer.rule == rule.number);
    of_answers || OF_SCENARIOS.iter().copied().flatten().any(|of| of.rules.contains(&rule.number))
}
