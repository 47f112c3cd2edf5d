//! How one origin is reached: directly or through a proxy, encrypted or not, under its own name or another.

use super::{
    client::ClientError,
    kept::{Counted, Habit},
    tls::{self, Shown},
    version::Version,
};
use crate::profile::{Profile, Proxy, Tls};
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};
use rustls::ClientConfig;
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// A connection that is not there by now will not come.
const LONGEST_CONNECT: Duration = Duration::from_secs(30);

/// Servers close idle connections after two seconds at the least: none is used that has been idle for longer than this.
const LONGEST_IDLE: Duration = Duration::from_secs(1);

/// The way to one origin.
#[derive(Debug, Clone)]
pub(super) struct Way {
    /// Keeps connections open.
    pub(super) http: reqwest::Client,
    /// Opens one for each call.
    pub(super) fresh: reqwest::Client,
    pub(super) habit: Arc<Habit>,
    /// `https://host:port`, as it stands in the URLs of the run.
    pub(super) origin: String,
    /// The same with the server name, which TLS announces: `https://name:port`.
    pub(super) named: Option<String>,
    /// The `Host` that goes with it.
    pub(super) host: Option<String>,
    pub(super) proxy: Option<String>,
    pub(super) shown: Option<Arc<Shown>>,
    pub(super) answered: Arc<AtomicBool>,
    pub(super) connecting: Duration,
    pub(super) version: Version,
}

impl Way {
    /// # Errors
    /// Nobody is trusted, so nothing can be encrypted.
    pub(super) fn to(url: &str, profile: &Profile, tls: &Tls, version: Version) -> Result<Self, ClientError> {
        let cannot = |error: &dyn std::fmt::Display| ClientError(error.to_string());
        // The account in a probe's URL is filled in later.
        let parsed = Url::parse(&url.replace(['{', '}'], "")).ok();
        let host = parsed.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
        let proxy = profile.connection.proxy.as_ref().filter(|proxy| proxy.carries(&host));
        let encrypted = url.starts_with("https://");
        let (config, shown) = match encrypted {
            true => tls::settings(tls, version)
                .map(|(config, shown)| (Some(config), Some(shown)))
                .map_err(|e| cannot(&e))?,
            false => (None, None),
        };
        let name = tls.server_name.as_ref().filter(|_| encrypted);
        let port = parsed.as_ref().and_then(Url::port).map(|port| format!(":{port}")).unwrap_or_default();
        // TLS announces the host of the URL. A proxy would look for that host, and find another one or none: there the
        // name is only checked, and not announced.
        let announced = name.filter(|_| proxy.is_none());
        let elsewhere = announced.map(|name| Arc::new(Elsewhere { name: name.clone(), host }));
        // A little less than the whole, so that it is known which of the two has run out.
        let connecting = LONGEST_CONNECT.min(profile.limits.timeout * 9 / 10);
        let habit: Arc<Habit> = Arc::default();
        let build = |idle: usize| {
            let builder = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .timeout(profile.limits.timeout)
                .connect_timeout(connecting)
                .tcp_nodelay(true)
                .pool_idle_timeout(LONGEST_IDLE)
                .pool_max_idle_per_host(idle);
            let builder = match idle {
                0 => builder,
                _ => builder.connector_layer(Counted(habit.clone())),
            };
            let builder = match proxy {
                Some(proxy) => builder.proxy(through(proxy)?),
                None => builder.no_proxy(),
            };
            let builder = match &elsewhere {
                Some(elsewhere) => builder.dns_resolver(elsewhere.clone()),
                None => builder,
            };
            encryption(version.only(builder), config.as_ref()).build()
        };
        Ok(Self {
            http: build(profile.limits.jobs.max(1) * 2).map_err(|error| cannot(&error))?,
            fresh: build(0).map_err(|error| cannot(&error))?,
            habit: habit.clone(),
            origin: origin(url).to_owned(),
            named: announced.map(|name| format!("https://{name}{port}")),
            host: name.map(|name| format!("{name}{port}")),
            proxy: proxy.map(|proxy| proxy.url.clone()),
            shown,
            answered: Arc::default(),
            connecting,
            version,
        })
    }

    /// True when this is the way to a URL.
    pub(super) fn leads_to(&self, url: &str) -> bool {
        url.strip_prefix(&self.origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }
}

fn encryption(builder: reqwest::ClientBuilder, config: Option<&ClientConfig>) -> reqwest::ClientBuilder {
    match config {
        Some(config) => builder.tls_backend_preconfigured(config.clone()),
        // Reading the system's certificates takes milliseconds that an unencrypted target does not need.
        None => builder.tls_certs_only([]),
    }
}

fn through(proxy: &Proxy) -> reqwest::Result<reqwest::Proxy> {
    let through = reqwest::Proxy::all(&proxy.url)?;
    Ok(match &proxy.credentials {
        Some((user, password)) => through.basic_auth(user, password),
        None => through,
    })
}

/// Scheme, host and port.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    &url[..end]
}

/// Finds the target's address under the name that its certificate is for.
#[derive(Debug)]
struct Elsewhere {
    name: String,
    host: String,
}

impl Resolve for Elsewhere {
    fn resolve(&self, name: Name) -> Resolving {
        let host = if name.as_str() == self.name { self.host.clone() } else { name.as_str().to_owned() };
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), 0)).await?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}
