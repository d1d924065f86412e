//! What children leave behind, under a subreaper as a supervisor is one.
//!
//! Being a subreaper, sweeping everything and the peak of memory are the whole process's: the tests
//! take turns.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;

use std::{
    fs,
    io::Read as _,
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
};

use children::{Stage, attempt, until, zombies};
use plandeck::{
    process::{
        become_subreaper,
        launcher::{End, Launcher as _, MARK, Report},
    },
    run::Exit,
};

static TURN: Mutex<()> = Mutex::new(());

fn alone() -> (MutexGuard<'static, ()>, Stage) {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    become_subreaper().unwrap();
    (turn, Stage::new())
}

fn swept(exit: Exit, end: &End, leaky: bool) {
    assert_eq!(*end, End { bytes: end.bytes, leaky, ..End::bare(exit) });
}

/// A daemon as they are made: forks, begins a session, forks again, forgets its output.
const DAEMON: &str = "(setsid sh -c 'trap \"\" TERM HUP; (while :; do sleep 0.05; done) & echo up > daemon' \
                      >/dev/null 2>&1 </dev/null &) ; until [ -s daemon ]; do sleep 0.01; done";

#[test]
fn a_child_that_left_the_session_and_ignores_term_goes_with_its_attempt() {
    let (_turn, mut stage) = alone();
    let script = "setsid sh -c 'trap \"\" TERM; echo up; while :; do sleep 0.05; done' & wait";
    stage.begin(stage.order("a", script));
    stage.heard("a", "up");
    stage.launcher().stop(&attempt("a"));
    swept(Exit::Signal(15), &stage.end(), true);
    assert_eq!(stage.alive(), Vec::<String>::new());
}

#[test]
fn a_grandchild_in_the_group_that_ignores_term_is_swept_when_its_leader_went() {
    let (_turn, mut stage) = alone();
    let script = "(trap '' TERM; exec >/dev/null 2>&1; echo > up; while :; do sleep 0.05; done) & \
                  trap 'exit 9' TERM; until [ -e up ]; do sleep 0.01; done; echo up; while :; do sleep 0.05; done";
    stage.begin(stage.order("a", script));
    stage.heard("a", "up");
    stage.launcher().stop(&attempt("a"));
    swept(Exit::Code(9), &stage.end(), false);
    assert_eq!(stage.alive(), Vec::<String>::new());
}

#[test]
fn a_daemon_goes_after_a_natural_end() {
    let (_turn, mut stage) = alone();
    swept(Exit::Code(0), &stage.run(stage.order("a", DAEMON)), false);
    assert_eq!(stage.alive(), Vec::<String>::new());
    until("every orphan to be reaped", || zombies().is_empty());
}

#[test]
fn a_daemon_stays_where_that_was_ordered_even_when_the_run_ends_but_not_when_it_is_killed() {
    let (_turn, mut stage) = alone();
    let mut order = stage.order("a", DAEMON);
    order.leave_running = true;
    swept(Exit::Code(0), &stage.run(order), false);
    assert!(!stage.alive().is_empty());
    assert_eq!(stage.launcher().sweep_all(), []);
    assert!(!stage.alive().is_empty());
    fs::remove_file(stage.folder.path().join("daemon")).unwrap();
    assert_eq!(plandeck::process::kill_marked(&stage.prefix()), []);
    let mut order = stage.order("b", &format!("{DAEMON}; echo up; sleep 1000"));
    order.leave_running = true;
    stage.begin(order);
    stage.heard("b", "up");
    stage.launcher().kill(&attempt("b"));
    swept(Exit::Signal(9), &stage.end(), false);
    assert_eq!(stage.alive(), Vec::<String>::new());
}

#[test]
fn who_holds_the_output_after_the_end_makes_the_attempt_leaky_and_is_swept() {
    let (_turn, mut stage) = alone();
    swept(Exit::Code(0), &stage.run(stage.order("a", "echo early; (sleep 1000; echo late) &")), true);
    assert_eq!(stage.log("a"), "early\n");
    assert_eq!(stage.alive(), Vec::<String>::new());
}

#[test]
fn who_never_stops_printing_after_the_end_is_swept_too() {
    let (_turn, mut stage) = alone();
    swept(Exit::Code(5), &stage.run(stage.order("a", "yes & exit 5")), true);
    assert_eq!(stage.alive(), Vec::<String>::new());
}

#[test]
fn a_tree_of_fifty_goes_whole() {
    let (_turn, mut stage) = alone();
    let script = "i=0; while [ $i -lt 25 ]; do setsid sh -c 'trap \"\" TERM; sleep 1000 & echo up$0; wait' $i & \
                  i=$((i+1)); done; wait";
    stage.begin(stage.order("a", script));
    until("all to be up", || stage.log("a").matches("up").count() == 25 && stage.alive().len() >= 50);
    stage.launcher().kill(&attempt("a"));
    swept(Exit::Signal(9), &stage.end(), false);
    assert_eq!(stage.alive(), Vec::<String>::new());
    until("every orphan to be reaped", || zombies().is_empty());
}

#[test]
fn who_forks_for_ever_is_caught() {
    let (_turn, mut stage) = alone();
    // Each of the chain starts the next in a session of its own and ends.
    let script = "cat > chain <<'E'\n#!/bin/sh\n: > alive; setsid ./chain &\nE\nchmod +x chain; ./chain; \
                  until [ -e alive ]; do sleep 0.01; done; echo up; sleep 1000";
    stage.begin(stage.order("a", script));
    stage.heard("a", "up");
    stage.launcher().kill(&attempt("a"));
    stage.end();
    assert_eq!(stage.alive(), Vec::<String>::new());
}

#[test]
fn who_hides_its_mark_is_known_from_before_it_was_an_orphan() {
    let (_turn, mut stage) = alone();
    let hidden = "env -i /bin/sh -c 'setsid sh -c \"echo \\$\\$ > hidden; trap : TERM; while :; do sleep 0.05; done\" \
                  >/dev/null 2>&1' & until [ -s hidden ]; do sleep 0.01; done; echo up; wait";
    let alive = |stage: &Stage| {
        let pid = fs::read_to_string(stage.folder.path().join("hidden")).unwrap();
        plandeck::process::identity(pid.trim().parse().unwrap())
    };
    for kill in [false, true] {
        let task = if kill { "killed" } else { "stopped" };
        stage.begin(stage.order(task, hidden));
        stage.heard(task, "up");
        assert!(alive(&stage).is_some());
        if kill {
            stage.launcher().kill(&attempt(task));
        } else {
            stage.launcher().stop(&attempt(task));
        }
        stage.end();
        assert_eq!(alive(&stage), None, "{task}");
        fs::remove_file(stage.folder.path().join("hidden")).unwrap();
    }
}

#[test]
fn the_sweep_at_the_end_of_the_run_takes_everyone_who_descends_from_us() {
    let (_turn, mut stage) = alone();
    // An orphan with no mark, no group and no session to know it by, made before anyone looked.
    let nobodys = "(env -i setsid sh -c 'echo $$ > nobodys; while :; do sleep 0.05; done' >/dev/null 2>&1 &); \
                   until [ -s nobodys ]; do sleep 0.01; done";
    swept(Exit::Code(0), &stage.run(stage.order("a", nobodys)), false);
    let pid = fs::read_to_string(stage.folder.path().join("nobodys")).unwrap().trim().parse().unwrap();
    assert!(plandeck::process::identity(pid).is_some());
    stage.begin(stage.order("b", "echo up; sleep 1000"));
    stage.heard("b", "up");
    // Somebody else's child in this process is not an attempt's.
    let mut other = Command::new("/bin/cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
    assert_eq!(stage.launcher().sweep_all(), []);
    assert!(matches!(stage.report(), Report::Ended { end: End { exit: Exit::Signal(9), .. }, .. }));
    assert_eq!(plandeck::process::identity(pid), None);
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
}

#[test]
fn statuses_of_other_peoples_children_are_not_taken() {
    let (_turn, mut stage) = alone();
    let mut other = Command::new("/bin/sh").args(["-c", "exit 7"]).env(MARK, "none").spawn().unwrap();
    for task in ["a", "b", "c"] {
        swept(Exit::Code(0), &stage.run(stage.order(task, "(true &) ; exit 0")), false);
    }
    assert_eq!(other.wait().unwrap().code(), Some(7));
}

#[test]
fn a_hundred_megabytes_are_kept_to_the_byte_in_little_memory() {
    const LINE: &[u8] = b"0123456789abcde\n";
    const TOTAL: usize = 100_000_000;
    let (_turn, mut stage) = alone();
    let before = peak();
    let order = stage.order("a", &format!("yes 0123456789abcde | head -c {TOTAL}"));
    let end = stage.run(order);
    let grown = peak() - before;
    assert_eq!((end.bytes, end.leaky), (TOTAL as u64, false));
    assert!(grown < 1024, "the peak of memory grew by {grown} KiB");
    let mut log = fs::File::open(stage.log_path("a")).unwrap();
    let (mut buffer, mut read) = (vec![0; LINE.len() * 4096], 0);
    loop {
        let count = log.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        assert!(buffer[..count].iter().enumerate().all(|(at, byte)| *byte == LINE[(read + at) % LINE.len()]));
        read += count;
    }
    assert_eq!(read, TOTAL);
}

/// The peak of this process's memory in KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
