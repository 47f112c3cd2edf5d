//! Runs that were played before: opening them, and judging them again.

use super::{
    fault::Fault,
    folder::{self, RunFolder},
};
use crate::{
    evidence::{Event, EvidenceError, EvidenceFile, RunStarted},
    profile::Profile,
    snapshot::{Baseline, Redactions},
    verdict::{self, ScenarioVerdict},
};
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
};

/// The longest first line that is looked at, in bytes.
const FIRST_LINE: u64 = 4 * 1024 * 1024;

/// The evidence of a run, or what is wrong with it and what to do.
pub(super) fn open(folder: &RunFolder) -> Result<EvidenceFile, Fault> {
    EvidenceFile::open(&folder.evidence()).map_err(|error| {
        let help = match &error {
            EvidenceError::Empty { .. } => {
                "it ended before it wrote anything, so there is nothing to judge: play it again"
            }
            EvidenceError::Line { .. } => {
                "the file was changed or damaged after the run: take another run, they are kept in .mock-bss/runs"
            }
            EvidenceError::Newer { .. } => "use the version of mock-bss that played it, or a newer one",
            _ => "may you read it? another run is named with --from",
        };
        Fault::usage(error.to_string()).help(help)
    })
}

/// The verdicts on all scenarios of a run that left a trace.
pub(super) fn judge(evidence: &EvidenceFile, folder: &RunFolder) -> Result<Vec<ScenarioVerdict>, Fault> {
    let baseline = Baseline::open(&folder.baseline()).map_err(|error| Fault::usage(error.to_string()))?;
    let profile = &evidence.run.profile;
    let redactions = Redactions::new(profile.hidden.iter().map(|(path, kind)| (path, kind)), &profile.unordered)
        .map_err(|error| Fault::usage(error.to_string()))?;
    let mut verdicts = Vec::new();
    for index in evidence.scenarios() {
        let scenario = evidence.scenario(index).map_err(|error| Fault::usage(error.to_string()))?;
        let judged = verdict::judge(&scenario, profile, &baseline, &redactions);
        verdicts.push(judged.map_err(|error| Fault::usage(error.to_string()))?);
    }
    Ok(verdicts)
}

/// True when a run was played against this target with this profile.
pub(super) fn is_of(run: &RunStarted, profile: &Profile, built_in_reference: bool) -> bool {
    match (run.built_in_reference, built_in_reference) {
        // It listens on another port each time.
        (true, true) => true,
        (false, false) => run.profile.name == profile.name && same_url(&run.profile.target, &profile.target),
        _ => false,
    }
}

/// A run that is over, or what to do.
pub(super) fn must_be_over(folder: &RunFolder, help: &str) -> Result<(), Fault> {
    match folder.is_running() {
        true => Err(Fault::usage(format!("the run in {} still goes on", folder.path.display())).help(help)),
        false => Ok(()),
    }
}

/// A run of this target and profile, or what is wrong and what to do.
pub(super) fn must_be_of(
    run: &RunStarted,
    folder: &RunFolder,
    profile: &Profile,
    built_in_reference: bool,
    help: &str,
) -> Result<(), Fault> {
    if is_of(run, profile, built_in_reference) {
        return Ok(());
    }
    let (then, now) = (&run.profile, profile);
    let (path, then, now) = (folder.path.display(), (&then.target, &then.name), (&now.target, &now.name));
    let words =
        format!("the run in {path} was played against {} ({}), not against {} ({})", then.0, then.1, now.0, now.1);
    Err(Fault::usage(words).help(help))
}

/// True when both name the same service manager.
pub(super) fn same_url(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// The newest run of this target and profile that is over.
pub(super) fn newest_of(profile: &Profile, built_in_reference: bool) -> Option<RunFolder> {
    folder::newest_first().into_iter().find(|folder| {
        !folder.is_running() && started(folder).is_some_and(|run| is_of(&run, profile, built_in_reference))
    })
}

/// What a run says about itself in its first line.
fn started(folder: &RunFolder) -> Option<RunStarted> {
    let mut line = Vec::new();
    let file = File::open(folder.evidence()).ok()?;
    BufReader::new(file.take(FIRST_LINE)).read_until(b'\n', &mut line).ok()?;
    match serde_json::from_slice(&line) {
        Ok(Event::RunStarted(run)) => Some(run),
        _ => None,
    }
}
