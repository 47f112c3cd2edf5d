//! What a YAML file may contain, as data: it checks a tree (all mistakes at once) and describes itself as JSON Schema.

use super::{Node, Value};
use crate::diagnostic::{Diagnostic, Severity, Source, nearest, suggest};
use std::{collections::HashSet, ops::Range, sync::Arc};

/// What a value may be. A text with `${…}` is accepted wherever a scalar is.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Anything.
    Any,
    /// Anything here: what it may contain is checked by somebody else.
    Elsewhere,
    /// A string.
    Text,
    /// A string, a number or a boolean, read as text.
    Scalar,
    /// A whole number.
    Whole,
    /// `true` or `false`.
    Bool,
    /// A length of time: `500ms`, `5s`, `2m`, `1h`.
    Duration,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// A mapping whose keys the user chooses.
    Table(&'static Shape),
    /// A mapping with known keys.
    Record(&'static Record),
    /// This, or null.
    Nullable(&'static Shape),
    /// The first of these that the kind of value fits.
    Either(&'static [Shape]),
}

/// A mapping with known keys.
#[derive(Debug)]
pub struct Record {
    /// What messages call it.
    pub name: &'static str,
    pub fields: &'static [Field],
}

/// A known key.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    /// One sentence for the schema and the reference documentation.
    pub doc: &'static str,
}

/// An optional key.
pub const fn field(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: false, doc }
}

/// A key that must be there.
pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: true, doc }
}

/// Nobody reads more messages about one file.
const MOST: usize = 200;

/// Collects the mistakes of one file.
#[derive(Debug)]
pub struct Checker {
    source: Arc<Source>,
    found: Vec<Diagnostic>,
}

impl Checker {
    pub fn new(source: Arc<Source>) -> Self {
        Self { source, found: Vec::new() }
    }

    /// The mistakes so far, in the order of the file. Of very many the first ones, and how many more there are: each
    /// message costs a look through the file.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| diagnostic.span.start);
        let rest = self.found.split_off(self.found.len().min(MOST));
        if let Some(first) = rest.first() {
            let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
            self.found.push(Diagnostic {
                severity: if rest.iter().any(is_error) { Severity::Error } else { Severity::Warning },
                message: format!("and {} more mistakes", rest.len()),
                label: "the next one".to_owned(),
                help: Some(format!("messages are written for the first {MOST}")),
                ..first.clone()
            });
        }
        self.found
    }

    /// True without an error so far.
    pub fn is_clean(&self) -> bool {
        self.found.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
    }

    /// Adds an error.
    pub fn error(&mut self, span: &Range<usize>, message: impl Into<String>, label: impl Into<String>) -> &mut Self {
        self.push(Severity::Error, span, message.into(), label.into())
    }

    /// Adds a warning.
    pub fn warning(&mut self, span: &Range<usize>, message: impl Into<String>, label: impl Into<String>) -> &mut Self {
        self.push(Severity::Warning, span, message.into(), label.into())
    }

    /// Gives the mistake added last its help line.
    pub fn help(&mut self, help: impl Into<String>) {
        if let Some(last) = self.found.last_mut() {
            last.help = Some(help.into());
        }
    }

    fn push(&mut self, severity: Severity, span: &Range<usize>, message: String, label: String) -> &mut Self {
        let source = self.source.clone();
        self.found.push(Diagnostic { severity, message, source, span: span.clone(), label, help: None });
        self
    }

    /// Checks a value; `what` names it in messages (`quantity`).
    pub fn check(&mut self, node: &Node, shape: &Shape, what: &str) {
        match shape {
            Shape::Record(record) => self.record(node, record, what),
            Shape::List(item) => {
                if let Value::List(items) = &node.value {
                    for item_node in items {
                        self.check(item_node, item, what);
                    }
                } else {
                    self.wrong_kind(node, shape, what);
                }
            }
            Shape::Table(value) => {
                if matches!(node.value, Value::Map(_)) {
                    self.duplicates(node);
                    for (key, value_node) in node.entries() {
                        self.check(value_node, value, &key.text);
                    }
                } else {
                    self.wrong_kind(node, shape, what);
                }
            }
            Shape::Either(shapes) => match shapes.iter().find(|candidate| candidate.fits(node)) {
                Some(candidate) => self.check(node, candidate, what),
                None => self.wrong_kind(node, shape, what),
            },
            Shape::Nullable(_) if node.value == Value::Null => {}
            Shape::Nullable(inner) if inner.fits(node) => self.check(node, inner, what),
            Shape::Nullable(_) => self.wrong_kind(node, shape, what),
            Shape::Any => self.duplicates_below(node),
            Shape::Elsewhere => {}
            Shape::Choice(words) => match node.scalar() {
                Some(word) if is_dynamic(&word) || words.contains(&word.as_str()) => {}
                Some(word) => {
                    self.error(&node.span, format!("`{word}` is not a value of `{what}`"), "unknown value")
                        .help(suggest(&word, words.iter().copied()));
                }
                None => self.wrong_kind(node, shape, what),
            },
            scalar => {
                if !scalar.fits(node) {
                    self.wrong_kind(node, shape, what);
                }
            }
        }
    }

    fn record(&mut self, node: &Node, record: &Record, what: &str) {
        let Value::Map(entries) = &node.value else {
            // `suspend:` with nothing behind it is the same as `suspend: {}`.
            if node.value == Value::Null && record.fields.iter().all(|field| !field.required) {
                return;
            }
            self.wrong_kind(node, &Shape::Any, what);
            self.help(format!("`{what}` takes a mapping with {}", listed(record.fields)));
            return;
        };
        self.duplicates(node);
        for (key, value) in entries {
            match record.fields.iter().find(|field| field.name == key.text) {
                Some(field) => self.check(value, &field.shape, field.name),
                None => {
                    let label = format!("not a key of {}", record.name);
                    let help = suggest(&key.text, record.fields.iter().map(|field| field.name));
                    self.error(&key.span, format!("unknown key `{}`", key.text), label).help(help);
                }
            }
        }
        for field in record.fields.iter().filter(|field| field.required && node.get(field.name).is_none()) {
            let label = format!("{} needs `{}`", record.name, field.name);
            self.error(&node.span, format!("missing key `{}`", field.name), label).help(field.doc);
        }
    }

    fn duplicates(&mut self, node: &Node) {
        let mut above = HashSet::new();
        for (key, _) in node.entries() {
            if !above.insert(key.text.as_str()) {
                self.error(&key.span, format!("duplicate key `{}`", key.text), "the same key stands above")
                    .help("keep one of the two: which one would win is not defined");
            }
        }
    }

    fn duplicates_below(&mut self, node: &Node) {
        self.duplicates(node);
        for (_, value) in node.entries() {
            self.duplicates_below(value);
        }
        for item in node.items() {
            self.duplicates_below(item);
        }
    }

    fn wrong_kind(&mut self, node: &Node, shape: &Shape, what: &str) {
        let wanted = shape.words();
        let found = node.scalar().map_or_else(|| node.kind().to_owned(), |text| format!("`{text}`"));
        let message = match shape {
            Shape::Any => format!("`{what}` cannot be {found}"),
            _ => format!("`{what}` must be {wanted}"),
        };
        self.error(&node.span, message, format!("found {found}"));
        if matches!(shape, Shape::Bool) && node.text().is_some_and(|t| matches!(t, "yes" | "no" | "on" | "off")) {
            self.help("YAML 1.2 knows only `true` and `false`");
        } else if let Some(near) = node.scalar().and_then(|word| nearest(&word, shape.choices())) {
            self.help(format!("did you mean `{near}`?"));
        }
    }
}

impl Shape {
    /// True when the kind of value fits, whatever stands inside.
    pub fn fits(&self, node: &Node) -> bool {
        let dynamic = node.text().is_some_and(is_dynamic);
        match self {
            Self::Any | Self::Elsewhere => true,
            Self::Text => matches!(node.value, Value::Text(_)),
            Self::Choice(words) => node.scalar().is_some_and(|word| dynamic || words.contains(&word.as_str())),
            Self::Scalar => matches!(node.value, Value::Text(_) | Value::Number(_) | Value::Bool(_)),
            Self::Whole => dynamic || node.whole().is_some() || matches!(&node.value, Value::Number(n) if whole(n)),
            Self::Bool => dynamic || node.boolean().is_some(),
            Self::Duration => dynamic || node.scalar().is_some_and(|text| duration(&text).is_some()),
            Self::List(_) => matches!(node.value, Value::List(_)),
            Self::Table(_) | Self::Record(_) => matches!(node.value, Value::Map(_) | Value::Null),
            Self::Nullable(shape) => node.value == Value::Null || shape.fits(node),
            Self::Either(shapes) => shapes.iter().any(|shape| shape.fits(node)),
        }
    }

    /// The words that may stand here.
    fn choices(&self) -> Vec<&'static str> {
        match self {
            Self::Choice(words) => words.to_vec(),
            Self::Either(shapes) => shapes.iter().flat_map(Shape::choices).collect(),
            _ => Vec::new(),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Any | Self::Elsewhere => "anything".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Scalar => "text, a number, or true or false".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Duration => "a length of time such as 500ms, 5s or 2m".to_owned(),
            Self::Choice(words) => {
                format!("one of {}", words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "))
            }
            Self::List(_) => "a list".to_owned(),
            Self::Table(_) => "a mapping".to_owned(),
            Self::Record(record) => format!("a mapping with {}", listed(record.fields)),
            Self::Nullable(shape) => format!("{}, or null", shape.words()),
            Self::Either(shapes) => shapes.iter().map(Shape::words).collect::<Vec<_>>().join(", or "),
        }
    }
}

/// True for a text that an expression makes.
pub fn is_dynamic(text: &str) -> bool {
    text.contains("${")
}

fn whole(number: &crate::json::Number) -> bool {
    number.as_str().strip_prefix('-').unwrap_or(number.as_str()).bytes().all(|byte| byte.is_ascii_digit())
}

fn listed(fields: &[Field]) -> String {
    fields.iter().map(|field| format!("`{}`", field.name)).collect::<Vec<_>>().join(", ")
}

/// Reads `500ms`, `5s`, `2m`, `1h`; a bare number is seconds.
pub fn duration(text: &str) -> Option<std::time::Duration> {
    use std::time::Duration;
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let amount: f64 = text[..split].trim().parse().ok().filter(|amount: &f64| amount.is_finite() && *amount >= 0.0)?;
    let seconds = match &text[split..] {
        "ms" => amount / 1000.0,
        "s" | "" => amount,
        "m" => amount * 60.0,
        "h" => amount * 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}
