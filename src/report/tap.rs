//! TAP version 14: a subtest for each scenario, a point for each check and for each snapshot that is not as accepted.
//!
//! TAP knows `ok`, `not ok` and SKIP; which of our words is meant stands as `status` in the block below the point.

use super::{
    difference, differing,
    face::{self, Ends},
    text::one_line,
};
use crate::{
    rules::{self, Rung},
    verdict::{Check, ScenarioVerdict, Verdict},
};
use std::fmt::Write;

/// The document.
pub(super) fn render(verdict: &Verdict, check: bool) -> String {
    let points = verdict.scenarios.len() + verdict.unplayed().count() + verdict.planned.not_applicable.len();
    let mut out = String::from("TAP version 14\n");
    // The last point is the run itself: what left something out must not look whole.
    let _ = writeln!(out, "1..{}", points + 1);
    let name = one_line(&verdict.run.profile.name);
    let _ = writeln!(out, "# mock-bss {} against {name}, rules {}", verdict.run.version, verdict.run.rule_set);
    let _ = writeln!(out, "# level: {}", one_line(&super::level(verdict)));
    let mut number = 0;
    let mut next = || {
        number += 1;
        number
    };
    for scenario in &verdict.scenarios {
        subtest(&mut out, scenario, check, next());
    }
    for unplayed in verdict.unplayed() {
        let _ = writeln!(out, "not ok {} - {}", next(), described(&unplayed.key));
        let message = format!("planned, but not played ({})", super::console::counted(unplayed.checks.into(), "check"));
        block(&mut out, "  ", &[("status", Some("could_not_run")), ("message", Some(&message))]);
    }
    for skipped in &verdict.planned.not_applicable {
        let _ = writeln!(out, "ok {} - {} # SKIP {}", next(), described(&skipped.key), described(&skipped.reason));
    }
    let (outcome, words, _) = face::of_outcome(verdict.outcome);
    let ok = if outcome == "conformant" { "ok" } else { "not ok" };
    let _ = writeln!(out, "{ok} {} - the run is {}", next(), words.to_lowercase());
    let withheld = verdict.withheld_words();
    let reasons = verdict.reasons.join("; ");
    let members = [
        ("verdict", Some(outcome)),
        ("reasons", Some(reasons.as_str())),
        ("level", Some(verdict.reached.map_or("none", Rung::as_str))),
        ("withheld", withheld.as_deref()),
        ("rule_set", Some(verdict.run.rule_set.as_str())),
        ("rule_set_sha256", Some(rules::frozen_digest())),
    ];
    block(&mut out, "  ", &members);
    out
}

fn subtest(out: &mut String, scenario: &ScenarioVerdict, check: bool, number: usize) {
    let snapshots: Vec<_> = differing(scenario, check).collect();
    let _ = writeln!(out, "# Subtest: {}", described(&scenario.key));
    let _ = writeln!(out, "    1..{}", scenario.checks.len() + snapshots.len());
    let mut right = snapshots.is_empty();
    for (index, check) in scenario.checks.iter().enumerate() {
        right &= matches!(face::of(check.status).ends, Ends::Passed | Ends::Skipped);
        point(out, scenario, check, index + 1);
    }
    for (index, snapshot) in snapshots.iter().enumerate() {
        let number = scenario.checks.len() + index + 1;
        let _ = writeln!(out, "    not ok {number} - {} snapshot {}", described(&snapshot.step), snapshot.name);
        let state = if snapshot.old.is_some() { "snapshot_changed" } else { "snapshot_new" };
        block(out, "      ", &[("status", Some(state)), ("message", Some(&difference(snapshot)))]);
    }
    let ok = if right { "ok" } else { "not ok" };
    let _ = writeln!(out, "{ok} {number} - {}", described(&scenario.key));
}

fn point(out: &mut String, scenario: &ScenarioVerdict, check: &Check, number: usize) {
    let face = face::of(check.status);
    let finding = check.finding.as_ref();
    let message = finding.map(|finding| finding.message.as_str());
    let ok = if matches!(face.ends, Ends::Passed | Ends::Skipped) { "ok" } else { "not ok" };
    let rule = check.rule.map(|rule| format!(" ({} {})", rule.key(), rule.id)).unwrap_or_default();
    let skip = match face.ends {
        Ends::Skipped => format!(" # SKIP {}", described(message.unwrap_or(check.status.words()))),
        _ => String::new(),
    };
    let _ = writeln!(out, "    {ok} {number} - {} {}{rule}{skip}", described(&check.step), described(&check.name));
    if face.name != "pass" {
        let line = check.line.to_string();
        block(
            out,
            "      ",
            &[
                ("status", Some(face.name)),
                ("message", message),
                ("file", Some(&scenario.file)),
                ("line", Some(&line)),
                ("at", finding.and_then(|finding| finding.at.as_deref())),
                ("expected", finding.and_then(|finding| finding.expected.as_deref())),
                ("found", finding.and_then(|finding| finding.found.as_deref())),
                ("demand", check.rule.map(|rule| rule.title)),
                ("source", check.rule.map(|rule| rule.source)),
                ("curl", finding.and_then(|finding| finding.exchange.as_ref()).map(|e| e.curl.as_str())),
            ],
        );
    }
}

/// A YAML block. A JSON string is a YAML string that no content can break out of.
fn block(out: &mut String, margin: &str, members: &[(&str, Option<&str>)]) {
    let _ = writeln!(out, "{margin}---");
    for (name, value) in members {
        if let Some(value) = value {
            let text = serde_json::Value::from(super::printable(value)).to_string();
            let _ = writeln!(out, "{margin}{name}: {text}");
        }
    }
    let _ = writeln!(out, "{margin}...");
}

/// A description: a number sign would begin a directive.
fn described(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('#', "\\#")
}
