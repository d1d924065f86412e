//! Runs built by hand.

use std::{collections::BTreeMap, time::Duration};

use plandeck::{
    clock::Timestamp,
    ids::{Ids, RunId, TaskName},
    run::{
        AttemptRecord, Capture, Ending, Exit, Limits, Outcome, PlanRef, Retries, RunRecord, RunSummary,
        Specification, Status, Task, TaskRecord, TestCounts, Work,
        spec::{ItemRef, Origin},
    },
};
use serde_json::Map;

use crate::plans::{HOSTILE, at};

pub const START: &str = "2026-03-14T11:50:00Z";

pub fn id(number: u64) -> RunId {
    Ids::counted(number).run(at(START).millis())
}

pub fn spec(number: u64, tasks: &[&str]) -> Specification {
    Specification {
        version: Specification::VERSION,
        run: id(number),
        workflow: "next".into(),
        plan: Some(PlanRef {
            id: "HARBOUR".into(),
            title: "Book a berth from the quay".to_owned(),
            dialect: "methodology".to_owned(),
            path: "work-space/plans/HARBOUR/PLAN_HARBOUR.md".to_owned(),
        }),
        item: Some(ItemRef { id: "2.4".into(), title: "A berth that is given back".to_owned() }),
        params: Map::new(),
        tasks: tasks.iter().map(|name| task(name)).collect(),
        gates: Vec::new(),
        strategy: None,
        slots: 2,
        fail_fast: false,
        deliverables: vec!["work-space/plans/HARBOUR".to_owned()],
        plan_hash: None,
        git_commit: Some("3c5a7e0d".to_owned()),
        asked_by: Origin { user: "ada".to_owned(), face: "deck".to_owned(), pid: 4242 },
        created_at: at(START),
        parent: None,
        umask: 0o022,
        max_log_bytes: 4 << 30,
        seed: 7,
        agents: BTreeMap::new(),
        stagger: Duration::ZERO,
    }
}

fn task(name: &str) -> Task {
    let second = Duration::from_secs(1);
    Task {
        name: name.into(),
        title: format!("Do {name}"),
        argv: vec!["/usr/bin/python3".to_owned(), "scripts/do it.py".to_owned(), name.to_owned()],
        item: None,
        tried: 0,
        write_back: false,
        needs: Vec::new(),
        after: Vec::new(),
        gates: Vec::new(),
        group: None,
        cwd: "/home/ada/harbour".to_owned(),
        env: BTreeMap::new(),
        pass_env: vec!["PATH".to_owned()],
        stdin: None,
        open_stdin: false,
        capture: Capture::Pipe,
        limits: Limits { wall: Some(600 * second), idle: Some(90 * second), grace: 10 * second },
        retries: Retries::none(),
        leave_running: false,
        fail_on: Vec::new(),
        work: Work::Program,
        recipe: String::new(),
    }
}

/// A run in which each task ended like this, one after the other, 30 seconds each.
pub fn record(number: u64, status: Status, tasks: &[(&str, Status, Option<Ending>)]) -> RunRecord {
    let names: Vec<&str> = tasks.iter().map(|(name, ..)| *name).collect();
    let start = at(START);
    let later =
        |steps: usize| Timestamp::from_millis(start.millis() + 30_500 * i64::try_from(steps).unwrap());
    let task = |(step, (name, status, ending)): (usize, &(&str, Status, Option<Ending>))| TaskRecord {
        name: TaskName::new(*name),
        status: *status,
        blocked_by: (*status == Status::Blocked).then(|| TaskName::new(tasks[0].0)),
        attempts: ending.iter().map(|it| attempt(1, later(step), later(step + 1), it.clone())).collect(),
    };
    RunRecord {
        id: id(number),
        spec: spec(number, &names),
        status,
        started_at: Some(start),
        ended_at: status.is_over().then(|| later(tasks.len())),
        tasks: tasks.iter().enumerate().map(task).collect(),
        deliverables: Vec::new(),
        survivors: Vec::new(),
        cancel_reason: None,
        gaps: Vec::new(),
        unwritten: Vec::new(),
    }
}

fn attempt(number: u32, start: Timestamp, end: Timestamp, ending: Ending) -> AttemptRecord {
    let ending = Some(ending);
    AttemptRecord { number, started_at: Some(start), ended_at: Some(end), process: None, ending }
}

pub fn ending(outcome: Outcome, exit: Exit) -> Ending {
    let tests = Some(TestCounts { passed: 41, failed: 1, skipped: 2 });
    Ending { exit: Some(exit), bytes: 12_700, tests, ..Ending::bare(outcome) }
}

/// Runs in every status, newest first.
pub fn list() -> Vec<RunSummary> {
    let statuses = Status::ALL.into_iter().enumerate();
    let mut runs: Vec<RunSummary> = statuses.map(|(at, status)| summary(at as u64 + 1, status)).collect();
    runs[3].plan_title = Some(HOSTILE.to_owned());
    runs[3].preview = HOSTILE.to_owned();
    runs[4].preview = "漢字".repeat(40);
    runs[5].item = Some("an item whose id is quite long, to be sure".into());
    runs[6].plan = None;
    runs[6].plan_title = None;
    runs[6].item = None;
    runs
}

fn summary(number: u64, status: Status) -> RunSummary {
    let record = record(number, status, &[("one", Status::Succeeded, None), ("two", status, None)]);
    let mut run = RunSummary::from(&record);
    if status == Status::Queued {
        run.started_at = None;
    }
    run
}
