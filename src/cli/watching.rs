//! `run --watch`: plays, waits until a file changes, and plays again what it concerns.

use super::{args::RunArgs, cmd_run, fault::Fault, output::Output, select::Selected, signals, target};
use crate::{
    play::{Leash, Stop, Watched},
    report::console::counted,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::watch;

/// What is to be played this time.
#[derive(Debug)]
pub(super) struct Turn {
    /// Stops this turn and the watching.
    pub(super) stop: watch::Receiver<Stop>,
    /// Holds the service manager that the profile starts.
    pub(super) leash: Leash,
    /// Files that changed; `None` for everything.
    changed: Option<BTreeSet<PathBuf>>,
}

impl Turn {
    /// Leaves the scenarios of the changed files. A file that is no scenario (a fragment, one that was deleted) may
    /// concern all of them.
    pub(super) fn narrow(&self, selected: &mut Selected) {
        let Some(changed) = &self.changed else { return };
        let changed: BTreeSet<PathBuf> = changed.iter().map(|path| real(path)).collect();
        let file_of = |path: &str| real(Path::new(path));
        let known: BTreeSet<PathBuf> = selected.scenarios.iter().map(|s| file_of(&s.source.path)).collect();
        if changed.is_subset(&known) {
            selected.scenarios.retain(|scenario| changed.contains(&file_of(&scenario.source.path)));
            selected.filters.push("--watch (changed files only)".to_owned());
        }
    }
}

/// Two spellings of a path are one file.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Plays until the user has had enough; the code is that of the last run.
pub(super) async fn watch(args: &RunArgs, output: &Output) -> Result<u8, Fault> {
    let playing = Arc::new(AtomicBool::new(true));
    let leash = Leash::default();
    let mut stop = {
        let (output, playing, leash) = (*output, playing.clone(), leash.clone());
        let notice = move || {
            if playing.load(Ordering::Relaxed) {
                output.error(cmd_run::INTERRUPTED);
            }
        };
        signals::watch_for_stop_then(notice, move || leash.kill())
    };
    let mut files = Watched::default();
    files.follow(roots(args));
    if files.is_empty() {
        return Err(Fault::usage("--watch has nothing to watch: the built-in suite does not change")
            .help("name scenario files or folders, or stand beside a profile"));
    }
    let mut changed = None;
    loop {
        playing.store(true, Ordering::Relaxed);
        let turn = Turn { stop: stop.clone(), leash: leash.clone(), changed: changed.clone() };
        let played = cmd_run::play(args, output, Some(&turn)).await;
        playing.store(false, Ordering::Relaxed);
        if *stop.borrow() != Stop::No {
            return played;
        }
        let code = match played {
            Ok(code) => {
                changed = Some(BTreeSet::new());
                code
            }
            // What could not be played now is still to be played once the mistake is mended.
            Err(fault) => {
                output.error(&fault.render(output.error_style()));
                fault.code
            }
        };
        files.follow(roots(args));
        output.print(&format!("\nwatching {}; Ctrl-C ends\n", counted(files.len() as u64, "file")));
        let Some(now) = files.change(&mut stop).await else { return Ok(code) };
        let names: Vec<_> = now.iter().map(|path| path.display().to_string()).collect();
        output.print(&format!("changed: {}\n\n", crate::report::printable(&names.join(", "))));
        let everything = profile(args).is_some_and(|profile| now.contains(&profile));
        changed = match changed {
            Some(mut before) if !everything => {
                before.extend(now);
                Some(before)
            }
            _ => None,
        };
    }
}

/// The profile that the run reads.
fn profile(args: &RunArgs) -> Option<PathBuf> {
    let named = args.target.profile.clone();
    let here = || Path::new(target::PROFILE).is_file().then(|| PathBuf::from(target::PROFILE));
    if args.target.target.is_some() || args.target.reference { None } else { named.or_else(here) }
}

/// The profile and the user's own scenarios.
fn roots(args: &RunArgs) -> BTreeSet<PathBuf> {
    let mut roots: BTreeSet<PathBuf> = args.select.paths.iter().cloned().collect();
    if let Some(path) = profile(args) {
        let base = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        if let (true, Ok(profile)) = (roots.is_empty(), target::load_for_names(&path)) {
            roots.extend(profile.scenarios.iter().map(|path| base.join(path)));
        }
        roots.insert(path);
    }
    roots
}
