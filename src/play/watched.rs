//! Waiting for files to change. They are looked at again and again: that works on every system and for every editor,
//! whether it writes a file in place or puts another one there.

use super::Stop;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};
use tokio::sync::watch;

/// How often is looked.
const EVERY: Duration = Duration::from_millis(300);

/// When a file was changed last, in nanoseconds, and how long it is.
type Look = BTreeMap<PathBuf, (u128, u64)>;

/// Files, and folders with all YAML files below them.
#[derive(Debug, Default)]
pub struct Watched {
    roots: BTreeSet<PathBuf>,
    seen: Look,
}

impl Watched {
    /// Looks at these from now on. What is new to be looked at has not changed by that.
    pub fn follow(&mut self, roots: BTreeSet<PathBuf>) {
        if roots != self.roots {
            for (path, state) in look(&roots) {
                self.seen.entry(path).or_insert(state);
            }
            self.roots = roots;
        }
    }

    /// How many files are looked at.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// True when there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Waits until files are different from when they were looked at last, and stay so for one more look: an editor may
    /// write in several steps. `None` when the user wants to stop.
    pub async fn change(&mut self, stop: &mut watch::Receiver<Stop>) -> Option<BTreeSet<PathBuf>> {
        loop {
            let now = look(&self.roots);
            if now != self.seen {
                if pause(stop).await {
                    return None;
                }
                if look(&self.roots) != now {
                    continue;
                }
                let changed = differing(&self.seen, &now);
                self.seen = now;
                return Some(changed);
            }
            if pause(stop).await {
                return None;
            }
        }
    }
}

/// True when the user wants to stop.
async fn pause(stop: &mut watch::Receiver<Stop>) -> bool {
    tokio::select! {
        () = tokio::time::sleep(EVERY) => false,
        _ = stop.wait_for(|stop| *stop != Stop::No) => true,
    }
}

fn differing(one: &Look, other: &Look) -> BTreeSet<PathBuf> {
    let paths = one.keys().chain(other.keys());
    paths.filter(|path| one.get(*path) != other.get(*path)).cloned().collect()
}

fn look(roots: &BTreeSet<PathBuf>) -> Look {
    let mut look = Look::new();
    for root in roots {
        walk(root, true, &mut look);
    }
    look
}

/// A named file is looked at whatever it is called; below a folder it is the YAML files.
fn walk(path: &Path, named: bool, look: &mut Look) {
    let Ok(metadata) = (if named { fs::metadata(path) } else { fs::symlink_metadata(path) }) else { return };
    if metadata.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            if !entry.file_name().to_string_lossy().starts_with('.') {
                walk(&entry.path(), false, look);
            }
        }
    } else if named || matches!(path.extension().and_then(|e| e.to_str()), Some("yaml" | "yml")) {
        let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        look.insert(path.to_owned(), (modified.unwrap_or_default().as_nanos(), metadata.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn changes_are_seen_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        file("one.yaml", "1");
        let mut watched = Watched::default();
        watched.follow([folder.path().to_owned()].into());
        assert_eq!(watched.len(), 1);
        let (sender, mut stop) = watch::channel(Stop::No);
        file("notes.txt", "new, but no scenario");
        file("two.yaml", "22");
        file("one.yaml", "changed");
        let changed = watched.change(&mut stop).await.unwrap();
        let names: Vec<_> = changed.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["one.yaml", "two.yaml"]);
        fs::remove_file(folder.path().join("two.yaml")).unwrap();
        assert_eq!(watched.change(&mut stop).await.unwrap().len(), 1, "a file that goes away has changed");
        sender.send(Stop::Soon).unwrap();
        assert_eq!(watched.change(&mut stop).await, None);
    }

    #[test]
    fn another_folder_is_no_change() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(folder.path().join("sub/a.yaml"), "1").unwrap();
        let mut watched = Watched::default();
        watched.follow([folder.path().join("sub/a.yaml")].into());
        watched.follow([folder.path().to_owned()].into());
        assert_eq!(look(&watched.roots), watched.seen);
    }
}
