//! The steps of the ladder that a service manager climbs, and which rule stands on which.

use super::Rule;
use std::fmt;

/// How far a service manager has come. What it must do for one rung it must do for those above too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// Settings, catalogue, credentials.
    Reachable,
    /// Accounts, and the life of a subscription from its pre-check to its cancellation.
    Core,
    /// Add-ons, upgrades, trials: every feature that the catalogue sells.
    Full,
    /// Repeats, lost answers, calls at once, several partners, odd and malformed input.
    Resilient,
}

impl Rung {
    /// From the bottom to the top.
    pub const ALL: [Self; 4] = [Self::Reachable, Self::Core, Self::Full, Self::Resilient];

    /// The short name: `L0` to `L3`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reachable => "L0",
            Self::Core => "L1",
            Self::Full => "L2",
            Self::Resilient => "L3",
        }
    }

    /// One word for it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Core => "core",
            Self::Full => "full",
            Self::Resilient => "resilient",
        }
    }

    /// The rung of this short name or word, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|rung| rung.as_str().eq_ignore_ascii_case(text) || rung.title().eq_ignore_ascii_case(text))
    }

    /// The one above.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|rung| *rung > self)
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.as_str(), self.title())
    }
}

/// First and last number of rules that stand on a rung. The sections of the contract are not the rungs: what a section
/// demands of repeats and of odd input stands on the last one.
const RUNGS: &[(u16, u16, Rung)] = &[
    (1, 4, Rung::Reachable),
    // The key of another application can be tried only where there is another one.
    (5, 5, Rung::Resilient),
    (6, 8, Rung::Reachable),
    // What a denied order does shows only where orders are possible.
    (9, 9, Rung::Core),
    (10, 10, Rung::Reachable),
    (11, 12, Rung::Resilient),
    (13, 15, Rung::Reachable),
    (16, 20, Rung::Resilient),
    (21, 36, Rung::Reachable),
    (37, 42, Rung::Core),
    (43, 44, Rung::Resilient),
    (45, 45, Rung::Full),
    (46, 48, Rung::Core),
    (49, 54, Rung::Core),
    (55, 56, Rung::Full),
    (57, 58, Rung::Core),
    (59, 64, Rung::Resilient),
    (65, 66, Rung::Core),
    (67, 67, Rung::Full),
    (68, 68, Rung::Core),
    (69, 69, Rung::Resilient),
    (70, 71, Rung::Full),
    (72, 75, Rung::Core),
    (76, 76, Rung::Resilient),
    (77, 77, Rung::Core),
    (78, 90, Rung::Full),
    (91, 91, Rung::Resilient),
    (92, 93, Rung::Full),
    (94, 94, Rung::Resilient),
    (95, 96, Rung::Full),
    (97, 97, Rung::Resilient),
    (98, 101, Rung::Full),
    (102, 102, Rung::Resilient),
    (103, 106, Rung::Core),
    (107, 119, Rung::Resilient),
    (120, 132, Rung::Full),
];

impl Rule {
    /// The rung that it stands on. A rule that the table forgets would stand on the last one.
    pub fn rung(&self) -> Rung {
        let range = RUNGS.iter().find(|(first, last, _)| (*first..=*last).contains(&self.number));
        range.map_or(Rung::Resilient, |(.., rung)| *rung)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{all, by_key};

    #[test]
    fn the_table_names_every_rule_once_and_in_order() {
        let numbers: Vec<u16> = RUNGS.iter().flat_map(|(first, last, _)| *first..=*last).collect();
        assert_eq!(numbers, all().map(|rule| rule.number).collect::<Vec<_>>());
    }

    #[test]
    fn rungs_have_names_and_an_order() {
        assert_eq!(Rung::parse("l2"), Some(Rung::Full));
        assert_eq!(Rung::parse("Resilient"), Some(Rung::Resilient));
        assert_eq!(Rung::parse("L4"), None);
        assert_eq!(Rung::Reachable.next(), Some(Rung::Core));
        assert_eq!(Rung::Resilient.next(), None);
        assert_eq!(Rung::Core.to_string(), "L1 core");
    }

    #[test]
    fn what_a_level_is_about_stands_on_it() {
        let rung = |key: &str| by_key(key).unwrap().rung();
        for (key, wanted) in [
            ("R-04", Rung::Reachable),
            ("R-27", Rung::Reachable),
            ("R-41", Rung::Core),
            ("R-49", Rung::Core),
            ("R-103", Rung::Core),
            ("R-92", Rung::Full),
            ("R-84", Rung::Full),
            ("R-60", Rung::Resilient),
            ("R-109", Rung::Resilient),
            ("R-118", Rung::Resilient),
        ] {
            assert_eq!(rung(key), wanted, "{key}");
        }
    }
}
