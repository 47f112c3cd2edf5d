//! Accounts: exists, synchronize, delete, resellers, tenants.

use super::super::Tenant;
use super::*;

#[test]
fn an_account_is_made_once() {
    let reference = reference();
    let before = reference.post("Accounts/Exists", &account("13"));
    assert_eq!(before, json!({"Code": 0, "Message": "", "Result": ""}));
    assert_eq!(reference.probe("")["accounts"], json!([]));

    let answer = reference.post("Accounts/Synchronize", &account("13"));
    let id = answer["Result"].as_str().unwrap();
    assert!(answer["AccountExtraInfo"].as_object().unwrap().values().all(Value::is_string));
    assert_eq!(answer["GeneratedPassword"], Value::Null);
    assert_eq!(reference.customer("13"), id);
    let edited = merged(account("13"), &json!({"ExternalID": id, "Email": "new@acme.example"}));
    assert_eq!(reference.accepted("Accounts/Synchronize", &edited), id);
    assert_eq!(
        reference.probe("account=13")["accounts"],
        json!([{"id": id, "bss": "13", "email": "new@acme.example", "contact_email": "", "reseller": null}])
    );
    let after = reference.post("Accounts/Exists", &account("13"));
    assert_eq!(after, json!({"Code": 1, "Message": "", "Result": id}));
    assert_ne!(reference.customer("14"), id);
}

#[test]
fn sync_options_are_checked() {
    let reference = reference();
    let options = |options: Value| merged(account("13"), &json!({ "SyncOptions": options }));
    for (bad, code) in [
        (json!(null), -2005),
        (json!({}), -2005),
        (json!({"username": null}), -2005),
        (json!({"username": " \u{feff}\u{200b}"}), -2005),
        (json!({"username": "a", "region": "moon"}), -2006),
        (json!("username"), -1002),
    ] {
        assert_eq!(reference.refused("Accounts/Synchronize", &options(bad)), code);
    }
    for good in [
        json!({"UserName": "a"}),
        json!({"username": 7, "region": "eu"}),
        json!({"username": "a", "region": "europe", "more": "ignored"}),
        json!({"username": "a", "region": null}),
    ] {
        reference.accepted("Accounts/Synchronize", &options(good));
    }
}

#[test]
fn invisible_characters_are_dropped_from_an_address() {
    let reference = reference();
    let email = "\u{feff}it\u{200b}@ac\u{ad}me.exa\u{2060}mple\u{a0}";
    let addresses = json!({ "Email": email, "ContactDetails": { "Email": email } });
    reference.accepted("Accounts/Synchronize", &merged(account("13"), &addresses));
    for address in ["email", "contact_email"] {
        assert_eq!(reference.probe("")["accounts"][0][address], "it@acme.example");
    }
}

#[test]
fn unclear_accounts_are_refused() {
    let reference = reference();
    let id = reference.customer("13");
    let ids =
        |platform: Value, external: Value| merged(account("13"), &json!({"ID": platform, "ExternalID": external}));
    assert_eq!(reference.refused("Accounts/Synchronize", &ids(json!(null), json!(""))), -1003);
    assert_eq!(reference.refused("Accounts/Synchronize", &ids(json!("14"), json!("made up"))), -2001);
    assert_eq!(reference.refused("Accounts/Synchronize", &ids(json!("14"), json!(id))), -2002);
    assert_eq!(reference.refused("Accounts/Delete", &ids(json!("14"), json!("made up"))), -2001);
    assert_eq!(reference.refused("Accounts/Exists", &json!({})), -1003);
    assert_eq!(reference.accepted("Accounts/Synchronize", &ids(json!(13), json!(null))), id);
}

#[test]
fn a_customer_is_linked_to_its_reseller() {
    let reference = reference();
    let reseller = reference.customer("R");
    let link = |external: &str| merged(account("C"), &json!({"ResellerID": "R", "ResellerExternalID": external}));
    assert_eq!(reference.refused("Accounts/Synchronize", &link("made up")), -2004);
    let customer = reference.accepted("Accounts/Synchronize", &link(&reseller));
    assert_ne!(customer, reseller);
    assert_eq!(reference.probe("account=C")["accounts"][0]["reseller"], json!(reseller));
    assert_eq!(reference.probe("account=R")["accounts"][0]["reseller"], Value::Null);
    // Without reseller support the platform names the reseller by its own id.
    let foreign = merged(account("D"), &json!({"ResellerID": "77", "ResellerExternalID": null}));
    reference.accepted("Accounts/Synchronize", &foreign);
}

#[test]
fn an_account_in_use_is_not_deleted() {
    let reference = reference();
    let body = reference.bought("mail", "mail-team", 5);
    let account = merged(account("13"), &json!({"ExternalID": body["Account"]["ExternalID"]}));
    assert_eq!(reference.refused("Accounts/Delete", &account), -2003);
    reference.accepted("Subscriptions/Suspend", &action(&body, "Suspend"));
    assert_eq!(reference.refused("Accounts/Delete", &account), -2003);
    reference.accepted("Subscriptions/Cancel", &action(&body, "Cancel"));
    for _ in 0..2 {
        assert_eq!(json!(reference.accepted("Accounts/Delete", &account)), account["ExternalID"]);
    }
    assert_eq!(reference.probe("")["accounts"], json!([]));
    assert_eq!(reference.probe("account=13")["subscriptions"][0]["status"], "cancelled");
    assert_eq!(reference.post("Accounts/Exists", &account)["Code"], 0);
    let order = order(account["ExternalID"].as_str().unwrap(), "mail", "mail-team", 5);
    assert_eq!(reference.refused("Subscriptions/Create", &order), -2001);
    assert_eq!(json!(reference.accepted("Accounts/Synchronize", &account)), account["ExternalID"]);
    reference.accepted("Subscriptions/Create", &order);
}

#[test]
fn tenants_do_not_see_each_other() {
    let tenant = |name: &str, password: &str| Tenant { username: name.to_owned(), password: password.to_owned() };
    // The second tenant is changing its password: both work.
    let tenants = vec![tenant("one", "1"), tenant("two", "2"), tenant("two", "new")];
    let reference = with(Options { tenants, ..Options::default() });
    let call = |name: &str, password: &str, path: &str, body: &Value| {
        let mut request = request(Method::POST, path, body.to_string().as_bytes());
        set(&mut request, "x-cloudplatform-setting-fieldusername", name);
        set(&mut request, "x-cloudplatform-setting-fieldpassword", password);
        parsed(&reference.0.handle(&request))
    };
    let one = call("one", "1", "Accounts/Synchronize", &account("13"))["Result"].clone();
    let two = call("two", "2", "Accounts/Synchronize", &account("13"))["Result"].clone();
    assert_ne!(one, two);
    let body = merged(order(one.as_str().unwrap(), "mail", "mail-team", 5), &json!({"SubscriptionID": "B2"}));
    let bought = call("one", "1", "Subscriptions/Create", &body)["Result"].clone();
    assert_eq!(call("two", "2", "Subscriptions/Create", &body)["Code"], -2001);
    let later = merged(body.clone(), &json!({"ID": bought}));
    assert_eq!(call("two", "2", "Subscriptions/Cancel", &action(&later, "Cancel"))["Code"], -4001);
    assert_eq!(call("one", "2", "Subscriptions/Cancel", &action(&later, "Cancel"))["Code"], -1000);
    let own = merged(body, &json!({"Account": {"ID": "13", "ExternalID": two}}));
    let other = call("two", "new", "Subscriptions/Create", &own)["Result"].clone();
    assert!(other.is_string() && other != bought);
    assert_eq!(call("two", "new", "Accounts/Synchronize", &account("13"))["Result"], two);
    assert_eq!(reference.probe("account=13")["subscriptions"].as_array().unwrap().len(), 2);
}

#[test]
fn without_accounts_a_customer_goes_by_the_platforms_id() {
    let reference = with(Options { accounts: false, ..Options::default() });
    let body = order("", "backup", "backup-standard", 2);
    let id = reference.accepted("Subscriptions/Create", &body);
    assert_eq!(reference.refused("Subscriptions/Create", &body), -3005);
    assert_eq!(reference.refused("Subscriptions/Create", &merged(body.clone(), &json!({"Account": null}))), -1003);
    let other = merged(body.clone(), &json!({"Account": {"ID": 14}}));
    reference.accepted("Subscriptions/Create", &other);
    let foreign = merged(action(&other, "Cancel"), &json!({ "ID": id }));
    assert_eq!(reference.refused("Subscriptions/Cancel", &foreign), -2002);
    assert_eq!(reference.probe("account=13")["accounts"][0]["bss"], "13");
    assert_eq!(reference.probe("account=13")["subscriptions"].as_array().unwrap().len(), 1);
}
