//! Playing a plan: the only room that waits and the only one that knows HTTP.
//!
//! ```text
//! prelude (reads) ─▶ Plan ─▶ scenarios, several at a time ─▶ evidence, scenario by scenario
//! ```
//! A scenario is one task: its steps run one after the other, then what it bought is cancelled. Everything that happens
//! goes through the [`Recorder`], which masks it and writes it down before anybody sees it.

mod asked;
mod cleanup;
mod client;
mod crowd;
mod experiments;
mod failure;
mod flaw;
mod kept;
mod ledger;
mod leftover;
mod mapped;
mod pace;
mod patience;
mod prelude;
mod probe;
mod recording;
mod records;
mod request;
mod scenario;
mod settled;
mod silence;
mod spelling;
mod start;
mod teardown;
mod tls;
mod vendor;
mod version;
mod wait;
mod watched;
mod way;

pub use cleanup::Cleanup;
pub use client::{Client, ClientError};
pub use failure::hint;
pub use leftover::{Leftover, Leftovers};
pub use pace::Stop;
pub use prelude::{Prelude, PreludeError, Questions, prelude};
pub use records::{planned, profile_record, records};
pub use start::{Leash, StartError, Started, Surroundings};
pub use wait::wait;
pub use watched::Watched;

use crate::{
    contract::CredentialForm,
    evidence::{Event, LeftBehind, Masker, Recorder, RunFinished, ScenarioEvidence},
    plan::Plan,
    profile::Profile,
};
use pace::Pace;
use patience::Patience;
use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, OnceLock, PoisonError, atomic::AtomicU64},
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinSet};

/// The largest answer that is read, in bytes. What a service manager announces and sells may be long …
pub const MAX_READ: usize = 32 * 1024 * 1024;
/// … the outcome of one call is not: the vendor's own host does not take more than this either.
pub const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// What all scenarios of a run share.
pub(crate) struct Session {
    pub(crate) profile: Profile,
    pub(crate) client: Client,
    pub(crate) recorder: Recorder,
    pub(crate) pace: Pace,
    /// With a target that asks to wait.
    pub(crate) patience: Patience,
    pub(crate) stop: watch::Receiver<Stop>,
    /// Set when the target refuses connections and goes on doing so.
    pub(crate) away: Mutex<Option<String>>,
    /// Subscriptions ordered so far, against the profile's limit.
    pub(crate) ordered: AtomicU64,
    /// How often the vendor side did not come to show what was accepted.
    pub(crate) in_vain: settled::InVain,
    /// The spelling of the right credentials that is let in, where that of the platform is denied.
    pub(crate) spelling: OnceLock<CredentialForm>,
}

impl Session {
    pub(crate) fn away(&self) -> Option<String> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn stopping(&self) -> bool {
        *self.stop.borrow() != Stop::No
    }

    /// The spelling of credentials that the target reads.
    pub(crate) fn reads(&self) -> CredentialForm {
        self.spelling.get().copied().unwrap_or(CredentialForm::Normal)
    }

    /// Waits; true when the run was interrupted meanwhile.
    pub(crate) async fn pause(&self, time: Duration) -> bool {
        let mut stop = self.stop.clone();
        let stopped = async {
            // Whoever could have asked to stop may be gone: then nobody will.
            if stop.wait_for(|stop| *stop != Stop::No).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = tokio::time::sleep(time) => false,
            () = stopped => true,
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("target", &self.profile.target).finish_non_exhaustive()
    }
}

/// A run that is set up: connected to nothing yet, but able to record.
#[derive(Debug, Clone)]
pub struct Player {
    pub(crate) session: Arc<Session>,
}

/// How playing ended.
#[derive(Debug)]
pub struct Played {
    pub interrupted: bool,
    pub left_behind: Vec<LeftBehind>,
    /// The evidence could not be written any more: the run was stopped, what it had bought was cleaned up.
    pub broken: Option<io::Error>,
}

impl Player {
    /// # Errors
    /// The HTTP client cannot be set up.
    pub fn new(profile: Profile, recorder: Recorder, stop: watch::Receiver<Stop>) -> Result<Self, ClientError> {
        let client = Client::new(&profile)?;
        let pace = Pace::new(profile.limits.rate);
        let patience = Patience::new(profile.limits.timeout);
        let (away, ordered) = (Mutex::new(None), AtomicU64::new(0));
        let (in_vain, spelling) = (settled::InVain::default(), OnceLock::new());
        let session = Session { profile, client, recorder, pace, patience, stop, away, ordered, in_vain, spelling };
        Ok(Self { session: Arc::new(session) })
    }

    /// Sends the right credentials in the spelling that the target was found to read.
    pub fn spell(&self, form: CredentialForm) {
        self.session.spelling.get_or_init(|| form);
    }

    /// The recorder, for the events that frame a run.
    pub fn recorder(&self) -> &Recorder {
        &self.session.recorder
    }

    /// Plays all scenarios, `jobs` at a time, and hands each one's evidence to `judge` as soon as it is complete.
    /// `fail_fast` is asked after each scenario whether to stop.
    pub async fn play(
        &self,
        plan: Arc<Plan>,
        jobs: usize,
        judge: Arc<dyn Fn(ScenarioEvidence) -> bool + Send + Sync>,
    ) -> Played {
        let queue = Arc::new(Mutex::new((0..plan.scenarios.len()).collect::<VecDeque<_>>()));
        let broken = Arc::new(Mutex::new(None));
        let left_behind = Arc::new(Mutex::new(Vec::new()));
        let mut workers = JoinSet::new();
        for _ in 0..jobs.clamp(1, plan.scenarios.len().max(1)) {
            let (session, plan, queue) = (self.session.clone(), plan.clone(), queue.clone());
            let (broken, left_behind, judge) = (broken.clone(), left_behind.clone(), judge.clone());
            workers.spawn(async move {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let (Some(next), false) = (next, session.stopping()) else { break };
                    match scenario::play(&session, &plan, &plan.scenarios[next]).await {
                        Ok(evidence) => {
                            if let Some(end) = &evidence.finished {
                                let mut all = left_behind.lock().unwrap_or_else(PoisonError::into_inner);
                                all.extend(end.left_behind.iter().cloned());
                            }
                            if !judge(evidence) {
                                queue.lock().unwrap_or_else(PoisonError::into_inner).clear();
                            }
                        }
                        Err((error, left)) => {
                            left_behind.lock().unwrap_or_else(PoisonError::into_inner).extend(left);
                            queue.lock().unwrap_or_else(PoisonError::into_inner).clear();
                            broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                        }
                    }
                }
            });
        }
        while workers.join_next().await.is_some() {}
        let take =
            |mutex: &Mutex<Vec<LeftBehind>>| std::mem::take(&mut *mutex.lock().unwrap_or_else(PoisonError::into_inner));
        let broken = broken.lock().unwrap_or_else(PoisonError::into_inner).take();
        let interrupted = self.session.stopping();
        Played { interrupted, left_behind: take(&left_behind), broken }
    }

    /// Records the end of the run and forces the evidence to the disk.
    ///
    /// # Errors
    /// The evidence cannot be written.
    pub fn finish(&self, started: Instant, at: String, interrupted: bool) -> io::Result<RunFinished> {
        let events = self.session.recorder.written();
        let finished = RunFinished { at, elapsed_us: micros(started), interrupted, events };
        self.session.recorder.record(Event::RunFinished(finished.clone()))?;
        self.session.recorder.sync()?;
        Ok(finished)
    }
}

/// Microseconds since then.
pub(crate) fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// What hides the secrets of a profile.
pub fn masker(profile: &Profile) -> Masker {
    let masker = Masker::new(&profile.application, &profile.settings);
    if let Some(other) = &profile.other {
        masker.add_other(other.application.as_ref(), &other.settings);
    }
    if let Some(token) = &profile.headers.token {
        masker.add("token", token);
    }
    for secret in profile.connection.proxy.iter().flat_map(|proxy| proxy.secrets()) {
        masker.add("proxy", &secret);
    }
    masker
}
