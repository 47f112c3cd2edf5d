//! The `mock-bss` command; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    mock_bss::cli::main()
}
