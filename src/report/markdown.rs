//! Markdown for a CI's summary page or a comment: the verdict, the counts, and what is wrong in a table.

use super::{difference, differing, face, groups, json::counts, named, text::one_line};
use crate::{
    rules,
    verdict::{Status, Verdict},
};
use std::fmt::Write;

/// A summary is read, not searched: the rest is in the other reports.
pub(super) const MOST_ROWS: usize = 100;
const LONGEST: usize = 300;

/// The document.
pub(super) fn render(verdict: &Verdict, check: bool) -> String {
    let run = &verdict.run;
    let (_, words, _) = face::of_outcome(verdict.outcome);
    let mut out = format!("## mock-bss: {words}\n\n");
    let target = match run.built_in_reference {
        true => "the built-in reference: nothing of yours was tested".to_owned(),
        false => format!("{} at {}", text(&run.profile.name), text(&run.profile.target)),
    };
    let _ =
        writeln!(out, "**Target** {target} · mock-bss {} · rules {} · seed {}\n", run.version, run.rule_set, run.seed);
    for reason in &verdict.reasons {
        let _ = writeln!(out, "- {}", text(reason));
    }
    if !verdict.reasons.is_empty() {
        out.push('\n');
    }
    let _ = write!(out, "**Level** {}", text(&super::level(verdict)));
    if let Some(withheld) = verdict.withheld_words() {
        let _ = write!(out, " · {}", text(&withheld));
    }
    out.push_str("\n\n");
    let counted = &verdict.counts;
    let _ = writeln!(
        out,
        "Required {}/{} · recommended {}/{} · rules examined {} of {}\n",
        counted.required_passed,
        counted.required,
        counted.recommended_passed,
        counted.recommended,
        counted.rules_examined,
        rules::all().count()
    );
    out.push_str("| checks | number |\n| --- | ---: |\n");
    let totals = counts(counted);
    for status in Status::WORST_FIRST {
        let face = face::of(status);
        let total = totals.get(face.counted).copied().unwrap_or(0);
        let _ = writeln!(out, "| {} {} | {total} |", face.mark, status.words());
    }
    let _ = writeln!(out, "| snapshots changed | {} |", counted.snapshots_changed);
    let _ = writeln!(out, "| snapshots new | {} |", counted.snapshots_new);
    wrong(&mut out, verdict);
    let snapshots: Vec<_> = verdict.scenarios.iter().flat_map(|scenario| differing(scenario, check)).collect();
    if !snapshots.is_empty() {
        out.push_str("\n### Snapshots that differ\n\n| snapshot | difference |\n| --- | --- |\n");
        for snapshot in snapshots.iter().take(MOST_ROWS) {
            let _ = writeln!(out, "| {} | {} |", text(&snapshot.name.to_string()), text(&difference(snapshot)));
        }
        rest(&mut out, snapshots.len());
    }
    let left: Vec<_> = verdict.left_behind().collect();
    if !left.is_empty() {
        out.push_str("\n### Left behind on the target\n\n");
        for (scenario, left) in left.iter().take(MOST_ROWS) {
            let words = [&left.kind, &left.id, &left.reason].map(|word| text(word));
            let _ = writeln!(out, "- {} {} ({}), by {}", words[0], words[1], words[2], text(&scenario.key));
        }
        rest(&mut out, left.len());
    }
    let _ = writeln!(out, "\nRule set {} · sha256 {}", text(&run.rule_set), rules::frozen_digest());
    out
}

fn wrong(out: &mut String, verdict: &Verdict) {
    let groups = groups(verdict);
    if groups.is_empty() {
        return;
    }
    out.push_str("\n### What to look at\n\n| status | rule | what | where |\n| --- | --- | --- | --- |\n");
    for group in groups.iter().take(MOST_ROWS) {
        let mut place = group.places.first().map_or(String::new(), |(scenario, check)| {
            let at = if check.line > 0 { format!(" ({}:{})", scenario.file, check.line) } else { String::new() };
            text(&format!("{} {}{at}", scenario.key, check.step))
        });
        if group.places.len() > 1 {
            let _ = write!(place, " and {} more", group.places.len() - 1);
        }
        let (face, words) = (face::of(group.check.status), group.check.status.words());
        let (rule, message) = (text(&named(group.check)), text(&group.finding.message));
        let _ = writeln!(out, "| {} {words} | {rule} | {message} | {place} |", face.mark);
    }
    rest(out, groups.len());
}

pub(super) fn rest(out: &mut String, all: usize) {
    if all > MOST_ROWS {
        let _ = writeln!(out, "\nand {} more", all - MOST_ROWS);
    }
}

/// Text that stays text: no markup, no cell border, no HTML, no mention of anybody.
pub(super) fn text(raw: &str) -> String {
    let line = one_line(raw);
    let cut = match line.char_indices().nth(LONGEST) {
        Some((index, _)) => format!("{}…", &line[..index]),
        None => line,
    };
    let mut out = String::with_capacity(cut.len());
    for c in cut.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '!' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_target_says_stays_text() {
        assert_eq!(text("a|b <img> `x` @me\n# [l](u)"), r"a\|b &lt;img&gt; \`x\` &#64;me ␊ \# \[l\](u)");
    }
}
