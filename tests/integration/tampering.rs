//! Whatever is changed in a certificate is seen, and the right line says so: by accident, by somebody who writes the digests
//! anew, and by somebody who writes the evidence anew.

use crate::{
    bundles::{self, PRODUCT, as_if_released, edited, failures, open, place, reseal, suite},
    util::*,
};
use mock_bss::certificate::{self, Files, SigningKey, Suite};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    path::PathBuf,
    sync::LazyLock,
};

const AREA: &str = "resources/";
const EVIDENCE: &str = "run/evidence.jsonl";

/// A run of a part of the suite, for a suite that has no more.
struct Played {
    _sandbox: Sandbox,
    folder: PathBuf,
    suite: Suite,
    key: SigningKey,
    signed: Vec<u8>,
    unsigned: Vec<u8>,
    /// The day on which it was played.
    now: String,
}

static PLAYED: LazyLock<Played> = LazyLock::new(|| {
    let sandbox = Sandbox::new();
    sandbox.run(&["run", "--reference", "--only", AREA, "--output", "run"]).ends(0);
    let folder = sandbox.path().join("run");
    as_if_released(&folder);
    let suite = suite(AREA);
    let key = SigningKey::from_pem(bundles::new_key().as_bytes()).unwrap();
    let signed = bundles::bundle(&folder, &suite, PRODUCT, false, Some(&key));
    let unsigned = bundles::bundle(&folder, &suite, PRODUCT, false, None);
    let evidence = sandbox.read("run/evidence.jsonl");
    let last: Value = serde_json::from_str(evidence.lines().last().unwrap()).unwrap();
    let now = last["run_finished"]["at"].as_str().unwrap().to_owned();
    Played { _sandbox: sandbox, folder, suite, key, signed, unsigned, now }
});

fn verdict(packed: &[u8]) -> Vec<String> {
    failures(&bundles::verify(packed, &PLAYED.suite, None, &PLAYED.now))
}

#[test]
fn what_nobody_has_touched_verifies() {
    assert_eq!(verdict(&PLAYED.signed), [""; 0]);
    assert_eq!(verdict(&PLAYED.unsigned), [""; 0]);
    let again = bundles::bundle(&PLAYED.folder, &PLAYED.suite, PRODUCT, false, Some(&PLAYED.key));
    assert!(again == PLAYED.signed, "the same run, the same bytes");
    // Taken apart and put together by other means it is the same too.
    let (folder, mut files) = open(&PLAYED.unsigned);
    reseal(&folder, &mut files);
    assert!(certificate::pack(&folder, &files).unwrap() == PLAYED.unsigned);
}

#[test]
fn one_changed_byte_is_seen_wherever_it_is() {
    for bundle in [&PLAYED.signed, &PLAYED.unsigned] {
        let length = bundle.len();
        let ends = (0..20).chain((20..48).step_by(9)).chain(length - 12..length);
        for at in ends.chain((48..length).step_by(length / 12)) {
            let mut changed = bundle.clone();
            changed[at] ^= 1 << (at % 8);
            let said = verdict(&changed);
            assert!(said.first().is_some_and(|line| line.starts_with("archive: ")), "byte {at}: {said:?}");
        }
        for length in [0, 1, 10, 47, 48, bundle.len() / 2, bundle.len() - 1] {
            assert!(!verdict(&bundle[..length]).is_empty(), "cut at {length}");
        }
        let more = [bundle.as_slice(), b"x"].concat();
        assert!(verdict(&more)[0].starts_with("archive: "), "{:?}", verdict(&more));
    }
}

/// Packs an archive as it is, with the digest that belongs to it.
fn packed(tar: &[u8]) -> Vec<u8> {
    let mut rest = Vec::new();
    let mut deflate = flate2::write::DeflateEncoder::new(&mut rest, flate2::Compression::fast());
    deflate.write_all(tar).unwrap();
    deflate.finish().unwrap();
    let mut crc = flate2::Crc::new();
    crc.update(tar);
    rest.extend(crc.sum().to_le_bytes());
    rest.extend(crc.amount().to_le_bytes());
    let digest = ring::digest::digest(&ring::digest::SHA256, &rest);
    let head = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 36, 0, b'M', b'B', 32, 0];
    [&head, digest.as_ref(), &rest].concat()
}

#[test]
fn one_changed_byte_inside_is_seen_even_if_it_was_packed_anew() {
    let mut tar = Vec::new();
    flate2::read::GzDecoder::new(PLAYED.unsigned.as_slice()).read_to_end(&mut tar).unwrap();
    assert_eq!(verdict(&packed(&tar)), [""; 0]);
    // Headers, names, contents, what fills the blocks, and the end.
    let places = (0..512).step_by(23).chain((512..tar.len()).step_by(tar.len() / 40)).chain([tar.len() - 1]);
    for (turn, at) in places.enumerate() {
        let mut changed = tar.clone();
        changed[at] ^= 1 << (turn % 8);
        assert!(!verdict(&packed(&changed)).is_empty(), "byte {at}");
    }
    for length in [0, 511, 512, 700, tar.len() / 2, tar.len() - 1024, tar.len() - 1] {
        assert!(!verdict(&packed(&tar[..length])).is_empty(), "cut at {length}");
    }
}

type Change = fn(&mut Files);

/// Somebody who knows how to write a manifest.
const RESEALED: &[(&str, Change, &str)] = &[
    ("a file more", |files| drop(files.insert("extra.txt".into(), b"x".to_vec())), "contents: `extra.txt` belongs"),
    ("the report gone", |files| drop(files.remove("report.json")), "report: `report.json` is missing"),
    ("the profile gone", |files| drop(files.remove("profile.json")), "contents: `profile.json` is missing"),
    ("no certificate", |files| drop(files.remove("certificate.json")), "certificate: `certificate.json` is missing"),
    ("no product", |files| drop(files.remove("product.yaml")), "product: there is no product.yaml"),
    ("no evidence", |files| drop(files.remove(EVIDENCE)), "evidence: no run/evidence.jsonl"),
    ("no baseline", |files| drop(files.remove("run/baseline.jsonl")), "evidence: no run/baseline.jsonl"),
    (
        "another verdict",
        |files| text(files, "report.json", "\"verdict\": \"conformant\"", "\"verdict\": \"incomplete\""),
        "report: report.json: $.verdict is \"incomplete\", not \"conformant\"",
    ),
    (
        "a status in the report",
        |files| text(files, "report.json", "\"status\": \"pass\"", "\"status\": \"warn\""),
        "report: report.json: $.scenarios[0].status is \"warn\", not \"pass\"",
    ),
    (
        "a count in the report",
        |files| json(files, "report.json", |report| report["counts"]["passed"] = json!(9999)),
        "report: report.json: $.counts.passed is 9999",
    ),
    (
        "a better level",
        |files| json(files, "certificate.json", |certificate| certificate["level"] = json!("L3")),
        "certificate: certificate.json: $.level is \"L3\", not null",
    ),
    (
        "a longer life",
        |files| json(files, "certificate.json", |certificate| certificate["valid_until"] = json!("2099-01-01")),
        "certificate: certificate.json: $.valid_until is \"2099-01-01\"",
    ),
    (
        "another version of the product",
        |files| text(files, "product.yaml", "version: 3.2.0", "version: 4.0.0"),
        "product: the folder `acme-mail-3.2.0-2026.1`, which would be `acme-mail-4.0.0-2026.1`",
    ),
    (
        "another vendor",
        |files| text(files, "product.yaml", "Acme Ltd", "Evil Ltd"),
        "certificate: certificate.json: $.product.vendor is \"Acme Ltd\", not \"Evil Ltd\"",
    ),
    ("no vendor", |files| text(files, "product.yaml", "vendor: Acme Ltd\n", ""), "product: product.yaml: missing key"),
    (
        "a profile that was another one",
        |files| text(files, "profile.json", "\"strict\": false", "\"strict\": true"),
        "contents: profile.json: $.strict is true, not false",
    ),
    (
        "a scenario",
        |files| first(files, "scenarios/", |text| text.replace("title:", "title: not")),
        "contents: scenarios/resources/",
    ),
    ("an accepted snapshot", |files| first(files, "snapshots/", |text| text + "\n"), "contents: snapshots/prelude/"),
    (
        "what was accepted",
        |files| text(files, "run/baseline.jsonl", "\\\"Code\\\": 0", "\\\"Code\\\": 1"),
        "snapshots: expected no answer that differs",
    ),
    (
        "a line of what was accepted",
        |files| {
            let lines = files.get_mut("run/baseline.jsonl").unwrap();
            let end = lines.iter().position(|byte| *byte == b'\n').unwrap();
            lines.drain(..=end);
        },
        "evidence: expected every event of the run; found prelude/reads/",
    ),
    (
        "a private key",
        |files| {
            drop(files.insert("product.yaml".into(), [PRODUCT.as_bytes(), b"# -----BEGIN PRIVATE KEY-----\n"].concat()))
        },
        "secrets: expected no private key; found a private key in product.yaml:7",
    ),
    ("a score", |files| drop(files.insert("self-test.json".into(), b"{\"score\":100}".to_vec())), "self-test: "),
    (
        "a rehearsal",
        |files| json(files, "certificate.json", |certificate| certificate["rehearsal"] = json!(true)),
        "rehearsal: expected a certificate; found a rehearsal",
    ),
];

fn text(files: &mut Files, path: &str, old: &str, new: &str) {
    let text = String::from_utf8(files[path].clone()).unwrap();
    assert!(text.contains(old), "{path} has no {old}");
    files.insert(path.to_owned(), text.replacen(old, new, 1).into_bytes());
}

fn json(files: &mut Files, path: &str, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&files[path]).unwrap();
    change(&mut value);
    files.insert(path.to_owned(), serde_json::to_vec_pretty(&value).unwrap());
}

fn first(files: &mut Files, prefix: &str, change: impl FnOnce(String) -> String) {
    let path = files.keys().find(|path| path.starts_with(prefix)).unwrap().clone();
    let text = String::from_utf8(files[&path].clone()).unwrap();
    files.insert(path, change(text).into_bytes());
}

fn says(said: &[String], words: &str) -> bool {
    // "name: words" may stand anywhere in the line of that name.
    let (name, words) = words.split_once(": ").unwrap();
    said.iter().any(|line| line.starts_with(&format!("{name}: ")) && line.contains(words))
}

#[test]
fn a_changed_file_is_seen_by_its_digest() {
    for (what, change, _) in RESEALED {
        let (folder, mut files) = open(&PLAYED.unsigned);
        change(&mut files);
        let said = verdict(&certificate::pack(&folder, &files).unwrap());
        assert!(said.iter().any(|line| line.starts_with("files: ")), "{what}: {said:?}");
    }
}

#[test]
fn a_changed_file_is_seen_even_if_its_digest_was_written_anew() {
    for (what, change, words) in RESEALED {
        let (folder, mut files) = open(&PLAYED.unsigned);
        change(&mut files);
        reseal(&folder, &mut files);
        let said = verdict(&certificate::pack(&folder, &files).unwrap());
        assert!(says(&said, words), "{what}: {said:?}");
        assert!(!said.iter().any(|line| line.starts_with("files: ")), "{what}: {said:?}");
        // Of a signed one the signature says so too.
        let (folder, mut files) = open(&PLAYED.signed);
        change(&mut files);
        reseal(&folder, &mut files);
        let said = verdict(&certificate::pack(&folder, &files).unwrap());
        let known = ["product", "evidence"].iter().any(|name| said.iter().any(|line| line.starts_with(name)));
        assert!(known || says(&said, "signature: "), "{what}: {said:?}");
    }
}

type Rewrite = fn(&mut Vec<Value>);

/// Somebody who writes the evidence anew, and every file that follows from it.
const REWRITTEN: &[(&str, Rewrite, &str)] = &[
    ("an answer gone", |lines| drop(lines.remove(place(lines, "answered", |_| true))), "evidence: "),
    ("a call gone", |lines| drop(lines.remove(place(lines, "sent", |sent| sent["scenario"] != 0))), "evidence: "),
    ("a step's beginning gone", |lines| drop(lines.remove(place(lines, "step_started", |_| true))), "evidence: "),
    ("a step's end gone", |lines| drop(lines.remove(place(lines, "step_finished", |_| true))), "evidence: "),
    ("a look gone", |lines| drop(lines.remove(place(lines, "probed", |_| true))), "evidence: "),
    ("a scenario's end gone", |lines| drop(lines.remove(place(lines, "scenario_finished", |_| true))), "evidence: "),
    (
        "a scenario's beginning gone",
        |lines| drop(lines.remove(place(lines, "scenario_started", |_| true))),
        "evidence: ",
    ),
    ("the plan gone", |lines| drop(lines.remove(place(lines, "planned", |_| true))), "evidence: "),
    ("the end gone", |lines| drop(lines.pop()), "evidence: "),
    ("an event twice", |lines| lines.insert(3, lines[2].clone()), "evidence: "),
    (
        "an answer gone, and the counts mended",
        |lines| {
            let gone = lines.remove(place(lines, "answered", |answered| answered["scenario"] == 1));
            less(lines, &gone["answered"]["scenario"], 1);
        },
        "evidence: what became of a call is missing",
    ),
    (
        "a call and its answer gone, and the counts mended",
        |lines| {
            let gone = lines.remove(place(lines, "sent", |sent| sent["scenario"] == 1));
            let of = &gone["sent"];
            let answer = place(lines, "answered", |a| {
                ["scenario", "step", "call", "attempt"].iter().all(|member| a[*member] == of[*member])
            });
            lines.remove(answer);
            less(lines, &of["scenario"], 2);
        },
        "evidence: a call is missing",
    ),
    (
        "a scenario gone, and the counts mended",
        |lines| {
            let before = lines.len();
            lines.retain(|line| line.as_object().unwrap().values().all(|event| event["scenario"] != 1));
            let gone = before - lines.len();
            more(lines.last_mut().unwrap(), "run_finished", gone);
        },
        "evidence: scenario 1 was planned and has no event",
    ),
    (
        "a scenario gone from the plan too",
        |lines| {
            let before = lines.len();
            lines.retain(|line| line.as_object().unwrap().values().all(|event| event["scenario"] != 1));
            let gone = before - lines.len();
            more(lines.last_mut().unwrap(), "run_finished", gone);
            let plan = place(lines, "planned", |_| true);
            lines[plan]["planned"]["scenarios"].as_array_mut().unwrap().retain(|planned| planned["index"] != 1);
        },
        "scenarios: is missing",
    ),
    (
        "a scenario in the place of another one",
        |lines| {
            let of = |lines: &[Value], index: u64| -> Vec<Value> {
                let is = |line: &&Value| line.as_object().unwrap().values().all(|event| event["scenario"] == index);
                lines.iter().filter(is).cloned().collect()
            };
            let (before, copy) = (of(lines, 1).len(), of(lines, 2));
            lines.retain(|line| line.as_object().unwrap().values().all(|event| event["scenario"] != 1));
            let missing = before as i64 - copy.len() as i64;
            for mut line in copy {
                line.as_object_mut().unwrap().values_mut().for_each(|event| event["scenario"] = json!(1));
                lines.insert(lines.len() - 1, line);
            }
            let end = &mut lines.last_mut().unwrap()["run_finished"]["events"];
            *end = json!(end.as_i64().unwrap() - missing);
        },
        "evidence: was planned as scenario 1, and ",
    ),
    (
        "numbers without end",
        |lines| {
            let at = place(lines, "sent", |sent| sent["scenario"] == 1);
            lines[at]["sent"]["call"] = json!(u32::MAX);
            lines[at]["sent"]["attempt"] = json!(u32::MAX);
            lines.last_mut().unwrap()["run_finished"]["events"] = json!(u64::MAX);
        },
        "evidence: events were recorded",
    ),
    (
        "a scenario planned twice",
        |lines| {
            let plan = place(lines, "planned", |_| true);
            let twice = lines[plan]["planned"]["scenarios"][0].clone();
            lines[plan]["planned"]["scenarios"].as_array_mut().unwrap().push(twice);
        },
        "scenarios: the plan names a scenario twice",
    ),
    (
        "a step that demands less",
        |lines| {
            let at = place(lines, "scenario_started", |started| started["scenario"] == 1);
            lines[at]["scenario_started"]["steps"][0]["expectation"] = json!("harmless");
        },
        "scenarios: the steps of resources/",
    ),
    (
        "a step that demands less when it begins",
        |lines| {
            let at = place(lines, "step_started", |started| started["scenario"] == 1);
            lines[at]["step_started"]["expectation"] = json!("harmless");
        },
        "scenarios: the steps of resources/",
    ),
    (
        "a scenario of somebody's own",
        |lines| {
            let at = place(lines, "scenario_started", |started| started["scenario"] == 1);
            lines[at]["scenario_started"]["built_in"] = json!(false);
        },
        "scenarios: is none of the suite",
    ),
    (
        "a scenario of another version",
        |lines| {
            let at = place(lines, "scenario_started", |started| started["scenario"] == 1);
            lines[at]["scenario_started"]["sha256"] = json!("0".repeat(64));
        },
        "scenarios: was changed",
    ),
    (
        "a step that was not offered",
        |lines| {
            let at = place(lines, "step_finished", |finished| finished["scenario"] == 1);
            lines[at]["step_finished"]["end"] = json!({ "not_offered": "Subscriptions/Cancel" });
        },
        "scenarios: no answer says that",
    ),
    (
        "answers that were refusals",
        |lines| {
            for line in lines.iter_mut().filter(|line| line["answered"]["scenario"] == 1) {
                let body = &mut line["answered"]["outcome"]["received"]["body"];
                if body.as_str().is_some_and(|body| body.contains("\"Result\":\"")) {
                    *body = json!(r#"{"Code":-1,"Message":"no","Result":null}"#);
                }
            }
        },
        "verdict: expected conformant; found ",
    ),
    (
        "a filter",
        |lines| lines[0]["run_started"]["filters"] = json!(["--only resources/"]),
        "filters: --only resources/",
    ),
    (
        "a development build",
        |lines| lines[0]["run_started"]["build"]["development"] = json!("for fun"),
        "program: a development build: for fun",
    ),
    (
        "a version that does not say how it was built",
        |lines| drop(lines[0]["run_started"].as_object_mut().unwrap().remove("build")),
        "program: does not say how it was built",
    ),
    (
        "another rule set",
        |lines| lines[0]["run_started"]["build"]["rule_set_sha256"] = json!("0".repeat(64)),
        "rule set: sha256 0000",
    ),
    (
        "a rule set under development",
        |lines| lines[0]["run_started"]["rule_set"] = json!("2026.1 (development)"),
        "rule set: 2026.1 (development)",
    ),
    (
        "the reference",
        |lines| lines[0]["run_started"]["built_in_reference"] = json!(true),
        "target: the built-in reference",
    ),
    (
        "features that were found out",
        |lines| lines[0]["run_started"]["profile"]["features"] = json!({}),
        "features: `features: auto`",
    ),
    (
        "features of which one was found out",
        |lines| drop(lines[0]["run_started"]["profile"]["features"].as_object_mut().unwrap().remove("trial")),
        "features: not declared: trial",
    ),
    (
        "a known failure",
        |lines| {
            lines[0]["run_started"]["profile"]["known_failures"] = json!([{
                "rule": "R-49", "reason": "r", "owner": "o", "expires": "2099-01-01", "expired": false, "whole": false,
                "place": "p:1"
            }]);
        },
        "known failures: R-49",
    ),
    (
        "something left behind",
        |lines| {
            let at = place(lines, "scenario_finished", |finished| finished["scenario"] == 1);
            lines[at]["scenario_finished"]["left_behind"] =
                json!([{ "id": "S1", "kind": "subscription", "reason": "refused" }]);
        },
        "left behind: subscription S1 by resources/",
    ),
    (
        "a clock that was turned back",
        |lines| lines.last_mut().unwrap()["run_finished"]["elapsed_us"] = json!(3_600_000_000_u64),
        "clock: it was turned back",
    ),
    (
        "an end before the beginning",
        |lines| lines[0]["run_started"]["at"] = json!("2098-01-01T00:00:00Z"),
        "clock: it was turned back",
    ),
    (
        "a run of tomorrow",
        |lines| lines.last_mut().unwrap()["run_finished"]["at"] = json!("2098-01-01T00:00:00Z"),
        "validity: in the future",
    ),
    (
        "a run that was interrupted",
        |lines| lines.last_mut().unwrap()["run_finished"]["interrupted"] = json!(true),
        "verdict: incomplete: the run was interrupted",
    ),
];

/// Takes events from the counts of a scenario and of the run.
fn less(lines: &mut [Value], scenario: &Value, count: usize) {
    let end = place(lines, "scenario_finished", |finished| finished["scenario"] == *scenario);
    more(&mut lines[end], "scenario_finished", count);
    more(lines.last_mut().unwrap(), "run_finished", count);
}

fn more(line: &mut Value, kind: &str, count: usize) {
    let events = line[kind]["events"].as_u64().unwrap();
    line[kind]["events"] = json!(events - count as u64);
}

#[test]
fn evidence_that_was_written_anew_is_seen_too() {
    for (what, rewrite, words) in REWRITTEN {
        let sandbox = Sandbox::new();
        let folder = rewritten(&sandbox, rewrite);
        let said = verdict(&bundles::bundle(&folder, &PLAYED.suite, PRODUCT, false, None));
        assert!(says(&said, words), "{what}: {said:?}");
        // And put into a bundle as it is, without anything that follows from it.
        let (folder, mut files) = open(&PLAYED.unsigned);
        let evidence = edited(&files[EVIDENCE], rewrite);
        files.insert(EVIDENCE.to_owned(), evidence);
        reseal(&folder, &mut files);
        assert!(!verdict(&certificate::pack(&folder, &files).unwrap()).is_empty(), "{what}");
    }
}

/// A run folder with other evidence.
fn rewritten(sandbox: &Sandbox, rewrite: impl FnOnce(&mut Vec<Value>)) -> PathBuf {
    let folder = sandbox.path().join("run");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(PLAYED.folder.join("baseline.jsonl"), folder.join("baseline.jsonl")).unwrap();
    let evidence = std::fs::read(PLAYED.folder.join("evidence.jsonl")).unwrap();
    std::fs::write(folder.join("evidence.jsonl"), edited(&evidence, rewrite)).unwrap();
    folder
}

#[test]
fn a_report_of_another_version_is_compared_without_its_sentences() {
    let sandbox = Sandbox::new();
    let folder = rewritten(&sandbox, |lines| lines[0]["run_started"]["version"] = json!("0.0.9"));
    let bundle = bundles::bundle(&folder, &PLAYED.suite, PRODUCT, false, Some(&PLAYED.key));
    let with = |old: &str, new: &str| {
        let (folder, mut files) = open(&bundle);
        text(&mut files, "report.json", old, new);
        files.remove("certificate.dsse.json");
        files.remove("signer.pub.pem");
        reseal(&folder, &mut files);
        verdict(&certificate::pack(&folder, &files).unwrap())
    };
    assert_eq!(verdict(&bundle), [""; 0]);
    assert_eq!(with("\"title\": \"", "\"title\": \"As we said before: "), [""; 0]);
    let said = with("\"status\": \"pass\"", "\"status\": \"warn\"");
    assert!(says(&said, "report: $.scenarios[0].status is \"warn\""), "{said:?}");
}

#[test]
fn what_was_not_seen_is_told() {
    let sandbox = Sandbox::new();
    let folder = rewritten(&sandbox, |lines| {
        let plan = place(lines, "planned", |_| true);
        lines[plan]["planned"]["not_applicable"] = json!([{ "key": "a/b", "reason": "the catalogue sells no add-on" }]);
    });
    let bundle = bundles::bundle(&folder, &PLAYED.suite, PRODUCT, false, None);
    let verified = bundles::verify(&bundle, &PLAYED.suite, None, &PLAYED.now);
    let note = verified.conditions.iter().find(|condition| condition.name == "not applicable").unwrap();
    assert_eq!(note.words(), "1 of the suite: the catalogue sells no add-on");
    assert!(says(&failures(&verified), "scenarios: a/b is none of the suite"));
}

#[test]
fn a_retry_is_no_reason_to_repeat_a_call() {
    let sandbox = Sandbox::new();
    let folder = rewritten(&sandbox, |lines| {
        // The first attempt of a call, which the target has asked to send again.
        let at = place(lines, "sent", |sent| sent["scenario"] == 1);
        let (mut sent, of) = (lines[at].clone(), lines[at]["sent"].clone());
        let same = |event: &Value| ["scenario", "step", "call"].iter().all(|member| event[*member] == of[*member]);
        let answer = place(lines, "answered", same);
        let mut answered = lines[answer].clone();
        answered["answered"]["outcome"] =
            json!({ "received": { "status": 503, "headers": [["Retry-After", "1"]], "body": "" } });
        lines[at]["sent"]["attempt"] = json!(1);
        lines[answer]["answered"]["attempt"] = json!(1);
        sent["sent"]["attempt"] = json!(0);
        lines.insert(at, answered);
        lines.insert(at, sent);
        for (kind, end) in [
            ("scenario_finished", place(lines, "scenario_finished", |finished| finished["scenario"] == 1)),
            ("run_finished", lines.len() - 1),
        ] {
            lines[end][kind]["events"] = json!(lines[end][kind]["events"].as_u64().unwrap() + 2);
        }
    });
    let said = verdict(&bundles::bundle(&folder, &PLAYED.suite, PRODUCT, false, None));
    assert!(
        matches!(&said[..], [line] if line.contains("retries: ") && line.contains("asked to wait 1 times")),
        "{said:?}"
    );
}

#[test]
fn signatures_bind_to_one_key_and_one_manifest() {
    let verify = |packed: &[u8], key: Option<&_>| {
        let verified = bundles::verify(packed, &PLAYED.suite, key, &PLAYED.now);
        let words = verified.conditions.iter().find(|condition| condition.name == "signature").unwrap().words();
        (failures(&verified).is_empty(), words)
    };
    let (own, other) = (PLAYED.key.public(), SigningKey::from_pem(bundles::new_key().as_bytes()).unwrap());
    let (holds, words) = verify(&PLAYED.signed, None);
    assert!(holds && words.ends_with("which you have not said that you trust"), "{words}");
    let (holds, words) = verify(&PLAYED.signed, Some(&own));
    assert!(holds && words.ends_with(", which you trust") && words.contains(&own.fingerprint()), "{words}");
    let (holds, words) = verify(&PLAYED.signed, Some(&other.public()));
    assert!(!holds && words.contains(&own.fingerprint()) && words.contains(&other.public().fingerprint()), "{words}");
    let (holds, words) = verify(&PLAYED.unsigned, None);
    assert!(holds && words.starts_with("none: "), "{words}");
    let (holds, words) = verify(&PLAYED.unsigned, Some(&own));
    assert!(!holds && words.ends_with("found none"), "{words}");

    // Each part of it by itself.
    let parts: &[(&str, Change, &str)] = &[
        ("no envelope", |files| drop(files.remove("certificate.dsse.json")), "and no certificate.dsse.json"),
        ("no public key", |files| drop(files.remove("signer.pub.pem")), "and no signer.pub.pem"),
        (
            "another signature",
            |files| {
                json(files, "certificate.dsse.json", |envelope| {
                    let sig = envelope["signatures"][0]["sig"].as_str().unwrap().to_owned();
                    let first = if sig.starts_with('A') { 'B' } else { 'A' };
                    envelope["signatures"][0]["sig"] = json!(format!("{first}{}", &sig[1..]));
                });
            },
            "it was not signed with the key",
        ),
        (
            "another key id",
            |files| json(files, "certificate.dsse.json", |e| e["signatures"][0]["keyid"] = json!("sha256:00")),
            "it names the key `sha256:00`",
        ),
        (
            "another type",
            |files| json(files, "certificate.dsse.json", |envelope| envelope["payloadType"] = json!("text/plain")),
            "it holds `text/plain`",
        ),
        (
            "two signatures",
            |files| {
                json(files, "certificate.dsse.json", |envelope| {
                    let twice = envelope["signatures"][0].clone();
                    envelope["signatures"].as_array_mut().unwrap().push(twice);
                });
            },
            "it has 2 signatures, not one",
        ),
        (
            "another public key",
            |files| {
                let other = SigningKey::from_pem(bundles::new_key().as_bytes()).unwrap().public().to_pem();
                files.insert("signer.pub.pem".to_owned(), other.into_bytes());
            },
            "it was not signed with the key",
        ),
        ("no key at all", |files| drop(files.insert("signer.pub.pem".into(), b"x".to_vec())), "no public key in PEM"),
    ];
    for (what, change, wanted) in parts {
        let (folder, mut files) = open(&PLAYED.signed);
        change(&mut files);
        reseal(&folder, &mut files);
        let (holds, words) = verify(&certificate::pack(&folder, &files).unwrap(), None);
        assert!(!holds && words.contains(wanted), "{what}: {words}");
    }
    // The envelope of one bundle on another one.
    let other =
        bundles::bundle(&PLAYED.folder, &PLAYED.suite, &PRODUCT.replace("start it", "begin"), false, Some(&PLAYED.key));
    let (folder, mut files) = open(&PLAYED.signed);
    files.insert("certificate.dsse.json".to_owned(), open(&other).1["certificate.dsse.json"].clone());
    let (holds, words) = verify(&certificate::pack(&folder, &files).unwrap(), Some(&own));
    assert!(!holds && words.ends_with("found a signature of another MANIFEST.json"), "{words}");
}

#[test]
fn a_certificate_ends_on_its_day() {
    let product = format!("{PRODUCT}valid_days: 10\n");
    let packed = bundles::bundle(&PLAYED.folder, &PLAYED.suite, &product, false, None);
    let played: jiff::Timestamp = PLAYED.now.parse().unwrap();
    let day = |days: i64| played.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap().to_string();
    let on = |days: i64| bundles::verify(&packed, &PLAYED.suite, None, &day(days));
    assert_eq!(failures(&on(10)), [""; 0]);
    let late = on(11);
    let said = failures(&late);
    assert!(matches!(&said[..], [line] if line.contains("it expired: its last day was ")), "{said:?}");
    assert!(late.expired && late.held() && !late.holds());
    let badge = |verified: &certificate::Verified| {
        let standing = if verified.expired { certificate::Standing::Expired } else { certificate::Standing::Valid };
        certificate::Badge::of(verified.certificate.as_ref().unwrap(), standing)
    };
    let (valid, expired) = (badge(&on(10)), badge(&late));
    assert!(valid.message.starts_with("conformant · 2026.1 · until ") && valid.color == "yellow", "{valid:?}");
    assert!(expired.message.contains(" · expired ") && expired.color == "red", "{expired:?}");
    // Another flaw beside the day leaves no badge.
    let (folder, mut files) = open(&packed);
    text(&mut files, "report.json", "\"verdict\": \"conformant\"", "\"verdict\": \"incomplete\"");
    reseal(&folder, &mut files);
    let packed = certificate::pack(&folder, &files).unwrap();
    assert!(!bundles::verify(&packed, &PLAYED.suite, None, &day(11)).held());
}

/// An archive of somebody else's making.
fn archived(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, kind, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        // By hand: the library would not write some of these names.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_entry_type(*kind);
        if kind.is_symlink() {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, *bytes).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

#[test]
fn an_archive_leads_nowhere_and_fills_nothing() {
    use tar::EntryType as T;
    let file = ("b/MANIFEST.json", T::Regular, b"{}".as_slice());
    for (entries, words) in [
        (vec![("b/../../x", T::Regular, b"x".as_slice())], "leads out of the bundle"),
        (vec![("/etc/x", T::Regular, b"x".as_slice())], "leads out of the bundle"),
        (vec![("b/./x", T::Regular, b"x".as_slice())], "leads out of the bundle"),
        (vec![("b/c:x", T::Regular, b"x".as_slice())], "leads out of the bundle"),
        (vec![("b\\x", T::Regular, b"x".as_slice())], "leads out of the bundle"),
        (vec![("x", T::Regular, b"x".as_slice())], "leads out of the bundle"),
        (vec![("b/x", T::Symlink, b"".as_slice())], "is no file"),
        (vec![("b/x", T::Link, b"".as_slice())], "is no file"),
        (vec![("b/x/", T::Directory, b"".as_slice())], "is no file"),
        (vec![("b/x", T::GNULongName, b"b/long".as_slice()), file], "is no file"),
        (vec![("b/x", T::XHeader, b"12 path=a/b\n".as_slice()), file], "is no file"),
        (vec![file, file], "is there twice"),
        (vec![file, ("b/manifest.JSON", T::Regular, b"".as_slice())], "is there twice"),
        (vec![file, ("c/x", T::Regular, b"".as_slice())], "stands outside of `b`"),
        (vec![], "it holds no file"),
    ] {
        let said = verdict(&archived(&entries));
        assert!(said.len() == 1 && says(&said, &format!("archive: {words}")), "{words}: {said:?}");
    }
    // Nothing that mock-bss has not packed passes for a bundle, whatever is in it.
    let (folder, files) = open(&PLAYED.unsigned);
    let entries: Vec<(String, &[u8])> = files.iter().map(|(p, b)| (format!("{folder}/{p}"), b.as_slice())).collect();
    let short: Vec<_> = entries.iter().filter(|(path, _)| path.len() <= 100).collect();
    let entries: Vec<_> = short.iter().map(|(path, bytes)| (path.as_str(), T::Regular, *bytes)).collect();
    assert!(says(&verdict(&archived(&entries)), "archive: it was packed by something else"));
    for nonsense in [b"".as_slice(), b"PK\x03\x04", &[0; 4096]] {
        assert!(says(&verdict(nonsense), "archive: it is not compressed"), "{nonsense:?}");
    }
}
