//! Finding scenario files: in folders, and in the binary.

use crate::diagnostic::Source;
use include_dir::{Dir, include_dir};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The folder whose files are parts of scenarios, not scenarios.
const FRAGMENTS: &str = "fragments";

/// A scenario file that has been found, not yet read as YAML.
#[derive(Debug, Clone)]
pub struct ScenarioFile {
    /// `<area>/<name>`.
    pub key: String,
    pub source: Arc<Source>,
    /// Where fragments are looked for; `None` in the binary.
    pub folder: Option<PathBuf>,
}

/// The suite in the binary, sorted by key.
pub fn builtin_files() -> Vec<ScenarioFile> {
    let mut files = Vec::new();
    embedded(&BUILT_IN, &mut files);
    files.sort_by(|a, b| a.key.cmp(&b.key));
    files
}

fn embedded(folder: &Dir<'_>, files: &mut Vec<ScenarioFile>) {
    for file in folder.files() {
        let path = file.path();
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml");
        if let (true, Some(text)) = (is_yaml, file.contents_utf8()) {
            let source = Source { path: format!("scenarios/{}", slashed(path)), text: text.to_owned() };
            files.push(ScenarioFile { key: key_of(path), source: Arc::new(source), folder: None });
        }
    }
    for inner in folder.dirs().filter(|inner| !inner.path().ends_with(FRAGMENTS)) {
        embedded(inner, files);
    }
}

/// A file of the binary, by its path below `scenarios/`.
pub(super) fn embedded_text(path: &str) -> Option<&'static str> {
    BUILT_IN.get_file(path)?.contents_utf8()
}

/// The scenario files at a path: the file itself, or every `.yaml` and `.yml` below a folder, sorted by key. Folders
/// named `fragments` and names that begin with a dot are passed over; links to folders are not followed.
///
/// # Errors
/// The path does not exist or cannot be read.
pub fn collect(path: &Path) -> io::Result<Vec<ScenarioFile>> {
    let mut files = Vec::new();
    if fs::metadata(path)?.is_dir() {
        walk(path, path, &mut files)?;
    } else {
        // A single file belongs to the area of its folder: the snapshots of `mine/grow.yaml` stay where they are,
        // whether the file or its folder is played.
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        files.push(read(parent, path)?);
    }
    files.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(files)
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<ScenarioFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || (kind.is_dir() && name == FRAGMENTS) {
            continue;
        }
        if kind.is_dir() {
            walk(root, &path, files)?;
        } else if matches!(path.extension().and_then(|e| e.to_str()), Some("yaml" | "yml")) && path.is_file() {
            files.push(read(root, &path)?);
        }
    }
    Ok(())
}

fn read(root: &Path, path: &Path) -> io::Result<ScenarioFile> {
    let text = fs::read(path)?;
    let text =
        String::from_utf8(text).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8"))?;
    let relative = path.strip_prefix(root).unwrap_or(path);
    // A file directly in the folder takes the folder's name as its area.
    let key = match relative.components().count() {
        1 => {
            let area =
                fs::canonicalize(root).ok().and_then(|root| root.file_name().map(|n| n.to_string_lossy().into_owned()));
            format!("{}/{}", area.unwrap_or_else(|| "local".to_owned()), key_of(relative))
        }
        _ => key_of(relative),
    };
    let source = Source { path: slashed(path), text: text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned() };
    Ok(ScenarioFile { key, source: Arc::new(source), folder: path.parent().map(Path::to_owned) })
}

fn key_of(path: &Path) -> String {
    slashed(&path.with_extension(""))
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
