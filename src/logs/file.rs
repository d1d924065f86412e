//! The writing side of a log: every byte in its order, in a file that can't outgrow its bound.
//!
//! A log that may keep `max` bytes keeps the first half of them as the head, in the log itself. What
//! follows goes to two files beside it, a quarter each, in turn: one is being written, one is full, and
//! a new turn throws the full one away. At the end both are put behind the head, with a line that says
//! how much was dropped in between. So the disk never holds more than `max` while the child runs, and
//! the log is one readable file afterwards. A [`Tail`](super::Tail) reads on from one to the other. A
//! log that stays under its head never sees any of this.
//!
//! When a write fails (full disk), the bytes are lost but the child is not made to wait: as soon as
//! writing works again, the same line stands where they are missing.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use super::{
    index::{IndexWriter, Stream},
    parts::{self, parts},
};
use crate::clock::Timestamp;

/// The line that stands in a log where `bytes` bytes are missing.
#[must_use]
pub fn dropped_line(bytes: u64) -> String {
    format!("\n… {bytes} bytes dropped …\n")
}

/// What a finished log amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// All that was printed, kept or dropped.
    pub bytes: u64,
    /// What is not in the log.
    pub dropped: u64,
}

/// A log that is being written, with its side index.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    head: File,
    index: IndexWriter,
    max: u64,
    /// How much was printed so far.
    position: u64,
    tail: Option<Newest>,
    /// Where bytes were lost that the log does not speak of yet, and how many.
    lost: Option<(u64, u64)>,
    dropped: u64,
}

/// The part that holds the newest output.
#[derive(Debug)]
struct Newest {
    file: File,
    start: u64,
}

impl LogFile {
    /// Creates the log and its index with mode 0600, and their folder where it is missing. What stood
    /// there before is gone.
    ///
    /// # Errors
    ///
    /// The folder or a file can't be created.
    pub fn create(path: &Path, max: u64) -> io::Result<Self> {
        let head = match create(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = path.parent().unwrap_or(Path::new("."));
                DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
                create(path)?
            }
            made => made?,
        };
        let index = IndexWriter::create(path)?;
        Ok(Self { path: path.to_owned(), head, index, max, position: 0, tail: None, lost: None, dropped: 0 })
    }

    /// The log itself for a child that writes to it; it must not be appended to by us then.
    ///
    /// # Errors
    ///
    /// The system has no more descriptors.
    pub fn for_child(&mut self, now: Timestamp) -> io::Result<File> {
        self.index.chunk(0, Stream::Both, now);
        self.head.try_clone()
    }

    /// Writes what was heard at `now`. A failing disk loses bytes, never the child: see the module.
    pub fn append(&mut self, bytes: &[u8], stream: Stream, now: Timestamp) {
        if bytes.is_empty() {
            return;
        }
        self.index.chunk(self.position, stream, now);
        self.confess();
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = usize::try_from(self.room()).unwrap_or(usize::MAX);
            if room == 0 {
                if self.turn().is_err() {
                    self.lose(rest.len());
                    return;
                }
                continue;
            }
            let (now_bytes, later) = rest.split_at(room.min(rest.len()));
            let written = write_some(self.target(), now_bytes);
            self.position += written as u64;
            if written < now_bytes.len() {
                self.lose(rest.len() - written);
                return;
            }
            rest = later;
        }
    }

    /// Puts head and tail together. Takes as long as copying half of `max` does when the log outgrew
    /// its head, and no time otherwise.
    ///
    /// # Errors
    ///
    /// The tail can't be put behind the head; it stays in its own files.
    pub fn finish(mut self) -> io::Result<Written> {
        self.confess();
        if let Some((_, unspoken)) = self.lost {
            self.dropped += unspoken;
        }
        if self.tail.take().is_some() {
            self.dropped += parts::join(&self.path)?;
        }
        Ok(Written { bytes: self.position, dropped: self.dropped })
    }

    /// True when [`LogFile::finish`] has something to copy.
    #[must_use]
    pub const fn has_tail(&self) -> bool {
        self.tail.is_some()
    }

    const fn head_room(&self) -> u64 {
        self.max / 2
    }

    const fn turn_room(&self) -> u64 {
        let quarter = self.max / 4;
        if quarter == 0 { 1 } else { quarter }
    }

    /// How many bytes the file that is being written may still take.
    fn room(&self) -> u64 {
        match &self.tail {
            None => self.head_room().saturating_sub(self.position),
            Some(newest) => self.turn_room().saturating_sub(self.position - newest.start),
        }
    }

    const fn target(&mut self) -> &mut File {
        match &mut self.tail {
            None => &mut self.head,
            Some(newest) => &mut newest.file,
        }
    }

    /// Begins the next turn; what was the full part is thrown away.
    fn turn(&mut self) -> io::Result<()> {
        if self.tail.is_none() {
            self.index.turn(self.position, self.head.metadata()?.len());
        }
        let full = self.tail.as_ref().map(|newest| newest.start);
        let file = parts::begin(&self.path, self.position)?;
        self.tail = Some(Newest { file, start: self.position });
        for part in parts(&self.path).iter().filter(|it| full.is_some_and(|full| it.start < full)) {
            fs::remove_file(&part.path)?;
        }
        Ok(())
    }

    fn lose(&mut self, bytes: usize) {
        let bytes = bytes as u64;
        let (start, before) = self.lost.unwrap_or((self.position, 0));
        self.lost = Some((start, before + bytes));
        self.position += bytes;
    }

    /// Says in the log what was lost before, if it can be said now.
    fn confess(&mut self) {
        let Some((start, bytes)) = self.lost else { return };
        if self.target().write_all(dropped_line(bytes).as_bytes()).is_ok() {
            self.index.gap(start, bytes);
            self.dropped += bytes;
            self.lost = None;
        }
    }
}

/// Cuts a log that a child wrote by itself down to `max` bytes: head, a line, tail.
///
/// # Errors
///
/// The log can't be read or written.
pub fn trim(log: &Path, max: u64) -> io::Result<Written> {
    let file = OpenOptions::new().read(true).write(true).open(log)?;
    let bytes = file.metadata()?.len();
    let half = max / 2;
    let dropped = bytes.saturating_sub(half * 2);
    let note = dropped_line(dropped);
    if dropped <= note.len() as u64 {
        return Ok(Written { bytes, dropped: 0 });
    }
    file.write_all_at(note.as_bytes(), half)?;
    let end = move_down(&file, half + dropped, half + note.len() as u64)?;
    file.set_len(end)?;
    Ok(Written { bytes, dropped })
}

/// Moves all from `from` to the lower offset `to`; says where it ends now.
fn move_down(mut file: &File, from: u64, mut to: u64) -> io::Result<u64> {
    let mut buffer = vec![0; 64 * 1024];
    file.seek(SeekFrom::Start(from))?;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(to);
        }
        file.write_all_at(&buffer[..count], to)?;
        to += count as u64;
    }
}

fn create(path: &Path) -> io::Result<File> {
    match OpenOptions::new().append(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => return made,
    }
    let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    file.set_len(0)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Writes until all is written or the disk refuses; says how much it took.
fn write_some(file: &mut File, bytes: &[u8]) -> usize {
    let mut written = 0;
    while written < bytes.len() {
        match file.write(&bytes[written..]) {
            Ok(0) => break,
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Index;

    fn now() -> Timestamp {
        Timestamp::from_millis(0)
    }

    fn written(max: u64, chunks: &[&str]) -> (String, Written) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/a.1.log");
        let mut log = LogFile::create(&path, max).unwrap();
        for chunk in chunks {
            log.append(chunk.as_bytes(), Stream::Both, now());
        }
        let written = log.finish().unwrap();
        let index = usize::from(!chunks.is_empty());
        let files = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(files, 1 + index, "only the log stays, and its index where something was printed");
        (fs::read_to_string(&path).unwrap(), written)
    }

    #[test]
    fn a_log_keeps_its_head_and_its_newest_tail_and_says_what_is_missing() {
        let check = |max, chunks: &[&str], text: &str, dropped| {
            let bytes = chunks.iter().map(|it| it.len() as u64).sum();
            assert_eq!(written(max, chunks), (text.to_owned(), Written { bytes, dropped }));
        };
        check(16, &["0123456"], "0123456", 0);
        check(16, &["01234567", "89abcdef"], "0123456789abcdef", 0);
        check(16, &["0123456789abcdefg"], "01234567\n… 4 bytes dropped …\ncdefg", 4);
        check(16, &["0123456789", "abcdefghijkl", "mnopq"], "01234567\n… 12 bytes dropped …\nklmnopq", 12);
        check(0, &["abc"], "\n… 1 bytes dropped …\nbc", 1);
        check(16, &[], "", 0);
    }

    #[test]
    fn a_log_that_a_child_wrote_is_trimmed_the_same_way() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.1.log");
        fs::write(&log, format!("head{}tail", "x".repeat(200_000))).unwrap();
        assert_eq!(trim(&log, 8).unwrap(), Written { bytes: 200_008, dropped: 200_000 });
        assert_eq!(fs::read_to_string(&log).unwrap(), "head\n… 200000 bytes dropped …\ntail");
        fs::write(&log, "short").unwrap();
        assert_eq!(trim(&log, 8).unwrap(), Written { bytes: 5, dropped: 0 });
    }

    #[test]
    fn a_full_disk_loses_bytes_and_says_so_when_it_can() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.1.log");
        let mut log = LogFile::create(&path, 1000).unwrap();
        log.append(b"one ", Stream::Out, now());
        let good =
            std::mem::replace(&mut log.head, OpenOptions::new().write(true).open("/dev/full").unwrap());
        log.append(b"two ", Stream::Err, now());
        log.append(b"three ", Stream::Err, now());
        log.head = good;
        log.append(b"four", Stream::Out, now());
        assert_eq!(log.finish().unwrap(), Written { bytes: 18, dropped: 10 });
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "one \n… 10 bytes dropped …\nfour");
        let last = *Index::read(&path).unwrap().chunks.last().unwrap();
        assert_eq!((last.stream, last.offset), (Stream::Out, text.len() as u64 - 4));
    }

    #[test]
    fn the_index_follows_the_bytes_behind_what_was_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.1.log");
        let mut log = LogFile::create(&path, 16).unwrap();
        for (time, text) in ["01234567", "89abcdefghij", "klmn"].iter().enumerate() {
            log.append(
                text.as_bytes(),
                Stream::Out,
                Timestamp::from_millis(100 * i64::try_from(time).unwrap()),
            );
        }
        log.finish().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "01234567\n… 8 bytes dropped …\nghijklmn");
        let last = *Index::read(&path).unwrap().chunks.last().unwrap();
        assert_eq!(&text[usize::try_from(last.offset).unwrap()..], "klmn");
    }
}
