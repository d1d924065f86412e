//! Bytes on their way to a child's standard input.

use std::io;

use tokio::{
    io::{AsyncWriteExt as _, Interest},
    net::unix::pipe::Sender,
    sync::mpsc::{self, error::TrySendError},
};

use crate::process::launcher::Sent;

/// So many lines may wait for a child that does not read. With the longest line that bounds what one
/// child can make us hold.
const WAITING: usize = 4;

/// The end that whoever sends holds.
#[derive(Debug)]
pub(super) struct Line(mpsc::Sender<Vec<u8>>);

/// The end beside the child.
pub(super) type Heard = mpsc::Receiver<Vec<u8>>;

/// A line to one child.
pub(super) fn line() -> (Line, Heard) {
    let (line, heard) = mpsc::channel(WAITING);
    (Line(line), heard)
}

impl Line {
    pub(super) fn send(&self, bytes: &[u8]) -> Sent {
        match self.0.try_send(bytes.to_vec()) {
            Ok(()) => Sent::Taken,
            Err(TrySendError::Full(_)) => Sent::Full,
            Err(TrySendError::Closed(_)) => Sent::Closed,
        }
    }
}

/// What a child is given to read.
#[derive(Debug)]
pub(super) struct Stdin {
    to: Sender,
    bytes: Vec<u8>,
    /// What is sent later; absent where its input ends behind the bytes.
    heard: Option<Heard>,
}

impl Stdin {
    /// `to` is the writing end of a pipe, or the master of a terminal; it must not block.
    pub(super) const fn new(to: Sender, bytes: Vec<u8>, heard: Option<Heard>) -> Self {
        Self { to, bytes, heard }
    }

    /// Writes all, then what is sent, and closes. A child that does not want it all is no failure.
    pub(super) async fn feed(mut self) {
        let _ = self.write_all().await;
    }

    async fn write_all(&mut self) -> io::Result<()> {
        self.to.write_all(&self.bytes).await?;
        let Some(heard) = &mut self.heard else { return Ok(()) };
        loop {
            tokio::select! {
                // Nobody can read any more: whoever sends something now is told so.
                _ = self.to.ready(Interest::ERROR) => return Ok(()),
                more = heard.recv() => match more {
                    Some(bytes) => self.to.write_all(&bytes).await?,
                    None => return Ok(()),
                },
            }
        }
    }
}
