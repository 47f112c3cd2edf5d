//! Upgrades, downgrades and trials.

use super::*;

fn change(body: &Value, action: &str, product: &str, platform_id: &str) -> Value {
    merged(
        body.clone(),
        &json!({
            "ActionType": action, "ProductID": product, "OriginalSubscriptionID": "B2", "SubscriptionID": platform_id,
        }),
    )
}

#[test]
fn an_upgrade_replaces_and_takes_addons_along() {
    let reference = reference();
    let body = reference.bought("mail", "mail-starter", 5);
    let addon = json!({
        "ID": "", "ProductID": "mail-shield", "ActionType": "Provision", "Quantity": 2,
        "AttributeList": {"encryption": attribute("encryption", "1", false)},
    });
    let addon = reference.accepted("Addons/Create", &merged(action(&body, "None"), &json!({"Addons": [addon]})));
    let upgrade = merged(change(&body, "Upgrade", "mail-team", "B3"), &json!({"Quantity": 6}));
    let new = reference.accepted("Subscriptions/UpgradeDowngrade", &upgrade);
    assert_ne!(json!(new), body["ID"]);
    assert_eq!(reference.accepted("Subscriptions/UpgradeDowngrade", &upgrade), new);
    assert_eq!(reference.count(), 2);
    let old = reference.subscription(body["ID"].as_str().unwrap());
    assert_eq!((&old["status"], &old["addons"]), (&json!("cancelled"), &json!([])));
    let held = reference.subscription(&new);
    assert_eq!(held["product"], "mail-team");
    assert_eq!((&held["quantity"], &held["status"]), (&json!(6), &json!("active")));
    assert_eq!(held["resources"], json!({"aliases": 8, "encryption": true, "storage": 30}));
    assert_eq!(held["addons"][0]["id"], json!(addon));

    // The old id is known, but nothing runs under it any more.
    assert_eq!(reference.refused("Subscriptions/Update", &body), -4003);
    reference.accepted("Subscriptions/Cancel", &action(&body, "Cancel"));
    assert_eq!(reference.subscription(&new)["status"], "active");

    let next = merged(upgrade, &json!({"ID": new}));
    let top = reference.accepted("Subscriptions/UpgradeDowngrade", &change(&next, "Upgrade", "mail-enterprise", "B4"));
    let next = merged(next, &json!({"ID": top}));
    let back = reference.accepted("Subscriptions/UpgradeDowngrade", &change(&next, "Downgrade", "mail-team", "B5"));
    assert_eq!(reference.subscription(&back)["product"], "mail-team");
    assert_eq!(reference.subscription(&back)["addons"][0]["status"], "active");
    reference.accepted("Subscriptions/Cancel", &merged(action(&body, "Cancel"), &json!({"ID": back})));
    assert_eq!(reference.subscription(&back)["addons"][0]["status"], "cancelled");
}

#[test]
fn upgrades_follow_the_catalogue() {
    let reference = reference();
    let body = reference.bought("mail", "mail-team", 5);
    let other = merged(
        order(body["Account"]["ExternalID"].as_str().unwrap(), "mail", "mail-team", 5),
        &json!({"SubscriptionID": "B9"}),
    );
    reference.accepted("Subscriptions/Create", &other);
    let path = "Subscriptions/UpgradeDowngrade";
    for (sent, code) in [
        (change(&body, "Upgrade", "mail-starter", "B3"), -4006),
        (change(&body, "Downgrade", "mail-enterprise", "B3"), -4006),
        (change(&body, "Upgrade", "mail-team", "B3"), -4006),
        (change(&body, "Upgrade", "archive-legal", "B3"), -3002),
        (merged(change(&body, "Upgrade", "archive-legal", "B3"), &json!({"ServiceType": "archive"})), -3002),
        (change(&body, "Upgrade", "nothing", "B3"), -3001),
        (change(&body, "Provision", "mail-enterprise", "B3"), -1006),
        (change(&body, "Upgrade", "mail-enterprise", "B9"), -4004),
        (merged(change(&body, "Upgrade", "mail-enterprise", "B3"), &json!({"Quantity": 301})), -3004),
        (merged(change(&body, "Upgrade", "mail-enterprise", "B3"), &json!({"ID": "made up"})), -4001),
    ] {
        assert_eq!(reference.refused(path, &sent), code, "{sent}");
    }
    // A platform may also keep its id over an upgrade.
    let same = change(&body, "Upgrade", "mail-enterprise", "B2");
    let new = reference.accepted(path, &same);
    assert_eq!(reference.accepted(path, &same), new);
    let back = merged(change(&body, "Downgrade", "mail-team", "B2"), &json!({"ID": new}));
    reference.accepted(path, &back);
}

#[test]
fn a_trial_becomes_paid_with_its_own_total() {
    let reference = reference();
    let customer = reference.customer("13");
    for quantity in [3, 5, 9] {
        let trial = merged(order(&customer, "mail", "mail-team", 5), &json!({"IsTrial": true}));
        let id = reference.accepted("Subscriptions/Create", &trial);
        assert_eq!(reference.subscription(&id)["trial"], true);
        let original = format!("T{quantity}");
        let paid = merged(
            change(&trial, "UpgradeToPaid", "mail-team", &format!("P{quantity}")),
            &json!({"ID": id, "IsTrial": false, "OriginalSubscriptionID": original, "Quantity": quantity}),
        );
        let too_many = merged(paid.clone(), &json!({"Quantity": 301}));
        assert_eq!(reference.refused("Subscriptions/UpgradeToPaid", &too_many), -3004);
        let other = merged(paid.clone(), &json!({"ProductID": "mail-enterprise"}));
        assert_eq!(reference.refused("Subscriptions/UpgradeToPaid", &other), -4005);
        let top = change(&merged(trial, &json!({"ID": id})), "Upgrade", "mail-enterprise", "U");
        assert_eq!(reference.refused("Subscriptions/UpgradeDowngrade", &top), -3003);

        let new = reference.accepted("Subscriptions/UpgradeToPaid", &paid);
        assert_eq!(reference.accepted("Subscriptions/UpgradeToPaid", &paid), new);
        let held = reference.subscription(&new);
        assert_eq!((&held["trial"], &held["quantity"]), (&json!(false), &json!(quantity)));
        assert_eq!(held["resources"]["storage"], json!(quantity * 5));
        assert_eq!(reference.subscription(&id)["status"], "cancelled");
        let again = merged(paid, &json!({"ID": new, "SubscriptionID": "again"}));
        assert_eq!(reference.refused("Subscriptions/UpgradeToPaid", &again), -4007);
    }
}
