//! Children of the system: one thread launches, reads and waits for all of them.
//!
//! `SystemLauncher` is the face that the engine holds; it only leaves word. `room` is what goes on in
//! the thread, `minder` minds one child there, `spawn` launches it, `output` is where its bytes arrive.

mod ending;
mod input;
mod minder;
mod output;
mod pulse;
mod room;
mod spawn;

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, mpsc as reply},
    thread,
};

use tokio::{runtime::Builder, sync::mpsc, task::LocalSet};

pub use self::minder::LEAK_TIMEOUT;
use self::{
    input::Line,
    pulse::Pulses,
    room::{Ask, Room},
};
use super::{
    launcher::{Launcher, Order, Report, Sent},
    procfs::identity,
};
use crate::{
    clock::{Clock, Moment},
    ids::AttemptId,
    run::Survivor,
};

/// Launches real children. Several may run at once; they cost a few descriptors and less than 256 KiB
/// each, and no thread.
///
/// Dropping it kills what still runs and waits for that; who was told to be left running stays.
pub struct SystemLauncher {
    clock: Arc<dyn Clock>,
    asks: mpsc::UnboundedSender<Ask>,
    pulses: Arc<Pulses>,
    /// To attempts whose input stays open.
    lines: BTreeMap<AttemptId, Line>,
}

impl SystemLauncher {
    /// Starts the thread. `sink` is called on it with each report and must not block for long.
    ///
    /// What a child leaves behind is found reliably only by a subreaper: see
    /// [`become_subreaper`](super::become_subreaper).
    ///
    /// # Errors
    ///
    /// The thread or its runtime can't be had, or `/proc` is not there.
    pub fn start(clock: Arc<dyn Clock>, sink: impl Fn(Report) + Send + Sync + 'static) -> io::Result<Self> {
        if identity(std::process::id()).is_none() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "/proc does not show this process"));
        }
        let (asks, inbox) = mpsc::unbounded_channel();
        let pulses = Arc::new(Pulses::default());
        let (ready, started) = reply::channel();
        let (clock_there, pulses_there) = (Arc::clone(&clock), Arc::clone(&pulses));
        thread::Builder::new().name("children".to_owned()).spawn(move || {
            spawn::own_mask();
            let runtime = match Builder::new_current_thread().enable_io().enable_time().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(ready.send(Err(error))),
            };
            let _ = ready.send(Ok(()));
            let room = Room::new(clock_there, Box::new(sink), pulses_there);
            LocalSet::new().block_on(&runtime, room.run(inbox));
        })?;
        let died = |_| io::Error::other("the thread for children ended at once");
        started.recv().map_err(died)??;
        Ok(Self { clock, asks, pulses, lines: BTreeMap::new() })
    }

    /// Leaves word; the thread outlives every sender.
    fn ask(&self, ask: Ask) {
        if self.asks.send(ask).is_err() {
            tracing::error!("the thread for children is gone");
        }
    }
}

impl Launcher for SystemLauncher {
    fn launch(&mut self, order: Order) {
        self.pulses.begin(&order, self.clock.now());
        let heard = order.open_stdin.then(|| {
            let (line, heard) = input::line();
            self.lines.insert(order.attempt.clone(), line);
            heard
        });
        self.ask(Ask::Launch(Box::new(order), heard));
    }

    fn stop(&mut self, attempt: &AttemptId) {
        self.ask(Ask::Stop(attempt.clone()));
    }

    fn kill(&mut self, attempt: &AttemptId) {
        self.ask(Ask::Kill(attempt.clone()));
    }

    fn send(&mut self, attempt: &AttemptId, bytes: &[u8]) -> Sent {
        self.lines.get(attempt).map_or(Sent::NoInput, |line| line.send(bytes))
    }

    fn last_output(&self, attempt: &AttemptId) -> Option<Moment> {
        self.pulses.last(attempt, self.clock.as_ref())
    }

    /// Attempts that still run are killed first and report their end as usual, before this returns.
    fn sweep_all(&mut self) -> Vec<Survivor> {
        let (answer, survivors) = reply::channel();
        self.ask(Ask::SweepAll(answer));
        survivors.recv().unwrap_or_default()
    }
}

impl Drop for SystemLauncher {
    fn drop(&mut self) {
        let (done, closed) = reply::channel();
        if self.asks.send(Ask::Close(done)).is_ok() {
            let _ = closed.recv();
        }
    }
}
