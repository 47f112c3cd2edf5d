//! Settings, catalogue, sync options and discovery.

use std::collections::HashSet;

use super::*;

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("{name} of {value}"))
}

fn ids(values: &[Value]) -> HashSet<&str> {
    let ids: HashSet<&str> = values.iter().map(|value| value["ID"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), values.len(), "ids are unique");
    ids
}

#[test]
fn the_secret_field_is_a_password() {
    let fields = reference().get("Fields/Get");
    let kinds: Vec<(&str, i64)> = list(&fields, "Fields")
        .iter()
        .map(|field| {
            assert_eq!(field["ID"], field["Definition"]["ID"]);
            (field["ID"].as_str().unwrap(), field["Definition"]["Kind"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(kinds, [("FieldUsername", 0), ("FieldPassword", 1)]);
}

#[test]
fn validation_explains_and_never_echoes() {
    let reference = reference();
    let validate = |fields: Value| reference.post("Fields/Validate", &json!({ "Fields": fields }));
    let field = |id: &str, value: Value| json!({"ID": id, "Value": value, "Definition": null});
    let name = field("FieldUsername", json!(USERNAME));
    assert_eq!(validate(json!([name, field("FieldPassword", json!(PASSWORD))])), json!([]));
    assert_eq!(validate(json!(null)).as_array().unwrap().len(), 2);
    for bad in [
        json!([name]),
        json!([name, field("FieldPassword", json!("  "))]),
        json!([name, field("FieldPassword", json!(null))]),
        json!([name, field("FieldPassword", json!({"a": 1}))]),
        json!([name, field("FieldPassword", json!("hunter2"))]),
        json!([name, field("FieldPassword", json!(PASSWORD.to_uppercase()))]),
        json!([field("FieldUsername", json!("hunter2")), field("FieldPassword", json!(PASSWORD))]),
    ] {
        let messages = validate(bad);
        assert_eq!(messages.as_array().unwrap().len(), 1);
        assert!(!messages.to_string().contains("hunter2"));
    }
}

#[test]
fn wrong_or_absent_settings_are_a_business_error() {
    let reference = reference();
    for (name, value) in
        [("fieldusername", "nobody"), ("fieldpassword", "wrong"), ("fieldpassword", ""), ("fieldusername", "")]
    {
        for path in ["Accounts/Synchronize", "Accounts/Exists", "Accounts/Delete", "Subscriptions/Create"] {
            let mut request = request(Method::POST, path, account("13").to_string().as_bytes());
            set(&mut request, &format!("x-cloudplatform-setting-{name}"), value);
            assert_eq!(parsed(&reference.0.handle(&request))["Code"], -1000);
            request.headers.remove(format!("x-cloudplatform-setting-{name}"));
            assert_eq!(parsed(&reference.0.handle(&request))["Code"], -1000);
        }
    }
    assert_eq!(reference.probe("")["accounts"], json!([]));
}

#[test]
fn the_catalogue_is_served_as_written() {
    let answer = reference().0.handle(&request(Method::GET, "Fields/ServiceDefinition", b""));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(text.contains("125.455676948") && text.contains("12.50"));
}

#[test]
fn the_catalogue_is_coherent() {
    let catalogue = reference().get("Fields/ServiceDefinition");
    ids(list(&catalogue, "ProductTypes"));
    for product_type in list(&catalogue, "ProductTypes") {
        let attributes = list(product_type, "AttributeList");
        let known = ids(attributes);
        for attribute in attributes {
            assert_eq!((&attribute["UsageSpecified"], &attribute["KindSpecified"]), (&json!(true), &json!(true)));
            assert!(attribute["LinkedToQuantity"] == false || attribute["Kind"] == "Numeric");
        }
        let collection = &product_type["ProductsCollection"];
        let products = ids(list(collection, "Products"));
        let addons = ids(list(collection, "Addons"));
        assert!(products.is_disjoint(&addons));
        for sold in list(collection, "Products").iter().chain(list(collection, "Addons")) {
            for value in list(sold, "Attributes") {
                assert!(known.contains(value["ID"].as_str().unwrap()));
                let definition = attributes.iter().find(|a| a["ID"] == value["ID"]).unwrap();
                let entries = list(definition, "PredefinedValues");
                assert!(entries.is_empty() || entries.iter().any(|entry| entry["ID"] == value["Values"][0]));
            }
            for price in list(sold, "Prices") {
                for unit in list(price, "Units") {
                    assert!(list(sold, "UnitBillingCycles").contains(&unit["BillingCycle"]));
                    assert!(unit["Price"].as_f64() > unit["Cost"].as_f64());
                }
            }
        }
        for product in list(collection, "Products") {
            assert_eq!(product["TrialEnabled"], product["TrialDuration"].as_i64() > Some(0));
            for related in list(product, "RelatedProducts") {
                assert!(products.contains(related["ProductID"].as_str().unwrap()));
            }
        }
        for addon in list(collection, "Addons") {
            assert!(list(addon, "Products").iter().all(|id| products.contains(id.as_str().unwrap())));
        }
    }
}

#[test]
fn sync_options_have_the_username_that_the_platform_fills() {
    let options = reference().get("Accounts/SyncOptions");
    let username = &list(&options, "Fields")[0];
    assert_eq!((&username["ID"], &username["Definition"]["ID"]), (&json!("username"), &json!("username")));
    assert_eq!(username["Definition"]["Kind"], "SimpleValue");
    assert_eq!(username["Definition"]["DataType"], "Text");
    assert_eq!(username["Definition"]["IsRequired"], true);
    let region = &list(&options, "Fields")[1]["Definition"];
    assert_eq!((&region["Kind"], &region["IsRequired"]), (&json!("List"), &json!(false)));
    assert!(!list(region, "PredefinedValues").is_empty());
}

#[test]
fn discovery_is_open_and_announces_what_is_there() {
    let reference = reference();
    let mut anonymous = request(Method::GET, "", b"");
    anonymous.headers.clear();
    let document = parsed(&reference.0.handle(&anonymous));
    assert_eq!(document["BaseUrl"], "http://localhost/api/Reference");
    let mut found = 0;
    for section in list(&document, "ManagementSections") {
        assert!(section["$type"].is_string());
        for url in section["Urls"].as_object().unwrap().values() {
            let path = url["Url"].as_str().unwrap();
            let answered =
                [Method::GET, Method::POST].map(|method| reference.0.handle(&request(method, path, b"{}")).status);
            assert!(answered.contains(&200), "{path}");
            found += 1;
        }
    }
    assert_eq!(found, 17);
    anonymous.query = format!("appId={APPLICATION_ID}");
    assert_eq!(reference.0.handle(&anonymous).status, 404);
    assert_eq!(reference.get("Fields/AdditionalInfo"), json!({}));
}

#[test]
fn the_probe_wants_credentials_from_afar() {
    let mut far = request(Method::GET, "", b"");
    far.path = "/probe".to_owned();
    far.local = false;
    assert_eq!(reference().0.handle(&far).status, 200);
    far.headers.clear();
    assert_eq!(reference().0.handle(&far).status, 401);
}
