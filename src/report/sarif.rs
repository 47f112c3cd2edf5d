//! SARIF 2.1.0, for code scanning.
//!
//! A result is what is wrong with the service manager: failures, warnings, and snapshots that differ. What did not run is
//! a notification of the tool, because it says nothing about the service manager. What is right is not listed: code
//! scanning would show it as an alert.
//!
//! Code scanning throws a whole upload away if one result has no place in a file, and it shows that file. So a result
//! stands in a file of the target's own repository: the scenario, the snapshot, or, for the suite that comes with
//! mock-bss, the profile, with the line of the suite as a related location. Because many results then share a line, the
//! fingerprint by which GitHub tells alerts apart (`primaryLocationLineHash`) is given too.

use super::{difference, differing, face, fingerprint, level, line_of, place, printable, profile_file};
use crate::{
    rules::{self, Level, Rule, Rung},
    verdict::{Check, Outcome, ScenarioVerdict, SnapshotFinding, Status, Verdict},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Expectations of scenarios, and snapshots, are rules as well as far as SARIF goes.
const EXPECTATION: &str = "expectation";
const SNAPSHOT: &str = "snapshot";

/// What paths are relative to: the root of the repository, as GitHub calls it, or the suite.
const REPOSITORY: &str = "%SRCROOT%";
const SUITE: &str = "MOCK_BSS_SUITE";
/// Lines of a snapshot file before its content.
const SNAPSHOT_HEADER: u32 = 4;

/// The document.
pub(super) fn render(verdict: &Verdict, check: bool) -> String {
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run(verdict, check)],
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn run(verdict: &Verdict, check: bool) -> Value {
    let mut results = Vec::new();
    let mut notifications = Vec::new();
    let mut fingerprints = Fingerprints::default();
    for scenario in &verdict.scenarios {
        for one in &scenario.checks {
            match one.status {
                Status::Fail | Status::Warn => results.push(result(verdict, scenario, one, &mut fingerprints)),
                status if status.is_gap() => notifications.push(notification(verdict, scenario, one)),
                _ => {}
            }
        }
        for snapshot in differing(scenario, check) {
            let name = snapshot.name.to_string();
            let mut result = json!({
                "ruleId": SNAPSHOT,
                "level": "warning",
                "message": { "text": printable(&format!("{name}: {}", difference(snapshot))) },
                "partialFingerprints": fingerprints.of(&[SNAPSHOT, &name]),
                "properties": { "status": if snapshot.old.is_some() { "changed" } else { "new" } },
            });
            match accepted(verdict, snapshot) {
                Some((file, line)) => {
                    let mut location = json!({ "physicalLocation": physical(&file, line) });
                    location["logicalLocations"] = logical(scenario, &snapshot.step);
                    result["locations"] = json!([location]);
                }
                None => {
                    stand(&mut result, verdict, scenario, line_of(scenario, &snapshot.step), &snapshot.step);
                }
            }
            results.push(result);
        }
    }
    for unplayed in verdict.unplayed() {
        let text = format!("{}: planned, but not played", unplayed.key);
        let location = json!({ "physicalLocation": physical(profile_file(verdict), 1) });
        notifications.push(json!({ "level": "error", "message": { "text": text }, "locations": [location] }));
    }
    let mut invocation = json!({
        "executionSuccessful": verdict.outcome != Outcome::Incomplete,
        "exitCode": super::exit::of(verdict, check),
        "startTimeUtc": verdict.run.at,
        "toolExecutionNotifications": notifications,
    });
    if let Some(finished) = &verdict.finished {
        invocation["endTimeUtc"] = finished.at.clone().into();
    }
    json!({
        "tool": { "driver": {
            "name": "mock-bss",
            "version": verdict.run.version,
            "semanticVersion": verdict.run.version,
            "rules": described(verdict),
        }},
        // Uploads of several profiles stand beside each other.
        "automationDetails": { "id": format!("mock-bss/{}/", verdict.run.profile.name) },
        "originalUriBaseIds": {
            REPOSITORY: { "description": { "text": "The folder that mock-bss was run in: the root of the repository." } },
            SUITE: { "description": { "text": format!("The scenarios inside mock-bss {}.", verdict.run.version) } },
        },
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "verdict": face::of_outcome(verdict.outcome).0,
            "target": verdict.run.profile.name,
            "level": verdict.reached.map(Rung::as_str),
            "levelWords": level(verdict),
            "withheld": verdict.withheld_words(),
            "ruleSet": verdict.run.rule_set,
            "ruleSetSha256": rules::frozen_digest(),
            "counts": verdict.counts,
        },
    })
}

fn result(verdict: &Verdict, scenario: &ScenarioVerdict, check: &Check, fingerprints: &mut Fingerprints) -> Value {
    let rule = check.rule.map(|rule| rule.key());
    let mut text = check.finding.as_ref().map(|finding| finding.message.clone()).unwrap_or_default();
    let details = check.finding.iter().flat_map(|f| [("expected", &f.expected), ("found", &f.found), ("at", &f.at)]);
    for (label, value) in details {
        if let Some(value) = value {
            text.push_str(&format!("\n{label}: {value}"));
        }
    }
    let parts = [scenario.key.as_str(), &check.step, &check.name, rule.as_deref().unwrap_or_default()];
    let mut result = json!({
        "ruleId": rule.as_deref().unwrap_or(EXPECTATION),
        "level": if check.status == Status::Fail { "error" } else { "warning" },
        "message": { "text": printable(&text) },
        "partialFingerprints": fingerprints.of(&parts),
        "properties": { "status": face::of(check.status).name, "check": check.name, "title": scenario.title },
    });
    stand(&mut result, verdict, scenario, check.line, &check.step);
    result
}

fn notification(verdict: &Verdict, scenario: &ScenarioVerdict, check: &Check) -> Value {
    let message = check.finding.as_ref().map(|finding| finding.message.as_str()).unwrap_or_default();
    let text = format!("{} ({} {}): {message}", check.status.words(), check.step, check.name);
    json!({
        "level": "error",
        "message": { "text": printable(&text) },
        "locations": [location(verdict, scenario, check.line, &check.step)],
        "properties": { "status": face::of(check.status).name },
    })
}

/// Gives a result its place, and the line of the suite beside it where the place is the profile.
fn stand(result: &mut Value, verdict: &Verdict, scenario: &ScenarioVerdict, line: u32, step: &str) {
    result["locations"] = json!([location(verdict, scenario, line, step)]);
    if scenario.built_in && line > 0 {
        result["relatedLocations"] = json!([{
            "id": 1,
            "message": { "text": format!("step {step} of {}", scenario.key) },
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&scenario.file), "uriBaseId": SUITE },
                "region": { "startLine": line },
            },
        }]);
    }
}

fn location(verdict: &Verdict, scenario: &ScenarioVerdict, line: u32, step: &str) -> Value {
    let (file, line) = place(verdict, scenario, line);
    json!({ "physicalLocation": physical(file, line), "logicalLocations": logical(scenario, step) })
}

fn logical(scenario: &ScenarioVerdict, step: &str) -> Value {
    json!([{ "fullyQualifiedName": format!("{}/{step}", scenario.key), "kind": "member" }])
}

fn physical(file: &str, line: u32) -> Value {
    let uri = uri(file);
    let absolute = uri.starts_with("file:");
    let mut artifact = json!({ "uri": uri });
    if !absolute {
        artifact["uriBaseId"] = REPOSITORY.into();
    }
    json!({ "artifactLocation": artifact, "region": { "startLine": line.max(1) } })
}

/// The file of an accepted snapshot, and the first line that is not as accepted.
fn accepted(verdict: &Verdict, snapshot: &SnapshotFinding) -> Option<(String, u32)> {
    let (old, folder) = (snapshot.old.as_ref()?, verdict.run.profile.snapshots.as_ref()?);
    let same = old.lines().zip(snapshot.new.lines()).take_while(|(old, new)| old == new).count();
    // What is new behind the last line of the old stands at that line.
    let line = same.min(old.lines().count().saturating_sub(1)) + 1;
    let line = SNAPSHOT_HEADER.saturating_add(u32::try_from(line).unwrap_or(u32::MAX));
    Some((format!("{folder}/{}", snapshot.name), line))
}

/// A path as a URI reference, with slashes.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut out = match (path.starts_with('/'), path.get(1..2)) {
        (true, _) => "file://".to_owned(),
        (false, Some(":")) => "file:///".to_owned(),
        _ => String::new(),
    };
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b':' if out.starts_with("file:") => out.push(':'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// The rules that the results name, with the help that `mock-bss explain` gives.
fn described(verdict: &Verdict) -> Vec<Value> {
    let named: BTreeSet<u16> = verdict.checks().filter_map(|(_, check)| Some(check.rule?.number)).collect();
    let rules = rules::all().filter(|rule| named.contains(&rule.number)).map(rule);
    let own = [
        (EXPECTATION, "What a scenario expects", "The answer is not as the scenario expects it."),
        (SNAPSHOT, "An answer is as it was accepted", "Look at the difference, then `mock-bss accept` or mend it."),
    ];
    let own = own.into_iter().map(|(id, title, text)| {
        json!({ "id": id, "shortDescription": { "text": title }, "help": { "text": text, "markdown": text } })
    });
    rules.chain(own).collect()
}

fn rule(rule: &Rule) -> Value {
    let level = match rule.level {
        Level::Must if rule.decides() => "error",
        Level::Must | Level::Should => "warning",
        Level::May => "note",
    };
    let text = format!("{}\n\nWhy: {}\nFix: {}\nSource: {}", rule.title, rule.why, rule.fix, rule.source);
    let markdown =
        format!("{}\n\n**Why** {}\n\n**Fix** {}\n\n**Source** {}", rule.title, rule.why, rule.fix, rule.source);
    json!({
        "id": rule.key(),
        "name": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.why },
        "help": { "text": text, "markdown": markdown },
        "defaultConfiguration": { "level": level },
        "properties": {
            "area": rule.area.as_str(),
            "level": rule.level.as_str(),
            "basis": rule.basis.as_str(),
            "source": rule.source,
        },
    })
}

/// Fingerprints tell results of one run apart, so a second one of the same words is numbered.
#[derive(Default)]
struct Fingerprints {
    seen: std::collections::HashMap<String, u32>,
}

impl Fingerprints {
    fn of(&mut self, parts: &[&str]) -> Value {
        let print = fingerprint::of(parts);
        let count = self.seen.entry(print.clone()).or_default();
        *count += 1;
        let own = if *count == 1 { print.clone() } else { format!("{print}-{count}") };
        json!({ "mockBss/v1": own, "primaryLocationLineHash": format!("{print}:{count}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(uri("scenarios/trial/to paid#1.yaml"), "scenarios/trial/to%20paid%231.yaml");
        assert_eq!(uri(r"mine\suspend.yaml"), "mine/suspend.yaml");
        assert_eq!(uri(r"C:\mine\é.yaml"), "file:///C:/mine/%C3%A9.yaml");
        assert_eq!(uri("/tmp/a.yaml"), "file:///tmp/a.yaml");
    }
}
