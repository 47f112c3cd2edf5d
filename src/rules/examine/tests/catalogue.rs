use super::*;
use Endpoint::{FieldsGet, ServiceDefinition, SyncOptions};

const REFERENCE: &str = include_str!("../../../reference/catalogue.json");
const VENDOR: &str = include_str!("../../../../tests/support/samples/Fields-ServiceDefinition.json");
const RULES: [u16; 9] = [27, 28, 29, 30, 31, 32, 33, 34, 36];

#[test]
fn real_catalogues_keep_every_rule() {
    for body in [REFERENCE, VENDOR] {
        for rule in RULES.into_iter().chain([35]) {
            let said = of(ServiceDefinition, rule, body);
            assert!(said.is_empty() || said == ["kept"], "R-{rule}: {said:?}");
        }
    }
    for rule in RULES {
        assert_eq!(of(ServiceDefinition, rule, REFERENCE), ["kept"], "R-{rule}");
        assert!(of(FieldsGet, rule, REFERENCE).is_empty());
    }
}

#[test]
fn a_catalogue_may_be_as_small_as_one_type() {
    for body in [
        r#"{"ProductTypes":[{"ID":"a","Name":"A"}]}"#,
        r#"{"productTypes":[{"id":7,"name":"A","attributeList":null,"productsCollection":{"products":null}}]}"#,
    ] {
        for rule in RULES {
            let said = of(ServiceDefinition, rule, body);
            assert!(said.is_empty() || said == ["kept"], "R-{rule} {body}: {said:?}");
        }
    }
    for (body, at) in [
        ("[]", "$.ProductTypes"),
        (r#"{"ProductTypes":null}"#, "$.ProductTypes"),
        (r#"{"ProductTypes":[]}"#, "$.ProductTypes"),
        (r#"{"ProductTypes":[{"ID":"a","Name":"A"},{"ID":"","Name":"B"}]}"#, "$.ProductTypes[1].ID"),
        (r#"{"ProductTypes":[{"ID":"a"}]}"#, "$.ProductTypes[0].Name"),
        (
            r#"{"ProductTypes":[{"ID":"a","Name":"A","ProductsCollection":{"Products":{"1":{"ID":"P"}}}}]}"#,
            "$.ProductTypes[0].ProductsCollection.Products",
        ),
        (r#"{"ProductTypes":[{"ID":"a","Name":"A","AttributeList":""}]}"#, "$.ProductTypes[0].AttributeList"),
        (
            r#"{"ProductTypes":[{"ID":"a","Name":"A","ProductsCollection":{"Addons":[{"ID":"X","Attributes":{}}]}}]}"#,
            "$.ProductTypes[0].ProductsCollection.Addons[0].Attributes",
        ),
    ] {
        assert_eq!(of(ServiceDefinition, 27, body), [at], "{body}");
    }
    assert!(of(ServiceDefinition, 27, r#"{"Code":-1,"Message":"no"}"#).is_empty());
}

#[test]
fn product_types_are_the_same_at_every_read() {
    let types = |ids: &[&str]| {
        let types: Vec<_> = ids.iter().map(|id| format!(r#"{{"ID":"{id}","Name":"N"}}"#)).collect();
        format!(r#"{{"ProductTypes":[{}]}}"#, types.join(","))
    };
    let twice = |one: &[&str], other: &[&str]| {
        let story = Story::new().asks(ServiceDefinition, "", &types(one)).step(Expectation::Accepted);
        story.asks(ServiceDefinition, "", &types(other)).said(28)
    };
    assert_eq!(twice(&["a", "b"], &["b", "a"]), ["kept", "kept"]);
    assert_eq!(twice(&["a", "b"], &["a", "c"]), ["kept", "$.ProductTypes"]);
    assert_eq!(twice(&["a"], &["a", "b"]), ["kept", "$.ProductTypes"]);
    assert_eq!(of(ServiceDefinition, 28, &types(&["a", "b", "a"])), ["$.ProductTypes"]);
}

/// A type that defines a number and a list, and sells one product with these members more.
fn sells(product: &str, addons: &str) -> String {
    format!(
        r#"{{"ProductTypes":[{{"ID":"t","Name":"T","AttributeList":[
            {{"ID":"storage","Usage":0,"Kind":"Numeric"}},
            {{"ID":"plan","Usage":"OrderCharacteristic","Kind":4,"PredefinedValues":[{{"ID":"std","Code":"ST"}},{{"ID":"pro"}}]}},
            {{"ID":"many","Usage":0,"Kind":5,"PredefinedValues":[{{"ID":"a"}},{{"ID":"b"}}]}}],
            "ProductsCollection":{{"Products":[{{"ID":"p",{product}}},{{"ID":"q"}}],"Addons":[{addons}]}}}},
            {{"ID":"u","Name":"U","ProductsCollection":{{"Products":[{{"ID":"r"}}]}}}}]}}"#
    )
}

fn product(rule: u16, members: &str) -> Vec<String> {
    of(ServiceDefinition, rule, &sells(members, ""))
}

const PRODUCT: &str = "$.ProductTypes[0].ProductsCollection.Products[0]";

#[test]
fn what_a_product_uses_is_defined() {
    assert_eq!(product(29, r#""Attributes":[{"ID":"storage"},{"ID":"Plan"}]"#), ["kept"]);
    assert_eq!(product(29, r#""Attributes":[{"ID":"speed"}]"#), [format!("{PRODUCT}.Attributes[0].ID")]);
    let addon = sells(r#""Name":"P""#, r#"{"ID":"x","Products":["p"],"Attributes":[{"ID":"none"}]}"#);
    assert_eq!(of(ServiceDefinition, 29, &addon), ["$.ProductTypes[0].ProductsCollection.Addons[0].Attributes[0].ID"]);
    let values =
        |id: &str, values: &str| product(30, &format!(r#""Attributes":[{{"ID":"{id}","Values":[{values}]}}]"#));
    for (id, legal) in [("plan", "\"std\""), ("plan", "\"st\""), ("plan", "null, \"\", \"pro\""), ("many", "\"a;b\"")] {
        assert_eq!(values(id, legal), ["kept"], "{id} {legal}");
    }
    assert!(values("storage", "\"5\"").is_empty(), "no list");
    for (id, wrong) in [("plan", "\"gold\""), ("plan", "1"), ("plan", "\"std;pro\""), ("many", "\"a,c\"")] {
        assert_eq!(values(id, wrong), [format!("{PRODUCT}.Attributes[0].Values[0]")], "{id} {wrong}");
    }
}

#[test]
fn attributes_say_what_they_are() {
    let attribute = |rule, members: &str| {
        let body = format!(r#"{{"ProductTypes":[{{"ID":"t","Name":"T","AttributeList":[{{"ID":"a",{members}}}]}}]}}"#);
        of(ServiceDefinition, rule, &body)
    };
    const AT: &str = "$.ProductTypes[0].AttributeList[0]";
    assert_eq!(attribute(31, r#""usage":"ProductCharacteristic","kind":1"#), ["kept"]);
    assert_eq!(attribute(31, r#""Usage":0,"KindSpecified":false"#), [format!("{AT}.Kind")]);
    assert_eq!(attribute(31, r#""Usage":null,"Kind":"Text""#), [format!("{AT}.Usage")]);
    assert_eq!(attribute(36, r#""Kind":"Slider","LinkedToQuantity":true"#), ["kept"]);
    assert_eq!(attribute(36, r#""Kind":0,"LinkedToQuantity":false"#), ["kept"]);
    assert_eq!(attribute(36, r#""LinkedToQuantity":true"#), ["kept"], "R-31 says that the kind is missing");
    assert_eq!(attribute(36, r#""Kind":"Text","LinkedToQuantity":true"#), [format!("{AT}.LinkedToQuantity")]);
    let limit =
        |limit: &str| of(ServiceDefinition, 36, &format!(r#"{{"ProductTypes":[{{"QuantityLimit":{limit}}}]}}"#));
    assert_eq!(
        (limit("0"), limit("-1")),
        (vec!["kept".to_owned()], vec!["$.ProductTypes[0].QuantityLimit".to_owned()])
    );
}

#[test]
fn relations_lead_to_products_of_the_type() {
    let related = |id: &str, relation: &str| {
        product(32, &format!(r#""RelatedProducts":[{{"ProductID":"{id}","Relation":{relation}}}]"#))
    };
    assert_eq!(related("q", "5"), ["kept"]);
    assert_eq!(related("r", "\"MutuallyExcluded\""), ["kept"], "of another type");
    let at = [format!("{PRODUCT}.RelatedProducts[0].ProductID")];
    assert_eq!(related("r", "\"Upgrade\""), at);
    assert_eq!(related("z", "6"), at);
    let addon = |fits: &str| {
        of(ServiceDefinition, 32, &sells(r#""Name":"P""#, &format!(r#"{{"ID":"x","Products":[{fits}]}}"#)))
    };
    assert_eq!(addon("\"p\",\"Q\""), ["kept"]);
    assert_eq!(addon("\"p\",\"r\""), ["$.ProductTypes[0].ProductsCollection.Addons[0].Products[1]"]);
    let by_hand = r#"{"ProductTypes":[{"ID":"t","ProductsCollection":{"Addons":[{"ID":"x","Products":["p"]}]}}]}"#;
    assert!(of(ServiceDefinition, 32, by_hand).is_empty(), "the products are not in the catalogue");
}

#[test]
fn prices_and_trials_are_plausible() {
    let price = |currency: &str, unit: &str| {
        product(
            33,
            &format!(r#""UnitBillingCycles":[0,"Annually"],"Prices":[{{"Currency":{currency},"Units":[{unit}]}}]"#),
        )
    };
    for (currency, unit) in [
        ("\"EUR\"", r#"{"BillingCycle":0,"Price":3.95,"Cost":null}"#),
        ("\"usd\"", r#"{"BillingCycle":"annually","Price":0,"Cost":"2.5"}"#),
        ("\"XCG\"", r#"{"Price":125.455676948}"#),
    ] {
        assert_eq!(price(currency, unit), ["kept"], "{unit}");
    }
    let at = |tail: &str| [format!("{PRODUCT}.Prices[0].{tail}")];
    for currency in ["null", "\"€\"", "\"Euro\"", "\"ZZZ\"", "978"] {
        assert_eq!(price(currency, ""), at("Currency"), "{currency}");
    }
    assert_eq!(price("\"EUR\"", r#"{"BillingCycle":0,"Price":-1}"#), at("Units[0].Price"));
    assert_eq!(price("\"EUR\"", r#"{"BillingCycle":0,"Price":1,"Cost":"2,5"}"#), at("Units[0].Cost"));
    assert_eq!(price("\"EUR\"", r#"{"BillingCycle":2,"Price":1}"#), at("Units[0].BillingCycle"));
    assert_eq!(product(33, r#""Prices":[{"Currency":"EUR","Units":[{"BillingCycle":2,"Price":1}]}]"#), ["kept"]);

    assert_eq!(product(34, r#""TrialEnabled":true,"TrialDuration":30"#), ["kept"]);
    assert!(product(34, r#""TrialEnabled":false,"TrialDuration":0"#).is_empty());
    for duration in ["0", "-1", "null", "\"a month\""] {
        let members = format!(r#""TrialEnabled":true,"TrialDuration":{duration}"#);
        assert_eq!(product(34, &members), [format!("{PRODUCT}.TrialDuration")], "{duration}");
    }
}

#[test]
fn enumerations_are_in_range_as_number_or_name() {
    let scope = |value: &str| {
        of(
            ServiceDefinition,
            35,
            &format!(r#"{{"ProductTypes":[{{"ID":"t","scope":{value},"Restrictions":[0,"AddOn"]}}]}}"#),
        )
    };
    for value in ["0", "\"Both\"", "\"customer\"", "null", "\"1\""] {
        assert_eq!(scope(value), ["kept"], "{value}");
    }
    for value in ["3", "-1", "\"Everyone\"", "true", "1.5"] {
        assert_eq!(scope(value), ["$.ProductTypes[0].scope"], "{value}");
    }
    assert_eq!(product(35, r#""UnitBillingCycles":[0,9]"#), [format!("{PRODUCT}.UnitBillingCycles[1]")]);
    let kind =
        |value: &str| of(FieldsGet, 35, &format!(r#"{{"Fields":[{{"ID":"a","Definition":{{"Kind":{value}}}}}]}}"#));
    for value in ["11", "\"Text\"", "12", "\"TermsOfUse\"", "\"file\""] {
        assert_eq!(kind(value), ["kept"], "{value}");
    }
    assert_eq!((kind("99"), kind("\"Txt\"")), (vec!["$.Fields[0].Definition.Kind".to_owned()], kind("99")));
    let option = r#"{"Fields":[{"ID":"a","Definition":{"Kind":"Listt","DataType":"Text"}}]}"#;
    assert_eq!(of(SyncOptions, 35, option), ["$.Fields[0].Definition.Kind"]);
    assert!(of(ServiceDefinition, 35, r#"{"ProductTypes":[{"ID":"t"}]}"#).is_empty());
}
