//! One HTTP client for the whole run: no redirects, no retries, no surprises.

use super::{failure::classify, micros};
use crate::{evidence::Outcome, profile::Profile};
use reqwest::{Method, header::HeaderMap};
use std::time::{Duration, Instant};

/// A call on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WireRequest {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    /// The largest answer that is read, in bytes.
    pub(crate) limit: usize,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct ClientError(String);

/// Sends calls and reads answers.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    timeout: Duration,
}

impl Client {
    /// # Errors
    /// The operating system's certificates cannot be read, for an `https://` target.
    pub fn new(profile: &Profile) -> Result<Self, ClientError> {
        // A second call finds the provider installed: that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(profile.limits.timeout)
            .tcp_nodelay(true)
            .pool_max_idle_per_host(profile.limits.jobs.max(1) * 2)
            .no_proxy();
        if profile.target.starts_with("http://") {
            // Reading the system's certificates takes milliseconds that an unencrypted target does not need.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| ClientError(error.to_string()))?;
        Ok(Self { http, timeout: profile.limits.timeout })
    }

    /// Sends a call and reads the whole answer; microseconds from sending to the last byte.
    pub(crate) async fn send(&self, request: &WireRequest) -> (Outcome, u64) {
        let started = Instant::now();
        let outcome = self.exchange(request).await;
        (outcome, micros(started))
    }

    async fn exchange(&self, request: &WireRequest) -> Outcome {
        let internal = |message: String| Outcome::Failed { kind: crate::evidence::FailureKind::Internal, message };
        let Ok(method) = Method::from_bytes(request.method.as_bytes()) else {
            return internal(format!("`{}` is not an HTTP method", request.method));
        };
        let mut builder = self.http.request(method, &request.url);
        for (name, value) in &request.headers {
            match reqwest::header::HeaderValue::from_bytes(value.as_bytes()) {
                Ok(value) => builder = builder.header(name, value),
                Err(_) => return internal(format!("the value of the header `{name}` cannot be sent")),
            }
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        match builder.send().await {
            Ok(response) => self.read(response, request.limit).await,
            Err(error) => {
                let (kind, message) = classify(&error, self.timeout);
                Outcome::Failed { kind, message }
            }
        }
    }

    async fn read(&self, mut response: reqwest::Response, limit: usize) -> Outcome {
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
                Err(error) => {
                    let (kind, message) = classify(&error, self.timeout);
                    return Outcome::Failed { kind, message };
                }
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
