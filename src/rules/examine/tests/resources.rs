use super::*;
use Endpoint::{
    AddonCancel, AddonCreate, SubscriptionActivate, SubscriptionCreate, SubscriptionSuspend, SubscriptionUpdate,
    UpgradeDowngrade,
};
use ProbeMoment::{After, Before, End};

const OK: &str = r#"{"Code":0,"Message":"","Result":"S1"}"#;

/// Storage 5 a seat, ram 8 whatever the seats, backup off.
fn body(seats: u8, addons: &str) -> String {
    format!(
        r#"{{"ID":"S1","Quantity":{seats},"AttributeList":{{
            "storage":{{"ID":"storage","Value":"5","QuantityLinked":true}},
            "ram":{{"ID":"ram","Value":"8","QuantityLinked":false}},
            "backup":{{"ID":"backup","Value":"false","QuantityLinked":false}},
            "edition":{{"ID":"edition","Value":"team","QuantityLinked":false}}}},"Addons":[{addons}]}}"#
    )
}

/// Storage 10 for each of two, backup on.
fn addon(action: &str) -> String {
    format!(
        r#"{{"ID":"X1","ActionType":{action},"Quantity":2,"AttributeList":{{
            "storage":{{"ID":"storage","Value":"10","QuantityLinked":true}},"backup":{{"Value":"1"}}}}}}"#
    )
}

fn vendor(quantity: &str, resources: &str, addons: &str) -> String {
    format!(
        r#"{{"subscriptions":[{{"id":"S0"}},{{"id":"S1","status":"active","quantity":{quantity},
            "resources":{{{resources}}},"addons":[{addons}]}}]}}"#
    )
}

const ADDON: &str = r#"{"id":"X1","quantity":2,"status":"active"}"#;

/// Every rule of this section that has something to say: its number, or `number: place`.
fn said(story: Story) -> Vec<String> {
    let (evidence, profile) = story.evidence();
    let notes = examine(&evidence, &profile).into_iter().filter(|note| (98..=101).contains(&note.rule));
    notes
        .map(|note| match note.breaches.first() {
            None => note.rule.to_string(),
            Some(breach) => format!("{}: {}", note.rule, breach.at.as_deref().unwrap_or_default()),
        })
        .collect()
}

fn created() -> Story {
    Story::new().asks(SubscriptionCreate, &body(3, ""), OK)
}

fn with_addon() -> Story {
    created().asks(AddonCreate, &body(3, &addon("\"Provision\"")), OK)
}

#[test]
fn what_is_described_is_held() {
    assert_eq!(
        said(
            created().probe(After, &vendor("3", r#""storage":15,"ram":"8","backup":false,"edition":"team","x":1"#, ""))
        ),
        ["98", "98", "99"]
    );
    assert_eq!(
        said(with_addon().probe(After, &vendor("3", r#""storage":35.0,"ram":8,"backup":true"#, ADDON))),
        ["99", "100", "100"]
    );
    let story = with_addon().asks(SubscriptionUpdate, &body(5, &addon("\"None\"")), OK);
    assert_eq!(said(story.probe(After, &vendor("5", r#""storage":45"#, ADDON))), ["100"]);
    let story = with_addon().asks(AddonCancel, &body(3, &addon("2")), OK);
    assert_eq!(said(story.probe(After, &vendor("3", r#""storage":15,"backup":false"#, ""))), ["101", "101"]);
}

#[test]
fn an_option_of_a_cancelled_add_on_alone_is_off() {
    let geo = |action: &str| addon(action).replace("\"backup\":{\"Value\":\"1\"}", "\"geo\":{\"Value\":\"true\"}");
    let without = |shown: &str| created().probe(After, &vendor("3", shown, "")).step(Expectation::Accepted);
    let bought = |story: Story| story.asks(AddonCreate, &body(3, &geo("\"Provision\"")), OK);
    let story = || bought(without(""));
    let cancelled = |shown: &str| {
        let cancelled = story().asks(AddonCancel, &body(3, &geo("\"Cancel\"")), OK);
        said(cancelled.probe(After, &vendor("3", shown, "")))
    };
    assert_eq!(said(story().probe(After, &vendor("3", r#""geo":true"#, ADDON))), ["99"]);
    assert_eq!(cancelled(r#""geo":true"#), ["101: $.resources.geo"]);
    assert_eq!(cancelled(r#""geo":false"#), ["101"]);
    assert!(cancelled(r#""other":true"#).is_empty(), "of what nobody has sold nothing is known");
    let ever_on = |story: Story| {
        let cancelled = bought(story).asks(AddonCancel, &body(3, &geo("\"Cancel\"")), OK);
        said(cancelled.probe(After, &vendor("3", r#""geo":true"#, "")))
    };
    assert!(ever_on(without(r#""geo":true"#)).is_empty(), "the vendor includes it");
    assert!(ever_on(created()).is_empty(), "nobody has looked before");
}

#[test]
fn a_wrong_amount_is_charged_to_the_rule_that_it_breaks() {
    let at = |rule: u16, id: &str| format!("{rule}: $.resources.{id}");
    let one = |story: Story, quantity: &str, resources: &str, addons: &str| {
        said(story.probe(After, &vendor(quantity, resources, addons)))
    };
    assert_eq!(one(created(), "3", r#""storage":5"#, ""), [at(98, "storage")], "not scaled");
    assert_eq!(one(created(), "3", r#""ram":24"#, ""), [at(98, "ram")], "scaled without a link");
    assert_eq!(one(with_addon(), "3", r#""backup":false"#, ADDON), [at(99, "backup")]);
    assert_eq!(one(with_addon(), "3", r#""storage":15"#, ADDON), [at(100, "storage")], "the add-on does not count");
    assert_eq!(
        one(with_addon(), "3", r#""storage":25"#, ADDON),
        [at(98, "storage")],
        "the link of the add-on is ignored"
    );
    assert_eq!(one(with_addon(), "3", r#""storage":45"#, ADDON), [at(98, "storage")], "by the subscription's seats");
    let unlinked = with_addon().asks(AddonCancel, &body(4, &addon("\"Cancel\"")), OK);
    assert_eq!(one(unlinked, "4", r#""storage":5"#, ""), [at(98, "storage")], "scaling is wrong everywhere");
    let update = || created().asks(SubscriptionUpdate, &body(5, ""), OK);
    assert_eq!(one(update(), "5", r#""storage":40"#, ""), [at(100, "storage")], "added to what was there");
    assert_eq!(one(update(), "5", r#""storage":15"#, ""), [at(100, "storage")], "left as it was");
    assert_eq!(one(update(), "5", r#""storage":5"#, ""), [at(98, "storage")]);
    let cancel = || with_addon().asks(AddonCancel, &body(3, &addon("\"Cancel\"")), OK);
    assert_eq!(one(cancel(), "3", r#""storage":35,"backup":true"#, ""), [at(101, "storage"), at(101, "backup")]);
    assert_eq!(
        one(cancel(), "3", r#""storage":35"#, ADDON),
        [at(101, "storage")],
        "it counts on, as it is still there"
    );
}

#[test]
fn what_nobody_can_know_is_not_judged() {
    let wrong = vendor("3", r#""storage":99"#, "");
    let silent = |story: Story, why: &str| assert_eq!(said(story), Vec::<String>::new(), "{why}");
    silent(created().probe(After, r#"{"subscriptions":[{"id":"S1","quantity":3}]}"#), "no resources");
    silent(created().probe(After, &vendor("4", r#""storage":99"#, "")), "the seats are wrong already");
    silent(created().probe(After, &vendor("3", r#""storage":99"#, ADDON)), "an add-on that was not bought");
    silent(with_addon().probe(After, &vendor("3", r#""storage":15"#, "")), "the add-on is missing");
    silent(created().probe(After, &wrong.replace("active", "suspended")), "suspended at the vendor");
    silent(created().asks(SubscriptionSuspend, &body(3, ""), OK).probe(After, &wrong), "suspended");
    silent(
        Story::new().asks(SubscriptionUpdate, r#"{"ID":"S1","AttributeList":null}"#, OK).probe(After, &wrong),
        "null",
    );
    silent(Story::new().checks(SubscriptionCreate, &body(3, ""), OK).probe(After, &wrong), "only asked");
    silent(created().errs(SubscriptionUpdate, &body(9, ""), 200, OK).probe(After, &wrong), "a flaw that was accepted");
    let acts = created().asks(SubscriptionUpdate, &body(3, &addon("\"Provision\"")), OK);
    silent(acts.probe(After, &vendor("3", r#""storage":99"#, ADDON)), "must not act on add-ons");
    let lost = created().exchange(
        SubscriptionUpdate,
        (Intent::Ordinary, false),
        &body(3, ""),
        1,
        failed(FailureKind::Timeout),
    );
    silent(lost.probe(After, &wrong), "a lost answer");
    let unlimited = body(3, "").replace("\"5\"", "\"unlimited\"");
    silent(Story::new().asks(SubscriptionCreate, &unlimited, OK).probe(After, &wrong), "no number");
    let blank = body(3, "").replace("\"5\"", "\"\"");
    silent(Story::new().asks(SubscriptionCreate, &blank, OK).probe(After, &wrong), "no value");
    let merged = created().asks(SubscriptionCreate, &body(4, ""), OK);
    silent(merged.probe(After, &vendor("4", r#""storage":35"#, "")), "merged");
}

#[test]
fn a_refused_call_leaves_the_amounts_that_were() {
    let refused = r#"{"Code":-1,"Message":"no"}"#;
    let story = || created().errs(SubscriptionUpdate, &body(9, ""), 200, refused);
    assert_eq!(said(story().probe(After, &vendor("3", r#""storage":15"#, ""))), ["98"]);
    assert_eq!(said(story().probe(After, &vendor("3", r#""storage":45"#, ""))), ["98: $.resources.storage"]);
    let active = created().asks(SubscriptionSuspend, &body(3, ""), OK).asks(SubscriptionActivate, &body(3, ""), OK);
    assert_eq!(said(active.probe(After, &vendor("3", r#""storage":15"#, ""))), ["98"]);
}

#[test]
fn the_last_look_counts() {
    let (early, late) = (vendor("3", r#""storage":5"#, ""), vendor("3", r#""storage":15"#, ""));
    let story = created().probe(After, &early).step(Expectation::Accepted).probe(Before, &late);
    assert_eq!(said(story), ["98"], "a change may take its time");
    let story = created().probe(After, &late).probe(End, &early);
    assert_eq!(said(story), ["98: $.resources.storage"]);
}

#[test]
fn an_upgrade_goes_on_under_its_new_id() {
    let result = OK.replace("S1", "S2");
    let story = created().asks(UpgradeDowngrade, &body(3, "").replace("\"5\"", "\"20\""), &result);
    let seen = vendor("3", r#""storage":60"#, "").replace("S1", "S2");
    assert_eq!(said(story.probe(After, &seen)), ["100"]);
    let story = created().asks(UpgradeDowngrade, &body(3, "").replace("\"5\"", "\"20\""), &result);
    assert_eq!(said(story.probe(After, &seen.replace("60", "75"))), ["100: $.resources.storage"]);
}
