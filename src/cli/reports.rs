//! The reports that were asked for: whether they can be written, and writing them.

use super::{fault::Fault, folder::write_atomically};
use crate::{
    evidence::EvidenceFile,
    report::{Format, Source},
    verdict::Verdict,
};
use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
};

/// Where GitHub Actions collects what it shows on the page of a run.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// The name by which GitLab's own documentation calls the file of findings.
const FINDINGS: &str = "gl-code-quality-report.json";

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
        let path = PathBuf::from(path);
        if reports.iter().any(|(_, other)| *other == path) {
            return Err(Fault::usage(format!("two reports are to be written to {}", path.display()))
                .help("name a file for each of them"));
        }
        reports.push((known, path));
    }
    Ok(reports)
}

/// What a CI wants without being asked. GitLab obeys no commands in a log: it takes a file of findings instead.
pub(super) fn for_the_ci(reports: &mut Vec<(Format, PathBuf)>) {
    let set = std::env::var_os("GITLAB_CI").is_some_and(|value| !value.is_empty());
    if set && !reports.iter().any(|(format, _)| *format == Format::Gitlab) {
        reports.push((Format::Gitlab, PathBuf::from(FINDINGS)));
    }
}

/// An output that cannot be written is found before the first call.
pub(super) fn writable(path: &Path) -> Result<(), Fault> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = |error: std::io::Error| cannot_write(path, &error).help("nothing has been sent; name another path");
    if path.is_dir() {
        return Err(Fault::usage(format!("{} is a folder", path.display())).help("name the file of the report"));
    }
    std::fs::create_dir_all(folder).map_err(cannot)?;
    tempfile::NamedTempFile::new_in(folder).map(drop).map_err(cannot)
}

pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> Fault {
    Fault::usage(format!("{} cannot be written: {error}", path.display()))
}

/// Where the evidence of the run is.
pub(super) enum Kept<'e> {
    /// It has been read from beginning to end.
    Opened(&'e EvidenceFile),
    /// This process has just written it.
    Own(&'e Path),
}

/// Writes each report; a line for each that was written, and what kept one from it. One that cannot be written keeps no
/// other from being written.
pub(super) fn write_all(
    reports: &[(Format, PathBuf)],
    verdict: &Verdict,
    check: bool,
    evidence: Kept<'_>,
) -> (Vec<String>, Option<Fault>) {
    let (mut written, mut fault) = (Vec::new(), None);
    let needed = reports.iter().any(|(format, _)| format.needs_evidence());
    let read;
    let evidence = match evidence {
        Kept::Opened(evidence) => Ok(Some(evidence)),
        Kept::Own(path) if needed => {
            read = EvidenceFile::open_own(path).map_err(|error| error.to_string());
            read.as_ref().map(Some)
        }
        Kept::Own(_) => Ok(None),
    };
    // Side by side: the page takes as long as all the others together.
    let results: Vec<io::Result<()>> = thread::scope(|scope| {
        let start = |(format, path): &(Format, PathBuf)| {
            let (format, path, evidence) = (*format, path.clone(), evidence);
            scope.spawn(move || match evidence {
                Err(error) if format.needs_evidence() => Err(io::Error::other(error.clone())),
                opened => write(format, &path, &Source { verdict, check, evidence: opened.unwrap_or(None) }),
            })
        };
        let writing: Vec<_> = reports.iter().map(start).collect();
        let finish = |thread: thread::ScopedJoinHandle<'_, io::Result<()>>| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("it cannot be made")))
        };
        writing.into_iter().map(finish).collect()
    });
    for ((_, path), result) in reports.iter().zip(results) {
        match result {
            Ok(()) => written.push(format!("report:   {}", path.display())),
            Err(error) => {
                fault.get_or_insert_with(|| {
                    Fault::usage(format!("{} cannot be written: {error}", path.display()))
                        .help("the run itself is kept: mock-bss report --format FORMAT=PATH writes it again")
                });
            }
        }
    }
    (written, fault)
}

fn write(format: Format, path: &Path, source: &Source<'_>) -> io::Result<()> {
    // Other commands of the same step may have written into the summary already: it is added to.
    let summary = std::env::var_os(SUMMARY).is_some_and(|summary| Path::new(&summary) == path);
    if !summary {
        return write_atomically(path, |out| format.write(source, out));
    }
    let mut text = Vec::new();
    format.write(source, &mut text)?;
    OpenOptions::new().append(true).create(true).open(path)?.write_all(&text)
}
