//! The settings: one line for each field of Fields/Get.

use super::{Facts, Line, NAME, Variable, block};
use crate::{contract::setting_fields::SettingField, profile::fits_as_setting, yaml::write};
use std::collections::BTreeSet;

/// More fields than any form has; what is beyond is counted.
const MOST: usize = 300;
/// Entries of a choice that a comment lists.
const ENTRIES: usize = 8;

pub(super) fn section(facts: &Facts<'_>, variables: &mut Vec<Variable>) -> String {
    let mut seen = BTreeSet::new();
    let mut taken: BTreeSet<String> = variables.iter().map(|variable| variable.name.clone()).collect();
    let mut lines = Vec::new();
    let announced = facts.fields.iter().filter(|field| seen.insert(field.id.as_str())).collect::<Vec<_>>();
    for field in announced.iter().take(MOST) {
        let given = facts.given.contains(&field.id);
        let about = about(field);
        let Some(key) = write::key(&field.id).filter(|_| fits_as_setting(&field.id)) else {
            let id = write::comment(&field.id, NAME);
            lines.push(Line::About(format!("{id} cannot be the end of a header name, so it cannot be sent: {about}")));
            continue;
        };
        lines.push(Line::About(about));
        // What the form holds already is what the platform sends if nobody types anything else.
        let initial = Some(&field.initial).filter(|value| !field.is_secret() && !given && !value.is_empty());
        let initial =
            initial.filter(|value| !value.chars().any(char::is_control)).and_then(|value| write::scalar(value));
        if let Some(value) = initial {
            lines.push(Line::Holds(format!("{key}: {value} # its initial value")));
            continue;
        }
        let name = variable(&field.id, &mut taken);
        if given || field.required {
            lines.push(Line::Holds(format!("{key}: \"${{{name}}}\"")));
            variables.push(Variable { name, what: write::comment(&field.name, NAME) });
        } else {
            lines.push(Line::Offered(format!("{key}: \"${{{name}}}\"")));
        }
    }
    if announced.len() > MOST {
        lines.push(Line::About(format!("… and {} more fields", announced.len() - MOST)));
    }
    for id in facts.given.iter().filter(|id| !seen.contains(id.as_str()) && fits_as_setting(id)) {
        let Some(key) = write::key(id) else { continue };
        let name = variable(id, &mut taken);
        lines.push(Line::About("not announced by Fields/Get, but given".to_owned()));
        lines.push(Line::Holds(format!("{key}: \"${{{name}}}\"")));
        variables.push(Variable { name, what: write::comment(id, NAME) });
    }
    let head = "\n# The partner's settings, as Fields/Get asks for them; sent as X-CloudPlatform-Setting-<field id>.\n";
    match lines.is_empty() {
        true => format!("{head}# Fields/Get announced none.\n# settings: {{ FieldUsername: demo }}\n"),
        false => format!("{head}{}", block(&["settings:"], "  ", &lines)),
    }
}

fn about(field: &SettingField) -> String {
    let kind = match field.kind {
        Some("PasswordText") => "password",
        Some("Text" | "MultiLineTextBox") => "text",
        Some("Url") => "URL",
        Some("Integer") => "whole number",
        Some("PredefinedChooseOne") => "one of",
        Some("PredefinedChooseMany") => "some of",
        Some("CustomMultipleValues") => "several values",
        Some("Checkbox") => "true or false",
        Some("Hidden") => "hidden",
        Some("Label") => "label",
        Some("CertificateFile") => "certificate",
        _ => "unknown kind",
    };
    let mut words = format!("{} · {kind}", write::comment(&field.name, NAME));
    let entry = |(value, name): &(String, String)| match value == name {
        true => write::comment(value, NAME),
        false => format!("{} ({})", write::comment(value, NAME), write::comment(name, NAME)),
    };
    if !field.choices.is_empty() {
        let entries: Vec<_> = field.choices.iter().take(ENTRIES).map(entry).collect();
        words.push_str(&format!(" {}{}", entries.join(", "), if field.choices.len() > ENTRIES { ", …" } else { "" }));
    }
    words.push_str(if field.required { " · required" } else { " · optional" });
    words
}

/// A name that a shell can export, and that no other field has.
fn variable(id: &str, taken: &mut BTreeSet<String>) -> String {
    let safe: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = format!("MOCK_BSS_SETTING_{safe}");
    let mut names = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}_{number}")));
    let free = names.find(|name| !taken.contains(name)).unwrap_or(name.clone());
    taken.insert(free.clone());
    free
}
