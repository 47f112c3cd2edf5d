//! Verifying a bundle: its bytes, its files, its verdict, its conditions, its signature.

use super::{
    BASELINE, CERTIFICATE, Certificate, Condition, ENVELOPE, EVIDENCE, MANIFEST, PRODUCT, PROFILE, Product, PublicKey,
    REPORT, RUN, Run, SELF_TEST, SIGNER, Secrets, Sources, Suite,
    archive::{self, Unpacked},
    bundle_name, conditions, contents, manifest, product, sha256, statement,
};
use crate::{diagnostic::Source, json, rules};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::Value;
use std::{path::Path, sync::Arc};

/// What whoever verifies says.
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    /// The key that has to have signed it.
    pub key: Option<&'a PublicKey>,
    /// A rehearsal will do.
    pub rehearsal: bool,
    pub now: Timestamp,
}

/// What came of it.
#[derive(Debug)]
pub struct Verified {
    /// In the order in which they were asked; the later ones are missing where nothing could be asked any more.
    pub conditions: Vec<Condition>,
    /// What the evidence certifies, whatever the bundle says.
    pub certificate: Option<Certificate>,
    /// Its last day is over.
    pub expired: bool,
}

impl Verified {
    /// Whether every condition holds.
    pub fn holds(&self) -> bool {
        self.conditions.iter().all(|condition| condition.state != super::State::NotMet)
    }

    /// The same, but its day may be over.
    pub fn held(&self) -> bool {
        let wrong = |condition: &&Condition| condition.state == super::State::NotMet;
        self.certificate.is_some()
            && self.conditions.iter().filter(wrong).all(|condition| condition.name == VALIDITY && self.expired)
    }
}

const VALIDITY: &str = "validity";

/// How far the clocks of two machines may be apart.
const APART_MINUTES: i64 = 10;

/// Verifies a bundle.
pub fn verify(packed: &[u8], suite: &Suite, trust: Trust<'_>) -> Verified {
    let mut verified = Verified { conditions: Vec::new(), certificate: None, expired: false };
    let found = &mut verified.conditions;
    const PACKED: &str = "a bundle as mock-bss packs it";
    let unpacked = match archive::unpack(packed) {
        Ok(unpacked) => unpacked,
        Err(reason) => {
            found.push(Condition::new("archive", false, PACKED, reason));
            return verified;
        }
    };
    let whole = format!("{} files, {} bytes packed", unpacked.files().count(), packed.len());
    let mut archive = Condition::none("archive", PACKED, &unpacked.odd);
    if unpacked.odd.is_empty() {
        archive.found = whole;
    }
    found.push(archive);
    found.push(Condition::none("files", "every file as MANIFEST.json lists it", &manifest::differences(&unpacked)));
    let no_key = Secrets::new(&[]);
    let leaks: Vec<String> = unpacked
        .files()
        .filter_map(|(path, bytes)| no_key.as_ref().and_then(|secrets| secrets.find_in(path, bytes)))
        .collect();
    found.push(Condition::none("secrets", "no private key", &leaks));

    let rehearsal = says_rehearsal(&unpacked);
    let product = described(&unpacked, rehearsal, found);
    let run = match read(&unpacked, suite) {
        Ok(run) => run,
        Err(reason) => {
            found.push(Condition::new("evidence", false, "a run that can be judged", reason));
            return verified;
        }
    };
    found.extend(conditions::examine(&run, rehearsal));
    if let Some((product, product_text)) = &product {
        let sources = Sources { product, product_text, suite, rehearsal };
        match contents::derive(&run, &sources) {
            Err(error) => found.push(Condition::new("contents", false, "accepted snapshots", error.to_string())),
            Ok((certificate, files)) => {
                compare(&unpacked, &files, &run, found);
                let bundle = bundle_name(product, rehearsal);
                let same_program = run.evidence.run.version == env!("CARGO_PKG_VERSION");
                let wanted = |manifest: &[u8]| {
                    let profile = files.get(PROFILE).map(Vec::as_slice).unwrap_or_default();
                    let statement =
                        statement::statement(&bundle, &certificate, &run, manifest, product_text.as_bytes(), profile);
                    same_program.then_some(statement)
                };
                found.push(signature(&unpacked, trust.key, wanted));
                verified.expired = validity(&certificate, trust.now, found);
                verified.certificate = Some(certificate);
            }
        }
    }
    if rehearsal {
        found.push(match trust.rehearsal {
            true => Condition::told("rehearsal", "this is a rehearsal, and no certificate"),
            false => {
                Condition::new("rehearsal", false, "a certificate", "a rehearsal (--rehearsal verifies it as one)")
            }
        });
    }
    verified
}

/// Whether the bundle calls itself a rehearsal.
fn says_rehearsal(unpacked: &Unpacked) -> bool {
    let certificate: Option<Value> = unpacked.get(CERTIFICATE).and_then(|bytes| serde_json::from_slice(bytes).ok());
    certificate.is_some_and(|certificate| certificate["rehearsal"] == true)
}

/// The product, and whether the bundle is called by it.
fn described(unpacked: &Unpacked, rehearsal: bool, found: &mut Vec<Condition>) -> Option<(Product, String)> {
    const EXPECTED: &str = "a description of the product that the bundle is called by";
    let mut wrong = |reason: String| {
        found.push(Condition::new("product", false, EXPECTED, reason));
        None
    };
    let Some(bytes) = unpacked.get(PRODUCT) else { return wrong(format!("there is no {PRODUCT}")) };
    let Ok(text) = String::from_utf8(bytes.to_vec()) else { return wrong(format!("{PRODUCT} is not UTF-8")) };
    let product = match product::load(&Arc::new(Source { path: PRODUCT.to_owned(), text: text.clone() })) {
        Ok(product) => product,
        Err(mistakes) => {
            let first = mistakes.0.first().map(|mistake| mistake.message.clone()).unwrap_or_default();
            return wrong(format!("{PRODUCT}: {first}"));
        }
    };
    let name = bundle_name(&product, rehearsal);
    if name != unpacked.folder {
        return wrong(format!("the folder `{}`, which would be `{name}`", unpacked.folder));
    }
    let words = format!("{} {} of {}", product.name, product.version, product.vendor);
    found.push(Condition::new("product", true, EXPECTED, words));
    Some((product, text))
}

/// The run of a bundle, judged again, whatever else is wrong with the bundle.
///
/// # Errors
/// Why it cannot be judged.
pub fn run_of(packed: &[u8]) -> Result<Run, String> {
    read(&archive::unpack(packed)?, &Suite::default())
}

/// Judges the run, in memory: nothing of a bundle is written anywhere.
fn read(unpacked: &Unpacked, suite: &Suite) -> Result<Run, String> {
    let bytes = |path: &str| unpacked.get(path).map(<[u8]>::to_vec).ok_or_else(|| format!("no {path}"));
    Run::of(Path::new(RUN), bytes(EVIDENCE)?, bytes(BASELINE)?, suite).map_err(|error| error.to_string())
}

/// Holds what follows from the run against what the bundle says.
fn compare(unpacked: &Unpacked, expected: &super::Files, run: &Run, found: &mut Vec<Condition>) {
    let same_program = run.evidence.run.version == env!("CARGO_PKG_VERSION");
    let differs = |path: &str| -> Option<String> {
        let wanted = expected.get(path)?;
        let Some(there) = unpacked.get(path) else { return Some(format!("`{path}` is missing")) };
        if there == wanted.as_slice() {
            return None;
        }
        match path {
            REPORT if !same_program => difference(&decisive(wanted), &decisive(there)),
            _ => difference(wanted, there),
        }
        .map(|what| format!("{path}: {what}"))
    };
    let judged: Vec<String> = differs(REPORT).into_iter().collect();
    let mut report = Condition::none("report", "what the evidence gives when it is judged again", &judged);
    if judged.is_empty() && !same_program {
        report.found = format!("{}; its words are those of mock-bss {}", report.expected, run.evidence.run.version);
    }
    found.push(report);
    let certificate: Vec<String> = differs(CERTIFICATE).into_iter().collect();
    found.push(Condition::none("certificate", "what follows from product and run", &certificate));
    let rest = expected.keys().filter(|path| ![REPORT, CERTIFICATE, SELF_TEST].contains(&path.as_str()));
    let mut wrong: Vec<String> = rest.filter_map(|path| differs(path)).collect();
    let own = [MANIFEST, ENVELOPE, SIGNER, SELF_TEST];
    let strange = |path: &&str| !expected.contains_key(*path) && !own.contains(path);
    wrong.extend(
        unpacked
            .files()
            .map(|(path, _)| path)
            .filter(strange)
            .map(|path| format!("`{path}` belongs to no certificate")),
    );
    found.push(Condition::none("contents", "profile, scenarios and snapshots as they were used", &wrong));
    found.push(self_test(unpacked, expected, same_program));
}

/// The score is of these rules and scenarios, and as this program knows it.
fn self_test(unpacked: &Unpacked, expected: &super::Files, same_program: bool) -> Condition {
    const EXPECTED: &str = "the score of this rule set";
    let wrong = |reason: &str| Condition::new("self-test", false, EXPECTED, reason);
    match (unpacked.get(SELF_TEST), expected.get(SELF_TEST)) {
        (None, None) => Condition::told("self-test", "no score was known when the program was built"),
        (None, Some(_)) if same_program => wrong("none"),
        (None, Some(_)) => Condition::told("self-test", "no score was known when its program was built"),
        (Some(there), Some(wanted)) if there == wanted.as_slice() => {
            let score: Value = serde_json::from_slice(there).unwrap_or_default();
            let words = format!("{} of {} faults caught", score["caught"], score["faults"]);
            Condition::new("self-test", true, EXPECTED, words)
        }
        (Some(_), Some(_)) if same_program => wrong("another one than this program holds"),
        (Some(_), None) if same_program => wrong("one that this program does not know"),
        (Some(there), _) => {
            let score: Value = serde_json::from_slice(there).unwrap_or_default();
            match score["rules_digest"] == rules::digest() {
                true => Condition::told("self-test", "a score that another version has measured"),
                false => wrong("one of other rules"),
            }
        }
    }
}

/// The first place where two documents differ.
fn difference(wanted: &[u8], there: &[u8]) -> Option<String> {
    const SHORT: usize = 80;
    let cut = |value: Option<json::Json>| match value {
        None => "nothing".to_owned(),
        Some(value) => {
            let text = value.to_compact();
            text.char_indices().nth(SHORT).map_or(text.clone(), |(end, _)| format!("{}…", &text[..end]))
        }
    };
    if wanted == there {
        return None;
    }
    let (Ok(wanted), Ok(there)) = (json::parse(wanted), json::parse(there)) else {
        return Some("its bytes are others".to_owned());
    };
    match json::diff(&wanted, &there).into_iter().next() {
        Some(change) => Some(format!("{} is {}, not {}", change.path, cut(change.new), cut(change.old))),
        None => Some("its bytes are others, for the same values".to_owned()),
    }
}

/// A report without its sentences, which another version may word differently.
fn decisive(report: &[u8]) -> Vec<u8> {
    const WORDS: [&str; 12] = [
        "reasons", "reason", "withheld", "title", "message", "at", "expected", "found", "request", "response", "curl",
        "changes",
    ];
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| !WORDS.contains(&name.as_str()));
                members.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    match serde_json::from_slice::<Value>(report) {
        Ok(mut value) => {
            strip(&mut value);
            value.to_string().into_bytes()
        }
        Err(_) => Vec::new(),
    }
}

/// Who has signed what.
fn signature(unpacked: &Unpacked, trusted: Option<&PublicKey>, wanted: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Condition {
    let expected = match trusted {
        Some(key) => format!("a signature of the key {}", key.fingerprint()),
        None => "a signature that is valid, or none".to_owned(),
    };
    let wrong = |reason: String| Condition::new("signature", false, &expected, reason);
    let (envelope, signer) = match (unpacked.get(ENVELOPE), unpacked.get(SIGNER), trusted) {
        (Some(envelope), Some(signer), _) => (envelope, signer),
        (None, None, None) => {
            let words = "none: the digests show what was changed by accident, and not who made this";
            return Condition::told("signature", words);
        }
        (None, None, Some(_)) => return wrong("none".to_owned()),
        (None, Some(_), _) => return wrong(format!("{SIGNER}, and no {ENVELOPE}")),
        (Some(_), None, _) => return wrong(format!("{ENVELOPE}, and no {SIGNER}")),
    };
    let key = match PublicKey::from_pem(signer) {
        Ok(key) => key,
        Err(error) => return wrong(format!("{SIGNER}: {error}")),
    };
    let statement = match statement::open(envelope, &key) {
        Ok(statement) => statement,
        Err(reason) => return wrong(format!("{ENVELOPE}: {reason}")),
    };
    let manifest = unpacked.get(MANIFEST).unwrap_or_default();
    if statement::subject(&statement).as_deref() != Some(sha256(manifest).as_str()) {
        return wrong(format!("a signature of another {MANIFEST}"));
    }
    if wanted(manifest).is_some_and(|wanted| wanted != statement) {
        return wrong("a statement that does not follow from the run".to_owned());
    }
    let fingerprint = key.fingerprint();
    match trusted {
        Some(trusted) if *trusted != key => wrong(format!("one of the key {fingerprint}")),
        Some(_) => {
            Condition::new("signature", true, &expected, format!("signed by key {fingerprint}, which you trust"))
        }
        None => {
            let words = format!("signed by key {fingerprint}, which you have not said that you trust");
            Condition::new("signature", true, &expected, words)
        }
    }
}

/// Whether today is one of its days. True when they are over.
fn validity(certificate: &Certificate, now: Timestamp, found: &mut Vec<Condition>) -> bool {
    let today = now.to_zoned(TimeZone::UTC).date();
    let expected = format!("a certificate that is valid today, {today}");
    let played = certificate.played.finished_at.parse::<Timestamp>().ok();
    let soon = now.checked_add(APART_MINUTES.minutes()).unwrap_or(now);
    let until = certificate.valid_until.parse::<jiff::civil::Date>().ok();
    let (met, words) = match (played, until) {
        (Some(played), Some(_)) if played > soon => (false, format!("a run that ends at {played}, in the future")),
        (Some(_), Some(until)) if until < today => (false, format!("it expired: its last day was {until}")),
        (Some(_), Some(until)) => (true, format!("valid until {until}")),
        _ => (false, "no days at all".to_owned()),
    };
    found.push(Condition::new(VALIDITY, met, &expected, words));
    until.is_some_and(|until| until < today)
}
