//! The end of a run as it is shown: its panel, what to do about it, and the exit code of its verdict.

use std::path::PathBuf;

use super::{
    context::{Code, Context, Done},
    failure::Failure,
    plans,
};
use crate::{
    cli::{ExitCode, Output},
    ids::{AttemptId, ItemId},
    logs,
    plan::{self, Next},
    render::{self, json},
    run::{Advice, LaunchFailure, Outcome, RunRecord, Status, TaskRecord},
    text, view, workflow,
};

/// Shows the panel of a run that ended (or its data) and ends with the code of its verdict.
///
/// # Errors
/// When standard output is gone.
pub fn ended(context: &mut Context<'_>, record: &RunRecord) -> Result<Done, Failure> {
    let record = &as_seen(context, record);
    let end = End::of(context, record);
    let code = verdict_code(record.status);
    let text = match context.output {
        Output::Table => {
            let facts = view::Ended {
                record,
                log: end.shown_log.as_deref(),
                output: &end.output,
                advice: &end.advice,
                next: end.next.as_ref(),
            };
            render::panel(&view::ended(&facts), &context.style)
        }
        Output::Plain => render::plain::run(record),
        Output::Json | Output::Ndjson => {
            let state = context.state.run(record.id);
            let log = |attempt: &AttemptId| Some(state.log(attempt).to_string_lossy().into_owned());
            let value = json::run_get(record, &end.advice, &log);
            if context.output == Output::Json {
                json::document(&value) + "\n"
            } else {
                json::line(&value) + "\n"
            }
        }
    };
    context.ends_shown.insert(record.id);
    context.print(&text)?;
    Ok(Done { code: Code(code), advice: end.advice })
}

/// The record with paths as people see them, where it says why something could not be started.
fn as_seen(context: &Context<'_>, record: &RunRecord) -> RunRecord {
    let mut record = record.clone();
    let attempts = record.tasks.iter_mut().flat_map(|task| &mut task.attempts);
    for ending in attempts.filter_map(|attempt| attempt.ending.as_mut()) {
        let Outcome::FailedToStart { why } = &mut ending.outcome else { continue };
        let (LaunchFailure::NotFound { program: path }
        | LaunchFailure::NotExecutable { program: path }
        | LaunchFailure::NoInterpreter { program: path }
        | LaunchFailure::NoDirectory { cwd: path }) = why
        else {
            continue;
        };
        *path = context.inside(path).to_owned();
    }
    record
}

/// What a run's end is shown with.
pub struct End {
    /// The log of the task it is about, relative to the workspace where it lies there.
    shown_log: Option<String>,
    /// Lines of that log: the first ones after a success, else the last.
    output: Vec<String>,
    /// What to do about it.
    pub advice: Vec<Advice>,
    /// What is next in the plan after a success.
    next: Option<Next>,
}

impl End {
    /// Looks up what a run's end is shown with. What can't be read is simply not shown.
    pub fn of(context: &Context<'_>, record: &RunRecord) -> Self {
        let log = log_at_issue(context, record);
        let succeeded = record.status == Status::Succeeded;
        let output = log.as_ref().map_or_else(Vec::new, |log| {
            if succeeded { logs::first_lines(log, 8, 16 << 10) } else { logs::last_lines(log, 40, 64 << 10) }
        });
        let plan = plan_of(context, record);
        let next = plan.as_ref().filter(|_| succeeded).and_then(|it| plan::next(it).into_iter().next());
        let advice = if succeeded { Vec::new() } else { advice(context, record, &output, plan.as_ref()) };
        let shown_log = log.map(|log| {
            let inside = log.strip_prefix(&context.root).unwrap_or(&log);
            inside.to_string_lossy().into_owned()
        });
        Self { shown_log, output, advice, next }
    }
}

/// What to do about a run that did not succeed.
fn advice(
    context: &Context<'_>,
    record: &RunRecord,
    output: &[String],
    plan: Option<&plan::Plan>,
) -> Vec<Advice> {
    let Some(task) = at_issue(record) else { return Vec::new() };
    let Some(meant) = record.spec.task(&task.name) else { return Vec::new() };
    let attempt = task.last_attempt();
    let lost = Outcome::Lost;
    let outcome = attempt.and_then(|it| it.ending.as_ref()).map_or(&lost, |it| &it.outcome);
    let item = record.spec.item.as_ref().map(|it| &it.id);
    let gone = item.filter(|id| plan.is_some_and(|plan| plan.item(id).is_none()));
    let near = |id: &ItemId| {
        let ids = plan.iter().flat_map(|plan| plan.items.iter().map(|it| it.id.as_str()));
        text::nearest_among(id.as_str(), ids, 3).into_iter().map(str::to_owned).collect()
    };
    let nearest: Vec<String> = gone.map(near).unwrap_or_default();
    let candidates = candidates(context, outcome);
    workflow::advise(
        &workflow::Failure {
            run: &record.id.short(),
            workflow: &record.spec.workflow,
            plan: record.spec.plan.as_ref().map(|it| &it.id),
            item,
            nearest: &nearest,
            outcome,
            tail: &output.join("\n"),
            limits: &meant.limits,
            silent_for: None,
            argv: record.spec.command(meant),
            candidates: &candidates,
            survivors: record.survivors.len(),
        },
        &context.config().advice,
    )
}

/// What exists of the programs that could have been meant by one that does not.
fn candidates(context: &Context<'_>, outcome: &Outcome) -> Vec<String> {
    let Outcome::FailedToStart { why: LaunchFailure::NotFound { program } } = outcome else {
        return Vec::new();
    };
    let full = context.root.join(program);
    let Some(children) = full.parent().and_then(|it| std::fs::read_dir(it).ok()) else { return Vec::new() };
    let paths: Vec<String> = children.flatten().map(|it| it.path().to_string_lossy().into_owned()).collect();
    let near = text::nearest_among(&full.to_string_lossy(), paths.iter().map(String::as_str), 3);
    near.into_iter().map(|it| context.inside(it).to_owned()).collect()
}

/// The task that a panel speaks of.
fn at_issue(record: &RunRecord) -> Option<&TaskRecord> {
    if record.status == Status::Succeeded {
        return record.tasks.last();
    }
    record.tasks.iter().find(|it| it.status == record.status).or_else(|| record.failing_task())
}

/// The plan of a run as it is now, when it is still there.
fn plan_of(context: &Context<'_>, record: &RunRecord) -> Option<plan::Plan> {
    let id = &record.spec.plan.as_ref()?.id;
    plans::load(context).ok()?.get(id).cloned()
}

/// The log of the task that a panel speaks of.
fn log_at_issue(context: &Context<'_>, record: &RunRecord) -> Option<PathBuf> {
    let task = match record.status {
        Status::Succeeded => record.tasks.last()?,
        _ => record.tasks.iter().find(|it| it.status == record.status).or_else(|| record.failing_task())?,
    };
    let attempt = AttemptId { task: task.name.clone(), number: task.last_attempt()?.number };
    Some(context.state.run(record.id).log(&attempt)).filter(|log| log.exists())
}

/// The exit code of a run's verdict.
pub const fn verdict_code(status: Status) -> ExitCode {
    match status {
        Status::Succeeded | Status::Skipped => ExitCode::Done,
        Status::TimedOut => ExitCode::TimedOut,
        Status::Cancelled => ExitCode::Cancelled,
        _ => ExitCode::Failed,
    }
}
