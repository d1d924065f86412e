//! Reading events by cursor, and runs as the fold of their events.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    error::{Doing as _, Error},
    open::Journal,
    row::{self, EVENT_COLUMNS, EventRow, SUMMARY_COLUMNS, signed},
    write::no_such,
};
use crate::{
    ids::{Cursor, ItemId, PlanId, RunId, Seq, WorkflowName},
    run::{Event, RunRecord, RunSummary, Specification, Status},
};

impl Journal {
    /// The events of a run behind `after`, at most `limit`, in order. `Seq(0)` means from the first.
    ///
    /// # Errors
    /// When the journal can't be read. An unknown run has no events.
    pub fn events_after(&self, run: RunId, after: Seq, limit: usize) -> Result<Vec<Event>, Error> {
        events_after(&self.db, run, after, limit)
    }

    /// The events of all runs behind `cursor`, at most `limit`, in the order they were written.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn since(&self, cursor: Cursor, limit: usize) -> Result<Vec<(Cursor, Event)>, Error> {
        let sql = format!(
            "select {EVENT_COLUMNS} from events e join runs r on r.n = e.run where e.id > ?1 order by e.id limit ?2"
        );
        let mut statement = self.db.prepare_cached(&sql).doing("read events")?;
        let rows =
            statement.query_map(params![cursor.0, some(limit)], EventRow::read).doing("read events")?;
        rows.map(|row| {
            let row = row.doing("read events")?;
            Ok((Cursor(row.id), row.event()?))
        })
        .collect()
    }

    /// The place behind the last event: what is written from now on comes after it.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn head(&self) -> Result<Cursor, Error> {
        let mut statement =
            self.db.prepare_cached("select ifnull(max(id), 0) from events").doing("read events")?;
        statement.query_row([], |row| row.get(0).map(Cursor)).doing("read events")
    }

    /// The number of a run's last event, how it stands and nothing else: what a waiting poller asks.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such run, and when the journal can't be read.
    pub fn standing(&self, run: RunId) -> Result<(Seq, Status), Error> {
        let (seq, status): (i64, String) = self
            .db
            .prepare_cached("select last_seq, status from runs where id = ?1")
            .and_then(|mut it| {
                it.query_row([run.to_string()], |row| Ok((row.get(0)?, row.get(1)?))).optional()
            })
            .doing("look a run up")?
            .ok_or_else(|| no_such(run))?;
        Ok((Seq(row::unsigned(seq)), Status::from_word(&status).unwrap_or(Status::Queued)))
    }

    /// A run with everything that is known of it: its specification and the fold of its events.
    ///
    /// # Errors
    /// When the journal can't be read or a row not be understood.
    pub fn run(&self, run: RunId) -> Result<Option<RunRecord>, Error> {
        Ok(self.snapshot(run)?.map(|(record, _)| record))
    }

    /// As [`Journal::run`], with the number of the last event that is in it: who follows from there on
    /// misses nothing and is told nothing twice.
    ///
    /// # Errors
    /// As [`Journal::run`].
    pub fn snapshot(&self, run: RunId) -> Result<Option<(RunRecord, Seq)>, Error> {
        // One moment of the journal for both, or a run could be read half forgotten.
        let moment = self.db.unchecked_transaction().doing("read a run")?;
        let Some(spec) = specification(&moment, run)? else { return Ok(None) };
        let events = events_after(&moment, run, Seq(0), usize::MAX)?;
        let last = events.last().map_or(Seq(0), |event| event.seq);
        Ok(Some((RunRecord::fold(spec, &events), last)))
    }

    /// What a run was meant to do.
    ///
    /// # Errors
    /// When the journal can't be read or the row not be understood.
    pub fn specification(&self, run: RunId) -> Result<Option<Specification>, Error> {
        specification(&self.db, run)
    }

    /// The row that lists show of a run.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn summary(&self, run: RunId) -> Result<Option<RunSummary>, Error> {
        let sql = format!("select {SUMMARY_COLUMNS} from runs where id = ?1");
        let mut statement = self.db.prepare_cached(&sql).doing("look a run up")?;
        statement.query_row([run.to_string()], row::summary).optional().doing("look a run up")
    }

    /// The runs that have not ended, oldest first: those that go on, and those that were lost and
    /// nobody has noticed yet.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn open_runs(&self) -> Result<Vec<RunSummary>, Error> {
        let sql = format!("select {SUMMARY_COLUMNS} from runs where ended_at is null order by n");
        let mut statement = self.db.prepare_cached(&sql).doing("list the open runs")?;
        let rows = statement.query_map([], row::summary).doing("list the open runs")?;
        rows.collect::<rusqlite::Result<_>>().doing("list the open runs")
    }

    /// The runs that retry this one, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn children(&self, run: RunId, limit: usize) -> Result<Vec<RunSummary>, Error> {
        let sql = format!("select {SUMMARY_COLUMNS} from runs where parent = ?1 order by n limit ?2");
        let mut statement = self.db.prepare_cached(&sql).doing("look for retries")?;
        let values = params![run.to_string(), some(limit)];
        let rows = statement.query_map(values, row::summary).doing("look for retries")?;
        rows.collect::<rusqlite::Result<_>>().doing("look for retries")
    }

    /// The run that this one retries.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn parent(&self, run: RunId) -> Result<Option<RunId>, Error> {
        let sql = "select parent from runs where id = ?1";
        let parent: Option<Option<String>> = self
            .db
            .prepare_cached(sql)
            .and_then(|mut it| it.query_row([run.to_string()], |row| row.get(0)).optional())
            .doing("look a run up")?;
        parent.flatten().map(|id| row::run_id(&id)).transpose()
    }

    /// How long the latest tasks of a recipe took that succeeded, latest first, at most `limit`, without
    /// the time the machine slept: what an estimate is made of. With each comes whether its run was of
    /// this workflow.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn took(
        &self,
        recipe: &str,
        workflow: &WorkflowName,
        limit: usize,
    ) -> Result<Vec<(bool, Duration)>, Error> {
        // Bounded before it is joined: a recipe that has failed a million times costs no more than another.
        let sql = "select r.workflow = ?2, max(a.ended_at - a.started_at - a.asleep, 0)
                   from (select run, name from tasks where recipe = ?1 order by run desc limit 4 * ?3) t
                   join runs r on r.n = t.run
                   join attempts a on a.run = t.run and a.task = t.name and a.outcome = 'succeeded'
                   where a.started_at is not null order by t.run desc limit ?3";
        let mut statement = self.db.prepare_cached(sql).doing("read durations")?;
        let read =
            |row: &rusqlite::Row<'_>| Ok((row.get(0)?, Duration::from_millis(row::unsigned(row.get(1)?))));
        let rows = statement
            .query_map(params![recipe, workflow.as_str(), some(limit.min(10_000))], read)
            .doing("read durations")?;
        rows.collect::<rusqlite::Result<_>>().doing("read durations")
    }

    /// How long all successful runs of each item of a plan took together, by the item; the one that was
    /// run last comes last.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn took_by_item(&self, plan: &PlanId) -> Result<Vec<(ItemId, Duration)>, Error> {
        let sql = "select item, sum(duration) from runs
                   where ifnull(plan, '') = ?1 and item is not null and status = 'succeeded'
                   group by item order by max(n)";
        let mut statement = self.db.prepare_cached(sql).doing("read durations")?;
        let read = |row: &rusqlite::Row<'_>| {
            let took = Duration::from_millis(row::unsigned(row.get(1)?));
            Ok((ItemId::new(row.get::<_, String>(0)?), took))
        };
        let rows = statement.query_map([plan.as_str()], read).doing("read durations")?;
        rows.collect::<rusqlite::Result<_>>().doing("read durations")
    }

    /// How long the latest successful runs of a workflow took, latest first, at most `limit`: what an
    /// estimate is made of. `dialect` narrows it to plans of that word.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn durations(
        &self,
        workflow: &WorkflowName,
        dialect: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Duration>, Error> {
        let sql = "select duration from runs where workflow = ?1 and status = 'succeeded' \
                   and (?2 is null or dialect = ?2) order by created_at desc, n desc limit ?3";
        let mut statement = self.db.prepare_cached(sql).doing("read durations")?;
        let rows = statement
            .query_map(params![workflow.as_str(), dialect, some(limit)], |row| row.get::<_, i64>(0))
            .doing("read durations")?;
        rows.map(|row| row.map(|it| Duration::from_millis(row::unsigned(it))).doing("read durations"))
            .collect()
    }
}

pub(super) fn events_after(
    db: &Connection,
    run: RunId,
    after: Seq,
    limit: usize,
) -> Result<Vec<Event>, Error> {
    let sql = format!(
        "select {EVENT_COLUMNS} from events e join runs r on r.n = e.run \
         where r.id = ?1 and e.seq > ?2 order by e.seq limit ?3"
    );
    let mut statement = db.prepare_cached(&sql).doing("read a run's events")?;
    let rows = statement
        .query_map(params![run.to_string(), signed(after.0), some(limit)], EventRow::read)
        .doing("read a run's events")?;
    rows.map(|row| row.doing("read a run's events")?.event()).collect()
}

pub(super) fn specification(db: &Connection, run: RunId) -> Result<Option<Specification>, Error> {
    let body: Option<String> = db
        .prepare_cached("select s.body from specifications s join runs r on r.n = s.run where r.id = ?1")
        .and_then(|mut it| it.query_row([run.to_string()], |row| row.get(0)).optional())
        .doing("read a specification")?;
    body.map(|body| row::parse(&body, || format!("the specification of run {run}"))).transpose()
}

pub(super) fn all_runs(db: &Connection) -> Result<Vec<RunId>, Error> {
    let mut statement = db.prepare("select id from runs order by n").doing("list the runs")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).doing("list the runs")?;
    rows.map(|id| row::run_id(&id.doing("list the runs")?)).collect()
}

/// A limit as SQLite counts.
fn some(limit: usize) -> i64 {
    signed(limit as u64)
}
