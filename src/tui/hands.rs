//! What is asked of runs, each on a thread of its own: an answer may take a while, and keys don't wait.

use std::{io, sync::mpsc::Sender, thread};

use super::{
    model::{Asked, Happened},
    run::News,
};
use crate::{
    control::{Control, Error, Parts},
    ids::RunId,
    run::Refusal,
    workflow::{self, Again, Stamp},
};

/// Asks something of a run; what comes of it is told.
///
/// # Errors
/// When the system lends no thread.
pub fn ask(parts: Parts, run: RunId, asked: Asked, stamp: Stamp, news: Sender<News>) -> io::Result<()> {
    let ask = move || {
        let happened = match answer(parts, run, asked, stamp) {
            Ok(happened) => happened,
            Err(error) => Happened::Said(error.to_string()),
        };
        // Who is gone hears nothing.
        let _ = news.send(News::Happened(happened));
    };
    thread::Builder::new().name("ask".to_owned()).spawn(ask).map(drop)
}

fn answer(parts: Parts, run: RunId, asked: Asked, stamp: Stamp) -> Result<Happened, Error> {
    let by = stamp.origin.user.clone();
    let mut control = Control::open(parts)?;
    let short = run.short();
    let words = match asked {
        Asked::Cancel => {
            control.cancel(run, None, &by, false)?;
            format!("run {short} is asked to end")
        }
        Asked::Pause => {
            control.pause(run, &by)?;
            format!("run {short} launches nothing more until it is unpaused")
        }
        Asked::Unpause => {
            control.unpause(run, &by)?;
            format!("run {short} goes on")
        }
        Asked::Retry => {
            let record = control.journal().run(run)?;
            let record = record.ok_or_else(|| Refusal::NoSuchRun { asked: run.to_string() })?;
            let spec = workflow::retry(&record, &Again::default(), stamp)?;
            control.create(&spec)?;
            return Ok(Happened::Created(spec.run));
        }
    };
    Ok(Happened::Said(words))
}
