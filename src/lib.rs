//! `mock-bss` plays the BSS (the interworks.cloud platform) against a service manager.
//!
//! ```text
//! scenarios/*.yaml ─┐
//! mock-bss.yaml ────┼─ load ─▶ Plan ─ play ─▶ Evidence ─ judge ─▶ Verdict ─ render ─▶ console · HTML · JUnit · …
//! target's catalogue┘                (HTTP)   (append-only)  ▲                      └▶ certificate
//!                                                rules · accepted snapshots
//! ```
//! Each stage is a room with its own type: [`scenario::Scenario`] and [`profile::Profile`] → [`plan::Plan`] →
//! [`evidence::ScenarioEvidence`] → [`verdict::Verdict`] → a document of [`report`]. Everything after the evidence is a
//! pure function of it. `ARCHITECTURE.md` shows which room may know which.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod bss;
pub mod certificate;
pub mod cli;
pub mod contract;
pub mod diagnostic;
pub mod evidence;
pub mod json;
pub mod plan;
pub mod play;
pub mod profile;
pub mod reference;
pub mod report;
pub mod rules;
pub mod scenario;
pub mod self_test;
pub mod snapshot;
pub mod verdict;
pub mod yaml;
