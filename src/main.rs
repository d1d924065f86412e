//! The binary: start, and the exit code.

fn main() {}
