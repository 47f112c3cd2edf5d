//! Add-ons: recognising them, leaving the rest alone, and the resources.

use super::super::AddonResult;
use super::*;

fn entry(id: &str, product: &str, action: &str, quantity: i32) -> Value {
    json!({"ID": id, "ParentID": "", "ProductID": product, "ActionType": action, "Quantity": quantity})
}

fn call(parent: &Value, entries: &[Value]) -> Value {
    merged(action(parent, "None"), &json!({ "Addons": entries }))
}

/// Product, quantity and status of each add-on.
fn held(reference: &Reference, parent: &Value) -> Vec<(String, i64, String)> {
    let subscription = reference.subscription(parent["ID"].as_str().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let addons = subscription["addons"].as_array().unwrap();
    addons.iter().map(|a| (text(&a["product"]), a["quantity"].as_i64().unwrap(), text(&a["status"]))).collect()
}

fn expect(reference: &Reference, parent: &Value, expected: &[(&str, i64, &str)]) {
    let held = held(reference, parent);
    let held: Vec<(&str, i64, &str)> = held.iter().map(|(p, q, s)| (p.as_str(), *q, s.as_str())).collect();
    assert_eq!(held, expected);
}

const SPACE: &str = "mail-extra-storage";
const SHIELD: &str = "mail-shield";

#[test]
fn addons_are_made_changed_and_cancelled_one_by_one() {
    let reference = reference();
    let parent = reference.bought("mail", "mail-team", 5);
    let x = reference.accepted("Addons/Create", &call(&parent, &[entry("", SPACE, "Provision", 2)]));
    assert_ne!(json!(x), parent["ID"]);
    let second = call(&parent, &[entry(&x, SPACE, "None", 2), entry("", SPACE, "Provision", 2)]);
    let y = reference.accepted("Addons/Create", &second);
    assert_ne!(x, y);
    let both = |a: &str, q: i32, b: &str, r: i32| call(&parent, &[entry(&x, SPACE, a, q), entry(&y, SPACE, b, r)]);
    assert_eq!(reference.accepted("Addons/Update", &both("None", 2, "Provision", 7)), y);
    expect(&reference, &parent, &[(SPACE, 2, "active"), (SPACE, 7, "active")]);
    assert_eq!(reference.accepted("Addons/Cancel", &both("Cancel", 2, "None", 7)), x);
    expect(&reference, &parent, &[(SPACE, 2, "cancelled"), (SPACE, 7, "active")]);
    assert_eq!(reference.accepted("Addons/Cancel", &call(&parent, &[entry(&x, SPACE, "Cancel", 2)])), x);
    assert_eq!(reference.refused("Addons/Update", &both("Provision", 3, "None", 7)), -5003);
    let held = reference.subscription(parent["ID"].as_str().unwrap());
    assert_eq!((&held["quantity"], &held["status"]), (&json!(5), &json!("active")));
}

#[test]
fn a_lost_answer_makes_no_second_addon() {
    let reference = reference();
    let parent = reference.bought("mail", "mail-team", 5);
    let create = call(&parent, &[entry("", SPACE, "Provision", 2), entry("", SPACE, "Provision", 2)]);
    let result = reference.accepted("Addons/Create", &create);
    assert_eq!(reference.accepted("Addons/Create", &create), result);
    // Also when something else came in between.
    let other = call(&parent, &[entry("", SHIELD, "Provision", 1)]);
    let shield = reference.accepted("Addons/Create", &other);
    assert_eq!(reference.accepted("Addons/Create", &create), result);
    expect(&reference, &parent, &[(SPACE, 2, "active"), (SPACE, 2, "active"), (SHIELD, 1, "active")]);
    // A new order after the end of the first is no repeat.
    let cancel = call(&parent, &[entry(&shield, SHIELD, "Cancel", 1)]);
    reference.accepted("Addons/Cancel", &cancel);
    assert_ne!(reference.accepted("Addons/Create", &other), shield);
    let known = call(&parent, &[entry(&result, SPACE, "Provision", 4)]);
    assert_eq!(reference.accepted("Addons/Create", &known), result);
    assert_eq!(held(&reference, &parent).len(), 4);
}

#[test]
fn several_addons_in_one_call_are_all_handled() {
    for addon_result in [AddonResult::Addon, AddonResult::Subscription] {
        let reference = with(Options { addon_result, ..Options::default() });
        let parent = reference.bought("mail", "mail-team", 5);
        let create = call(&parent, &[entry("", SPACE, "Provision", 2), entry("", SHIELD, "Provision", 3)]);
        // The platform knows both by the one id that was answered.
        let id = reference.accepted("Addons/Create", &create);
        let both = |a: &str, q, b: &str, r| call(&parent, &[entry(&id, SPACE, a, q), entry(&id, SHIELD, b, r)]);
        assert_eq!(reference.accepted("Addons/Update", &both("None", 2, "Provision", 9)), id);
        expect(&reference, &parent, &[(SPACE, 2, "active"), (SHIELD, 9, "active")]);
        assert_eq!(reference.accepted("Addons/Update", &both("Provision", 4, "Provision", 5)), id);
        expect(&reference, &parent, &[(SPACE, 4, "active"), (SHIELD, 5, "active")]);
        assert_eq!(reference.accepted("Addons/Cancel", &both("None", 4, "Cancel", 5)), id);
        expect(&reference, &parent, &[(SPACE, 4, "active"), (SHIELD, 5, "cancelled")]);
        reference.accepted("Addons/Cancel", &both("Cancel", 4, "Cancel", 5));
        expect(&reference, &parent, &[(SPACE, 4, "cancelled"), (SHIELD, 5, "cancelled")]);
    }
}

#[test]
fn with_the_subscriptions_id_addons_go_by_product_and_order() {
    let reference = with(Options { addon_result: AddonResult::Subscription, ..Options::default() });
    let parent = reference.bought("mail", "mail-team", 5);
    let id = parent["ID"].as_str().unwrap();
    let create = call(&parent, &[entry("", SPACE, "Provision", 1)]);
    assert_eq!(reference.accepted("Addons/Create", &create), id);
    assert_eq!(reference.accepted("Addons/Create", &create), id);
    let second = call(&parent, &[entry(id, SPACE, "None", 1), entry("", SPACE, "Provision", 2)]);
    reference.accepted("Addons/Create", &second);
    let both = |a: &str, b: &str| call(&parent, &[entry(id, SPACE, a, 1), entry(id, SPACE, b, 2)]);
    reference.accepted("Addons/Cancel", &both("None", "Cancel"));
    reference.accepted("Addons/Cancel", &both("None", "Cancel"));
    expect(&reference, &parent, &[(SPACE, 1, "active"), (SPACE, 2, "cancelled")]);
    // A platform that still lists the ended one means the running one.
    reference
        .accepted("Addons/Update", &call(&parent, &[entry(id, SPACE, "None", 2), entry(id, SPACE, "Provision", 6)]));
    expect(&reference, &parent, &[(SPACE, 6, "active"), (SPACE, 2, "cancelled")]);
    // The id survives an upgrade.
    let upgrade = json!({"ActionType": "Upgrade", "ProductID": "mail-enterprise", "SubscriptionID": "B3"});
    let new = reference.accepted("Subscriptions/UpgradeDowngrade", &merged(parent.clone(), &upgrade));
    let parent = merged(parent.clone(), &json!({ "ID": new }));
    reference.accepted("Addons/Cancel", &call(&parent, &[entry(id, SPACE, "Cancel", 6)]));
    expect(&reference, &parent, &[(SPACE, 6, "cancelled"), (SPACE, 2, "cancelled")]);
}

#[test]
fn only_what_is_meant_is_touched() {
    let reference = reference();
    let parent = reference.bought("mail", "mail-team", 5);
    let x = reference.accepted("Addons/Create", &call(&parent, &[entry("", SPACE, "Provision", 2)]));
    for (path, sent, code) in [
        ("Addons/Create", call(&parent, &[]), -5004),
        ("Addons/Create", merged(call(&parent, &[]), &json!({"Addons": null})), -5004),
        ("Addons/Update", call(&parent, &[entry(&x, SPACE, "None", 9)]), -5004),
        ("Addons/Update", call(&parent, &[entry(&x, SPACE, "Cancel", 9)]), -5004),
        ("Addons/Cancel", call(&parent, &[entry(&x, SPACE, "Provision", 9)]), -5004),
        ("Addons/Cancel", call(&parent, &[entry(&x, SPACE, "Stop", 9)]), -1005),
        ("Addons/Create", call(&parent, &[json!("odd")]), -1002),
        ("Addons/Update", call(&parent, &[entry("made up", SPACE, "Provision", 9)]), -5001),
        ("Addons/Cancel", call(&parent, &[entry("made up", SPACE, "Cancel", 9)]), -5001),
        ("Addons/Update", call(&parent, &[entry(&x, SHIELD, "Provision", 9)]), -5001),
        ("Addons/Create", call(&parent, &[entry("", "backup-second-site", "Provision", 9)]), -5002),
        ("Addons/Create", call(&parent, &[entry("", "unheard-of", "Provision", 9)]), -5002),
        ("Addons/Create", call(&parent, &[entry("", SHIELD, "Provision", 0)]), -1007),
        ("Addons/Create", call(&parent, &[entry("", SHIELD, "Provision", 301)]), -3004),
        // All or nothing.
        ("Addons/Create", call(&parent, &[entry("", SHIELD, "Provision", 1), entry("", "x", "Provision", 1)]), -5002),
        ("Addons/Create", action(&call(&parent, &[entry("", SHIELD, "Provision", 1)]), "Provision"), -1006),
        (
            "Addons/Create",
            merged(call(&parent, &[entry("", SHIELD, "Provision", 1)]), &json!({"ID": "made up"})),
            -4001,
        ),
    ] {
        assert_eq!(reference.refused(path, &sent), code, "{path} {sent}");
    }
    // Without an id the only running add-on of the product is clear enough.
    reference.accepted("Addons/Update", &call(&parent, &[entry("", SPACE, "Provision", 4)]));
    expect(&reference, &parent, &[(SPACE, 4, "active")]);
}

#[test]
fn addons_end_with_their_subscription() {
    let reference = reference();
    let parent = reference.bought("archive", "archive-basic", 5);
    let product = "archive-search";
    let x = reference.accepted("Addons/Create", &call(&parent, &[entry("", product, "Provision", 2)]));
    reference.accepted("Subscriptions/Cancel", &action(&parent, "Cancel"));
    expect(&reference, &parent, &[(product, 2, "cancelled")]);
    reference.accepted("Addons/Cancel", &call(&parent, &[entry(&x, product, "Cancel", 2)]));
    assert_eq!(reference.refused("Addons/Update", &call(&parent, &[entry(&x, product, "Provision", 2)])), -4002);
    assert_eq!(reference.refused("Addons/Create", &call(&parent, &[entry("", product, "Provision", 1)])), -4002);
}

#[test]
fn resources_are_the_sum_of_what_is_held() {
    let reference = reference();
    let parent = reference.bought("mail", "mail-team", 3);
    let resources = || reference.subscription(parent["ID"].as_str().unwrap())["resources"].clone();
    let with_attributes = |id: &str, product: &str, action: &str, attributes: Value| {
        merged(entry(id, product, action, 2), &json!({ "AttributeList": attributes }))
    };
    let space = json!({"storage": attribute("storage", "10", true)});
    let x =
        reference.accepted("Addons/Create", &call(&parent, &[with_attributes("", SPACE, "Provision", space.clone())]));
    assert_eq!(resources(), json!({"aliases": 8, "encryption": false, "storage": 35}));
    let shield =
        json!({"encryption": attribute("encryption", "1", false), "storage": attribute("storage", "0.25", false)});
    let y = reference.accepted("Addons/Create", &call(&parent, &[with_attributes("", SHIELD, "Provision", shield)]));
    assert_eq!(resources(), json!({"aliases": 8, "encryption": true, "storage": 35.25}));
    reference.accepted("Subscriptions/Update", &merged(parent.clone(), &json!({"Quantity": 5})));
    assert_eq!(resources(), json!({"aliases": 8, "encryption": true, "storage": 45.25}));
    reference.accepted("Addons/Cancel", &call(&parent, &[with_attributes(&y, SHIELD, "Cancel", json!(null))]));
    assert_eq!(resources(), json!({"aliases": 8, "encryption": false, "storage": 45}));
    reference.accepted("Addons/Cancel", &call(&parent, &[with_attributes(&x, SPACE, "Cancel", space)]));
    assert_eq!(resources(), json!({"aliases": 8, "encryption": false, "storage": 25}));
    let bad = json!({"storage": attribute("storage", "lots", true)});
    let bad = call(&parent, &[with_attributes("", SPACE, "Provision", bad)]);
    assert_eq!(reference.refused("Addons/Create", &bad), -3007);
}
