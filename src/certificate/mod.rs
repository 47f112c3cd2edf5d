//! Certificates: a run, packed with everything that it was judged by, so that somebody else comes to the same verdict.
//!
//! ```text
//! run folder + product.yaml ── derive ──▶ files ── examine ──▶ conditions ── all met ──▶ bundle.tar.gz (signed or not)
//! bundle.tar.gz ── unpack ──▶ files ── derive again, compare ── examine ──▶ conditions, signature, validity
//! ```
//! Primary are the evidence, the accepted snapshots and the description of the product. Everything else in a bundle
//! follows from them, so verifying makes it anew and compares. A bundle comes from somebody who may want to deceive: sizes
//! are bounded, names lead nowhere, and no digest is believed that the same person could have written.

mod archive;
mod badge;
mod conditions;
mod contents;
mod key;
mod manifest;
pub mod product;
mod run;
mod secrets;
mod statement;
mod verify;

pub use archive::{MOST_PACKED, pack};
pub use badge::{Badge, Standing};
pub use conditions::{Condition, Made, State, examine};
pub use contents::{Certificate, Files, Sources, bundle_name, derive, finish};
pub use key::{KeyError, PublicKey, SigningKey};
pub use product::Product;
pub use run::{Run, RunError, Suite, SuiteFile};
pub use secrets::Secrets;
pub use verify::{Trust, Verified, run_of, verify};

/// A bundle holds the run in a folder of its own, with the names that a run folder has, so that other commands read it.
pub const RUN: &str = "run";
pub(crate) const EVIDENCE: &str = "run/evidence.jsonl";
pub(crate) const BASELINE: &str = "run/baseline.jsonl";
pub(crate) const PRODUCT: &str = "product.yaml";
pub(crate) const CERTIFICATE: &str = "certificate.json";
pub(crate) const REPORT: &str = "report.json";
pub(crate) const PROFILE: &str = "profile.json";
pub(crate) const SELF_TEST: &str = "self-test.json";
pub(crate) const SIGNER: &str = "signer.pub.pem";
pub(crate) const MANIFEST: &str = "MANIFEST.json";
pub(crate) const ENVELOPE: &str = "certificate.dsse.json";

/// The digest of a file, as 64 hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
