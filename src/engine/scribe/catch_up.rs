//! What a run's supervisor did not come to write: written by whoever finds the run lost.

use std::{collections::HashSet, path::Path, sync::Arc};

use super::{
    gather::Gathered,
    ledger::Ledger,
    pen::{Pen, Written},
};
use crate::{
    clock::Clock,
    ids::TaskName,
    run::{Event, EventKind, Specification},
    workspace::state::StateFolder,
};

/// Writes into the plan what `past` and `end`, which follows it, say of its items and what is not
/// recorded as written; what came of that is to be recorded.
///
/// Whoever calls this holds the run's lock. Done twice, it changes nothing the second time.
pub fn catch_up(
    spec: &Arc<Specification>,
    workspace: &Path,
    state: &StateFolder,
    clock: &Arc<dyn Clock>,
    past: &[Event],
    end: &[EventKind],
) -> Vec<EventKind> {
    let Some((mut ledger, mut pen)) =
        Ledger::of(spec).zip(Pen::of(spec, workspace, state, Arc::clone(clock)))
    else {
        return Vec::new();
    };
    let mut written = HashSet::<TaskName>::new();
    let mut gathered = Gathered::default();
    let now = clock.wall();
    let all = past.iter().map(|event| (&event.kind, event.ts)).chain(end.iter().map(|kind| (kind, now)));
    for (kind, ts) in all {
        if let EventKind::PlanWritten { tasks } = kind {
            written.extend(tasks.iter().cloned());
        }
        if let Some(note) = ledger.hear(kind, ts) {
            gathered.add(note);
        }
    }
    let mut notes = gathered.take();
    notes.retain(|note| !written.contains(&note.task));
    if notes.is_empty() { Vec::new() } else { events(pen.write(notes)) }
}

/// What is recorded of what became of the plan's files.
pub fn events(written: Written) -> Vec<EventKind> {
    let Written { tasks, not, later, .. } = written;
    let refused = later.into_iter().map(|(note, why)| (note.task, why));
    let done = (!tasks.is_empty()).then_some(EventKind::PlanWritten { tasks });
    let failed = not.into_iter().chain(refused).map(|(task, why)| EventKind::PlanNotWritten { task, why });
    done.into_iter().chain(failed).collect()
}
