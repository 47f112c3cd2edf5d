//! What stands above the scenarios: the verdict, the findings, the matrix, the times.

use super::anchor::{self, Anchors};
use crate::{
    report::{
        Group, Source,
        console::{counted, spread},
        differing, exit, face, groups,
        json::counts,
        line_of,
    },
    rules::{self, Rule},
    snapshot,
    verdict::{BOUNDS_US, Excerpt, SnapshotFinding, Status, Verdict},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The exchanges and differences of all findings together, in bytes; those behind are in the list of scenarios.
const MOST_SHOWN: usize = 5_000_000;
/// Longer values are cut.
const LONGEST: usize = 2_000;
/// Names of new snapshots: in a first run all of them are new.
const MOST_NAMES: usize = 500;
/// Lines of a drawn difference.
const CONTEXT: usize = 3;

#[derive(Serialize)]
pub(super) struct Overview<'a> {
    style: &'static str,
    style_hash: String,
    script_hash: String,
    name: &'static str,
    words: &'static str,
    tone: &'static str,
    version: &'a str,
    rule_set: &'a str,
    target: String,
    url: &'a str,
    profile: &'a str,
    facts: Vec<(&'static str, String)>,
    exit_code: u8,
    reasons: &'a [String],
    statuses: Vec<StatusView>,
    numbers: Vec<(&'static str, String)>,
    findings: Vec<FindingView<'a>>,
    differences: Vec<DifferenceView<'a>>,
    fresh: Vec<String>,
    fresh_count: u64,
    check: bool,
    areas: Vec<&'a str>,
    matrix: Vec<Row>,
    unexamined: Vec<(String, &'static str, &'static str)>,
    timings: Vec<TimingView>,
    limit: Option<String>,
    bounds: String,
    rules: Vec<(String, &'static str)>,
    scenarios: usize,
    left_behind: Vec<String>,
    not_applicable: Vec<(&'a str, &'a str)>,
    unplayed: Vec<(&'a str, String)>,
}

#[derive(Serialize)]
struct StatusView {
    name: &'static str,
    counted: &'static str,
    words: &'static str,
    mark: &'static str,
    tone: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct FindingView<'a> {
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
struct RuleView {
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
struct ExchangeView<'a> {
    request: String,
    response: String,
    curl: &'a str,
}

#[derive(Serialize)]
struct PlaceView<'a> {
    id: &'a str,
    scenario: String,
    key: &'a str,
    file: &'a str,
    line: u32,
    step: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct DifferenceView<'a> {
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

#[derive(Serialize)]
struct Row {
    key: String,
    id: &'static str,
    title: &'static str,
    /// The area of the contract, where this is its first rule.
    area: Option<&'static str>,
    cells: Vec<Option<Cell>>,
}

#[derive(Serialize)]
struct Cell {
    tone: &'static str,
    mark: &'static str,
    words: &'static str,
    count: usize,
    link: String,
}

#[derive(Serialize)]
struct TimingView {
    words: String,
    calls: u64,
    unanswered: u64,
    p50: String,
    p95: String,
    max: String,
    bars: Vec<Bar>,
    described: String,
}

#[derive(Serialize)]
struct Bar {
    x: usize,
    y: u64,
    height: u64,
}

/// The page above the scenarios.
pub(super) fn of<'a>(source: &Source<'a>, anchors: &'a Anchors) -> Overview<'a> {
    let verdict = source.verdict;
    let (run, profile) = (&verdict.run, &verdict.run.profile);
    let (name, words, tone) = face::of_outcome(verdict.outcome);
    let mut room = MOST_SHOWN;
    let areas: BTreeSet<&str> = verdict.scenarios.iter().map(|scenario| area(&scenario.key)).collect();
    let areas: Vec<&str> = areas.into_iter().collect();
    let named: BTreeMap<u16, &'static Rule> =
        verdict.checks().filter_map(|(_, check)| check.rule).map(|rule| (rule.number, rule)).collect();
    Overview {
        style: super::STYLE,
        style_hash: super::hash(super::STYLE),
        script_hash: super::hash(super::SCRIPT),
        name,
        words,
        tone: tone.class(),
        version: &run.version,
        rule_set: &run.rule_set,
        target: match run.built_in_reference {
            true => "the built-in reference: nothing of yours was tested".to_owned(),
            false => profile.name.clone(),
        },
        url: &profile.target,
        profile: &profile.name,
        facts: facts(verdict),
        exit_code: exit::of(verdict, source.check),
        reasons: &verdict.reasons,
        statuses: statuses(verdict),
        numbers: numbers(verdict),
        findings: groups(verdict).into_iter().filter_map(|group| finding(group, anchors, &mut room)).collect(),
        differences: differences(verdict, &mut room),
        fresh: fresh(source),
        fresh_count: verdict.counts.snapshots_new,
        check: source.check,
        matrix: matrix(verdict, &areas, &named, anchors),
        areas,
        unexamined: rules::all()
            .filter(|rule| !named.contains_key(&rule.number))
            .map(|rule| (rule.key(), rule.id, rule.title))
            .collect(),
        timings: verdict.timings.summaries().iter().map(timing).collect(),
        limit: profile.timeout_ms.map(|ms| format!("{:.0} s", ms as f64 / 1e3)),
        bounds: format!("from {} to {} and above", time(BOUNDS_US[0]), time(BOUNDS_US[BOUNDS_US.len() - 1])),
        rules: named.values().map(|rule| (rule.key(), rule.id)).collect(),
        scenarios: verdict.scenarios.len(),
        left_behind: verdict
            .left_behind()
            .map(|(scenario, left)| format!("{} {} ({}), by {}", left.kind, left.id, left.reason, scenario.key))
            .collect(),
        not_applicable: verdict
            .planned
            .not_applicable
            .iter()
            .map(|skipped| (skipped.key.as_str(), skipped.reason.as_str()))
            .collect(),
        unplayed: verdict
            .unplayed()
            .map(|unplayed| (unplayed.key.as_str(), counted(unplayed.checks.into(), "check")))
            .collect(),
    }
}

/// What a scenario is about: the folder it stands in.
pub(super) fn area(key: &str) -> &str {
    key.split_once('/').map_or("run", |(area, _)| area)
}

fn facts(verdict: &Verdict) -> Vec<(&'static str, String)> {
    let (run, profile) = (&verdict.run, &verdict.run.profile);
    let dialect = profile.dialect.get("model_level").cloned().unwrap_or_default();
    let probe = if profile.probe { "seen through the probe" } else { "not seen: no probe" };
    let mut facts = vec![
        ("started", run.at.clone()),
        ("model", dialect),
        ("pre-check", profile.precheck.clone()),
        ("vendor side", probe.to_owned()),
        ("seed", run.seed.clone()),
    ];
    if let Some(finished) = &verdict.finished {
        facts.insert(1, ("took", format!("{:.1} s", finished.elapsed_us as f64 / 1e6)));
    }
    if profile.strict {
        facts.push(("strict", "inferred musts decide".to_owned()));
    }
    if !run.filters.is_empty() {
        facts.push(("filters", run.filters.join(" ")));
    }
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

fn statuses(verdict: &Verdict) -> Vec<StatusView> {
    let totals = counts(&verdict.counts);
    let view = |status: Status| {
        let face = face::of(status);
        StatusView {
            name: face.name,
            counted: face.counted,
            words: status.words(),
            mark: face.mark,
            tone: face.tone.class(),
            count: totals.get(face.counted).copied().unwrap_or(0),
        }
    };
    Status::WORST_FIRST.into_iter().map(view).collect()
}

fn numbers(verdict: &Verdict) -> Vec<(&'static str, String)> {
    let counts = &verdict.counts;
    vec![
        ("required", format!("{}/{}", counts.required_passed, counts.required)),
        ("recommended", format!("{}/{}", counts.recommended_passed, counts.recommended)),
        ("rules examined", format!("{} of {}", counts.rules_examined, rules::all().count())),
        ("snapshots the same", counts.snapshots_same.to_string()),
        ("snapshots changed", counts.snapshots_changed.to_string()),
        ("snapshots new", counts.snapshots_new.to_string()),
    ]
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

fn differences<'a>(verdict: &'a Verdict, room: &mut usize) -> Vec<DifferenceView<'a>> {
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

fn fresh(source: &Source<'_>) -> Vec<String> {
    let all = source.verdict.scenarios.iter().flat_map(|scenario| differing(scenario, true));
    all.filter(|snapshot| snapshot.old.is_none()).map(|snapshot| snapshot.name.to_string()).take(MOST_NAMES).collect()
}

/// Rules down, what scenarios are about across. A cell is the worst that was seen there.
fn matrix(verdict: &Verdict, areas: &[&str], named: &BTreeMap<u16, &'static Rule>, anchors: &Anchors) -> Vec<Row> {
    let mut seen: BTreeMap<(u16, &str), (usize, usize, String)> = BTreeMap::new();
    for (scenario, check) in verdict.checks() {
        let Some(rule) = check.rule else { continue };
        let rank = Status::WORST_FIRST.iter().position(|status| *status == check.status).unwrap_or(0);
        let link = || anchors.finding(check).map_or_else(|| anchor::scenario(&scenario.key), str::to_owned);
        match seen.get_mut(&(rule.number, area(&scenario.key))) {
            Some((worst, count, target)) => {
                *count += 1;
                if rank < *worst {
                    (*worst, *target) = (rank, link());
                }
            }
            None => {
                seen.insert((rule.number, area(&scenario.key)), (rank, 1, link()));
            }
        }
    }
    let mut last = None;
    let row = |rule: &&'static Rule| {
        let name = rule.area.as_str();
        let first = last.replace(name) != Some(name);
        let cell = |area: &&str| {
            let (worst, count, link) = seen.get(&(rule.number, *area))?;
            let status = Status::WORST_FIRST[*worst];
            let face = face::of(status);
            let (tone, mark, words) = (face.tone.class(), face.mark, status.words());
            Some(Cell { tone, mark, words, count: *count, link: link.clone() })
        };
        Row {
            key: rule.key(),
            id: rule.id,
            title: rule.title,
            area: first.then_some(name),
            cells: areas.iter().map(cell).collect(),
        }
    };
    named.values().map(row).collect()
}

/// The highest bar, in units of the picture.
const HEIGHT: u64 = 24;

fn timing(timing: &crate::verdict::Timing) -> TimingView {
    let most = timing.histogram.iter().copied().max().unwrap_or(0).max(1);
    let bar = |(index, count): (usize, &u64)| {
        // Whatever is there is seen, even one call beside ten thousand.
        let height = if *count == 0 { 0 } else { (count * HEIGHT / most).max(1) };
        Bar { x: index * 8, y: HEIGHT - height, height }
    };
    let described = timing.histogram.iter().enumerate().filter(|(_, count)| **count > 0).map(|(index, count)| {
        match BOUNDS_US.get(index) {
            Some(bound) => format!("{count} up to {}", time(*bound)),
            None => format!("{count} longer"),
        }
    });
    TimingView {
        words: timing.words(),
        calls: timing.calls,
        unanswered: timing.unanswered,
        p50: time(timing.p50_us),
        p95: time(timing.p95_us),
        max: time(timing.max_us),
        bars: timing.histogram.iter().enumerate().map(bar).filter(|bar| bar.height > 0).collect(),
        described: described.collect::<Vec<_>>().join(", "),
    }
}

fn time(us: u32) -> String {
    match us {
        0..10_000 => format!("{:.1} ms", f64::from(us) / 1e3),
        10_000..1_000_000 => format!("{:.0} ms", f64::from(us) / 1e3),
        _ => format!("{:.1} s", f64::from(us) / 1e6),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((index, _)) => format!("{}… ({} bytes in all)", &text[..index], text.len()),
        None => text.to_owned(),
    }
}

#[derive(Serialize)]
pub(super) struct Foot<'a> {
    script: &'static str,
    version: &'a str,
    flags: &'a str,
}

/// The end of the page.
pub(super) fn foot<'a>(source: &Source<'a>) -> Foot<'a> {
    let run = &source.verdict.run;
    Foot { script: super::SCRIPT, version: &run.version, flags: &run.target_flags }
}
