//! Writing: a run with its specification, and what happens to it. Each call is one transaction.

use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::{
    error::{Doing as _, Error},
    open::Journal,
    project::project,
    read,
    row::{self, body, signed, unsigned},
};
use crate::{
    clock::{Moment, Timestamp},
    ids::{ItemId, PlanId, RunId, Seq},
    run::{Event, EventKind, Refusal, RunSummary, Specification, Status, Task},
};

impl Journal {
    /// Writes a run, its specification and its `run_created`, so that a power cut loses none of them.
    ///
    /// # Errors
    /// When the journal can't be written, or knows this run already.
    pub fn create_run(&mut self, spec: &Specification, ts: Timestamp) -> Result<(), Error> {
        let created = Event {
            run: spec.run,
            seq: Seq(1),
            at: Moment::default(),
            ts,
            kind: EventKind::RunCreated {
                workflow: spec.workflow.clone(),
                plan: spec.plan.as_ref().map(|plan| plan.id.clone()),
                item: spec.item.as_ref().map(|item| item.id.clone()),
            },
        };
        self.durably(true, |step| {
            let n = insert_run(step, spec)?;
            insert_tasks(step, n, spec)?;
            let mut place = Place { n, last: Seq(0) };
            take_in(step, &mut place, &created)?;
            count_events(step, &place)
        })
    }

    /// Writes what happened next to a run. All of it or nothing; synced to disk when the run ended.
    ///
    /// # Errors
    /// [`Error::Gap`] when an event is not the next of its run, [`Error::Refused`] when there is no such
    /// run, and when the journal can't be written.
    pub fn append(&mut self, run: RunId, events: &[Event]) -> Result<(), Error> {
        let ended = events.iter().any(|event| matches!(event.kind, EventKind::RunEnded { .. }));
        self.durably(ended, |step| {
            let mut place = place(step, run)?;
            events.iter().try_for_each(|event| {
                if event.run != run {
                    return Err(Error::Gap { run, expected: place.next(), found: Seq(0) });
                }
                take_in(step, &mut place, event)
            })?;
            count_events(step, &place)
        })
    }

    /// Folds every run's events into the projections anew, from the events and the specifications.
    ///
    /// # Errors
    /// When a row can't be understood or the journal can't be written; then nothing is changed.
    pub fn rebuild(&mut self) -> Result<(), Error> {
        self.durably(true, |step| {
            read::all_runs(step)?.into_iter().try_for_each(|run| refold(step, run))?;
            step.execute_batch(
                "delete from tallies;
                 insert into tallies select status, count(*) from runs group by status;
                 insert into search(search) values ('rebuild')",
            )
            .doing("count the runs anew")
        })
    }

    /// Forgets a run and all that belongs to it. What lies in its folder is the caller's.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such run, and when the journal can't be written.
    pub fn forget_run(&mut self, run: RunId) -> Result<(), Error> {
        self.durably(false, |step| {
            let gone = step
                .prepare_cached("delete from runs where id = ?1")
                .and_then(|mut it| it.execute([run.to_string()]))
                .doing("forget a run")?;
            if gone == 0 { Err(no_such(run)) } else { Ok(()) }
        })
    }

    /// One transaction. `full` waits until the disk has it: the journal's promise for what was answered.
    pub(super) fn durably<T>(
        &mut self,
        full: bool,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if full {
            self.db.pragma_update(None, "synchronous", "full").doing("ask for a synced write")?;
        }
        let done = self.transact(work);
        if full {
            self.db.pragma_update(None, "synchronous", "normal").doing("end a synced write")?;
        }
        done
    }

    fn transact<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let step = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("begin writing to the journal")?;
        let made = work(&step)?;
        step.commit().doing("write to the journal")?;
        Ok(made)
    }
}

/// Where a run stands in the journal.
pub(super) struct Place {
    pub n: i64,
    last: Seq,
}

impl Place {
    const fn next(&self) -> Seq {
        Seq(self.last.0 + 1)
    }
}

pub(super) fn place(step: &Transaction<'_>, run: RunId) -> Result<Place, Error> {
    let sql = "select n, last_seq from runs where id = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok(Place { n: row.get(0)?, last: Seq(unsigned(row.get(1)?)) });
    step.prepare_cached(sql)
        .and_then(|mut it| it.query_row([run.to_string()], read).optional())
        .doing("look a run up")?
        .ok_or_else(|| no_such(run))
}

pub(super) fn no_such(run: RunId) -> Error {
    Refusal::NoSuchRun { asked: run.to_string() }.into()
}

fn insert_run(step: &Transaction<'_>, spec: &Specification) -> Result<i64, Error> {
    let run = RunSummary::new(spec);
    let sql = "insert into runs (id, tail, workflow, plan, plan_title, dialect, item, parent, status, \
               created_at, preview, tasks, tasks_over, last_seq) \
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0)";
    let values = params![
        run.id.to_string(),
        row::tail(run.id),
        run.workflow.as_str(),
        run.plan.as_ref().map(PlanId::as_str),
        run.plan_title,
        spec.plan.as_ref().map(|plan| &plan.dialect),
        run.item.as_ref().map(ItemId::as_str),
        spec.parent.map(|parent| parent.to_string()),
        run.status.word(),
        run.created_at.millis(),
        run.preview,
        signed(run.tasks as u64),
    ];
    step.prepare_cached(sql).and_then(|mut it| it.execute(values)).doing("write a run")?;
    let n = step.last_insert_rowid();
    step.prepare_cached("insert into specifications (run, version, body, words) values (?1, ?2, ?3, ?4)")
        .and_then(|mut it| it.execute(params![n, spec.version, body(spec), words(spec)]))
        .doing("write a specification")?;
    Ok(n)
}

/// What a search finds a run by, one piece a line.
fn words(spec: &Specification) -> String {
    let mut pieces = vec![spec.workflow.as_str().to_owned()];
    if let Some(plan) = &spec.plan {
        pieces.extend([plan.id.as_str().to_owned(), plan.title.clone()]);
    }
    if let Some(item) = &spec.item {
        pieces.extend([item.id.as_str().to_owned(), item.title.clone()]);
    }
    if !spec.params.is_empty() {
        pieces.push(body(&spec.params));
    }
    pieces.join("\n")
}

fn insert_tasks(step: &Transaction<'_>, n: i64, spec: &Specification) -> Result<(), Error> {
    let mut statement = step
        .prepare_cached("insert into tasks (run, name, place, status, recipe) values (?1, ?2, ?3, ?4, ?5)")
        .doing("write a run's tasks")?;
    for (place, task) in spec.tasks.iter().enumerate() {
        let place = signed(place as u64);
        statement
            .execute(params![n, task.name.as_str(), place, Status::Queued.word(), recipe(spec, task)])
            .doing("write a run's tasks")?;
    }
    Ok(())
}

/// What a task is like. Before specifications said so, a run of one task was made from the recipe of
/// its workflow.
fn recipe<'a>(spec: &'a Specification, task: &'a Task) -> &'a str {
    if task.recipe.is_empty() && spec.tasks.len() == 1 { spec.workflow.as_str() } else { &task.recipe }
}

pub(super) fn refold(step: &Transaction<'_>, run: RunId) -> Result<(), Error> {
    let spec = read::specification(step, run)?.ok_or_else(|| no_such(run))?;
    let n = reset_run(step, run)?;
    step.prepare_cached("delete from tasks where run = ?1")
        .and_then(|mut it| it.execute([n]))
        .doing("clear a run's tasks")?;
    step.prepare_cached("delete from attempts where run = ?1")
        .and_then(|mut it| it.execute([n]))
        .doing("clear a run's attempts")?;
    insert_tasks(step, n, &spec)?;
    read::events_after(step, run, Seq(0), usize::MAX)?.iter().try_for_each(|event| project(step, n, event))
}

/// The run as it was before anything happened to it.
fn reset_run(step: &Transaction<'_>, run: RunId) -> Result<i64, Error> {
    let sql = "update runs set status = ?2, started_at = null, ended_at = null, duration = null, tasks_over = 0, \
               asleep = 0,                last_seq = (select ifnull(max(seq), 0) from events where run = runs.n) \
               where id = ?1 returning n";
    step.prepare_cached(sql)
        .and_then(|mut it| it.query_row(params![run.to_string(), Status::Queued.word()], |row| row.get(0)))
        .doing("reset a run")
}

/// An event and what it changes in the projections.
fn take_in(step: &Transaction<'_>, place: &mut Place, event: &Event) -> Result<(), Error> {
    if event.seq != place.next() {
        return Err(Error::Gap { run: event.run, expected: place.next(), found: event.seq });
    }
    insert_event(step, place.n, event)?;
    project(step, place.n, event)?;
    place.last = event.seq;
    Ok(())
}

fn count_events(step: &Transaction<'_>, place: &Place) -> Result<(), Error> {
    step.prepare_cached("update runs set last_seq = ?2 where n = ?1")
        .and_then(|mut it| it.execute(params![place.n, signed(place.last.0)]))
        .doing("count a run's events")?;
    Ok(())
}

fn insert_event(step: &Transaction<'_>, n: i64, event: &Event) -> Result<(), Error> {
    let sql =
        "insert into events (run, seq, at, ts, kind, version, body) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = params![
        n,
        signed(event.seq.0),
        signed(event.at.millis()),
        event.ts.millis(),
        event.kind.word(),
        row::EVENT_VERSION,
        body(&event.kind),
    ];
    step.prepare_cached(sql).and_then(|mut it| it.execute(values)).doing("write an event")?;
    Ok(())
}
