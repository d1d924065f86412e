//! Runs outlive what is done to them: kills, full disks, damaged journals, crowds.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod chaos;

use std::path::Path;

use chaos::{Arena, Tally};

/// The program under test.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_plandeck"))
}

#[test]
fn whoever_is_killed_every_run_ends_truthfully_and_leaves_nothing() {
    let mut arena = Arena::new(program(), 7);
    let mut tally = Tally::default();
    for _ in 0..20 {
        arena.round(&mut tally);
    }
    arena.inspect();
    assert!(tally.answered > 0 && tally.killed > 0, "{tally:?}");
}
