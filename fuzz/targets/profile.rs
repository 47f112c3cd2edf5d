//! A profile, with an environment and files that have something of everything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mock_bss::{
    diagnostic::Source,
    profile::{Environment, add_redaction, load},
};
use std::{io, sync::Arc};

fuzz_target!(|text: &str| {
    let source = Arc::new(Source { path: "mock-bss.yaml".to_owned(), text: text.to_owned() });
    let variable = |name: &str| match name.len() % 4 {
        0 => None,
        1 => Some(String::new()),
        2 => Some("http://bob:pa@ss@h:1/${X}\u{e000}".to_owned()),
        _ => Some(name.to_owned()),
    };
    let file = |path: &str| match path.len() % 3 {
        0 => Err(io::Error::from(io::ErrorKind::NotFound)),
        1 => Err(io::Error::from(io::ErrorKind::Unsupported)),
        _ => Ok(path.to_owned()),
    };
    let diagnostics = match load(&source, &Environment { variable: &variable, file: &file }) {
        Ok((profile, warnings)) => {
            assert!(!warnings.has_errors());
            drop(format!("{profile:?}"));
            warnings
        }
        Err(mistakes) => {
            assert!(mistakes.has_errors(), "a profile that is refused without a reason");
            mistakes
        }
    };
    for diagnostic in diagnostics.0.iter().take(20) {
        drop((diagnostic.position(), diagnostic.render(true)));
    }
    drop(add_redaction(text, "$.Result['it''s']", "string"));
});
