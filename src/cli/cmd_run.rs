//! `mock-bss run`.

use super::{
    args::RunArgs,
    fault::Fault,
    folder::{RunFolder, write_atomically},
    output::Output,
    select, signals,
    target::{self, Target},
};
use crate::{
    evidence::{
        Event, EvidenceWriter, Masker, NotApplicable, Planned, PlannedScenario, ProfileRecord, Recorder, RunStarted,
        SCHEMA, ScenarioEvidence,
    },
    plan::{self, Plan, Seed},
    play::{self, Player, PreludeError},
    profile::Profile,
    report::{
        Format,
        console::{self, Amount},
        exit,
    },
    rules,
    snapshot::{self, Accepted, Embedded, Folder, Recording, Redactions},
    verdict::{self, ScenarioVerdict, Status, Tally, Verdict},
};
use include_dir::{Dir, include_dir};
use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// Accepted snapshots of the suite against the reference.
static REFERENCE_SNAPSHOTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/snapshots/reference");

pub(super) async fn run(args: &RunArgs, output: &Output) -> Result<u8, Fault> {
    let reports = reports(&args.report)?;
    let Target { mut profile, reference, base, warnings } =
        target::find(&args.target, !args.select.paths.is_empty()).await?;
    output.error(&warnings);
    if let Some(jobs) = args.jobs {
        profile.limits.jobs = usize::from(jobs);
    }
    let selected = select::select(&args.select, &profile, &base)?;
    output.error(&selected.warnings.render(output.error_style().color));
    // Asked before anything is sent: even the reads would tell the host's owner that somebody is there.
    let rough =
        format!("{} scenarios with up to {} subscriptions", selected.scenarios.len(), profile.limits.subscriptions);
    target::ask_consent(&profile, &rough)?;

    let check = args.check
        || (!args.accept && std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false"));
    let seed = args.seed.map_or_else(Seed::random, Seed);
    let folder = RunFolder::create(args.output.as_deref(), &run_id(seed))?;
    for (_, path) in &reports {
        writable(path)?;
    }
    let snapshots = Snapshots::new(args, &profile, reference.is_some(), &base, &folder)?;

    let started = Instant::now();
    let masker = Masker::new(&profile.application, &profile.settings);
    if let Some(token) = &profile.headers.token {
        masker.add("token", token);
    }
    let writer =
        EvidenceWriter::create(&folder.evidence()).map_err(|error| cannot_write(&folder.evidence(), &error))?;
    let recorder = Recorder::new(masker, Some(writer));
    let interrupted = {
        let output = *output;
        move || {
            output.error("\ninterrupted: finishing the calls under way and cleaning up; once more to stop at once\n")
        }
    };
    let stop = signals::watch_for_stop(interrupted);
    let player = Player::new(profile.clone(), recorder, stop).map_err(|error| Fault::internal(error.to_string()))?;
    let run = run_started(&profile, reference.is_some(), seed, selected.filters.clone());
    record(&player, &folder, Event::RunStarted(run.clone()))?;

    let prelude = play::prelude(&player, seed).await.map_err(|error| nothing_to_play(&error, &profile))?;
    let mut plan = plan::make(&profile, &prelude.offering, &selected.scenarios, seed);
    if args.shuffle {
        shuffle(&mut plan);
    }
    let planned = planned(&profile, &plan);
    if planned.subscriptions > profile.limits.subscriptions {
        return Err(Fault::usage(format!(
            "the plan orders up to {} subscriptions, but `limits` allows {}",
            planned.subscriptions, profile.limits.subscriptions
        ))
        .help("raise `limits: { subscriptions: … }` in the profile, or play less with --only"));
    }
    record(&player, &folder, Event::Planned(planned.clone()))?;
    let amount = Amount { verbose: args.verbose, quiet: args.quiet, check, style: output.style() };
    if !args.quiet {
        output.print(&console::opening(&run, &planned, profile.limits.jobs));
        output.print("\n");
    }

    let bench = Arc::new(Bench {
        profile: run.profile.clone(),
        run: run.clone(),
        redactions: redactions(&profile)?,
        snapshots,
        amount,
        output: *output,
        fail_fast: args.fail_fast,
        state: Mutex::new(State {
            order: plan.scenarios.iter().map(|planned| planned.index).collect(),
            waiting: BTreeMap::new(),
            tally: Tally::default(),
            fault: None,
        }),
    });
    bench.judge(prelude.evidence);
    let judge = {
        let bench = bench.clone();
        Arc::new(move |evidence: ScenarioEvidence| bench.judge(evidence))
    };
    let plan = Arc::new(plan);
    let played = player.play(plan, profile.limits.jobs, judge).await;
    bench.flush();
    if let Some(error) = played.broken {
        return Err(cannot_write(&folder.evidence(), &error)
            .help("the run was stopped; what it had bought was cancelled as far as possible"));
    }
    let finished =
        player.finish(started, now(), played.interrupted).map_err(|error| cannot_write(&folder.evidence(), &error))?;
    let bench = Arc::into_inner(bench).ok_or_else(|| Fault::internal("a scenario is still being judged"))?;
    let (verdict, fault) = bench.verdict(planned, finished);
    if let Some(fault) = fault {
        return Err(fault);
    }

    let mut files = vec![format!("evidence: {}", folder.path.display())];
    for (format, path) in reports {
        write_atomically(&path, &format.render(&verdict, check)).map_err(|error| cannot_write(&path, &error))?;
        files.push(format!("report:   {}", path.display()));
    }
    let next = next_steps(&verdict, args, check, reference.is_some(), &folder);
    output.print(&console::closing(&verdict, &files, &next, amount));
    if let Some(reference) = reference {
        reference.stop().await;
    }
    Ok(exit::of(&verdict, check))
}

fn record(player: &Player, folder: &RunFolder, event: Event) -> Result<(), Fault> {
    player.recorder().record(event).map(drop).map_err(|error| cannot_write(&folder.evidence(), &error))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Fault {
    Fault::usage(format!("{} cannot be written: {error}", path.display()))
}

/// `FORMAT=PATH`, checked before anything is sent.
pub(super) fn reports(typed: &[String]) -> Result<Vec<(Format, PathBuf)>, Fault> {
    let mut reports = Vec::new();
    for text in typed {
        let Some((format, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
            return Err(
                Fault::usage(format!("`{text}` is not FORMAT=PATH")).help("for example junit=target/mock-bss.xml")
            );
        };
        let known = Format::parse(format).ok_or_else(|| {
            Fault::usage(format!("`{format}` is not a report format"))
                .help(crate::diagnostic::suggest(format, Format::NAMES.iter().copied()))
        })?;
        reports.push((known, PathBuf::from(path)));
    }
    Ok(reports)
}

/// An output that cannot be written is found before the first call.
fn writable(path: &Path) -> Result<(), Fault> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = |error: std::io::Error| cannot_write(path, &error).help("nothing has been sent; name another path");
    if path.is_dir() {
        return Err(Fault::usage(format!("{} is a folder", path.display())).help("name the file of the report"));
    }
    std::fs::create_dir_all(folder).map_err(cannot)?;
    tempfile::NamedTempFile::new_in(folder).map(drop).map_err(cannot)
}

fn run_id(seed: Seed) -> String {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    format!("{now}-{}", seed.short())
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn run_started(profile: &Profile, built_in_reference: bool, seed: Seed, filters: Vec<String>) -> RunStarted {
    RunStarted {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rule_set: rules::RULE_SET.to_owned(),
        profile: ProfileRecord {
            name: profile.name.clone(),
            target: profile.target.clone(),
            dialect: profile.dialect.to_map(),
            features: profile.features.clone(),
            precheck: profile.precheck.describe(),
            pending: profile.pending_words(),
            strict: profile.strict,
            probe: profile.probe.is_some(),
            hidden: profile.redactions.hidden.clone(),
            unordered: profile.redactions.unordered.clone(),
        },
        built_in_reference,
        seed: seed.0.to_string(),
        at: now(),
        filters,
    }
}

/// What the evidence says about the plan.
pub(super) fn planned(profile: &Profile, plan: &Plan) -> Planned {
    let bought = plan.purchases(profile);
    Planned {
        scenarios: plan
            .scenarios
            .iter()
            .map(|planned| PlannedScenario {
                index: planned.index,
                key: planned.scenario.key.clone(),
                checks: u32::try_from(planned.scenario.steps.len()).unwrap_or(u32::MAX),
            })
            .collect(),
        not_applicable: plan
            .not_applicable
            .iter()
            .map(|(key, reason)| NotApplicable { key: key.clone(), reason: reason.clone() })
            .collect(),
        gaps: plan.gaps.clone(),
        customers: bought.customers,
        subscriptions: bought.subscriptions,
        seats: bought.seats,
    }
}

/// Another order, the same for the same seed. Indices stay with their scenarios, so ids and snapshots do too.
fn shuffle(plan: &mut Plan) {
    let seed = plan.seed.0;
    plan.scenarios
        .sort_by_key(|planned| uuid::Uuid::new_v5(&seed, format!("order {}", planned.scenario.key).as_bytes()));
}

pub(super) fn redactions(profile: &Profile) -> Result<Redactions, Fault> {
    Redactions::new(profile.redactions.hidden.iter().map(|(path, kind)| (path, kind)), &profile.redactions.unordered)
        .map_err(|error| Fault::usage(error.to_string()))
}

/// Why there is nothing to play against, and what to do.
pub(super) fn nothing_to_play(error: &PreludeError, profile: &Profile) -> Fault {
    let target = &profile.target;
    match error {
        PreludeError::Unreachable { kind, message } => {
            use crate::evidence::FailureKind;
            let help = match kind {
                FailureKind::Dns => "check the host name of `target`",
                FailureKind::Tls => "check the certificate of the target, and whether it speaks https at all",
                _ => "is the service manager running, and is the port of `target` right?",
            };
            Fault::unreachable(format!("{target} cannot be reached: {message}")).help(help)
        }
        PreludeError::Denied { status } => Fault::usage(format!(
            "{target} answered HTTP {status} to the credentials of the profile: nothing was tested"
        ))
        .help(
            "the application id and key must be the pair that the service manager has registered; the key is sent as base64 of its UTF-8 text, so give it here as plain text",
        ),
        PreludeError::NothingThere { status } => Fault::usage(format!(
            "{target} answered HTTP {status} to Fields/Get and to Fields/ServiceDefinition: nothing of the contract stands there"
        ))
        .help("`target` is the URL before the section, for example http://localhost:5000/api/Example"),
        other => Fault::usage(other.to_string()),
    }
}

/// Where accepted snapshots come from and where the others go.
struct Snapshots {
    accepted: Recording<Box<dyn Accepted>>,
    /// The folder that `--accept` and pending files write to.
    root: Option<PathBuf>,
    pending: PathBuf,
    accept: bool,
}

impl Snapshots {
    fn new(args: &RunArgs, profile: &Profile, reference: bool, base: &Path, folder: &RunFolder) -> Result<Self, Fault> {
        let check =
            args.check || (!args.accept && std::env::var_os("CI").is_some_and(|v| !v.is_empty() && v != "false"));
        let root = match (&args.snapshots, reference) {
            (Some(path), _) => Some(path.join(&profile.name)),
            // The reference's own snapshots are in the binary: nothing is written into the user's folder.
            (None, true) => None,
            (None, false) => Some(base.join(&profile.snapshots).join(&profile.name)),
        };
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
struct Bench {
    profile: ProfileRecord,
    run: RunStarted,
    redactions: Redactions,
    snapshots: Snapshots,
    amount: Amount,
    output: Output,
    fail_fast: bool,
    state: Mutex<State>,
}

struct State {
    order: VecDeque<u32>,
    waiting: BTreeMap<u32, String>,
    tally: Tally,
    fault: Option<Fault>,
}

impl Bench {
    /// Judges one scenario; `false` means that no other should begin.
    fn judge(&self, evidence: ScenarioEvidence) -> bool {
        let judged = verdict::judge(&evidence, &self.profile, &self.snapshots.accepted, &self.redactions)
            .and_then(|verdict| self.snapshots.keep(&verdict).map(|()| verdict));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = match judged {
            Ok(verdict) => verdict,
            Err(error) => {
                state.fault.get_or_insert_with(|| Fault::usage(error.to_string()));
                return false;
            }
        };
        let text = console::scenario(&verdict, &self.run, self.amount);
        let failed = verdict.status() == Status::Fail;
        if verdict.index == crate::evidence::PRELUDE {
            self.output.print(&text);
        } else {
            state.waiting.insert(verdict.index, text);
        }
        // The order of the plan, whoever was faster: two runs print the same.
        while let Some(text) = state.order.front().copied().and_then(|next| state.waiting.remove(&next)) {
            state.order.pop_front();
            self.output.print(&text);
        }
        state.tally.add(verdict);
        !(self.fail_fast && failed)
    }

    /// Prints what still waits for a scenario that never came.
    fn flush(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, text) in std::mem::take(&mut state.waiting) {
            self.output.print(&text);
        }
    }

    fn verdict(self, planned: Planned, finished: crate::evidence::RunFinished) -> (Verdict, Option<Fault>) {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        (state.tally.verdict(self.run, planned, Some(finished)), state.fault)
    }
}

/// The commands that make sense now.
fn next_steps(verdict: &Verdict, args: &RunArgs, check: bool, reference: bool, folder: &RunFolder) -> Vec<String> {
    let mut next = Vec::new();
    let differing = verdict.counts.snapshots_changed + verdict.counts.snapshots_new;
    if reference {
        next.push(
            "point it at your own service manager: mock-bss run --target http://localhost:5000/api/Example".to_owned(),
        );
    } else if differing > 0 && !args.accept {
        let profile = args.target.profile.as_ref().map(|p| format!(" --profile {}", p.display())).unwrap_or_default();
        let from = if check { format!(" --from {}", folder.path.display()) } else { String::new() };
        next.push(format!("look at the snapshots, then: mock-bss accept{profile}{from} (or reject)"));
    }
    if let Some((_, check)) = verdict.checks().find(|(_, check)| check.status == Status::Fail)
        && let Some(rule) = check.rule
    {
        next.push(format!("mock-bss explain {}", rule.key()));
    }
    next
}
