//! Two hundred descendants that do all they can to stay.

use std::{fs, thread, time::Duration};

use plandeck::{
    control::Answered,
    ids::{RunId, Seq},
    process::marked,
    run::{EventKind, Status},
};

use crate::{
    chaos::{Arena, LONG},
    program, until,
};

/// Forty of each kind: deaf to TERM with a child, in a session of its own, double-forked, and such that
/// hold the output open. Then it goes on as the last line says.
const TREE: &str = "i=0; while [ $i -lt 40 ]; do \
                    sh -c \"trap '' TERM; sleep 1000; :\" & setsid sleep 1000 & (setsid sleep 1000 &); \
                    sleep 1000 & i=$((i+1)); done; echo up > up; ";

fn arena(then: &str, limits: &str) -> Arena {
    let arena = Arena::new(program(), 1);
    let recipe = format!(
        "[workflow.tree]\ncommand = [\"sh\", \"-c\", '''{TREE}{then}''']\ngrace = \"200ms\"\n{limits}\n"
    );
    fs::write(arena.root().join("plandeck.toml"), recipe).unwrap();
    arena
}

fn members(run: RunId) -> usize {
    marked().iter().filter(|(mark, _)| mark.starts_with(&run.to_string())).count()
}

/// Everything of it is gone, it ended like this, and the record says what was done.
fn is_gone(arena: &Arena, run: RunId, status: Status, words: &[&str]) {
    let mut control = arena.control();
    assert_eq!(control.wait(run, LONG).unwrap().expect("it ends").status, status);
    assert_eq!(members(run), 0);
    let record = control.journal().run(run).unwrap().unwrap();
    assert_eq!(record.survivors, []);
    let events = control.journal().events_after(run, Seq(0), 1000).unwrap();
    let found: Vec<_> = events.iter().map(|event| event.kind.word()).collect();
    for word in words {
        assert!(found.contains(word), "{word} is not among {found:?}");
    }
}

/// The run, once the whole tree stands.
fn standing(arena: &Arena) -> RunId {
    let run = arena.create("tree");
    until("the tree stands", || arena.root().join("up").exists());
    assert!(members(run) >= 200, "{} of 200", members(run));
    run
}

#[test]
fn a_cancelled_tree_is_gone() {
    let arena = arena("wait", "");
    let run = standing(&arena);
    assert_eq!(arena.control().cancel(run, None, "ada", false).unwrap(), Answered::Done);
    is_gone(&arena, run, Status::Cancelled, &["run_cancelling", "attempt_stopping", "attempt_ended"]);
}

#[test]
fn a_killed_tree_is_gone() {
    let arena = arena("wait", "");
    let run = standing(&arena);
    assert_eq!(arena.control().cancel(run, None, "ada", true).unwrap(), Answered::Done);
    is_gone(&arena, run, Status::Cancelled, &["run_cancelling", "attempt_killing", "attempt_ended"]);
}

#[test]
fn a_tree_whose_time_is_up_is_gone() {
    // It may not even stand when its time is up on a busy machine; all the more it must be gone.
    let arena = arena("wait", "timeout = \"3s\"");
    let run = arena.create("tree");
    is_gone(&arena, run, Status::TimedOut, &["attempt_stopping", "attempt_ended"]);
}

#[test]
fn a_tree_that_its_root_left_behind_is_gone_and_the_attempt_is_leaky() {
    let arena = arena("exit 0", "");
    let run = arena.create("tree");
    is_gone(&arena, run, Status::Succeeded, &["attempt_ended"]);
    let events = arena.control().journal().events_after(run, Seq(0), 1000).unwrap();
    let leaky = |kind: &EventKind| matches!(kind, EventKind::AttemptEnded { ending, .. } if ending.leaky);
    assert!(events.iter().any(|event| leaky(&event.kind)));
}

#[test]
fn a_tree_whose_supervisor_was_killed_is_gone_when_the_next_reader_looks() {
    let arena = arena("wait", "");
    let run = standing(&arena);
    for supervisor in arena.supervisors() {
        rustix::process::kill_process(supervisor, rustix::process::Signal::KILL).unwrap();
    }
    until("the lock is free", || arena.supervisors().is_empty());
    thread::park_timeout(Duration::ZERO);
    arena.control().recover().unwrap();
    is_gone(&arena, run, Status::Lost, &["attempt_ended", "run_ended"]);
}
