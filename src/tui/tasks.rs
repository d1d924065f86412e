//! The rows of a run's tasks, and which task matters at a moment.

use std::collections::BTreeSet;

use super::list::Row;
use crate::{
    ids::TaskName,
    run::{Capture, RunRecord, Status, Task, TaskRecord},
    view::TaskOrder,
};

/// The run itself, then its groups with their tasks in the order of their graph. Of closed groups only
/// the heading. Where a text is wanted, only tasks whose name or title holds it.
pub fn rows(record: &RunRecord, order: &TaskOrder, closed: &BTreeSet<usize>, wanted: &str) -> Vec<Row> {
    let wanted = wanted.to_lowercase();
    let fits = |at: &&usize| {
        let task = &record.spec.tasks[**at];
        wanted.is_empty()
            || task.name.as_str().to_lowercase().contains(&wanted)
            || task.title.to_lowercase().contains(&wanted)
    };
    let mut rows = vec![Row::Whole];
    for (at, group) in order.groups.iter().enumerate() {
        let tasks: Vec<Row> = group.tasks.iter().filter(fits).map(|it| Row::Task(*it)).collect();
        if tasks.is_empty() {
            continue;
        }
        if group.name.is_some() {
            rows.push(Row::Group(at));
        }
        if group.name.is_none() || !closed.contains(&at) || !wanted.is_empty() {
            rows.extend(tasks);
        }
    }
    rows
}

/// True while something of it runs.
pub const fn is_live(status: Status) -> bool {
    matches!(status, Status::Running | Status::Stopping)
}

/// The task to look at when none was chosen: one that runs (the one that is looked at, if it still
/// does, else the latest), else the first that did not succeed, else the one that ended last.
pub fn that_matters<'a>(
    tasks: impl Iterator<Item = &'a TaskRecord> + Clone,
    shown: Option<&TaskName>,
) -> Option<&'a TaskRecord> {
    let begun = || tasks.clone().filter(|it| !it.attempts.is_empty());
    let live = || begun().filter(|it| is_live(it.status));
    let bad = |it: &&TaskRecord| {
        matches!(it.status, Status::Failed | Status::TimedOut | Status::Lost | Status::Cancelled)
    };
    live()
        .find(|it| Some(&it.name) == shown)
        .or_else(|| live().max_by_key(|it| it.last_attempt().and_then(|it| it.started_at)))
        .or_else(|| begun().find(bad))
        .or_else(|| begun().max_by_key(|it| it.last_attempt().and_then(|it| it.ended_at)))
}

/// True when it is known which stream of a task a line came from.
pub fn tells_streams(task: &Task) -> bool {
    task.capture == Capture::Split
}
