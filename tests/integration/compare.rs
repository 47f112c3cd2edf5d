//! `compare`: two runs as folders and as JSON reports, and what their difference ends with.

use crate::{
    liar::{Liar, Truth},
    reports::{evil, sandbox_for},
    util::*,
};
use std::path::Path;

const ONLY: [&str; 6] = ["run", "-q", "--only", "subscriptions/suspend", "--only", "subscriptions/update-up"];

/// A folder with two runs, `good` and `bad`, and a JSON report of each.
fn two_runs() -> Sandbox {
    let servers = servers();
    let truth = servers.block_on(Liar::start(Truth::told));
    let sandbox = sandbox_for(&truth);
    let play = |name: &str| {
        let report = format!("json={name}.json");
        let mut args = ONLY.to_vec();
        args.extend(["--output", name, "--report", &report]);
        sandbox.run(&args)
    };
    play("good").ends(0);
    let liar = servers.block_on(Liar::start(evil));
    let profile = sandbox.read("mock-bss.yaml").replace(&truth.base_url(), &liar.base_url());
    sandbox.file("mock-bss.yaml", &profile);
    play("bad").ends(1);
    servers.block_on(liar.stop());
    servers.block_on(truth.stop());
    sandbox
}

fn document(said: Said) -> serde_json::Value {
    let document = json(&said.out);
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/comparison.schema.json");
    let validator = jsonschema::validator_for(&json(&std::fs::read_to_string(schema).unwrap())).unwrap();
    let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    document
}

#[test]
fn a_regression_is_found_named_and_ends_with_1() {
    let sandbox = two_runs();
    let said = sandbox.run(&["compare", "good", "bad"]).ends(1);
    assert!(said.out.contains("regressions ("), "{}", said.out);
    assert!(said.out.contains("      in subscriptions/suspend suspend"), "{}", said.out);
    assert!(said.out.contains("pass → fail") && said.out.contains("REGRESSED"), "{}", said.out);
    assert!(said.out.contains("$.Code: 0 became -1"), "{}", said.out);
    assert!(!said.out.contains("curl"), "that is for --verbose");
    assert!(sandbox.run(&["compare", "good", "bad", "-v"]).ends(1).out.contains("curl -sS -X POST"));

    let back = sandbox.run(&["compare", "bad", "good"]).ends(0);
    assert!(back.out.contains("fixed (") && back.out.contains("NO REGRESSION"), "{}", back.out);
    let same = sandbox.run(&["compare", "good", "good"]).ends(0);
    assert!(same.out.contains("regressions 0 · weaker 0 · no longer executed 0 · newly executed 0 · fixed 0"));
}

/// A report is all that a CI has kept of the run before.
#[test]
fn folders_and_reports_say_the_same() {
    let sandbox = two_runs();
    let by_folder = document(sandbox.run(&["compare", "good", "bad", "--format", "json"]).ends(1));
    let by_report = document(sandbox.run(&["compare", "good.json", "bad.json", "--format", "json"]).ends(1));
    let mixed = document(sandbox.run(&["compare", "good.json", "bad", "--format", "json"]).ends(1));
    for list in ["regressions", "weaker", "fixed", "newly_executed", "no_longer_executed"] {
        assert_eq!(by_folder[list], by_report[list], "{list}");
        assert_eq!(by_folder[list], mixed[list], "{list}");
    }
    let names = |document: &serde_json::Value| -> Vec<String> {
        let answers = document["changed_answers"].as_array().unwrap();
        answers.iter().map(|answer| answer["answer"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!names(&by_folder).is_empty());
    assert_eq!(names(&by_folder), names(&by_report));
    assert!(by_folder["changed_answers"][0]["changes"][0].is_string());
    assert_eq!(by_report["changed_answers"][0]["changes"], serde_json::json!([]));
    let markdown = sandbox.run(&["compare", "good", "bad", "--format", "markdown"]).ends(1).out;
    assert!(markdown.starts_with("## mock-bss: REGRESSED\n"), "{markdown}");
    let regressions = by_folder["regressions"].as_array().unwrap().len();
    assert!(markdown.contains(&format!("| regressions | {regressions} |")), "{markdown}");
    // What a target says stays text, there too.
    assert!(!markdown.contains("<img"), "{markdown}");
}

#[test]
fn a_run_that_was_cut_off_makes_the_comparison_incomplete() {
    let sandbox = two_runs();
    let evidence = sandbox.read("good/evidence.jsonl");
    let kept: Vec<&str> =
        evidence.lines().filter(|line| !line.contains("\"scenario\":2") && !line.contains("run_finished")).collect();
    sandbox.file("killed/evidence.jsonl", &(kept.join("\n") + "\n"));
    sandbox.file("killed/baseline.jsonl", &sandbox.read("good/baseline.jsonl"));
    let said = sandbox.run(&["compare", "good", "killed"]).ends(5);
    assert!(said.out.contains("no longer executed (") && said.out.contains("INCOMPLETE"), "{}", said.out);
}

#[test]
fn what_is_no_run_is_named() {
    let sandbox = Sandbox::new();
    sandbox.file("other.json", "{\"a\": 1}");
    let said = sandbox.run(&["compare", "other.json", "nothing"]).ends(2);
    assert!(said.err.contains("other.json is not a JSON report: missing field `schema_version`"), "{}", said.err);
    let said = sandbox.run(&["compare", "nothing", "other.json"]).ends(2);
    assert!(said.err.contains("there is no run folder nothing"), "{}", said.err);
    assert!(sandbox.run(&["compare", "a", "b", "--slower", "0.5"]).ends(2).err.contains("--slower 0.5"));
}

/// What was certified is compared by its evidence; whether it is genuine is not the question here.
#[test]
fn a_certificate_is_compared_by_the_run_in_it() {
    let sandbox = two_runs();
    let of_run = |name: &str| std::fs::read(sandbox.path().join("good").join(name)).unwrap();
    let files = ["evidence.jsonl", "baseline.jsonl"].map(|name| (format!("run/{name}"), of_run(name)));
    let packed = mock_bss::certificate::pack("acme-mail", &files.into()).unwrap();
    std::fs::write(sandbox.path().join("acme.tar.gz"), &packed).unwrap();

    let said = sandbox.run(&["compare", "acme.tar.gz", "bad"]).ends(1);
    assert!(said.out.contains("$.Code: 0 became -1") && said.out.contains("pass → fail"), "{}", said.out);
    let same = sandbox.run(&["compare", "good", "acme.tar.gz"]).ends(0);
    assert!(same.out.contains("NO REGRESSION"), "{}", same.out);

    std::fs::write(sandbox.path().join("half.tar.gz"), &packed[..packed.len() / 2]).unwrap();
    let half = sandbox.run(&["compare", "half.tar.gz", "good"]).ends(2);
    assert!(half.err.contains("the certificate half.tar.gz cannot be compared"), "{}", half.err);
    assert!(half.err.contains("`mock-bss verify half.tar.gz` says"), "{}", half.err);
}
