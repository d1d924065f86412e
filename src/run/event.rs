//! What happened. An event is a fact and never edited: a new kind is added, an old one keeps its
//! meaning.
//!
//! What is *not* an event: a log line (bytes go to a file, events carry sizes), a tick, a progress
//! figure (fold it), a plan file changing (the workspace is read again).

use serde::{Deserialize, Serialize};

use super::{
    outcome::{Exit, Outcome, ProcessId, StopReason, Survivor, TestCounts, Verdict},
    report::AgentUse,
};
use crate::{
    clock::{Moment, Timestamp},
    ids::{AttemptId, ItemId, PlanId, RunId, Seq, TaskName, WorkflowName},
};

/// A fact about a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whose.
    pub run: RunId,
    /// Its number within the run; grows by one.
    pub seq: Seq,
    /// When, by the run's own clock: what the scheduler computes with.
    pub at: Moment,
    /// When, by the wall: what people are shown.
    pub ts: Timestamp,
    /// What.
    pub kind: EventKind,
}

/// What happened. The tag is the public word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// The run and its specification are written; nothing has started.
    RunCreated {
        /// How the plan is moved on.
        workflow: WorkflowName,
        /// The plan's id then.
        plan: Option<PlanId>,
        /// The item's id then.
        item: Option<ItemId>,
    },
    /// A supervisor minds the run.
    RunStarted {
        /// The supervisor.
        supervisor: ProcessId,
    },
    /// A task waits for its needs or a slot.
    TaskQueued {
        /// Which.
        task: TaskName,
    },
    /// A task's needs are done, it has a slot, and this attempt is about to be launched.
    ///
    /// Written before the launch: a crash in between leaves this without an `attempt_started`, and
    /// recovery calls the attempt lost.
    TaskReady {
        /// The attempt that is launched.
        attempt: AttemptId,
    },
    /// The process runs.
    AttemptStarted {
        /// Which.
        attempt: AttemptId,
        /// The child.
        process: ProcessId,
    },
    /// Half of its wall time is gone.
    AttemptSlow {
        /// Which.
        attempt: AttemptId,
    },
    /// It is asked to end: TERM to its group.
    AttemptStopping {
        /// Which.
        attempt: AttemptId,
        /// Why.
        reason: StopReason,
    },
    /// Grace is over: KILL and sweep.
    AttemptKilling {
        /// Which.
        attempt: AttemptId,
    },
    /// It ended and what it left behind was swept.
    AttemptEnded {
        /// Which.
        attempt: AttemptId,
        /// How.
        #[serde(flatten)]
        ending: Ending,
    },
    /// A task is over: no further attempt.
    TaskEnded {
        /// Which.
        task: TaskName,
        /// How its last attempt ended.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// A task will not run, because another one did not succeed or the run is cancelled.
    TaskBlocked {
        /// Which.
        task: TaskName,
        /// The task it waited for; absent when the run was cancelled.
        by: Option<TaskName>,
    },
    /// The plan's own files say of these tasks' items what became of them.
    PlanWritten {
        /// Which.
        tasks: Vec<TaskName>,
    },
    /// They do not for this one.
    PlanNotWritten {
        /// Which.
        task: TaskName,
        /// Why not.
        why: String,
    },
    /// Somebody asked for the run to end.
    RunCancelling {
        /// In their words.
        reason: Option<String>,
        /// Who.
        by: String,
    },
    /// Nothing more is launched until it is unpaused.
    RunPaused {
        /// Who asked.
        by: String,
    },
    /// Launching goes on.
    RunUnpaused {
        /// Who asked.
        by: String,
    },
    /// The machine was suspended; the gap is charged to no timeout.
    ClockGap {
        /// Milliseconds.
        gap_ms: u64,
    },
    /// Nothing is left to do.
    RunEnded {
        /// How it ended.
        verdict: Verdict,
        /// Files created or changed between start and end, relative to the workspace.
        deliverables: Vec<String>,
        /// Processes that outlived their kill.
        survivors: Vec<Survivor>,
    },
}

/// Everything known of an attempt that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What the system said; absent when it never ran or nobody saw it end.
    pub exit: Option<Exit>,
    /// Bytes of output.
    pub bytes: u64,
    /// Descendants still held its output open when it ended; they were swept.
    pub leaky: bool,
    /// Processes of it that outlived their kill.
    pub survivors: Vec<Survivor>,
    /// What a summary line at the end of its output said.
    pub tests: Option<TestCounts>,
    /// What its agent said and cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Box<AgentUse>>,
}

impl Ending {
    /// An end of which nothing more is known than how.
    #[must_use]
    pub const fn bare(outcome: Outcome) -> Self {
        Self { outcome, exit: None, bytes: 0, leaky: false, survivors: Vec::new(), tests: None, agent: None }
    }
}

impl EventKind {
    /// The task it is about, unless it is about the whole run.
    #[must_use]
    pub const fn task(&self) -> Option<&TaskName> {
        match self {
            Self::TaskQueued { task }
            | Self::TaskEnded { task, .. }
            | Self::TaskBlocked { task, .. }
            | Self::PlanNotWritten { task, .. } => Some(task),
            Self::TaskReady { attempt }
            | Self::AttemptStarted { attempt, .. }
            | Self::AttemptSlow { attempt }
            | Self::AttemptStopping { attempt, .. }
            | Self::AttemptKilling { attempt }
            | Self::AttemptEnded { attempt, .. } => Some(&attempt.task),
            Self::RunCreated { .. }
            | Self::RunStarted { .. }
            | Self::PlanWritten { .. }
            | Self::RunCancelling { .. }
            | Self::RunPaused { .. }
            | Self::RunUnpaused { .. }
            | Self::ClockGap { .. }
            | Self::RunEnded { .. } => None,
        }
    }

    /// The public word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::RunCreated { .. } => "run_created",
            Self::RunStarted { .. } => "run_started",
            Self::TaskQueued { .. } => "task_queued",
            Self::TaskReady { .. } => "task_ready",
            Self::AttemptStarted { .. } => "attempt_started",
            Self::AttemptSlow { .. } => "attempt_slow",
            Self::AttemptStopping { .. } => "attempt_stopping",
            Self::AttemptKilling { .. } => "attempt_killing",
            Self::AttemptEnded { .. } => "attempt_ended",
            Self::TaskEnded { .. } => "task_ended",
            Self::TaskBlocked { .. } => "task_blocked",
            Self::PlanWritten { .. } => "plan_written",
            Self::PlanNotWritten { .. } => "plan_not_written",
            Self::RunCancelling { .. } => "run_cancelling",
            Self::RunPaused { .. } => "run_paused",
            Self::RunUnpaused { .. } => "run_unpaused",
            Self::ClockGap { .. } => "clock_gap",
            Self::RunEnded { .. } => "run_ended",
        }
    }
}
