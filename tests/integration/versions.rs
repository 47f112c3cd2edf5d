//! HTTP/1.1, which the platform speaks, and HTTP/2 for whom wants it: one of the two, and never another one unasked.

use crate::{certificates::Authority, fronts::Encrypted, util::*};
use mock_bss::reference;
use std::{
    io::{Read, Write},
    net::TcpListener,
};

const PART: &str = "subscriptions/";

fn profile(sandbox: &Sandbox, target: &str, more: &str) {
    sandbox.reference_profile("far", target, more);
}

fn play(sandbox: &Sandbox, code: i32) -> Said {
    sandbox.run(&["run", "--only", PART]).ends(code)
}

#[test]
fn http_2_is_spoken_where_the_profile_says_so_encrypted_or_not() {
    let servers = servers();
    let authority = Authority::new("Acme CA");
    let target = servers.block_on(Encrypted::start(&authority.issue(&["localhost"]), None, &["http/1.1", "h2"]));
    let sandbox = Sandbox::new();
    sandbox.file("ca.pem", &authority.pem);
    profile(&sandbox, &target.url("https", "localhost"), "tls: { ca: ca.pem }\nhttp2: true\n");
    let said = play(&sandbox, 0);
    assert!(said.out.contains("an authority of the profile · HTTP/2"), "{}", said.out);
    let seen = target.seen.lock().unwrap().clone();
    assert!(seen.iter().all(|(_, protocol)| protocol.as_deref() == Some("h2")), "{seen:?}");
    servers.block_on(target.stop());

    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    profile(&sandbox, &running.base_url(), "http2: true\n");
    play(&sandbox, 0);
    servers.block_on(running.stop());
}

#[test]
fn a_target_that_speaks_another_version_is_told_from_one_that_is_not_there() {
    let servers = servers();
    let authority = Authority::new("Acme CA");
    let sandbox = Sandbox::new();
    sandbox.file("ca.pem", &authority.pem);
    for (offered, more, message) in [
        ("http/1.1", "http2: true\n", "the target does not speak HTTP/2"),
        ("h2", "", "the target does not speak HTTP/1.1"),
    ] {
        let target = servers.block_on(Encrypted::start(&authority.issue(&["localhost"]), None, &[offered]));
        profile(&sandbox, &target.url("https", "localhost"), &format!("tls: {{ ca: ca.pem }}\n{more}"));
        let said = play(&sandbox, 3);
        assert!(said.err.contains(message) && said.err.contains("help: `http2: true`"), "{}", said.err);
        servers.block_on(target.stop());
    }
    // Nothing encrypted, nothing agreed on: the first bytes of the answer show it, or that there is none.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut some = [0; 1024];
            let _ = stream.read(&mut some);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    profile(&sandbox, &format!("http://127.0.0.1:{port}/api"), "http2: true\n");
    let said = play(&sandbox, 3);
    assert!(said.err.contains("the target does not answer in HTTP/2"), "{}", said.err);
}
