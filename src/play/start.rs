//! Starting the service manager, waiting until it answers, and stopping it with everything that it has started.
//!
//! It runs in a process group of its own: a Ctrl-C in the terminal reaches mock-bss alone, which still has to cancel what
//! it has bought, and what the command starts can be ended with it. Whatever happens to mock-bss short of a kill, the
//! group ends with it: [`Started`] ends it when it is dropped, and [`Leash`] when there is no time for that.

mod group;
mod output;

use super::{Player, Stop, client::WireRequest};
use crate::{
    evidence::{FailureKind, Masker, Outcome},
    profile::StartSource,
};
use output::Sink;
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};
use tokio::{
    process::{Child, Command},
    sync::watch,
    time::{Instant, sleep, timeout},
};

pub use group::Leash;

/// Time between two questions whether it is ready.
const EVERY: Duration = Duration::from_millis(100);
/// A single question may hang while a service is still coming up.
const ONE_QUESTION: Duration = Duration::from_secs(10);
/// Whatever listens already says so quickly.
const ALREADY: Duration = Duration::from_secs(3);

/// What the command meets.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The folder that the profile's paths are relative to.
    pub base: PathBuf,
    /// Where its output is kept, masked; without, only the last lines are.
    pub log: Option<PathBuf>,
    /// Variables of mock-bss's own environment that it does not get.
    pub without: Vec<OsString>,
    /// Ends it when mock-bss is stopped at once.
    pub leash: Leash,
}

/// Why the service manager was not started, or not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Something answers already: a run would test that.
    #[error("something answers at {url} already ({said}), so nothing was started")]
    Occupied { url: String, said: String },
    /// There is no process.
    #[error("`start` cannot run its command: {0}")]
    NotStarted(io::Error),
    /// Its output cannot be kept.
    #[error("{path} cannot be written: {error}", path = path.display())]
    Log { path: PathBuf, error: io::Error },
    /// It ended before it answered.
    #[error("the service manager ended before it was ready ({status})")]
    Ended { status: String, tail: Vec<String> },
    /// It did not answer in time.
    #[error("the service manager was not ready after {} s: {last}", waited.as_secs_f64())]
    NotReady { waited: Duration, last: String, tail: Vec<String> },
    /// mock-bss was stopped meanwhile.
    #[error("interrupted before the service manager was ready")]
    Interrupted,
}

/// A service manager that runs. Dropping it ends it, and everything that it has started.
#[derive(Debug)]
pub struct Started {
    leash: Leash,
    sink: Arc<Sink>,
    ended: watch::Receiver<Option<String>>,
}

impl Started {
    /// How the process ended, if it did by itself.
    pub fn ended(&self) -> Option<String> {
        self.ended.borrow().clone()
    }

    /// The last lines that it printed, secrets masked.
    pub fn tail(&self) -> Vec<String> {
        self.sink.tail()
    }

    /// Where all of its output is kept.
    pub fn log(&self) -> Option<&Path> {
        self.sink.log()
    }

    /// Ends it and waits until it is gone.
    pub async fn stop(self) {
        // Waiting blocks; the threads that read its last words must not be kept from it.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.leash.end();
        self.sink.close();
    }
}

impl Player {
    /// Starts the service manager of the profile and waits until it answers; `None` where the profile starts none.
    ///
    /// # Errors
    /// It could not be started, or did not become ready; then nothing of it is left.
    pub async fn start(&self, surroundings: Surroundings) -> Result<Option<Started>, StartError> {
        let profile = &self.session.profile;
        let Some(source) = &profile.start else { return Ok(None) };
        let ready = source.ready_url(&profile.target);
        for url in [&profile.target, &ready] {
            self.must_be_free(url).await?;
        }
        let mut own = Masker::default();
        source
            .env
            .iter()
            .filter(|variable| variable.secret)
            .for_each(|variable| own.add(&variable.name, &variable.value));
        let log = surroundings.log.clone();
        let sink = Sink::create(self.session.clone(), std::mem::take(&mut own), log.clone())
            .map_err(|error| StartError::Log { path: log.unwrap_or_default(), error })?;
        let mut child = command(source, &surroundings).spawn().map_err(StartError::NotStarted)?;
        surroundings.leash.hold(child.id());
        let sink = Arc::new(sink);
        sink.listen(child.stdout.take());
        sink.listen(child.stderr.take());
        let started = Started { leash: surroundings.leash, sink, ended: watch_end(child) };
        self.wait_until_ready(&started, &ready, source.timeout).await?;
        Ok(Some(started))
    }

    async fn must_be_free(&self, url: &str) -> Result<(), StartError> {
        let said = match timeout(ALREADY, self.ask(url)).await {
            Ok(Outcome::Failed { kind: FailureKind::Connect | FailureKind::Dns, .. }) => return Ok(()),
            Ok(Outcome::Failed { message, .. }) => message,
            Ok(Outcome::Received { status, .. }) => format!("HTTP {status}"),
            Err(_) => "the connection is taken, but nothing is said".to_owned(),
        };
        Err(StartError::Occupied { url: url.to_owned(), said })
    }

    /// A question without credentials: whoever answers it need not be the target yet.
    async fn ask(&self, url: &str) -> Outcome {
        let request = WireRequest {
            method: "GET".to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: None,
            repeatable: true,
            limit: super::MAX_ANSWER,
        };
        self.session.client.send(&request).await.0
    }

    async fn wait_until_ready(&self, started: &Started, url: &str, limit: Duration) -> Result<(), StartError> {
        let deadline = Instant::now() + limit;
        let (mut stop, mut ended) = (self.session.stop.clone(), started.ended.clone());
        let mut last = format!("{url} was not asked yet");
        let question = async {
            loop {
                match timeout(ONE_QUESTION, self.ask(url)).await {
                    Ok(Outcome::Received { .. }) => return,
                    Ok(Outcome::Failed { message, .. }) => last = format!("{url}: {message}"),
                    Err(_) => last = format!("{url}: no complete answer within {} s", ONE_QUESTION.as_secs()),
                }
                sleep(EVERY).await;
            }
        };
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop != Stop::No) => Err(StartError::Interrupted),
            _ = ended.wait_for(Option::is_some) => {
                // Its last words may still be on their way.
                started.sink.settle().await;
                Err(StartError::Ended { status: started.ended().unwrap_or_default(), tail: started.tail() })
            }
            () = question => Ok(()),
            () = tokio::time::sleep_until(deadline) => {
                Err(StartError::NotReady { waited: limit, last, tail: started.tail() })
            }
        }
    }
}

/// Tells how the process ended, as soon as it does.
fn watch_end(mut child: Child) -> watch::Receiver<Option<String>> {
    let (sender, receiver) = watch::channel(None);
    tokio::spawn(async move {
        let status = child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string());
        let _ = sender.send(Some(status));
    });
    receiver
}

/// The line goes to a shell: it is the user's own, and nothing from the target is put into it.
fn command(source: &StartSource, surroundings: &Surroundings) -> Command {
    let mut command = group::shell(&source.command);
    let folder = surroundings.base.join(&source.folder);
    command.current_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { &folder });
    for name in &surroundings.without {
        command.env_remove(name);
    }
    command.envs(source.env.iter().map(|variable| (&variable.name, &variable.value)));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Command::from(command)
}
