//! `mock-bss check`: lints scenarios and profile.

use super::{args::CheckArgs, fault::Fault, output::Output, select, target};
use crate::{
    report::{console::counted, exit},
    scenario::{self, Library},
};
use std::path::{Path, PathBuf};

pub(super) fn run(args: &CheckArgs, output: &Output) -> Result<u8, Fault> {
    let mut files = Vec::new();
    let mut looked = Vec::new();
    for path in &args.paths {
        files.extend(select::collect(path)?);
    }
    let profile = match &args.profile {
        Some(path) => Some(path.clone()),
        None if args.paths.is_empty() => Some(PathBuf::from(target::PROFILE)).filter(|path| path.is_file()),
        None => None,
    };
    if let Some(path) = &profile {
        let (profile, warnings) = target::load(path)?;
        output.error(&warnings);
        looked.push("the profile".to_owned());
        let base = path.parent().unwrap_or(Path::new("."));
        for path in &profile.scenarios {
            files.extend(select::collect(&base.join(path))?);
        }
    }
    if files.is_empty() && profile.is_none() {
        return Err(Fault::usage("nothing to check")
            .help(format!("name scenario files, or stand beside a {}", target::PROFILE)));
    }
    let rule = select::rule_checker();
    let loaded = scenario::load(&files, &Library { rule: &rule });
    if loaded.diagnostics.has_errors() {
        return Err(Fault::files(loaded.diagnostics));
    }
    output.error(&loaded.diagnostics.render(output.error_style().color));
    if !files.is_empty() {
        let scenarios = counted(loaded.scenarios.len() as u64, "scenario");
        looked.push(format!("{scenarios} in {}", counted(files.len() as u64, "file")));
    }
    output.print(&format!("no mistakes in {}\n", looked.join(" and ")));
    Ok(exit::CONFORMANT)
}
