//! One line more under `redact`, and nothing else: comments, order, quotes and line breaks of the file stay.
//!
//! The text is edited, then read again: unless it says exactly what it said before and the new redaction, it is not used.

use crate::{
    diagnostic::Source,
    json::Json,
    yaml::{self, Node, Value},
};
use std::sync::Arc;

const REDACT: &str = "redact";

/// Why a profile is not edited by a program, and what its owner can write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct EditRefused {
    pub reason: String,
    /// The lines to add by hand.
    pub by_hand: String,
}

/// The text of a profile with one redaction more. `None` when it has that one already.
///
/// # Errors
/// The file cannot be edited without changing anything else in it.
pub fn add_redaction(text: &str, path: &str, kind: &str) -> Result<Option<String>, EditRefused> {
    let refused = |reason: String| EditRefused { reason, by_hand: format!("redact:\n  {}: {kind}", quoted(path)) };
    let Some(before) = read(text) else { return Err(refused("it is not YAML".to_owned())) };
    let there = before.get(REDACT).and_then(|redact| redact.get(path));
    if let Some(there) = there {
        return match there.text() {
            Some(known) if known == kind => Ok(None),
            other => Err(refused(format!(
                "it has {path} under `redact` already, as {}; change that line by hand",
                other.unwrap_or("something else")
            ))),
        };
    }
    let edited = edited(text, &before, path, kind);
    let fits = |text: &String| read(text).is_some_and(|after| says_more(&before, &after, path, kind));
    match edited.filter(fits) {
        Some(text) => Ok(Some(text)),
        None => Err(refused("the line cannot be added without touching the rest of it".to_owned())),
    }
}

fn read(text: &str) -> Option<Node> {
    let source = Arc::new(Source { path: String::new(), text: text.to_owned() });
    yaml::parse(&source).ok()
}

/// True when `after` says what `before` says, in its order, and this redaction.
fn says_more(before: &Node, after: &Node, path: &str, kind: &str) -> bool {
    let others = |node: &Node| -> Vec<(String, Json)> {
        let entries = node.entries().iter().filter(|(key, _)| key.text != REDACT);
        entries.map(|(key, value)| (key.text.clone(), value.to_json())).collect()
    };
    let hidden = |node: &Node| -> Vec<(String, Json)> {
        let redact = node.entries().iter().filter(|(key, _)| key.text == REDACT);
        let entries = redact.flat_map(|(_, value)| value.entries());
        entries.map(|(key, value)| (key.text.clone(), value.to_json())).collect()
    };
    let (old, mut new) = (hidden(before), hidden(after));
    let added = new.iter().position(|(key, value)| key == path && value.as_str() == Some(kind));
    let Some(added) = added else { return false };
    new.remove(added);
    old == new && others(before) == others(after) && !after.entries().is_empty()
}

fn edited(text: &str, root: &Node, path: &str, kind: &str) -> Option<String> {
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let found = root.entries().iter().find(|(key, _)| key.text == REDACT);
    let Some((key, redact)) = found else { return append(text, root, path, kind, eol) };
    let in_braces = format!("{}: {kind}", quoted(path));
    match &redact.value {
        Value::Map(entries) => {
            let behind = text.get(key.span.end..)?.trim_start_matches(['"', '\'']).trim_start();
            let value = behind.strip_prefix(':')?.trim_start();
            if value.starts_with('{') {
                let brace = text.len() - value.len() + 1;
                return Some(match entries.first() {
                    // Before the first one, where no comment and no comma is in the way.
                    Some((first, _)) => flow_before(text, brace, first.span.start, &in_braces, eol),
                    None => {
                        let rest = value.strip_prefix('{')?;
                        let close = if rest.starts_with('}') { " " } else { "" };
                        format!("{} {in_braces}{close}{rest}", &text[..brace])
                    }
                });
            }
            let (first, _) = entries.first()?;
            let indent = indent_of(text, first.span.start)?;
            // Behind the last one of its kind; `unordered` keeps its place at the end.
            let last = entries
                .iter()
                .filter(|(_, value)| value.text().is_some())
                .map(|(_, value)| value.span.start)
                .next_back();
            Some(insert_below(text, last.unwrap_or(key.span.start), &format!("{indent}{}", line(path, kind)), eol))
        }
        Value::Null => {
            let written = text.get(redact.span.clone()).unwrap_or_default();
            if !written.is_empty() {
                return Some(splice(text, redact.span.start, redact.span.end, &format!("{{ {in_braces} }}")));
            }
            let indent = indent_of(text, key.span.start)?;
            Some(insert_below(text, key.span.start, &format!("{indent}  {}", line(path, kind)), eol))
        }
        _ => None,
    }
}

/// A block of its own at the end of the file.
fn append(text: &str, root: &Node, path: &str, kind: &str, eol: &str) -> Option<String> {
    let (first, _) = root.entries().first()?;
    if text[..first.span.start].trim_end_matches(['"', '\'']).trim_end().ends_with('{') {
        let entry = format!("{REDACT}: {{ {}: {kind} }}, ", quoted(path));
        return Some(splice(text, first.span.start, first.span.start, &entry));
    }
    let indent = indent_of(text, first.span.start)?;
    let end = if text.ends_with('\n') { "" } else { eol };
    Some(format!("{text}{end}{indent}{REDACT}:{eol}{indent}  {}{eol}", line(path, kind)))
}

fn flow_before(text: &str, brace: usize, first: usize, entry: &str, eol: &str) -> String {
    match text[brace..first].contains('\n').then(|| indent_of(text, first)).flatten() {
        Some(indent) => splice(text, first, first, &format!("{entry},{eol}{indent}")),
        None => splice(text, first, first, &format!("{entry}, ")),
    }
}

/// The blanks before this byte on its line, if there is nothing else.
fn indent_of(text: &str, byte: usize) -> Option<&str> {
    let before = text.get(..byte)?;
    let line = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
    let line = line.trim_start_matches('\u{feff}');
    line.chars().all(|c| c == ' ').then_some(line)
}

/// A new line below the one of this byte.
fn insert_below(text: &str, byte: usize, line: &str, eol: &str) -> String {
    match text[byte..].find('\n') {
        Some(length) => splice(text, byte + length + 1, byte + length + 1, &format!("{line}{eol}")),
        None => format!("{text}{eol}{line}{eol}"),
    }
}

fn splice(text: &str, start: usize, end: usize, new: &str) -> String {
    format!("{}{new}{}", &text[..start], &text[end..])
}

fn line(path: &str, kind: &str) -> String {
    // What reads as one word in a block needs no quotes.
    let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | '.' | '_' | '[' | ']' | '*'));
    if plain { format!("{path}: {kind}") } else { format!("{}: {kind}", quoted(path)) }
}

/// The quotes and escapes of JSON are those of YAML.
fn quoted(path: &str) -> String {
    Json::text(path).to_compact()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name: acme # mine\ntarget: http://localhost:1/api\napplication: { id: x, key: ${KEY} }\n";

    #[track_caller]
    fn becomes(old: &str, new: &str) {
        let (old, new) = (format!("{HEAD}{old}"), format!("{HEAD}{new}"));
        assert_eq!(add_redaction(&old, "$.Key", "string").unwrap().unwrap(), new);
    }

    #[test]
    fn a_profile_without_redactions_gets_a_block_at_its_end() {
        becomes("", "redact:\n  $.Key: string\n");
        becomes("seats: 3", "seats: 3\nredact:\n  $.Key: string\n");
        becomes("seats: 3\n# the end\n", "seats: 3\n# the end\nredact:\n  $.Key: string\n");
        becomes("consent:\n  - a.example\n\n", "consent:\n  - a.example\n\nredact:\n  $.Key: string\n");
    }

    #[test]
    fn an_empty_one_is_filled() {
        becomes("redact: {}\nseats: 3\n", "redact: { \"$.Key\": string }\nseats: 3\n");
        becomes("redact: { } # none\n", "redact: { \"$.Key\": string } # none\n");
        becomes("redact:\nseats: 3\n", "redact:\n  $.Key: string\nseats: 3\n");
        becomes("redact: # none yet\n# more\nseats: 3\n", "redact: # none yet\n  $.Key: string\n# more\nseats: 3\n");
        becomes("redact: ~ # none\n", "redact: { \"$.Key\": string } # none\n");
        becomes("redact:", "redact:\n  $.Key: string\n");
    }

    #[test]
    fn a_block_gets_a_line_in_its_own_indentation() {
        becomes(
            "redact:\n  $.A: string # random\n  \"$.B\": number\n# behind\nseats: 3\n",
            "redact:\n  $.A: string # random\n  \"$.B\": number\n  $.Key: string\n# behind\nseats: 3\n",
        );
        becomes("redact:\n     $.A: string", "redact:\n     $.A: string\n     $.Key: string\n");
        becomes(
            "redact:\n\n  # why\n  $.A:   'string'\t# tab\n",
            "redact:\n\n  # why\n  $.A:   'string'\t# tab\n  $.Key: string\n",
        );
    }

    #[test]
    fn unordered_keeps_its_place_and_its_items() {
        becomes(
            "redact:\n  $.A: string\n  unordered:\n    - $.List # any\n",
            "redact:\n  $.A: string\n  $.Key: string\n  unordered:\n    - $.List # any\n",
        );
        becomes(
            "redact: # see below\n  unordered: [ $.List ]\nseats: 3\n",
            "redact: # see below\n  $.Key: string\n  unordered: [ $.List ]\nseats: 3\n",
        );
        becomes("redact: { unordered: [ $.List ] }\n", "redact: { \"$.Key\": string, unordered: [ $.List ] }\n");
    }

    #[test]
    fn braces_on_one_line_and_on_several() {
        becomes(
            "redact: { \"$.A\": string } # random\nseats: 3\n",
            "redact: { \"$.Key\": string, \"$.A\": string } # random\nseats: 3\n",
        );
        becomes("redact: {$.A: string}", "redact: {\"$.Key\": string, $.A: string}");
        becomes(
            "redact: {\n  \"$.A\": string, # random\n  # the last\n  '$.B': number\n}\n",
            "redact: {\n  \"$.Key\": string,\n  \"$.A\": string, # random\n  # the last\n  '$.B': number\n}\n",
        );
        becomes("redact:\n  { \"$.A\": string }\n", "redact:\n  { \"$.Key\": string, \"$.A\": string }\n");
    }

    #[test]
    fn line_breaks_of_windows_stay() {
        let text = format!("{HEAD}redact:\n  $.A: string\nseats: 3\n").replace('\n', "\r\n");
        let edited = add_redaction(&text, "$.Key", "string").unwrap().unwrap();
        assert_eq!(edited, text.replace("$.A: string\r\n", "$.A: string\r\n  $.Key: string\r\n"));
        let text = HEAD.replace('\n', "\r\n");
        assert_eq!(add_redaction(&text, "$.Key", "string").unwrap().unwrap(), text + "redact:\r\n  $.Key: string\r\n");
    }

    #[test]
    fn paths_that_need_quotes_get_them() {
        for (path, written) in [
            ("$['a b'].c", "\"$['a b'].c\""),
            ("$['it\\'s: #1']", "\"$['it\\\\'s: #1']\""),
            ("$['ε']", "\"$['ε']\""),
            ("$['${x}']", "\"$['${x}']\""),
            ("$.Items[*].Key", "$.Items[*].Key"),
        ] {
            let edited = add_redaction(HEAD, path, "number").unwrap().unwrap();
            assert_eq!(edited, format!("{HEAD}redact:\n  {written}: number\n"), "{path}");
            let edited = add_redaction(&format!("{HEAD}redact: {{}}\n"), path, "number").unwrap().unwrap();
            assert_eq!(read(&edited).unwrap().get("redact").unwrap().get(path).unwrap().text(), Some("number"));
        }
    }

    #[test]
    fn the_place_of_redact_does_not_matter() {
        let text = format!("# top\nredact:\n    $.A: string\n\n{HEAD}");
        let edited = add_redaction(&text, "$.Key", "string").unwrap().unwrap();
        assert_eq!(edited, text.replace("    $.A: string\n", "    $.A: string\n    $.Key: string\n"));
    }

    #[test]
    fn a_profile_in_json_stays_json() {
        let text = "{\"name\": \"acme\", \"redact\": {\"$.A\": \"string\"}}";
        let edited = add_redaction(text, "$.Key", "string").unwrap().unwrap();
        assert_eq!(edited, "{\"name\": \"acme\", \"redact\": {\"$.Key\": string, \"$.A\": \"string\"}}");
        let edited = add_redaction("{ name: acme }\n", "$.Key", "string").unwrap().unwrap();
        assert_eq!(edited, "{ redact: { \"$.Key\": string }, name: acme }\n");
    }

    #[test]
    fn what_is_there_already_is_left_alone() {
        let text = format!("{HEAD}redact:\n  $.Key: string\n");
        assert_eq!(add_redaction(&text, "$.Key", "string").unwrap(), None);
        let refused = add_redaction(&text, "$.Key", "number").unwrap_err();
        assert!(refused.reason.contains("as string"), "{refused}");
    }

    /// Whatever cannot be edited without touching something else is for its owner to edit.
    #[test]
    fn what_would_change_something_else_is_refused() {
        for text in [
            "name: [",
            "- a list\n",
            "",
            "redact: string\nname: acme\n",
            // The end of the document is not the end of the text.
            "name: acme\n...\n",
            // Another key would be hidden too.
            "base: &b\n  $.A: string\nredact: *b\n",
            "? redact\n: $.A: string\n",
        ] {
            let refused = add_redaction(text, "$.Key", "string").map(|edited| edited.unwrap()).unwrap_err();
            assert_eq!(refused.by_hand, "redact:\n  \"$.Key\": string", "{text}");
        }
    }
}
