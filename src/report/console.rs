//! What a person reads in the terminal.

use super::{
    face::{self, Shown, Tone},
    text::{Style, indented, labelled, one_line, printable},
};
use crate::{
    evidence::{PRELUDE, Planned, RunStarted},
    json, rules, snapshot,
    verdict::{Check, Finding, Outcome, ScenarioVerdict, SnapshotFinding, Status, Verdict},
};
use std::{collections::BTreeSet, fmt::Write};

/// What is left behind is named in the last lines up to here: they are what stands on the screen.
const MOST_LEFT_BEHIND: usize = 5;

/// How much is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Amount {
    /// Every check, not only those that are wrong.
    pub verbose: bool,
    /// Nothing but what is wrong, and the verdict.
    pub quiet: bool,
    /// New snapshots count as differences.
    pub check: bool,
    pub style: Style,
    /// Where the evidence is.
    pub evidence: String,
}

/// The first lines: who is played against, and how much will be bought.
pub fn opening(run: &RunStarted, planned: &Planned, jobs: Option<usize>) -> String {
    let profile = &run.profile;
    let dialect = one_line(profile.dialect.get("model_level").map(String::as_str).unwrap_or("?"));
    let mut out = String::new();
    let target = if run.built_in_reference {
        "the built-in reference".to_owned()
    } else {
        format!("{} at {}", one_line(&profile.name), printable(&profile.target))
    };
    let _ = writeln!(out, "mock-bss {} plays the BSS against {target}", one_line(&run.version));
    let skipped = match planned.not_applicable.len() {
        0 => String::new(),
        count => format!(", {count} not applicable"),
    };
    let jobs = jobs.map(|jobs| format!(" · {}", counted(jobs as u64, "job"))).unwrap_or_default();
    let probe = if profile.probe { "with probe" } else { "without probe" };
    let _ = writeln!(
        out,
        "plan: {}{skipped} · up to {} customers, {} subscriptions, {} seats · pre-check {} · model {dialect} · {probe}{jobs} · seed {}",
        counted(planned.scenarios.len() as u64, "scenario"),
        planned.customers,
        planned.subscriptions,
        planned.seats,
        one_line(&profile.precheck),
        one_line(&run.seed)
    );
    if !profile.connection.is_empty() {
        let _ = writeln!(out, "connection: {}", printable(&profile.connection.join(" · ")));
    }
    out
}

/// `1 scenario`, `2 scenarios`.
pub fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The line of one scenario, and a block for each thing that is wrong with it.
///
/// `told` remembers what has been said: one broken endpoint is explained once, and named wherever else it shows.
pub fn scenario(verdict: &ScenarioVerdict, run: &RunStarted, amount: &Amount, told: &mut BTreeSet<String>) -> String {
    let style = amount.style;
    let status = verdict.status();
    let pending = verdict.snapshots.iter().any(|s| s.old.is_some() || amount.check);
    let face = face::of(status);
    let calm = face.shown == Shown::WhenAsked && !pending;
    let mut out = String::new();
    if !(amount.quiet && calm) {
        let word = match status {
            Status::Pass if pending => style.odd("diff"),
            _ => toned(style, face.tone, face.short),
        };
        let time = format!("{:.1} ms", verdict.elapsed_us as f64 / 1000.0);
        let calls = if verdict.calls == 1 { "1 call ".to_owned() } else { format!("{} calls", verdict.calls) };
        // The numbers give way where the window is narrow: the key must stay whole.
        let room = style.width.map_or(52, |width| usize::from(width).saturating_sub(27).clamp(20, 52));
        let numbers = style.faint(&format!("{calls:>9} {time:>10}"));
        let _ = writeln!(out, "{word} {:<room$} {numbers}", printable(&verdict.key));
    }
    for check in &verdict.checks {
        let face = face::of(check.status);
        match (face.shown, &check.finding) {
            (Shown::WhenAsked, None) if amount.verbose => {
                let _ = writeln!(out, "       {} {}", toned(style, face.tone, face.short.trim()), named(check));
            }
            (Shown::WhenAsked, Some(finding)) if amount.verbose => {
                let _ =
                    writeln!(out, "       {} {}: {}", check.status.words(), named(check), one_line(&finding.message));
            }
            (Shown::Block, Some(finding)) => {
                let rule = check.rule.map(|rule| rule.key()).unwrap_or_default();
                if told.insert(format!("{rule} {}", finding.message)) || amount.verbose {
                    out.push_str(&block(verdict, check, finding, run, amount));
                } else {
                    let message = one_line(&finding.message);
                    let line = format!("{} {}: {message} (as above)", check.status.words(), named(check));
                    let _ = writeln!(out, "       {}", toned(style, face.tone, &line));
                }
            }
            (Shown::Line, Some(finding)) if check.status == Status::Known && amount.verbose => {
                out.push_str(&block(verdict, check, finding, run, amount));
            }
            (Shown::Line, Some(finding)) => {
                let line = format!("{} {}: {}", check.status.words(), named(check), one_line(&finding.message));
                let _ = writeln!(out, "       {}", toned(style, face.tone, &line));
            }
            _ => {}
        }
    }
    for snapshot in &verdict.snapshots {
        if snapshot.old.is_some() {
            out.push_str(&difference(snapshot, style));
        } else if amount.check {
            let _ = writeln!(out, "       {} {}", style.odd("new snapshot, never accepted:"), snapshot.name);
        }
    }
    for left in &verdict.left_behind {
        let line = format!("left behind: {} {} ({})", one_line(&left.kind), one_line(&left.id), one_line(&left.reason));
        let _ = writeln!(out, "       {}", style.bad(&line));
    }
    out
}

pub(super) fn toned(style: Style, tone: Tone, text: &str) -> String {
    match tone {
        Tone::Good => style.good(text),
        Tone::Bad => style.bad(text),
        Tone::Odd => style.odd(text),
        Tone::Faint => style.faint(text),
    }
}

fn named(check: &Check) -> String {
    match check.rule {
        Some(rule) => {
            format!(
                "{} {} ({} {}{})",
                one_line(&check.step),
                one_line(&check.name),
                rule.key(),
                rule.id,
                unscored(check)
            )
        }
        None => format!("{} {}", one_line(&check.step), one_line(&check.name)),
    }
}

/// A word for a rule that does not count yet.
fn unscored(check: &Check) -> &'static str {
    if check.is_scored() { "" } else { " · not scored" }
}

/// What is wrong, what the platform needs, what came back, how to mend it, how to repeat it.
fn block(scenario: &ScenarioVerdict, check: &Check, finding: &Finding, run: &RunStarted, amount: &Amount) -> String {
    let style = amount.style;
    let mut out = String::new();
    let word = toned(style, face::of(check.status).tone, check.status.words());
    let rule = match check.rule {
        Some(rule) => format!(" {} {} · {} · {}{}", rule.key(), rule.id, rule.level, rule.basis, unscored(check)),
        None => String::new(),
    };
    let _ = writeln!(out, "\n     {word}{rule}");
    let _ = writeln!(out, "       {}", style.strong(&one_line(&finding.message)));
    if check.line > 0 {
        let (file, step) = (one_line(&scenario.file), one_line(&check.step));
        let _ = writeln!(out, "       at        {file}:{} (step {step})", check.line);
    }
    let mut line = |label: &str, text: &str| out.push_str(&labelled("       ", label, text, style.width));
    if let Some(expected) = &finding.expected {
        line("expected", &one_line(expected));
    }
    if let Some(found) = &finding.found {
        line("found", &one_line(found));
    }
    // An error is not the service manager's: there is nothing for it to mend.
    if let Some(rule) = check.rule.filter(|_| check.status != Status::Error) {
        line("demand", rule.title);
        line("why", rule.why);
        line("fix", rule.fix);
        line("source", rule.source);
    }
    if let Some(exchange) = &finding.exchange {
        let _ = writeln!(out, "       {}", style.faint("request"));
        out.push_str(&indented(&printable(&spread(&exchange.request, amount.verbose)), "         "));
        let _ = writeln!(out, "       {}", style.faint("response"));
        out.push_str(&indented(&printable(&spread(&exchange.response, true)), "         "));
        let _ = writeln!(out, "       {}\n         {}", style.faint("again, alone"), printable(&exchange.curl));
        if !amount.evidence.is_empty() {
            let (scenario, step, call) = (exchange.scenario, exchange.step, exchange.call);
            let line = format!("\"scenario\":{scenario},\"step\":{step},\"call\":{call},");
            let label = style.faint("whole, in the evidence");
            let _ = writeln!(out, "       {label}\n         grep '{line}' {}", printable(&amount.evidence));
        }
    }
    // Without the seed: a service manager that remembers would take its ids for a repeat.
    if scenario.index != PRELUDE {
        let flags = one_line(&run.target_flags);
        let space = if flags.is_empty() { "" } else { " " };
        let again = style.faint("again, in its scenario");
        let _ = writeln!(out, "       {again}\n         mock-bss run{space}{flags} --only {}", one_line(&scenario.key));
    }
    out
}

/// Longer lines of a request are cut unless everything is wanted: the curl line below has it all.
const SHORT: usize = 300;

/// A message for reading: whole, with a JSON body spread over lines, or its first line and the beginning of its body.
pub(super) fn spread(message: &str, whole: bool) -> String {
    let (head, body) = message.split_once("\n\n").unwrap_or((message.trim_end(), ""));
    if !whole {
        let cut = match body.char_indices().nth(SHORT) {
            Some((index, _)) => format!("{}… (--verbose shows it all)", &body[..index]),
            None => body.to_owned(),
        };
        return format!("{}\n{cut}", head.lines().next().unwrap_or_default());
    }
    match json::parse(body.as_bytes()) {
        Ok(json) => format!("{head}\n\n{}", json.to_pretty()),
        Err(_) => message.trim_end().to_owned(),
    }
}

fn difference(finding: &SnapshotFinding, style: Style) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n     {} {}", style.odd("changed"), finding.name);
    if let Some(changed) = &finding.changed {
        for line in changed.describe() {
            let _ = writeln!(out, "       {}", style.strong(&printable(&line)));
        }
    }
    let old = finding.old.as_deref().unwrap_or_default();
    let drawn = snapshot::draw(&printable(old), &printable(&finding.new), 2, style.color);
    out.push_str(&indented(&drawn, "         "));
    out
}

/// How long the target took, operation by operation.
fn timings(verdict: &Verdict) -> String {
    let timings = verdict.timings.summaries();
    let mut out = String::new();
    if !timings.is_empty() {
        let limit = verdict.run.profile.timeout_ms.map(|ms| format!("  limit {ms}")).unwrap_or_default();
        let title = "time in ms";
        let _ = writeln!(out, "  {title:<42} {:>6} {:>10} {:>10} {:>10}{limit}", "calls", "p50", "p95", "max");
    }
    for timing in timings {
        let ms = |us: u32| format!("{:.1}", f64::from(us) / 1000.0);
        let (p50, p95, max) = (ms(timing.p50_us), ms(timing.p95_us), ms(timing.max_us));
        let unanswered = match timing.unanswered {
            0 => String::new(),
            count => format!("  and {count} without an answer"),
        };
        let _ = writeln!(out, "  {:<42} {:>6} {p50:>10} {p95:>10} {max:>10}{unanswered}", timing.words(), timing.calls);
    }
    out
}

/// The last lines: the verdict, the counts, what was written, and what to type next.
pub fn closing(verdict: &Verdict, files: &[String], next: &[String], amount: &Amount) -> String {
    let style = amount.style;
    let counts = &verdict.counts;
    let mut out = String::new();
    let (_, words, tone) = face::of_outcome(verdict.outcome);
    let word = match verdict.outcome {
        Outcome::Conformant if counts.snapshots_changed > 0 => {
            let changed = counted(counts.snapshots_changed, "snapshot");
            style.odd(&format!("CONFORMANT, but {changed} changed"))
        }
        Outcome::Conformant if amount.check && counts.snapshots_new > 0 => {
            let new = counted(counts.snapshots_new, "snapshot");
            style.odd(&format!("CONFORMANT, but {new} never accepted"))
        }
        _ => toned(style, tone, words),
    };
    let target = match verdict.run.built_in_reference {
        true => " (built-in reference: nothing of yours was tested)".to_owned(),
        false => format!(" ({})", one_line(&verdict.run.profile.name)),
    };
    // Nobody could have said it when the scenarios were shown.
    for (scenario, check) in &verdict.across {
        let Some(scenario) = verdict.scenarios.get(*scenario) else { continue };
        let Some(check) = scenario.checks.get(*check) else { continue };
        if let Some(finding) = &check.finding {
            out.push_str(&block(scenario, check, finding, &verdict.run, amount));
        }
    }
    let _ = writeln!(out, "\n{word}{target}");
    if !verdict.run.filters.is_empty() {
        let _ = writeln!(out, "  only a part was played: {}", one_line(&verdict.run.filters.join(", ")));
    }
    for reason in &verdict.reasons {
        let _ = writeln!(out, "  {}", printable(reason));
    }
    if let Some(line) = super::alike::line(verdict) {
        let _ = writeln!(out, "  {}", style.strong(&line));
    }
    let _ = writeln!(
        out,
        "  required {}/{} · recommended {}/{} · failed {} · warned {} · not applicable {} · not observable {} · not run {}",
        counts.required_passed,
        counts.required,
        counts.recommended_passed,
        counts.recommended,
        counts.failed,
        counts.warned,
        counts.not_applicable,
        counts.not_observable,
        counts.not_run()
    );
    let _ = writeln!(
        out,
        "  checks: {} expected · {} executed · {} passed · {} known · {} blocked · {} could not run · {} in error",
        counts.expected,
        counts.executed,
        counts.passed,
        counts.known,
        counts.blocked,
        counts.could_not_run,
        counts.error
    );
    if counts.known > 0 {
        let _ = writeln!(out, "  known failures: {} (they do not decide)", counts.known);
    }
    let reached = super::level(verdict);
    let withheld = verdict.withheld_words().map(|words| format!(" · {}", one_line(&words))).unwrap_or_default();
    let _ = writeln!(out, "  level: {reached}{withheld}");
    let _ = writeln!(out, "  rules examined: {} of {}", counts.rules_examined, rules::all().count());
    let _ = writeln!(out, "  rule set: {} · sha256 {}", printable(&verdict.run.rule_set), rules::frozen_digest());
    let _ = writeln!(
        out,
        "  snapshots: {} the same · {} changed · {} new",
        counts.snapshots_same, counts.snapshots_changed, counts.snapshots_new
    );
    if counts.asked_to_wait > 0 {
        let times = counted(counts.asked_to_wait, "time");
        let _ = writeln!(out, "  the target asked to wait {times} (HTTP 429 or 503 with Retry-After)");
    }
    if amount.verbose {
        out.push_str(&timings(verdict));
        for skipped in &verdict.planned.not_applicable {
            let _ = writeln!(out, "  not applicable: {}: {}", one_line(&skipped.key), printable(&skipped.reason));
        }
    }
    let left_behind = verdict.left_behind().count();
    for (scenario, left) in verdict.left_behind().take(MOST_LEFT_BEHIND) {
        let line = format!("left behind by {}: {} {} ({})", scenario.key, left.kind, left.id, left.reason);
        let _ = writeln!(out, "  {}", style.bad(&one_line(&line)));
    }
    if let Some(more @ 1..) = left_behind.checked_sub(MOST_LEFT_BEHIND) {
        let line = format!("left behind: {more} more, {left_behind} in all (`mock-bss cleanup` tries them again)");
        let _ = writeln!(out, "  {}", style.bad(&line));
    }
    for file in files {
        let _ = writeln!(out, "  {file}");
    }
    for line in next {
        let _ = writeln!(out, "  {} {line}", style.strong("next:"));
    }
    out
}
