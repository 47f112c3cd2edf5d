//! Which scenarios are meant.

use super::{args::SelectArgs, coverage, fault::Fault};
use crate::{
    diagnostic::{Diagnostics, Severity},
    profile::Profile,
    rules,
    scenario::{self, Library, Scenario, ScenarioFile},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The scenarios of a run.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) scenarios: Vec<Arc<Scenario>>,
    pub(super) warnings: Diagnostics,
    /// The filters as they were typed: a run with filters proves less.
    pub(super) filters: Vec<String>,
}

/// Reads and filters. Only files that the filters leave are parsed, where the key alone can tell.
pub(super) fn select(args: &SelectArgs, profile: &Profile, base: &Path) -> Result<Selected, Fault> {
    let mut files = Vec::new();
    let wanted = |file: &ScenarioFile| {
        // A matrix row appends to the key, so a filter may name more than the file's key tells.
        let has_rows = file.source.text.contains("\nmatrix:");
        let could_be = |text: &String| file.key.contains(text.as_str()) || has_rows;
        args.only.is_empty() || args.only.iter().any(could_be)
    };
    if args.paths.is_empty() {
        files.extend(scenario::builtin_files());
        for path in &profile.scenarios {
            files.extend(collect(&base.join(path))?);
        }
    } else {
        for path in &args.paths {
            files.extend(collect(path)?);
        }
    }
    let known: Vec<String> = files.iter().map(|file| file.key.clone()).collect();
    files.retain(wanted);
    let rule_of = rule_checker();
    let loaded = scenario::load(&files, &Library { rule: &rule_of });
    if loaded.diagnostics.has_errors() {
        return Err(Fault::files(loaded.diagnostics));
    }
    let rules = args.rule.iter().map(|text| rule_key(text)).collect::<Result<Vec<_>, _>>()?;
    let mut scenarios = loaded.scenarios;
    // A whole key means this scenario and no other one that begins with it.
    let keys: BTreeSet<String> = scenarios.iter().map(|scenario| scenario.key.clone()).collect();
    let tags: BTreeSet<String> = scenarios.iter().flat_map(|scenario| scenario.tags.iter().cloned()).collect();
    scenarios.retain(|scenario| {
        let is_meant = |text: &String| match keys.contains(text) {
            true => scenario.key == *text,
            false => scenario.key.contains(text.as_str()),
        };
        let named = |texts: &[String]| texts.iter().any(is_meant);
        let tagged = || scenario.tags.iter().any(|tag| args.tag.contains(tag));
        let proving = || coverage::proven(scenario).any(|rule| rules.contains(&rule.key()));
        (args.only.is_empty() || named(&args.only))
            && !named(&args.skip)
            && (args.tag.is_empty() || tagged())
            && (rules.is_empty() || proving())
    });
    scenarios.sort_by(|a, b| a.key.cmp(&b.key));
    if let Some(pair) = scenarios.windows(2).find(|pair| pair[0].key == pair[1].key) {
        let (one, other) = (&pair[0].source.path, &pair[1].source.path);
        return Err(Fault::usage(format!("two scenarios are called `{}`: {one} and {other}", pair[0].key))
            .help("keys name snapshots: rename one of the files, or its folder"));
    }
    if scenarios.is_empty() {
        return Err(nothing_selected(args, &known, &tags));
    }
    // A misspelt filter beside a right one would silently play less than was meant.
    if let Some(text) = args.only.iter().find(|text| !keys.iter().any(|key| key.contains(text.as_str()))) {
        let only = SelectArgs { only: vec![text.clone()], tag: Vec::new(), rule: Vec::new(), ..args.clone() };
        return Err(nothing_selected(&only, &known, &tags));
    }
    let typed =
        |flag: &str, values: &[String]| values.iter().map(|value| format!("{flag} {value}")).collect::<Vec<_>>();
    let mut filters = typed("--only", &args.only);
    filters.extend(typed("--skip", &args.skip));
    filters.extend(typed("--tag", &args.tag));
    filters.extend(typed("--rule", &args.rule));
    let warnings = loaded.diagnostics.0.into_iter().filter(|d| d.severity == Severity::Warning).collect();
    Ok(Selected { scenarios: scenarios.into_iter().map(Arc::new).collect(), warnings: Diagnostics(warnings), filters })
}

fn nothing_selected(args: &SelectArgs, keys: &[String], tags: &BTreeSet<String>) -> Fault {
    let looked = match args.paths.is_empty() {
        true => "the built-in suite".to_owned(),
        false => args.paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "),
    };
    let help = match args.only.is_empty() && args.tag.is_empty() && args.rule.is_empty() && args.skip.is_empty() {
        true => "scenarios are files that end in .yaml or .yml".to_owned(),
        false => match nearest_of(args, keys, tags) {
            Some(near) => format!("did you mean `{near}`? `mock-bss plan` lists the keys"),
            None => "the filters leave nothing: `mock-bss plan` lists the keys".to_owned(),
        },
    };
    let first = |flag: &str, values: &[String]| values.first().map(|value| format!("{flag} {value}"));
    let filter =
        first("--only", &args.only).or_else(|| first("--tag", &args.tag)).or_else(|| first("--rule", &args.rule));
    // Not every rule has a scenario: some are about any answer, and some are not played yet.
    if let ([rule], true, true) = (args.rule.as_slice(), args.only.is_empty(), args.tag.is_empty())
        && let Some(rule) = rules::by_key(rule)
    {
        let fault = Fault::usage(format!("no scenario in {looked} is there for {} ({}) alone", rule.key(), rule.id));
        return match rules::examines(rule) {
            true => fault.help(
                "it is looked for in every answer that it speaks of: play the scenarios that make such calls \
                 (`mock-bss plan` lists them), or the whole suite",
            ),
            false => fault.help(format!("`mock-bss explain {}` says how it is judged", rule.key())),
        };
    }
    match filter {
        Some(filter) => Fault::usage(format!("no scenario in {looked} fits {filter}")).help(help),
        None => Fault::usage(format!("no scenario in {looked}")).help(help),
    }
}

/// What a filter that fits nothing may have meant: a key, the area or the name in one, or a tag.
fn nearest_of(args: &SelectArgs, keys: &[String], tags: &BTreeSet<String>) -> Option<String> {
    let fits = |text: &String| keys.iter().any(|key| key.contains(text.as_str()));
    if let Some(text) = args.only.iter().find(|text| !fits(text)) {
        let words = keys.iter().flat_map(|key| std::iter::once(key.as_str()).chain(key.split('/')));
        return crate::diagnostic::nearest(text, words).map(str::to_owned);
    }
    let text = args.tag.iter().find(|text| !tags.contains(*text))?;
    crate::diagnostic::nearest(text, tags.iter().map(String::as_str)).map(str::to_owned)
}

/// The scenario files at a path.
pub(super) fn collect(path: &Path) -> Result<Vec<ScenarioFile>, Fault> {
    scenario::collect(path).map_err(|error| {
        let fault = Fault::usage(format!("{} cannot be read: {error}", path.display()));
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).map_or(PathBuf::from("."), Path::to_owned);
        let names: Vec<String> = std::fs::read_dir(parent)
            .map(|entries| entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match crate::diagnostic::nearest(&name, names.iter().map(String::as_str)) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault,
        }
    })
}

/// Is this text a rule? For the scenario reader.
pub(super) fn rule_checker() -> impl Fn(&str) -> Result<(), String> {
    |text| match rules::by_key(text) {
        Some(_) => Ok(()),
        None => Err(match rules::nearest(text) {
            Some(rule) => format!("did you mean `{}` ({})?", rule.key(), rule.id),
            None => "rules are written R-01 to R-132: `mock-bss rules` lists them".to_owned(),
        }),
    }
}

fn rule_key(text: &str) -> Result<String, Fault> {
    rules::by_key(text).map(|rule| rule.key()).ok_or_else(|| {
        let fault = Fault::usage(format!("`{text}` is not a rule"));
        match rules::nearest(text) {
            Some(rule) => fault.help(format!("did you mean {} ({})?", rule.key(), rule.id)),
            None => fault.help("`mock-bss rules` lists them"),
        }
    })
}
