//! A command and everything that it starts, ended together.

use std::{
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

/// Ends the service manager, from wherever mock-bss ends.
#[derive(Debug, Clone, Default)]
pub struct Leash(Arc<Mutex<Option<u32>>>);

impl Leash {
    pub(super) fn hold(&self, process: Option<u32>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = process;
    }

    /// Asks it to end, waits a little, and kills what is left.
    pub(super) fn end(&self) {
        let held = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(process) = held {
            end(process);
        }
        self.hold(None);
    }

    /// Kills it at once.
    pub fn kill(&self) {
        if let Some(process) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            kill(process);
        }
    }
}

#[cfg(unix)]
pub(super) fn shell(line: &str) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).process_group(0);
    command
}

#[cfg(unix)]
fn end(process: u32) {
    use rustix::process::{Signal, kill_process_group, test_kill_process_group};
    use std::{
        thread::sleep,
        time::{Duration, Instant},
    };
    /// A service manager that closes its files properly needs a moment.
    const GRACE: Duration = Duration::from_secs(5);
    let Some(group) = group(process) else { return };
    let asked = Instant::now();
    if kill_process_group(group, Signal::TERM).is_err() {
        return;
    }
    while asked.elapsed() < GRACE && test_kill_process_group(group).is_ok() {
        sleep(Duration::from_millis(10));
    }
    kill(process);
}

#[cfg(unix)]
fn kill(process: u32) {
    if let Some(group) = group(process) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(unix)]
fn group(process: u32) -> Option<rustix::process::Pid> {
    i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw)
}

#[cfg(windows)]
pub(super) fn shell(line: &str) -> Command {
    use std::os::windows::process::CommandExt;
    /// Ctrl-C in the console is for mock-bss alone.
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    let mut command = Command::new("cmd");
    command.arg("/S").arg("/C").raw_arg(format!("\"{line}\"")).creation_flags(CREATE_NEW_PROCESS_GROUP);
    command
}

#[cfg(windows)]
fn end(process: u32) {
    kill(process);
}

#[cfg(windows)]
fn kill(process: u32) {
    use std::process::Stdio;
    let mut command = Command::new("taskkill");
    command.args(["/T", "/F", "/PID", &process.to_string()]);
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
