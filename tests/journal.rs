//! The journal as a file among processes: privacy, kills, several writers, old versions.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use plandeck::{
    clock::{Moment, Timestamp},
    ids::{Cursor, RunId, Seq, WorkflowName},
    journal::{Journal, RunQuery},
    run::{Event, EventKind, RunRecord, Specification, Status},
};
use serde_json::json;

/// A specification of version 1, as a journal of version 1 keeps it.
fn spec(run: &str) -> Specification {
    serde_json::from_value(json!({
        "version": 1,
        "run": run,
        "workflow": "subplan",
        "plan": {"id": "HARBOUR", "title": "The harbour lights", "dialect": "methodology", "path": "plans/HARBOUR"},
        "item": {"id": "1.2", "title": "Wire the north pier"},
        "params": {"lamp": {"watts": 40}},
        "tasks": [{
            "name": "write", "title": "Write it", "argv": ["/bin/true"], "needs": [], "group": null, "cwd": "/",
            "env": {}, "pass_env": ["PATH"], "stdin": null, "capture": "pipe",
            "limits": {"wall": 180_000, "idle": null, "grace": 10_000},
            "retries": {"max": 0, "backoff": 5_000, "on": ["failed"]}, "leave_running": false, "fail_on": []
        }],
        "slots": 1, "fail_fast": false, "deliverables": [], "plan_hash": null, "git_commit": null,
        "asked_by": {"user": "ada", "face": "cli", "pid": 7},
        "created_at": 1_769_860_800_000_i64, "parent": null, "umask": 18, "max_log_bytes": 4_294_967_296_u64,
        "seed": 9
    }))
    .unwrap()
}

const RUN: &str = "0193e3f0-7c5a-7abc-8def-0123453f9c2a";

fn gap(run: RunId, seq: u64) -> Event {
    Event {
        run,
        seq: Seq(seq),
        at: Moment::from_millis(seq),
        ts: Timestamp::from_millis(1_769_860_800_000),
        kind: EventKind::ClockGap { gap_ms: seq },
    }
}

fn create(journal: &mut Journal, run: &str) -> RunId {
    let spec = spec(run);
    journal.create_run(&spec, spec.created_at).unwrap();
    spec.run
}

#[test]
fn only_its_owner_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut journal = Journal::open(&path).unwrap();
    create(&mut journal, RUN);
    for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
}

#[test]
fn many_writers_that_open_it_at_once_all_get_their_turn() {
    const WRITERS: u64 = 4;
    const EVENTS: u64 = 50;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let write = |number: u64| {
        let mut journal = Journal::open(&path).unwrap();
        let run = create(&mut journal, &format!("0193e3f0-7c5a-7abc-8def-{number:012x}"));
        (2..2 + EVENTS).for_each(|seq| journal.append(run, &[gap(run, seq)]).unwrap());
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|number| scope.spawn(move || write(number))).collect();
        for writer in writers {
            writer.join().unwrap();
        }
    });
    let journal = Journal::open(&path).unwrap();
    let events = journal.since(Cursor(0), usize::MAX).unwrap();
    assert_eq!(u64::try_from(events.len()).unwrap(), WRITERS * (EVENTS + 1));
    assert!(events.is_sorted_by_key(|(cursor, _)| *cursor));
    assert_eq!(journal.list(&RunQuery::default()).unwrap().total, 4);
    assert!(journal.check().unwrap().is_empty());
}

/// A test of this file as a process of its own, told where the journal is.
fn child(test: &str, journal: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).env("PLANDECK_TEST_JOURNAL", journal);
    command
}

/// Where the journal is, when a parent started this process; otherwise there is nothing to test.
#[expect(clippy::disallowed_methods, reason = "how the parent says where")]
fn asked_by_parent() -> Option<PathBuf> {
    std::env::var_os("PLANDECK_TEST_JOURNAL").map(PathBuf::from)
}

/// The child of the test below: it writes without end and says what it has written.
#[test]
fn writes_until_it_is_killed() {
    let Some(path) = asked_by_parent() else { return };
    let mut journal = Journal::open(&path).unwrap();
    let run = create(&mut journal, RUN);
    for seq in 2.. {
        journal.append(run, &[gap(run, seq)]).unwrap();
        println!("\nwritten {seq}");
    }
}

#[test]
fn what_was_answered_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let answered = kill_in_mid_append(&path, 200);

    let mut journal = Journal::open(&path).unwrap();
    let run = RUN.parse().unwrap();
    let events = journal.events_after(run, Seq(0), usize::MAX).unwrap();
    let last = events.last().unwrap().seq;
    assert!(last >= Seq(answered), "{last:?} is kept, {answered} was answered");
    let numbers: Vec<u64> = events.iter().map(|event| event.seq.0).collect();
    assert_eq!(numbers, (1..=last.0).collect::<Vec<_>>());
    assert!(journal.check().unwrap().is_empty());
    journal.append(run, &[gap(run, last.0 + 1)]).unwrap();
}

/// Lets the child write at least `lines` events, kills it, and says which was the last it spoke of.
fn kill_in_mid_append(path: &Path, lines: u64) -> u64 {
    let mut child = child("writes_until_it_is_killed", path).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let number = |line: String| line.strip_prefix("written ").and_then(|it| it.parse::<u64>().ok());
    let seen = output.by_ref().map_while(Result::ok).filter_map(number).find(|seq| *seq >= lines).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts too; its last line may be torn.
    let rest: Vec<String> = output.map_while(Result::ok).collect();
    let whole = rest.len().saturating_sub(1);
    rest.into_iter().take(whole).filter_map(number).next_back().unwrap_or(seen)
}

/// Every version that was ever shipped stays here and must load.
#[test]
fn a_journal_of_version_1_loads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    fs::copy("tests/journals/v1.db", &path).unwrap();
    let mut journal = Journal::open(&path).unwrap();
    let runs =
        journal.list(&RunQuery { search: Some("north pier".to_owned()), ..RunQuery::default() }).unwrap();
    let run = journal.find_run("9c2a").unwrap();
    assert_eq!(runs.runs[0].id, run);
    assert_eq!(runs.runs[0].preview, r#"{"watts":40}"#);
    let record: RunRecord = journal.run(run).unwrap().unwrap();
    assert_eq!(record.spec, spec(RUN));
    assert_eq!(record.status, Status::Failed);
    assert_eq!(journal.events_after(run, Seq(0), 99).unwrap(), every_event_of_version_1(run));
    assert_eq!(journal.open_requests(run).unwrap().len(), 0);
    let found = journal.lines(&plandeck::journal::LineQuery::default()).unwrap();
    assert_eq!(found[0].text, "subplan HARBOUR 1.2");
    assert_eq!(journal.durations(&WorkflowName::new("subplan"), None, 9).unwrap(), []);
    journal.rebuild().unwrap();
    assert_eq!(journal.run(run).unwrap(), Some(record));
}

/// An event of each kind and of each outcome, as version 1 spelled them.
fn every_event_of_version_1(run: RunId) -> Vec<Event> {
    let process = json!({"pid": 4711, "birth": 99, "boot": "b", "namespace": "pid:[1]"});
    let attempt = |number: u32| json!({"task": "write", "number": number});
    let end = |number: u32, outcome: &str, more: serde_json::Value| {
        let mut end = json!({
            "kind": "attempt_ended", "attempt": attempt(number), "outcome": outcome, "exit": null, "bytes": 0,
            "leaky": false, "survivors": [], "tests": null
        });
        let more = more.as_object().unwrap().clone();
        end.as_object_mut().unwrap().extend(more);
        end
    };
    let kinds = [
        json!({"kind": "run_created", "workflow": "subplan", "plan": "HARBOUR", "item": "1.2"}),
        json!({"kind": "run_started", "supervisor": process}),
        json!({"kind": "task_queued", "task": "write"}),
        json!({"kind": "task_ready", "attempt": attempt(1)}),
        json!({"kind": "attempt_started", "attempt": attempt(1), "process": process}),
        json!({"kind": "attempt_slow", "attempt": attempt(1)}),
        json!({"kind": "attempt_stopping", "attempt": attempt(1), "reason": "timed_out"}),
        json!({"kind": "attempt_killing", "attempt": attempt(1)}),
        end(1, "timed_out", json!({"exit": {"signal": 9}, "survivors": [{"pid": 8, "command": "sleep 9"}]})),
        end(2, "succeeded", json!({"exit": {"code": 0}, "tests": {"passed": 3, "failed": 0, "skipped": 1}})),
        end(3, "failed", json!({"code": 2, "exit": {"code": 2}, "bytes": 17, "leaky": true})),
        end(4, "signalled", json!({"signal": 11, "exit": {"signal": 11}})),
        end(5, "failed_pattern", json!({"line": "ERROR: no lamp", "exit": {"code": 0}})),
        end(6, "timed_out_idle", json!({})),
        end(7, "cancelled", json!({})),
        end(8, "lost", json!({})),
        end(9, "failed_to_start", json!({"why": {"kind": "missing_env", "names": ["LAMP"]}})),
        end(10, "failed_to_start", json!({"why": {"kind": "not_found", "program": "lamp"}})),
        end(11, "failed_to_start", json!({"why": {"kind": "not_executable", "program": "lamp"}})),
        end(12, "failed_to_start", json!({"why": {"kind": "no_interpreter", "program": "lamp"}})),
        end(13, "failed_to_start", json!({"why": {"kind": "no_directory", "cwd": "/lamp"}})),
        end(14, "failed_to_start", json!({"why": {"kind": "system", "message": "too many"}})),
        json!({"kind": "task_ended", "task": "write", "outcome": "failed", "code": 2}),
        json!({"kind": "task_blocked", "task": "write", "by": "write"}),
        json!({"kind": "run_paused", "by": "ada"}),
        json!({"kind": "run_unpaused", "by": "ada"}),
        json!({"kind": "run_cancelling", "reason": "wrong pier", "by": "ada"}),
        json!({"kind": "clock_gap", "gap_ms": 5000}),
        json!({"kind": "run_ended", "verdict": "failed", "deliverables": ["a.md"], "survivors": []}),
    ];
    (1..)
        .zip(kinds)
        .map(|(seq, kind)| Event {
            run,
            seq: Seq(seq),
            at: Moment::from_millis((seq - 1) * 10),
            ts: Timestamp::from_millis(1_769_860_800_000 + i64::try_from(seq).unwrap()),
            kind: serde_json::from_value(kind).unwrap(),
        })
        .collect()
}

/// Wrote `tests/journals/v1.db`. What it wrote then is what is loaded now: never run it again for an
/// old version.
#[test]
#[ignore = "writes the file of the current version, once"]
fn writes_a_journal_of_the_current_version() {
    use plandeck::{
        journal::NewLine,
        run::{Answer, Wish},
    };
    let path = Path::new("tests/journals/v1.db");
    if path.exists() {
        return;
    }
    fs::create_dir_all("tests/journals").unwrap();
    let spec = spec(RUN);
    let mut journal = Journal::open(path).unwrap();
    let events = every_event_of_version_1(spec.run);
    journal.create_run(&spec, events[0].ts).unwrap();
    let (last, middle) = events[1..].split_last().unwrap();
    journal.append(spec.run, middle).unwrap();
    let request =
        journal.leave_request(spec.run, "ada", &Wish::Cancel { reason: None }, spec.created_at).unwrap();
    journal.answer_request(request, &Answer::Done, spec.created_at).unwrap();
    journal.append(spec.run, std::slice::from_ref(last)).unwrap();
    let text = "subplan HARBOUR 1.2".to_owned();
    journal.save_line(&NewLine { text, at: spec.created_at, session: Some(1), cwd: None }).unwrap();
}
