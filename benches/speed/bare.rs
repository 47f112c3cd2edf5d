//! What mock-bss is compared with: the same calls without anything around them.

use crate::CALLS;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Sends the calls of so many scenarios and reads the answers, so many scenarios at a time.
pub(crate) fn calls(target: &str, scenarios: usize, jobs: usize) {
    let client = client(jobs);
    let next = Arc::new(AtomicUsize::new(0));
    runtime().block_on(async {
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..jobs.min(scenarios) {
            let (client, next, target) = (client.clone(), next.clone(), target.to_owned());
            workers.spawn(async move {
                while next.fetch_add(1, Ordering::Relaxed) < scenarios {
                    for call in 0..CALLS {
                        let path = ["Accounts/Exists", "Accounts/Synchronize", "Subscriptions/Create"].get(call);
                        let url = format!("{target}/{}", path.unwrap_or(&"Subscriptions/Update"));
                        let request = client.post(url).header("content-type", "application/json").body(body());
                        let text = request.send().await.unwrap().bytes().await.unwrap();
                        assert!(!text.is_empty());
                    }
                }
            });
        }
        while let Some(done) = workers.join_next().await {
            done.unwrap();
        }
    });
}

/// Reads what is sold and parses it.
pub(crate) fn catalogue(target: &str) {
    let client = client(1);
    runtime().block_on(async {
        let url = format!("{target}/Fields/ServiceDefinition");
        let text = client.get(url).send().await.unwrap().bytes().await.unwrap();
        assert!(serde_json::from_slice::<serde_json::Value>(&text).unwrap().is_object());
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn client(jobs: usize) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().tcp_nodelay(true).tls_certs_only([]);
    builder.pool_max_idle_per_host(jobs * 2).build().unwrap()
}

/// About as long as a ServiceDefinition.
fn body() -> String {
    format!(r#"{{"ID":"S1","Padding":"{}"}}"#, "x".repeat(1800))
}
