use super::*;
use crate::{contract::Expectation, diagnostic::Diagnostics, json};
use std::path::Path;

fn library() -> impl Fn(&str) -> Result<(), String> {
    |rule| if rule.starts_with("R-") { Ok(()) } else { Err("rules are written R-nn".to_owned()) }
}

fn file(text: &str) -> ScenarioFile {
    let source = Source { path: "mine/grow.yaml".into(), text: text.into() };
    ScenarioFile { key: "mine/grow".into(), source: Arc::new(source), folder: Some("/nowhere".into()) }
}

fn read(text: &str) -> (Vec<Scenario>, Diagnostics) {
    let rule = library();
    let loaded = load(&[file(text)], &Library { rule: &rule });
    (loaded.scenarios, loaded.diagnostics)
}

fn one(text: &str) -> Scenario {
    let (mut scenarios, diagnostics) = read(text);
    assert_eq!(diagnostics.render(false), "");
    scenarios.remove(0)
}

#[test]
fn the_example_of_the_documentation_is_read() {
    let scenario = one(
        "title: Grow, extend, upgrade and cancel a subscription\nneeds: [addons, upgrade]\nproduct: { with: [addon, upgrade] }\nsteps:\n  - buy: { quantity: ${seats} }\n  - buy_addon: { quantity: 2 }\n  - change_quantity: ${seats + 3}\n  - change_addon: { quantity: 3 }\n    by: storefront\n  - upgrade: {}\n  - cancel_addon: {}\n  - cancel: {}\n  - change_quantity: ${seats}\n    expect: refused\n    proves: [R-76]\n",
    );
    assert_eq!(scenario.needs, [Feature::Addons, Feature::Upgrade]);
    assert_eq!(scenario.product.with, [Trait::Addon, Trait::Upgrade]);
    let ids: Vec<_> = scenario.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "buy",
            "buy_addon",
            "change_quantity",
            "change_addon",
            "upgrade",
            "cancel_addon",
            "cancel",
            "change_quantity-2"
        ]
    );
    assert_eq!(scenario.steps[2].args.to_compact(), r#"{"quantity":"${seats + 3}"}"#);
    assert_eq!(scenario.steps[3].by, "storefront");
    let last = &scenario.steps[7];
    assert_eq!(
        (last.expect.clone(), last.control.as_deref(), last.line),
        (Expectation::Refused, Some("change_quantity"), 13)
    );
}

#[test]
fn what_a_step_puts_leaves_out_and_says_in_headers_is_read() {
    let scenario = one(
        "title: T\nsteps:\n  - buy: {}\n    set: { $.Addons: null, \"$.AttributeList['${numeric_attribute}'].Value\": x }\n    unset: [$.Account.Address]\n    headers: { X-One: 1, X-Two: null }\n    flaws:\n      - set: { $.Quantity: 0 }\n        unset: [$.ID]\n      - { name: mine, unset: [$.ID] }\n    expect: refused\n",
    );
    let step = &scenario.steps[0];
    let set: Vec<_> = step.set.iter().map(|(place, value)| format!("{place}={value}")).collect();
    assert_eq!(set, ["$.Addons=null", "$.AttributeList['${numeric_attribute}'].Value=\"x\""]);
    assert_eq!(step.unset[0].to_string(), "$.Account.Address");
    assert_eq!(step.headers, [("X-One".into(), Some("1".into())), ("X-Two".into(), None)]);
    let names: Vec<_> = step.flaws.iter().map(|flaw| flaw.name.as_str()).collect();
    assert_eq!(names, ["$.Quantity = 0, without $.ID", "mine"]);
}

#[test]
fn a_matrix_makes_a_scenario_per_row() {
    let (scenarios, diagnostics) = read(
        "title: T\nvars: { name: plain }\nmatrix:\n  - { name: \"Ünïcode 😀\" }\n  - { row: long, name: xxx }\nsteps:\n  - buy: { name: \"${name}\" }\n",
    );
    assert_eq!(diagnostics.render(false), "");
    let keys: Vec<_> = scenarios.iter().map(|s| s.key.as_str()).collect();
    assert_eq!(keys, ["mine/grow.ünïcode", "mine/grow.long"]);
    assert!(scenarios[1].variables.contains(&("name".into(), json::Json::text("xxx"))));
}

#[test]
fn fragments_are_steps_with_values_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("fragments")).unwrap();
    std::fs::write(
        folder.path().join("fragments/bought.yaml"),
        "vars: { quantity: 2, label: x }\nsteps:\n  - buy: { quantity: ${quantity}, name: \"n ${label}\" }\n    capture: { sub: $.Result }\n",
    )
    .unwrap();
    let path = folder.path().join("grow.yaml");
    std::fs::write(&path, "title: T\nsteps:\n  - use: fragments/bought.yaml\n    with: { quantity: 7 }\n  - call: { endpoint: Accounts/Exists, body: { ID: \"${sub}\" } }\n").unwrap();
    let rule = library();
    let files = collect(folder.path()).unwrap();
    assert_eq!(files.len(), 1, "fragments are no scenarios");
    let loaded = load(&files, &Library { rule: &rule });
    assert_eq!(loaded.diagnostics.render(false), "");
    let scenario = &loaded.scenarios[0];
    assert_eq!(scenario.steps[0].args.to_compact(), r#"{"quantity":"${quantity}","name":"n ${label}"}"#);
    let scope: Vec<_> = scenario.steps[0].scope.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(scope, ["quantity=7", "label=\"x\""]);
    assert!(scenario.steps[1].scope.is_empty());
    let folder_name = folder.path().file_name().unwrap().to_string_lossy();
    assert_eq!(scenario.key, format!("{folder_name}/grow"), "a file at the top belongs to the folder's area");
    assert_eq!(collect(&path).unwrap()[0].key, scenario.key, "the key does not depend on how the file was named");
}

/// Messages that need files of their own, so they stand here instead of among the goldens.
#[test]
fn mistakes_about_fragments_are_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("fragments")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("fragments/bought.yaml", "vars: { quantity: 2 }\nsteps:\n  - buy: { quantity: ${quantity} }\n");
    write("fragments/endless.yaml", "steps:\n  - use: endless.yaml\n");
    let messages = |text: &str| {
        write("one.yaml", text);
        let rule = library();
        let loaded = load(&collect(&folder.path().join("one.yaml")).unwrap(), &Library { rule: &rule });
        let told = |d: &crate::diagnostic::Diagnostic| format!("{} | {}", d.message, d.help.as_deref().unwrap_or("-"));
        loaded.diagnostics.0.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(
        messages("title: T\nsteps:\n  - use: fragments/bought.yaml\n    with: { quantty: 1 }\n"),
        ["the fragment has no variable `quantty` | did you mean `quantity`?"]
    );
    assert_eq!(
        messages("title: T\nsteps:\n  - use: fragments/endless.yaml\n"),
        ["fragments are nested too deeply | -"]
    );
}

/// Each folder of `tests/golden/diagnostics` is one message: what is wrong, and what is said about it.
#[test]
fn every_message_has_a_golden() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/diagnostics/scenario");
    let mut checked = 0;
    let mut wrong = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries.into_iter().filter(|path| path.extension().is_some_and(|e| e == "yaml")) {
        let (_, diagnostics) = read(&std::fs::read_to_string(&path).unwrap());
        let golden = path.with_extension("txt");
        let said = diagnostics.render(false) + "\n";
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &said).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default().replace("\r\n", "\n");
        if said != expected {
            wrong.push(format!("{}:\n{said}", path.display()));
        }
        checked += 1;
    }
    assert!(checked >= 20, "{checked} messages");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_built_in_suite_has_no_mistakes_and_fits_the_schema() {
    let rule = |text: &str| crate::rules::by_key(text).map(drop).ok_or_else(|| "unknown".to_owned());
    let files = builtin_files();
    let loaded = load(&files, &Library { rule: &rule });
    assert_eq!(loaded.diagnostics.render(false), "");
    let schema = grammar::json_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for file in &files {
        let tree = crate::yaml::parse(&file.source).unwrap().to_json().to_serde();
        let errors: Vec<_> =
            validator.iter_errors(&tree).map(|error| format!("{} at {}", error, error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", file.source.path);
    }
}

#[test]
fn expressions_keep_types_and_digits() {
    use expression::{Variables, resolve};
    let mut variables = Variables::new();
    variables.insert("seats".into(), json::Json::from(5));
    variables.insert("price".into(), json::parse(b"125.4556769480000000000001").unwrap());
    variables.insert("customer".into(), json::parse(br#"{"name":"Acme"}"#).unwrap());
    let value =
        |text: &str| resolve(&json::Json::text(text), &variables).map(|v| v.to_compact()).map_err(|e| e.to_string());
    assert_eq!(value("${seats}").unwrap(), "5");
    assert_eq!(value("${ seats * 2 - 1 }").unwrap(), "9");
    assert_eq!(value("${price}").unwrap(), "125.4556769480000000000001");
    assert_eq!(value("for ${customer.name}, ${seats}").unwrap(), "\"for Acme, 5\"");
    assert_eq!(value("${'}' ~ seats}").unwrap(), "\"}5\"");
    assert_eq!(value("${none}").unwrap(), "null");
    assert_eq!(value("${seatz}").unwrap_err(), "`${seatz}`: `seatz` is not defined; did you mean `seats`?");
    assert!(value("${1 +}").unwrap_err().contains("unexpected"));
    assert!(value("${open").unwrap_err().contains("`}` is missing"));
}

#[test]
fn an_expression_cannot_fill_the_memory() {
    use expression::{Variables, names, resolve_text};
    let mut variables = Variables::new();
    let value = json::parse(br#"{"name":"Acme","seats":5,"list":[["x"]]}"#).unwrap();
    variables.insert("customer".into(), value.clone());
    variables.insert("list".into(), value.member("list").unwrap().clone());
    let reason = |text: &str| resolve_text(text, &variables).unwrap_err().reason;
    for bomb in [
        "'a' * 99999999",
        "[1] * 99999999 == 1",
        "\"\" ~ [['a' * 9999999] * 9999]",
        "(1, 2) * 99999999",
        "2 ** ('a' * 9)",
    ] {
        assert!(reason(&format!("${{{bomb}}}")).starts_with("only numbers can be multiplied"), "{bomb}");
        assert!(names(&format!("${{{bomb}}}")).is_err(), "{bomb}: not seen before the run");
    }
    for bomb in ["customer.name * 9", "9 * list", "customer * 2", "(customer.name if true else 1) * 9"] {
        assert!(reason(&format!("${{{bomb}}}")).starts_with("only numbers can be multiplied"), "{bomb}");
    }
    // Both of them would ask for more memory than there is.
    for unknown in ["'a'|indent(18446744073709551615)", "range(99999999)", "'%999999999d'|format(1)"] {
        assert!(resolve_text(&format!("${{{unknown}}}"), &variables).is_err(), "{unknown}");
    }
    let value = |text: &str| resolve_text(text, &variables).unwrap().to_compact();
    assert_eq!(value("${customer.seats * 2 ** 3}"), "40");
    assert_eq!(value("${'2 * 3' ~ customer.seats}"), "\"2 * 35\"");
    assert_eq!(value("a${customer.seats * 2}"), "\"a10\"");
}

#[test]
fn fragments_that_multiply_come_to_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let uses = "  - use: twice.yaml\n".repeat(20);
    std::fs::write(folder.path().join("twice.yaml"), format!("steps:\n{uses}")).unwrap();
    let mut file = file("title: T\nsteps:\n  - use: twice.yaml\n");
    file.folder = Some(folder.path().to_owned());
    let rule = library();
    // Without an end this reads the fragment 20^8 times.
    let loaded = load(&[file], &Library { rule: &rule });
    assert_eq!(loaded.diagnostics.0.iter().filter(|found| found.message == "too many fragments").count(), 1);
    assert!(loaded.scenarios.is_empty());
}

#[test]
fn a_matrix_has_an_end() {
    let rows = |count: usize| {
        let rows = (0..count).map(|n| format!("  - {{ n: {n} }}\n")).collect::<String>();
        read(&format!("title: T\nsteps:\n  - buy: {{ quantity: ${{n}} }}\nmatrix:\n{rows}"))
    };
    assert_eq!(rows(1_000).0.len(), 1_000);
    let (scenarios, diagnostics) = rows(1_003);
    assert!(scenarios.is_empty());
    let found = &diagnostics.0[0];
    assert_eq!(
        (diagnostics.0.len(), found.message.as_str(), found.label.as_str(), found.position().0),
        (1, "a matrix has at most 1000 rows", "this is one of 3 rows too many", 1_005)
    );
}

#[test]
fn a_name_that_a_step_was_given_by_hand_is_not_given_again() {
    let scenario = one("title: T\nsteps:\n  - buy: {}\n    id: buy-2\n  - buy: {}\n  - buy: {}\n  - buy: {}\n");
    let ids: Vec<_> = scenario.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["buy-2", "buy", "buy-3", "buy-4"]);
}
