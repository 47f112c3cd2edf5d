//! `product.yaml`: what is certified, who sells it, and how anybody can repeat the run.

use crate::{
    diagnostic::{Diagnostics, Source},
    yaml::{
        self, Node, schema,
        shape::{Checker, Record, Shape, field, required},
    },
};
use serde::Serialize;
use std::sync::Arc;

/// How long a certificate is valid when nothing else is said.
const VALID_DAYS: i64 = 365;
/// Nobody promises more than ten years.
const MOST_DAYS: i64 = 3650;
/// Longer texts are no names.
const LONGEST_NAME: usize = 200;
/// Longer texts are no instructions.
const LONGEST_TEXT: usize = 20_000;

/// What may stand in the file.
pub const PRODUCT: Record = Record {
    name: "the product",
    fields: &[
        required("vendor", Shape::Text, "Who makes and answers for the service manager."),
        required("name", Shape::Text, "The name of the service manager; the bundle is called by it."),
        required("version", Shape::Scalar, "The version that was tested; the bundle is called by it."),
        required("contact", Shape::Text, "An e-mail address or a URL for questions about the certificate."),
        required("documentation", Shape::Text, "URL of its documentation."),
        required("reproduce", Shape::Text, "How anybody can play the same run: where it stands, how it is set up."),
        field(
            "valid_days",
            Shape::Whole,
            "How many days the certificate is valid, from the end of the run; 365 by default.",
        ),
    ],
};

/// The published JSON Schema.
pub fn json_schema() -> serde_json::Value {
    schema::document("https://mock-bss.example/schema/product.json", "A product that mock-bss certifies", &PRODUCT)
}

/// What is certified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Product {
    pub vendor: String,
    pub name: String,
    pub version: String,
    pub contact: String,
    pub documentation: String,
    pub reproduce: String,
    #[serde(skip)]
    pub valid_days: i64,
}

/// Reads the file.
///
/// # Errors
/// Every mistake of it.
pub fn load(source: &Arc<Source>) -> Result<Product, Diagnostics> {
    let root = yaml::parse(source).map_err(|error| Diagnostics(vec![*error]))?;
    let mut checker = Checker::new(source.clone());
    checker.check(&root, &Shape::Record(&PRODUCT), "the product");
    let product = read(&root, &mut checker);
    let diagnostics = Diagnostics(checker.finish());
    match product {
        Some(product) if !diagnostics.has_errors() => Ok(product),
        _ => Err(diagnostics),
    }
}

fn read(root: &Node, checker: &mut Checker) -> Option<Product> {
    let mut texts = ["vendor", "name", "version", "contact", "documentation", "reproduce"].map(|name| {
        let most = if name == "reproduce" { LONGEST_TEXT } else { LONGEST_NAME };
        text(root, name, most, checker)
    });
    let contact = texts[3].as_deref().unwrap_or_default();
    if let Some(node) = root.get("contact").filter(|_| !contact.is_empty() && !is_mail(contact) && !is_url(contact)) {
        checker
            .error(&node.span, "`contact` must be an e-mail address or a URL", format!("found `{contact}`"))
            .help("for example support@vendor.example or https://vendor.example/support");
    }
    let documentation = texts[4].as_deref().unwrap_or_default();
    if let Some(node) = root.get("documentation").filter(|_| !documentation.is_empty() && !is_url(documentation)) {
        checker
            .error(&node.span, "`documentation` must be a URL", format!("found `{documentation}`"))
            .help("for example https://vendor.example/docs");
    }
    for (name, place) in [("name", 1), ("version", 2)] {
        let given = texts[place].as_deref().unwrap_or_default();
        if let Some(node) = root.get(name).filter(|_| !given.is_empty() && slug(given).is_empty()) {
            checker
                .error(&node.span, format!("`{name}` has no letter and no digit of ASCII"), "it names the bundle")
                .help("file names go through many hands: give a name that all of them can write");
        }
    }
    let mut valid_days = VALID_DAYS;
    if let Some((node, days)) = root.get("valid_days").and_then(|node| Some((node, node.whole()?))) {
        valid_days = days;
        if !(1..=MOST_DAYS).contains(&days) {
            checker
                .error(&node.span, format!("`valid_days` must be 1 to {MOST_DAYS}"), format!("found {days}"))
                .help("the day on which the certificate expires is counted from the end of the run");
        }
    }
    let mut next = texts.iter_mut().map(Option::take);
    let mut take = || next.next().flatten();
    Some(Product {
        vendor: take()?,
        name: take()?,
        version: take()?,
        contact: take()?,
        documentation: take()?,
        reproduce: take()?,
        valid_days,
    })
}

/// A text that says something, and nothing to a terminal.
fn text(root: &Node, name: &str, most: usize, checker: &mut Checker) -> Option<String> {
    let node = root.get(name)?;
    let text = node.scalar()?.trim().to_owned();
    let several_lines = most == LONGEST_TEXT;
    if text.is_empty() {
        checker.error(&node.span, format!("`{name}` is empty"), "nothing stands here").help("say what it is");
    } else if text.len() > most {
        checker.error(&node.span, format!("`{name}` is too long"), format!("more than {most} bytes"));
    } else if text.chars().any(|c| c.is_control() && !(several_lines && c == '\n')) {
        checker
            .error(&node.span, format!("`{name}` holds control characters"), "it will be printed")
            .help("remove them");
    } else if yaml::shape::is_dynamic(&text) {
        checker
            .error(&node.span, format!("`{name}` holds a variable"), "nothing is inserted here")
            .help("the file becomes part of the certificate as it is");
    }
    Some(text)
}

fn is_mail(text: &str) -> bool {
    let fits = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    text.split_once('@').is_some_and(|(who, host)| fits(who) && fits(host) && host.contains('.'))
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace))
}

/// A text as a part of a file name that every system and every hand can write.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.to_ascii_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' | '.' | '_' => slug.push(c),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_matches(['-', '.', '_']).chars().take(60).collect()
}
