//! The suite against every fault.

use super::{Bout, Judged, NotPlayed, ProfileOf, harmless};
use crate::{
    plan::Seed,
    reference::{
        Faults, Options,
        faults::{SeenIn, Setting, Spec},
    },
    rules,
    scenario::Scenario,
};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::task::JoinSet;

/// What became of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A rule that it breaks was found broken.
    Caught,
    /// Something was found, but none of the rules that it breaks: whoever reads that looks in the wrong place.
    Unrelated,
    /// Nothing was found.
    Survived,
    /// It is legal, and nothing was found.
    Quiet,
    /// It is legal, and something was found.
    FalseAlarm,
}

impl Outcome {
    /// For tables.
    pub fn words(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Unrelated => "caught only by unrelated rules",
            Self::Survived => "survived",
            Self::Quiet => "legal, and left alone",
            Self::FalseAlarm => "legal, but complained about",
        }
    }

    /// Whether the tester did its duty.
    pub fn is_right(self) -> bool {
        matches!(self, Self::Caught | Self::Quiet)
    }
}

/// One fault and what the suite made of it.
#[derive(Debug)]
pub struct Tried {
    pub spec: &'static Spec,
    pub outcome: Outcome,
    /// Rules that were found broken.
    pub fired: BTreeSet<u16>,
    pub judged: Result<Judged, NotPlayed>,
}

/// The rules that a fault breaks, as people write them.
pub fn expected(spec: &Spec) -> Vec<String> {
    spec.breaks
        .iter()
        .map(|number| rules::by_key(&format!("R-{number}")).map_or(String::new(), |rule| rule.key()))
        .collect()
}

/// The bout in which a fault has to show; it ends with the first finding of a rule that the fault breaks. `None` where only the vendor side shows it and is not looked at.
pub fn bout_of(spec: &Spec, probe: bool, seed: Seed) -> Option<Bout> {
    if !probe && spec.seen_in == SeenIn::VendorSide {
        return None;
    }
    let spoken = match spec.setting {
        Setting::Documents => harmless::spoken("docs"),
        _ => Options::default(),
    };
    let options = Options { faults: Faults::default().with(spec.fault), ..spoken };
    // One finding of the right rule decides; a variation that is legal has to be left alone by everything.
    let aim = spec.breaks.to_vec();
    Some(Bout { probe, setting: spec.setting, aim, ..Bout::new(options, seed) })
}

impl Tried {
    /// What the findings say about a fault.
    pub fn of(spec: &'static Spec, judged: Result<Judged, NotPlayed>) -> Self {
        let (outcome, fired) = outcome(spec, &judged);
        Self { spec, outcome, fired, judged }
    }
}

fn outcome(spec: &Spec, judged: &Result<Judged, NotPlayed>) -> (Outcome, BTreeSet<u16>) {
    let fired: BTreeSet<u16> =
        judged.iter().flat_map(|judged| &judged.findings).filter_map(|finding| finding.rule).collect();
    let anything = judged.as_ref().map_or(true, |judged| !judged.findings.is_empty() || !judged.gaps.is_empty());
    let outcome = match (spec.is_legal(), anything) {
        (true, false) => Outcome::Quiet,
        (true, true) => Outcome::FalseAlarm,
        (false, _) if spec.breaks.iter().any(|rule| fired.contains(rule)) => Outcome::Caught,
        (false, true) => Outcome::Unrelated,
        (false, false) => Outcome::Survived,
    };
    (outcome, fired)
}

/// Takes the place of a bout, what was tried, and what came of it.
pub type Done<T> = Arc<dyn Fn(usize, T, Result<Judged, NotPlayed>) + Send + Sync>;

/// Plays these bouts, `jobs` at a time, and hands over what came of each, with its place, as soon as it is known.
pub async fn play_each<T: Send + 'static>(
    bouts: Vec<(T, Bout)>,
    scenarios: Arc<Vec<Arc<Scenario>>>,
    profile_of: ProfileOf,
    jobs: usize,
    done: Done<T>,
) {
    let queue: Arc<Mutex<VecDeque<_>>> = Arc::new(Mutex::new(bouts.into_iter().enumerate().collect()));
    let mut workers = JoinSet::new();
    for _ in 0..jobs.max(1) {
        let (queue, scenarios, done) = (queue.clone(), scenarios.clone(), done.clone());
        workers.spawn(async move {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some((place, (what, bout))) = next else { break };
                let judged = bout.play(&scenarios, profile_of).await;
                done(place, what, judged);
            }
        });
    }
    while workers.join_next().await.is_some() {}
}
