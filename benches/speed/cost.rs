//! Running a process and finding out what it took.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

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

/// A matrix has no more.
const MOST_ROWS: usize = 1_000;

/// Seconds of wall time (the fastest run), seconds of CPU time (the mean of all), and most memory in MB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    pub(crate) memory: f64,
}

pub(crate) struct Pair {
    pub(crate) bare: Cost,
    pub(crate) ours: Cost,
}

/// What is to be done, and how often it is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work<'a> {
    pub(crate) target: &'a str,
    pub(crate) scenarios: usize,
    pub(crate) jobs: usize,
    pub(crate) times: usize,
}

/// Both in turn, several times. What disturbs a run makes it slower and never faster, so the fastest tells most about the
/// programs and least about what else the machine does.
pub(crate) fn compare(folder: &Path, work: Work<'_>, bare: &[String]) -> Pair {
    let folder = prepare(folder, work);
    let accepted = mock_bss(&folder, work, "--accept").stdout(Stdio::null()).status().unwrap();
    assert!(accepted.success(), "the bench scenario must be accepted");
    let itself = std::env::current_exe().unwrap();
    let bare = || {
        let mut command = Command::new(&itself);
        command.args(bare);
        command
    };
    let ours = || mock_bss(&folder, work, "--check");
    let (mut of_bare, mut of_ours) = (Vec::new(), Vec::new());
    for _ in 0..work.times {
        of_bare.push(time(&mut bare()));
        of_ours.push(time(&mut ours()));
    }
    Pair { bare: summary(&of_bare, memory(&mut bare())), ours: summary(&of_ours, memory(&mut ours())) }
}

/// The same run without reports, and with one in every format.
pub(crate) fn reports(folder: &Path, work: Work<'_>) -> (Cost, Cost) {
    const FORMATS: [&str; 8] = ["html", "json", "junit", "markdown", "tap", "sarif", "csv", "gitlab"];
    let folder = prepare(folder, work);
    let accepted = mock_bss(&folder, work, "--accept").stdout(Stdio::null()).status().unwrap();
    assert!(accepted.success(), "the bench scenario must be accepted");
    let full = || {
        let mut command = mock_bss(&folder, work, "--check");
        FORMATS.iter().for_each(|format| {
            command.args(["--report", &format!("{format}=r.{format}")]);
        });
        command
    };
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..work.times {
        without.push(time(&mut mock_bss(&folder, work, "--check")));
        with.push(time(&mut full()));
    }
    (summary(&without, 0.0), summary(&with, memory(&mut full())))
}

/// The folder of a run that has been played.
pub(crate) fn played(folder: &Path, work: Work<'_>) -> PathBuf {
    let folder = prepare(folder, work);
    let mut command = mock_bss(&folder, work, "--quiet");
    assert!(command.args(["--output", "played"]).stdout(Stdio::null()).status().unwrap().success());
    folder.join("played")
}

/// A folder with the scenario and a profile.
fn prepare(folder: &Path, work: Work<'_>) -> PathBuf {
    let Work { target, scenarios, jobs, .. } = work;
    let folder = folder.join(format!("{scenarios}-{jobs}-{}", target.rsplit(':').next().unwrap().replace('/', "-")));
    std::fs::create_dir_all(folder.join("nine")).unwrap();
    let rows: Vec<String> = (0..scenarios).map(|row| format!("{{ row: \"{row}\" }}")).collect();
    for (number, rows) in rows.chunks(MOST_ROWS).enumerate() {
        let file = folder.join(format!("nine/dependent-{number}.yaml"));
        std::fs::write(file, SCENARIO.replace("ROWS", &rows.join(", "))).unwrap();
    }
    let profile = format!(
        "name: bench\ntarget: {target}\napplication: {{ id: 1b5c0d9e-0000-4000-8000-000000000001, key: k }}\nprecheck: none\nlimits: {{ subscriptions: 100000 }}\n"
    );
    std::fs::write(folder.join("mock-bss.yaml"), profile).unwrap();
    folder
}

/// mock-bss as users run it.
fn mock_bss(folder: &Path, work: Work<'_>, mode: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-bss"));
    command.current_dir(folder).args(["run", "nine", mode, "--jobs", &work.jobs.to_string()]).env_remove("CI");
    command
}

fn summary(runs: &[(f64, f64)], memory: f64) -> Cost {
    let wall = runs.iter().map(|(wall, _)| *wall).fold(f64::MAX, f64::min);
    let cpu = runs.iter().map(|(_, cpu)| *cpu).sum::<f64>() / runs.len() as f64;
    Cost { wall, cpu, memory }
}

/// Wall and CPU time of a process.
fn time(command: &mut Command) -> (f64, f64) {
    let before = children_cpu();
    let started = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::inherit()).status().unwrap();
    let wall = started.elapsed().as_secs_f64();
    assert!(status.success(), "{status}");
    (wall, children_cpu() - before)
}

/// The most memory of a process, looked up as long as it runs: a run of its own, so that looking disturbs no time.
fn memory(command: &mut Command) -> f64 {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut memory = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        memory = memory.max(peak_memory(child.id()));
        std::thread::sleep(Duration::from_micros(500));
    }
    memory
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
