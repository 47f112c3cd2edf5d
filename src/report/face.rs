//! How each status looks. A new status is one line here, and every format knows it.

use crate::verdict::{Outcome, Status};

/// How a status, or a verdict, is to be felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
    Odd,
    Faint,
}

impl Tone {
    /// The class in HTML.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Odd => "odd",
            Self::Faint => "faint",
        }
    }
}

/// What the formats of test runners know: they have four words for all of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Passed,
    /// The target's.
    Failed,
    /// Not the target's: it is not known.
    Errored,
    Skipped,
}

/// How much of a check a person is shown who did not ask for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// What is wrong, why, and how to mend it.
    Block,
    /// One line.
    Line,
    /// Nothing.
    WhenAsked,
}

/// How a status looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Face {
    /// For programs, as JSON has it.
    pub(super) name: &'static str,
    /// Its member among the counts.
    pub(super) counted: &'static str,
    /// Four letters for the margin of the terminal.
    pub(super) short: &'static str,
    /// A sign that says the same as the colour.
    pub(super) mark: &'static str,
    pub(super) tone: Tone,
    pub(super) ends: Ends,
    pub(super) shown: Shown,
}

/// The face of a status.
pub(super) fn of(status: Status) -> Face {
    use {Ends::*, Shown::*, Tone::*};
    let (name, counted, short, mark, tone, ends, shown) = match status {
        Status::Pass => ("pass", "passed", "ok  ", "✓", Good, Passed, WhenAsked),
        Status::Fail => ("fail", "failed", "FAIL", "✗", Bad, Failed, Block),
        Status::Warn => ("warn", "warned", "warn", "!", Odd, Passed, Block),
        Status::NotApplicable => ("not_applicable", "not_applicable", "n/a ", "–", Faint, Skipped, WhenAsked),
        Status::NotObservable => ("not_observable", "not_observable", "n/o ", "?", Faint, Skipped, WhenAsked),
        Status::Blocked => ("blocked", "blocked", "blkd", "⊘", Odd, Errored, Line),
        // CI servers show what is skipped with its message; a failure would make the run red.
        Status::Known => ("known", "known", "know", "≈", Odd, Skipped, Line),
        Status::CouldNotRun => ("could_not_run", "could_not_run", "gap ", "…", Odd, Errored, Line),
        Status::Error => ("error", "error", "ERR ", "‼", Bad, Errored, Block),
    };
    Face { name, counted, short, mark, tone, ends, shown }
}

/// The name, the words and the tone of a verdict.
pub(super) fn of_outcome(outcome: Outcome) -> (&'static str, &'static str, Tone) {
    match outcome {
        Outcome::Conformant => ("conformant", "CONFORMANT", Tone::Good),
        Outcome::NotConformant => ("not_conformant", "NOT CONFORMANT", Tone::Bad),
        Outcome::Incomplete => ("incomplete", "INCOMPLETE", Tone::Odd),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_those_of_the_json_report_and_no_two_look_alike() {
        for status in Status::WORST_FIRST {
            assert_eq!(serde_json::to_value(status).unwrap(), of(status).name);
            assert_eq!(of(status).short.len(), 4);
        }
        let faces = || Status::WORST_FIRST.into_iter().map(of);
        for names in [faces().map(|face| face.name).collect(), faces().map(|face| face.mark).collect::<BTreeSet<_>>()] {
            assert_eq!(names.len(), Status::WORST_FIRST.len());
        }
        for outcome in [Outcome::Conformant, Outcome::NotConformant, Outcome::Incomplete] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), of_outcome(outcome).0);
        }
    }
}
