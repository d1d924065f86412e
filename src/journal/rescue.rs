//! What can still be read of a damaged journal, and writing it into a sound one.

use std::{collections::BTreeSet, path::Path};

use rusqlite::{Connection, OpenFlags};

use super::{error::Error, open::Journal, read};
use crate::{
    clock::Timestamp,
    ids::{RunId, Seq},
    run::{Event, Specification},
};

/// A run as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rescued {
    /// Its id.
    pub run: RunId,
    /// Absent when it can't be read; the copy in the run's folder may still tell it.
    pub spec: Option<Specification>,
    /// From the first one on, up to where reading failed.
    pub events: Vec<Event>,
}

/// Reads what can be read of the journal at `path`: the runs it lists and those that are known from
/// elsewhere, oldest first. Nothing in it is changed, and nothing in it is an error.
#[must_use]
pub fn rescue(path: &Path, known: &[RunId]) -> Vec<Rescued> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(db) = Connection::open_with_flags(path, flags) else { return Vec::new() };
    let mut runs: BTreeSet<RunId> = known.iter().copied().collect();
    // From both ends, because a damaged page in between stops the reading.
    for sql in
        ["select id from runs order by n", "select id from runs order by n desc", "select id from runs"]
    {
        runs.extend(ids(&db, sql));
    }
    // Ids begin with the time they were given at.
    runs.into_iter()
        .map(|run| read_run(&db, run))
        .filter(|it| it.spec.is_some() || !it.events.is_empty())
        .collect()
}

fn ids(db: &Connection, sql: &str) -> Vec<RunId> {
    let Ok(mut statement) = db.prepare(sql) else { return Vec::new() };
    let Ok(rows) = statement.query_map([], |row| row.get::<_, String>(0)) else { return Vec::new() };
    rows.map_while(Result::ok).filter_map(|id| id.parse().ok()).collect()
}

fn read_run(db: &Connection, run: RunId) -> Rescued {
    let spec = read::specification(db, run).ok().flatten();
    let mut events = Vec::new();
    while let Ok(next) = read::events_after(db, run, Seq(events.len() as u64), 1) {
        let fits = |it: &Event| it.seq.0 == events.len() as u64 + 1;
        let Some(event) = next.into_iter().next().filter(fits) else { break };
        events.push(event);
    }
    Rescued { run, spec, events }
}

impl Journal {
    /// Writes a run that was recorded elsewhere, with what happened to it; `events` begin with the
    /// first one, or are empty.
    ///
    /// # Errors
    /// When the journal can't be written, knows this run already, or the events do not follow each other.
    pub fn restore(&mut self, spec: &Specification, events: &[Event]) -> Result<(), Error> {
        let created = events.first().map_or(spec.created_at, |event| event.ts);
        self.create_run(spec, created)?;
        self.append(spec.run, events.get(1..).unwrap_or_default())
    }

    /// True when the journal knows this run.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn knows(&self, run: RunId) -> Result<bool, Error> {
        Ok(self.summary(run)?.is_some())
    }
}

/// A name for a damaged journal that is moved aside.
#[must_use]
pub fn damaged_name(now: Timestamp) -> String {
    format!("journal.damaged-{}", now.utc().format("%Y%m%d-%H%M%S"))
}
