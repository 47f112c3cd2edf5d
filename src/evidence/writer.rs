//! Appending to `evidence.jsonl`, the only sink of a run.

use super::{Event, Masker, line};
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

/// The open evidence file. Each event is one write, so that a killed run loses at most the line being written.
#[derive(Debug)]
pub struct EvidenceWriter {
    /// Opened for appending: the operating system puts each line behind the last one, so nobody has to wait for another.
    file: File,
    /// Events that were written.
    events: AtomicU64,
}

impl EvidenceWriter {
    /// Creates the file; an existing one is never overwritten.
    ///
    /// # Errors
    /// The file exists or cannot be created.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create_new(true).open(path)?;
        Ok(Self { file, events: AtomicU64::new(0) })
    }

    /// Appends one event.
    ///
    /// # Errors
    /// The event could not be written as a whole.
    pub fn append(&self, event: &Event) -> io::Result<()> {
        (&self.file).write_all(&line::of(event)?)?;
        self.events.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Forces everything to the disk.
    ///
    /// # Errors
    /// The operating system says so.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// Masks, writes and hands back what was written: the one way in which an event comes into being.
#[derive(Debug)]
pub struct Recorder {
    pub masker: Masker,
    writer: Option<EvidenceWriter>,
}

impl Recorder {
    pub fn new(masker: Masker, writer: Option<EvidenceWriter>) -> Self {
        Self { masker, writer }
    }

    /// Records an event and returns it as it was recorded.
    ///
    /// # Errors
    /// The evidence file could not be written.
    pub fn record(&self, event: Event) -> io::Result<Event> {
        let event = self.masker.mask(event);
        self.write(&event)?;
        Ok(event)
    }

    /// Writes an event that has been masked.
    ///
    /// # Errors
    /// The evidence file could not be written.
    pub fn write(&self, masked: &Event) -> io::Result<()> {
        self.writer.as_ref().map_or(Ok(()), |writer| writer.append(masked))
    }

    /// How many events have been written; `None` where none is.
    pub fn written(&self) -> Option<u64> {
        self.writer.as_ref().map(|writer| writer.events.load(Ordering::Relaxed))
    }

    /// Forces the evidence to the disk.
    ///
    /// # Errors
    /// The operating system says so.
    pub fn sync(&self) -> io::Result<()> {
        self.writer.as_ref().map_or(Ok(()), EvidenceWriter::sync)
    }
}
