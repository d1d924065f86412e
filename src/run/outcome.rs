//! How things end. Every end has a name, and none of them is an error of ours.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Exit 0, and nothing declared as a failure in its output.
    Succeeded,
    /// Another exit code.
    Failed {
        /// 1 to 255.
        code: i32,
    },
    /// A signal that we did not send.
    Signalled {
        /// Its number.
        signal: i32,
    },
    /// Exit 0, but its output holds a declared failure pattern.
    FailedPattern {
        /// The line that matched, clipped.
        line: String,
    },
    /// Wall time was up.
    TimedOut,
    /// It printed nothing for too long.
    TimedOutIdle,
    /// Somebody asked.
    Cancelled,
    /// It never ran.
    FailedToStart {
        /// Why not.
        why: LaunchFailure,
    },
    /// The supervisor went away while it ran; nobody saw it end.
    Lost,
    /// The work went well, but a check that the task declares did not exit 0.
    Unverified {
        /// The check.
        command: String,
        /// Its exit code; absent when it could not be run or a signal ended it.
        code: Option<i32>,
    },
    /// A step that the plan asks for before the work did not succeed.
    StepFailed {
        /// Its name.
        step: String,
        /// What happened.
        why: String,
    },
    /// The agent ended, but not with what it says when all is well.
    AgentFailed {
        /// In its words, or what is missing.
        why: String,
    },
    /// The agent was told to come back later. No attempt is used up by it.
    RateLimited {
        /// When, where it was told.
        retry_after_ms: Option<u64>,
    },
    /// The agent is not signed in: nothing more of the run is launched.
    NotSignedIn {
        /// The program that has to be signed in.
        program: String,
    },
    /// The conversation was longer than the agent can hold.
    OverContext,
    /// The agent says that it can't go on without a person.
    Blocked {
        /// In its words.
        reason: String,
    },
    /// The task's own file can't be read as one.
    BadTaskFile {
        /// Relative to the workspace.
        file: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Outcome {
    /// The word in JSON and in the journal's projections.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed { .. } => "failed",
            Self::Signalled { .. } => "signalled",
            Self::FailedPattern { .. } => "failed_pattern",
            Self::TimedOut => "timed_out",
            Self::TimedOutIdle => "timed_out_idle",
            Self::Cancelled => "cancelled",
            Self::FailedToStart { .. } => "failed_to_start",
            Self::Lost => "lost",
            Self::Unverified { .. } => "unverified",
            Self::StepFailed { .. } => "step_failed",
            Self::AgentFailed { .. } => "agent_failed",
            Self::RateLimited { .. } => "rate_limited",
            Self::NotSignedIn { .. } => "not_signed_in",
            Self::OverContext => "over_context",
            Self::Blocked { .. } => "blocked",
            Self::BadTaskFile { .. } => "bad_task_file",
        }
    }
}

/// Why a program could not be launched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LaunchFailure {
    /// No such program.
    NotFound {
        /// As the argument vector names it.
        program: String,
    },
    /// It may not be executed.
    NotExecutable {
        /// As the argument vector names it.
        program: String,
    },
    /// The file is there, but what its `#!` line names is not.
    NoInterpreter {
        /// The script.
        program: String,
    },
    /// The working directory can't be entered.
    NoDirectory {
        /// The directory.
        cwd: String,
    },
    /// Environment names that the recipe asks for and nobody set.
    MissingEnv {
        /// The names.
        names: Vec<String>,
    },
    /// The system refused for another reason.
    System {
        /// In the system's words.
        message: String,
    },
}

impl fmt::Display for LaunchFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { program } => write!(formatter, "the program {program} does not exist"),
            Self::NotExecutable { program } => write!(formatter, "{program} is not executable"),
            Self::NoInterpreter { program } => {
                write!(formatter, "the interpreter that the first line of {program} names does not exist")
            }
            Self::NoDirectory { cwd } => write!(formatter, "the working directory {cwd} can't be entered"),
            Self::MissingEnv { names } => write!(formatter, "the environment lacks {}", names.join(", ")),
            Self::System { message } => formatter.write_str(message),
        }
    }
}

/// What the system said when a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// It returned a code.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
}

/// Why an attempt was asked to end. The order is the severity: one is only ever asked harder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// No output for too long.
    Idle,
    /// Wall time was up.
    TimedOut,
    /// Somebody asked, or another task failed under `--fail-fast`.
    Cancelled,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every task succeeded.
    Succeeded,
    /// At least one task failed for good.
    Failed,
    /// Time was up for at least one task, and none failed otherwise.
    TimedOut,
    /// Somebody asked, and it is true: what is left of it is named.
    Cancelled,
    /// The supervisor went away.
    Lost,
}

impl Verdict {
    /// The word in JSON and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
        }
    }
}

/// A process, told from a stranger that got its number later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessId {
    /// The number, in the namespace below.
    pub pid: u32,
    /// Start time in clock ticks since boot, as `/proc/PID/stat` has it.
    pub birth: u64,
    /// The boot it belongs to (`/proc/sys/kernel/random/boot_id`).
    pub boot: String,
    /// The process-number namespace (`/proc/self/ns/pid`).
    pub namespace: String,
}

/// A process that outlived its kill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survivor {
    /// Its number.
    pub pid: u32,
    /// Its command line, clipped.
    pub command: String,
}

/// What a test runner's summary line said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCounts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that were not run.
    pub skipped: u64,
}
