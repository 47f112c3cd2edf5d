//! Files below a folder of snapshots: written as a whole or not at all, and never reached through a link.

use super::error::SnapshotError;
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

/// Temporary files start with a dot, so whatever a killed run leaves is passed over.
const TEMPORARY: &str = ".mock-bss-";

/// Writes the file through a temporary one in the same folder, so that readers see the old or the new file and never a
/// part of one. Folders are made as needed.
pub(super) fn write(root: &Path, file: &Path, bytes: &[u8]) -> Result<(), SnapshotError> {
    let (temporary, _) = temporary(root, file, bytes)?;
    temporary.persist(file).map_err(|error| SnapshotError::io("write", file)(error.error))?;
    Ok(())
}

/// The same for a file that somebody may have made private: it keeps its permissions, and is on the disk before it
/// takes the place of the old one.
pub(super) fn replace(root: &Path, file: &Path, bytes: &[u8]) -> Result<(), SnapshotError> {
    let (temporary, old) = temporary(root, file, bytes)?;
    if let Some(permissions) = old {
        temporary.as_file().set_permissions(permissions).map_err(SnapshotError::io("write", file))?;
    }
    temporary.as_file().sync_all().map_err(SnapshotError::io("write", file))?;
    temporary.persist(file).map_err(|error| SnapshotError::io("write", file)(error.error))?;
    Ok(())
}

/// A temporary file beside the one that it will replace, and the permissions of that one.
fn temporary(
    root: &Path,
    file: &Path,
    bytes: &[u8],
) -> Result<(tempfile::NamedTempFile, Option<fs::Permissions>), SnapshotError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(root);
    refuse_links(root, file)?;
    fs::create_dir_all(folder).map_err(SnapshotError::io("create", folder))?;
    let old = fs::metadata(file).ok().map(|metadata| metadata.permissions());
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).suffix(".tmp");
    // Temporary files are private by default; snapshots are shared like any other source file. One that takes the place
    // of a private file must not be readable for others even before it does.
    #[cfg(unix)]
    builder.permissions({
        use std::os::unix::fs::PermissionsExt;
        fs::Permissions::from_mode(old.as_ref().map_or(0o666, |old| old.mode() & 0o666))
    });
    let mut temporary = builder.tempfile_in(folder).map_err(SnapshotError::io("write in", folder))?;
    temporary.write_all(bytes).map_err(SnapshotError::io("write", file))?;
    Ok((temporary, old))
}

/// The bytes of a file, `None` if there is none.
pub(super) fn read(file: &Path) -> Result<Option<Vec<u8>>, SnapshotError> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(SnapshotError::io("read", file)(error)),
    }
}

/// Removes a file; true if there was one.
pub(super) fn remove(file: &Path) -> Result<bool, SnapshotError> {
    match fs::remove_file(file) {
        Ok(()) => Ok(true),
        Err(error) if is_absent(&error) => Ok(false),
        Err(error) => Err(SnapshotError::io("remove", file)(error)),
    }
}

/// Fails if `path`, or a folder on the way from `root` to it, is a symbolic link. What does not exist yet is none.
pub(super) fn refuse_links(root: &Path, path: &Path) -> Result<(), SnapshotError> {
    for place in path.ancestors().take_while(|place| *place != root) {
        match fs::symlink_metadata(place) {
            Ok(metadata) if metadata.is_symlink() => return Err(SnapshotError::Link { path: place.to_owned() }),
            Ok(_) => {}
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(SnapshotError::io("read", place)(error)),
        }
    }
    Ok(())
}

/// The files below a folder by their path with slashes, sorted. Links and hidden files are passed over; a folder that
/// does not exist has no files.
pub(super) fn list(root: &Path) -> Result<Vec<String>, SnapshotError> {
    let mut files = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => continue,
            Err(error) => return Err(SnapshotError::io("list", &folder)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(SnapshotError::io("list", &folder))?;
            let kind = entry.file_type().map_err(SnapshotError::io("list", &folder))?;
            let Some(name) = entry.file_name().to_str().filter(|name| !name.starts_with('.')).map(str::to_owned) else {
                continue;
            };
            if kind.is_dir() {
                folders.push((entry.path(), format!("{prefix}{name}/")));
            } else if kind.is_file() {
                files.push(format!("{prefix}{name}"));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Forces a file to the disk before it takes the place of another one.
pub(super) fn sync(file: &PathBuf) -> Result<(), SnapshotError> {
    let open = fs::OpenOptions::new().write(true).open(file);
    open.and_then(|file| file.sync_all()).map_err(SnapshotError::io("write", file))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
