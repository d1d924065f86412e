//! What is known of one run, and how one event changes it.
//!
//! Three parts. The *history* is the fold of the events and nothing else: a replayed journal gives the
//! same. The *agenda* follows from the history (and from what was heard): it exists so that no input
//! has to look at every task. The *watch* holds what was observed and is no history.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use super::{
    backoff,
    graph::{Graph, Index, Urgency},
    outcome::{Mend, mend},
    progress::{Active, Progress, Rest, Spent, Stop},
};
use crate::{
    clock::Moment,
    ids::{AttemptId, TaskName},
    run::{EventKind, Outcome, Specification, StopReason, Verdict, event::Ending},
};

/// A task that is told to come back later so often in a row has failed.
const MOST_WAITS: u32 = 100;

/// One run, as the scheduler sees it. Two are equal when their histories are.
#[derive(Clone, Debug)]
pub struct State {
    pub(super) graph: Arc<Graph>,
    pub(super) history: History,
    pub(super) agenda: Agenda,
    pub(super) watch: Watch,
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.history == other.history
    }
}

/// The fold of the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct History {
    pub tasks: Vec<Progress>,
    pub begun: bool,
    pub paused: bool,
    pub cancelling: bool,
    /// The first task that failed for good.
    pub first_failure: Option<Index>,
    /// An agent is not signed in: nothing more is launched.
    pub signed_out: bool,
    pub ends: Ends,
    pub verdict: Option<Verdict>,
}

/// Which ends have been seen: what the verdict is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four facts that can all be true at once")]
pub(super) struct Ends {
    pub failed: bool,
    pub timed_out: bool,
    pub lost: bool,
    pub blocked: bool,
}

/// What follows from the history, kept at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda {
    /// Attempts that run.
    pub active: BTreeSet<Index>,
    /// What could be launched at once.
    pub launchable: BTreeSet<Urgency>,
    /// What could be launched as soon as an agent may be started.
    pub agents: BTreeSet<Urgency>,
    /// When the next agent may be started.
    pub agents_from: Option<Moment>,
    /// What time will change, by when.
    pub deadlines: BTreeSet<(Moment, Index)>,
    /// The same, by task.
    pub due: Vec<Option<Moment>>,
    /// Tasks that wait for one that did not succeed, with that one.
    pub doomed: VecDeque<(Index, Index)>,
    /// How each gate stands.
    pub gates: Vec<GateState>,
    /// Tasks that are neither done nor blocked.
    pub open: usize,
    /// Of these, those that still wait for a need.
    pub waiting: usize,
}

/// How a gate stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GateState {
    /// How many of the tasks before it are not over, or have not succeeded where they must.
    pub left: usize,
    /// One of those that must succeed did not.
    pub shut: bool,
}

/// What was observed and is no history.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    /// When the running attempt of each task last printed something.
    pub heard: Vec<Option<Moment>>,
    /// Whether its process has ended although it was not reported whole yet.
    pub exited: Vec<bool>,
    pub journal_down: bool,
    pub recovering: bool,
    pub finish_asked: bool,
}

impl State {
    /// A run of which nothing has happened yet.
    #[must_use]
    pub fn new(spec: Arc<Specification>) -> Self {
        let graph = Graph::new(spec);
        let count = graph.spec.tasks.len();
        let tasks: Vec<Progress> = graph.unmet.iter().map(|&unmet| untouched(unmet)).collect();
        let free =
            (0..count).filter(|&at| graph.unmet[at] == 0).map(|at| (graph.agents[at], graph.urgency(at)));
        let (agents, launchable): (Vec<_>, Vec<_>) = free.partition(|(agent, _)| *agent);
        let waiting = |it: Vec<(bool, Urgency)>| it.into_iter().map(|(_, urgency)| urgency).collect();
        let agenda = Agenda {
            launchable: waiting(launchable),
            agents: waiting(agents),
            due: vec![None; count],
            gates: graph.gates.iter().map(|gate| GateState { left: gate.waits, shut: false }).collect(),
            open: count,
            waiting: graph.unmet.iter().filter(|&&unmet| unmet > 0).count(),
            ..Agenda::default()
        };
        let history = History {
            tasks,
            begun: false,
            paused: false,
            cancelling: false,
            first_failure: None,
            signed_out: false,
            ends: Ends::default(),
            verdict: None,
        };
        let watch = Watch { heard: vec![None; count], exited: vec![false; count], ..Watch::default() };
        Self { graph: Arc::new(graph), history, agenda, watch }
    }

    /// Folds one event in: the only way in which history is made. A replay is this in a loop.
    ///
    /// What names no task or attempt of this run changes nothing.
    pub fn apply(&mut self, event: &EventKind, at: Moment) {
        match event {
            EventKind::RunStarted { .. } => self.history.begun = true,
            EventKind::TaskReady { attempt } => self.launched(attempt, at),
            EventKind::AttemptStarted { attempt, .. } => {
                self.change_active(attempt, |active| active.started = true);
            }
            EventKind::AttemptSlow { attempt } => self.change_active(attempt, |active| active.slow = true),
            EventKind::AttemptStopping { attempt, reason } => {
                self.change_active(attempt, |active| active.stop = Some(harder(active.stop, *reason, at)));
            }
            EventKind::AttemptKilling { attempt } => {
                self.change_active(attempt, |active| active.killing = true);
            }
            EventKind::AttemptEnded { attempt, ending } => self.attempt_ended(attempt, ending, at),
            EventKind::TaskEnded { task, outcome } => self.task_ended(task, outcome),
            EventKind::TaskBlocked { task, .. } => self.task_blocked(task),
            EventKind::RunCancelling { .. } => self.history.cancelling = true,
            EventKind::RunPaused { .. } => self.history.paused = true,
            EventKind::RunUnpaused { .. } => self.history.paused = false,
            EventKind::RunEnded { verdict, .. } => self.history.verdict = Some(*verdict),
            EventKind::RunCreated { .. }
            | EventKind::TaskQueued { .. }
            | EventKind::PlanWritten { .. }
            | EventKind::PlanNotWritten { .. }
            | EventKind::ClockGap { .. } => {}
        }
    }

    /// Takes back a launch whose `task_ready` could not be written: it was never done and is no history.
    pub fn take_back(&mut self, attempt: &AttemptId) {
        if let Some((at, active)) = self.running(attempt) {
            let before = active.rest.clone().map_or(Progress::Ready, Progress::Resting);
            self.set(at, before);
        }
    }

    fn launched(&mut self, attempt: &AttemptId, now: Moment) {
        let Some(at) = self.graph.find(&attempt.task) else { return };
        let rest = match &self.history.tasks[at] {
            Progress::Resting(rest) => Some(rest.clone()),
            _ => None,
        };
        self.watch.heard[at] = None;
        self.watch.exited[at] = false;
        if self.graph.agents[at] {
            self.agenda.agents_from = Some(now.after(self.graph.spec.stagger));
        }
        self.set(at, Progress::Active(Active::new(attempt.number, now, rest)));
    }

    fn change_active(&mut self, attempt: &AttemptId, change: impl FnOnce(&mut Active)) {
        if let Some((at, active)) = self.running(attempt) {
            let mut active = active.clone();
            change(&mut active);
            self.set(at, Progress::Active(active));
        }
    }

    fn attempt_ended(&mut self, attempt: &AttemptId, ending: &Ending, now: Moment) {
        if let Some((at, _)) = self.running(attempt) {
            let outcome = ending.outcome.clone();
            let spent = self.history.tasks[at].active().and_then(|it| it.rest.as_ref()).map(|it| it.spent);
            let mut spent = spent.unwrap_or_default();
            let next = match self.retry_at(at, attempt, &outcome, &mut spent, now) {
                Some(until) => Progress::Resting(Rest { tried: attempt.number, spent, until, outcome }),
                None => Progress::Over { outcome },
            };
            self.set(at, next);
        }
    }

    /// When this attempt's task may be tried again, if it may.
    fn retry_at(
        &mut self,
        at: Index,
        ended: &AttemptId,
        outcome: &Outcome,
        spent: &mut Spent,
        now: Moment,
    ) -> Option<Moment> {
        if self.is_closing() {
            return None;
        }
        let graph = Arc::clone(&self.graph);
        let (retries, seed) = (&graph.task(at).retries, graph.spec.seed);
        let waits = std::mem::take(&mut spent.waits);
        let (count, most) = match mend(outcome) {
            Mend::Retry(kind) if retries.on.contains(&kind) => (&mut spent.failures, retries.max),
            Mend::Shorten => (&mut spent.context, retries.context),
            Mend::ReadAgain => (&mut spent.task_file, retries.task_file),
            Mend::Wait(told) => {
                spent.waits = waits + 1;
                let own = || backoff::rest(retries.wait, spent.waits, seed, ended);
                let wait = told.map_or_else(own, |told| backoff::longer(told, seed, ended));
                return (spent.waits <= MOST_WAITS).then(|| self.hold_agents(now.after(wait)));
            }
            Mend::Retry(_) | Mend::Nothing => return None,
        };
        *count += 1;
        (*count <= most).then(|| now.after(backoff::rest(retries.backoff, *count, seed, ended)))
    }

    /// No agent is started before this moment: what one was told goes for the others, too.
    fn hold_agents(&mut self, until: Moment) -> Moment {
        self.agenda.agents_from = self.agenda.agents_from.max(Some(until));
        until
    }

    fn task_ended(&mut self, task: &TaskName, outcome: &Outcome) {
        let Some(at) = self.graph.find(task) else { return };
        let ends = &mut self.history.ends;
        match outcome {
            Outcome::TimedOut | Outcome::TimedOutIdle => ends.timed_out = true,
            Outcome::Lost => ends.lost = true,
            Outcome::Blocked { .. } => ends.blocked = true,
            Outcome::Succeeded | Outcome::Cancelled => {}
            _ => ends.failed = true,
        }
        if !matches!(outcome, Outcome::Succeeded | Outcome::Cancelled | Outcome::Lost) {
            self.history.first_failure.get_or_insert(at);
        }
        self.history.signed_out |= matches!(outcome, Outcome::NotSignedIn { .. });
        self.set(at, Progress::Done { outcome: outcome.clone() });
        if *outcome == Outcome::Succeeded { self.release(at) } else { self.doom(at) }
    }

    fn task_blocked(&mut self, task: &TaskName) {
        let Some(at) = self.graph.find(task) else { return };
        self.history.ends.blocked = true;
        self.set(at, Progress::Blocked);
        self.doom(at);
    }

    /// The running attempt of this id.
    pub(super) fn running(&self, attempt: &AttemptId) -> Option<(Index, &Active)> {
        let at = self.graph.find(&attempt.task)?;
        let active = self.history.tasks[at].active()?;
        (active.number == attempt.number).then_some((at, active))
    }

    /// Replaces a task's progress and brings the agenda up to date.
    pub(super) fn set(&mut self, at: Index, progress: Progress) {
        let old = std::mem::replace(&mut self.history.tasks[at], progress);
        let new = &self.history.tasks[at];
        let agenda = &mut self.agenda;
        agenda.open -= usize::from(old.is_open() && !new.is_open());
        agenda.waiting -= usize::from(is_waiting(&old) && !is_waiting(new));
        if new.active().is_some() {
            agenda.active.insert(at)
        } else {
            agenda.active.remove(&at)
        };
        let urgency = self.graph.urgency(at);
        let waiting = if self.graph.agents[at] { &mut agenda.agents } else { &mut agenda.launchable };
        if *new == Progress::Ready {
            waiting.insert(urgency);
        } else {
            waiting.remove(&urgency);
        }
        self.look_at_clock(at);
    }

    /// Brings the task's deadline up to date.
    pub(super) fn look_at_clock(&mut self, at: Index) {
        let due = match &self.history.tasks[at] {
            Progress::Resting(rest) => Some(rest.until),
            Progress::Active(_) if self.watch.exited[at] => None,
            Progress::Active(active) => {
                active.due(self.graph.task(at), self.watch.heard[at]).map(|(moment, _)| moment)
            }
            _ => None,
        };
        self.agenda.set_due(at, due);
    }
}

impl Agenda {
    pub fn set_due(&mut self, at: Index, due: Option<Moment>) {
        if let Some(old) = std::mem::replace(&mut self.due[at], due) {
            self.deadlines.remove(&(old, at));
        }
        if let Some(new) = due {
            self.deadlines.insert((new, at));
        }
    }
}

/// A task that was never launched.
pub(super) const fn untouched(unmet: usize) -> Progress {
    match unmet {
        0 => Progress::Ready,
        unmet => Progress::Waiting { unmet },
    }
}

const fn is_waiting(progress: &Progress) -> bool {
    matches!(progress, Progress::Waiting { .. })
}

/// The reason only rises, and grace counts from the first time it was asked.
fn harder(stop: Option<Stop>, reason: StopReason, now: Moment) -> Stop {
    match stop {
        Some(stop) => Stop { reason: stop.reason.max(reason), since: stop.since },
        None => Stop { reason, since: now },
    }
}
