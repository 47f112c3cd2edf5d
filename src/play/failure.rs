//! Why a call has no answer. reqwest's own questions (`is_connect`) do not tell these apart, so the chain of causes does.

use super::{
    tls::{self, Shown},
    version::Version,
};
use crate::evidence::FailureKind;
use std::{error::Error, io, time::Duration};

/// What is known about the connection beside the error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) timeout: Duration,
    /// That is less than the profile grants.
    pub(super) hurried: bool,
    pub(super) connecting: Duration,
    /// The proxy that the call went through.
    pub(super) proxy: Option<&'a str>,
    /// The certificate that is shown on an encrypted connection.
    pub(super) shown: Option<&'a Shown>,
    pub(super) version: Version,
    /// Nothing was ever answered this way.
    pub(super) fresh: bool,
}

/// The kind of a failure and a sentence for people.
pub(super) fn classify(error: &reqwest::Error, around: Around<'_>) -> (FailureKind, String) {
    if error.is_builder() {
        return (FailureKind::Internal, format!("the call could not be made: {}", text(error)));
    }
    if error.is_timeout() {
        return match error.is_connect() {
            true => (FailureKind::NoConnection, format!("no connection within {} s", around.connecting.as_secs_f64())),
            false => {
                let why = if around.hurried { " (all the time it gets after three vain waits)" } else { "" };
                let seconds = around.timeout.as_secs_f64();
                (FailureKind::Timeout, format!("no complete answer within {seconds} s{why}"))
            }
        };
    }
    if let Some(reason) = find::<rustls::Error>(error) {
        return tls::explain(reason, around.shown.filter(|_| around.fresh), around.version);
    }
    if let Some(message) = other_version(error, around) {
        return (FailureKind::Version, message);
    }
    let text = text(error);
    let closed = is_closed(error);
    match around.proxy {
        // The type of this error is private to its library: its words are all there is.
        Some(proxy) if text.contains("tunnel error") => {
            let reason = if text.contains("authorization required") {
                format!("the proxy {proxy} wants credentials")
            } else if text.contains("underlying connection") {
                format!("the proxy {proxy} cannot be reached: {text}")
            } else {
                format!("the proxy {proxy} did not open a way to the target: {text}")
            };
            return (FailureKind::Proxy, reason);
        }
        Some(proxy) if error.is_connect() && !closed => {
            return (FailureKind::Proxy, format!("the proxy {proxy} cannot be reached: {text}"));
        }
        _ => {}
    }
    if error.is_dns() || text.contains("failed to lookup") {
        return (FailureKind::Dns, format!("the host name has no address: {text}"));
    }
    // A target that wanted a certificate may hang up before its alert can be read.
    if closed && around.fresh && around.shown.is_some_and(Shown::missed) {
        return (FailureKind::ClientCertificate, tls::wanted());
    }
    match (error.is_connect(), closed) {
        (true, true) => (
            FailureKind::Tls,
            format!("no agreement on an encrypted connection: the target closed it at once ({text})"),
        ),
        (true, false) => (FailureKind::Connect, format!("nobody answers there: {text}")),
        (false, true) => {
            (FailureKind::Reset, format!("the connection was closed before the answer was complete: {text}"))
        }
        (false, false) => (FailureKind::Protocol, not_http(error, &text)),
    }
}

/// What to do about a failure before the first answer.
pub fn hint(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Dns => "check the host name of `target`",
        FailureKind::NoConnection => {
            "is a firewall in between, or is a proxy needed? then name it with `proxy` in the profile; those of the \
             environment are not used"
        }
        FailureKind::Proxy => {
            "check `proxy` in the profile and its credentials; hosts under `no_proxy` are called directly"
        }
        FailureKind::SelfSigned => {
            "trust it by `tls: { ca: ca.pem }` in the profile; ASP.NET's development certificate is exported by: \
             dotnet dev-certs https --export-path ca.pem --format PEM --no-password"
        }
        FailureKind::UnknownAuthority => "name the authority's certificate by `tls: { ca: ca.pem }` in the profile",
        FailureKind::OutOfDate => "renew the certificate of the target, and check the clocks of both machines",
        FailureKind::OtherName => {
            "call the target by a name of its certificate, or give that name by `tls: { server_name: NAME }` in the profile"
        }
        FailureKind::ClientCertificate => {
            "name a certificate that the target accepts by `tls: { certificate: client.pem, key: client.key }` in the \
             profile"
        }
        FailureKind::NotEncrypted => "write http:// in `target`, or take the port that speaks https",
        FailureKind::Encrypted => "write https:// in `target`, or take the port that speaks http",
        FailureKind::Version => {
            "`http2: true` in the profile calls by HTTP/2, anything else by HTTP/1.1, which is what the platform speaks"
        }
        FailureKind::Tls => "check the certificate of the target, and whether it speaks https at all",
        FailureKind::Connect
        | FailureKind::Timeout
        | FailureKind::Reset
        | FailureKind::Protocol
        | FailureKind::Internal => "is the service manager running, and is the port of `target` right?",
    }
}

/// The target has said, or shown, that it speaks another version of HTTP. It cannot have understood the call then.
fn other_version(error: &reqwest::Error, around: Around<'_>) -> Option<String> {
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse_version_h2) {
        return Some("the target answers HTTP/2 to a call of HTTP/1.1".to_owned());
    }
    if around.version == Version::Http1 || !around.fresh {
        return None;
    }
    // Nothing was agreed on beforehand, and nothing was ever answered.
    if around.shown.is_none() && !error.is_connect() && is_closed(error) {
        return Some("the target does not answer in HTTP/2, it closes the connection".to_owned());
    }
    let reason = find::<h2::Error>(error)?.reason()?;
    // To a reader of frames, the first line of an HTTP/1.1 answer is a frame of impossible size.
    matches!(reason, h2::Reason::HTTP_1_1_REQUIRED | h2::Reason::FRAME_SIZE_ERROR | h2::Reason::PROTOCOL_ERROR)
        .then(|| "the target does not answer in HTTP/2".to_owned())
}

fn not_http(error: &reqwest::Error, text: &str) -> String {
    match find::<hyper::Error>(error) {
        Some(error) if error.is_parse_too_large() => {
            "the head of the answer is larger than what is read (some 400 KB, 100 headers)".to_owned()
        }
        _ => format!("the answer is not HTTP: {text}"),
    }
}

/// The causes of an error, from the outside in. What an I/O error was made from is one of them.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    fn next<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    }
    std::iter::successors(Some(error), |error| next(*error))
}

fn find<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    causes(error).find_map(|cause| cause.downcast_ref::<E>())
}

/// The messages of the causes, without repetitions and without the URL (it is recorded beside).
fn text(error: &reqwest::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    for cause in causes(error).skip(1) {
        let text = cause.to_string();
        // Where in the client it happened is told by its cause, or by nobody.
        let says_nothing = text.starts_with("client error (") && cause.source().is_some();
        if !says_nothing && !words.iter().any(|known| known.contains(&text)) {
            words.push(text);
        }
    }
    words.join(": ")
}

/// The other side hung up.
pub(super) fn is_closed(error: &reqwest::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
    causes(error).any(|cause| {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return matches!(
                error.kind(),
                BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof
            );
        }
        cause.downcast_ref::<hyper::Error>().is_some_and(|error| {
            error.is_incomplete_message() || error.is_canceled() || error.is_closed() || error.is_body_write_aborted()
        })
    })
}
