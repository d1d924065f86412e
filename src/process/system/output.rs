//! The reading ends of a child's output.

use std::{
    future::pending,
    io,
    os::fd::{AsFd as _, OwnedFd},
};

use rustix::{
    fs::{OFlags, fcntl_getfl, fcntl_setfl},
    io::Errno,
};
use tokio::{io::AsyncReadExt as _, net::unix::pipe::Receiver};

use crate::logs::Stream;

/// One read. Larger ones gain nothing.
const READ: usize = 64 * 1024;

/// Most that is taken from one pipe without waiting: more than any pipe of ours holds, and an end
/// where somebody who can't be killed never stops printing.
const DRAIN: usize = 1024 * 1024;

/// What of a child's output is still open: two ends at most.
#[derive(Debug, Default)]
pub(super) struct Output {
    first: Option<End>,
    second: Option<End>,
}

#[derive(Debug)]
struct End {
    from: Receiver,
    stream: Stream,
    buffer: Vec<u8>,
}

impl Output {
    /// Adds the reading end of a pipe or the master of a terminal.
    pub(super) fn add(&mut self, from: OwnedFd, stream: Stream) -> io::Result<()> {
        let flags = fcntl_getfl(&from)?;
        fcntl_setfl(&from, flags | OFlags::NONBLOCK)?;
        // Unchecked, because a terminal is no pipe; it is read and waited for in the same way.
        let from = Receiver::from_owned_fd_unchecked(from)?;
        let end = Some(End { from, stream, buffer: vec![0; READ] });
        match self.first {
            None => self.first = end,
            Some(_) => self.second = end,
        }
        Ok(())
    }

    /// The master of a terminal, once more, to write to.
    pub(super) fn master(&self) -> io::Result<OwnedFd> {
        let end = self.first.as_ref().ok_or(io::ErrorKind::NotFound)?;
        end.from.as_fd().try_clone_to_owned()
    }

    /// True until all ends are closed by everyone who could write to them.
    pub(super) const fn is_open(&self) -> bool {
        self.first.is_some() || self.second.is_some()
    }

    /// Waits for one chunk or one end being closed. Cancelling it loses nothing. Waits for ever when
    /// nothing is open.
    pub(super) async fn read(&mut self, hear: &mut impl FnMut(&[u8], Stream)) {
        let (count, end) = tokio::select! {
            count = chunk(&mut self.first) => (count, &mut self.first),
            count = chunk(&mut self.second) => (count, &mut self.second),
        };
        match end {
            Some(open) if count > 0 => hear(&open.buffer[..count], open.stream),
            _ => *end = None,
        }
    }

    /// Takes what is there now, without waiting.
    pub(super) fn drain(&mut self, hear: &mut impl FnMut(&[u8], Stream)) {
        for end in [&mut self.first, &mut self.second] {
            let mut taken = 0;
            while let Some(open) = end.as_mut().filter(|_| taken < DRAIN) {
                match rustix::io::read(open.from.as_fd(), &mut open.buffer[..]) {
                    Ok(count) if count > 0 => {
                        taken += count;
                        hear(&open.buffer[..count], open.stream);
                    }
                    Err(Errno::INTR) => {}
                    Err(Errno::AGAIN) => break,
                    // A terminal that nobody holds any more says EIO instead of 0.
                    Ok(_) | Err(_) => *end = None,
                }
            }
        }
    }
}

async fn chunk(end: &mut Option<End>) -> usize {
    match end {
        Some(open) => open.from.read(&mut open.buffer).await.unwrap_or(0),
        None => pending().await,
    }
}
