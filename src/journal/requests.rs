//! Wishes for runs that go on, and what became of them.

use rusqlite::{OptionalExtension as _, params};

use super::{
    error::{Doing as _, Error},
    open::Journal,
    row::{self, body},
    write::{no_such, place},
};
use crate::{
    clock::Timestamp,
    ids::RunId,
    run::{Answer, Refusal, Request, Status, Wish},
};

impl Journal {
    /// Leaves a wish for a run's supervisor; its number is what the answer is found by.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such run or it has ended already, and when the journal can't
    /// be written.
    pub fn leave_request(&mut self, run: RunId, by: &str, wish: &Wish, ts: Timestamp) -> Result<i64, Error> {
        let short = run.short();
        self.durably(false, |step| {
            let n = place(step, run)?.n;
            let status: String = step
                .prepare_cached("select status from runs where n = ?1")
                .and_then(|mut it| it.query_row([n], |row| row.get(0)))
                .doing("look a run up")?;
            if let Some(status) = Status::from_word(&status).filter(|status| status.is_over()) {
                return Err(Refusal::AlreadyEnded { run: short, status }.into());
            }
            step.prepare_cached(
                "insert into requests (run, asked_by, asked_at, wish) values (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut it| it.execute(params![n, by, ts.millis(), body(wish)]))
            .doing("leave a request")?;
            Ok(step.last_insert_rowid())
        })
    }

    /// The wishes for a run that nobody has answered, in the order they were left.
    ///
    /// # Errors
    /// When the journal can't be read or a row not be understood.
    pub fn open_requests(&self, run: RunId) -> Result<Vec<Request>, Error> {
        let sql = "select q.id, q.asked_by, q.wish from requests q join runs r on r.n = q.run \
                   where r.id = ?1 and q.answer is null order by q.id";
        let mut statement = self.db.prepare_cached(sql).doing("read requests")?;
        let rows = statement
            .query_map([run.to_string()], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))
            .doing("read requests")?;
        rows.map(|row| {
            let (id, by, wish) = row.doing("read requests")?;
            Ok(Request { id, run, by, wish: row::parse(&wish, || format!("request {id}"))? })
        })
        .collect()
    }

    /// Answers a wish. The first answer stands: a second one changes nothing.
    ///
    /// # Errors
    /// When the journal can't be written.
    pub fn answer_request(&mut self, id: i64, answer: &Answer, ts: Timestamp) -> Result<(), Error> {
        let sql = "update requests set answer = ?2, answered_at = ?3 where id = ?1 and answer is null";
        self.durably(false, |step| {
            step.prepare_cached(sql)
                .and_then(|mut it| it.execute(params![id, body(answer), ts.millis()]))
                .doing("answer a request")?;
            Ok(())
        })
    }

    /// What became of a wish; absent while nobody has answered.
    ///
    /// # Errors
    /// When the journal can't be read or the row not be understood.
    pub fn answer_of(&self, id: i64) -> Result<Option<Answer>, Error> {
        let found: Option<Option<String>> = self
            .db
            .prepare_cached("select answer from requests where id = ?1")
            .and_then(|mut it| it.query_row([id], |row| row.get(0)).optional())
            .doing("read an answer")?;
        found.flatten().map(|text| row::parse(&text, || format!("the answer to request {id}"))).transpose()
    }

    /// Refuses every wish for a run that is still unanswered, with this reason.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such run, and when the journal can't be written.
    pub fn refuse_open_requests(&mut self, run: RunId, why: &str, ts: Timestamp) -> Result<(), Error> {
        let open = self.open_requests(run)?;
        if open.is_empty() && self.summary(run)?.is_none() {
            return Err(no_such(run));
        }
        let answer = Answer::Refused { why: why.to_owned() };
        open.into_iter().try_for_each(|request| self.answer_request(request.id, &answer, ts))
    }
}
