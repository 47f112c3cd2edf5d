//! Two judged runs held side by side: what became worse, what became better, what was looked at for the first time.
//!
//! Both sides are the JSON report of a run, wherever it came from: whoever can make a [`Report`] can be compared.

mod checks;
mod markdown;
mod text;

pub use text::Amount;

use crate::report::json::{Report, Scenario};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// The version of this document's shape.
const SCHEMA_VERSION: u32 = 1;

/// An operation with fewer calls on one side says nothing about time.
const FEWEST_CALLS: u64 = 5;
/// A difference below this many milliseconds is nobody's.
const LEAST_MS: f64 = 10.0;

/// What two runs differ in.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Comparison {
    /// Raised when a member changes its meaning or goes away.
    pub schema_version: u32,
    pub before: Side,
    pub after: Side,
    /// What makes the two hard to compare: another target, dialect, rule set, or other filters.
    pub notes: Vec<String>,
    /// Was right, or at least not wrong, and fails now. These decide: exit code 1.
    pub regressions: Vec<CheckChange>,
    /// Passed, and is a warning or a known failure now.
    pub weaker: Vec<CheckChange>,
    /// Was wrong, and passes now.
    pub fixed: Vec<CheckChange>,
    /// Was not looked at before: not applicable, not observable, blocked, not played, or not there.
    pub newly_executed: Vec<CheckChange>,
    /// Was looked at before, and is not any more.
    pub no_longer_executed: Vec<CheckChange>,
    /// Calls of both runs whose normalised answers differ.
    pub changed_answers: Vec<AnswerChange>,
    pub slower: Vec<Slower>,
    /// At least one regression, or a level lost.
    pub regressed: bool,
    /// Something that was looked at before should have been looked at again, and could not.
    pub incomplete: bool,
}

/// One of the two runs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Side {
    /// The run folder, the report or the certificate, as it was named.
    pub name: String,
    pub target: String,
    pub url: String,
    pub started_at: String,
    pub mock_bss: String,
    pub rule_set: String,
    pub rule_set_sha256: String,
    pub verdict: String,
    /// `L0` to `L3`.
    pub level_reached: Option<String>,
    pub counts: BTreeMap<String, u64>,
}

/// A check that ended in another way than before.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheckChange {
    pub scenario: String,
    pub file: String,
    pub line: u32,
    pub step: String,
    pub check: String,
    /// `R-nn`, if it serves a rule.
    pub rule: Option<String>,
    pub rule_id: Option<String>,
    /// The status before; null where there was no such check.
    pub before: Option<String>,
    pub after: Option<String>,
    /// What is wrong now, or was wrong before.
    pub message: Option<String>,
    /// A shell line that sends the call again; secrets stand as variables.
    pub curl: Option<String>,
}

/// A call whose answer changed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AnswerChange {
    pub scenario: String,
    /// The name of its snapshot.
    pub answer: String,
    /// One line for each difference; empty where one side is a report, which does not hold the answers.
    pub changes: Vec<String>,
}

/// An operation whose answers take longer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Slower {
    pub operation: String,
    /// Only asked (CheckOnly), or done.
    pub check_only: bool,
    pub before_p95_ms: f64,
    pub after_p95_ms: f64,
    pub before_max_ms: f64,
    pub after_max_ms: f64,
}

/// Compares two runs. `factor` says how much longer an operation has to take to be called slower; `answers` knows what
/// became of an answer, where both sides still hold it.
pub fn between(
    before: (&str, &Report),
    after: (&str, &Report),
    factor: f64,
    answers: &mut dyn FnMut(&Scenario, &str) -> Answer,
) -> Comparison {
    let ((_, old), (_, new)) = (before, after);
    let sorted = checks::compare(old, new);
    let lost = old.level_reached.as_ref().is_some_and(|level| new.level_reached.as_ref().is_none_or(|now| now < level));
    let mut notes = notes(old, new);
    // A run that played only a part reaches no level at all.
    let lost = lost && new.filters.is_empty() && !new.interrupted;
    if lost {
        let words = |level: &Option<String>| level.clone().unwrap_or_else(|| "no level".to_owned());
        notes.push(format!("the level fell from {} to {}", words(&old.level_reached), words(&new.level_reached)));
    }
    Comparison {
        schema_version: SCHEMA_VERSION,
        before: side(before),
        after: side(after),
        notes,
        regressed: lost || !sorted.regressions.is_empty(),
        incomplete: sorted.incomplete,
        regressions: sorted.regressions,
        weaker: sorted.weaker,
        fixed: sorted.fixed,
        newly_executed: sorted.newly_executed,
        no_longer_executed: sorted.no_longer_executed,
        changed_answers: changed(old, new, answers),
        slower: slower(old, new, factor),
    }
}

/// What is known about an answer whose digest differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Only the spelling differs: the order of members, the zeros behind a decimal point.
    Same,
    Changed(Vec<String>),
    /// One of the sides does not hold it.
    Unknown,
}

fn side((name, report): (&str, &Report)) -> Side {
    Side {
        name: name.to_owned(),
        target: report.target.name.clone(),
        url: report.target.url.clone(),
        started_at: report.started_at.clone(),
        mock_bss: report.mock_bss.clone(),
        rule_set: report.rule_set.clone(),
        rule_set_sha256: report.rule_set_sha256.clone(),
        verdict: report.verdict.clone(),
        level_reached: report.level_reached.clone(),
        counts: report.counts.clone(),
    }
}

fn notes(old: &Report, new: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    let mut differs = |what: &str, old: &str, new: &str| {
        if old != new {
            notes.push(format!("{what}: {old} before, {new} now"));
        }
    };
    differs("another target", &old.target.name, &new.target.name);
    differs("another rule set", &old.rule_set, &new.rule_set);
    if old.rule_set == new.rule_set {
        differs("another edition of the rule set", &old.rule_set_sha256, &new.rule_set_sha256);
    }
    let yes = |on: bool| if on { "yes" } else { "no" };
    differs("vendor side seen", yes(old.target.probe), yes(new.target.probe));
    differs("strict", yes(old.target.strict), yes(new.target.strict));
    differs("pre-check", &old.target.precheck, &new.target.precheck);
    let none = "nothing".to_owned();
    for (switch, value) in &old.target.dialect {
        differs(&format!("dialect {switch}"), value, new.target.dialect.get(switch).unwrap_or(&none));
    }
    let filters = |report: &Report| match report.filters.is_empty() {
        true => "everything".to_owned(),
        false => report.filters.join(" "),
    };
    differs("played", &filters(old), &filters(new));
    notes
}

fn changed(old: &Report, new: &Report, answers: &mut dyn FnMut(&Scenario, &str) -> Answer) -> Vec<AnswerChange> {
    let before: BTreeMap<&str, &Scenario> = old.scenarios.iter().map(|s| (s.key.as_str(), s)).collect();
    let mut found = Vec::new();
    for scenario in &new.scenarios {
        let Some(was) = before.get(scenario.key.as_str()) else { continue };
        for (name, digest) in &scenario.answers {
            if was.answers.get(name).is_none_or(|old| old == digest) {
                continue;
            }
            let changes = match answers(scenario, name) {
                Answer::Same => continue,
                Answer::Changed(changes) => changes,
                Answer::Unknown => Vec::new(),
            };
            found.push(AnswerChange { scenario: scenario.key.clone(), answer: name.clone(), changes });
        }
    }
    found
}

fn slower(old: &Report, new: &Report, factor: f64) -> Vec<Slower> {
    let mut found = Vec::new();
    for now in &new.timings {
        let same = |was: &&crate::report::json::TimingEntry| {
            (&was.operation, was.check_only) == (&now.operation, now.check_only)
        };
        let Some(was) = old.timings.iter().find(same) else { continue };
        let enough = was.calls.min(now.calls) >= FEWEST_CALLS;
        if enough && now.p95_ms >= was.p95_ms * factor && now.p95_ms - was.p95_ms >= LEAST_MS {
            found.push(Slower {
                operation: now.operation.clone(),
                check_only: now.check_only,
                before_p95_ms: was.p95_ms,
                after_p95_ms: now.p95_ms,
                before_max_ms: was.max_ms,
                after_max_ms: now.max_ms,
            });
        }
    }
    found
}

impl Comparison {
    /// The JSON document.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// For a terminal.
    pub fn to_text(&self, amount: Amount) -> String {
        text::render(self, amount)
    }

    /// For a CI's summary page or a comment.
    pub fn to_markdown(&self) -> String {
        markdown::render(self)
    }

    /// What is listed, with its title and whether it is bad news; the worst first.
    fn lists(&self) -> [(&'static str, &[CheckChange], crate::report::face::Tone); 5] {
        use crate::report::face::Tone::{Bad, Faint, Good, Odd};
        [
            ("regressions", &self.regressions, Bad),
            ("weaker", &self.weaker, Odd),
            ("no longer executed", &self.no_longer_executed, Odd),
            ("newly executed", &self.newly_executed, Faint),
            ("fixed", &self.fixed, Good),
        ]
    }

    /// What came out, in a few words.
    fn words(&self) -> &'static str {
        match (self.regressed, self.incomplete) {
            (true, _) => "REGRESSED",
            (false, true) => "INCOMPLETE",
            (false, false) => "NO REGRESSION",
        }
    }
}

/// The same change, wherever it shows: one broken endpoint is one entry and not fifty.
struct Group<'c> {
    change: &'c CheckChange,
    /// Scenario and step of each, the first too.
    places: Vec<(&'c str, &'c str)>,
}

fn groups(list: &[CheckChange]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known = HashMap::new();
    for change in list {
        let same = (&change.check, &change.rule, &change.before, &change.after, &change.message);
        let index = *known.entry(same).or_insert_with(|| {
            groups.push(Group { change, places: Vec::new() });
            groups.len() - 1
        });
        groups[index].places.push((&change.scenario, &change.step));
    }
    groups
}

impl CheckChange {
    /// `R-49 subscriptions.create-returns-id`, or what was demanded where no rule stands behind it.
    fn named(&self) -> String {
        match (&self.rule, &self.rule_id) {
            (Some(rule), Some(id)) => format!("{} ({rule} {id})", self.check),
            _ => self.check.clone(),
        }
    }

    /// `pass → fail`
    fn became(&self) -> String {
        let words = |status: &Option<String>| status.as_deref().unwrap_or("not there").replace('_', " ");
        format!("{} → {}", words(&self.before), words(&self.after))
    }
}

/// The JSON Schema of [`Comparison`].
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Comparison).to_value();
    schema["$id"] = "https://mock-bss.example/schema/comparison.json".into();
    schema["title"] = "Two runs of mock-bss compared".into();
    schema
}

#[cfg(test)]
mod tests;
