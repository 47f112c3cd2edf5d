//! Every fault does something: a long day of calls looks different with it than without. A fault that does nothing
//! would stand in the table for ever as one that nobody sees.

use super::super::crowd::Crowd;
use super::super::faults::{Fault, Faults, all};
use super::super::{SECOND_APPLICATION_ID, SECOND_APPLICATION_KEY, SECOND_PASSWORD, SECOND_USERNAME};
use super::*;
use regex::Regex;
use std::collections::HashMap;
use std::rc::Rc;

/// A reference, and everything that it said.
struct Day {
    reference: Reference,
    said: Vec<String>,
    ids: HashMap<String, usize>,
    uuid: Regex,
    /// What the day without a fault said: nothing more is sent once this one differs.
    right: Option<Rc<Vec<String>>>,
    differs: bool,
    /// The account whose vendor side is looked at.
    account: String,
}

const POSTS: [&str; 14] = [
    "Fields/Validate",
    "Accounts/Exists",
    "Accounts/Synchronize",
    "Accounts/Delete",
    "Subscriptions/Create",
    "Subscriptions/Update",
    "Subscriptions/Suspend",
    "Subscriptions/Activate",
    "Subscriptions/Cancel",
    "Subscriptions/UpgradeDowngrade",
    "Subscriptions/UpgradeToPaid",
    "Addons/Create",
    "Addons/Update",
    "Addons/Cancel",
];
const GETS: [&str; 4] = ["Fields/Get", "Fields/ServiceDefinition", "Fields/AdditionalInfo", "Accounts/SyncOptions"];

impl Day {
    fn new(faults: Faults, right: Option<Rc<Vec<String>>>) -> Self {
        let uuid = Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
        let reference = with(Options { faults, ..Options::default() });
        let account = "account=77".to_owned();
        Self { reference, said: Vec::new(), ids: HashMap::new(), uuid, right, differs: false, account }
    }

    fn hear(&mut self, text: &str) {
        let ids = &mut self.ids;
        let text = self.uuid.replace_all(text, |found: &regex::Captures<'_>| {
            let next = ids.len();
            format!("#{}", ids.entry(found[0].to_owned()).or_insert(next))
        });
        let text = text.into_owned();
        self.say(text);
    }

    fn say(&mut self, text: String) {
        self.differs |= self.right.as_ref().is_some_and(|right| right.get(self.said.len()) != Some(&text));
        self.said.push(text);
    }

    /// Sends, and looks at the vendor side.
    fn send(&mut self, request: &Request) -> Value {
        if self.differs {
            return Value::Null;
        }
        let answer = self.reference.0.handle(request);
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        let heard = format!("{} {:?} {:?} {body}", answer.status, answer.content_type, answer.wire);
        if request.method == Method::GET {
            // The catalogue is long and names no ids that are made up.
            self.say(heard);
            return serde_json::from_str(&body).unwrap_or_default();
        }
        self.hear(&heard);
        let probe = self.reference.probe(&self.account).to_string();
        self.hear(&probe);
        serde_json::from_str(&body).unwrap_or_default()
    }

    fn full(method: Method, path: &str, body: &[u8]) -> Request {
        let mut request = request(method, path, body);
        for name in ["trackid", "token", "baseuri"] {
            set(&mut request, &format!("x-cloudplatform-{name}"), "given");
        }
        request
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
        self.send(&Self::full(Method::POST, path, body.to_string().as_bytes()))
    }

    /// The id that a call answers.
    fn id(&mut self, path: &str, body: &Value) -> Value {
        self.post(path, body)["Result"].clone()
    }

    fn customer(&mut self, id: &str) -> Value {
        self.account = format!("account={id}");
        self.id("Accounts/Synchronize", &account(id))
    }

    fn check_and_do(&mut self, path: &str, body: &Value) -> Value {
        self.post(path, &merged(body.clone(), &json!({"CheckOnly": true})));
        self.id(path, body)
    }
}

/// A whole body, as a platform of today sends it.
fn whole(customer: &Value, platform_id: &str) -> Value {
    merged(
        order("", "mail", "mail-starter", 5),
        &json!({
            "SubscriptionID": platform_id, "RenewAutomatically": true, "InstallmentPlan": null, "ExtraDetails": {},
            "RequestedBy": {"ID": 4}, "BillingCycle": {"Duration": "1", "DurationType": "month", "CustomEndDate": null},
            "Name": "Post für die Firma Acme, mit vielen Worten",
            "Account": {
                "ID": "13", "ExternalID": customer, "ResellerID": null, "Address": {"City": "Athens"},
                "ContactDetails": {"Email": "a@b.example"},
            },
        }),
    )
}

fn entry(id: &Value, product: &str, action: &str, quantity: i32) -> Value {
    json!({
        "ID": id, "ProductID": product, "ActionType": action, "Quantity": quantity,
        "AttributeList": {
            "storage": attribute("storage", "10", true), "encryption": attribute("encryption", "1", false),
        },
    })
}

fn addons(parent: &Value, entries: &[Value]) -> Value {
    merged(action(parent, "None"), &json!({ "Addons": entries }))
}

fn credentials(day: &mut Day) {
    let mut with = |path: &str, headers: &[(&str, &str)], body: &[u8]| {
        let method = if GETS.contains(&path) { Method::GET } else { Method::POST };
        let mut request = Day::full(method, path, body);
        request.headers.remove("x-cloudplatform-applicationid");
        request.headers.remove("x-cloudplatform-apikey");
        for (name, value) in headers {
            set(&mut request, &format!("x-cloudplatform-{name}"), value);
        }
        day.send(&request);
    };
    for path in GETS.into_iter().chain(POSTS) {
        with(path, &[], b"{}");
    }
    let key = STANDARD.encode(APPLICATION_KEY);
    let (cased, cut) = (STANDARD.encode(APPLICATION_KEY.to_uppercase()), STANDARD.encode(&APPLICATION_KEY[..9]));
    let (wrong, other) = (STANDARD.encode("nope"), STANDARD.encode(SECOND_APPLICATION_KEY));
    let lower = APPLICATION_ID.to_lowercase();
    for (id, key) in [
        (APPLICATION_ID, key.as_str()),
        (APPLICATION_ID, &cased),
        (APPLICATION_ID, &cut),
        (APPLICATION_ID, &wrong),
        (APPLICATION_ID, &other),
        (APPLICATION_ID, ""),
        (APPLICATION_ID, "%%%"),
        (APPLICATION_ID, APPLICATION_KEY),
        (SECOND_APPLICATION_ID, &other),
        (&lower, &key),
        ("nonsense", &key),
        ("00000000-0000-0000-0000-000000000000", &key),
        ("11111111-0000-0000-0000-000000000000", &key),
    ] {
        with("Fields/Get", &[("applicationid", id), ("apikey", key)], b"");
    }
    with("Fields/Get", &[("applicationid", APPLICATION_ID)], b"");
    with("Fields/Get", &[("apikey", &key)], b"");
    with("Subscriptions/Create", &[("applicationid", APPLICATION_ID), ("apikey", &wrong)], b"{broken");
    with("Subscriptions/Create", &[("applicationid", APPLICATION_ID), ("apikey", &wrong)], br#"{"CheckOnly":true}"#);
    with(
        "Accounts/Synchronize",
        &[("applicationid", APPLICATION_ID), ("apikey", &wrong)],
        account("77").to_string().as_bytes(),
    );
}

fn settings(day: &mut Day) {
    for path in GETS.into_iter().chain(["Fields/ServiceDefinition"]) {
        day.send(&Day::full(Method::GET, path, b""));
    }
    let user = json!({"ID": "FieldUsername", "Value": USERNAME});
    for password in [PASSWORD, "wrong", ""] {
        day.post("Fields/Validate", &json!({"Fields": [user, {"ID": "FieldPassword", "Value": password}]}));
    }
    day.post("Fields/Validate", &json!({"Fields": [user]}));
}

fn accounts(day: &mut Day) {
    day.account = "account=21".to_owned();
    day.post("Accounts/Exists", &account("21"));
    day.post("Accounts/Synchronize", &merged(account("21"), &json!({"SyncOptions": {}})));
    day.account = "account=22".to_owned();
    day.post(
        "Accounts/Synchronize",
        &merged(
            account("22"),
            &json!({
                "Email": "it\u{200b}@acme.example", "ContactDetails": {"Email": "a\u{200b}@acme.example"},
            }),
        ),
    );
    let customer = day.customer("21");
    day.customer("21");
    day.post("Accounts/Exists", &account("21"));
    let bought = day.id("Subscriptions/Create", &whole(&customer, "B21"));
    let body = merged(whole(&customer, "B21"), &json!({ "ID": bought }));
    day.post("Subscriptions/Cancel", &action(&body, "Cancel"));
    // The other partner has a customer of the same number.
    let theirs = |path: &str| {
        let mut request = Day::full(Method::POST, path, account("21").to_string().as_bytes());
        set(&mut request, "x-cloudplatform-setting-fieldusername", SECOND_USERNAME);
        set(&mut request, "x-cloudplatform-setting-fieldpassword", SECOND_PASSWORD);
        request
    };
    day.send(&theirs("Accounts/Synchronize"));
    for _ in 0..2 {
        day.post("Accounts/Delete", &account("21"));
    }
    day.post("Accounts/Exists", &account("21"));
    day.send(&theirs("Accounts/Exists"));
    day.send(&request(Method::POST, "Accounts/Synchronize", account("23").to_string().as_bytes()));
}

/// Orders that are refused, or odd.
fn orders(day: &mut Day) {
    let customer = day.customer("31");
    let base = whole(&customer, "B31");
    let mut number = 100;
    let mut odd = |day: &mut Day, members: Value| {
        number += 1;
        let body = merged(merged(base.clone(), &json!({"SubscriptionID": format!("B{number}")})), &members);
        day.check_and_do("Subscriptions/Create", &body);
    };
    for members in [
        json!({"Quantity": 301}),
        json!({"Quantity": 301}),
        json!({"Quantity": 0}),
        json!({"Quantity": -3}),
        json!({"Quantity": 2_147_483_648_u64}),
        json!({"IsFromOrder": false}),
        json!({"Name": "n".repeat(200)}),
        json!({"BillingCycle": null}),
        json!({"BillingCycle": {"Duration": "12", "DurationType": "month", "CustomEndDate": null}}),
        json!({"BillingCycle": {"Duration": "1", "DurationType": "year", "CustomEndDate": null}}),
        json!({"BillingCycle": {"Duration": "1", "DurationType": "month"}}),
        json!({"RenewAutomatically": false}),
        json!({"InstallmentPlan": {"Installments": 12, "Frequency": 1}}),
        json!({"Addons": null}),
        json!({"AttributeList": null}),
        json!({"ExtraDetails": null}),
        json!({"RequestedBy": null}),
        json!({"Newer": 1}),
        json!({"AttributeList": {"storage": attribute("storage", "many", true)}}),
        json!({"AttributeList": {"encryption": attribute("encryption", "1", false)}}),
        json!({"IsTrial": true}),
        json!({"ServiceType": "backup", "ProductID": "backup-standard", "AttributeList": {}}),
        json!({"ServiceType": "backup", "ProductID": "backup-standard", "AttributeList": {}}),
    ] {
        odd(day, members);
    }
    for (name, value) in
        [("Address", Some(Value::Null)), ("Address", None), ("ContactDetails", None), ("New", Some(json!(1)))]
    {
        let mut account = base["Account"].clone();
        match value {
            Some(value) => account[name] = value,
            None => drop(account.as_object_mut().unwrap().remove(name)),
        }
        odd(day, json!({ "Account": account }));
    }
    for name in ["Addons", "AttributeList", "RenewAutomatically"] {
        let mut body = merged(base.clone(), &json!({"SubscriptionID": format!("B-{name}")}));
        body.as_object_mut().unwrap().remove(name);
        day.post("Subscriptions/Create", &body);
    }
    for check_only in [json!("yes"), Value::Null] {
        odd(day, json!({ "CheckOnly": check_only }));
        day.post(
            "Subscriptions/Create",
            &merged(base.clone(), &json!({"SubscriptionID": "B-check", "CheckOnly": check_only})),
        );
    }
    let text = merged(base.clone(), &json!({"SubscriptionID": "B-text"})).to_string();
    for body in [&text[..text.len() - 3], "nonsense", ""] {
        day.send(&Day::full(Method::POST, "Subscriptions/Create", body.as_bytes()));
    }
    day.send(&Day::full(Method::PUT, "Subscriptions/Create", text.as_bytes()));
    day.send(&request(Method::POST, "Subscriptions/Create", text.as_bytes()));
    // An order that fails at first, and comes again.
    let failing = merged(base.clone(), &json!({"SubscriptionID": "B-again", "Quantity": 301}));
    day.post("Subscriptions/Create", &failing);
    day.post("Subscriptions/Create", &merged(failing, &json!({"Quantity": 3})));
    // Settings of somebody else, and of nobody.
    for (user, password) in [(SECOND_USERNAME, SECOND_PASSWORD), (USERNAME, "wrong")] {
        let mut request = Day::full(Method::POST, "Subscriptions/Create", base.to_string().as_bytes());
        set(&mut request, "x-cloudplatform-setting-fieldusername", user);
        set(&mut request, "x-cloudplatform-setting-fieldpassword", password);
        day.send(&request);
    }
}

/// From create to cancel, twice beside each other.
fn life(day: &mut Day) {
    let customer = day.customer("41");
    let base = whole(&customer, "B41");
    let first = day.check_and_do("Subscriptions/Create", &base);
    day.post("Subscriptions/Create", &base);
    let other = merged(base.clone(), &json!({"SubscriptionID": "B42"}));
    let second = day.id("Subscriptions/Create", &other);
    let second = merged(other, &json!({ "ID": second }));
    let held = merged(base, &json!({ "ID": first }));
    let more =
        merged(held.clone(), &json!({"Quantity": 9, "AttributeList": {"storage": attribute("storage", "7", true)}}));
    day.check_and_do("Subscriptions/Update", &more);
    day.post("Subscriptions/Update", &more);
    day.post("Subscriptions/Update", &merged(more.clone(), &json!({"Quantity": 2})));
    day.post("Subscriptions/Update", &merged(more.clone(), &json!({"ExtraDetails": {"a": "b"}})));
    day.send(&request(Method::POST, "Subscriptions/Update", more.to_string().as_bytes()));
    day.post("Subscriptions/Update", &merged(more, &json!({"ID": "nobody", "SubscriptionID": "B-nobody"})));
    extend(day, &held);
    for body in [&held, &second] {
        for verb in ["Suspend", "Activate"] {
            for _ in 0..2 {
                day.check_and_do(&format!("Subscriptions/{verb}"), &action(body, verb));
            }
        }
    }
    day.post("Subscriptions/Suspend", &action(&second, "Suspend"));
    day.post("Subscriptions/Suspend", &action(&held, "Suspend"));
    day.post("Subscriptions/Activate", &action(&held, "Activate"));
    for _ in 0..2 {
        day.check_and_do("Subscriptions/Cancel", &action(&second, "Cancel"));
    }
    for (path, verb) in [("Update", "Provision"), ("Suspend", "Suspend"), ("Activate", "Activate")] {
        day.post(&format!("Subscriptions/{path}"), &action(&second, verb));
    }
    day.post("Subscriptions/Cancel", &action(&held, "Cancel"));
}

fn extend(day: &mut Day, parent: &Value) {
    const SPACE: &str = "mail-extra-storage";
    const SHIELD: &str = "mail-shield";
    let none = json!("");
    let order = addons(parent, &[entry(&none, SPACE, "Provision", 2), entry(&none, SHIELD, "Provision", 1)]);
    day.check_and_do("Addons/Create", &order);
    let x = day.id("Addons/Create", &order);
    let z =
        day.id("Addons/Create", &addons(parent, &[entry(&x, SPACE, "None", 2), entry(&none, SPACE, "Provision", 4)]));
    let both = |one: &str, other: &str, quantity| {
        addons(parent, &[entry(&x, SPACE, one, quantity), entry(&z, SPACE, other, quantity)])
    };
    day.post(
        "Addons/Create",
        &addons(&merged(parent.clone(), &json!({"ID": "nobody"})), &[entry(&none, SPACE, "Provision", 1)]),
    );
    day.check_and_do("Addons/Update", &both("Provision", "None", 6));
    day.post("Addons/Update", &both("Provision", "Provision", 7));
    day.post("Addons/Update", &merged(both("Provision", "None", 8), &json!({"CheckOnly": true, "Quantity": 301})));
    day.post("Addons/Update", &merged(both("Provision", "None", 301), &json!({"CheckOnly": true})));
    day.post("Subscriptions/Update", &merged(parent.clone(), &json!({"Addons": both("None", "None", 7)["Addons"]})));
    day.post("Addons/Cancel", &both("None", "None", 7));
    for _ in 0..2 {
        day.check_and_do("Addons/Cancel", &both("Cancel", "None", 7));
    }
    day.post("Addons/Cancel", &both("Cancel", "None", 7));
    let again = [entry(&none, SPACE, "Provision", 3), entry(&none, SPACE, "Provision", 5), entry(&z, SPACE, "None", 7)];
    day.post("Addons/Create", &addons(parent, &again));
    day.post("Addons/Cancel", &both("None", "Cancel", 7));
    let shield = entry(&x, SHIELD, "Cancel", 1);
    let space = entry(&none, SPACE, "Provision", 3);
    day.post("Addons/Create", &addons(parent, &[space]));
    day.post("Addons/Cancel", &addons(parent, &[shield, entry(&x, SPACE, "Cancel", 3)]));
}

fn changes(day: &mut Day) {
    let customer = day.customer("51");
    let base = whole(&customer, "B51");
    let id = day.id("Subscriptions/Create", &base);
    let change = |id: &Value, verb: &str, product: &str, number: &str| {
        merged(
            base.clone(),
            &json!({
                "ID": id, "ActionType": verb, "ProductID": product, "SubscriptionID": number,
                "OriginalSubscriptionID": "B51",
            }),
        )
    };
    let upgrade = "Subscriptions/UpgradeDowngrade";
    let across = merged(
        change(&id, "Upgrade", "backup-standard", "B52"),
        &json!({"ServiceType": "backup", "AttributeList": {}}),
    );
    day.post(upgrade, &across);
    let next = day.check_and_do(upgrade, &change(&id, "Upgrade", "mail-team", "B53"));
    day.post("Subscriptions/Update", &merged(change(&next, "Provision", "mail-team", "B53"), &json!({"Quantity": 4})));
    let last = day.id(upgrade, &change(&next, "Upgrade", "mail-enterprise", "B54"));
    day.post(upgrade, &change(&last, "Downgrade", "mail-team", "B55"));

    let trial = merged(base.clone(), &json!({"SubscriptionID": "B61", "IsTrial": true}));
    let id = day.id("Subscriptions/Create", &trial);
    let paid = merged(
        trial,
        &json!({
            "ID": id, "ActionType": "UpgradeToPaid", "IsTrial": false, "Quantity": 8, "SubscriptionID": "B62",
            "OriginalSubscriptionID": "B61",
        }),
    );
    let converted = day.check_and_do("Subscriptions/UpgradeToPaid", &paid);
    day.post("Subscriptions/UpgradeToPaid", &merged(paid, &json!({"ID": converted, "SubscriptionID": "B63"})));
}

/// Two add-ons that end in one call, and with them what one of them switched on.
fn ends(day: &mut Day) {
    let customer = day.customer("71");
    let base = whole(&customer, "B71");
    let parent = merged(base.clone(), &json!({ "ID": day.id("Subscriptions/Create", &base) }));
    let both = |id: &Value, verb: &str| {
        let off = json!({ "AttributeList": { "encryption": attribute("encryption", "0", false) } });
        let shield = merged(entry(id, "mail-shield", verb, 1), &off);
        addons(&parent, &[entry(id, "mail-extra-storage", verb, 2), shield])
    };
    let made = day.id("Addons/Create", &both(&json!(""), "Provision"));
    day.post("Subscriptions/Update", &parent);
    day.post("Addons/Cancel", &both(&made, "Cancel"));
}

/// An update that lists what it must not buy, one while nobody pays, and a question about what nobody has.
fn asides(day: &mut Day) {
    let customer = day.customer("72");
    let base = whole(&customer, "B72");
    let parent = merged(base.clone(), &json!({ "ID": day.id("Subscriptions/Create", &base) }));
    let listed = json!({ "Addons": [entry(&json!(""), "mail-shield", "Provision", 1)] });
    day.post("Subscriptions/Update", &merged(parent.clone(), &listed));
    day.post("Subscriptions/Suspend", &action(&parent, "Suspend"));
    day.post("Subscriptions/Update", &merged(parent.clone(), &json!({ "Quantity": 9 })));
    day.post("Subscriptions/Update", &merged(parent, &json!({ "ID": "nobody", "CheckOnly": true })));
}

/// What was said, and whether that is something else than what is right.
fn day_with(faults: Faults, right: Option<Rc<Vec<String>>>) -> (Vec<String>, bool) {
    let mut day = Day::new(faults, right);
    for part in [credentials, settings, accounts, changes, ends, life, orders, asides] {
        part(&mut day);
    }
    (day.said, day.differs)
}

#[test]
fn every_fault_does_something() {
    let right = Rc::new(day_with(Faults::default(), None).0);
    assert!(!day_with(Faults::default(), Some(right.clone())).1, "the day itself must be the same every time");
    let crowd = [Fault::ParallelOrdersMix, Fault::ParallelCreateDuplicates];
    let idle: Vec<&str> = all()
        .filter(|spec| !crowd.contains(&spec.fault))
        .filter(|spec| !day_with(Faults::default().with(spec.fault), Some(right.clone())).1)
        .map(|spec| spec.name)
        .collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[tokio::test]
async fn creates_at_the_same_time_meet_only_where_that_is_the_fault() {
    let create = |body: &'static [u8]| request(Method::POST, "Subscriptions/Create", body);
    for (faults, blind, mixed) in [
        (Faults::default(), false, false),
        (Faults::default().with(Fault::ParallelCreateDuplicates), true, false),
        (Faults::default().with(Fault::ParallelOrdersMix), false, true),
    ] {
        let crowd = Crowd::new(faults);
        let (mut one, mut same, mut other) = (create(b"{}"), create(b"{}"), create(b"{ }"));
        let (a, b, c) = tokio::join!(crowd.enter(&mut one), crowd.enter(&mut same), crowd.enter(&mut other));
        assert_eq!((one.is_blind, same.is_blind, other.is_blind), (false, blind, false));
        assert_eq!(one.body == other.body, mixed);
        [a, b, c].into_iter().for_each(|entered| crowd.leave(entered));
        let mut late = create(b"{}");
        crowd.enter(&mut late).await;
        assert!(!late.is_blind);
    }
}
