//! `mock-bss report`: judges a stored run again. The same evidence and the same accepted snapshots give the same verdict.

use super::{
    args::ReportArgs,
    fault::Fault,
    folder::RunFolder,
    output::Output,
    record::for_shell,
    reports::{Kept, reports, write_all},
    stored,
};
use crate::{
    evidence::{PRELUDE, Planned},
    report::{
        console::{self, Amount},
        exchanges, exit,
    },
    snapshot::{Baseline, Redactions},
    verdict::{self, Tally},
};

pub(super) fn run(args: &ReportArgs, output: &Output) -> Result<u8, Fault> {
    let formats = reports(&args.format)?;
    let folder = RunFolder::find(args.from.as_deref())?;
    let evidence = stored::open(&folder)?;
    let baseline = Baseline::open(&folder.baseline()).map_err(|error| Fault::usage(error.to_string()))?;
    let profile = &evidence.run.profile;
    let redactions = Redactions::new(profile.hidden.iter().map(|(path, kind)| (path, kind)), &profile.unordered)
        .map_err(|e| Fault::usage(e.to_string()))?;
    let evidence_file = for_shell(&folder.evidence().display().to_string());
    let amount = Amount {
        verbose: args.verbose,
        quiet: false,
        check: args.check,
        style: output.style(),
        evidence: evidence_file,
    };
    let on_terminal = formats.is_empty();
    let mut tally = Tally::default();
    let mut told = std::collections::BTreeSet::new();
    if on_terminal {
        let planned = evidence.planned.clone().unwrap_or_default();
        output.print(&console::opening(&evidence.run, &planned, None));
        output.print("\n");
    }
    for index in evidence.scenarios() {
        let scenario = evidence.scenario(index).map_err(|error| Fault::usage(error.to_string()))?;
        let judged = verdict::judge(&scenario, profile, &baseline, &redactions)
            .map_err(|error| Fault::usage(error.to_string()))?;
        if on_terminal {
            output.print(&console::scenario(&judged, &evidence.run, &amount, &mut told));
            if amount.verbose {
                output.print(&exchanges::render(&scenario, profile, amount.style));
            }
        }
        tally.add(judged);
    }
    // A run that was killed before it had a plan has at least lost everything after the reads.
    let planned = evidence.planned.clone().unwrap_or_else(|| Planned {
        gaps: vec![format!("the run ended before anything was planned (scenario {PRELUDE} alone was played)")],
        ..Planned::default()
    });
    let verdict = tally.verdict(evidence.run.clone(), planned, evidence.finished.clone());
    let (files, fault) = write_all(&formats, &verdict, args.check, Kept::Opened(&evidence));
    let mut next = Vec::new();
    if verdict.finished.is_none() && !verdict.run.built_in_reference && !folder.is_running() {
        next.push(format!("cancel what it may have left behind: mock-bss cleanup --from {}", folder.path.display()));
    }
    output.print(&console::closing(&verdict, &files, &next, &amount));
    match fault {
        Some(fault) => Err(fault),
        None => Ok(exit::of(&verdict, args.check)),
    }
}
