//! How a run differs from another: verdicts, inputs, tasks side by side, and the first line of output
//! that is not the same.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;

use super::{
    RunLine,
    ends::{tests, tests_words},
    run_line,
};
use crate::{
    clock::Timestamp,
    ids::TaskName,
    run::{RunRecord, Status, Task, TaskRecord},
};

/// A run beside an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunDiff {
    /// The one it is compared with.
    pub before: RunLine,
    /// The one in question.
    pub after: RunLine,
    /// What else is not the same: inputs, commit, plan, limits.
    pub changes: Vec<Change>,
    /// In the later run's order; tasks that only the earlier one had come last.
    pub tasks: Vec<TaskDiff>,
}

/// Something that is not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What: `param level`, `commit`.
    pub what: String,
    /// As it was; absent when there was none.
    pub before: Option<String>,
    /// As it is; absent when there is none.
    pub after: Option<String>,
}

/// A task in one of the two runs or in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskDiff {
    /// Its name.
    pub name: TaskName,
    /// Where it was.
    pub sides: Sides,
    /// What of its specification is not the same.
    pub changes: Vec<Change>,
    /// The first line of output that differs; absent when none does or one side printed nothing yet.
    pub output: Option<LineDiff>,
}

/// Where a task was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// In both runs.
    Both {
        /// In the earlier one.
        before: TaskSide,
        /// In the later one.
        after: TaskSide,
    },
    /// Only in the earlier one.
    Before(TaskSide),
    /// Only in the later one.
    After(TaskSide),
}

/// A task in one of the runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskSide {
    /// How it stands.
    pub status: Status,
    /// All its attempts together, as far as they ended.
    pub duration: Option<Duration>,
    /// How often it was launched.
    pub attempts: usize,
}

/// A line of output that is not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDiff {
    /// Counts from 1.
    pub number: usize,
    /// As it was; absent when the output had ended there.
    pub before: Option<String>,
    /// As it is; absent when the output has ended there.
    pub after: Option<String>,
}

impl RunDiff {
    /// True when the verdicts are not the same.
    #[must_use]
    pub fn is_flipped(&self) -> bool {
        self.before.status != self.after.status
    }
}

impl TaskDiff {
    /// True when the task was in both runs and ended otherwise.
    #[must_use]
    pub fn is_flipped(&self) -> bool {
        matches!(self.sides, Sides::Both { before, after } if before.status != after.status)
    }
}

/// A run beside an earlier one. `output` finds the first line that differs of a task both have.
#[must_use]
pub fn diff(
    before: &RunRecord,
    after: &RunRecord,
    output: &mut dyn FnMut(&TaskRecord, &TaskRecord) -> Option<LineDiff>,
    now: Timestamp,
) -> RunDiff {
    let mut task = |name: &TaskName| task_diff(name, before, after, output);
    let only_before = before.tasks.iter().filter(|it| after.task(&it.name).is_none());
    let names = after.tasks.iter().chain(only_before).map(|it| &it.name);
    RunDiff {
        before: run_line(&before.into(), None, now),
        after: run_line(&after.into(), None, now),
        tasks: names.filter_map(&mut task).collect(),
        changes: changes(before, after),
    }
}

/// The first line that differs between two outputs.
#[must_use]
pub fn first_difference(
    before: impl IntoIterator<Item = String>,
    after: impl IntoIterator<Item = String>,
) -> Option<LineDiff> {
    let (mut before, mut after) = (before.into_iter(), after.into_iter());
    for number in 1.. {
        match (before.next(), after.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (before, after) => return Some(LineDiff { number, before, after }),
        }
    }
    None
}

fn task_diff(
    name: &TaskName,
    before: &RunRecord,
    after: &RunRecord,
    output: &mut dyn FnMut(&TaskRecord, &TaskRecord) -> Option<LineDiff>,
) -> Option<TaskDiff> {
    let sides = match (before.task(name), after.task(name)) {
        (Some(a), Some(b)) => Sides::Both { before: side(before, a), after: side(after, b) },
        (Some(a), None) => Sides::Before(side(before, a)),
        (None, Some(b)) => Sides::After(side(after, b)),
        (None, None) => return None,
    };
    let specs = before.spec.task(name).zip(after.spec.task(name));
    Some(TaskDiff {
        name: name.clone(),
        sides,
        changes: specs.map(|(a, b)| task_changes(a, b)).unwrap_or_default(),
        output: before.task(name).zip(after.task(name)).and_then(|(a, b)| output(a, b)),
    })
}

fn side(record: &RunRecord, task: &TaskRecord) -> TaskSide {
    let spans = task.attempts.iter().filter_map(|it| Some(record.awake(it.started_at?, it.ended_at?)));
    TaskSide {
        status: task.status,
        duration: spans.reduce(|all, one| all + one),
        attempts: task.attempts.len(),
    }
}

/// Gathers what is not the same.
#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn note(&mut self, what: impl Into<String>, before: Option<String>, after: Option<String>) {
        if before != after {
            self.0.push(Change { what: what.into(), before, after });
        }
    }
}

fn changes(before: &RunRecord, after: &RunRecord) -> Vec<Change> {
    let (a, b) = (&before.spec, &after.spec);
    let mut changes = Changes::default();
    changes.note("workflow", Some(a.workflow.to_string()), Some(b.workflow.to_string()));
    let plan = |it: &RunRecord| it.spec.plan.as_ref().map(|plan| plan.id.to_string());
    changes.note("plan", plan(before), plan(after));
    let item = |it: &RunRecord| it.spec.item.as_ref().map(|item| item.id.to_string());
    changes.note("item", item(before), item(after));
    let names: BTreeSet<&String> = a.params.keys().chain(b.params.keys()).collect();
    for name in names {
        let value = |params: &serde_json::Map<String, Value>| params.get(name).map(ToString::to_string);
        changes.note(format!("param {name}"), value(&a.params), value(&b.params));
    }
    changes.note("commit", a.git_commit.clone(), b.git_commit.clone());
    changes.note("plan file", a.plan_hash.clone(), b.plan_hash.clone());
    changes.note("slots", Some(a.slots.to_string()), Some(b.slots.to_string()));
    changes.note("fail fast", Some(a.fail_fast.to_string()), Some(b.fail_fast.to_string()));
    let counted = |it: &RunRecord| tests(it).map(tests_words);
    changes.note("tests", counted(before), counted(after));
    let files = |it: &RunRecord| (!it.deliverables.is_empty()).then(|| it.deliverables.join(", "));
    changes.note("files", files(before), files(after));
    changes.0
}

fn task_changes(a: &Task, b: &Task) -> Vec<Change> {
    let mut changes = Changes::default();
    let words = |it: &Task| Some(shell_words::join(&it.argv));
    changes.note("command", words(a), words(b));
    changes.note("folder", Some(a.cwd.clone()), Some(b.cwd.clone()));
    let names: BTreeSet<&String> = a.env.keys().chain(b.env.keys()).collect();
    for name in names {
        changes.note(format!("env {name}"), a.env.get(name).cloned(), b.env.get(name).cloned());
    }
    changes.note("input", a.stdin.clone(), b.stdin.clone());
    let limit = |it: Option<Duration>| it.map(crate::text::format_duration);
    changes.note("timeout", limit(a.limits.wall), limit(b.limits.wall));
    changes.note("idle timeout", limit(a.limits.idle), limit(b.limits.idle));
    changes.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_found_and_an_end_is_a_difference() {
        let check =
            |before: &[&str], after: &[&str], expected: Option<(usize, Option<&str>, Option<&str>)>| {
                let own = |lines: &[&str]| lines.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
                let expected = expected.map(|(number, before, after)| LineDiff {
                    number,
                    before: before.map(str::to_owned),
                    after: after.map(str::to_owned),
                });
                assert_eq!(first_difference(own(before), own(after)), expected, "{before:?} {after:?}");
            };
        check(&[], &[], None);
        check(&["a", "b"], &["a", "b"], None);
        check(&["a", "b"], &["a", "c"], Some((2, Some("b"), Some("c"))));
        check(&["a"], &["a", "c"], Some((2, None, Some("c"))));
        check(&["a", "b"], &[], Some((1, Some("a"), None)));
    }
}
