//! Ways in which a service manager goes wrong.
//!
//! A reference can be started with any of these faults. Each breaks one duty of the contract, as a hasty implementer
//! would, and says which rules that breaks. A tester that plays against a reference with a fault must see a breach of
//! one of them; that is how the tester is tested.
//!
//! The tables here only name the faults. Each is done where the duty is: look for `Fault::` in this room.
//!
//! A few are *legal*: a service manager may do so, and a tester that complains about it is wrong.

mod access;
mod accounts;
mod addons;
mod asking;
mod catalogue;
mod form;
mod kind;
mod subscriptions;

pub use kind::Fault;

/// A fault, and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    pub fault: Fault,
    /// The name on the command line; it is never given to another fault.
    pub name: &'static str,
    /// Numbers of the rules that it breaks; none for what is legal.
    pub breaks: &'static [u16],
    /// What it takes to see it.
    pub seen_in: SeenIn,
    /// What the service manager does, in one sentence.
    pub what: &'static str,
    /// How it must be played against for the fault to show.
    pub setting: Setting,
}

/// What it takes to see a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenIn {
    /// The answers tell.
    Answers,
    /// Only what the vendor side holds tells.
    VendorSide,
}

/// What a tester has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Nothing.
    Usual,
    /// To send several add-ons in one call, as the documentation has it: path `Addon`, ids of subscriptions as results.
    Documents,
    /// To take a positive code for "in progress", and not to wait for long.
    Pending,
    /// Not to wait long for an answer.
    ShortTimeout,
}

impl Setting {
    /// The setting in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Documents => "documents",
            Self::Pending => "pending",
            Self::ShortTimeout => "short_timeout",
        }
    }
}

const fn answers(fault: Fault, name: &'static str, breaks: &'static [u16], what: &'static str) -> Spec {
    Spec { fault, name, breaks, seen_in: SeenIn::Answers, what, setting: Setting::Usual }
}

const fn vendor_side(fault: Fault, name: &'static str, breaks: &'static [u16], what: &'static str) -> Spec {
    Spec { seen_in: SeenIn::VendorSide, ..answers(fault, name, breaks, what) }
}

const fn legal(fault: Fault, name: &'static str, what: &'static str) -> Spec {
    answers(fault, name, &[], what)
}

impl Spec {
    const fn under(self, setting: Setting) -> Self {
        Self { setting, ..self }
    }

    /// Whether a service manager may do so.
    #[must_use]
    pub const fn is_legal(&self) -> bool {
        self.breaks.is_empty()
    }
}

const TABLES: [&[Spec]; 7] =
    [access::SPECS, form::SPECS, catalogue::SPECS, accounts::SPECS, subscriptions::SPECS, addons::SPECS, asking::SPECS];

/// All faults, the legal ones too, in a fixed order.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    TABLES.into_iter().flatten()
}

/// The fault of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Spec> {
    all().find(|spec| spec.name == name)
}

/// A set of faults. The usual one is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults([u64; WORDS]);

const WORDS: usize = 6;

impl Faults {
    /// The set with this fault too.
    #[must_use]
    pub fn with(mut self, fault: Fault) -> Self {
        let place = fault as usize;
        self.0[place / 64] |= 1 << (place % 64);
        self
    }

    /// Whether the fault is in the set.
    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        let place = fault as usize;
        self.0[place / 64] & (1 << (place % 64)) != 0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; WORDS]
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<T: IntoIterator<Item = Fault>>(faults: T) -> Self {
        faults.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::{Faults, all, by_name};
    use std::collections::BTreeSet;

    #[test]
    fn every_fault_has_one_name_made_of_its_own() {
        let camel =
            |name: &str| -> String { name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect() };
        let mut places = BTreeSet::new();
        for spec in all() {
            assert_eq!(format!("{:?}", spec.fault), camel(spec.name));
            assert!(places.insert(spec.fault as usize), "{} twice", spec.name);
            assert!(spec.what.ends_with('.'), "{}", spec.name);
            assert_eq!(by_name(spec.name), Some(spec));
        }
        // Every variant has a place in the tables: they are numbered without a gap.
        assert_eq!(places.last().copied(), Some(places.len() - 1));
        let last = all().last().map(|spec| spec.fault);
        assert!(last.is_some_and(|fault| Faults::default().with(fault).has(fault)));
    }
}
