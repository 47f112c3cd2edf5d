//! Documents: each a pure function of a verdict and its evidence, so no two of them can disagree.
//!
//! One file for each format. What a status looks like stands in `face`, and nowhere else.

mod alike;
pub mod annotations;
pub mod compare;
pub mod console;
mod csv;
pub mod exchanges;
pub mod exit;
mod face;
mod fingerprint;
mod gitlab;
mod html;
pub mod json;
pub mod junit;
mod markdown;
pub mod progress;
pub mod review;
mod sarif;
mod tap;
mod text;

pub use text::{Style, printable};

use crate::{
    evidence::EvidenceFile,
    verdict::{Check, Finding, ScenarioVerdict, SnapshotFinding, Verdict},
};
use std::io::{self, Write};

/// A format that `--report` can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Junit,
    Html,
    Markdown,
    Tap,
    Sarif,
    Csv,
    Gitlab,
}

/// What a document is made from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub verdict: &'a Verdict,
    /// New snapshots count as differences.
    pub check: bool,
    /// The exchanges of the run, for a format that shows them all; read again scenario by scenario.
    pub evidence: Option<&'a EvidenceFile>,
}

impl Format {
    /// The words for the command line.
    pub const NAMES: &'static [&'static str] = &["json", "junit", "html", "markdown", "tap", "sarif", "csv", "gitlab"];

    const ALL: [Self; 8] =
        [Self::Json, Self::Junit, Self::Html, Self::Markdown, Self::Tap, Self::Sarif, Self::Csv, Self::Gitlab];

    /// The format of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::NAMES.iter().zip(Self::ALL).find(|(name, _)| **name == text).map(|(_, format)| format)
    }

    /// True for a format that shows every exchange of the run.
    pub fn needs_evidence(self) -> bool {
        self == Self::Html
    }

    /// Writes the document.
    ///
    /// # Errors
    /// It cannot be written, or the evidence cannot be read.
    pub fn write(self, source: &Source<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Source { verdict, check, .. } = *source;
        let text = match self {
            Self::Html => return html::write(source, out),
            Self::Json => json::render(verdict, check),
            Self::Junit => junit::render(verdict, check),
            Self::Markdown => markdown::render(verdict, check),
            Self::Tap => tap::render(verdict, check),
            Self::Sarif => sarif::render(verdict, check),
            Self::Csv => csv::render(verdict)?,
            Self::Gitlab => gitlab::render(verdict, check),
        };
        out.write_all(text.as_bytes())
    }
}

/// Snapshots that count as wrong: changed ones, and new ones where they do.
fn differing(scenario: &ScenarioVerdict, check: bool) -> impl Iterator<Item = &SnapshotFinding> {
    scenario.snapshots.iter().filter(move |snapshot| check || snapshot.old.is_some())
}

/// What a snapshot that differs says, in one sentence.
fn difference(snapshot: &SnapshotFinding) -> String {
    match &snapshot.changed {
        Some(changed) => changed.describe().join("; "),
        None => "this answer was never accepted".to_owned(),
    }
}

/// The name under which a profile stands where nobody has named another one.
const PROFILE: &str = "mock-bss.yaml";

/// A file and a line that a reader of the target's repository can open: the scenario, if it is somebody's own. The suite
/// comes with mock-bss and is in nobody's repository, so its findings stand at the profile that says what is played
/// against.
fn place<'a>(verdict: &'a Verdict, scenario: &'a ScenarioVerdict, line: u32) -> (&'a str, u32) {
    if scenario.built_in || scenario.file.is_empty() {
        return (profile_file(verdict), 1);
    }
    (&scenario.file, line.max(1))
}

fn profile_file(verdict: &Verdict) -> &str {
    verdict.run.profile.file.as_deref().unwrap_or(PROFILE)
}

/// The highest level that is reached, in words: `L2 reached`.
fn level(verdict: &Verdict) -> String {
    verdict.reached.map_or("none reached".to_owned(), |rung| format!("{rung} reached"))
}

/// The line of the step that a snapshot belongs to.
fn line_of(scenario: &ScenarioVerdict, step: &str) -> u32 {
    scenario.checks.iter().find(|check| check.step == step).map_or(0, |check| check.line)
}

/// The same thing that is wrong, wherever it shows: one broken endpoint is one entry and not fifty.
struct Group<'a> {
    check: &'a Check,
    finding: &'a Finding,
    /// The first scenario, and the others with their check.
    places: Vec<(&'a ScenarioVerdict, &'a Check)>,
}

/// What a person should look at, the worst first, the same said once.
fn groups(verdict: &Verdict) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for (scenario, check) in verdict.checks() {
        let Some(finding) = &check.finding else { continue };
        if face::of(check.status).shown == face::Shown::WhenAsked {
            continue;
        }
        let same = (check.status, check.rule.map(|rule| rule.number), &finding.message);
        let index = *known.entry(same).or_insert_with(|| {
            groups.push(Group { check, finding, places: Vec::new() });
            groups.len() - 1
        });
        groups[index].places.push((scenario, check));
    }
    let rank = |group: &Group<'_>| crate::verdict::Status::WORST_FIRST.iter().position(|s| *s == group.check.status);
    groups.sort_by_key(rank);
    groups
}

/// `R-49 subscriptions.create-returns-id`, or what was demanded where no rule stands behind it.
fn named(check: &Check) -> String {
    check.rule.map_or_else(|| check.name.clone(), |rule| format!("{} {}", rule.key(), rule.id))
}
