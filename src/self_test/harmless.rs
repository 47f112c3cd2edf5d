//! The suite against the reference without a fault, in many settings: nothing may be found.

use super::{Bout, Judged, NotPlayed};
use crate::{
    plan::Seed,
    profile::PrecheckChoice,
    reference::{AddonPath, AddonResult, Options},
};
use std::collections::BTreeMap;
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

/// What the settings differ in, beside the dialect.
#[derive(Debug, Clone, Copy)]
struct Choice {
    probe: bool,
    precheck: bool,
    accounts: bool,
    addons: bool,
    /// Whether the profile says which of them there are; else it is found out.
    declared: bool,
    /// Many scenarios at a time, or one.
    crowded: bool,
}

/// Every dialect with and without probe and pre-checks, each twice: with one choice of everything else and with its
/// opposite. The choices go round, so that any two values of two switches meet somewhere. Then one setting in many orders.
pub fn bouts(seed: Seed) -> Vec<(String, Bout)> {
    let mut bouts = Vec::new();
    let mut place: u32 = 0;
    for dialect in ["docs", "sdk-1.0", "sdk-1.2"] {
        for (probe, precheck) in [(true, true), (true, false), (false, true), (false, false)] {
            let has = |bit: u32| place & (1 << bit) != 0;
            let (addons, declared, crowded) = (has(0), has(1), has(2));
            for opposite in [false, true] {
                let choice = Choice {
                    probe,
                    precheck,
                    accounts: opposite,
                    addons: addons ^ opposite,
                    declared: declared ^ opposite,
                    crowded: crowded ^ opposite,
                };
                bouts.push(setting(dialect, choice, seed));
            }
            place += 1;
        }
    }
    for order in 1..=ORDERS {
        let seed = Seed(Uuid::new_v5(&seed.0, &order.to_be_bytes()));
        let bout = Bout { shuffle: true, ..Bout::new(Options::default(), seed) };
        bouts.push((format!("sdk-1.2, order {order} of {ORDERS}, seed {}", seed.0), bout));
    }
    bouts
}

fn setting(dialect: &'static str, choice: Choice, seed: Seed) -> (String, Bout) {
    let Choice { probe, precheck, accounts, addons, declared, crowded } = choice;
    let (precheck, jobs) =
        (if precheck { PrecheckChoice::All } else { PrecheckChoice::None }, if crowded { 32 } else { 1 });
    let name = format!(
        "{dialect}, {} probe, pre-check {}, {} accounts, {} add-ons, features {}, {jobs} at a time",
        with(probe),
        precheck.describe(),
        with(accounts),
        with(addons),
        if declared { "declared" } else { "found out" },
    );
    let features = match declared {
        true => [("accounts", accounts), ("addons", addons)].map(|(name, there)| (name.to_owned(), there)).into(),
        false => BTreeMap::new(),
    };
    let options = Options { accounts, addons, ..spoken(dialect) };
    (name, Bout { dialect, probe, precheck, features, jobs, ..Bout::new(options, seed) })
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// What a bout has chosen, switch by switch.
    fn values(bout: &Bout) -> [String; 7] {
        [
            bout.dialect.to_owned(),
            bout.probe.to_string(),
            bout.precheck.describe(),
            bout.options.accounts.to_string(),
            bout.options.addons.to_string(),
            bout.features.is_empty().to_string(),
            bout.jobs.to_string(),
        ]
    }

    #[test]
    fn any_two_values_of_two_switches_are_played_together() {
        let settings: Vec<_> = bouts(Seed(Uuid::nil())).into_iter().filter(|(_, bout)| !bout.shuffle).collect();
        let rows: Vec<_> = settings.iter().map(|(_, bout)| values(bout)).collect();
        let of = |switch: usize| rows.iter().map(|row| row[switch].as_str()).collect::<BTreeSet<_>>();
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(|switch| of(switch).len()), [3, 2, 2, 2, 2, 2, 2]);
        assert_eq!(of(6), BTreeSet::from(["1", "32"]));
        for (one, other) in (0..7).flat_map(|one| (0..one).map(move |other| (one, other))) {
            for (a, b) in of(one).into_iter().flat_map(|a| of(other).into_iter().map(move |b| (a, b))) {
                assert!(rows.iter().any(|row| row[one] == a && row[other] == b), "{a} never meets {b}");
            }
        }
        assert_eq!(settings.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len(), settings.len());
    }

    #[test]
    fn one_setting_is_played_in_twenty_orders() {
        let orders: Vec<_> = bouts(Seed(Uuid::nil())).into_iter().filter(|(_, bout)| bout.shuffle).collect();
        assert_eq!(orders.iter().map(|(_, bout)| bout.seed.0).collect::<BTreeSet<_>>().len(), 20);
        assert_eq!(orders.iter().map(|(_, bout)| values(bout)).collect::<BTreeSet<_>>().len(), 1);
    }
}
