//! Minds one child: from its launch to the last byte of its log.
//!
//! The leader is not reaped before everything else is done. As long as it is a zombie, its number and
//! its group's can't be given to a stranger.

use std::{rc::Rc, time::Duration};

use rustix::{
    io::Errno,
    process::{WaitId, WaitIdOptions, waitid},
};
use tokio::{
    signal::unix::Signal,
    task::{spawn_blocking, spawn_local},
    time::sleep,
};

use super::{
    ending::{is_quick, read_log},
    room::{Live, Room},
    spawn::Child,
};
use crate::{
    ids::AttemptId,
    logs::{self, LogFile, Stream, Written},
    process::{
        launcher::{End, Order, Report},
        sweep::{nothing_left_but, reap_adopted},
    },
    run::{Capture, Exit, Survivor},
};

/// How long descendants may hold the output open after their leader ended before the attempt counts
/// as leaky. Long enough for the rest of a pipeline to end by itself, short enough not to be noticed.
pub const LEAK_TIMEOUT: Duration = Duration::from_millis(200);

const KILLED: Exit = Exit::Signal(9);

/// Minds `child` to its end and reports that.
pub(super) async fn mind(room: Rc<Room>, live: Rc<Live>, mut child: Child, order: Order, ends: Signal) {
    let feeding = child.stdin.take().map(|stdin| spawn_local(stdin.feed()));
    let mut minder = Minder { room: &room, live: &live, attempt: &order.attempt, child };
    let (exit, mut survivors) = minder.until_exit(ends).await;
    room.report(Report::Exited { attempt: order.attempt.clone() });
    let leaky = minder.until_closed().await;
    if order.leave_running && !live.stopped.get() {
        room.spare(&live);
    } else if survivors.is_empty() {
        survivors = minder.sweep().await;
    }
    minder.drain();
    let Child { handle, log, .. } = minder.child;
    if let Some(feeding) = feeding {
        feeding.abort();
        // Over only when it is: who sends something from here on is told that nobody reads it.
        let _ = feeding.await;
    }
    let attempt = order.attempt.clone();
    let bytes = close(log, &order).await;
    let end = look(order, End { bytes, leaky, survivors, ..End::bare(exit) }).await;
    room.forget(&attempt);
    if let Err(error) = handle.try_wait() {
        tracing::warn!("{attempt}: its exit status was taken by somebody else: {error}");
    }
    room.report(Report::Ended { attempt, end });
}

struct Minder<'a> {
    room: &'a Room,
    live: &'a Live,
    attempt: &'a AttemptId,
    child: Child,
}

impl Minder<'_> {
    /// Copies output until the leader has ended; kills everything when asked to. A leader that can't
    /// be killed counts as killed, and is among the survivors.
    async fn until_exit(&mut self, mut ends: Signal) -> (Exit, Vec<Survivor>) {
        let mut survivors = Vec::new();
        loop {
            if let Some(exit) = self.exit() {
                return (exit, survivors);
            }
            if !survivors.is_empty() {
                return (KILLED, survivors);
            }
            let Child { output, log, .. } = &mut self.child;
            let mut hear = hear(self.room, self.attempt, log);
            tokio::select! {
                biased;
                () = self.live.kill.notified() => survivors = self.live.sweep().await,
                _ = ends.recv() => {}
                () = output.read(&mut hear) => {}
            }
        }
    }

    /// Copies what is left once the leader has ended. True when somebody still held the output open
    /// when the time for that was up.
    async fn until_closed(&mut self) -> bool {
        self.drain();
        if !self.child.output.is_open() {
            return false;
        }
        let up = sleep(LEAK_TIMEOUT);
        tokio::pin!(up);
        while self.child.output.is_open() {
            let Child { output, log, .. } = &mut self.child;
            let mut hear = hear(self.room, self.attempt, log);
            tokio::select! {
                biased;
                () = &mut up => break,
                () = self.live.kill.notified() => break,
                () = output.read(&mut hear) => {}
            }
        }
        // The end may have come while this thread was busy elsewhere.
        self.drain();
        self.child.output.is_open()
    }

    async fn sweep(&self) -> Vec<Survivor> {
        if nothing_left_but(&self.room.leaders()) {
            return Vec::new();
        }
        let survivors = self.live.sweep().await;
        reap_adopted();
        survivors
    }

    fn drain(&mut self) {
        let Child { output, log, .. } = &mut self.child;
        let mut hear = hear(self.room, self.attempt, log);
        output.drain(&mut hear);
    }

    /// What the system says of the leader's end, without reaping it.
    fn exit(&self) -> Option<Exit> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(self.live.leader), options) {
            Ok(Some(status)) => match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => Some(Exit::Code(code)),
                (None, Some(signal)) => Some(Exit::Signal(signal)),
                (None, None) => None,
            },
            Ok(None) | Err(Errno::INTR) => None,
            // It is nobody's child: the status is lost, but it did end, and not well as far as we know.
            Err(_) => Some(Exit::Code(255)),
        }
    }
}

/// Writes a chunk to the log and remembers when it came.
fn hear(room: &Room, attempt: &AttemptId, log: &mut LogFile) -> impl FnMut(&[u8], Stream) {
    |bytes, stream| {
        room.pulses.beat(attempt, room.clock.now());
        log.append(bytes, stream, room.clock.wall());
    }
}

/// Finishes the log; says how much was printed. Where much must be copied, others are not kept waiting.
async fn close(log: LogFile, order: &Order) -> u64 {
    let finish = if order.capture == Capture::File {
        let (path, max) = (order.log.clone(), order.max_log_bytes);
        spawn_blocking(move || logs::trim(&path, max)).await
    } else if log.has_tail() {
        spawn_blocking(move || log.finish()).await
    } else {
        Ok(log.finish())
    };
    match finish.map_err(std::io::Error::other).flatten() {
        Ok(Written { bytes, .. }) => bytes,
        Err(error) => {
            tracing::warn!("{}: the log could not be finished: {error}", order.attempt);
            0
        }
    }
}

/// Adds what the log says. A long one is read on another thread: meanwhile others print and end.
async fn look(order: Order, end: End) -> End {
    if is_quick(&order, &end) {
        return read_log(&order, end);
    }
    let (attempt, unread) = (order.attempt.clone(), end.clone());
    spawn_blocking(move || read_log(&order, end)).await.unwrap_or_else(|error| {
        tracing::error!("{attempt}: its log could not be looked into: {error}");
        End { failure: Some(format!("the output could not be looked into: {error}")), ..unread }
    })
}
