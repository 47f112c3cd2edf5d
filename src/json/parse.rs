//! Reading JSON from an untrusted target: bounded depth, exact positions.

use super::{Json, Number, Object};
use compact_str::CompactString;
use jiter::{Jiter, JiterError, JiterErrorType, Peek};

/// The deepest nesting that is read: far beyond any body of the contract, far below what could exhaust the stack.
pub const MAX_DEPTH: usize = 128;

/// Why a text is not JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line}, column {column}")]
pub struct ParseError {
    /// What is wrong, without the position.
    pub message: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in bytes, counted from 1.
    pub column: usize,
}

/// Reads one JSON value that fills the whole of `bytes`.
///
/// # Errors
/// Anything RFC 8259 does not allow, invalid UTF-8, and nesting beyond [`MAX_DEPTH`].
pub fn parse(bytes: &[u8]) -> Result<Json, ParseError> {
    let mut parser = Jiter::new(bytes);
    let outcome = parser.peek().map_err(Stop::Json).and_then(|peek| value(&mut parser, peek, 0)).and_then(|json| {
        parser.finish().map_err(Stop::Json)?;
        Ok(json)
    });
    outcome.map_err(|stop| match stop {
        Stop::Json(error) => {
            let position = parser.error_position(error.index);
            ParseError { message: describe(&error), line: position.line, column: position.column }
        }
        Stop::TooDeep => {
            let position = parser.current_position();
            ParseError {
                message: format!("more than {MAX_DEPTH} levels of nesting"),
                line: position.line,
                column: position.column,
            }
        }
    })
}

/// The text without the byte-order mark that some platforms write first: readers accept it, the grammar of JSON does not.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

enum Stop {
    Json(JiterError),
    TooDeep,
}

impl From<JiterError> for Stop {
    fn from(error: JiterError) -> Self {
        Self::Json(error)
    }
}

fn describe(error: &JiterError) -> String {
    match &error.error_type {
        JiterErrorType::JsonError(kind) => kind.to_string(),
        JiterErrorType::WrongType { expected, actual } => format!("expected {expected}, found {actual}"),
    }
}

fn value(parser: &mut Jiter<'_>, peek: Peek, depth: usize) -> Result<Json, Stop> {
    if depth > MAX_DEPTH {
        return Err(Stop::TooDeep);
    }
    Ok(match peek {
        Peek::Null => {
            parser.known_null()?;
            Json::Null
        }
        Peek::True | Peek::False => Json::Bool(parser.known_bool(peek)?),
        Peek::String => Json::String(parser.known_str()?.to_owned()),
        Peek::Array => {
            let mut items = Vec::new();
            let mut next = parser.known_array()?;
            while let Some(peek) = next {
                items.push(value(parser, peek, depth + 1)?);
                next = parser.array_step()?;
            }
            Json::Array(items)
        }
        Peek::Object => {
            let mut object = Object::new();
            let mut next = parser.known_object()?.map(CompactString::new);
            while let Some(name) = next {
                let peek = parser.peek()?;
                object.push(name, value(parser, peek, depth + 1)?);
                next = parser.next_key()?.map(CompactString::new);
            }
            Json::Object(object)
        }
        // What is not one of the above can only be a number; jiter says so itself if it is not.
        _ => {
            let digits = parser.known_number_bytes(peek)?;
            Json::Number(Number::from_written(String::from_utf8_lossy(digits).into_owned()))
        }
    })
}
