//! What went over the wire, for who asked for all of it: `--verbose`.

use super::text::{Style, indented, one_line, printable};
use crate::{
    evidence::{Outcome, ProfileRecord, ScenarioEvidence},
    verdict,
};
use std::fmt::Write;

/// Bodies are shown up to here; the HTML report has more, the evidence all.
const SHOWN: usize = 600;

/// Every call of a scenario with its answer, and the e-mails that the platform would have sent, for `--verbose`.
pub fn render(evidence: &ScenarioEvidence, profile: &ProfileRecord, style: Style) -> String {
    let mut out = calls(evidence, style);
    for mail in verdict::mails(evidence, profile) {
        let _ = writeln!(out, "       {} access e-mail to {}", style.faint(&printable(&mail.step)), one_line(&mail.to));
        let _ = writeln!(out, "         {}", style.strong(&one_line(&mail.subject)));
        out.push_str(&indented(&printable(&mail.body), "         | "));
        if !mail.foreign.is_empty() {
            let names: Vec<String> = mail.foreign.iter().map(|name| format!("{{#{}#}}", one_line(name))).collect();
            let _ = writeln!(out, "         {}", style.faint(&format!("the platform fills {}", names.join(", "))));
        }
    }
    out
}

fn calls(evidence: &ScenarioEvidence, style: Style) -> String {
    let mut out = String::new();
    for (record, step) in evidence.recorded_steps() {
        for exchange in &step.exchanges {
            let sent = &exchange.sent;
            let _ = writeln!(
                out,
                "       {} {} {}{}",
                style.faint(&printable(&record.id)),
                sent.method,
                printable(&sent.url),
                if sent.check_only { " (pre-check)" } else { "" }
            );
            if let Some(body) = sent.body.as_deref().filter(|body| !body.is_empty()) {
                let _ = writeln!(out, "         > {}", cut(body));
            }
            let (answer, time) = match &exchange.answered {
                Some(answered) => {
                    let time = format!("{:.1} ms", answered.elapsed_us as f64 / 1000.0);
                    match &answered.outcome {
                        Outcome::Received { status, body, .. } => (format!("HTTP {status} {}", cut(body)), time),
                        Outcome::Failed { message, .. } => (cut(message), time),
                    }
                }
                None => ("no answer".to_owned(), String::new()),
            };
            let _ = writeln!(out, "         < {answer} {}", style.faint(&time));
        }
    }
    out
}

fn cut(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(SHOWN) {
        Some((index, _)) => format!("{}… ({} bytes in all)", one_line(&text[..index]), text.len()),
        None => one_line(text),
    }
}
