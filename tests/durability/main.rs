//! Runs outlive what is done to them: kills, full disks, damaged journals, crowds.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod chaos;
mod crowds;
mod trees;
mod trouble;

use std::{path::Path, thread, time::Duration};

use chaos::Arena;
use plandeck::ids::RunId;

/// The program under test.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_plandeck"))
}

/// Waits until `condition` holds.
fn until(what: &str, condition: impl Fn() -> bool) {
    let step = Duration::from_millis(10);
    let mut looks = (0..12_000).map(|_| thread::park_timeout(step));
    while !condition() {
        looks.next().unwrap_or_else(|| panic!("waited in vain: {what}"));
    }
}

/// What the program said.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn run(&self) -> Option<RunId> {
        self.json()["data"]["run"]["id"].as_str()?.parse().ok()
    }
}

impl Arena {
    /// Runs the program and hears what it says.
    fn say(&self, arguments: &[&str]) -> Said {
        let said = self.command(arguments).stderr(std::process::Stdio::piped()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: said.status.code(), out: text(&said.stdout), err: text(&said.stderr) }
    }

    /// Creates a run of a workflow and leaves it alone.
    fn create(&self, workflow: &str) -> RunId {
        let said = self.say(&["run", "create", workflow, "-o", "json"]);
        said.run().unwrap_or_else(|| panic!("{said:?}"))
    }
}

#[test]
fn whoever_is_killed_every_run_ends_truthfully_and_leaves_nothing() {
    let tally = chaos::rounds(program(), 100, 5, 7, |_| {});
    assert_eq!(tally.rounds, 100);
    assert!(tally.answered > 0 && tally.killed > 0, "{tally:?}");
}
