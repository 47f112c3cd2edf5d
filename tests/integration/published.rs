//! What is published must be what the program does.

use crate::util::*;
use std::path::Path;

fn published(name: &str) -> serde_json::Value {
    json(&std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name)).unwrap())
}

/// `mock-bss schema X > schema/X.schema.json` brings them up to date.
#[test]
fn the_schemas_in_the_repository_are_the_program_s_own() {
    let sandbox = Sandbox::new();
    for name in ["scenario", "profile", "report", "comparison", "product"] {
        let said = sandbox.run(&["schema", name]).ends(0);
        // Not `assert_eq`: nobody wants to read two schemas.
        let same = json(&said.out) == published(&format!("{name}.schema.json"));
        assert!(same, "mock-bss schema {name} > schema/{name}.schema.json brings it up to date");
    }
}

/// Whoever changes a rule or a scenario sees it here, and in the digest of every report.
#[test]
fn the_frozen_rule_set_is_the_program_s_own() {
    let sandbox = Sandbox::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules/2026.1.yaml");
    let frozen = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let same = sandbox.run(&["rules", "--format", "yaml"]).ends(0).out == frozen;
    assert!(
        same,
        "the rules or the scenarios changed: cargo run -q -- rules --format yaml > docs/rules/2026.1.yaml brings the \
         frozen rule set up to date"
    );
    assert_eq!(frozen.matches("\n- rule: R-").count(), 132);
    let listed = json(&sandbox.run(&["rules", "--format", "json"]).ends(0).out);
    let digest = listed["rule_set_sha256"].as_str().unwrap().to_owned();
    assert_eq!(digest.len(), 64);
    let played = sandbox.run(&["run", "--only", "settings/read", "--report", "json=r.json", "--report", "junit=r.xml"]);
    assert!(played.ends(0).out.contains(&format!("rule set: 2026.1 · sha256 {digest}")));
    assert_eq!(json(&sandbox.read("r.json"))["rule_set_sha256"], digest);
    assert!(sandbox.read("r.xml").contains(&digest));
    sandbox.run(&["rules", "--format", "yaml", "--level", "must"]).ends(2);
}

/// An editor that knows the schema helps whoever copies a scenario of the suite.
#[test]
fn every_shipped_scenario_names_its_schema() {
    fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true => files(&entry, found),
                false => found.push(entry),
            }
        }
    }
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), &mut found);
    assert!(found.len() > 50);
    for file in found {
        let text = std::fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let Some(path) = first.strip_prefix("# yaml-language-server: $schema=") else {
            panic!("{} does not begin with the line that names its schema: {first}", file.display());
        };
        let schema = file.parent().unwrap().join(path);
        assert!(schema.is_file(), "{}: there is no {path}", file.display());
        assert!(json(&std::fs::read_to_string(schema).unwrap())["title"].as_str().unwrap().contains("scenario"));
    }
}

#[test]
fn a_report_fits_its_schema() {
    let sandbox = Sandbox::new();
    sandbox.run(&["run", "--only", "precheck", "--report", "json=r.json"]).ends(0);
    let validator = jsonschema::validator_for(&published("report.schema.json")).unwrap();
    let report = json(&sandbox.read("r.json"));
    let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn junit_has_a_suite_for_each_scenario_and_a_case_for_each_check() {
    let sandbox = Sandbox::new();
    sandbox
        .run(&["run", "--only", "subscriptions/suspend", "--report", "junit=r.xml", "--report", "json=r.json"])
        .ends(0);
    let (xml, report) = (sandbox.read("r.xml"), json(&sandbox.read("r.json")));
    let scenarios = report["scenarios"].as_array().unwrap();
    assert_eq!(xml.matches("<testsuite ").count(), scenarios.len());
    let checks: usize = scenarios.iter().map(|scenario| scenario["checks"].as_array().unwrap().len()).sum();
    assert_eq!(xml.matches("<testcase ").count(), checks);
    assert!(xml.contains("failures=\"0\"") && xml.contains("name=\"subscriptions/suspend\""));
}

const COMMANDS: &[&str] = &[
    "run",
    "plan",
    "init",
    "check",
    "cleanup",
    "review",
    "self-test",
    "accept",
    "reject",
    "report",
    "compare",
    "certify",
    "verify",
    "badge",
    "rules",
    "explain",
    "reference",
    "schema",
    "completions",
    "man",
];

#[test]
fn completions_know_every_command() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = sandbox.run(&["completions", shell]).ends(0);
        for command in COMMANDS {
            assert!(said.out.contains(command), "{shell}: {command}");
        }
        assert!(said.out.contains("--rerun-failed") || said.out.contains("-l rerun-failed"), "{shell}");
    }
    assert!(sandbox.run(&["completions", "fsh"]).ends(2).err.contains("fish"));
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(&["man"]).ends(0);
    assert!(said.out.contains(".TH mock-bss 1") && said.out.contains("mock\\-bss\\-cleanup(1)"), "{}", said.out);
    sandbox.run(&["man", "--output", "pages/man1"]).ends(0);
    sandbox.run(&["man", "--output", "pages/man1"]).ends(0);
    for command in COMMANDS {
        let page = sandbox.read(&format!("pages/man1/mock-bss-{command}.1"));
        assert!(page.contains(&format!(".TH mock-bss-{command} 1")) && page.contains("mock\\-bss"), "{page}");
    }
    let written = std::fs::read_dir(sandbox.path().join("pages/man1")).unwrap().count();
    assert_eq!(written, COMMANDS.len() + 1);
    sandbox.file("taken", "");
    assert!(sandbox.run(&["man", "--output", "taken"]).ends(2).err.contains("cannot be written"));
}

#[test]
fn the_commands_of_the_help_exist() {
    let sandbox = Sandbox::new();
    let help = sandbox.run(&["--help"]).ends(0).out;
    for command in COMMANDS {
        assert!(help.contains(&format!("  {command}")), "{command}");
        sandbox.run(&[command, "--help"]).ends(0);
    }
    assert!(sandbox.run(&["explain", "r-49"]).ends(0).out.contains("subscriptions.create-returns-id"));
    assert!(sandbox.run(&["rules", "--level", "must"]).ends(0).out.ends_with("79 rules\n"));
    assert!(sandbox.run(&["rules"]).ends(0).out.ends_with("132 rules\n"));
}
