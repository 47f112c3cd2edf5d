//! `mock-bss init`: a first profile, from what a service manager answers to a few reads.

use super::{
    advice,
    args::{InitArgs, TargetArgs},
    consent,
    fault::Fault,
    folder::{create_atomically, write_atomically},
    output::Output,
    record, select,
    target::{self, PROFILE, Target},
};
use crate::{
    evidence::{Outcome, Recorder, ScenarioEvidence},
    plan::Seed,
    play::{self, Player, Prelude},
    profile::{
        self, Profile,
        draft::{self, DraftError, Facts, Variable},
    },
    report::{console::counted, exit, printable},
    scenario::{self, Library},
};
use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The scenario that is written, relative to the profile.
const FOLDER: &str = "scenarios";
const FIRST: &str = "first.yaml";
/// Where editors find the schemas, relative to the profile. It is rewritten by each `init`: nobody else writes there.
const SCHEMA: &str = ".mock-bss/profile.schema.json";
const SCENARIO_SCHEMA: &str = ".mock-bss/scenario.schema.json";
/// What is nobody's business to commit.
const IGNORED: [&str; 2] = [".mock-bss/", "*.snap.new"];

pub(super) async fn run(args: &InitArgs, output: &Output) -> Result<u8, Fault> {
    let url = target_of(args)?;
    let path = args.profile.clone().unwrap_or_else(|| PathBuf::from(PROFILE));
    if fs::symlink_metadata(&path).is_ok() {
        return Err(Fault::usage(format!(
            "{} exists already: nothing was asked and nothing was written",
            path.display()
        ))
        .help("init never overwrites: name another file with --profile FILE, or move this one away"));
    }
    if let Some(name) = args.name.as_deref().filter(|name| !profile::fits_as_name(name)) {
        return Err(Fault::usage(format!("`{name}` cannot be the name of a profile: it names the snapshot folder"))
            .help("use letters, digits, dashes and underscores"));
    }
    let flags = TargetArgs { target: Some(url.clone()), ..TargetArgs::default() };
    let Target { mut profile, .. } = target::find(&flags, false).await?;
    if let Some(name) = &args.name {
        profile.name.clone_from(name);
    }

    draft::head(&profile.name, &profile.target).map_err(|error| cannot_stand(&error))?;

    // Only reads: nothing is ordered, so nobody is asked for consent. Nothing is recorded either.
    let recorder = Recorder::new(play::masker(&profile), None);
    // Nothing has to be cleaned up: Ctrl-C may end the process as it is.
    let (_never, stop) = tokio::sync::watch::channel(play::Stop::No);
    let player = Player::new(profile.clone(), recorder, stop).map_err(|error| Fault::internal(error.to_string()))?;
    let prelude = play::prelude(&player, Seed::random(), play::Questions::Path)
        .await
        .map_err(|error| advice::nothing_to_play(&error, &profile))?;
    output.error(&advice::other_spelling(&prelude, &profile).unwrap_or_default());
    output.error(&warnings(&prelude));

    let base = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("")).to_owned();
    let mut wrote = Vec::new();
    schemas(&base)?;
    wrote.push(ignore(&base.join(".gitignore"))?);
    let (first, scenarios) = first_scenario(&base)?;
    wrote.push(first);
    let drafted = draft(&profile, &prelude, scenarios.as_deref())?;
    // Last, so that whatever went wrong before can be mended and tried again.
    if !create_atomically(&path, &drafted.text).map_err(|error| cannot_write(&path, &error))? {
        return Err(Fault::usage(format!("{} has come into being meanwhile: it was left as it is", path.display())));
    }
    wrote.insert(0, format!("wrote {}: read it, each line says what it is for", path.display()));
    output.print(&summary(&profile, &prelude, &wrote, &drafted.variables, &path));
    Ok(exit::CONFORMANT)
}

/// The URL, or how to name one.
fn target_of(args: &InitArgs) -> Result<String, Fault> {
    let serve = "serve it with `mock-bss reference --listen 127.0.0.1:5000`, and name it from another terminal: \
                 mock-bss init --target http://127.0.0.1:5000/api/Reference";
    match &args.target {
        Some(url) => Ok(url.clone()),
        None if args.reference => {
            Err(Fault::usage("the built-in reference needs no profile: `mock-bss run --reference` plays it").help(serve))
        }
        None => Err(Fault::usage("init asks a service manager, but none is named").help(format!(
            "mock-bss init --target http://localhost:5000/api/Example, with MOCK_BSS_APP_ID and MOCK_BSS_APP_KEY in the \
             environment. To try it with the built-in reference, {serve}"
        ))),
    }
}

fn draft(profile: &Profile, prelude: &Prelude, scenarios: Option<&str>) -> Result<draft::Draft, Fault> {
    let offering = &prelude.offering;
    let given: BTreeSet<String> =
        profile.settings.iter().filter(|(_, value)| !value.is_empty()).map(|(id, _)| id.clone()).collect();
    let host = consent::host_of(&profile.target).filter(|host| !consent::is_local(host));
    let facts = Facts {
        name: &profile.name,
        target: &profile.target,
        fields: &prelude.fields,
        given: &given,
        catalogue: &offering.catalogue,
        sync_options: &offering.sync_options,
        accounts: offering.accounts,
        addon_path: offering.addon_path,
        consent: host.as_deref(),
        scenarios,
        schema: SCHEMA,
    };
    draft::draft(&facts).map_err(|error| cannot_stand(&error))
}

fn cannot_stand(error: &DraftError) -> Fault {
    Fault::usage(error.to_string()).help("write the profile by hand: docs/profile.md")
}

/// What was answered to the reads, where it is not what a profile can be made of.
fn warnings(prelude: &Prelude) -> String {
    let mut out = String::new();
    let mut warn = |step: usize, read: &str, is_empty: bool| {
        if let (true, Some(said)) = (is_empty, answered(&prelude.evidence, step)) {
            let said = printable(&said).replace('\n', " ");
            let _ = writeln!(out, "warning: {read} ({said}); the profile has only suggestions for it");
        }
    };
    warn(0, "Fields/Get announced no field", prelude.fields.is_empty());
    warn(1, "Fields/ServiceDefinition announced no product type", prelude.offering.catalogue.types.is_empty());
    out
}

/// How a read was answered, in a few words.
fn answered(evidence: &ScenarioEvidence, step: usize) -> Option<String> {
    let exchange = evidence.steps.get(step)?.exchanges.last()?;
    Some(match &exchange.answered.as_ref()?.outcome {
        Outcome::Received { status, .. } => format!("HTTP {status}"),
        Outcome::Failed { message, .. } => message.clone(),
    })
}

fn cannot_write(path: &Path, error: &io::Error) -> Fault {
    Fault::usage(format!("{} cannot be written: {error}", path.display()))
}

fn schemas(base: &Path) -> Result<(), Fault> {
    for (place, schema) in
        [(SCHEMA, profile::grammar::json_schema()), (SCENARIO_SCHEMA, scenario::grammar::json_schema())]
    {
        let text = serde_json::to_string_pretty(&schema).map_err(|error| Fault::internal(error.to_string()))? + "\n";
        let path = base.join(place);
        write_atomically(&path, |out| out.write_all(text.as_bytes())).map_err(|error| cannot_write(&path, &error))?;
    }
    Ok(())
}

/// A new `.gitignore`, or the missing lines at the end of the one that is there.
fn ignore(path: &Path) -> Result<String, Fault> {
    let text = match fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = IGNORED.map(|line| format!("{line}\n")).concat();
            create_atomically(path, &text).map_err(|error| cannot_write(path, &error))?;
            return Ok(format!("wrote {}", path.display()));
        }
        Err(error) => return Err(Fault::usage(format!("{} cannot be read: {error}", path.display()))),
    };
    let has = |wanted: &str| text.lines().any(|line| line.trim().trim_matches('/') == wanted.trim_matches('/'));
    let missing: Vec<&str> = IGNORED.into_iter().filter(|line| !has(line)).collect();
    if missing.is_empty() {
        return Ok(format!("left {} as it is", path.display()));
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut more = if text.is_empty() || text.ends_with('\n') { String::new() } else { end.to_owned() };
    missing.iter().for_each(|line| more.push_str(&format!("{line}{end}")));
    let appended = fs::OpenOptions::new().append(true).open(path).and_then(|mut file| file.write_all(more.as_bytes()));
    appended.map_err(|error| cannot_write(path, &error))?;
    Ok(format!("added {} to {}", missing.join(" and "), path.display()))
}

/// A scenario to begin with, and what the profile can list: the folder, where all of it can be played.
fn first_scenario(base: &Path) -> Result<(String, Option<String>), Fault> {
    let folder = base.join(FOLDER);
    let path = folder.join(FIRST);
    let is_new = create_atomically(&path, FIRST_SCENARIO).map_err(|error| cannot_write(&path, &error))?;
    let said = match is_new {
        true => format!("wrote {}: a scenario of your own", path.display()),
        false => format!("left {} as it is", path.display()),
    };
    let listed = [(folder, FOLDER.to_owned()), (path, format!("{FOLDER}/{FIRST}"))];
    Ok((said, listed.into_iter().find(|(place, _)| can_be_played(place)).map(|(_, name)| name)))
}

/// No mistakes, and no key that the built-in suite has.
fn can_be_played(place: &Path) -> bool {
    let Ok(files) = select::collect(place) else { return false };
    let taken: BTreeSet<String> = scenario::builtin_files().into_iter().map(|file| file.key).collect();
    let rule = select::rule_checker();
    !files.is_empty()
        && !files.iter().any(|file| taken.contains(&file.key))
        && !scenario::load(&files, &Library { rule: &rule }).diagnostics.has_errors()
}

fn summary(profile: &Profile, prelude: &Prelude, wrote: &[String], variables: &[Variable], path: &Path) -> String {
    let catalogue = &prelude.offering.catalogue;
    let sum = |count: &dyn Fn(&crate::contract::catalogue::ProductType) -> usize| {
        catalogue.types.iter().map(count).sum::<usize>() as u64
    };
    let mut out = format!(
        "{} sells {}, {} and {}; accounts {}\n\n",
        printable(&profile.target),
        counted(catalogue.types.len() as u64, "product type"),
        counted(sum(&|t| t.products.len()), "product"),
        counted(sum(&|t| t.addons.len()), "add-on"),
        if prelude.offering.accounts { "yes" } else { "not seen" },
    );
    for line in wrote {
        let _ = writeln!(out, "{line}");
    }
    if let Some(host) = consent::host_of(&profile.target).filter(|host| !consent::is_local(host)) {
        let _ = writeln!(
            out,
            "\n{host} is not a local host: the profile consents to ordering from it. Take `consent` out if not"
        );
    }
    let (set, missing): (Vec<_>, Vec<_>) =
        variables.iter().partition(|variable| std::env::var_os(&variable.name).is_some());
    if !missing.is_empty() {
        out.push_str("\nset what the profile takes from the environment and does not find there:\n");
        for variable in &missing {
            let _ = writeln!(out, "  export {}=<{}>", variable.name, harmless(&variable.what));
        }
    }
    let set: Vec<_> = set.iter().map(|variable| variable.name.as_str()).collect();
    if !set.is_empty() {
        let _ = writeln!(out, "\nfrom the environment, set already: {}", set.join(" "));
    }
    let flag = match path == Path::new(PROFILE) {
        true => String::new(),
        false => format!(" --profile {}", record::for_shell(&path.display().to_string())),
    };
    let _ = write!(
        out,
        "\nnext:\n  mock-bss plan{flag}    what would be played, call by call\n  mock-bss run{flag}     plays it\n"
    );
    out
}

/// A name of the target's in a line that will be pasted into a shell.
fn harmless(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || " -_.,".contains(c) { c } else { ' ' };
    name.chars().map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

const FIRST_SCENARIO: &str = "\
# yaml-language-server: $schema=../.mock-bss/scenario.schema.json
#
# A scenario of your own: what a customer or an operator does, one step after the other. mock-bss makes the calls.
# `mock-bss plan scenarios/first.yaml` shows them, `mock-bss run scenarios/first.yaml` plays them.
title: A customer buys, takes more seats, and cancels
tags: [mine]
# Any product that is sold; a certain one: `product: P-100`, one with add-ons: `product: { with: [addon] }`
steps:
  - buy: {} # as many seats as `seats` of the profile says, 5 without
  - change_quantity: \"${seats + 2}\" # the new total, never a difference
    by: storefront # not an operator in the platform
    # What has to be in the answer, beside the demands of the contract:
    # expect: { $.Code: { equals: 0 } }
    # What has to be at the vendor afterwards; it is seen with a probe only:
    # vendor: { \"$.subscriptions[0].quantity\": { equals: \"${seats + 2}\" } }
  - cancel: {}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_the_shell_runs_nothing_of_the_target() {
        assert_eq!(harmless("Name> $(touch x) `y`; z\u{1b}\u{202e} & \u{fffd}é"), "Name touch x y z é");
    }

    #[test]
    fn what_is_ignored_already_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".gitignore");
        for (before, after) in [
            (None, ".mock-bss/\n*.snap.new\n"),
            (Some(""), ".mock-bss/\n*.snap.new\n"),
            (Some("target"), "target\n.mock-bss/\n*.snap.new\n"),
            (Some("bin\r\n/.mock-bss\r\n"), "bin\r\n/.mock-bss\r\n*.snap.new\r\n"),
            (Some("*.snap.new\n.mock-bss/\n"), "*.snap.new\n.mock-bss/\n"),
        ] {
            let _ = fs::remove_file(&path);
            if let Some(text) = before {
                fs::write(&path, text).unwrap();
            }
            ignore(&path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), after, "{before:?}");
            ignore(&path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), after, "once is enough");
        }
        // What is no text stays byte for byte.
        fs::write(&path, b"\xff\xfe").unwrap();
        ignore(&path).unwrap();
        assert!(fs::read(&path).unwrap().starts_with(b"\xff\xfe\n.mock-bss/"));
    }
}
