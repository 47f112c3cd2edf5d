//! A target that asks to wait (HTTP 429 or 503 with `Retry-After`) has done nothing yet: the call is sent again when it
//! says, a few times, and each time is in the evidence.

use crate::evidence::Outcome;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// How often one call is sent again.
const REPEATS: u32 = 3;
/// Who asks for more than this gets no second call …
const LONGEST: Duration = Duration::from_secs(60);
/// … and neither does who has asked for this much in the whole run.
const OF_A_RUN: Duration = Duration::from_secs(10 * 60);

/// What is left of the patience of a run.
#[derive(Debug)]
pub(crate) struct Patience {
    /// Milliseconds.
    left: AtomicU64,
    longest: Duration,
}

impl Patience {
    /// `timeout` is what a call may take: a wait takes no longer either.
    pub(crate) fn new(timeout: Duration) -> Self {
        Self { left: AtomicU64::new(milliseconds(OF_A_RUN)), longest: LONGEST.min(timeout) }
    }

    /// How long to wait before the call is sent again; `None` when this answer stands.
    pub(crate) fn grant(&self, outcome: &Outcome, repeats: u32) -> Option<Duration> {
        let wait = asked(outcome)?;
        if repeats >= REPEATS || wait > self.longest {
            return None;
        }
        let cost = milliseconds(wait);
        let take = |left: u64| left.checked_sub(cost);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok().map(|_| wait)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What the target asks for: seconds, or a date. A date counts from the `Date` of the same answer, so that clocks need
/// not agree; one that is over means now.
fn asked(outcome: &Outcome) -> Option<Duration> {
    let Outcome::Received { status: 429 | 503, headers, .. } = outcome else { return None };
    let header = |wanted: &str| {
        headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
    };
    let value = header("retry-after")?;
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(u64::from(seconds)));
    }
    let date = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp());
    let (until, now) = (date(value)?, date(header("date")?)?);
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, value: Option<&str>) -> Outcome {
        let date = ("Date".to_owned(), "Sun, 06 Nov 1994 08:49:00 GMT".to_owned());
        let after = value.map(|value| ("Retry-After".to_owned(), value.to_owned()));
        let headers = [date].into_iter().chain(after).collect();
        Outcome::Received { status, headers, body: String::new(), lossy: false, truncated: false }
    }

    #[test]
    fn seconds_and_dates_are_read_and_nothing_else() {
        let asked = |status, value| asked(&answer(status, value));
        assert_eq!(asked(503, Some("7")), Some(Duration::from_secs(7)));
        assert_eq!(asked(429, Some(" 0 ")), Some(Duration::ZERO));
        assert_eq!(asked(503, Some("Sun, 06 Nov 1994 08:49:37 GMT")), Some(Duration::from_secs(37)));
        assert_eq!(asked(503, Some("Sun, 06 Nov 1994 08:00:00 GMT")), Some(Duration::ZERO));
        for nonsense in ["-1", "soon", "", "1.5", "99999999999999999999"] {
            assert_eq!(asked(503, Some(nonsense)), None, "{nonsense}");
        }
        assert_eq!((asked(503, None), asked(500, Some("7")), asked(200, Some("7"))), (None, None, None));
    }

    #[test]
    fn patience_ends_with_the_call_and_with_the_run() {
        let patience = Patience::new(Duration::from_secs(50));
        let grant = |value, repeats| patience.grant(&answer(503, Some(value)), repeats);
        assert_eq!(grant("51", 0), None, "longer than a call may take");
        assert_eq!((grant("0", 2), grant("0", 3)), (Some(Duration::ZERO), None));
        for _ in 0..12 {
            assert_eq!(grant("50", 0), Some(Duration::from_secs(50)));
        }
        assert_eq!(grant("1", 0), None, "ten minutes are over");
        assert_eq!(grant("0", 0), Some(Duration::ZERO));
    }
}
