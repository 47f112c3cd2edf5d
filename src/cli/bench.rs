//! Judging while a run goes on: each scenario as it is finished, shown in the order of the plan.

use super::{args::RunArgs, fault::Fault, folder::RunFolder, output::Output};
use crate::{
    evidence::{PRELUDE, Planned, RunFinished, RunStarted, ScenarioEvidence},
    profile::Profile,
    report::{
        console::{self, Amount},
        exchanges,
    },
    snapshot::{self, Accepted, Embedded, Folder, Recording, Redactions, SnapshotName},
    verdict::{self, Check, ScenarioVerdict, Status, Tally, Verdict},
};
use include_dir::{Dir, include_dir};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet, VecDeque},
    path::{Component, Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Accepted snapshots of the suite against the reference.
static REFERENCE_SNAPSHOTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/snapshots/reference");

/// True when no snapshot may be written beside the accepted ones: asked for, or because this is CI.
pub(super) fn checks(args: &RunArgs) -> bool {
    let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    args.check || (!args.accept && ci)
}

/// Where accepted snapshots come from and where the others go.
pub(super) struct Snapshots {
    accepted: Recording<Box<dyn Accepted>>,
    /// The folder that `--accept` and pending files write to.
    root: Option<PathBuf>,
    pending: PathBuf,
    accept: bool,
}

impl Snapshots {
    pub(super) fn new(
        args: &RunArgs,
        profile: &Profile,
        reference: bool,
        base: &Path,
        folder: &RunFolder,
    ) -> Result<Self, Fault> {
        let check = checks(args);
        let root = match (&args.snapshots, reference) {
            (Some(path), _) => Some(path.join(&profile.name)),
            // The reference's own snapshots are in the binary: nothing is written into the user's folder.
            (None, true) => None,
            (None, false) => Some(base.join(&profile.snapshots).join(&profile.name)),
        };
        if let Some(root) = root.as_ref().filter(|root| root.exists() && !root.is_dir()) {
            return Err(Fault::usage(format!("{} is not a folder", root.display())).help("snapshots need a folder"));
        }
        folder.remember_snapshots(root.as_deref());
        let accepted: Box<dyn Accepted> = match &root {
            Some(root) => Box::new(Folder::new(root)),
            None => Box::new(Embedded::new(&REFERENCE_SNAPSHOTS)),
        };
        let pending = match &root {
            Some(root) if !check => root.clone(),
            _ => folder.pending(),
        };
        let accepted =
            Recording::create(&folder.baseline(), accepted).map_err(|error| Fault::usage(error.to_string()))?;
        if args.accept && root.is_none() {
            return Err(Fault::usage("the snapshots of the built-in reference are part of mock-bss")
                .help("to write them elsewhere, name a folder with --snapshots"));
        }
        Ok(Self { accepted, root, pending, accept: args.accept })
    }

    /// The folder of the accepted snapshots as a reader of the run's folder finds it: nothing of one machine alone.
    pub(super) fn folder(&self) -> Option<String> {
        let root = self.root.as_ref().filter(|root| root.is_relative())?;
        let names = root.components().filter(|part| *part != Component::CurDir).map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        Some(names.collect::<Option<Vec<_>>>()?.join("/"))
    }

    /// Writes what differs beside what was accepted; nothing that was accepted is touched without `--accept`.
    fn keep(&self, verdict: &ScenarioVerdict) -> Result<(), snapshot::SnapshotError> {
        for finding in &verdict.snapshots {
            snapshot::write_pending(&self.pending, &finding.name, &finding.header, &finding.new)?;
        }
        if let (true, Some(root)) = (self.accept, &self.root) {
            let names: Vec<_> = verdict.snapshots.iter().map(|finding| &finding.name).collect();
            if !names.is_empty() {
                snapshot::accept(root, |name| names.contains(&name))?;
            }
        } else if let Some(root) = &self.root {
            // A pending file of an earlier run that is right again has nothing to say.
            for name in verdict.snapshot_names.iter().filter(|n| !verdict.snapshots.iter().any(|f| f.name == **n)) {
                if self.pending == *root {
                    snapshot::discard_pending(root, name)?;
                }
            }
        }
        Ok(())
    }
}

/// Judges scenarios as they are finished, and prints them in the order of the plan.
pub(super) struct Bench {
    run: RunStarted,
    redactions: Redactions,
    snapshots: Snapshots,
    amount: Amount,
    output: Output,
    fail_fast: bool,
    /// Scenarios of the plan.
    planned: usize,
    state: Mutex<State>,
}

struct State {
    order: VecDeque<u32>,
    /// Judged before their turn, with the calls that `--verbose` shows.
    waiting: BTreeMap<u32, (ScenarioVerdict, String)>,
    /// Not shown yet, in their order: whether the probe sees anything is not known.
    held: Vec<(ScenarioVerdict, String)>,
    /// The probe has shown a subscription.
    sighted: bool,
    done: usize,
    failed: usize,
    tally: Tally,
    /// Snapshots that a call was compared with.
    used: HashSet<SnapshotName>,
    /// Something did not run, so what is unused may only be unused today.
    gaps: bool,
    /// What has been explained once.
    told: BTreeSet<String>,
    fault: Option<Fault>,
}

impl Bench {
    /// A bench for the scenarios of a plan, in its order.
    pub(super) fn new(
        run: RunStarted,
        redactions: Redactions,
        snapshots: Snapshots,
        amount: Amount,
        output: Output,
        fail_fast: bool,
        order: impl Iterator<Item = u32>,
    ) -> Self {
        let state = State {
            order: order.collect(),
            waiting: BTreeMap::new(),
            held: Vec::new(),
            sighted: false,
            done: 0,
            failed: 0,
            tally: Tally::default(),
            used: HashSet::new(),
            gaps: false,
            told: BTreeSet::new(),
            fault: None,
        };
        let planned = state.order.len();
        Self { run, redactions, snapshots, amount, output, fail_fast, planned, state: Mutex::new(state) }
    }

    /// Judges one scenario; `false` means that no other should begin.
    pub(super) fn judge(&self, evidence: ScenarioEvidence) -> bool {
        let judged = verdict::judge(&evidence, &self.run.profile, &self.snapshots.accepted, &self.redactions)
            .and_then(|verdict| self.snapshots.keep(&verdict).map(|()| verdict))
            .and_then(|verdict| self.snapshots.accepted.flush().map(|()| verdict));
        let calls = match self.amount.verbose {
            true => exchanges::render(&evidence, &self.run.profile, self.amount.style),
            false => String::new(),
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = match judged {
            Ok(verdict) => verdict,
            Err(error) => {
                state.fault.get_or_insert_with(|| Fault::usage(error.to_string()));
                return false;
            }
        };
        let failed = verdict.status() == Status::Fail;
        state.failed += usize::from(failed);
        if verdict.index == PRELUDE {
            self.show(&mut state, verdict, &calls);
        } else {
            state.done += 1;
            state.waiting.insert(verdict.index, (verdict, calls));
        }
        // The order of the plan, whoever was faster: two runs print the same.
        while let Some((verdict, calls)) = state.order.front().copied().and_then(|next| state.waiting.remove(&next)) {
            state.order.pop_front();
            self.show(&mut state, verdict, &calls);
        }
        self.output.progress(state.done, self.planned, state.failed);
        !(self.fail_fast && failed)
    }

    /// Shows a scenario, or holds it back with all that follow until the probe has shown anything at all.
    fn show(&self, state: &mut State, verdict: ScenarioVerdict, calls: &str) {
        state.sighted |= verdict.shows_subscriptions == Some(true);
        if state.sighted {
            for (verdict, calls) in std::mem::take(&mut state.held) {
                self.reveal(state, verdict, &calls);
            }
        } else if !state.held.is_empty() || verdict.shows_subscriptions == Some(false) {
            state.held.push((verdict, calls.to_owned()));
            return;
        }
        self.reveal(state, verdict, calls);
    }

    fn reveal(&self, state: &mut State, verdict: ScenarioVerdict, calls: &str) {
        self.output.print(&console::scenario(&verdict, &self.run, &self.amount, &mut state.told));
        self.output.print(calls);
        state.used.extend(verdict.snapshot_names.iter().cloned());
        let ran =
            |check: &Check| matches!(check.status, Status::Pass | Status::Warn | Status::Known | Status::NotObservable);
        state.gaps |= verdict.interrupted || (verdict.index != PRELUDE && !verdict.checks.iter().all(ran));
        state.tally.add(verdict);
    }

    /// Shows what still waits for a scenario that never came.
    pub(super) fn flush(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (verdict, calls) in std::mem::take(&mut state.waiting).into_values() {
            self.show(&mut state, verdict, &calls);
        }
        let mut held = std::mem::take(&mut state.held);
        if verdict::is_blind(held.iter().map(|(verdict, _)| verdict)) {
            held.iter_mut().for_each(|(verdict, _)| verdict::disregard(verdict));
        }
        for (verdict, calls) in held {
            self.reveal(&mut state, verdict, &calls);
        }
    }

    /// Accepted snapshots that no call used. Only a run that left nothing out can tell; what does not apply today may
    /// apply to another catalogue.
    pub(super) fn unreferenced(&self, planned: &Planned) -> Result<Vec<SnapshotName>, snapshot::SnapshotError> {
        self.snapshots.accepted.sync()?;
        let Some(root) = self.snapshots.root.as_ref().filter(|_| self.run.filters.is_empty()) else {
            return Ok(Vec::new());
        };
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.gaps {
            return Ok(Vec::new());
        }
        let mut unused = snapshot::unreferenced(root, &state.used)?;
        let skipped = |name: &SnapshotName| {
            planned.not_applicable.iter().any(|skipped| name.as_str().starts_with(&format!("{}/", skipped.key)))
        };
        unused.retain(|name| !skipped(name));
        Ok(unused)
    }

    /// The verdict on everything that was judged, and what kept it from being judged.
    pub(super) fn verdict(self, planned: Planned, finished: RunFinished) -> (Verdict, Option<Fault>) {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        (state.tally.verdict(self.run, planned, Some(finished)), state.fault)
    }
}
