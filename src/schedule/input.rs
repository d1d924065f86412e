//! What can reach the scheduler, and what it answers with.

use std::time::Duration;

use crate::{
    clock::Moment,
    ids::AttemptId,
    run::{EventKind, Exit, LaunchFailure, ProcessId, Report, Survivor, TestCounts},
};

/// Everything that can reach the scheduler. A closed list: there is no other way in.
///
/// What does not fit the state (an end of an attempt that is not running, a second cancellation) leads
/// to nothing, so a report that comes late or twice does no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The supervisor has taken the run over: it starts.
    Begin {
        /// Who minds it.
        supervisor: ProcessId,
    },
    /// A child runs.
    Started {
        /// Whose.
        attempt: AttemptId,
        /// The child.
        process: ProcessId,
    },
    /// A child could not be launched.
    FailedToStart {
        /// Whose.
        attempt: AttemptId,
        /// Why.
        why: LaunchFailure,
    },
    /// A child's own process ended. An observation, not history: what is left to do for it is not its
    /// doing, and no limit counts any more.
    Exited {
        /// Whose.
        attempt: AttemptId,
    },
    /// A child ended and what it left behind was swept.
    Ended {
        /// Whose.
        attempt: AttemptId,
        /// What is known of it.
        facts: Facts,
    },
    /// A child has printed something at this moment. An observation, not history: it only moves the
    /// idle limit, and nothing else is looked at in this step, so that all who were heard can be told
    /// of before anyone is judged.
    Heard {
        /// Whose.
        attempt: AttemptId,
        /// When it last did.
        at: Moment,
    },
    /// Somebody wants the run to end.
    Cancel {
        /// In their words.
        reason: Option<String>,
        /// Who.
        by: String,
        /// Kill without grace.
        now: bool,
    },
    /// Launch nothing more for now.
    Pause {
        /// Who asked.
        by: String,
    },
    /// Launch again.
    Unpause {
        /// Who asked.
        by: String,
    },
    /// The machine slept. Moments come from a clock that slept too, so no limit has to be moved: the
    /// gap is recorded and charged to nothing.
    ClockGap {
        /// For how long.
        gap: Duration,
    },
    /// The supervisor went away: nobody minds what ran, and nobody will.
    Recover,
    /// The journal can't be written: launch nothing more, let what runs go on.
    JournalDown,
    /// The journal can be written again.
    JournalUp,
    /// [`Effect::Finish`] was done.
    Finished {
        /// Files created or changed, relative to the workspace.
        deliverables: Vec<String>,
        /// What could not be killed.
        survivors: Vec<Survivor>,
    },
    /// A moment that [`State::next_deadline`](super::State::next_deadline) named has come.
    Tick,
}

/// What is known of a child that ended by itself or because it was asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What the system said.
    pub exit: Exit,
    /// Bytes of output.
    pub bytes: u64,
    /// Descendants still held its output open when it ended.
    pub leaky: bool,
    /// What could not be killed.
    pub survivors: Vec<Survivor>,
    /// What a summary line at the end of its output said.
    pub tests: Option<TestCounts>,
    /// The line of its output that matched a declared failure pattern.
    pub failure: Option<String>,
    /// What the performer said of it, where there was one.
    pub report: Option<Box<Report>>,
}

impl Facts {
    /// An end of which nothing is known but what the system said.
    #[must_use]
    pub const fn bare(exit: Exit) -> Self {
        Self { exit, bytes: 0, leaky: false, survivors: Vec::new(), tests: None, failure: None, report: None }
    }
}

/// What must be done in the world, once the events are safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Start this child. Exactly one of `FailedToStart` and `Ended` comes back in the end.
    Launch {
        /// Which.
        attempt: AttemptId,
    },
    /// TERM.
    Stop {
        /// Which.
        attempt: AttemptId,
    },
    /// KILL, and sweep.
    Kill {
        /// Which.
        attempt: AttemptId,
    },
    /// Every task is over: sweep, list the deliverables and come back with [`Input::Finished`].
    Finish,
}

/// What one input led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Facts, in order; the state has taken them in already. Written before anything is done.
    pub events: Vec<EventKind>,
    /// What is to be done then, in order.
    pub effects: Vec<Effect>,
}
