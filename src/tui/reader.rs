//! The thread that reads logs: lines that are wanted, matches, numbers. It never keeps who looks
//! waiting: a new wish takes the place of the one it works on.

use std::{
    io,
    path::PathBuf,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use super::{
    log::{Measure, Need, Whose},
    model::Happened,
    run::News,
};
use crate::{
    clock::Clock,
    logs::{Change, LineCount, LogPages, Place, Sieve, Sought, Wanted, Way},
};

/// How often a log is looked at while nothing is asked.
const LOOK: Duration = Duration::from_millis(25);

/// How many bytes are sifted, searched or counted before the next wish is heard.
const BUDGET: u64 = 2 << 20;

/// How often who waits is told how far it is.
const TOLD: Duration = Duration::from_millis(100);

/// What the reader is asked.
pub enum Job {
    /// Lines, through a sieve.
    Lines(Need, PathBuf, Box<Sieve>),
    /// The next match.
    Seek(Whose, Wanted, u64, Way),
    /// Where a line begins, by its number.
    Line(Whose, u64),
}

/// Starts the reader; it ends when its jobs do.
///
/// # Errors
/// When the system lends no thread.
pub fn start(clock: std::sync::Arc<dyn Clock>, news: Sender<News>) -> io::Result<Sender<Job>> {
    let (sender, jobs) = mpsc::channel();
    let read = move || {
        let mut reader = Reader { jobs, news, clock, open: None };
        while reader.turn() {}
    };
    thread::Builder::new().name("log".to_owned()).spawn(read)?;
    Ok(sender)
}

struct Reader {
    jobs: Receiver<Job>,
    news: Sender<News>,
    clock: std::sync::Arc<dyn Clock>,
    open: Option<Open>,
}

/// The log that is looked at.
struct Open {
    need: Need,
    pages: LogPages,
    count: LineCount,
    /// The lines that are wanted are to be read, again or on.
    stale: bool,
    /// More is to be counted.
    counting: bool,
    seek: Option<Seek>,
    /// When it was looked at last, and when something was told last.
    looked: Duration,
    told: Duration,
}

enum Seek {
    Match(Wanted, u64, Way),
    Line(u64),
}

impl Reader {
    /// Hears what is wanted, then does a little of it. False when nobody is there any more.
    fn turn(&mut self) -> bool {
        let busy = self.open.as_ref().is_some_and(|it| it.stale || it.counting || it.seek.is_some());
        let mut wait = if busy { Duration::ZERO } else { LOOK };
        loop {
            match self.jobs.recv_timeout(wait) {
                Ok(job) => self.hear(job),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
            wait = Duration::ZERO;
        }
        let now = Duration::from_millis(self.clock.now().millis());
        let Some(open) = &mut self.open else { return true };
        match open.work(now) {
            Ok(happened) => happened.into_iter().all(|it| self.news.send(News::Happened(it)).is_ok()),
            Err(error) => {
                self.open = None;
                self.say(&error)
            }
        }
    }

    fn hear(&mut self, job: Job) {
        match job {
            Job::Lines(need, path, sieve) => {
                if let Err(error) = self.want(need, path, *sieve) {
                    self.open = None;
                    self.say(&error);
                }
            }
            Job::Seek(whose, wanted, from, way) => self.seek(&whose, Seek::Match(wanted, from, way)),
            Job::Line(whose, number) => self.seek(&whose, Seek::Line(number)),
        }
    }

    fn want(&mut self, need: Need, path: PathBuf, sieve: Sieve) -> io::Result<()> {
        match self.open.as_mut().filter(|it| it.need.whose == need.whose) {
            Some(open) => {
                if open.need.sieve != need.sieve {
                    open.pages.sift(sieve);
                }
                open.need = need;
                open.stale = true;
            }
            None => {
                self.open = Some(Open {
                    need,
                    pages: LogPages::open(path, sieve)?,
                    count: LineCount::default(),
                    stale: true,
                    counting: true,
                    seek: None,
                    looked: Duration::ZERO,
                    told: Duration::ZERO,
                });
            }
        }
        Ok(())
    }

    fn seek(&mut self, whose: &Whose, seek: Seek) {
        if let Some(open) = self.open.as_mut().filter(|it| it.need.whose == *whose) {
            open.seek = Some(seek);
        }
    }

    fn say(&self, error: &io::Error) -> bool {
        self.news.send(News::Happened(Happened::Said(format!("the log can't be read: {error}")))).is_ok()
    }
}

impl Open {
    /// A little of what is to be done, and what is told of it.
    fn work(&mut self, now: Duration) -> io::Result<Vec<Happened>> {
        let mut happened = Vec::new();
        if now >= self.looked + LOOK {
            self.looked = now;
            self.look()?;
        }
        if self.stale {
            let Need { place, above, below, .. } = self.need;
            let page = self.pages.page(place, above, below, BUDGET)?;
            self.stale = !page.whole;
            if page.whole || now >= self.told + TOLD {
                self.told = now;
                happened.push(Happened::Lines(self.need.clone(), page, self.measure()?));
            }
        }
        if self.seek.is_some() {
            happened.extend(self.seek_on()?);
        } else if self.counting && !self.stale {
            self.counting = self.count.advance(self.pages.log(), BUDGET)?;
            // The lines are the same, but more is known of where they stand.
            self.stale = !self.counting || now >= self.told + TOLD;
        }
        Ok(happened)
    }

    fn look(&mut self) -> io::Result<()> {
        match self.pages.look()? {
            Change::None => return Ok(()),
            Change::Grew => {}
            Change::Moved { kept } => self.count.forget_behind(kept),
        }
        self.stale = true;
        self.counting = true;
        Ok(())
    }

    fn measure(&self) -> io::Result<Measure> {
        let line = match self.need.place {
            Place::End => None,
            Place::At(offset) => self.count.number_at(self.pages.log(), offset)?,
        };
        Ok(Measure { line, lines: self.count.lines(), counted: !self.counting })
    }

    fn seek_on(&mut self) -> io::Result<Option<Happened>> {
        let found = match self.seek.take() {
            None => return Ok(None),
            Some(Seek::Match(wanted, from, way)) => match self.pages.seek(&wanted, from, way, BUDGET)? {
                Sought::Line(start) => Some(start),
                Sought::Nothing => None,
                Sought::Further(from) => {
                    self.seek = Some(Seek::Match(wanted, from, way));
                    return Ok(None);
                }
            },
            Some(Seek::Line(number)) => {
                if self.count.lines() < number && self.count.advance(self.pages.log(), BUDGET)? {
                    self.seek = Some(Seek::Line(number));
                    return Ok(None);
                }
                Some(self.count.offset_of(self.pages.log(), number)?)
            }
        };
        Ok(Some(Happened::Found(self.need.whose.clone(), found)))
    }
}
