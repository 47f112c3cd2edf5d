//! Where the snapshot of a call is kept: names that every file system can hold.

use super::error::SnapshotError;
use std::{
    collections::HashSet,
    fmt,
    path::{Path, PathBuf},
};

const EXTENSION: &str = ".snap";

/// Added to a snapshot's file name while it waits for somebody to look at it.
pub(super) const PENDING: &str = ".new";

/// Longer parts of a name are cut: Windows allows 260 characters for a whole path.
const LONGEST: usize = 60;

/// The name of a snapshot, which is its place below the folder of snapshots:
/// `<area>/<scenario>/<step>.<call>.snap`, with slashes on every system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SnapshotName(String);

impl SnapshotName {
    /// Reads a name as [`SnapshotName::as_str`] gives it.
    ///
    /// # Errors
    /// The text does not end in `.snap`, leads out of the folder, or cannot be a path on every system.
    pub fn parse(text: &str) -> Result<Self, SnapshotError> {
        let refused = |reason| Err(SnapshotError::Name { text: text.to_owned(), reason });
        let Some(stem) = text.strip_suffix(EXTENSION) else { return refused("it does not end in `.snap`") };
        if stem.is_empty() || stem.ends_with('/') {
            return refused("nothing stands before `.snap`");
        }
        if text.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
            return refused("it has an empty part, or one that leads out of the folder");
        }
        if text.contains(|c| c != '/' && is_forbidden(c)) {
            return refused("it has a character that not every system allows in a path");
        }
        Ok(Self(text.to_owned()))
    }

    /// The name, with slashes and with its extension.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder of the scenario that the call belongs to: `<area>/<scenario>`.
    pub fn scenario(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The accepted file below a folder of snapshots.
    pub fn file(&self, root: &Path) -> PathBuf {
        self.0.split('/').fold(root.to_owned(), |path, part| path.join(part))
    }

    /// The pending file below a folder of snapshots.
    pub fn pending_file(&self, root: &Path) -> PathBuf {
        let mut path = self.file(root).into_os_string();
        path.push(PENDING);
        path.into()
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names the calls of one scenario.
#[derive(Debug)]
pub struct Namer {
    folder: String,
    /// In lower case: some file systems take `Buy` and `buy` for the same file.
    used: HashSet<String>,
}

impl Namer {
    /// `key` is the scenario's: `<area>/<name>`, a matrix row appended with a dot.
    pub fn new(key: &str) -> Self {
        let parts: Vec<_> = key.split('/').map(portable).collect();
        Self { folder: parts.join("/"), used: HashSet::new() }
    }

    /// The folder of the scenario, as [`SnapshotName::scenario`] gives it.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The name of the next call. The same label again in a step is numbered from `-2`.
    pub fn name(&mut self, step: &str, label: &str) -> SnapshotName {
        // The last dot parts the call from the step, so the call itself has none.
        let call = if label.contains('.') { distinct(&label.replace('.', "-"), label) } else { label.to_owned() };
        let file = format!("{}.{}", portable(step), portable(&call));
        let mut numbered = file.clone();
        let mut number = 1;
        while !self.used.insert(numbered.to_lowercase()) {
            number += 1;
            numbered = format!("{file}-{number}");
        }
        SnapshotName(format!("{}/{numbered}{EXTENSION}", self.folder))
    }
}

/// The text as a part of a path that every system allows. Texts that have to be changed for it get a digest of what they
/// were, so that two of them never become one.
fn portable(text: &str) -> String {
    let mut part: String = text.chars().map(|c| if is_forbidden(c) { '-' } else { c }).take(LONGEST).collect();
    part.truncate(part.trim_end_matches(['.', ' ']).len());
    let leading = part.len() - part.trim_start_matches(['.', ' ']).len();
    part.drain(..leading);
    if is_device(&part) {
        part.insert(0, '_');
    }
    if part == text && !part.is_empty() { part } else { distinct(&part, text) }
}

fn distinct(part: &str, original: &str) -> String {
    // FNV-1a: stable for ever, which the standard hashers do not promise.
    let digest = original.bytes().fold(0x811c_9dc5_u32, |hash, b| (hash ^ u32::from(b)).wrapping_mul(0x0100_0193));
    format!("{part}-{digest:08x}")
}

fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '[' | ']')
}

/// Names that Windows keeps for devices, whatever extension follows.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |port: &str| {
        stem.strip_prefix(port).is_some_and(|number| {
            let mut characters = number.chars();
            matches!((characters.next(), characters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
    };
    matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}
