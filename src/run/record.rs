//! A run as it is remembered: the fold of its events that lists, panels and pages show.

use std::{collections::HashMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    event::{Ending, Event, EventKind},
    outcome::{Outcome, ProcessId, StopReason, Survivor, Verdict},
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
    /// What it needs did not succeed, or its agent says that it needs a person.
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

    /// How a run that stood like this stands after an event.
    ///
    /// `started` says whether its supervisor has begun: a pause that is taken back before that leaves
    /// it queued. Who is being stopped is no longer paused, and who has ended stays so.
    #[must_use]
    pub fn then(self, kind: &EventKind, started: bool) -> Self {
        if self.is_over() {
            return self;
        }
        match (kind, self) {
            (EventKind::RunEnded { verdict, .. }, _) => (*verdict).into(),
            // Where nobody asked, the first failure of a run that stops at it did.
            (
                EventKind::RunCancelling { .. }
                | EventKind::AttemptStopping { reason: StopReason::Cancelled, .. },
                _,
            ) => Self::Stopping,
            (EventKind::RunPaused { .. }, Self::Queued | Self::Running) => Self::Paused,
            (EventKind::RunUnpaused { .. }, Self::Paused) if started => Self::Running,
            (EventKind::RunUnpaused { .. }, Self::Paused) => Self::Queued,
            (EventKind::RunStarted { .. }, Self::Queued) => Self::Running,
            _ => self,
        }
    }

    /// How the task that an event is about stands afterwards.
    #[must_use]
    pub fn then_for_task(self, kind: &EventKind) -> Self {
        match kind {
            EventKind::AttemptStarted { .. } => Self::Running,
            EventKind::AttemptStopping { .. } => Self::Stopping,
            // Over, or tried again: the next event says which.
            EventKind::TaskQueued { .. } | EventKind::AttemptEnded { .. } => Self::Queued,
            EventKind::TaskEnded { outcome, .. } => outcome.into(),
            EventKind::TaskBlocked { by: Some(_), .. } => Self::Blocked,
            EventKind::TaskBlocked { by: None, .. } => Self::Skipped,
            _ => self,
        }
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
            | Outcome::FailedToStart { .. }
            | Outcome::Unverified { .. }
            | Outcome::StepFailed { .. }
            | Outcome::AgentFailed { .. }
            | Outcome::RateLimited { .. }
            | Outcome::NotSignedIn { .. }
            | Outcome::OverContext
            | Outcome::BadTaskFile { .. } => Self::Failed,
            Outcome::Blocked { .. } => Self::Blocked,
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
    /// When the machine slept while it went on, in order.
    pub gaps: Vec<Gap>,
    /// Tasks whose end could not be written into the plan's files, and why.
    pub unwritten: Vec<(TaskName, String)>,
}

/// A time for which the machine was suspended: nothing ran, and no figure counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When it was over.
    pub until: Timestamp,
    /// How long it was.
    pub length: Duration,
}

impl RunRecord {
    /// How long the machine was awake between two times of this run: what people are told it took.
    #[must_use]
    pub fn awake(&self, from: Timestamp, to: Timestamp) -> Duration {
        let slept = |gap: &Gap| {
            let length = i64::try_from(gap.length.as_millis()).unwrap_or(i64::MAX);
            let began = Timestamp::from_millis(gap.until.millis().saturating_sub(length));
            gap.until.min(to).since(began.max(from))
        };
        to.since(from).saturating_sub(self.gaps.iter().map(slept).sum())
    }

    /// A run of which nothing has happened yet but its creation.
    #[must_use]
    pub fn new(spec: Specification) -> Self {
        let tasks = spec.tasks.iter().map(|task| TaskRecord::new(task.name.clone())).collect();
        Self {
            id: spec.run,
            spec,
            status: Status::Queued,
            started_at: None,
            ended_at: None,
            tasks,
            deliverables: Vec::new(),
            survivors: Vec::new(),
            cancel_reason: None,
            gaps: Vec::new(),
            unwritten: Vec::new(),
        }
    }

    /// A run with all of its events, in order.
    #[must_use]
    pub fn fold<'a>(spec: Specification, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut record = Self::new(spec);
        // A run may have ten thousand tasks and six times as many events: look names up once.
        let places: HashMap<TaskName, usize> =
            record.tasks.iter().enumerate().map(|(at, task)| (task.name.clone(), at)).collect();
        for event in events {
            let at = event.kind.task().and_then(|name| places.get(name).copied());
            record.apply_at(event, at);
        }
        record
    }

    /// Takes in what happened next. Events come in order; one about an unknown task changes nothing.
    pub fn apply(&mut self, event: &Event) {
        let at = event.kind.task().and_then(|name| self.tasks.iter().position(|task| task.name == *name));
        self.apply_at(event, at);
    }

    fn apply_at(&mut self, event: &Event, task: Option<usize>) {
        self.apply_to_run(event);
        if let Some(task) = task.and_then(|at| self.tasks.get_mut(at)) {
            task.apply(event);
        }
    }

    fn apply_to_run(&mut self, event: &Event) {
        if self.status.is_over() {
            return;
        }
        self.status = self.status.then(&event.kind, self.started_at.is_some());
        match &event.kind {
            EventKind::RunStarted { .. } => self.started_at = self.started_at.or(Some(event.ts)),
            EventKind::RunCancelling { reason, .. } => self.cancel_reason.clone_from(reason),
            EventKind::ClockGap { gap_ms } => {
                self.gaps.push(Gap { until: event.ts, length: Duration::from_millis(*gap_ms) });
            }
            EventKind::PlanWritten { tasks } => self.unwritten.retain(|(task, _)| !tasks.contains(task)),
            EventKind::PlanNotWritten { task, why } => self.unwritten.push((task.clone(), why.clone())),
            EventKind::RunEnded { deliverables, survivors, .. } => {
                self.ended_at = Some(event.ts);
                self.deliverables.clone_from(deliverables);
                self.survivors.clone_from(survivors);
            }
            _ => {}
        }
    }

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
        let stuck = |task: &&TaskRecord| task.status == Status::Blocked && !task.attempts.is_empty();
        self.tasks.iter().find(failed).or_else(|| self.tasks.iter().find(stuck))
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
    fn new(name: TaskName) -> Self {
        Self { name, status: Status::Queued, blocked_by: None, attempts: Vec::new() }
    }

    fn apply(&mut self, event: &Event) {
        self.status = self.status.then_for_task(&event.kind);
        match &event.kind {
            EventKind::TaskBlocked { by, .. } => self.blocked_by.clone_from(by),
            EventKind::TaskReady { attempt } => {
                self.attempt_mut(attempt.number);
            }
            EventKind::AttemptStarted { attempt, process } => {
                let record = self.attempt_mut(attempt.number);
                record.started_at = Some(event.ts);
                record.process = Some(process.clone());
            }
            EventKind::AttemptEnded { attempt, ending } => {
                let record = self.attempt_mut(attempt.number);
                record.ended_at = Some(event.ts);
                record.ending = Some(ending.clone());
            }
            _ => {}
        }
    }

    /// The record of this attempt, begun if it is the first that is heard of it.
    fn attempt_mut(&mut self, number: u32) -> &mut AttemptRecord {
        let at = self.attempts.binary_search_by_key(&number, |record| record.number).unwrap_or_else(|at| {
            self.attempts.insert(at, AttemptRecord::new(number));
            at
        });
        &mut self.attempts[at]
    }

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

impl AttemptRecord {
    const fn new(number: u32) -> Self {
        Self { number, started_at: None, ended_at: None, process: None, ending: None }
    }
}
