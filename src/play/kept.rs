//! Connections that are kept open, and the one trap in them.
//!
//! A target may close a connection that it has just answered on, without having said so. A call that is written at that
//! very moment is lost, and looks like one that the target has failed. Nobody can tell the two apart afterwards, so it
//! must not come to that: a call that changes something goes over a kept connection only where the target has shown that
//! it keeps them. A call that changes nothing may go over one at once, and is sent once more if the connection was gone.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
};
use tower_layer::Layer;
use tower_service::Service;

/// Whether a target keeps connections open.
#[derive(Debug, Default)]
pub(super) struct Habit {
    opened: AtomicU64,
    answered: AtomicU64,
    kept: AtomicBool,
    closed: AtomicBool,
}

impl Habit {
    /// An answer has come over a connection that may be kept. As soon as there are more answers than connections, one of
    /// them has carried two.
    pub(super) fn answered(&self) {
        let answered = self.answered.fetch_add(1, Ordering::Relaxed) + 1;
        if answered > self.opened.load(Ordering::Relaxed) {
            self.kept.store(true, Ordering::Relaxed);
        }
    }

    /// A connection was closed without an answer. From then on the target is not trusted with a kept one.
    pub(super) fn closed(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// True when a call that changes something may use a kept connection.
    pub(super) fn is_trusted(&self) -> bool {
        self.kept.load(Ordering::Relaxed) && !self.closed.load(Ordering::Relaxed)
    }
}

/// Counts the connections that are opened.
#[derive(Debug, Clone)]
pub(super) struct Counted(pub(super) Arc<Habit>);

/// A connector that counts.
#[derive(Debug, Clone)]
pub(super) struct Counting<S> {
    inner: S,
    habit: Arc<Habit>,
}

impl<S> Layer<S> for Counted {
    type Service = Counting<S>;

    fn layer(&self, inner: S) -> Counting<S> {
        Counting { inner, habit: self.0.clone() }
    }
}

impl<S: Service<R>, R> Service<R> for Counting<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.habit.opened.fetch_add(1, Ordering::Relaxed);
        self.inner.call(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_trusted_once_a_connection_has_carried_two_answers() {
        let habit = Habit::default();
        for _ in 0..3 {
            habit.opened.fetch_add(1, Ordering::Relaxed);
            habit.answered();
            assert!(!habit.is_trusted(), "each answer had a connection of its own");
        }
        habit.answered();
        assert!(habit.is_trusted());
        habit.opened.fetch_add(9, Ordering::Relaxed);
        assert!(habit.is_trusted(), "a burst of connections takes nothing back");
        habit.closed();
        habit.answered();
        assert!(!habit.is_trusted(), "who has closed one is not trusted again");
    }
}
