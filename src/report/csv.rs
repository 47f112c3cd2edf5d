//! CSV for spreadsheets: one line for each check, one for each snapshot that differs or is new, and one for each
//! scenario that was not played. What is said of the whole run stands in every line: lines of many runs can be put together.

use super::{difference, face, line_of, printable};
use crate::{rules::Rung, verdict::Verdict};
use std::io;

const COLUMNS: [&str; 18] = [
    "scenario",
    "title",
    "file",
    "line",
    "step",
    "check",
    "rule",
    "rule_id",
    "level",
    "basis",
    "status",
    "message",
    "at",
    "expected",
    "found",
    "run_verdict",
    "run_level",
    "rule_set",
];

/// The document.
///
/// # Errors
/// None that memory does not give.
pub(super) fn render(verdict: &Verdict) -> io::Result<String> {
    let mut table = ::csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS).map_err(io::Error::other)?;
    let of_run = [
        face::of_outcome(verdict.outcome).0,
        verdict.reached.map_or("none", Rung::as_str),
        verdict.run.rule_set.as_str(),
    ];
    let mut row = |cells: [&str; 15]| {
        let cells = cells.into_iter().chain(of_run).map(cell);
        table.write_record(cells.map(String::into_bytes)).map_err(io::Error::other)
    };
    for (scenario, check) in verdict.checks() {
        let finding = check.finding.as_ref();
        let text = |value: Option<&String>| value.cloned().unwrap_or_default();
        row([
            &scenario.key,
            &scenario.title,
            &scenario.file,
            &check.line.to_string(),
            &check.step,
            &check.name,
            &check.rule.map(|rule| rule.key()).unwrap_or_default(),
            check.rule.map_or("", |rule| rule.id),
            check.level.as_str(),
            check.rule.map_or("", |rule| rule.basis.as_str()),
            face::of(check.status).name,
            finding.map_or("", |finding| &finding.message),
            &text(finding.and_then(|finding| finding.at.as_ref())),
            &text(finding.and_then(|finding| finding.expected.as_ref())),
            &text(finding.and_then(|finding| finding.found.as_ref())),
        ])?;
    }
    let mut short = |key: &str, rest: [&str; 5], status: &str, message: &str| {
        let [title, file, line, step, check] = rest;
        row([key, title, file, line, step, check, "", "", "", "", status, message, "", "", ""])
    };
    for scenario in &verdict.scenarios {
        for snapshot in &scenario.snapshots {
            let status = if snapshot.old.is_some() { "snapshot_changed" } else { "snapshot_new" };
            let (line, check) = (line_of(scenario, &snapshot.step).to_string(), format!("snapshot {}", snapshot.name));
            let rest = [scenario.title.as_str(), &scenario.file, &line, &snapshot.step, &check];
            short(&scenario.key, rest, status, &difference(snapshot))?;
        }
    }
    for unplayed in verdict.unplayed() {
        let message = format!("planned, but not played ({})", super::console::counted(unplayed.checks.into(), "check"));
        short(&unplayed.key, [""; 5], "could_not_run", &message)?;
    }
    for skipped in &verdict.planned.not_applicable {
        short(&skipped.key, [""; 5], "not_applicable", &skipped.reason)?;
    }
    let bytes = table.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// A cell that no spreadsheet takes for a formula, whatever a service manager wrote into it.
fn cell(text: &str) -> String {
    let text = printable(text);
    // A blank or a tab before it does not stop every spreadsheet.
    match text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
        || text.starts_with('\t')
    {
        true => format!("'{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for wild in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "＝1"] {
            let cell = cell(wild);
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', ' ', '＝']), "{cell:?}");
        }
        assert_eq!(cell("HTTP 200"), "HTTP 200");
    }
}
