//! Why a call has no answer. reqwest's own questions (`is_connect`) do not tell these apart, so the chain of causes does.

use crate::evidence::FailureKind;
use std::{error::Error, io};

/// The kind of a failure and a sentence for people.
pub(crate) fn classify(error: &reqwest::Error, limit: std::time::Duration) -> (FailureKind, String) {
    if error.is_timeout() {
        return (FailureKind::Timeout, format!("no complete answer within {} s", limit.as_secs_f64()));
    }
    let words = causes(error);
    let text = words.join(": ");
    let lower = text.to_lowercase();
    let kind = if lower.contains("dns error") || lower.contains("failed to lookup") {
        FailureKind::Dns
    } else if lower.contains("certificate")
        || lower.contains("tls")
        || lower.contains("handshake")
        || lower.contains("corrupt message")
    {
        FailureKind::Tls
    } else if is_reset(error) {
        FailureKind::Reset
    } else if error.is_connect() {
        FailureKind::Connect
    } else if error.is_builder() {
        FailureKind::Internal
    } else if lower.contains("closed") || lower.contains("incomplete") || lower.contains("canceled") {
        FailureKind::Reset
    } else {
        FailureKind::Protocol
    };
    (kind, format!("{}: {text}", describe(kind)))
}

fn describe(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Dns => "the host name has no address",
        FailureKind::Connect => "nobody answers there",
        FailureKind::Tls => "no agreement on an encrypted connection",
        FailureKind::Timeout => "no complete answer in time",
        FailureKind::Reset => "the connection was closed before the answer was complete",
        FailureKind::Protocol => "the answer is not HTTP",
        FailureKind::Internal => "the call could not be made",
    }
}

/// The messages of the chain, without repetitions and without the URL (it is recorded beside).
fn causes(error: &reqwest::Error) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !words.iter().any(|known| known.contains(&text)) {
            words.push(text);
        }
        cause = inner.source();
    }
    words
}

fn is_reset(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
            if matches!(io.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof) {
                return true;
            }
        }
        cause = inner.source();
    }
    false
}
