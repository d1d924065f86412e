//! How far one task is.

use crate::{
    clock::Moment,
    run::{Outcome, StopReason, Task},
};

/// How far one task is. Only events change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// So many of its needs have not succeeded yet.
    Waiting { unmet: usize },
    /// It waits for nothing but a slot.
    Ready,
    /// It failed and is tried again later.
    Resting(Rest),
    /// An attempt was launched and has not ended.
    Active(Active),
    /// Its last attempt ended; `task_ended` follows in the same step.
    Over { outcome: Outcome },
    /// It ended for good.
    Done { outcome: Outcome },
    /// It will not run.
    Blocked,
}

impl Progress {
    pub const fn is_open(&self) -> bool {
        !matches!(self, Self::Done { .. } | Self::Blocked)
    }

    pub const fn active(&self) -> Option<&Active> {
        match self {
            Self::Active(active) => Some(active),
            _ => None,
        }
    }
}

/// Between two attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    /// Attempts so far.
    pub tried: u32,
    /// What they used up of what there is to try.
    pub spent: Spent,
    /// When the next may begin.
    pub until: Moment,
    /// How the last one ended.
    pub outcome: Outcome,
}

/// How often a task has ended in each way that a further attempt may mend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    /// Failures of the work itself, and times that ran out.
    pub failures: u32,
    /// Conversations that grew too long.
    pub context: u32,
    /// Task files that could not be read.
    pub task_file: u32,
    /// Times that it was told to come back later, one after the other.
    pub waits: u32,
}

/// An attempt that was launched and has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Active {
    pub number: u32,
    /// When its launch was announced: wall time counts from here, so a launch that hangs ends too.
    pub since: Moment,
    /// The rest before it, for a launch that has to be taken back.
    pub rest: Option<Rest>,
    pub started: bool,
    pub slow: bool,
    pub stop: Option<Stop>,
    pub killing: bool,
}

/// It was asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// Only ever rises.
    pub reason: StopReason,
    /// When it was asked first: grace counts from here.
    pub since: Moment,
}

/// What is due for an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Slow,
    Stop(StopReason),
    Kill,
}

impl Active {
    pub const fn new(number: u32, since: Moment, rest: Option<Rest>) -> Self {
        Self { number, since, rest, started: false, slow: false, stop: None, killing: false }
    }

    /// The moment of the next thing that is due, and what it is. `heard` is its last output.
    ///
    /// Of things due at one moment the hardest comes first, so wall time goes before idleness.
    pub fn due(&self, task: &Task, heard: Option<Moment>) -> Option<(Moment, Due)> {
        match self.stop {
            Some(_) if self.killing => None,
            Some(stop) => Some((stop.since.after(task.limits.grace), Due::Kill)),
            None => self.limits(task, heard).into_iter().flatten().min_by_key(|(moment, _)| *moment),
        }
    }

    fn limits(&self, task: &Task, heard: Option<Moment>) -> [Option<(Moment, Due)>; 3] {
        let wall = task.limits.wall.filter(|it| !it.is_zero());
        let idle = task.limits.idle.filter(|it| !it.is_zero());
        let quiet_since = heard.map_or(self.since, |heard| heard.max(self.since));
        [
            wall.map(|wall| (self.since.after(wall), Due::Stop(StopReason::TimedOut))),
            idle.map(|idle| (quiet_since.after(idle), Due::Stop(StopReason::Idle))),
            wall.filter(|_| !self.slow).map(|wall| (self.since.after(wall / 2), Due::Slow)),
        ]
    }
}
