//! Ending runs that nobody minds any more. Proven by their free lock, never guessed from their age.

use std::{fs, io, sync::Arc};

use super::{
    error::Error,
    lock,
    open::{Control, Parts},
};
use crate::{
    clock::Moment,
    engine::scribe,
    ids::{RunId, Seq, TaskName},
    journal::read_spool,
    logs, process,
    run::{Event, EventKind, Outcome, RunSummary, Specification, Survivor},
    schedule::{Effect, Input, State, step},
    workspace::{Snapshot, changes, state::RunFolder},
};

/// A run that was found without a supervisor and was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// How it stands now.
    pub run: RunSummary,
    /// Tasks that ran when the supervisor went away: what they did may be half done.
    pub half_done: Vec<TaskName>,
    /// What still lived of it and could not be killed.
    pub survivors: Vec<Survivor>,
}

/// What a look for lost runs found.
#[derive(Debug, Default)]
pub struct Recovery {
    /// The runs that were ended.
    pub ended: Vec<Recovered>,
    /// The runs that could not be ended, and why: another time, perhaps.
    pub failed: Vec<(RunId, Error)>,
}

impl Control {
    /// Ends every run that is not ended and that nobody minds.
    ///
    /// # Errors
    /// When the journal can't be read at all; trouble with one run is in the answer.
    pub fn recover(&mut self) -> Result<Recovery, Error> {
        let mut recovery = Recovery::default();
        for open in self.journal.open_runs()? {
            match self.recover_run(open.id) {
                Ok(ended) => recovery.ended.extend(ended),
                Err(error) => recovery.failed.push((open.id, error)),
            }
        }
        Ok(recovery)
    }

    /// Ends a run if it is not ended and nobody minds it; absent when there is nothing to do.
    ///
    /// # Errors
    /// When the journal or the run's folder can't be read or written.
    pub fn recover_run(&mut self, run: RunId) -> Result<Option<Recovered>, Error> {
        if self.journal.standing(run)?.1.is_over() {
            return Ok(None);
        }
        let Some(_lock) = lock::take(&self.parts.state.run(run))? else { return Ok(None) };
        // Asked again under the lock: its supervisor may have ended it and gone in between.
        if self.journal.standing(run)?.1.is_over() || self.is_minded_without_lock(run)? {
            return Ok(None);
        }
        self.end_lost(run).map(Some)
    }

    /// True when the supervisor lives although its lock is free: somebody took the lock's file away.
    fn is_minded_without_lock(&self, run: RunId) -> Result<bool, Error> {
        let events = self.journal.events_after(run, Seq(0), usize::MAX)?;
        Ok(events.iter().any(|event| match &event.kind {
            EventKind::RunStarted { supervisor } => process::is_alive(supervisor),
            _ => false,
        }))
    }

    /// Ends a run whose lock the caller holds: spool, sweep, and the end that the scheduler decides.
    pub(super) fn end_lost(&mut self, run: RunId) -> Result<Recovered, Error> {
        self.import_spool(run)?;
        let survivors = process::kill_marked(&format!("{run}/"));
        let spec = self.journal.specification(run)?.ok_or_else(|| no_such(run))?;
        let past = self.journal.events_after(run, Seq(0), usize::MAX)?;
        self.join_logs(run);
        let spec = Arc::new(spec);
        let deliverables = self.deliverables(&spec);
        let mut end = last_events(Arc::clone(&spec), &past, deliverables, survivors.clone());
        let Parts { state, workspace, clock, .. } = &self.parts;
        let written = scribe::catch_up(&spec, workspace, state, clock, &past, &end);
        let before_the_end = end.len().saturating_sub(1);
        end.splice(before_the_end..before_the_end, written);
        let half_done = lost_tasks(&end);
        let (last, now) = past.last().map_or((Seq(0), Moment::default()), |it| (it.seq, it.at));
        let ts = self.parts.clock.wall();
        let events: Vec<Event> = (last.0 + 1..)
            .zip(end)
            .map(|(seq, kind)| Event { run, seq: Seq(seq), at: now, ts, kind })
            .collect();
        self.journal.append(run, &events)?;
        self.journal.refuse_open_requests(run, "the run was lost: nobody minded it", ts)?;
        let _ = fs::remove_file(self.parts.state.run(run).listing());
        let run = self.journal.summary(run)?.ok_or_else(|| no_such(run))?;
        Ok(Recovered { run, half_done, survivors })
    }

    /// Files created or changed since the run began, as far as its supervisor wrote down how they were.
    fn deliverables(&self, spec: &Specification) -> Vec<String> {
        let Ok(before) = Snapshot::read(&self.parts.state.run(spec.run).listing()) else { return Vec::new() };
        let after = Snapshot::take(&self.parts.workspace, &[self.parts.state.root()], &spec.deliverables);
        changes(&before, &after)
    }

    /// Makes one file of each log that outgrew its head.
    fn join_logs(&self, run: RunId) {
        let Ok(entries) = fs::read_dir(self.parts.state.run(run).logs()) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|it| it == "tail")
                && let Err(error) = logs::join(&path.with_extension("log"))
            {
                tracing::warn!("{}: head and tail stay apart: {error}", path.display());
            }
        }
    }

    /// Takes in what the supervisor could not write to the journal. What does not follow what is there
    /// stays in its file.
    fn import_spool(&mut self, run: RunId) -> Result<(), Error> {
        let folder = self.parts.state.run(run);
        let Some(text) = read_if_there(&folder)? else { return Ok(()) };
        let (last, _) = self.journal.standing(run)?;
        let spooled = read_spool(&text);
        let fits = spooled.iter().filter(|event| event.run == run && event.seq > last);
        let next: Vec<Event> = (last.0 + 1..)
            .zip(fits)
            .take_while(|(seq, it)| it.seq.0 == *seq)
            .map(|(_, it)| it.clone())
            .collect();
        let all = next.last().map_or(last, |it| it.seq) >= spooled.last().map_or(last, |it| it.seq);
        self.journal.append(run, &next)?;
        if all {
            fs::remove_file(folder.spool()).map_err(|error| lock::at(error, &folder.spool()))?;
        }
        Ok(())
    }
}

fn read_if_there(folder: &RunFolder) -> Result<Option<String>, Error> {
    match fs::read(folder.spool()) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(lock::at(error, &folder.spool())),
    }
}

/// What the scheduler says of a run whose supervisor went away. Nothing when it had ended.
fn last_events(
    spec: Arc<Specification>,
    past: &[Event],
    deliverables: Vec<String>,
    survivors: Vec<Survivor>,
) -> Vec<EventKind> {
    let mut state = State::new(spec);
    for event in past {
        state.apply(&event.kind, event.at);
    }
    let now = past.last().map_or_else(Moment::default, |event| event.at);
    let mut lost = step(&mut state, &Input::Recover, now);
    if lost.effects.contains(&Effect::Finish) {
        let finished = Input::Finished { deliverables, survivors };
        lost.events.extend(step(&mut state, &finished, now).events);
    }
    lost.events
}

fn lost_tasks(end: &[EventKind]) -> Vec<TaskName> {
    let lost = |kind: &EventKind| match kind {
        EventKind::AttemptEnded { attempt, ending } if ending.outcome == Outcome::Lost => {
            Some(attempt.task.clone())
        }
        _ => None,
    };
    end.iter().filter_map(lost).collect()
}

fn no_such(run: RunId) -> Error {
    crate::run::Refusal::NoSuchRun { asked: run.to_string() }.into()
}
