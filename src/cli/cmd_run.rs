//! `mock-bss run`.

use super::{
    advice::{next_steps, no_client, nothing_to_play, other_spelling, sold},
    record::{for_shell, now, run_id, run_started, target_flags},
    reports::{Kept, cannot_write, for_the_ci, reports, writable, write_all},
};
use super::{
    args::RunArgs,
    bench::{self, Bench, Snapshots},
    fault::Fault,
    folder::RunFolder,
    output::Output,
    rerun, select, signals, start,
    target::{self, Target},
    watching,
};
use crate::{
    evidence::{Event, EvidenceWriter, Recorder, ScenarioEvidence},
    plan::{self, Plan, Seed},
    play::{self, Player, PreludeError},
    profile::Profile,
    report::{
        console::{self, Amount},
        exit,
    },
    snapshot::Redactions,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Said at the first signal.
pub(super) const INTERRUPTED: &str =
    "\ninterrupted: finishing the calls under way and cleaning up; once more to stop at once\n";

pub(super) async fn run(args: &RunArgs, output: &Output) -> Result<u8, Fault> {
    match args.watch {
        true => watching::watch(args, output).await,
        false => play(args, output, None).await,
    }
}

/// Plays once.
pub(super) async fn play(args: &RunArgs, output: &Output, turn: Option<&watching::Turn>) -> Result<u8, Fault> {
    Ok(played(args, output, turn).await?.map_or(exit::CONFORMANT, |played| played.code))
}

/// A run that is over.
pub(super) struct Played {
    pub(super) code: u8,
    pub(super) folder: RunFolder,
    /// What was masked in it.
    pub(super) secrets: Vec<(String, String)>,
}

/// Plays once; `None` when there was nothing to play again.
pub(super) async fn played(
    args: &RunArgs,
    output: &Output,
    turn: Option<&watching::Turn>,
) -> Result<Option<Played>, Fault> {
    let mut reports = reports(&args.report)?;
    for_the_ci(&mut reports);
    let Target { mut profile, reference, base, warnings } =
        target::find(&args.target, !args.select.paths.is_empty()).await?;
    output.error(&warnings);
    if let Some(jobs) = args.jobs {
        profile.limits.jobs = usize::from(jobs);
    }
    if args.suite_alone {
        profile.scenarios.clear();
    }
    let mut selected = select::select(&args.select, &profile, &base)?;
    output.error(&selected.warnings.render(output.error_style().color));
    let check = bench::checks(args);
    if let Some(turn) = turn {
        turn.narrow(&mut selected);
    }
    if args.rerun_failed
        && !rerun::narrow(args.from.as_deref(), &profile, reference.is_some(), check, &mut selected, output)?
    {
        return Ok(None);
    }
    if let Some(shard) = args.shard {
        shard.narrow(&mut selected)?;
    }
    // Asked before anything is sent: even the reads would tell the host's owner that somebody is there.
    let rough =
        format!("{} scenarios with up to {} subscriptions", selected.scenarios.len(), profile.limits.subscriptions);
    target::ask_consent(&profile, &rough)?;

    let seed = args.seed.map_or_else(Seed::random, Seed);
    for (_, path) in &reports {
        writable(path)?;
    }
    let folder = RunFolder::create(args.output.as_deref(), &run_id(seed))?;
    let snapshots = Snapshots::new(args, &profile, reference.is_some(), &base, &folder)?;

    let masker = play::masker(&profile);
    let writer =
        EvidenceWriter::create(&folder.evidence()).map_err(|error| cannot_write(&folder.evidence(), &error))?;
    let recorder = Recorder::new(masker, Some(writer));
    let (stop, leash) = match turn {
        Some(turn) => (turn.stop.clone(), turn.leash.clone()),
        None => {
            let (output, leash) = (*output, play::Leash::default());
            let stop = signals::watch_for_stop_then(move || output.error(INTERRUPTED), {
                let leash = leash.clone();
                move || leash.kill()
            });
            (stop, leash)
        }
    };
    let player = Player::new(profile.clone(), recorder, stop).map_err(|error| no_client(&error, &profile))?;
    if let Some(seconds) = args.wait {
        wait(&player, seconds, &profile, output).await?;
    }
    // Beside the time of day in the first event: whoever compares the two knows whether the clock was turned back.
    let started = Instant::now();
    let whole = selected.filters.is_empty() && args.select.paths.is_empty();
    let mut run = run_started(&profile, reference.is_some(), seed, selected.filters.clone(), whole);
    run.target_flags = target_flags(args);
    run.profile.snapshots = snapshots.folder();
    record(&player, &folder, Event::RunStarted(run.clone()))?;
    let running = start::service_manager(&player, &base, Some(folder.service_manager()), leash, output).await?;

    let prelude =
        play::prelude(&player, seed, play::Questions::All).await.map_err(|error| nothing_to_play(&error, &profile))?;
    output.error(&other_spelling(&prelude, &profile).unwrap_or_default());
    if !prelude.offering.missing_settings.is_empty() {
        output.error(&format!(
            "warning: Fields/Get requires a value for {}, but the profile gives none\n",
            crate::report::printable(&prelude.offering.missing_settings.join(", "))
        ));
    }
    sold(&profile, &prelude.offering)?;
    let mut plan = plan::make(&profile, &prelude.offering, &selected.scenarios, seed);
    if args.shuffle {
        shuffle(&mut plan);
    }
    let planned = play::planned(&profile, &plan);
    if planned.subscriptions > profile.limits.subscriptions {
        return Err(Fault::usage(format!(
            "the plan orders up to {} subscriptions, but `limits` allows {}",
            planned.subscriptions, profile.limits.subscriptions
        ))
        .help("raise `limits: { subscriptions: … }` in the profile, or play less with --only"));
    }
    record(&player, &folder, Event::Planned(planned.clone()))?;
    let amount = Amount {
        verbose: args.verbose,
        quiet: args.quiet,
        check,
        style: output.style(),
        evidence: for_shell(&folder.evidence().display().to_string()),
    };
    if !args.quiet {
        output.print(&console::opening(&run, &planned, Some(profile.limits.jobs)));
        output.print("\n");
    }

    let order = plan.scenarios.iter().map(|planned| planned.index);
    let redactions = redactions(&profile)?;
    let bench = Arc::new(Bench::new(run, redactions, snapshots, amount.clone(), *output, args.fail_fast, order));
    bench.judge(prelude.evidence);
    let judge = {
        let bench = bench.clone();
        Arc::new(move |evidence: ScenarioEvidence| bench.judge(evidence))
    };
    let plan = Arc::new(plan);
    let played = player.play(plan, profile.limits.jobs, judge).await;
    bench.flush();
    let log = start::stop(running, args.verbose, output).await;
    if let Some(error) = played.broken {
        let left = played.left_behind.iter();
        let left = left.map(|left| format!("left behind: {} {} ({})\n", left.kind, left.id, left.reason));
        output.error(&crate::report::printable(&left.collect::<String>()));
        return Err(cannot_write(&folder.evidence(), &error)
            .help("the run was stopped; what it had bought was cancelled, but for what is listed as left behind"));
    }
    let finished =
        player.finish(started, now(), played.interrupted).map_err(|error| cannot_write(&folder.evidence(), &error))?;
    let unused = match played.interrupted || !args.select.paths.is_empty() {
        true => Vec::new(),
        false => bench.unreferenced(&planned).map_err(|error| Fault::usage(error.to_string()))?,
    };
    let bench = Arc::into_inner(bench).ok_or_else(|| Fault::internal("a scenario is still being judged"))?;
    let (verdict, fault) = bench.verdict(planned, finished);
    if let Some(fault) = fault {
        return Err(fault);
    }

    let mut files = vec![format!("evidence: {}", folder.path.display())];
    files.extend(log.map(|log| format!("output:   {}", log.display())));
    files.extend(unused.iter().map(|name| format!("unused:   {name} is accepted, but no call has it any more")));
    let (written, unwritten) = write_all(&reports, &verdict, check, Kept::Own(&folder.evidence()));
    files.extend(written);
    let next = next_steps(&verdict, args, check, reference.is_some(), &folder);
    // The verdict first: it must not be lost because a report could not be written.
    output.print(&console::closing(&verdict, &files, &next, &amount));
    output.annotate(&verdict, check);
    if let Some(fault) = unwritten {
        return Err(fault);
    }
    if let Some(reference) = reference {
        reference.stop().await;
    }
    let secrets = player.recorder().masker.secrets();
    Ok(Some(Played { code: exit::of(&verdict, check), folder, secrets }))
}

/// `--wait`: a service manager that is still starting.
async fn wait(player: &Player, seconds: u32, profile: &Profile, output: &Output) -> Result<(), Fault> {
    let target = &profile.target;
    let notice = |reason: &str| {
        let line = format!("waiting up to {seconds} s for {target} to answer ({reason})");
        output.error(&format!("{}\n", crate::report::printable(&line)));
    };
    match play::wait(player, Duration::from_secs(u64::from(seconds)), notice).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Fault::interrupted("interrupted while waiting: nothing was ordered")),
        Err(PreludeError::Unreachable { kind, message }) => {
            Err(Fault::unreachable(format!("{target} did not answer within {seconds} s: {message}"))
                .help(play::hint(kind)))
        }
        Err(other) => Err(nothing_to_play(&other, profile)),
    }
}

fn record(player: &Player, folder: &RunFolder, event: Event) -> Result<(), Fault> {
    player.recorder().record(event).map(drop).map_err(|error| cannot_write(&folder.evidence(), &error))
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
