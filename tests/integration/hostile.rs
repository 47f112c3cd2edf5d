//! Targets that break HTTP or JSON, or never end: bounded time and memory, a plain sentence, never a panic.

use crate::{
    raw::{Act, Asked, Raw, answer},
    util::*,
};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

const ONE: &str = "subscriptions/create-from-order";

fn profile(sandbox: &Sandbox, target: &str, more: &str) {
    sandbox.reference_profile("raw", target, more);
}

/// Plays a scenario against a server that does what the script says.
fn against(
    script: impl Fn(&Asked) -> Option<Vec<Act>> + Send + Sync + 'static,
    scenario: &str,
    more: &str,
) -> (Said, Sandbox) {
    let servers = servers();
    let raw = servers.block_on(Raw::start(script));
    let sandbox = Sandbox::new();
    profile(&sandbox, &raw.base_url(), &more.replace("PROBE", &raw.probe_url()));
    let said = sandbox.run(&["run", "--only", scenario, "--jobs", "1", "--report", "json=r.json"]);
    servers.block_on(raw.stop());
    (said, sandbox)
}

fn is_create(asked: &Asked) -> bool {
    asked.path.ends_with("Subscriptions/Create") && asked.body.contains("\"CheckOnly\":false")
}

fn say(bytes: impl Into<Vec<u8>>) -> Vec<Act> {
    vec![Act::Say(bytes.into())]
}

/// A whole answer, after which the connection goes on.
fn ok(body: impl AsRef<[u8]>) -> Vec<Act> {
    vec![Act::Say(answer("200 OK", "", body.as_ref())), Act::Stay]
}

/// A target that has no time. It keeps the connection.
fn busy(status: &str, after: &str, body: &str) -> Vec<Act> {
    vec![Act::Say(answer(status, &format!("Retry-After: {after}\r\n"), body.as_bytes())), Act::Stay]
}

fn tell(how: fn(&str) -> Vec<u8>) -> Vec<Act> {
    vec![Act::Tell(how), Act::Stay]
}

/// What is said about an order that is answered like this, and how the run ends.
#[test]
fn answers_of_any_kind_end_in_a_plain_sentence() {
    type Case = (&'static str, fn() -> Vec<Act>, i32, &'static str);
    let cases: &[Case] = &[
        // What a reader of JSON over HTTP has to take.
        ("chunks", || tell(chunked), 0, "CONFORMANT"),
        (
            "a mark in front",
            || tell(|body| answer("200 OK", "", format!("\u{feff}{body}").as_bytes())),
            0,
            "CONFORMANT",
        ),
        (
            "a code as text",
            || tell(|b| answer("200 OK", "", b.replace("\"Code\":0", "\"Code\":\"0\"").as_bytes())),
            1,
            "R-15",
        ),
        (
            "informational answers first",
            || {
                tell(|body| {
                    let mut all =
                        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".to_vec();
                    all.extend(answer("200 OK", "", body.as_bytes()));
                    all
                })
            },
            0,
            "CONFORMANT",
        ),
        (
            "HTTP 1.0 that ends with the connection",
            || {
                vec![Act::Tell(|body| {
                    format!("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{body}").into_bytes()
                })]
            },
            0,
            "CONFORMANT",
        ),
        (
            "the same",
            || {
                vec![Act::Tell(|body| {
                    let head =
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: identity\r\n\r\n";
                    format!("{head}{body}").into_bytes()
                })]
            },
            0,
            "CONFORMANT",
        ),
        (
            "a member twice, and not the same",
            || tell(|body| answer("200 OK", "", body.replace("\"Code\":0", "\"Code\":-1,\"Code\":0").as_bytes())),
            1,
            "R-15",
        ),
        // What is no result.
        ("XML", || ok("<?xml version=\"1.0\"?><Result/>"), 1, "Subscriptions/Create: the body is XML, not JSON"),
        ("HTML", || ok("<!DOCTYPE html><p>Welcome"), 1, "Subscriptions/Create: the body is HTML, not JSON"),
        ("nothing", || ok(""), 1, "Subscriptions/Create: the body is empty"),
        (
            "no content",
            || say("HTTP/1.1 204 No Content\r\n\r\n"),
            1,
            "Subscriptions/Create: HTTP 204 without a JSON body",
        ),
        (
            "a comma too many",
            || ok(r#"{"Code":0,"Message":"","Result":"S1",}"#),
            1,
            "Subscriptions/Create: the body is not JSON: trailing comma at line 1, column 38",
        ),
        (
            "half of it",
            || ok(r#"{"Code":0,"Mess"#),
            1,
            "Subscriptions/Create: the body is not JSON: EOF while parsing a string",
        ),
        (
            "a number beyond all numbers",
            || ok(r#"{"Code":1e400,"Message":"","Result":"S1"}"#),
            1,
            "Subscriptions/Create: `Code` is 1e400, which is no whole number of 64 bits",
        ),
        (
            "400 digits",
            || ok(format!(r#"{{"Code":{},"Result":"S1"}}"#, "7".repeat(400))),
            1,
            "which is no whole number of 64 bits",
        ),
        ("a depth bomb", || ok("[".repeat(100_000)), 1, "Subscriptions/Create: the body is not JSON: "),
        (
            "a closed depth bomb",
            || ok("[".repeat(100_000) + &"]".repeat(100_000)),
            1,
            "Subscriptions/Create: the body is not JSON: ",
        ),
        (
            "bytes that are no text",
            || ok(b"{\"Code\":\xff\xfe}"),
            1,
            "the body is not JSON: it is not even text in UTF-8",
        ),
        ("zeros", || ok([0; 64]), 1, "Subscriptions/Create: the body is not JSON: "),
        (
            "64 MiB",
            || ok(vec![b' '; 64 * 1024 * 1024]),
            1,
            "Subscriptions/Create: the answer is larger than what is read",
        ),
        (
            "compressed",
            || {
                say(answer(
                    "200 OK",
                    "Content-Encoding: gzip\r\n",
                    &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0xff, 0x8e],
                ))
            },
            1,
            "Subscriptions/Create: the body is compressed (gzip), and nobody asked for that",
        ),
        (
            "elsewhere",
            || say(answer("307 Temporary Redirect", "Location: http://evil.example/\u{202e}x\r\n", b"")),
            1,
            "HTTP 307 sends the platform to http://evil.example/",
        ),
        // What is no HTTP.
        (
            "a banner",
            || say("SSH-2.0-OpenSSH_9.6\r\n"),
            1,
            "Subscriptions/Create was not answered: the answer is not HTTP",
        ),
        (
            "no answer",
            Vec::new,
            1,
            "Subscriptions/Create was not answered: the connection was closed before the answer was complete",
        ),
        (
            "too little for its length",
            || say("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Code\":0"),
            1,
            "the connection was closed before the answer was complete",
        ),
        (
            "too much for its length",
            || {
                tell(|body| {
                    let mut all = answer("200 OK", "", body.as_bytes());
                    all.extend_from_slice(b"and more");
                    all
                })
            },
            0,
            "CONFORMANT",
        ),
        (
            "two lengths",
            || say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
            1,
            "the answer is not HTTP",
        ),
        (
            "a chunk without end",
            || say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
            1,
            "Subscriptions/Create was not answered: ",
        ),
        (
            "a megabyte of head",
            || say(answer("200 OK", &format!("X-Large: {}\r\n", "x".repeat(1 << 20)), b"{}")),
            1,
            "Subscriptions/Create was not answered: the head of the answer is larger than what is read",
        ),
        (
            "a thousand lines of head",
            || say(answer("200 OK", &"X-Many: x\r\n".repeat(1000), b"{}")),
            1,
            "Subscriptions/Create was not answered: the head of the answer is larger than what is read",
        ),
        // What never ends.
        (
            "a head that never ends",
            || {
                vec![
                    Act::Say(b"HTTP/1.1 200 OK\r\n".to_vec()),
                    Act::Drip(b"X-Slow: 1\r\n".to_vec(), Duration::from_millis(50)),
                ]
            },
            1,
            "Subscriptions/Create was not answered: no complete answer within 3 s",
        ),
        (
            "a body that never ends",
            || {
                vec![
                    Act::Say(b"HTTP/1.1 200 OK\r\n\r\n{".to_vec()),
                    Act::Drip(b" ".to_vec(), Duration::from_millis(50)),
                ]
            },
            1,
            "Subscriptions/Create was not answered: no complete answer within 3 s",
        ),
        (
            "a flood",
            || vec![Act::Say(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()), Act::Drip(vec![b' '; 1 << 16], Duration::ZERO)],
            1,
            "Subscriptions/Create: the answer is larger than what is read",
        ),
        ("silence", || vec![Act::Hold], 1, "Subscriptions/Create was not answered: no complete answer within 3 s"),
    ];
    let look = |(name, acts, code, sentence): &Case| {
        // Only what never ends is given a limit: the rest may take as long as a busy machine needs.
        let limit = if sentence.ends_with("within 3 s") { "limits: { timeout: 3s }\n" } else { "" };
        let acts = *acts;
        let (said, _) = against(move |asked| is_create(asked).then(acts), ONE, limit);
        let calm = said.err.is_empty() && !said.out.contains('\u{202e}') && !said.out.contains("panicked");
        let right = said.code == Some(*code) && said.out.contains(sentence) && calm;
        let about = || said.out.lines().find(|line| line.contains("Subscriptions/Create")).unwrap_or("");
        (!right).then(|| format!("{name}: {:?} {}{}", said.code, about(), said.err))
    };
    // Several at a time: most of them wait.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let lanes: Vec<_> = cases
            .chunks(cases.len().div_ceil(4))
            .map(|lane| scope.spawn(move || lane.iter().filter_map(look).collect::<Vec<_>>()))
            .collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn chunked(body: &str) -> Vec<u8> {
    let (one, two) = body.split_at(body.len() / 2);
    let chunk = |text: &str| format!("{:x};why=not\r\n{text}\r\n", text.len());
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{}{}0\r\nX-Trailer: x\r\n\r\n",
        chunk(one),
        chunk(two)
    )
    .into_bytes()
}

#[test]
fn a_compressed_or_broken_catalogue_is_a_finding() {
    for (body, sentence) in [
        ("[".repeat(100_000), "Fields/ServiceDefinition: the body is not JSON"),
        ("<html>".to_owned(), "Fields/ServiceDefinition: the body is HTML, not JSON"),
        (
            format!("{{\"ProductTypes\":{}", "[{\"ID\":".repeat(50_000)),
            "Fields/ServiceDefinition: the body is not JSON",
        ),
    ] {
        let script = move |asked: &Asked| asked.path.ends_with("Fields/ServiceDefinition").then(|| ok(&body));
        let (said, _) = against(script, ONE, "");
        let said = said.ends(1);
        assert!(said.out.contains(sentence) && said.err.is_empty(), "{}\n{}", said.out, said.err);
    }
}

#[test]
fn a_depth_bomb_in_the_probe_document_is_an_error_of_the_probe() {
    let script = |asked: &Asked| asked.path.starts_with("/bomb").then(|| ok("[".repeat(100_000)));
    let servers = servers();
    let raw = servers.block_on(Raw::start(script));
    let sandbox = Sandbox::new();
    let bomb = raw.base_url().replace("/api/Reference", "/bomb");
    profile(&sandbox, &raw.base_url(), &format!("probe: {{ url: \"{bomb}\", settle: 100ms }}\n"));
    let said = sandbox.run(&["run", "--only", "precheck/"]).ends(5);
    assert!(said.out.contains("the probe failed: not JSON"), "{}", said.out);
    servers.block_on(raw.stop());
}

#[test]
fn a_redirect_says_where_and_is_not_followed() {
    let followed = Arc::new(Mutex::new(false));
    let seen = followed.clone();
    let script = move |asked: &Asked| {
        if asked.path.starts_with("/elsewhere") {
            *seen.lock().unwrap() = true;
        }
        is_create(asked).then(|| say(answer("302 Found", "Location: /elsewhere?a=\x1b[2J\r\n", b"")))
    };
    // A control character cannot stand in a header: the answer is then no HTTP. A blank can.
    let (said, _) = against(script, ONE, "");
    let said = said.ends(1);
    assert!(!said.out.contains('\x1b'), "{}", said.out);
    assert!(!*followed.lock().unwrap());
    let script = |asked: &Asked| is_create(asked).then(|| say(answer("302 Found", "Location: /else where\r\n", b"")));
    let (said, _) = against(script, ONE, "");
    let sentence = "Subscriptions/Create: HTTP 302 sends the platform to /else where, and the platform does not follow";
    assert!(said.out.contains(sentence), "{}", said.out);
}

/// Which attempts of an order are in the evidence.
fn attempts(sandbox: &Sandbox) -> Vec<u64> {
    let evidence = std::fs::read_to_string(sandbox.latest().join("evidence.jsonl")).unwrap();
    let events = evidence.lines().map(json).filter(|event| {
        let sent = &event["sent"];
        sent["label"] == "subscriptions-create" && sent["check_only"] == false && sent["intent"] != "teardown"
    });
    events.map(|event| event["sent"]["attempt"].as_u64().unwrap()).collect()
}

#[test]
fn a_target_that_asks_to_wait_is_asked_again_and_every_time_is_told() {
    for (status, after) in [
        ("503 Service Unavailable", "0"),
        ("429 Too Many Requests", "Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT"),
    ] {
        let count = AtomicU32::new(0);
        let script = move |asked: &Asked| {
            let again = is_create(asked) && count.fetch_add(1, Ordering::SeqCst) < 2;
            again.then(|| busy(status, after, ""))
        };
        let (said, sandbox) = against(script, ONE, "");
        let said = said.ends(0);
        let told = "the target asked to wait 2 times (HTTP 429 or 503 with Retry-After)";
        assert!(said.out.contains(told), "{}", said.out);
        assert_eq!(json(&sandbox.read("r.json"))["counts"]["asked_to_wait"], 2);
        assert_eq!(attempts(&sandbox), [0, 1, 2]);
        let again = sandbox.run(&["report"]).ends(0);
        assert!(again.out.contains(told), "{}", again.out);
    }
}

#[test]
fn of_customers_who_come_at_once_each_may_be_asked_to_wait() {
    let count = AtomicU32::new(0);
    let script = move |asked: &Asked| {
        let busy_now = is_create(asked) && [1, 3].contains(&count.fetch_add(1, Ordering::SeqCst));
        busy_now.then(|| busy("503 Service Unavailable", "0", ""))
    };
    let (said, sandbox) = against(script, "repeats/customers-at-once-change", "");
    let said = said.ends(0);
    assert!(said.out.contains("the target asked to wait 2 times"), "{}", said.out);
    let (again, first): (Vec<u64>, Vec<u64>) = attempts(&sandbox).into_iter().partition(|attempt| *attempt > 0);
    assert_eq!((first.len(), again.as_slice()), (5, [1, 1].as_slice()), "five customers");
}

#[test]
fn a_target_that_never_stops_asking_is_judged_by_its_last_answer() {
    // The body says that the order is refused: that is not what a target means that has done nothing.
    let always = |after: &'static str| {
        move |asked: &Asked| {
            let body = r#"{"Code":-5,"Message":"busy","Result":null}"#;
            is_create(asked).then(|| busy("503 Service Unavailable", after, body))
        }
    };
    let (said, sandbox) = against(always("0"), ONE, "");
    let said = said.ends(1);
    let sentence = "Subscriptions/Create: HTTP 503 asks to wait (Retry-After: 0), and did so 4 times";
    assert!(said.out.contains(sentence), "{}", said.out);
    assert_eq!(attempts(&sandbox), [0, 1, 2, 3]);
    // Longer than anybody waits.
    let (said, sandbox) = against(always("3600"), ONE, "");
    let said = said.ends(1);
    assert!(said.out.contains("HTTP 503 asks to wait (Retry-After: 3600)"), "{}", said.out);
    assert_eq!(attempts(&sandbox), [0]);
}

#[test]
fn flaws_and_reads_and_the_teardown_wait_too() {
    let told = Arc::new(Mutex::new(std::collections::HashMap::<String, u32>::new()));
    // Every call is told to wait once: each distinct call, by its path, its credentials and its body.
    let script = move |asked: &Asked| {
        let key = format!("{}{}{}", asked.path, asked.head, asked.body);
        let mut told = told.lock().unwrap();
        let times = told.entry(key).or_default();
        *times += 1;
        (*times == 1).then(|| busy("503 Service Unavailable", "0", ""))
    };
    let (said, sandbox) = against(script, "credentials/", "");
    let said = said.ends(0);
    let report = json(&sandbox.read("r.json"));
    let calls: u64 = report["scenarios"].as_array().unwrap().iter().map(|s| s["calls"].as_u64().unwrap()).sum();
    assert!(report["counts"]["asked_to_wait"].as_u64().unwrap() * 2 >= calls - 2, "{}", said.out);
    assert_eq!(report["counts"]["failed"], 0);
    assert!(!said.out.contains("left behind"), "{}", said.out);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_wait() {
    let servers = servers();
    let (asked_to_wait, waits) = std::sync::mpsc::channel();
    let asked_to_wait = Mutex::new(asked_to_wait);
    let raw = servers.block_on(Raw::start(move |asked| {
        is_create(asked).then(|| {
            let _ = asked_to_wait.lock().unwrap().send(());
            busy("503 Service Unavailable", "60", "")
        })
    }));
    let sandbox = Sandbox::new();
    profile(&sandbox, &raw.base_url(), "");
    let child = sandbox.spawn(&["run", "--only", ONE]);
    waits.recv().unwrap();
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let started = std::time::Instant::now();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(50), "the wait was not waited out");
    servers.block_on(raw.stop());
}

#[test]
fn connections_that_the_target_closes_silently_are_nobody_s_failure() {
    let servers = servers();
    let raw = servers.block_on(Raw::closing());
    let sandbox = Sandbox::new();
    profile(&sandbox, &raw.base_url(), "");
    let said = sandbox.run(&["run", "--only", "subscriptions/", "--jobs", "4", "--report", "json=r.json"]);
    let report = json(&sandbox.read("r.json"));
    assert_eq!(said.code, Some(0), "{}", said.out);
    assert_eq!(report["counts"]["failed"], 0);
    assert!(raw.connections.load(Ordering::SeqCst) > 50, "each call had a connection of its own");
    servers.block_on(raw.stop());
}

#[test]
fn base_urls_of_any_form_are_called_where_they_point() {
    let servers = servers();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let heard = seen.clone();
    let raw = servers.block_on(Raw::start(move |asked| {
        heard.lock().unwrap().push((asked.path.clone(), asked.head.clone()));
        None
    }));
    let base = raw.base_url();
    for (target, dialect, wanted) in [
        (format!("{base}/"), "", "/api/Reference/Fields/Get"),
        (format!("{base}?tenant=1&x=%20"), "", "/api/Reference/Fields/Get?tenant=1&x=%20"),
        (format!("{base}/?tenant=1"), "", "/api/Reference/Fields/Get?tenant=1"),
        (base.clone(), "dialect: { path_case: lower }\n", "/api/Reference/fields/get"),
    ] {
        seen.lock().unwrap().clear();
        let sandbox = Sandbox::new();
        profile(&sandbox, &target, dialect);
        let said = sandbox.run(&["run", "--only", ONE]);
        assert_eq!(said.code, Some(0), "{target}\n{}", said.out);
        let calls = seen.lock().unwrap().clone();
        assert!(calls.iter().any(|(path, _)| path == wanted), "{target}: {calls:?}");
        let query = wanted.split_once('?').map_or("", |(_, query)| query);
        assert!(calls.iter().all(|(path, _)| path.split_once('?').map_or("", |(_, q)| q) == query), "{calls:?}");
    }
    servers.block_on(raw.stop());
}

#[test]
fn every_call_names_its_run_its_scenario_and_its_step() {
    let servers = servers();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let heard = seen.clone();
    let raw = servers.block_on(Raw::start(move |asked| {
        let header = |name: &str| {
            let found = asked.head.lines().filter_map(|line| line.split_once(": "));
            found.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
        };
        assert_eq!(header("accept-encoding"), None, "nothing compressed is asked for");
        heard.lock().unwrap().push(header("x-cloudplatform-trackid"));
        None
    }));
    let sandbox = Sandbox::new();
    profile(&sandbox, &raw.base_url(), "");
    let seed = "11111111-2222-4333-8444-555555555555";
    sandbox.run(&["run", "--only", "subscriptions/suspend", "--seed", seed]).ends(0);
    let calls: Vec<String> = seen.lock().unwrap().drain(..).map(|track| track.unwrap()).collect();
    let starts = |start: &str| calls.iter().any(|track| track.starts_with(start));
    assert!(calls.iter().all(|track| track.starts_with("mock-bss 11111111 ")), "{calls:?}");
    assert!(starts("mock-bss 11111111 prelude/reads catalogue"), "{calls:?}");
    assert!(starts("mock-bss 11111111 subscriptions/suspend buy"), "{calls:?}");
    assert!(starts("mock-bss 11111111 subscriptions/suspend suspend"), "{calls:?}");
    assert!(starts("mock-bss 11111111 subscriptions/suspend teardown"), "{calls:?}");
    profile(&sandbox, &raw.base_url(), "headers: { track_id: false }\n");
    sandbox.run(&["run", "--only", "subscriptions/suspend"]).ends(0);
    assert!(seen.lock().unwrap().iter().all(Option::is_none));
    servers.block_on(raw.stop());
}
