//! Documents: each a pure function of a verdict, so no two of them can disagree.

pub mod console;
pub mod exit;
pub mod json;
pub mod junit;
pub mod review;
mod text;

pub use text::{Style, printable};

/// A format that `--report` can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Junit,
}

impl Format {
    /// The words for the command line.
    pub const NAMES: &'static [&'static str] = &["json", "junit"];

    /// The format of this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "json" => Some(Self::Json),
            "junit" => Some(Self::Junit),
            _ => None,
        }
    }

    /// The document.
    pub fn render(self, verdict: &crate::verdict::Verdict, check: bool) -> String {
        match self {
            Self::Json => json::render(verdict, check),
            Self::Junit => junit::render(verdict, check),
        }
    }
}
