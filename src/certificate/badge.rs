//! A badge: what a certificate says, in a line for a README.

use super::Certificate;
use serde::Serialize;
use std::fmt::Write;

/// What a certificate is worth today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Valid,
    /// Its last day is over.
    Expired,
}

/// What stands on it; as JSON the document that badge services read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Badge {
    schema_version: u32,
    pub label: String,
    pub message: String,
    pub color: &'static str,
}

impl Badge {
    /// The badge of a certificate that was verified.
    pub fn of(certificate: &Certificate, standing: Standing) -> Self {
        let level = match (&certificate.level, &certificate.level_title) {
            (Some(level), Some(title)) => format!("{level} {title}"),
            _ => "conformant".to_owned(),
        };
        let until = &certificate.valid_until;
        let words = format!("{level} · {}", certificate.rule_set);
        let (message, color) = match (certificate.rehearsal, standing) {
            (true, _) => (format!("rehearsal · {words}"), "lightgrey"),
            (false, Standing::Expired) => (format!("{words} · expired {until}"), "red"),
            (false, Standing::Valid) => {
                let color = match certificate.level.as_deref() {
                    Some("L3") => "brightgreen",
                    Some("L2") => "green",
                    Some("L1") => "yellowgreen",
                    _ => "yellow",
                };
                (format!("{words} · until {until}"), color)
            }
        };
        Self { schema_version: 1, label: "mock-bss".to_owned(), message, color }
    }

    /// For a service that draws it.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Drawn.
    pub fn to_svg(&self) -> String {
        const HEIGHT: u32 = 20;
        let (label, message) = (escaped(&self.label), escaped(&self.message));
        let (left, right) = (width(&self.label), width(&self.message));
        let whole = left + right;
        let color = match self.color {
            "brightgreen" => "#3c9a0c",
            "green" => "#6a8a05",
            "yellowgreen" => "#7d7c0e",
            "yellow" => "#9a7d06",
            "red" => "#b6402b",
            _ => "#767676",
        };
        let mut out = String::new();
        let _ = writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{HEIGHT}\" role=\"img\" \
             aria-label=\"{label}: {message}\">"
        );
        let _ = writeln!(out, "  <title>{label}: {message}</title>");
        let _ = writeln!(out, "  <rect width=\"{left}\" height=\"{HEIGHT}\" fill=\"#444\"/>");
        let _ = writeln!(out, "  <rect x=\"{left}\" width=\"{right}\" height=\"{HEIGHT}\" fill=\"{color}\"/>");
        let _ = writeln!(
            out,
            "  <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">"
        );
        for (text, x, room) in [(label, left / 2, left), (message, left + right / 2, right)] {
            let length = room - 2 * MARGIN;
            let _ = writeln!(out, "    <text x=\"{x}\" y=\"14\" textLength=\"{length}\">{text}</text>");
        }
        out.push_str("  </g>\n</svg>\n");
        out
    }
}

const MARGIN: u32 = 6;

/// About as wide as the letters are; the text is fitted into it.
fn width(text: &str) -> u32 {
    let tenths: u32 = text
        .chars()
        .map(|c| match c {
            'i' | 'l' | 'j' | '.' | '·' | ' ' => 36,
            'm' | 'w' | 'M' | 'W' => 100,
            'A'..='Z' => 76,
            _ => 68,
        })
        .sum();
    tenths / 10 + 2 * MARGIN
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
