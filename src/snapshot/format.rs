//! insta's file format: a YAML header between two lines of three hyphens, then the content.
//!
//! Reading and writing it here costs a third of what insta's own reader costs, and it happens on every call. insta stays
//! the authority: what cannot be read here, and what is about to be called a difference, is read by insta itself.

use super::error::SnapshotError;
use crate::json::Json;
use std::{borrow::Cow, fs, panic, path::Path};

const FENCE: &str = "---";

/// Where a snapshot comes from, for the people who review it. It is never compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The scenario's file, with slashes, without the folders of one machine.
    pub source: String,
    /// The step, the call and the endpoint.
    pub expression: String,
}

/// The text of a snapshot file.
pub(super) fn write(header: &Header, content: &str) -> String {
    let mut out = String::with_capacity(content.len() + header.source.len() + header.expression.len() + 48);
    out.push_str("---\nsource: ");
    out.push_str(&scalar(&header.source));
    out.push_str("\nexpression: ");
    out.push_str(&scalar(&header.expression));
    out.push_str("\n---\n");
    out.push_str(content);
    out.push('\n');
    out
}

/// The content of a snapshot file, or why it has none. Line breaks of Windows are those of a checkout, never content
/// (JSON escapes them), and blanks at the end are trimmed as insta does.
pub(super) fn read(text: &str) -> Result<Cow<'_, str>, &'static str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.split_inclusive('\n');
    let mut start = match lines.next() {
        Some(line) if line.trim_end() == FENCE => line.len(),
        _ => return Err("its first line is not `---`"),
    };
    for line in lines {
        start += line.len();
        if line.trim_end() == FENCE {
            let content = text[start..].trim_end();
            // Looking for the byte is faster than looking for the pair.
            return Ok(if content.as_bytes().contains(&b'\r') {
                Cow::Owned(content.replace("\r\n", "\n"))
            } else {
                Cow::Borrowed(content)
            });
        }
        if line.trim_end() == "snapshot_kind: binary" {
            return Err("it is a binary snapshot");
        }
    }
    Err("its header has no end")
}

/// Where the content of a snapshot file starts, if it has a header.
fn start(text: &str) -> Option<usize> {
    let mut fences = 0;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        fences += usize::from(line.trim_start_matches('\u{feff}').trim_end() == FENCE);
        if fences == 0 || fences == 2 {
            break;
        }
    }
    (fences == 2).then_some(end)
}

/// The file with another content; header and line breaks stay as they are. `None` if it has no header.
pub(super) fn with_content(text: &str, content: &str) -> Option<String> {
    let head = &text[..start(text)?];
    let content =
        if head.contains("\r\n") { Cow::Owned(content.replace('\n', "\r\n")) } else { Cow::Borrowed(content) };
    let end = if head.contains("\r\n") { "\r\n" } else { "\n" };
    Some(format!("{head}{content}{end}"))
}

/// What the header of a file says about where the snapshot comes from; empty where it says nothing that is understood.
pub(super) fn header(text: &str) -> Header {
    let head = start(text).map_or("", |end| &text[..end]);
    let value = |key: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        let value = line.unwrap_or_default().trim();
        // The quotes and escapes of JSON are those of YAML.
        serde_json::from_str(value).unwrap_or_else(|_| value.to_owned())
    };
    Header { source: value("source"), expression: value("expression") }
}

/// The content of a file that has been read, cut out of it without a copy where that is possible.
pub(super) fn content(path: &Path, bytes: Vec<u8>) -> Result<String, SnapshotError> {
    let unreadable = |reason: &str| SnapshotError::Unreadable { path: path.to_owned(), reason: reason.to_owned() };
    let mut text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8"))?;
    let (start, end) = match read(&text) {
        Ok(Cow::Owned(content)) => return Ok(content),
        Ok(Cow::Borrowed(content)) => {
            let start = content.as_ptr() as usize - text.as_ptr() as usize;
            (start, start + content.len())
        }
        // insta reads a few more things, but prints about files of its oldest format.
        Err(reason) if !text.starts_with(FENCE) => return Err(unreadable(reason)),
        Err(reason) => return through_insta(path).map_err(|_| unreadable(reason)),
    };
    text.truncate(end);
    text.drain(..start);
    Ok(text)
}

/// The content of a file as insta reads it. Of insta this is all that is used, and it looks at no environment variable.
pub(super) fn through_insta(path: &Path) -> Result<String, SnapshotError> {
    let unreadable = |reason: String| SnapshotError::Unreadable { path: path.to_owned(), reason };
    let bytes = fs::read(path).map_err(SnapshotError::io("read", path))?;
    if !bytes.starts_with(FENCE.as_bytes()) {
        return Err(unreadable("its first line is not `---`".to_owned()));
    }
    // Its YAML reader panics on some headers (`.inf`); a file must never end a run.
    let snapshot = panic::catch_unwind(|| insta::Snapshot::from_file(path).map_err(|error| error.to_string()))
        .unwrap_or_else(|_| Err("insta cannot read its header".to_owned()))
        .map_err(unreadable)?;
    let text = snapshot.contents().as_text().ok_or_else(|| unreadable("it is a binary snapshot".to_owned()))?;
    Ok(text.to_string())
}

/// A YAML scalar, in quotes unless it is a plain word or path. The quotes and escapes of JSON are those of YAML.
fn scalar(text: &str) -> Cow<'_, str> {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'-' | b' '))
        && !text.ends_with(' ')
        // Single words may mean `true`, `null` or `inf` to one reader of YAML or another.
        && text.contains(['/', ' ']);
    if plain { Cow::Borrowed(text) } else { Cow::Owned(Json::text(text).to_compact()) }
}
