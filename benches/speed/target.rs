//! The target: a server that knows no state and answers at once, or after a delay.

use axum::{Router, body::Bytes, extract::State, http::Uri, response::IntoResponse};
use std::time::Duration;

/// How the target behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// Before every answer but those to reads.
    pub(crate) delay: Duration,
    /// What it sells.
    pub(crate) catalogue: &'static str,
}

/// As little as can be sold.
pub(crate) const ONE_PRODUCT: &str = r#"{"ProductTypes":[{"ID":"t","Name":"T","AllowMultipleSubscriptions":true,"AttributeList":[],"ProductsCollection":{"Products":[{"ID":"p","Name":"P"}],"Addons":[]}}]}"#;

/// Serves for as long as the runtime lives; the base URL.
pub(crate) async fn serve(manner: Manner) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(answer).with_state(manner);
    tokio::spawn(async move {
        axum::serve(
            axum::serve::ListenerExt::tap_io(listener, |tcp| {
                let _ = tcp.set_nodelay(true);
            }),
            app,
        )
        .await
    });
    format!("http://{address}/api/Bench")
}

async fn answer(State(manner): State<Manner>, uri: Uri, _: Bytes) -> impl IntoResponse {
    let path = uri.path();
    let reads = path.contains("/Fields/") || path.ends_with("SyncOptions");
    if !manner.delay.is_zero() && !reads {
        tokio::time::sleep(manner.delay).await;
    }
    let body = if path.ends_with("Fields/Get") || path.ends_with("SyncOptions") {
        Bytes::from_static(br#"{"Fields":[]}"#)
    } else if path.ends_with("ServiceDefinition") {
        Bytes::from_static(manner.catalogue.as_bytes())
    } else {
        // About 2 KB, as a talkative service manager answers.
        let info: Vec<String> =
            (0..40).map(|n| format!(r#""Key{n}":"value {n} of what the platform keeps""#)).collect();
        Bytes::from(format!(
            r#"{{"AccountExtraInfo":null,"CustomFieldValues":null,"SendNotification":false,"ExtraInfo":{{{}}},"Code":0,"Message":"","Result":"S1"}}"#,
            info.join(",")
        ))
    };
    ([("content-type", "application/json; charset=utf-8")], body)
}
