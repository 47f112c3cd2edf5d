//! Ctrl-C, SIGTERM and SIGHUP: the first asks politely, the second does not.

use crate::{play::Stop, report::exit};
use tokio::sync::watch;

/// Becomes `Soon` at the first signal; a second one ends the process at once.
pub(super) fn watch_for_stop(notice: impl Fn() + Send + 'static) -> watch::Receiver<Stop> {
    let (sender, receiver) = watch::channel(Stop::No);
    tokio::spawn(async move {
        signal().await;
        notice();
        let _ = sender.send(Stop::Soon);
        signal().await;
        std::process::exit(i32::from(exit::INTERRUPTED));
    });
    receiver
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    // A terminal that is closed hangs up: what was bought has to be cancelled then too.
    match (signal(SignalKind::terminate()), signal(SignalKind::hangup())) {
        (Ok(mut terminate), Ok(mut hangup)) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
        }
        _ => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn signal() {
    drop(tokio::signal::ctrl_c().await);
}
