//! The FIFO by which whoever leaves a request wakes the supervisor.
//!
//! A ring carries nothing and may get lost: the request's row is the truth, and a poll stands behind.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    path::Path,
    sync::mpsc::Sender,
    thread,
};

use rustix::{
    fs::{CWD, Mode, mkfifoat},
    io::Errno,
};

use super::Message;

/// Hangs the bell up and listens to it on a thread of its own, which ends with the process or when
/// nobody hears it any more.
///
/// # Errors
/// When the file system has no FIFOs, or the system no thread.
pub(super) fn listen(path: &Path, inbox: Sender<Message>) -> io::Result<()> {
    match mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    // Open for both, so that opening waits for nobody and reading never sees the last writer leave.
    let bell = OpenOptions::new().read(true).write(true).open(path)?;
    thread::Builder::new().name("bell".to_owned()).spawn(move || hear(bell, &inbox))?;
    Ok(())
}

fn hear(mut bell: File, inbox: &Sender<Message>) {
    let mut rings = [0; 64];
    loop {
        match bell.read(&mut rings) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(count) if count > 0 && inbox.send(Message::Bell).is_ok() => {}
            _ => return,
        }
    }
}
