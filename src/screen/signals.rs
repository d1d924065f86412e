//! What the system says to the process, and the terminal as it is found and left.
//!
//! Signals come to the process, not to a value, and so does the one fact that is kept here: whether
//! the terminal shows its other page.

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicU8, Ordering},
};

use rustix::{
    process::{Pid, Signal, getpgid, getpgrp, getppid, getsid, kill_current_process_group},
    termios::{OptionalActions, Termios, tcgetattr, tcsetattr},
};
use tokio::signal::unix::{SignalKind, signal};

use super::{full::give_back, terminal::decorate};

/// The terminal shows its other page, and has to be given back.
static FULL: AtomicBool = AtomicBool::new(false);

/// What a signal asks of the full screen; the later word wins.
static ASKED: AtomicU8 = AtomicU8::new(0);

/// What a signal asks of a full screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Asked {
    /// To end.
    Interrupt = 1,
    /// To take the terminal again.
    Resumed = 2,
}

/// What was asked since the last look.
pub(super) fn asked() -> Option<Asked> {
    match ASKED.swap(0, Ordering::Relaxed) {
        1 => Some(Asked::Interrupt),
        2 => Some(Asked::Resumed),
        _ => None,
    }
}

fn ask(asked: Asked) {
    ASKED.store(asked as u8, Ordering::Relaxed);
}

/// Notes that the terminal shows its other page, or no longer; says how it was before.
pub(super) fn hold_full(now: bool) -> bool {
    FULL.swap(now, Ordering::SeqCst)
}

fn is_full() -> bool {
    FULL.load(Ordering::SeqCst)
}

/// True when a shell with job control could let this process go on after it was stopped.
pub(super) fn can_be_resumed() -> bool {
    let Some(parent) = getppid() else { return false };
    let same_session = getsid(Some(parent)).ok() == getsid(None::<Pid>).ok();
    same_session && getpgid(Some(parent)).is_ok_and(|group| group != getpgrp())
}

/// Stops this process and what stands beside it in its job until they are told to go on.
pub(super) fn stop() {
    // What can't be stopped goes on.
    let _ = kill_current_process_group(Signal::TSTP);
}

/// From here on Ctrl-C at a prompt is an answer ("none"), not the end of the program; and a program
/// that is told to terminate gives the terminal back as it was at this moment. A terminal that goes
/// away ends the program even where the signal that says so was ignored before (`nohup`): a line
/// editor would ask the missing terminal again and again. A full screen is asked to end, and to
/// come back after the process was stopped.
///
/// # Errors
/// When the system lends no thread or signal handler.
pub fn catch_signals() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let [mut interrupt, mut terminate, mut hangup, mut resumed] = {
        let _guard = runtime.enter();
        let cont = SignalKind::from_raw(Signal::CONT.as_raw());
        [
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
            signal(cont)?,
        ]
    };
    let found = tcgetattr(io::stdin()).ok();
    let listen = move || {
        runtime.block_on(async {
            loop {
                tokio::select! {
                    Some(()) = interrupt.recv() => if is_full() { ask(Asked::Interrupt) },
                    Some(()) = terminate.recv() => leave(found.as_ref(), TERMINATED),
                    Some(()) = hangup.recv() => leave(found.as_ref(), HUNG_UP),
                    Some(()) = resumed.recv() => if is_full() { ask(Asked::Resumed) },
                    else => return,
                }
            }
        });
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listen)?;
    Ok(())
}

/// What a shell says of a program that TERM has ended.
const TERMINATED: i32 = 128 + 15;

/// What a shell says of a program that HUP has ended.
const HUNG_UP: i32 = 128 + 1;

/// Gives the terminal back as it was found, on a line of its own, and ends the process. Whatever the
/// program was doing may have held the terminal in a way of its own.
#[expect(clippy::disallowed_methods, reason = "the thread that edits the line can't be asked to return")]
fn leave(found: Option<&Termios>, code: i32) -> ! {
    give_back();
    decorate("\r\n\x1b[?1004l\x1b[?2004l\x1b[?25h\x1b[0m");
    if let Some(found) = found {
        // Nothing is left to do about a terminal that takes no settings.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, found);
    }
    std::process::exit(code)
}
