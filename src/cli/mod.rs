//! The command line. The only room that reads the environment, and the only one that prints.
//!
//! What was typed (`args`) becomes what it means (`target`, `select`) once; the commands see only that.

mod advice;
mod args;
mod bench;
mod certifying;
mod consent;
mod coverage;
mod fault;
mod folder;
mod output;
mod record;
mod reports;
mod rerun;
mod review;
mod select;
mod shard;
mod sides;
mod signals;
mod start;
mod stored;
mod target;
mod watching;

mod cmd_badge;
mod cmd_certify;
mod cmd_check;
mod cmd_cleanup;
mod cmd_compare;
mod cmd_completions;
mod cmd_init;
mod cmd_plan;
mod cmd_reference;
mod cmd_report;
mod cmd_review;
mod cmd_rules;
mod cmd_run;
mod cmd_schema;
mod cmd_self_test;
mod cmd_snapshots;
mod cmd_verify;

use crate::report::exit;
use args::{Command, Typed};
use clap::Parser;
use fault::Fault;
use output::Output;
use std::process::ExitCode;

/// Runs the program with the arguments and the environment of this process.
pub fn main() -> ExitCode {
    let typed = match Typed::try_parse() {
        Ok(typed) => typed,
        Err(error) => {
            // Help and version are no mistakes.
            let code = if error.use_stderr() { exit::USAGE } else { exit::CONFORMANT };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let output = Output::new(typed.color);
    let code = match run(typed, &output) {
        Ok(code) => code,
        Err(fault) => {
            output.error(&fault.render(output.error_style()));
            fault.code
        }
    };
    ExitCode::from(code)
}

fn run(typed: Typed, output: &Output) -> Result<u8, Fault> {
    match typed.command {
        Command::Run(args) => wait_for(cmd_run::run(&args, output)),
        Command::Plan(args) => wait_for(cmd_plan::run(&args, output)),
        Command::Init(args) => wait_for(cmd_init::run(&args, output)),
        Command::Check(args) => cmd_check::run(&args, output),
        Command::Cleanup(args) => wait_for(cmd_cleanup::run(&args, output)),
        Command::Accept(args) => cmd_snapshots::accept(&args, output),
        Command::Reject(args) => cmd_snapshots::reject(&args, output),
        Command::Review(args) => wait_for(cmd_review::run(&args, output)),
        Command::Report(args) => cmd_report::run(&args, output),
        Command::Compare(args) => cmd_compare::run(&args, output),
        Command::Certify(args) => wait_for(cmd_certify::run(&args, output)),
        Command::Verify(args) => cmd_verify::run(&args, output),
        Command::Badge(args) => cmd_badge::run(&args, output),
        Command::Rules(args) => cmd_rules::list(&args, output),
        Command::Explain(args) => cmd_rules::explain(&args, output),
        Command::Reference(args) => wait_for(cmd_reference::run(&args, output)),
        Command::SelfTest(args) => wait_for(cmd_self_test::run(&args, output)),
        Command::Schema(args) => cmd_schema::run(&args, output),
        Command::Completions(args) => cmd_completions::completions(&args, output),
        Command::Man(args) => cmd_completions::man(&args, output),
    }
}

/// Runs an asynchronous command to its end.
fn wait_for(command: impl Future<Output = Result<u8, Fault>>) -> Result<u8, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Fault::internal(format!("no threads can be started: {error}")))?;
    let code = runtime.block_on(command);
    // A probe command or a connection that is still open must not keep the process.
    runtime.shutdown_background();
    code
}
