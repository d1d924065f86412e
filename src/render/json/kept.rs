//! Comparing, forgetting, carrying away.

use serde_json::{Value, json};

use super::{
    envelope, millis,
    runs::{run, run_created_value},
};
use crate::{
    run::RunSummary,
    view::{Change, RunDiff, Sides, TaskDiff, TaskSide},
};

/// `run diff`.
#[must_use]
pub fn run_diff(diff: &RunDiff, before: &RunSummary, after: &RunSummary) -> Value {
    envelope(
        "run.diff",
        json!({
            "before": run(before),
            "after": run(after),
            "flipped": diff.is_flipped(),
            "changes": changes(&diff.changes),
            "tasks": diff.tasks.iter().map(task).collect::<Vec<_>>(),
        }),
    )
}

fn changes(changes: &[Change]) -> Value {
    changes.iter().map(|it| json!({ "what": it.what, "before": it.before, "after": it.after })).collect()
}

fn task(task: &TaskDiff) -> Value {
    let (before, after) = match task.sides {
        Sides::Both { before, after } => (Some(before), Some(after)),
        Sides::Before(it) => (Some(it), None),
        Sides::After(it) => (None, Some(it)),
    };
    let output =
        task.output.as_ref().map(|it| json!({ "line": it.number, "before": it.before, "after": it.after }));
    json!({
        "name": task.name,
        "before": before.map(side),
        "after": after.map(side),
        "flipped": task.is_flipped(),
        "changes": changes(&task.changes),
        "output": output,
    })
}

fn side(side: TaskSide) -> Value {
    json!({
        "status": side.status.word(),
        "duration_ms": millis(side.duration),
        "attempts": side.attempts,
    })
}

/// `run prune`: the runs that were forgotten, or would be, and what their files took.
#[must_use]
pub fn run_prune(runs: &[RunSummary], bytes: u64, dry_run: bool) -> Value {
    let shown: Vec<_> = runs.iter().map(run).collect();
    envelope("run.prune", json!({ "runs": shown, "total": runs.len(), "bytes": bytes, "dry_run": dry_run }))
}

/// `run export`: where the run went.
#[must_use]
pub fn run_export(run: &RunSummary, file: &str, bytes: u64) -> Value {
    let mut data = json!({ "run": run_created_value(run) });
    data["file"] = json!(file);
    data["bytes"] = json!(bytes);
    envelope("run.export", data)
}
