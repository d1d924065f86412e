//! `status`: the board of all plans, or one plan's page.

use super::{
    context::{Context, Done},
    failure::Failure,
    plans::{self, Plans},
};
use crate::{
    cli::{Output, StatusArgs},
    ids::PlanId,
    journal::RunQuery,
    plan::Plan,
    render::{self, json},
    run::{RunSummary, TestCounts},
    view::{self, Detail, Outlook, PageFacts, PlanPage},
};

/// Shows the board, or a plan's page.
///
/// # Errors
/// When there is no such plan, or the journal can't be read. Plan files never fail.
pub fn status(context: &mut Context<'_>, args: &StatusArgs) -> Result<Done, Failure> {
    match &args.plan {
        Some(name) => {
            let plan = plans::resolve(context, name)?;
            show_page(context, &plan, Detail::Brief)?;
        }
        None => {
            let plans = plans::load(context)?;
            show_board(context, &plans, 1)?;
        }
    }
    Ok(Done::well())
}

/// Shows a page of the board, and says which plans its digits open.
///
/// # Errors
/// When the journal can't be read or standard output is gone.
pub fn show_board(context: &mut Context<'_>, plans: &Plans, page: usize) -> Result<Vec<PlanId>, Failure> {
    let runs = recent_runs(context, None)?;
    let board = view::board(&plans.plans, Outlook::of, &runs, &plans.problems, page, context.now());
    let outlooks = || plans.plans.iter().map(Outlook::of).collect::<Vec<_>>();
    let text = match context.output {
        Output::Table => render::board(&board, &context.style),
        Output::Plain => render::plain::plans(&outlooks()),
        Output::Json => json::document(&json::plan_list(&outlooks(), &plans.problems)) + "\n",
        Output::Ndjson => json::line(&json::plan_list(&outlooks(), &plans.problems)) + "\n",
    };
    context.print(&text)?;
    Ok(board.rows.into_iter().map(|row| row.id).collect())
}

/// The ids of all plans in the order of the board, for plans named by their number.
pub fn board_ids(plans: &Plans) -> Vec<PlanId> {
    view::board_order(&plans.plans).into_iter().map(|it| it.id.clone()).collect()
}

/// Shows a plan's page, with the state of its keys.
///
/// # Errors
/// When the journal can't be read or standard output is gone.
pub fn show_page(context: &mut Context<'_>, plan: &Plan, detail: Detail) -> Result<PlanPage, Failure> {
    let runs = recent_runs(context, Some(&plan.id))?;
    let tests = latest_tests(context, &runs)?;
    let estimate = super::estimate::remaining(context, plan)?;
    let outlook = Outlook::of(plan);
    let json = |outlook: &Outlook<'_>| json::plan_show(outlook);
    let text = match context.output {
        Output::Table => None,
        Output::Plain => Some(render::plain::items(plan)),
        Output::Json => Some(json::document(&json(&outlook)) + "\n"),
        Output::Ndjson => Some(json::line(&json(&outlook)) + "\n"),
    };
    let facts = PageFacts { outlook, runs: &runs, estimate, tests, detail, now: context.now() };
    let page = view::page(&facts);
    let text = text.unwrap_or_else(|| render::page(&page, &context.style));
    context.print(&text)?;
    Ok(page)
}

/// The newest runs, and all that go on: what boards and pages show.
///
/// # Errors
/// When the journal is there and can't be read.
pub fn recent_runs(context: &Context<'_>, plan: Option<&PlanId>) -> Result<Vec<RunSummary>, Failure> {
    let Some(journal) = context.journal_if_any()? else { return Ok(Vec::new()) };
    let query = RunQuery { plan: plan.cloned(), limit: 200, ..RunQuery::default() };
    let mut runs = journal.list(&query)?.runs;
    let of_plan = |run: &RunSummary| plan.is_none() || run.plan.as_ref() == plan;
    let listed = |run: &RunSummary, runs: &[RunSummary]| runs.iter().any(|it| it.id == run.id);
    let going = journal.open_runs()?.into_iter().filter(|run| of_plan(run));
    let older: Vec<_> = going.filter(|run| !listed(run, &runs)).collect();
    runs.extend(older);
    Ok(runs)
}

/// What the newest of the given runs that tested anything counted.
fn latest_tests(context: &Context<'_>, runs: &[RunSummary]) -> Result<Option<TestCounts>, Failure> {
    let Some(journal) = context.journal_if_any()? else { return Ok(None) };
    for run in runs.iter().filter(|run| run.status.is_over()).take(5) {
        let record = journal.run(run.id)?;
        let attempts = record.iter().flat_map(|it| &it.tasks).flat_map(|task| &task.attempts);
        let mut counted = attempts.filter_map(|it| it.ending.as_ref()?.tests);
        if let Some(tests) = counted.next_back() {
            return Ok(Some(tests));
        }
    }
    Ok(None)
}
