//! How far a service manager has come: the rungs that it has reached, and what withholds the next one.

use super::{ScenarioVerdict, Status};
use crate::{
    evidence::{NotApplicable, Planned},
    rules::{self, Level, Rule, Rung, SuiteScenario},
};

/// Why a rung is not reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Withheld {
    /// The rule that was not seen to be kept; `None` where something else is missing.
    pub rule: Option<&'static Rule>,
    pub status: Status,
    /// What is missing, in a few words.
    pub reason: String,
}

impl Withheld {
    /// For people: `R-60 (not observable: the vendor side cannot be seen)`.
    pub fn words(&self) -> String {
        match self.rule {
            Some(rule) => format!("{} ({}: {})", rule.key(), self.status.words(), self.reason),
            None => self.reason.clone(),
        }
    }
}

/// All of them, and one reason once, however many rules it withholds.
pub(super) fn in_one_line(withheld: &[Withheld]) -> String {
    let alike = |a: &Withheld, b: &Withheld| a.rule.is_some() && (a.status, &a.reason) == (b.status, &b.reason);
    let groups = withheld.chunk_by(alike).map(|group| match group {
        [first, _, ..] => {
            let rules: Vec<String> = group.iter().filter_map(|one| Some(one.rule?.key())).collect();
            format!("{} ({}: {})", rules.join(", "), first.status.words(), first.reason)
        }
        _ => group.iter().map(Withheld::words).collect(),
    });
    groups.collect::<Vec<_>>().join(", ")
}

/// The highest rung of which every must, and every must of those below, ran and was kept; and what withholds the next.
/// An inferred must withholds as well as any other. What the target does not offer withholds nothing; what the profile
/// leaves out does.
pub(super) fn climb(
    scenarios: &[ScenarioVerdict],
    planned: &Planned,
    suite: &[SuiteScenario],
) -> (Option<Rung>, Vec<Withheld>) {
    let gap = |reason: String| Withheld { rule: None, status: Status::CouldNotRun, reason };
    let keys = || planned.scenarios.iter().map(|one| &one.key).chain(planned.not_applicable.iter().map(|one| &one.key));
    let left_out = suite.iter().filter(|one| !keys().any(|key| one.is(key))).count();
    if suite.is_empty() {
        return (None, vec![gap("the frozen rule set: it lists no scenario".to_owned())]);
    }
    if left_out > 0 {
        let reason = format!("{left_out} of the {} scenarios of the suite were not played", suite.len());
        return (None, vec![gap(reason)]);
    }
    let mut reached = None;
    for rung in Rung::ALL {
        let duties = rules::all().filter(|rule| rule.counts() && rule.level == Level::Must && rule.rung() == rung);
        let mut withheld: Vec<Withheld> =
            duties.filter_map(|rule| missing(rule, scenarios, planned, suite).map(|why| why.of(rule))).collect();
        if rung == Rung::Core {
            // What the suite demands beside the rules is part of the ordinary business.
            let of_suite = scenarios.iter().filter(|scenario| suite.iter().any(|one| one.is(&scenario.key)));
            for scenario in of_suite {
                let wrong = |status: Status| status == Status::Fail || status.is_gap();
                let found = scenario.checks.iter().find(|check| check.rule.is_none() && wrong(check.status));
                withheld.extend(found.map(|check| Withheld {
                    rule: None,
                    status: check.status,
                    reason: format!("{} {} ({})", scenario.key, check.name, check.status.words()),
                }));
            }
        }
        if !withheld.is_empty() {
            return (reached, withheld);
        }
        reached = Some(rung);
    }
    (reached, Vec::new())
}

/// What is missing, before it is said of a rule.
struct Why(Status, String);

impl Why {
    fn of(self, rule: &'static Rule) -> Withheld {
        Withheld { rule: Some(rule), status: self.0, reason: self.1 }
    }
}

fn missing(
    rule: &'static Rule,
    scenarios: &[ScenarioVerdict],
    planned: &Planned,
    suite: &[SuiteScenario],
) -> Option<Why> {
    const WORST_FIRST: [Status; 7] = [
        Status::Fail,
        Status::Known,
        Status::Warn,
        Status::Error,
        Status::CouldNotRun,
        Status::Blocked,
        Status::NotObservable,
    ];
    let checks = || {
        let of_scenario =
            |scenario: &'_ ScenarioVerdict| scenario.checks.iter().filter(|c| c.rule == Some(rule)).count();
        scenarios.iter().filter(move |scenario| of_scenario(scenario) > 0)
    };
    let with = |status: Status| {
        checks().find(|scenario| scenario.checks.iter().any(|c| c.rule == Some(rule) && c.status == status))
    };
    if let Some((status, scenario)) =
        WORST_FIRST.into_iter().find_map(|status| with(status).map(|scenario| (status, scenario)))
    {
        let reason = match status {
            Status::NotObservable => "the vendor side cannot be seen: add a `probe` to the profile".to_owned(),
            _ => format!("in {}", scenario.key),
        };
        return Some(Why(status, reason));
    }
    let serves = |key: &str| suite.iter().any(|one| one.rules.contains(&rule.number) && one.is(key));
    let played = |index: u32| scenarios.iter().any(|scenario| scenario.index == index);
    let lost = planned.scenarios.iter().find(|one| !played(one.index) && serves(&one.key));
    if let Some(lost) = lost {
        return Some(Why(Status::CouldNotRun, format!("{} was not played", lost.key)));
    }
    if with(Status::Pass).is_some() {
        return None;
    }
    let mut skipped = planned.not_applicable.iter().filter(|skipped| serves(&skipped.key)).peekable();
    let any = skipped.peek().is_some();
    if let Some(omitted) = skipped.find(|skipped| omitted(skipped)) {
        return Some(Why(Status::CouldNotRun, omitted.reason.clone()));
    }
    if any || with(Status::NotApplicable).is_some() || rules::examines(rule) {
        return None;
    }
    let reason = match suite.iter().any(|one| one.rules.contains(&rule.number)) {
        true => "nothing that was played shows it",
        false => "no scenario of the suite shows it yet",
    };
    Some(Why(Status::CouldNotRun, reason.to_owned()))
}

/// A scenario is left out for the sake of the profile, not because the target does not offer what it needs. What the
/// profile declares about the target is taken at its word.
fn omitted(skipped: &NotApplicable) -> bool {
    skipped.reason.starts_with("the profile ") && !skipped.reason.starts_with("the profile declares ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evidence::PlannedScenario,
        rules::by_key,
        verdict::{Check, Finding},
    };

    /// One scenario of the suite proves everything that no answer shows by itself.
    fn suite() -> Vec<SuiteScenario> {
        let all = rules::all().map(|rule| rule.number).collect();
        vec![
            SuiteScenario { key: "a/all".to_owned(), rules: all },
            SuiteScenario { key: "a/addons".to_owned(), rules: vec![92] },
        ]
    }

    fn check(rule: &'static Rule, status: Status) -> Check {
        Check {
            step: "s".to_owned(),
            line: 1,
            name: "accepted".to_owned(),
            rule: Some(rule),
            level: rule.level,
            status,
            finding: Some(Finding::new("x")),
        }
    }

    /// Every rule is kept, except those for which something else is said.
    fn climbed(odd: &[(&str, Option<Status>)], not_applicable: Option<&str>) -> (Option<Rung>, Vec<String>) {
        let checks = rules::all().filter_map(|rule| match odd.iter().find(|(key, _)| by_key(key) == Some(rule)) {
            Some((_, status)) => status.map(|status| check(rule, status)),
            None => Some(check(rule, Status::Pass)),
        });
        let scenario = ScenarioVerdict {
            timings: crate::verdict::Timings::default(),
            index: 1,
            key: "a/all.row".to_owned(),
            title: String::new(),
            file: String::new(),
            built_in: true,
            checks: checks.collect(),
            snapshots: Vec::new(),
            snapshot_names: Vec::new(),
            snapshot_digests: Vec::new(),
            calls: 1,
            asked_to_wait: 0,
            elapsed_us: 1,
            left_behind: Vec::new(),
            orders: Vec::new(),
            shows_subscriptions: None,
            told: Default::default(),
            untold: vec![],
            interrupted: false,
        };
        let mut planned = Planned {
            scenarios: vec![PlannedScenario { index: 1, key: "a/all.row".to_owned(), checks: 1 }],
            ..Planned::default()
        };
        let reason = not_applicable.unwrap_or("the catalogue sells no add-on").to_owned();
        planned.not_applicable.push(NotApplicable { key: "a/addons".to_owned(), reason });
        let (reached, withheld) = climb(&[scenario], &planned, &suite());
        (reached, withheld.iter().map(Withheld::words).collect())
    }

    #[test]
    fn the_top_is_reached_when_every_must_was_kept() {
        assert_eq!(climbed(&[], None), (Some(Rung::Resilient), vec![]));
        // A recommendation withholds nothing, and neither does what waits for a later part of the contract.
        let light = [("R-61", Some(Status::Warn)), ("R-120", None), ("R-127", Some(Status::Warn))];
        assert_eq!(climbed(&light, None), (Some(Rung::Resilient), vec![]));
    }

    #[test]
    fn whatever_was_not_seen_to_be_kept_withholds_its_rung() {
        for (key, status, reached, words) in [
            ("R-27", Status::Fail, None, "R-27 (fail: in a/all.row)"),
            ("R-49", Status::Known, Some(Rung::Reachable), "R-49 (known: in a/all.row)"),
            // Inferred: a warning for the verdict.
            ("R-41", Status::Warn, Some(Rung::Reachable), "R-41 (warn: in a/all.row)"),
            ("R-92", Status::Blocked, Some(Rung::Core), "R-92 (blocked: in a/all.row)"),
            ("R-109", Status::CouldNotRun, Some(Rung::Full), "R-109 (could not run: in a/all.row)"),
            (
                "R-53",
                Status::NotObservable,
                Some(Rung::Reachable),
                "R-53 (not observable: the vendor side cannot be seen: add a `probe` to the profile)",
            ),
        ] {
            assert_eq!(climbed(&[(key, Some(status))], None), (reached, vec![words.to_owned()]), "{key}");
        }
    }

    #[test]
    fn one_reason_is_told_once() {
        let one = |key: &str, status, reason: &str| Withheld { rule: by_key(key), status, reason: reason.to_owned() };
        let unseen = |key| one(key, Status::NotObservable, "nobody looks");
        let line = in_one_line(&[unseen("R-51"), unseen("R-53"), one("R-54", Status::Fail, "in a"), unseen("R-58")]);
        assert_eq!(
            line,
            "R-51, R-53 (not observable: nobody looks), R-54 (fail: in a), R-58 (not observable: nobody looks)"
        );
        let gap = || Withheld { rule: None, status: Status::Fail, reason: "a gap".to_owned() };
        assert_eq!(in_one_line(&[gap(), gap()]), "a gap, a gap");
    }

    #[test]
    fn what_the_target_does_not_offer_withholds_nothing_and_what_the_profile_leaves_out_does() {
        let unsold = |reason| climbed(&[("R-92", None)], Some(reason));
        assert_eq!(unsold("the catalogue sells no add-on"), (Some(Rung::Resilient), vec![]));
        assert_eq!(unsold("the profile declares `addons: false`"), (Some(Rung::Resilient), vec![]));
        let words = "R-92 (could not run: the profile has no probe)".to_owned();
        assert_eq!(unsold("the profile has no probe"), (Some(Rung::Core), vec![words]));
        assert_eq!(climbed(&[("R-92", Some(Status::NotApplicable))], None).0, Some(Rung::Resilient));
        // Whether "in progress" ends is a question only where something was.
        assert_eq!(climbed(&[("R-64", None)], None), (Some(Rung::Resilient), vec![]));
        let unseen = "R-109 (could not run: nothing that was played shows it)".to_owned();
        assert_eq!(climbed(&[("R-109", None)], None), (Some(Rung::Full), vec![unseen]));
    }

    #[test]
    fn a_part_of_the_suite_reaches_nothing() {
        let (reached, withheld) = climb(&[], &Planned::default(), &suite());
        assert_eq!(reached, None);
        assert_eq!(withheld[0].words(), "2 of the 2 scenarios of the suite were not played");
        let planned = Planned {
            scenarios: ["a/all", "a/addons"]
                .map(|key| PlannedScenario { index: key.len() as u32, key: key.to_owned(), checks: 1 })
                .to_vec(),
            ..Planned::default()
        };
        let (reached, withheld) = climb(&[], &planned, &suite());
        assert_eq!((reached, withheld[0].words().as_str()), (None, "R-01 (could not run: a/all was not played)"));
    }
}
