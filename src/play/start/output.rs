//! What the service manager prints: kept in a file, without secrets and within bounds.

use crate::{evidence::Masker, play::Session};
use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

/// Lines that are shown when something went wrong.
const TAIL: usize = 20;
/// The longest line that is kept, in bytes.
const LINE: u64 = 16 * 1024;
/// The longest log that is kept, in bytes.
const LOG: usize = 16 * 1024 * 1024;
/// How long its last words may take when it has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Takes lines from both streams of the process.
pub(super) struct Sink {
    session: Arc<Session>,
    /// Secrets that only the service manager gets.
    own: Masker,
    path: Option<PathBuf>,
    kept: Mutex<Kept>,
    /// Streams that are still open.
    open: AtomicUsize,
}

#[derive(Default)]
struct Kept {
    file: Option<File>,
    length: usize,
    tail: VecDeque<String>,
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Sink {
    pub(super) fn create(session: Arc<Session>, own: Masker, path: Option<PathBuf>) -> io::Result<Self> {
        let create = |path: &PathBuf| OpenOptions::new().write(true).create_new(true).open(path);
        let file = path.as_ref().map(create).transpose()?;
        let kept = Mutex::new(Kept { file, ..Kept::default() });
        Ok(Self { session, own, path, kept, open: AtomicUsize::new(0) })
    }

    /// Reads a stream to its end.
    pub(super) fn listen(self: &Arc<Self>, stream: Option<impl AsyncRead + Unpin + Send + 'static>) {
        let Some(stream) = stream else { return };
        self.open.fetch_add(1, Ordering::AcqRel);
        let sink = self.clone();
        tokio::spawn(async move {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            let mut is_rest = false;
            while let Ok(read) = (&mut stream).take(LINE).read_until(b'\n', &mut line).await {
                if read == 0 {
                    break;
                }
                let is_whole = line.ends_with(b"\n") || (line.len() as u64) < LINE;
                // The rest of a line that is too long is dropped: cut in two, a secret would not be seen.
                if !is_rest {
                    let more = if is_whole { "" } else { " …" };
                    sink.keep(&format!("{}{more}", String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n'])));
                }
                is_rest = !is_whole;
                line.clear();
            }
            sink.open.fetch_sub(1, Ordering::AcqRel);
        });
    }

    fn masked(&self, text: &str) -> String {
        self.own.text(&self.session.recorder.masker.text(text))
    }

    fn keep(&self, line: &str) {
        let line = self.masked(line);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { file, length, tail } = &mut *kept;
        if let Some(open) = file {
            *length += line.len() + 1;
            let is_full = *length > LOG;
            let text = if is_full { "… (more was printed than is kept)\n".to_owned() } else { format!("{line}\n") };
            // A log that cannot be written any more must not end the run.
            if open.write_all(text.as_bytes()).is_err() || is_full {
                *file = None;
            }
        }
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(line);
    }

    pub(super) fn tail(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // What has become known as a secret since a line was printed is one there too.
        kept.tail.iter().map(|line| self.masked(line)).collect()
    }

    pub(super) fn log(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire) > 0
    }

    /// Waits until both streams have ended, or for a moment: what has left the process group may hold them open.
    pub(super) async fn settle(&self) {
        let ended = Instant::now();
        while self.is_open() && ended.elapsed() < LAST_WORDS {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Closes the log. A password may have been printed before the answer came that told mock-bss of it: so the whole log
    /// is masked once more.
    pub(super) fn close(&self) {
        let ended = Instant::now();
        while self.is_open() && ended.elapsed() < LAST_WORDS {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).file = None;
        let Some(path) = &self.path else { return };
        let Ok(text) = fs::read_to_string(path) else { return };
        let masked = self.masked(&text);
        if masked != text && rewrite(path, &masked).is_err() {
            // Better no log than one with a secret.
            let _ = fs::remove_file(path);
        }
    }
}

fn rewrite(path: &Path, text: &str) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        contract::Application,
        evidence::Recorder,
        play::{Player, Stop},
        profile::Profile,
    };

    fn session() -> Arc<Session> {
        let application = Application { id: "i".into(), key: "the-app-key".into() };
        let profile = Profile::new("test", "http://localhost/x", application);
        let recorder = Recorder::new(crate::play::masker(&profile), None);
        Player::new(profile, recorder, tokio::sync::watch::channel(Stop::No).1).unwrap().session
    }

    #[test]
    fn a_password_that_was_printed_before_it_was_known_does_not_stay() {
        let (session, folder) = (session(), tempfile::tempdir().unwrap());
        let path = folder.path().join("log");
        let sink = Sink::create(session.clone(), Masker::default(), Some(path.clone())).unwrap();
        sink.keep("account made, password hunter-2222");
        sink.keep("called with the-app-key");
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "account made, password hunter-2222\ncalled with [secret:key]\n"
        );
        session.recorder.masker.add("password", "hunter-2222");
        assert_eq!(sink.tail()[0], "account made, password [secret:password]");
        sink.close();
        assert!(fs::read_to_string(&path).unwrap().starts_with("account made, password [secret:password]\n"));
        assert!(Sink::create(session, Masker::default(), Some(path)).is_err(), "a log is never overwritten");
    }

    #[tokio::test]
    async fn lines_and_logs_have_an_end() {
        let (session, folder) = (session(), tempfile::tempdir().unwrap());
        let path = folder.path().join("log");
        let sink = Arc::new(Sink::create(session, Masker::default(), Some(path.clone())).unwrap());
        let long = "x".repeat(100_000);
        let text = format!("first\r\n{long}\nbad \u{fffd}\nlast without an end");
        sink.listen(Some(std::io::Cursor::new(text.into_bytes())));
        sink.settle().await;
        let tail = sink.tail();
        assert_eq!((tail.len(), tail[0].as_str(), tail[3].as_str()), (4, "first", "last without an end"));
        assert!(tail[1].len() < 17_000 && tail[1].ends_with("x …"), "{}", tail[1].len());
        (0..2000).for_each(|_| sink.keep(&"y".repeat(10_000)));
        assert_eq!(sink.tail().len(), TAIL);
        sink.close();
        let length = fs::metadata(&path).unwrap().len() as usize;
        assert!(length > LOG - 20_000 && length < LOG + 1000, "{length}");
    }
}
