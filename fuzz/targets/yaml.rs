//! A scenario file: the tree with its places, the scenario, what is said about its mistakes, and its expressions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mock_bss::{
    diagnostic::Source,
    rules,
    scenario::{Library, ScenarioFile, load},
    yaml::{self, Node},
};
use std::{collections::BTreeSet, sync::Arc};

fuzz_target!(|text: &str| {
    let source = Arc::new(Source { path: "scenarios/fuzz/input.yaml".to_owned(), text: text.to_owned() });
    match yaml::parse(&source) {
        Ok(root) => places(&root, text),
        Err(error) => drop(error.render(false)),
    }
    written(text);
    let library = Library { rule: &|key| rules::by_key(key).map(drop).ok_or_else(String::new) };
    let file = ScenarioFile { key: "fuzz/input".to_owned(), source, folder: None };
    let loaded = load(&[file], &library);
    for scenario in &loaded.scenarios {
        let ids: BTreeSet<_> = scenario.steps.iter().map(|step| &step.id).collect();
        assert_eq!(ids.len(), scenario.steps.len(), "two steps of one name");
    }
    for diagnostic in loaded.diagnostics.0.iter().take(20) {
        drop((diagnostic.position(), diagnostic.render(true)));
    }
});

/// Every place is one of the text, so that a message can quote it.
fn places(node: &Node, text: &str) {
    assert!(text.get(node.span.clone()).is_some(), "{:?} is no place", node.span);
    for (key, value) in node.entries() {
        assert!(text.get(key.span.clone()).is_some(), "{:?} is no place", key.span);
        places(value, text);
    }
    node.items().iter().for_each(|item| places(item, text));
}

/// Text of others as YAML means what it was made from.
fn written(text: &str) {
    let Some(scalar) = yaml::write::scalar(text) else { return };
    let comment = yaml::write::comment(text, 40);
    let key = yaml::write::key(text);
    let before = key.as_deref().unwrap_or("too_long");
    let file = format!("before: 1 # {comment}\n{before}: [{scalar}, {{ a: {scalar} }}]\n# {comment}\nafter: ${{x}}\n");
    let root = yaml::parse(&Arc::new(Source { path: String::new(), text: file })).expect("what was written is YAML");
    assert_eq!(root.entries().len(), 3);
    let (read, value) = &root.entries()[1];
    assert!(read.text == text || key.is_none());
    assert_eq!(value.items()[0].text(), Some(text));
    assert_eq!(value.items()[1].get("a").and_then(Node::text), Some(text));
}
