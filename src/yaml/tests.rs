use super::shape::{Checker, Record, Shape, duration, field, required};
use super::*;
use crate::diagnostic::{Severity, Source};
use std::sync::Arc;

fn source(text: &str) -> Arc<Source> {
    Arc::new(Source { path: "file.yaml".to_owned(), text: text.to_owned() })
}

fn tree(text: &str) -> Node {
    parse(&source(text)).unwrap()
}

#[test]
fn numbers_keep_their_digits_and_booleans_are_strict() {
    let node = tree("a: 10.00\nb: 9223372036854775808123\nc: yes\nd: true\ne: '7'\nf: 1e2\n");
    assert_eq!(
        node.to_json().to_compact(),
        r#"{"a":10.00,"b":9223372036854775808123,"c":"yes","d":true,"e":"7","f":1e2}"#
    );
}

#[test]
fn an_expression_stands_anywhere_even_in_a_flow_mapping() {
    let text =
        "steps:\n  - buy: { quantity: ${seats}, name: \"é ${a ~ '}'} x\" }\n  - other: ${seats + 3}\nz: [${a}, ${b}]\n";
    let node = tree(text);
    let steps = node.get("steps").unwrap().items();
    let buy = steps[0].get("buy").unwrap();
    assert_eq!(buy.get("quantity").unwrap().text(), Some("${seats}"));
    assert_eq!(buy.get("name").unwrap().text(), Some("é ${a ~ '}'} x"));
    assert_eq!(steps[1].get("other").unwrap().text(), Some("${seats + 3}"));
    assert_eq!(node.get("z").unwrap().items()[1].text(), Some("${b}"));
    assert_eq!(&text[buy.get("quantity").unwrap().span.clone()], "${seats}");
    assert_eq!(&text[node.get("z").unwrap().items()[1].span.clone()], "${b}");
}

#[test]
fn every_node_and_key_knows_its_bytes() {
    let text = "# ä\nfirst: 1\nsecond: { third: [a, b] }\n";
    let node = tree(text);
    let (key, value) = &node.entries()[1];
    assert_eq!(&text[key.span.clone()], "second");
    assert_eq!(&text[value.entries()[0].0.span.clone()], "third");
    assert_eq!(&text[value.get("third").unwrap().items()[1].span.clone()], "b");
}

#[test]
fn anchors_and_null_are_read() {
    let node = tree("base: &b {x: 1}\ncopy: *b\nempty:\n");
    assert_eq!(node.to_json().to_compact(), r#"{"base":{"x":1},"copy":{"x":1},"empty":null}"#);
}

const INNER: Record = Record {
    name: "`buy`",
    fields: &[field("quantity", Shape::Whole, "how many"), field("trial", Shape::Bool, "try")],
};
const OUTER: Record = Record {
    name: "the file",
    fields: &[
        required("title", Shape::Text, "what it shows"),
        field("buy", Shape::Record(&INNER), "buys"),
        field("by", Shape::Choice(&["storefront", "bss"]), "who"),
        field("tags", Shape::List(&Shape::Text), "labels"),
        field("wait", Shape::Duration, "how long"),
    ],
};

#[test]
fn all_mistakes_of_a_file_are_reported_at_once() {
    let text = "buy: { quantty: 5, quantity: many, trial: yes }\nby: storefrnt\ntags: x\ntags: [1]\nwait: soon\n";
    let source = source(text);
    let node = parse(&source).unwrap();
    let mut checker = Checker::new(source);
    checker.check(&node, &Shape::Record(&OUTER), "file");
    let found: Vec<_> = checker.finish().iter().map(|d| (d.position().0, d.message.clone(), d.help.clone())).collect();
    let text =
        found.iter().map(|(line, message, help)| format!("{line}: {message} | {}\n", help.as_deref().unwrap_or("-")));
    assert_eq!(
        text.collect::<String>(),
        "1: missing key `title` | what it shows\n\
         1: unknown key `quantty` | did you mean `quantity`?\n\
         1: `quantity` must be a whole number | -\n\
         1: `trial` must be true or false | YAML 1.2 knows only `true` and `false`\n\
         2: `storefrnt` is not a value of `by` | did you mean `storefront`?\n\
         3: `tags` must be a list | -\n\
         4: duplicate key `tags` | keep one of the two: which one would win is not defined\n\
         4: `tags` must be text | -\n\
         5: `wait` must be a length of time such as 500ms, 5s or 2m | -\n"
    );
}

#[test]
fn of_very_many_mistakes_the_first_are_reported_and_the_rest_is_counted() {
    let text = (0..1_000).map(|n| format!("wrong{n}: 1\n")).collect::<String>() + "wrong0: 1\n";
    let source = source(&text);
    let node = parse(&source).unwrap();
    let mut checker = Checker::new(source);
    checker.warning(&(text.len()..text.len()), "the last one", "is a warning");
    checker.check(&node, &Shape::Record(&OUTER), "file");
    let found = checker.finish();
    assert_eq!(found.len(), 201);
    let last = found.last().unwrap();
    assert_eq!((last.message.as_str(), last.severity), ("and 804 more mistakes", Severity::Error));
    assert_eq!(last.position().0, 200);
}

#[test]
fn a_message_quotes_the_line() {
    let source = source("title: x\nbuy: { quantty: 5 }\n");
    let node = parse(&source).unwrap();
    let mut checker = Checker::new(source);
    checker.check(&node, &Shape::Record(&OUTER), "file");
    assert_eq!(
        checker.finish()[0].render(false),
        "error: unknown key `quantty`\n --> file.yaml:2:8\n  |\n2 | buy: { quantty: 5 }\n  |        ^^^^^^^ not a key of `buy`\n  |\n  = help: did you mean `quantity`?"
    );
}

#[test]
fn broken_yaml_is_reported_at_its_place() {
    let error = parse(&source("a: 1\nb: [1, 2\nc: 3\n")).unwrap_err();
    assert_eq!(error.message, "this is not YAML");
    assert!(error.position().0 >= 2, "{}", error.render(false));
    assert!(!error.label.is_empty());
}

#[test]
fn durations_have_units() {
    assert_eq!(duration("500ms").unwrap().as_millis(), 500);
    assert_eq!(duration("2m").unwrap().as_secs(), 120);
    assert_eq!(duration("5").unwrap().as_secs(), 5);
    assert_eq!(duration("5 days"), None);
    assert_eq!(duration("-1s"), None);
}

#[test]
fn a_mistake_at_a_long_character_is_quoted() {
    let error = parse(&source("é ${a} }\nb: [1\n")).unwrap_err();
    let inside = crate::diagnostic::Diagnostic { span: 1..1, ..*error };
    assert!(inside.render(true).contains("é"));
}
