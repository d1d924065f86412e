//! A run that is watched while it goes on: what fits the rows there are, whatever its size.

use std::{collections::HashMap, time::Duration};

use super::{Estimate, Forecast, ends::subject};
use crate::{
    clock::Timestamp,
    ids::{AttemptId, RunId, TaskName},
    run::{RunRecord, Status, TaskRecord},
};

/// A run that is watched while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Following {
    /// The run.
    pub id: RunId,
    /// How it stands.
    pub status: Status,
    /// What it is for: `next ALPHA 2.3`.
    pub subject: String,
    /// How long it has been going on; absent while it is queued.
    pub elapsed: Option<Duration>,
    /// Tasks over.
    pub over: usize,
    /// Tasks in all.
    pub total: usize,
    /// How long it may still take.
    pub rest: Option<Estimate>,
    /// Tasks under their headings, in the order of the plan.
    pub rows: Vec<FollowRow>,
    /// Tasks that are not in a row, counted by how they stand.
    pub left_out: Vec<(Status, usize)>,
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowRow {
    /// A heading of the plan.
    Group(String),
    /// A task.
    Task(FollowedTask),
}

/// A task of a run that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedTask {
    /// Its name.
    pub name: TaskName,
    /// For people.
    pub title: String,
    /// How it stands.
    pub status: Status,
    /// How long its attempts took, or its latest one has been going on.
    pub elapsed: Option<Duration>,
    /// Its latest attempt; absent before the first.
    pub attempt: Option<AttemptId>,
    /// How long it may still take.
    pub left: Option<Estimate>,
    /// What it said last, as it wrote it; whoever paints looks it up.
    pub said: Option<String>,
}

impl Following {
    /// The tasks in the rows.
    pub fn tasks_mut(&mut self) -> impl Iterator<Item = &mut FollowedTask> {
        self.rows.iter_mut().filter_map(|row| match row {
            FollowRow::Group(_) => None,
            FollowRow::Task(task) => Some(task),
        })
    }
}

/// How a run that goes on stands at this moment, in at most `room` rows of tasks: what runs first, then
/// what went wrong, what comes next, and what ended last.
#[must_use]
pub fn following(record: &RunRecord, forecast: &Forecast, now: Timestamp, room: usize) -> Following {
    let chosen = chosen(record, room);
    let left: HashMap<&TaskName, &Estimate> = forecast.tasks.iter().map(|(task, it)| (task, it)).collect();
    let rows = chosen.iter().map(|at| FollowRow::Task(followed(record, *at, &left, now))).collect();
    Following {
        id: record.id,
        status: record.status,
        subject: subject(&record.into()),
        elapsed: record.started_at.map(|start| record.awake(start, record.ended_at.unwrap_or(now))),
        over: record.tasks.iter().filter(|task| task.status.is_over()).count(),
        total: record.tasks.len(),
        rest: forecast.rest.clone(),
        rows: with_headings(record, &chosen, rows, room),
        left_out: left_out(record, &chosen),
    }
}

/// The places of the tasks that are shown, in the order of the plan.
fn chosen(record: &RunRecord, room: usize) -> Vec<usize> {
    let stands: HashMap<&TaskName, Status> =
        record.tasks.iter().map(|task| (&task.name, task.status)).collect();
    let ready = |at: usize| {
        let needs = record.spec.tasks.get(at).map(|it| it.needs.as_slice()).unwrap_or_default();
        needs.iter().all(|need| stands.get(need).is_none_or(|it| *it == Status::Succeeded))
    };
    let mut all: Vec<usize> = (0..record.tasks.len()).collect();
    if all.len() > room {
        all.sort_by_cached_key(|at| urgency(&record.tasks[*at], ready(*at)));
        all.truncate(room);
        all.sort_unstable();
    }
    all
}

/// Lower is shown sooner; of what is over, the latest.
fn urgency(task: &TaskRecord, ready: bool) -> (u8, i64) {
    let ended = task.last_attempt().and_then(|attempt| attempt.ended_at).map_or(0, Timestamp::millis);
    match task.status {
        Status::Running | Status::Stopping | Status::Paused => (0, 0),
        Status::Failed | Status::TimedOut | Status::Lost => (1, -ended),
        Status::Queued if ready => (2, 0),
        Status::Succeeded | Status::Cancelled => (3, -ended),
        Status::Queued => (4, 0),
        Status::Skipped | Status::Blocked => (5, 0),
    }
}

fn followed(
    record: &RunRecord,
    at: usize,
    left: &HashMap<&TaskName, &Estimate>,
    now: Timestamp,
) -> FollowedTask {
    let task = &record.tasks[at];
    let title = record.spec.tasks.get(at).map(|it| it.title.clone()).filter(|it| it != task.name.as_str());
    let took =
        |it: &crate::run::AttemptRecord| Some(record.awake(it.started_at?, it.ended_at.unwrap_or(now)));
    FollowedTask {
        name: task.name.clone(),
        title: title.unwrap_or_default(),
        status: task.status,
        elapsed: task.last_attempt().and_then(took),
        attempt: task.last_attempt().map(|it| AttemptId { task: task.name.clone(), number: it.number }),
        left: left.get(&task.name).map(|it| (*it).clone()),
        said: None,
    }
}

/// Headings where they fit: better all tasks without than some with.
fn with_headings(record: &RunRecord, chosen: &[usize], rows: Vec<FollowRow>, room: usize) -> Vec<FollowRow> {
    let group = |at: &usize| record.spec.tasks.get(*at).and_then(|it| it.group.as_ref());
    let mut with = Vec::new();
    let mut before = None;
    for (at, row) in chosen.iter().zip(&rows) {
        let group = group(at);
        if group != before {
            with.extend(group.map(|it| FollowRow::Group(it.clone())));
            before = group;
        }
        with.push(row.clone());
    }
    if with.len() > room { rows } else { with }
}

fn left_out(record: &RunRecord, chosen: &[usize]) -> Vec<(Status, usize)> {
    let mut shown = vec![false; record.tasks.len()];
    for at in chosen {
        shown[*at] = true;
    }
    let hidden =
        || record.tasks.iter().zip(&shown).filter(|(_, shown)| !**shown).map(|(task, _)| task.status);
    let count = |status| (status, hidden().filter(|it| *it == status).count());
    Status::ALL.into_iter().map(count).filter(|(_, number)| *number > 0).collect()
}
