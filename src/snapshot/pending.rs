//! Snapshots that wait for somebody to look at them: `.snap.new` files, beside the accepted ones or in a run's folder.
//!
//! Nothing that a person accepted is lost on the way: files take each other's place as a whole, and only
//! [`accept`] touches an accepted one.

use super::{
    error::SnapshotError,
    files,
    format::{self, Header},
    name::{PENDING, SnapshotName},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A pending snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub name: SnapshotName,
    /// The `.snap.new` file.
    pub file: PathBuf,
    /// True when nothing is accepted under this name in the same folder.
    pub is_new: bool,
}

impl Pending {
    /// The content that waits.
    ///
    /// # Errors
    /// The file is gone or cannot be read.
    pub fn content(&self) -> Result<String, SnapshotError> {
        let bytes = fs::read(&self.file).map_err(SnapshotError::io("read", &self.file))?;
        format::content(&self.file, bytes)
    }
}

/// Writes a pending snapshot below `root`, over an older pending one. Where the same content is accepted already, a
/// pending file has nothing to say: it is removed and `None` comes back.
///
/// # Errors
/// The file cannot be written.
pub fn write_pending(
    root: &Path,
    name: &SnapshotName,
    header: &Header,
    content: &str,
) -> Result<Option<PathBuf>, SnapshotError> {
    put(root, name, content, || format::write(header, content).into_bytes())
}

/// Removes the pending snapshot of a call that answers as accepted again; true if there was one.
///
/// # Errors
/// The file cannot be removed.
pub fn discard_pending(root: &Path, name: &SnapshotName) -> Result<bool, SnapshotError> {
    let file = name.pending_file(root);
    files::refuse_links(root, &file)?;
    files::remove(&file)
}

/// The pending snapshots below a folder, sorted by name.
///
/// # Errors
/// The folder cannot be listed.
pub fn pending(root: &Path) -> Result<Vec<Pending>, SnapshotError> {
    let files = files::list(root)?;
    let is_accepted = |name: &SnapshotName| files.binary_search_by(|file| file.as_str().cmp(name.as_str())).is_ok();
    // Other files that lie there are none of ours.
    let names = files.iter().filter_map(|file| SnapshotName::parse(file.strip_suffix(PENDING)?).ok());
    let mut found: Vec<_> =
        names.map(|name| Pending { file: name.pending_file(root), is_new: !is_accepted(&name), name }).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Accepts the pending snapshots that `filter` selects, and says which. One that cannot be read is refused, because it
/// would take the place of one that can.
///
/// # Errors
/// A file cannot be read or moved; what was accepted before it stays so, the others stay pending.
pub fn accept(root: &Path, filter: impl Fn(&SnapshotName) -> bool) -> Result<Vec<SnapshotName>, SnapshotError> {
    let mut accepted = Vec::new();
    for pending in pending(root)?.into_iter().filter(|pending| filter(&pending.name)) {
        let file = pending.name.file(root);
        files::refuse_links(root, &file)?;
        if is_accepted(root, &pending.name, &pending.content()?)? {
            files::remove(&pending.file)?;
        } else {
            files::sync(&pending.file)?;
            fs::rename(&pending.file, &file).map_err(SnapshotError::io("write", &file))?;
        }
        accepted.push(pending.name);
    }
    Ok(accepted)
}

/// Removes the pending snapshots that `filter` selects, and says which.
///
/// # Errors
/// A file cannot be removed.
pub fn reject(root: &Path, filter: impl Fn(&SnapshotName) -> bool) -> Result<Vec<SnapshotName>, SnapshotError> {
    let mut rejected = Vec::new();
    for pending in pending(root)?.into_iter().filter(|pending| filter(&pending.name)) {
        files::remove(&pending.file)?;
        rejected.push(pending.name);
    }
    Ok(rejected)
}

/// Copies the pending snapshots of a run's folder that `filter` selects to a folder of snapshots, where they are pending
/// until they are accepted, and says which. What is accepted there with the same content is left out. The run's folder
/// stays as it is.
///
/// # Errors
/// A file cannot be read or written.
pub fn copy_pending(
    from: &Path,
    to: &Path,
    filter: impl Fn(&SnapshotName) -> bool,
) -> Result<Vec<SnapshotName>, SnapshotError> {
    let mut copied = Vec::new();
    for pending in pending(from)?.into_iter().filter(|pending| filter(&pending.name)) {
        let bytes = fs::read(&pending.file).map_err(SnapshotError::io("read", &pending.file))?;
        let content = format::content(&pending.file, bytes.clone())?;
        if put(to, &pending.name, &content, || bytes)?.is_some() {
            copied.push(pending.name);
        }
    }
    Ok(copied)
}

fn put(
    root: &Path,
    name: &SnapshotName,
    content: &str,
    bytes: impl FnOnce() -> Vec<u8>,
) -> Result<Option<PathBuf>, SnapshotError> {
    if is_accepted(root, name, content)? {
        discard_pending(root, name)?;
        return Ok(None);
    }
    let file = name.pending_file(root);
    files::write(root, &file, &bytes())?;
    Ok(Some(file))
}

/// True when the accepted file holds exactly this content. One that cannot be read does not.
fn is_accepted(root: &Path, name: &SnapshotName, content: &str) -> Result<bool, SnapshotError> {
    let file = name.file(root);
    let bytes = files::read(&file)?;
    Ok(bytes.is_some_and(|bytes| format::content(&file, bytes).is_ok_and(|accepted| accepted == content)))
}
