//! Encrypted targets, certificates, proxies, and targets that are not there (yet): what is said about each, and that it
//! is said before anything is bought.

use crate::{
    certificates::{Authority, Issued},
    fronts::{Encrypted, HttpProxy},
    util::*,
};
use mock_bss::reference;
use std::{
    io::{Read, Write},
    net::TcpListener,
    time::Duration,
};

const ONE: &str = "subscriptions/create-from-order";

fn profile(sandbox: &Sandbox, target: &str, more: &str) {
    sandbox.reference_profile("far", target, more);
}

fn play(sandbox: &Sandbox, code: i32) -> Said {
    sandbox.run(&["run", "--only", ONE, "--report", "json=r.json"]).ends(code)
}

/// The message and the help of a run that could not begin.
#[track_caller]
fn unreachable(said: &Said, message: &str, help: &str) {
    assert!(said.err.contains("cannot be reached: ") && said.err.contains(message), "{}", said.err);
    assert!(said.err.contains("help: ") && said.err.contains(help), "{}", said.err);
}

#[test]
fn an_authority_of_the_profile_is_trusted_and_http_1_1_is_spoken() {
    let servers = servers();
    let authority = Authority::new("Acme CA");
    let target = servers.block_on(Encrypted::start(&authority.issue(&["localhost"]), None, &["h2", "http/1.1"]));
    let sandbox = Sandbox::new();
    sandbox.file("certificates/ca.pem", &authority.pem);
    profile(&sandbox, &target.url("https", "localhost"), "tls: { ca: certificates/ca.pem }\n");
    let said = play(&sandbox, 0);
    assert!(said.out.contains("connection: an authority of the profile"), "{}", said.out);
    let seen = target.seen.lock().unwrap().clone();
    assert!(!seen.is_empty());
    let wanted = (Some("localhost".to_owned()), Some("http/1.1".to_owned()));
    assert!(seen.iter().all(|seen| *seen == wanted), "{seen:?}");
    servers.block_on(target.stop());
}

#[test]
fn certificates_that_are_not_trusted_are_told_apart() {
    let servers = servers();
    let (ours, theirs) = (Authority::new("Acme CA"), Authority::new("Other CA"));
    let cases = [
        (
            Issued::by_itself("localhost"),
            "the certificate is signed by nobody but itself (CN=localhost)",
            "dotnet dev-certs https --export-path ca.pem --format PEM --no-password",
        ),
        (
            theirs.issue(&["localhost"]),
            "the certificate (CN=localhost) is signed by an authority that is not trusted (CN=Other CA)",
            "name the authority's certificate by `tls: { ca: ca.pem }`",
        ),
        (
            ours.issue_until(&["localhost"], 2020),
            "the certificate has expired on 2020-01-01T00:00:00Z",
            "renew the certificate of the target",
        ),
        (
            ours.issue(&["sm.local", "sm.example"]),
            "the certificate is not for localhost but for sm.local, sm.example",
            "`tls: { server_name: NAME }`",
        ),
    ];
    for (identity, message, help) in cases {
        let target = servers.block_on(Encrypted::start(&identity, None, &[]));
        let sandbox = Sandbox::new();
        sandbox.file("ca.pem", &ours.pem);
        profile(&sandbox, &target.url("https", "localhost"), "tls: { ca: ca.pem }\n");
        unreachable(&play(&sandbox, 3), message, help);
        servers.block_on(target.stop());
    }
}

#[test]
fn a_development_certificate_is_trusted_once_it_is_named() {
    let servers = servers();
    let identity = Issued::by_itself("localhost");
    let target = servers.block_on(Encrypted::start(&identity, None, &[]));
    let sandbox = Sandbox::new();
    sandbox.file("ca.pem", &identity.pem);
    profile(&sandbox, &target.url("https", "localhost"), "tls: { ca: ca.pem }\n");
    play(&sandbox, 0);
    servers.block_on(target.stop());
}

#[test]
fn a_client_certificate_is_shown_and_missed() {
    let servers = servers();
    let (authority, stranger) = (Authority::new("Acme CA"), Authority::new("Stranger CA"));
    let target = servers.block_on(Encrypted::start(&authority.issue(&["localhost"]), Some(&authority), &["http/1.1"]));
    let sandbox = Sandbox::new();
    sandbox.file("ca.pem", &authority.pem);
    let client = authority.issue(&["bss"]);
    sandbox.file("client.pem", &client.pem);
    sandbox.file("client.key", &client.key_pem);
    let both = client.pem.clone() + &client.key_pem;
    sandbox.file("both.pem", &both);
    let other = stranger.issue(&["bss"]);
    sandbox.file("other.pem", &(other.pem + &other.key_pem));
    let url = target.url("https", "localhost");
    for more in ["certificate: client.pem, key: client.key", "certificate: both.pem"] {
        profile(&sandbox, &url, &format!("tls: {{ ca: ca.pem, {more} }}\n"));
        let said = play(&sandbox, 0);
        assert!(said.out.contains("a client certificate"), "{}", said.out);
    }
    profile(&sandbox, &url, "tls: { ca: ca.pem }\n");
    unreachable(
        &play(&sandbox, 3),
        "the target wants a client certificate, and the profile names none",
        "tls: { certificate: client.pem, key: client.key }",
    );
    profile(&sandbox, &url, "tls: { ca: ca.pem, certificate: other.pem }\n");
    unreachable(
        &play(&sandbox, 3),
        "the target does not accept the client certificate of the profile",
        "name a certificate that the target accepts",
    );
    // The key is nobody's business: not even its middle stands anywhere but in the file itself.
    let middle = client.key_pem.lines().nth(1).unwrap().to_owned();
    let evidence = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    assert!(!evidence.contains(&middle) && !evidence.contains("PRIVATE KEY"));
    servers.block_on(target.stop());
}

#[test]
fn another_server_name_is_announced_checked_and_told() {
    let servers = servers();
    let authority = Authority::new("Acme CA");
    let target = servers.block_on(Encrypted::start(&authority.issue(&["sm.local"]), None, &[]));
    let sandbox = Sandbox::new();
    sandbox.file("ca.pem", &authority.pem);
    profile(&sandbox, &target.url("https", "127.0.0.1"), "tls: { ca: ca.pem, server_name: sm.local }\n");
    let said = play(&sandbox, 0);
    assert!(said.out.contains("server name sm.local"), "{}", said.out);
    assert!(target.seen.lock().unwrap().iter().all(|(name, _)| name.as_deref() == Some("sm.local")));
    let evidence = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    let host = format!("[\"Host\",\"sm.local:{}\"]", target.port);
    assert!(evidence.contains(&host) && evidence.contains("https://127.0.0.1:"), "what was sent, and to whom");
    servers.block_on(target.stop());
}

#[test]
fn everything_at_once_goes_through_a_proxy_whose_password_nobody_sees() {
    let servers = servers();
    let authority = Authority::new("Acme CA");
    let target =
        servers.block_on(Encrypted::start(&authority.issue(&["sm.local"]), Some(&authority), &["h2", "http/1.1"]));
    // build:canary-p@ss
    let proxy = servers.block_on(HttpProxy::start(Some("Basic YnVpbGQ6Y2FuYXJ5LXBAc3M=")));
    let client = authority.issue(&["bss"]);
    let sandbox = Sandbox::new();
    sandbox.file("ca.pem", &authority.pem);
    sandbox.file("client.pem", &(client.pem + &client.key_pem));
    let more = format!(
        "tls: {{ ca: ca.pem, certificate: client.pem, server_name: sm.local }}\n\
         proxy: \"http://build:${{PROXY_PASSWORD}}@{}\"\nno_proxy: []\n",
        proxy.address
    );
    profile(&sandbox, &target.url("https", "127.0.0.1"), &more);
    let run = |password: &str| {
        let mut command = sandbox.command(&["run", "--only", ONE, "--verbose", "--report", "json=r.json"]);
        Said::of(command.env("PROXY_PASSWORD", password))
    };
    let said = run("canary-p@ss").ends(0);
    assert!(said.out.contains(&format!("connection: proxy http://{} · ", proxy.address)), "{}", said.out);
    let heads = proxy.heads.lock().unwrap().clone();
    let tunnel = format!("CONNECT 127.0.0.1:{} HTTP/1.1", target.port);
    assert!(!heads.is_empty() && heads.iter().all(|head| head.starts_with(&tunnel)), "{heads:?}");
    let wrong = run("canary-wrong").ends(3);
    unreachable(&wrong, "wants credentials", "check `proxy` in the profile");
    for text in [&said.out, &said.err, &wrong.out, &wrong.err, &sandbox.read("r.json")] {
        assert!(!text.contains("canary"), "{text}");
    }
    let evidence = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    assert!(!evidence.contains("canary") && !evidence.contains("YnVpbGQ6"));
    proxy.stop();
    servers.block_on(target.stop());
}

#[test]
fn a_proxy_is_used_where_the_profile_says_so_and_nowhere_else() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let proxy = servers.block_on(HttpProxy::start(None));
    let sandbox = Sandbox::new();
    let seen = || std::mem::take(&mut *proxy.heads.lock().unwrap()).len();
    let named = format!("proxy: http://{}\n", proxy.address);
    for (more, used) in [
        (String::new(), false),
        (named.clone(), false),
        (format!("{named}no_proxy: [127.0.0.1]\n"), false),
        (format!("{named}no_proxy: [\"*\"]\n"), false),
        (format!("{named}no_proxy: []\n"), true),
        (format!("{named}no_proxy: [sm.local]\n"), true),
    ] {
        profile(&sandbox, &running.base_url(), &more);
        let mut command = sandbox.command(&["run", "--only", ONE]);
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
            command.env(name, format!("http://{}", proxy.address));
        }
        Said::of(&mut command).ends(0);
        assert_eq!(seen() > 0, used, "{more}");
    }
    proxy.stop();
    profile(&sandbox, &running.base_url(), &format!("{named}no_proxy: []\n"));
    unreachable(&play(&sandbox, 3), "the proxy http://127.0.0.1:", "check `proxy` in the profile");
    profile(&sandbox, "https://127.0.0.1:1/api", &format!("{named}no_proxy: []\n"));
    let said = play(&sandbox, 3);
    unreachable(&said, " cannot be reached: tunnel error", "check `proxy` in the profile");
    assert!(!said.err.contains("client error"), "{}", said.err);
    servers.block_on(running.stop());
}

#[test]
fn a_port_that_speaks_the_other_protocol_is_recognised() {
    let servers = servers();
    let authority = Authority::new("Acme CA");
    let target = servers.block_on(Encrypted::start(&authority.issue(&["localhost"]), None, &[]));
    let sandbox = Sandbox::new();
    profile(&sandbox, &target.url("http", "localhost"), "");
    unreachable(&play(&sandbox, 3), "the port speaks https, and the URL says http", "write https:// in `target`");
    servers.block_on(target.stop());

    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    profile(&sandbox, &running.base_url().replace("http://", "https://"), "");
    unreachable(&play(&sandbox, 3), "the port does not speak https", "write http:// in `target`");
    servers.block_on(running.stop());
}

/// A server that does one thing to every connection, until the test is over.
fn each_connection(deed: impl Fn(std::net::TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let deed = std::sync::Arc::new(deed);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let deed = deed.clone();
            std::thread::spawn(move || deed(stream));
        }
    });
    port
}

#[test]
fn who_is_not_there_at_all_is_unreachable() {
    let sandbox = Sandbox::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    profile(&sandbox, &format!("http://127.0.0.1:{free}/api"), "");
    unreachable(&play(&sandbox, 3), "nobody answers there", "is the service manager running");
    profile(
        &sandbox,
        "http://there-is-no-such-host.localhost.invalid/api",
        "consent: [there-is-no-such-host.localhost.invalid]\n",
    );
    unreachable(&play(&sandbox, 3), "the host name has no address", "check the host name of `target`");
    let hangs_up = each_connection(drop);
    profile(&sandbox, &format!("https://localhost:{hangs_up}/api"), "");
    unreachable(&play(&sandbox, 3), "the target closed it at once", "whether it speaks https at all");
    // A connection that is taken and never spoken on, in the middle of a handshake.
    let silent = each_connection(|stream| {
        std::thread::sleep(Duration::from_secs(60));
        drop(stream);
    });
    profile(&sandbox, &format!("https://localhost:{silent}/api"), "limits: { timeout: 500ms }\n");
    unreachable(&play(&sandbox, 3), "no connection within 0.45 s", "is a firewall in between");
}

#[test]
fn what_goes_wrong_after_sending_is_the_target_s_failure() {
    let sandbox = Sandbox::new();
    let reads = |mut stream: std::net::TcpStream| {
        let mut some = [0; 64];
        let _ = stream.read(&mut some);
        stream
    };
    let resets = each_connection(move |stream| drop(reads(stream)));
    profile(&sandbox, &format!("http://127.0.0.1:{resets}/api"), "");
    let said = play(&sandbox, 1);
    assert!(said.out.contains("was not answered: the connection was closed before the answer"), "{}", said.out);
    let silent = each_connection(move |stream| {
        let _held = reads(stream);
        std::thread::sleep(Duration::from_secs(60));
    });
    profile(&sandbox, &format!("http://127.0.0.1:{silent}/api"), "limits: { timeout: 300ms }\n");
    let said = play(&sandbox, 1);
    assert!(said.out.contains("was not answered: no complete answer within 0.3 s"), "{}", said.out);
}

#[test]
fn mistakes_about_certificates_and_proxies_are_found_in_the_file() {
    let (authority, other) = (Authority::new("Acme CA"), Authority::new("Other CA"));
    let (one, two) = (authority.issue(&["a"]), other.issue(&["b"]));
    let sandbox = Sandbox::new();
    sandbox.file("ca.pem", &authority.pem);
    sandbox.file("one.pem", &one.pem);
    sandbox.file("one.key", &one.key_pem);
    sandbox.file("two.key", &two.key_pem);
    sandbox.file("locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    sandbox.file("text.pem", "hello");
    sandbox.file("no.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    std::fs::write(sandbox.path().join("binary.der"), [0x30, 0x82, 0xff, 0xfe]).unwrap();
    let cases = [
        ("tls: { ca: missing.pem }", "the file `missing.pem` cannot be read"),
        ("tls: { ca: text.pem }", "`text.pem` holds no certificate"),
        ("tls: { ca: binary.der }", "openssl x509 -inform der -in binary.der"),
        ("tls: { ca: one.key }", "it holds a private key"),
        ("tls: { ca: no.pem }", "`ca` holds something that is no certificate"),
        ("tls: { certificate: one.pem }", "`one.pem` holds no private key"),
        ("tls: { certificate: one.pem, key: locked.key }", "openssl pkey -in locked.key"),
        ("tls: { certificate: one.pem, key: two.key }", "`key` does not belong to `certificate`"),
        ("tls: { key: one.key }", "`key` needs a `certificate`"),
        ("tls: { server_name: 10.0.0.1 }", "`server_name` must be a host name"),
        ("tls: { server_name: \"https://sm.local\" }", "`server_name` must be a host name"),
        ("tls: { pem: ca.pem }", "unknown key `pem`"),
        ("proxy: https://127.0.0.1:3128", "`proxy` must be an http:// URL"),
        ("proxy: \"http://build:canary@127.0.0.1:3128\"", "the password of `proxy` stands in the file"),
        ("proxy: \"http://127.0.0.1:port\"", "`proxy` must be a host and a port"),
        ("no_proxy: [a]", "`no_proxy` needs a `proxy`"),
        ("proxy: http://127.0.0.1:3128\nno_proxy: [\"10.0.0.0/8\"]", "this is not one host"),
    ];
    for (more, message) in cases {
        profile(&sandbox, "https://localhost:1/api", &format!("{more}\n"));
        let said = sandbox.run(&["run", "--only", ONE]).ends(2);
        assert!(said.err.contains(message) && said.err.contains("mock-bss.yaml:"), "{more}\n{}", said.err);
    }
    profile(&sandbox, "http://localhost:1/api", "tls: { ca: ca.pem }\n");
    assert!(sandbox.run(&["check"]).ends(2).err.contains("`tls` needs an encrypted target"));
}

#[test]
fn a_run_waits_for_a_target_that_is_still_starting() {
    // A port that was free a moment ago: nobody else on this machine is likely to take it within the test.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let sandbox = Sandbox::new();
    profile(&sandbox, &format!("http://127.0.0.1:{port}/api/Reference"), "");
    let said = sandbox.run(&["run", "--only", ONE, "--wait", "1"]).ends(3);
    assert!(said.err.contains("did not answer within 1 s: nobody answers there"), "{}", said.err);
    assert_eq!(said.err.matches("waiting up to 1 s for http://127.0.0.1:").count(), 1, "{}", said.err);

    let mut waiting = sandbox.spawn(&["run", "--only", ONE, "--wait", "60"]);
    // It has said that it waits: only then the target comes up.
    let mut line = [0; 64];
    let mut err = waiting.stderr.take().unwrap();
    err.read_exact(&mut line).unwrap();
    assert!(String::from_utf8_lossy(&line).starts_with("waiting up to 60 s for"));
    let servers = servers();
    let options = reference::Options { listen: format!("127.0.0.1:{port}").parse().unwrap(), ..Default::default() };
    let running = servers.block_on(reference::start(options)).unwrap();
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    servers.block_on(running.stop());
    let _ = std::io::stdout().flush();
}
