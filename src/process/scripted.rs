//! A launcher that plays a script: what a test of the engine runs instead of children.
//!
//! No threads and no children: a test turns the clock and asks which reports are due. Clones share
//! one stage, so that a test can ask while the engine holds the launcher.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use super::launcher::{End, Launcher, Order, Report, Sent};
use crate::{
    clock::{Clock, Moment},
    ids::AttemptId,
    run::{Exit, LaunchFailure, ProcessId, Survivor},
};

const TERM: i32 = 15;
const KILL: i32 = 9;

/// What an attempt does once it is launched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It never runs.
    FailsToStart(LaunchFailure),
    /// It ends by itself, or at once when it is stopped.
    Exits {
        /// From its launch.
        after: Duration,
        /// How.
        exit: Exit,
    },
    /// It runs until it is stopped.
    Hangs,
    /// It runs until it is killed.
    IgnoresStop,
}

/// The part of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it does.
    pub act: Act,
    /// When it prints, from its launch. Any order.
    pub prints: Vec<Duration>,
    /// Descendants hold its output when it ends.
    pub leaky: bool,
    /// What is left of it when it ends.
    pub survivors: Vec<Survivor>,
    /// The line of its output that makes exit 0 a failure.
    pub failure: Option<String>,
}

impl Part {
    /// A part that prints nothing and leaves nothing.
    #[must_use]
    pub const fn new(act: Act) -> Self {
        Self { act, prints: Vec::new(), leaky: false, survivors: Vec::new(), failure: None }
    }

    /// Ends with `code` after `after`.
    #[must_use]
    pub const fn exits(after: Duration, code: i32) -> Self {
        Self::new(Act::Exits { after, exit: Exit::Code(code) })
    }
}

/// Something the engine did to an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It was launched.
    Launched(AttemptId),
    /// It was asked to end.
    Stopped(AttemptId),
    /// It was killed.
    Killed(AttemptId),
    /// It was given text.
    Sent(AttemptId, String),
    /// Everything left was swept.
    SweptAll,
}

/// Plays a [`Part`] for each attempt; one without a part exits with 0 at once.
#[derive(Clone)]
pub struct ScriptedLauncher {
    clock: Arc<dyn Clock>,
    stage: Arc<Mutex<Stage>>,
}

#[derive(Default)]
struct Stage {
    parts: BTreeMap<AttemptId, Part>,
    playing: BTreeMap<AttemptId, Playing>,
    /// In the order in which they came up; the moment is never before the ones of the same attempt.
    reports: Vec<(Moment, Report)>,
    orders: Vec<Order>,
    deeds: Vec<Deed>,
}

struct Playing {
    part: Part,
    start: Moment,
    end: Option<(Moment, Exit)>,
}

impl ScriptedLauncher {
    /// An empty stage. The clock is asked at each launch and signal.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, stage: Arc::default() }
    }

    /// Gives an attempt its part; it must not have been launched yet.
    pub fn script(&self, attempt: AttemptId, part: Part) {
        self.stage().parts.insert(attempt, part);
    }

    /// Takes the reports that are due at `now`, by their moment; each comes once.
    pub fn due(&self, now: Moment) -> Vec<Report> {
        let mut stage = self.stage();
        stage.end_all_due(now);
        let (mut due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut stage.reports).into_iter().partition(|(moment, _)| *moment <= now);
        stage.reports = later;
        due.sort_by_key(|(moment, _)| *moment);
        due.into_iter().map(|(_, report)| report).collect()
    }

    /// When the next report is due; `None` when nothing comes without a signal.
    #[must_use]
    pub fn next_due(&self) -> Option<Moment> {
        let stage = self.stage();
        let ends = stage.playing.values().filter_map(|playing| playing.end.map(|(moment, _)| moment));
        ends.chain(stage.reports.iter().map(|(moment, _)| *moment)).min()
    }

    /// Every order so far.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        self.stage().orders.clone()
    }

    /// Everything the engine did, in its order.
    #[must_use]
    pub fn deeds(&self) -> Vec<Deed> {
        self.stage().deeds.clone()
    }

    /// Attempts that run now.
    #[must_use]
    pub fn running(&self) -> Vec<AttemptId> {
        self.stage().playing.keys().cloned().collect()
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().expect("no holder of this lock panics")
    }
}

impl Stage {
    fn begin(&mut self, order: Order, now: Moment) {
        let attempt = order.attempt.clone();
        self.deeds.push(Deed::Launched(attempt.clone()));
        self.orders.push(order);
        let part = self.parts.get(&attempt).cloned().unwrap_or(Part::exits(Duration::ZERO, 0));
        if let Act::FailsToStart(why) = part.act {
            self.reports.push((now, Report::FailedToStart { attempt, why }));
            return;
        }
        let number = u32::try_from(self.orders.len()).unwrap_or(u32::MAX);
        let process = ProcessId {
            pid: number,
            birth: now.millis(),
            boot: "scripted".to_owned(),
            namespace: "scripted".to_owned(),
        };
        let end = match part.act {
            Act::Exits { after, exit } => Some((now.after(after), exit)),
            _ => None,
        };
        self.reports.push((now, Report::Started { attempt: attempt.clone(), process }));
        self.playing.insert(attempt, Playing { part, start: now, end });
    }

    fn signal(&mut self, attempt: &AttemptId, signal: i32, now: Moment) {
        let Some(playing) = self.playing.get_mut(attempt) else { return };
        if signal == TERM && playing.part.act == Act::IgnoresStop {
            return;
        }
        if playing.end.is_none_or(|(moment, _)| moment > now) {
            playing.end = Some((now, Exit::Signal(signal)));
        }
    }

    fn end_all_due(&mut self, now: Moment) {
        let is_due = |playing: &Playing| playing.end.is_some_and(|(moment, _)| moment <= now);
        let due: Vec<_> = self.playing.extract_if(.., |_, playing| is_due(playing)).collect();
        for (attempt, playing) in due {
            let Some((moment, exit)) = playing.end else { continue };
            let Part { leaky, survivors, prints, failure, .. } = playing.part;
            let bytes = prints.iter().filter(|at| playing.start.after(**at) <= moment).count() as u64;
            let end = End { bytes, leaky, survivors, failure, ..End::bare(exit) };
            self.reports.push((moment, Report::Ended { attempt, end }));
        }
    }
}

impl Launcher for ScriptedLauncher {
    fn launch(&mut self, order: Order) {
        let now = self.clock.now();
        self.stage().begin(order, now);
    }

    fn stop(&mut self, attempt: &AttemptId) {
        let now = self.clock.now();
        let mut stage = self.stage();
        stage.deeds.push(Deed::Stopped(attempt.clone()));
        stage.signal(attempt, TERM, now);
    }

    fn kill(&mut self, attempt: &AttemptId) {
        let now = self.clock.now();
        let mut stage = self.stage();
        stage.deeds.push(Deed::Killed(attempt.clone()));
        stage.signal(attempt, KILL, now);
    }

    fn send(&mut self, attempt: &AttemptId, bytes: &[u8]) -> Sent {
        let mut stage = self.stage();
        let reads = |order: &Order| order.attempt == *attempt && order.open_stdin;
        if !stage.orders.iter().any(reads) {
            return Sent::NoInput;
        }
        if !stage.playing.contains_key(attempt) {
            return Sent::Closed;
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        stage.deeds.push(Deed::Sent(attempt.clone(), text));
        Sent::Taken
    }

    fn last_output(&self, attempt: &AttemptId) -> Option<Moment> {
        let now = self.clock.now();
        let stage = self.stage();
        let playing = stage.playing.get(attempt)?;
        let printed = playing.part.prints.iter().map(|at| playing.start.after(*at)).filter(|at| *at <= now);
        Some(printed.max().unwrap_or(playing.start))
    }

    fn sweep_all(&mut self) -> Vec<Survivor> {
        let now = self.clock.now();
        let mut stage = self.stage();
        stage.deeds.push(Deed::SweptAll);
        let left: Vec<_> = stage.playing.keys().cloned().collect();
        for attempt in &left {
            stage.signal(attempt, KILL, now);
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::{ManualClock, Timestamp},
        ids::TaskName,
        run::Capture,
    };

    fn attempt(task: &str) -> AttemptId {
        AttemptId { task: TaskName::new(task), number: 1 }
    }

    fn order(task: &str) -> Order {
        Order {
            attempt: attempt(task),
            argv: vec!["/bin/true".to_owned()],
            cwd: "/".into(),
            env: BTreeMap::new(),
            stdin: None,
            open_stdin: false,
            capture: Capture::Pipe,
            log: "/nowhere/a.log".into(),
            max_log_bytes: 0,
            fail_on: Vec::new(),
            leave_running: false,
            umask: 0o022,
        }
    }

    fn ended(reports: &[Report]) -> Vec<(String, Exit)> {
        let end = |report: &Report| match report {
            Report::Ended { attempt, end } => Some((attempt.task.to_string(), end.exit)),
            _ => None,
        };
        reports.iter().filter_map(end).collect()
    }

    #[test]
    fn every_part_is_played_by_the_clock() {
        let clock = ManualClock::at(Timestamp::from_millis(0));
        let mut launcher = ScriptedLauncher::new(Arc::new(clock.clone()));
        let second = Duration::from_secs(1);
        let missing = LaunchFailure::NotFound { program: "x".to_owned() };
        launcher.script(attempt("missing"), Part::new(Act::FailsToStart(missing.clone())));
        launcher.script(attempt("brief"), Part { prints: vec![second], ..Part::exits(second * 2, 3) });
        launcher.script(attempt("hangs"), Part::new(Act::Hangs));
        launcher.script(attempt("stubborn"), Part::new(Act::IgnoresStop));
        for task in ["missing", "brief", "hangs", "stubborn"] {
            launcher.launch(order(task));
        }
        let first = launcher.due(clock.now());
        assert_eq!(first[0], Report::FailedToStart { attempt: attempt("missing"), why: missing });
        assert_eq!(first.len(), 4);
        assert_eq!(launcher.next_due(), Some(Moment::from_millis(2000)));
        clock.advance(second);
        assert_eq!(launcher.last_output(&attempt("brief")), Some(Moment::from_millis(1000)));
        assert_eq!(launcher.last_output(&attempt("hangs")), Some(Moment::from_millis(0)));
        clock.advance(second);
        assert_eq!(ended(&launcher.due(clock.now())), [("brief".to_owned(), Exit::Code(3))]);
        launcher.stop(&attempt("hangs"));
        launcher.stop(&attempt("stubborn"));
        assert_eq!(ended(&launcher.due(clock.now())), [("hangs".to_owned(), Exit::Signal(15))]);
        launcher.kill(&attempt("stubborn"));
        assert_eq!(ended(&launcher.due(clock.now())), [("stubborn".to_owned(), Exit::Signal(9))]);
        assert_eq!((launcher.next_due(), launcher.running()), (None, vec![]));
    }
}
