//! Standard output and standard error.

use super::args::Color;
use crate::report::Style;
use std::io::{self, IsTerminal, Write};

/// Where people read. A reader that goes away (`| head`) ends the printing, not the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    out: Style,
    err: Style,
}

impl Output {
    pub(super) fn new(color: Color) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let wanted = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !plain,
        };
        Self {
            out: Style { color: wanted(io::stdout().is_terminal()) },
            err: Style { color: wanted(io::stderr().is_terminal()) },
        }
    }

    pub(super) fn style(&self) -> Style {
        self.out
    }

    pub(super) fn error_style(&self) -> Style {
        self.err
    }

    pub(super) fn print(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }

    pub(super) fn error(&self, text: &str) {
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}
