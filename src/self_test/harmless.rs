//! The suite against the reference without a fault, in many settings: nothing may be found.

use super::{Bout, Judged, NotPlayed, ProfileOf};
use crate::{
    plan::Seed,
    profile::PrecheckChoice,
    reference::{AddonPath, AddonResult, Options},
    scenario::Scenario,
};
use std::sync::Arc;
use uuid::Uuid;

/// Orders in which one setting is played.
const ORDERS: u32 = 20;

/// A bout without a fault, and what came of it.
#[derive(Debug)]
pub struct Quiet {
    pub name: String,
    pub judged: Result<Judged, NotPlayed>,
}

impl Quiet {
    /// Whether nothing was found, and everything ran.
    pub fn is_right(&self) -> bool {
        self.judged.as_ref().is_ok_and(|judged| judged.reasons.is_empty() && judged.findings.is_empty())
    }
}

/// Every dialect with and without probe and pre-checks, each pair of them with another choice of sections and jobs; then
/// one setting in many orders.
pub fn bouts(seed: Seed) -> Vec<(String, Bout)> {
    let mut bouts = Vec::new();
    let sections = [(true, true), (true, false), (false, true), (false, false)];
    let mut place = 0;
    for dialect in ["docs", "sdk-1.0", "sdk-1.2"] {
        for probe in [true, false] {
            for precheck in [PrecheckChoice::All, PrecheckChoice::None] {
                for (accounts, addons) in [sections[place % 4], sections[(place + 2) % 4]] {
                    let jobs = if place.is_multiple_of(2) { 32 } else { 1 };
                    let name = format!(
                        "{dialect}, {} probe, pre-check {}, {} accounts, {} add-ons, {jobs} at a time",
                        with(probe),
                        precheck.describe(),
                        with(accounts),
                        with(addons),
                    );
                    let options = Options { accounts, addons, ..spoken(dialect) };
                    let precheck = precheck.clone();
                    bouts.push((name, Bout { dialect, probe, precheck, jobs, ..Bout::new(options, seed) }));
                }
                place += 1;
            }
        }
    }
    for order in 1..=ORDERS {
        let seed = Seed(Uuid::new_v5(&seed.0, &order.to_be_bytes()));
        let bout = Bout { shuffle: true, ..Bout::new(Options::default(), seed) };
        bouts.push((format!("sdk-1.2, order {order} of {ORDERS}, seed {}", seed.0), bout));
    }
    bouts
}

fn with(there: bool) -> &'static str {
    if there { "with" } else { "without" }
}

/// A reference that speaks a dialect.
pub(super) fn spoken(dialect: &str) -> Options {
    match dialect {
        "docs" => {
            Options { addon_path: AddonPath::Addon, addon_result: AddonResult::Subscription, ..Options::default() }
        }
        _ => Options::default(),
    }
}

/// Plays them one after the other.
pub async fn play_all(
    bouts: Vec<(String, Bout)>,
    scenarios: &[Arc<Scenario>],
    profile_of: ProfileOf,
    mut done: impl FnMut(&Quiet),
) -> Vec<Quiet> {
    let mut played = Vec::with_capacity(bouts.len());
    for (name, bout) in bouts {
        let judged = bout.play(scenarios, profile_of).await;
        let quiet = Quiet { name, judged };
        done(&quiet);
        played.push(quiet);
    }
    played
}
