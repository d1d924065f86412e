//! Following what happens: a cursor, and a wake-up when the journal has news.
//!
//! A follower never holds up a run: it reads what was written, and who follows too slowly only reads
//! later. To stop waiting at once, unpark the thread.

use std::time::Duration;

use super::{error::Error, open::Control, patience::Patience};
use crate::{
    ids::{Cursor, RunId, Seq},
    journal::Journal,
    run::{Event, EventKind, Refusal, RunRecord, RunSummary},
};

/// Most events that are handed out at once.
const BATCH: usize = 1000;

/// How long nothing happens before a follower asks whether anybody still minds the run.
const LONG: Duration = Duration::from_secs(1);

/// What a follower learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// This happened next; never empty.
    Events(Vec<Event>),
    /// Nothing happened for as long as one was willing to wait.
    Quiet,
    /// The run has ended, and all of its events were handed out.
    Over,
}

/// Follows one run.
pub struct Follow {
    control: Control,
    run: RunId,
    seen: Seq,
    news: News,
    over: bool,
    quiet: Duration,
}

/// Follows all runs.
pub struct Watch {
    journal: Journal,
    cursor: Cursor,
    news: News,
}

/// Asks the cheap question before the dear one.
#[derive(Debug, Default)]
struct News {
    version: Option<i64>,
}

impl News {
    fn came(&mut self, journal: &Journal) -> Result<bool, Error> {
        let version = Some(journal.data_version()?);
        let came = version != self.version;
        self.version = version;
        Ok(came)
    }

    /// There is more than was read: look again without asking.
    const fn expect_more(&mut self) {
        self.version = None;
    }
}

impl Control {
    /// Follows a run from behind `from` on; `Seq(0)` begins with its first event.
    ///
    /// # Errors
    /// A refusal when there is no such run, and when the journal can't be opened.
    pub fn follow(&self, run: RunId, from: Seq) -> Result<Follow, Error> {
        let control = self.another()?;
        let (last, status) = control.journal.standing(run)?;
        let over = status.is_over() && from >= last;
        Ok(Follow { control, run, seen: from, news: News::default(), over, quiet: Duration::ZERO })
    }

    /// A run as it stands, and what follows it from there on: nothing is missed in between and nothing
    /// comes twice.
    ///
    /// # Errors
    /// As [`Control::follow`].
    pub fn attach(&self, run: RunId) -> Result<(RunRecord, Follow), Error> {
        let found = self.journal.snapshot(run)?;
        let (record, seen) = found.ok_or_else(|| Refusal::NoSuchRun { asked: run.to_string() })?;
        let follow = self.follow(run, seen)?;
        Ok((record, follow))
    }

    /// Follows all runs from a place in the journal on, such as its
    /// [`head`](crate::journal::Journal::head).
    ///
    /// # Errors
    /// When the journal can't be opened.
    pub fn watch(&self, from: Cursor) -> Result<Watch, Error> {
        Ok(Watch { journal: self.another()?.journal, cursor: from, news: News::default() })
    }

    /// Waits until a run has ended, but not longer than `patience`; absent when it goes on. A run that
    /// turns out to be minded by nobody is ended as lost.
    ///
    /// # Errors
    /// A refusal when there is no such run, and when the journal can't be read.
    pub fn wait(&mut self, run: RunId, patience: Duration) -> Result<Option<RunSummary>, Error> {
        let mut patience = Patience::of(patience);
        let mut quiet = Duration::ZERO;
        while !self.journal.standing(run)?.1.is_over() {
            let Some(pause) = patience.wait() else { return Ok(None) };
            quiet += pause;
            if quiet >= LONG {
                self.recover_run(run)?;
                quiet = Duration::ZERO;
            }
        }
        Ok(self.journal.summary(run)?)
    }
}

impl Follow {
    /// What happened next, waiting for it at most `patience`. A run that turns out to be minded by
    /// nobody is ended as lost, and its end is handed out like any other.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn next(&mut self, patience: Duration) -> Result<Followed, Error> {
        let mut patience = Patience::of(patience);
        while !self.over {
            let events = self.read()?;
            if !events.is_empty() {
                return Ok(Followed::Events(events));
            }
            let Some(pause) = patience.wait() else { return Ok(Followed::Quiet) };
            self.look_for_life(pause)?;
        }
        Ok(Followed::Over)
    }

    /// The last event that was handed out: where to go on from.
    #[must_use]
    pub const fn seen(&self) -> Seq {
        self.seen
    }

    fn read(&mut self) -> Result<Vec<Event>, Error> {
        let journal = &self.control.journal;
        if !self.news.came(journal)? {
            return Ok(Vec::new());
        }
        let events = journal.events_after(self.run, self.seen, BATCH)?;
        if let Some(last) = events.last() {
            self.seen = last.seq;
            self.over = matches!(last.kind, EventKind::RunEnded { .. });
            self.quiet = Duration::ZERO;
            self.news.expect_more();
        }
        Ok(events)
    }

    fn look_for_life(&mut self, pause: Duration) -> Result<(), Error> {
        self.quiet += pause;
        if self.quiet < LONG {
            return Ok(());
        }
        self.quiet = Duration::ZERO;
        if self.control.recover_run(self.run)?.is_some() {
            // Our own writing is no news to us.
            self.news.expect_more();
        }
        Ok(())
    }
}

impl Watch {
    /// What happened next in any run, waiting for it at most `patience`. Empty when nothing did.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn next(&mut self, patience: Duration) -> Result<Vec<Event>, Error> {
        let mut patience = Patience::of(patience);
        loop {
            let events = self.read()?;
            if !events.is_empty() || patience.wait().is_none() {
                return Ok(events);
            }
        }
    }

    /// The place behind the last event that was handed out: where to go on from.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.cursor
    }

    fn read(&mut self) -> Result<Vec<Event>, Error> {
        if !self.news.came(&self.journal)? {
            return Ok(Vec::new());
        }
        let found = self.journal.since(self.cursor, BATCH)?;
        if let Some((cursor, _)) = found.last() {
            self.cursor = *cursor;
            self.news.expect_more();
        }
        Ok(found.into_iter().map(|(_, event)| event).collect())
    }
}
