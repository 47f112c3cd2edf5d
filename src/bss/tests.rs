//! The mock BSS against bodies that were derived by hand from the contract (`tests/golden/requests`), and its manners
//! when a service manager refuses, is busy, or does not answer.

use super::*;
use crate::{
    contract::{Answer, Meaning},
    json::{Number, diff, parse},
};
use std::path::Path;

const CATALOGUE: &str = r#"{"ProductTypes":[{"ID":"mail-type","Name":"Mail","AllowMultipleSubscriptions":false,"Derivative":1,
    "AutoExecuteAddonCancelRequest":false,"AutoExecuteSubscriptionCancelRequest":false,
    "AttributeList":[{"ID":"storage","Name":"Storage","Kind":"Numeric","LinkedToQuantity":true,"ExtraParameters":null}],
    "ProductsCollection":{
      "Products":[
        {"ID":"P-100","Name":"Mail","Attributes":[{"ID":"storage","Values":["5"]}],"TrialEnabled":true,
         "RelatedProducts":[{"ProductID":"P-200","Relation":5}]},
        {"ID":"P-200","Name":"Mail Plus","Attributes":[{"ID":"storage","Values":["50"]}]}],
      "Addons":[
        {"ID":"A-9","Products":["P-100","P-200"],"Name":"Archive","Attributes":[{"ID":"storage","Values":[10]}]},
        {"ID":"A-7","Products":["P-100","P-200"],"Name":"Support","Attributes":[]}]}}]}"#;

fn json(text: &str) -> Json {
    parse(text.as_bytes()).unwrap()
}

fn settings(dialect: &str) -> Settings {
    let options = json(r#"{"Fields":[{"ID":"username","Definition":{"ID":"username"}}]}"#);
    Settings {
        dialect: Dialect::named(dialect).unwrap(),
        catalogue: Arc::new(Catalogue::read(&json(CATALOGUE))),
        sync_options: Arc::new(crate::contract::sync_options::read(&options)),
        ..Settings::default()
    }
}

fn customer() -> Customer {
    Customer {
        id: "13".into(),
        external_id: String::new(),
        name: "Acme".into(),
        code: "ACME".into(),
        email: "it@acme.example".into(),
        contact_id: "16".into(),
        contact: Person::new(0, "Ann", "Doe", "ann@acme.example"),
        address: json(
            r#"{"Address1":"1 Road","Address2":"","City":"Athens","PostCode":"11111",
                "State":{"Code":"","Name":""},"Country":{"Code":"GR","Name":"Greece"}}"#,
        ),
        is_test: false,
        sync_options: vec![],
        extra_details: Object::new(),
        shopper: Person::new(4, "Sam", "Lee", "sam@acme.example"),
        operator: Person::new(2, "Olga", "Fox", "olga@bss.example"),
    }
}

fn bss(settings: Settings) -> Bss {
    let ids: Vec<_> = (1..=6).map(|n| format!("b2000000-0000-4000-8000-00000000000{n}")).collect();
    let ids = Ids::new(uuid::Uuid::nil(), "story").starting_with(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    Bss::new(Arc::new(settings), customer(), ids)
}

fn offer(bss: &Bss, product: &str) -> Offer {
    let product_type = &bss.settings.catalogue.types[0];
    Offer::of_product(product_type, product_type.product(product).unwrap())
}

fn purchase(bss: &Bss, key: &str, quantity: i64) -> Purchase {
    Purchase { name: Some("Mail for Acme".into()), ..Purchase::new(key, offer(bss, "P-100"), Number::from(quantity)) }
}

fn answer(body: &str) -> Answer {
    Answer { status: 200, media_type: "application/json".into(), body: Some(json(body)) }
}

fn ok(result: &str) -> Answer {
    answer(&format!(r#"{{"Code":0,"Message":"","Result":"{result}"}}"#))
}

/// Plays an action to its end; `real` are the answers to its calls that are no pre-checks.
fn play(bss: &mut Bss, action: Action, by: By, real: &[Answer]) -> Vec<Call> {
    let mut conversation = bss.begin(action, by, 1).unwrap();
    let mut answers = real.iter();
    let mut calls = Vec::new();
    while let Some(call) = conversation.next_call(bss) {
        let accepted = ok("");
        let answer = if call.check_only { &accepted } else { answers.next().expect("an answer for each call") };
        calls.push(call);
        assert_eq!(conversation.answered(bss, Received::Answer(answer)), Progress::GoOn, "{calls:?}");
    }
    assert!(answers.next().is_none(), "more answers than calls");
    calls
}

/// The platform after it has sold three seats as `S1`, and two of an add-on.
pub(crate) fn sold() -> Bss {
    let mut settings = settings("sdk-1.2");
    settings.accounts = false;
    let mut bss = bss(settings);
    let mail = purchase(&bss, "mail", 3);
    play(&mut bss, Action::Buy(Box::new(mail)), By::Bss, &[ok("S1")]);
    let archive =
        AddonPurchase { key: "archive".into(), product_id: "A-9".into(), quantity: Number::from(2), name: None };
    let order = Action::BuyAddons { subscription: None, addons: vec![archive], from_order: true };
    play(&mut bss, order, By::Bss, &[ok("X1")]);
    bss
}

/// The same after it has been suspended, or cancelled.
pub(crate) fn ended(cancelled: bool) -> Bss {
    let mut bss = sold();
    let action = match cancelled {
        true => Action::Cancel { subscription: None },
        false => Action::Suspend { subscription: None },
    };
    play(&mut bss, action, By::Bss, &[ok("")]);
    bss
}

fn story(dialect: &str) -> Vec<Call> {
    let docs = dialect == "docs";
    let mut bss = bss(settings(dialect));
    let mut calls = Vec::new();
    let mut act = |bss: &mut Bss, action: Action, by: By, real: &[Answer]| calls.extend(play(bss, action, by, real));
    let subscription = || None;
    let (shop, desk) = (By::Storefront, By::Bss);
    let addon_answer = |id: &str| ok(if docs { "S1" } else { id });

    let synchronized = answer(
        r#"{"AccountExtraInfo":{"tenant":"acme"},"GeneratedPassword":null,"Code":0,"Message":"","Result":"acc-7"}"#,
    );
    act(&mut bss, Action::Synchronize, desk, &[ok(""), synchronized]);
    let created = answer(
        r#"{"AccountExtraInfo":{"portal":"p1"},"CustomFieldValues":{"LicenceKey":"K-1"},"SendNotification":false,
            "ExtraInfo":{"region":"eu"},"Code":0,"Message":"","Result":"S1"}"#,
    );
    let first = purchase(&bss, "mail", 3);
    act(&mut bss, Action::Buy(Box::new(first)), shop, &[created]);
    let addon = |key: &str, id: &str, quantity: i64| AddonPurchase {
        key: key.into(),
        product_id: id.into(),
        quantity: Number::from(quantity),
        name: None,
    };
    let order = Action::BuyAddons {
        subscription: None,
        addons: vec![addon("archive", "A-9", 2), addon("support", "A-7", 1)],
        from_order: true,
    };
    if docs {
        act(&mut bss, order, shop, &[ok("S1")]);
    } else {
        act(
            &mut bss,
            order,
            shop,
            &[ok("X1"), answer(r#"{"ExtraInfo":{"level":"gold"},"Code":0,"Message":"","Result":"X2"}"#)],
        );
    }
    act(
        &mut bss,
        Action::ChangeQuantity { subscription: subscription(), quantity: Number::from(5) },
        shop,
        &[ok("S1")],
    );
    let more = Action::ChangeAddon { subscription: None, addon: Some("archive".into()), quantity: Number::from(3) };
    act(&mut bss, more, shop, &[addon_answer("X1")]);
    act(
        &mut bss,
        Action::ChangeQuantity { subscription: subscription(), quantity: Number::from(1) },
        desk,
        &[ok("S1")],
    );
    act(&mut bss, Action::Suspend { subscription: None }, desk, &[ok("S1")]);
    act(&mut bss, Action::Activate { subscription: None }, desk, &[ok("S1")]);
    let plus = Box::new(offer(&bss, "P-200"));
    act(&mut bss, Action::Upgrade { subscription: None, to: plus, quantity: None }, shop, &[ok("S2")]);
    let basic = Box::new(offer(&bss, "P-100"));
    act(&mut bss, Action::Downgrade { subscription: None, to: basic, quantity: None }, desk, &[ok("S3")]);
    let edit =
        Action::Reprovision { subscription: None, attributes: vec![("storage".into(), "7".into())], renew: None };
    act(&mut bss, edit, desk, &[ok("S3")]);
    act(
        &mut bss,
        Action::CancelAddon { subscription: None, addon: Some("support".into()) },
        desk,
        &[addon_answer("X2")],
    );
    act(&mut bss, Action::Cancel { subscription: None }, desk, &[ok("S3")]);
    let trial = Purchase { trial: true, ..purchase(&bss, "trial", 2) };
    act(&mut bss, Action::Buy(Box::new(trial)), shop, &[ok("S4")]);
    act(&mut bss, Action::ConvertTrial { subscription: None, quantity: Some(Number::from(4)) }, shop, &[ok("S5")]);
    let by_hand = Purchase { from_order: false, ..purchase(&bss, "by-hand", 2) };
    act(&mut bss, Action::Buy(Box::new(by_hand)), desk, &[ok("S6")]);
    act(&mut bss, Action::DeleteAccount, desk, &[ok("acc-7")]);
    calls
}

#[test]
fn every_request_of_every_action_equals_the_body_derived_by_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/requests");
    let read = |path: &Path| json(&std::fs::read_to_string(path).unwrap());
    let mut wrong = Vec::new();
    for dialect in ["docs", "sdk-1.0", "sdk-1.2"] {
        let index = read(&folder.join(dialect).join("index.json"));
        let expected = index.as_array().unwrap();
        let calls = story(dialect);
        assert_eq!(calls.len(), expected.len(), "{dialect}");
        for (call, entry) in calls.iter().zip(expected) {
            let file = entry.text_of("file").unwrap();
            let endpoint = entry.text_of("endpoint").unwrap().replace("Addon/", "Addons/");
            assert_eq!(call.endpoint.name(), endpoint, "{dialect}/{file}");
            assert_eq!(Some(call.check_only), entry.member("precheck").unwrap().as_bool(), "{dialect}/{file}");
            let changes = diff(&read(&folder.join(dialect).join(&file)), call.body.as_ref().unwrap());
            wrong.extend(changes.iter().map(|change| format!("{dialect}/{file} {}", change.describe())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_request_fits_its_model_and_has_its_members_in_their_order() {
    for dialect in ["docs", "sdk-1.0", "sdk-1.2"] {
        let newer = Dialect::named(dialect).unwrap().model_level == crate::contract::dialect::ModelLevel::V1_2;
        for call in story(dialect) {
            let (body, model) = (
                call.body.as_deref().unwrap(),
                crate::contract::models::by_name(call.endpoint.spec().request).unwrap(),
            );
            assert_eq!(model.misfits(body), [], "{dialect} {}", call.endpoint);
            let members: Vec<_> = body.as_object().unwrap().iter().map(|(name, _)| name).collect();
            let since = crate::contract::dialect::ModelLevel::V1_0;
            let wanted: Vec<_> = model.members.iter().filter(|m| newer || m.since == since).map(|m| m.name).collect();
            assert_eq!(members, wanted, "{dialect} {}", call.endpoint);
        }
    }
}

fn bought(mut settings: Settings) -> Bss {
    settings.accounts = false;
    let mut bss = bss(settings);
    let mail = purchase(&bss, "mail", 3);
    play(&mut bss, Action::Buy(Box::new(mail)), By::Bss, &[ok("S1")]);
    bss
}

#[test]
fn no_real_call_follows_a_refused_pre_check() {
    let mut bss = bought(settings("sdk-1.2"));
    let more = Action::ChangeQuantity { subscription: None, quantity: Number::from(500) };
    let mut conversation = bss.begin(more, By::Bss, 1).unwrap();
    assert!(conversation.next_call(&bss).unwrap().check_only);
    let refused = answer(r#"{"Code":-6532,"Message":"too many","Result":null}"#);
    let progress = conversation.answered(&mut bss, Received::Answer(&refused));
    assert_eq!(progress, Progress::Stopped(Meaning::Refused { code: -6532, message: "too many".into() }));
    assert_eq!(conversation.next_call(&bss), None);
    assert_eq!(bss.subscriptions()[0].quantity, Number::from(3), "what was refused has not happened");
    assert_eq!(bss.begin(Action::Retry, By::Bss, 1).unwrap_err(), Impossible::NothingFailed);
}

#[test]
fn a_refused_order_leaves_no_subscription() {
    let mut settings = settings("sdk-1.2");
    settings.accounts = false;
    let mut bss = bss(settings);
    let mail = purchase(&bss, "mail", 3);
    let mut conversation = bss.begin(Action::Buy(Box::new(mail)), By::Bss, 1).unwrap();
    conversation.next_call(&bss).unwrap();
    conversation.answered(&mut bss, Received::Answer(&answer(r#"{"Code":-1,"Message":"no"}"#)));
    assert!(bss.subscriptions().is_empty());
}

#[test]
fn five_pre_checks_are_followed_by_one_real_call() {
    let mut bss = bought(settings("sdk-1.2"));
    let mut conversation = bss.begin(Action::Suspend { subscription: None }, By::Bss, 5).unwrap();
    let mut checks = Vec::new();
    while let Some(call) = conversation.next_call(&bss) {
        checks.push(call.check_only);
        conversation.answered(&mut bss, Received::Answer(&ok("S1")));
    }
    assert_eq!(checks, [true, true, true, true, true, false]);
}

#[test]
fn a_retry_repeats_the_failed_call_to_the_byte() {
    let mut settings = settings("sdk-1.2");
    settings.precheck = Precheck::None;
    let mut bss = bss(settings);
    let mail = purchase(&bss, "mail", 3);
    let mut conversation = bss.begin(Action::Buy(Box::new(mail)), By::Bss, 1).unwrap();
    conversation.next_call(&bss);
    conversation.answered(&mut bss, Received::Answer(&ok("")));
    conversation.next_call(&bss);
    conversation.answered(&mut bss, Received::Answer(&ok("acc-7")));
    let failed = conversation.next_call(&bss).unwrap();
    assert!(matches!(conversation.answered(&mut bss, Received::Lost), Progress::Stopped(Meaning::Broken(_))));
    assert_eq!(bss.subscriptions()[0].status, Status::Failed);
    let calls = play(&mut bss, Action::Retry, By::Bss, &[ok("S1")]);
    assert_eq!(calls, [failed]);
    assert_eq!((bss.subscriptions()[0].status, bss.subscriptions()[0].external_id.as_str()), (Status::Active, "S1"));
}

#[test]
fn an_order_that_failed_can_be_retried_after_something_else_has_succeeded() {
    let mut settings = settings("sdk-1.2");
    settings.precheck = Precheck::None;
    let mut bss = bought(settings);
    let other = Purchase { from_order: false, ..purchase(&bss, "other", 3) };
    let mut conversation = bss.begin(Action::Buy(Box::new(other)), By::Bss, 1).unwrap();
    let failed = conversation.next_call(&bss).unwrap();
    conversation.answered(&mut bss, Received::Answer(&answer(r#"{"Code":-1,"Message":"one only"}"#)));
    play(&mut bss, Action::Cancel { subscription: Some("mail".into()) }, By::Bss, &[ok("S1")]);
    assert_eq!(play(&mut bss, Action::Retry, By::Bss, &[ok("S2")]), [failed]);
    assert_eq!(bss.begin(Action::Retry, By::Bss, 1).unwrap_err(), Impossible::NothingFailed);
}

#[test]
fn a_call_in_progress_is_repeated_identically_until_two_hours_have_passed() {
    let mut settings = settings("sdk-1.2");
    (settings.pending, settings.precheck) = (PendingSignal::PositiveCode, Precheck::None);
    let mut bss = bought(settings);
    let busy = answer(r#"{"Code":7,"Message":"working","Result":"S1"}"#);
    let mut conversation = bss.begin(Action::Suspend { subscription: None }, By::Bss, 1).unwrap();
    let first = conversation.next_call(&bss).unwrap();
    let mut again = 0;
    while conversation.answered(&mut bss, Received::Answer(&busy)) == Progress::Again(Duration::from_secs(5)) {
        again += 1;
        assert_eq!(conversation.next_call(&bss).as_ref(), Some(&first));
    }
    assert_eq!(again, 1440);
    assert_eq!(bss.subscriptions()[0].status, Status::Active);
    let retried = play(&mut bss, Action::Retry, By::Bss, &[ok("S1")]);
    assert_eq!((retried, bss.subscriptions()[0].status), (vec![first], Status::Suspended));
}

#[test]
fn a_storefront_cancel_waits_until_the_platform_executes_it() {
    let mut bss = bought(settings("sdk-1.2"));
    let conversation = bss.begin(Action::Cancel { subscription: None }, By::Storefront, 1).unwrap();
    assert!(conversation.waiting.unwrap().contains("cancel"));
    assert_eq!(bss.subscriptions()[0].status, Status::Active);
    assert_eq!(play(&mut bss, Action::Cancel { subscription: None }, By::Bss, &[ok("S1")]).len(), 2);
    assert_eq!(bss.subscriptions()[0].status, Status::Cancelled);
}

#[test]
fn a_product_that_one_can_have_only_once_grows_when_it_is_ordered_again() {
    let mut bss = bought(settings("sdk-1.2"));
    let again = purchase(&bss, "again", 4);
    let calls = play(&mut bss, Action::Buy(Box::new(again)), By::Storefront, &[ok("S1")]);
    assert_eq!(calls[1].endpoint, Endpoint::SubscriptionUpdate);
    assert_eq!(calls[1].body.as_ref().unwrap().member("Quantity"), Some(&Json::from(7)));
}

#[test]
fn an_existing_account_is_linked_or_synchronised_as_the_dialect_says() {
    let exists = answer(r#"{"Code":1,"Message":"there","Result":"acc-0"}"#);
    let mut dialect = settings("sdk-1.2");
    let mut bss_one = bss(dialect.clone());
    assert_eq!(play(&mut bss_one, Action::Synchronize, By::Bss, &[exists.clone(), ok("acc-7")]).len(), 2);
    assert_eq!(bss_one.customer.external_id, "acc-7");
    dialect.dialect.set("exists_then", "link");
    let mut bss_two = bss(dialect);
    assert_eq!(play(&mut bss_two, Action::Synchronize, By::Bss, &[exists]).len(), 1);
    assert_eq!(bss_two.customer.external_id, "acc-0");
}

#[test]
fn the_pre_check_comes_before_the_account_where_the_dialect_has_it_so() {
    let mut settings = settings("sdk-1.2");
    settings.dialect.precheck_before_sync = true;
    let mut bss = bss(settings);
    let mail = purchase(&bss, "mail", 3);
    let calls = play(&mut bss, Action::Buy(Box::new(mail)), By::Bss, &[ok(""), ok("acc-7"), ok("S1")]);
    let order: Vec<_> = calls.iter().map(Call::label).collect();
    assert_eq!(
        order,
        ["subscriptions-create-check", "accounts-exists", "accounts-synchronize", "subscriptions-create"]
    );
}

#[test]
fn dialect_switches_change_the_body_and_nothing_else() {
    let body = |switch: &str, value: &str| {
        let mut settings = settings("sdk-1.2");
        assert!(settings.dialect.set(switch, value));
        (settings.accounts, settings.precheck) = (false, Precheck::None);
        let mut bss = bss(settings);
        let mail = purchase(&bss, "mail", 3);
        let mut calls = play(&mut bss, Action::Buy(Box::new(mail)), By::Bss, &[ok("S1")]);
        Arc::unwrap_or_clone(calls.remove(0).body.unwrap())
    };
    let usual = body("model_level", "1.2");
    let changed = |switch: &str, value: &str| {
        diff(&usual, &body(switch, value)).iter().map(|change| change.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(changed("empty_id", "null"), ["$.ID", "$.Account.ExternalID"]);
    assert_eq!(changed("create_subscription_id", "omit"), ["$.SubscriptionID"]);
    assert_eq!(changed("product_id", "bss"), ["$.ProductID"]);
    assert_eq!(changed("send_is_test", "true"), ["$.IsTest"]);
    assert_eq!(
        changed("model_level", "1.0"),
        ["$.BillingCycle.CustomEndDate", "$.RenewAutomatically", "$.InstallmentPlan"]
    );
}

#[test]
fn any_quantity_can_be_sent() {
    let mut bss = bought(settings("sdk-1.2"));
    let quantity = Number::parse("2147483648").unwrap();
    let calls = play(&mut bss, Action::ChangeQuantity { subscription: None, quantity }, By::Bss, &[ok("S1")]);
    assert!(calls[1].body.as_ref().unwrap().to_compact().contains("\"Quantity\":2147483648,"));
}

#[test]
fn settings_are_saved_over_the_announced_fields() {
    let mut settings = settings("sdk-1.2");
    settings.fields.insert("FieldUsername".into(), "demo".into());
    let mut bss = bss(settings);
    let fields = answer(
        r#"{"Fields":[{"ID":"FieldUsername","Value":null,"Definition":{"ID":"FieldUsername","IsRequired":true}},
            {"ID":"FieldRegion","Value":null,"Definition":{"ID":"FieldRegion","InitialValue":"eu"}},
            {"ID":"FieldWord","Value":null,"Definition":{"ID":"FieldWord","Kind":1,"InitialValue":"open"}}]}"#,
    );
    let mut save = |values: &[(&str, &str)], blank_required, wrong_secrets| {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), Json::text(*v))).collect();
        let action = Action::Configure { values, blank_required, wrong_secrets, validate: true };
        let calls = play(&mut bss, action, By::Bss, &[fields.clone(), answer("[]")]);
        let fields = calls[1].body.as_ref().unwrap().member("Fields").unwrap().as_array().unwrap().to_vec();
        fields
            .iter()
            .map(|f| format!("{}={}", f.text_of("ID").unwrap(), f.member("Value").unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(save(&[], false, false), [r#"FieldUsername="demo""#, r#"FieldRegion="eu""#, r#"FieldWord="open""#]);
    let blank = save(&[("FieldRegion", "us")], true, false);
    assert_eq!(blank, [r#"FieldUsername="""#, r#"FieldRegion="us""#, r#"FieldWord="open""#]);
    let wrong = save(&[], false, true);
    assert_eq!(wrong[..2], [r#"FieldUsername="demo""#, r#"FieldRegion="eu""#]);
    assert!(wrong[2].starts_with("FieldWord=") && !wrong[2].contains("open"), "{}", wrong[2]);
}

#[test]
fn what_cannot_be_done_is_the_scenario_s_mistake() {
    let mut bss = bss(settings("sdk-1.2"));
    let error = bss.begin(Action::Cancel { subscription: None }, By::Bss, 1).unwrap_err();
    assert_eq!(error.to_string(), "nothing has been bought yet");
    let mut bss = bought(settings("sdk-1.2"));
    let error = bss.begin(Action::Suspend { subscription: Some("x".into()) }, By::Bss, 1).unwrap_err();
    assert_eq!(error, Impossible::NoSubscription(Some("x".into())));
    assert_eq!(
        bss.begin(Action::CancelAddon { subscription: None, addon: None }, By::Bss, 1).unwrap_err(),
        Impossible::NoAddon(None)
    );
}

/// Only what the storefront sells more of counts as an order; what the platform's own people change does not.
#[test]
fn a_change_is_from_an_order_only_when_the_storefront_sells_more() {
    let from_order = |by: By, quantity: i64| {
        let mut bss = bought(settings("sdk-1.2"));
        let action = Action::ChangeQuantity { subscription: None, quantity: Number::from(quantity) };
        let calls = play(&mut bss, action, by, &[ok("S1")]);
        calls[1].body.as_ref().unwrap().member("IsFromOrder").unwrap().as_bool().unwrap()
    };
    assert!(from_order(By::Storefront, 4));
    assert!(!from_order(By::Storefront, 2), "fewer seats are no order");
    assert!(!from_order(By::Bss, 4), "nobody has ordered");
    assert!(!from_order(By::Bss, 2));
}

#[test]
fn of_two_equal_add_ons_under_one_id_none_can_be_named() {
    for (ids, named) in [(["X1", "X2"], true), (["S1", "S1"], false)] {
        let mut bss = bought(settings("sdk-1.2"));
        for (key, id) in ["one", "twin"].into_iter().zip(ids) {
            let addon =
                AddonPurchase { key: key.into(), product_id: "A-9".into(), quantity: Number::from(1), name: None };
            let order = Action::BuyAddons { subscription: None, addons: vec![addon], from_order: true };
            play(&mut bss, order, By::Bss, &[ok(id)]);
        }
        let change = Action::ChangeAddon { subscription: None, addon: Some("one".into()), quantity: Number::from(2) };
        assert_eq!(bss.begin(change, By::Bss, 0).unwrap().waiting.is_none(), named);
        let cancel = Action::CancelAddon { subscription: None, addon: Some("one".into()) };
        let conversation = bss.begin(cancel, By::Bss, 0).unwrap();
        assert_eq!(conversation.waiting.is_none(), named);
        // Another product is told apart by its product.
        let addon =
            AddonPurchase { key: "else".into(), product_id: "A-7".into(), quantity: Number::from(1), name: None };
        let order = Action::BuyAddons { subscription: None, addons: vec![addon], from_order: true };
        play(&mut bss, order, By::Bss, &[ok(ids[0])]);
        let cancel = Action::CancelAddon { subscription: None, addon: Some("else".into()) };
        assert!(bss.begin(cancel, By::Bss, 0).unwrap().waiting.is_none());
    }
}

#[test]
fn another_entry_of_a_list_brings_its_code_along() {
    let mut settings = settings("sdk-1.2");
    settings.catalogue = Arc::new(Catalogue::read(&json(
        r#"{"ProductTypes":[{"ID":"mail-type","AttributeList":[
            {"ID":"where","Kind":"PredefinedChooseOne","IsRequired":true,"PredefinedValues":[{"ID":"1","Code":"EU"},{"ID":"2","Code":"US"}]},
            {"ID":"size","Kind":"Numeric","IsRequired":true}],
            "ProductsCollection":{"Products":[{"ID":"P-100"}]}}]}"#,
    )));
    let mut bss = bought(settings);
    let attributes = vec![("where".to_owned(), "2".to_owned()), ("size".to_owned(), "9".to_owned())];
    let edit = Action::Reprovision { subscription: None, attributes, renew: None };
    let calls = play(&mut bss, edit, By::Bss, &[ok("S1")]);
    let list = calls.last().unwrap().body.as_ref().unwrap().member("AttributeList").unwrap();
    let value = |id: &str, member: &str| list.member(id).unwrap().text_of(member).unwrap();
    assert_eq!((value("where", "Value"), value("where", "Code")), ("2".into(), "US".into()));
    assert_eq!(value("size", "Value"), "9");
}
