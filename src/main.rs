//! The binary: start, and the exit code.

use std::process::ExitCode;

use plandeck::app;

fn main() -> ExitCode {
    app::run(std::env::args_os()).into()
}
