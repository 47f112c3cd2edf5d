//! A piece of evidence that a person can read, and repeat.

use super::oddity;
use crate::evidence::{Exchange, Outcome};
use serde::Serialize;

/// Longer bodies are cut: the whole stands in the evidence.
const MOST: usize = 4_000;

/// A request and its answer, masked, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// Where it stands in the evidence.
    pub scenario: u32,
    pub step: u32,
    pub call: u32,
    pub attempt: u32,
    pub request: String,
    pub response: String,
    /// A shell line that sends the same; secrets stand as variables.
    pub curl: String,
}

/// The excerpt of an exchange.
pub(super) fn of(exchange: &Exchange) -> Excerpt {
    Excerpt {
        scenario: exchange.sent.scenario,
        step: exchange.sent.step,
        call: exchange.sent.call,
        attempt: exchange.sent.attempt,
        request: request(exchange),
        response: response(exchange),
        curl: curl(exchange),
    }
}

/// The answer in one line: `HTTP 200 {"Code":-1,…}`.
pub(super) fn answer_line(exchange: &Exchange) -> String {
    match exchange.answered.as_ref().map(|answered| &answered.outcome) {
        Some(Outcome::Received { status, .. }) if oddity::coding(exchange).is_some() => {
            format!("HTTP {status} with a compressed body")
        }
        Some(Outcome::Received { status, body, .. }) if body.trim().is_empty() => {
            format!("HTTP {status} with an empty body")
        }
        Some(Outcome::Received { status, body, .. }) => format!("HTTP {status} {}", cut(body.trim(), 200)),
        Some(Outcome::Failed { message, .. }) => message.clone(),
        None => "no answer".to_owned(),
    }
}

/// The request without its body: the method, the URL, and the headers.
pub fn request_head(exchange: &Exchange) -> String {
    let sent = &exchange.sent;
    let mut text = format!("{} {}\n", sent.method, sent.url);
    for (name, value) in &sent.headers {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text
}

/// The answer without its body: the status and the headers, or why there is none.
pub fn response_head(exchange: &Exchange) -> String {
    match exchange.answered.as_ref().map(|answered| &answered.outcome) {
        Some(Outcome::Received { status, headers, .. }) => {
            let mut text = format!("HTTP {status}\n");
            for (name, value) in headers {
                text.push_str(&format!("{name}: {value}\n"));
            }
            text
        }
        Some(Outcome::Failed { message, .. }) => message.clone(),
        None => "no answer".to_owned(),
    }
}

fn request(exchange: &Exchange) -> String {
    match &exchange.sent.body {
        Some(body) => format!("{}\n{}", request_head(exchange), cut(body, MOST)),
        None => request_head(exchange),
    }
}

fn response(exchange: &Exchange) -> String {
    if let Some(coding) = oddity::coding(exchange) {
        return format!("{}\n({coding}, not shown)", response_head(exchange));
    }
    match exchange.text() {
        Some(body) => format!("{}\n{}", response_head(exchange), cut(body, MOST)),
        None => response_head(exchange),
    }
}

/// A shell line that sends the same; secrets stand as variables.
pub fn curl(exchange: &Exchange) -> String {
    let mut line = curl_head(exchange);
    if let Some(body) = &exchange.sent.body {
        line.push_str(&format!(" --data-binary {}", quoted(body)));
    }
    line
}

/// The same line without the body.
pub fn curl_head(exchange: &Exchange) -> String {
    let sent = &exchange.sent;
    let mut line = format!("curl -sS -X {} {}", sent.method, quoted(&sent.url));
    for (name, value) in &sent.headers {
        if name.eq_ignore_ascii_case("user-agent") {
            continue;
        }
        line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
    }
    line
}

/// A word of a shell line. Where a secret was masked, the shell puts it in from a variable.
fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    let mut rest = text;
    while let Some(start) = rest.find("[secret:") {
        let Some(end) = rest[start..].find(']') else { break };
        out.push_str(&rest[..start].replace('\'', r"'\''"));
        let name = &rest[start + "[secret:".len()..start + end];
        let (variable, encoded) = match name.strip_suffix(" base64") {
            Some(name) => (variable(name), true),
            None => (variable(name), false),
        };
        out.push_str(&match encoded {
            true => format!("'\"$(printf %s \"${variable}\" | base64 | tr -d '\\n')\"'"),
            false => format!("'\"${variable}\"'"),
        });
        rest = &rest[start + end + 1..];
    }
    out.push_str(&rest.replace('\'', r"'\''"));
    out.push('\'');
    out
}

fn variable(name: &str) -> String {
    if name == "key" {
        return "MOCK_BSS_APP_KEY".to_owned();
    }
    let plain = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    format!("MOCK_BSS_SETTING_{}", plain.collect::<String>())
}

pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((index, _)) => format!("{}… ({} bytes in all)", &text[..index], text.len()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_from_variables_and_quotes_survive() {
        assert_eq!(
            quoted("X-CloudPlatform-APIKey: [secret:key base64]"),
            r#"'X-CloudPlatform-APIKey: '"$(printf %s "$MOCK_BSS_APP_KEY" | base64 | tr -d '\n')"''"#
        );
        assert_eq!(quoted("it's [secret:FieldPassword]"), r#"'it'\''s '"$MOCK_BSS_SETTING_FieldPassword"''"#);
    }

    #[test]
    fn a_long_body_is_cut_at_a_character() {
        assert_eq!(cut("ééé", 2), "éé… (6 bytes in all)");
        assert_eq!(cut("ééé", 3), "ééé");
    }
}
