//! The lines typed in the deck: kept, found again, forgotten. What was typed is redacted by
//! [`Redactor`](super::Redactor) before it comes here.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params, params_from_iter, types::Value};

use super::{
    error::{Doing as _, Error},
    open::Journal,
    row::{signed, unsigned},
};
use crate::clock::Timestamp;

/// A line to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// As it was typed, without secrets.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// In which session of the deck.
    pub session: Option<i64>,
    /// In which directory.
    pub cwd: Option<String>,
}

/// A line that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number; later lines have higher ones.
    pub id: i64,
    /// As it was typed, without secrets.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// In which session of the deck.
    pub session: Option<i64>,
    /// In which directory.
    pub cwd: Option<String>,
    /// How long its command took.
    pub took: Option<Duration>,
    /// The exit code of its command.
    pub exit: Option<i64>,
}

/// Which lines. The default is all of them, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineQuery {
    /// What they hold.
    pub text: Option<LineText>,
    /// Only those of this session, and those that were there before it began.
    pub session: Option<SessionLines>,
    /// Only those typed in this directory.
    pub cwd: Option<String>,
    /// Only those with a higher number.
    pub above: Option<i64>,
    /// Only those with a lower number.
    pub below: Option<i64>,
    /// Oldest first.
    pub oldest_first: bool,
    /// At most so many.
    pub limit: Option<usize>,
}

/// What a line holds. Capitals count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineText {
    /// It begins with this.
    Prefix(String),
    /// This is in it.
    Substring(String),
    /// It is this.
    Exact(String),
}

/// What a session sees of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLines {
    /// The session.
    pub session: i64,
    /// The last line when it began ([`Journal::last_line`]).
    pub began_after: i64,
}

const COLUMNS: &str = "id, line, at, session, cwd, took, exit";

impl Journal {
    /// Keeps a line and gives it a number.
    ///
    /// # Errors
    /// When the journal can't be written.
    pub fn save_line(&mut self, new: &NewLine) -> Result<i64, Error> {
        let sql = "insert into lines (at, line, session, cwd) values (?1, ?2, ?3, ?4)";
        self.durably(false, |step| {
            step.prepare_cached(sql)
                .and_then(|mut it| it.execute(params![new.at.millis(), new.text, new.session, new.cwd]))
                .doing("keep a line")?;
            Ok(step.last_insert_rowid())
        })
    }

    /// Writes a kept line anew, as when its command ended. An unknown number changes nothing.
    ///
    /// # Errors
    /// When the journal can't be written.
    pub fn update_line(&mut self, line: &Line) -> Result<(), Error> {
        let sql =
            "update lines set at = ?2, line = ?3, session = ?4, cwd = ?5, took = ?6, exit = ?7 where id = ?1";
        let took = line.took.map(|it| i64::try_from(it.as_millis()).unwrap_or(i64::MAX));
        let values = params![line.id, line.at.millis(), line.text, line.session, line.cwd, took, line.exit];
        self.durably(false, |step| {
            step.prepare_cached(sql).and_then(|mut it| it.execute(values)).doing("keep a line")?;
            Ok(())
        })
    }

    /// The line of this number.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn line(&self, id: i64) -> Result<Option<Line>, Error> {
        let sql = format!("select {COLUMNS} from lines where id = ?1");
        let mut statement = self.db.prepare_cached(&sql).doing("read a line")?;
        statement.query_row([id], read).optional().doing("read a line")
    }

    /// The number of the last line; 0 when there is none.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn last_line(&self) -> Result<i64, Error> {
        let mut statement =
            self.db.prepare_cached("select ifnull(max(id), 0) from lines").doing("read a line")?;
        statement.query_row([], |row| row.get(0)).doing("read a line")
    }

    /// The lines that fit. One that was typed several times comes once, where it was typed last.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn lines(&self, query: &LineQuery) -> Result<Vec<Line>, Error> {
        let (filter, mut values) = filter(query);
        let order = if query.oldest_first { "asc" } else { "desc" };
        // Asked of the index on (line, id) for each line that fits, so that a short page stays cheap.
        let sql = format!(
            "select {COLUMNS} from lines as l where {filter} \
             and not exists (select 1 from lines n where n.line = l.line and n.id > l.id) \
             order by id {order} limit ?"
        );
        values.push(query.limit.map_or(-1, |limit| signed(limit as u64)).into());
        let mut statement = self.db.prepare_cached(&sql).doing("search the lines")?;
        let rows = statement.query_map(params_from_iter(values), read).doing("search the lines")?;
        rows.collect::<rusqlite::Result<_>>().doing("search the lines")
    }

    /// How many lines fit, each time one was typed counted.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn count_lines(&self, query: &LineQuery) -> Result<usize, Error> {
        let (filter, values) = filter(query);
        let sql = format!("select count(*) from lines where {filter}");
        let mut statement = self.db.prepare_cached(&sql).doing("count the lines")?;
        let count = statement
            .query_row(params_from_iter(values), |row| row.get::<_, i64>(0))
            .doing("count the lines")?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Forgets one line.
    ///
    /// # Errors
    /// When the journal can't be written.
    pub fn delete_line(&mut self, id: i64) -> Result<(), Error> {
        self.durably(false, |step| {
            step.execute("delete from lines where id = ?1", [id]).doing("forget a line").map(|_| ())
        })
    }

    /// Forgets all lines.
    ///
    /// # Errors
    /// When the journal can't be written.
    pub fn clear_lines(&mut self) -> Result<(), Error> {
        self.durably(false, |step| {
            step.execute("delete from lines", []).doing("forget all lines").map(|_| ())
        })
    }
}

/// The condition of a query and what stands in its places.
fn filter(query: &LineQuery) -> (String, Vec<Value>) {
    let mut parts = vec!["1".to_owned()];
    let mut values = Vec::<Value>::new();
    let mut add = |part: &str, more: Vec<Value>| {
        parts.push(part.to_owned());
        values.extend(more);
    };
    match &query.text {
        // The range lets the index find them; a character beyond every text ends it.
        Some(LineText::Prefix(text)) => {
            add("line >= ? and line < ?", vec![text.clone().into(), format!("{text}\u{10ffff}").into()]);
        }
        Some(LineText::Substring(text)) => add("instr(line, ?) > 0", vec![text.clone().into()]),
        Some(LineText::Exact(text)) => add("line = ?", vec![text.clone().into()]),
        None => {}
    }
    if let Some(it) = query.session {
        add("(session = ? or id <= ?)", vec![it.session.into(), it.began_after.into()]);
    }
    if let Some(cwd) = &query.cwd {
        add("cwd = ?", vec![cwd.clone().into()]);
    }
    if let Some(id) = query.above {
        add("id > ?", vec![id.into()]);
    }
    if let Some(id) = query.below {
        add("id < ?", vec![id.into()]);
    }
    (parts.join(" and "), values)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        text: row.get(1)?,
        at: Timestamp::from_millis(row.get(2)?),
        session: row.get(3)?,
        cwd: row.get(4)?,
        took: row.get::<_, Option<i64>>(5)?.map(|it| Duration::from_millis(unsigned(it))),
        exit: row.get(6)?,
    })
}
