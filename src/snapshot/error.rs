//! What can go wrong with snapshot files, and what to do about it.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why snapshots could not be read or written. Every message names the file and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    #[error("cannot {action} {}: {source}; {}", .path.display(), advice(.source))]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "{} is not a snapshot: {reason}; restore it, or delete it so that the next run offers it as new",
        .path.display()
    )]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} is a symbolic link, which snapshots never pass through; put the real file or folder there", .path.display())]
    Link { path: PathBuf },
    #[error("`{text}` is not the name of a snapshot: {reason}; it reads <area>/<scenario>/<step>.<call>.snap")]
    Name { text: String, reason: &'static str },
    #[error("{} was changed by somebody else in the meantime, so it was left alone", .path.display())]
    Meanwhile { path: PathBuf },
    #[error("{}:{line}: {reason}; the file was changed after the run, so play the run again", .path.display())]
    Baseline { path: PathBuf, line: usize, reason: String },
}

impl SnapshotError {
    /// Wraps an error of the operating system; for use with `map_err`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "check who may read and write there",
        io::ErrorKind::NotFound => "check that the folder is still there",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room and run again",
        io::ErrorKind::AlreadyExists => "choose another place, or move the old file away",
        io::ErrorKind::ReadOnlyFilesystem => "choose a folder that can be written to",
        _ => "check the folder and run again",
    }
}
