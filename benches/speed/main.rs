//! What the harness costs beside its target: ratios against a bare loop of the same HTTP client, measured in one run.
//!
//! `cargo bench --bench speed` prints them; with `-- --quick` each is measured once or twice, for a machine that has other
//! things to do, and with `-- --reports` only what reports cost. Nothing here asserts: a loaded machine shifts times, and
//! ratios tell more than times.
//!
//! Each measured thing is a process of its own, so that its CPU time and its memory are its own too: mock-bss as users run
//! it, and this program again as the bare loop. The target is a server in this process that answers every call with about
//! 2 KB at once, or after a delay. `-- --serve` is that target alone, for looking at mock-bss with a profiler, and
//! `-- --certificate` one row of the table alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod bare;
mod catalogue;
mod certificate;
mod cost;
mod target;

use cost::{Work, compare};
use std::{path::Path, time::Duration};
use target::{Manner, ONE_PRODUCT, serve};

/// Calls of one scenario: the account is asked for and made, a subscription lives through six changes and is cancelled.
const CALLS: usize = 9;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    match args.first().map(String::as_str) {
        Some("--bare") => return bare::calls(&args[1], args[2].parse().unwrap(), args[3].parse().unwrap()),
        Some("--bare-catalogue") => return bare::catalogue(&args[1]),
        // `cargo test --benches` only wants to know whether it starts.
        _ if has("--test") => return,
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let at_once = Manner { delay: Duration::ZERO, catalogue: ONE_PRODUCT };
    if has("--serve") {
        println!("{}", runtime.block_on(serve(at_once)));
        return runtime.block_on(std::future::pending());
    }
    let times = |usual: usize| if has("--quick") { usual.div_ceil(4) } else { usual };
    let folder = tempfile::tempdir().unwrap();
    println!(
        "mock-bss with everything on (evidence, judging, snapshots, console) beside a bare loop of the same calls\n"
    );
    println!("{:<58} {:>9} {:>9} {:>7}  aim", "", "bare", "mock-bss", "ratio");
    let quick_target = runtime.block_on(serve(at_once));
    let slow_target = runtime.block_on(serve(Manner { delay: Duration::from_millis(20), ..at_once }));
    if has("--reports") {
        return reporting(folder.path(), &quick_target, &slow_target);
    }
    if has("--certificate") {
        return verifying(folder.path(), &quick_target, times);
    }
    playing(folder.path(), &quick_target, &slow_target, times);
    growing(folder.path(), &quick_target, has("--quick"));
    reporting(folder.path(), &quick_target, &slow_target);
    verifying(folder.path(), &quick_target, times);
    let catalogue: &'static str = catalogue::make().leak();
    let long_target = runtime.block_on(serve(Manner { catalogue, ..at_once }));
    selling(folder.path(), catalogue, &long_target, times);
}

/// Calls of many scenarios.
fn playing(folder: &Path, at_once: &str, slow: &str, times: impl Fn(usize) -> usize) {
    let measure = |target, scenarios, jobs, times| {
        compare(folder, Work { target, scenarios, jobs, times }, &bare_calls(target, scenarios, jobs))
    };
    let one = measure(at_once, 1, 1, times(20));
    row("one scenario, whole process (ms)", one.bare.wall * 1e3, one.ours.wall * 1e3, "4.0 at most");
    let many = measure(at_once, 200, 32, times(8));
    row("200 scenarios, 32 jobs, answers at once (ms)", many.bare.wall * 1e3, many.ours.wall * 1e3, "3.0 at most");
    let calls = (200 * CALLS) as f64;
    let cpu = |cost: cost::Cost| cost.cpu * 1e6 / calls;
    row("the same, CPU for each call (µs)", cpu(many.bare), cpu(many.ours), "3.8 at most");
    row("the same, most memory (MB)", many.bare.memory, many.ours.memory, "2.1 at most");
    for (jobs, aim) in [(32, "0.97 at least"), (200, "0.82 at least")] {
        let paced = measure(slow, 200, jobs, times(4));
        let ideal = 0.020 * CALLS as f64 * (200.0 / jobs as f64);
        let share = |wall: f64| 100.0 * ideal / wall;
        let what = format!("200 scenarios, {jobs} jobs, 20 ms a call: % of ideal {ideal:.2} s");
        row(&what, share(paced.bare.wall), share(paced.ours.wall), aim);
    }
}

/// What a scenario costs among many and among few.
fn growing(folder: &Path, target: &str, quick: bool) {
    let (few, many) = if quick { (250, 1_000) } else { (1_000, 4_000) };
    let measure =
        |scenarios| compare(folder, Work { target, scenarios, jobs: 32, times: 2 }, &bare_calls(target, scenarios, 32));
    let (of_few, of_many) = (measure(few), measure(many));
    let growth = |few_took: f64, many_took: f64| (many_took / many as f64) / (few_took / few as f64);
    let what = format!("a scenario among {many}, against one among {few}: time");
    row(&what, growth(of_few.bare.wall, of_many.bare.wall), growth(of_few.ours.wall, of_many.ours.wall), "1.0: linear");
    let what = format!("{many} scenarios, 32 jobs: most memory (MB)");
    row(&what, of_many.bare.memory, of_many.ours.memory, "");
}

/// A run of ten thousand calls, without reports and with all of them.
fn reporting(folder: &Path, at_once: &str, slow: &str) {
    for (target, manner) in [(at_once, "answers at once"), (slow, "20 ms a call")] {
        let scenarios = 10_000usize.div_ceil(CALLS);
        let (plain, full) = cost::reports(folder, Work { target, scenarios, jobs: 32, times: 2 });
        let what = format!("10,000 calls, {manner}: without and with all reports (s)");
        row(&what, plain.wall, full.wall, "1.15 at most");
    }
}

/// A certificate: unpacked, judged again, compared.
fn verifying(folder: &Path, target: &str, times: impl Fn(usize) -> usize) {
    let run = cost::played(folder, Work { target, scenarios: 1_000, jobs: 32, times: 1 });
    let (calls, seconds) = certificate::verified(&run, times(4));
    let what = format!("a certificate of {calls} calls: verified (s); for 10,000 calls");
    row(&what, seconds, seconds * 10_000.0 / calls as f64, "1.0 at most");
}

/// A long catalogue.
fn selling(folder: &Path, catalogue: &str, target: &str, times: impl Fn(usize) -> usize) {
    let passes = catalogue::passes(catalogue, &folder.join("catalogue"), times(8));
    let (parse, all, snapshot) = (passes.parse * 1e3, passes.all * 1e3, passes.snapshot * 1e3);
    row("20 MB catalogue: parsed (ms); read, normalised, compared", parse, all, "2.5 at most");
    row("of that the snapshot stage, nothing changed (ms)", parse, snapshot, "0.5 at most");
    let bare = ["--bare-catalogue".to_owned(), target.to_owned()];
    let whole = compare(folder, Work { target, scenarios: 1, jobs: 1, times: times(6) }, &bare);
    row("the same over HTTP, one scenario, whole process (ms)", whole.bare.wall * 1e3, whole.ours.wall * 1e3, "");
    row("the same, most memory (MB)", whole.bare.memory, whole.ours.memory, "");
}

fn bare_calls(target: &str, scenarios: usize, jobs: usize) -> [String; 4] {
    ["--bare".to_owned(), target.to_owned(), scenarios.to_string(), jobs.to_string()]
}

fn row(what: &str, bare: f64, ours: f64, aim: &str) {
    println!("{what:<58} {bare:>9.2} {ours:>9.2} {:>7.2}  {aim}", ours / bare);
}
