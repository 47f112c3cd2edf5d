//! `mock-bss cleanup`: cancels what a run bought and did not cancel, because it was killed or was refused.

use super::{
    args::{CleanupArgs, TargetArgs},
    fault::Fault,
    folder::RunFolder,
    output::Output,
    record, signals, stored,
    target::{self, Target},
};
use crate::{
    evidence::{Event, EvidenceError, EvidenceFile, EvidenceWriter, PRELUDE, Recorder},
    play::{Leftover, Leftovers, Player},
    profile::Profile,
    report::{console::counted, exit, printable},
};
use std::{fmt::Write, path::Path, time::Instant};

pub(super) async fn run(args: &CleanupArgs, output: &Output) -> Result<u8, Fault> {
    let folder = RunFolder::find(args.from.as_deref())?;
    if folder.is_running() {
        return Err(Fault::usage(format!("the run in {} still goes on", folder.path.display()))
            .help("it cleans up after itself: wait for it, or interrupt it with Ctrl-C"));
    }
    let evidence = stored::open(&folder)?;
    let named = args.target.target.is_some() || args.target.profile.is_some();
    if evidence.run.built_in_reference && !named {
        output.print(&format!(
            "{} was played against the built-in reference, which ended with it: nothing is left\n",
            folder.path.display()
        ));
        return Ok(exit::CONFORMANT);
    }
    let Target { profile, warnings, .. } = target::find(&meant(&args.target, &evidence), true).await?;
    output.error(&warnings);
    if evidence.run.built_in_reference || !stored::same_url(&evidence.run.profile.target, &profile.target) {
        let there = match evidence.run.built_in_reference {
            true => "the built-in reference",
            false => evidence.run.profile.target.as_str(),
        };
        return Err(Fault::usage(format!(
            "the run in {} was played against {there}, not against {}",
            folder.path.display(),
            profile.target
        ))
        .help("what it bought is not there: name its own target, or another run with --from"));
    }
    let left = leftovers(&evidence, &folder, &profile)?;
    if left.is_empty() {
        output.print(&format!("nothing is left of {}\n", folder.path.display()));
        return Ok(exit::CONFORMANT);
    }
    if args.dry_run {
        output.print(&would(&left, &folder));
        return Ok(exit::NOT_CONFORMANT);
    }
    target::ask_consent(&profile, &format!("{} would be cancelled", counted(left.len() as u64, "subscription")))?;

    let path = folder.next_cleanup();
    let cannot = |error: &std::io::Error| {
        Fault::usage(format!("{} cannot be written: {error}", path.display()))
            .help("what is done must be recorded; nothing was sent after that")
    };
    let masker = crate::play::masker(&profile);
    let recorder = Recorder::new(masker, Some(EvidenceWriter::create(&path).map_err(|error| cannot(&error))?));
    let stop = {
        let output = *output;
        signals::watch_for_stop(move || output.error("\ninterrupted: finishing the call under way\n"))
    };
    let player = Player::new(profile.clone(), recorder, stop).map_err(|error| Fault::internal(error.to_string()))?;
    // As the run has called it.
    if let Some(form) = evidence.scenario(PRELUDE).unwrap_or_default().spelling() {
        player.spell(form);
    }
    let mut opening = evidence.run.clone();
    (opening.at, opening.filters) = (record::now(), vec!["cleanup".to_owned()]);
    player.recorder().record(Event::RunStarted(opening)).map_err(|error| cannot(&error))?;
    let started = Instant::now();
    let done = player.clean_up(left).await.map_err(|error| cannot(&error))?;
    player.finish(started, record::now(), done.interrupted).map_err(|error| cannot(&error))?;

    let mut out = String::new();
    for (key, id) in &done.cancelled {
        let _ = writeln!(out, "cancelled  subscription {} of {}", printable(id), printable(key));
    }
    for (left, reason) in &done.remains {
        let _ = writeln!(out, "remains    {}: {}", subject(left), printable(reason));
    }
    if done.never_made > 0 {
        let orders = counted(done.never_made as u64, "order");
        let _ = writeln!(out, "{orders} without an answer: the vendor side shows nothing of it");
    }
    let _ = writeln!(
        out,
        "{} cancelled, {} left · recorded in {}",
        counted(done.cancelled.len() as u64, "subscription"),
        done.remains.len(),
        path.display()
    );
    output.print(&out);
    match (&done.unreachable, done.interrupted) {
        (_, true) => Ok(exit::INTERRUPTED),
        (Some(message), _) => Err(Fault::unreachable(format!("{} cannot be reached: {message}", profile.target))
            .help("nothing was cancelled: is the service manager running? the run can be cleaned up later too")),
        (None, _) if done.remains.is_empty() => Ok(exit::CONFORMANT),
        (None, _) => Ok(exit::NOT_CONFORMANT),
    }
}

/// The target as typed; without flags and without a profile here, the one that the run was played against, with the
/// credentials of the environment.
fn meant(typed: &TargetArgs, evidence: &EvidenceFile) -> TargetArgs {
    let mut meant = typed.clone();
    let says = typed.target.is_some() || typed.profile.is_some() || typed.reference;
    if !says && !Path::new(target::PROFILE).is_file() {
        meant.target = Some(evidence.run.profile.target.clone());
    }
    meant
}

/// What the run and every cleaning up after it have left.
fn leftovers(evidence: &EvidenceFile, folder: &RunFolder, profile: &Profile) -> Result<Vec<Leftover>, Fault> {
    let fault = |error: EvidenceError| Fault::usage(error.to_string());
    let mut earlier = Vec::new();
    for path in folder.cleanups() {
        match EvidenceFile::open(&path) {
            Ok(file) => earlier.push(file),
            // It was stopped before it did anything.
            Err(EvidenceError::Empty { .. }) => {}
            Err(error) => return Err(fault(error)),
        }
    }
    let mut all = Vec::new();
    for index in evidence.scenarios().filter(|index| *index != PRELUDE) {
        let mut leftovers = Leftovers::new(index);
        for file in std::iter::once(evidence).chain(&earlier) {
            leftovers.follow(&file.scenario(index).map_err(fault)?, &profile.pending);
        }
        all.extend(leftovers.list());
    }
    Ok(all)
}

fn would(left: &[Leftover], folder: &RunFolder) -> String {
    let mut out = String::new();
    for left in left {
        let _ = match (&left.cancel, &left.id) {
            (Ok(_), Some(_)) => writeln!(out, "would cancel  {}", subject(left)),
            (Ok(_), None) => writeln!(out, "would look    {}: it was ordered and no answer is known", subject(left)),
            (Err(reason), _) => writeln!(out, "cannot cancel {}: {}", subject(left), printable(reason)),
        };
    }
    let _ = writeln!(
        out,
        "{} left of {}; nothing was sent",
        counted(left.len() as u64, "subscription"),
        folder.path.display()
    );
    out
}

fn subject(left: &Leftover) -> String {
    format!("subscription {} of {}", printable(left.id.as_deref().unwrap_or("?")), printable(&left.key))
}
