//! One HTTP client for the whole run: no redirects, and nothing that changes anything is sent twice.

use super::{
    failure::{Around, classify, is_closed},
    micros,
    silence::Silence,
    tls,
    version::Version,
    way::Way,
};
use crate::{
    evidence::{FailureKind, Outcome},
    profile::{ProbeFrom, Profile, Tls},
};
use reqwest::{Method, Url, header::HeaderMap};
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

/// A call on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WireRequest {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    /// Nothing changes if it is sent twice.
    pub(crate) repeatable: bool,
    /// The largest answer that is read, in bytes.
    pub(crate) limit: usize,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct ClientError(pub(super) String);

/// Sends calls and reads answers.
#[derive(Debug, Clone)]
pub struct Client {
    target: Way,
    /// The probe may stand elsewhere. It is shown no certificate.
    aside: Way,
    timeout: Duration,
    silence: Arc<Silence>,
}

impl Client {
    /// # Errors
    /// The operating system trusts nobody, and neither does the profile, for an `https://` target.
    pub fn new(profile: &Profile) -> Result<Self, ClientError> {
        // A second call finds the provider installed: that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let version = if profile.connection.http2 { Version::Http2 } else { Version::Http1 };
        let target = Way::to(&profile.target, profile, &profile.connection.tls, version)?;
        let probe = profile.probe.as_ref().and_then(|probe| match &probe.from {
            ProbeFrom::Url(url) if !target.leads_to(url) => Some(url),
            _ => None,
        });
        let aside = match probe {
            Some(url) => {
                let authorities = profile.connection.tls.authorities.clone();
                Way::to(url, profile, &Tls { authorities, ..Tls::default() }, Version::Http1)?
            }
            None => target.clone(),
        };
        Ok(Self { target, aside, timeout: profile.limits.timeout, silence: Arc::default() })
    }

    /// The `Host` header, where it is not that of the URL.
    pub(crate) fn host(&self) -> Option<&str> {
        self.target.host.as_deref()
    }

    /// Sends a call and reads the whole answer; microseconds from sending to the last byte.
    pub(crate) async fn send(&self, request: &WireRequest) -> (Outcome, u64) {
        let started = Instant::now();
        let way = if self.target.leads_to(&request.url) { &self.target } else { &self.aside };
        let outcome = self.exchange(way, request).await;
        self.silence.heard(&request.url, &outcome);
        if matches!(outcome, Outcome::Received { .. }) {
            way.answered.store(true, Ordering::Relaxed);
        }
        (outcome, micros(started))
    }

    /// Whether the port of an `http://` target speaks TLS instead.
    pub(crate) async fn is_encrypted(&self) -> bool {
        let url = Url::parse(&self.target.origin).ok().filter(|url| url.scheme() == "http");
        let (Some(url), None) = (url, &self.target.proxy) else { return false };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return false };
        tls::is_spoken(&format!("{host}:{port}"), self.timeout.min(Duration::from_secs(5))).await
    }

    async fn exchange(&self, way: &Way, request: &WireRequest) -> Outcome {
        let internal = |message: String| Outcome::Failed { kind: FailureKind::Internal, message };
        let Ok(method) = Method::from_bytes(request.method.as_bytes()) else {
            return internal(format!("`{}` is not an HTTP method", request.method));
        };
        let is_kept = request.repeatable || way.habit.is_trusted();
        let http = if is_kept { &way.http } else { &way.fresh };
        let timeout = self.silence.allowed(&request.url, self.timeout);
        let mut builder = match (&way.named, request.url.strip_prefix(&way.origin)) {
            (Some(named), Some(rest)) => http.request(method, format!("{named}{rest}")),
            _ => http.request(method, &request.url),
        };
        for (name, value) in &request.headers {
            match reqwest::header::HeaderValue::from_bytes(value.as_bytes()) {
                Ok(value) => builder = builder.header(name, value),
                Err(_) => return internal(format!("the value of the header `{name}` cannot be sent")),
            }
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        if timeout < self.timeout {
            builder = builder.timeout(timeout);
        }
        let again = if request.repeatable { builder.try_clone() } else { None };
        let again = again.and_then(|again| again.build().ok());
        let sent = match (builder.send().await, again) {
            (Ok(response), _) => {
                if is_kept {
                    way.habit.answered();
                }
                Ok(response)
            }
            (Err(error), again) if is_kept && is_closed(&error) && !error.is_connect() => {
                way.habit.closed();
                match again {
                    Some(again) => way.fresh.execute(again).await,
                    None => Err(error),
                }
            }
            (Err(error), _) => Err(error),
        };
        match sent {
            Ok(response) => self.read(way, response, request.limit, timeout).await,
            Err(error) => self.failed(way, &error, timeout),
        }
    }

    fn failed(&self, way: &Way, error: &reqwest::Error, timeout: Duration) -> Outcome {
        let fresh = !way.answered.load(Ordering::Relaxed);
        let (kind, message) = classify(
            error,
            Around {
                timeout,
                hurried: timeout < self.timeout,
                connecting: way.connecting,
                proxy: way.proxy.as_deref(),
                shown: way.shown.as_deref(),
                fresh,
                version: way.version,
            },
        );
        Outcome::Failed { kind, message }
    }

    async fn read(&self, way: &Way, mut response: reqwest::Response, limit: usize, timeout: Duration) -> Outcome {
        let status = response.status().as_u16();
        let headers = header_list(response.headers());
        let mut bytes = Vec::with_capacity(response.content_length().unwrap_or(0).min(1 << 20) as usize);
        let mut truncated = false;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let room = limit - bytes.len();
                    bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        truncated = true;
                        break;
                    }
                }
                Ok(None) => break,
                Err(error) => return self.failed(way, &error, timeout),
            }
        }
        let (body, lossy) = match String::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
        };
        Outcome::Received { status, headers, body, lossy, truncated }
    }
}

fn header_list(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}
