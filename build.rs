//! New scenario and snapshot files make the binary stale: they are embedded in it. A release knows its commit.

#![allow(clippy::print_stdout)]

use std::{env, fs, path::Path, process::Command};

/// What the program is made of.
const SOURCES: [&str; 8] =
    ["Cargo.lock", "Cargo.toml", "build.rs", "docs/rules", "docs/self-test", "scenarios", "snapshots/reference", "src"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=scenarios");
    println!("cargo:rerun-if-changed=snapshots/reference");
    println!("cargo:rerun-if-changed=docs/self-test");
    // A program with debug assertions is no release, whatever its commit is: nobody has to wait for git.
    if env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_none() {
        for source in SOURCES.into_iter().chain([".git/HEAD", ".git/logs/HEAD"]).filter(|path| Path::new(path).exists())
        {
            println!("cargo:rerun-if-changed={source}");
        }
        let (commit, changed) = of_repository().or_else(of_package).unwrap_or_default();
        println!("cargo:rustc-env=MOCK_BSS_COMMIT={commit}");
        println!("cargo:rustc-env=MOCK_BSS_CHANGED={changed}");
    }
}

/// The commit that is checked out, and whether something of the program differs from it.
fn of_repository() -> Option<(String, bool)> {
    // In a folder of somebody else's repository git would speak of that one.
    let own = git(&["rev-parse", "--show-prefix"])?.is_empty();
    let commit = git(&["rev-parse", "HEAD"]).filter(|_| own)?;
    let status = ["status", "--porcelain", "--untracked-files=all", "--"];
    let changed = git(&[&status[..], &SOURCES[..]].concat())?;
    Some((commit, !changed.is_empty()))
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}

/// What cargo has noted when the package was made.
fn of_package() -> Option<(String, bool)> {
    let noted = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = noted.split_once("\"sha1\"")?;
    let commit: String =
        rest.chars().skip_while(|c| !c.is_ascii_hexdigit()).take_while(char::is_ascii_hexdigit).collect();
    let dirty =
        noted.split_once("\"dirty\"").is_some_and(|(_, rest)| rest.trim_start_matches([':', ' ']).starts_with("true"));
    (!commit.is_empty()).then_some((commit, dirty))
}
