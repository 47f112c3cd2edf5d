//! Who tests the tester: the suite is played against the reference with each of its faults, and against the reference
//! without any.
//!
//! ```text
//! fault ─▶ reference with it ─▶ suite ─▶ verdict ─▶ was one of the rules that it breaks found broken?
//! none  ─▶ reference in many settings ─▶ suite ─▶ verdict ─▶ was anything found at all?
//! ```
//! Snapshots play no part: they would tell every fault from the reference, and an integrator's service manager is no
//! reference. Nothing is written: the evidence of a bout is judged and dropped.

mod bout;
mod coverage;
mod faults;
mod harmless;
mod score;

pub use bout::{Bout, Found, Judged, NotPlayed, ProfileOf, suite};
pub use coverage::{LATER, NOT_OBSERVABLE};
pub use faults::{Done, Outcome, Tried, bout_of, expected, play_each};
pub use harmless::{Quiet, bouts};
pub use score::{Score, differences, scenarios_digest};

#[cfg(test)]
mod tests;
