//! Ctrl-C, SIGTERM and SIGHUP: the first asks politely, the second does not.

use crate::{play::Stop, report::exit};
use tokio::sync::watch;

/// Becomes `Soon` at the first signal; a second one ends the process at once.
pub(super) fn watch_for_stop(notice: impl Fn() + Send + 'static) -> watch::Receiver<Stop> {
    watch_for_stop_then(notice, || {})
}

/// The same; `at_once` is what has to be done even then.
pub(super) fn watch_for_stop_then(
    notice: impl Fn() + Send + 'static,
    at_once: impl FnOnce() + Send + 'static,
) -> watch::Receiver<Stop> {
    let (sender, receiver) = watch::channel(Stop::No);
    // From here on no signal ends the process unasked, however late the task below is begun.
    let mut signals = Signals::listen();
    tokio::spawn(async move {
        signals.next().await;
        notice();
        let _ = sender.send(Stop::Soon);
        signals.next().await;
        at_once();
        std::process::exit(i32::from(exit::INTERRUPTED));
    });
    receiver
}

#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // A terminal that is closed hangs up: what was bought has to be cancelled then too.
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        Self(kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect())
    }

    async fn next(&mut self) {
        use std::task::Poll;
        std::future::poll_fn(|context| {
            let mut came = Poll::Pending;
            // Every one is asked, so that every one wakes this task.
            for signal in &mut self.0 {
                if signal.poll_recv(context).is_ready() {
                    came = Poll::Ready(());
                }
            }
            came
        })
        .await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) {
        drop(tokio::signal::ctrl_c().await);
    }
}
