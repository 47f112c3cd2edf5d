//! How fast calls are made, and when to stop.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// Whether the run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stop {
    #[default]
    No,
    /// Finish the call, clean up, report.
    Soon,
}

/// Spreads calls evenly, so that no second sees more than the profile allows.
#[derive(Debug)]
pub(crate) struct Pace {
    gap: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// `rate` is in calls per second.
    pub(crate) fn new(rate: Option<f64>) -> Self {
        Self { gap: rate.map(|rate| Duration::from_secs_f64(1.0 / rate)), next: Mutex::new(None) }
    }

    /// Waits for this call's turn.
    pub(crate) async fn turn(&self) {
        let Some(gap) = self.gap else { return };
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = turn_after(*next, Instant::now());
            *next = Some(at + gap);
            at
        };
        sleep_until(at).await;
    }
}

/// The next free turn: never in the past, so that a pause is not made up for by a burst.
fn turn_after(next: Option<Instant>, now: Instant) -> Instant {
    next.map_or(now, |next| next.max(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_turn_is_a_gap_after_the_one_before() {
        let pace = Pace::new(Some(1000.0));
        let next = || pace.next.lock().unwrap().unwrap();
        pace.turn().await;
        let second = next();
        pace.turn().await;
        assert!(Instant::now() >= second, "the second call had to wait for its turn");
        assert!(next() >= second + Duration::from_millis(1));
    }

    #[tokio::test]
    async fn a_pause_is_not_made_up_for_by_a_burst() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        assert_eq!(turn_after(None, now), now);
        assert_eq!(turn_after(Some(now + second), now), now + second);
        assert_eq!(turn_after(Some(now - second.min(now.elapsed())), now + second), now + second);
    }
}
