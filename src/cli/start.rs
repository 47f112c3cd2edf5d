//! The service manager that a profile starts: what becomes of it, in words.

use super::{fault::Fault, output::Output};
use crate::{
    play::{Leash, Player, StartError, Started, Surroundings},
    report::printable,
};
use std::path::{Path, PathBuf};

/// What no child needs to know: mock-bss's own credentials and settings.
const OWN: &str = "MOCK_BSS_";

/// Starts the service manager, if the profile says how.
pub(super) async fn service_manager(
    player: &Player,
    base: &Path,
    log: Option<PathBuf>,
    leash: Leash,
    output: &Output,
) -> Result<Option<Started>, Fault> {
    let own = |name: &std::ffi::OsString| name.to_string_lossy().to_ascii_uppercase().starts_with(OWN);
    let without = std::env::vars_os().map(|(name, _)| name).filter(own).collect();
    let surroundings = Surroundings { base: base.to_owned(), log: log.clone(), without, leash };
    player.start(surroundings).await.map_err(|error| {
        if let StartError::Ended { tail, .. } | StartError::NotReady { tail, .. } = &error {
            output.error(&last_lines(tail));
        }
        let fault = match &error {
            StartError::Ended { .. } | StartError::NotReady { .. } => Fault::unreachable(error.to_string()),
            StartError::Interrupted => Fault::interrupted(error.to_string()),
            _ => Fault::usage(error.to_string()),
        };
        match help(&error, log.as_deref()) {
            Some(help) => fault.help(help),
            None => fault,
        }
    })
}

fn help(error: &StartError, log: Option<&Path>) -> Option<String> {
    let all = log.map(|log| format!("; all that it printed: {}", log.display())).unwrap_or_default();
    Some(match error {
        StartError::Occupied { .. } => {
            "a run would test what answers there, not what `start` begins: stop it (is it left over from a run that was \
             killed?), take another port, or take `start` out of the profile to play against it"
                .to_owned()
        }
        StartError::Ended { status, .. } if status.contains("127") => {
            format!("the shell did not find a command: `start.command` runs in the folder of the profile, or in `start.folder`{all}")
        }
        StartError::Ended { .. } => {
            format!("`start.command` has to stay in the foreground as long as the service manager runs{all}")
        }
        StartError::NotReady { .. } => {
            format!("it was stopped again; is `ready` right? `start.timeout` gives it more time{all}")
        }
        StartError::NotStarted(_) => "`start.command` goes to the shell, in `start.folder`: is the folder there?".to_owned(),
        _ => return None,
    })
}

fn last_lines(tail: &[String]) -> String {
    let lines: String = tail.iter().map(|line| format!("  | {}\n", printable(line).replace('\t', " "))).collect();
    match tail.is_empty() {
        true => "the service manager printed nothing\n".to_owned(),
        false => format!("the last lines of the service manager:\n{lines}"),
    }
}

/// Stops it, and says what has to be known: that it ended by itself, or with `verbose` what it printed last. Returns where
/// its output is kept.
pub(super) async fn stop(started: Option<Started>, verbose: bool, output: &Output) -> Option<PathBuf> {
    let started = started?;
    let log = started.log().map(Path::to_owned);
    if let Some(status) = started.ended() {
        let status = format!("warning: the service manager ended by itself during the run ({status})\n");
        output.error(&format!("{status}{}", last_lines(&started.tail())));
    } else if verbose {
        output.error(&last_lines(&started.tail()));
    }
    started.stop().await;
    log
}
