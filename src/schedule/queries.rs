//! What can be asked of a state.

use super::{State, graph::Index, progress::Progress};
use crate::{
    clock::Moment,
    ids::AttemptId,
    run::{Status, Verdict},
};

impl State {
    /// The next moment at which [`Input::Tick`](super::Input::Tick) would change anything.
    ///
    /// It may be past when time went on since the last step. It never names a moment that a tick has
    /// dealt with already: a task that has rested and waits for a slot is no deadline, for no clock can
    /// hurry it.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Moment> {
        let deadline = self.agenda.deadlines.first().map(|(moment, _)| *moment);
        let agents = self.agenda.agents_from.filter(|_| !self.agenda.agents.is_empty() && self.may_launch());
        match (deadline, agents) {
            (Some(deadline), Some(agents)) => Some(deadline.min(agents)),
            (deadline, agents) => deadline.or(agents),
        }
    }

    /// How the run ended; absent while it goes on.
    #[must_use]
    pub const fn verdict(&self) -> Option<Verdict> {
        self.history.verdict
    }

    /// How the run stands.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.history.verdict {
            Some(verdict) => verdict.into(),
            None if !self.history.begun => Status::Queued,
            None if self.is_closing() => Status::Stopping,
            None if self.history.paused => Status::Paused,
            None => Status::Running,
        }
    }

    /// True when no task will change any more: only the end of the run itself is left to be said.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.agenda.open == 0
    }

    /// The attempts that were launched and have not ended, in plan order.
    pub fn active(&self) -> impl Iterator<Item = AttemptId> + '_ {
        self.agenda.active.iter().filter_map(|&at| self.active_at(at))
    }

    /// The attempts that would be stopped for their silence now, if nothing was heard of them since.
    ///
    /// Whoever knows when they last printed something says so with
    /// [`Input::Heard`](super::Input::Heard) before the next step: listening to every line would cost
    /// more than asking once.
    #[must_use]
    pub fn listening_for(&self, now: Moment) -> Vec<AttemptId> {
        let due = self.agenda.deadlines.range(..=(now, Index::MAX));
        let has_idle_limit = |at: &Index| self.graph.task(*at).limits.idle.is_some();
        due.map(|(_, at)| *at).filter(has_idle_limit).filter_map(|at| self.active_at(at)).collect()
    }

    /// Nothing is launched any more and what runs was asked to end.
    pub(super) fn is_closing(&self) -> bool {
        self.history.cancelling || self.history.signed_out || self.has_failed_fast()
    }

    /// The first failure stopped everything else.
    pub(super) fn has_failed_fast(&self) -> bool {
        self.graph.spec.fail_fast && self.history.first_failure.is_some()
    }

    /// A closing run needs no word here: nothing launchable is left in it.
    pub(super) fn may_launch(&self) -> bool {
        let held = self.history.paused || self.watch.journal_down || self.watch.recovering;
        let slots = self.graph.spec.slots.max(1);
        self.history.begun && !held && self.agenda.active.len() < slots
    }

    /// The attempt that the most urgent task is due for.
    ///
    /// A task that waits for its agent to be started lets others go first, unless the plan's order is kept.
    pub(super) fn most_urgent(&self, now: Moment) -> Option<AttemptId> {
        let open = self.agenda.agents_from.is_none_or(|from| from <= now);
        let program = self.agenda.launchable.first();
        let agent = self.agenda.agents.first();
        let keeps_order = self.graph.spec.strategy.as_ref().is_some_and(|it| it.strategy.keeps_plan_order());
        let first = match (program, agent) {
            (Some(program), Some(agent)) if open => program.min(agent),
            (Some(program), Some(agent)) if keeps_order && agent < program => return None,
            (Some(program), _) => program,
            (None, agent) => agent.filter(|_| open)?,
        };
        let (_, at) = first;
        let tried = match &self.history.tasks[*at] {
            Progress::Resting(rest) => rest.tried,
            _ => self.graph.task(*at).tried,
        };
        Some(self.graph.attempt(*at, tried + 1))
    }

    /// What is left waits for what can't come: a need that is not in the list, or a circle.
    pub(super) const fn is_stuck(&self) -> bool {
        self.history.begun && self.agenda.open > 0 && self.agenda.open == self.agenda.waiting
    }

    /// The verdict that the ends so far lead to.
    pub(super) const fn judgement(&self) -> Verdict {
        let ends = &self.history.ends;
        match self {
            _ if self.watch.recovering => Verdict::Lost,
            _ if ends.failed => Verdict::Failed,
            _ if ends.timed_out => Verdict::TimedOut,
            _ if self.history.cancelling => Verdict::Cancelled,
            _ if ends.lost => Verdict::Lost,
            _ if ends.blocked => Verdict::Failed,
            _ => Verdict::Succeeded,
        }
    }

    fn active_at(&self, at: Index) -> Option<AttemptId> {
        Some(self.graph.attempt(at, self.history.tasks[at].active()?.number))
    }
}
