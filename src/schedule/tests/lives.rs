//! Simulated lives: random plans in a random world, looked at after every input.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use super::{Dice, process, shared, spec, task, witness::Witness};
use crate::{
    clock::Moment,
    ids::{AttemptId, TaskName},
    run::{
        Chosen, Doer, EventKind, Exit, Gate, LaunchFailure, Limits, Performance, Report, Reported, Retries,
        RetryOn, Specification, Strategy, Task, Verdict, Work,
    },
    schedule::{Effect, Facts, Input, State, Step, step},
};

#[test]
fn every_life_keeps_every_rule() {
    let mut verdicts = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for seed in 1..6_000 {
        let life = std::panic::catch_unwind(|| Life::new(seed).live());
        let (verdict, words) = life.unwrap_or_else(|_| panic!("in the life of seed {seed}"));
        *verdicts.entry(verdict).or_insert(0) += 1;
        seen.extend(words);
    }
    let rare: Vec<_> = verdicts.iter().filter(|(_, count)| **count < 50).collect();
    assert!(verdicts.len() == 5 && rare.is_empty(), "these lives are too tame: {verdicts:?}");
    assert_eq!(seen.len(), 15, "every event but run_created is seen: {seen:?}");
}

/// A world with its supervisor in it.
struct Life {
    dice: Dice,
    spec: Arc<Specification>,
    state: State,
    /// Follows the live state by events alone.
    replayed: State,
    journal: Vec<(EventKind, Moment)>,
    witness: Witness,
    now: Moment,
    children: BTreeMap<AttemptId, Child>,
    /// What will reach the supervisor, by when. The number keeps what happens together in order.
    mail: BTreeMap<(Moment, usize), Input>,
    posted: usize,
    paused: bool,
    journal_down: bool,
}

/// A process. It prints every so often until it falls silent.
struct Child {
    since: Moment,
    period: Duration,
    silent: Moment,
}

impl Child {
    fn last_output(&self, now: Moment) -> Moment {
        let talked = now.min(self.silent).since(self.since).as_millis();
        let periods = talked / self.period.as_millis();
        self.since.after(self.period * u32::try_from(periods).unwrap())
    }
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let spec = shared(any_spec(&mut dice));
        let mut life = Self {
            state: State::new(Arc::clone(&spec)),
            replayed: State::new(Arc::clone(&spec)),
            witness: Witness::new(Arc::clone(&spec)),
            dice,
            spec,
            journal: Vec::new(),
            now: Moment::from_millis(3),
            children: BTreeMap::new(),
            mail: BTreeMap::new(),
            posted: 0,
            paused: false,
            journal_down: false,
        };
        life.post(Duration::ZERO, Input::Begin { supervisor: process() });
        life
    }

    /// Until the end, which has to come.
    fn live(mut self) -> (Verdict, BTreeSet<&'static str>) {
        for _ in 0..5_000 {
            let input = self.next_input();
            self.take(&input);
            if let Some(verdict) = self.witness.verdict {
                assert_eq!(self.state.verdict(), Some(verdict));
                self.the_dead_stay_dead();
                return (verdict, self.journal.iter().map(|(event, _)| event.word()).collect());
            }
        }
        panic!("it never ends");
    }

    fn post(&mut self, after: Duration, input: Input) {
        self.posted += 1;
        self.mail.insert((self.now.after(after), self.posted), input);
    }

    fn next_input(&mut self) -> Input {
        if self.dice.one_in(25)
            && let Some(input) = self.trouble()
        {
            return input;
        }
        let mail_at = self.mail.keys().next().map(|(at, _)| *at);
        match (mail_at, self.state.next_deadline()) {
            (Some(mail), deadline) if deadline.is_none_or(|deadline| mail <= deadline) => {
                let ((at, _), input) = self.mail.pop_first().unwrap();
                self.now = self.now.max(at);
                input
            }
            (_, Some(deadline)) => {
                // Nobody wakes to the millisecond.
                let late = if self.dice.one_in(4) { self.dice.millis(30) } else { Duration::ZERO };
                self.now = self.now.max(deadline).after(late);
                Input::Tick
            }
            (None, None) => self.let_go(),
            (Some(_), None) => unreachable!("mail without a deadline comes first"),
        }
    }

    /// Only what holds the run back keeps it from going on.
    fn let_go(&mut self) -> Input {
        if std::mem::take(&mut self.journal_down) {
            return Input::JournalUp;
        }
        assert!(std::mem::take(&mut self.paused), "nothing will ever happen again");
        Input::Unpause { by: "ada".to_owned() }
    }

    fn trouble(&mut self) -> Option<Input> {
        match self.dice.roll(10) {
            0 if self.dice.one_in(2) => {
                Some(Input::Cancel { reason: None, by: "ada".to_owned(), now: self.dice.one_in(3) })
            }
            1 => {
                self.paused = true;
                Some(Input::Pause { by: "ada".to_owned() })
            }
            2 if self.paused => {
                self.paused = false;
                Some(Input::Unpause { by: "ada".to_owned() })
            }
            3 => Some(Input::ClockGap { gap: self.dice.millis(100_000) }),
            4 => {
                self.journal_down = !self.journal_down;
                Some(if self.journal_down { Input::JournalDown } else { Input::JournalUp })
            }
            5 if self.dice.one_in(4) => Some(self.crash()),
            6 => self.something_stale(),
            7 => {
                self.think_again();
                None
            }
            8 => Some(Input::Tick),
            _ => None,
        }
    }

    /// The supervisor is gone with all it minded; somebody replays the journal.
    fn crash(&mut self) -> Input {
        self.children.clear();
        self.mail.clear();
        self.state = self.replay();
        self.witness.supervisor_died();
        self.journal_down = false;
        Input::Recover
    }

    /// A report that was sent twice, or of an attempt that nobody launched.
    fn something_stale(&mut self) -> Option<Input> {
        let (EventKind::AttemptEnded { attempt, .. }, _) = self.journal.last()? else { return None };
        let attempt =
            AttemptId { number: attempt.number + u32::from(self.dice.one_in(2)), ..attempt.clone() };
        let runs = self.state.active().any(|it| it == attempt);
        (!runs).then(|| Input::Ended { attempt, facts: Facts::bare(Exit::Code(0)) })
    }

    /// The same supervisor with a state replayed from the journal: the rest of its life is the same.
    fn think_again(&mut self) {
        let watch = self.state.watch.clone();
        let before = self.state.next_deadline();
        self.state = self.replay();
        self.state.watch = watch;
        for attempt in self.state.active().collect::<Vec<_>>() {
            let at = self.state.graph.find(&attempt.task).unwrap();
            self.state.look_at_clock(at);
        }
        // What has rested is no deadline any more for the one who was there.
        assert!(self.state.next_deadline() <= before || before.is_none(), "a replay forgets a deadline");
    }

    fn replay(&self) -> State {
        let mut state = State::new(Arc::clone(&self.spec));
        self.journal.iter().for_each(|(event, at)| state.apply(event, *at));
        assert_eq!(state, self.state, "a replay differs");
        state
    }

    fn take(&mut self, input: &Input) {
        for attempt in self.state.listening_for(self.now) {
            let Some(child) = self.children.get(&attempt) else { continue };
            let at = child.last_output(self.now);
            self.turn(&Input::Heard { attempt, at });
        }
        self.turn(input);
        let next = self.state.next_deadline();
        assert!(next.is_none_or(|next| self.now < next), "a deadline that a tick does not serve");
    }

    fn turn(&mut self, input: &Input) {
        let step = step(&mut self.state, input, self.now);
        self.witness.see(input, &step, self.now);
        for event in &step.events {
            self.replayed.apply(event, self.now);
            self.journal.push((event.clone(), self.now));
        }
        assert_eq!(self.replayed, self.state, "a replay differs after {input:?}");
        self.act(step);
    }

    fn act(&mut self, step: Step) {
        for effect in step.effects {
            match effect {
                Effect::Launch { attempt } => self.launch(attempt),
                Effect::Stop { attempt } if self.dice.one_in(2) => {
                    let code = Exit::Code(if self.dice.one_in(3) { 0 } else { 143 });
                    self.end(attempt, Duration::from_millis(5), code);
                }
                Effect::Stop { .. } => {}
                Effect::Kill { attempt } => self.end(attempt, Duration::from_millis(3), Exit::Signal(9)),
                Effect::Finish => {
                    let after = self.dice.millis(5);
                    self.post(after, Input::Finished { deliverables: Vec::new(), survivors: Vec::new() });
                }
            }
        }
    }

    fn launch(&mut self, attempt: AttemptId) {
        if self.dice.one_in(12) {
            let why = LaunchFailure::NotFound { program: "made".to_owned() };
            let after = self.dice.millis(2);
            return self.post(after, Input::FailedToStart { attempt, why });
        }
        let after = self.dice.millis(2);
        self.post(after, Input::Started { attempt: attempt.clone(), process: process() });
        let period = Duration::from_millis(1 + self.dice.roll(20));
        let silent = self.now.after(self.dice.millis(200));
        self.children.insert(attempt.clone(), Child { since: self.now, period, silent });
        let limits = self.spec.task(&attempt.task).unwrap().limits;
        let ends = [limits.wall, limits.idle].into_iter().flatten().any(|limit| !limit.is_zero());
        let hangs = ends && self.dice.one_in(5);
        if !hangs {
            let exit = match self.dice.roll(12) {
                0..3 => Exit::Code(1),
                3 => Exit::Signal(11),
                _ => Exit::Code(0),
            };
            self.end(attempt, Duration::from_millis(120), exit);
        }
    }

    fn end(&mut self, attempt: AttemptId, within: Duration, exit: Exit) {
        let ends = |input: &Input| matches!(input, Input::Ended { attempt: it, .. } if *it == attempt);
        let failed =
            |input: &Input| matches!(input, Input::FailedToStart { attempt: it, .. } if *it == attempt);
        let after = self.dice.millis(u64::try_from(within.as_millis()).unwrap());
        let at = self.now.after(after);
        if self.mail.iter().any(|((when, _), input)| failed(input) || (ends(input) && *when <= at)) {
            return;
        }
        self.mail.retain(|_, input| !ends(input));
        let failure = self.dice.one_in(20).then(|| "FAILED: 1 check".to_owned());
        let performed = self.spec.task(&attempt.task).unwrap().work != Work::Program;
        let report = performed.then(|| Box::new(any_report(&mut self.dice)));
        self.post(after, Input::Ended { attempt, facts: Facts { failure, report, ..Facts::bare(exit) } });
    }

    /// Whatever still comes in leads to nothing.
    fn the_dead_stay_dead(&mut self) {
        let by = "ada".to_owned();
        for input in [
            Input::Tick,
            Input::Cancel { reason: None, by: by.clone(), now: true },
            Input::Pause { by },
            Input::Recover,
            Input::Finished { deliverables: Vec::new(), survivors: Vec::new() },
        ] {
            assert_eq!(step(&mut self.state, &input, self.now), Step::default(), "{input:?}");
        }
        assert_eq!(self.state.next_deadline(), None);
        assert_eq!(self.state.active().count(), 0);
    }
}

fn any_spec(dice: &mut Dice) -> Specification {
    let count = dice.roll(9);
    let mut tasks: Vec<Task> = (0..count).map(|number| any_task(dice, number)).collect();
    let gates = any_gates(dice, &mut tasks);
    let strategy = Strategy::ALL[usize::try_from(dice.roll(6)).unwrap()];
    let strategy = dice.one_in(2).then(|| Chosen { strategy, from: "dice".to_owned() });
    let slots = 1 + usize::try_from(dice.roll(4)).unwrap();
    Specification {
        fail_fast: dice.one_in(4),
        seed: dice.roll(1 << 40),
        gates,
        strategy,
        stagger: dice.millis(20),
        ..spec(slots, tasks)
    }
}

/// Gates somewhere between the tasks, now and then with a name before it that is not in the list.
fn any_gates(dice: &mut Dice, tasks: &mut [Task]) -> Vec<Gate> {
    let mut gates = Vec::new();
    for number in 0..usize::try_from(dice.roll(3)).unwrap() {
        let border = usize::try_from(dice.roll(tasks.len() as u64 + 1)).unwrap();
        let before: Vec<TaskName> =
            tasks[..border].iter().filter(|_| !dice.one_in(3)).map(|it| it.name.clone()).collect();
        let gone = dice.one_in(5).then(|| TaskName::from("gone"));
        let after = before.into_iter().chain(gone).collect();
        gates.push(Gate { name: format!("g{number}"), after, must_succeed: dice.one_in(2) });
        for task in &mut tasks[border..] {
            task.gates.extend((!dice.one_in(3)).then_some(number));
        }
    }
    gates
}

fn any_report(dice: &mut Dice) -> Report {
    let text = || "as it is".to_owned();
    Report::of(match dice.roll(24) {
        0 | 1 => Reported::RateLimited { retry_after_ms: dice.one_in(2).then(|| dice.roll(30)) },
        2 if dice.one_in(3) => Reported::NotSignedIn { program: text() },
        3 => Reported::OverContext,
        4 => Reported::Blocked { reason: text() },
        5 => Reported::ChecksFailed { command: text(), code: Some(1) },
        6 => Reported::StepFailed { step: text(), why: text() },
        7 => Reported::BadTaskFile { file: text(), why: text() },
        8 => Reported::AgentFailed { why: text() },
        9 => Reported::Exited { code: 7 },
        _ => Reported::Done,
    })
}

fn by_agent() -> Work {
    Work::Performed(Box::new(Performance {
        subject: None,
        doer: Doer::Agent { asked: None, otherwise: "fake".to_owned(), prompt: None },
        checks: Vec::new(),
        plan_commands: false,
    }))
}

fn any_task(dice: &mut Dice, number: u64) -> Task {
    let any_limit = |dice: &mut Dice, below| match dice.roll(5) {
        0 => None,
        1 => Some(Duration::ZERO),
        _ => Some(Duration::from_millis(1 + dice.roll(below))),
    };
    let on = [RetryOn::Failed, RetryOn::TimedOut].into_iter().filter(|_| !dice.one_in(3)).collect();
    Task {
        needs: (0..number).filter(|_| dice.one_in(4)).map(|it| format!("t{it}").as_str().into()).collect(),
        after: (0..number).filter(|_| dice.one_in(8)).map(|it| format!("t{it}").as_str().into()).collect(),
        limits: Limits { wall: any_limit(dice, 100), idle: any_limit(dice, 40), grace: dice.millis(20) },
        retries: Retries {
            max: u32::try_from(dice.roll(4)).unwrap(),
            backoff: dice.millis(15),
            on,
            context: u32::try_from(dice.roll(3)).unwrap(),
            task_file: u32::try_from(dice.roll(2)).unwrap(),
            wait: dice.millis(15),
        },
        work: if dice.one_in(3) { by_agent() } else { Work::Program },
        ..task(&format!("t{number}"))
    }
}
