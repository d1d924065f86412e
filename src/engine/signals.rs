//! Signals to the supervisor: a wish of the system like any other.

use std::{io, sync::mpsc::Sender, thread};

use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{Signal, SignalKind, signal},
};

use super::Message;

/// From here on, TERM and INT cancel the run with grace, and HUP is ignored: the terminal that asked
/// may go. Listens on a thread of its own, which ends with the process.
///
/// # Errors
/// When the system has no thread or descriptors for it.
pub(super) fn listen(inbox: Sender<Message>) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let signals = {
        let _guard = runtime.enter();
        let on = |kind| signal(kind);
        [on(SignalKind::terminate())?, on(SignalKind::interrupt())?, on(SignalKind::hangup())?]
    };
    thread::Builder::new().name("signals".to_owned()).spawn(move || hear(&runtime, signals, &inbox))?;
    Ok(())
}

fn hear(runtime: &Runtime, [mut terminate, mut interrupt, mut hangup]: [Signal; 3], inbox: &Sender<Message>) {
    runtime.block_on(async {
        loop {
            tokio::select! {
                Some(()) = terminate.recv() => {}
                Some(()) = interrupt.recv() => {}
                Some(()) = hangup.recv() => continue,
                else => return,
            }
            if inbox.send(Message::Terminate).is_err() {
                return;
            }
        }
    });
}
