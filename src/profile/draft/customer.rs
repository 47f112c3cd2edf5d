//! What customers are like, and what Accounts/SyncOptions asks of them.

use super::{Line, NAME, block};
use crate::{
    contract::{dialect::SyncListValue, sync_options::SyncOption},
    yaml::write,
};
use std::collections::BTreeSet;

/// More options than any form has; what is beyond is counted.
const MOST: usize = 100;
/// Entries of a list that a comment names.
const ENTRIES: usize = 12;

pub(super) fn section(options: &[SyncOption]) -> String {
    let mut seen = BTreeSet::new();
    let asked: Vec<&SyncOption> =
        options.iter().filter(|option| !option.read_only && seen.insert(option.id.as_str())).collect();
    let (filled, asked): (Vec<_>, Vec<_>) = asked.into_iter().partition(|option| option.is_filled_by_the_platform());
    let (required, optional): (Vec<_>, Vec<_>) = asked.into_iter().partition(|option| option.required);
    let count = required.len() + optional.len();
    let mut lines = Vec::new();
    for option in required.into_iter().chain(optional).take(MOST) {
        lines.push(Line::About(about(option)));
        let value = option.legal_value(SyncListValue::Name);
        let (Some(key), Some(value)) = (write::key(&option.id), write::scalar(&value)) else {
            lines.push(Line::About(
                "no file can hold its id or its value; a run answers it if it is required".to_owned(),
            ));
            continue;
        };
        let line = format!("{key}: {value}");
        lines.push(if option.required { Line::Holds(line) } else { Line::Offered(line) });
    }
    if count > MOST {
        lines.push(Line::About(format!("… and {} more options", count - MOST)));
    }
    let mut head = String::from(
        "\n# What customers are like. No mail can arrive at mock-bss.example: name a domain of your own if one has to exist.\n",
    );
    if !filled.is_empty() {
        head.push_str(
            "# The option `username` of Accounts/SyncOptions is filled with the customer's e-mail address by itself.\n",
        );
    }
    match lines.is_empty() {
        true => format!("{head}# customer: {{ email_domain: mock-bss.example }}\n"),
        false => {
            let top = ["customer:", "  email_domain: mock-bss.example", "  sync_options:"];
            format!("{head}{}", block(&top, "    ", &lines))
        }
    }
}

fn about(option: &SyncOption) -> String {
    let kind = match option.kind() {
        ("List", _) => "one of",
        ("ListMultiSelect", _) => "some of",
        ("Boolean", _) => "true or false",
        ("Link", _) => "link",
        ("File", _) => "file",
        (_, "Number" | "Currency") => "number",
        (_, "Date") => "date",
        _ => "text",
    };
    let names: Vec<_> = option.entries().take(ENTRIES).map(|(_, name)| write::comment(name, NAME)).collect();
    let more = if option.entries().count() > ENTRIES { ", …" } else { "" };
    let entries = if names.is_empty() { String::new() } else { format!(" {}{more}", names.join(", ")) };
    let need = if option.required { "required" } else { "optional" };
    format!("{} · {kind}{entries} · {need}", write::comment(&option.name, NAME))
}
