//! Update, suspend, activate and cancel.

use super::*;

#[test]
fn an_update_sets_totals() {
    let reference = reference();
    let body = reference.bought("mail", "mail-team", 5);
    let id = body["ID"].as_str().unwrap();
    for quantity in [8, 8, 3] {
        let update = merged(body.clone(), &json!({"Quantity": quantity, "Name": "New", "IsFromOrder": false}));
        assert_eq!(reference.accepted("Subscriptions/Update", &update), id);
        let held = reference.subscription(id);
        assert_eq!((&held["quantity"], &held["resources"]["storage"]), (&json!(quantity), &json!(quantity * 5)));
        assert_eq!((&held["name"], &held["resources"]["aliases"]), (&json!("New"), &json!(8)));
    }
    // No list leaves the attributes as they are; an empty one says there are none.
    reference.accepted("Subscriptions/Update", &merged(body.clone(), &json!({"AttributeList": null, "Name": null})));
    assert_eq!(reference.subscription(id)["resources"]["storage"], 25);
    assert_eq!(reference.subscription(id)["name"], "New");
    reference.accepted("Subscriptions/Update", &merged(body.clone(), &json!({"AttributeList": {}})));
    assert_eq!(reference.subscription(id)["resources"], json!({}));
    assert_eq!(reference.count(), 1);
}

#[test]
fn an_update_is_refused_when_it_is_more_than_that() {
    let reference = reference();
    let body = reference.bought("mail", "mail-team", 5);
    for (change, code) in [
        (json!({"ID": "made up"}), -4001),
        (json!({"ID": ""}), -4001),
        (json!({"ID": null}), -4001),
        (json!({"ProductID": "mail-starter"}), -4005),
        (json!({"ServiceType": "backup"}), -4005),
        (json!({"Quantity": 0}), -1007),
        (json!({"Quantity": 301}), -3004),
        (json!({"ActionType": "Activate"}), -1006),
        (json!({"Account": {"ExternalID": "another"}}), -2002),
        (json!({"AttributeList": {"storage": attribute("storage", "lots", true)}}), -3007),
    ] {
        assert_eq!(reference.refused("Subscriptions/Update", &merged(body.clone(), &change)), code, "{change}");
    }
}

#[test]
fn an_update_leaves_addons_alone() {
    let reference = reference();
    let body = reference.bought("mail", "mail-team", 5);
    let entry = |id: &str, action: &str| json!({"ID": id, "ProductID": "mail-shield", "ActionType": action, "Quantity": 2, "AttributeList": {}});
    let create = merged(action(&body, "None"), &json!({"Addons": [entry("", "Provision")]}));
    let addon = reference.accepted("Addons/Create", &create);
    let before = reference.subscription(body["ID"].as_str().unwrap());
    for entry in [entry(&addon, "None"), entry(&addon, "Cancel"), entry("", "Provision"), json!("odd")] {
        reference.accepted("Subscriptions/Update", &merged(body.clone(), &json!({"Addons": [entry]})));
        assert_eq!(reference.subscription(body["ID"].as_str().unwrap()), before);
    }
}

#[test]
fn states_follow_each_other() {
    let reference = reference();
    let body = reference.bought("mail", "mail-team", 5);
    let id = body["ID"].as_str().unwrap();
    let act = |path: &str| {
        assert_eq!(reference.accepted(&format!("Subscriptions/{path}"), &action(&body, path)), id);
        reference.subscription(id)["status"].as_str().unwrap().to_owned()
    };
    for path in ["Suspend", "Suspend", "Activate", "Activate", "Suspend", "Cancel", "Cancel"] {
        let expected = match path {
            "Suspend" => "suspended",
            "Activate" => "active",
            _ => "cancelled",
        };
        assert_eq!(act(path), expected);
    }
    assert_eq!(reference.subscription(id)["resources"], json!({}));
    assert_eq!(reference.refused("Subscriptions/Update", &body), -4002);
    assert_eq!(reference.refused("Subscriptions/Suspend", &action(&body, "Suspend")), -4002);
    assert_eq!(reference.refused("Subscriptions/Activate", &action(&body, "Activate")), -4002);
    for (path, right) in [("Suspend", "Suspend"), ("Cancel", "Cancel"), ("Activate", "Activate")] {
        let stranger = merged(action(&body, right), &json!({"ID": "made up"}));
        assert_eq!(reference.refused(&format!("Subscriptions/{path}"), &stranger), -4001);
        assert_eq!(reference.refused(&format!("Subscriptions/{path}"), &body), -1006);
    }
}

#[test]
fn only_the_named_subscription_is_acted_on() {
    let reference = reference();
    let one = reference.bought("mail", "mail-team", 5);
    let two = reference.bought("mail", "mail-team", 5);
    reference.accepted("Subscriptions/Suspend", &action(&one, "Suspend"));
    assert_eq!(reference.subscription(two["ID"].as_str().unwrap())["status"], "active");
    // A status call needs no more than the id.
    reference.accepted("Subscriptions/Cancel", &json!({"ID": one["ID"], "ActionType": "Cancel", "Quantity": 0}));
    assert_eq!(reference.subscription(two["ID"].as_str().unwrap())["status"], "active");
}
