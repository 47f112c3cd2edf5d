//! The same over a real socket, spoken to by hand: the client of the tool has
//! no business here.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::super::{Running, start};
use super::*;

/// Sends one request on a connection of its own and gives the whole answer.
/// `None` when there is nobody to answer.
async fn send(address: SocketAddr, head: String, body: Vec<u8>) -> Option<String> {
    let exchange = move || {
        let mut stream = TcpStream::connect(address).ok()?;
        let head = format!("{head}Host: test\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(&body).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    };
    tokio::task::spawn_blocking(exchange).await.unwrap()
}

async fn get(running: &Running, path: &str) -> String {
    send(running.address(), format!("GET {path} HTTP/1.1\r\n"), Vec::new()).await.unwrap()
}

fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn serves_until_stopped() {
    let running = start(Options::default()).await.unwrap();
    let address = running.address();
    assert_eq!(running.base_url(), format!("http://{address}/api/Reference"));
    assert_eq!(running.probe_url(), format!("http://{address}/probe"));

    let discovery = get(&running, "/api/Reference").await;
    assert!(discovery.starts_with("HTTP/1.1 200 "));
    assert!(discovery.to_lowercase().contains("content-type: application/json; charset=utf-8\r\n"));
    assert_eq!(body(&discovery)["BaseUrl"], json!(running.base_url()));

    let head = format!(
        "POST /api/reference/accounts/synchronize HTTP/1.1\r\n\
         X-CloudPlatform-ApplicationId: {APPLICATION_ID}\r\n\
         X-CloudPlatform-APIKey: {}\r\n\
         X-CloudPlatform-Setting-FieldUsername: {USERNAME}\r\n\
         X-CloudPlatform-Setting-FieldPassword: {PASSWORD}\r\n\
         Content-Type: application/json\r\n",
        STANDARD.encode(APPLICATION_KEY)
    );
    let answer = send(address, head, account("13").to_string().into_bytes()).await.unwrap();
    assert_eq!(body(&answer)["Code"], 0);
    let probe = get(&running, "/probe?account=13").await;
    assert_eq!(body(&probe)["accounts"][0]["id"], body(&answer)["Result"]);

    let verb = send(address, "PUT /api/Reference/Fields/Get HTTP/1.1\r\n".to_owned(), Vec::new()).await.unwrap();
    assert!(verb.starts_with("HTTP/1.1 405 "));
    assert!(verb.to_lowercase().contains("allow: get\r\n"));

    running.stop().await;
    assert_eq!(send(address, "GET / HTTP/1.1\r\n".to_owned(), Vec::new()).await, None);
}
