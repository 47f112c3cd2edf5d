//! The socket in front of the service manager.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{self, Body, Bytes};
use axum::extract::{self, ConnectInfo, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::answer::{Answer, Wire};
use super::crowd::Crowd;
use super::options::Options;
use super::request::Request;
use super::service::ServiceManager;

/// The longest body that is read, in bytes.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// How long a call is left without an answer, where that is the fault.
const STALL: Duration = Duration::from_secs(60);

/// How long calls under way may take to end when the server is stopped.
const FAREWELL: Duration = Duration::from_secs(2);

/// A reference that is serving. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    base_url: String,
    origin: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// Starts a reference in a background task of the current Tokio runtime.
///
/// # Errors
///
/// When the address cannot be listened on, or an application id is no GUID.
pub async fn start(options: Options) -> io::Result<Running> {
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let origin = format!("http://{}", reachable(address));
    let manager = Arc::new(ServiceManager::new(&options, origin.clone())?);
    let base_url = manager.base_url();
    let crowd = Arc::new(Crowd::new(options.faults));
    // Answers are small and whole; waiting to fill a packet only delays them.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let service =
        Router::new().fallback(answer).with_state((manager, crowd)).into_make_service_with_connect_info::<SocketAddr>();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        let serve = axum::serve(listener, service).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let _ = serve.await;
    });
    Ok(Running { address, base_url, origin, stop, serving })
}

impl Running {
    /// The address in front of `/Fields/Get` and its like, for example
    /// `http://127.0.0.1:40001/api/Reference`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// The address of the probe document.
    #[must_use]
    pub fn probe_url(&self) -> String {
        format!("{}/probe", self.origin)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, and waits a moment for calls under way.
    pub async fn stop(self) {
        let Self { stop, serving, .. } = self;
        let _ = stop.send(());
        let abort = serving.abort_handle();
        if tokio::time::timeout(FAREWELL, serving).await.is_err() {
            abort.abort();
        }
    }

    /// Serves until the task ends, which it does not do by itself.
    pub async fn wait(self) {
        let Self { stop, serving, .. } = self;
        let _ = serving.await;
        drop(stop);
    }
}

/// An address that can be called: a server on all interfaces is on this one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    address
}

async fn answer(
    State((manager, crowd)): State<(Arc<ServiceManager>, Arc<Crowd>)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: extract::Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let mut request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: body::to_bytes(body, BODY_LIMIT).await.ok(),
        local: peer.ip().to_canonical().is_loopback(),
        is_blind: false,
    };
    let entered = crowd.enter(&mut request).await;
    let answer = manager.handle(&request);
    crowd.leave(entered);
    match answer.wire {
        // A handler that ends like this has its connection closed; nobody wants to read about it.
        Wire::Reset => std::panic::resume_unwind(Box::new("a fault closes the connection")),
        Wire::Stalled => tokio::time::sleep(STALL).await,
        Wire::Whole | Wire::Half | Wire::Short => {}
    }
    respond(answer)
}

fn respond(answer: Answer) -> Response<Body> {
    let length = answer.body.len();
    let body = match answer.wire {
        Wire::Half => Body::new(Pieces { left: Some(answer.body.slice(..length / 2)) }),
        Wire::Short => Body::new(Pieces { left: Some(answer.body) }),
        _ => Body::from(answer.body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(content_type) = answer.content_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if answer.status == 302 {
        headers.insert(header::LOCATION, HeaderValue::from_static("/sign-in"));
    }
    // A body of unknown length under a length that is announced: the server cuts it there, or finds it too short and
    // closes the connection.
    match answer.wire {
        Wire::Half => drop(headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length))),
        Wire::Short => drop(headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length / 2))),
        _ => {}
    }
    if let Some(allow) = answer.allow {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    response
}

/// A body whose length is not known beforehand.
struct Pieces {
    left: Option<Bytes>,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.left.take().map(|bytes| Ok(http_body::Frame::data(bytes))))
    }
}
