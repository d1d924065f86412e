//! Asking something of a run that goes on: a row in the journal, a bell, and an answer.

use std::time::Duration;

use super::{bell, error::Error, open::Control, patience::Patience};
use crate::{
    ids::RunId,
    run::{Answer, Refusal, Wish},
};

/// What came of a request within the time one waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It was taken up.
    Done,
    /// The supervisor has not answered yet; the request stands and it will.
    NotYet,
}

/// How long an answer is waited for. A supervisor that has to ask a slow disk takes a moment.
const PATIENCE: Duration = Duration::from_secs(5);

impl Control {
    /// Ends a run: TERM, grace, KILL, sweep; with `force` KILL and sweep at once. It answers when the
    /// supervisor has taken it up, not when all is over: that is what [`Control::wait`] is for.
    ///
    /// # Errors
    /// A refusal when there is no such run or it has ended already.
    pub fn cancel(
        &mut self,
        run: RunId,
        reason: Option<String>,
        by: &str,
        force: bool,
    ) -> Result<Answered, Error> {
        let wish = if force { Wish::Kill { reason } } else { Wish::Cancel { reason } };
        self.ask(run, by, &wish, "cancelled")
    }

    /// Launches nothing more of a run.
    ///
    /// # Errors
    /// A refusal when there is no such run, it has ended, or it can't be paused as it stands.
    pub fn pause(&mut self, run: RunId, by: &str) -> Result<Answered, Error> {
        self.ask(run, by, &Wish::Pause, "paused")
    }

    /// Launches again.
    ///
    /// # Errors
    /// A refusal when there is no such run, it has ended, or it is not paused.
    pub fn unpause(&mut self, run: RunId, by: &str) -> Result<Answered, Error> {
        self.ask(run, by, &Wish::Unpause, "unpaused")
    }

    /// Gives text to the standard input of a run's task.
    ///
    /// # Errors
    /// A refusal when there is no such run, it has ended, or nothing of it reads its input.
    pub fn send(&mut self, run: RunId, text: String, by: &str) -> Result<Answered, Error> {
        self.ask(run, by, &Wish::Send { text }, "sent anything")
    }

    /// `done` completes "run 3f9c2a can't be …".
    fn ask(&mut self, run: RunId, by: &str, wish: &Wish, done: &str) -> Result<Answered, Error> {
        // Who is minded by nobody is ended first, so that nobody waits for an answer in vain.
        self.recover_run(run)?;
        let request = self.journal.leave_request(run, by, wish, self.parts.clock.wall())?;
        bell::ring(&self.parts.state.run(run));
        match self.answer(request)? {
            Some(Answer::Done) => Ok(Answered::Done),
            Some(Answer::Refused { why }) => Err(self.refused(run, why, done)?),
            None => self.unanswered(run, request),
        }
    }

    fn answer(&self, request: i64) -> Result<Option<Answer>, Error> {
        let mut patience = Patience::of(PATIENCE);
        loop {
            let answer = self.journal.answer_of(request)?;
            if answer.is_some() || patience.wait().is_none() {
                return Ok(answer);
            }
        }
    }

    fn refused(&self, run: RunId, why: String, done: &str) -> Result<Error, Error> {
        let (_, status) = self.journal.standing(run)?;
        let refusal = if status.is_over() {
            Refusal::AlreadyEnded { run: run.short(), status }
        } else {
            Refusal::WrongState { what: format!("run {} can't be {done}", run.short()), why }
        };
        Ok(refusal.into())
    }

    /// Nobody answered: it ended just before, it is minded by nobody, or its supervisor is busy.
    fn unanswered(&mut self, run: RunId, request: i64) -> Result<Answered, Error> {
        self.recover_run(run)?;
        let (_, status) = self.journal.standing(run)?;
        if !status.is_over() {
            return Ok(Answered::NotYet);
        }
        // The supervisor may have answered last thing before it ended.
        if self.journal.answer_of(request)? == Some(Answer::Done) {
            return Ok(Answered::Done);
        }
        self.journal.refuse_open_requests(run, "the run has ended", self.parts.clock.wall())?;
        Err(Refusal::AlreadyEnded { run: run.short(), status }.into())
    }
}
