//! What stands between the platform and a service manager: a server that encrypts, and a proxy.

use crate::certificates::{Authority, Issued};
use mock_bss::reference;
use rustls::{RootCertStore, ServerConfig, crypto::ring, server::WebPkiClientVerifier};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// The server name and the protocol that a client asked for.
type Greeting = (Option<String>, Option<String>);

/// The reference behind a TLS server.
pub(crate) struct Encrypted {
    pub(crate) port: u16,
    /// Server name and protocol of each connection.
    pub(crate) seen: Arc<Mutex<Vec<Greeting>>>,
    truth: Option<reference::Running>,
    serving: JoinHandle<()>,
}

impl Encrypted {
    /// `clients` signs the certificates that clients must show, if they must.
    pub(crate) async fn start(identity: &Issued, clients: Option<&Authority>, protocols: &[&str]) -> Self {
        let truth = reference::start(reference::Options::default()).await.unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.der.clone()).unwrap();
                let provider = Arc::new(ring::default_provider());
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
                builder.with_client_cert_verifier(verifier)
            }
        };
        let mut config = builder.with_single_cert(vec![identity.der.clone()], identity.key()).unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (upstream, names) = (truth.address(), seen.clone());
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, names) = (acceptor.clone(), names.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let connection = stream.get_ref().1;
                    let name = connection.server_name().map(str::to_owned);
                    let protocol = connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
                    names.lock().unwrap().push((name, protocol));
                    let Ok(mut behind) = TcpStream::connect(upstream).await else { return };
                    let _ = copy_bidirectional(&mut stream, &mut behind).await;
                });
            }
        });
        Self { port, seen, truth: Some(truth), serving }
    }

    /// The base URL under a host name.
    pub(crate) fn url(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}/api/Reference", self.port)
    }

    pub(crate) async fn stop(mut self) {
        self.serving.abort();
        if let Some(truth) = self.truth.take() {
            truth.stop().await;
        }
    }
}

/// A proxy that tunnels (CONNECT) and forwards (a whole URL in the request line).
pub(crate) struct HttpProxy {
    pub(crate) address: SocketAddr,
    /// The head of the first request of each connection.
    pub(crate) heads: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

impl HttpProxy {
    /// `credentials` is what `Proxy-Authorization` must hold, if anything.
    pub(crate) async fn start(credentials: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (seen, wanted) = (heads.clone(), credentials.map(str::to_owned));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, wanted) = (seen.clone(), wanted.clone());
                tokio::spawn(async move { forward(stream, &seen, wanted.as_deref()).await });
            }
        });
        Self { address, heads, serving }
    }

    pub(crate) fn stop(self) {
        self.serving.abort();
    }
}

async fn forward(mut stream: TcpStream, seen: &Mutex<Vec<String>>, wanted: Option<&str>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    seen.lock().unwrap().push(text.clone());
    let allowed = wanted.is_none_or(|wanted| {
        text.lines()
            .filter_map(|line| line.split_once(": "))
            .any(|(name, value)| name.eq_ignore_ascii_case("proxy-authorization") && value == wanted)
    });
    if !allowed {
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(refusal.as_bytes()).await.ok()?;
        return None;
    }
    let mut words = text.split(' ');
    let (method, place) = (words.next()?, words.next()?);
    let host = place.strip_prefix("http://").unwrap_or(place).split('/').next()?;
    let Ok(mut behind) = TcpStream::connect(host).await else {
        stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n").await.ok()?;
        return None;
    };
    match method {
        "CONNECT" => stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?,
        _ => behind.write_all(&head).await.ok()?,
    }
    copy_bidirectional(&mut stream, &mut behind).await.ok()?;
    Some(())
}
