//! The e-mail that the platform sends to a customer when a service manager answers `SendNotification: true`.
//!
//! The platform writes it from a template. Two kinds of variables stand in one: `[#key#]` is a value that the service
//! manager returned as `AccountExtraInfo`, and `{#Name#}` is one of the platform's own.

use serde::{Deserialize, Serialize};

/// The variable of the platform that mock-bss knows: what was bought, in words.
pub const PRODUCTS: &str = "Products.DisplayString";

/// What is written in the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The file that it stands in, as the profile names it.
    pub file: String,
    pub subject: String,
    pub body: String,
}

/// What a text with variables becomes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    pub text: String,
    /// Keys of `[#key#]` that have no value. They stay in the text as they were written.
    pub missing: Vec<String>,
    /// Names of `{#Name#}` that only the platform can fill. They stay in the text too.
    pub foreign: Vec<String>,
}

impl Template {
    /// A template for whoever has none: what was bought, and everything that the service manager gave.
    pub fn of_keys<'k>(keys: impl Iterator<Item = &'k str>) -> Self {
        let mut body = format!("{{#{PRODUCTS}#}} is ready for you.\n");
        for (index, key) in keys.enumerate() {
            if index == 0 {
                body.push('\n');
            }
            body.push_str(&format!("{key}: [#{key}#]\n"));
        }
        Self { file: String::new(), subject: format!("Your access to {{#{PRODUCTS}#}}"), body }
    }
}

/// Puts values in the place of variables. `extra` knows the service manager's, `products` is the platform's own. A value
/// is never read for variables again.
pub fn fill<'v>(template: &str, extra: impl Fn(&str) -> Option<&'v str>, products: &str) -> Filled {
    let mut filled = Filled::default();
    let mut rest = template;
    while let Some(start) = rest.find(['[', '{']) {
        let (before, from) = rest.split_at(start);
        filled.text.push_str(before);
        let Some((length, kind, name)) = variable(from) else {
            let first = from.chars().next().map_or(1, char::len_utf8);
            filled.text.push_str(&from[..first]);
            rest = &from[first..];
            continue;
        };
        let value = match kind {
            Kind::Extra => extra(name),
            Kind::Platform => Some(products).filter(|_| name == PRODUCTS),
        };
        match value {
            Some(value) => filled.text.push_str(value),
            None => {
                let list = if kind == Kind::Extra { &mut filled.missing } else { &mut filled.foreign };
                if !list.iter().any(|known| known == name) {
                    list.push(name.to_owned());
                }
                filled.text.push_str(&from[..length]);
            }
        }
        rest = &from[length..];
    }
    filled.text.push_str(rest);
    filled
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Extra,
    Platform,
}

/// The variable at the beginning of a text: how long it is, its kind, its name. A variable stands on one line.
fn variable(text: &str) -> Option<(usize, Kind, &str)> {
    let (kind, close) = match text.get(..2)? {
        "[#" => (Kind::Extra, "#]"),
        "{#" => (Kind::Platform, "#}"),
        _ => return None,
    };
    let line = text[2..].split(['\n', '\r']).next().unwrap_or_default();
    let end = line.find(close)?;
    let name = line[..end].trim();
    (!name.is_empty()).then_some((2 + end + close.len(), kind, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> Filled {
        fill(
            template,
            |key| [("tenant", "acme"), ("odd", "[#tenant#]")].into_iter().find(|(k, _)| *k == key).map(|p| p.1),
            "Mail",
        )
    }

    #[test]
    fn variables_become_values() {
        let letter = filled("{#Products.DisplayString#} of [#tenant#] and [# tenant #].");
        assert_eq!(
            (letter.text.as_str(), letter.missing.len(), letter.foreign.len()),
            ("Mail of acme and acme.", 0, 0)
        );
        // What a service manager gave is never read again.
        assert_eq!(filled("[#odd#]").text, "[#tenant#]");
    }

    #[test]
    fn what_has_no_value_stays_and_is_named_once() {
        let letter = filled("[#Tenant#] {#Account.Name#} [#Tenant#]");
        assert_eq!(letter.text, "[#Tenant#] {#Account.Name#} [#Tenant#]");
        assert_eq!((letter.missing, letter.foreign), (vec!["Tenant".to_owned()], vec!["Account.Name".to_owned()]));
    }

    #[test]
    fn what_is_no_variable_is_text() {
        for text in ["[#", "{#}", "[# #]", "[#a\n#]", "[tenant] {x}", "é[", "[#tenant", "#]", "[[#", "{é"] {
            assert_eq!(filled(text), Filled { text: text.to_owned(), ..Filled::default() }, "{text}");
        }
        assert_eq!(filled("[[#tenant#]]").text, "[acme]");
    }

    #[test]
    fn without_a_template_everything_that_was_given_is_shown() {
        let template = Template::of_keys(["tenant"].into_iter());
        let letter = filled(&template.body);
        assert_eq!(letter.text, "Mail is ready for you.\n\ntenant: acme\n");
        assert!(letter.missing.is_empty() && filled(&template.subject).missing.is_empty());
    }
}
