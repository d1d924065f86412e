//! `run create … --resume`: a run carried on that did not finish.

use super::{
    context::{Context, Done},
    failure::Failure,
    launch::{self, Mode},
    plans, runs,
};
use crate::{
    cli::{CreateArgs, RunRef},
    ids::{RunId, WorkflowName},
    journal::{Journal, RunQuery},
    plan::Plan,
    run::{Refusal, RunRecord},
    screen::{Answer, Question},
    workflow,
};

/// Stands for the plan's latest run where no other is named.
const LATEST: &str = "@latest";

/// No history of runs that carry each other on is longer.
const FAMILY: usize = 1_000;

/// Carries on a run of a workflow that did not finish, as a new run that is linked to it.
///
/// # Errors
/// When there is no such run, nothing of it is left, or the new one can't be created.
pub fn carry_on(
    context: &mut Context<'_>,
    workflow: &WorkflowName,
    args: &CreateArgs,
    asked: &RunRef,
) -> Result<Done, Failure> {
    runs::recover(context)?;
    let plan = match &args.plan {
        Some(name) => Some(plans::resolve(context, name)?),
        None if asked.as_str() == LATEST => Some(plans::resolve_or_only(context, None)?),
        None => None,
    };
    let run = if asked.as_str() == LATEST {
        latest(context, workflow, plan.as_ref())?
    } else {
        runs::find(context, asked)?
    };
    let (record, later) = family(context.journal()?.as_ref(), run)?;
    must_fit(&record, workflow, plan.as_ref())?;
    let plan = match (plan, &record.spec.plan) {
        (None, Some(of)) => plans::load(context)?.get(&of.id).cloned(),
        (plan, _) => plan,
    };
    let mut ask = launch::with_options(workflow::Ask::of(workflow.as_str()), &args.options);
    ask.slots = args.slots.map(std::num::NonZeroUsize::get);
    ask.fail_fast = args.fail_fast;
    let stamp = launch::stamp(context, plan.as_ref());
    let spec = workflow::resume(&record, &later, plan.as_ref(), &ask, stamp)?;
    match Mode::of(&args.options, launch::after(args, context.face)) {
        Mode::DryRun => launch::print_specification(context, &spec),
        Mode::Run(after) => {
            let text = format!(
                "Carry on run {}: {} of its {} tasks are left?",
                record.id.short(),
                spec.tasks.len(),
                record.spec.tasks.len()
            );
            if context.asks()
                && context.screen.ask(&Question::Confirm { text, default: true })? != Answer::Yes
            {
                context.note("Not run.\n")?;
                return Ok(Done::well());
            }
            launch::start(context, &spec, after)
        }
    }
}

fn latest(context: &Context<'_>, workflow: &WorkflowName, plan: Option<&Plan>) -> Result<RunId, Failure> {
    let query = RunQuery {
        plan: plan.map(|plan| plan.id.clone()),
        workflow: Some(workflow.clone()),
        limit: 1,
        ..RunQuery::default()
    };
    let found = context.journal()?.list(&query)?.runs.into_iter().next();
    let asked = || plan.map_or_else(|| workflow.to_string(), |plan| format!("{workflow} {}", plan.id));
    found.map(|run| run.id).ok_or_else(|| Refusal::NoSuchRun { asked: asked() }.into())
}

/// A run, and all that came of it since, oldest first.
fn family(journal: &Journal, run: RunId) -> Result<(RunRecord, Vec<RunRecord>), Failure> {
    let record = |run: RunId| -> Result<RunRecord, Failure> {
        Ok(journal.run(run)?.ok_or_else(|| Refusal::NoSuchRun { asked: run.to_string() })?)
    };
    let first = record(run)?;
    let (mut open, mut later) = (vec![run], Vec::new());
    while let Some(next) = open.pop() {
        for child in journal.children(next, FAMILY)? {
            open.push(child.id);
            later.push(child.id);
        }
    }
    // Ids begin with the time they were given at.
    later.sort_unstable();
    let later = later.into_iter().take(FAMILY).map(record).collect::<Result<_, _>>()?;
    Ok((first, later))
}

fn must_fit(record: &RunRecord, workflow: &WorkflowName, plan: Option<&Plan>) -> Result<(), Failure> {
    let what = format!("run {} can't be carried on as {workflow}", record.id.short());
    if record.spec.workflow != *workflow {
        let why = format!("it is a run of {}", record.spec.workflow);
        return Err(Refusal::WrongState { what, why }.into());
    }
    match (plan, &record.spec.plan) {
        (Some(plan), Some(of)) if of.id != plan.id => {
            let why = format!("it is about the plan {}", of.id);
            Err(Refusal::WrongState { what: format!("{what} of {}", plan.id), why }.into())
        }
        _ => Ok(()),
    }
}
