//! A run that is to be certified: judged again, and looked at for what is missing in it.

use crate::{
    contract::{Endpoint, Expectation, Meaning, answer::PendingSignal, expectation::Demand},
    evidence::{EvidenceFile, Exchange, Framing, Intent, PRELUDE, ScenarioEvidence, StepEnd, StepEvidence, StepRecord},
    snapshot::{Baseline, Redactions},
    verdict::{self, ScenarioVerdict, Tally, Verdict},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    thread,
};

/// The scenarios that a certificate is about.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// In the order of their keys.
    pub files: Vec<SuiteFile>,
}

/// A file of the suite.
#[derive(Debug, Clone)]
pub struct SuiteFile {
    /// `<area>/<name>`.
    pub key: String,
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: String,
    /// Its scenarios, several where it has a matrix: key and steps as evidence records them.
    pub scenarios: Vec<(String, Vec<StepRecord>)>,
}

/// A run, judged.
#[derive(Debug)]
pub struct Run {
    pub evidence: EvidenceFile,
    pub baseline: Baseline,
    pub verdict: Verdict,
    /// Events and lines that are missing, or too many.
    pub(super) gaps: Vec<String>,
    /// Scenarios that are not those of the suite.
    pub(super) changed: Vec<String>,
}

/// Why a run cannot be judged.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RunError(String);

impl RunError {
    fn of(error: &dyn std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// What was found in one scenario.
struct Looked {
    verdict: ScenarioVerdict,
    gaps: Vec<String>,
    changed: Option<String>,
}

impl Run {
    /// Reads and judges a run folder.
    ///
    /// # Errors
    /// The evidence or the accepted snapshots cannot be read.
    pub fn read(folder: &Path, suite: &Suite) -> Result<Self, RunError> {
        let bytes = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map_err(|error| RunError(format!("{}: {error}", path.display())))
        };
        Self::of(folder, bytes("evidence.jsonl")?, bytes("baseline.jsonl")?, suite)
    }

    /// The same for a run that is in memory; the folder is for messages.
    ///
    /// # Errors
    /// The evidence or the accepted snapshots cannot be read.
    pub fn of(folder: &Path, evidence: Vec<u8>, baseline: Vec<u8>, suite: &Suite) -> Result<Self, RunError> {
        let evidence =
            EvidenceFile::of(&folder.join("evidence.jsonl"), evidence).map_err(|error| RunError::of(&error))?;
        let baseline = Baseline::of(&folder.join("baseline.jsonl"), baseline).map_err(|error| RunError::of(&error))?;
        let profile = &evidence.run.profile;
        let redactions = Redactions::new(profile.hidden.iter().map(|(path, kind)| (path, kind)), &profile.unordered)
            .map_err(|error| RunError::of(&error))?;

        let mut tally = Tally::default();
        let (mut gaps, mut changed) = (frame(&evidence), Vec::new());
        let look = |index: u32| look(&evidence, index, suite, &baseline, &redactions);
        for looked in side_by_side(evidence.scenarios().collect(), look) {
            let Looked { verdict, gaps: mut missing, changed: other } = looked?;
            for name in verdict.snapshot_names.iter().filter(|name| !baseline.knows(name)) {
                missing.push(format!("{name} was compared, and baseline.jsonl has no line of it"));
            }
            tally.add(verdict);
            gaps.append(&mut missing);
            changed.extend(other);
        }
        let planned = evidence.planned.clone().unwrap_or_default();
        changed.extend(incomplete(&evidence, suite));
        let verdict = tally.verdict(evidence.run.clone(), planned, evidence.finished.clone());
        Ok(Self { evidence, baseline, verdict, gaps, changed })
    }
}

/// Does something for each scenario on several threads; the results in the order of the scenarios.
fn side_by_side<T: Send>(indexes: Vec<u32>, work: impl Fn(u32) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(8);
    let (indexes, work) = (&indexes, &work);
    let mut done: BTreeMap<usize, T> = BTreeMap::new();
    thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|first| {
                let mine = (first..indexes.len()).step_by(threads);
                scope.spawn(move || mine.map(|place| (place, work(indexes[place]))).collect::<Vec<_>>())
            })
            .collect();
        for part in parts {
            // A thread that panicked has said so; its scenarios would be missing, which is found out.
            done.extend(part.join().unwrap_or_default());
        }
    });
    done.into_values().collect()
}

fn look(
    evidence: &EvidenceFile,
    index: u32,
    suite: &Suite,
    baseline: &Baseline,
    redactions: &Redactions,
) -> Result<Looked, RunError> {
    let scenario = evidence.scenario(index).map_err(|error| RunError::of(&error))?;
    let verdict =
        verdict::judge(&scenario, &evidence.run.profile, baseline, redactions).map_err(|error| RunError::of(&error))?;
    let mut gaps = gaps(&scenario, index, evidence.events_of(index));
    let planned = evidence.planned.iter().flat_map(|planned| &planned.scenarios).find(|one| one.index == index);
    if let Some(planned) = planned.filter(|planned| planned.key != verdict.key) {
        gaps.push(format!("{} was planned as scenario {index}, and {} is there", planned.key, verdict.key));
    }
    Ok(Looked { verdict, gaps, changed: changed(&scenario, index, suite) })
}

/// The events that frame a run, each once and at its place, and none too few between them.
fn frame(evidence: &EvidenceFile) -> Vec<String> {
    let mut gaps = Vec::new();
    let lines = evidence.lines;
    match evidence.framing[..] {
        [(1, Framing::RunStarted), (_, Framing::Planned), (last, Framing::RunFinished)] if last == lines => {}
        _ => gaps.push("it is not one run with a beginning, a plan and an end".to_owned()),
    }
    if evidence.length != evidence.text().len() as u64 {
        gaps.push("its last line is not whole".to_owned());
    }
    let recorded = evidence.finished.as_ref().and_then(|finished| finished.events);
    match recorded {
        Some(recorded) if recorded.checked_add(1) == Some(lines) => {}
        Some(recorded) => gaps.push(format!("{recorded} events were recorded, {} are there", lines.saturating_sub(1))),
        None => gaps.push("its end does not say how many events there were".to_owned()),
    }
    let planned = evidence.planned.iter().flat_map(|planned| &planned.scenarios);
    let planned: BTreeSet<u32> = planned.map(|planned| planned.index).chain([PRELUDE]).collect();
    let seen: BTreeSet<u32> = evidence.scenarios().collect();
    gaps.extend(planned.difference(&seen).map(|index| format!("scenario {index} was planned and has no event")));
    gaps.extend(seen.difference(&planned).map(|index| format!("scenario {index} was not planned")));
    gaps
}

/// What is missing in a scenario, or too much.
fn gaps(scenario: &ScenarioEvidence, index: u32, lines: u64) -> Vec<String> {
    let Some(started) = &scenario.started else { return vec![format!("scenario {index} has no beginning")] };
    let key = &started.key;
    let Some(finished) = &scenario.finished else { return vec![format!("{key} has no end")] };
    let mut gaps = Vec::new();
    let there = lines.saturating_sub(1);
    match finished.events {
        Some(recorded) if recorded == there && recorded == scenario.events() => {}
        Some(recorded) if recorded != there => {
            gaps.push(format!("{key}: {recorded} events were recorded, {there} are there"))
        }
        Some(_) => gaps.push(format!("{key}: an event is there twice, or belongs to none of its calls")),
        None => gaps.push(format!("{key}: its end does not say how many events there were")),
    }
    if scenario.steps.len() != started.steps.len() {
        gaps.push(format!("{key}: {} steps were begun, {} are there", started.steps.len(), scenario.steps.len()));
    }
    for (record, step) in scenario.recorded_steps() {
        gaps.extend(gaps_of(step).map(|gap| format!("{key}, step {}: {gap}", record.id)));
    }
    gaps
}

fn gaps_of(step: &StepEvidence) -> impl Iterator<Item = &'static str> {
    let (mut call, mut attempt) = (0, 0);
    let mut in_order = true;
    for exchange in &step.exchanges {
        let next = (exchange.sent.call, exchange.sent.attempt);
        in_order &= next == (call, attempt) || next == (call.saturating_add(1), 0);
        (call, attempt) = (next.0, next.1.saturating_add(1));
    }
    let first = step.exchanges.first().is_none_or(|exchange| (exchange.sent.call, exchange.sent.attempt) == (0, 0));
    let begun = step.started || step.end != Some(StepEnd::Played);
    let acted = |exchange: &Exchange| exchange.sent.intent != Intent::Teardown;
    let silent = !matches!(step.end, Some(StepEnd::Waiting(_))) || !step.exchanges.iter().any(acted);
    let answered = step.exchanges.iter().all(|exchange| exchange.answered.is_some());
    [
        (step.end.is_some(), "its end is missing"),
        (begun, "its beginning is missing"),
        (in_order && first, "a call is missing, or there twice"),
        (silent, "it waits, and has calls"),
        (answered, "what became of a call is missing"),
    ]
    .into_iter()
    .filter_map(|(fine, gap)| (!fine).then_some(gap))
}

/// Why a scenario is not the one of the suite.
fn changed(scenario: &ScenarioEvidence, index: u32, suite: &Suite) -> Option<String> {
    let started = scenario.started.as_ref().filter(|_| index != PRELUDE)?;
    let key = &started.key;
    let of_suite = suite
        .files
        .iter()
        .find_map(|file| file.scenarios.iter().find(|(known, _)| known == key).map(|(_, steps)| (file, steps)));
    let Some((file, steps)) = of_suite.filter(|_| started.built_in) else {
        return Some(format!("{key} is none of the suite"));
    };
    if started.sha256 != file.sha256 {
        return Some(format!("{key} was changed"));
    }
    let judged_so = |(record, step): (&StepRecord, &StepEvidence)| {
        let expected = match (&record.expectation, step.expectation(record)) {
            (Expectation::Answer(asked), Expectation::Answer(resolved)) => resolves(asked, resolved),
            (asked, resolved) => asked == resolved,
        };
        expected && resolves(&record.vendor, step.vendor(record))
    };
    if started.steps != *steps || !scenario.recorded_steps().all(judged_so) {
        return Some(format!("the steps of {key} were changed"));
    }
    unfounded(scenario).map(|endpoint| format!("{key}: no answer says that {endpoint} is not offered"))
}

/// Whether the second may be what the first became when its expressions were computed.
fn resolves(asked: &[Demand], resolved: &[Demand]) -> bool {
    let dynamic = |text: &str| text.contains("${");
    asked.len() == resolved.len()
        && asked.iter().zip(resolved).all(|(asked, resolved)| {
            let matcher = match serde_json::to_string(&asked.matcher) {
                Ok(text) if dynamic(&text) => {
                    std::mem::discriminant(&asked.matcher) == std::mem::discriminant(&resolved.matcher)
                }
                _ => asked.matcher == resolved.matcher,
            };
            matcher && (dynamic(&asked.path) || asked.path == resolved.path)
        })
}

/// A step that ended because the target does not offer something, and no answer of the scenario says so.
fn unfounded(scenario: &ScenarioEvidence) -> Option<Endpoint> {
    let told = |endpoint: Endpoint| {
        let answers = scenario.steps.iter().flat_map(|step| &step.exchanges).filter_map(|exchange| exchange.answer());
        answers.into_iter().any(|answer| answer.meaning(endpoint, &PendingSignal::None) == Meaning::NotOffered)
    };
    scenario.steps.iter().find_map(|step| match step.end {
        Some(StepEnd::NotOffered(endpoint)) if !told(endpoint) => Some(endpoint),
        _ => None,
    })
}

/// What of the suite was neither planned nor left out for a reason.
fn incomplete(evidence: &EvidenceFile, suite: &Suite) -> Vec<String> {
    let Some(planned) = &evidence.planned else { return Vec::new() };
    let told: BTreeSet<&str> = planned
        .scenarios
        .iter()
        .map(|planned| planned.key.as_str())
        .chain(planned.not_applicable.iter().map(|skipped| skipped.key.as_str()))
        .collect();
    let keys: BTreeSet<&str> = suite.files.iter().flat_map(|f| &f.scenarios).map(|(key, _)| key.as_str()).collect();
    let count = planned.scenarios.len() + planned.not_applicable.len();
    let twice = (count != told.len()).then(|| "the plan names a scenario twice".to_owned());
    let missing = keys.difference(&told).map(|key| format!("{key} is missing")).chain(twice);
    missing.chain(told.difference(&keys).map(|key| format!("{key} is none of the suite"))).collect()
}
