//! A first profile for somebody who has none, from what the service manager answered. Pure: facts in, text out.
//!
//! Whatever a service manager calls its fields, options and products, the file must read as it is meant: each name goes
//! through `yaml::write`, and what no file can hold as it is stays a comment.

mod customer;
mod sells;
mod settings;

use crate::{
    contract::{Catalogue, dialect::AddonPath, setting_fields::SettingField, sync_options::SyncOption},
    yaml::write,
};
use std::collections::BTreeSet;

/// What the profile is made from.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub name: &'a str,
    pub target: &'a str,
    /// What Fields/Get asks for.
    pub fields: &'a [SettingField],
    /// Ids of the settings that have a value now.
    pub given: &'a BTreeSet<String>,
    pub catalogue: &'a Catalogue,
    pub sync_options: &'a [SyncOption],
    /// Accounts/SyncOptions was answered.
    pub accounts: bool,
    /// Which of the two add-on paths is there, if that could be seen.
    pub addon_path: Option<AddonPath>,
    /// The host, where it may be ordered from only if it is named.
    pub consent: Option<&'a str>,
    /// What is played beside the suite, relative to the profile.
    pub scenarios: Option<&'a str>,
    /// The schema for editors, relative to the profile.
    pub schema: &'a str,
}

/// The text of a profile, and what has to stand in the environment for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    pub variables: Vec<Variable>,
}

/// A variable that the profile takes from the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// What it holds, in one line.
    pub what: String,
}

/// Why there is no profile: the given text cannot stand in one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot stand in a profile: `${{` begins a variable of the environment there")]
pub struct DraftError(String);

/// The most characters of a name that a comment quotes.
const NAME: usize = 60;

/// The name and the target as YAML.
///
/// # Errors
/// One of them cannot stand in a file as it is.
pub fn head(name: &str, target: &str) -> Result<(String, String), DraftError> {
    let scalar = |text: &str| write::scalar(text).ok_or_else(|| DraftError(text.to_owned()));
    Ok((scalar(name)?, scalar(target)?))
}

/// Writes a profile.
///
/// # Errors
/// The name or the target cannot stand in a file as they are.
pub fn draft(facts: &Facts<'_>) -> Result<Draft, DraftError> {
    let (name, target) = head(facts.name, facts.target)?;
    let mut variables = vec![
        Variable { name: "MOCK_BSS_APP_ID".to_owned(), what: "application id".to_owned() },
        Variable { name: "MOCK_BSS_APP_KEY".to_owned(), what: "application key, as plain text".to_owned() },
    ];
    let mut text = format!(
        "# yaml-language-server: $schema={schema}\n\
         #\n\
         # The profile of a service manager, begun by `mock-bss init` with what it answered. What stands behind # is a\n\
         # suggestion. ${{NAME}} is a variable of the environment: no secret has to stand in this file.\n\
         # `mock-bss check` reads it without sending anything. The schema in the first line is for editors;\n\
         # `mock-bss schema profile > {schema}` writes it again.\n\
         \n\
         # Names the folder of the snapshots.\n\
         name: {name}\n\
         \n\
         # What stands before /Fields/Get.\n\
         target: {target}\n\
         \n\
         # The pair that the service manager has registered; the key as plain text, mock-bss encodes it.\n\
         application:\n  id: \"${{MOCK_BSS_APP_ID}}\"\n  key: \"${{MOCK_BSS_APP_KEY}}\"\n",
        schema = facts.schema,
    );
    text.push_str(&settings::section(facts, &mut variables));
    text.push_str(&consent(facts));
    text.push_str(&dialect(facts));
    text.push_str(&sells::features(facts));
    text.push_str(&sells::products(facts.catalogue));
    text.push_str(&sells::seats(facts.catalogue));
    text.push_str(&customer::section(facts.sync_options));
    text.push_str(&rest(facts));
    Ok(Draft { text, variables })
}

fn consent(facts: &Facts<'_>) -> String {
    match facts.consent.and_then(write::scalar) {
        Some(host) => format!(
            "\n# A run orders and cancels. This host is not local, so it is ordered from only because it stands here.\n\
             consent: [{host}]\n"
        ),
        None => "\n# Hosts that may be ordered from; local ones need no consent.\n# consent: [sm.vendor.example]\n"
            .to_owned(),
    }
}

fn dialect(facts: &Facts<'_>) -> String {
    let line = match facts.addon_path {
        Some(AddonPath::Addon) => {
            "dialect: { addon_path: Addon } # Addon/Create is there, Addons/Create is not; if it follows the vendor's\n\
             # documentation in everything else too: `dialect: docs`\n"
        }
        Some(AddonPath::Addons) => "dialect: { addon_path: Addons } # Addons/Create is there, Addon/Create is not\n",
        _ if sells::addons(facts.catalogue) => {
            "# dialect: { addon_path: Addons } # reads do not tell whether it is Addons or Addon: each run asks\n"
        }
        _ => "# dialect: sdk-1.2 # no read tells; the default suits a service manager on a current SDK\n",
    };
    format!("\n# How the platform speaks to it: docs, sdk-1.0, sdk-1.2, or single switches.\n{line}")
}

fn rest(facts: &Facts<'_>) -> String {
    let (origin, path) = origin(facts.target);
    let quoted = |text: &str| write::scalar(text).unwrap_or_default();
    let probe = quoted(&format!("{origin}/probe?account={{account}}"));
    let ready = quoted(&path);
    let scenarios = match facts.scenarios {
        Some(place) => format!("scenarios: [{place}]"),
        None => "# scenarios: [scenarios]".to_owned(),
    };
    format!(
        "\n# The API cannot be asked what was bought. A probe, an endpoint or a command of yours for tests, shows it: then\n\
         # the demands on the vendor side are judged too, and are not just \"not observable\".\n\
         # probe: {{ url: {probe}, settle: 5s }}\n\
         \n\
         # mock-bss can start the service manager before a run, wait until it answers, and stop it afterwards.\n\
         # start: {{ command: dotnet run, ready: {ready}, timeout: 60s }}\n\
         \n\
         # What a run may use; these are the defaults, but for the rate.\n\
         # limits: {{ timeout: 100s, jobs: 8, rate: 50/s, subscriptions: 500 }}\n\
         \n\
         # Scenarios of your own, played beside the built-in suite.\n\
         {scenarios}\n"
    )
}

/// A line of a mapping that is drafted.
enum Line {
    /// What the next one is about.
    About(String),
    /// It holds.
    Holds(String),
    /// It is a suggestion.
    Offered(String),
}

/// A mapping whose lines stand `indent` deep. Where no line holds, all of it is a suggestion: take the first two
/// characters of each line away, and it holds.
fn block(head: &[&str], indent: &str, lines: &[Line]) -> String {
    let holds = lines.iter().any(|line| matches!(line, Line::Holds(_)));
    let mark = if holds { "" } else { "# " };
    // A mapping without an entry would be none.
    let is_empty = lines.iter().all(|line| matches!(line, Line::About(_)));
    let head = if is_empty { &[] } else { head };
    let mut out: String = head.iter().map(|line| format!("{mark}{line}\n")).collect();
    for line in lines {
        out.push_str(&match line {
            Line::Offered(text) if !holds => format!("# {indent}{text}\n"),
            Line::Holds(text) => format!("{indent}{text}\n"),
            Line::About(text) | Line::Offered(text) => format!("{mark}{indent}# {text}\n"),
        });
    }
    out
}

/// Scheme and host of a URL, and the path behind them.
fn origin(target: &str) -> (String, String) {
    let start = target.find("://").map_or(0, |at| at + 3);
    let end = target[start..].find(['/', '?']).map_or(target.len(), |at| start + at);
    let path = target[end..].split('?').next().unwrap_or_default();
    (target[..end].to_owned(), if path.is_empty() { "/".to_owned() } else { path.to_owned() })
}

#[cfg(test)]
mod tests;
