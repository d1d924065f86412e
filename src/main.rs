//! The binary: start, and the exit code.

use std::process::ExitCode;

use plandeck::app;

/// A plan is many small texts: the system's own takes half again as long to read a large tree, and
/// eight times as long to let go of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    app::run(std::env::args_os()).into()
}
