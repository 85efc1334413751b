//! `mattoni`: import applications, rank, explain, verify.

use std::process::ExitCode;

fn main() -> ExitCode {
    mattoni_cli::run(std::env::args_os())
}
