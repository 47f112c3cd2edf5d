//! Accepted snapshots: what a service manager answered when somebody last looked at it and said "right".
//!
//! ```text
//! ScenarioEvidence ── take ──▶ name + normalised content ── judge ──▶ Same · New · Changed
//!                     (pure)                                  ▲  (pure compare)    │
//!                                  accepted `.snap` files ────┘                    ▼
//!                                  or `baseline.jsonl`              pending `.snap.new` ── accept ──▶ `.snap`
//! ```
//!
//! Normalising replaces what must differ from run to run (ids, UUIDs, timestamps) by placeholders that keep the
//! *identity* of a value, so that a subscription which changes its id between two calls is a difference and a fresh id
//! in every run is not. Quantities, prices and other numbers are never hidden.
//!
//! The files are in insta's format, so `cargo insta review` works on them too. No environment variable has any influence:
//! of insta only the reader is used.

mod baseline;
mod compare;
mod desk;
mod draw;
mod edits;
mod error;
mod files;
mod format;
mod identity;
mod name;
mod normalise;
mod pending;
mod redact;
mod review;
mod shape;
mod store;
mod take;
mod writer;

pub use baseline::{Baseline, Recording};
pub use compare::{Changed, Comparison, HeadChange, compare};
pub use desk::{Desk, Redacted};
pub use draw::draw;
pub use edits::Edits;
pub use error::SnapshotError;
pub use format::Header;
pub use name::{Namer, SnapshotName};
pub use normalise::Normaliser;
pub use pending::{Pending, accept, copy_pending, discard_pending, pending, reject, write_pending};
pub use redact::{RedactionError, Redactions};
pub use review::{Compared, Decision, Effect, Item, Key, Review, Standing, Varying};
pub use store::{Accepted, Embedded, Folder, Layered, judge, unreferenced};
pub use take::{Taken, take, wants_snapshot};

#[cfg(test)]
mod tests;
