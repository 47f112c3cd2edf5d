//! Files before and after a decision, so that every decision can be taken back.

use super::{error::SnapshotError, files};
use std::path::{Path, PathBuf};

/// What a decision does to files. Nothing happens before [`Edits::apply`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits(Vec<Edit>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    /// No link is followed below this folder.
    root: PathBuf,
    file: PathBuf,
    /// `None`: there is no such file.
    before: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
}

impl Edits {
    /// Adds a file below `root`; `None` stands for no file. What does not change is left out.
    pub fn add(&mut self, root: &Path, file: PathBuf, before: Option<Vec<u8>>, after: Option<Vec<u8>>) {
        if before != after {
            self.0.push(Edit { root: root.to_owned(), file, before, after });
        }
    }

    /// True when no file changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes all files, or none.
    ///
    /// # Errors
    /// A file is not as it was when the decision was made, or cannot be written; then all are as they were.
    pub fn apply(&self) -> Result<(), SnapshotError> {
        put(self.0.iter().map(|edit| (edit, &edit.before, &edit.after)).collect())
    }

    /// Puts all files back as they were, or none.
    ///
    /// # Errors
    /// A file is not as the decision left it, or cannot be written; then all stay as they are.
    pub fn undo(&self) -> Result<(), SnapshotError> {
        put(self.0.iter().rev().map(|edit| (edit, &edit.after, &edit.before)).collect())
    }
}

type State = Option<Vec<u8>>;

fn put(edits: Vec<(&Edit, &State, &State)>) -> Result<(), SnapshotError> {
    // What somebody else wrote in the meantime is nobody's to overwrite.
    for (edit, from, _) in &edits {
        if files::read(&edit.file)? != **from {
            return Err(SnapshotError::Meanwhile { path: edit.file.clone() });
        }
    }
    for (index, (edit, _, to)) in edits.iter().enumerate() {
        if let Err(error) = write(edit, to) {
            for (edit, from, _) in edits[..index].iter().rev() {
                let _ = write(edit, from);
            }
            return Err(error);
        }
    }
    Ok(())
}

fn write(edit: &Edit, bytes: &State) -> Result<(), SnapshotError> {
    match bytes {
        Some(bytes) => files::replace(&edit.root, &edit.file, bytes),
        None => {
            files::refuse_links(&edit.root, &edit.file)?;
            files::remove(&edit.file).map(drop)
        }
    }
}
