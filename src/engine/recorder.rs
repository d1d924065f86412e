//! Writes events down: to the journal, or, while that can't be written, aside.
//!
//! What stands aside is kept in memory and in the run's spool, which is always whole: it is replaced,
//! never added to. Whoever takes the run over after a crash imports it.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    clock::{Clock, Moment},
    ids::{RunId, Seq},
    journal::{self, Journal, spool_line},
    run::{Event, EventKind},
    workspace::state::private_file,
};

/// Between two tries at first; doubles up to [`LONGEST`], because a try may itself wait for a lock.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(5);

pub(super) struct Recorder {
    pub journal: Journal,
    run: RunId,
    clock: Arc<dyn Clock>,
    spool: PathBuf,
    /// The number of the last event, wherever it stands.
    last: Seq,
    trouble: Option<Trouble>,
}

/// The journal can't be written.
struct Trouble {
    /// Events that it lacks.
    waiting: Vec<Event>,
    /// The spool holds them all.
    spooled: bool,
    next_try: Moment,
    pause: Duration,
}

impl Recorder {
    pub fn new(journal: Journal, run: RunId, last: Seq, spool: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self { journal, run, clock, spool, last, trouble: None }
    }

    /// Writes to the journal. On an error nothing was written, and the events have no number yet.
    pub fn write(&mut self, kinds: &[EventKind], at: Moment) -> Result<(), journal::Error> {
        let events = self.numbered(kinds, at);
        self.journal.append(self.run, &events)?;
        self.advance(&events);
        Ok(())
    }

    /// Keeps events until the journal can be written again.
    pub fn put_aside(&mut self, kinds: &[EventKind], at: Moment) {
        let events = self.numbered(kinds, at);
        self.advance(&events);
        let now = self.clock.now();
        let trouble = self.trouble.get_or_insert_with(|| Trouble {
            waiting: Vec::new(),
            spooled: true,
            next_try: now.after(SHORTEST),
            pause: SHORTEST,
        });
        trouble.waiting.extend(events);
        trouble.spool(&self.spool);
    }

    pub const fn is_down(&self) -> bool {
        self.trouble.is_some()
    }

    /// True when nothing that is known would be lost if this process ended now.
    pub fn is_safe(&self) -> bool {
        self.trouble.as_ref().is_none_or(|trouble| trouble.spooled)
    }

    /// Gives the journal what it lacks, when it is time for another try. True when it is back.
    pub fn try_again(&mut self) -> bool {
        let now = self.clock.now();
        let Some(trouble) = self.trouble.as_mut().filter(|trouble| trouble.next_try <= now) else {
            return false;
        };
        if let Err(error) = import(&mut self.journal, self.run, &trouble.waiting) {
            tracing::warn!("the journal still can't be written: {error}");
            trouble.pause = (trouble.pause * 2).min(LONGEST);
            trouble.next_try = now.after(trouble.pause);
            trouble.spool(&self.spool);
            return false;
        }
        self.trouble = None;
        // What is left of it would only be found to be known already.
        let _ = fs::remove_file(&self.spool);
        true
    }

    fn numbered(&self, kinds: &[EventKind], at: Moment) -> Vec<Event> {
        let ts = self.clock.wall();
        let numbers = (self.last.0 + 1..).map(Seq);
        let event = |(seq, kind): (Seq, &EventKind)| Event { run: self.run, seq, at, ts, kind: kind.clone() };
        numbers.zip(kinds).map(event).collect()
    }

    fn advance(&mut self, events: &[Event]) {
        self.last = events.last().map_or(self.last, |event| event.seq);
    }
}

impl Trouble {
    fn spool(&mut self, path: &Path) {
        let text: String = self.waiting.iter().map(spool_line).collect();
        let done = replace(path, &text);
        if let Err(error) = &done {
            tracing::error!("events are kept in memory only: {error}");
        }
        self.spooled = done.is_ok();
    }
}

/// A failed write may have come through all the same: what the journal knows is not written twice.
fn import(journal: &mut Journal, run: RunId, events: &[Event]) -> Result<(), journal::Error> {
    let (last, _) = journal.standing(run)?;
    let lacking: Vec<Event> = events.iter().filter(|event| event.seq > last).cloned().collect();
    journal.append(run, &lacking)
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let fresh = path.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private_file(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()?;
    fs::rename(&fresh, path)
}
