//! Following a run: every event once, whoever stops, stalls or comes late.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod children;
mod house;

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use house::{House, end_of, until};
use plandeck::{
    clock::{Moment, SystemClock, Timestamp},
    control::{Control, Followed, Parts},
    ids::{RunId, Seq},
    journal::Journal,
    run::{Event, EventKind, RunRecord, Status, Verdict},
};
use serde_json::{Value, json};

const RUN: &str = "0193e3f0-7c5a-7abc-8def-0123453f9c2a";

/// A run of one task in the journal of a house, minded by nobody but the test.
struct Stream {
    house: House,
    run: RunId,
}

impl Stream {
    fn new() -> Self {
        let house = House::empty();
        let stream = Self { house, run: RUN.parse().unwrap() };
        let spec = serde_json::from_value(json!({
            "version": 1, "run": RUN, "workflow": "next", "plan": null, "item": null, "params": {},
            "tasks": [{
                "name": "a", "title": "a", "argv": ["/bin/true"], "needs": [], "group": null, "cwd": "/",
                "env": {}, "pass_env": [], "stdin": null, "capture": "pipe",
                "limits": {"wall": null, "idle": null, "grace": 10}, "leave_running": false, "fail_on": [],
                "retries": {"max": 0, "backoff": 0, "on": []}
            }],
            "slots": 1, "fail_fast": false, "deliverables": [], "plan_hash": null, "git_commit": null,
            "asked_by": {"user": "ada", "face": "cli", "pid": 7}, "created_at": 1_769_860_800_000_i64,
            "parent": null, "umask": 18, "max_log_bytes": 4096, "seed": 9
        }));
        let control = stream.control();
        drop(control);
        stream.journal().create_run(&spec.unwrap(), Timestamp::from_millis(0)).unwrap();
        stream
    }

    fn control(&self) -> Control {
        Control::open(Parts {
            state: self.house.state(),
            workspace: self.house.root().to_owned(),
            program: "/bin/false".into(),
            environment: Vec::new(),
            clock: Arc::new(SystemClock::start()),
        })
        .unwrap()
    }

    fn journal(&self) -> Journal {
        Journal::open(&self.house.state().journal()).unwrap()
    }

    /// Writes `count` events behind the last one; the very last of them ends the run.
    fn write(&self, from: u64, count: u64, ends: bool) {
        let mut journal = self.journal();
        for seq in from..from + count {
            let kind = if ends && seq + 1 == from + count {
                EventKind::RunEnded { verdict: Verdict::Succeeded, deliverables: vec![], survivors: vec![] }
            } else {
                EventKind::RunPaused { by: seq.to_string() }
            };
            let (at, ts) = (Moment::from_millis(seq), Timestamp::from_millis(0));
            journal.append(self.run, &[Event { run: self.run, seq: Seq(seq), at, ts, kind }]).unwrap();
        }
    }
}

#[test]
fn a_follower_killed_and_resumed_a_thousand_times_sees_each_event_once() {
    const EVENTS: u64 = 3_000;
    let stream = Stream::new();
    thread::scope(|scope| {
        scope.spawn(|| stream.write(2, EVENTS - 1, true));
        let (mut seen, mut cursor, mut lives) = (Vec::new(), Seq(0), 0);
        while seen.len() < usize::try_from(EVENTS).unwrap() {
            // Each life begins with nothing but the cursor, reads a little, and is dropped mid-way.
            let mut follow = stream.control().follow(stream.run, cursor).unwrap();
            lives += 1;
            if let Followed::Events(events) = follow.next(Duration::from_mins(1)).unwrap() {
                // What was handed out and not taken counts as lost with the follower.
                let taken = events.len().min(1 + lives % 3);
                seen.extend(events[..taken].iter().map(|event| event.seq.0));
                cursor = Seq(*seen.last().unwrap());
            }
        }
        assert!(lives >= 1_000, "{lives}");
        assert_eq!(seen, (1..=EVENTS).collect::<Vec<_>>());
        let mut late = stream.control().follow(stream.run, cursor).unwrap();
        assert_eq!(late.next(Duration::ZERO).unwrap(), Followed::Over);
    });
}

#[test]
fn a_snapshot_and_what_follows_it_leave_no_gap_and_double_nothing() {
    const EVENTS: u64 = 500;
    let stream = Stream::new();
    thread::scope(|scope| {
        scope.spawn(|| stream.write(2, EVENTS - 1, true));
        for _ in 0..10 {
            let (mut record, mut follow) = stream.control().attach(stream.run).unwrap();
            let mut next = follow.seen().0 + 1;
            while let Followed::Events(events) = follow.next(Duration::from_mins(1)).unwrap() {
                for event in events {
                    assert_eq!(event.seq.0, next);
                    next += 1;
                    record.apply(&event);
                }
            }
            let whole: RunRecord = stream.journal().run(stream.run).unwrap().unwrap();
            assert_eq!(record, whole);
        }
    });
}

#[test]
fn a_reader_that_stalls_slows_nothing_and_misses_nothing() {
    const EVENTS: u64 = 2_000;
    let stream = Stream::new();
    let mut stalled = stream.control().follow(stream.run, Seq(0)).unwrap();
    assert!(matches!(stalled.next(Duration::ZERO).unwrap(), Followed::Events(_)));
    // Not read meanwhile: all of it is written to the end regardless.
    stream.write(2, EVENTS - 1, true);
    let mut seen = 1;
    while let Followed::Events(events) = stalled.next(Duration::ZERO).unwrap() {
        seen += events.len() as u64;
    }
    assert_eq!(seen, EVENTS);
}

/// The program as a follower whose output is read here.
fn follower(house: &House, run: RunId, from: u64) -> Child {
    let from = from.to_string();
    let mut command = house.command();
    command.args(["run", "follow", &run.to_string(), "-o", "ndjson", "--from", &from]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap()
}

fn seqs(lines: impl IntoIterator<Item = String>) -> Vec<u64> {
    let seq = |line: String| serde_json::from_str::<Value>(&line).ok()?["seq"].as_u64();
    lines.into_iter().filter_map(seq).collect()
}

/// A recipe of some attempts, each of which goes on until it is let go.
fn stepwise(house: &House) -> RunId {
    house.recipe(
        "steps",
        "n=$(ls step-* 2>/dev/null | wc -l); echo attempt $n; touch step-$n\nwhile [ ! -e go-$n ]; do sleep 0.02; done\nexit 1",
        "retries = { max = 5, backoff = \"10ms\" }",
    );
    house.begin("steps", "attempt 0")
}

#[test]
fn real_followers_are_killed_and_resumed_and_miss_nothing() {
    let house = House::empty();
    let run = stepwise(&house);
    let mut seen = Vec::new();
    for step in 0..6 {
        let cursor = seen.last().copied().unwrap_or(0);
        let mut child = follower(&house, run, cursor);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        house.write(&format!("go-{step}"), "");
        if step < 5 {
            until("the next attempt", || house.path(&format!("step-{}", step + 1)).exists());
            child.kill().unwrap();
            // What it said before it died counts, but for a line that is torn.
            seen.extend(seqs(lines));
            child.wait().unwrap();
        } else {
            seen.extend(seqs(lines));
            assert_eq!(end_of(&mut child), Some(1), "it ends with the run's own code");
        }
    }
    let last = *seen.last().unwrap();
    assert_eq!(seen, (1..=last).collect::<Vec<_>>());
    assert_eq!(house.record(run).tasks[0].attempts.len(), 6);
    assert_eq!(house.ended(run), Status::Failed, "no kill of a follower touched the run");
    house.falls_silent();
}

#[test]
fn twenty_followers_on_one_run_are_told_the_same() {
    let house = House::demo();
    let run = house.begin("gate", "waiting");
    let mut children: Vec<Child> = (0..20).map(|_| follower(&house, run, 0)).collect();
    let mut readers: Vec<_> =
        children.iter_mut().map(|it| BufReader::new(it.stdout.take().unwrap()).lines()).collect();
    // Each has begun before the run goes on.
    let first: Vec<String> = readers.iter_mut().map(|it| it.next().unwrap().unwrap()).collect();
    house.write("open", "");
    let rest: Vec<Vec<String>> =
        readers.into_iter().map(|it| it.map_while(Result::ok).collect::<Vec<_>>()).collect();
    for (child, (first, rest)) in children.iter_mut().zip(first.into_iter().zip(rest.clone())) {
        assert_eq!(end_of(child), Some(0));
        let told = seqs([first].into_iter().chain(rest));
        assert_eq!(told, (1..=*told.last().unwrap()).collect::<Vec<_>>());
    }
    assert!(rest.iter().all(|it| it == &rest[0]));
    house.falls_silent();
}

#[test]
fn off_a_terminal_every_event_is_a_line_and_from_leaves_out_what_was_seen() {
    let house = House::demo();
    house.recipe("chart", "echo drawn", "");
    let said = house.plandeck(&["run", "create", "chart", "--follow", "-y"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    let run = house.last_run();
    let events = house.plandeck(&["run", "events", &run.to_string()]).out.lines().count();
    let told = |from: &str| -> Vec<String> {
        let said = house.plandeck(&["run", "follow", &run.to_string(), "-o", "plain", "--from", from]);
        assert_eq!(said.code, Some(0), "{}", said.all());
        let number = |line: &&str| line.split('\t').next().is_some_and(|it| it.parse::<u64>().is_ok());
        said.out.lines().filter(number).map(str::to_owned).collect()
    };
    assert_eq!(told("0").len(), events);
    assert_eq!(told("4"), told("0")[4..]);
    assert!(
        said.out.contains("the run begins\n") && said.out.contains("the run ended, succeeded\n"),
        "{}",
        said.out
    );
    assert!(!said.all().contains('\u{1b}'), "{}", said.all());
}

#[test]
fn a_follower_whose_reader_goes_away_ends_politely_and_the_run_goes_on() {
    let house = House::demo();
    let run = house.begin("gate", "waiting");
    let mut child = follower(&house, run, 0);
    drop(child.stdout.take());
    house.write("open", "");
    assert_eq!(end_of(&mut child), Some(0));
    assert_eq!(house.ended(run), Status::Succeeded);
}
