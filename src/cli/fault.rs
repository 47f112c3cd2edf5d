//! Why a command ends without a verdict, and what to do about it.

use crate::{diagnostic::Diagnostics, report::Style, report::exit};

/// A message for a person, with the exit code.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) code: u8,
    message: String,
    help: Option<String>,
    diagnostics: Option<Diagnostics>,
}

impl Fault {
    /// A mistake in the command line, a file, or a folder.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { code: exit::USAGE, message: message.into(), help: None, diagnostics: None }
    }

    /// The target cannot be reached.
    pub(super) fn unreachable(message: impl Into<String>) -> Self {
        Self { code: exit::UNREACHABLE, ..Self::usage(message) }
    }

    /// Stopped before there was anything to report.
    pub(super) fn interrupted(message: impl Into<String>) -> Self {
        Self { code: exit::INTERRUPTED, ..Self::usage(message) }
    }

    /// mock-bss itself is at fault.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self { code: exit::INTERNAL, ..Self::usage(message) }
    }

    /// Mistakes in files, each at its place.
    pub(super) fn files(diagnostics: Diagnostics) -> Self {
        let count = diagnostics.0.len();
        let message = if count == 1 { "1 mistake in a file".to_owned() } else { format!("{count} mistakes in files") };
        Self { diagnostics: Some(diagnostics), ..Self::usage(message) }
    }

    /// What to do next.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn render(&self, style: Style) -> String {
        let mut out = String::new();
        if let Some(diagnostics) = &self.diagnostics {
            out.push_str(&diagnostics.render(style.color));
            out.push_str("\n\n");
        }
        out.push_str(&format!("error: {}\n", crate::report::printable(&self.message)));
        if let Some(help) = &self.help {
            out.push_str(&format!("help: {help}\n"));
        }
        out
    }
}
