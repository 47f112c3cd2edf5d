//! `start`: a service manager that mock-bss starts itself.

use crate::yaml::{
    Node,
    shape::{Checker, duration},
};
use std::{collections::BTreeSet, path::PathBuf, time::Duration};

/// How the service manager is started, and when it is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartSource {
    /// A line for the shell.
    pub command: String,
    /// What is asked until it answers: a path on the target's host or a URL; the target itself without.
    pub ready: Option<String>,
    /// How long that may take.
    pub timeout: Duration,
    /// Where the command runs, relative to the profile.
    pub folder: PathBuf,
    /// What its environment holds beside that of mock-bss.
    pub env: Vec<StartVariable>,
}

/// A variable for the service manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartVariable {
    pub name: String,
    pub value: String,
    /// It came from the environment: what the service manager prints is searched for it.
    pub secret: bool,
}

impl StartSource {
    /// The URL that answers when the service manager is ready.
    pub fn ready_url(&self, target: &str) -> String {
        match &self.ready {
            Some(path) if path.starts_with('/') => {
                let host = target.find("://").map_or(0, |at| at + 3);
                let end = target[host..].find(['/', '?', '#']).map_or(target.len(), |at| host + at);
                format!("{}{path}", &target[..end])
            }
            Some(url) => url.clone(),
            None => target.to_owned(),
        }
    }
}

/// What has to be seen before `${…}` becomes what the environment holds: which values of `env` come from there. A command
/// must not: other users of the machine can read the command lines of all processes.
pub(super) fn from_the_environment(root: &Node, checker: &mut Checker) -> BTreeSet<String> {
    let Some(node) = root.get("start") else { return BTreeSet::new() };
    if let Some(command) = node.get("command").filter(|node| node.text().is_some_and(|text| text.contains("${"))) {
        checker
            .error(&command.span, "`command` cannot hold `${…}`", "anybody on this machine could read it")
            .help("the shell knows the variables of the environment too: write $NAME, or give it under `env`");
    }
    let env = node.get("env").map(Node::entries).unwrap_or_default();
    let from = env.iter().filter(|(_, value)| value.text().is_some_and(|text| text.contains("${")));
    from.map(|(key, _)| key.text.clone()).collect()
}

pub(super) fn read(root: &Node, secret: &BTreeSet<String>, checker: &mut Checker) -> Option<StartSource> {
    let node = root.get("start")?;
    let command = node.get("command")?;
    let line = command.text()?.trim();
    if line.is_empty() || line.contains('\0') {
        checker.error(&command.span, "`command` must be a line for the shell", "nothing can be started");
    }
    let ready = node.get("ready").and_then(|place| Some((place, place.text()?.trim())));
    if let Some((place, text)) = ready {
        let is_url = |text: &str| {
            ["http://", "https://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
        };
        if !is_url(text) && (!text.starts_with('/') || text.starts_with("//")) {
            checker
                .error(&place.span, "`ready` must be a path or a URL", format!("found `{text}`"))
                .help("for example /api/Example, on the target's host, or http://localhost:5001/health");
        }
    }
    let mut env = Vec::new();
    for (key, value) in node.get("env").map(Node::entries).unwrap_or_default() {
        let Some(text) = value.scalar() else { continue };
        if key.text.is_empty() || key.text.contains(['=', '\0']) || text.contains('\0') {
            checker.error(&key.span, format!("`{}` cannot be a variable of the environment", key.text), "not a name");
        }
        env.push(StartVariable { name: key.text.clone(), value: text, secret: secret.contains(&key.text) });
    }
    Some(StartSource {
        command: line.to_owned(),
        ready: ready.map(|(_, text)| text.to_owned()),
        timeout: node
            .get("timeout")
            .and_then(Node::scalar)
            .and_then(|text| duration(&text))
            .unwrap_or(Duration::from_secs(60)),
        folder: node.get("folder").and_then(Node::text).map(PathBuf::from).unwrap_or_default(),
        env,
    })
}
