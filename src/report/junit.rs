//! JUnit XML: a suite for each scenario, a case for each check and for each snapshot that is not as accepted.
//!
//! A *failure* is the target's, an *error* is not; what did not apply or could not be seen is *skipped*. JUnit knows no
//! warnings: they pass, with their text as output of the case.

use crate::{
    report::{
        console::counted,
        difference, differing,
        face::{self, Ends},
        printable,
    },
    rules::{self, Rung},
    verdict::{Check, Finding, Outcome, ScenarioVerdict, SnapshotFinding, Status, Verdict},
};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// The document.
pub fn render(verdict: &Verdict, check: bool) -> String {
    let mut report = Report::new(format!("mock-bss {}", verdict.run.profile.name));
    if let Some(finished) = &verdict.finished {
        report.set_time(Duration::from_micros(finished.elapsed_us));
    }
    for scenario in &verdict.scenarios {
        report.add_test_suite(suite(scenario, check));
    }
    if !verdict.planned.not_applicable.is_empty() {
        let mut suite = TestSuite::new("not applicable");
        for skipped in &verdict.planned.not_applicable {
            let mut status = TestCaseStatus::skipped();
            status.set_message(skipped.reason.clone());
            suite.add_test_case(TestCase::new(skipped.key.clone(), status));
        }
        report.add_test_suite(suite);
    }
    let unplayed: Vec<_> = verdict.unplayed().collect();
    if !unplayed.is_empty() {
        let mut suite = TestSuite::new("not played");
        for scenario in &unplayed {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let message = format!("planned, but not played ({})", counted(scenario.checks.into(), "check"));
            status.set_message(message).set_type("could_not_run");
            suite.add_test_case(TestCase::new(scenario.key.clone(), status));
        }
        report.add_test_suite(suite);
    }
    // A run that left something out must not look green to a CI that reads nothing but this file.
    let judged = verdict.checks().any(|(_, check)| check.status.is_gap());
    if verdict.outcome == Outcome::Incomplete && !judged && unplayed.is_empty() {
        let mut suite = TestSuite::new("run");
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(verdict.reasons.join("; ")).set_type("incomplete");
        suite.add_test_case(TestCase::new("complete", status));
        report.add_test_suite(suite);
    }
    // JUnit has no place for what is said of the whole run: it stands at the first suite.
    if let Some(first) = report.test_suites.first_mut() {
        for (name, value) in properties(verdict) {
            first.add_property((name.as_str(), value.as_str()));
        }
    }
    report.to_string().unwrap_or_default()
}

/// The verdict, the level, the rule set and all counts.
fn properties(verdict: &Verdict) -> Vec<(String, String)> {
    let run = &verdict.run;
    let (outcome, ..) = face::of_outcome(verdict.outcome);
    let mut properties = vec![
        ("mock-bss".to_owned(), run.version.clone()),
        ("verdict".to_owned(), outcome.to_owned()),
        ("level_reached".to_owned(), verdict.reached.map_or("none", Rung::as_str).to_owned()),
        ("rule_set".to_owned(), run.rule_set.clone()),
        ("rule_set_sha256".to_owned(), rules::frozen_digest().to_owned()),
    ];
    properties.extend(verdict.withheld_words().map(|words| ("withheld".to_owned(), printable(&words))));
    if let Ok(serde_json::Value::Object(counts)) = serde_json::to_value(verdict.counts) {
        properties.extend(counts.into_iter().map(|(name, count)| (format!("count.{name}"), count.to_string())));
    }
    properties
}

fn suite(scenario: &ScenarioVerdict, check: bool) -> TestSuite {
    let mut suite = TestSuite::new(scenario.key.clone());
    suite.set_time(Duration::from_micros(scenario.elapsed_us));
    suite.add_property(("title", scenario.title.as_str()));
    suite.add_property(("file", scenario.file.as_str()));
    for one in &scenario.checks {
        suite.add_test_case(case(scenario, one));
    }
    for snapshot in differing(scenario, check) {
        suite.add_test_case(snapshot_case(scenario, snapshot));
    }
    suite
}

fn case(scenario: &ScenarioVerdict, check: &Check) -> TestCase {
    let message = check.finding.as_ref().map(|finding| finding.message.clone()).unwrap_or_default();
    let face = face::of(check.status);
    let mut status = match face.ends {
        Ends::Passed => TestCaseStatus::success(),
        Ends::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Ends::Errored => TestCaseStatus::non_success(NonSuccessKind::Error),
        Ends::Skipped => TestCaseStatus::skipped(),
    };
    if face.ends != Ends::Passed {
        status.set_message(message.clone());
        status.set_type(check.rule.map_or("expectation", |rule| rule.id));
        if let (Ends::Failed | Ends::Errored, Some(finding)) = (face.ends, &check.finding) {
            status.set_description(details(check, finding));
        }
    }
    let rule = check.rule.map(|rule| format!(" {} {}", rule.key(), rule.id)).unwrap_or_default();
    let mut case = TestCase::new(format!("{}: {}{rule}", check.step, check.name), status);
    case.set_classname(scenario.key.clone());
    case.add_property(("status", face.name));
    case.add_property(("line", check.line.to_string().as_str()));
    case.add_property(("level", check.level.as_str()));
    if let Some(rule) = check.rule {
        case.add_property(("rule", rule.key().as_str()));
        case.add_property(("basis", rule.basis.as_str()));
        case.add_property(("source", rule.source));
        if !check.is_scored() {
            case.add_property(("scored", "false"));
        }
    }
    if check.status == Status::Warn {
        let text = check.finding.as_ref().map(|finding| details(check, finding)).unwrap_or_default();
        case.set_system_out(format!("warning: {text}"));
    }
    case
}

/// The request is part of the message: whoever reads it in CI has nothing else.
fn details(check: &Check, finding: &Finding) -> String {
    let mut text = format!("{}\n", finding.message);
    let mut line = |label: &str, value: Option<&str>| {
        if let Some(value) = value {
            text.push_str(&format!("{label}: {value}\n"));
        }
    };
    line("at", finding.at.as_deref());
    line("expected", finding.expected.as_deref());
    line("found", finding.found.as_deref());
    if let Some(rule) = check.rule {
        line("demand", Some(rule.title));
        line("why", Some(rule.why));
        line("fix", Some(rule.fix));
        line("source", Some(rule.source));
    }
    if let Some(exchange) = &finding.exchange {
        text.push_str(&format!("\n{}\n\n{}\n\n{}\n", exchange.request, exchange.response, exchange.curl));
    }
    printable(&text)
}

fn snapshot_case(scenario: &ScenarioVerdict, snapshot: &SnapshotFinding) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(printable(&difference(snapshot))).set_type("snapshot");
    let old = snapshot.old.as_deref().unwrap_or_default();
    status.set_description(printable(&crate::snapshot::draw(old, &snapshot.new, 3, false)));
    let mut case = TestCase::new(format!("{}: snapshot {}", snapshot.step, snapshot.name), status);
    case.set_classname(scenario.key.clone());
    case
}
