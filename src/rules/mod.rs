//! The rules that a service manager must keep, R-01 to R-132.
//!
//! Each rule says what it demands, why that matters to the business, how it is usually mended, and
//! how firm its source is. There is one file per section of the contract, and the numbers run on
//! from file to file. Numbers and ids are public: scenarios name them (`proves: [R-53]`), reports
//! print them, and `mock-bss explain` takes either. They are never given to another rule.
//!
//! How firm a source is decides how loud a finding may be, see [`Rule::decides`]: what neither the
//! vendor's text nor its software nor practice settles is a warning, however plausible.

use std::fmt;

mod accounts;
mod addons;
mod digest;
mod discovery;
mod examine;
mod examples;
mod frozen;
mod precheck;
mod resources;
mod robustness;
mod rung;
mod settings;
mod subscriptions;
mod transport;
mod upgrade;
mod usage;

#[cfg(test)]
mod tests;

pub use digest::{digest, digest_of};
pub use examine::{Breach, Note, Order, examine, examines, orders, shared_ids};
pub use examples::Example;
pub use frozen::{SuiteScenario, frozen, frozen_digest, rule_set, suite};
pub use rung::Rung;

/// The version of the contract that these rules judge.
pub const RULE_SET: &str = "2026.1";

/// One duty of a service manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The name that reads as the demand, such as `precheck.provisions-nothing`.
    pub id: &'static str,
    /// The number, from 1 to 132; [`Rule::key`] writes it as people do.
    pub number: u16,
    /// The section of the contract.
    pub area: Area,
    /// How much depends on keeping it.
    pub level: Level,
    /// How firm its source is.
    pub basis: Basis,
    /// The source, for people.
    pub source: &'static str,
    /// What the rule demands, in one sentence.
    pub title: &'static str,
    /// What breaks for the business when it is not kept.
    pub why: &'static str,
    /// How the author of a service manager usually mends it.
    pub fix: &'static str,
    /// What has to be seen to judge it.
    pub observed_by: ObservedBy,
    /// The contract version that brought the rule, such as `2026.1`.
    pub since: &'static str,
    /// Whether verdict and level count it. A rule that waits for a later feature (users, usage,
    /// resellers, discovery, external pricing) stands in the table already but is not counted.
    pub scored: bool,
}

impl Rule {
    /// The number as people write it: `R-07`, `R-132`.
    pub fn key(&self) -> String {
        format!("R-{:02}", self.number)
    }

    /// An exchange that shows what is meant.
    pub fn example(&self) -> Option<&'static Example> {
        examples::EXAMPLES.get(usize::from(self.number).checked_sub(1)?)
    }

    /// Whether a miss makes the verdict *not conformant*: a must that rests on more than inference.
    ///
    /// An inferred must is a warning unless the profile is strict. Whether the rule counts yet is
    /// another question, see [`Rule::counts`].
    pub fn decides(&self) -> bool {
        self.level == Level::Must && self.basis != Basis::Inferred
    }
}

/// How much depends on keeping a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Selling through the platform goes wrong without it.
    Must,
    /// It works without, but someone pays for it sooner or later.
    Should,
    /// Good to know; never more than advice.
    May,
}

impl Level {
    /// The level in lower case, as reports write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
        }
    }
}

/// How firm the source of a rule is. Where several sources differ, it is the one that the demand as a whole rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The vendor's text says so.
    Documented,
    /// The vendor's SDK, or the models it ships, behave so.
    Sdk,
    /// Service managers that exist do so, the vendor's example among them.
    Practice,
    /// It follows from the rest by reasoning, and someone could reason differently.
    Inferred,
}

impl Basis {
    /// The basis in lower case, as reports write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Sdk => "sdk",
            Self::Practice => "practice",
            Self::Inferred => "inferred",
        }
    }
}

/// The section of the contract that a rule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// Credentials, HTTP and JSON.
    Transport,
    /// Settings of a partner and the catalogue.
    Settings,
    /// Synchronizing and deleting accounts.
    Accounts,
    /// Subscriptions from create to cancel.
    Subscriptions,
    /// Upgrade, downgrade, trial to paid.
    Upgrade,
    /// Add-ons of a subscription.
    Addons,
    /// What attributes and quantities add up to.
    Resources,
    /// Asking before doing.
    Precheck,
    /// Odd input, repeats, parallel calls, tenants.
    Robustness,
    /// Pay per use and users.
    UsageUsers,
    /// Discovery and external pricing.
    Discovery,
}

impl Area {
    /// The area in lower case, as reports write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Settings => "settings",
            Self::Accounts => "accounts",
            Self::Subscriptions => "subscriptions",
            Self::Upgrade => "upgrade",
            Self::Addons => "addons",
            Self::Resources => "resources",
            Self::Precheck => "precheck",
            Self::Robustness => "robustness",
            Self::UsageUsers => "usage_users",
            Self::Discovery => "discovery",
        }
    }
}

/// What has to be seen to judge a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObservedBy {
    /// Requests and answers are enough.
    Exchange,
    /// Only the vendor's side shows it; without a probe the rule is not observable.
    VendorSide,
    /// The answers show a part, the vendor's side the rest.
    Both,
}

impl ObservedBy {
    /// The observation in lower case, as reports write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::VendorSide => "vendor_side",
            Self::Both => "both",
        }
    }
}

/// Writes the `as_str` of an enum, padded when the format asks for it.
macro_rules! display_as_str {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )+};
}

display_as_str!(Level, Basis, Area, ObservedBy);

/// The sections in the order of their numbers.
const SECTIONS: [&[Rule]; 11] = [
    transport::RULES,
    settings::RULES,
    accounts::RULES,
    subscriptions::RULES,
    upgrade::RULES,
    addons::RULES,
    resources::RULES,
    precheck::RULES,
    robustness::RULES,
    usage::RULES,
    discovery::RULES,
];

/// All rules in the order of their numbers.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    SECTIONS.into_iter().flatten()
}

/// The rule that `text` names: by its key in either case and with or without leading zeros
/// (`R-07`, `r-7`), or by its id.
pub fn by_key(text: &str) -> Option<&'static Rule> {
    let number = key_number(text);
    all().find(|rule| Some(rule.number) == number || rule.id == text)
}

fn key_number(text: &str) -> Option<u16> {
    let digits = text.strip_prefix(['R', 'r'])?.strip_prefix('-')?;
    // `parse` alone would take a sign as well.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// The rule that `text` was probably meant to name, for a "did you mean".
///
/// Looks at keys, at ids, and at ids without their area, since the demand is the part that people
/// remember. The fewest edits win, then the lowest number; whatever is too far off gives nothing.
pub fn nearest(text: &str) -> Option<&'static Rule> {
    let typed: Vec<char> = text.trim().to_lowercase().chars().collect();
    let edits_to = |name: &str| {
        let name: Vec<char> = name.to_lowercase().chars().collect();
        let allowed = (name.len().min(typed.len()) / 4).clamp(1, 3);
        // Every letter too many is an edit, so most names need no table.
        if name.len().abs_diff(typed.len()) > allowed {
            return None;
        }
        Some(edits(&typed, &name)).filter(|&count| count <= allowed)
    };
    all()
        .filter_map(|rule| {
            let demand = rule.id.split_once('.').map_or(rule.id, |(_, demand)| demand);
            let names = [rule.key().as_str(), rule.id, demand].map(edits_to);
            Some((names.into_iter().flatten().min()?, rule))
        })
        .min_by_key(|&(count, _)| count)
        .map(|(_, rule)| rule)
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two words.
fn edits(left: &[char], right: &[char]) -> usize {
    // Three rows of the usual table are enough: a swap looks back two rows, all else one.
    let mut before: Vec<usize> = vec![0; right.len() + 1];
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, &l) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &r) in right.iter().enumerate() {
            let replaced = above[j] + usize::from(l != r);
            let mut least = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && l == right[j - 1] && left[i - 1] == r {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = above;
        above = row;
    }
    above[right.len()]
}
