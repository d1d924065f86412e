//! What the engine asks of processes and what it hears back.

use std::{collections::BTreeMap, path::PathBuf};

use crate::{
    clock::Moment,
    ids::AttemptId,
    run::{Capture, Exit, LaunchFailure, ProcessId, Survivor, TestCounts},
};

/// Where children come from. Two implementations: the system's, and one that plays a script.
pub trait Launcher {
    /// Starts a child. Never blocks for long; what came of it arrives as a [`Report`].
    fn launch(&mut self, order: Order);
    /// TERM to the attempt's process group (and CONT, so that a stopped child can act on it).
    fn stop(&mut self, attempt: &AttemptId);
    /// KILL to all that belongs to the attempt, again and again until nothing is left.
    fn kill(&mut self, attempt: &AttemptId);
    /// Text for the child's standard input, where that was ordered to stay open. Never waits for the
    /// child to read it.
    fn send(&mut self, attempt: &AttemptId, bytes: &[u8]) -> Sent;
    /// When the attempt last printed anything; its start when it has not.
    fn last_output(&self, attempt: &AttemptId) -> Option<Moment>;
    /// Kills and reaps every descendant that is left when the run ends; says what could not be killed.
    fn sweep_all(&mut self) -> Vec<Survivor>;
}

/// A child to launch. Everything is decided already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Whose launch this is.
    pub attempt: AttemptId,
    /// Program (absolute path) and arguments.
    pub argv: Vec<String>,
    /// Working directory, absolute.
    pub cwd: PathBuf,
    /// The whole environment; nothing is inherited by accident. Holds `PLANDECK_ATTEMPT`.
    pub env: BTreeMap<String, String>,
    /// Bytes for standard input; absent means null.
    pub stdin: Option<Vec<u8>>,
    /// Its input stays open after these bytes, for what is sent later. Under a pseudo-terminal it is
    /// that terminal, else a pipe.
    pub open_stdin: bool,
    /// How output is caught.
    pub capture: Capture,
    /// Where output goes: created with mode 0600. The side index stands beside it as `.idx`.
    pub log: PathBuf,
    /// Most bytes the log keeps: the head and the newest tail.
    pub max_log_bytes: u64,
    /// Regular expressions that make exit 0 a failure when a line of the log matches one.
    pub fail_on: Vec<String>,
    /// Daemons it starts may stay: no sweep after a natural end.
    pub leave_running: bool,
    /// The file mode creation mask the child gets.
    pub umask: u32,
}

/// The name in every child's environment by which what belongs to an attempt is found again.
pub const MARK: &str = "PLANDECK_ATTEMPT";

/// What became of text for a child's standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is on its way.
    Taken,
    /// Its input is null, or the order's bytes and then closed.
    NoInput,
    /// It has closed its input, or ended.
    Closed,
    /// It has not read what it was sent before.
    Full,
}

/// Most bytes that can be sent at once. Four such lines may be on their way; then it is [`Sent::Full`].
pub const LONGEST_LINE: usize = 16 * 1024;

/// What became of a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// It runs.
    Started {
        /// Whose.
        attempt: AttemptId,
        /// The child.
        process: ProcessId,
    },
    /// It never ran. Nothing else follows.
    FailedToStart {
        /// Whose.
        attempt: AttemptId,
        /// Why.
        why: LaunchFailure,
    },
    /// Its own process ended. Its end follows when its output is in the log and what it left was
    /// swept; that may take a while, and none of it is the child's time.
    Exited {
        /// Whose.
        attempt: AttemptId,
    },
    /// It ended, its output is in the log to the last byte, and what it left was swept.
    Ended {
        /// Whose.
        attempt: AttemptId,
        /// How.
        end: End,
    },
}

/// How a child ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// What the system said.
    pub exit: Exit,
    /// Bytes it printed (kept or dropped).
    pub bytes: u64,
    /// Descendants held its output open when it ended.
    pub leaky: bool,
    /// What could not be killed.
    pub survivors: Vec<Survivor>,
    /// What a summary line at the end of its output said.
    pub tests: Option<TestCounts>,
    /// The line that makes exit 0 a failure.
    pub failure: Option<String>,
}

impl End {
    /// An end of which nothing is known but what the system said.
    #[must_use]
    pub const fn bare(exit: Exit) -> Self {
        Self { exit, bytes: 0, leaky: false, survivors: Vec::new(), tests: None, failure: None }
    }
}
