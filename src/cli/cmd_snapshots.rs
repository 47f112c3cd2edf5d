//! `mock-bss accept` and `mock-bss reject`.

use super::{
    args::SnapshotArgs,
    fault::Fault,
    folder::{PENDING, RunFolder},
    output::Output,
    target,
};
use crate::{
    report::exit,
    snapshot::{self, SnapshotError, SnapshotName},
};
use std::path::{Path, PathBuf};

pub(super) fn accept(args: &SnapshotArgs, output: &Output) -> Result<u8, Fault> {
    let root = root(args)?;
    // Of what waits there already, nothing but what the run left is meant.
    let mut left: Option<Vec<SnapshotName>> = None;
    if let Some(run) = &args.from {
        let pending = run.join(PENDING);
        if !pending.is_dir() {
            return Err(Fault::usage(format!("{} holds no pending snapshots", run.display()))
                .help("a run with --check leaves them there"));
        }
        let copied = snapshot::copy_pending(&pending, &root, |name| wanted(args, name));
        left = Some(copied.map_err(|error| fault(&error))?);
    }
    let meant = |name: &SnapshotName| wanted(args, name) && left.as_ref().is_none_or(|left| left.contains(name));
    let done = snapshot::accept(&root, meant).map_err(|error| fault(&error))?;
    output.print(&told(&done, "accepted", &root));
    Ok(exit::CONFORMANT)
}

pub(super) fn reject(args: &SnapshotArgs, output: &Output) -> Result<u8, Fault> {
    let root = match &args.from {
        Some(run) => run.join(PENDING),
        None => root(args)?,
    };
    let done = snapshot::reject(&root, |name| wanted(args, name)).map_err(|error| fault(&error))?;
    output.print(&told(&done, "rejected", &root));
    Ok(exit::CONFORMANT)
}

/// Where accepted snapshots are: as the flags say, else where the profile says, else where the latest run had them.
pub(super) fn root(args: &SnapshotArgs) -> Result<PathBuf, Fault> {
    if let Some(path) = profile(args) {
        let profile = target::load_for_names(&path)?;
        let base = path.parent().unwrap_or(Path::new("."));
        let folder = args.snapshots.clone().unwrap_or_else(|| base.join(&profile.snapshots));
        return Ok(folder.join(&profile.name));
    }
    let run = RunFolder::find(args.from.as_deref())?;
    let recorded = run.snapshots().ok_or_else(|| {
        Fault::usage("the latest run was played against the built-in reference, whose snapshots are part of mock-bss")
            .help("name the profile whose snapshots are meant with --profile")
    })?;
    match (&args.snapshots, recorded.file_name()) {
        (Some(folder), Some(name)) => Ok(folder.join(name)),
        _ => Ok(recorded),
    }
}

/// The profile that is meant, if there is one.
pub(super) fn profile(args: &SnapshotArgs) -> Option<PathBuf> {
    let here = PathBuf::from(target::PROFILE);
    args.profile.clone().or_else(|| here.is_file().then_some(here))
}

pub(super) fn wanted(args: &SnapshotArgs, name: &SnapshotName) -> bool {
    args.names.is_empty() || args.names.iter().any(|text| name.as_str().contains(text.as_str()))
}

fn told(done: &[SnapshotName], what: &str, root: &Path) -> String {
    let mut out: String = done.iter().map(|name| format!("{what} {name}\n")).collect();
    out.push_str(&match done.len() {
        0 => format!("nothing is pending in {}\n", root.display()),
        1 => format!("1 snapshot {what} in {}\n", root.display()),
        count => format!("{count} snapshots {what} in {}\n", root.display()),
    });
    out
}

fn fault(error: &SnapshotError) -> Fault {
    Fault::usage(error.to_string())
}
