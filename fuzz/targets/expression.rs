//! `${…}` in a scenario, with variables of every type.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mock_bss::{
    json::{Json, parse},
    scenario::expression::{Variables, names, resolve, resolve_text},
};

/// No value of an expression is larger, whatever it says: a file must not be able to fill the memory.
const LARGEST: usize = 4 * 1024 * 1024;

fuzz_target!(|text: &str| {
    let variables: Variables = [
        ("seats", "5"),
        ("price", "10.00"),
        ("huge", "9223372036854775807"),
        ("name", "\"Acme ${seats} }\""),
        ("customer", r#"{"id":"a","name":null,"tags":["x","y"],"tags":[1]}"#),
        ("list", "[1,[2,[3]],\"é\"]"),
        ("none", "null"),
        ("yes", "true"),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), parse(value.as_bytes()).ok()?)))
    .collect();
    let named = names(text);
    let value = resolve_text(text, &variables);
    for inner in [text.to_owned(), format!("${{{text}}}")] {
        let nested =
            Json::Array(vec![Json::text(inner.clone()), Json::Object([(inner, Json::Null)].into_iter().collect())]);
        if let Ok(value) = resolve(&nested, &variables) {
            assert!(value.to_compact().len() <= 4 * LARGEST + 8 * text.len());
        }
    }
    match value {
        Ok(value) => assert!(value.to_compact().len() <= LARGEST + 8 * text.len()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    drop(named);
});
