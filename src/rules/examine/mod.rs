//! What the rules say about evidence, whatever scenario produced it.
//!
//! A scenario's own expectations are judged elsewhere. Here stand the demands that every answer has to meet, and those
//! that show only when several answers of a scenario are held side by side. Each is a pure function: evidence in,
//! breaches out. A function says `None` where its rule has nothing to say, so that a pass means that something was seen.

mod accounts;
mod amount;
mod catalogue;
mod credentials;
mod enums;
mod messages;
mod options;
mod precheck;
mod prices;
mod progress;
mod resources;
mod results;
mod settings;
mod subscriptions;
mod tenants;
mod transport;

pub use subscriptions::{Order, orders, shared_ids};

use super::Rule;
use crate::{
    contract::{Answer, Endpoint, Expectation, Meaning, answer::PendingSignal, credentials::SETTING_PREFIX},
    evidence::{Exchange, Intent, Outcome, ProfileRecord, ScenarioEvidence},
    json::Json,
};

/// One answer, with what a rule may want to know about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) profile: &'a ProfileRecord,
    pub(super) exchange: &'a Exchange,
    pub(super) endpoint: Endpoint,
    pub(super) answer: &'a Answer,
    /// Sent with credentials that are wrong on purpose: whatever is made of it is the business of the rules on
    /// credentials.
    pub(super) stranger: bool,
}

impl<'a> Seen<'a> {
    /// What the platform makes of the answer. Whether it counts as "in progress" is not asked.
    pub(super) fn meaning(&self) -> Meaning {
        self.answer.meaning(self.endpoint, &PendingSignal::None)
    }

    /// True where an answer of HTTP 200 is one that the platform would work with: the right verb, right credentials.
    pub(super) fn is_read(&self) -> bool {
        (200..300).contains(&self.answer.status) && !self.stranger && self.has_right_verb()
    }

    /// True where the call was made with the verb of its endpoint.
    pub(super) fn has_right_verb(&self) -> bool {
        self.exchange.sent.method.eq_ignore_ascii_case(self.endpoint.spec().verb.as_str())
    }

    /// The body of an answer that is read, if it is JSON and no "not supported".
    pub(super) fn document(&self) -> Option<&'a Json> {
        self.body().filter(|_| self.is_read() && self.meaning() != Meaning::NotOffered)
    }

    /// True for a call in which something is wrong on purpose.
    pub(super) fn is_flawed(&self) -> bool {
        self.exchange.sent.intent.is_experiment()
    }

    /// True where a positive `Code` may say "in progress": only the profile knows.
    pub(super) fn may_be_pending(&self) -> bool {
        may_be_pending(self.profile) && self.answer.code().is_some_and(|code| code > 0)
    }

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
const OF_ANSWERS: &[&[OfAnswer]] = &[
    transport::OF_ANSWERS,
    results::OF_ANSWERS,
    messages::OF_ANSWERS,
    settings::OF_ANSWERS,
    catalogue::OF_ANSWERS,
    prices::OF_ANSWERS,
    enums::OF_ANSWERS,
    options::OF_ANSWERS,
    accounts::OF_ANSWERS,
    precheck::OF_ANSWERS,
];
/// The demands on scenarios.
const OF_SCENARIOS: &[&[OfScenario]] = &[
    transport::OF_SCENARIOS,
    credentials::OF_SCENARIOS,
    catalogue::OF_SCENARIOS,
    accounts::OF_SCENARIOS,
    subscriptions::OF_SCENARIOS,
    precheck::OF_SCENARIOS,
    progress::OF_SCENARIOS,
    resources::OF_SCENARIOS,
    tenants::OF_SCENARIOS,
];

/// What all rules say about a scenario, rule by rule.
pub fn examine(evidence: &ScenarioEvidence, profile: &ProfileRecord) -> Vec<Note> {
    let mut notes = Vec::new();
    let records = evidence.started.as_ref().map_or(&[][..], |started| &started.steps);
    for (step, of_step) in evidence.steps.iter().enumerate() {
        let denied = records.get(step).is_some_and(|record| *of_step.expectation(record) == Expectation::Denied);
        for (place, exchange) in of_step.exchanges.iter().enumerate() {
            let (Some(endpoint), Some(answer)) = (exchange.sent.endpoint, exchange.answer()) else { continue };
            let stranger = denied && matches!(exchange.sent.intent, Intent::Flawed { .. });
            let seen = Seen { profile, exchange, endpoint, answer, stranger };
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

/// True where the profile knows a sign for "in progress".
fn may_be_pending(profile: &ProfileRecord) -> bool {
    !matches!(profile.pending.as_str(), "" | "none")
}

/// What the platform makes of an answer; `None` where none came, or only a part of it could be read.
fn meaning(exchange: &Exchange) -> Option<Meaning> {
    let endpoint = exchange.sent.endpoint?;
    let whole = match &exchange.answered.as_ref()?.outcome {
        Outcome::Received { lossy, truncated, .. } => !lossy && !truncated,
        Outcome::Failed { .. } => false,
    };
    let answer = exchange.answer().filter(|_| whole)?;
    Some(answer.meaning(endpoint, &PendingSignal::None))
}

/// The body of a request, if it is JSON.
fn request(exchange: &Exchange) -> Option<Json> {
    crate::json::parse(exchange.sent.body.as_deref()?.as_bytes()).ok()
}

/// The settings that came with a call, which say whose it is.
fn partner(exchange: &Exchange) -> Vec<&str> {
    let is_setting =
        |name: &str| name.get(..SETTING_PREFIX.len()).is_some_and(|prefix| prefix.eq_ignore_ascii_case(SETTING_PREFIX));
    exchange.sent.headers.iter().filter(|(name, _)| is_setting(name)).map(|(_, value)| value.as_str()).collect()
}

/// The items of a list; none where it is null, missing, or no list.
fn list<'a>(json: &'a Json, name: &str) -> &'a [Json] {
    json.member(name).and_then(Json::as_array).unwrap_or_default()
}

/// A member as text, or a number as its digits. Blank is as good as missing.
fn text<'a>(json: &'a Json, name: &str) -> Option<&'a str> {
    let text = match json.member(name)? {
        Json::String(text) => text.as_str(),
        Json::Number(number) => number.as_str(),
        _ => return None,
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

/// What stands there, in one short line.
fn shown(json: Option<&Json>) -> String {
    let Some(json) = json else { return "nothing there".to_owned() };
    format!("{} ({})", cut(&json.to_compact()), json.kind())
}

/// A text of the target, short enough for one line.
fn cut(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
