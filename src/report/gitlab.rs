//! GitLab's code quality report: what a merge request shows beside the lines.

use super::{difference, differing, face, fingerprint, line_of, named, place, printable, profile_file};
use crate::{
    rules::Level,
    verdict::{Check, Status, Verdict},
};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The document.
pub(super) fn render(verdict: &Verdict, check: bool) -> String {
    let mut issues = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut add = |parts: &[&str], name: &str, severity: &str, text: String, file: &str, line: u32| {
        // GitLab drops an issue whose fingerprint it has seen already.
        let print = fingerprint::of(parts);
        let count = seen.entry(print.clone()).or_default();
        *count += 1;
        let print = if *count == 1 { print } else { format!("{print}-{count}") };
        issues.push(json!({
            "description": printable(&text),
            "check_name": name,
            "fingerprint": print,
            "severity": severity,
            "location": { "path": file.replace('\\', "/"), "lines": { "begin": line.max(1) } },
        }));
    };
    for scenario in &verdict.scenarios {
        for one in &scenario.checks {
            let Some(severity) = severity(one) else { continue };
            let message = one.finding.as_ref().map(|finding| finding.message.as_str()).unwrap_or_default();
            let text = format!("{} {}: {message} ({} {})", one.status.words(), named(one), scenario.key, one.step);
            let rule = one.rule.map(|rule| rule.key()).unwrap_or_default();
            let parts = [scenario.key.as_str(), &one.step, &one.name, &rule];
            let name = if rule.is_empty() { "expectation" } else { &rule };
            let (file, line) = place(verdict, scenario, one.line);
            add(&parts, name, severity, text, file, line);
        }
        for snapshot in differing(scenario, check) {
            let name = snapshot.name.to_string();
            let text = format!("snapshot {name}: {}", difference(snapshot));
            let (file, line) = place(verdict, scenario, line_of(scenario, &snapshot.step));
            add(&["snapshot", &name], "snapshot", "minor", text, file, line);
        }
    }
    for unplayed in verdict.unplayed() {
        let text = format!("{}: planned, but not played", unplayed.key);
        add(&["unplayed", &unplayed.key], "run", "major", text, profile_file(verdict), 1);
    }
    serde_json::to_string_pretty(&Value::Array(issues)).unwrap_or_default() + "\n"
}

/// GitLab's word, or none for what needs no look.
fn severity(check: &Check) -> Option<&'static str> {
    match (check.status, check.level) {
        (Status::Fail, Level::Must) => Some("critical"),
        (Status::Fail, _) => Some("major"),
        (Status::Warn, _) => Some("minor"),
        (status, _) if face::of(status).ends == face::Ends::Errored => Some("major"),
        _ => None,
    }
}
