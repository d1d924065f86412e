//! Runs in a list, newest first, nine of them with a digit.

use std::time::Duration;

use super::{PAGE, words};
use crate::{
    clock::Timestamp,
    ids::{ItemId, PlanId, RunId, WorkflowName},
    run::{RunSummary, Status},
};

/// A run in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLine {
    /// The digit that opens it, where the list is numbered.
    pub key: Option<u8>,
    /// Its id.
    pub id: RunId,
    /// As much of its tail as tells it from the others of the list.
    pub tail: String,
    /// How it stands.
    pub status: Status,
    /// How its plan is moved on.
    pub workflow: WorkflowName,
    /// The plan's id then.
    pub plan: Option<PlanId>,
    /// The plan's title then.
    pub plan_title: Option<String>,
    /// The item's id then.
    pub item: Option<ItemId>,
    /// How long ago it began, or was asked for when it has not begun.
    pub ago: String,
    /// How long it took, or has been going on.
    pub duration: Option<Duration>,
    /// The beginning of its first parameter; may be empty.
    pub preview: String,
    /// Tasks over.
    pub over: usize,
    /// Tasks in all.
    pub tasks: usize,
}

/// Runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunList {
    /// In the order they were given.
    pub rows: Vec<RunLine>,
    /// How many fit the question in all.
    pub total: usize,
    /// What was asked for (`failed, of ALPHA`); empty when everything was.
    pub asked: String,
}

/// A list of runs. `numbered` gives the first nine a digit.
#[must_use]
pub fn run_list(
    runs: &[RunSummary],
    total: usize,
    asked: impl Into<String>,
    numbered: bool,
    now: Timestamp,
) -> RunList {
    let key = |at: usize| u8::try_from(at + 1).ok().filter(|_| numbered && at < PAGE);
    let mut rows: Vec<_> = runs.iter().enumerate().map(|(at, run)| run_line(run, key(at), now)).collect();
    let tails: Vec<_> = rows.iter().map(|row| telling_tail(row.id, runs)).collect();
    for (row, tail) in rows.iter_mut().zip(tails) {
        row.tail = tail;
    }
    RunList { rows, total, asked: asked.into() }
}

/// The shortest tail, of at least six characters, that no other run of the list shares.
fn telling_tail(id: RunId, runs: &[RunSummary]) -> String {
    let others = || runs.iter().map(|run| run.id).filter(|it| *it != id);
    if others().all(|other| other.short() != id.short()) {
        return id.short();
    }
    let full = id.to_string().replace('-', "");
    let shared = |tail: &str| others().any(|it| it.to_string().replace('-', "").ends_with(tail));
    let lengths = id.short().len()..full.len();
    let tail = lengths.map(|length| &full[full.len() - length..]).find(|tail| !shared(tail));
    tail.unwrap_or(&full).to_owned()
}

/// A run in one line.
#[must_use]
pub fn run_line(run: &RunSummary, key: Option<u8>, now: Timestamp) -> RunLine {
    RunLine {
        key,
        id: run.id,
        tail: run.id.short(),
        status: run.status,
        workflow: run.workflow.clone(),
        plan: run.plan.clone(),
        plan_title: run.plan_title.clone(),
        item: run.item.clone(),
        ago: words::ago(now, run.started_at.unwrap_or(run.created_at)),
        duration: run.elapsed(now),
        preview: run.preview.clone(),
        over: run.tasks_over,
        tasks: run.tasks,
    }
}
