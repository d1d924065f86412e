//! `run prune`: forgetting old runs with their logs.

use std::{fs, path::Path, time::Duration};

use super::{
    context::{Context, Done},
    failure::Failure,
    runs,
};
use crate::{
    cli::{ExitCode, Output, PruneArgs},
    clock::Timestamp,
    journal::RunQuery,
    render::{self, json},
    run::RunSummary,
    screen::{Answer, Question},
    text, view,
};

/// Forgets the runs that are beyond the limits, after asking where somebody can be asked.
///
/// # Errors
/// When the journal can't be read or written, or a run's folder can't be removed.
pub fn prune(context: &mut Context<'_>, args: &PruneArgs) -> Result<Done, Failure> {
    runs::recover(context)?;
    let limits = limits(context, args);
    let all = all_runs(context)?;
    let kept = all.iter().map(|run| Kept {
        created_at: run.created_at,
        goes_on: !run.status.is_over(),
        bytes: bytes_in(context.state.run(run.id).root()),
    });
    let kept: Vec<Kept> = kept.collect();
    let beyond = beyond(&kept, &limits, context.now());
    let bytes: u64 = beyond.iter().map(|at| kept[*at].bytes).sum();
    let gone: Vec<RunSummary> = beyond.into_iter().map(|at| all[at].clone()).collect();
    if args.dry_run || gone.is_empty() {
        say(context, &gone, bytes, args.dry_run)?;
        return Ok(Done::well());
    }
    if !may_forget(context, &gone, bytes)? {
        context.note("Nothing was forgotten.\n")?;
        return Ok(Done::well());
    }
    forget(context, &gone, bytes)
}

/// What stays at most. Absent limits do not limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Limits {
    runs: Option<u64>,
    age: Option<Duration>,
    bytes: Option<u64>,
}

/// What pruning has to know of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kept {
    created_at: Timestamp,
    goes_on: bool,
    bytes: u64,
}

/// The given limits; those of the configuration only when none is given, so that `--keep 10` never
/// takes one of the ten for its age.
fn limits(context: &Context<'_>, args: &PruneArgs) -> Limits {
    let given = Limits { runs: args.keep, age: args.older_than, bytes: args.max_bytes };
    if given != Limits::default() {
        return given;
    }
    let retention = &context.config().run.retention;
    Limits { runs: Some(retention.runs), age: retention.age.limit(), bytes: Some(retention.bytes.0) }
}

/// Which of the runs, newest first, are beyond a limit, as places in the list. Runs that go on count,
/// and never go.
fn beyond(runs: &[Kept], limits: &Limits, now: Timestamp) -> Vec<usize> {
    let mut kept: u64 = 0;
    let mut bytes: u64 = 0;
    let mut gone = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        let with_it = bytes.saturating_add(run.bytes);
        let is_beyond = limits.runs.is_some_and(|most| kept >= most)
            || limits.age.is_some_and(|age| now.since(run.created_at) > age)
            || limits.bytes.is_some_and(|most| with_it > most);
        if is_beyond && !run.goes_on {
            gone.push(at);
        } else {
            kept += 1;
            bytes = with_it;
        }
    }
    gone
}

fn all_runs(context: &Context<'_>) -> Result<Vec<RunSummary>, Failure> {
    let Some(journal) = context.journal_if_any()? else { return Ok(Vec::new()) };
    Ok(journal.list(&RunQuery { limit: usize::MAX - 1, ..RunQuery::default() })?.runs)
}

/// What a folder takes. What can't be looked at counts nothing.
fn bytes_in(folder: &Path) -> u64 {
    let Ok(children) = fs::read_dir(folder) else { return 0 };
    let size = |child: fs::DirEntry| match child.metadata() {
        Ok(it) if it.is_dir() => bytes_in(&child.path()),
        Ok(it) => it.len(),
        Err(_) => 0,
    };
    children.flatten().map(size).sum()
}

fn may_forget(context: &mut Context<'_>, gone: &[RunSummary], bytes: u64) -> Result<bool, Failure> {
    let asks = context.asks() || context.screen.is_interactive() && !context.yes;
    if !asks {
        return Ok(true);
    }
    let confirm = view::confirm_prune(gone, bytes);
    context.print(&render::confirm(&confirm, &context.style))?;
    let question = Question::Confirm { text: confirm.question.clone(), default: confirm.default_yes() };
    Ok(context.screen.ask(&question)? == Answer::Yes)
}

/// Forgets each by itself: one that can't be forgotten keeps none of the others.
fn forget(context: &mut Context<'_>, gone: &[RunSummary], bytes: u64) -> Result<Done, Failure> {
    let mut control = context.control()?;
    let mut forgotten = Vec::new();
    let mut code = ExitCode::Done;
    for run in gone {
        match control.forget(run.id) {
            Ok(()) => forgotten.push(run.clone()),
            // Somebody else was faster.
            Err(error) if is_gone(&error) => {}
            Err(error) => {
                let why = text::plain(&error.to_string()).into_owned();
                context.note(&format!("Run {} was not wholly forgotten: {why}\n", run.id.short()))?;
                code = ExitCode::Trouble;
            }
        }
    }
    say(context, &forgotten, bytes, false)?;
    Ok(Done::with(code))
}

const fn is_gone(error: &crate::control::Error) -> bool {
    use crate::{control, journal, run::Refusal};
    matches!(
        error,
        control::Error::Refused(Refusal::NoSuchRun { .. })
            | control::Error::Journal(journal::Error::Refused(Refusal::NoSuchRun { .. }))
    )
}

fn say(context: &mut Context<'_>, runs: &[RunSummary], bytes: u64, dry_run: bool) -> Result<(), Failure> {
    let value = || json::run_prune(runs, bytes, dry_run);
    let text = match context.output {
        Output::Table if runs.is_empty() => "Nothing is beyond the limits.\n".to_owned(),
        Output::Table => {
            let count = if runs.len() == 1 { "1 run".to_owned() } else { format!("{} runs", runs.len()) };
            let what = if dry_run { "would be forgotten" } else { "forgotten" };
            let list = view::run_list(runs, runs.len(), what, false, context.now());
            let freed = if dry_run { "would be freed" } else { "freed" };
            format!(
                "{}\n{count} {what}, {} {freed}.\n",
                render::run_list(&list, &context.style),
                text::format_bytes(bytes)
            )
        }
        Output::Plain => render::plain::runs(runs),
        Output::Json => json::document(&value()) + "\n",
        Output::Ndjson => json::line(&value()) + "\n",
    };
    context.print(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    /// Runs by age in days, newest first; ten bytes each; a negative age goes on.
    fn check(ages: &[i64], limits: Limits, expected: &[usize]) {
        let now = Timestamp::from_millis(1_000 * DAY);
        let kept = |age: &i64| Kept {
            created_at: Timestamp::from_millis(now.millis() - age.abs() * DAY),
            goes_on: *age < 0,
            bytes: 10,
        };
        let runs: Vec<Kept> = ages.iter().map(kept).collect();
        assert_eq!(beyond(&runs, &limits, now), expected, "{ages:?} {limits:?}");
    }

    #[test]
    fn what_is_beyond_any_limit_goes_and_what_goes_on_stays() {
        let none = Limits::default();
        let day = Duration::from_hours(24);
        check(&[1, 2, 3], none, &[]);
        check(&[1, 2, 3], Limits { runs: Some(2), ..none }, &[2]);
        check(&[1, 2, 3], Limits { runs: Some(0), ..none }, &[0, 1, 2]);
        check(&[1, -2, 3], Limits { runs: Some(0), ..none }, &[0, 2]);
        check(&[1, -2, 3], Limits { runs: Some(2), ..none }, &[2]);
        check(&[1, 2, 3], Limits { age: Some(2 * day), ..none }, &[2]);
        check(&[1, 2, -3], Limits { age: Some(day), ..none }, &[1]);
        check(&[1, 2, 3], Limits { bytes: Some(25), ..none }, &[2]);
        check(&[1, 2, 3], Limits { bytes: Some(0), ..none }, &[0, 1, 2]);
        check(&[1, 2, 3, 4], Limits { runs: Some(3), age: Some(3 * day), bytes: Some(20) }, &[2, 3]);
    }
}
