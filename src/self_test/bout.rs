//! One bout: a reference, the suite, a verdict. Nothing is written.

use crate::{
    contract::{Dialect, answer::PendingSignal},
    evidence::{Event, Recorder, RunFinished, RunStarted, SCHEMA, ScenarioEvidence},
    plan::{self, Seed},
    play::{self, Player, PreludeError, Stop},
    profile::{PrecheckChoice, Profile},
    reference::{self, Options, Running, faults::Setting},
    rules::{self, Rule},
    scenario::{self, Library, Scenario, Step},
    snapshot::{Accepted, Redactions, SnapshotError, SnapshotName},
    verdict::{self, Check, Status, Tally, Verdict},
};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// Makes the profile that fits a reference.
pub type ProfileOf = fn(&Running) -> Profile;

/// Faults show at once in a reference: nobody has to wait for the vendor side.
const SETTLE: Duration = Duration::from_millis(20);

/// How the suite is played against which reference.
#[derive(Debug, Clone)]
pub struct Bout {
    pub options: Options,
    /// A named set of dialect switches.
    pub dialect: &'static str,
    /// Whether the vendor side is looked at.
    pub probe: bool,
    pub precheck: PrecheckChoice,
    /// What the profile declares; the rest is found out.
    pub features: BTreeMap<String, bool>,
    pub setting: Setting,
    /// Scenarios at a time.
    pub jobs: usize,
    pub seed: Seed,
    /// Whether the scenarios come in an order made from the seed.
    pub shuffle: bool,
    /// Rules of which one finding is all that is asked. The scenarios that prove them are played first, and the bout ends
    /// with the first finding. Empty: everything is played.
    pub aim: Vec<u16>,
}

impl Bout {
    /// The usual bout against this reference.
    pub fn new(options: Options, seed: Seed) -> Self {
        Self {
            options,
            dialect: "sdk-1.2",
            probe: true,
            precheck: PrecheckChoice::All,
            features: BTreeMap::new(),
            setting: Setting::Usual,
            jobs: 8,
            seed,
            shuffle: false,
            aim: Vec::new(),
        }
    }

    /// The same bout without an early end: everything is played, and everything found.
    #[must_use]
    pub fn to_the_end(self) -> Self {
        Self { aim: Vec::new(), ..self }
    }

    fn profile(&self, running: &Running, profile_of: ProfileOf) -> Profile {
        let mut profile = profile_of(running);
        profile.strict = true;
        profile.precheck = self.precheck.clone();
        profile.features = self.features.clone();
        profile.limits.jobs = self.jobs;
        // Long enough for a machine that is busy with other things.
        profile.limits.timeout = Duration::from_secs(30);
        profile.limits.subscriptions = u64::MAX;
        match &mut profile.probe {
            Some(probe) if self.probe => probe.settle = SETTLE,
            probe => *probe = None,
        }
        let dialect = match self.setting {
            Setting::Documents => "docs",
            _ => self.dialect,
        };
        profile.dialect = Dialect::named(dialect).unwrap_or_default();
        match self.setting {
            Setting::Usual | Setting::Documents => {}
            Setting::Pending => {
                profile.pending = PendingSignal::PositiveCode;
                profile.limits.retry_every = Duration::from_millis(5);
                profile.limits.retry_for = Duration::from_millis(20);
            }
            Setting::ShortTimeout => profile.limits.timeout = Duration::from_secs(3),
        }
        profile
    }
}

/// A check that found something, or that did not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Number of the rule, if it serves one.
    pub rule: Option<u16>,
    pub status: Status,
    pub scenario: String,
    pub step: String,
    pub check: String,
    pub message: String,
}

/// What came of a bout.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Breaches and warnings.
    pub findings: Vec<Found>,
    /// What was planned and did not run.
    pub gaps: Vec<Found>,
    /// Why the verdict is not conformant, or incomplete.
    pub reasons: Vec<String>,
    /// Checks that ran.
    pub executed: u64,
}

/// Why there was no bout.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotPlayed {
    /// A fault of this machine or of mock-bss.
    #[error("the reference cannot be played against: {0}")]
    Machine(String),
    /// The target does not let anybody begin.
    #[error("the run could not begin: {0}")]
    Prelude(#[from] PreludeError),
}

/// The built-in suite, or these files; without snapshots.
///
/// # Errors
/// What is wrong with the files.
pub fn suite(files: &[scenario::ScenarioFile]) -> Result<Vec<Arc<Scenario>>, String> {
    let known = |text: &str| rules::by_key(text).map(drop).ok_or_else(String::new);
    let loaded = scenario::load(files, &Library { rule: &known });
    if loaded.diagnostics.has_errors() {
        return Err(loaded.diagnostics.render(false));
    }
    let mut scenarios = loaded.scenarios;
    scenarios.sort_by(|a, b| a.key.cmp(&b.key));
    for step in scenarios.iter_mut().flat_map(|scenario| &mut scenario.steps) {
        step.snapshot = false;
    }
    Ok(scenarios.into_iter().map(Arc::new).collect())
}

impl Bout {
    /// Plays and judges.
    ///
    /// # Errors
    /// There was nothing to play against.
    pub async fn play(&self, scenarios: &[Arc<Scenario>], profile_of: ProfileOf) -> Result<Judged, NotPlayed> {
        let machine = |error: &dyn std::fmt::Display| NotPlayed::Machine(error.to_string());
        let running = reference::start(self.options.clone()).await.map_err(|error| machine(&error))?;
        let profile = self.profile(&running, profile_of);
        let run = self.run_started(&profile);
        let masker = play::masker(&profile);
        let (_keep, stop) = watch::channel(Stop::No);
        let player =
            Player::new(profile.clone(), Recorder::new(masker, None), stop).map_err(|error| machine(&error))?;
        let record = |event| player.recorder().record(event).map(drop).map_err(|error: io::Error| machine(&error));
        record(Event::RunStarted(run.clone()))?;
        let prelude = play::prelude(&player, self.seed, play::Questions::All).await?;
        let mut plan = plan::make(&profile, &prelude.offering, scenarios, self.seed);
        if self.shuffle {
            let order = |key: &str| uuid::Uuid::new_v5(&self.seed.0, format!("order {key}").as_bytes());
            plan.scenarios.sort_by_key(|planned| order(&planned.scenario.key));
        }
        if !self.aim.is_empty() {
            plan.scenarios.sort_by_key(|planned| distance(&planned.scenario, &self.aim));
        }
        let planned = play::planned(&profile, &plan);
        record(Event::Planned(planned.clone()))?;

        let tally = Arc::new(Mutex::new((Tally::default(), None)));
        let judge = {
            let (tally, record, aim) = (tally.clone(), run.profile.clone(), self.aim.clone());
            move |evidence: ScenarioEvidence| {
                let judged = verdict::judge(&evidence, &record, &NoSnapshots, &Redactions::default());
                let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
                match judged {
                    Ok(verdict) => {
                        let hit = verdict.checks.iter().any(|check| hits(check, &aim));
                        tally.0.add(verdict);
                        !hit
                    }
                    Err(error) => {
                        tally.1 = Some(error);
                        true
                    }
                }
            }
        };
        if judge(prelude.evidence) {
            player.play(Arc::new(plan), profile.limits.jobs, Arc::new(judge)).await;
        }
        running.stop().await;
        let (tally, error) = std::mem::take(&mut *tally.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(error) = error {
            return Err(machine(&error));
        }
        let finished = RunFinished { at: String::new(), elapsed_us: 0, interrupted: false, events: None };
        Ok(Judged::of(&tally.verdict(run, planned, Some(finished))))
    }

    fn run_started(&self, profile: &Profile) -> RunStarted {
        RunStarted {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rule_set: rules::RULE_SET.to_owned(),
            profile: play::profile_record(profile),
            built_in_reference: true,
            seed: self.seed.0.to_string(),
            at: String::new(),
            filters: Vec::new(),
            target_flags: String::new(),
            build: None,
        }
    }
}

/// How far a scenario is from proving one of these rules: it names one, one of its steps serves one anyway, or neither.
fn distance(scenario: &Scenario, aim: &[u16]) -> u8 {
    let aimed = |rule: &Rule| aim.contains(&rule.number);
    let names = |key: &String| rules::by_key(key).is_some_and(aimed);
    let serves = |step: &Step| verdict::implied(step.verb.as_str()).is_some_and(aimed);
    match &scenario.steps {
        steps if steps.iter().any(|step| step.everything_proven().any(names)) => 0,
        steps if steps.iter().any(serves) => 1,
        _ => 2,
    }
}

/// A finding of one of these rules.
fn hits(check: &Check, aim: &[u16]) -> bool {
    is_finding(check.status) && check.rule.is_some_and(|rule| aim.contains(&rule.number))
}

fn is_finding(status: Status) -> bool {
    matches!(status, Status::Fail | Status::Warn)
}

impl Judged {
    fn of(verdict: &Verdict) -> Self {
        let found = |scenario: &str, check: &Check| Found {
            rule: check.rule.map(|rule| rule.number),
            status: check.status,
            scenario: scenario.to_owned(),
            step: check.step.clone(),
            check: check.name.clone(),
            message: check.finding.as_ref().map(|finding| finding.message.clone()).unwrap_or_default(),
        };
        let these = |wanted: fn(Status) -> bool| {
            let checks = verdict.checks().filter(|(_, check)| wanted(check.status));
            checks.map(|(scenario, check)| found(&scenario.key, check)).collect()
        };
        Self {
            findings: these(is_finding),
            gaps: these(Status::is_gap),
            reasons: verdict.reasons.clone(),
            executed: verdict.counts.executed,
        }
    }
}

/// Nothing was ever accepted.
#[derive(Debug)]
struct NoSnapshots;

impl Accepted for NoSnapshots {
    fn get(&self, _: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        Ok(None)
    }
}
