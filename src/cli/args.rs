//! What can be typed.

use super::shard::Shard;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Plays the interworks.cloud BSS against a service manager: replays its call sequences, checks the answers against the
/// contract, and compares them with accepted snapshots.
#[derive(Debug, Parser)]
#[command(name = "mock-bss", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 conformant · 1 not conformant · 2 usage, profile or scenario error · 3 target unreachable \
· 4 only snapshots differ · 5 incomplete · 70 fault of mock-bss · 130 interrupted"
)]
pub(super) struct Typed {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Play scenarios against a service manager and judge its answers.
    Run(RunArgs),
    /// Show what would be played, call by call. Sends only the catalogue reads.
    Plan(PlanArgs),
    /// Write a first profile from what a service manager answers to a few reads.
    Init(InitArgs),
    /// Check scenario files and the profile, without sending anything.
    Check(CheckArgs),
    /// Look through pending snapshots and decide about each with one key. Ends with 4 when some are left.
    Review(ReviewArgs),
    /// Cancel what a killed or interrupted run left behind.
    Cleanup(CleanupArgs),
    /// Accept pending snapshots.
    Accept(SnapshotArgs),
    /// Throw pending snapshots away.
    Reject(SnapshotArgs),
    /// Judge a stored run again and write reports.
    Report(ReportArgs),
    /// Compare two runs: what broke, what was mended, what answers otherwise, what takes longer.
    Compare(CompareArgs),
    /// Play the suite and make a certificate of it, or say everything that stands in the way.
    Certify(CertifyArgs),
    /// Check a certificate: judge its run again, hold every file against it, look at its signature.
    Verify(VerifyArgs),
    /// Draw the badge of a certificate that verifies.
    Badge(BadgeArgs),
    /// List the rules of the contract.
    Rules(RulesArgs),
    /// Explain one rule: what it demands, why, how to mend it, and where it comes from.
    Explain(ExplainArgs),
    /// Serve the built-in reference service manager.
    Reference(ReferenceArgs),
    /// Play the suite against every fault of the reference: does it catch them, and is it quiet without one?
    SelfTest(SelfTestArgs),
    /// Print a JSON Schema.
    Schema(SchemaArgs),
    /// Print completions for a shell.
    Completions(CompletionsArgs),
    /// Print the manual page, or write the pages of all commands.
    Man(ManArgs),
}

/// Which service manager.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetArgs {
    /// Base URL of a service manager; credentials come from MOCK_BSS_APP_ID and MOCK_BSS_APP_KEY, settings from
    /// MOCK_BSS_SETTING_<field id>.
    #[arg(long, value_name = "URL", conflicts_with_all = ["profile", "reference"])]
    pub(super) target: Option<String>,
    /// A profile; `./mock-bss.yaml` by default, if it is there.
    #[arg(long, value_name = "FILE", conflicts_with = "reference")]
    pub(super) profile: Option<PathBuf>,
    /// The built-in reference service manager, even if there is a profile.
    #[arg(long)]
    pub(super) reference: bool,
    /// A host that may be ordered from (repeatable). Loopback, private addresses and names without a dot need none.
    #[arg(long, value_name = "HOST")]
    pub(super) consent: Vec<String>,
}

/// Which scenarios.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Scenarios")]
pub(super) struct SelectArgs {
    /// Scenario files or folders, instead of the built-in suite.
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Play only the scenario with this key, or those whose key contains this text (repeatable).
    #[arg(long, value_name = "KEY")]
    pub(super) only: Vec<String>,
    /// Leave out the scenario with this key, or those whose key contains this text (repeatable).
    #[arg(long, value_name = "KEY")]
    pub(super) skip: Vec<String>,
    /// Play only scenarios with this tag (repeatable).
    #[arg(long, value_name = "TAG")]
    pub(super) tag: Vec<String>,
    /// Play only scenarios that name this rule or have a step that serves it. A rule about every answer has none of its own
    /// (repeatable).
    #[arg(long, value_name = "RULE")]
    pub(super) rule: Vec<String>,
}

#[derive(Debug, Default, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// Scenarios at a time.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: Option<u16>,
    /// Write a report (repeatable): html (one page for a browser), json, junit, markdown, tap, sarif, csv, or gitlab
    /// (code quality).
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(super) report: Vec<String>,
    /// Folder of this run; `.mock-bss/runs/<time>-<id>` by default, of which the newest 20 are kept.
    #[arg(long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// Folder of accepted snapshots; the profile's by default.
    #[arg(long, value_name = "DIR")]
    pub(super) snapshots: Option<PathBuf>,
    /// Write no snapshot: new and changed ones make the run fail. The default when CI is set.
    #[arg(long, conflicts_with = "accept")]
    pub(super) check: bool,
    /// Accept new and changed snapshots at once.
    #[arg(long)]
    pub(super) accept: bool,
    /// Wait until the target answers at all, at most so many seconds; exit code 3 if it does not.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) wait: Option<u32>,
    /// Make the same ids and names as the run with this seed.
    #[arg(long, value_name = "UUID")]
    pub(super) seed: Option<uuid::Uuid>,
    /// Play the scenarios in another order, made from the seed.
    #[arg(long)]
    pub(super) shuffle: bool,
    /// Stop after the first scenario with a failure.
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// Play only what failed, did not run, or had changed snapshots in the latest run of this target.
    #[arg(long)]
    pub(super) rerun_failed: bool,
    /// With --rerun-failed: the run folder that is meant, instead of the latest.
    #[arg(long, value_name = "RUN", requires = "rerun_failed")]
    pub(super) from: Option<PathBuf>,
    /// Play only the Ith of N parts of the scenarios, for example 2/3.
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<Shard>,
    /// Play again whenever the profile or a scenario file changes.
    #[arg(long, conflicts_with_all = ["output", "rerun_failed"])]
    pub(super) watch: bool,
    /// Show every check, every call, and how long the target took.
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Show only what is wrong, and the verdict.
    #[arg(long, short, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Leave out the scenarios of the profile: a certificate is about the built-in suite.
    #[arg(skip)]
    pub(super) suite_alone: bool,
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) target: TargetArgs,
}

/// Asks a service manager for its settings, its catalogue and its account options, with GET alone, and writes a commented
/// profile, a .gitignore and a scenario beside it. Nothing that exists is overwritten.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Base URL of the service manager; credentials come from MOCK_BSS_APP_ID and MOCK_BSS_APP_KEY, settings from
    /// MOCK_BSS_SETTING_<field id>. No value of them is written, only the names of the variables.
    #[arg(long, value_name = "URL")]
    pub(super) target: Option<String>,
    /// The profile that is written; `./mock-bss.yaml` by default. The other files stand beside it.
    #[arg(long, value_name = "FILE")]
    pub(super) profile: Option<PathBuf>,
    /// The profile's name, which names the snapshot folder; host and port by default.
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Says how to try `init` with the built-in reference.
    #[arg(long, hide = true, conflicts_with = "target")]
    pub(super) reference: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Scenario files or folders; by default the profile and its scenarios.
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// A profile; `./mock-bss.yaml` by default, if it is there.
    #[arg(long, value_name = "FILE")]
    pub(super) profile: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CleanupArgs {
    /// The run folder; the latest by default.
    #[arg(long, value_name = "RUN")]
    pub(super) from: Option<PathBuf>,
    /// Say what would be cancelled, and send nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) target: TargetArgs,
}

#[derive(Debug, Args)]
pub(super) struct SnapshotArgs {
    /// Only snapshots whose name contains this text (repeatable).
    #[arg(value_name = "NAME")]
    pub(super) names: Vec<String>,
    /// The profile whose snapshots are meant; `./mock-bss.yaml` by default.
    #[arg(long, value_name = "FILE")]
    pub(super) profile: Option<PathBuf>,
    /// Folder of accepted snapshots; the profile's by default.
    #[arg(long, value_name = "DIR")]
    pub(super) snapshots: Option<PathBuf>,
    /// Take the pending snapshots of this run folder (as a run with --check leaves them).
    #[arg(long, value_name = "RUN")]
    pub(super) from: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Keys: a accept · r reject · s skip · A accept all of the scenario · v this value varies on every run \
(hide it) · w what was sent · m more · u undo · ? help · q, x, Esc, Ctrl-C quit"
)]
pub(super) struct ReviewArgs {
    #[command(flatten)]
    pub(super) snapshots: SnapshotArgs,
    /// One letter and Enter instead of single keys; the default where this is not a terminal.
    #[arg(long)]
    pub(super) lines: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The run folder; the latest by default.
    #[arg(long, value_name = "RUN")]
    pub(super) from: Option<PathBuf>,
    /// Write a report (repeatable): html (one page for a browser), json, junit, markdown, tap, sarif, csv, or gitlab
    /// (code quality); on the terminal without.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(super) format: Vec<String>,
    /// New snapshots count as differences, as in the run with --check.
    #[arg(long)]
    pub(super) check: bool,
    /// Show every check, every call, and how long the target took.
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// Plays the whole built-in suite, without filters, and packs run, verdict, snapshots, scenarios and the description of the
/// product into one file: `<product>-<version>-<rule set>.tar.gz`. Refuses, with a line for each condition that is not met,
/// when the run does not deserve one.
#[derive(Debug, Args)]
pub(super) struct CertifyArgs {
    /// What is certified: vendor, name, version, contact, documentation, how to repeat the run.
    #[arg(long, value_name = "FILE")]
    pub(super) product: PathBuf,
    /// Sign with this Ed25519 key (PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` makes it).
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,
    /// Folder that the certificate is written to; this one by default. Nothing there is overwritten.
    #[arg(long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// Certify this run, which has been played already, instead of playing.
    #[arg(long, value_name = "RUN")]
    pub(super) from: Option<PathBuf>,
    /// Try it out with a development build or the built-in reference: the result says everywhere that it is no certificate.
    #[arg(long)]
    pub(super) rehearsal: bool,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// Folder of accepted snapshots; the profile's by default.
    #[arg(long, value_name = "DIR")]
    pub(super) snapshots: Option<PathBuf>,
    /// Scenarios at a time.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), conflicts_with = "from")]
    pub(super) jobs: Option<u16>,
    /// Wait until the target answers at all, at most so many seconds; exit code 3 if it does not.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "from")]
    pub(super) wait: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The certificate: a `.tar.gz` as `certify` writes it.
    #[arg(value_name = "BUNDLE")]
    pub(super) bundle: PathBuf,
    /// It has to be signed with this key (PEM, as `openssl pkey -pubout` writes it).
    #[arg(long, value_name = "FILE")]
    pub(super) trust: Option<PathBuf>,
    /// A rehearsal will do.
    #[arg(long)]
    pub(super) rehearsal: bool,
}

#[derive(Debug, Args)]
pub(super) struct BadgeArgs {
    #[command(flatten)]
    pub(super) verify: VerifyArgs,
    /// Write it (repeatable): `svg=PATH`, or `json=PATH` for a badge service; JSON on the terminal without.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(super) format: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 no regression · 1 something fails that did not, or a level is lost · 2 usage · \
5 something could not be looked at again")]
pub(super) struct CompareArgs {
    /// The earlier run: a run folder, the name of one, a JSON report, or a certificate.
    pub(super) before: PathBuf,
    /// The later run.
    pub(super) after: PathBuf,
    /// List an operation as slower when its p95 is so many times the earlier one.
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0)]
    pub(super) slower: f64,
    /// `text`, `json` for programs, or `markdown` for a CI's summary or a comment.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json", "markdown"])]
    pub(super) format: String,
    /// Show every entry, every difference, and how to send the calls of regressions again.
    #[arg(long, short)]
    pub(super) verbose: bool,
}

#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    /// Only rules of this area, e.g. `accounts`.
    #[arg(long)]
    pub(super) area: Option<String>,
    /// Only rules of this level: must, should or may.
    #[arg(long)]
    pub(super) level: Option<String>,
    /// Only rules on this basis: documented, sdk, practice or inferred.
    #[arg(long)]
    pub(super) basis: Option<String>,
    /// Only rules of this step of the ladder: L0, L1, L2 or L3.
    #[arg(long, value_name = "L0..L3")]
    pub(super) rung: Option<String>,
    /// How each rule is judged: on every answer, by which scenarios, or not yet.
    #[arg(long)]
    pub(super) coverage: bool,
    /// `text`, `json` for programs, `markdown` for a page that says how each rule is judged, or `yaml` for the frozen
    /// rule set: all rules and the scenarios of the suite.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json", "markdown", "yaml"])]
    pub(super) format: String,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// `R-nn`, or the rule's id.
    pub(super) rule: String,
}

#[derive(Debug, Args)]
pub(super) struct ReferenceArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(super) listen: std::net::SocketAddr,
    /// Be wrong in this way (repeatable); --list-faults names them.
    #[arg(long, value_name = "NAME")]
    pub(super) fault: Vec<String>,
    /// List the faults: name, rules that it breaks, what it does.
    #[arg(long)]
    pub(super) list_faults: bool,
    /// How the list is written.
    #[arg(long, value_enum, default_value_t = ListFormat::Text, requires = "list_faults", value_name = "FORMAT")]
    pub(super) format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct SelfTestArgs {
    /// Only this fault (repeatable); `mock-bss reference --list-faults` names them.
    #[arg(long, value_name = "NAME")]
    pub(super) fault: Vec<String>,
    /// Only faults that break this rule (repeatable).
    #[arg(long, value_name = "RULE")]
    pub(super) rule: Vec<String>,
    /// Play the whole suite against each fault. Without it a bout ends as soon as a rule that the fault breaks is found
    /// broken.
    #[arg(long)]
    pub(super) full: bool,
    /// Faults at a time.
    #[arg(long, short, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: u16,
    /// Do not look at the vendor side; only faults that answers show are tried.
    #[arg(long)]
    pub(super) no_probe: bool,
    /// Write everything that was found: `json=PATH`.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(super) format: Option<String>,
    /// Write the score file; needs all faults.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["fault", "rule", "no_probe"])]
    pub(super) write: Option<PathBuf>,
    /// Compare the score with this file, and say what differs; needs all faults.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["fault", "rule", "no_probe", "write"])]
    pub(super) check: Option<PathBuf>,
    /// Show everything that was found; plays the whole suite against each fault.
    #[arg(long, short)]
    pub(super) verbose: bool,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// What it describes.
    #[arg(value_enum)]
    pub(super) of: SchemaOf,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Which shell.
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Write the pages of all commands into this folder.
    #[arg(long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    Scenario,
    Profile,
    Report,
    Comparison,
    Product,
}
