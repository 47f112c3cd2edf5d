//! What the harness costs beside its target: ratios against a bare loop of the same HTTP client, measured in one run.
//!
//! `cargo bench` prints them. Nothing here asserts: a loaded machine shifts times, and ratios tell more than times.
//!
//! Each measured thing is a process of its own, so that its CPU time and its memory are its own too: mock-bss as users run
//! it, and this program again as the bare loop (`--bare`). The target is a server in this process that answers every call
//! with about 2 KB at once, or after a delay.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use axum::{Router, body::Bytes, extract::State, http::Uri, response::IntoResponse};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Calls of one scenario: the account is asked for and made, a subscription lives through six changes and is cancelled.
const CALLS: usize = 9;

const SCENARIO: &str = "title: Nine dependent calls
matrix: [ROWS]
steps:
  - buy: {}
  - change_quantity: 7
  - suspend: {}
  - activate: {}
  - change_quantity: 9
  - change_quantity: 3
  - cancel: {}
";

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "--bare") {
        let number = |offset: usize| args[at + offset].parse::<usize>().unwrap();
        return bare(&args[at + 1], number(2), number(3));
    }
    // `cargo test --benches` only wants to know whether it starts.
    if args.iter().any(|arg| arg == "--test") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let at_once = runtime.block_on(serve(Duration::ZERO));
    let slow = runtime.block_on(serve(Duration::from_millis(20)));
    let folder = tempfile::tempdir().unwrap();

    println!(
        "mock-bss with everything on (evidence, judging, snapshots, console) against a bare loop of the same calls\n"
    );
    println!("{:<52} {:>10} {:>10} {:>8}", "", "bare", "mock-bss", "ratio");
    let one = compare(folder.path(), &at_once, 1, 1, 9);
    row("one scenario, whole process (ms)", one.bare.wall * 1e3, one.ours.wall * 1e3);
    let many = compare(folder.path(), &at_once, 200, 32, 5);
    row("200 scenarios, 32 jobs, target answers at once (ms)", many.bare.wall * 1e3, many.ours.wall * 1e3);
    let calls = (200 * CALLS) as f64;
    row("the same, CPU per call (µs)", many.bare.cpu * 1e6 / calls, many.ours.cpu * 1e6 / calls);
    row("the same, most memory (MB)", many.bare.memory, many.ours.memory);
    for jobs in [32, 200] {
        let paced = compare(folder.path(), &slow, 200, jobs, 3);
        let ideal = 0.020 * CALLS as f64 * (200.0 / jobs as f64);
        let share = |wall: f64| 100.0 * ideal / wall;
        row(
            &format!("200 scenarios, {jobs} jobs, 20 ms a call: % of the ideal {ideal:.2} s"),
            share(paced.bare.wall),
            share(paced.ours.wall),
        );
    }
    let thousand = compare(folder.path(), &at_once, 1000, 32, 1);
    println!(
        "\nfive times as many scenarios take {:.1} times as long (bare: {:.1})",
        thousand.ours.wall / many.ours.wall,
        thousand.bare.wall / many.bare.wall
    );
}

fn row(what: &str, bare: f64, ours: f64) {
    println!("{what:<52} {bare:>10.1} {ours:>10.1} {:>7.2}×", ours / bare);
}

/// Wall and CPU time in seconds, most memory in MB.
#[derive(Debug, Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
    memory: f64,
}

struct Pair {
    bare: Cost,
    ours: Cost,
}

/// Both in turn, several times; the median by wall time of each.
fn compare(folder: &Path, target: &str, scenarios: usize, jobs: usize, times: usize) -> Pair {
    let folder = folder.join(format!("{scenarios}-{jobs}-{}", target.rsplit(':').next().unwrap().replace('/', "-")));
    std::fs::create_dir_all(&folder).unwrap();
    let rows: Vec<String> = (0..scenarios).map(|row| format!("{{ row: \"{row}\" }}")).collect();
    std::fs::write(folder.join("nine.yaml"), SCENARIO.replace("ROWS", &rows.join(", "))).unwrap();
    std::fs::write(
        folder.join("mock-bss.yaml"),
        format!(
            "name: bench\ntarget: {target}\napplication: {{ id: 1b5c0d9e-0000-4000-8000-000000000001, key: k }}\nprecheck: none\nlimits: {{ subscriptions: 100000 }}\n"
        ),
    )
    .unwrap();
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mock-bss"));
        command
            .current_dir(&folder)
            .args(["run", "nine.yaml", "--jobs", &jobs.to_string()])
            .args(more)
            .env_remove("CI");
        command
    };
    let accepted = run(&["--accept"]).stdout(Stdio::null()).status().unwrap();
    assert!(accepted.success(), "the bench scenario must be accepted");
    let itself = std::env::current_exe().unwrap();
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let mut command = Command::new(&itself);
        bare.push(measure(command.args(["--bare", target, &scenarios.to_string(), &jobs.to_string()])));
        ours.push(measure(&mut run(&["--check"])));
    }
    Pair { bare: median(bare), ours: median(ours) }
}

fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    costs[costs.len() / 2]
}

/// Runs a command and reads what it used from the process table before it is gone.
fn measure(command: &mut Command) -> Cost {
    let before = children_cpu();
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut memory = 0.0_f64;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        memory = memory.max(peak_memory(child.id()));
        std::thread::sleep(Duration::from_micros(300));
    };
    let wall = started.elapsed().as_secs_f64();
    assert!(status.success(), "{status}");
    Cost { wall, cpu: children_cpu() - before, memory }
}

/// CPU seconds of all children that have ended (Linux; 0 elsewhere).
fn children_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    // Fields 16 and 17 of the whole line, counted from 1; hundredths of a second.
    (ticks(13) + ticks(14)) / 100.0
}

fn peak_memory(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// The same calls without anything around them.
fn bare(target: &str, scenarios: usize, jobs: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .tls_certs_only([])
        .pool_max_idle_per_host(jobs * 2)
        .build()
        .unwrap();
    let next = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    runtime.block_on(async {
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..jobs.min(scenarios) {
            let (client, next, target) = (client.clone(), next.clone(), target.to_owned());
            workers.spawn(async move {
                while next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < scenarios {
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

/// About as long as a ServiceDefinition.
fn body() -> String {
    format!(r#"{{"ID":"S1","Padding":"{}"}}"#, "x".repeat(1800))
}

/// A target that knows no state.
async fn serve(delay: Duration) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(answer).with_state(delay);
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

async fn answer(State(delay): State<Duration>, uri: Uri, _: Bytes) -> impl IntoResponse {
    let path = uri.path();
    let reads = path.contains("/Fields/") || path.ends_with("SyncOptions");
    if !delay.is_zero() && !reads {
        tokio::time::sleep(delay).await;
    }
    let body = if path.ends_with("Fields/Get") || path.ends_with("SyncOptions") {
        r#"{"Fields":[]}"#.to_owned()
    } else if path.ends_with("ServiceDefinition") {
        r#"{"ProductTypes":[{"ID":"t","Name":"T","AllowMultipleSubscriptions":true,"AttributeList":[],"ProductsCollection":{"Products":[{"ID":"p","Name":"P"}],"Addons":[]}}]}"#.to_owned()
    } else {
        // About 2 KB, as a talkative service manager answers.
        let info: Vec<String> =
            (0..40).map(|n| format!(r#""Key{n}":"value {n} of what the platform keeps""#)).collect();
        format!(
            r#"{{"AccountExtraInfo":null,"CustomFieldValues":null,"SendNotification":false,"ExtraInfo":{{{}}},"Code":0,"Message":"","Result":"S1"}}"#,
            info.join(",")
        )
    };
    ([("content-type", "application/json; charset=utf-8")], body)
}
