//! Whatever customers do, in whatever order, the reference is right, and the tester says so.
//!
//! Business life is made up from a seed: valid actions only, drawn from what is possible at that point. A finding is a
//! false alarm of the tester, or a fault of the reference; both are bugs.

use crate::util::servers;
use mock_bss::{
    contract::Application,
    diagnostic::Source,
    plan::Seed,
    profile::{ProbeFrom, ProbeSource, Profile},
    reference::{self, AddonPath, AddonResult, Options, Running},
    scenario::ScenarioFile,
    self_test::{Bout, suite},
};
use std::{fmt::Write, sync::Arc, time::Duration};
use uuid::Uuid;

/// Lives for each dialect. More find more: `MOCK_BSS_LIVES=2000 cargo test --test integration sequences::`.
const LIVES: u64 = 40;
const ACTIONS: u64 = 12;

/// Numbers from a seed (SplitMix64): the same in every run and on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_of<'a, T>(&mut self, these: &'a [T]) -> Option<&'a T> {
        let place = self.below(these.len().max(1) as u64);
        these.get(usize::try_from(place).unwrap())
    }
}

#[derive(Clone, Default)]
struct Subscription {
    name: String,
    quantity: u64,
    trial: bool,
    suspended: bool,
    cancelled: bool,
    /// How often it was upgraded, less how often downgraded.
    height: u64,
    /// Add-ons that run, in the order of their purchase.
    addons: Vec<String>,
}

/// The scenario of one life.
fn life(seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut text = format!(
        "title: Life {seed}\nneeds: [addons, upgrade, trial]\nproduct: {{ with: [multiple, two_addons, upgrade_twice, trial] }}\nsteps:\n"
    );
    let mut held: Vec<Subscription> = Vec::new();
    let mut addons = 0;
    for _ in 0..2 + dice.below(ACTIONS) {
        let living: Vec<usize> = (0..held.len()).filter(|&place| !held[place].cancelled).collect();
        let Some(&place) = dice.one_of(&living) else {
            buy(&mut text, &mut dice, &mut held);
            continue;
        };
        let name = held[place].name.clone();
        let by = ["bss", "storefront", "api"][usize::try_from(dice.below(3)).unwrap()];
        let subscription = &mut held[place];
        match dice.below(12) {
            0 if living.len() < 3 => buy(&mut text, &mut dice, &mut held),
            1 | 2 if !subscription.suspended => {
                subscription.quantity = 1 + dice.below(250);
                let quantity = subscription.quantity;
                let _ = writeln!(
                    text,
                    "  - change_quantity: {{ subscription: {name}, quantity: {quantity} }}\n    by: {by}\n    vendor:\n      \
                     \"$.subscriptions[?@.status=='active' && @.quantity=={quantity}].id\": present"
                );
            }
            3 | 4 if !subscription.suspended => {
                addons += 1;
                let quantity = 1 + dice.below(20);
                subscription.addons.push(format!("extra{addons}"));
                let _ = writeln!(
                    text,
                    "  - buy_addon: {{ subscription: {name}, as: extra{addons}, quantity: {quantity} }}\n    by: {by}"
                );
            }
            5 if !subscription.suspended => {
                let Some(addon) = dice.one_of(&subscription.addons).cloned() else { continue };
                let quantity = 1 + dice.below(20);
                let _ = writeln!(
                    text,
                    "  - change_addon: {{ subscription: {name}, addon: {addon}, quantity: {quantity} }}\n    by: {by}"
                );
            }
            6 => {
                let Some(addon) = dice.one_of(&subscription.addons).cloned() else { continue };
                subscription.addons.retain(|other| *other != addon);
                let _ = writeln!(text, "  - cancel_addon: {{ subscription: {name}, addon: {addon} }}");
            }
            7 if !subscription.trial && !subscription.suspended && subscription.height < 2 => {
                subscription.height += 1;
                let _ = writeln!(text, "  - upgrade: {{ subscription: {name} }}\n    by: {by}");
            }
            7 if subscription.trial && !subscription.suspended => {
                subscription.trial = false;
                subscription.quantity = 1 + dice.below(250);
                let quantity = subscription.quantity;
                let _ =
                    writeln!(text, "  - convert_trial: {{ subscription: {name}, quantity: {quantity} }}\n    by: {by}");
            }
            8 if subscription.height > 0 && !subscription.suspended => {
                subscription.height -= 1;
                let _ = writeln!(text, "  - downgrade: {{ subscription: {name} }}");
            }
            9 if !subscription.suspended => {
                subscription.suspended = true;
                let _ = writeln!(text, "  - suspend: {{ subscription: {name} }}");
            }
            9 | 10 if subscription.suspended => {
                subscription.suspended = false;
                let _ = writeln!(text, "  - activate: {{ subscription: {name} }}");
            }
            10 => {
                let _ = writeln!(text, "  - reprovision: {{ subscription: {name}, renew: false }}");
            }
            11 => {
                subscription.cancelled = true;
                let _ = writeln!(text, "  - cancel: {{ subscription: {name} }}");
            }
            _ => {}
        }
    }
    text
}

fn buy(text: &mut String, dice: &mut Dice, held: &mut Vec<Subscription>) {
    let subscription = Subscription {
        name: format!("s{}", held.len() + 1),
        quantity: 1 + dice.below(250),
        trial: dice.below(3) == 0,
        ..Subscription::default()
    };
    let (by, order) = match dice.below(3) {
        0 => ("storefront", true),
        1 => ("bss", false),
        _ => ("api", true),
    };
    let Subscription { name, quantity, trial, .. } = &subscription;
    let _ = writeln!(
        text,
        "  - buy: {{ as: {name}, quantity: {quantity}, trial: {trial}, order: {order}, name: \"Life Ω of {name}\" }}\n    by: {by}"
    );
    held.push(subscription);
}

fn profile_of(running: &Running) -> Profile {
    let application =
        Application { id: reference::APPLICATION_ID.to_owned(), key: reference::APPLICATION_KEY.to_owned() };
    let mut profile = Profile::new("reference", &running.base_url(), application);
    for (field, value) in [("FieldUsername", reference::USERNAME), ("FieldPassword", reference::PASSWORD)] {
        profile.settings.insert(field.to_owned(), value.to_owned());
    }
    let url = format!("{}?account={{account}}", running.probe_url());
    profile.probe = Some(ProbeSource::new(ProbeFrom::Url(url), Duration::from_secs(1)));
    profile
}

#[test]
fn no_valid_life_is_complained_about() {
    let lives = std::env::var("MOCK_BSS_LIVES").ok().and_then(|lives| lives.parse().ok()).unwrap_or(LIVES);
    let texts: Vec<String> = (1..=lives).map(life).collect();
    let files: Vec<ScenarioFile> = (1..=lives)
        .zip(&texts)
        .map(|(seed, text)| ScenarioFile {
            key: format!("life/{seed}"),
            source: Arc::new(Source { path: format!("life/{seed}.yaml"), text: text.clone() }),
            folder: None,
        })
        .collect();
    let scenarios = suite(&files).unwrap();
    for dialect in ["docs", "sdk-1.0", "sdk-1.2"] {
        let options = match dialect {
            "docs" => {
                Options { addon_path: AddonPath::Addon, addon_result: AddonResult::Subscription, ..Options::default() }
            }
            _ => Options::default(),
        };
        let bout = Bout { dialect, ..Bout::new(options, Seed(Uuid::from_u128(u128::from(lives)))) };
        let judged = servers().block_on(bout.play(&scenarios, profile_of)).unwrap();
        if let Some(found) = judged.findings.iter().chain(&judged.gaps).next() {
            let seed: usize = found.scenario.trim_start_matches("life/").parse().unwrap_or(1);
            panic!("{dialect}, seed {seed}: {found:?}\n{}", texts[seed - 1]);
        }
        assert!(judged.reasons.is_empty() && judged.executed > lives, "{dialect}: {:?}", judged.reasons);
    }
}
