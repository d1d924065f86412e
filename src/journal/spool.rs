//! Events as lines of text, for when the journal can't take them: one JSON object a line, in the run's
//! folder, imported when the journal is back.

use serde::{Deserialize, Serialize};

use super::row;
use crate::{
    clock::{Moment, Timestamp},
    ids::{RunId, Seq},
    run::{Event, EventKind},
};

/// A line. The version says how `event` is to be read.
#[derive(Serialize, Deserialize)]
struct Spooled {
    version: i64,
    run: RunId,
    seq: Seq,
    at: Moment,
    ts: Timestamp,
    event: EventKind,
}

/// An event as one line, its newline included.
#[must_use]
pub fn spool_line(event: &Event) -> String {
    let Event { run, seq, at, ts, kind } = event.clone();
    let line = Spooled { version: row::EVENT_VERSION, run, seq, at, ts, event: kind };
    format!("{}\n", row::body(&line))
}

/// The events of a spool, up to the first line that is torn or can't be understood: what follows a
/// torn line can't be trusted to follow it.
#[must_use]
pub fn read_spool(text: &str) -> Vec<Event> {
    text.lines()
        .map_while(|line| serde_json::from_str::<Spooled>(line).ok())
        .map(|Spooled { run, seq, at, ts, event, .. }| Event { run, seq, at, ts, kind: event })
        .collect()
}
