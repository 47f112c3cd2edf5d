//! What a certificate stands on. Whoever makes one and whoever verifies it ask the same questions.

use super::Run;
use crate::{evidence::RunStarted, rules, verdict::Outcome};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How an answer came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Met,
    NotMet,
    /// It is not met, and a rehearsal does without.
    Rehearsed,
    /// Nothing was demanded; it has to be known.
    Told,
}

/// One question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub name: &'static str,
    pub state: State,
    pub expected: String,
    pub found: String,
}

impl Condition {
    pub(super) fn new(name: &'static str, met: bool, expected: &str, found: impl Into<String>) -> Self {
        let state = if met { State::Met } else { State::NotMet };
        Self { name, state, expected: expected.to_owned(), found: found.into() }
    }

    /// Met when nothing is wrong.
    pub fn none(name: &'static str, expected: &str, wrong: &[String]) -> Self {
        Self::new(name, wrong.is_empty(), expected, if wrong.is_empty() { expected.to_owned() } else { few(wrong) })
    }

    pub(super) fn told(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, state: State::Told, expected: String::new(), found: found.into() }
    }

    /// What is said about it, in one line.
    pub fn words(&self) -> String {
        match self.state {
            State::Met | State::Told => self.found.clone(),
            State::NotMet => format!("expected {}; found {}", self.expected, self.found),
            State::Rehearsed => format!("rehearsal: expected {}; found {}", self.expected, self.found),
        }
    }
}

/// The first few of many things.
pub(super) fn few(all: &[String]) -> String {
    const MOST: usize = 3;
    let first = all.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ");
    match all.len().saturating_sub(MOST) {
        0 => first,
        more => format!("{first}; and {more} more"),
    }
}

/// How a certificate is made: what is known before anything is played.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    pub run: &'a RunStarted,
    /// What a rehearsal does without is no obstacle.
    pub rehearsal: bool,
}

/// The features that a profile has to declare: those that decide what is played.
const FEATURES: [&str; 6] = ["accounts", "account_delete", "addons", "upgrade", "trial", "suspend"];

/// How far the clocks of one machine may be apart before one of them was turned back, in seconds.
const DRIFT: f64 = 2.0;

impl Made<'_> {
    /// The conditions that need no run.
    pub fn conditions(&self) -> Vec<Condition> {
        let run = self.run;
        let profile = &run.profile;
        let lenient = |mut condition: Condition| {
            if condition.state == State::NotMet && self.rehearsal {
                condition.state = State::Rehearsed;
            }
            condition
        };
        let build = run.build.as_ref();
        let development = match build {
            None => Some("a version that does not say how it was built"),
            Some(build) => build.development.as_deref(),
        };
        let version = &run.version;
        let program = match development {
            None => format!("mock-bss {version}, commit {}", build.and_then(|b| b.commit.as_deref()).unwrap_or("?")),
            Some(reason) => format!("mock-bss {version}, a development build: {reason}"),
        };
        let digest = build.map(|build| build.rule_set_sha256.as_str()).unwrap_or_default();
        let frozen = run.rule_set == rules::RULE_SET && digest == rules::frozen_digest();
        let undeclared: Vec<&str> =
            FEATURES.into_iter().filter(|feature| !profile.features.contains_key(*feature)).collect();
        let features = match undeclared.len() {
            0 => "every feature is declared".to_owned(),
            _ if profile.features.is_empty() => "`features: auto`".to_owned(),
            _ => format!("not declared: {}", undeclared.join(", ")),
        };
        let known: Vec<String> = profile.known_failures.iter().map(|known| known.rule.clone()).collect();
        let target = match run.built_in_reference {
            false => format!("{} at {}", profile.name, profile.target),
            true => "the built-in reference: nothing of yours was tested".to_owned(),
        };
        vec![
            lenient(Condition::new("program", development.is_none(), "a release of mock-bss", program)),
            lenient(Condition::new("target", !run.built_in_reference, "a service manager of yours", target)),
            Condition::new(
                "rule set",
                frozen,
                &format!("the frozen rule set {}, sha256 {}", rules::RULE_SET, rules::frozen_digest()),
                format!("{}, sha256 {}", run.rule_set, if digest.is_empty() { "unknown" } else { digest }),
            ),
            Condition::new(
                "filters",
                run.filters.is_empty(),
                "the whole suite",
                if run.filters.is_empty() { "nothing was left out".to_owned() } else { run.filters.join(", ") },
            ),
            Condition::new("features", undeclared.is_empty(), "a map of all features in the profile", features),
            Condition::new(
                "known failures",
                known.is_empty(),
                "none in the profile",
                if known.is_empty() { "none".to_owned() } else { known.join(", ") },
            ),
        ]
    }
}

/// All conditions of a run that has been judged.
pub fn examine(run: &Run, rehearsal: bool) -> Vec<Condition> {
    let mut conditions = Made { run: &run.evidence.run, rehearsal }.conditions();
    let verdict = &run.verdict;
    let counts = &verdict.counts;
    conditions.push(Condition::none("evidence", "every event of the run", &run.gaps));
    conditions.push(Condition::none("scenarios", "the suite of the rule set, unchanged", &run.changed));
    let level = verdict.reached.map_or_else(|| "no level".to_owned(), |rung| format!("level {rung}"));
    conditions.push(Condition::new(
        "verdict",
        verdict.outcome == Outcome::Conformant,
        "conformant",
        match verdict.outcome {
            Outcome::Conformant => format!("conformant, {level}"),
            Outcome::NotConformant => format!("not conformant: {}", few(&verdict.reasons)),
            Outcome::Incomplete => format!("incomplete: {}", few(&verdict.reasons)),
        },
    ));
    conditions.extend(not_seen(run));
    let new = match counts.snapshots_new {
        0 => String::new(),
        new => format!(", {new} that were never accepted"),
    };
    conditions.push(Condition::new(
        "snapshots",
        counts.snapshots_changed == 0,
        "no answer that differs from the accepted one",
        match counts.snapshots_changed {
            0 => format!("{} answers as accepted{new}", counts.snapshots_same),
            changed => format!("{changed} that changed"),
        },
    ));
    let left: Vec<String> = verdict
        .left_behind()
        .map(|(scenario, left)| format!("{} {} by {} ({})", left.kind, left.id, scenario.key, left.reason))
        .collect();
    conditions.push(Condition::none("left behind", "nothing on the target", &left));
    conditions.push(Condition::new(
        "retries",
        counts.asked_to_wait == 0,
        "no call that was sent again because of HTTP 429 or 503",
        match counts.asked_to_wait {
            0 => "no call had to be sent again".to_owned(),
            times => format!("the target asked to wait {times} times"),
        },
    ));
    conditions.push(clock(run));
    conditions
}

/// What a certificate says nothing about.
fn not_seen(run: &Run) -> Vec<Condition> {
    let mut notes = Vec::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for skipped in &run.verdict.planned.not_applicable {
        *reasons.entry(skipped.reason.as_str()).or_default() += 1;
    }
    if !reasons.is_empty() {
        let words: Vec<String> = reasons.iter().map(|(why, count)| format!("{count} of the suite: {why}")).collect();
        notes.push(Condition::told("not applicable", words.join("; ")));
    }
    match run.verdict.counts.not_observable {
        0 => {}
        count => {
            let words = format!("{count} checks: no answer shows it, and the vendor side was not seen");
            notes.push(Condition::told("not observable", words));
        }
    }
    notes
}

/// The time of day at both ends, against the clock that nobody can turn.
fn clock(run: &Run) -> Condition {
    let at = |text: &str| text.parse::<Timestamp>().ok();
    let finished = run.verdict.finished.as_ref();
    let started = at(&run.evidence.run.at);
    let (Some(started), Some((ended, finished))) = (started, finished.and_then(|f| Some((at(&f.at)?, f)))) else {
        return Condition::new("clock", false, "the times of beginning and end", "none");
    };
    let passed = ended.duration_since(started).as_secs_f64();
    let elapsed = finished.elapsed_us as f64 / 1e6;
    let back = elapsed - passed;
    let found = match back > DRIFT {
        true => format!("{passed:.0} s by the time of day while {elapsed:.1} s passed: it was turned back"),
        false => format!("{} to {}", run.evidence.run.at, finished.at),
    };
    Condition::new("clock", back <= DRIFT, "a clock that went forward", found)
}
