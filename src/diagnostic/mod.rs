//! Messages about files that a person wrote, quoted with the line that is wrong and what to do about it.
//!
//! ```text
//! error: unknown key `quantty`
//!  --> scenarios/mine/grow.yaml:4:12
//!   |
//! 4 |   - buy: { quantty: 5 }
//!   |            ^^^^^^^ not a key of `buy`
//!   |
//!   = help: did you mean `quantity`?
//! ```
//! The first line is [`Diagnostic::message`], the words under the carets [`Diagnostic::label`], the last line
//! [`Diagnostic::help`].

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};
use std::{fmt, ops::Range, sync::Arc};

/// A file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as the user gave it.
    pub path: String,
    pub text: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but hardly as meant.
    Warning,
}

/// One mistake in one place of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub message: String,
    pub source: Arc<Source>,
    /// Bytes of the source that are meant.
    pub span: Range<usize>,
    pub label: String,
    pub help: Option<String>,
}

/// Everything that was found wrong, in the order of the files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostic {
    /// Line and column of the place, both counted from 1, the column in characters.
    pub fn position(&self) -> (usize, usize) {
        position(&self.source.text, self.span.start)
    }

    /// The message with the quoted source, for a terminal that shows colours or not.
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        // A reader of YAML may count one byte where a longer character stands; what draws the line takes whole ones only.
        let text = &self.source.text;
        let whole = |byte: &usize| text.is_char_boundary(*byte);
        let start = (0..=self.span.start.min(text.len())).rev().find(whole).unwrap_or(0);
        let end = (self.span.end.clamp(start, text.len())..=text.len()).find(whole).unwrap_or(text.len());
        let span = start..end;
        let snippet = Snippet::source(text)
            .path(&self.source.path)
            .annotation(AnnotationKind::Primary.span(span).label(&self.label));
        let mut group = level.primary_title(&self.message).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.decor_style(DecorStyle::Ascii).render(&[group])
    }
}

impl Diagnostics {
    /// True when a file cannot be used.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All messages, an empty line between them.
    pub fn render(&self, color: bool) -> String {
        self.0.iter().map(|diagnostic| diagnostic.render(color)).collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

/// Line and column of a byte, both counted from 1, the column in characters.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

/// The candidate that a misspelt word most likely stands for.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The help line of an unknown word: what it may stand for, or what there is.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, candidates.clone()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => {
            let all: Vec<_> = candidates.into_iter().map(|candidate| format!("`{candidate}`")).collect();
            format!("expected one of {}", all.join(", "))
        }
    }
}
