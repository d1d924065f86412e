//! The thread that reads the journal: the runs there are, and what happens in the one that is opened.

use std::{
    io,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use super::{model::Happened, run::News};
use crate::{
    commands,
    control::{Control, Error, Parts},
    ids::{RunId, Seq},
    journal::RunQuery,
    run::RunRecord,
    view::{self, Histories},
};

/// How often it is asked whether somebody has written.
const LOOK: Duration = Duration::from_millis(30);

/// How often the list of runs is read again at most, in looks.
const LIST_EVERY: u32 = 7;

/// How often it is asked whether anybody still minds the runs, and how long they may take, in looks.
const LIFE_EVERY: u32 = 33;

/// Most events that are handed on at once.
const BATCH: usize = 2_000;

/// Most runs that are listed.
const ROWS: usize = 500;

/// Starts the reader; runs that are to be opened go into what it returns, and it ends with that.
///
/// # Errors
/// When the system lends no thread.
pub fn start(parts: Parts, news: Sender<News>) -> io::Result<Sender<RunId>> {
    let (sender, wanted) = mpsc::channel();
    let read = move || {
        let told = news.clone();
        let follow = || -> Result<(), Error> {
            let control = Control::open(parts)?;
            let mut reader = Reader { control, news, version: None, list_due: true, opened: None };
            reader.follow(&wanted)
        };
        if let Err(error) = follow() {
            // Nobody is there any more when this can't be told.
            let _ = told.send(News::Happened(Happened::Said(format!("the journal can't be read: {error}"))));
        }
    };
    thread::Builder::new().name("journal".to_owned()).spawn(read)?;
    Ok(sender)
}

struct Reader {
    control: Control,
    news: Sender<News>,
    version: Option<i64>,
    list_due: bool,
    opened: Option<Opened>,
}

/// The run whose events are handed on.
struct Opened {
    record: RunRecord,
    seen: Seq,
    histories: Histories,
}

impl Reader {
    fn follow(&mut self, wanted: &Receiver<RunId>) -> Result<(), Error> {
        for look in 0_u32.. {
            let mut open = None;
            let wait = if look == 0 { Duration::ZERO } else { LOOK };
            match wanted.recv_timeout(wait) {
                Ok(run) => open = Some(run),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            // Of several that were passed over only the last is read.
            open = wanted.try_iter().last().or(open);
            if let Some(run) = open {
                self.open(run)?;
            }
            let version = Some(self.control.journal().data_version()?);
            if std::mem::replace(&mut self.version, version) != version {
                self.list_due = true;
                self.events()?;
            }
            if self.list_due && look.is_multiple_of(LIST_EVERY) {
                self.list_due = false;
                self.list()?;
            }
            if look.is_multiple_of(LIFE_EVERY) {
                self.look_for_life()?;
            }
        }
        Ok(())
    }

    fn tell(&self, happened: Happened) {
        // Who is gone hears nothing; the next wish that does not come ends this.
        let _ = self.news.send(News::Happened(happened));
    }

    fn open(&mut self, run: RunId) -> Result<(), Error> {
        let journal = self.control.journal();
        let Some(spec) = journal.specification(run)? else { return Ok(()) };
        let histories = commands::histories(journal, &spec).unwrap_or_default();
        let events = journal.events_after(run, Seq(0), usize::MAX)?;
        let seen = events.last().map_or(Seq(0), |it| it.seq);
        let record = RunRecord::fold(spec, &events);
        self.tell(Happened::Opened(Box::new(record.clone())));
        self.opened = Some(Opened { record, seen, histories });
        self.forecast();
        Ok(())
    }

    fn events(&mut self) -> Result<(), Error> {
        let Some(opened) = &mut self.opened else { return Ok(()) };
        loop {
            let events = self.control.journal().events_after(opened.record.id, opened.seen, BATCH)?;
            let Some(last) = events.last() else { return Ok(()) };
            opened.seen = last.seq;
            for event in &events {
                opened.record.apply(event);
            }
            let _ = self.news.send(News::Happened(Happened::Events(opened.record.id, events)));
        }
    }

    fn list(&self) -> Result<(), Error> {
        let page = self.control.journal().list(&RunQuery { limit: ROWS, ..RunQuery::default() })?;
        self.tell(Happened::Runs(page.runs, page.total));
        Ok(())
    }

    fn look_for_life(&mut self) -> Result<(), Error> {
        if !self.control.journal().open_runs()?.is_empty() && !self.control.recover()?.ended.is_empty() {
            // Our own writing is no news to us.
            self.version = None;
        }
        self.forecast();
        Ok(())
    }

    fn forecast(&self) {
        if let Some(opened) = self.opened.as_ref().filter(|it| !it.record.status.is_over()) {
            let now = self.control.parts().clock.wall();
            let forecast = view::forecast(&opened.record, &opened.histories, now);
            self.tell(Happened::Forecast(opened.record.id, forecast));
        }
    }
}
