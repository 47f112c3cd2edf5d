//! A comparison for a CI's summary page or a comment.

use super::{CheckChange, Comparison, Group, Side, groups};
use crate::report::markdown::{MOST_ROWS, rest, text};
use std::fmt::Write;

pub(super) fn render(comparison: &Comparison) -> String {
    let mut out = format!("## mock-bss: {}\n\n", comparison.words());
    out.push_str("| | run | target | verdict | level |\n| --- | --- | --- | --- | --- |\n");
    side(&mut out, "before", &comparison.before);
    side(&mut out, "after", &comparison.after);
    if !comparison.notes.is_empty() {
        out.push('\n');
    }
    for note in &comparison.notes {
        let _ = writeln!(out, "- {}", text(note));
    }
    out.push_str("\n| what | number |\n| --- | ---: |\n");
    for (title, list, _) in comparison.lists() {
        let _ = writeln!(out, "| {title} | {} |", list.len());
    }
    let _ = writeln!(out, "| changed answers | {} |", comparison.changed_answers.len());
    let _ = writeln!(out, "| slower operations | {} |", comparison.slower.len());
    for (title, list, _) in comparison.lists() {
        checks(&mut out, title, list);
    }
    if !comparison.changed_answers.is_empty() {
        out.push_str("\n### changed answers\n\n| answer | difference |\n| --- | --- |\n");
        for answer in comparison.changed_answers.iter().take(MOST_ROWS) {
            let _ = writeln!(out, "| {} | {} |", text(&answer.answer), text(&answer.changes.join("; ")));
        }
        rest(&mut out, comparison.changed_answers.len());
    }
    if !comparison.slower.is_empty() {
        out.push_str("\n### slower operations\n\n| operation | p95 before | p95 after |\n| --- | ---: | ---: |\n");
        for one in &comparison.slower {
            let question = if one.check_only { " (pre-check)" } else { "" };
            let (before, after) = (one.before_p95_ms, one.after_p95_ms);
            let _ = writeln!(out, "| {}{question} | {before:.1} ms | {after:.1} ms |", text(&one.operation));
        }
    }
    out
}

fn side(out: &mut String, word: &str, side: &Side) {
    let level = side.level_reached.as_deref().unwrap_or("none");
    let verdict = side.verdict.replace('_', " ");
    let (name, target) = (text(&side.name), text(&side.target));
    let _ = writeln!(out, "| {word} | {name} | {target} | {} | {} |", text(&verdict), text(level));
}

fn checks(out: &mut String, title: &str, list: &[CheckChange]) {
    if list.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {title}\n\n| check | became | what | where |\n| --- | --- | --- | --- |");
    let groups = groups(list);
    for Group { change, places } in groups.iter().take(MOST_ROWS) {
        let mut cells = [change.named(), change.became()].map(|cell| text(&cell)).join(" | ");
        let _ = write!(cells, " | {}", text(change.message.as_deref().unwrap_or_default()));
        let (key, step) = places.first().copied().unwrap_or_default();
        let more = match places.len() {
            0 | 1 => String::new(),
            all => format!(" and {} more", all - 1),
        };
        let _ = writeln!(out, "| {cells} | {}{more} |", text(&format!("{key} {step}")));
    }
    rest(out, groups.len());
}
