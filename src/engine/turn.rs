//! The turning itself.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    time::Duration,
};

use super::{
    Error, Message, Parts,
    ending::facts,
    order::{Passing, Surroundings, order},
    recorder::Recorder,
    scribe::{self, Ledger, Pen, Scribe, Written},
};
use crate::{
    clock::{Clock, Moment, Timestamp},
    ids::{AttemptId, TaskName},
    process::launcher::{Launcher, Report},
    run::{Answer, EventKind, Specification, Status, Task, Verdict},
    schedule::{self, Effect, Input, State, Step},
    workspace::{
        Snapshot, changes,
        state::{RunFolder, StateFolder},
    },
};

/// Behind the bell, and between two looks at a journal that can't be written.
const POLL: Duration = Duration::from_millis(250);

/// A start is written so much later at most, to be written with what follows it.
const GATHERING: Duration = Duration::from_millis(4);

/// Clocks that part by less did not sleep: they are read one after the other.
const GAP: Duration = Duration::from_secs(1);

/// A run that is over waits so long for a journal that can't be written; then the spool speaks for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Turns the run until it is over, and says how it ended. `started` is called once `run_started` is
/// written, before anything is launched.
///
/// While the journal can't be written, events are kept in memory and in the run's spool, nothing more
/// is launched, what runs goes on, and the journal is tried again and again.
///
/// # Errors
/// When the run can't be started: it is not queued, or the journal can't be written. Nothing was
/// launched then, and `started` was not called.
pub fn supervise(parts: Parts, inbox: &Receiver<Message>, started: impl FnOnce()) -> Result<Verdict, Error> {
    let mut engine = Engine::begin(parts, started)?;
    loop {
        if let Some(verdict) = engine.over() {
            engine.close();
            return Ok(verdict);
        }
        let mut messages = Vec::new();
        match inbox.recv_timeout(engine.patience()) {
            Ok(message) => messages.push(message),
            Err(RecvTimeoutError::Timeout) => {}
            // Nobody is left to tell us anything; the journal may still hold requests.
            Err(RecvTimeoutError::Disconnected) => std::thread::park_timeout(engine.patience()),
        }
        // All that is known already is known before a deadline is served.
        messages.extend(inbox.try_iter());
        // What has only started may be over in a moment, and is then written with its end.
        if !messages.is_empty() && messages.iter().all(is_start) {
            messages.extend(inbox.recv_timeout(GATHERING.min(engine.patience())));
            messages.extend(inbox.try_iter());
        }
        engine.take_all(messages);
        engine.look_around();
    }
}

/// One run being turned.
pub(super) struct Engine {
    pub spec: Arc<Specification>,
    pub state: State,
    pub recorder: Recorder,
    pub launcher: Box<dyn Launcher>,
    pub clock: Arc<dyn Clock>,
    folder: RunFolder,
    state_folder: StateFolder,
    workspace: PathBuf,
    passing: Passing,
    /// Where each task stands in the specification.
    places: HashMap<TaskName, usize>,
    /// How the deliverables were before anything ran.
    before: Snapshot,
    /// What an effect led to at once, to be taken next.
    upcoming: VecDeque<Input>,
    /// Answers that the journal has not taken yet.
    pub late_answers: BTreeMap<i64, Answer>,
    /// Writes the plan's files, where the run does that; gone when all is written.
    scribe: Option<Scribe>,
    /// Recorded aside, and not told to the scribe before the journal has it.
    untold: Vec<(EventKind, Timestamp)>,
    /// Files that the scribe wrote: no deliverables of the tasks.
    written: BTreeSet<String>,
    /// How far the clocks had parted at the last look.
    parted: Duration,
    last_poll: Moment,
    rung: bool,
    /// When the run ended, and whether we were asked to leave since.
    ended: Option<(Moment, bool)>,
}

impl Engine {
    pub fn begin(parts: Parts, started: impl FnOnce()) -> Result<Self, Error> {
        let Parts { state: state_folder, journal, spec, launcher, clock, workspace, env, supervisor, inbox } =
            parts;
        let (last, status) = journal.standing(spec.run)?;
        if status != Status::Queued {
            return Err(Error::NotQueued { run: spec.run, status });
        }
        let folder = state_folder.run(spec.run);
        let recorder = Recorder::new(
            journal,
            state_folder.journal(),
            Arc::clone(&spec),
            last,
            folder.spool(),
            Arc::clone(&clock),
        );
        let scribe = start_scribe(&spec, &workspace, &state_folder, &clock, inbox)
            .map_err(Error::while_doing("make ready for writing the plan"))?;
        let before = Snapshot::take(&workspace, &[state_folder.root()], &spec.deliverables);
        // Without it, only a lost run would not know what it made.
        if let Err(error) = before.write(&folder.listing()) {
            tracing::warn!("how files were before the run can't be written down: {error}");
        }
        let now = clock.now();
        let names = spec.tasks.iter().map(|task| task.name.clone());
        let places = names.zip(0..).collect();
        let mut engine = Self {
            state: State::new(Arc::clone(&spec)),
            parted: clock.boot().since(now),
            last_poll: now,
            rung: true,
            ended: None,
            upcoming: VecDeque::new(),
            late_answers: BTreeMap::new(),
            spec,
            recorder,
            launcher,
            clock,
            folder,
            state_folder,
            workspace,
            passing: Passing::of(env),
            places,
            before,
            scribe,
            untold: Vec::new(),
            written: BTreeSet::new(),
        };
        let step = schedule::step(&mut engine.state, &Input::Begin { supervisor }, now);
        engine.recorder.write(&step.events, now)?;
        started();
        engine.act(step.effects);
        engine.catch_up();
        Ok(engine)
    }

    /// Takes what came at once. Reports that lead to nothing to be done are written with the next one:
    /// what is to be done is always done before anything else is decided.
    pub fn take_all(&mut self, messages: Vec<Message>) {
        let now = self.clock.now();
        let mut gathered = Step::default();
        for message in messages {
            let report = match message {
                Message::Report(report) => report,
                other => {
                    self.carry_out(std::mem::take(&mut gathered), now);
                    self.take(other);
                    continue;
                }
            };
            let input = self.translate(report);
            self.listen(now);
            let step = schedule::step(&mut self.state, &input, now);
            gathered.events.extend(step.events);
            gathered.effects.extend(step.effects);
            if !gathered.effects.is_empty() {
                self.carry_out(std::mem::take(&mut gathered), now);
            }
        }
        self.carry_out(gathered, now);
    }

    /// Written, then done, and so on with what that led to.
    fn carry_out(&mut self, step: Step, now: Moment) {
        if step.events.is_empty() && step.effects.is_empty() {
            return;
        }
        let effects = self.write(step, now);
        self.act(effects);
        self.catch_up();
    }

    pub fn take(&mut self, message: Message) {
        match message {
            Message::Report(report) => {
                let input = self.translate(report);
                self.feed(&input);
            }
            Message::Written(Some(written)) => self.note(*written),
            Message::Written(None) => {
                self.scribe = None;
                self.conclude();
                self.catch_up();
            }
            Message::Bell => self.rung = true,
            Message::Terminate => self.terminate(),
        }
    }

    /// What is done whenever the engine wakes: the clocks, the journal, the requests, the deadlines.
    pub fn look_around(&mut self) {
        self.notice_sleep();
        let now = self.clock.now();
        if self.rung || self.last_poll.after(POLL) <= now {
            self.rung = false;
            self.last_poll = now;
            if self.recorder.notice_removal() {
                self.feed(&Input::JournalDown);
            }
            if self.recorder.try_again() {
                self.tell_what_is_untold();
                self.feed(&Input::JournalUp);
            }
            self.look_for_requests();
        }
        if self.state.next_deadline().is_some_and(|deadline| deadline <= self.clock.now()) {
            self.feed(&Input::Tick);
        }
    }

    /// How long there is nothing to do unless a message comes.
    pub fn patience(&self) -> Duration {
        let now = self.clock.now();
        let poll = self.last_poll.after(POLL).since(now);
        self.state.next_deadline().map_or(poll, |deadline| poll.min(deadline.since(now)))
    }

    /// The verdict, once it is written or will not be lost.
    pub fn over(&mut self) -> Option<Verdict> {
        let verdict = self.state.verdict()?;
        self.recorder.notice_removal();
        let now = self.clock.now();
        let (since, asked_to_leave) = *self.ended.get_or_insert((now, false));
        // A run whose folder was taken away has nowhere to be safe.
        let kept = self.recorder.is_safe() || !self.folder.root().exists();
        let tired = kept && since.after(PATIENCE) <= now;
        (!self.recorder.is_down() || tired || asked_to_leave).then_some(verdict)
    }

    /// The last words, to those who asked too late. The bell is taken down.
    pub fn close(&mut self) {
        self.write_late_answers();
        let (run, now) = (self.spec.run, self.clock.wall());
        if let Err(error) = self.recorder.journal.refuse_open_requests(run, "the run has ended", now) {
            tracing::warn!("requests that came too late could not be answered: {error}");
        }
        let _ = std::fs::remove_file(self.folder.bell());
        let _ = std::fs::remove_file(self.folder.listing());
    }

    /// Takes one input: decided, written, done, and so on with what that led to.
    pub fn feed(&mut self, input: &Input) {
        let effects = self.decide(input);
        self.act(effects);
        self.catch_up();
    }

    /// Decides and writes. What is left is to be done.
    pub fn decide(&mut self, input: &Input) -> Vec<Effect> {
        let now = self.clock.now();
        self.listen(now);
        let step = schedule::step(&mut self.state, input, now);
        self.write(step, now)
    }

    pub fn act(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Launch { attempt } => self.launch(&attempt),
                Effect::Stop { attempt } => self.launcher.stop(&attempt),
                Effect::Kill { attempt } => self.launcher.kill(&attempt),
                Effect::Finish => self.finish(),
            }
        }
    }

    /// What acting led to at once. A loop, so that ten thousand tasks without a program are no tower.
    pub fn catch_up(&mut self) {
        while let Some(input) = self.upcoming.pop_front() {
            let effects = self.decide(&input);
            self.act(effects);
        }
    }

    /// Tells the scheduler of the output of those it is about to judge for their silence.
    fn listen(&mut self, now: Moment) {
        for attempt in self.state.listening_for(now) {
            if let Some(at) = self.launcher.last_output(&attempt) {
                schedule::step(&mut self.state, &Input::Heard { attempt, at }, now);
            }
        }
    }

    fn write(&mut self, step: Step, now: Moment) -> Vec<Effect> {
        if step.events.is_empty() {
            return step.effects;
        }
        if self.recorder.is_down() {
            self.put_events_aside(step.events, now);
            return step.effects;
        }
        match self.recorder.write(&step.events, now) {
            Ok(()) => {
                self.tell(&step.events);
                step.effects
            }
            Err(error) => {
                tracing::error!("the journal can't be written, nothing more is launched: {error}");
                self.put_aside(step, now)
            }
        }
    }

    /// A launch that was not written is not done: it is taken back, and nothing ever said otherwise.
    fn put_aside(&mut self, step: Step, now: Moment) -> Vec<Effect> {
        let Step { mut events, mut effects } = step;
        events.retain(|event| !matches!(event, EventKind::TaskReady { .. }));
        effects.retain(|effect| {
            let Effect::Launch { attempt } = effect else { return true };
            self.state.take_back(attempt);
            false
        });
        self.put_events_aside(events, now);
        self.upcoming.push_front(Input::JournalDown);
        effects
    }

    fn put_events_aside(&mut self, events: Vec<EventKind>, now: Moment) {
        self.recorder.put_aside(&events, now);
        if self.scribe.is_some() {
            let ts = self.clock.wall();
            self.untold.extend(events.into_iter().map(|event| (event, ts)));
        }
    }

    /// Tells the scribe what was recorded.
    fn tell(&mut self, events: &[EventKind]) {
        if let Some(scribe) = &mut self.scribe {
            let ts = self.clock.wall();
            for event in events {
                scribe.hear(event, ts);
            }
        }
    }

    fn tell_what_is_untold(&mut self) {
        for (event, ts) in std::mem::take(&mut self.untold) {
            if let Some(scribe) = &mut self.scribe {
                scribe.hear(&event, ts);
            }
        }
    }

    /// Records what became of the plan's files.
    fn note(&mut self, written: Written) {
        self.written.extend(written.files.iter().cloned());
        let events = scribe::events(written);
        let now = self.clock.now();
        for event in &events {
            self.state.apply(event, now);
        }
        let effects = self.write(Step { events, effects: Vec::new() }, now);
        self.act(effects);
        self.catch_up();
    }

    fn launch(&mut self, attempt: &AttemptId) {
        let spec = Arc::clone(&self.spec);
        let around = Surroundings {
            spec: &spec,
            workspace: &self.workspace,
            passing: &mut self.passing,
            log: self.folder.log(attempt),
            folder: self.folder.root(),
        };
        match order(&spec.tasks[self.places[&attempt.task]], attempt, around) {
            Ok(order) => self.launcher.launch(order),
            Err(why) => self.upcoming.push_back(Input::FailedToStart { attempt: attempt.clone(), why }),
        }
    }

    /// The run's end waits for what is still to be written into the plan.
    fn finish(&mut self) {
        self.tell_what_is_untold();
        match &mut self.scribe {
            Some(scribe) => scribe.finish(),
            None => self.conclude(),
        }
    }

    fn conclude(&mut self) {
        let survivors = self.launcher.sweep_all();
        let after = Snapshot::take(&self.workspace, &[self.state_folder.root()], &self.spec.deliverables);
        let mut deliverables = changes(&self.before, &after);
        deliverables.retain(|file| !self.written.contains(file));
        self.upcoming.push_back(Input::Finished { deliverables, survivors });
    }

    fn translate(&self, report: Report) -> Input {
        match report {
            Report::Started { attempt, process } => Input::Started { attempt, process },
            Report::FailedToStart { attempt, why } => Input::FailedToStart { attempt, why },
            Report::Exited { attempt } => Input::Exited { attempt },
            Report::Ended { attempt, end } => {
                let facts = facts(self.task(&attempt), &self.folder.report(&attempt), end);
                Input::Ended { attempt, facts }
            }
        }
    }

    fn terminate(&mut self) {
        if let Some((_, asked_to_leave)) = &mut self.ended {
            *asked_to_leave = true;
        }
        let reason = Some("the supervisor was asked to end".to_owned());
        self.feed(&Input::Cancel { reason, by: "the system".to_owned(), now: false });
    }

    fn notice_sleep(&mut self) {
        let parted = self.clock.boot().since(self.clock.now());
        let gap = parted.saturating_sub(self.parted);
        if gap >= GAP {
            self.parted = parted;
            self.feed(&Input::ClockGap { gap });
        }
    }

    fn task(&self, attempt: &AttemptId) -> &Task {
        let place = self.places.get(&attempt.task).expect("the launcher is given tasks of this run only");
        &self.spec.tasks[*place]
    }
}

const fn is_start(message: &Message) -> bool {
    matches!(message, Message::Report(Report::Started { .. }))
}

/// Who writes the plan's files, if this run does that.
fn start_scribe(
    spec: &Arc<Specification>,
    workspace: &Path,
    state: &StateFolder,
    clock: &Arc<dyn Clock>,
    inbox: Sender<Message>,
) -> io::Result<Option<Scribe>> {
    let (Some(ledger), Some(pen)) = (Ledger::of(spec), Pen::of(spec, workspace, state, Arc::clone(clock)))
    else {
        return Ok(None);
    };
    // When nobody listens any more, the run is over for everyone.
    let told = move |written: Option<Written>| _ = inbox.send(Message::Written(written.map(Box::new)));
    Scribe::start(ledger, pen, Arc::clone(clock), told).map(Some)
}
