//! From the beginning to the end.

use std::{fs, sync::mpsc::Sender};

use super::*;
use crate::{
    engine::supervise,
    process::{
        launcher::{End, Order, Report, Sent},
        scripted::Deed,
    },
    run::{EventKind, Exit, LaunchFailure, Outcome, Status, Survivor},
};

#[test]
fn an_hour_of_timeouts_takes_no_time() {
    let limits = json!({ "wall": 3_600_000, "idle": null, "grace": 10_000 });
    let mut theatre = Theatre::with(
        json!({ "tasks": [{ "name": "a", "limits": limits }, { "name": "b", "needs": ["a"] }] }),
        |cast| cast.script(attempt("a", 1), Part::new(Act::IgnoresStop)),
    );
    assert_eq!(theatre.play(), Verdict::TimedOut);
    assert_eq!(
        theatre.story(),
        [
            "1800000 attempt_slow a.1",
            "3600000 attempt_stopping a.1 timed_out",
            "3610000 attempt_killing a.1",
            "3610000 attempt_ended a.1 timed_out",
            "3610000 task_ended a timed_out",
            "3610000 task_blocked b",
            "3610000 run_ended timed_out",
        ]
    );
}

#[test]
fn a_task_that_talks_is_not_idle() {
    let limits = json!({ "wall": null, "idle": 1000, "grace": 10_000 });
    let seconds = |it: &[u64]| it.iter().map(|&it| Duration::from_millis(it)).collect();
    let mut theatre = Theatre::with(
        json!({ "tasks": [{ "name": "a", "limits": limits }, { "name": "b", "limits": limits }] }),
        |cast| {
            cast.script(attempt("a", 1), Part { prints: seconds(&[900, 1800, 2600]), ..hangs() });
            cast.script(
                attempt("b", 1),
                Part { prints: seconds(&[1000]), ..Part::exits(Duration::from_millis(1999), 0) },
            );
        },
    );
    assert_eq!(theatre.play(), Verdict::TimedOut);
    assert_eq!(
        theatre.story(),
        [
            "1999 attempt_ended b.1 succeeded",
            "1999 task_ended b succeeded",
            "3600 attempt_stopping a.1 idle",
            "3600 attempt_ended a.1 timed_out_idle",
            "3600 task_ended a timed_out_idle",
            "3600 run_ended timed_out",
        ]
    );
}

#[test]
fn a_night_of_sleep_is_recorded_and_nobody_times_out() {
    let limits = json!({ "wall": 60_000, "idle": 30_000, "grace": 10_000 });
    let part = Part { prints: vec![Duration::from_secs(20)], ..Part::exits(Duration::from_secs(40), 0) };
    let mut theatre = Theatre::with(json!({ "tasks": [{ "name": "a", "limits": limits }] }), |cast| {
        cast.script(attempt("a", 1), part);
    });
    theatre.play_until(Duration::from_secs(10));
    theatre.clock.suspend(Duration::from_hours(8));
    assert_eq!(theatre.play(), Verdict::Succeeded);
    let gaps: Vec<_> = theatre.events().into_iter().filter(|it| it.kind.word() == "clock_gap").collect();
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].kind, EventKind::ClockGap { gap_ms: 8 * 3_600_000 });
    assert_eq!(theatre.events().last().unwrap().at.millis(), 40_000);
}

#[test]
fn the_journal_tells_everything_in_order() {
    let mut theatre = Theatre::of(json!([{ "name": "a" }, { "name": "b", "needs": ["a"] }]));
    assert_eq!(theatre.play(), Verdict::Succeeded);
    let words: Vec<_> = theatre.events().iter().map(|event| event.kind.word()).collect();
    assert_eq!(
        words,
        [
            "run_created",
            "run_started",
            "task_queued",
            "task_queued",
            "task_ready",
            "attempt_started",
            "attempt_ended",
            "task_ended",
            "task_ready",
            "attempt_started",
            "attempt_ended",
            "task_ended",
            "run_ended",
        ]
    );
    let numbers: Vec<_> = theatre.events().iter().map(|event| event.seq.0).collect();
    assert_eq!(numbers, (1..=13).collect::<Vec<_>>());
    let record = theatre.journal().run(run_id()).unwrap().unwrap();
    assert_eq!(record.status, Status::Succeeded);
    assert_eq!(theatre.cast.deeds().last(), Some(&Deed::SweptAll));
}

#[test]
fn a_line_that_must_not_be_printed_makes_exit_0_a_failure() {
    let line = "ERROR: no".to_owned();
    let part = Part { failure: Some(line.clone()), ..Part::exits(Duration::from_secs(1), 0) };
    let mut theatre = Theatre::with(json!({ "tasks": [{ "name": "a", "fail_on": ["^ERROR"] }] }), |cast| {
        cast.script(attempt("a", 1), part);
    });
    assert_eq!(theatre.play(), Verdict::Failed);
    assert_eq!(theatre.cast.orders()[0].fail_on, ["^ERROR"]);
    let record = theatre.journal().run(run_id()).unwrap().unwrap();
    let ending = record.tasks[0].attempts[0].ending.clone().unwrap();
    assert_eq!(ending.outcome, Outcome::FailedPattern { line });
}

#[test]
fn a_run_that_stops_at_the_first_failure_says_that_it_is_stopping() {
    let spec = json!({ "tasks": [{ "name": "a" }, { "name": "b" }], "fail_fast": true });
    let mut theatre = Theatre::with(spec, |cast| {
        cast.script(attempt("a", 1), Part::exits(Duration::from_secs(1), 2));
        cast.script(attempt("b", 1), Part::new(Act::IgnoresStop));
    });
    theatre.play_until(Duration::from_secs(2));
    let journal = theatre.journal();
    assert_eq!(journal.run(run_id()).unwrap().unwrap().status, Status::Stopping);
    assert_eq!(journal.summary(run_id()).unwrap().unwrap().status, Status::Stopping);
    assert_eq!(theatre.play(), Verdict::Failed);
}

#[test]
fn files_that_came_to_be_or_changed_are_the_deliverables() {
    let mut theatre =
        Theatre::with(json!({ "tasks": [{ "name": "a" }], "deliverables": ["docs", "*.md"] }), |cast| {
            cast.script(attempt("a", 1), Part::exits(Duration::from_secs(1), 0));
        });
    let root = theatre.workspace.path();
    fs::create_dir(root.join("docs")).unwrap();
    fs::write(root.join("docs/report.txt"), "x").unwrap();
    fs::write(root.join("notes.md"), "x").unwrap();
    fs::write(root.join("other.txt"), "x").unwrap();
    theatre.play();
    let record = theatre.journal().run(run_id()).unwrap().unwrap();
    assert_eq!(record.deliverables, ["docs/report.txt", "notes.md"]);
}

#[test]
fn a_run_is_started_once() {
    let theatre = Theatre::of(json!([{ "name": "a" }]));
    let parts = Parts {
        state: theatre.state.clone(),
        journal: theatre.journal(),
        spec: Arc::clone(&theatre.engine.spec),
        launcher: Box::new(theatre.cast.clone()),
        clock: Arc::new(theatre.clock.clone()),
        workspace: theatre.workspace.path().to_owned(),
        env: BTreeMap::new(),
        supervisor: supervisor(),
        inbox: channel().0,
    };
    let again = Engine::begin(parts, || panic!("it did not start"));
    assert!(matches!(again, Err(Error::NotQueued { status: Status::Running, .. })));
    assert_eq!(theatre.cast.orders().len(), 1);
}

#[test]
fn thousands_of_tasks_that_can_not_be_launched_are_no_tower() {
    let tasks: Vec<_> = (0..1500).map(|it| json!({ "name": format!("t{it}"), "cwd": "/nowhere" })).collect();
    let mut theatre = Theatre::of(json!(tasks));
    assert_eq!(theatre.play(), Verdict::Failed);
    let record = theatre.journal().run(run_id()).unwrap().unwrap();
    let why = LaunchFailure::NoDirectory { cwd: "/nowhere".to_owned() };
    assert_eq!(
        record.tasks[1499].attempts[0].ending.as_ref().unwrap().outcome,
        Outcome::FailedToStart { why }
    );
    assert!(theatre.cast.orders().is_empty());
}

/// A launcher whose children end as soon as they are launched.
struct AtOnce(Sender<Message>);

impl Launcher for AtOnce {
    fn launch(&mut self, order: Order) {
        let attempt = order.attempt;
        let end = End::bare(Exit::Code(0));
        for report in [
            Report::Started { attempt: attempt.clone(), process: supervisor() },
            Report::Ended { attempt, end },
        ] {
            self.0.send(Message::Report(report)).unwrap();
        }
    }

    fn stop(&mut self, _attempt: &AttemptId) {}

    fn kill(&mut self, _attempt: &AttemptId) {}

    fn send(&mut self, _attempt: &AttemptId, _bytes: &[u8]) -> Sent {
        Sent::NoInput
    }

    fn last_output(&self, _attempt: &AttemptId) -> Option<Moment> {
        None
    }

    fn sweep_all(&mut self) -> Vec<Survivor> {
        vec![Survivor { pid: 9, command: "stuck".to_owned() }]
    }
}

#[test]
fn a_run_turns_by_itself_on_its_thread() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::at(folder.path().join(".plandeck"));
    state.create().unwrap();
    let tasks = json!({ "tasks": [{ "name": "a" }, { "name": "b", "needs": ["a"] }] });
    let spec = Arc::new(specification(tasks, folder.path().to_str().unwrap()));
    state.run(spec.run).create().unwrap();
    let mut journal = Journal::open(&state.journal()).unwrap();
    journal.create_run(&spec, Timestamp::from_millis(0)).unwrap();
    let (sender, inbox) = channel();
    let parts = Parts {
        state: state.clone(),
        journal,
        spec,
        launcher: Box::new(AtOnce(sender)),
        clock: Arc::new(crate::clock::SystemClock::start()),
        workspace: folder.path().to_owned(),
        env: BTreeMap::new(),
        supervisor: supervisor(),
        inbox: channel().0,
    };
    let mut ready = false;
    assert_eq!(supervise(parts, &inbox, || ready = true).unwrap(), Verdict::Succeeded);
    assert!(ready);
    let record = Journal::open(&state.journal()).unwrap().run(run_id()).unwrap().unwrap();
    assert_eq!(record.survivors, [Survivor { pid: 9, command: "stuck".to_owned() }]);
}
