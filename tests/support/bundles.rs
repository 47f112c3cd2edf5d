//! Certificates taken apart and put together again, by other means than those of mock-bss: what somebody who wants to
//! deceive can do.

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use mock_bss::{
    certificate::{self, Files, PublicKey, Run, SigningKey, Sources, Suite, SuiteFile, Trust, Verified, product},
    diagnostic::Source,
    play, rules, scenario,
};
use serde_json::{Value, json};
use std::{io::Read, path::Path, sync::Arc};

/// A key of its own for each test.
pub(crate) fn new_key() -> String {
    let random = ring::rand::SystemRandom::new();
    let key = ring::signature::Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(key.as_ref()))
}

pub(crate) const PRODUCT: &str = "vendor: Acme Ltd\nname: Acme Mail\nversion: 3.2.0\ncontact: support@acme.example\n\
    documentation: https://acme.example/docs\nreproduce: start it, and play against it\n";

/// The digest of bytes, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Name of the folder, and files.
pub(crate) fn open(packed: &[u8]) -> (String, Files) {
    let mut archive = tar::Archive::new(GzDecoder::new(packed));
    let (mut folder, mut files) = (String::new(), Files::new());
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let (top, path) = path.split_once('/').unwrap();
        folder = top.to_owned();
        assert!(files.insert(path.to_owned(), bytes).is_none());
    }
    (folder, files)
}

/// Writes a manifest that fits.
pub(crate) fn reseal(folder: &str, files: &mut Files) {
    let listed = files.iter().filter(|(path, _)| !["MANIFEST.json", "certificate.dsse.json"].contains(&path.as_str()));
    let listed: Vec<Value> =
        listed.map(|(path, bytes)| json!({ "path": path, "size": bytes.len(), "sha256": sha256(bytes) })).collect();
    let manifest = json!({ "schema_version": 1, "bundle": folder, "files": listed });
    files.insert("MANIFEST.json".to_owned(), (serde_json::to_string_pretty(&manifest).unwrap() + "\n").into_bytes());
}

/// The built-in scenarios whose key begins like this.
pub(crate) fn suite(of: &str) -> Suite {
    let known = |text: &str| rules::by_key(text).map(drop).ok_or_else(String::new);
    let files: Vec<_> = scenario::builtin_files().into_iter().filter(|file| file.key.starts_with(of)).collect();
    let loaded = scenario::load(&files, &scenario::Library { rule: &known }).scenarios;
    let of_file = |file: &scenario::ScenarioFile| {
        let own: Vec<_> = loaded.iter().filter(|scenario| scenario.source.path == file.source.path).collect();
        SuiteFile {
            key: file.key.clone(),
            text: file.source.text.clone(),
            sha256: own[0].sha256(),
            scenarios: own.iter().map(|scenario| (scenario.key.clone(), play::records(scenario))).collect(),
        }
    };
    Suite { files: files.iter().map(of_file).collect() }
}

/// Makes a run folder say that it is a whole run of a release against somebody's own service manager.
pub(crate) fn as_if_released(folder: &Path) {
    edit(&folder.join("evidence.jsonl"), |lines| {
        let run = &mut lines[0]["run_started"];
        run["build"]["commit"] = json!("0123456789abcdef0123456789abcdef01234567");
        run["build"].as_object_mut().unwrap().remove("development");
        run["built_in_reference"] = json!(false);
        run["filters"] = json!([]);
    });
}

/// Changes the lines of a file of events.
pub(crate) fn edit(path: &Path, change: impl FnOnce(&mut Vec<Value>)) {
    let text = std::fs::read(path).unwrap();
    std::fs::write(path, edited(&text, change)).unwrap();
}

/// The same for its bytes.
pub(crate) fn edited(lines: &[u8], change: impl FnOnce(&mut Vec<Value>)) -> Vec<u8> {
    let text = std::str::from_utf8(lines).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    change(&mut lines);
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

/// The place of the first event of a kind that fits.
pub(crate) fn place(lines: &[Value], kind: &str, fits: impl Fn(&Value) -> bool) -> usize {
    lines.iter().position(|line| line.get(kind).is_some_and(&fits)).unwrap_or_else(|| panic!("no {kind}"))
}

/// A bundle of a run folder, whatever it is worth.
pub(crate) fn bundle(folder: &Path, suite: &Suite, text: &str, rehearsal: bool, key: Option<&SigningKey>) -> Vec<u8> {
    let product = product::load(&Arc::new(Source { path: "product.yaml".to_owned(), text: text.to_owned() })).unwrap();
    let run = Run::read(folder, suite).unwrap();
    let sources = Sources { product: &product, product_text: text, suite, rehearsal };
    let (certificate, files) = certificate::derive(&run, &sources).unwrap();
    let (name, files) = certificate::finish(&run, &sources, &certificate, files, key);
    certificate::pack(&name, &files).unwrap()
}

/// Verifies on a day.
pub(crate) fn verify(packed: &[u8], suite: &Suite, key: Option<&PublicKey>, now: &str) -> Verified {
    let trust = Trust { key, rehearsal: false, now: now.parse().unwrap() };
    certificate::verify(packed, suite, trust)
}

/// The lines of what does not hold.
pub(crate) fn failures(verified: &Verified) -> Vec<String> {
    let wrong = verified.conditions.iter().filter(|condition| condition.state == certificate::State::NotMet);
    wrong.map(|condition| format!("{}: {}", condition.name, condition.words())).collect()
}
