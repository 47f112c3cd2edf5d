//! The accepted snapshots that a run was judged against, kept with the run: whoever judges it again, on another machine
//! and after other snapshots were accepted, comes to the same verdict.

use super::{
    error::SnapshotError,
    format::{self, Header},
    name::SnapshotName,
    store::Accepted,
};
use crate::json;
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Looks snapshots up and writes down what was found, once for each name.
#[derive(Debug)]
pub struct Recording<A> {
    inner: A,
    path: PathBuf,
    state: Mutex<Written>,
}

#[derive(Debug)]
struct Written {
    file: File,
    names: HashSet<SnapshotName>,
    /// Lines that are not in the file yet.
    lines: Vec<u8>,
}

impl<A: Accepted> Recording<A> {
    /// Starts `baseline.jsonl` of a run; an existing one is never overwritten.
    ///
    /// # Errors
    /// The file exists or cannot be created.
    pub fn create(path: &Path, inner: A) -> Result<Self, SnapshotError> {
        let file =
            OpenOptions::new().write(true).create_new(true).open(path).map_err(SnapshotError::io("create", path))?;
        let state = Mutex::new(Written { file, names: HashSet::new(), lines: Vec::new() });
        Ok(Self { inner, path: path.to_owned(), state })
    }

    /// Forces what was written to the disk.
    ///
    /// # Errors
    /// The operating system says so.
    pub fn sync(&self) -> Result<(), SnapshotError> {
        self.flush()?;
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.file.sync_all().map_err(SnapshotError::io("write", &self.path))
    }

    /// Writes what has been looked up since the last time: once for each scenario that has been judged. A scenario that
    /// was not finished is not compared again either, so a killed run loses nothing that counts.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn flush(&self) -> Result<(), SnapshotError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = std::mem::take(&mut state.lines);
        if lines.is_empty() {
            return Ok(());
        }
        state.file.write_all(&lines).map_err(SnapshotError::io("write", &self.path))
    }

    fn record(&self, name: &SnapshotName, content: Option<&str>) -> Result<(), SnapshotError> {
        // Put together by hand: a tree would copy a catalogue of megabytes once more.
        let mut line = Vec::with_capacity(64 + name.as_str().len() + content.map_or(0, |text| text.len() * 9 / 8));
        line.extend_from_slice(b"{\"name\":");
        json::escape(name.as_str(), &mut line);
        line.extend_from_slice(b",\"content\":");
        match content {
            Some(content) => json::escape(content, &mut line),
            None => line.extend_from_slice(b"null"),
        }
        line.extend_from_slice(b"}\n");
        self.state.lock().unwrap_or_else(PoisonError::into_inner).lines.extend_from_slice(&line);
        Ok(())
    }
}

impl<A: Accepted> Accepted for Recording<A> {
    fn get(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        let content = self.inner.get(name)?;
        let first = self.state.lock().unwrap_or_else(PoisonError::into_inner).names.insert(name.clone());
        if first {
            self.record(name, content.as_deref())?;
        }
        Ok(content)
    }

    fn get_carefully(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        let content = self.inner.get_carefully(name)?;
        // The last line of a name counts, and this is what the verdict was made from.
        if self.get(name)? != content {
            self.record(name, content.as_deref())?;
        }
        Ok(content)
    }
}

/// A `baseline.jsonl` that has been read. Only the places of its lines are kept in memory.
#[derive(Debug)]
pub struct Baseline {
    path: PathBuf,
    text: Text,
    lines: HashMap<SnapshotName, Line>,
}

#[derive(Debug)]
enum Text {
    File(Mutex<File>),
    Memory(Vec<u8>),
}

#[derive(Debug, Clone, Copy)]
struct Line {
    number: usize,
    offset: u64,
    length: usize,
}

impl Baseline {
    /// Reads the file. A last line without an end is that of a killed run and is left out; of several lines of one name
    /// the last counts.
    ///
    /// # Errors
    /// The file cannot be read, or a line is not what [`Recording`] writes.
    pub fn open(path: &Path) -> Result<Self, SnapshotError> {
        let file = File::open(path).map_err(SnapshotError::io("read", path))?;
        let lines = Self::index(path, BufReader::new(&file))?;
        Ok(Self { path: path.to_owned(), text: Text::File(Mutex::new(file)), lines })
    }

    /// The same for what is in memory; the path is for messages.
    ///
    /// # Errors
    /// A line is not what [`Recording`] writes.
    pub fn of(path: &Path, text: Vec<u8>) -> Result<Self, SnapshotError> {
        let lines = Self::index(path, text.as_slice())?;
        Ok(Self { path: path.to_owned(), text: Text::Memory(text), lines })
    }

    fn index(path: &Path, mut reader: impl BufRead) -> Result<HashMap<SnapshotName, Line>, SnapshotError> {
        let io = |source| SnapshotError::Io { action: "read", path: path.to_owned(), source };
        let (mut lines, mut bytes) = (HashMap::new(), Vec::new());
        let mut line = Line { number: 0, offset: 0, length: 0 };
        loop {
            line = Line { number: line.number + 1, offset: line.offset + line.length as u64, length: 0 };
            bytes.clear();
            line.length = reader.read_until(b'\n', &mut bytes).map_err(io)?;
            if bytes.last() != Some(&b'\n') {
                break;
            }
            let (name, _) = parse(&bytes).map_err(|reason| broken(path, line.number, reason))?;
            lines.insert(name, line);
        }
        Ok(lines)
    }
}

impl Baseline {
    /// True when the snapshot was looked up, whether it was there or not.
    pub fn knows(&self, name: &SnapshotName) -> bool {
        self.lines.contains_key(name)
    }

    /// All of it, where it does not lie in a file.
    pub fn text(&self) -> &[u8] {
        match &self.text {
            Text::File(_) => &[],
            Text::Memory(text) => text,
        }
    }

    /// The snapshots that were accepted, as the files that hold them: path and text, in the order of the paths.
    ///
    /// # Errors
    /// The file changed under our feet.
    pub fn files(&self) -> Result<Vec<(String, String)>, SnapshotError> {
        let mut names: Vec<&SnapshotName> = self.lines.keys().collect();
        names.sort_unstable();
        let mut files = Vec::new();
        for name in names {
            let Some(content) = self.get(name)? else { continue };
            let call = name.as_str().rsplit('/').next().unwrap_or_default().trim_end_matches(".snap");
            let header = Header { source: format!("scenarios/{}.yaml", name.scenario()), expression: call.to_owned() };
            files.push((name.as_str().to_owned(), format::write(&header, &content)));
        }
        Ok(files)
    }
}

impl Accepted for Baseline {
    fn get(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        let Some(line) = self.lines.get(name) else { return Ok(None) };
        let bytes = match &self.text {
            Text::Memory(text) => {
                let start = usize::try_from(line.offset).unwrap_or(usize::MAX);
                let end = start.saturating_add(line.length);
                Cow::Borrowed(text.get(start..end).unwrap_or_default())
            }
            Text::File(file) => {
                let mut bytes = vec![0; line.length];
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(line.offset))
                    .and_then(|_| file.read_exact(&mut bytes))
                    .map_err(SnapshotError::io("read", &self.path))?;
                Cow::Owned(bytes)
            }
        };
        match parse(&bytes) {
            Ok((found, content)) if found == *name => Ok(content.map(Cow::Owned)),
            Ok(_) => Err(broken(&self.path, line.number, "this is another line than before".to_owned())),
            Err(reason) => Err(broken(&self.path, line.number, reason)),
        }
    }
}

fn broken(path: &Path, line: usize, reason: String) -> SnapshotError {
    SnapshotError::Baseline { path: path.to_owned(), line, reason }
}

fn parse(line: &[u8]) -> Result<(SnapshotName, Option<String>), String> {
    let mut value: Value = serde_json::from_slice(line).map_err(|error| format!("this is not JSON ({error})"))?;
    let name = value.get("name").and_then(Value::as_str).ok_or("this line names no snapshot")?;
    let name = SnapshotName::parse(name).map_err(|error| error.to_string())?;
    match value.get_mut("content").map(Value::take) {
        Some(Value::String(content)) => Ok((name, Some(content))),
        Some(Value::Null) => Ok((name, None)),
        _ => Err("this line has no content".to_owned()),
    }
}
