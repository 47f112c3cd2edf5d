//! A probe that looks somewhere else: it answers, and never shows what the service manager says that it made. That is one
//! fault of the probe, not one of the target for each thing that was looked for.

use super::{Check, Finding, ScenarioVerdict, Status, changes, expectation};
use crate::{
    contract::{Endpoint, Meaning},
    evidence::{Exchange, Intent, ProbeMoment, Probed, ScenarioEvidence},
    json::Json,
    rules::Level,
};

/// In fewer scenarios it may still be the target that makes nothing.
const FEWEST: usize = 3;

/// The checks that rest on what the probe shows.
const OF_VENDOR: &[&str] = &["vendor side", "pre-check changes nothing", "denied changes nothing"];

/// How customers at once are told about by the vendor side.
const AT_ONCE: &str = "on the vendor side";

/// Whether the vendor side was seen to hold a subscription; `None` where the service manager has not said that there is
/// one, or nobody looked afterwards.
pub(super) fn of(evidence: &ScenarioEvidence) -> Option<bool> {
    let (mut bought, mut looked) = (false, false);
    for step in &evidence.steps {
        if step.probes.iter().any(shows_subscription) {
            return Some(true);
        }
        bought |= step.exchanges.iter().any(buys);
        let after = |probed: &&Probed| probed.moment == ProbeMoment::After;
        looked |= bought && step.probes.iter().filter(after).any(|probed| changes::document(&probed.outcome).is_ok());
    }
    looked.then_some(false)
}

fn buys(exchange: &Exchange) -> bool {
    exchange.sent.endpoint == Some(Endpoint::SubscriptionCreate)
        && !exchange.sent.check_only
        && exchange.sent.intent == Intent::Ordinary
        && expectation::meaning(exchange) == Some(Meaning::Accepted)
        && exchange.answer().is_some_and(|answer| answer.result().is_some())
}

fn shows_subscription(probed: &Probed) -> bool {
    let Ok(document) = changes::document(&probed.outcome) else { return false };
    document.member("subscriptions").and_then(Json::as_array).is_some_and(|list| !list.is_empty())
}

/// True when a probe that answers has shown nothing in all these scenarios, and should have in several.
pub fn is_blind<'a>(scenarios: impl Iterator<Item = &'a ScenarioVerdict>) -> bool {
    let mut without = 0;
    for scenario in scenarios {
        match scenario.shows_subscriptions {
            Some(true) => return false,
            Some(false) => without += 1,
            None => {}
        }
    }
    without >= FEWEST
}

/// What a blind probe says counts neither for nor against the target. Doing it twice is as good as once.
pub fn disregard(scenario: &mut ScenarioVerdict) {
    for check in &mut scenario.checks {
        let message = check.finding.as_ref().map_or("", |finding| finding.message.as_str());
        let at_once = check.name == "at once" && message.contains(AT_ONCE);
        let judged = matches!(check.status, Status::Pass | Status::Fail | Status::Warn);
        if judged && (at_once || OF_VENDOR.contains(&check.name.as_str())) {
            check.status = Status::NotObservable;
            check.finding = Some(Finding::new("the probe shows no subscription of anybody: see the error about it"));
        }
    }
}

/// Says once, where it shows first, that the probe is blind; the place of that check.
pub(super) fn examine(scenarios: &mut [ScenarioVerdict]) -> Option<(usize, usize)> {
    if !is_blind(scenarios.iter()) {
        return None;
    }
    scenarios.iter_mut().for_each(disregard);
    let without = |scenario: &&ScenarioVerdict| scenario.shows_subscriptions == Some(false);
    let count = scenarios.iter().filter(without).count();
    let place = scenarios.iter().position(|scenario| scenario.shows_subscriptions == Some(false))?;
    let scenario = &mut scenarios[place];
    let (step, line) = scenario.checks.first().map(|check| (check.step.clone(), check.line)).unwrap_or_default();
    let finding = Finding {
        message: format!(
            "the probe answers, and shows no subscription in any of the {count} scenarios in which the service manager \
             said that it made one. Does it look at the installation that is tested? `{{account}}` stands for the Result \
             of Accounts/Synchronize, and each subscription names that account or none"
        ),
        at: Some("$.subscriptions".to_owned()),
        expected: Some("the subscriptions of the customer".to_owned()),
        found: Some("an empty list".to_owned()),
        exchange: None,
    };
    scenario.checks.push(Check {
        step,
        line,
        name: "probe".to_owned(),
        rule: None,
        level: Level::Must,
        status: Status::Error,
        finding: Some(finding),
    });
    Some((place, scenario.checks.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(index: u32, shows: Option<bool>, status: Status) -> ScenarioVerdict {
        let check = |name: &str| Check {
            step: "buy".to_owned(),
            line: 7,
            name: name.to_owned(),
            rule: crate::rules::by_key("R-49"),
            level: Level::Must,
            status,
            finding: None,
        };
        ScenarioVerdict {
            index,
            shows_subscriptions: shows,
            checks: vec![check("accepted"), check("vendor side"), check("pre-check changes nothing")],
            ..ScenarioVerdict::nothing()
        }
    }

    fn statuses(scenarios: &[ScenarioVerdict]) -> Vec<Vec<Status>> {
        scenarios.iter().map(|scenario| scenario.checks.iter().map(|check| check.status).collect()).collect()
    }

    #[test]
    fn a_probe_that_never_shows_anything_is_one_error() {
        use Status::{Error, Fail, NotObservable, Pass};
        let mut blind = vec![scenario(1, None, Pass), scenario(2, Some(false), Fail), scenario(3, Some(false), Fail)];
        // Twice may be the target's doing.
        assert_eq!(examine(&mut blind), None);
        assert_eq!(statuses(&blind)[1], [Fail, Fail, Fail]);
        blind.push(scenario(4, Some(false), Pass));
        assert_eq!(examine(&mut blind), Some((1, 3)));
        assert_eq!(
            statuses(&blind),
            [
                vec![Pass, NotObservable, NotObservable],
                vec![Fail, NotObservable, NotObservable, Error],
                vec![Fail, NotObservable, NotObservable],
                vec![Pass, NotObservable, NotObservable],
            ]
        );
    }

    #[test]
    fn a_probe_that_has_shown_one_subscription_is_believed() {
        let mut scenarios: Vec<_> = (1..5).map(|index| scenario(index, Some(false), Status::Fail)).collect();
        scenarios.push(scenario(5, Some(true), Status::Pass));
        assert_eq!(examine(&mut scenarios), None);
        assert_eq!(statuses(&scenarios)[0], [Status::Fail; 3]);
    }
}
