//! Creating subscriptions: what is made, how often, and what is refused.

use super::super::SEATS_LIMIT;
use super::*;

#[test]
fn a_create_makes_what_was_ordered() {
    let reference = reference();
    let customer = reference.customer("13");
    let body = merged(order(&customer, "mail", "mail-team", 3), &json!({"Name": "  Ünï \u{1f4e7}\t"}));
    let answer = reference.post("Subscriptions/Create", &body);
    let id = answer["Result"].as_str().unwrap();
    assert_eq!(answer["SendNotification"], true);
    assert_eq!(answer["AccountExtraInfo"]["CustomerNumber"], json!(customer));
    let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["AccountExtraInfo", "CustomFieldValues", "SendNotification", "ExtraInfo", "Code", "Message", "Result"]
    );
    assert_eq!(
        reference.subscription(id),
        json!({
            "id": id, "status": "active", "product": "mail-team", "quantity": 3, "name": "  Ünï \u{1f4e7}\t",
            "trial": false, "account": customer,
            "resources": {"aliases": 8, "encryption": false, "storage": 15}, "addons": [],
        })
    );
    assert_eq!(reference.probe(&format!("account={customer}")), reference.probe("account=13"));
    assert_eq!(reference.probe("account=%31%33")["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(reference.probe("account=99"), json!({"accounts": [], "subscriptions": []}));
}

#[test]
fn a_repeated_create_makes_one() {
    let reference = reference();
    let customer = reference.customer("13");
    let body = merged(order(&customer, "mail", "mail-team", 3), &json!({"SubscriptionID": "B2"}));
    let id = reference.accepted("Subscriptions/Create", &body);
    assert_eq!(reference.accepted("Subscriptions/Create", &body), id);
    // A late repeat does not undo what came since.
    let update = merged(body.clone(), &json!({"ID": id, "Quantity": 9}));
    reference.accepted("Subscriptions/Update", &update);
    assert_eq!(reference.accepted("Subscriptions/Create", &body), id);
    assert_eq!(reference.subscription(&id)["quantity"], 9);
    // Another choice before the retry counts.
    let edited = merged(body.clone(), &json!({"Quantity": 4}));
    assert_eq!(reference.accepted("Subscriptions/Create", &edited), id);
    assert_eq!(reference.subscription(&id)["quantity"], 4);
    assert_eq!(reference.count(), 1);
    let other = merged(body.clone(), &json!({"ProductID": "mail-starter"}));
    assert_eq!(reference.refused("Subscriptions/Create", &other), -4005);
    reference.accepted("Subscriptions/Cancel", &action(&update, "Cancel"));
    assert_eq!(reference.refused("Subscriptions/Create", &body), -4002);
    // Without an id of the platform every create is a new one.
    let anonymous = order(&customer, "mail", "mail-team", 3);
    let first = reference.accepted("Subscriptions/Create", &anonymous);
    assert_ne!(reference.accepted("Subscriptions/Create", &anonymous), first);
}

#[test]
fn one_only_means_one_at_a_time() {
    let reference = reference();
    let body = reference.bought("backup", "backup-standard", 5);
    let again = merged(body.clone(), &json!({"ID": "", "SubscriptionID": "B9"}));
    assert_eq!(reference.refused("Subscriptions/Create", &again), -3005);
    reference.accepted("Subscriptions/Suspend", &action(&body, "Suspend"));
    assert_eq!(reference.refused("Subscriptions/Create", &again), -3005);
    reference.accepted("Subscriptions/Cancel", &action(&body, "Cancel"));
    reference.accepted("Subscriptions/Create", &again);
}

#[test]
fn quantities_are_whole_and_within_the_limit() {
    let reference = reference();
    let customer = reference.customer("13");
    let body = |quantity: Value| merged(order(&customer, "mail", "mail-team", 1), &json!({ "Quantity": quantity }));
    for bad in [
        json!(0),
        json!(-3),
        json!(7.0),
        json!(2_147_483_648_i64),
        json!("2147483648"),
        json!(u64::MAX),
        json!(1e300),
        json!("seven"),
        json!(""),
        json!(null),
        json!(true),
        json!([1]),
    ] {
        assert_eq!(reference.refused("Subscriptions/Create", &body(bad.clone())), -1007, "{bad}");
    }
    assert_eq!(reference.refused("Subscriptions/Create", &body(json!(SEATS_LIMIT + 1))), -3004);
    assert_eq!(reference.refused("Subscriptions/Create", &body(json!(i32::MAX))), -3004);
    for good in [json!(1), json!("7"), json!(" 7 "), json!(SEATS_LIMIT)] {
        reference.accepted("Subscriptions/Create", &body(good));
    }
}

#[test]
fn a_pre_check_provisions_nothing() {
    let reference = reference();
    let customer = reference.customer("13");
    let body = |check: Value| {
        merged(order(&customer, "mail", "mail-team", 1), &json!({"CheckOnly": check, "SubscriptionID": "B2"}))
    };
    for check in [json!(true), json!("true"), json!("TRUE")] {
        let answer = reference.post("Subscriptions/Create", &body(check));
        assert_eq!((&answer["Code"], &answer["Result"]), (&json!(0), &json!("")));
    }
    for doubtful in [json!(null), json!("yes"), json!(""), json!(1), json!({})] {
        assert_eq!(reference.post("Subscriptions/Create", &body(doubtful))["Code"], -1002);
    }
    assert_eq!(reference.count(), 0);
    reference.accepted("Subscriptions/Create", &body(json!("False")));
    let later = reference.bought("mail", "mail-team", 5);
    let before = reference.probe("");
    for (path, action) in [
        ("Subscriptions/Update", "Provision"),
        ("Subscriptions/Suspend", "Suspend"),
        ("Subscriptions/Activate", "Activate"),
        ("Subscriptions/Cancel", "Cancel"),
        ("Subscriptions/UpgradeDowngrade", "Upgrade"),
        ("Addons/Create", "None"),
    ] {
        let addon = json!({"ID": "", "ProductID": "mail-shield", "ActionType": "Provision", "Quantity": 1});
        let product = if action == "Upgrade" { "mail-enterprise" } else { "mail-team" };
        let change = json!({
            "ActionType": action, "CheckOnly": true, "Quantity": 9, "ProductID": product, "Addons": [addon],
            "SubscriptionID": "B3",
        });
        reference.accepted(path, &merged(later.clone(), &change));
    }
    assert_eq!(reference.probe(""), before);
}

#[test]
fn a_create_is_refused_for_what_is_not_sold() {
    let reference = reference();
    let customer = reference.customer("13");
    let body = order(&customer, "mail", "mail-team", 1);
    for (change, code) in [
        (json!({"ProductID": "P-100"}), -3001),
        (json!({"ProductID": null}), -3001),
        (json!({"ServiceType": "backup"}), -3002),
        (json!({"ServiceType": "unheard-of"}), -3002),
        (json!({"ProductID": "mail-enterprise", "IsTrial": true}), -3003),
        (json!({"IsTrial": "maybe"}), -1002),
        (json!({"Account": {"ID": "13", "ExternalID": "made up"}}), -2001),
        (json!({"Account": {"ID": "13", "ExternalID": ""}}), -2001),
        (json!({"Account": null}), -2001),
        (json!({"ActionType": "Renew"}), -1005),
        (json!({"ActionType": 99}), -1005),
        (json!({"ActionType": "None"}), -1006),
        (json!({"ActionType": null}), -1006),
        (json!({"ActionType": "Cancel"}), -1006),
        (json!({"AttributeList": []}), -1002),
        (json!({"AttributeList": {"storage": attribute("storage", "lots", true)}}), -3007),
        (json!({"AttributeList": {"storage": attribute("storage", "-5", true)}}), -3007),
        (json!({"AttributeList": {"storage": attribute("storage", "1e3", true)}}), -3007),
        (json!({"AttributeList": {"encryption": attribute("encryption", "perhaps", false)}}), -3007),
        (json!({"AttributeList": {"edition": attribute("edition", "gold", false)}}), -3007),
        (json!({"ServiceType": "archive", "ProductID": "archive-basic"}), -3006),
        (json!({"Name": "x".repeat(20_000)}), -1004),
    ] {
        assert_eq!(reference.refused("Subscriptions/Create", &merged(body.clone(), &change)), code, "{change}");
    }
}

#[test]
fn odd_but_legal_orders_are_accepted() {
    let reference = reference();
    let customer = reference.customer("13");
    let body = order(&customer, "mail", "mail-team", 1);
    for change in [
        json!({"ActionType": "provision"}),
        json!({"ActionType": 1}),
        json!({"ServiceType": null}),
        json!({"AttributeList": null, "Addons": null, "Account": {"ExternalID": customer}}),
        json!({"AttributeList": {"storage": null, "unheard-of": attribute("x", "y", true)}}),
        json!({"AttributeList": {"STORAGE": {"value": 5, "quantitylinked": "true"}}}),
        json!({"Name": null, "BillingCycle": null, "RequestedBy": null}),
        json!({"Name": "", "RenewAutomatically": true, "InstallmentPlan": {"Installments": 12}, "New": {"a": [1]}}),
        json!({"Name": "a\u{0}\u{1b}b", "IsTrial": "TRUE"}),
        json!({"Addons": "not looked at", "SubscriptionID": 123}),
    ] {
        reference.accepted("Subscriptions/Create", &merged(body.clone(), &change));
    }
    let lower: serde_json::Map<String, Value> =
        body.as_object().unwrap().iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
    reference.accepted("Subscriptions/Create", &Value::Object(lower));
    let check = json!({"checkonly": true});
    let count = reference.count();
    let mut body = body;
    body.as_object_mut().unwrap().remove("CheckOnly");
    reference.accepted("Subscriptions/Create", &merged(body.clone(), &check));
    assert_eq!(reference.count(), count);
    reference.accepted("Subscriptions/Create", &body);
    assert_eq!(reference.count(), count + 1);
}

#[test]
fn equal_creates_at_once_make_one() {
    let reference = reference();
    let customer = reference.customer("13");
    let body = merged(order(&customer, "mail", "mail-team", 3), &json!({"SubscriptionID": "B2"}));
    let make = || reference.accepted("Subscriptions/Create", &body);
    let ids: Vec<String> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(reference.count(), 1);
}
