//! How long things may take, from the journal's own history.

use std::collections::HashMap;

use super::{context::Context, failure::Failure, launch};
use crate::{
    ids::{ItemId, RunId},
    journal::Journal,
    plan::{Dialect, Plan, PlanState},
    run::{RunRecord, Specification, spec::Origin},
    view::{self, Estimate, FEWEST, Forecast, Histories, History},
    workflow::{self, Ask, Stamp},
};

/// How many of the latest tasks of a kind are looked at: what was long ago says little of today.
const LATEST: usize = 50;

/// What is known of each kind of task of a specification: read once, then
/// [`forecast`](view::forecast) says as often as is wanted how long the run may still take.
///
/// Of tasks of the same recipe and agent, those of the same workflow count; where they are too few, those
/// of every workflow.
///
/// # Errors
/// When the journal can't be read.
pub fn histories(journal: &Journal, spec: &Specification) -> Result<Histories, Failure> {
    let mut histories = Histories::new();
    for task in &spec.tasks {
        if histories.contains_key(&task.recipe) {
            continue;
        }
        let mut took = journal.took(&task.recipe, &spec.workflow, LATEST)?;
        if took.iter().filter(|(same, _)| *same).count() >= FEWEST {
            took.retain(|(same, _)| *same);
        }
        let oldest_first: Vec<_> = took.into_iter().rev().map(|(_, took)| took).collect();
        histories.insert(task.recipe.clone(), History::new(&oldest_first));
    }
    Ok(histories)
}

/// How long a run may take that was specified and not created: what `--dry-run` says.
///
/// # Errors
/// When the journal is there and can't be read.
pub fn of_new(context: &Context<'_>, spec: &Specification) -> Result<Forecast, Failure> {
    let Some(journal) = context.journal_if_any()? else { return Ok(Forecast::default()) };
    let record = RunRecord::new(spec.clone());
    Ok(view::forecast(&record, &histories(&journal, spec)?, context.now()))
}

/// How long what remains of a plan may take: as one run of all of it where its dialect can be run so, else
/// by what each finished item took in all its runs.
///
/// # Errors
/// When the journal is there and can't be read.
pub fn remaining(context: &Context<'_>, plan: &Plan) -> Result<Option<Estimate>, Failure> {
    if plan.state == PlanState::Empty || plan.leaves().all(|item| item.state.is_over()) {
        return Ok(None);
    }
    let Some(journal) = context.journal_if_any()? else { return Ok(None) };
    let facts = launch::facts(context);
    let whole = workflow::specify(&Ask::of("all"), Some(plan), context.config(), &facts, nobody(context));
    // A refusal is no trouble: nobody asked for a run. A methodology plan's run is one step of each item.
    if let Ok(spec) = whole
        && plan.dialect != Dialect::Methodology
        && let Some(rest) = of_new(context, &spec)?.rest
    {
        return Ok(Some(rest));
    }
    by_item(&journal, plan, launch::slots(context, &facts))
}

/// By what each finished item took, and what the open ones need.
fn by_item(journal: &Journal, plan: &Plan, slots: usize) -> Result<Option<Estimate>, Failure> {
    let is_over = |id: &ItemId| plan.item(id).is_some_and(|item| item.state.is_over());
    let mut took = journal.took_by_item(&plan.id)?;
    took.retain(|(item, _)| is_over(item));
    let took: Vec<_> = took.into_iter().map(|(_, took)| took).collect();
    let open: Vec<_> = plan.leaves().filter(|item| !item.state.is_over()).collect();
    let places: HashMap<&ItemId, usize> = open.iter().enumerate().map(|(at, item)| (&item.id, at)).collect();
    let needs = open.iter().map(|item| {
        let mut needs: Vec<usize> =
            item.needs.iter().chain(&item.blocked_by).filter_map(|it| places.get(it).copied()).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    });
    Ok(view::forecast_steps(needs.collect(), &History::new(&took), slots))
}

/// The stamp of a run that is never created.
fn nobody(context: &Context<'_>) -> Stamp {
    Stamp {
        run: RunId::default(),
        created_at: context.now(),
        origin: Origin { user: String::new(), face: String::new(), pid: 0 },
        umask: context.umask,
        git_commit: None,
        plan_hash: None,
        seed: 0,
    }
}
