//! Which run is meant: a full id, any unique end of one, `@latest` or `@latest-failed`.

use rusqlite::{OptionalExtension as _, params};

use super::{
    error::{Doing as _, Error},
    open::Journal,
    row,
};
use crate::{ids::RunId, run::Refusal};

/// Most candidates that an ambiguous end lists.
const CANDIDATES: i64 = 20;

const LATEST: &str = "select id from runs order by created_at desc, n desc limit 1";
const LATEST_FAILED: &str = "select id from runs where status in ('failed', 'timed_out', 'lost') \
                             order by created_at desc, n desc limit 1";

impl Journal {
    /// The run that a person means.
    ///
    /// # Errors
    /// [`Error::Refused`] when none or several fit (then with those that fit, newest first), and when
    /// the journal can't be read.
    pub fn find_run(&self, asked: &str) -> Result<RunId, Error> {
        let none = || Error::from(Refusal::NoSuchRun { asked: asked.to_owned() });
        match asked {
            "@latest" => self.first(LATEST)?.ok_or_else(none),
            "@latest-failed" => self.first(LATEST_FAILED)?.ok_or_else(none),
            _ => self.by_tail(&tail_of(asked).ok_or_else(none)?, asked),
        }
    }

    fn first(&self, sql: &str) -> Result<Option<RunId>, Error> {
        let id: Option<String> = self
            .db
            .prepare_cached(sql)
            .and_then(|mut it| it.query_row([], |row| row.get(0)).optional())
            .doing("look for a run")?;
        id.map(|id| row::run_id(&id)).transpose()
    }

    fn by_tail(&self, tail: &str, asked: &str) -> Result<RunId, Error> {
        // Behind every hexadecimal digit, so that the range holds what begins with the tail.
        let end = format!("{tail}g");
        let sql = "select id from runs where tail >= ?1 and tail < ?2 order by n desc limit ?3";
        let mut statement = self.db.prepare_cached(sql).doing("look for a run")?;
        let rows = statement
            .query_map(params![tail, end, CANDIDATES], |row| row.get::<_, String>(0))
            .doing("look for a run")?;
        let mut found: Vec<String> = rows.collect::<rusqlite::Result<_>>().doing("look for a run")?;
        let Some(id) = found.pop() else {
            return Err(Refusal::NoSuchRun { asked: asked.to_owned() }.into());
        };
        if found.is_empty() {
            return row::run_id(&id);
        }
        found.push(id);
        Err(Refusal::AmbiguousRun { asked: asked.to_owned(), candidates: found }.into())
    }
}

/// The end of an id as the journal keeps it: without dashes, in small letters, backwards.
fn tail_of(asked: &str) -> Option<String> {
    let digits: String =
        asked.chars().rev().filter(|it| *it != '-').map(|it| it.to_ascii_lowercase()).collect();
    let fits = !digits.is_empty() && digits.chars().all(|it| it.is_ascii_hexdigit());
    fits.then_some(digits)
}
