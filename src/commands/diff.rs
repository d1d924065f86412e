//! `run diff`: how a run differs from the last success before it, or from any other.

use std::path::PathBuf;

use super::{
    context::{Context, Done},
    failure::Failure,
    runs,
};
use crate::{
    cli::{DiffArgs, Output},
    ids::{AttemptId, RunId},
    journal::{Journal, RunQuery},
    logs::Tail,
    render::{self, json},
    run::{Refusal, RunRecord, RunSummary, Status, TaskRecord},
    text, view,
};

/// How many runs are looked at at once for one to compare with.
const PAGE: usize = 100;

/// Shows how a run differs from another.
///
/// # Errors
/// When there is no such run, or none to compare it with.
pub fn diff(context: &mut Context<'_>, args: &DiffArgs) -> Result<Done, Failure> {
    runs::recover(context)?;
    let after = record(context, runs::find(context, &args.run)?)?;
    let before = match &args.with {
        Some(with) => runs::find(context, with)?,
        None => last_success(&*context.journal()?, &after)?,
    };
    let before = record(context, before)?;
    let mut output = |a: &TaskRecord, b: &TaskRecord| {
        let (a, b) = (last_log(context, &before, a)?, last_log(context, &after, b)?);
        view::first_difference(lines_of(a), lines_of(b))
    };
    let diff = view::diff(&before, &after, &mut output, context.now());
    let value = || json::run_diff(&diff, &RunSummary::from(&before), &RunSummary::from(&after));
    let text = match context.output {
        Output::Table => render::diff(&diff, &context.style),
        Output::Plain => render::plain::diff(&diff),
        Output::Json => json::document(&value()) + "\n",
        Output::Ndjson => json::line(&value()) + "\n",
    };
    context.print(&text)?;
    Ok(Done::well())
}

fn record(context: &Context<'_>, run: RunId) -> Result<RunRecord, Failure> {
    let record = context.journal()?.run(run)?;
    record.ok_or_else(|| Refusal::NoSuchRun { asked: run.to_string() }.into())
}

/// The last run of the same workflow, plan and item that succeeded before this one was asked for.
fn last_success(journal: &Journal, after: &RunRecord) -> Result<RunId, Failure> {
    let of = RunSummary::from(after);
    let mut query = RunQuery {
        plan: of.plan.clone(),
        item: of.item.clone(),
        workflow: Some(of.workflow.clone()),
        statuses: vec![Status::Succeeded],
        until: Some(of.created_at),
        limit: PAGE,
        ..RunQuery::default()
    };
    loop {
        let page = journal.list(&query)?;
        // Without a plan or an item the question is open, but not the answer.
        let same = |it: &&RunSummary| it.plan == of.plan && it.item == of.item && it.id != of.id;
        if let Some(found) = page.runs.iter().find(same) {
            return Ok(found.id);
        }
        if page.next_page.is_none() {
            let what = format!("run {} can't be compared", after.id.short());
            let why = format!("no earlier run of {} on the same succeeded; name a run", of.workflow);
            return Err(Refusal::WrongState { what, why }.into());
        }
        query.page = page.next_page;
    }
}

/// The log of a task's last attempt, when it wrote one.
fn last_log(context: &Context<'_>, record: &RunRecord, task: &TaskRecord) -> Option<PathBuf> {
    let attempt = AttemptId { task: task.name.clone(), number: task.last_attempt()?.number };
    Some(context.state.run(record.id).log(&attempt)).filter(|log| log.exists())
}

/// The lines of a log as people see them: colours make no difference.
fn lines_of(log: PathBuf) -> impl Iterator<Item = String> {
    let mut tail = Tail::new(log, 0);
    let next = move || tail.next_line(|| true).ok().flatten();
    std::iter::from_fn(next).map(|line| text::without_escapes(&line))
}
