use super::{LATER, NOT_OBSERVABLE, Outcome, expected};
use crate::{reference::faults, rules};
use std::collections::BTreeSet;

/// A rule without a fault is a rule of which nobody knows whether the suite would see it broken.
#[test]
fn every_rule_has_faults_or_a_reason_to_have_none() {
    let broken: BTreeSet<u16> = faults::all().flat_map(|spec| spec.breaks).copied().collect();
    for rule in rules::all() {
        let listed = |table: &[(u16, &str)]| table.iter().filter(|(number, _)| *number == rule.number).count();
        let places = usize::from(broken.contains(&rule.number)) + listed(NOT_OBSERVABLE) + listed(LATER);
        assert_eq!(places, 1, "{} {}", rule.key(), rule.id);
    }
    assert!(broken.iter().all(|number| rules::all().any(|rule| rule.number == *number)));
}

#[test]
fn what_a_fault_breaks_is_written_as_people_do() {
    let spec = faults::by_name("no-credentials-accepted").unwrap();
    assert_eq!(expected(spec), ["R-01", "R-02"]);
    assert!(!Outcome::Unrelated.is_right() && !Outcome::FalseAlarm.is_right());
}
