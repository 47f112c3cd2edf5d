//! What a probe does not tell cannot be demanded of it: every member of a probe document but the ids may be missing.
//!
//! What is missing in one scenario may be told in another: then the probe tells it, and who does not show it holds it not.
//! So such a check is not observable at first, and gets its verdict when all scenarios are known.

use super::{Check, Finding, ScenarioVerdict, Status, changes};
use crate::{evidence::ScenarioEvidence, json::Json, rules::Rule};

/// The members of a subscription, and of an add-on, that demands speak of.
const MEMBERS: [&str; 5] = ["status", "quantity", "product", "name", "trial"];

/// What a probe can tell, as messages have it: of subscriptions, of add-ons, and in general.
const OF_SUBSCRIPTIONS: u16 = 0;
const OF_ADDONS: u16 = 5;
const ADDONS: u16 = 10;
const ACCOUNTS: u16 = 11;
const ADDRESSES: u16 = 12;

/// A set of what can be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told(u16);

/// A check that rests on what this scenario does not tell: what it would say otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Untold {
    step: String,
    rule: Option<&'static Rule>,
    what: u16,
    otherwise: (Status, Option<Finding>),
}

impl Untold {
    pub(super) fn new(check: &Check, what: u16) -> Self {
        let (step, rule) = (check.step.clone(), check.rule);
        Self { step, rule, what, otherwise: (check.status, check.finding.clone()) }
    }
}

/// What the probe has told in a scenario.
pub(super) fn told(evidence: &ScenarioEvidence) -> Told {
    let looks = evidence.steps.iter().flat_map(|step| &step.probes);
    looks
        .filter_map(|probed| changes::document(&probed.outcome).ok())
        .fold(Told::default(), |told, document| Told(told.0 | of_document(&document)))
}

fn of_document(document: &Json) -> u16 {
    let members = |entry: &Json, from: u16| {
        let told = MEMBERS.iter().enumerate().filter(|(_, member)| tells(entry, member));
        told.fold(0, |set, (place, _)| set | 1 << (from as usize + place))
    };
    let mut set = 0;
    for entry in document.member("subscriptions").and_then(Json::as_array).unwrap_or_default() {
        set |= members(entry, OF_SUBSCRIPTIONS);
        // A list that is missing is an empty one to many serialisers; null says that nothing is told.
        set |= u16::from(!entry.member("addons").is_some_and(Json::is_null)) << ADDONS;
        for addon in entry.member("addons").and_then(Json::as_array).unwrap_or_default() {
            set |= members(addon, OF_ADDONS);
        }
    }
    if let Some(accounts) = document.member("accounts").and_then(Json::as_array) {
        set |= 1 << ACCOUNTS;
        let more = |account: &Json| {
            account
                .as_object()
                .is_some_and(|told| told.iter().any(|(name, value)| !matches!(name, "id" | "bss") && !value.is_null()))
        };
        set |= u16::from(accounts.iter().any(more)) << ADDRESSES;
    }
    set
}

/// What a demand's path speaks of, and neither this document nor the scenario tells.
pub(super) fn by_path(path: &str, document: &Json, told: Told) -> Option<u16> {
    let missing = |what: u16| told.0 & (1 << what) == 0;
    if speaks_of(path, "accounts") && missing(ACCOUNTS) {
        return Some(ACCOUNTS);
    }
    // Whatever an account holds is searched.
    let accounts = document.member("accounts").and_then(Json::as_array).unwrap_or_default();
    if path.contains(".accounts..") && !accounts.is_empty() && missing(ADDRESSES) {
        return Some(ADDRESSES);
    }
    let listed = document.member("subscriptions").and_then(Json::as_array).unwrap_or_default();
    // What has ended may be told by its id alone.
    let living = || listed.iter().filter(|entry| !is_cancelled(entry));
    let (of_subscriptions, of_addons) = match path.find("addons") {
        Some(at) => path.split_at(at),
        None => (path, ""),
    };
    let find = |path: &str, from: u16| {
        let spoken = (0u16..).zip(MEMBERS).filter(|(_, member)| speaks_of(path, member));
        spoken.map(|(place, _)| from + place).find(|what| missing(*what))
    };
    let of_entry = find(of_subscriptions, OF_SUBSCRIPTIONS).filter(|_| living().next().is_some());
    if of_entry.is_some() || of_addons.is_empty() {
        return of_entry;
    }
    if living().next().is_some() && missing(ADDONS) {
        return Some(ADDONS);
    }
    let mut addons = living().filter_map(|entry| entry.member("addons").and_then(Json::as_array)).flatten();
    find(of_addons, OF_ADDONS).filter(|_| addons.any(|addon| !is_cancelled(addon)))
}

/// Why a check is not observable.
pub(super) fn sentence(what: u16) -> String {
    let member = |from: u16| MEMBERS.get(usize::from(what - from)).copied().unwrap_or_default();
    match what {
        ACCOUNTS => "the probe tells no accounts".to_owned(),
        ADDRESSES => "the probe tells no address of an account".to_owned(),
        ADDONS => "the probe tells no add-ons".to_owned(),
        OF_ADDONS.. => format!("the probe tells no `{}` of an add-on", member(OF_ADDONS)),
        _ => format!("the probe tells no `{}` of a subscription", member(OF_SUBSCRIPTIONS)),
    }
}

/// What one scenario tells the probe could have told in another: there it is missing, and the checks are as they would have
/// been. The places of those that became findings.
pub(super) fn settle(scenarios: &mut [ScenarioVerdict]) -> Vec<(usize, usize)> {
    let told = scenarios.iter().fold(0, |set, scenario| set | scenario.told.0);
    let mut found = Vec::new();
    for (place, scenario) in scenarios.iter_mut().enumerate() {
        for untold in std::mem::take(&mut scenario.untold).into_iter().filter(|one| told & (1 << one.what) != 0) {
            let sentence = sentence(untold.what);
            let is_it = |check: &Check| {
                check.status == Status::NotObservable
                    && check.step == untold.step
                    && check.rule.map(Rule::key) == untold.rule.map(Rule::key)
                    && check.finding.as_ref().is_some_and(|finding| finding.message == sentence)
            };
            let Some(at) = scenario.checks.iter().position(is_it) else { continue };
            (scenario.checks[at].status, scenario.checks[at].finding) = untold.otherwise;
            if scenario.checks[at].status != Status::Pass {
                found.push((place, at));
            }
        }
    }
    found
}

fn tells(entry: &Json, member: &str) -> bool {
    entry.member(member).is_some_and(|value| !value.is_null())
}

fn is_cancelled(entry: &Json) -> bool {
    entry.text_of("status").is_some_and(|status| status.eq_ignore_ascii_case("cancelled"))
}

/// True when a path names the member: `.status` or `['status']`, and not `.statuses`.
fn speaks_of(path: &str, member: &str) -> bool {
    path.match_indices(member).any(|(at, found)| {
        let (before, after) = (&path[..at], path[at + found.len()..].chars().next());
        let named = before.ends_with('.') || before.ends_with("['") || before.ends_with("[\"");
        named && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    /// What is not told of what a path speaks of, where these are the subscriptions and nothing else was seen.
    fn untold(path: &str, subscriptions: &str) -> Option<String> {
        let document = parse(format!(r#"{{"subscriptions":[{subscriptions}]}}"#).as_bytes()).unwrap();
        by_path(path, &document, Told(of_document(&document))).map(sentence)
    }

    fn no(what: &str) -> Option<String> {
        Some(format!("the probe tells no {what}"))
    }

    #[test]
    fn what_no_living_subscription_tells_is_not_told() {
        let active = "$.subscriptions[?@.status=='active'].quantity";
        assert_eq!(untold(active, r#"{"id":"S"}"#), no("`status` of a subscription"));
        assert_eq!(untold("$.subscriptions[?@['status']=='a']", r#"{"id":"S"}"#), no("`status` of a subscription"));
        assert_eq!(untold(active, r#"{"id":"S","status":"active"}"#), no("`quantity` of a subscription"));
        let null = r#"{"id":"S","status":"active","quantity":null}"#;
        assert_eq!(untold(active, null), no("`quantity` of a subscription"));
        assert_eq!(untold(active, r#"{"id":"S","status":"active","quantity":5}"#), None);
        // One of them tells: so it is told, and missing at the other.
        let both = r#"{"id":"S","status":"active"},{"id":"T","status":"active","quantity":5}"#;
        assert_eq!(untold(active, both), None);
        // Nothing is there, or nothing that lives: that is no silence.
        assert_eq!(untold(active, ""), None);
        assert_eq!(untold(active, r#"{"id":"S","status":"Cancelled"}"#), None);
        assert_eq!(untold("$[?count($.subscriptions[*]) == 1]", r#"{"id":"S"}"#), None);
    }

    #[test]
    fn add_ons_are_told_unless_the_list_is_null() {
        let path = "$.subscriptions[?@.status=='active'].addons[?@.status=='active'].quantity";
        let with = |addons: &str| untold(path, &format!(r#"{{"id":"S","status":"active"{addons}}}"#));
        assert_eq!(with(""), None, "no list is an empty one");
        assert_eq!(with(r#","addons":[]"#), None);
        assert_eq!(with(r#","addons":null"#), no("add-ons"));
        assert_eq!(with(r#","addons":[{"id":"X"}]"#), no("`status` of an add-on"));
        assert_eq!(with(r#","addons":[{"status":"active"}]"#), no("`quantity` of an add-on"));
        assert_eq!(with(r#","addons":[{"status":"cancelled"}]"#), None);
    }

    #[test]
    fn accounts_and_addresses_are_told_where_they_are() {
        assert_eq!(untold("$.accounts[1]", ""), no("accounts"));
        let of = |path: &str, accounts: &str| {
            let document = parse(format!(r#"{{"accounts":[{accounts}],"subscriptions":[]}}"#).as_bytes()).unwrap();
            by_path(path, &document, Told(of_document(&document))).map(sentence)
        };
        assert_eq!(of("$.accounts[1]", ""), None);
        assert_eq!(of("$.accounts..[?search(@, 'x')]", r#"{"id":"A","bss":"1"}"#), no("address of an account"));
        assert_eq!(of("$.accounts..[?search(@, 'x')]", r#"{"id":"A","email":"x"}"#), None);
        assert_eq!(of("$.accounts..[?search(@, 'x')]", ""), None);
    }

    #[test]
    fn what_another_scenario_tells_is_missing_here() {
        let check = |status: Status, message: &str| Check {
            step: "s".to_owned(),
            line: 1,
            name: "vendor side".to_owned(),
            rule: None,
            level: crate::rules::Level::Must,
            status,
            finding: Some(Finding::new(message)),
        };
        let scenario = |told: u16| {
            let red = check(Status::Fail, "it is not there");
            let said = check(Status::NotObservable, &sentence(1));
            let untold = vec![Untold::new(&red, 1)];
            ScenarioVerdict { told: Told(told), untold, checks: vec![said], ..ScenarioVerdict::nothing() }
        };
        let mut nobody = [scenario(1), scenario(0)];
        assert!(settle(&mut nobody).is_empty());
        assert_eq!(nobody[0].checks[0].status, Status::NotObservable);
        let mut one = [scenario(0), scenario(0b10)];
        assert_eq!(settle(&mut one), [(0, 0), (1, 0)]);
        assert_eq!(one[0].checks[0].finding.as_ref().unwrap().message, "it is not there");
    }
}
