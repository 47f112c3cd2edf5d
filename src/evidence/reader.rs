//! Reading `evidence.jsonl`: an index of lines by scenario, so that one scenario at a time is held in memory.

use super::{Planned, RunFinished, RunStarted, SCHEMA, ScenarioEvidence};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// A recorded run.
#[derive(Debug)]
pub struct EvidenceFile {
    path: PathBuf,
    /// All of it, where it does not lie in a file.
    text: Option<Vec<u8>>,
    pub run: RunStarted,
    pub planned: Option<Planned>,
    pub finished: Option<RunFinished>,
    /// How many lines there are, and how many bytes they take; what a killed run has left behind them is not counted.
    pub lines: u64,
    pub length: u64,
    /// The lines of the events that belong to no scenario, counted from 1: as a rule the first, the plan, and the last.
    pub framing: Vec<(u64, Framing)>,
    /// Scenario → offset and length of its lines.
    index: BTreeMap<u32, Vec<(u64, usize)>>,
}

/// An event that belongs to no scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    RunStarted,
    Planned,
    RunFinished,
}

/// Why evidence cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}:{line}: this is not an event of a run: {reason}", path.display())]
    Line { path: PathBuf, line: usize, reason: String },
    #[error("{}: written by a newer mock-bss (format {found}, this one reads up to {SCHEMA})", path.display())]
    Newer { path: PathBuf, found: u32 },
    #[error("{}: the run did not even start", path.display())]
    Empty { path: PathBuf },
}

/// Just enough of an event to know where it belongs.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    RunStarted(Box<RunStarted>),
    Planned(Planned),
    ScenarioStarted(OfScenario),
    StepStarted(OfScenario),
    Sent(OfScenario),
    Answered(OfScenario),
    Probed(OfScenario),
    StepFinished(OfScenario),
    ScenarioFinished(OfScenario),
    RunFinished(RunFinished),
}

#[derive(Deserialize)]
struct OfScenario {
    scenario: u32,
}

impl EvidenceFile {
    /// Reads the file once and remembers where each scenario's lines are. A last line without its line feed is what a
    /// killed run leaves: it is ignored.
    ///
    /// # Errors
    /// The file cannot be read, or a complete line is not an event.
    pub fn open(path: &Path) -> Result<Self, EvidenceError> {
        let file = File::open(path).map_err(|source| EvidenceError::Io { path: path.to_owned(), source })?;
        Self::index(path, BufReader::new(file), |_| None)
    }

    /// The same for a file that this process has written itself: most lines say at their beginning where they belong,
    /// and are not read any further.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open_own(path: &Path) -> Result<Self, EvidenceError> {
        let file = File::open(path).map_err(|source| EvidenceError::Io { path: path.to_owned(), source })?;
        Self::index(path, BufReader::new(file), scenario_of)
    }

    /// The same for what is in memory; the path is for messages.
    ///
    /// # Errors
    /// A complete line is not an event.
    pub fn of(path: &Path, text: Vec<u8>) -> Result<Self, EvidenceError> {
        let file = Self::index(path, text.as_slice(), |_| None)?;
        Ok(Self { text: Some(text), ..file })
    }

    fn index(path: &Path, mut lines: impl BufRead, known: fn(&[u8]) -> Option<u32>) -> Result<Self, EvidenceError> {
        let io = |source| EvidenceError::Io { path: path.to_owned(), source };
        let (mut run, mut planned, mut finished) = (None, None, None);
        let mut index: BTreeMap<u32, Vec<(u64, usize)>> = BTreeMap::new();
        let (mut offset, mut number, mut line) = (0, 0, Vec::new());
        let mut framing = Vec::new();
        loop {
            line.clear();
            let length = lines.read_until(b'\n', &mut line).map_err(io)?;
            if length == 0 || line.last() != Some(&b'\n') {
                break;
            }
            number += 1;
            let wrong = |reason: String| EvidenceError::Line { path: path.to_owned(), line: number, reason };
            let place = match known(&line) {
                Some(scenario) => Place::Sent(OfScenario { scenario }),
                None => serde_json::from_slice(&line).map_err(|error| wrong(error.to_string()))?,
            };
            match place {
                Place::RunStarted(started) if started.schema > SCHEMA => {
                    return Err(EvidenceError::Newer { path: path.to_owned(), found: started.schema });
                }
                Place::RunStarted(started) => {
                    framing.push((number as u64, Framing::RunStarted));
                    run = Some(*started);
                }
                Place::Planned(plan) => {
                    framing.push((number as u64, Framing::Planned));
                    planned = Some(plan);
                }
                Place::RunFinished(end) => {
                    framing.push((number as u64, Framing::RunFinished));
                    finished = Some(end);
                }
                Place::ScenarioStarted(of)
                | Place::StepStarted(of)
                | Place::Sent(of)
                | Place::Answered(of)
                | Place::Probed(of)
                | Place::StepFinished(of)
                | Place::ScenarioFinished(of) => index.entry(of.scenario).or_default().push((offset, length)),
            }
            offset += length as u64;
        }
        let run = run.ok_or_else(|| EvidenceError::Empty { path: path.to_owned() })?;
        let (lines, length) = (number as u64, offset);
        Ok(Self { path: path.to_owned(), text: None, run, planned, finished, lines, length, framing, index })
    }

    /// How many events the scenario has.
    pub fn events_of(&self, scenario: u32) -> u64 {
        self.index.get(&scenario).map_or(0, |lines| lines.len() as u64)
    }

    /// The scenarios that left a trace, in their order.
    pub fn scenarios(&self) -> impl Iterator<Item = u32> {
        self.index.keys().copied()
    }

    /// The evidence of one scenario.
    ///
    /// # Errors
    /// The file changed under our feet.
    pub fn scenario(&self, index: u32) -> Result<ScenarioEvidence, EvidenceError> {
        let io = |source| EvidenceError::Io { path: self.path.clone(), source };
        let mut file = match self.text {
            None => Some(File::open(&self.path).map_err(io)?),
            Some(_) => None,
        };
        let mut evidence = ScenarioEvidence::default();
        let mut read = Vec::new();
        for (offset, length) in self.index.get(&index).into_iter().flatten() {
            let line = match &mut file {
                Some(file) => {
                    read.resize(*length, 0);
                    file.seek(SeekFrom::Start(*offset)).map_err(io)?;
                    file.read_exact(&mut read).map_err(io)?;
                    read.as_slice()
                }
                None => self.in_memory(*offset, *length),
            };
            evidence.apply(serde_json::from_slice(line).map_err(|error| EvidenceError::Line {
                path: self.path.clone(),
                line: 0,
                reason: error.to_string(),
            })?);
        }
        evidence.settle();
        Ok(evidence)
    }

    fn in_memory(&self, offset: u64, length: usize) -> &[u8] {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        self.text.as_ref().and_then(|text| text.get(start..start.checked_add(length)?)).unwrap_or_default()
    }

    /// All of it, where it does not lie in a file.
    pub fn text(&self) -> &[u8] {
        self.text.as_deref().unwrap_or_default()
    }
}

/// The scenario of a line such as `{"sent":{"scenario":7,…`.
fn scenario_of(line: &[u8]) -> Option<u32> {
    let rest = line.strip_prefix(b"{\"")?;
    let name = rest.iter().position(|byte| *byte == b'"')?;
    let rest = rest[name..].strip_prefix(b"\":{\"scenario\":")?;
    let digits = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
}
