//! A service manager that lies: it stands in front of the reference and changes what it answers.
//!
//! Most defects are visible as a changed answer, so one closure per test is enough: it sees the path and the answer of
//! the reference and says what goes out instead.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, StatusCode, Uri},
};
use mock_bss::reference;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch};

/// What the reference would have answered.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    /// Path of the request, with its query.
    pub(crate) path: String,
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
    /// Counted from 1 over all requests.
    pub(crate) number: usize,
}

/// What goes out.
pub(crate) enum Lie {
    Answer {
        status: u16,
        content_type: &'static str,
        body: String,
    },
    /// The connection is closed without an answer.
    Hangup,
    /// The answer comes only after this time.
    Late(Duration, Truth),
    /// The whole server goes away and refuses connections from now on.
    Die,
}

impl Truth {
    /// The answer of the reference.
    pub(crate) fn told(self) -> Lie {
        let Self { status, body, .. } = self;
        Lie::Answer { status, content_type: "application/json; charset=utf-8", body }
    }

    /// The answer of the reference with another body.
    pub(crate) fn with(self, change: impl FnOnce(String) -> String) -> Lie {
        let body = change(self.body);
        Lie::Answer { status: self.status, content_type: "application/json; charset=utf-8", body }
    }
}

type Telling = Arc<dyn Fn(Truth) -> Lie + Send + Sync>;
type Hearing = Arc<dyn Fn(&str, String) -> String + Send + Sync>;

/// A running liar.
pub(crate) struct Liar {
    base: String,
    probe: String,
    truth: Option<reference::Running>,
    stop: watch::Sender<bool>,
}

#[derive(Clone)]
struct Shared {
    telling: Telling,
    hearing: Hearing,
    upstream: String,
    client: reqwest::Client,
    count: Arc<AtomicUsize>,
    stop: watch::Sender<bool>,
}

impl Liar {
    /// Lies about what the reference answers.
    pub(crate) async fn start(telling: impl Fn(Truth) -> Lie + Send + Sync + 'static) -> Self {
        Self::with(Arc::new(telling), Arc::new(|_, body| body), reference::Options::default()).await
    }

    /// Lies about what a reference like this answers.
    pub(crate) async fn about(
        options: reference::Options,
        telling: impl Fn(Truth) -> Lie + Send + Sync + 'static,
    ) -> Self {
        Self::with(Arc::new(telling), Arc::new(|_, body| body), options).await
    }

    /// Lies to the reference about what it is asked.
    pub(crate) async fn before(hearing: impl Fn(&str, String) -> String + Send + Sync + 'static) -> Self {
        Self::with(Arc::new(Truth::told), Arc::new(hearing), reference::Options::default()).await
    }

    async fn with(telling: Telling, hearing: Hearing, options: reference::Options) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let truth = reference::start(options).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/api/Reference", listener.local_addr().unwrap());
        let (stop, mut stopped) = watch::channel(false);
        let shared = Shared {
            telling,
            hearing,
            upstream: format!("http://{}", truth.address()),
            client: reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap(),
            count: Arc::default(),
            stop: stop.clone(),
        };
        let app = Router::new().fallback(answer).with_state(shared);
        tokio::spawn(async move {
            let serving = axum::serve(listener, app);
            // Dropping the server closes its port at once: connections are refused from then on.
            tokio::select! {
                _ = serving => {}
                _ = stopped.wait_for(|stopped| *stopped) => {}
            }
        });
        let probe = truth.probe_url();
        Self { base, probe, truth: Some(truth), stop }
    }

    pub(crate) fn base_url(&self) -> String {
        self.base.clone()
    }

    /// The probe of the reference behind it: it never lies.
    pub(crate) fn probe_url(&self) -> String {
        self.probe.clone()
    }

    pub(crate) async fn stop(mut self) {
        let _ = self.stop.send(true);
        if let Some(truth) = self.truth.take() {
            truth.stop().await;
        }
    }
}

async fn answer(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let mut forwarded = headers;
    forwarded.remove("host");
    forwarded.remove("content-length");
    let request = String::from_utf8_lossy(&body).into_owned();
    let body = (shared.hearing)(&path, request.clone());
    let sent = shared.client.request(method, format!("{}{path}", shared.upstream)).headers(forwarded).body(body);
    let answered = sent.send().await.unwrap();
    let status = answered.status().as_u16();
    let content_type =
        answered.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    let text = answered.text().await.unwrap();
    let number = shared.count.fetch_add(1, Ordering::SeqCst) + 1;
    let truth = Truth { path, request, status, content_type, body: text, number };
    match (shared.telling)(truth) {
        Lie::Answer { status, content_type, body } => respond(status, content_type, body),
        Lie::Late(time, truth) => {
            tokio::time::sleep(time).await;
            let content_type = truth.content_type.clone();
            respond(truth.status, &content_type, truth.body)
        }
        Lie::Hangup => hangup(),
        Lie::Die => {
            let _ = shared.stop.send(true);
            hangup()
        }
    }
}

fn respond(status: u16, content_type: &str, body: String) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap();
    Response::builder().status(status).header("content-type", content_type).body(Body::from(body)).unwrap()
}

/// A handler that ends like this has its connection closed.
fn hangup() -> Response<Body> {
    // Without the hook: nobody wants to read about a panic that is meant.
    std::panic::resume_unwind(Box::new("the liar hangs up"))
}
