//! A run carried on: what it and all that carried it on already have not done, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::{Ask, Stamp};
use crate::{
    ids::{ItemId, TaskName},
    plan::Plan,
    run::{Refusal, RunRecord, Specification, Status, Task},
};

/// The specification of a new run that does what is left of an ended one. `later` are the runs that came
/// of it since, oldest first; what any of them is recorded to have done is not done again. Neither is what
/// somebody has ticked in the plan meanwhile. Attempts go on counting where they stood.
///
/// # Errors
/// When one of the runs still goes on, or nothing is left.
pub fn resume(
    record: &RunRecord,
    later: &[RunRecord],
    plan: Option<&Plan>,
    ask: &Ask,
    stamp: Stamp,
) -> Result<Specification, Refusal> {
    let family: Vec<&RunRecord> = std::iter::once(record).chain(later).collect();
    let run = record.id.short();
    if let Some(open) = family.iter().find(|it| !it.status.is_over()) {
        let what = format!("run {run} can't be carried on");
        let why = format!("run {} is {} and does so already", open.id.short(), open.status.word());
        return Err(Refusal::WrongState { what, why });
    }
    let done = done(&family);
    let over = over_in(plan);
    let is_left = |task: &&Task| {
        !done.contains(&task.name) && !task.item.as_ref().is_some_and(|item| over.contains(item))
    };
    let mut tasks: Vec<Task> = record.spec.tasks.iter().filter(is_left).cloned().collect();
    if tasks.is_empty() {
        let what = format!("nothing is left to do of run {run}");
        return Err(Refusal::WrongState { what, why: "all of its tasks are done".to_owned() });
    }
    let left: BTreeSet<TaskName> = tasks.iter().map(|task| task.name.clone()).collect();
    let tried = tried(&family);
    for task in &mut tasks {
        task.needs.retain(|need| left.contains(need));
        task.tried = tried.get(&task.name).copied().unwrap_or_default();
        ask.limit(&mut task.limits);
    }
    let last = family.last().map_or(record.id, |it| it.id);
    Ok(Specification {
        run: stamp.run,
        tasks,
        slots: ask.slots.unwrap_or(record.spec.slots),
        fail_fast: ask.fail_fast || record.spec.fail_fast,
        created_at: stamp.created_at,
        asked_by: stamp.origin,
        umask: stamp.umask,
        git_commit: stamp.git_commit,
        plan_hash: stamp.plan_hash,
        parent: Some(last),
        seed: stamp.seed,
        ..record.spec.clone()
    })
}

fn done(family: &[&RunRecord]) -> BTreeSet<TaskName> {
    let tasks = family.iter().flat_map(|run| &run.tasks);
    tasks.filter(|task| task.status == Status::Succeeded).map(|task| task.name.clone()).collect()
}

fn tried(family: &[&RunRecord]) -> BTreeMap<TaskName, u32> {
    let mut tried = BTreeMap::new();
    for task in family.iter().flat_map(|run| &run.tasks) {
        let last = task.attempts.last().map_or(0, |attempt| attempt.number);
        let known = tried.entry(task.name.clone()).or_insert(0);
        *known = last.max(*known);
    }
    tried
}

fn over_in(plan: Option<&Plan>) -> BTreeSet<&ItemId> {
    let items = plan.into_iter().flat_map(|plan| &plan.items);
    items.filter(|item| item.state.is_over()).map(|item| &item.id).collect()
}
