//! Waking a supervisor to look for requests.

use rustix::{
    fs::{Mode, OFlags, open},
    io::write,
};

use crate::workspace::state::RunFolder;

/// Rings, if somebody listens. The request's row is the truth and a poll stands behind the bell, so
/// nobody home, a full pipe or no pipe at all is no error.
pub fn ring(folder: &RunFolder) {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    if let Ok(bell) = open(folder.bell(), flags, Mode::empty()) {
        let _ = write(&bell, b"!");
    }
}
