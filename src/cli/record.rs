//! What the evidence says about a run as a whole: who plays what against whom, and when.

use super::args::RunArgs;
use crate::{
    evidence::{Build, KnownFailure, ProfileRecord, RunStarted, SCHEMA},
    plan::Seed,
    play,
    profile::Profile,
    rules, scenario,
};

pub(super) fn run_id(seed: Seed) -> String {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    format!("{now}-{}", seed.short())
}

pub(super) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn run_started(
    profile: &Profile,
    built_in_reference: bool,
    seed: Seed,
    filters: Vec<String>,
    whole: bool,
) -> RunStarted {
    RunStarted {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rule_set: rule_set(),
        profile: ProfileRecord {
            file: profile.source.as_ref().map(|source| {
                let path = source.path.replace('\\', "/");
                path.strip_prefix("./").map(str::to_owned).unwrap_or(path)
            }),
            known_failures: known_failures(profile, whole),
            ..play::profile_record(profile)
        },
        built_in_reference,
        seed: seed.0.to_string(),
        at: now(),
        filters,
        target_flags: String::new(),
        build: Some(build()),
    }
}

/// This program, as a certificate wants to know it. The build script knows the commit.
pub(super) fn build() -> Build {
    let commit = option_env!("MOCK_BSS_COMMIT").filter(|commit| !commit.is_empty());
    let changed = option_env!("MOCK_BSS_CHANGED").is_some_and(|changed| changed == "true");
    let development = match commit {
        _ if cfg!(debug_assertions) => Some("it was built with debug assertions"),
        None => Some("the commit that it was built from is not known"),
        Some(_) if changed => Some("its sources were changed after the commit that it was built from"),
        Some(_) => None,
    };
    Build {
        rule_set_sha256: rules::frozen_digest().to_owned(),
        commit: commit.filter(|_| !cfg!(debug_assertions)).map(str::to_owned),
        development: development.map(str::to_owned),
    }
}

/// The rule set that this program judges by.
fn rule_set() -> String {
    let files = scenario::builtin_files();
    rules::rule_set(files.iter().map(|file| (file.key.as_str(), file.source.text.as_str())))
}

/// What the profile knows to be wrong. `whole` says that nothing was left out of the run.
fn known_failures(profile: &Profile, whole: bool) -> Vec<KnownFailure> {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let file = profile.source.as_ref().map(|source| source.path.as_str()).unwrap_or_default();
    let entry = |known: &crate::profile::KnownFailure| KnownFailure {
        // A profile with an unknown rule was not let through.
        rule: rules::by_key(&known.rule).map_or_else(|| known.rule.clone(), |rule| rule.key()),
        scenario: known.scenario.clone(),
        reason: known.reason.clone(),
        owner: known.owner.clone(),
        expires: known.expires.clone(),
        expired: known.expires.parse::<jiff::civil::Date>().is_ok_and(|last| last < today),
        whole,
        place: format!("{file}:{}", known.line),
    };
    profile.known_failures.iter().map(entry).collect()
}

/// The flags that name the same target again.
pub(super) fn target_flags(args: &RunArgs) -> String {
    let mut flags = Vec::new();
    let mut add = |flag: &str, value: String| flags.push(format!("{flag} {}", for_shell(&value)));
    if let Some(url) = &args.target.target {
        add("--target", url.clone());
    }
    if let Some(path) = &args.target.profile {
        add("--profile", path.display().to_string());
    }
    if let Some(path) = &args.snapshots {
        add("--snapshots", path.display().to_string());
    }
    for host in &args.target.consent {
        add("--consent", host.clone());
    }
    if args.target.reference {
        flags.push("--reference".to_owned());
    }
    flags.extend(args.select.paths.iter().map(|path| for_shell(&path.display().to_string())));
    flags.join(" ")
}

/// A word that can be pasted into a shell.
pub(super) fn for_shell(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
