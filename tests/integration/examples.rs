//! Every example of README and docs is played: commands in the order of their page, in a folder of its own, against a
//! reference that stands where the page says that the service manager stands. What they print is compared with what the
//! page shows, but for numbers, ids and times.

use crate::{
    certificates::Authority,
    markdown::{self, Block, Page},
    util::*,
};
use mock_bss::reference::{self, Faults, Running};
use regex::Regex;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    sync::LazyLock,
};

/// What is not played, and why. A mark that is not counted here makes the test red, so that marks do not spread.
const NOT_RUN: &[(&str, &str, usize)] = &[
    ("docs/certificate.md", "needs a certificate", 2),
    ("docs/certificate.md", "needs a release of mock-bss", 2),
    ("docs/certificate.md", "needs the product above", 1),
    ("docs/getting-started.md", "needs a repository", 1),
    ("docs/rules.md", "needs a repository", 1),
    ("docs/self-test.md", "takes a minute or more", 2),
    ("docs/self-test.md", "serves until it is stopped", 1),
    ("docs/snapshots.md", "needs a service manager that has changed", 3),
];

/// Pages that begin in an empty folder; on all others there is a profile.
const FROM_NOTHING: &[&str] = &["README.md", "docs/getting-started.md"];

const LANGUAGES: &[&str] = &["sh", "text", "yaml", "json", "http"];

#[test]
fn every_block_says_what_it_is_and_few_are_not_run() {
    let mut marks: BTreeMap<(String, String), usize> = BTreeMap::new();
    for page in markdown::pages() {
        for block in page.blocks() {
            let place = format!("{}:{}", page.name, block.line);
            assert!(LANGUAGES.contains(&block.language.as_str()), "{place}: the language `{}`", block.language);
            let kind = (block.language.as_str(), block.mark.as_str());
            match kind {
                (_, "") | ("yaml", "a step" | "a profile key" | "CI") => {}
                ("yaml", mark) if mark.starts_with("file: ") => {}
                ("text", mark) if mark.starts_with("against: ") || mark.starts_with("the file ") => {}
                ("sh" | "text", mark) => {
                    let reason = mark.strip_prefix("not run: ").unwrap_or_else(|| panic!("{place}: {mark}"));
                    *marks.entry((page.name.clone(), reason.to_owned())).or_default() += 1;
                }
                (_, mark) => panic!("{place}: the mark `{mark}`"),
            }
        }
    }
    let known: BTreeMap<(String, String), usize> =
        NOT_RUN.iter().map(|(page, why, count)| (((*page).to_owned(), (*why).to_owned()), *count)).collect();
    assert_eq!(marks, known, "what is marked, and what may be");
}

#[test]
fn the_readme_can_be_followed() {
    follow("README.md");
}

#[test]
fn getting_started_can_be_followed() {
    follow("docs/getting-started.md");
}

#[test]
fn the_page_about_snapshots_can_be_followed() {
    follow("docs/snapshots.md");
}

#[test]
fn all_other_pages_can_be_followed() {
    let apart = ["README.md", "docs/getting-started.md", "docs/snapshots.md"];
    for page in markdown::pages().iter().filter(|page| !apart.contains(&page.name.as_str())) {
        follow(&page.name);
    }
}

/// Scenarios are played, not only read: with everything that a profile can offer, so that each of them applies.
#[test]
fn the_scenarios_of_the_documents_are_played() {
    let servers = servers();
    let server = servers.block_on(serve("/api/Example", &[]));
    let sandbox = Sandbox::new();
    profile(&sandbox, &server, true);
    let mut files = 0;
    for page in markdown::pages() {
        for block in page.blocks().iter().filter(|block| block.language == "yaml") {
            let whole = block.text.lines().any(|line| line.starts_with("title:"));
            let name = match block.mark.strip_prefix("file: ") {
                Some(name) => format!("examples/{name}"),
                None if block.mark == "a step" => format!("{}-{}.yaml", page.name.replace(['.', '/'], "-"), block.line),
                None if whole => format!("examples/{}-{}.yaml", page.name.replace(['.', '/'], "-"), block.line),
                None => continue,
            };
            if block.mark == "a step" {
                sandbox.file(&name, &format!("title: A step of the documents\nsteps:\n{}", block.text));
                sandbox.run(&["check", &name]).ends(0);
            } else {
                sandbox.file(&name, &block.text);
                files += 1;
            }
        }
    }
    assert!(files > 10);
    sandbox.run(&["check", "examples"]).ends(0);
    let said = sandbox.run(&["run", "examples", "--report", "json=r.json", "--verbose"]).ends(0);
    let report = json(&sandbox.read("r.json"));
    assert_eq!(report["not_applicable"].as_array().map(Vec::len), Some(0), "{}", said.out);
    servers.block_on(server.stop());
}

#[test]
fn the_profiles_of_the_documents_are_right() {
    let variable = Regex::new(r"\$\{(\w+)\}").unwrap();
    let authority = Authority::new("an authority");
    let client = authority.issue(&["client"]);
    let mut checked = 0;
    for page in markdown::pages() {
        for block in page.blocks().iter().filter(|block| block.language == "yaml") {
            let whole = block.text.lines().any(|line| line.starts_with("target:"));
            let minimal =
                "name: acme-mail\ntarget: http://localhost:5000/api/Example\napplication: { id: a, key: b }\n";
            let text = match block.mark.as_str() {
                "a profile key" => format!("{minimal}{}", block.text),
                "" if whole => block.text.clone(),
                _ => continue,
            };
            let sandbox = Sandbox::new();
            sandbox.file("mock-bss.yaml", &text);
            sandbox.file("access-mail.txt", "Sign in at [#ControlPanel#].\n");
            sandbox.file("ca.pem", &authority.pem);
            sandbox.file("client.pem", &client.pem);
            sandbox.file("client.key", &client.key_pem);
            let mut command = sandbox.command(&["check"]);
            for captures in variable.captures_iter(&text) {
                command.env(&captures[1], "value");
            }
            let said = Said::of(&mut command);
            assert_eq!(said.code, Some(0), "{}:{}\n{}", page.name, block.line, said.err);
            checked += 1;
        }
    }
    assert!(checked > 10);
}

async fn serve(base_path: &str, faults: &[&str]) -> Running {
    let mut on = Faults::default();
    for name in faults {
        on = on.with(reference::faults::by_name(name).unwrap_or_else(|| panic!("no fault is called {name}")).fault);
    }
    let options = reference::Options { base_path: base_path.to_owned(), faults: on, ..Default::default() };
    reference::start(options).await.unwrap()
}

fn profile(sandbox: &Sandbox, server: &Running, everything: bool) {
    let mut more = "settings: { FieldUsername: demo, FieldPassword: demo-password }\n".to_owned();
    if everything {
        let _ = writeln!(more, "probe: {{ url: \"{}?account={{account}}\" }}", server.probe_url());
        let _ = writeln!(
            more,
            "seats_limit: 300\nother:\n  application: {{ id: {}, key: {} }}\n  settings: {{ FieldUsername: {}, \
             FieldPassword: {} }}",
            reference::SECOND_APPLICATION_ID,
            reference::SECOND_APPLICATION_KEY,
            reference::SECOND_USERNAME,
            reference::SECOND_PASSWORD
        );
    }
    let application = (reference::APPLICATION_ID, reference::APPLICATION_KEY);
    sandbox.profile("acme-mail", &server.base_url(), application, &more);
}

/// A page that is being followed.
struct Walk<'a> {
    page: &'a Page,
    folder: Sandbox,
    tools: Sandbox,
    port: u16,
}

fn follow(name: &str) {
    let page = markdown::page(name);
    let servers = servers();
    let path = if page.text.contains(":5000/api/Reference") { "/api/Reference" } else { "/api/Example" };
    let server = servers.block_on(serve(path, &[]));
    let mut walk = Walk { page: &page, folder: Sandbox::new(), tools: tools(), port: server.address().port() };
    if !FROM_NOTHING.contains(&name) {
        profile(&walk.folder, &server, false);
    }
    for block in page.blocks() {
        if let Some(file) = block.mark.strip_prefix("file: ") {
            walk.folder.file(file, &block.text);
        }
        let fault = block.mark.strip_prefix("against: ");
        let wrong = fault.map(|fault| servers.block_on(serve(path, &[fault])));
        walk.port = wrong.as_ref().unwrap_or(&server).address().port();
        match block.language.as_str() {
            "sh" if block.mark.is_empty() => walk.commands(&block),
            "text" if block.text.starts_with("$ ") && !block.mark.starts_with("not run") => walk.session(&block),
            _ => {}
        }
        if let Some(wrong) = wrong {
            servers.block_on(wrong.stop());
        }
    }
    servers.block_on(server.stop());
}

/// `mock-bss` and `cargo` as the page types them: both are the program that has been built, and tell how it ended.
fn tools() -> Sandbox {
    let tools = Sandbox::new();
    let real = env!("CARGO_BIN_EXE_mock-bss");
    let here = tools.path().display().to_string();
    for (name, script) in [
        ("mock-bss", format!("'{real}' \"$@\"\ncode=$?\necho \"$code mock-bss $*\" >> '{here}/codes'\nexit $code\n")),
        (
            "cargo",
            "[ \"$1\" = run ] || exit 0\nwhile [ $# -gt 0 ] && [ \"$1\" != -- ]; do shift; done\nshift\n\
             exec mock-bss \"$@\"\n"
                .to_owned(),
        ),
    ] {
        let path = tools.file(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    tools.file("codes", "");
    tools
}

impl Walk<'_> {
    fn place(&self, block: &Block) -> String {
        format!("{}:{}", self.page.name, block.line)
    }

    /// What the page writes, with what stands for something in it.
    fn filled(&self, text: &str) -> String {
        static HOST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(localhost|127\.0\.0\.1):50\d\d").unwrap());
        static RUN: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"\.mock-bss/runs/\d{8}T\d{6}Z-[0-9a-f]{8}").unwrap());
        let mut text = text.to_owned();
        for (from, to) in [
            ("<application id>", reference::APPLICATION_ID),
            ("<application key, as plain text>", reference::APPLICATION_KEY),
            ("<application key>", reference::APPLICATION_KEY),
            ("<password>", reference::PASSWORD),
        ] {
            text = text.replace(from, to);
        }
        text = HOST.replace_all(&text, format!("$1:{}", self.port)).into_owned();
        // The latest run, when the line is typed.
        RUN.replace_all(&text, ".mock-bss/runs/$$(cat .mock-bss/runs/latest)").into_owned()
    }

    /// Runs lines of a shell; variables that they export are still there for the next ones of the page.
    fn shell(&self, script: &str) -> Command {
        let state = self.tools.path().join("state").display().to_string();
        let script = format!(
            "exec 2>&1\n[ -f '{state}' ] && . '{state}'\n{}\ncode=$?\nexport -p > '{state}'\nexit $code\n",
            self.filled(script)
        );
        let mut command = self.folder.command(&[]);
        let path = std::env::var("PATH").unwrap_or_default();
        let environment: Vec<_> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
        command = Command::new("sh");
        for name in environment {
            command.env_remove(name);
        }
        command
            .current_dir(self.folder.path())
            .env("PATH", format!("{}:{path}", self.tools.path().join("bin").display()))
            .env("HOME", self.tools.path())
            .stdin(Stdio::null())
            .arg(self.tools.file("script", &script));
        command
    }

    /// Commands that have to work: conformant, or conformant but for snapshots that nobody has accepted yet.
    fn commands(&self, block: &Block) {
        self.tools.file("codes", "");
        let said = Said::of(&mut self.shell(&block.text));
        let codes = self.tools.read("codes");
        let place = self.place(block);
        assert!(!said.out.contains("not found"), "{place}\n{}", said.out);
        for line in codes.lines() {
            assert!(line.starts_with("0 ") || line.starts_with("4 "), "{place}: {line}\n{}", said.out);
        }
        let typed = block.text.contains("mock-bss ") || block.text.contains("cargo run");
        assert!(!typed || !codes.is_empty(), "{place}: mock-bss was not run\n{}", said.out);
    }

    /// Commands behind `$`, with what they print.
    fn session(&self, block: &Block) {
        let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in block.text.lines() {
            match (line.strip_prefix("$ "), parts.last_mut()) {
                (Some(command), _) => parts.push((command, Vec::new())),
                (None, Some((_, shown))) => shown.push(line),
                (None, None) => {}
            }
        }
        for (command, shown) in parts {
            self.tools.file("codes", "");
            let (printed, codes) = match command.starts_with("mock-bss reference --listen") {
                true => (self.first_lines(command, shown.len()), String::new()),
                false => {
                    let said = Said::of(&mut self.shell(command));
                    (said.out, self.tools.read("codes"))
                }
            };
            let place = format!("{}: $ {command}", self.place(block));
            for line in codes.lines() {
                assert!(!["2 ", "3 ", "70 "].iter().any(|code| line.starts_with(code)), "{place}: {line}\n{printed}");
            }
            compare(&shown, &printed, &place);
        }
    }

    /// What a command that does not end prints first.
    fn first_lines(&self, command: &str, count: usize) -> String {
        let command = command.replace("127.0.0.1:5000", "127.0.0.1:0");
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let mut child = self.folder.spawn(&words);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(count);
        let printed: Vec<String> = lines.map(Result::unwrap).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        printed.join("\n")
    }
}

/// A line without what differs from run to run. Rules and HTTP statuses stay as they are.
fn stable(line: &str) -> String {
    static DIFFERS: LazyLock<Regex> = LazyLock::new(|| {
        let uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
        Regex::new(&format!(r"(R-\d+|HTTP \d+)|{uuid}|\d{{8}}T\d{{6}}Z-[0-9a-f]{{8}}|\d+(?:\.\d+)*(?: µs| ms| s\b)?"))
            .unwrap()
    });
    static BLANKS: LazyLock<Regex> = LazyLock::new(|| Regex::new(" +").unwrap());
    let line = DIFFERS.replace_all(line.trim_end(), |captures: &regex::Captures<'_>| match captures.get(1) {
        Some(kept) => kept.as_str().to_owned(),
        None => "#".to_owned(),
    });
    BLANKS.replace_all(&line, " ").into_owned()
}

/// Holds what the page shows against what was printed. `…` stands for any part of a line, and alone for any lines.
#[track_caller]
fn compare(shown: &[&str], printed: &str, place: &str) {
    let printed: Vec<String> = printed.lines().map(stable).collect();
    let wanted: Vec<Option<Regex>> = shown
        .iter()
        .map(|line| match line.trim() {
            "…" => None,
            _ => {
                let parts: Vec<String> = stable(line).split('…').map(regex::escape).collect();
                Some(Regex::new(&format!("^{}$", parts.join(".*"))).unwrap())
            }
        })
        .collect();
    let mut furthest = 0;
    let fits = fits(&wanted, &printed, 0, &mut furthest);
    let line = shown.get(furthest).copied().unwrap_or("(nothing more)");
    assert!(fits, "{place}\nthe page shows\n  {line}\nwhich was not printed there. All of it:\n{}", printed.join("\n"));
}

fn fits(wanted: &[Option<Regex>], printed: &[String], done: usize, furthest: &mut usize) -> bool {
    *furthest = (*furthest).max(done);
    match wanted.split_first() {
        None => printed.is_empty(),
        Some((None, rest)) => (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..], done + 1, furthest)),
        Some((Some(line), rest)) => {
            printed.first().is_some_and(|first| line.is_match(first)) && fits(rest, &printed[1..], done + 1, furthest)
        }
    }
}
