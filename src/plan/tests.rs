//! Catalogue-driven choice on three catalogues, and what does not apply.

use super::*;
use crate::{
    contract::{Application, Catalogue},
    diagnostic::Source,
    json::parse,
    scenario::{Library, ScenarioFile, load},
};

fn catalogue(json: &[u8]) -> Offering {
    Offering {
        catalogue: Arc::new(Catalogue::read(&parse(json).unwrap())),
        sync_options: Arc::default(),
        accounts: true,
        exists: true,
        required_settings: true,
        required_secret: true,
        missing_settings: Vec::new(),
        addon_path: None,
    }
}

fn sdk() -> Offering {
    catalogue(include_bytes!("../../tests/support/samples/Fields-ServiceDefinition.json"))
}

fn bare() -> Offering {
    catalogue(
        br#"{"ProductTypes":[{"ID":"box","Name":"Box","AllowMultipleSubscriptions":true,"AttributeList":[
            {"ID":"region","Kind":"PredefinedChooseOne","Usage":"OrderCharacteristic","IsRequired":true,
             "PredefinedValues":[{"ID":"1","Code":"EU","Name":"Europe"},{"ID":"2","Code":"US","Name":"America","IsDefault":true}]},
            {"ID":"disk","Kind":"Slider","IsRequired":true,"SliderMin":20,"LinkedToQuantity":true},
            {"ID":"note","Kind":"Text","IsRequired":false}],
            "ProductsCollection":{"Products":[],"Addons":null}}]}"#,
    )
}

fn profile() -> Profile {
    Profile::new("test", "http://localhost/x", Application { id: "i".into(), key: "k".into() })
}

fn scenario(text: &str) -> Arc<Scenario> {
    let source = Source { path: "a/b.yaml".into(), text: text.into() };
    let file = ScenarioFile { key: "a/b".into(), source: Arc::new(source), folder: Some(".".into()) };
    let loaded = load(&[file], &Library { rule: &|_| Ok(()) });
    assert_eq!(loaded.diagnostics.render(false), "");
    Arc::new(loaded.scenarios.into_iter().next().unwrap())
}

fn plan_of(offering: &Offering, text: &str) -> Plan {
    make(&profile(), offering, &[scenario(text)], Seed(Uuid::nil()))
}

fn chosen(plan: &Plan) -> (&str, Vec<String>) {
    let selection = plan.scenarios[0].selection.as_ref().unwrap();
    let attributes = selection.offer.attributes.iter().map(|a| format!("{}={}/{}", a.id, a.value, a.code)).collect();
    (&selection.offer.product_id, attributes)
}

#[test]
fn the_product_comes_from_the_target_s_own_catalogue() {
    let plan =
        plan_of(&sdk(), "title: T\nneeds: [addons]\nproduct: { with: [two_addons, upgrade] }\nsteps:\n  - buy: {}\n");
    let plan_code = "VenderXSubscriptionBasedPlan_ProfessionalEdition";
    assert_eq!(
        chosen(&plan),
        ("VendorXProfessional", vec![format!("VenderXSubscriptionBasedPlan={plan_code}/{plan_code}")])
    );
    assert_eq!(plan.scenarios[0].selection.as_ref().unwrap().addons.len(), 2);
}

#[test]
fn a_type_without_products_is_sold_with_its_required_attributes() {
    let plan = plan_of(&bare(), "title: T\nsteps:\n  - buy: {}\n");
    assert_eq!(chosen(&plan), ("box", vec!["region=2/US".to_owned(), "disk=20/".to_owned()]));
    assert!(plan.gaps.is_empty());
}

#[test]
fn what_the_catalogue_does_not_sell_does_not_apply() {
    for (text, reason) in [
        ("title: T\nneeds: [addons]\nsteps:\n  - buy: {}\n", "the catalogue sells no add-on"),
        (
            "title: T\nproduct: { with: [trial, upgrade] }\nsteps:\n  - buy: {}\n",
            "the catalogue has no product that fits: it can be tried, and it can be upgraded",
        ),
        ("title: T\nneeds: [seats_limit]\nsteps:\n  - buy: {}\n", "the profile names no `seats_limit`"),
        ("title: T\nproduct: P-9\nsteps:\n  - buy: {}\n", "the catalogue has no product `P-9`"),
    ] {
        let plan = plan_of(&bare(), text);
        assert_eq!(plan.not_applicable, [("a/b".to_owned(), reason.to_owned())]);
        assert!(plan.scenarios.is_empty() && plan.gaps.is_empty());
    }
}

#[test]
fn an_empty_catalogue_is_a_gap_and_not_a_pass() {
    let plan = plan_of(&catalogue(br#"{"ProductTypes":[]}"#), "title: T\nsteps:\n  - buy: {}\n");
    assert!(plan.scenarios.is_empty() && plan.gaps[0].starts_with("nothing to sell"));
    let plan = plan_of(&catalogue(br#"{"ProductTypes":[]}"#), "title: T\nsteps:\n  - read_catalog: {}\n");
    assert!(plan.gaps.is_empty() && plan.scenarios.len() == 1);
}

#[test]
fn what_is_metered_or_not_activated_is_not_bought() {
    let offering = catalogue(
        br#"{"ProductTypes":[{"ID":"t","ProductsCollection":{"Products":[
            {"ID":"metered","ChargeType":1}, {"ID":"hidden","IsActivated":false}, {"ID":"sold"}]}}]}"#,
    );
    assert_eq!(chosen(&plan_of(&offering, "title: T\nsteps:\n  - buy: {}\n")).0, "sold");
}

#[test]
fn an_add_on_that_is_bought_before_an_upgrade_fits_the_target_too() {
    let offering = catalogue(
        br#"{"ProductTypes":[{"ID":"t","ProductsCollection":{
            "Products":[{"ID":"a","RelatedProducts":[{"ProductID":"b","Relation":5}]},
                        {"ID":"b","RelatedProducts":[{"ProductID":"c","Relation":5}]},{"ID":"c"}],
            "Addons":[{"ID":"only-a","Products":["a"]},{"ID":"only-b","Products":["b"]},{"ID":"stays","Products":["b","c"]}]}}]}"#,
    );
    let text = "title: T\nproduct: { with: [addon, upgrade] }\nsteps:\n  - buy: {}\n  - buy_addon: {}\n";
    let plan = plan_of(&offering, text);
    assert_eq!(chosen(&plan).0, "b");
    let mut bss = plan.bss(&profile(), &plan.scenarios[0]);
    let mut known = variables(&profile(), &plan.scenarios[0], &bss, plan.seed).unwrap();
    let steps = &plan.scenarios[0].scenario.steps;
    let Doing::Action(buy) = doing(&profile(), &plan.scenarios[0], &steps[0], &bss, &mut known).unwrap() else {
        panic!()
    };
    bss.begin(*buy, crate::bss::By::Bss, 0).unwrap();
    let Doing::Action(order) = doing(&profile(), &plan.scenarios[0], &steps[1], &bss, &mut known).unwrap() else {
        panic!()
    };
    let crate::bss::Action::BuyAddons { addons, .. } = *order else { panic!() };
    assert_eq!(addons[0].product_id, "stays");
}

#[test]
fn a_declared_feature_is_not_questioned_and_a_denied_one_not_used() {
    let mut profile = profile();
    profile.features.insert("upgrade".into(), false);
    let text = "title: T\nneeds: [upgrade]\nproduct: { with: [upgrade] }\nsteps:\n  - buy: {}\n";
    let plan = make(&profile, &sdk(), &[scenario(text)], Seed(Uuid::nil()));
    assert_eq!(plan.not_applicable[0].1, "the profile declares `upgrade: false`");
}

#[test]
fn preferred_products_come_first() {
    let mut profile = profile();
    profile.products = vec!["VendorXEnterprise".into()];
    let plan = make(&profile, &sdk(), &[scenario("title: T\nsteps:\n  - buy: {}\n")], Seed(Uuid::nil()));
    assert_eq!(chosen(&plan).0, "VendorXEnterprise");
}

#[test]
fn customers_are_the_same_for_a_seed_and_differ_between_scenarios() {
    let profile = profile();
    let made = |seed: u8, key: &str, taken: &mut HashSet<i64>| {
        let seed = Seed(Uuid::from_bytes([seed; 16]));
        customer(&profile, seed, number(seed, key, taken), key)
    };
    let one = made(1, "a/b", &mut HashSet::new());
    let mut taken = HashSet::new();
    let other = made(1, "a/c", &mut taken);
    assert_eq!(one, made(1, "a/b", &mut taken), "whatever else is played");
    assert!(one.id != other.id && one.name != other.name && one.email != other.email);
    assert_ne!(made(1, "a/b", &mut taken).id, one.id, "taken is taken");
    assert_ne!(made(2, "a/b", &mut HashSet::new()).id, one.id);
    for seed in 0..=255 {
        let customer = made(seed, "z/z", &mut HashSet::new());
        assert!(
            customer.id.parse::<i32>().is_ok() && customer.contact_id.parse::<i32>().is_ok(),
            "platform ids fit 32 bits"
        );
    }
}

#[test]
fn a_step_expands_to_the_calls_that_the_platform_makes() {
    let text = "title: T\nsteps:\n  - buy: {}\n  - change_quantity: 2\n    prechecks: 2\n    flaws: [{ credentials: none }]\n    expect: denied\n  - cancel: {}\n    by: storefront\n    expect: waiting\n  - cancel: {}\n";
    let plan = plan_of(&sdk(), text);
    let steps = expand(&profile(), &plan, &plan.scenarios[0]);
    let drawn: Vec<_> = steps
        .iter()
        .map(|step| {
            let calls = step.calls.iter().map(|call| {
                let mark = if call.check_only { "?" } else { "" };
                format!("{}{mark}{}", call.path, call.flaw.as_ref().map(|f| format!("!{f}")).unwrap_or_default())
            });
            format!("{}: {}", step.id, calls.collect::<Vec<_>>().join(" "))
        })
        .collect();
    assert_eq!(
        drawn,
        [
            "buy: Accounts/Exists Accounts/Synchronize Subscriptions/Create? Subscriptions/Create",
            "change_quantity: Subscriptions/Update? Subscriptions/Update? Subscriptions/Update!none Subscriptions/Update",
            "cancel: ",
            "cancel-2: Subscriptions/Cancel? Subscriptions/Cancel",
        ]
    );
    assert!(steps[2].note.as_ref().unwrap().contains("waits"));
    let bought = plan.purchases(&profile());
    assert_eq!((bought.customers, bought.subscriptions, bought.seats), (1, 1, 5));
}

fn known(offering: &Offering, profile: &Profile, text: &str) -> expression::Variables {
    let plan = make(profile, offering, &[scenario(text)], Seed(Uuid::nil()));
    let planned = plan.scenarios.first().unwrap_or_else(|| panic!("{:?}", plan.not_applicable));
    variables(profile, planned, &plan.bss(profile, planned), plan.seed).unwrap()
}

#[test]
fn scenarios_can_speak_of_the_target_s_own_attributes_options_and_settings() {
    let mut offering = catalogue(
        br#"{"ProductTypes":[
            {"ID":"t","AttributeList":[{"ID":"size","Kind":"Numeric"},{"ID":"on","Kind":"Boolean","Usage":"OrderCharacteristic"},
                {"ID":"odd","Kind":"Numeric"},{"ID":"where","Kind":"PredefinedChooseOne","Usage":1,"IsRequired":true,
                 "PredefinedValues":[{"ID":"1","Code":"EU"},{"ID":"2","Code":"US"}]}],
             "ProductsCollection":{"Products":[{"ID":"plain","RelatedProducts":[{"ProductID":"rich","Relation":5}]},
                {"ID":"rich","UnitBillingCycles":[3,1],"Attributes":[{"ID":"odd","Values":["many"]},{"ID":"size","Values":["2.50"]},{"ID":"on","Values":[true]}]}],
              "Addons":[{"ID":"archive","Products":["plain"]},{"ID":"backup","Products":["rich"]},
                {"ID":"more","Products":["rich"],"Attributes":[{"ID":"on","Values":[false]}]},
                {"ID":"extra","Products":["rich"],"Attributes":[{"ID":"on","Values":["1"]},{"ID":"size","Values":["10"]}]}]}},
            {"ID":"u","ProductsCollection":{"Products":[{"ID":"metered","ChargeType":1},{"ID":"other"}]}}]}"#,
    );
    let options =
        br#"{"Fields":[{"ID":"fixed","Definition":{"IsRequired":true,"IsReadOnly":true}},{"ID":"any","Definition":{}},
        {"ID":"vat","Definition":{"IsRequired":true}}]}"#;
    offering.sync_options = Arc::new(crate::contract::sync_options::read(&parse(options).unwrap()));
    let mut profile = profile();
    profile.settings.insert("FieldUsername".into(), "demo".into());

    let text = "title: T\nneeds: [other_type, required_sync_option, settings]\nproduct: { with: [numeric_attribute, boolean_attribute, order_attribute] }\nsteps:\n  - buy: {}\n";
    let variables = known(&offering, &profile, text);
    let value = |name: &str| variables[name].to_compact();
    assert_eq!((value("upgrade_product"), value("addon_product")), ("null".into(), r#""backup""#.into()));
    assert_eq!((value("numeric_attribute"), value("numeric_value")), (r#""size""#.into(), "2.50".into()));
    assert_eq!((value("boolean_attribute"), value("switching_addon")), (r#""on""#.into(), r#""more""#.into()));
    assert_eq!((value("option_addon"), value("option_addon_attribute")), (r#""extra""#.into(), r#""on""#.into()));
    assert_eq!((value("amount_addon"), value("amount_addon_attribute")), (r#""extra""#.into(), r#""size""#.into()));
    assert_eq!((value("order_attribute"), value("order_value")), (r#""on""#.into(), r#""false""#.into()));
    assert_eq!((value("shortest_cycle"), value("longest_cycle")), ("12".into(), "36".into()));
    assert_eq!(value("other_type_product"), r#""other""#);
    assert_eq!(value("other_type"), r#""u""#);
    assert_eq!(value("required_sync_option"), r#""vat""#);
    assert_eq!(value("setting_ids"), r#"["FieldUsername"]"#);

    let variables = known(&offering, &profile, "title: T\nproduct: plain\nsteps:\n  - buy: {}\n");
    assert_eq!(variables["numeric_attribute"], Json::Null);
    assert_eq!(variables["longest_cycle"], Json::from(1));
    assert_eq!(variables["upgrade_product"].as_str(), Some("rich"));
    assert_eq!((variables["order_attribute"].as_str(), variables["order_value"].as_str()), (Some("where"), Some("2")));
    assert!(variables["switching_addon"].is_null() && variables["option_addon"].is_null());
    let variables = known(&offering, &profile, "title: T\nproduct: other\nsteps:\n  - buy: {}\n");
    assert_eq!(variables["other_type_product"].as_str(), Some("plain"));
    let variables = known(&offering, &profile, "title: T\nsteps:\n  - read_catalog: {}\n");
    assert!(variables["other_type_product"].is_null() && variables["boolean_attribute"].is_null());
}

#[test]
fn what_a_target_or_a_dialect_lacks_makes_a_scenario_not_applicable() {
    let bare_reason = |need: &str, profile: &Profile| {
        let text = format!("title: T\nneeds: [{need}]\nsteps:\n  - buy: {{}}\n");
        make(profile, &bare(), &[scenario(&text)], Seed(Uuid::nil())).not_applicable.first().map(|(_, r)| r.clone())
    };
    let mut profile = profile();
    for (need, reason) in [
        ("required_sync_option", "Accounts/SyncOptions announces no required option"),
        ("other_type", "the catalogue sells one product type only"),
        ("settings", "the profile has no `settings`"),
    ] {
        assert_eq!(bare_reason(need, &profile).as_deref(), Some(reason));
    }
    assert_eq!(bare_reason("subscription_id", &profile), None);
    assert_eq!(bare_reason("model_1_2", &profile), None);
    profile.dialect = crate::contract::Dialect::named("sdk-1.0").unwrap();
    assert!(bare_reason("subscription_id", &profile).unwrap().contains("omits SubscriptionID"));
    assert!(bare_reason("model_1_2", &profile).unwrap().contains("1.0 only"));
    let plan = plan_of(&bare(), "title: T\nproduct: { with: [boolean_attribute] }\nsteps:\n  - buy: {}\n");
    assert_eq!(
        plan.not_applicable[0].1,
        "the catalogue has no product that fits: it is bought with a boolean attribute"
    );
}

#[test]
fn the_same_add_on_can_be_asked_for_once_more() {
    let text = "title: T\nproduct: { with: [two_addons] }\nsteps:\n  - buy: {}\n  - buy_addon: { as: one }\n  - buy_addon:\n      - { as: again, addon: same }\n      - { as: other }\n      - { as: third, addon: same }\n";
    let plan = plan_of(&sdk(), text);
    let planned = &plan.scenarios[0];
    let mut bss = plan.bss(&profile(), planned);
    let mut known = variables(&profile(), planned, &bss, plan.seed).unwrap();
    for step in &planned.scenario.steps {
        let Doing::Action(action) = doing(&profile(), planned, step, &bss, &mut known).unwrap() else { panic!() };
        let mut conversation = bss.begin(*action, crate::bss::By::Bss, 0).unwrap();
        let answer = crate::contract::Answer {
            status: 200,
            media_type: "application/json".into(),
            body: Some(parse(br#"{"Code":0,"Message":"","Result":"X"}"#).unwrap()),
        };
        while conversation.next_call(&bss).is_some() {
            conversation.answered(&mut bss, crate::bss::Received::Answer(&answer));
        }
    }
    let addons = &bss.subscriptions()[0].addons;
    let same = |a: usize, b: usize| addons[a].product_id == addons[b].product_id;
    assert_eq!(addons.len(), 4);
    assert!(same(0, 1) && !same(1, 2) && same(2, 3), "{addons:?}");

    let first =
        plan_of(&sdk(), "title: T\nproduct: { with: [addon] }\nsteps:\n  - buy: {}\n  - buy_addon: { addon: same }\n");
    let steps = expand(&profile(), &first, &first.scenarios[0]);
    assert_eq!(steps[1].note.as_deref(), Some("no add-on has been bought that could be bought again"));
}

#[test]
fn what_is_sold_by_the_year_is_ordered_by_the_year() {
    let offering = catalogue(
        br#"{"ProductTypes":[{"ID":"t","ProductsCollection":{"Products":[{"ID":"yearly","UnitBillingCycles":["ThreeYears","Annually"]}]}}]}"#,
    );
    for (billing, duration) in [("", Some("12")), ("billing: { unit: day }", Some("12")), ("billing: none", None)] {
        let plan = plan_of(&offering, &format!("title: T\nsteps:\n  - buy: {{ {billing} }}\n"));
        let planned = &plan.scenarios[0];
        let bss = plan.bss(&profile(), planned);
        let mut known = variables(&profile(), planned, &bss, plan.seed).unwrap();
        let what = doing(&profile(), planned, &planned.scenario.steps[0], &bss, &mut known).unwrap();
        let Doing::Action(action) = what else { panic!() };
        let crate::bss::Action::Buy(purchase) = *action else { panic!() };
        assert_eq!(purchase.billing_cycle.map(|cycle| cycle.duration).as_deref(), duration, "{billing}");
    }
}
