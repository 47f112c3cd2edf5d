//! Run folders: one for each run, the newest kept, never one overwritten.

use super::fault::Fault;
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Where runs are kept.
pub(super) const RUNS: &str = ".mock-bss/runs";

/// How many are kept.
const KEPT: usize = 20;

/// A small file that names the newest run: links do not work everywhere.
const LATEST: &str = "latest";

pub(super) const EVIDENCE: &str = "evidence.jsonl";
pub(super) const BASELINE: &str = "baseline.jsonl";
pub(super) const PENDING: &str = "pending";
const SNAPSHOTS: &str = "snapshots.txt";
const SERVICE_MANAGER: &str = "service-manager.log";

/// Locked while the run goes on. The lock goes with the process, however it ends.
const LOCK: &str = ".lock";

/// The folder of a run.
#[derive(Debug, Clone)]
pub(super) struct RunFolder {
    pub(super) path: PathBuf,
    /// Kept by the process that plays the run.
    _lock: Option<Arc<File>>,
}

impl RunFolder {
    /// The folder of a run that somebody else has named.
    pub(super) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), _lock: None }
    }

    /// Makes the folder of a new run. `id` is made of the time and the seed.
    pub(super) fn create(output: Option<&Path>, id: &str) -> Result<Self, Fault> {
        let path = match output {
            Some(path) => path.to_owned(),
            None => Path::new(RUNS).join(id),
        };
        let cannot = |error: io::Error| {
            Fault::usage(format!("the run folder {} cannot be written: {error}", path.display()))
                .help("name another one with --output; nothing has been sent")
        };
        fs::create_dir_all(&path).map_err(cannot)?;
        if path.join(EVIDENCE).exists() {
            return Err(Fault::usage(format!("{} already holds a run", path.display()))
                .help("evidence is never overwritten: name another folder with --output"));
        }
        // A file that can be created, filled and removed again: found out before the first call.
        let trial = path.join(".trial");
        fs::write(&trial, vec![b'.'; 64 * 1024]).and_then(|()| fs::remove_file(&trial)).map_err(|error| {
            let _ = fs::remove_file(&trial);
            cannot(error)
        })?;
        // Where there are no locks, a run is only not known to go on.
        let lock = File::create(path.join(LOCK)).ok().filter(|lock| lock.try_lock().is_ok());
        let folder = Self { path, _lock: lock.map(Arc::new) };
        if output.is_none() {
            let runs = Path::new(RUNS);
            let _ = fs::write(runs.join(LATEST), id);
            // Runs are nobody's business to commit.
            let ignore = Path::new(".mock-bss/.gitignore");
            if !ignore.exists() {
                let _ = fs::write(ignore, "*\n");
            }
            forget_old(runs);
        }
        Ok(folder)
    }

    /// The run that a command means: the given folder, or the newest one.
    pub(super) fn find(from: Option<&Path>) -> Result<Self, Fault> {
        let path = match from {
            // A name as it stands in the list of runs will do.
            Some(path) if !path.exists() && path.components().count() == 1 && Path::new(RUNS).join(path).is_dir() => {
                Path::new(RUNS).join(path)
            }
            Some(path) => path.to_owned(),
            None => {
                let latest = fs::read_to_string(Path::new(RUNS).join(LATEST)).map_err(|_| {
                    Fault::usage("there is no run here yet")
                        .help("play one with `mock-bss run`, or name its folder with --from")
                })?;
                Path::new(RUNS).join(latest.trim())
            }
        };
        if !path.exists() {
            return Err(Fault::usage(format!("there is no run folder {}", path.display()))
                .help(format!("only the newest {KEPT} runs are kept; they are in {RUNS}")));
        }
        if !path.join(EVIDENCE).is_file() {
            return Err(Fault::usage(format!("{} is not the folder of a run", path.display()))
                .help(format!("a run folder holds {EVIDENCE}")));
        }
        Ok(Self { path, _lock: None })
    }

    /// The runs that are kept here and had their snapshots in this folder, the newest first.
    pub(super) fn all_with(snapshots: &Path) -> Vec<Self> {
        let Ok(root) = std::path::absolute(snapshots) else { return Vec::new() };
        let Ok(entries) = fs::read_dir(RUNS) else { return Vec::new() };
        let mut runs: Vec<Self> = entries.flatten().map(|entry| Self::at(&entry.path())).collect();
        runs.retain(|run| run.snapshots().as_ref() == Some(&root));
        runs.sort_by(|a, b| b.path.cmp(&a.path));
        runs
    }

    pub(super) fn evidence(&self) -> PathBuf {
        self.path.join(EVIDENCE)
    }

    /// What a service manager printed that the run has started.
    pub(super) fn service_manager(&self) -> PathBuf {
        self.path.join(SERVICE_MANAGER)
    }

    pub(super) fn baseline(&self) -> PathBuf {
        self.path.join(BASELINE)
    }

    /// True while a process plays it.
    pub(super) fn is_running(&self) -> bool {
        let lock = File::open(self.path.join(LOCK));
        lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// What was done to clean up after it, oldest first.
    pub(super) fn cleanups(&self) -> Vec<PathBuf> {
        (1..).map(|number| self.cleanup(number)).take_while(|path| path.exists()).collect()
    }

    /// Where the next cleaning up is recorded: none overwrites another, or the run.
    pub(super) fn next_cleanup(&self) -> PathBuf {
        self.cleanup(self.cleanups().len() + 1)
    }

    fn cleanup(&self, number: usize) -> PathBuf {
        self.path.join(if number == 1 { "cleanup.jsonl".to_owned() } else { format!("cleanup-{number}.jsonl") })
    }

    /// Notes where this run's snapshots are accepted, so that `accept` needs no flags afterwards.
    pub(super) fn remember_snapshots(&self, root: Option<&Path>) {
        if let Some(root) = root.and_then(|root| std::path::absolute(root).ok()) {
            let _ = fs::write(self.path.join(SNAPSHOTS), root.to_string_lossy().as_bytes());
        }
    }

    /// Where this run's snapshots are accepted, if it was played against somebody's own service manager.
    pub(super) fn snapshots(&self) -> Option<PathBuf> {
        fs::read_to_string(self.path.join(SNAPSHOTS)).ok().map(|path| PathBuf::from(path.trim()))
    }

    pub(super) fn pending(&self) -> PathBuf {
        self.path.join(PENDING)
    }
}

/// The runs that are kept here, the newest first: folders that were named by mock-bss and hold a run.
pub(super) fn newest_first() -> Vec<RunFolder> {
    runs_in(Path::new(RUNS))
}

fn runs_in(runs: &Path) -> Vec<RunFolder> {
    let Ok(entries) = fs::read_dir(runs) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| is_run_id(&entry.file_name().to_string_lossy()))
        // A link leads to somebody else's folder.
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .filter(|path| path.join(EVIDENCE).is_file())
        .collect();
    // The names tell seconds; of two runs in one second the files know which came first.
    let written = |path: &PathBuf| fs::metadata(path.join(EVIDENCE)).and_then(|data| data.modified()).ok();
    let second = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.chars().take_while(|c| *c != '-').collect::<String>()
    };
    folders.sort_by_key(|path| (second(path), written(path), path.clone()));
    folders.into_iter().rev().map(|path| RunFolder { path, _lock: None }).collect()
}

/// `20260131T235959Z-1a2b3c4d`: whatever is called otherwise was named by somebody, with --output for one.
fn is_run_id(name: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let hex = |text: &str| text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match name.split_once('T').map(|(day, rest)| (day, rest.split_once("Z-"))) {
        Some((day, Some((time, seed)))) => digits(day, 8) && digits(time, 6) && hex(seed),
        _ => false,
    }
}

/// Removes all but the newest runs. Only folders that mock-bss has named and that hold a run are touched, and none that
/// still goes on; their names sort by time.
fn forget_old(runs: &Path) {
    // The new run has no evidence yet, so one place is kept free for it.
    for old in runs_in(runs).into_iter().skip(KEPT - 1).filter(|old| !old.is_running()) {
        let _ = fs::remove_dir_all(old.path);
    }
}

/// Writes a whole file or nothing: a reader never sees half a report.
pub(super) fn write_atomically(path: &Path, fill: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
    written_beside(path, fill)?.persist(path).map(drop).map_err(|error| error.error)
}

/// The same for a file that must be new; `false` where one is there already, which is left as it is.
pub(super) fn create_atomically(path: &Path, text: impl AsRef<[u8]>) -> io::Result<bool> {
    match written_beside(path, |out| out.write_all(text.as_ref()))?.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

fn written_beside(
    path: &Path,
    fill: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    // A report is read by others, a CI server for one; the umask still has its say.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = io::BufWriter::new(builder.tempfile_in(folder)?);
    fill(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)
}
