//! The proof of life: a lock that a run's supervisor holds from before the run exists until it is gone.
//!
//! It belongs to the open file, not to the process, so it can be handed over without ever being free.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

use super::error::Error;
use crate::workspace::state::RunFolder;

/// Takes the lock of a run. Nothing when somebody holds it.
///
/// # Errors
/// When the folder can't be made or the file not be opened or locked.
pub fn take(folder: &RunFolder) -> Result<Option<File>, Error> {
    folder.create().map_err(Error::Folder)?;
    let path = folder.lock();
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| at(error, &path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(at(error.into(), &path)),
    }
}

/// A failure of the file system, with the path in its message.
pub fn at(error: io::Error, path: &Path) -> Error {
    Error::Folder(io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// True when somebody holds the lock of a run. Makes nothing; a run without a folder is minded by nobody.
pub fn is_held(folder: &RunFolder) -> bool {
    let Ok(file) = OpenOptions::new().read(true).write(true).open(folder.lock()) else { return false };
    flock(&file, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK)
}
