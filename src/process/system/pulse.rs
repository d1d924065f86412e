//! When attempts last printed something.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::PathBuf,
    sync::{Mutex, MutexGuard},
};

use crate::{
    clock::{Clock, Moment, Timestamp},
    ids::AttemptId,
    process::launcher::Order,
    run::Capture,
};

/// The last sign of each attempt. Written by the thread for children, read by the engine.
#[derive(Debug, Default)]
pub(super) struct Pulses {
    inner: Mutex<BTreeMap<AttemptId, Pulse>>,
}

#[derive(Debug)]
struct Pulse {
    last: Moment,
    /// The log that the child writes by itself, and how long it was at the last look.
    own_log: Option<(PathBuf, u64)>,
}

impl Pulses {
    pub(super) fn begin(&self, order: &Order, now: Moment) {
        let own_log = (order.capture == Capture::File).then(|| (order.log.clone(), 0));
        self.lock().insert(order.attempt.clone(), Pulse { last: now, own_log });
    }

    pub(super) fn beat(&self, attempt: &AttemptId, now: Moment) {
        if let Some(pulse) = self.lock().get_mut(attempt) {
            pulse.last = now;
        }
    }

    pub(super) fn last(&self, attempt: &AttemptId, clock: &dyn Clock) -> Option<Moment> {
        let mut pulses = self.lock();
        let pulse = pulses.get_mut(attempt)?;
        pulse.look_at_own_log(clock);
        Some(pulse.last)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<AttemptId, Pulse>> {
        self.inner.lock().expect("no holder of this lock panics")
    }
}

impl Pulse {
    /// A file that grew since the last look was written to at its modification time. That is wall
    /// time, which may step: the answer stays between the last sign and now in any case.
    fn look_at_own_log(&mut self, clock: &dyn Clock) {
        let Some((path, length)) = &mut self.own_log else { return };
        let Ok(found) = fs::metadata(path) else { return };
        if found.len() == *length {
            return;
        }
        *length = found.len();
        let modified = Timestamp::from_millis(found.mtime() * 1000 + found.mtime_nsec() / 1_000_000);
        let now = clock.now();
        let age = clock.wall().since(modified);
        let moment = Moment::default().after(now.since(Moment::default()).saturating_sub(age));
        self.last = self.last.max(moment).min(now);
    }
}
