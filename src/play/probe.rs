//! Looking at the vendor side, where the integrator offers a way.

use super::{Session, client::WireRequest, mapped};
use crate::{
    evidence::{Outcome, Probe},
    json::{self, Json, Object},
    profile::{ACCOUNT, BSS_ACCOUNT, ProbeFrom},
};
use std::time::Duration;
use tokio::{io::AsyncReadExt, process::Command};

/// A probe document is small; one that is not is not read.
const MAX_DOCUMENT: u64 = 16 * 1024 * 1024;

/// The probe document, narrowed to one customer.
pub(super) async fn look(session: &Session, account: &str, bss_account: &str) -> Option<Probe> {
    let source = session.profile.probe.as_ref()?;
    let look = async |key: &str| {
        let text = match &source.from {
            ProbeFrom::Url(url) => fetch(session, &about(url, &encoded(key), &encoded(bss_account))).await,
            ProbeFrom::Command(command) => {
                run(command, |word| about(word, key, bss_account), session.profile.limits.timeout).await
            }
        };
        let document = json::parse(text?.as_bytes()).map_err(|error| format!("not JSON: {error}"))?;
        shaped(mapped::mapped(&source.map, document)?)
    };
    let by_platform = source.from.asks_by(BSS_ACCOUNT);
    // Who is asked for everybody's has left nothing out.
    let filtered = by_platform || source.from.asks_by(ACCOUNT);
    // Before the service manager has given the account an id, the platform's own is all there is to ask with; a probe
    // that does not know it is asked for everything.
    let seen = match account.is_empty() {
        false => look(account).await.map(|document| narrowed(&document, account, bss_account, filtered)),
        true => match look(bss_account).await.map(|document| narrowed(&document, account, bss_account, filtered)) {
            Ok(nothing) if is_empty(&nothing) && !by_platform => {
                look("").await.map(|document| narrowed(&document, account, bss_account, false))
            }
            seen => seen,
        },
    };
    Some(match seen {
        Ok(document) => Probe::Document(document.to_compact()),
        Err(reason) => Probe::Failed(reason),
    })
}

fn is_empty(document: &Json) -> bool {
    ["accounts", "subscriptions"]
        .iter()
        .all(|list| document.member(list).and_then(Json::as_array).is_none_or(<[_]>::is_empty))
}

/// An empty vendor side has empty lists; something else altogether is no probe document.
fn shaped(document: Json) -> Result<Json, String> {
    match document.member("subscriptions").and_then(Json::as_array) {
        Some(_) => Ok(document),
        None => Err("not a probe document: it has no list `subscriptions`".to_owned()),
    }
}

/// Only what belongs to this customer: a probe that ignores the filter must not mix scenarios.
/// Where the probe has filtered, what names no owner is taken to be this customer's.
fn narrowed(document: &Json, account: &str, bss_account: &str, filtered: bool) -> Json {
    let list = |name: &str| document.member(name).and_then(Json::as_array).unwrap_or_default();
    let mine = |entry: &&Json| {
        let by_platform = entry.text_of("bss").is_some_and(|id| id == bss_account);
        by_platform || entry.text_of("id").is_some_and(|id| !account.is_empty() && id == account)
    };
    let accounts: Vec<Json> = list("accounts").iter().filter(mine).cloned().collect();
    let ids: Vec<String> = accounts.iter().filter_map(|entry| entry.text_of("id")).collect();
    let owned = |entry: &&Json| match entry.text_of("account") {
        Some(owner) => owner == account || owner == bss_account || ids.contains(&owner),
        None => filtered,
    };
    let subscriptions: Vec<Json> = list("subscriptions").iter().filter(owned).cloned().collect();
    let mut slice = Object::new();
    // A document without the list does not tell of accounts; that there is none is something else.
    if document.member("accounts").and_then(Json::as_array).is_some() {
        slice.push("accounts", accounts);
    }
    slice.push("subscriptions", subscriptions);
    slice.into()
}

async fn fetch(session: &Session, url: &str) -> Result<String, String> {
    let headers = vec![("Accept".to_owned(), "application/json".to_owned())];
    let limit = usize::try_from(MAX_DOCUMENT).unwrap_or(usize::MAX);
    let request =
        WireRequest { method: "GET".to_owned(), url: url.to_owned(), headers, body: None, repeatable: true, limit };
    match session.client.send(&request).await.0 {
        Outcome::Received { status: 200, body, truncated: false, .. } => Ok(body),
        Outcome::Received { truncated: true, .. } => Err("the document is too large".to_owned()),
        Outcome::Received { status, .. } => Err(format!("the probe answered HTTP {status}")),
        Outcome::Failed { message, .. } => Err(message),
    }
}

/// Puts in whom the probe is asked about. What the target has given as an id is not looked into: it may hold braces.
fn about(text: &str, account: &str, bss_account: &str) -> String {
    let parts: Vec<String> = text.split(ACCOUNT).map(|part| part.replace(BSS_ACCOUNT, bss_account)).collect();
    parts.join(account)
}

async fn run(command: &str, about: impl Fn(&str) -> String, limit: Duration) -> Result<String, String> {
    // The account id comes from the target: it goes in as an argument of its own, never as a part of a shell line.
    let mut words = command.split_whitespace();
    let program = words.next().ok_or("the command is empty")?;
    let mut child = Command::new(program)
        .args(words.map(about))
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let output = async {
        let mut text = String::new();
        if let Some(stdout) = child.stdout.take() {
            stdout.take(MAX_DOCUMENT).read_to_string(&mut text).await.map_err(|error| error.to_string())?;
        }
        let status = child.wait().await.map_err(|error| error.to_string())?;
        if status.success() { Ok(text) } else { Err(format!("{program} ended with {status}")) }
    };
    tokio::time::timeout(limit, output).await.map_err(|_| format!("{program} did not end in time"))?
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
