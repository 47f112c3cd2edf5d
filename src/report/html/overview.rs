//! What stands above the scenarios: the verdict, the findings, the matrix, the times.

use super::{
    anchor::Anchors,
    findings::{self, DifferenceView, FindingView},
    matrix,
    times::{self, Times},
};
use crate::{
    report::{Source, console::counted, exit, face, json::counts, level},
    rules::{self, Rule, Rung},
    verdict::{Status, Verdict, Withheld},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The exchanges and differences of all findings together, in bytes; those behind are in the list of scenarios.
const MOST_SHOWN: usize = 5_000_000;
/// What withholds a level is named up to here.
const MOST_WITHHELD: usize = 60;

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
    digest: &'static str,
    level: String,
    rungs: Vec<RungView>,
    next: Option<String>,
    withheld: Vec<String>,
    withheld_more: usize,
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
    matrix: Vec<matrix::Row>,
    unexamined: Vec<(String, &'static str, &'static str)>,
    times: Times,
    rules: Vec<(String, &'static str)>,
    scenarios: usize,
    left_behind: Vec<String>,
    not_applicable: Vec<(&'a str, &'a str)>,
    unplayed: Vec<(&'a str, String)>,
}

/// A level, and whether it is reached.
#[derive(Serialize)]
struct RungView {
    name: &'static str,
    title: &'static str,
    reached: bool,
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

/// The page above the scenarios.
pub(super) fn of<'a>(source: &Source<'a>, anchors: &'a Anchors) -> Overview<'a> {
    let verdict = source.verdict;
    let (run, profile) = (&verdict.run, &verdict.run.profile);
    let (name, words, tone) = face::of_outcome(verdict.outcome);
    let mut room = MOST_SHOWN;
    let areas: BTreeSet<&str> = verdict.scenarios.iter().map(|scenario| matrix::area(&scenario.key)).collect();
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
        digest: rules::frozen_digest(),
        level: level(verdict),
        rungs: rungs(verdict),
        next: verdict.next_rung().map(|rung| rung.to_string()),
        withheld: verdict.withheld.iter().take(MOST_WITHHELD).map(Withheld::words).collect(),
        withheld_more: verdict.withheld.len().saturating_sub(MOST_WITHHELD),
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
        findings: findings::all(verdict, anchors, &mut room),
        differences: findings::differences(verdict, &mut room),
        fresh: findings::fresh(source),
        fresh_count: verdict.counts.snapshots_new,
        check: source.check,
        matrix: matrix::rows(verdict, &areas, &named, anchors),
        areas,
        unexamined: rules::all()
            .filter(|rule| !named.contains_key(&rule.number))
            .map(|rule| (rule.key(), rule.id, rule.title))
            .collect(),
        times: times::of(verdict),
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

fn rungs(verdict: &Verdict) -> Vec<RungView> {
    let view = |rung: Rung| RungView {
        name: rung.as_str(),
        title: rung.title(),
        reached: verdict.reached.is_some_and(|reached| reached >= rung),
    };
    Rung::ALL.into_iter().map(view).collect()
}

fn facts(verdict: &Verdict) -> Vec<(&'static str, String)> {
    let (run, profile) = (&verdict.run, &verdict.run.profile);
    let dialect = profile.dialect.get("model_level").cloned().unwrap_or_default();
    let probe = if profile.probe { "seen through the probe" } else { "not seen: no probe" };
    let mut facts = vec![
        ("profile", profile.file.clone().unwrap_or_default()),
        ("started", run.at.clone()),
        ("model", dialect),
        ("pre-check", profile.precheck.clone()),
        ("vendor side", probe.to_owned()),
        ("seed", run.seed.clone()),
    ];
    if let Some(finished) = &verdict.finished {
        facts.insert(2, ("took", format!("{:.1} s", finished.elapsed_us as f64 / 1e6)));
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
