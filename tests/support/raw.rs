//! A service manager that breaks HTTP itself: it stands in front of the reference and says bytes.
//!
//! [`crate::liar`] changes answers; here a test writes what goes over the wire, for the calls that it chooses. All other
//! calls are answered by the reference.

use mock_bss::reference;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What a test sees of a call before it is passed on.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Path with query.
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// One thing that is done to a connection. After the last one it is closed, unless that is [`Act::Stay`].
pub(crate) enum Act {
    Say(Vec<u8>),
    /// The call is passed on, and this is said instead of the answer's body.
    Tell(fn(&str) -> Vec<u8>),
    /// This again and again, with a pause.
    Drip(Vec<u8>, Duration),
    /// Nothing, for as long as the other side likes.
    Hold,
    /// The connection serves the next call.
    Stay,
}

type Script = Arc<dyn Fn(&Asked) -> Option<Vec<Act>> + Send + Sync>;

/// A running server.
pub(crate) struct Raw {
    base: String,
    truth: reference::Running,
    serving: JoinHandle<()>,
    pub(crate) connections: Arc<AtomicUsize>,
}

#[derive(Clone)]
struct Shared {
    script: Script,
    upstream: String,
    client: reqwest::Client,
    /// Connections are closed after each answer, without a word about it.
    closes: bool,
}

impl Raw {
    pub(crate) async fn start(script: impl Fn(&Asked) -> Option<Vec<Act>> + Send + Sync + 'static) -> Self {
        Self::with(Arc::new(script), false).await
    }

    /// Tells the truth, and closes each connection after its first answer.
    pub(crate) async fn closing() -> Self {
        Self::with(Arc::new(|_| None), true).await
    }

    async fn with(script: Script, closes: bool) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let truth = reference::start(reference::Options::default()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/api/Reference", listener.local_addr().unwrap());
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let shared = Shared { script, upstream: format!("http://{}", truth.address()), client, closes };
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let shared = shared.clone();
                tokio::spawn(async move { serve(stream, &shared).await });
            }
        });
        Self { base, truth, serving, connections }
    }

    pub(crate) fn base_url(&self) -> String {
        self.base.clone()
    }

    /// The probe of the reference behind it.
    pub(crate) fn probe_url(&self) -> String {
        self.truth.probe_url()
    }

    pub(crate) async fn stop(self) {
        self.serving.abort();
        self.truth.stop().await;
    }
}

/// A whole answer: status line, JSON content type, what else stands in the head, the length, the body.
pub(crate) fn answer(status: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes =
        format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{head}Content-Length: {length}\r\n\r\n")
            .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> Option<()> {
    loop {
        let asked = hear(&mut stream).await?;
        let Some(acts) = (shared.script)(&asked) else {
            let told = pass_on(shared, &asked).await;
            stream.write_all(&answer(&told.0, "", told.1.as_bytes())).await.ok()?;
            if shared.closes {
                return None;
            }
            continue;
        };
        let mut stays = false;
        for act in acts {
            match act {
                Act::Say(bytes) => stream.write_all(&bytes).await.ok()?,
                Act::Tell(how) => {
                    let told = pass_on(shared, &asked).await;
                    stream.write_all(&how(&told.1)).await.ok()?;
                }
                Act::Drip(bytes, pause) => loop {
                    stream.write_all(&bytes).await.ok()?;
                    tokio::time::sleep(pause).await;
                },
                Act::Hold => while stream.read_u8().await.is_ok() {},
                Act::Stay => stays = true,
            }
        }
        if !stays {
            // Whatever was said is to arrive: so the other side is heard out before the connection ends.
            stream.shutdown().await.ok()?;
            while stream.read_u8().await.is_ok() {}
            return None;
        }
    }
}

async fn hear(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head.lines().filter_map(|line| line.split_once(": "));
    let length = length.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.map_or(0, |(_, value)| value.trim().parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    let path = head.split(' ').nth(1)?.to_owned();
    Some(Asked { path, head, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Status line and body of the reference.
async fn pass_on(shared: &Shared, asked: &Asked) -> (String, String) {
    let method = reqwest::Method::from_bytes(asked.head.split(' ').next().unwrap().as_bytes()).unwrap();
    let mut request = shared.client.request(method, format!("{}{}", shared.upstream, asked.path));
    for (name, value) in asked.head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
        if !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("content-length") {
            request = request.header(name, value);
        }
    }
    let answered = request.body(asked.body.clone()).send().await.unwrap();
    (answered.status().to_string(), answered.text().await.unwrap())
}
