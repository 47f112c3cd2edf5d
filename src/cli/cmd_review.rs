//! `mock-bss review`: pending snapshots, one after the other.

use super::{
    args::ReviewArgs,
    cmd_snapshots::{profile, root, wanted},
    fault::Fault,
    folder::{EVIDENCE, RunFolder},
    output::Output,
    review::{
        lookup::Lookup,
        session::{Hiding, Session},
        terminal::Terminal,
    },
    target,
};
use crate::{
    report::{exit, review as page},
    snapshot::{Desk, Review},
};

pub(super) async fn run(args: &ReviewArgs, output: &Output) -> Result<u8, Fault> {
    let snapshots = &args.snapshots;
    let root = root(snapshots)?;
    let waiting = match &snapshots.from {
        Some(run) => RunFolder::at(run).pending(),
        None => root.clone(),
    };
    if let Some(run) = snapshots.from.as_ref().filter(|run| !waiting.is_dir() && !run.join(EVIDENCE).is_file()) {
        return Err(Fault::usage(format!("{} is not the folder of a run", run.display()))
            .help("name the folder that a run with --check printed"));
    }
    let desk = Desk::new(&root, &waiting);
    let items = desk.items(|name| wanted(snapshots, name)).map_err(|error| Fault::usage(error.to_string()))?;
    let place = waiting.display().to_string();
    if items.is_empty() {
        output.print(&format!("nothing is pending in {place}\n"));
        return Ok(exit::CONFORMANT);
    }
    let runs = match &snapshots.from {
        Some(run) => vec![RunFolder::at(run)],
        None => RunFolder::all_with(&root),
    };
    let lookup = Lookup::new(runs.iter().map(RunFolder::evidence), &items);
    let hiding = match profile(snapshots) {
        Some(path) => Some(Hiding { unordered: target::load_for_names(&path)?.redactions.unordered, path }),
        None => None,
    };
    let terminal = Terminal::open(*output, args.lines);
    let mut session = Session::new(Review::new(items), desk, lookup, hiding, terminal, output.style());
    let code = session.run().await;
    session.terminal.say(&page::summary(&session.review, &place));
    Ok(code)
}
