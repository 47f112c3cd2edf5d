//! `run --rerun-failed`: the scenarios of an earlier run that were not right.

use super::{fault::Fault, folder::RunFolder, output::Output, select::Selected, stored};
use crate::{
    evidence::PRELUDE,
    profile::Profile,
    report::{console::counted, printable},
    verdict::{ScenarioVerdict, Status},
};
use std::{collections::BTreeSet, path::Path};

/// Leaves only the scenarios that failed, did not run as a whole, or whose snapshots differ in the given run, else in the
/// newest one of this target and profile. `false` when there are none: that has been said.
pub(super) fn narrow(
    from: Option<&Path>,
    profile: &Profile,
    built_in_reference: bool,
    check: bool,
    selected: &mut Selected,
    output: &Output,
) -> Result<bool, Fault> {
    let folder = match from {
        Some(_) => RunFolder::find(from)?,
        None => stored::newest_of(profile, built_in_reference).ok_or_else(|| {
            Fault::usage(format!("there is no earlier run of `{}` here", printable(&profile.name)))
                .help("play it once without --rerun-failed, or name a run folder with --from")
        })?,
    };
    stored::must_be_over(&folder, "wait until it is over, or name another one with --from")?;
    let evidence = stored::open(&folder)?;
    let help = "name a run of this target with --from, or the target of that run";
    stored::must_be_of(&evidence.run, &folder, profile, built_in_reference, help)?;
    let Some(planned) = &evidence.planned else {
        return Err(Fault::usage(format!("the run in {} ended before anything was planned", folder.path.display()))
            .help("nothing is known of its scenarios: play it without --rerun-failed"));
    };
    let verdicts = stored::judge(&evidence, &folder)?;
    let right: BTreeSet<&str> =
        verdicts.iter().filter(|verdict| is_right(verdict, check)).map(|verdict| verdict.key.as_str()).collect();
    let mut again: BTreeSet<&str> =
        planned.scenarios.iter().map(|planned| planned.key.as_str()).filter(|key| !right.contains(key)).collect();
    // The reads belong to no scenario: whatever is played shows whether they are right now.
    let reads = verdicts.iter().any(|verdict| verdict.index == PRELUDE && !is_right(verdict, check));
    if again.is_empty() && reads {
        again = planned.scenarios.iter().map(|planned| planned.key.as_str()).collect();
    }
    let name = folder.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if again.is_empty() {
        output.print(&format!(
            "nothing to play again: all {} of {} were right\n",
            counted(planned.scenarios.len() as u64, "scenario"),
            folder.path.display()
        ));
        return Ok(false);
    }
    let before = again.len();
    selected.scenarios.retain(|scenario| again.contains(scenario.key.as_str()));
    if selected.scenarios.is_empty() {
        let first = again.first().copied().unwrap_or_default();
        return Err(Fault::usage(format!(
            "{} of {} to be played again, but none of them is among the scenarios that are named now",
            counted(before as u64, "scenario"),
            folder.path.display()
        ))
        .help(format!("name the files of that run again; the first is `{first}`")));
    }
    let missing = before - selected.scenarios.len();
    let without = if missing == 0 { String::new() } else { format!("; {missing} more are not among those named now") };
    output.error(&format!(
        "again: {} of {} in {}{without}\n",
        selected.scenarios.len(),
        counted(planned.scenarios.len() as u64, "scenario"),
        folder.path.display()
    ));
    selected.filters.push(format!("--rerun-failed of {name}"));
    Ok(true)
}

/// Nothing is wrong with it, it ran to its end, and its snapshots are as accepted.
fn is_right(verdict: &ScenarioVerdict, check: bool) -> bool {
    let bad = verdict.status() == Status::Fail || verdict.checks.iter().any(|check| check.status.is_gap());
    let differs = verdict.changed_snapshots().next().is_some() || (check && !verdict.snapshots.is_empty());
    !bad && !differs && !verdict.interrupted
}
