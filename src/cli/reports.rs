//! The reports that were asked for, and whether they can be written.

use super::fault::Fault;
use crate::report::Format;
use std::path::{Path, PathBuf};

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
        reports.push((known, PathBuf::from(path)));
    }
    Ok(reports)
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
