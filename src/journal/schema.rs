//! The tables, by version. A version that was shipped is never edited: a new one is added behind it.

use rusqlite::{Connection, TransactionBehavior};

use super::error::{Doing as _, Error};

/// One step for each version: the first makes version 1 out of nothing.
const STEPS: &[&str] = &[VERSION_1, VERSION_2, VERSION_3];

/// The version this program writes.
pub const CURRENT: i64 = 3;

const VERSION_1: &str = "
-- One row a run: what lists show and filter by. Folded from the run's events, and rebuilt from them.
-- n counts runs in the order of their creation and is never given twice; tail is the id without
-- dashes, backwards, so that what people type (the last characters) is a beginning.
create table runs (
    n           integer primary key autoincrement,
    id          text not null unique,
    tail        text not null unique,
    workflow    text not null,
    plan        text,
    plan_title  text,
    dialect     text,
    item        text,
    parent      text,
    status      text not null,
    created_at  integer not null,
    started_at  integer,
    ended_at    integer,
    duration    integer,
    preview     text not null,
    tasks       integer not null,
    tasks_over  integer not null,
    last_seq    integer not null
) strict;
create index runs_by_time     on runs(created_at desc, n desc);
create index runs_by_status   on runs(status, created_at desc, n desc);
create index runs_by_workflow on runs(workflow, created_at desc, n desc);
create index runs_by_plan     on runs(ifnull(plan, ''), created_at desc, n desc);
create index runs_by_duration on runs(ifnull(duration, -1) desc, created_at desc, n desc);
create index runs_open        on runs(n) where ended_at is null;

-- The truth of what was asked for; the words in it that a search finds.
create table specifications (
    run     integer primary key references runs(n) on delete cascade,
    version integer not null,
    body    text not null,
    words   text not null
) strict;
create virtual table search using fts5(words, content='specifications', content_rowid='run', tokenize='trigram');
create trigger search_added after insert on specifications begin
    insert into search(rowid, words) values (new.run, new.words);
end;
create trigger search_removed after delete on specifications begin
    insert into search(search, rowid, words) values ('delete', old.run, old.words);
end;

-- How many runs there are of each status, so that counting a million is reading a few rows.
create table tallies (
    status text primary key,
    runs   integer not null
) strict, without rowid;
create trigger tally_added after insert on runs begin
    insert into tallies values (new.status, 1) on conflict do update set runs = runs + 1;
end;
create trigger tally_removed after delete on runs begin
    update tallies set runs = runs - 1 where status = old.status;
end;
create trigger tally_moved after update of status on runs when old.status <> new.status begin
    update tallies set runs = runs - 1 where status = old.status;
    insert into tallies values (new.status, 1) on conflict do update set runs = runs + 1;
end;

create table tasks (
    run        integer not null references runs(n) on delete cascade,
    name       text not null,
    place      integer not null,
    status     text not null,
    blocked_by text,
    primary key (run, name)
) strict, without rowid;

create table attempts (
    run        integer not null references runs(n) on delete cascade,
    task       text not null,
    number     integer not null,
    started_at integer,
    ended_at   integer,
    outcome    text,
    code       integer,
    signal     integer,
    bytes      integer,
    primary key (run, task, number)
) strict, without rowid;

-- The truth of what happened. id is the cursor over all runs and is never given twice.
create table events (
    id      integer primary key autoincrement,
    run     integer not null references runs(n) on delete cascade,
    seq     integer not null,
    at      integer not null,
    ts      integer not null,
    kind    text not null,
    version integer not null,
    body    text not null,
    unique (run, seq)
) strict;

create table requests (
    id          integer primary key autoincrement,
    run         integer not null references runs(n) on delete cascade,
    asked_by    text not null,
    asked_at    integer not null,
    wish        text not null,
    answered_at integer,
    answer      text
) strict;
create index requests_by_run on requests(run);
create index requests_open   on requests(run, id) where answer is null;

-- What was typed in the deck.
create table lines (
    id      integer primary key autoincrement,
    at      integer not null,
    line    text not null,
    session integer,
    cwd     text,
    took    integer,
    exit    integer
) strict;
create index lines_by_text on lines(line, id);
";

const VERSION_2: &str = "
-- Who retries whom: few runs have a parent, and only those are in it.
create index runs_by_parent on runs(parent, n) where parent is not null;
";

const VERSION_3: &str = "
-- Which tasks are alike (by recipe and agent) and how long the machine slept while something went on:
-- what an estimate is made of. A run of one task was made from the recipe of its workflow.
alter table tasks add column recipe text not null default '';
alter table runs add column asleep integer not null default 0;
alter table attempts add column asleep integer not null default 0;
update tasks set recipe = (select workflow from runs where n = tasks.run)
    where (select tasks from runs where n = tasks.run) = 1;
update runs set asleep = (select sum(json_extract(body, '$.gap_ms')) from events
                          where run = runs.n and kind = 'clock_gap')
    where n in (select run from events where kind = 'clock_gap');
update runs set duration = max(duration - asleep, 0) where asleep > 0 and duration is not null;
update attempts set asleep = ifnull((select sum(json_extract(body, '$.gap_ms')) from events
                                     where run = attempts.run and kind = 'clock_gap' and ts >= attempts.started_at
                                     and ts <= ifnull(attempts.ended_at, ts)), 0)
    where run in (select n from runs where asleep > 0);
create index tasks_by_recipe on tasks(recipe, run);
";

/// Brings the tables to [`CURRENT`].
///
/// # Errors
/// [`Error::Newer`] when a newer program wrote them; the file is left as it is.
pub fn migrate(db: &mut Connection) -> Result<(), Error> {
    if version(db)? == CURRENT {
        return Ok(());
    }
    let step = db
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .doing("begin bringing the journal up to date")?;
    // Asked again under the lock: another process may have been faster.
    let found = version(&step)?;
    for sql in pending(found)? {
        step.execute_batch(sql).doing("bring the journal up to date")?;
    }
    step.pragma_update(None, "user_version", CURRENT).doing("note the journal's version")?;
    step.commit().doing("bring the journal up to date")
}

/// Refuses tables that are not of [`CURRENT`], for readers that may not write.
///
/// # Errors
/// [`Error::Newer`] or [`Error::Older`].
pub fn expect_current(db: &Connection) -> Result<(), Error> {
    let found = version(db)?;
    if pending(found)?.is_empty() { Ok(()) } else { Err(Error::Older { found, known: CURRENT }) }
}

/// The version of the tables; 0 for an empty file.
pub fn version(db: &Connection) -> Result<i64, Error> {
    db.pragma_query_value(None, "user_version", |row| row.get(0)).doing("read the journal's version")
}

fn pending(found: i64) -> Result<&'static [&'static str], Error> {
    usize::try_from(found)
        .ok()
        .and_then(|done| STEPS.get(done..))
        .ok_or(Error::Newer { found, known: CURRENT })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_has_its_step() {
        assert_eq!(usize::try_from(CURRENT), Ok(STEPS.len()));
    }
}
