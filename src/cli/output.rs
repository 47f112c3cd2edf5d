//! Standard output and standard error.

use super::args::Color;
use crate::{
    report::{
        Style,
        annotations::{self, Ci},
        progress,
    },
    verdict::Verdict,
};
use std::{
    borrow::Cow,
    io::{self, IsTerminal, Write},
    sync::atomic::{AtomicBool, Ordering},
};

/// Where people read. A reader that goes away (`| head`) ends the printing, not the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    out: Style,
    err: Style,
    /// The CI that reads along and obeys what it reads.
    ci: Option<Ci>,
    /// Somebody watches: progress may be shown.
    watched: bool,
}

/// A line of progress stands on the terminal, and the next text has to take its place.
static PROGRESS: AtomicBool = AtomicBool::new(false);

/// Back to the start of the line, and nothing behind it.
const CLEAR: &str = "\r\x1b[K";

impl Output {
    pub(super) fn new(color: Color) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let plain = set("NO_COLOR") || dumb;
        let wanted = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !plain,
        };
        let (out, err) = (io::stdout(), io::stderr());
        let width = |size: Option<(terminal_size::Width, terminal_size::Height)>| size.map(|(width, _)| width.0);
        Self {
            out: Style { color: wanted(out.is_terminal()), width: width(terminal_size::terminal_size_of(&out)) },
            err: Style { color: wanted(err.is_terminal()), width: width(terminal_size::terminal_size_of(&err)) },
            ci: match (set("GITHUB_ACTIONS"), set("TF_BUILD")) {
                (true, _) => Some(Ci::GitHub),
                (false, true) => Some(Ci::Azure),
                (false, false) => None,
            },
            watched: err.is_terminal() && !dumb,
        }
    }

    pub(super) fn style(&self) -> Style {
        self.out
    }

    pub(super) fn error_style(&self) -> Style {
        self.err
    }

    pub(super) fn print(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.clear();
        write(&mut io::stdout().lock(), &self.harmless(text));
    }

    pub(super) fn error(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.clear();
        write(&mut io::stderr().lock(), &self.harmless(text));
    }

    /// How far the run is, for somebody who watches; the next text takes its place.
    pub(super) fn progress(&self, done: usize, all: usize, failed: usize) {
        if self.watched && done < all {
            PROGRESS.store(true, Ordering::Relaxed);
            let line = progress::line(done, all, failed, self.err.width);
            write(&mut io::stderr().lock(), &format!("{CLEAR}{line}"));
        }
    }

    /// Tells the CI what is wrong, in the commands that it shows beside the lines of a change.
    pub(super) fn annotate(&self, verdict: &Verdict, check: bool) {
        if let Some(ci) = self.ci {
            write(&mut io::stdout().lock(), &annotations::render(verdict, check, ci));
        }
    }

    fn clear(&self) {
        if PROGRESS.swap(false, Ordering::Relaxed) {
            write(&mut io::stderr().lock(), CLEAR);
        }
    }

    /// A CI obeys commands wherever it reads them; nobody but [`Output::annotate`] may give any.
    fn harmless<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.ci.is_some() { annotations::harmless(text) } else { Cow::Borrowed(text) }
    }
}

fn write(out: &mut dyn Write, text: &str) {
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
