//! Exit codes: a public contract, see `docs/exit-codes.md`.

use crate::verdict::{Outcome, Verdict};

/// Everything that applies is right. New snapshots of a local run are pending, and said so.
pub const CONFORMANT: u8 = 0;
/// Something that decides is wrong.
pub const NOT_CONFORMANT: u8 = 1;
/// The command line, the profile, a scenario, or an output folder cannot be used.
pub const USAGE: u8 = 2;
/// DNS, connect or TLS failed before the first answer.
pub const UNREACHABLE: u8 = 3;
/// Only snapshots differ, or are new under `--check`.
pub const SNAPSHOTS: u8 = 4;
/// Nothing is wrong, but not everything that was planned ran.
pub const INCOMPLETE: u8 = 5;
/// A fault of mock-bss itself.
pub const INTERNAL: u8 = 70;
/// Interrupted; a partial report has been written.
pub const INTERRUPTED: u8 = 130;

/// The exit code of a run that was judged. Where several apply, the order is 130, 1, 5, 4, 0.
pub fn of(verdict: &Verdict, check: bool) -> u8 {
    if verdict.finished.as_ref().is_some_and(|finished| finished.interrupted) {
        return INTERRUPTED;
    }
    match verdict.outcome {
        Outcome::NotConformant => NOT_CONFORMANT,
        Outcome::Incomplete => INCOMPLETE,
        Outcome::Conformant if verdict.counts.snapshots_changed > 0 => SNAPSHOTS,
        Outcome::Conformant if check && verdict.counts.snapshots_new > 0 => SNAPSHOTS,
        Outcome::Conformant => CONFORMANT,
    }
}
