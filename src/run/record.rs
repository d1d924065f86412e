//! A run as it is remembered: the fold of its events that lists, panels and pages show.

use serde::{Deserialize, Serialize};

use super::{
    event::Ending,
    outcome::{Outcome, ProcessId, Survivor, Verdict},
    spec::Specification,
};
use crate::{
    clock::Timestamp,
    ids::{RunId, TaskName},
};

/// How a run or a task stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits to start.
    Queued,
    /// Something of it runs.
    Running,
    /// Nothing new is launched.
    Paused,
    /// It was asked to end.
    Stopping,
    /// It ended well.
    Succeeded,
    /// It did not.
    Failed,
    /// Time was up.
    TimedOut,
    /// Somebody asked.
    Cancelled,
    /// The supervisor went away.
    Lost,
    /// It was not meant to run after all.
    Skipped,
    /// What it needs did not succeed.
    Blocked,
}

impl Status {
    /// Every status, in the order of this list.
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::Running,
        Self::Paused,
        Self::Stopping,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Cancelled,
        Self::Lost,
        Self::Skipped,
        Self::Blocked,
    ];

    /// The word in JSON and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopping => "stopping",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
            Self::Skipped => "skipped",
            Self::Blocked => "blocked",
        }
    }

    /// The status of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// True when nothing will change any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running | Self::Paused | Self::Stopping)
    }
}

impl From<Verdict> for Status {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Succeeded => Self::Succeeded,
            Verdict::Failed => Self::Failed,
            Verdict::TimedOut => Self::TimedOut,
            Verdict::Cancelled => Self::Cancelled,
            Verdict::Lost => Self::Lost,
        }
    }
}

impl From<&Outcome> for Status {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Succeeded => Self::Succeeded,
            Outcome::Failed { .. }
            | Outcome::Signalled { .. }
            | Outcome::FailedPattern { .. }
            | Outcome::FailedToStart { .. } => Self::Failed,
            Outcome::TimedOut | Outcome::TimedOutIdle => Self::TimedOut,
            Outcome::Cancelled => Self::Cancelled,
            Outcome::Lost => Self::Lost,
        }
    }
}

/// A run with everything the journal knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// Its id.
    pub id: RunId,
    /// What it was meant to do.
    pub spec: Specification,
    /// How it stands.
    pub status: Status,
    /// When its supervisor began; absent while it is queued.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// In the specification's order.
    pub tasks: Vec<TaskRecord>,
    /// Files created or changed by it, relative to the workspace.
    pub deliverables: Vec<String>,
    /// Processes that outlived their kill.
    pub survivors: Vec<Survivor>,
    /// The reason of the cancellation, where one was given.
    pub cancel_reason: Option<String>,
}

impl RunRecord {
    /// The task of this name.
    #[must_use]
    pub fn task(&self, name: &TaskName) -> Option<&TaskRecord> {
        self.tasks.iter().find(|task| task.name == *name)
    }

    /// The first task, in order, that did not succeed: what a failure panel speaks of.
    #[must_use]
    pub fn failing_task(&self) -> Option<&TaskRecord> {
        let failed = |task: &&TaskRecord| {
            matches!(task.status, Status::Failed | Status::TimedOut | Status::Lost | Status::Cancelled)
        };
        self.tasks.iter().find(failed)
    }
}

/// A task of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRecord {
    /// Its name in the specification.
    pub name: TaskName,
    /// How it stands.
    pub status: Status,
    /// The task it waited for in vain.
    pub blocked_by: Option<TaskName>,
    /// In order; the last one is the latest.
    pub attempts: Vec<AttemptRecord>,
}

impl TaskRecord {
    /// The latest attempt.
    #[must_use]
    pub fn last_attempt(&self) -> Option<&AttemptRecord> {
        self.attempts.last()
    }
}

/// One launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Counts from 1.
    pub number: u32,
    /// When it was launched.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The child, while or since it ran.
    pub process: Option<ProcessId>,
    /// How it ended.
    pub ending: Option<Ending>,
}
