//! A comparison for a terminal.

use super::{AnswerChange, CheckChange, Comparison, Group, Side, Slower, groups};
use crate::report::{
    console::counted,
    face::Tone,
    text::{Style, one_line},
};
use std::fmt::Write;

/// Lines of a list that is not asked for.
const FEW: usize = 10;
/// Places of one change.
const PLACES: usize = 4;
/// Lines of the difference of one answer.
const CHANGES: usize = 5;

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Everything, and how to send the calls of regressions again.
    pub verbose: bool,
    pub style: Style,
}

pub(super) fn render(comparison: &Comparison, amount: Amount) -> String {
    let style = amount.style;
    let mut out = String::new();
    side(&mut out, "before", &comparison.before);
    side(&mut out, "after", &comparison.after);
    for note in &comparison.notes {
        let _ = writeln!(out, "  {} {}", style.odd("note:"), one_line(note));
    }
    for (title, list, tone) in comparison.lists() {
        checks(&mut out, title, list, tone, amount);
    }
    answers(&mut out, &comparison.changed_answers, amount);
    slower(&mut out, &comparison.slower, style);
    let tone = if comparison.regressed { Tone::Bad } else { Tone::Good };
    let tone = if !comparison.regressed && comparison.incomplete { Tone::Odd } else { tone };
    let _ = writeln!(out, "\n{}", toned(style, tone, comparison.words()));
    let counts: Vec<String> =
        comparison.lists().iter().map(|(title, list, _)| format!("{title} {}", list.len())).collect();
    let _ = writeln!(
        out,
        "  {} · changed answers {} · slower operations {}",
        counts.join(" · "),
        comparison.changed_answers.len(),
        comparison.slower.len()
    );
    out
}

fn side(out: &mut String, word: &str, side: &Side) {
    let level = side.level_reached.as_deref().unwrap_or("no level");
    let _ = writeln!(
        out,
        "{word:<7} {} · {} at {} · {} · {level} · {}",
        one_line(&side.name),
        one_line(&side.target),
        one_line(&side.url),
        side.verdict.replace('_', " "),
        one_line(&side.started_at)
    );
}

fn checks(out: &mut String, title: &str, list: &[CheckChange], tone: Tone, amount: Amount) {
    if list.is_empty() {
        return;
    }
    let style = amount.style;
    let heading = format!("{title} ({})", list.len());
    let _ = writeln!(out, "\n{}", toned(style, tone, &heading));
    // What decides is never cut.
    let most = if amount.verbose || tone == Tone::Bad { usize::MAX } else { FEW };
    let places = if amount.verbose { usize::MAX } else { PLACES };
    let groups = groups(list);
    for Group { change, places: found } in groups.iter().take(most) {
        let _ = writeln!(out, "  {}: {}", one_line(&change.named()), change.became());
        if let Some(message) = &change.message {
            let _ = writeln!(out, "      {}", one_line(message));
        }
        let named = found.iter().take(places).map(|(key, step)| format!("{key} {step}"));
        let rest = match found.len().saturating_sub(places) {
            0 => String::new(),
            more => format!(", and in {}", counted(more as u64, "other place")),
        };
        let named = named.collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "      {}", style.faint(&one_line(&format!("in {named}{rest}"))));
        if let (true, Some(curl)) = (amount.verbose && tone == Tone::Bad, &change.curl) {
            let _ = writeln!(out, "      {}", style.faint(&one_line(curl)));
        }
    }
    more(out, groups.len(), most);
}

fn answers(out: &mut String, list: &[AnswerChange], amount: Amount) {
    if list.is_empty() {
        return;
    }
    let heading = format!("changed answers ({})", list.len());
    let _ = writeln!(out, "\n{}", toned(amount.style, Tone::Odd, &heading));
    let (most, lines) = if amount.verbose { (usize::MAX, usize::MAX) } else { (FEW, CHANGES) };
    for answer in list.iter().take(most) {
        let _ = writeln!(out, "  {}", one_line(&answer.answer));
        for line in answer.changes.iter().take(lines) {
            let _ = writeln!(out, "      {}", one_line(line));
        }
        if answer.changes.len() > lines {
            let _ = writeln!(out, "      and {}", counted((answer.changes.len() - lines) as u64, "more difference"));
        }
    }
    more(out, list.len(), most);
}

fn slower(out: &mut String, list: &[Slower], style: Style) {
    if list.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", toned(style, Tone::Odd, &format!("slower operations ({})", list.len())));
    for one in list {
        let question = if one.check_only { " (pre-check)" } else { "" };
        let _ = writeln!(
            out,
            "  {}{question}: p95 {:.1} → {:.1} ms, max {:.1} → {:.1} ms",
            one_line(&one.operation),
            one.before_p95_ms,
            one.after_p95_ms,
            one.before_max_ms,
            one.after_max_ms
        );
    }
}

fn more(out: &mut String, all: usize, most: usize) {
    if all > most {
        let _ = writeln!(out, "  and {} more (--verbose shows them)", all - most);
    }
}

fn toned(style: Style, tone: Tone, text: &str) -> String {
    crate::report::console::toned(style, tone, text)
}
