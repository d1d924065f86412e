//! Rows into types and back. What stands in a row carries a version: rows are kept for ever.

use std::time::Duration;

use rusqlite::{
    Row,
    types::{FromSqlError, Type},
};
use serde::{Serialize, de::DeserializeOwned};

use super::error::Error;
use crate::{
    clock::{Moment, Timestamp},
    ids::{ItemId, PlanId, RunId, Seq, WorkflowName},
    run::{Event, RunSummary, Status},
};

/// The version of what [`body`] writes for an event.
pub const EVENT_VERSION: i64 = 1;

/// An event as it stands in its row.
pub struct EventRow {
    pub id: i64,
    run: String,
    seq: i64,
    at: i64,
    ts: i64,
    body: String,
}

/// The columns of an [`EventRow`], from `events e join runs r`.
pub const EVENT_COLUMNS: &str = "e.id, r.id, e.seq, e.at, e.ts, e.body";

impl EventRow {
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            run: row.get(1)?,
            seq: row.get(2)?,
            at: row.get(3)?,
            ts: row.get(4)?,
            body: row.get(5)?,
        })
    }

    pub fn event(self) -> Result<Event, Error> {
        let what = || format!("event {}", self.id);
        Ok(Event {
            run: run_id(&self.run)?,
            seq: Seq(unsigned(self.seq)),
            at: Moment::from_millis(unsigned(self.at)),
            ts: Timestamp::from_millis(self.ts),
            kind: parse(&self.body, what)?,
        })
    }
}

/// The columns of a summary, from `runs`.
pub const SUMMARY_COLUMNS: &str = "id, status, workflow, plan, plan_title, item, created_at, started_at, \
                                   ended_at, preview, tasks, tasks_over, n, duration, asleep";

pub fn summary(row: &Row<'_>) -> rusqlite::Result<RunSummary> {
    let text = |at: usize| row.get::<_, Option<String>>(at);
    let time = |at: usize| row.get::<_, Option<i64>>(at).map(|it| it.map(Timestamp::from_millis));
    let count = |at: usize| row.get::<_, i64>(at).map(|it| usize::try_from(it).unwrap_or(0));
    let id: String = row.get(0)?;
    let status: String = row.get(1)?;
    Ok(RunSummary {
        id: id.parse().map_err(|_| unreadable(0, &id))?,
        status: Status::from_word(&status).ok_or_else(|| unreadable(1, &status))?,
        workflow: WorkflowName::new(row.get::<_, String>(2)?),
        plan: text(3)?.map(PlanId::new),
        plan_title: text(4)?,
        item: text(5)?.map(ItemId::new),
        created_at: Timestamp::from_millis(row.get(6)?),
        started_at: time(7)?,
        ended_at: time(8)?,
        preview: row.get(9)?,
        tasks: count(10)?,
        tasks_over: count(11)?,
        asleep: Duration::from_millis(unsigned(row.get(14)?)),
    })
}

fn unreadable(column: usize, found: &str) -> rusqlite::Error {
    let source = FromSqlError::Other(format!("\"{found}\" is not understood").into());
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(source))
}

/// A run's id as it stands in its row.
pub fn run_id(text: &str) -> Result<RunId, Error> {
    text.parse().map_err(|error| Error::Row {
        what: format!("the run \"{text}\""),
        source: serde::de::Error::custom(error),
    })
}

/// A run's id without dashes, backwards: what people type is its beginning.
pub fn tail(run: RunId) -> String {
    run.to_string().chars().rev().filter(|it| *it != '-').collect()
}

/// As JSON. Ours always is.
pub fn body(it: &impl Serialize) -> String {
    serde_json::to_string(it).expect("our types have text keys and no failing parts")
}

/// From JSON; `what` names the row.
pub fn parse<T: DeserializeOwned>(text: &str, what: impl FnOnce() -> String) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|source| Error::Row { what: what(), source })
}

/// SQLite counts signed. Nothing of ours gets near the difference.
pub fn signed(it: u64) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}

/// The other way round.
pub fn unsigned(it: i64) -> u64 {
    u64::try_from(it).unwrap_or(0)
}
