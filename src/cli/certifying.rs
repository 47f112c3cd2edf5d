//! What making and verifying certificates have in common: the suite, files that are read, conditions in words.

use super::{args::VerifyArgs, fault::Fault, output::Output, select};
use crate::{
    certificate::{Condition, KeyError, MOST_PACKED, PublicKey, State, Suite, SuiteFile, Trust, Verified, verify},
    play,
    report::{console::counted, printable},
    scenario::{self, Library},
};
use std::{
    fmt::Write,
    fs::{self, File},
    io::Read,
    path::Path,
};

/// The built-in suite.
pub(super) fn suite() -> Result<Suite, Fault> {
    let rule = select::rule_checker();
    let files = scenario::builtin_files();
    let loaded = scenario::load(&files, &Library { rule: &rule });
    if loaded.diagnostics.has_errors() {
        return Err(Fault::files(loaded.diagnostics));
    }
    let of = |file: &scenario::ScenarioFile| {
        let own = loaded.scenarios.iter().filter(|scenario| scenario.source.path == file.source.path);
        let scenarios: Vec<_> = own.clone().map(|scenario| (scenario.key.clone(), play::records(scenario))).collect();
        let sha256 = own.clone().next().map(scenario::Scenario::sha256).unwrap_or_default();
        SuiteFile { key: file.key.clone(), text: file.source.text.replace("\r\n", "\n"), sha256, scenarios }
    };
    Ok(Suite { files: files.iter().map(of).collect() })
}

/// A key that somebody has named.
pub(super) fn key<K>(path: &Path, read: impl FnOnce(&[u8]) -> Result<K, KeyError>) -> Result<K, Fault> {
    let bytes =
        fs::read(path).map_err(|error| Fault::usage(format!("the key {} cannot be read: {error}", path.display())))?;
    read(&bytes).map_err(|error| {
        Fault::usage(format!("{} is not a key for certificates: {error}", path.display())).help(error.help())
    })
}

/// The bytes of a bundle; of one that is too large only so many that this shows.
pub(super) fn packed(path: &Path) -> Result<Vec<u8>, Fault> {
    let cannot = |error: std::io::Error| {
        Fault::usage(format!("the certificate {} cannot be read: {error}", path.display()))
            .help("name the .tar.gz that `mock-bss certify` has written")
    };
    let mut packed = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    file.take(MOST_PACKED + 1).read_to_end(&mut packed).map_err(cannot)?;
    Ok(packed)
}

/// Verifies the bundle that was named.
pub(super) fn verified(args: &VerifyArgs) -> Result<Verified, Fault> {
    let trusted = args.trust.as_deref().map(|path| key(path, PublicKey::from_pem)).transpose()?;
    let packed = packed(&args.bundle)?;
    let trust = Trust { key: trusted.as_ref(), rehearsal: args.rehearsal, now: jiff::Timestamp::now() };
    Ok(verify(&packed, &suite()?, trust))
}

/// A line for each condition.
pub(super) fn lines(conditions: &[Condition], output: &Output) -> String {
    let style = output.style();
    let mut out = String::new();
    for condition in conditions {
        let word = match condition.state {
            State::Met => style.good("ok   "),
            State::NotMet => style.bad("FAIL "),
            State::Rehearsed => style.odd("skip "),
            State::Told => style.faint("note "),
        };
        let words = printable(&condition.words()).replace(['\n', '\r'], " ");
        let _ = writeln!(out, "  {word} {:<15} {words}", condition.name);
    }
    out
}

/// How many conditions do not hold: `1 condition is`.
pub(super) fn not_met(conditions: &[Condition]) -> Option<String> {
    let count = conditions.iter().filter(|condition| condition.state == State::NotMet).count() as u64;
    (count > 0).then(|| format!("{} {} not met", counted(count, "condition"), if count == 1 { "is" } else { "are" }))
}
