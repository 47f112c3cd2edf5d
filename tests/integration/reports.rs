//! Every format of a failing, a conformant and an incomplete run, read back and compared: no two of them may disagree.

use crate::{
    liar::{Liar, Lie, Truth},
    util::*,
};
use mock_bss::reference;
use quick_xml::{Reader, events::Event};
use std::{collections::BTreeMap, path::Path};

/// What a service manager might say to hurt those who read its answers in a browser, a terminal, a CI or a spreadsheet.
pub(crate) const EVIL: &str = "=1+1 </script><img src=x onerror=alert(1)> \u{2028}|`*x*` ]]> ::error::pwned ##vso[task.setvariable]x # TODO \\u001b[31m";

pub(crate) const FORMATS: [&str; 8] = ["json", "junit", "html", "markdown", "tap", "sarif", "csv", "gitlab"];

type Counts = BTreeMap<String, u64>;

/// A sandbox with a profile for a liar.
pub(crate) fn sandbox_for(liar: &Liar) -> Sandbox {
    let sandbox = Sandbox::new();
    let settings =
        format!("settings: {{ FieldUsername: {}, FieldPassword: {} }}\n", reference::USERNAME, reference::PASSWORD);
    sandbox.profile("liar", &liar.base_url(), (reference::APPLICATION_ID, reference::APPLICATION_KEY), &settings);
    sandbox
}

/// Refuses to suspend, in wild words.
pub(crate) fn evil(truth: Truth) -> Lie {
    if truth.path.ends_with("Subscriptions/Suspend") {
        return truth.with(|_| format!(r#"{{"Code":-1,"Message":"{EVIL}","Result":null}}"#));
    }
    truth.told()
}

pub(crate) fn args<'a>(only: &[&'a str], reports: &'a [String]) -> Vec<&'a str> {
    let mut args = vec!["run"];
    only.iter().for_each(|key| args.extend(["--only", key]));
    reports.iter().for_each(|report| args.extend(["--report", report]));
    args
}

/// Plays and returns the folder with a report in every format, each named `r.<format>`.
fn played(lie: impl Fn(Truth) -> Lie + Send + Sync + 'static, only: &[&str], code: i32) -> Sandbox {
    let servers = servers();
    let liar = servers.block_on(Liar::start(lie));
    let sandbox = sandbox_for(&liar);
    sandbox.run(&args(only, &every())).ends(code);
    servers.block_on(liar.stop());
    sandbox
}

/// A report in every format.
fn every() -> Vec<String> {
    FORMATS.iter().map(|format| format!("{format}=r.{format}")).collect()
}

fn count(counts: &mut Counts, status: &str) {
    *counts.entry(status.to_owned()).or_default() += 1;
}

/// Statuses of checks as the JSON report has them; those of snapshots as `snapshot_changed` and `snapshot_new`.
fn of_json(report: &serde_json::Value) -> Counts {
    let mut counts = Counts::new();
    for scenario in report["scenarios"].as_array().unwrap() {
        for check in scenario["checks"].as_array().unwrap() {
            count(&mut counts, check["status"].as_str().unwrap());
        }
        for snapshot in scenario["snapshots"].as_array().unwrap() {
            count(&mut counts, &format!("snapshot_{}", snapshot["state"].as_str().unwrap()));
        }
    }
    report["not_applicable"].as_array().unwrap().iter().for_each(|_| count(&mut counts, "not_applicable"));
    report["not_played"].as_array().unwrap().iter().for_each(|_| count(&mut counts, "could_not_run"));
    counts
}

fn of_csv(text: &str) -> Counts {
    let mut counts = Counts::new();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let status = table.headers().unwrap().iter().position(|name| name == "status").unwrap();
    for row in table.records() {
        let row = row.unwrap();
        for cell in &row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?} is a formula");
        }
        count(&mut counts, &row[status]);
    }
    counts
}

/// The cases by the `status` property, and how many of them JUnit itself knows as failure, error and skipped.
fn of_junit(text: &str) -> (Counts, Counts) {
    let (mut statuses, mut kinds) = (Counts::new(), Counts::new());
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return (statuses, kinds),
            Event::Start(tag) | Event::Empty(tag) => {
                let attribute = |name: &str| {
                    let found = tag.try_get_attribute(name).unwrap();
                    found.map(|found| String::from_utf8(found.value.into_owned()).unwrap()).unwrap_or_default()
                };
                match tag.name().as_ref() {
                    b"property" if attribute("name") == "status" => count(&mut statuses, &attribute("value")),
                    b"failure" => count(&mut kinds, "failure"),
                    b"error" => count(&mut kinds, "error"),
                    b"skipped" => count(&mut kinds, "skipped"),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// The points of all subtests, and those of scenarios that were not played.
fn of_tap(text: &str) -> Counts {
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "TAP version 14");
    let mut counts = Counts::new();
    let mut planned = BTreeMap::from([(0, (0, 0))]);
    let mut verdicts = 0;
    for (index, line) in lines.iter().enumerate() {
        let margin = line.len() - line.trim_start().len();
        let line = line.trim_start();
        if let Some(last) = line.strip_prefix("1..") {
            if margin > 0 {
                planned.insert(margin, (last.parse().unwrap(), 0));
            } else {
                planned.insert(0, (last.parse().unwrap(), 0));
            }
            continue;
        }
        let right = line.starts_with("ok ");
        if !right && !line.starts_with("not ok ") {
            continue;
        }
        let number: usize = line.split(' ').find_map(|word| word.parse().ok()).unwrap();
        let plan = planned.get_mut(&margin).unwrap();
        plan.1 += 1;
        assert_eq!(number, plan.1, "{line}");
        let mut block = lines[index + 1..].iter().map(|line| line.trim());
        let block: Vec<&str> = match block.next() {
            Some("---") => block.take_while(|line| *line != "...").collect(),
            _ => Vec::new(),
        };
        let member = |name: &str| {
            let line = block.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
            Some(serde_json::from_str::<String>(line).unwrap())
        };
        match (member("status"), member("verdict"), margin) {
            (_, Some(_), _) => verdicts += 1,
            (Some(status), ..) => count(&mut counts, &status),
            (None, None, 4) => count(&mut counts, "pass"),
            // Scenarios: their points are counted; those that were left out have none.
            (None, None, _) if line.contains(" # SKIP ") => count(&mut counts, "not_applicable"),
            _ => {}
        }
        if margin == 4 && plan.0 == plan.1 {
            planned.remove(&4);
        }
    }
    assert_eq!(verdicts, 1);
    assert_eq!(planned, BTreeMap::from([(0, (planned[&0].1, planned[&0].1))]), "a plan is not kept");
    counts
}

/// The numbers of the table, by the words of their row.
fn of_markdown(text: &str) -> Counts {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    rows.filter_map(|(name, number)| {
        let name = name.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        Some((name.replace(' ', "_"), number.parse().ok()?))
    })
    .collect()
}

/// The marked numbers of the page.
fn of_html(text: &str) -> Counts {
    let pieces = text.split("data-count=\"").skip(1);
    pieces
        .map(|piece| {
            let (name, rest) = piece.split_once("\">").unwrap();
            (name.to_owned(), rest.split('<').next().unwrap().parse().unwrap())
        })
        .collect()
}

fn take(counts: &Counts, name: &str) -> u64 {
    counts.get(name).copied().unwrap_or(0)
}

/// Compares every format with the JSON report.
fn agree(sandbox: &Sandbox, check: bool) -> serde_json::Value {
    let report = json(&sandbox.read("r.json"));
    let expected = of_json(&report);
    assert_eq!(of_csv(&sandbox.read("r.csv")), expected);
    // New snapshots are no difference unless the run checks.
    let mut differing = expected.clone();
    if !check {
        differing.remove("snapshot_new");
    }
    assert_eq!(of_tap(&sandbox.read("r.tap")), differing);

    let (statuses, kinds) = of_junit(&sandbox.read("r.junit"));
    let snapshots = take(&differing, "snapshot_changed") + take(&differing, "snapshot_new");
    for status in ["pass", "fail", "warn", "not_observable", "blocked", "error"] {
        assert_eq!(take(&statuses, status), take(&expected, status), "JUnit {status}");
    }
    assert_eq!(take(&kinds, "failure"), take(&expected, "fail") + snapshots);
    let gaps = ["blocked", "could_not_run", "error"].map(|status| take(&expected, status)).iter().sum::<u64>();
    assert_eq!(take(&kinds, "error"), gaps);
    assert_eq!(take(&kinds, "skipped"), take(&expected, "not_applicable") + take(&expected, "not_observable"));

    // The counts of the run, wherever they stand.
    let counts = &report["counts"];
    let html = of_html(&sandbox.read("r.html"));
    assert_eq!(html.len(), 9);
    let markdown = of_markdown(&sandbox.read("r.markdown"));
    for (counted, word) in [
        ("passed", "pass"),
        ("failed", "fail"),
        ("warned", "warn"),
        ("not_applicable", "not_applicable"),
        ("not_observable", "not_observable"),
        ("blocked", "blocked"),
        ("could_not_run", "could_not_run"),
        ("error", "error"),
    ] {
        let wanted = counts[counted].as_u64().unwrap();
        assert_eq!(html[counted], wanted, "HTML {counted}");
        assert_eq!(markdown[word], wanted, "Markdown {word}");
    }
    assert_eq!(markdown["snapshots_new"], counts["snapshots_new"].as_u64().unwrap());

    let sarif = json(&sandbox.read("r.sarif"));
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/sarif-2.1.0.schema.json");
    // One of its patterns, for languages, has a bracket too many.
    let schema = json(&std::fs::read_to_string(schema).unwrap().replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let run = &sarif["runs"][0];
    assert_eq!(run["properties"]["counts"], *counts);
    assert_eq!(run["properties"]["verdict"], report["verdict"]);
    let mut found = Counts::new();
    let mut prints = std::collections::BTreeSet::new();
    for result in run["results"].as_array().unwrap() {
        count(&mut found, result["properties"]["status"].as_str().unwrap());
        for kind in ["mockBss/v1", "primaryLocationLineHash"] {
            assert!(prints.insert(result["partialFingerprints"][kind].as_str().unwrap().to_owned()), "{result}");
        }
        let ids = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert!(ids.iter().any(|rule| rule["id"] == result["ruleId"]), "{result}");
    }
    for status in ["fail", "warn"] {
        assert_eq!(take(&found, status), take(&expected, status), "SARIF {status}");
    }
    assert_eq!(take(&found, "changed") + take(&found, "new"), snapshots);
    for result in run["results"].as_array().unwrap() {
        // Code scanning refuses a whole file for one result that has no place in a file.
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"], serde_json::json!({ "uri": "mock-bss.yaml", "uriBaseId": "%SRCROOT%" }));
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
    }
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len() as u64, gaps);

    let gitlab = json(&sandbox.read("r.gitlab"));
    let prints: std::collections::BTreeSet<_> =
        gitlab.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    let wrong = take(&expected, "fail") + take(&expected, "warn") + gaps + snapshots;
    assert_eq!((prints.len() as u64, gitlab.as_array().unwrap().len() as u64), (wrong, wrong));

    // The level, and the rules that it stands on.
    let level = report["level_reached"].as_str().unwrap_or("none");
    assert_eq!(run["properties"]["level"], report["level_reached"]);
    for (format, words) in [
        ("html", format!("data-level=\"{level}")),
        ("tap", format!("level: \"{level}\"")),
        ("junit", format!("name=\"level_reached\" value=\"{level}\"")),
        ("csv", format!(",{},{level},{}\n", report["verdict"].as_str().unwrap(), report["rule_set"].as_str().unwrap())),
        ("markdown", format!("**Level** {level}")),
    ] {
        assert!(sandbox.read(&format!("r.{format}")).contains(&words), "{format}: {words}");
    }
    for format in ["html", "tap", "junit", "markdown", "sarif"] {
        let digest = report["rule_set_sha256"].as_str().unwrap();
        assert!(sandbox.read(&format!("r.{format}")).contains(digest), "{format} names no rule set");
    }
    for entry in report["withheld"].as_array().unwrap() {
        let reason = entry["reason"].as_str().unwrap().replace('/', "&#x2f;");
        assert!(sandbox.read("r.html").contains(&reason), "{reason}");
    }

    for (format, words) in [
        ("html", format!("data-verdict=\"{}\"", report["verdict"].as_str().unwrap())),
        ("tap", format!("verdict: \"{}\"", report["verdict"].as_str().unwrap())),
    ] {
        assert!(sandbox.read(&format!("r.{format}")).contains(&words), "{format}");
    }
    report
}

#[test]
fn every_format_of_a_failing_run_says_the_same() {
    let sandbox = played(evil, &["subscriptions/suspend", "subscriptions/activate", "subscriptions/update-up"], 1);
    let report = agree(&sandbox, false);
    assert_eq!(report["verdict"], "not_conformant");
    assert!(report["counts"]["failed"].as_u64().unwrap() > 0);
    assert!(report["counts"]["blocked"].as_u64().unwrap() > 0);
    assert!(sandbox.read("r.markdown").contains("## mock-bss: NOT CONFORMANT"));

    // Judged again with --check, new snapshots count everywhere.
    let reports = every();
    let mut again = vec!["report", "--check"];
    reports.iter().for_each(|report| again.extend(["--format", report]));
    sandbox.run(&again).ends(1);
    agree(&sandbox, true);
}

#[test]
fn every_format_of_a_conformant_run_says_the_same() {
    let sandbox = played(Truth::told, &["subscriptions/suspend", "settings/"], 0);
    let report = agree(&sandbox, false);
    assert_eq!(report["verdict"], "conformant");
    assert!(report["counts"]["passed"].as_u64().unwrap() > 0);
    let timings = report["timings"].as_array().unwrap();
    let calls: u64 = report["scenarios"].as_array().unwrap().iter().map(|s| s["calls"].as_u64().unwrap()).sum();
    assert_eq!(timings.iter().map(|timing| timing["calls"].as_u64().unwrap()).sum::<u64>(), calls);
    for timing in timings {
        let bars = timing["histogram"].as_array().unwrap().iter().map(|bar| bar["calls"].as_u64().unwrap());
        assert_eq!(bars.sum::<u64>(), timing["calls"].as_u64().unwrap());
        let ms = |name: &str| timing[name].as_f64().unwrap();
        assert!(ms("p50_ms") <= ms("p95_ms") && ms("p95_ms") <= ms("max_ms"), "{timing}");
    }
}

#[test]
fn every_format_of_an_incomplete_run_says_the_same() {
    // A probe that shows something else is an error of the run, and nothing is known to be wrong with the target.
    let servers = servers();
    let liar = servers.block_on(Liar::start(Truth::told));
    let sandbox = sandbox_for(&liar);
    let profile = sandbox.read("mock-bss.yaml") + &format!("probe: {{ url: \"{}\" }}\n", liar.base_url());
    sandbox.file("mock-bss.yaml", &profile);
    sandbox.run(&args(&["subscriptions/update-up", "settings/"], &every())).ends(5);
    servers.block_on(liar.stop());
    let report = agree(&sandbox, false);
    assert_eq!(report["verdict"], "incomplete");
    assert!(report["counts"]["error"].as_u64().unwrap() > 0);
}

#[test]
fn every_format_of_a_killed_run_says_the_same() {
    let sandbox = played(Truth::told, &["subscriptions/suspend", "subscriptions/update-up"], 0);
    let evidence = sandbox.latest().join("evidence.jsonl");
    let text = std::fs::read_to_string(&evidence).unwrap();
    // Killed while the first scenario was played: of the second nothing is there.
    let kept: Vec<&str> =
        text.lines().filter(|line| !line.contains("\"scenario\":2") && !line.contains("run_finished")).collect();
    std::fs::write(&evidence, kept.join("\n") + "\n").unwrap();
    let mut again = vec!["report"];
    let reports = every();
    reports.iter().for_each(|report| again.extend(["--format", report]));
    sandbox.run(&again).ends(5);
    let report = agree(&sandbox, false);
    assert_eq!(report["not_played"].as_array().unwrap().len(), 1);
}

#[test]
fn what_a_target_says_stays_text_in_the_page() {
    let sandbox = played(evil, &["subscriptions/suspend"], 1);
    let page = sandbox.read("r.html");
    let scenarios = json(&sandbox.read("r.json"))["scenarios"].as_array().unwrap().len();
    assert_eq!(page.matches("<script").count(), scenarios + 1);
    assert_eq!(page.matches("</script").count(), scenarios + 1);
    assert!(!page.contains("<img") && page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    for c in page.chars() {
        assert!(c == '\n' || c == '\t' || !c.is_control(), "{c:?} stands in the page");
    }
    // Nothing is fetched: no address but those inside the page, and a policy that allows none.
    for attribute in ["src=\"", "url(", "@import", "href=\"http", "http-equiv=\"refresh"] {
        assert!(!page.contains(attribute), "{attribute}");
    }
    assert!(page.contains("default-src &#x27;none&#x27;") || page.contains("default-src 'none'"));
}

#[test]
fn a_ci_is_told_what_is_wrong_and_obeys_nobody_else() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(evil));
    let sandbox = sandbox_for(&liar);
    let only = ["run", "--only", "subscriptions/suspend", "--verbose"];
    let github = Said::of(sandbox.command(&only).env("GITHUB_ACTIONS", "true")).ends(1);
    let commands: Vec<&str> = github.out.lines().filter(|line| line.trim_start().starts_with("::")).collect();
    assert!(!commands.is_empty());
    for command in &commands {
        assert!(command.starts_with("::error ") || command.starts_with("::warning "), "{command}");
        // The suite is in nobody's repository; the profile that names the target is.
        assert!(command.contains("file=mock-bss.yaml,line=1,"), "{command}");
        assert!(command.contains("::subscriptions/suspend") || command.contains("::prelude"), "{command}");
    }
    assert!(!github.err.contains("::error"));
    let azure = Said::of(sandbox.command(&only).env("TF_BUILD", "True")).ends(1);
    assert!(azure.out.contains("##vso[task.logissue type=error;sourcepath=mock-bss.yaml;linenumber=1;"));
    for line in azure.out.lines().filter(|line| line.contains("##vso[")) {
        assert!(line.starts_with("##vso[task.logissue type="), "{line}");
    }
    let gitlab = Said::of(sandbox.command(&only).env("GITLAB_CI", "true")).ends(1);
    assert!(gitlab.out.contains("gl-code-quality-report.json"), "{}", gitlab.out);
    let findings = json(&sandbox.read("gl-code-quality-report.json"));
    assert!(findings.as_array().is_some_and(|findings| !findings.is_empty()), "{findings}");
    std::fs::remove_file(sandbox.path().join("gl-code-quality-report.json")).unwrap();
    let asked = [&only[..], &["--report", "gitlab=own.json"]].concat();
    Said::of(sandbox.command(&asked).env("GITLAB_CI", "true")).ends(1);
    let nobody = sandbox.run(&only).ends(1);
    assert!(!sandbox.path().join("gl-code-quality-report.json").exists(), "asked for elsewhere, or by nobody");
    assert!(
        !nobody.out.lines().any(|line| line.starts_with("::error file") || line.starts_with("##vso[task.logissue"))
    );
    servers.block_on(liar.stop());
}

/// A reader of code scanning sees the file that a result stands in, so it must be one that is there.
#[test]
fn a_finding_stands_in_a_file_that_its_reader_can_open() {
    let servers = servers();
    let truth = servers.block_on(Liar::start(Truth::told));
    let sandbox = sandbox_for(&truth);
    let scenario = "title: T\nsteps:\n  - buy: {}\n  - id: pause\n    suspend: {}\n";
    sandbox.file("mine/pause.yaml", scenario);
    sandbox.run(&["run", "mine", "--accept", "-q"]).ends(0);
    let liar = servers.block_on(Liar::start(evil));
    let profile = sandbox.read("mock-bss.yaml").replace(&truth.base_url(), &liar.base_url());
    servers.block_on(truth.stop());
    sandbox.file("mock-bss.yaml", &profile);
    sandbox.run(&["run", "mine", "--report", "sarif=r.sarif", "--report", "gitlab=r.json"]).ends(1);
    servers.block_on(liar.stop());
    let sarif = json(&sandbox.read("r.sarif"));
    let of = |rule: &str| {
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let result =
            results.iter().find(|result| result["ruleId"] == rule).unwrap_or_else(|| panic!("{rule}: {sarif}"));
        let place = &result["locations"][0]["physicalLocation"];
        let file = place["artifactLocation"]["uri"].as_str().unwrap().to_owned();
        (file, place["region"]["startLine"].as_u64().unwrap())
    };
    assert_eq!(of("expectation"), ("mine/pause.yaml".to_owned(), 4));
    let (file, line) = of("snapshot");
    let (accepted, pending) = (sandbox.read(&file), sandbox.read(&format!("{file}.new")));
    let differ = accepted.lines().zip(pending.lines()).position(|(old, new)| old != new).unwrap() as u64 + 1;
    assert_eq!(line, differ, "{file}\n{accepted}\n{pending}");
    let gitlab = json(&sandbox.read("r.json"));
    for issue in gitlab.as_array().unwrap() {
        assert!(sandbox.path().join(issue["location"]["path"].as_str().unwrap()).is_file(), "{issue}");
    }
}

#[test]
fn the_summary_of_a_step_is_added_to_and_other_files_are_replaced() {
    let sandbox = Sandbox::new();
    let summary = sandbox.file("summary.md", "written before\n");
    let path = summary.display().to_string();
    let report = format!("markdown={path}");
    let args = ["run", "--only", "subscriptions/suspend", "-q", "--report", &report];
    Said::of(sandbox.command(&args).env("GITHUB_STEP_SUMMARY", &path)).ends(0);
    assert!(sandbox.read("summary.md").starts_with("written before\n## mock-bss: CONFORMANT"));
    sandbox.run(&args).ends(0);
    assert!(sandbox.read("summary.md").starts_with("## mock-bss: CONFORMANT"));
}

#[test]
fn verbose_shows_the_calls_and_the_times() {
    let said = Sandbox::new().run(&["run", "--only", "subscriptions/suspend", "-v"]).ends(0);
    assert!(said.out.contains("/Subscriptions/Suspend (pre-check)\n         > {"), "{}", said.out);
    assert!(said.out.contains("< HTTP 200 {"), "{}", said.out);
    assert!(said.out.contains("  Subscriptions/Suspend (pre-check)"), "{}", said.out);
    assert!(!said.out.contains("scenarios\r"), "progress is for terminals");
}

/// A run with ten thousand calls: the evidence of a small one, repeated under other names.
#[test]
fn the_page_of_ten_thousand_calls_can_still_be_sent() {
    let sandbox = Sandbox::new();
    sandbox.run(&["run", "--only", "subscriptions/", "-q", "--output", "small"]).ends(0);
    let evidence = sandbox.read("small/evidence.jsonl");
    let of = |line: &str| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        let (_, inner) = event.as_object().unwrap().iter().next().unwrap();
        inner.get("scenario").and_then(serde_json::Value::as_u64)
    };
    let lines: Vec<(&str, Option<u64>)> = evidence.lines().map(|line| (line, of(line))).collect();
    let calls = |n: u64| lines.iter().filter(|(line, of)| *of == Some(n) && line.starts_with("{\"sent\"")).count();
    // The largest scenario makes the fewest copies.
    let largest = lines.iter().filter_map(|(_, of)| *of).max_by_key(|n| calls(*n)).unwrap();
    let copies = 10_000usize.div_ceil(calls(largest));
    let mut large: String = lines.iter().filter(|(_, of)| of.is_none()).map(|(line, _)| format!("{line}\n")).collect();
    for copy in 0..copies {
        for (line, _) in lines.iter().filter(|(_, of)| *of == Some(largest)) {
            let index = 1_000 + copy;
            let line = line.replacen(&format!("\"scenario\":{largest},"), &format!("\"scenario\":{index},"), 1);
            large.push_str(&line.replacen("\"key\":\"subscriptions/", &format!("\"key\":\"subscriptions/{copy}-"), 1));
            large.push('\n');
        }
    }
    sandbox.file("large/evidence.jsonl", &large);
    sandbox.file("large/baseline.jsonl", &sandbox.read("small/baseline.jsonl"));
    sandbox.run(&["report", "--from", "large", "--format", "html=large.html"]);
    let page = sandbox.read("large.html");
    assert_eq!(page.matches("<details class=\"call\"").count(), copies * calls(largest));
    assert!(page.len() < 25_000_000, "{} bytes", page.len());
    assert!(page.trim_end().ends_with("</html>"));
}
