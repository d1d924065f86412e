//! Looks at what the scheduler says and does, knows the rules by itself, and objects.
//!
//! It shares no code with the scheduler: what it knows, it has from the events, the effects and what
//! the world was told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use crate::{
    clock::Moment,
    ids::{AttemptId, TaskName},
    run::{
        EventKind, Exit, Limits, Outcome, Reported, RetryOn, Specification, StopReason, Task, Verdict, Work,
    },
    schedule::{Effect, Facts, Input, Step},
};

/// What the witness knows of an attempt that runs.
struct Open {
    since: Moment,
    heard: Moment,
    stop: Option<(StopReason, Moment)>,
    killed: bool,
    slow: bool,
    started: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "what has been said is said or not")]
pub(super) struct Witness {
    spec: Arc<Specification>,
    open: BTreeMap<AttemptId, Open>,
    /// Those that were sent TERM or KILL.
    asked: BTreeSet<AttemptId>,
    /// The ends of each task's attempts, in order.
    ends: BTreeMap<TaskName, Vec<(Outcome, Moment)>>,
    done: BTreeMap<TaskName, Outcome>,
    blocked: BTreeSet<TaskName>,
    queued: BTreeSet<TaskName>,
    begun: bool,
    paused: bool,
    journal_down: bool,
    cancelling: bool,
    recovering: bool,
    finish_asked: bool,
    /// No agent may be started before this.
    agents_from: Moment,
    /// No agent can be held back beyond this.
    agents_by: Moment,
    pub verdict: Option<Verdict>,
}

impl Witness {
    pub fn new(spec: Arc<Specification>) -> Self {
        Self {
            spec,
            open: BTreeMap::new(),
            asked: BTreeSet::new(),
            ends: BTreeMap::new(),
            done: BTreeMap::new(),
            blocked: BTreeSet::new(),
            queued: BTreeSet::new(),
            begun: false,
            paused: false,
            journal_down: false,
            cancelling: false,
            recovering: false,
            finish_asked: false,
            agents_from: Moment::from_millis(0),
            agents_by: Moment::from_millis(0),
            verdict: None,
        }
    }

    /// Another supervisor looks at the journal: what the first one observed is forgotten.
    pub fn supervisor_died(&mut self) {
        self.finish_asked = false;
        self.journal_down = false;
    }

    pub fn see(&mut self, input: &Input, step: &Step, now: Moment) {
        self.hear(input);
        for event in &step.events {
            assert_eq!(self.verdict, None, "an event after the end: {event:?}");
            self.see_event(event, input, now);
        }
        self.check_effects(input, step);
        if !matches!(input, Input::Heard { .. }) {
            self.check_limits(now);
            self.check_nobody_waits_in_vain(now);
            self.check_the_end(step);
        }
    }

    fn hear(&mut self, input: &Input) {
        match input {
            Input::Heard { attempt, at } => {
                if let Some(open) = self.open.get_mut(attempt) {
                    open.heard = open.heard.max(*at);
                }
            }
            Input::JournalDown => self.journal_down = true,
            Input::JournalUp => self.journal_down = false,
            Input::Recover => self.recovering = true,
            _ => {}
        }
    }

    fn see_event(&mut self, event: &EventKind, input: &Input, now: Moment) {
        match event {
            EventKind::RunCreated { .. } => panic!("the supervisor does not create"),
            EventKind::RunStarted { .. } => assert!(!std::mem::replace(&mut self.begun, true)),
            EventKind::TaskQueued { task } => assert!(self.queued.insert(task.clone())),
            EventKind::TaskReady { attempt } => self.see_launch(attempt, now),
            EventKind::AttemptStarted { attempt, .. } => {
                assert!(!std::mem::replace(&mut self.open(attempt).started, true), "started twice");
            }
            EventKind::AttemptSlow { attempt } => self.see_slow(attempt, now),
            EventKind::AttemptStopping { attempt, reason } => self.see_stop(attempt, *reason, now),
            EventKind::AttemptKilling { attempt } => self.see_kill(attempt, input, now),
            EventKind::AttemptEnded { attempt, ending } => {
                self.see_end(attempt, &ending.outcome, input, now);
            }
            EventKind::TaskEnded { task, outcome } => self.see_task_end(task, outcome),
            EventKind::TaskBlocked { task, by } => self.see_block(task, by.as_ref()),
            EventKind::RunCancelling { .. } => {
                assert!(!std::mem::replace(&mut self.cancelling, true), "cancelled twice");
            }
            EventKind::RunPaused { .. } => assert!(!std::mem::replace(&mut self.paused, true)),
            EventKind::RunUnpaused { .. } => assert!(std::mem::replace(&mut self.paused, false)),
            EventKind::ClockGap { .. } => assert!(matches!(input, Input::ClockGap { .. })),
            EventKind::RunEnded { verdict, .. } => self.see_verdict(*verdict),
            EventKind::PlanWritten { .. } | EventKind::PlanNotWritten { .. } => {
                panic!("the scheduler knows no plan")
            }
        }
    }

    fn see_launch(&mut self, attempt: &AttemptId, now: Moment) {
        assert!(self.queued.contains(&attempt.task), "launched before it was queued");
        assert!(!self.holds_back(), "launched while nothing may be");
        assert!(self.open.len() < self.spec.slots, "more attempts than slots");
        assert!(self.needs_done(self.task(&attempt.task)), "launched before its needs");
        assert!(!self.is_over(&attempt.task), "launched what is over");
        self.check_turn(attempt);
        let ends = self.ends.get(&attempt.task).map_or(&[][..], Vec::as_slice);
        assert_eq!(attempt.number as usize, ends.len() + 1, "attempts are counted one by one");
        let agent = starts_an_agent(self.task(&attempt.task));
        if let Some((outcome, at)) = ends.last() {
            let rest = rest_of(self.task(&attempt.task), ends);
            let rest = rest.unwrap_or_else(|| panic!("tried again after {outcome:?}, number {}", ends.len()));
            assert!(at.after(rest) <= now, "did not rest");
        }
        if agent {
            assert!(self.agents_from <= now, "an agent was started too early");
            self.agents_from = now.after(self.spec.stagger);
        }
        let open = Open { since: now, heard: now, stop: None, killed: false, slow: false, started: false };
        assert!(self.open.insert(attempt.clone(), open).is_none(), "launched twice");
    }

    /// Where the plan's order is kept, nothing is passed over that could begin as well.
    fn check_turn(&self, attempt: &AttemptId) {
        if !self.spec.strategy.as_ref().is_some_and(|it| it.strategy.keeps_plan_order()) {
            return;
        }
        let earlier = self.spec.tasks.iter().take_while(|task| task.name != attempt.task);
        for task in earlier.filter(|task| !self.ends.contains_key(&task.name)) {
            let runs = self.open.keys().any(|it| it.task == task.name);
            let could = !runs && !self.is_over(&task.name) && self.needs_done(task);
            assert!(!could, "{} was passed over for {attempt}", task.name);
        }
    }

    fn see_slow(&mut self, attempt: &AttemptId, now: Moment) {
        let wall = self.limits(attempt).wall.expect("slow without a limit");
        let open = self.open(attempt);
        assert!(!std::mem::replace(&mut open.slow, true), "slow twice");
        assert!(open.since.after(wall / 2) <= now, "slow too early");
        assert!(open.stop.is_none(), "slow when it is being stopped");
    }

    fn see_stop(&mut self, attempt: &AttemptId, reason: StopReason, now: Moment) {
        let limits = self.limits(attempt);
        let (cancelled, failed_fast) = (self.cancelling, self.failed_fast());
        let open = self.open(attempt);
        let due = match reason {
            StopReason::Idle => open.heard.after(limits.idle.expect("idle without a limit")) <= now,
            StopReason::TimedOut => open.since.after(limits.wall.expect("timed out without a limit")) <= now,
            StopReason::Cancelled => cancelled || failed_fast,
        };
        assert!(due, "stopped for {reason:?} without cause");
        assert!(open.stop.is_none_or(|(before, _)| before < reason), "asked again, and not harder");
        let since = open.stop.map_or(now, |(_, since)| since);
        open.stop = Some((reason, since));
    }

    fn see_kill(&mut self, attempt: &AttemptId, input: &Input, now: Moment) {
        let grace = self.task(&attempt.task).limits.grace;
        let without_grace = matches!(input, Input::Cancel { now: true, .. });
        let open = self.open(attempt);
        let (_, since) = open.stop.expect("killed before it was asked");
        assert!(without_grace || since.after(grace) <= now, "killed within its grace");
        assert!(!std::mem::replace(&mut open.killed, true), "killed twice");
    }

    fn see_end(&mut self, attempt: &AttemptId, outcome: &Outcome, input: &Input, now: Moment) {
        let open = self.open.remove(attempt).expect("ended what does not run");
        let expected = match (input, open.stop) {
            (Input::Recover, _) => Outcome::Lost,
            (Input::FailedToStart { why, .. }, _) => Outcome::FailedToStart { why: why.clone() },
            (_, Some((StopReason::Cancelled, _))) => Outcome::Cancelled,
            (_, Some((StopReason::TimedOut, _))) => Outcome::TimedOut,
            (_, Some((StopReason::Idle, _))) => Outcome::TimedOutIdle,
            (Input::Ended { facts, .. }, None) if said(facts).is_some() => said(facts).unwrap(),
            (Input::Ended { facts, .. }, None) => match (facts.exit, &facts.failure) {
                (Exit::Code(0), None) => Outcome::Succeeded,
                (Exit::Code(0), Some(line)) => Outcome::FailedPattern { line: line.clone() },
                (Exit::Code(code), _) => Outcome::Failed { code },
                (Exit::Signal(signal), _) => Outcome::Signalled { signal },
            },
            (input, None) => panic!("ended by {input:?}"),
        };
        assert_eq!(*outcome, expected);
        let closing = self.closing();
        let ends = self.ends.entry(attempt.task.clone()).or_default();
        ends.push((outcome.clone(), now));
        let rest = rest_of(self.spec.task(&attempt.task).expect("a task of this run"), ends);
        if let (Outcome::RateLimited { .. }, Some(rest), false) = (outcome, rest, closing) {
            self.agents_from = self.agents_from.max(now.after(rest));
            self.agents_by = self.agents_by.max(now.after(rest * 5 / 4));
        }
    }

    fn see_task_end(&mut self, task: &TaskName, outcome: &Outcome) {
        let ends = self.ends.get(task).expect("ended before it was tried");
        assert_eq!(ends.last().map(|(outcome, _)| outcome), Some(outcome), "not how its last attempt ended");
        let more = rest_of(self.task(task), ends).is_some();
        assert!(!more || self.closing(), "given up with tries left");
        assert!(!self.is_over(task), "over twice");
        self.done.insert(task.clone(), outcome.clone());
    }

    fn see_block(&mut self, task: &TaskName, by: Option<&TaskName>) {
        assert!(!self.is_over(task) && !self.ends.contains_key(task), "blocked what was tried");
        match by {
            None => assert!(self.cancelling || self.recovering, "blocked by nothing"),
            Some(by) => {
                let required = self.required(self.task(task)).any(|it| it == by);
                let needed = required && self.has_not_succeeded(by);
                let closed = (self.failed_fast() || self.signed_out()) && self.has_not_succeeded(by);
                assert!(needed || closed, "blocked by {by}");
            }
        }
        self.blocked.insert(task.clone());
    }

    fn see_verdict(&mut self, verdict: Verdict) {
        assert!(self.open.is_empty(), "ended while something runs");
        assert!(self.spec.tasks.iter().all(|task| self.is_over(&task.name)), "ended with something undone");
        let any = |wanted: &dyn Fn(&Outcome) -> bool| self.done.values().any(wanted);
        let expected = if self.recovering {
            Verdict::Lost
        } else if any(&|it| failed(it) && retry_kind(it) != Some(RetryOn::TimedOut)) {
            Verdict::Failed
        } else if any(&|it| retry_kind(it) == Some(RetryOn::TimedOut)) {
            Verdict::TimedOut
        } else if self.cancelling {
            Verdict::Cancelled
        } else if any(&|it| it.word() == "blocked") {
            Verdict::Failed
        } else {
            assert!(self.done.len() == self.spec.tasks.len() && !any(&|it| *it != Outcome::Succeeded));
            Verdict::Succeeded
        };
        assert_eq!(verdict, expected);
        let untouched = self.done.values().all(|it| *it == Outcome::Succeeded) && self.blocked.is_empty();
        assert!(verdict != Verdict::Cancelled || !untouched, "cancelled, and it is not true");
        self.verdict = Some(verdict);
    }

    /// What is said is done, once, and nothing else is.
    fn check_effects(&mut self, input: &Input, step: &Step) {
        let at_once = matches!(input, Input::Cancel { now: true, .. });
        let said = step.events.iter().filter_map(|event| self.done_for(event, at_once)).collect();
        let done = step.effects.iter().filter(|effect| **effect != Effect::Finish).cloned().collect();
        assert_eq!(sorted(done), sorted(said), "said and done differ");
        for effect in &step.effects {
            match effect {
                Effect::Stop { attempt } => assert!(self.asked.insert(attempt.clone()), "TERM twice"),
                Effect::Kill { attempt } => _ = self.asked.insert(attempt.clone()),
                Effect::Launch { .. } => {}
                Effect::Finish => {
                    assert!(!std::mem::replace(&mut self.finish_asked, true), "finished twice");
                }
            }
        }
    }

    /// What has to be done because of this event. TERM is sent once, and not to what is killed at once.
    fn done_for(&self, event: &EventKind, at_once: bool) -> Option<Effect> {
        match event {
            EventKind::TaskReady { attempt } => Some(Effect::Launch { attempt: attempt.clone() }),
            EventKind::AttemptKilling { attempt } => Some(Effect::Kill { attempt: attempt.clone() }),
            EventKind::AttemptStopping { attempt, .. } if !at_once && !self.asked.contains(attempt) => {
                Some(Effect::Stop { attempt: attempt.clone() })
            }
            _ => None,
        }
    }

    /// Nothing outlives its limits by as much as one step.
    fn check_limits(&self, now: Moment) {
        for (attempt, open) in &self.open {
            let limits = self.limits(attempt);
            let past =
                |since: Moment, limit: Option<Duration>| limit.is_some_and(|it| since.after(it) <= now);
            if let Some((_, since)) = open.stop {
                let over = !open.killed && past(since, Some(limits.grace));
                assert!(!over, "{attempt} lives past its grace");
                continue;
            }
            assert!(!past(open.since, limits.wall), "{attempt} lives past its wall time");
            assert!(!past(open.heard, limits.idle), "{attempt} is silent for too long");
            let half = limits.wall.map(|wall| wall / 2);
            assert!(open.slow || !past(open.since, half), "{attempt} is slow and nobody says so");
            let asked = self.cancelling || self.recovering || self.failed_fast();
            assert!(!asked, "{attempt} was not asked to end");
        }
    }

    /// A free slot and a task that could use it do not stand side by side.
    fn check_nobody_waits_in_vain(&self, now: Moment) {
        if self.holds_back() || !self.begun || self.open.len() >= self.spec.slots {
            return;
        }
        for task in &self.spec.tasks {
            let runs = self.open.keys().any(|attempt| attempt.task == task.name);
            let ends = self.ends.get(&task.name).map_or(&[][..], Vec::as_slice);
            let longest = rest_of(task, ends).unwrap_or_default() * 5 / 4;
            let rested = ends.last().is_none_or(|(_, at)| at.after(longest) <= now);
            let held = starts_an_agent(task) && self.agents_from.max(self.agents_by) > now;
            let could = !held
                && !self.waits_its_turn(task, now)
                && !runs
                && !self.is_over(&task.name)
                && rested
                && self.needs_done(task);
            assert!(!could, "{} waits beside a free slot", task.name);
        }
    }

    fn check_the_end(&self, step: &Step) {
        let settled = self.spec.tasks.iter().all(|task| self.is_over(&task.name));
        assert_eq!(settled && (self.begun || self.recovering), self.finish_asked, "{step:?}");
        for task in &self.spec.tasks {
            let hopeless = self.required(task).any(|need| self.has_not_succeeded(need));
            assert!(!hopeless || self.is_over(&task.name), "{} waits for what can't come", task.name);
        }
    }

    fn holds_back(&self) -> bool {
        self.paused || self.journal_down || self.recovering || self.closing()
    }

    fn closing(&self) -> bool {
        self.cancelling || self.recovering || self.failed_fast() || self.signed_out()
    }

    fn failed_fast(&self) -> bool {
        self.spec.fail_fast
            && self.done.values().any(|outcome| failed(outcome) || outcome.word() == "blocked")
    }

    fn signed_out(&self) -> bool {
        self.done.values().any(|outcome| outcome.word() == "not_signed_in")
    }

    /// Where the plan's order is kept, one may wait for another whose agent may not be started yet.
    fn waits_its_turn(&self, task: &Task, now: Moment) -> bool {
        let in_order = self.spec.strategy.as_ref().is_some_and(|it| it.strategy.keeps_plan_order());
        let earlier = self.spec.tasks.iter().take_while(|it| it.name != task.name);
        in_order && earlier.into_iter().any(starts_an_agent) && self.agents_from.max(self.agents_by) > now
    }

    fn is_over(&self, task: &TaskName) -> bool {
        self.done.contains_key(task) || self.blocked.contains(task)
    }

    fn has_not_succeeded(&self, task: &TaskName) -> bool {
        self.is_over(task) && self.done.get(task) != Some(&Outcome::Succeeded)
    }

    fn needs_done(&self, task: &Task) -> bool {
        let has_succeeded = |it: &TaskName| self.done.get(it) == Some(&Outcome::Succeeded);
        let is_there = |it: &&TaskName| self.spec.task(it).is_some();
        let passed = |gate: &usize| {
            let gate = &self.spec.gates[*gate];
            let mut before = gate.after.iter().filter(is_there);
            before.all(|it| if gate.must_succeed { has_succeeded(it) } else { self.is_over(it) })
        };
        task.needs.iter().all(has_succeeded)
            && task.after.iter().filter(is_there).all(|it| self.is_over(it))
            && task.gates.iter().all(passed)
    }

    /// What must succeed before this task, by itself or at a gate.
    fn required<'a>(&'a self, task: &'a Task) -> impl Iterator<Item = &'a TaskName> {
        let gates = task.gates.iter().map(|gate| &self.spec.gates[*gate]).filter(|it| it.must_succeed);
        task.needs.iter().chain(gates.flat_map(|gate| &gate.after))
    }

    /// Zero means no limit.
    fn limits(&self, attempt: &AttemptId) -> Limits {
        let limits = self.task(&attempt.task).limits;
        let real = |limit: Option<Duration>| limit.filter(|it| !it.is_zero());
        Limits { wall: real(limits.wall), idle: real(limits.idle), ..limits }
    }

    fn task(&self, name: &TaskName) -> &Task {
        self.spec.task(name).expect("a task of this run")
    }

    fn open(&mut self, attempt: &AttemptId) -> &mut Open {
        self.open.get_mut(attempt).unwrap_or_else(|| panic!("{attempt} does not run"))
    }
}

fn sorted(mut effects: Vec<Effect>) -> Vec<Effect> {
    effects.sort_by_key(|effect| format!("{effect:?}"));
    effects
}

/// The least that a task rests after these ends; nothing when it is not tried again.
fn rest_of(task: &Task, ends: &[(Outcome, Moment)]) -> Option<Duration> {
    let (last, _) = ends.last()?;
    let retries = &task.retries;
    let count = |same: &dyn Fn(&Outcome) -> bool| ends.iter().filter(|(it, _)| same(it)).count();
    let (backoff, count, most) = match last.word() {
        "over_context" => (retries.backoff, count(&|it| it.word() == "over_context"), retries.context),
        "bad_task_file" => (retries.backoff, count(&|it| it.word() == "bad_task_file"), retries.task_file),
        "rate_limited" => {
            let in_a_row = ends.iter().rev().take_while(|(it, _)| it.word() == "rate_limited").count();
            if let Outcome::RateLimited { retry_after_ms: Some(told @ 1..) } = last {
                return Some(Duration::from_millis(*told));
            }
            (retries.wait, in_a_row, 100)
        }
        _ if retries.on.contains(&retry_kind(last)?) => {
            (retries.backoff, count(&|it| retry_kind(it).is_some()), retries.max)
        }
        _ => return None,
    };
    let doublings = u32::try_from(count - 1).unwrap();
    (count <= most as usize).then(|| (backoff * 2_u32.pow(doublings.min(20))).min(Duration::from_hours(1)))
}

fn starts_an_agent(task: &Task) -> bool {
    task.work != Work::Program
}

/// It did not go well, and nobody asked for that.
fn failed(outcome: &Outcome) -> bool {
    !matches!(outcome.word(), "succeeded" | "cancelled" | "lost" | "blocked")
}

/// What a performer's word means.
fn said(facts: &Facts) -> Option<Outcome> {
    let (Some(report), Exit::Code(_)) = (&facts.report, facts.exit) else { return None };
    Some(match report.end.clone() {
        Reported::RateLimited { retry_after_ms } => Outcome::RateLimited { retry_after_ms },
        Reported::NotSignedIn { program } => Outcome::NotSignedIn { program },
        Reported::OverContext => Outcome::OverContext,
        Reported::Blocked { reason } => Outcome::Blocked { reason },
        Reported::ChecksFailed { command, code } => Outcome::Unverified { command, code },
        Reported::StepFailed { step, why } => Outcome::StepFailed { step, why },
        Reported::BadTaskFile { file, why } => Outcome::BadTaskFile { file, why },
        Reported::AgentFailed { why } => Outcome::AgentFailed { why },
        Reported::Exited { code } => Outcome::Failed { code },
        _ => return None,
    })
}

fn retry_kind(outcome: &Outcome) -> Option<RetryOn> {
    match outcome.word() {
        "failed" | "signalled" | "failed_pattern" | "failed_to_start" | "unverified" | "agent_failed" => {
            Some(RetryOn::Failed)
        }
        "timed_out" | "timed_out_idle" => Some(RetryOn::TimedOut),
        _ => None,
    }
}
