//! The verdict as JSON, for programs. Its JSON Schema is published (`mock-bss schema report`).

use crate::{
    report::exit,
    rules,
    verdict::{BOUNDS_US, Check, Counts, ScenarioVerdict, SnapshotFinding, Timing, Verdict, Withheld},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this document's shape.
const SCHEMA_VERSION: u32 = 1;

/// A judged run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Raised when a member changes its meaning or goes away.
    pub schema_version: u32,
    /// Version of mock-bss that played the run.
    pub mock_bss: String,
    /// `2026.1`; followed by ` (development)` where the rules or the suite of the program were not the frozen ones.
    pub rule_set: String,
    /// SHA-256 of the frozen rule set, the file `docs/rules/2026.1.yaml`.
    pub rule_set_sha256: String,
    /// `conformant`, `not_conformant` or `incomplete`.
    pub verdict: String,
    /// Why it is not conformant, or not complete.
    pub reasons: Vec<String>,
    /// The highest level that is reached: `L0` (reachable), `L1` (core), `L2` (full), `L3` (resilient).
    pub level_reached: Option<String>,
    /// The one above; null at the top.
    pub next_level: Option<String>,
    /// What withholds it.
    pub withheld: Vec<WithheldEntry>,
    pub exit_code: u8,
    pub target: Target,
    /// Repeats the run with `--seed`.
    pub seed: String,
    /// RFC 3339, UTC.
    pub started_at: String,
    pub finished_at: Option<String>,
    pub elapsed_ms: Option<f64>,
    pub interrupted: bool,
    /// Filters that left scenarios out, as typed; empty for a whole run.
    pub filters: Vec<String>,
    /// Number of checks by how they ended, and of snapshots.
    pub counts: BTreeMap<String, u64>,
    pub scenarios: Vec<Scenario>,
    pub not_applicable: Vec<Skipped>,
    /// Scenarios that were planned and never begun.
    pub not_played: Vec<Unplayed>,
    /// How long the target took, by operation.
    pub timings: Vec<TimingEntry>,
}

/// Why a level is not reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WithheldEntry {
    /// `R-nn`; null where something else is missing.
    pub rule: Option<String>,
    /// The rule's readable id.
    pub rule_id: Option<String>,
    /// As the status of a check.
    pub status: String,
    pub reason: String,
}

/// What was played against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// Name of the profile.
    pub name: String,
    pub url: String,
    /// True: nothing of the user's was tested.
    pub built_in_reference: bool,
    /// Every dialect switch with its value.
    pub dialect: BTreeMap<String, String>,
    pub precheck: String,
    pub probe: bool,
    pub strict: bool,
    /// How long an answer may take; no answer within it is a finding.
    pub timeout_ms: Option<u64>,
}

/// A scenario that was played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scenario {
    pub key: String,
    pub title: String,
    pub file: String,
    pub status: String,
    pub calls: usize,
    pub elapsed_ms: f64,
    pub checks: Vec<CheckEntry>,
    /// Snapshots that differ or are new.
    pub snapshots: Vec<Snapshot>,
    /// Every answer that has a snapshot: its name, and the beginning of the SHA-256 of its normalised text.
    /// `mock-bss compare` sees by it which answers changed from one run to another.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// What could not be cleaned up.
    pub left_behind: Vec<Left>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckEntry {
    pub step: String,
    /// Line in the scenario file.
    pub line: u32,
    pub name: String,
    /// `R-nn`, if it serves a rule.
    pub rule: Option<String>,
    /// The rule's readable id.
    pub rule_id: Option<String>,
    /// `must`, `should` or `may`.
    pub level: String,
    /// `documented`, `sdk`, `practice` or `inferred`.
    pub basis: Option<String>,
    /// False for a rule that does not count yet: it is shown and never decides.
    pub scored: bool,
    /// `pass`, `fail`, `warn`, `known` (to the profile), `not_applicable`, `not_observable`, `blocked`, `could_not_run` or `error`.
    pub status: String,
    pub message: Option<String>,
    /// JSONPath in the answer.
    pub at: Option<String>,
    pub expected: Option<String>,
    pub found: Option<String>,
    pub request: Option<String>,
    pub response: Option<String>,
    /// A shell line that sends the same; secrets stand as variables.
    pub curl: Option<String>,
}

/// A snapshot that is not as accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    pub name: String,
    pub step: String,
    /// `changed` or `new`.
    pub state: String,
    /// One line for each difference.
    pub changes: Vec<String>,
}

/// Something that was left on the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Left {
    pub kind: String,
    pub id: String,
    pub reason: String,
}

/// A scenario that does not apply to the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    pub key: String,
    pub reason: String,
}

/// A scenario that was planned and never begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unplayed {
    pub key: String,
    /// Its checks; they are counted as `could_not_run`.
    pub checks: u32,
}

/// How long the calls of one operation took: from the first byte sent to the last byte read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimingEntry {
    /// The endpoint; `call` for a call that names no known one.
    pub operation: String,
    /// Only asked (CheckOnly), or done.
    pub check_only: bool,
    /// Calls that were answered.
    pub calls: u64,
    /// Calls without an answer; they are in none of the other numbers.
    pub unanswered: u64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub max_ms: f64,
    pub histogram: Vec<Bar>,
}

/// Calls that took up to so long, and longer than the bar before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bar {
    /// None for the last bar, which has no upper end.
    pub up_to_ms: Option<f64>,
    pub calls: u64,
}

/// The JSON Schema of [`Report`].
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Report).to_value();
    schema["$id"] = "https://mock-bss.example/schema/report.json".into();
    schema["title"] = "A judged run of mock-bss".into();
    schema
}

/// The document.
pub fn render(verdict: &Verdict, check: bool) -> String {
    serde_json::to_string_pretty(&report(verdict, check)).unwrap_or_default() + "\n"
}

impl Report {
    /// Reads a document that some mock-bss has written.
    ///
    /// # Errors
    /// What it is not, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: u32,
        }
        let version: Version = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if version.schema_version > SCHEMA_VERSION {
            return Err(format!(
                "it has the shape {}, and this mock-bss knows {SCHEMA_VERSION} at most",
                version.schema_version
            ));
        }
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

/// The document as data.
pub fn report(verdict: &Verdict, check: bool) -> Report {
    let (run, profile) = (&verdict.run, &verdict.run.profile);
    let finished = verdict.finished.as_ref();
    Report {
        schema_version: SCHEMA_VERSION,
        mock_bss: run.version.clone(),
        rule_set: run.rule_set.clone(),
        rule_set_sha256: rules::frozen_digest().to_owned(),
        verdict: name(&verdict.outcome),
        reasons: verdict.reasons.clone(),
        level_reached: verdict.reached.map(|rung| rung.as_str().to_owned()),
        next_level: verdict.next_rung().map(|rung| rung.as_str().to_owned()),
        withheld: verdict.withheld.iter().map(withheld).collect(),
        exit_code: exit::of(verdict, check),
        target: Target {
            name: profile.name.clone(),
            url: profile.target.clone(),
            built_in_reference: run.built_in_reference,
            dialect: profile.dialect.clone(),
            precheck: profile.precheck.clone(),
            probe: profile.probe,
            strict: profile.strict,
            timeout_ms: profile.timeout_ms,
        },
        seed: run.seed.clone(),
        started_at: run.at.clone(),
        finished_at: finished.map(|finished| finished.at.clone()),
        elapsed_ms: finished.map(|finished| milliseconds(finished.elapsed_us)),
        interrupted: finished.is_none_or(|finished| finished.interrupted),
        filters: run.filters.clone(),
        counts: counts(&verdict.counts),
        scenarios: verdict.scenarios.iter().map(scenario).collect(),
        not_applicable: verdict
            .planned
            .not_applicable
            .iter()
            .map(|skipped| Skipped { key: skipped.key.clone(), reason: skipped.reason.clone() })
            .collect(),
        not_played: verdict
            .unplayed()
            .map(|unplayed| Unplayed { key: unplayed.key.clone(), checks: unplayed.checks })
            .collect(),
        timings: verdict.timings.summaries().iter().map(timing).collect(),
    }
}

fn timing(timing: &Timing) -> TimingEntry {
    let bounds = BOUNDS_US.iter().map(|bound| Some(milliseconds(u64::from(*bound)))).chain([None]);
    TimingEntry {
        operation: timing.operation.clone(),
        check_only: timing.check_only,
        calls: timing.calls,
        unanswered: timing.unanswered,
        p50_ms: milliseconds(timing.p50_us.into()),
        p95_ms: milliseconds(timing.p95_us.into()),
        max_ms: milliseconds(timing.max_us.into()),
        histogram: bounds.zip(&timing.histogram).map(|(up_to_ms, calls)| Bar { up_to_ms, calls: *calls }).collect(),
    }
}

/// The counts by their names, so that the document cannot fall behind the struct.
pub(super) fn counts(counts: &Counts) -> BTreeMap<String, u64> {
    match serde_json::to_value(counts) {
        Ok(serde_json::Value::Object(members)) => {
            members.into_iter().filter_map(|(name, value)| Some((name, value.as_u64()?))).collect()
        }
        _ => BTreeMap::new(),
    }
}

fn withheld(withheld: &Withheld) -> WithheldEntry {
    WithheldEntry {
        rule: withheld.rule.map(|rule| rule.key()),
        rule_id: withheld.rule.map(|rule| rule.id.to_owned()),
        status: name(&withheld.status),
        reason: withheld.reason.clone(),
    }
}

fn scenario(verdict: &ScenarioVerdict) -> Scenario {
    Scenario {
        key: verdict.key.clone(),
        title: verdict.title.clone(),
        file: verdict.file.clone(),
        status: name(&verdict.status()),
        calls: verdict.calls,
        elapsed_ms: milliseconds(verdict.elapsed_us),
        checks: verdict.checks.iter().map(entry).collect(),
        snapshots: verdict.snapshots.iter().map(snapshot).collect(),
        answers: answers(verdict),
        left_behind: verdict
            .left_behind
            .iter()
            .map(|left| Left { kind: left.kind.clone(), id: left.id.clone(), reason: left.reason.clone() })
            .collect(),
    }
}

fn answers(verdict: &ScenarioVerdict) -> BTreeMap<String, String> {
    let pairs = verdict.snapshot_names.iter().zip(&verdict.snapshot_digests);
    pairs.map(|(name, digest)| (name.to_string(), format!("{digest:032x}"))).collect()
}

fn entry(check: &Check) -> CheckEntry {
    let finding = check.finding.as_ref();
    let exchange = finding.and_then(|finding| finding.exchange.as_ref());
    CheckEntry {
        step: check.step.clone(),
        line: check.line,
        name: check.name.clone(),
        rule: check.rule.map(|rule| rule.key()),
        rule_id: check.rule.map(|rule| rule.id.to_owned()),
        level: check.level.as_str().to_owned(),
        basis: check.rule.map(|rule| rule.basis.as_str().to_owned()),
        scored: check.is_scored(),
        status: name(&check.status),
        message: finding.map(|finding| finding.message.clone()),
        at: finding.and_then(|finding| finding.at.clone()),
        expected: finding.and_then(|finding| finding.expected.clone()),
        found: finding.and_then(|finding| finding.found.clone()),
        request: exchange.map(|exchange| exchange.request.clone()),
        response: exchange.map(|exchange| exchange.response.clone()),
        curl: exchange.map(|exchange| exchange.curl.clone()),
    }
}

fn snapshot(finding: &SnapshotFinding) -> Snapshot {
    Snapshot {
        name: finding.name.to_string(),
        step: finding.step.clone(),
        state: if finding.old.is_some() { "changed" } else { "new" }.to_owned(),
        changes: finding.changed.as_ref().map(crate::snapshot::Changed::describe).unwrap_or_default(),
    }
}

/// The name that serde gives a word of ours.
fn name(word: &impl Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

fn milliseconds(micros: u64) -> f64 {
    micros as f64 / 1000.0
}
