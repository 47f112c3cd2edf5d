//! What a signature says: an in-toto statement in an envelope of DSSE.

use super::{Certificate, MANIFEST, PRODUCT, PROFILE, PublicKey, Run, SigningKey, sha256};
use crate::verdict::Status;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";
const PAYLOAD: &str = "application/vnd.in-toto+json";

/// The statement: these bytes of the manifest were made from a run that passed.
pub(super) fn statement(
    bundle: &str,
    certificate: &Certificate,
    run: &Run,
    manifest: &[u8],
    product: &[u8],
    profile: &[u8],
) -> Vec<u8> {
    let with = |wanted: Status| -> Vec<&str> {
        let scenarios = run.verdict.scenarios.iter().filter(|scenario| scenario.status() == wanted);
        scenarios.map(|scenario| scenario.key.as_str()).collect()
    };
    let file = |name: &str, bytes: &[u8]| json!({ "name": name, "digest": { "sha256": sha256(bytes) } });
    let mut configuration = vec![
        json!({
            "name": format!("mock-bss rule set {}", certificate.rule_set),
            "digest": { "sha256": certificate.rule_set_sha256 },
        }),
        file(PRODUCT, product),
        file(PROFILE, profile),
    ];
    if let Some(commit) = &certificate.played.commit {
        let name = format!("mock-bss {}", certificate.played.mock_bss);
        configuration.push(json!({ "name": name, "digest": { "gitCommit": commit } }));
    }
    let statement = json!({
        "_type": STATEMENT,
        "subject": [{ "name": format!("{bundle}/{MANIFEST}"), "digest": { "sha256": sha256(manifest) } }],
        "predicateType": PREDICATE,
        "predicate": {
            // Whoever asks for PASSED and reads nothing else must not take a rehearsal for a certificate.
            "result": if certificate.rehearsal { "WARNED" } else { "PASSED" },
            "configuration": configuration,
            "passedTests": with(Status::Pass),
            "warnedTests": with(Status::Warn),
            "failedTests": with(Status::Fail),
            "rehearsal": certificate.rehearsal,
        },
    });
    statement.to_string().into_bytes()
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Envelope {
    payload_type: String,
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: String,
    sig: String,
}

/// The bytes that are signed: what is said, with its type and both lengths.
fn encoded(payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {PAYLOAD} {} ", PAYLOAD.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// Signs a statement.
pub(super) fn envelope(statement: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature = Signature { keyid: key.public().fingerprint(), sig: BASE64.encode(key.sign(&encoded(statement))) };
    written(&Envelope {
        payload_type: PAYLOAD.to_owned(),
        payload: BASE64.encode(statement),
        signatures: vec![signature],
    })
}

fn written(envelope: &Envelope) -> Vec<u8> {
    (serde_json::to_string_pretty(envelope).unwrap_or_default() + "\n").into_bytes()
}

/// Opens an envelope and returns the statement that the key has signed.
///
/// # Errors
/// Why it was not signed with this key.
pub(super) fn open(envelope: &[u8], key: &PublicKey) -> Result<Vec<u8>, String> {
    let read: Envelope = serde_json::from_slice(envelope).map_err(|error| format!("it cannot be read: {error}"))?;
    if read.payload_type != PAYLOAD {
        return Err(format!("it holds `{}`, not `{PAYLOAD}`", read.payload_type));
    }
    let [signature] = &read.signatures[..] else {
        return Err(format!("it has {} signatures, not one", read.signatures.len()));
    };
    let payload = BASE64.decode(&read.payload).map_err(|error| format!("its payload is not base64: {error}"))?;
    let sig = BASE64.decode(&signature.sig).map_err(|error| format!("its signature is not base64: {error}"))?;
    if !key.verifies(&encoded(&payload), &sig) {
        return Err(format!("it was not signed with the key {}", key.fingerprint()));
    }
    if signature.keyid != key.fingerprint() {
        return Err(format!("it names the key `{}` and was signed with {}", signature.keyid, key.fingerprint()));
    }
    if written(&read) != envelope {
        return Err("it was not written by mock-bss".to_owned());
    }
    Ok(payload)
}

/// The digest of the manifest that a statement is about.
pub(super) fn subject(statement: &[u8]) -> Option<String> {
    let statement: Value = serde_json::from_slice(statement).ok()?;
    let about = statement["_type"] == STATEMENT && statement["predicateType"] == PREDICATE;
    let [subject] = statement["subject"].as_array()?.as_slice() else { return None };
    subject["digest"]["sha256"].as_str().filter(|_| about).map(str::to_owned)
}
