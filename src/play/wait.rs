//! Waiting for a target that is still starting.

use super::{Player, client::WireRequest, prelude::PreludeError};
use crate::{
    contract::Endpoint,
    evidence::{FailureKind, Outcome},
};
use std::time::{Duration, Instant};

/// The first pause between two tries; each is longer than the one before …
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// … up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long a try may take at least, however little of the time is left: one that begins when it is over is asked to be
/// answered, not to have been.
const SHORTEST_TRY: Duration = Duration::from_secs(1);
/// Nobody reads the answer.
const ENOUGH: usize = 64 * 1024;

/// Waits until the target answers, whatever it answers. It is asked for its base URL, without credentials. `notice` is
/// called once, with the reason, if there is anything to wait for. `false` when the run was interrupted meanwhile.
///
/// # Errors
/// Nothing has answered within `limit`.
pub async fn wait(player: &Player, limit: Duration, notice: impl FnOnce(&str)) -> Result<bool, PreludeError> {
    let session = &*player.session;
    let started = Instant::now();
    let url = session.profile.dialect.url(&session.profile.target, Endpoint::Discovery);
    let mut headers = vec![("User-Agent".to_owned(), concat!("mock-bss/", env!("CARGO_PKG_VERSION")).to_owned())];
    headers.extend(session.client.host().map(|host| ("Host".to_owned(), host.to_owned())));
    let request = WireRequest { method: "GET".to_owned(), url, headers, body: None, repeatable: true, limit: ENOUGH };
    let (mut pause, mut notice) = (FIRST_PAUSE, Some(notice));
    let mut reason = None;
    loop {
        let left = limit.saturating_sub(started.elapsed()).max(SHORTEST_TRY);
        match tokio::time::timeout(left, session.client.send(&request)).await {
            Ok((Outcome::Received { .. }, _)) => return Ok(true),
            Ok((Outcome::Failed { kind, message }, _)) => reason = Some((kind, session.recorder.masker.text(&message))),
            // What an earlier try has met says more than that this one was cut off.
            Err(_) => {}
        }
        let (kind, message) =
            reason.clone().unwrap_or_else(|| (FailureKind::NoConnection, "no answer in that time".to_owned()));
        let left = limit.saturating_sub(started.elapsed());
        if kind == FailureKind::Internal || left.is_zero() {
            return Err(PreludeError::Unreachable { kind, message });
        }
        if let Some(notice) = notice.take() {
            notice(&message);
        }
        // The last try is made when the time is over, not before.
        if session.pause(pause.min(left)).await {
            return Ok(false);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
