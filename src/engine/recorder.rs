//! Writes events down: to the journal, or, while that can't be written, aside.
//!
//! What stands aside is kept in memory and in the run's spool, which is always whole: it is replaced,
//! never added to. Whoever takes the run over after a crash imports it.
//!
//! A journal whose file was taken away can still be written to, and nobody would ever read it. So the
//! file is looked for, and when it is gone the whole run is recorded again where it stood.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    clock::{Clock, Moment, Timestamp},
    ids::{RunId, Seq},
    journal::{self, Journal, spool_line},
    run::{Event, EventKind, Specification},
    workspace::state::private_file,
};

/// Between two tries at first; doubles up to [`LONGEST`], because a try may itself wait for a lock.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(5);

pub(super) struct Recorder {
    pub journal: Journal,
    file: JournalFile,
    spec: Arc<Specification>,
    run: RunId,
    clock: Arc<dyn Clock>,
    spool: PathBuf,
    /// The number of the last event, wherever it stands.
    last: Seq,
    trouble: Option<Trouble>,
}

/// Where the journal's file stood when it was opened, and which file it was.
struct JournalFile {
    path: PathBuf,
    /// Device and number; absent when there never was a file.
    identity: Option<(u64, u64)>,
}

/// The journal can't be written.
struct Trouble {
    /// Events that it lacks.
    waiting: Vec<Event>,
    /// The spool holds them all.
    spooled: bool,
    /// Its file was taken away: it must be opened anew.
    gone: bool,
    next_try: Moment,
    pause: Duration,
}

impl Recorder {
    /// `path` is where the journal was opened.
    pub fn new(
        journal: Journal,
        path: PathBuf,
        spec: Arc<Specification>,
        last: Seq,
        spool: PathBuf,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let file = JournalFile { identity: identity(&path), path };
        Self { journal, file, run: spec.run, spec, clock, spool, last, trouble: None }
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
        let trouble = self.trouble.get_or_insert_with(|| Trouble::new(now.after(SHORTEST)));
        trouble.waiting.extend(events);
        trouble.spool(&self.spool);
    }

    pub const fn is_down(&self) -> bool {
        self.trouble.is_some()
    }

    /// Looks whether the journal's file is still where it was. If not, all that the run knows is put
    /// aside, to be recorded in the file that stands there next. True when that is news.
    pub fn notice_removal(&mut self) -> bool {
        let gone = self.trouble.as_ref().is_some_and(|trouble| trouble.gone);
        if gone || self.file.identity.is_none() || identity(&self.file.path) == self.file.identity {
            return false;
        }
        tracing::error!("the journal {} was taken away", self.file.path.display());
        // What was opened can still be read, although nobody else will ever find it.
        let recorded = self.journal.events_after(self.run, Seq(0), usize::MAX).unwrap_or_default();
        let now = self.clock.now();
        let trouble = self.trouble.get_or_insert_with(|| Trouble::new(now));
        trouble.gone = true;
        trouble.waiting.splice(0..0, recorded);
        trouble.spool(&self.spool);
        true
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
        let reopened = if trouble.gone { reopen(&mut self.journal, &mut self.file) } else { Ok(()) };
        if let Err(error) = reopened.and_then(|()| import(&mut self.journal, &self.spec, &trouble.waiting)) {
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
        // What is written late, because the journal was waited for, happened when it did all the same.
        let late = i64::try_from(self.clock.now().since(at).as_millis()).unwrap_or(0);
        let ts = Timestamp::from_millis(self.clock.wall().millis().saturating_sub(late));
        let numbers = (self.last.0 + 1..).map(Seq);
        let event = |(seq, kind): (Seq, &EventKind)| Event { run: self.run, seq, at, ts, kind: kind.clone() };
        numbers.zip(kinds).map(event).collect()
    }

    fn advance(&mut self, events: &[Event]) {
        self.last = events.last().map_or(self.last, |event| event.seq);
    }
}

impl Trouble {
    const fn new(next_try: Moment) -> Self {
        Self { waiting: Vec::new(), spooled: true, gone: false, next_try, pause: SHORTEST }
    }

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
/// A journal that does not know the run is not the one it began in: then all of it is written.
fn import(journal: &mut Journal, spec: &Specification, events: &[Event]) -> Result<(), journal::Error> {
    let run = spec.run;
    if !journal.knows(run)? && events.first().is_some_and(|event| event.seq == Seq(1)) {
        return journal.restore(spec, events);
    }
    let (last, _) = journal.standing(run)?;
    let lacking: Vec<Event> = events.iter().filter(|event| event.seq > last).cloned().collect();
    journal.append(run, &lacking)
}

fn reopen(journal: &mut Journal, file: &mut JournalFile) -> Result<(), journal::Error> {
    *journal = Journal::open(&file.path)?;
    file.identity = identity(&file.path);
    Ok(())
}

/// Which file stands there.
fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|it| (it.dev(), it.ino()))
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
