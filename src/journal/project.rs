//! What an event changes in the tables that lists read: the same fold as [`RunRecord`]'s, in SQL.
//!
//! [`RunRecord`]: crate::run::RunRecord

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{
    error::{Doing as _, Error},
    row::signed,
};
use crate::{
    clock::Timestamp,
    ids::{AttemptId, TaskName},
    run::{Ending, Event, EventKind, Exit, Status, StopReason},
};

/// Folds an event into the projections of run number `n`.
pub fn project(step: &Transaction<'_>, n: i64, event: &Event) -> Result<(), Error> {
    match event.kind.task() {
        None => project_run(step, n, event),
        Some(task) => {
            if let EventKind::AttemptStopping { reason: StopReason::Cancelled, .. } = event.kind {
                project_run(step, n, event)?;
            }
            project_task(step, n, task, event)?;
            project_attempt(step, n, event)
        }
    }
}

fn project_run(step: &Transaction<'_>, n: i64, event: &Event) -> Result<(), Error> {
    let (status, started): (String, Option<i64>) = step
        .prepare_cached("select status, started_at from runs where n = ?1")
        .and_then(|mut it| it.query_row([n], |row| Ok((row.get(0)?, row.get(1)?))))
        .doing("look a run up")?;
    let status = Status::from_word(&status).unwrap_or(Status::Queued);
    let next = status.then(&event.kind, started.is_some());
    if status.is_over() {
        return Ok(());
    }
    if let EventKind::ClockGap { gap_ms } = event.kind {
        return note_sleep(step, n, gap_ms);
    }
    let begins = matches!(event.kind, EventKind::RunStarted { .. }) && started.is_none();
    let sql = "update runs set status = ?2, started_at = iif(?3, ?5, started_at), \
               ended_at = iif(?4, ?5, ended_at), \
               duration = iif(?4, max(?5 - ifnull(started_at, created_at) - asleep, 0), duration) where n = ?1";
    if next != status || begins {
        step.prepare_cached(sql)
            .and_then(|mut it| it.execute(params![n, next.word(), begins, next.is_over(), event.ts.millis()]))
            .doing("write how a run stands")?;
    }
    Ok(())
}

/// The machine slept: for the run, and for every attempt that was under way.
fn note_sleep(step: &Transaction<'_>, n: i64, gap_ms: u64) -> Result<(), Error> {
    for sql in [
        "update runs set asleep = asleep + ?2 where n = ?1",
        "update attempts set asleep = asleep + ?2 where run = ?1 and started_at is not null and ended_at is null",
    ] {
        step.prepare_cached(sql)
            .and_then(|mut it| it.execute(params![n, signed(gap_ms)]))
            .doing("write how long the machine slept")?;
    }
    Ok(())
}

fn project_task(step: &Transaction<'_>, n: i64, task: &TaskName, event: &Event) -> Result<(), Error> {
    let found: Option<String> = step
        .prepare_cached("select status from tasks where run = ?1 and name = ?2")
        .and_then(|mut it| it.query_row(params![n, task.as_str()], |row| row.get(0)).optional())
        .doing("look a task up")?;
    let Some(status) = found.and_then(|word| Status::from_word(&word)) else { return Ok(()) };
    let next = status.then_for_task(&event.kind);
    let blocked = matches!(event.kind, EventKind::TaskBlocked { .. });
    if next == status && !blocked {
        return Ok(());
    }
    let by = match &event.kind {
        EventKind::TaskBlocked { by, .. } => by.as_ref().map(TaskName::as_str),
        _ => None,
    };
    let sql =
        "update tasks set status = ?3, blocked_by = iif(?4, ?5, blocked_by) where run = ?1 and name = ?2";
    step.prepare_cached(sql)
        .and_then(|mut it| it.execute(params![n, task.as_str(), next.word(), blocked, by]))
        .doing("write how a task stands")?;
    count_over(step, n, i64::from(next.is_over()) - i64::from(status.is_over()))
}

fn count_over(step: &Transaction<'_>, n: i64, more: i64) -> Result<(), Error> {
    if more != 0 {
        step.prepare_cached("update runs set tasks_over = tasks_over + ?2 where n = ?1")
            .and_then(|mut it| it.execute(params![n, more]))
            .doing("count a run's tasks")?;
    }
    Ok(())
}

fn project_attempt(step: &Transaction<'_>, n: i64, event: &Event) -> Result<(), Error> {
    match &event.kind {
        EventKind::TaskReady { attempt } => begin_attempt(step, n, attempt),
        EventKind::AttemptStarted { attempt, .. } => {
            begin_attempt(step, n, attempt)?;
            let sql = "update attempts set started_at = ?4 where run = ?1 and task = ?2 and number = ?3";
            let values = params![n, attempt.task.as_str(), attempt.number, event.ts.millis()];
            step.prepare_cached(sql)
                .and_then(|mut it| it.execute(values))
                .doing("write an attempt's start")
                .map(|_| ())
        }
        EventKind::AttemptEnded { attempt, ending } => {
            begin_attempt(step, n, attempt)?;
            end_attempt(step, n, attempt, event.ts, ending)
        }
        _ => Ok(()),
    }
}

fn begin_attempt(step: &Transaction<'_>, n: i64, attempt: &AttemptId) -> Result<(), Error> {
    let sql = "insert into attempts (run, task, number) select run, name, ?3 from tasks \
               where run = ?1 and name = ?2 on conflict do nothing";
    step.prepare_cached(sql)
        .and_then(|mut it| it.execute(params![n, attempt.task.as_str(), attempt.number]))
        .doing("write an attempt")
        .map(|_| ())
}

fn end_attempt(
    step: &Transaction<'_>,
    n: i64,
    attempt: &AttemptId,
    ts: Timestamp,
    ending: &Ending,
) -> Result<(), Error> {
    let (code, signal) = match ending.exit {
        Some(Exit::Code(code)) => (Some(code), None),
        Some(Exit::Signal(signal)) => (None, Some(signal)),
        None => (None, None),
    };
    let sql = "update attempts set ended_at = ?4, outcome = ?5, code = ?6, signal = ?7, bytes = ?8 \
               where run = ?1 and task = ?2 and number = ?3";
    let values = params![
        n,
        attempt.task.as_str(),
        attempt.number,
        ts.millis(),
        ending.outcome.word(),
        code,
        signal,
        signed(ending.bytes),
    ];
    step.prepare_cached(sql).and_then(|mut it| it.execute(values)).doing("write an attempt's end").map(|_| ())
}
