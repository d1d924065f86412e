//! Short texts beside the prompt: what is followed, what just ended, whose the digits are.

use std::time::Duration;

use super::{ends::subject, words::count};
use crate::{
    clock::Timestamp,
    ids::{PlanId, RunId, TaskName},
    run::{RunRecord, RunSummary, Status},
    text::format_duration,
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
    /// What runs now, one line each.
    pub tasks: Vec<FollowedTask>,
}

/// A task that runs now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedTask {
    /// Its name.
    pub name: TaskName,
    /// For people.
    pub title: String,
    /// How it stands.
    pub status: Status,
    /// How long its attempt has been running.
    pub elapsed: Option<Duration>,
    /// Which attempt it is; 1 for the first.
    pub attempt: u32,
}

/// How a run that goes on stands at this moment.
#[must_use]
pub fn following(record: &RunRecord, now: Timestamp) -> Following {
    let live = record.tasks.iter().filter(|task| matches!(task.status, Status::Running | Status::Stopping));
    let tasks = live.map(|task| {
        let attempt = task.last_attempt();
        FollowedTask {
            name: task.name.clone(),
            title: record.spec.task(&task.name).map(|task| task.title.clone()).unwrap_or_default(),
            status: task.status,
            elapsed: attempt.and_then(|attempt| attempt.started_at).map(|start| record.awake(start, now)),
            attempt: attempt.map_or(1, |attempt| attempt.number),
        }
    });
    Following {
        id: record.id,
        status: record.status,
        subject: subject(&record.into()),
        elapsed: record.started_at.map(|start| record.awake(start, record.ended_at.unwrap_or(now))),
        over: record.tasks.iter().filter(|task| task.status.is_over()).count(),
        total: record.tasks.len(),
        tasks: tasks.collect(),
    }
}

/// What is said above the prompt when a run in the background ends: the status is shown before it.
#[must_use]
pub fn announcement(run: &RunSummary) -> (Status, String) {
    let took = run.duration().map_or(String::new(), |it| format!(" after {}", format_duration(it)));
    let subject = subject(run);
    (run.status, format!("run {}{took}: {subject}; run get {} shows it", run.id.short(), run.id.short()))
}

/// What the prompt says before its mark: the plan, and whose the digits are when they are not the
/// page's (`ALPHA · advice 1-3`).
#[must_use]
pub fn prompt_words(plan: Option<&PlanId>, block: Option<(&str, usize)>) -> String {
    let plan = plan.map(ToString::to_string);
    let block = block.map(|(name, entries)| match entries {
        0 | 1 => format!("{name} {entries}"),
        _ => format!("{name} 1-{}", entries.min(9)),
    });
    [plan, block].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What quitting leaves going: `2 runs go on: 3f9c2a, 81d0e4`; absent when nothing does.
#[must_use]
pub fn left_going(runs: &[RunSummary]) -> Option<String> {
    let going: Vec<_> = runs.iter().filter(|run| !run.status.is_over()).map(|run| run.id.short()).collect();
    let verb = if going.len() == 1 { "goes" } else { "go" };
    (!going.is_empty())
        .then(|| format!("{} {verb} on: {}", count(going.len(), "run"), super::words::list(&going, 6)))
}
