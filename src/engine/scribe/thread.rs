//! The thread on which a plan is written while its run goes on.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use super::{
    gather::Gathered,
    ledger::{Note, Totals},
    pen::{Pen, Written},
};
use crate::{clock::Clock, run::EventKind};

/// What is only begun is not written at once: it may be over before.
const SETTLING: Duration = Duration::from_millis(250);

/// The share of the time that is spent on writing, at most: one part of so many. A plan of ten thousand
/// items in one file takes long to write, and is then written seldom.
const SHARE: u32 = 8;

/// No longer than this is anything left unwritten because writing takes long.
const LONGEST: Duration = Duration::from_secs(5);

enum Ask {
    Note(Box<Note>),
    Finish(Totals),
}

/// The hand that the engine holds.
pub struct Scribe {
    ledger: super::Ledger,
    asks: Sender<Ask>,
}

impl Scribe {
    /// Starts the thread; `told` is called on it with what became of notes, and at last, after
    /// [`Scribe::finish`], with `None`.
    ///
    /// # Errors
    /// When the system has no thread.
    pub fn start(
        ledger: super::Ledger,
        pen: Pen,
        clock: Arc<dyn Clock>,
        told: impl Fn(Option<Written>) + Send + 'static,
    ) -> io::Result<Self> {
        let (asks, inbox) = channel();
        let desk = Desk {
            pen,
            clock,
            inbox,
            told: Box::new(told),
            waiting: Gathered::default(),
            late: Vec::new(),
            totals: None,
        };
        thread::Builder::new().name("scribe".to_owned()).spawn(move || desk.work())?;
        Ok(Self { ledger, asks })
    }

    /// Hears what was recorded.
    pub fn hear(&mut self, event: &EventKind, at: crate::clock::Timestamp) {
        if let Some(note) = self.ledger.hear(event, at) {
            // The thread outlives every sender.
            let _ = self.asks.send(Ask::Note(Box::new(note)));
        }
    }

    /// Asks for everything to be written now. Nothing is heard after this.
    pub fn finish(&self) {
        let _ = self.asks.send(Ask::Finish(self.ledger.totals().clone()));
    }
}

struct Desk {
    pen: Pen,
    clock: Arc<dyn Clock>,
    inbox: Receiver<Ask>,
    told: Box<dyn Fn(Option<Written>) + Send>,
    waiting: Gathered,
    /// What could not be written, to be tried once more at the end.
    late: Vec<(Note, String)>,
    /// What the run did, once it is over.
    totals: Option<Totals>,
}

impl Desk {
    fn work(mut self) {
        let mut pause = Duration::ZERO;
        loop {
            let goes_on = self.gather(pause);
            if !goes_on {
                break;
            }
            pause = self.write();
        }
        for (note, _) in std::mem::take(&mut self.late) {
            self.waiting.add(note);
        }
        self.write();
        let last = std::mem::take(&mut self.late);
        if !last.is_empty() {
            let not = last.into_iter().map(|(note, why)| (note.task, why)).collect();
            (self.told)(Some(Written { not, ..Written::default() }));
        }
        if let Some(totals) = self.totals.take() {
            let files = self.pen.conclude(&totals);
            (self.told)(Some(Written { files, ..Written::default() }));
        }
        (self.told)(None);
    }

    /// Gathers notes for as long as `pause`, and for at least one. False when it is time to finish.
    fn gather(&mut self, pause: Duration) -> bool {
        let until = self.clock.now().after(pause);
        let mut patience = pause;
        loop {
            let ask = if self.waiting.is_empty() {
                self.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                self.inbox.recv_timeout(patience)
            };
            match ask {
                Ok(Ask::Note(note)) => self.waiting.add(*note),
                Ok(Ask::Finish(totals)) => {
                    self.totals = Some(totals);
                    return false;
                }
                Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => return true,
            }
            let rest = until.since(self.clock.now());
            patience = if self.waiting.has_last() { rest } else { rest.max(SETTLING) };
        }
    }

    /// Writes all that waits, and says how long to leave the files alone now.
    fn write(&mut self) -> Duration {
        let notes = self.waiting.take();
        if notes.is_empty() {
            return Duration::ZERO;
        }
        let begun = self.clock.now();
        let mut written = self.pen.write(notes);
        self.late.append(&mut written.later);
        (self.told)(Some(written));
        (self.clock.now().since(begun) * SHARE).min(LONGEST)
    }
}
