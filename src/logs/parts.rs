//! Where the newest output of a log that outgrew its head stands until its end: files in a folder beside
//! the log, named like it with the ending `.tail`. Each is named by the position of its first byte, that
//! is how much had been printed before it. Two at most, the older one full.
//!
//! At the end both are put behind the head. Until the last byte is there the folder stays, so that
//! whoever reads meanwhile finds every byte in one place or the other, and whoever comes after a crash
//! can do it again.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use super::{
    file::dropped_line,
    index::{self, Turn},
};

/// A stretch of the newest output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// How much had been printed before its first byte.
    pub start: u64,
    pub path: PathBuf,
}

fn folder(log: &Path) -> PathBuf {
    log.with_extension("tail")
}

/// The parts that there are, the oldest first. None for a log that fits its head, or is whole.
pub(super) fn parts(log: &Path) -> Vec<Part> {
    let Ok(entries) = fs::read_dir(folder(log)) else { return Vec::new() };
    let part = |path: PathBuf| Some(Part { start: path.file_name()?.to_str()?.parse().ok()?, path });
    let mut parts: Vec<Part> = entries.flatten().filter_map(|entry| part(entry.path())).collect();
    parts.sort_unstable_by_key(|part| part.start);
    parts
}

/// Begins a part at this position.
pub(super) fn begin(log: &Path, start: u64) -> io::Result<File> {
    let folder = folder(log);
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(folder.join(start.to_string()))
}

/// Where a log goes over into its parts. An index that could not be written does not know: then the
/// head is what stands in the log now.
pub(super) fn turn_of(log: &Path) -> Turn {
    index::turn(log).unwrap_or_else(|| {
        let length = fs::metadata(log).map_or(0, |it| it.len());
        Turn { position: length, offset: length }
    })
}

/// Puts head and tail together, with a line in between that says how much was dropped: this is how many
/// bytes. Nothing happens to a log that is whole.
///
/// # Errors
///
/// Something can't be read or written. The parts stay, and it can be done again.
pub fn join(log: &Path) -> io::Result<u64> {
    let parts = parts(log);
    let Some(first) = parts.first() else { return Ok(0) };
    let turn = turn_of(log);
    let mut head = OpenOptions::new().append(true).open(log)?;
    // What somebody began to put there before is done anew.
    head.set_len(turn.offset)?;
    let dropped = first.start.saturating_sub(turn.position);
    if dropped > 0 {
        io::Write::write_all(&mut head, dropped_line(dropped).as_bytes())?;
        index::add_gap(log, turn.position, dropped);
    }
    for part in &parts {
        io::copy(&mut File::open(&part.path)?, &mut head)?;
    }
    // The newest first: who still reads the older one goes on in the log, not behind a gap.
    for part in parts.iter().rev() {
        fs::remove_file(&part.path)?;
    }
    fs::remove_dir(folder(log))?;
    Ok(dropped)
}
