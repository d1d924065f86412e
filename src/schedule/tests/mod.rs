//! Named cases, and lives that are lived by the thousand.

mod lives;
mod stories;
mod story;
mod witness;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    clock::Timestamp,
    ids::{AttemptId, RunId},
    run::{Capture, Limits, ProcessId, Retries, Specification, Task, Work, spec::Origin},
};

/// A run of these tasks.
fn spec(slots: usize, tasks: Vec<Task>) -> Specification {
    Specification {
        version: Specification::VERSION,
        run: RunId::from_uuid(uuid::Uuid::nil()),
        workflow: "next".into(),
        plan: None,
        item: None,
        params: serde_json::Map::new(),
        tasks,
        gates: Vec::new(),
        strategy: None,
        slots,
        fail_fast: false,
        deliverables: Vec::new(),
        plan_hash: None,
        git_commit: None,
        asked_by: Origin { user: "ada".to_owned(), face: "cli".to_owned(), pid: 1 },
        created_at: Timestamp::from_millis(0),
        parent: None,
        umask: 0o022,
        max_log_bytes: 1 << 20,
        seed: 7,
        agents: BTreeMap::new(),
        stagger: Duration::ZERO,
    }
}

/// A task without limits, retries or needs; ten milliseconds of grace.
fn task(name: &str) -> Task {
    Task {
        name: name.into(),
        title: name.to_owned(),
        argv: vec!["/bin/true".to_owned()],
        item: None,
        tried: 0,
        write_back: false,
        needs: Vec::new(),
        after: Vec::new(),
        gates: Vec::new(),
        group: None,
        cwd: "/".to_owned(),
        env: BTreeMap::new(),
        pass_env: Vec::new(),
        stdin: None,
        open_stdin: false,
        capture: Capture::Pipe,
        limits: Limits { wall: None, idle: None, grace: Duration::from_millis(10) },
        retries: Retries::none(),
        leave_running: false,
        fail_on: Vec::new(),
        work: Work::Program,
        recipe: String::new(),
    }
}

fn attempt(name: &str, number: u32) -> AttemptId {
    AttemptId { task: name.into(), number }
}

fn process() -> ProcessId {
    ProcessId { pid: 1, birth: 1, boot: "boot".to_owned(), namespace: "pid:[1]".to_owned() }
}

/// A small xorshift: the same life for the same seed, on every machine.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 0 to `sides - 1`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 8) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn millis(&mut self, below: u64) -> Duration {
        Duration::from_millis(self.roll(below))
    }
}

/// The type that keeps a specification cheap to share.
fn shared(spec: Specification) -> Arc<Specification> {
    Arc::new(spec)
}
