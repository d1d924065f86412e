//! Runs, tasks and attempts.

use serde_json::{Value, json};

use super::{Suggestion, envelope, millis, time};
use crate::{
    ids::{AttemptId, TaskName},
    run::{
        Advice, AttemptRecord, Capture, Exit, Outcome, RetryOn, RunRecord, RunSummary, Specification,
        Survivor, Task, TaskRecord, TestCounts,
    },
    view::{Estimate, Forecast},
};

/// `run create`.
#[must_use]
pub fn run_created(run: &RunSummary) -> Value {
    envelope("run.create", json!({ "run": run_created_value(run) }))
}

/// What is known of a run from its creation on.
pub(super) fn run_created_value(run: &RunSummary) -> Value {
    json!({
        "id": run.id,
        "status": run.status.word(),
        "workflow": run.workflow,
        "plan": plan(run),
        "item": run.item,
        "created_at": time(Some(run.created_at)),
    })
}

/// `run list`: one page of `total` runs; `next_page` is the token of the following one.
#[must_use]
pub fn run_list(runs: &[RunSummary], total: usize, next_page: Option<&str>) -> Value {
    let shown: Vec<_> = runs.iter().map(run).collect();
    envelope(
        "run.list",
        json!({ "runs": shown, "total": total, "next_page": next_page, "truncated": next_page.is_some() }),
    )
}

/// `run get` with the runs that retry it, oldest first.
#[must_use]
pub fn run_get_with(
    record: &RunRecord,
    children: &[RunSummary],
    advice: &[Advice],
    log: &dyn Fn(&AttemptId) -> Option<String>,
) -> Value {
    let mut value = run_get(record, advice, log);
    value["data"]["run"]["children"] = children.iter().map(run).collect();
    value
}

/// `run get`; `log` says where an attempt's log is, if it lies anywhere.
#[must_use]
pub fn run_get(record: &RunRecord, advice: &[Advice], log: &dyn Fn(&AttemptId) -> Option<String>) -> Value {
    let mut shown = run(&record.into());
    let endings = || record.tasks.iter().filter_map(|task| task.last_attempt()?.ending.as_ref());
    let counted: Vec<TestCounts> = endings().filter_map(|ending| ending.tests).collect();
    shown["spec"] = spec(&record.spec);
    shown["params"] = json!(record.spec.params);
    shown["tasks"] = record.tasks.iter().map(|it| task(record, it, log)).collect();
    shown["deliverables"] = json!(record.deliverables);
    shown["tests"] = sum(&counted).map_or(Value::Null, tests);
    shown["survivors"] = survivors(&record.survivors);
    shown["advice"] = advice.iter().map(advice_value).collect();
    shown["parent"] = json!(record.spec.parent);
    shown["cancel_reason"] = json!(record.cancel_reason);
    shown["asleep_ms"] = millis(Some(RunSummary::from(record).asleep));
    envelope("run.get", json!({ "run": shown }))
}

/// How long a run may still take; null where too little is known.
#[must_use]
pub fn forecast(forecast: &Forecast) -> Value {
    let Some(rest) = &forecast.rest else { return Value::Null };
    let task = |(task, estimate): &(TaskName, Estimate)| {
        let mut value = self::estimate(estimate);
        value["name"] = json!(task);
        value
    };
    let mut value = estimate(rest);
    value["critical"] = json!(forecast.critical);
    value["tasks"] = forecast.tasks.iter().map(task).collect();
    value
}

fn estimate(estimate: &Estimate) -> Value {
    json!({
        "p50_ms": millis(Some(estimate.low)),
        "p90_ms": millis(Some(estimate.high)),
        "overdue": estimate.overdue,
        "samples": estimate.samples,
        "off_by_percent": estimate.off_by,
    })
}

pub(super) fn run(run: &RunSummary) -> Value {
    json!({
        "id": run.id,
        "status": run.status.word(),
        "workflow": run.workflow,
        "plan": plan(run),
        "item": run.item,
        "created_at": time(Some(run.created_at)),
        "started_at": time(run.started_at),
        "ended_at": time(run.ended_at),
        "duration_ms": millis(run.duration()),
        "preview": run.preview,
        "tasks_total": run.tasks,
        "tasks_over": run.tasks_over,
    })
}

fn plan(run: &RunSummary) -> Value {
    run.plan.as_ref().map_or(Value::Null, |id| json!({ "id": id, "title": run.plan_title }))
}

fn advice_value(advice: &Advice) -> Value {
    let suggestion = Suggestion::from(advice);
    json!({ "text": suggestion.text, "why": advice.why, "command": suggestion.command })
}

fn spec(spec: &Specification) -> Value {
    json!({
        "version": spec.version,
        "slots": spec.slots,
        "fail_fast": spec.fail_fast,
        "deliverables": spec.deliverables,
        "plan_path": spec.plan.as_ref().map(|plan| &plan.path),
        "plan_hash": spec.plan_hash,
        "git_commit": spec.git_commit,
        "asked_by": { "user": spec.asked_by.user, "face": spec.asked_by.face, "pid": spec.asked_by.pid },
        "max_log_bytes": spec.max_log_bytes,
        "tasks": spec.tasks.iter().map(spec_task).collect::<Vec<_>>(),
    })
}

fn spec_task(task: &Task) -> Value {
    json!({
        "name": task.name,
        "title": task.title,
        "argv": task.argv,
        "needs": task.needs,
        "group": task.group,
        "cwd": task.cwd,
        "env": task.env,
        "pass_env": task.pass_env,
        "stdin": task.stdin,
        "capture": match task.capture {
            Capture::Pipe => "pipe",
            Capture::Split => "split",
            Capture::File => "file",
            Capture::Tty => "tty",
        },
        "timeout_ms": millis(task.limits.wall),
        "idle_timeout_ms": millis(task.limits.idle),
        "grace_ms": millis(Some(task.limits.grace)),
        "retries": {
            "max": task.retries.max,
            "backoff_ms": millis(Some(task.retries.backoff)),
            "on": task.retries.on.iter().copied().map(retry_word).collect::<Vec<_>>(),
        },
        "leave_running": task.leave_running,
        "fail_on": task.fail_on,
        "recipe": task.recipe,
    })
}

const fn retry_word(on: RetryOn) -> &'static str {
    match on {
        RetryOn::Failed => "failed",
        RetryOn::TimedOut => "timed_out",
    }
}

fn task(record: &RunRecord, task: &TaskRecord, log: &dyn Fn(&AttemptId) -> Option<String>) -> Value {
    let frozen = record.spec.task(&task.name);
    let attempts = task.attempts.iter().map(|it| {
        let path = log(&AttemptId { task: task.name.clone(), number: it.number });
        attempt(record, it, path.as_deref())
    });
    json!({
        "name": task.name,
        "title": frozen.map(|it| &it.title),
        "status": task.status.word(),
        "needs": frozen.map(|it| it.needs.as_slice()).unwrap_or_default(),
        "blocked_by": task.blocked_by,
        "attempts": attempts.collect::<Vec<_>>(),
    })
}

fn attempt(record: &RunRecord, attempt: &AttemptRecord, log: Option<&str>) -> Value {
    let ending = attempt.ending.as_ref();
    let (code, signal) = exit(ending.and_then(|it| it.exit));
    let took = attempt.started_at.zip(attempt.ended_at).map(|(start, end)| record.awake(start, end));
    json!({
        "n": attempt.number,
        "outcome": ending.map(|it| it.outcome.word()),
        "exit": code,
        "signal": signal,
        "started_at": time(attempt.started_at),
        "ended_at": time(attempt.ended_at),
        "duration_ms": millis(took),
        "log": log,
        "bytes": ending.map(|it| it.bytes),
        "leaky": ending.map(|it| it.leaky),
        "message": ending.and_then(|it| outcome_message(&it.outcome)),
    })
}

/// The exit code and the signal, whichever there was.
pub(super) fn exit(exit: Option<Exit>) -> (Option<i32>, Option<i32>) {
    match exit {
        Some(Exit::Code(code)) => (Some(code), None),
        Some(Exit::Signal(signal)) => (None, Some(signal)),
        None => (None, None),
    }
}

/// What an outcome's word alone does not say.
pub(super) fn outcome_message(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::FailedPattern { line } => Some(line.clone()),
        Outcome::FailedToStart { why } => Some(why.to_string()),
        Outcome::Unverified { command, .. } => Some(format!("the check {command} did not exit 0")),
        Outcome::StepFailed { step, why } => Some(format!("{step}: {why}")),
        Outcome::AgentFailed { why } | Outcome::Blocked { reason: why } => Some(why.clone()),
        Outcome::NotSignedIn { program } => Some(format!("{program} is not signed in")),
        Outcome::BadTaskFile { file, why } => Some(format!("{file}: {why}")),
        _ => None,
    }
}

pub(super) fn tests(tests: TestCounts) -> Value {
    json!({ "passed": tests.passed, "failed": tests.failed, "skipped": tests.skipped })
}

fn sum(counts: &[TestCounts]) -> Option<TestCounts> {
    counts.iter().copied().reduce(|a, b| TestCounts {
        passed: a.passed + b.passed,
        failed: a.failed + b.failed,
        skipped: a.skipped + b.skipped,
    })
}

pub(super) fn survivors(survivors: &[Survivor]) -> Value {
    survivors.iter().map(|it| json!({ "pid": it.pid, "command": it.command })).collect()
}
