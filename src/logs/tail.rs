//! Following a log to its true end.

use std::{collections::VecDeque, fs::File, io, os::unix::fs::FileExt as _, path::PathBuf, time::Duration};

/// How much is read at once: a follower of a child that prints gigabytes holds no more than this.
const STEP: usize = 64 * 1024;

/// A line longer than this is handed on in pieces.
const LONGEST_LINE: usize = 64 * 1024;

/// What a follower hears when it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// More text. There may be still more: look again at once.
    Text(String),
    /// Nothing new now.
    Quiet,
    /// All was heard and nothing more will come.
    End,
}

/// A follower with a place in a log. It holds no descriptor between two looks.
#[derive(Clone, Debug)]
pub struct Tail {
    path: PathBuf,
    offset: u64,
    /// The first bytes of a character whose other bytes are not written yet: three at most.
    half: Vec<u8>,
    /// The beginning of a line that is not complete yet.
    line: String,
    ready: VecDeque<String>,
}

impl Tail {
    /// Begins at `offset`. The log need not exist yet.
    pub fn new(path: impl Into<PathBuf>, offset: u64) -> Self {
        Self { path: path.into(), offset, half: Vec::new(), line: String::new(), ready: VecDeque::new() }
    }

    /// Where a follower that replaces this one must begin to miss nothing and hear no text twice (it
    /// may hear the beginning of a line again).
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset - self.half.len() as u64
    }

    /// Looks once. `has_ended` says whether the writer is done for good; it is asked *before* reading,
    /// so that bytes written between the reading and the answer are never missed.
    ///
    /// Bytes that are not UTF-8 become U+FFFD; half a character is kept back until the rest is there.
    ///
    /// # Errors
    ///
    /// The log is there but can't be read.
    pub fn look(&mut self, has_ended: impl FnOnce() -> bool) -> io::Result<Heard> {
        let ended = has_ended();
        let mut buffer = vec![0; STEP];
        let count = self.read(&mut buffer)?;
        if count > 0 {
            self.offset += count as u64;
            self.half.extend_from_slice(&buffer[..count]);
            let text = whole_characters(&mut self.half);
            return Ok(Heard::Text(text));
        }
        if !ended {
            return Ok(Heard::Quiet);
        }
        if self.half.is_empty() {
            return Ok(Heard::End);
        }
        let rest = String::from_utf8_lossy(&self.half).into_owned();
        self.half.clear();
        Ok(Heard::Text(rest))
    }

    /// The next line without its end, as far as it is there; `None` when all was heard or
    /// nothing new is complete. The last line counts as complete when the writer has ended.
    ///
    /// # Errors
    ///
    /// Like [`Tail::look`].
    pub fn next_line(&mut self, mut has_ended: impl FnMut() -> bool) -> io::Result<Option<String>> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Ok(Some(line));
            }
            match self.look(&mut has_ended)? {
                Heard::Text(text) => self.split(&text),
                Heard::Quiet => return Ok(None),
                Heard::End if self.line.is_empty() => return Ok(None),
                Heard::End => return Ok(Some(std::mem::take(&mut self.line))),
            }
        }
    }

    /// Hands every line to `hear` until the writer has ended and all was heard, or `wait` says to
    /// stop. Between two looks that find nothing, `wait` is given `interval` to pass; it may return
    /// earlier when it knows that there is more. True when the end was reached.
    ///
    /// # Errors
    ///
    /// Like [`Tail::look`].
    pub fn follow(
        &mut self,
        interval: Duration,
        mut has_ended: impl FnMut() -> bool,
        mut wait: impl FnMut(Duration) -> bool,
        mut hear: impl FnMut(&str),
    ) -> io::Result<bool> {
        loop {
            let mut ended = false;
            while let Some(line) = self.next_line(|| {
                ended = has_ended();
                ended
            })? {
                hear(&line);
            }
            // The last look asked before it read and found nothing: what it was told holds.
            if ended {
                return Ok(true);
            }
            if !wait(interval) {
                return Ok(false);
            }
        }
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match File::open(&self.path) {
            Ok(file) => file.read_at(buffer, self.offset),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn split(&mut self, text: &str) {
        for piece in text.split_inclusive('\n') {
            self.line.push_str(piece);
            if let Some(line) = self.line.strip_suffix('\n') {
                self.ready.push_back(line.strip_suffix('\r').unwrap_or(line).to_owned());
                self.line.clear();
            } else if self.line.len() >= LONGEST_LINE {
                self.ready.push_back(std::mem::take(&mut self.line));
            }
        }
    }
}

/// Takes all whole characters out of `bytes` and leaves the half one at its end, if there is one.
fn whole_characters(bytes: &mut Vec<u8>) -> String {
    let half = half_character(bytes);
    let rest = bytes.split_off(bytes.len() - half);
    let text = String::from_utf8_lossy(bytes).into_owned();
    *bytes = rest;
    text
}

/// How many bytes at the end are the beginning of a character that is not complete.
fn half_character(bytes: &[u8]) -> usize {
    (1..=bytes.len().min(3))
        .find(|back| {
            let end = &bytes[bytes.len() - back..];
            std::str::from_utf8(end)
                .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, fs, io::Write as _};

    use super::*;

    #[test]
    fn half_a_character_is_kept_back_until_the_rest_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut tail = Tail::new(&path, 0);
        let mut hear = |bytes: &[u8], ended: bool| {
            fs::OpenOptions::new().append(true).create(true).open(&path).unwrap().write_all(bytes).unwrap();
            tail.look(|| ended).unwrap()
        };
        assert_eq!(hear(b"", false), Heard::Quiet);
        assert_eq!(hear(b"a\xe2\x80", false), Heard::Text("a".to_owned()));
        assert_eq!(hear(b"\xa6b", false), Heard::Text("…b".to_owned()));
        assert_eq!(hear(b"\xffc\xf0", true), Heard::Text("\u{fffd}c".to_owned()));
        assert_eq!(hear(b"", true), Heard::Text("\u{fffd}".to_owned()));
        assert_eq!(hear(b"", true), Heard::End);
    }

    #[test]
    fn bytes_written_just_before_the_end_are_never_missed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut tail = Tail::new(&path, 0);
        // Since the last look, the writer has printed its last words and ended.
        let is_first = Cell::new(true);
        let has_ended = || {
            if is_first.replace(false) {
                fs::write(&path, "last words").unwrap();
            }
            true
        };
        let mut heard = Vec::new();
        let over =
            tail.follow(Duration::ZERO, has_ended, |_| true, |line| heard.push(line.to_owned())).unwrap();
        assert_eq!((over, heard), (true, vec!["last words".to_owned()]));
    }

    #[test]
    fn lines_come_whole_and_the_last_one_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "one\r\ntwo\n\nthr").unwrap();
        let mut tail = Tail::new(&path, 0);
        let mut lines = |ended: bool| {
            let mut lines = Vec::new();
            while let Some(line) = tail.next_line(|| ended).unwrap() {
                lines.push(line);
            }
            lines
        };
        assert_eq!(lines(false), ["one", "two", ""]);
        assert_eq!(lines(true), ["thr"]);
        assert!(lines(true).is_empty());
    }

    #[test]
    fn a_line_without_end_comes_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "x".repeat(200_000)).unwrap();
        let mut tail = Tail::new(&path, 0);
        let mut lengths = Vec::new();
        while let Some(line) = tail.next_line(|| true).unwrap() {
            lengths.push(line.len());
        }
        assert_eq!(lengths, [65536, 65536, 65536, 200_000 - 3 * 65536]);
    }
}
