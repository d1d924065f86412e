//! A run again: the same frozen specification, or the part of it that did not succeed.

use std::{collections::BTreeSet, time::Duration};

use super::ask::Stamp;
use crate::{
    ids::TaskName,
    run::{Refusal, RunRecord, Specification, Status, Task},
};

/// Which part of a run is run again, and with which limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// Only the tasks that did not succeed.
    pub failed_only: bool,
    /// Only this task and what needs it.
    pub from: Option<TaskName>,
    /// Wall time instead of the recipe's; zero means none.
    pub timeout: Option<Duration>,
    /// Idle time instead of the recipe's; zero means none.
    pub idle_timeout: Option<Duration>,
}

/// The specification of a new run that repeats an ended one. It reads nothing but the old one.
///
/// # Errors
/// When the run still goes on, nothing of it is left to repeat, or it has no such task.
pub fn retry(record: &RunRecord, again: &Again, stamp: Stamp) -> Result<Specification, Refusal> {
    let run = record.id.short();
    if !record.status.is_over() {
        let what = format!("run {run} can't be run again yet");
        return Err(Refusal::WrongState { what, why: format!("it is {}", record.status.word()) });
    }
    let chosen = chosen(record, again)?;
    let mut tasks: Vec<Task> =
        record.spec.tasks.iter().filter(|it| chosen.contains(&it.name)).cloned().collect();
    if tasks.is_empty() {
        let what = format!("nothing of run {run} has to be run again");
        return Err(Refusal::WrongState { what, why: "every task of it succeeded".to_owned() });
    }
    for task in &mut tasks {
        // What succeeded before need not be waited for.
        task.needs.retain(|need| chosen.contains(need));
        let limit = |given: Duration| (given > Duration::ZERO).then_some(given);
        task.limits.wall = again.timeout.map_or(task.limits.wall, limit);
        task.limits.idle = again.idle_timeout.map_or(task.limits.idle, limit);
    }
    Ok(Specification {
        run: stamp.run,
        tasks,
        created_at: stamp.created_at,
        asked_by: stamp.origin,
        umask: stamp.umask,
        git_commit: stamp.git_commit,
        parent: Some(record.id),
        seed: stamp.seed,
        ..record.spec.clone()
    })
}

fn chosen(record: &RunRecord, again: &Again) -> Result<BTreeSet<TaskName>, Refusal> {
    let all = || record.spec.tasks.iter().map(|it| it.name.clone());
    if let Some(from) = &again.from {
        if record.spec.task(from).is_none() {
            let what = format!("run {} has no task \"{from}\"", record.id.short());
            let names: Vec<String> = all().map(|it| it.to_string()).collect();
            return Err(Refusal::WrongState { what, why: format!("there are: {}", names.join(", ")) });
        }
        return Ok(with_dependents(&record.spec, from));
    }
    if again.failed_only {
        let succeeded = |task: &TaskName| record.task(task).is_some_and(|it| it.status == Status::Succeeded);
        return Ok(all().filter(|task| !succeeded(task)).collect());
    }
    Ok(all().collect())
}

/// A task and everything that needs it, directly or not.
fn with_dependents(spec: &Specification, from: &TaskName) -> BTreeSet<TaskName> {
    let mut chosen = BTreeSet::from([from.clone()]);
    loop {
        let before = chosen.len();
        let needing = spec.tasks.iter().filter(|task| task.needs.iter().any(|need| chosen.contains(need)));
        let found: Vec<TaskName> = needing.map(|task| task.name.clone()).collect();
        chosen.extend(found);
        if chosen.len() == before {
            return chosen;
        }
    }
}
