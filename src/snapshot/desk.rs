//! What the decisions of a review do to files: accepted ones on one side of the desk, those that wait on the other.

use super::{
    edits::Edits,
    error::SnapshotError,
    files, format,
    name::SnapshotName,
    pending::pending,
    redact::Redactions,
    review::{Compared, Item},
};
use std::path::PathBuf;

/// A folder of accepted snapshots, and the folder where others wait: the same one, or that of a run.
#[derive(Debug, Clone)]
pub struct Desk {
    accepted: PathBuf,
    waiting: PathBuf,
}

/// What hiding a value would do.
#[derive(Debug, Default)]
pub struct Redacted {
    pub edits: Edits,
    /// Pending snapshots that hold the value: what is accepted and what waits, both with the value hidden.
    pub pending: Vec<(SnapshotName, Option<String>, String)>,
    /// Accepted snapshots that hold it.
    pub accepted: usize,
}

impl Desk {
    /// `accepted` need not exist.
    pub fn new(accepted: impl Into<PathBuf>, waiting: impl Into<PathBuf>) -> Self {
        Self { accepted: accepted.into(), waiting: waiting.into() }
    }

    /// The pending snapshots that `filter` selects, by name. Those that say the same as the accepted ones are left out:
    /// there is nothing to decide about them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn items(&self, filter: impl Fn(&SnapshotName) -> bool) -> Result<Vec<Item>, SnapshotError> {
        let mut items = Vec::new();
        for found in pending(&self.waiting)?.into_iter().filter(|found| filter(&found.name)) {
            let Some(bytes) = files::read(&found.file)? else { continue };
            let header = format::header(&String::from_utf8_lossy(&bytes));
            let new = format::content(&found.file, bytes)?;
            let compared = Compared::new(header, self.accepted_content(&found.name)?, new);
            items.extend(Some(Item::new(found.name, compared)).filter(|item| !item.compared.is_same()));
        }
        Ok(items)
    }

    /// Pending snapshots take the place of the accepted ones. Those in a run's folder stay there as well.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn accept(&self, names: &[&SnapshotName]) -> Result<Edits, SnapshotError> {
        let mut edits = Edits::default();
        for name in names {
            let (file, waiting) = (name.file(&self.accepted), name.pending_file(&self.waiting));
            let Some(bytes) = files::read(&waiting)? else {
                return Err(SnapshotError::Meanwhile { path: waiting });
            };
            edits.add(&self.accepted, file.clone(), files::read(&file)?, Some(bytes));
            let beside = name.pending_file(&self.accepted);
            let old = files::read(&beside)?;
            edits.add(&self.accepted, beside, old, None);
        }
        Ok(edits)
    }

    /// A pending snapshot is thrown away.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn reject(&self, name: &SnapshotName) -> Result<Edits, SnapshotError> {
        let mut edits = Edits::default();
        let file = name.pending_file(&self.waiting);
        let old = files::read(&file)?;
        edits.add(&self.waiting, file, old, None);
        Ok(edits)
    }

    /// A value is hidden wherever it stands: in what waits and in what was accepted, as the next run will take it. What
    /// says the same then waits no longer.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn redact(&self, rule: &Redactions) -> Result<Redacted, SnapshotError> {
        let mut done = Redacted::default();
        for found in pending(&self.waiting)? {
            let Some(bytes) = files::read(&found.file)? else { continue };
            let Some(hidden) = rule.hide(&format::content(&found.file, bytes.clone())?) else { continue };
            let old = self.accepted_content(&found.name)?.map(|old| rule.hide(&old).unwrap_or(old));
            let same = Compared::new(format::Header::default(), old.clone(), hidden.clone()).is_same();
            let after = if same { None } else { Some(with(&bytes, &hidden)) };
            done.edits.add(&self.waiting, found.file, Some(bytes), after);
            done.pending.push((found.name, old, hidden));
        }
        for name in files::list(&self.accepted)?.iter().filter_map(|file| SnapshotName::parse(file).ok()) {
            let file = name.file(&self.accepted);
            let Some(bytes) = files::read(&file)? else { continue };
            // One that cannot be read is reported by whoever needs it.
            let Ok(content) = format::content(&file, bytes.clone()) else { continue };
            let Some(hidden) = rule.hide(&content) else { continue };
            let after = Some(with(&bytes, &hidden));
            done.edits.add(&self.accepted, file, Some(bytes), after);
            done.accepted += 1;
        }
        Ok(done)
    }

    fn accepted_content(&self, name: &SnapshotName) -> Result<Option<String>, SnapshotError> {
        let file = name.file(&self.accepted);
        files::refuse_links(&self.accepted, &file)?;
        files::read(&file)?.map(|bytes| format::content(&file, bytes)).transpose()
    }
}

/// The file with another content.
fn with(bytes: &[u8], content: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    format::with_content(&text, content).unwrap_or_else(|| format::write(&format::header(&text), content)).into_bytes()
}
