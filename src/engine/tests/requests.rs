//! Requests, and the order in which things are done.

use std::io::Write as _;

use super::*;
use crate::{
    engine::bell,
    process::{
        launcher::{Order, Sent},
        scripted::Deed,
    },
    run::{Answer, Survivor, Wish},
};

impl Theatre {
    fn wish(&mut self, wish: Wish) -> i64 {
        self.journal().leave_request(run_id(), "ada", &wish, self.clock.wall()).unwrap()
    }

    /// Leaves a wish, rings, and reads the answer.
    fn ask(&mut self, wish: Wish) -> Option<Answer> {
        let id = self.wish(wish);
        self.engine.take(Message::Bell);
        self.settle();
        self.journal().answer_of(id).unwrap()
    }
}

fn cancel() -> Wish {
    Wish::Cancel { reason: Some("enough".to_owned()) }
}

fn refused(why: &str) -> Answer {
    Answer::Refused { why: why.to_owned() }
}

fn one_that_hangs() -> Theatre {
    Theatre::with(json!({ "tasks": [{ "name": "a" }, { "name": "b", "needs": ["a"] }] }), |cast| {
        cast.script(attempt("a", 1), hangs());
    })
}

#[test]
fn a_cancellation_is_answered_and_done() {
    let mut theatre = one_that_hangs();
    theatre.play_until(Duration::from_secs(5));
    assert_eq!(theatre.ask(cancel()), Some(Answer::Done));
    assert_eq!(theatre.play(), Verdict::Cancelled);
    assert_eq!(
        theatre.story(),
        [
            "5000 run_cancelling enough",
            "5000 task_blocked b",
            "5000 attempt_stopping a.1 cancelled",
            "5000 attempt_ended a.1 cancelled",
            "5000 task_ended a cancelled",
            "5000 run_ended cancelled",
        ]
    );
}

#[test]
fn a_kill_sends_no_term() {
    let mut theatre = one_that_hangs();
    assert_eq!(theatre.ask(Wish::Kill { reason: None }), Some(Answer::Done));
    assert_eq!(theatre.play(), Verdict::Cancelled);
    let a = || attempt("a", 1);
    assert_eq!(theatre.cast.deeds(), [Deed::Launched(a()), Deed::Killed(a()), Deed::SweptAll]);
}

#[test]
fn a_paused_run_waits_and_every_other_wish_gets_its_reason() {
    let mut theatre =
        Theatre::with(json!({ "tasks": [{ "name": "a" }, { "name": "b" }, { "name": "c" }] }), |cast| {
            for it in ["a", "b"] {
                cast.script(attempt(it, 1), Part::exits(Duration::from_mins(1), 0));
            }
        });
    let text = || Wish::Send { text: "yes".to_owned() };
    assert_eq!(theatre.ask(Wish::Unpause), Some(refused("the run is not paused")));
    assert_eq!(theatre.ask(text()), Some(refused("2 tasks are running, and only one may be")));
    assert_eq!(theatre.ask(Wish::Pause), Some(Answer::Done));
    assert_eq!(theatre.ask(Wish::Pause), Some(refused("the run is paused already")));
    theatre.play_until(Duration::from_mins(10));
    assert_eq!(theatre.ask(text()), Some(refused("no task is running")));
    assert_eq!(theatre.cast.orders().len(), 2);
    assert_eq!(theatre.ask(Wish::Unpause), Some(Answer::Done));
    assert_eq!(theatre.play(), Verdict::Succeeded);
    assert_eq!(theatre.cast.orders().len(), 3);
}

fn send(text: &str) -> Wish {
    Wish::Send { text: text.to_owned() }
}

#[test]
fn what_reads_no_input_says_so_and_how_it_would() {
    let mut theatre = one_that_hangs();
    let why = "a reads no input from us; open_stdin = true in its recipe lets it";
    assert_eq!(theatre.ask(send("y")), Some(refused(why)));
    assert_eq!(theatre.ask(cancel()), Some(Answer::Done));
}

#[test]
fn a_line_goes_to_the_one_task_that_runs_with_its_end_and_not_too_long() {
    let tasks =
        json!([{ "name": "a", "open_stdin": true }, { "name": "b", "open_stdin": true, "needs": ["a"] }]);
    let rehearse = |cast: &ScriptedLauncher| cast.script(attempt("a", 1), hangs());
    let mut theatre = Theatre::with(json!({ "tasks": tasks }), rehearse);
    assert_eq!(theatre.ask(send("yes")), Some(Answer::Done));
    assert_eq!(theatre.ask(send("no\n")), Some(Answer::Done));
    assert_eq!(theatre.ask(send(&"x".repeat(16_384))), Some(refused("it is longer than 16384 bytes")));
    let sent = |line: &str| Deed::Sent(attempt("a", 1), line.to_owned());
    assert_eq!(theatre.cast.deeds()[1..], [sent("yes\n"), sent("no\n")]);
}

#[test]
fn a_line_for_several_tasks_is_for_none() {
    let tasks = json!([{ "name": "a", "open_stdin": true }, { "name": "b", "open_stdin": true }]);
    let mut theatre = Theatre::with(json!({ "tasks": tasks }), |cast| {
        for name in ["a", "b"] {
            cast.script(attempt(name, 1), hangs());
        }
    });
    assert_eq!(theatre.ask(send("y")), Some(refused("2 tasks are running, and only one may be")));
}

#[test]
fn a_request_without_a_ring_is_found_by_the_next_look() {
    let mut theatre = one_that_hangs();
    theatre.play_until(Duration::from_secs(1));
    let id = theatre.wish(cancel());
    theatre.settle();
    assert_eq!(theatre.journal().answer_of(id).unwrap(), None, "nobody rang, and it is not time yet");
    theatre.play_until(Duration::from_millis(1250));
    assert_eq!(theatre.journal().answer_of(id).unwrap(), Some(Answer::Done));
}

#[test]
fn a_request_that_came_too_late_is_refused() {
    let mut theatre = Theatre::with(json!({ "tasks": [{ "name": "a" }] }), |cast| {
        cast.script(attempt("a", 1), Part::exits(Duration::from_secs(1), 0));
    });
    theatre.play_until(Duration::from_millis(900));
    let id = theatre.wish(cancel());
    theatre.clock.advance(Duration::from_millis(100));
    for report in theatre.cast.due(theatre.clock.now()) {
        theatre.engine.take(Message::Report(report));
    }
    assert_eq!(theatre.engine.over(), Some(Verdict::Succeeded));
    theatre.engine.close();
    assert_eq!(theatre.journal().answer_of(id).unwrap(), Some(refused("the run has ended")));
}

#[test]
fn the_systems_wish_is_a_cancellation_with_grace() {
    let mut theatre = one_that_hangs();
    theatre.engine.take(Message::Terminate);
    assert_eq!(theatre.play(), Verdict::Cancelled);
    assert_eq!(theatre.cast.deeds()[1], Deed::Stopped(attempt("a", 1)));
    assert_eq!(theatre.story()[0], "0 run_cancelling the supervisor was asked to end");
}

#[test]
fn a_ring_wakes_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bell");
    let (sender, inbox) = channel();
    bell::listen(&path, sender).unwrap();
    for _ in 0..2 {
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().write_all(b"!").unwrap();
        assert_eq!(inbox.recv_timeout(Duration::from_mins(1)), Ok(Message::Bell));
    }
}

/// A launcher that looks into the journal before it does anything.
struct Doubter {
    cast: ScriptedLauncher,
    journal: Option<Journal>,
    state: std::path::PathBuf,
}

impl Doubter {
    fn words(&mut self) -> Vec<String> {
        let journal = self.journal.get_or_insert_with(|| Journal::open(&self.state).unwrap());
        journal.events_after(run_id(), Seq(0), 1000).unwrap().iter().map(tell).collect()
    }

    fn expect(&mut self, wanted: &str) {
        let words = self.words();
        assert!(words.iter().any(|it| it.ends_with(wanted)), "{wanted} is not written: {words:?}");
    }
}

impl Launcher for Doubter {
    fn launch(&mut self, order: Order) {
        self.expect(&format!("task_ready {}", order.attempt));
        self.cast.launch(order);
    }

    fn stop(&mut self, attempt: &AttemptId) {
        self.expect(&format!("attempt_stopping {attempt} cancelled"));
        let journal = self.journal.as_ref().unwrap();
        assert_eq!(journal.answer_of(1).unwrap(), Some(Answer::Done), "answered before it is done");
        self.cast.stop(attempt);
    }

    fn kill(&mut self, attempt: &AttemptId) {
        self.expect(&format!("attempt_killing {attempt}"));
        self.cast.kill(attempt);
    }

    fn send(&mut self, attempt: &AttemptId, bytes: &[u8]) -> Sent {
        self.cast.send(attempt, bytes)
    }

    fn last_output(&self, attempt: &AttemptId) -> Option<Moment> {
        self.cast.last_output(attempt)
    }

    fn sweep_all(&mut self) -> Vec<Survivor> {
        self.expect("task_ended a cancelled");
        self.cast.sweep_all()
    }
}

#[test]
fn everything_is_written_then_answered_and_then_done() {
    let workspace = tempfile::tempdir().unwrap();
    let state = StateFolder::at(workspace.path().join(".plandeck"));
    state.create().unwrap();
    let clock = ManualClock::at(Timestamp::from_millis(0));
    let cast = ScriptedLauncher::new(Arc::new(clock.clone()));
    cast.script(attempt("a", 1), Part::new(Act::IgnoresStop));
    let spec =
        Arc::new(specification(json!({ "tasks": [{ "name": "a" }] }), workspace.path().to_str().unwrap()));
    let folder = state.run(spec.run);
    folder.create().unwrap();
    let mut journal = Journal::open(&state.journal()).unwrap();
    journal.create_run(&spec, clock.wall()).unwrap();
    let launched_before = cast.clone();
    let parts = Parts {
        state: state.clone(),
        journal,
        spec,
        launcher: Box::new(Doubter { cast: cast.clone(), journal: None, state: state.journal() }),
        clock: Arc::new(clock.clone()),
        workspace: workspace.path().to_owned(),
        env: BTreeMap::new(),
        supervisor: supervisor(),
        inbox: channel().0,
    };
    let reader = Journal::open(&state.journal()).unwrap();
    let started = || {
        assert_eq!(reader.events_after(run_id(), Seq(0), 9).unwrap()[1].kind.word(), "run_started");
        assert!(launched_before.orders().is_empty(), "answered before anything is done");
    };
    let engine = Engine::begin(parts, started).unwrap();
    let mut theatre = Theatre { clock, cast, engine, folder, state, workspace, inbox: channel().1 };
    assert_eq!(theatre.ask(cancel()), Some(Answer::Done));
    assert_eq!(theatre.play(), Verdict::Cancelled);
    assert_eq!(theatre.cast.deeds().len(), 4, "launched, stopped, killed, swept: {:?}", theatre.cast.deeds());
}
