//! Addresses inside the page. They are made of names and not of numbers, so that a link that somebody sent still leads to
//! the same finding in the report of the next run.

use crate::{
    report::{face, groups},
    verdict::{Check, Verdict},
};
use std::collections::{HashMap, HashSet};

/// The address of each finding.
pub(super) struct Anchors {
    /// By where the check stands in memory: the verdict stays where it is while the page is written.
    findings: HashMap<usize, String>,
}

impl Anchors {
    /// Gives every check that is worth a look an address.
    pub(super) fn new(verdict: &Verdict) -> Self {
        let (mut findings, mut taken) = (HashMap::new(), HashSet::new());
        for (scenario, check) in verdict.checks() {
            if check.finding.is_none() || face::of(check.status).shown == face::Shown::WhenAsked {
                continue;
            }
            let what = check.rule.map_or_else(|| check.name.clone(), |rule| rule.key());
            let wanted = format!("f-{}", plain(&format!("{}/{}/{what}", scenario.key, check.step)));
            let mut id = wanted.clone();
            let mut number = 1;
            while !taken.insert(id.clone()) {
                number += 1;
                id = format!("{wanted}-{number}");
            }
            findings.insert(std::ptr::from_ref(check).addr(), id);
        }
        debug_assert_eq!(groups(verdict).iter().map(|group| group.places.len()).sum::<usize>(), findings.len());
        Self { findings }
    }

    /// The address of the finding of a check, if it has one.
    pub(super) fn finding(&self, check: &Check) -> Option<&str> {
        self.findings.get(&std::ptr::from_ref(check).addr()).map(String::as_str)
    }
}

/// The address of a scenario.
pub(super) fn scenario(key: &str) -> String {
    format!("s-{}", plain(key))
}

/// The address of a snapshot that differs.
pub(super) fn snapshot(name: &str) -> String {
    format!("d-{}", plain(name))
}

/// Letters, digits and what needs no escape in an address.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || "/._-".contains(c) { c } else { '-' }).collect()
}
