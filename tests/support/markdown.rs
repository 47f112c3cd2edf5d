//! README and docs, taken apart: fenced blocks with the mark in front of them, and what stands between them.

use std::path::{Path, PathBuf};

/// A page of the documentation.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its path in the repository, such as `docs/ci.md`.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// What stands between two fences.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) line: usize,
    pub(crate) language: String,
    pub(crate) text: String,
    /// The words of the HTML comment in the line before.
    pub(crate) mark: String,
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// README.md and docs/*.md.
pub(crate) fn pages() -> Vec<Page> {
    let mut names: Vec<String> = std::fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"))
        .map(|name| format!("docs/{name}"))
        .collect();
    names.sort();
    names.insert(0, "README.md".to_owned());
    names.into_iter().map(|name| page(&name)).collect()
}

pub(crate) fn page(name: &str) -> Page {
    Page { name: name.to_owned(), text: std::fs::read_to_string(root().join(name)).unwrap() }
}

impl Page {
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let (mut blocks, mut open, mut before) = (Vec::new(), None::<Block>, "");
        for (index, line) in self.text.lines().enumerate() {
            match (&mut open, line.strip_prefix("```")) {
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, Some(language)) => {
                    let mark = before.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
                    open = Some(Block {
                        line: index + 1,
                        language: language.to_owned(),
                        text: String::new(),
                        mark: mark.unwrap_or_default().trim().to_owned(),
                    });
                }
                (None, None) => before = line,
            }
        }
        assert!(open.is_none(), "{}: a fence is not closed", self.name);
        blocks
    }

    /// The lines outside of blocks, with their numbers.
    pub(crate) fn prose(&self) -> Vec<(usize, &str)> {
        let mut inside = false;
        let mut found = Vec::new();
        for (index, line) in self.text.lines().enumerate() {
            if line.starts_with("```") {
                inside = !inside;
            } else if !inside {
                found.push((index + 1, line));
            }
        }
        found
    }

    /// What stands in backticks outside of blocks.
    pub(crate) fn code(&self) -> Vec<(usize, String)> {
        let span = regex::Regex::new("``(.+?)``|`([^`]+)`").unwrap();
        let mut found = Vec::new();
        for (line, text) in self.prose() {
            for captures in span.captures_iter(text) {
                let code = captures.get(1).or(captures.get(2)).unwrap().as_str();
                found.push((line, code.trim().replace("\\|", "|")));
            }
        }
        found
    }
}
