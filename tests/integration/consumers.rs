//! Reports read by programs of other people, and held against schemas that others wrote down.

use crate::{
    liar::Liar,
    reports::{FORMATS, args, evil, sandbox_for},
    util::*,
};
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::{path::Path, process::Command};

/// Every report of a run against somebody who answers in wild words, and the JSON one.
fn played() -> (Sandbox, serde_json::Value) {
    let servers = servers();
    let liar = servers.block_on(Liar::start(evil));
    let sandbox = sandbox_for(&liar);
    let reports: Vec<String> = FORMATS.iter().map(|format| format!("{format}=r.{format}")).collect();
    let only = ["subscriptions/suspend", "subscriptions/activate", "subscriptions/update-up"];
    sandbox.run(&args(&only, &reports)).ends(1);
    servers.block_on(liar.stop());
    let report = json(&sandbox.read("r.json"));
    (sandbox, report)
}

fn errors(schema: &serde_json::Value, document: &serde_json::Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator.iter_errors(document).map(|error| error.to_string()).collect()
}

#[test]
fn json_fits_its_schema_whatever_came_out() {
    let (_, report) = played();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json");
    assert_eq!(errors(&json(&std::fs::read_to_string(schema).unwrap()), &report), Vec::<String>::new());
}

#[test]
fn a_junit_reader_finds_every_check_and_what_kind_it_is() {
    let (sandbox, report) = played();
    let read = junit_parser::from_reader(sandbox.read("r.junit").as_bytes()).unwrap();
    let counts = &report["counts"];
    let count = |name: &str| counts[name].as_u64().unwrap();
    let total = |of: fn(&junit_parser::TestSuite) -> u64| read.suites.iter().map(of).sum::<u64>();
    let gaps = count("blocked") + count("could_not_run") + count("error");
    assert_eq!(total(|suite| suite.failures), count("failed") + count("snapshots_changed"));
    assert_eq!(total(|suite| suite.errors), gaps);
    assert_eq!(total(|suite| suite.skipped), count("not_observable") + count("not_applicable"));
    assert!(gaps > 0 && count("failed") > 0, "a run that shows nothing");
    for suite in &read.suites {
        assert_eq!(suite.tests as usize, suite.cases.len(), "{}", suite.name);
        for case in &suite.cases {
            let property =
                |name: &str| case.properties.vec.iter().find(|(key, _)| key == name).map(|(_, v)| v.as_str());
            match property("status").unwrap_or_default() {
                "pass" | "warn" => assert!(case.status.is_success(), "{}", case.name),
                "fail" => assert!(case.status.is_failure(), "{}", case.name),
                "blocked" | "could_not_run" | "error" => assert!(case.status.is_error(), "{}", case.name),
                "not_observable" | "not_applicable" => assert!(case.status.is_skipped(), "{}", case.name),
                other => panic!("{}: {other}", case.name),
            }
            if case.name.contains(" R-") {
                assert!(
                    ["rule", "level", "basis", "source"].iter().all(|name| property(name).is_some()),
                    "{}",
                    case.name
                );
            }
        }
    }
}

#[test]
fn a_reader_of_tap_finds_every_scenario() {
    let (sandbox, report) = played();
    // It comes with Perl. It knows no version 14; to it, the points of scenarios are comments of theirs.
    sandbox.file("r13.tap", &sandbox.read("r.tap").replace("TAP version 14", "TAP version 13"));
    let script = "my $p = TAP::Parser->new({ source => 'r13.tap' }); $p->run;
        print join ' ', scalar $p->passed, scalar $p->failed, scalar $p->skipped, $p->plan, $p->parse_errors;";
    let perl = Command::new("perl").args(["-MTAP::Parser", "-e", script]).current_dir(sandbox.path()).output();
    let Some(said) = perl.ok().filter(|said| said.status.success()) else { return };
    let scenarios = report["scenarios"].as_array().unwrap();
    let bad = |scenario: &&serde_json::Value| {
        let wrong = ["fail", "blocked", "could_not_run", "error"];
        let checks = scenario["checks"].as_array().unwrap();
        checks.iter().any(|check| wrong.contains(&check["status"].as_str().unwrap()))
    };
    // The last point is the run.
    let failed = scenarios.iter().filter(bad).count() + 1;
    let all = scenarios.len() + 1;
    assert_eq!(String::from_utf8_lossy(&said.stdout), format!("{} {failed} 0 1..{all}", all - failed));
}

#[test]
fn markdown_is_headings_tables_and_text() {
    let (sandbox, report) = played();
    let text = sandbox.read("r.markdown");
    let mut rows = 0;
    let mut shown = String::new();
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML: {html}"),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => panic!("markup of the target"),
            Event::Start(Tag::TableRow) => rows += 1,
            Event::Text(text) => shown.push_str(&text),
            _ => {}
        }
    }
    // Nine statuses, two lines for snapshots, and what to look at.
    assert!(rows > 11, "{rows} rows");
    assert!(shown.contains("</script><img src=x onerror=alert(1)>"), "{shown}");
    assert!(shown.contains(report["rule_set_sha256"].as_str().unwrap()));
}

/// What GitLab demands of a code quality report (its documentation, "Code Quality report format").
#[test]
fn gitlab_can_read_its_report() {
    let (sandbox, _) = played();
    let schema = serde_json::json!({
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "minLength": 1 },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": { "type": "string", "pattern": "^[^./]" },
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": { "begin": { "type": "integer", "minimum": 1 } },
                        },
                    },
                },
            },
        },
    });
    assert_eq!(errors(&schema, &json(&sandbox.read("r.gitlab"))), Vec::<String>::new());
}
