//! Where accepted snapshots are looked up.

use super::{
    compare::{Comparison, compare},
    error::SnapshotError,
    files, format,
    name::SnapshotName,
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// The snapshots that somebody accepted.
pub trait Accepted: fmt::Debug + Send + Sync {
    /// The accepted content, `None` if there is none.
    ///
    /// # Errors
    /// There is a snapshot and it cannot be read.
    fn get(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError>;

    /// The same by the slower way that has the last word, asked before something is called a difference.
    ///
    /// # Errors
    /// As for [`Accepted::get`].
    fn get_carefully(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        self.get(name)
    }
}

/// Compares an answer's content with what was accepted under this name.
///
/// # Errors
/// The accepted snapshot cannot be read.
pub fn judge(accepted: &dyn Accepted, name: &SnapshotName, actual: &str) -> Result<Comparison, SnapshotError> {
    match compare(accepted.get(name)?.as_deref(), actual) {
        Comparison::Changed(_) => Ok(compare(accepted.get_carefully(name)?.as_deref(), actual)),
        decided => Ok(decided),
    }
}

/// The names of the accepted snapshots below a folder that no call used, sorted. Only a run that left nothing out can
/// tell.
///
/// # Errors
/// The folder cannot be listed.
pub fn unreferenced(root: &Path, used: &HashSet<SnapshotName>) -> Result<Vec<SnapshotName>, SnapshotError> {
    let files = files::list(root)?;
    // Other files that lie there are none of ours.
    let names = files.iter().filter_map(|file| SnapshotName::parse(file).ok());
    Ok(names.filter(|name| !used.contains(name)).collect())
}

/// A folder of `.snap` files.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Folders that are no links: asking again for every file would double the cost of a look-up.
    checked: Mutex<HashSet<PathBuf>>,
}

impl Folder {
    /// The folder need not exist: then nothing was accepted.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), checked: Mutex::default() }
    }

    /// Where the folder is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn refuse_links(&self, file: &Path) -> Result<(), SnapshotError> {
        let folder = file.parent().unwrap_or(&self.root);
        if !self.checked.lock().unwrap_or_else(PoisonError::into_inner).contains(folder) {
            files::refuse_links(&self.root, folder)?;
            self.checked.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
        }
        files::refuse_links(folder, file)
    }
}

impl Accepted for Folder {
    fn get(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        let file = name.file(&self.root);
        self.refuse_links(&file)?;
        let Some(bytes) = files::read(&file)? else { return Ok(None) };
        Ok(Some(Cow::Owned(format::content(&file, bytes)?)))
    }

    fn get_carefully(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        let file = name.file(&self.root);
        self.refuse_links(&file)?;
        // insta refuses some headers that a person may well leave behind, an empty one for example. Then ours stands.
        format::through_insta(&file).map_or_else(|_| self.get(name), |content| Ok(Some(Cow::Owned(content))))
    }
}

/// Snapshots that are part of the program.
#[derive(Debug)]
pub struct Embedded {
    /// The embedded folder, for messages.
    root: PathBuf,
    files: HashMap<String, &'static [u8]>,
}

impl Embedded {
    /// `folder` holds `<area>/…` as a folder of snapshots does; it may be a subfolder of what is embedded.
    pub fn new(folder: &include_dir::Dir<'static>) -> Self {
        let mut files = HashMap::new();
        collect(folder, folder.path(), &mut files);
        Self { root: folder.path().to_owned(), files }
    }
}

fn collect(folder: &include_dir::Dir<'static>, root: &Path, files: &mut HashMap<String, &'static [u8]>) {
    for file in folder.files() {
        let path = file.path().strip_prefix(root).unwrap_or(file.path());
        files.insert(path.to_string_lossy().replace('\\', "/"), file.contents());
    }
    for inner in folder.dirs() {
        collect(inner, root, files);
    }
}

impl Accepted for Embedded {
    fn get(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        let Some(bytes) = self.files.get(name.as_str()) else { return Ok(None) };
        let unreadable =
            |reason: &str| SnapshotError::Unreadable { path: name.file(&self.root), reason: reason.to_owned() };
        let text = std::str::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8"))?;
        format::read(text).map(Some).map_err(unreadable)
    }
}

/// Several places; the first that has a snapshot is asked.
#[derive(Debug, Default)]
pub struct Layered(pub Vec<Box<dyn Accepted>>);

impl Accepted for Layered {
    fn get(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        first(&self.0, |layer| layer.get(name))
    }

    fn get_carefully(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        first(&self.0, |layer| match layer.get(name)? {
            Some(_) => layer.get_carefully(name),
            None => Ok(None),
        })
    }
}

type Found<'a> = Result<Option<Cow<'a, str>>, SnapshotError>;

fn first<'a>(layers: &'a [Box<dyn Accepted>], look: impl Fn(&'a dyn Accepted) -> Found<'a>) -> Found<'a> {
    layers.iter().map(|layer| look(&**layer)).find(|found| !matches!(found, Ok(None))).unwrap_or(Ok(None))
}

impl<A: Accepted + ?Sized> Accepted for &A {
    fn get(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        (**self).get(name)
    }
    fn get_carefully(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        (**self).get_carefully(name)
    }
}

impl<A: Accepted + ?Sized> Accepted for Box<A> {
    fn get(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        (**self).get(name)
    }
    fn get_carefully(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        (**self).get_carefully(name)
    }
}
