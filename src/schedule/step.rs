//! One turn of the scheduler.

use super::{
    Effect, Facts, Input, State, Step,
    graph::Index,
    outcome,
    progress::{Due, Progress, Rest},
};
use crate::{
    clock::Moment,
    ids::AttemptId,
    run::{EventKind, LaunchFailure, Outcome, ProcessId, StopReason, Survivor, event::Ending},
};

/// Takes one input at one moment and says what follows from it.
///
/// The events have changed `state` already. A run that has its verdict takes nothing more.
pub fn step(state: &mut State, input: &Input, now: Moment) -> Step {
    if state.verdict().is_some() {
        return Step::default();
    }
    let mut turn = Turn { state, now, step: Step::default() };
    turn.take(input);
    if !matches!(input, Input::Heard { .. }) {
        turn.advance();
    }
    turn.step
}

/// One turn of the scheduler. [`Turn::emit`] is its only way to make history.
struct Turn<'a> {
    state: &'a mut State,
    now: Moment,
    step: Step,
}

impl Turn<'_> {
    fn emit(&mut self, event: EventKind) {
        self.state.apply(&event, self.now);
        self.step.events.push(event);
    }

    /// What the input itself means.
    fn take(&mut self, input: &Input) {
        match input {
            Input::Begin { supervisor } => self.begin(supervisor),
            Input::Started { attempt, process } => self.started(attempt, process),
            Input::FailedToStart { attempt, why } => self.failed_to_start(attempt, why),
            Input::Exited { attempt } => self.exited(attempt),
            Input::Ended { attempt, facts } => self.ended(attempt, facts),
            Input::Heard { attempt, at } => self.heard(attempt, *at),
            Input::Cancel { reason, by, now } => self.cancel(reason.as_deref(), by, *now),
            Input::Pause { by } => self.pause(by),
            Input::Unpause { by } => self.unpause(by),
            Input::ClockGap { gap } => {
                self.emit(EventKind::ClockGap { gap_ms: u64::try_from(gap.as_millis()).unwrap_or(u64::MAX) });
            }
            Input::Recover => self.recover(),
            Input::JournalDown => self.state.watch.journal_down = true,
            Input::JournalUp => self.state.watch.journal_down = false,
            Input::Finished { deliverables, survivors } => self.finished(deliverables, survivors),
            Input::Tick => {}
        }
    }

    /// What follows: blocked dependents, deadlines, launches, the end.
    fn advance(&mut self) {
        self.block_doomed();
        while self.serve_deadline() {}
        self.launch_ready();
        self.block_stuck();
        self.finish();
    }

    fn begin(&mut self, supervisor: &ProcessId) {
        if self.state.history.begun {
            return;
        }
        self.emit(EventKind::RunStarted { supervisor: supervisor.clone() });
        for at in 0..self.state.history.tasks.len() {
            if self.state.history.tasks[at].is_open() {
                let task = self.state.graph.task(at).name.clone();
                self.emit(EventKind::TaskQueued { task });
            }
        }
    }

    fn started(&mut self, attempt: &AttemptId, process: &ProcessId) {
        if self.state.running(attempt).is_some_and(|(_, active)| !active.started) {
            self.emit(EventKind::AttemptStarted { attempt: attempt.clone(), process: process.clone() });
        }
    }

    fn failed_to_start(&mut self, attempt: &AttemptId, why: &LaunchFailure) {
        self.end_attempt(attempt, Ending::bare(Outcome::FailedToStart { why: why.clone() }));
    }

    fn exited(&mut self, attempt: &AttemptId) {
        if let Some((at, _)) = self.state.running(attempt) {
            self.state.watch.exited[at] = true;
            self.state.look_at_clock(at);
        }
    }

    fn ended(&mut self, attempt: &AttemptId, facts: &Facts) {
        if let Some((_, active)) = self.state.running(attempt) {
            let ending = outcome::ending(active, facts);
            self.end_attempt(attempt, ending);
        }
    }

    fn end_attempt(&mut self, attempt: &AttemptId, ending: Ending) {
        let Some((at, _)) = self.state.running(attempt) else { return };
        self.emit(EventKind::AttemptEnded { attempt: attempt.clone(), ending });
        if let Progress::Over { outcome } = &self.state.history.tasks[at] {
            let outcome = outcome.clone();
            self.end_task(at, outcome);
        }
    }

    fn end_task(&mut self, at: Index, outcome: Outcome) {
        let closing_before = self.state.is_closing() || self.state.watch.recovering;
        let task = self.state.graph.task(at).name.clone();
        self.emit(EventKind::TaskEnded { task, outcome });
        if self.state.has_failed_fast() && !closing_before {
            self.fail_fast(at);
        } else if self.state.history.signed_out && !closing_before {
            self.block_doomed();
            self.close_unlaunched(Some(at));
        }
    }

    /// What waited for the failed task names what it waited for; what did not names the failure.
    fn fail_fast(&mut self, failed: Index) {
        self.block_doomed();
        self.close_unlaunched(Some(failed));
        for attempt in self.attempts() {
            self.stop(&attempt, StopReason::Cancelled);
        }
    }

    fn heard(&mut self, attempt: &AttemptId, heard: Moment) {
        let Some((at, _)) = self.state.running(attempt) else { return };
        let last = &mut self.state.watch.heard[at];
        *last = (*last).max(Some(heard.min(self.now)));
        self.state.look_at_clock(at);
    }

    /// A second cancellation adds nothing, unless it asks for the kill that the first did not.
    fn cancel(&mut self, reason: Option<&str>, by: &str, now: bool) {
        if self.state.is_settled() {
            return;
        }
        if !self.state.history.cancelling {
            self.emit(EventKind::RunCancelling { reason: reason.map(str::to_owned), by: by.to_owned() });
            self.close_unlaunched(None);
        }
        for attempt in self.attempts() {
            if now { self.kill_at_once(&attempt) } else { self.stop_harder(&attempt) }
        }
    }

    fn pause(&mut self, by: &str) {
        if !self.state.history.paused && !self.state.is_closing() && !self.state.is_settled() {
            self.emit(EventKind::RunPaused { by: by.to_owned() });
        }
    }

    fn unpause(&mut self, by: &str) {
        if self.state.history.paused {
            self.emit(EventKind::RunUnpaused { by: by.to_owned() });
        }
    }

    fn recover(&mut self) {
        self.state.watch.recovering = true;
        for attempt in self.attempts() {
            self.end_attempt(&attempt, Ending::bare(Outcome::Lost));
        }
        self.close_unlaunched(None);
    }

    fn finished(&mut self, deliverables: &[String], survivors: &[Survivor]) {
        if self.state.is_settled() {
            self.emit(EventKind::RunEnded {
                verdict: self.state.judgement(),
                deliverables: deliverables.to_vec(),
                survivors: survivors.to_vec(),
            });
        }
    }

    fn attempts(&self) -> Vec<AttemptId> {
        self.state.active().collect()
    }

    /// TERM, unless it was asked to end before: the grace it was given then goes on.
    fn stop(&mut self, attempt: &AttemptId, reason: StopReason) {
        if self.state.running(attempt).is_some_and(|(_, active)| active.stop.is_none()) {
            self.emit(EventKind::AttemptStopping { attempt: attempt.clone(), reason });
            self.step.effects.push(Effect::Stop { attempt: attempt.clone() });
        }
    }

    /// What somebody asks for outranks a limit. A program that was sent TERM is not sent it again:
    /// many take a second one as leave to drop everything.
    fn stop_harder(&mut self, attempt: &AttemptId) {
        self.stop(attempt, StopReason::Cancelled);
        self.name_cancelled(attempt);
    }

    fn kill_at_once(&mut self, attempt: &AttemptId) {
        self.name_cancelled(attempt);
        self.kill(attempt);
    }

    fn name_cancelled(&mut self, attempt: &AttemptId) {
        let reason = self.state.running(attempt).map(|(_, active)| active.stop.map(|stop| stop.reason));
        if reason.is_some_and(|reason| reason < Some(StopReason::Cancelled)) {
            let reason = StopReason::Cancelled;
            self.emit(EventKind::AttemptStopping { attempt: attempt.clone(), reason });
        }
    }

    fn kill(&mut self, attempt: &AttemptId) {
        if self.state.running(attempt).is_some_and(|(_, active)| !active.killing) {
            self.emit(EventKind::AttemptKilling { attempt: attempt.clone() });
            self.step.effects.push(Effect::Kill { attempt: attempt.clone() });
        }
    }

    /// Ends everything that is not running: what was tried keeps its outcome, the rest is blocked.
    fn close_unlaunched(&mut self, by: Option<Index>) {
        for at in 0..self.state.history.tasks.len() {
            match &self.state.history.tasks[at] {
                Progress::Resting(Rest { outcome, .. }) | Progress::Over { outcome } => {
                    let outcome = outcome.clone();
                    self.end_task(at, outcome);
                }
                Progress::Waiting { .. } | Progress::Ready => self.block(at, by),
                _ => {}
            }
        }
    }

    fn block(&mut self, at: Index, by: Option<Index>) {
        let graph = &self.state.graph;
        let by = by.map(|by| graph.task(by).name.clone());
        let task = graph.task(at).name.clone();
        self.emit(EventKind::TaskBlocked { task, by });
    }

    fn block_doomed(&mut self) {
        while let Some((at, by)) = self.state.agenda.doomed.pop_front() {
            if matches!(self.state.history.tasks[at], Progress::Waiting { .. }) {
                self.block(at, Some(by));
            }
        }
    }

    /// Serves the first deadline that has come. One task may be served twice in a turn: a grace of zero
    /// is over as soon as it is given.
    fn serve_deadline(&mut self) -> bool {
        let Some(&(moment, at)) = self.state.agenda.deadlines.first() else { return false };
        if self.now < moment {
            return false;
        }
        match &self.state.history.tasks[at] {
            Progress::Active(_) => self.serve_active(at),
            _ => self.rested(at),
        }
        true
    }

    fn serve_active(&mut self, at: Index) {
        let heard = self.state.watch.heard[at];
        let task = self.state.graph.task(at);
        let active = self.state.history.tasks[at].active().expect("the caller has looked");
        let attempt = AttemptId { task: task.name.clone(), number: active.number };
        match active.due(task, heard).expect("it has a deadline").1 {
            Due::Slow => self.emit(EventKind::AttemptSlow { attempt }),
            Due::Stop(reason) => self.stop(&attempt, reason),
            Due::Kill => self.kill(&attempt),
        }
    }

    /// Its rest is over: from here it waits for a slot, not for a moment.
    fn rested(&mut self, at: Index) {
        let urgency = self.state.graph.urgency(at);
        let agenda = &mut self.state.agenda;
        agenda.set_due(at, None);
        let waiting = if self.state.graph.agents[at] { &mut agenda.agents } else { &mut agenda.launchable };
        waiting.insert(urgency);
    }

    fn launch_ready(&mut self) {
        while self.state.may_launch() {
            let Some(attempt) = self.state.most_urgent(self.now) else { return };
            self.emit(EventKind::TaskReady { attempt: attempt.clone() });
            self.step.effects.push(Effect::Launch { attempt });
        }
    }

    /// A specification has no circles and no unknown needs. One that has them all the same ends, too.
    fn block_stuck(&mut self) {
        if self.state.is_stuck() {
            self.close_unlaunched(None);
        }
    }

    fn finish(&mut self) {
        let begun = self.state.history.begun || self.state.watch.recovering;
        if begun && self.state.is_settled() && !self.state.watch.finish_asked {
            self.state.watch.finish_asked = true;
            self.step.effects.push(Effect::Finish);
        }
    }
}
