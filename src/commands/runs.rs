//! `run list|events|follow|wait|cancel|pause|unpause|send|retry`: what was run, and what can be asked of it.

use std::time::Duration;

use super::{
    context::{Context, Done},
    end::{ended, verdict_code},
    failure::Failure,
    follow,
    launch::{self, After},
    picker, plans,
};
use crate::{
    cli::{
        CancelArgs, EventsArgs, ExitCode, FollowArgs, ListArgs, Output, PauseArgs, RetryArgs, RunRef,
        SendArgs, SortBy, UnpauseArgs, WaitArgs,
    },
    ids::{PlanId, RunId, Seq},
    journal::{RunQuery, RunSort},
    render::{self, json},
    run::{Refusal, RunSummary, Status},
    screen::{Answer, Question},
    view,
};

/// How many runs a page has when nothing else is asked for.
const PAGE: usize = 20;

/// Lists runs.
///
/// # Errors
/// When the journal can't be read, or the page is of another list.
pub fn list(context: &mut Context<'_>, args: &ListArgs) -> Result<Done, Failure> {
    if args.interactive {
        recover(context)?;
        return picker::pick(context, args);
    }
    show_list(context, args, false)?;
    Ok(Done::well())
}

/// Lists runs and says which of them the digits open, where the list is numbered.
///
/// # Errors
/// When the journal can't be read, or the page is of another list.
pub fn show_list(context: &mut Context<'_>, args: &ListArgs, numbered: bool) -> Result<Vec<RunId>, Failure> {
    recover(context)?;
    let query = query(context, args)?;
    let page = match context.journal_if_any()? {
        Some(journal) => journal.list(&query)?,
        None => crate::journal::RunPage { runs: Vec::new(), total: 0, next_page: None },
    };
    let value = || json::run_list(&page.runs, page.total, page.next_page.as_deref());
    let text = match context.output {
        Output::Table => {
            let list = view::run_list(&page.runs, page.total, asked(args), numbered, context.now());
            let more = page.next_page.as_ref().map(|token| format!("\nMore: the same with --page {token}"));
            render::run_list(&list, &context.style) + more.as_deref().unwrap_or_default()
        }
        Output::Plain => render::plain::runs(&page.runs),
        Output::Json => json::document(&value()) + "\n",
        Output::Ndjson => json::line(&value()) + "\n",
    };
    context.print(&text)?;
    Ok(page.runs.iter().map(|run| run.id).collect())
}

pub(super) fn query(context: &Context<'_>, args: &ListArgs) -> Result<RunQuery, Failure> {
    let now = context.now();
    Ok(RunQuery {
        plan: args.plan.as_ref().map(|name| plan_id(context, name.as_str())).transpose()?,
        item: None,
        workflow: args.workflow.clone(),
        statuses: args.statuses.iter().filter_map(|it| Status::from_word(&it.word())).collect(),
        since: args.since.map(|it| it.resolve(now)),
        until: args.until.map(|it| it.resolve(now)),
        search: args.search.clone(),
        sort: match args.sort {
            SortBy::Started => RunSort::Started,
            SortBy::Duration => RunSort::Duration,
            SortBy::Status => RunSort::Status,
            SortBy::Workflow => RunSort::Workflow,
            SortBy::Plan => RunSort::Plan,
        },
        reverse: args.reverse,
        limit: args.limit.map_or(PAGE, std::num::NonZeroUsize::get),
        page: args.page.clone(),
    })
}

/// A plan that is there by what people call it, or one that is gone by the id its runs remember.
fn plan_id(context: &Context<'_>, asked: &str) -> Result<PlanId, Failure> {
    let plans = plans::load(context)?;
    let gone = PlanId::new(asked);
    // A plan that was renamed may hold its old name in the new one; the old one's runs are its own.
    if plans.get(&gone).is_none() && has_runs(context, &gone)? {
        return Ok(gone);
    }
    match plans.find(asked, &context.numbered) {
        Ok(plan) => Ok(plan.id.clone()),
        Err(Refusal::NoSuchPlan { .. }) => Ok(PlanId::new(asked)),
        Err(refusal) => Err(refusal.into()),
    }
}

fn has_runs(context: &Context<'_>, plan: &PlanId) -> Result<bool, Failure> {
    let query = RunQuery { plan: Some(plan.clone()), limit: 1, ..RunQuery::default() };
    Ok(context.journal_if_any()?.map(|it| it.list(&query)).transpose()?.is_some_and(|page| page.total > 0))
}

/// What was asked for, in words.
fn asked(args: &ListArgs) -> String {
    let mut words: Vec<String> = args.statuses.iter().map(|it| it.word()).collect();
    words.extend(args.workflow.as_ref().map(ToString::to_string));
    words.extend(args.plan.as_ref().map(|plan| format!("of {plan}")));
    words.extend(args.search.as_ref().map(|text| format!("with \"{}\"", crate::text::plain(text))));
    words.join(", ")
}

/// Prints the events of a run, one JSON object a line.
///
/// # Errors
/// When there is no such run.
pub fn events(context: &mut Context<'_>, args: &EventsArgs) -> Result<Done, Failure> {
    let run = find(context, &args.run)?;
    let journal = context.journal()?;
    let mut after = Seq(args.from);
    loop {
        let events = journal.events_after(run, after, 1_000)?;
        let Some(last) = events.last() else { return Ok(Done::well()) };
        after = last.seq;
        let lines: String = events.iter().map(|event| json::line(&json::event(event)) + "\n").collect();
        context.print(&lines)?;
    }
}

/// Follows a run to its end.
///
/// # Errors
/// When there is no such run.
pub fn follow(context: &mut Context<'_>, args: &FollowArgs) -> Result<Done, Failure> {
    recover(context)?;
    let run = find(context, &args.run)?;
    follow::to_end(context, run, true, Seq(args.from))
}

/// Waits for runs and ends with the worst of their verdicts' codes.
///
/// # Errors
/// When there is no such run.
pub fn wait(context: &mut Context<'_>, args: &WaitArgs) -> Result<Done, Failure> {
    recover(context)?;
    let runs = find_all(context, &args.runs)?;
    let mut worst = ExitCode::Done;
    for run in runs {
        context.busy(&format!("waiting for run {}", run.short()))?;
        let waited = wait_for(context, run);
        context.screen.idle();
        let summary = waited?;
        let code = verdict_code(summary.status);
        if code.code() > worst.code() {
            worst = code;
        }
        let text = match context.output {
            Output::Table => render::announcement(&view::announcement(&summary), &context.style),
            Output::Plain => render::plain::runs(std::slice::from_ref(&summary)),
            Output::Json | Output::Ndjson => json::line(&json::run_created(&summary)) + "\n",
        };
        context.print(&text)?;
    }
    Ok(Done::with(worst))
}

/// Waits until a run has ended, however long that takes.
///
/// # Errors
/// When there is no such run, or the journal can't be read.
pub fn wait_for(context: &Context<'_>, run: RunId) -> Result<RunSummary, Failure> {
    let mut control = context.control()?;
    loop {
        if let Some(summary) = control.wait(run, Duration::from_hours(1))? {
            return Ok(summary);
        }
    }
}

/// Asks runs to end, and waits until each has been answered.
///
/// # Errors
/// When there is no such run, or it has ended already.
pub fn cancel(context: &mut Context<'_>, args: &CancelArgs) -> Result<Done, Failure> {
    recover(context)?;
    let runs = find_all(context, &args.runs)?;
    if !may_cancel(context, &runs)? {
        context.note("Nothing was cancelled.\n")?;
        return Ok(Done::well());
    }
    let by = context.user().to_owned();
    for run in &runs {
        context.control()?.cancel(*run, args.reason.clone(), &by, args.force)?;
    }
    let mut done = Done::well();
    for run in runs {
        wait_for(context, run)?;
        let record = context.journal()?.run(run)?.ok_or(Refusal::NoSuchRun { asked: run.to_string() })?;
        done.advice = ended(context, &record)?.advice;
    }
    Ok(done)
}

/// Cancelling throws work away, so a person is asked, with "no" as the default.
pub(super) fn may_cancel(context: &mut Context<'_>, runs: &[RunId]) -> Result<bool, Failure> {
    let asks = context.asks() || context.screen.is_interactive() && !context.yes;
    if !asks {
        return Ok(true);
    }
    let journal = context.journal()?;
    let summaries = runs.iter().filter_map(|run| journal.summary(*run).transpose());
    let mut summaries: Vec<RunSummary> = summaries.collect::<Result<_, _>>()?;
    summaries.retain(|run| !run.status.is_over());
    // What has ended loses nothing: there is nothing to ask, and the refusal says so.
    if summaries.is_empty() {
        return Ok(true);
    }
    let confirm = view::confirm_cancel(&summaries);
    context.print(&render::confirm(&confirm, &context.style))?;
    let question = Question::Confirm { text: "Cancel?".to_owned(), default: confirm.default_yes() };
    Ok(context.screen.ask(&question)? == Answer::Yes)
}

/// Lets a run launch nothing more.
///
/// # Errors
/// When there is no such run, or it has ended.
pub fn pause(context: &mut Context<'_>, args: &PauseArgs) -> Result<Done, Failure> {
    let run = find(context, &args.run)?;
    context.control()?.pause(run, context.user())?;
    context.note(&format!("Run {} launches nothing more until it is unpaused.\n", run.short()))?;
    Ok(Done::well())
}

/// Lets a run launch again.
///
/// # Errors
/// As [`pause`].
pub fn unpause(context: &mut Context<'_>, args: &UnpauseArgs) -> Result<Done, Failure> {
    let run = find(context, &args.run)?;
    context.control()?.unpause(run, context.user())?;
    context.note(&format!("Run {} goes on.\n", run.short()))?;
    Ok(Done::well())
}

/// Gives a line to the standard input of a run's task.
///
/// # Errors
/// When there is no such run, it has ended, or nothing of it reads its input.
pub fn send(context: &mut Context<'_>, args: &SendArgs) -> Result<Done, Failure> {
    recover(context)?;
    let run = find(context, &args.run)?;
    context.control()?.send(run, args.text.clone(), context.user())?;
    context.note(&format!("Sent to run {}.\n", run.short()))?;
    Ok(Done::well())
}

/// Runs again what a run ran: a new run, linked to it.
///
/// # Errors
/// When there is no such run, it still goes on, or the new one can't be created.
pub fn retry(context: &mut Context<'_>, args: &RetryArgs) -> Result<Done, Failure> {
    recover(context)?;
    let run = find(context, &args.run)?;
    let record = context.journal()?.run(run)?.ok_or_else(|| no_such_run(&args.run))?;
    let stamp = launch::stamp(context, None);
    let again = crate::workflow::Again {
        failed_only: args.failed,
        from: args.from.as_deref().map(Into::into),
        timeout: args.timeout,
        idle_timeout: args.idle_timeout,
    };
    let spec = crate::workflow::retry(&record, &again, stamp)?;
    let after = match (args.wait, args.follow || context.face != super::context::Face::Shell) {
        (true, _) => After::Wait,
        (_, true) => After::Follow,
        _ => After::Leave,
    };
    launch::start(context, &spec, after)
}

/// The run that is meant.
///
/// # Errors
/// When none or several fit.
pub fn find(context: &Context<'_>, run: &RunRef) -> Result<RunId, Failure> {
    match context.journal_if_any()? {
        Some(journal) => Ok(journal.find_run(run.as_str())?),
        None => Err(no_such_run(run)),
    }
}

fn find_all(context: &Context<'_>, runs: &[RunRef]) -> Result<Vec<RunId>, Failure> {
    runs.iter().map(|run| find(context, run)).collect()
}

pub(super) fn no_such_run(run: &RunRef) -> Failure {
    Refusal::NoSuchRun { asked: run.as_str().to_owned() }.into()
}

/// How a whole plan is carried on that was lost on its way.
fn carrying_on(run: &RunSummary) -> String {
    let plan = run.plan.as_ref().filter(|_| run.workflow.as_str() == "all");
    let command = |plan| format!(", create all --plan {plan} --resume {} carries it on", run.id.short());
    plan.map(command).unwrap_or_default()
}

/// Ends what was lost before anything is said of runs, and says so once.
///
/// # Errors
/// When the journal is there and can't be read or written.
pub fn recover(context: &mut Context<'_>) -> Result<(), Failure> {
    let Some(journal) = context.journal_if_any()? else { return Ok(()) };
    if journal.open_runs()?.is_empty() {
        return Ok(());
    }
    let recovery = context.control()?.recover()?;
    for lost in recovery.ended {
        let run = lost.run.id.short();
        context.note(&format!(
            "Run {run} was lost: its supervisor went away. get {run} shows what is known{}.\n",
            carrying_on(&lost.run)
        ))?;
    }
    for (run, error) in recovery.failed {
        let why = crate::text::plain(&error.to_string()).into_owned();
        context.note(&format!(
            "Run {} has no supervisor, and its end can't be written yet: {why}\n",
            run.short()
        ))?;
    }
    Ok(())
}
