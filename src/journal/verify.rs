//! Are the projections what the events say? Asked run by run, so that nobody waits long for the lock.

use rusqlite::{Transaction, TransactionBehavior, params, types::Value};

use super::{
    error::{Doing as _, Error},
    open::Journal,
    read,
    write::refold,
};
use crate::ids::RunId;

/// What a look at all projections found.
#[derive(Debug, Default)]
pub struct Verified {
    /// Runs that were looked at.
    pub runs: usize,
    /// Runs whose rows were not what their events say. Folded anew where that was asked for.
    pub stale: Vec<RunId>,
    /// Runs that can't be folded, and why.
    pub unreadable: Vec<(RunId, Error)>,
    /// The counts of runs by status were wrong. Counted anew where that was asked for.
    pub miscounted: bool,
    /// The index of words is damaged. Built anew where that was asked for.
    pub unsearchable: bool,
}

const RUN: &str =
    "select status, started_at, ended_at, duration, tasks_over, last_seq, asleep from runs where id = ?1";
const TASKS: &str = "select name, place, status, blocked_by, recipe from tasks \
                     where run = (select n from runs where id = ?1) order by name";
const ATTEMPTS: &str = "select task, number, started_at, ended_at, outcome, code, signal, bytes, asleep \
                        from attempts \
                        where run = (select n from runs where id = ?1) order by task, number";
const MISCOUNTED: &str = "select exists (
    select * from (select status, count(*) from runs group by status
                   except select status, runs from tallies)
    union all
    select * from (select status, runs from tallies where runs <> 0
                   except select status, count(*) from runs group by status))";

impl Journal {
    /// Compares every run's projections with the fold of its events; with `repair` they are made so.
    ///
    /// # Errors
    /// When the journal can't be read or written at all; trouble with one run is in the answer.
    pub fn verify(&mut self, repair: bool) -> Result<Verified, Error> {
        let mut verified = Verified::default();
        for run in read::all_runs(&self.db)? {
            verified.runs += 1;
            match self.is_stale(run, repair) {
                Ok(false) => {}
                Ok(true) => verified.stale.push(run),
                Err(error) => verified.unreadable.push((run, error)),
            }
        }
        verified.miscounted = self.is_miscounted(repair)?;
        verified.unsearchable = self.is_unsearchable(repair)?;
        Ok(verified)
    }

    /// Folds a run in a transaction that is only kept when it changed something and may.
    fn is_stale(&mut self, run: RunId, repair: bool) -> Result<bool, Error> {
        let step = self.begin()?;
        let before = image(&step, run)?;
        refold(&step, run)?;
        let stale = image(&step, run)? != before;
        end(step, stale && repair)?;
        Ok(stale)
    }

    fn is_miscounted(&mut self, repair: bool) -> Result<bool, Error> {
        let step = self.begin()?;
        let wrong: bool = step.query_row(MISCOUNTED, [], |row| row.get(0)).doing("count the runs")?;
        if wrong && repair {
            step.execute_batch(
                "delete from tallies; insert into tallies select status, count(*) from runs group by status",
            )
            .doing("count the runs anew")?;
        }
        end(step, wrong && repair)?;
        Ok(wrong)
    }

    fn is_unsearchable(&mut self, repair: bool) -> Result<bool, Error> {
        let check = "insert into search(search, rank) values ('integrity-check', 1)";
        let wrong = self.db.execute_batch(check).is_err();
        if wrong && repair {
            let rebuild = "insert into search(search) values ('rebuild')";
            self.db.execute_batch(rebuild).doing("build the index of words anew")?;
        }
        Ok(wrong)
    }

    fn begin(&mut self) -> Result<Transaction<'_>, Error> {
        self.db.transaction_with_behavior(TransactionBehavior::Immediate).doing("look at the projections")
    }
}

fn end(step: Transaction<'_>, keep: bool) -> Result<(), Error> {
    if keep { step.commit() } else { step.rollback() }.doing("look at the projections")
}

/// All that is folded from a run's events.
fn image(step: &Transaction<'_>, run: RunId) -> Result<Vec<Vec<Value>>, Error> {
    let mut image = Vec::new();
    for sql in [RUN, TASKS, ATTEMPTS] {
        let mut statement = step.prepare_cached(sql).doing("look at the projections")?;
        let columns = statement.column_count();
        let rows = statement
            .query_map(params![run.to_string()], |row| (0..columns).map(|at| row.get(at)).collect())
            .doing("look at the projections")?;
        for row in rows {
            image.push(row.doing("look at the projections")?);
        }
    }
    Ok(image)
}
