//! How the target is reached: whose certificates are trusted, which one is shown, and through which proxy.

use super::Environment;
use crate::{
    diagnostic::{Diagnostics, Source},
    yaml::{Node, shape::Checker},
};
use rustls::{
    RootCertStore,
    crypto::ring,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    sign::CertifiedKey,
};
use std::{fmt, io::ErrorKind, net::IpAddr, sync::Arc};

/// Nothing by default: the certificates of the operating system, and no proxy whatever the environment says.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    pub tls: Tls,
    pub proxy: Option<Proxy>,
    /// The target is called by HTTP/2, and by HTTP/1.1 otherwise. The probe follows it where it stands at the same origin.
    pub http2: bool,
}

/// What an encrypted connection needs beside the authorities that the operating system trusts.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// Trusted beside those of the operating system.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Shown to a target that asks for a certificate.
    pub identity: Option<Arc<CertifiedKey>>,
    /// The name that the target's certificate is for, where it is not the host of its URL.
    pub server_name: Option<String>,
}

/// An HTTP proxy.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// `http://host:port`, without credentials.
    pub url: String,
    /// User name and password.
    pub credentials: Option<(String, String)>,
    /// The password as it stands in the URL, where that is another spelling.
    encoded: Option<String>,
    /// Hosts that are called directly, with everything below them. `None` means this machine.
    direct: Option<Vec<String>>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("url", &self.url).field("direct", &self.direct).finish_non_exhaustive()
    }
}

impl Proxy {
    /// True when calls to this host go through the proxy.
    pub fn carries(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        let below = |name: &str| host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        match &self.direct {
            None => !is_loopback(&host),
            Some(names) => !names.iter().any(|name| name == "*" || below(name)),
        }
    }

    /// Everything that must never be written or printed.
    pub fn secrets(&self) -> Vec<String> {
        let Some((user, password)) = &self.credentials else { return Vec::new() };
        let pair = Some(format!("{user}:{password}"));
        [Some(password.clone()), self.encoded.clone(), pair].into_iter().flatten().filter(|s| !s.is_empty()).collect()
    }
}

impl Connection {
    /// What is out of the ordinary about it, for people; no secrets.
    pub fn describe(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(proxy) = &self.proxy {
            words.push(format!("proxy {}", proxy.url));
        }
        if !self.tls.authorities.is_empty() {
            words.push("an authority of the profile".to_owned());
        }
        if self.tls.identity.is_some() {
            words.push("a client certificate".to_owned());
        }
        if let Some(name) = &self.tls.server_name {
            words.push(format!("server name {name}"));
        }
        if self.http2 {
            words.push("HTTP/2".to_owned());
        }
        words
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Reads `tls`, `proxy` and `no_proxy`.
pub(super) fn read(root: &Node, source: &Source, environment: &Environment<'_>, checker: &mut Checker) -> Connection {
    let reader = Reader { root, source, environment };
    let http2 = root.get("http2").and_then(Node::boolean).unwrap_or_default();
    Connection { tls: reader.tls(checker), proxy: reader.proxy(checker), http2 }
}

/// Messages quote the file, and a password that somebody typed into a URL there must not be quoted with it.
pub(super) fn hide_passwords(root: &Node, source: &Source, diagnostics: &mut Diagnostics) {
    let mut text = source.text.clone();
    for node in ["target", "proxy"].iter().filter_map(|key| root.get(key)) {
        let Some(written) = source.text.get(node.span.clone()) else { continue };
        let start = written.find("://").map_or(0, |at| at + 3);
        let Some(end) = written.rfind('@').filter(|end| *end >= start) else { continue };
        let Some(colon) = written[start..end].find(':') else { continue };
        let range = node.span.start + start + colon + 1..node.span.start + end;
        let stars = "*".repeat(range.len());
        if !source.text[range.clone()].starts_with("${") {
            text.replace_range(range, &stars);
        }
    }
    if text != source.text {
        let hidden = Arc::new(Source { path: source.path.clone(), text });
        diagnostics.0.iter_mut().for_each(|diagnostic| diagnostic.source = hidden.clone());
    }
}

struct Reader<'a> {
    root: &'a Node,
    source: &'a Source,
    environment: &'a Environment<'a>,
}

impl Reader<'_> {
    fn tls(&self, checker: &mut Checker) -> Tls {
        let Some(node) = self.root.get("tls") else { return Tls::default() };
        let encrypted = |node: Option<&Node>| node.and_then(Node::text).is_some_and(|url| url.starts_with("https://"));
        if !encrypted(self.root.get("target")) && !encrypted(self.root.get("probe").and_then(|probe| probe.get("url")))
        {
            checker
                .error(&node.span, "`tls` needs an encrypted target", "`target` does not begin with https://")
                .help("write https:// in `target`, or drop `tls`");
        }
        let authorities = node.get("ca").and_then(|place| self.certificates(place, checker)).unwrap_or_default();
        for certificate in &authorities {
            if let (Err(error), Some(place)) = (RootCertStore::empty().add(certificate.clone()), node.get("ca")) {
                checker.error(&place.span, "`ca` holds something that is no certificate", error.to_string());
                break;
            }
        }
        Tls { authorities, identity: self.identity(node, checker), server_name: server_name(node, checker) }
    }

    fn identity(&self, tls: &Node, checker: &mut Checker) -> Option<Arc<CertifiedKey>> {
        let Some(place) = tls.get("certificate") else {
            if let Some(key) = tls.get("key") {
                checker
                    .error(&key.span, "`key` needs a `certificate`", "a key alone shows nothing")
                    .help("name the certificate that belongs to the key: certificate: client.pem");
            }
            return None;
        };
        let chain = self.certificates(place, checker);
        // A file may hold both.
        let key_place = tls.get("key").unwrap_or(place);
        let key = self.key(key_place, checker)?;
        match CertifiedKey::from_der(chain?, key, &ring::default_provider()) {
            Ok(identity) => Some(Arc::new(identity)),
            Err(rustls::Error::InconsistentKeys(_)) => {
                checker
                    .error(&key_place.span, "`key` does not belong to `certificate`", "another key pair")
                    .help("both must come from the same request for a certificate");
                None
            }
            Err(error) => {
                checker.error(&key_place.span, "`certificate` and `key` cannot be used", error.to_string());
                None
            }
        }
    }

    /// The text of a file. Nothing where it cannot be read, or where nobody needs it.
    fn text(&self, place: &Node, checker: &mut Checker) -> Option<String> {
        let name = place.text()?;
        match (self.environment.file)(name) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::Unsupported => None,
            Err(error) if error.kind() == ErrorKind::InvalidData => Some(String::new()),
            Err(error) => {
                checker.error(&place.span, format!("the file `{name}` cannot be read"), error.to_string());
                None
            }
        }
    }

    fn certificates(&self, place: &Node, checker: &mut Checker) -> Option<Vec<CertificateDer<'static>>> {
        let text = self.text(place, checker)?;
        let name = place.text().unwrap_or_default();
        let found: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
        match found {
            Ok(found) if !found.is_empty() => Some(found),
            Ok(_) => {
                let (label, help) = match text.contains("PRIVATE KEY-----") {
                    true => ("it holds a private key", "name the file of the certificate here".to_owned()),
                    false => (
                        "found no -----BEGIN CERTIFICATE-----",
                        format!(
                            "PEM is needed: openssl x509 -inform der -in {name} -out {name}.pem; from a .pfx: \
                             openssl pkcs12 -in {name} -nokeys -out {name}.pem"
                        ),
                    ),
                };
                checker.error(&place.span, format!("`{name}` holds no certificate"), label).help(help);
                None
            }
            Err(error) => {
                checker.error(&place.span, format!("`{name}` is not PEM"), error.to_string());
                None
            }
        }
    }

    fn key(&self, place: &Node, checker: &mut Checker) -> Option<PrivateKeyDer<'static>> {
        let text = self.text(place, checker)?;
        let name = place.text().unwrap_or_default();
        if text.contains("ENCRYPTED") {
            checker
                .error(&place.span, format!("the key in `{name}` is encrypted"), "nobody is there to type a password")
                .help(format!(
                    "decrypt it into a file that only you can read: openssl pkey -in {name} -out client.key"
                ));
            return None;
        }
        match PrivateKeyDer::from_pem_slice(text.as_bytes()) {
            Ok(key) => Some(key),
            Err(_) => {
                checker
                    .error(
                        &place.span,
                        format!("`{name}` holds no private key"),
                        "found no -----BEGIN PRIVATE KEY-----",
                    )
                    .help(format!(
                        "PEM is needed; from a .pfx: openssl pkcs12 -in {name} -nocerts -nodes -out client.key"
                    ));
                None
            }
        }
    }

    fn proxy(&self, checker: &mut Checker) -> Option<Proxy> {
        let direct = self.direct(checker);
        let Some(node) = self.root.get("proxy") else {
            if let Some(node) = self.root.get("no_proxy") {
                checker
                    .error(&node.span, "`no_proxy` needs a `proxy`", "nothing goes through a proxy")
                    .help("name it, for example proxy: http://127.0.0.1:3128, or drop `no_proxy`");
            }
            return None;
        };
        let text = node.text()?.trim();
        let Some(rest) = text.strip_prefix("http://") else {
            checker
                .error(&node.span, "`proxy` must be an http:// URL", "another kind of proxy")
                .help("for example http://127.0.0.1:3128; what is sent through it to an https:// target is encrypted");
            return None;
        };
        // The last @: a password from the environment may hold one.
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let place = place.trim_end_matches('/');
        let port = place.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map(|(_, port)| port);
        let bad_port = port.is_some_and(|port| port.parse::<u16>().is_err());
        if place.is_empty() || place.starts_with(':') || place.contains(['/', '?', '#', ' ']) || bad_port {
            checker
                .error(&node.span, "`proxy` must be a host and a port", "this is no place to connect to")
                .help("for example http://127.0.0.1:3128");
            return None;
        }
        let (mut credentials, mut encoded) = (None, None);
        if let Some(user) = user {
            if !self.is_from_environment(node) {
                checker
                    .error(&node.span, "the password of `proxy` stands in the file", "a secret in a profile")
                    .help("take it from the environment: http://${PROXY_USER}:${PROXY_PASSWORD}@host:3128");
                return None;
            }
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            credentials = Some((decoded(name), decoded(password)));
            encoded = Some(password.to_owned());
        }
        Some(Proxy { url: format!("http://{place}"), credentials, encoded, direct })
    }

    /// True when nothing that may be a password stands in the file itself.
    fn is_from_environment(&self, node: &Node) -> bool {
        let written = self.source.text.get(node.span.clone()).unwrap_or_default();
        let Some((user, _)) = written.rsplit_once('@') else { return written.contains("${") };
        let user = user.split_once("://").map_or(user, |(_, user)| user);
        let password = user.split_once(':').map_or("", |(_, password)| password);
        password.is_empty() || (password.starts_with("${") && password.find('}') == Some(password.len() - 1))
    }

    fn direct(&self, checker: &mut Checker) -> Option<Vec<String>> {
        let node = self.root.get("no_proxy")?;
        let mut names = Vec::new();
        for item in node.items() {
            let Some(name) = item.text() else { continue };
            if name.is_empty() || name.contains(['/', ' ', ',']) {
                checker
                    .error(&item.span, "`no_proxy` names hosts", "this is not one host")
                    .help("for example [localhost, 127.0.0.1, sm.local]; a host stands for everything below it too");
            }
            names.push(name.trim_start_matches('.').trim_matches(['[', ']']).to_ascii_lowercase());
        }
        Some(names)
    }
}

fn server_name(tls: &Node, checker: &mut Checker) -> Option<String> {
    let place = tls.get("server_name")?;
    let name = place.text()?;
    let fits = rustls::pki_types::DnsName::try_from(name).is_ok() && name.parse::<IpAddr>().is_err();
    if !fits {
        checker
            .error(&place.span, "`server_name` must be a host name", "found neither letters nor dots of a name")
            .help("the name in the target's certificate, for example sm.local; no port and no https://");
        return None;
    }
    Some(name.to_ascii_lowercase())
}

/// `%41` → `A`; what is no such thing stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
