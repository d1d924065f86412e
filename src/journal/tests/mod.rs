//! What the tests of the journal have in common: small specifications and events.

mod file;
mod fold;
mod lines;
mod lists;
mod runs;
mod took;

use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;
use rusqlite::params;
use serde_json::json;

use super::*;
use crate::{
    clock::{Moment, Timestamp},
    ids::{AttemptId, Cursor, Ids, ItemId, PlanId, RunId, Seq, TaskName, WorkflowName},
    run::{
        Answer, Capture, Ending, Event, EventKind, Exit, Limits, Outcome, PlanRef, ProcessId, Refusal,
        Retries, RunSummary, Specification, Status, StopReason, Survivor, Task, Verdict, Wish, Work,
        spec::{ItemRef, Origin},
    },
};

const START: i64 = 1_769_860_800_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(START + seconds * 1000)
}

fn task(name: &str) -> Task {
    Task {
        name: TaskName::new(name),
        title: format!("Task {name}"),
        argv: vec!["/bin/true".to_owned()],
        item: None,
        tried: 0,
        write_back: false,
        needs: Vec::new(),
        after: Vec::new(),
        gates: Vec::new(),
        group: None,
        cwd: "/".to_owned(),
        env: BTreeMap::new(),
        pass_env: Vec::new(),
        stdin: None,
        open_stdin: false,
        capture: Capture::Pipe,
        limits: Limits { wall: None, idle: None, grace: Duration::from_secs(10) },
        retries: Retries::none(),
        leave_running: false,
        fail_on: Vec::new(),
        work: Work::Program,
        recipe: String::new(),
    }
}

fn spec(run: RunId, workflow: &str, plan: Option<&str>, created: i64) -> Specification {
    let plan = plan.map(|plan| PlanRef {
        id: PlanId::new(plan),
        title: format!("The plan {plan}"),
        dialect: "checklist".to_owned(),
        path: format!("{plan}.md"),
    });
    Specification {
        version: Specification::VERSION,
        run,
        workflow: WorkflowName::new(workflow),
        item: plan.as_ref().map(|_| ItemRef { id: ItemId::new("2.3"), title: "Lay the pipes".to_owned() }),
        plan,
        params: serde_json::from_value(json!({"level": 3, "who": "Ada"})).unwrap(),
        tasks: vec![task("a"), task("b"), task("c")],
        gates: Vec::new(),
        strategy: None,
        slots: 2,
        fail_fast: false,
        deliverables: Vec::new(),
        plan_hash: None,
        git_commit: None,
        asked_by: Origin { user: "ada".to_owned(), face: "cli".to_owned(), pid: 7 },
        created_at: at(created),
        parent: None,
        umask: 0o22,
        max_log_bytes: 1 << 20,
        seed: 1,
        agents: BTreeMap::new(),
        stagger: Duration::ZERO,
    }
}

fn id(number: u64) -> RunId {
    Ids::counted(number).run(START)
}

fn journal_with(specs: &[Specification]) -> Journal {
    let mut journal = Journal::in_memory().unwrap();
    for spec in specs {
        journal.create_run(spec, spec.created_at).unwrap();
    }
    journal
}

/// Appends kinds behind what a run has, a second apart.
fn append(journal: &mut Journal, run: RunId, kinds: impl IntoIterator<Item = EventKind>) {
    let (last, _) = journal.standing(run).unwrap();
    let created = journal.summary(run).unwrap().unwrap().created_at.millis();
    let events: Vec<Event> = (last.0 + 1..)
        .zip(kinds)
        .map(|(seq, kind)| {
            let ts = Timestamp::from_millis(created + i64::try_from(seq).unwrap() * 1000);
            Event { run, seq: Seq(seq), at: Moment::from_millis(seq * 1000), ts, kind }
        })
        .collect();
    journal.append(run, &events).unwrap();
}

fn process() -> ProcessId {
    ProcessId { pid: 4711, birth: 99, boot: "boot".to_owned(), namespace: "pid:[1]".to_owned() }
}

fn started() -> EventKind {
    EventKind::RunStarted { supervisor: process() }
}

fn ended(verdict: Verdict) -> EventKind {
    EventKind::RunEnded { verdict, deliverables: vec!["out.txt".to_owned()], survivors: Vec::new() }
}

fn first(task: &str) -> AttemptId {
    AttemptId { task: TaskName::new(task), number: 1 }
}
