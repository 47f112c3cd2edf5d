//! A folder, a command, and what came out of it.

use mock_bss::reference;
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// An empty folder in which mock-bss is run, with nothing of the outer environment that it would read.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a finished command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mock-bss"));
        command.current_dir(self.path()).args(args).stdin(Stdio::null());
        const READ: [&str; 6] = ["CI", "NO_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "TF_BUILD"];
        for (name, _) in
            std::env::vars().filter(|(name, _)| READ.contains(&name.as_str()) || name.starts_with("MOCK_BSS"))
        {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        Said::of(&mut self.command(args))
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The folder of the newest run.
    pub(crate) fn latest(&self) -> PathBuf {
        let runs = self.path().join(".mock-bss/runs");
        let name = std::fs::read_to_string(runs.join("latest")).unwrap();
        runs.join(name.trim())
    }

    /// A profile for a target that listens on this machine.
    pub(crate) fn profile(&self, name: &str, target: &str, application: (&str, &str), more: &str) {
        let (id, key) = application;
        self.file(
            "mock-bss.yaml",
            &format!("name: {name}\ntarget: {target}\napplication: {{ id: {id}, key: \"{key}\" }}\n{more}"),
        );
    }

    /// A profile for the reference, or for what stands before it.
    pub(crate) fn reference_profile(&self, name: &str, target: &str, more: &str) {
        let (user, password) = (reference::USERNAME, reference::PASSWORD);
        let settings = format!("settings: {{ FieldUsername: {user}, FieldPassword: {password} }}\n{more}");
        self.profile(name, target, (reference::APPLICATION_ID, reference::APPLICATION_KEY), &settings);
    }
}

impl Said {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Fails with everything that was said.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }
}

/// Runs servers for tests while commands run beside them.
pub(crate) fn servers() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The JSON report of a run, read back.
pub(crate) fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}
