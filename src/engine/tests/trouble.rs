//! When the journal can't be written.

use std::fs;

use super::*;
use crate::{
    journal::{RunQuery, read_spool},
    run::{Answer, Status, Wish},
};

impl Theatre {
    /// From here on the journal takes no events, as if the disk were full.
    fn break_journal(&self) {
        self.sql("create trigger broken before insert on events begin select raise(abort, 'full'); end");
    }

    fn mend_journal(&self) {
        self.sql("drop trigger broken");
    }

    fn sql(&self, statement: &str) {
        let db = rusqlite::Connection::open(self.state.journal()).unwrap();
        db.busy_timeout(Duration::from_secs(10)).unwrap();
        db.execute_batch(statement).unwrap();
    }

    fn spooled(&self) -> Vec<String> {
        read_spool(&fs::read_to_string(self.folder.spool()).unwrap()).iter().map(tell).collect()
    }
}

fn three_in_a_row() -> Theatre {
    let tasks = json!([
        { "name": "a" },
        { "name": "b", "needs": ["a"] },
        { "name": "c", "limits": { "wall": 60_000, "idle": null, "grace": 0 } },
    ]);
    Theatre::with(json!({ "tasks": tasks }), |cast| {
        cast.script(attempt("a", 1), Part::exits(Duration::from_secs(10), 0));
        cast.script(attempt("c", 1), Part::new(Act::IgnoresStop));
    })
}

#[test]
fn nothing_is_launched_what_runs_goes_on_and_the_spool_comes_home() {
    let mut theatre = three_in_a_row();
    theatre.play_until(Duration::from_secs(5));
    theatre.break_journal();
    theatre.play_until(Duration::from_secs(10));
    assert_eq!(theatre.spooled().len(), 2, "spooled at once, not at the next try");
    theatre.play_until(Duration::from_mins(2));
    assert_eq!(theatre.cast.orders().len(), 2, "b is not launched");
    let expected = [
        "10000 attempt_ended a.1 succeeded",
        "10000 task_ended a succeeded",
        "30000 attempt_slow c.1",
        "60000 attempt_stopping c.1 timed_out",
        "60000 attempt_killing c.1",
        "60000 attempt_ended c.1 timed_out",
        "60000 task_ended c timed_out",
    ];
    assert_eq!(theatre.spooled(), expected);
    assert!(theatre.story().is_empty(), "the journal lacks them");
    theatre.mend_journal();
    assert_eq!(theatre.play(), Verdict::TimedOut);
    assert_eq!(theatre.story()[..7], expected);
    assert!(!theatre.folder.spool().exists());
    assert_eq!(theatre.cast.orders().len(), 3, "b is launched");
    let numbers: Vec<_> = theatre.events().iter().map(|event| event.seq.0).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "no gap and nothing twice");
}

#[test]
fn a_request_is_granted_though_its_events_stand_aside() {
    let mut theatre = three_in_a_row();
    theatre.break_journal();
    let id = theatre
        .journal()
        .leave_request(run_id(), "ada", &Wish::Kill { reason: None }, theatre.clock.wall())
        .unwrap();
    theatre.engine.take(Message::Bell);
    theatre.settle();
    assert_eq!(theatre.journal().answer_of(id).unwrap(), Some(Answer::Done));
    assert_eq!(theatre.cast.running(), []);
    theatre.mend_journal();
    assert_eq!(theatre.play(), Verdict::Cancelled);
}

#[test]
fn an_answer_that_can_not_be_written_is_written_later_and_the_wish_is_granted_once() {
    let mut theatre = three_in_a_row();
    theatre.sql("create trigger mute before update on requests begin select raise(abort, 'full'); end");
    let id = theatre.journal().leave_request(run_id(), "ada", &Wish::Pause, theatre.clock.wall()).unwrap();
    theatre.engine.take(Message::Bell);
    theatre.settle();
    theatre.engine.take(Message::Bell);
    theatre.settle();
    assert_eq!(theatre.journal().answer_of(id).unwrap(), None);
    theatre.sql("drop trigger mute");
    theatre.engine.take(Message::Bell);
    theatre.settle();
    assert_eq!(theatre.journal().answer_of(id).unwrap(), Some(Answer::Done));
    assert_eq!(theatre.story().iter().filter(|it| it.contains("run_paused")).count(), 1);
}

#[test]
fn a_run_that_ends_in_trouble_waits_a_little_and_leaves_its_spool() {
    let mut theatre = Theatre::of(json!([{ "name": "a" }]));
    theatre.break_journal();
    theatre.settle();
    assert_eq!(theatre.engine.state.verdict(), Some(Verdict::Succeeded));
    assert_eq!(theatre.engine.over(), None, "the journal may come back");
    theatre.clock.advance(Duration::from_secs(30));
    theatre.settle();
    assert_eq!(theatre.engine.over(), Some(Verdict::Succeeded));
    theatre.engine.close();
    assert_eq!(theatre.spooled().last().unwrap(), "0 run_ended succeeded");
}

#[test]
fn what_is_in_memory_only_is_not_left_behind() {
    let mut theatre = Theatre::of(json!([{ "name": "a" }]));
    theatre.break_journal();
    // A folder in the spool's place keeps it from being written.
    fs::create_dir_all(theatre.folder.spool().join("x")).unwrap();
    theatre.settle();
    assert_eq!(theatre.engine.over(), None);
    theatre.clock.advance(Duration::from_hours(1));
    theatre.settle();
    assert_eq!(theatre.engine.over(), None, "nobody's patience is worth the truth");
    theatre.mend_journal();
    theatre.clock.advance(Duration::from_secs(10));
    theatre.settle();
    assert_eq!(theatre.engine.over(), Some(Verdict::Succeeded));
    assert_eq!(theatre.story().last().unwrap(), "0 run_ended succeeded");
}

#[test]
fn a_run_that_can_not_be_written_is_not_started() {
    let first = Theatre::of(json!([{ "name": "a" }]));
    let state = StateFolder::at(first.workspace.path().join("other"));
    state.create().unwrap();
    let mut journal = Journal::open(&state.journal()).unwrap();
    journal.create_run(&first.engine.spec, Timestamp::from_millis(0)).unwrap();
    rusqlite::Connection::open(state.journal())
        .unwrap()
        .execute_batch("create trigger broken before insert on events begin select raise(abort, 'full'); end")
        .unwrap();
    let cast = ScriptedLauncher::new(Arc::new(first.clock.clone()));
    let parts = Parts {
        state,
        journal,
        spec: Arc::clone(&first.engine.spec),
        launcher: Box::new(cast.clone()),
        clock: Arc::new(first.clock.clone()),
        workspace: first.workspace.path().to_owned(),
        env: BTreeMap::new(),
        supervisor: supervisor(),
        inbox: channel().0,
    };
    let refused = Engine::begin(parts, || panic!("it did not start"));
    assert!(matches!(refused, Err(Error::Journal(_))));
    assert!(cast.orders().is_empty());
}

#[test]
fn a_wall_clock_that_steps_back_ends_nothing_early_and_nothing_late() {
    let mut theatre = Theatre::with(
        json!({ "tasks": [{ "name": "a", "limits": { "wall": 60_000, "idle": null, "grace": 1_000 } }] }),
        |cast| cast.script(attempt("a", 1), Part::exits(Duration::from_secs(50), 0)),
    );
    theatre.play_until(Duration::from_secs(10));
    theatre.clock.set_wall(Timestamp::from_millis(5));
    assert_eq!(theatre.play(), Verdict::Succeeded);
    let run = theatre.journal().summary(run_id()).unwrap().unwrap();
    assert_eq!(run.status, Status::Succeeded);
    let moments = theatre.events().into_iter().map(|event| event.at);
    assert!(moments.is_sorted());
    let page = theatre.journal().list(&RunQuery::default()).unwrap();
    assert_eq!(page.total, 1);
}
