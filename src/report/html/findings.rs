//! What a person should look at: findings with their exchanges, and snapshots that differ.

use super::anchor::{self, Anchors};
use crate::{
    report::{
        Group, Source,
        console::{counted, spread},
        differing, face, groups, line_of,
    },
    snapshot,
    verdict::{Excerpt, SnapshotFinding, Verdict},
};
use serde::Serialize;

/// Longer values are cut.
const LONGEST: usize = 2_000;
/// Names of new snapshots: in a first run all of them are new.
const MOST_NAMES: usize = 500;
/// Lines of a drawn difference.
const CONTEXT: usize = 3;

#[derive(Serialize)]
pub(super) struct FindingView<'a> {
    id: &'a str,
    status: &'static str,
    words: &'static str,
    mark: &'static str,
    tone: &'static str,
    rule: Option<RuleView>,
    name: &'a str,
    message: &'a str,
    at: Option<&'a str>,
    expected: Option<String>,
    found: Option<String>,
    places: Vec<PlaceView<'a>>,
    places_words: String,
    exchange: Option<ExchangeView<'a>>,
    left_out: bool,
    /// It says only that something else is wrong.
    short: bool,
}

#[derive(Serialize)]
pub(super) struct RuleView {
    key: String,
    id: &'static str,
    level: &'static str,
    basis: &'static str,
    title: &'static str,
    why: &'static str,
    fix: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
pub(super) struct ExchangeView<'a> {
    request: String,
    response: String,
    curl: &'a str,
}

#[derive(Serialize)]
pub(super) struct PlaceView<'a> {
    id: &'a str,
    scenario: String,
    key: &'a str,
    file: &'a str,
    line: u32,
    step: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
pub(super) struct DifferenceView<'a> {
    id: String,
    name: String,
    scenario: String,
    key: &'a str,
    file: &'a str,
    line: u32,
    step: &'a str,
    changes: Vec<String>,
    lines: Vec<(&'static str, String)>,
}

/// All findings, the worst first.
pub(super) fn all<'a>(verdict: &'a Verdict, anchors: &'a Anchors, room: &mut usize) -> Vec<FindingView<'a>> {
    groups(verdict).into_iter().filter_map(|group| finding(group, anchors, room)).collect()
}

fn finding<'a>(group: Group<'a>, anchors: &'a Anchors, room: &mut usize) -> Option<FindingView<'a>> {
    let Group { check, finding, places } = group;
    let face = face::of(check.status);
    let exchange = finding.exchange.as_ref().map(exchange);
    let size = exchange.as_ref().map_or(0, |e| 2 * (e.request.len() + e.response.len() + e.curl.len()));
    let fits = size <= *room;
    *room -= if fits { size } else { 0 };
    Some(FindingView {
        id: anchors.finding(check)?,
        status: face.name,
        words: check.status.words(),
        mark: face.mark,
        tone: face.tone.class(),
        rule: check.rule.map(|rule| RuleView {
            key: rule.key(),
            id: rule.id,
            level: rule.level.as_str(),
            basis: rule.basis.as_str(),
            title: rule.title,
            why: rule.why,
            fix: rule.fix,
            source: rule.source,
        }),
        name: &check.name,
        message: &finding.message,
        at: finding.at.as_deref(),
        expected: finding.expected.as_deref().map(cut),
        found: finding.found.as_deref().map(cut),
        places_words: counted(places.len() as u64, "place"),
        places: places
            .into_iter()
            .filter_map(|(scenario, check)| {
                Some(PlaceView {
                    id: anchors.finding(check)?,
                    scenario: anchor::scenario(&scenario.key),
                    key: &scenario.key,
                    file: &scenario.file,
                    line: check.line,
                    step: &check.step,
                    name: &check.name,
                })
            })
            .collect(),
        exchange: exchange.filter(|_| fits),
        left_out: !fits,
        short: face.shown == face::Shown::Line,
    })
}

fn exchange(excerpt: &Excerpt) -> ExchangeView<'_> {
    ExchangeView {
        request: spread(&excerpt.request, true),
        response: spread(&excerpt.response, true),
        curl: &excerpt.curl,
    }
}

/// The snapshots that changed.
pub(super) fn differences<'a>(verdict: &'a Verdict, room: &mut usize) -> Vec<DifferenceView<'a>> {
    let mut views = Vec::new();
    for scenario in &verdict.scenarios {
        for finding in scenario.changed_snapshots() {
            let drawn = drawn(finding);
            let size = 2 * drawn.len();
            let fits = size <= *room;
            *room -= if fits { size } else { 0 };
            let changes = finding.changed.as_ref().map(snapshot::Changed::describe).unwrap_or_default();
            views.push(DifferenceView {
                id: anchor::snapshot(finding.name.as_str()),
                name: finding.name.to_string(),
                scenario: anchor::scenario(&scenario.key),
                key: &scenario.key,
                file: &scenario.file,
                line: line_of(scenario, &finding.step),
                step: &finding.step,
                changes: changes.into_iter().take(20).collect(),
                lines: if fits { lines(&drawn) } else { Vec::new() },
            });
        }
    }
    views
}

fn drawn(finding: &SnapshotFinding) -> String {
    snapshot::draw(finding.old.as_deref().unwrap_or_default(), &finding.new, CONTEXT, false)
}

/// The lines of a drawn difference with what they are.
fn lines(drawn: &str) -> Vec<(&'static str, String)> {
    let class = |line: &str| match line.chars().next() {
        Some('+') => "new",
        Some('-') => "old",
        Some('@') => "where",
        _ => "same",
    };
    drawn.lines().map(|line| (class(line), line.to_owned())).collect()
}

/// The names of snapshots that were never accepted.
pub(super) fn fresh(source: &Source<'_>) -> Vec<String> {
    let all = source.verdict.scenarios.iter().flat_map(|scenario| differing(scenario, true));
    all.filter(|snapshot| snapshot.old.is_none()).map(|snapshot| snapshot.name.to_string()).take(MOST_NAMES).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((index, _)) => format!("{}… ({} bytes in all)", &text[..index], text.len()),
        None => text.to_owned(),
    }
}
