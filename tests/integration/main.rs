//! One binary for all integration tests: linking once matters on a small machine.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/bare_catalogue.rs"]
mod bare_catalogue;
#[path = "../support/bundles.rs"]
mod bundles;
#[path = "../support/certificates.rs"]
mod certificates;
#[path = "../support/fronts.rs"]
mod fronts;
#[path = "../support/markdown.rs"]
mod markdown;
#[path = "../support/raw.rs"]
mod raw;
#[path = "../support/sdk_stub.rs"]
mod sdk_stub;

#[path = "../support/liar.rs"]
mod liar;

mod again;
mod architecture;
mod certify;
mod cleanup;
mod commands;
mod compare;
mod connection;
mod consumers;
mod documents;
#[cfg(unix)]
mod examples;
mod faults;
mod hostile;
mod init;
mod inputs;
mod known;
mod lifecycle;
mod notification;
mod page;
mod published;
mod reports;
mod review;
mod secrets;
mod self_test;
mod sequences;
mod snapshots;
mod start;
mod tampering;
mod targets;
mod traceability;
mod util;
mod versions;
