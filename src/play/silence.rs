//! An address that does not answer is not waited for again and again: a run of hundreds of scenarios would take hours.

use crate::evidence::{FailureKind, Outcome};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How often an address may be silent, one call after another, before it is waited for less.
const PATIENT: u32 = 3;
/// What it is given then, as a part of the usual time. One answer, and it has all its time again.
const PART: u32 = 10;

/// How often each address has been silent since its last answer.
#[derive(Debug, Default)]
pub(super) struct Silence(Mutex<HashMap<String, u32>>);

impl Silence {
    /// What a call to this URL may take.
    pub(super) fn allowed(&self, url: &str, timeout: Duration) -> Duration {
        match self.known().get(address(url)) {
            Some(times) if *times >= PATIENT => timeout / PART,
            _ => timeout,
        }
    }

    /// What came of a call.
    pub(super) fn heard(&self, url: &str, outcome: &Outcome) {
        let mut known = self.known();
        match outcome {
            Outcome::Failed { kind: FailureKind::Timeout, .. } => {
                *known.entry(address(url).to_owned()).or_default() += 1
            }
            _ => {
                known.remove(address(url));
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A URL without its query.
fn address(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Duration = Duration::from_secs(100);
    const PART: Duration = Duration::from_secs(10);

    fn late() -> Outcome {
        Outcome::Failed { kind: FailureKind::Timeout, message: String::new() }
    }

    #[test]
    fn who_is_silent_three_times_is_waited_for_less_until_an_answer_comes() {
        let silence = Silence::default();
        let cancel = || silence.allowed("http://h/Cancel?x=2", ALL);
        for _ in 0..3 {
            assert_eq!(cancel(), ALL);
            silence.heard("http://h/Cancel?x=1", &late());
        }
        assert_eq!((cancel(), silence.allowed("http://h/Create", ALL)), (PART, ALL), "each address for itself");
        silence.heard("http://h/Cancel", &late());
        assert_eq!(cancel(), PART);
        let answer =
            Outcome::Received { status: 500, headers: vec![], body: String::new(), lossy: false, truncated: false };
        silence.heard("http://h/Cancel", &answer);
        silence.heard("http://h/Cancel", &late());
        assert_eq!(cancel(), ALL, "one answer, and all is forgotten");
    }
}
