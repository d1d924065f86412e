//! Following a log to its true end.

use std::{
    collections::VecDeque,
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    file::dropped_line,
    index::{Records, Stream},
    parts::{parts, turn_of},
};

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
///
/// A log that outgrew its head is read on in the files beside it, and in the log again once they were
/// put behind the head. Where what comes next was thrown away before it was read, the line stands that
/// says how much that was.
#[derive(Clone, Debug)]
pub struct Tail {
    path: PathBuf,
    place: Place,
    /// The stream that is wanted, where not all is.
    only: Option<(Stream, Records)>,
    /// The first bytes of a character whose other bytes are not written yet: three at most.
    half: Vec<u8>,
    /// The beginning of a line that is not complete yet.
    line: String,
    ready: VecDeque<String>,
}

/// How far it has read.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// To this offset in the log itself.
    Log(u64),
    /// All that was printed before this position; it goes on beside the log.
    Beside(u64),
}

impl Tail {
    /// Begins at `offset`. The log need not exist yet.
    pub fn new(path: impl Into<PathBuf>, offset: u64) -> Self {
        Self::at(path.into(), Place::Log(offset))
    }

    /// Begins with the last `count` lines, wherever they stand. Reads backwards, so it does not matter
    /// how long the log is. Begins at the beginning of a log that is not there.
    ///
    /// # Errors
    ///
    /// The log is there but can't be read.
    pub fn last(path: impl Into<PathBuf>, count: usize) -> io::Result<Self> {
        let path = path.into();
        let mut left = count;
        let mut is_end = true;
        let parts = parts(&path);
        for part in parts.iter().rev() {
            let Ok(file) = File::open(&part.path) else { continue };
            if let Some(offset) = begin_of_last(&file, is_end, &mut left)? {
                return Ok(Self::at(path, Place::Beside(part.start + offset)));
            }
            is_end = false;
        }
        let position = turn_of(&path).position;
        if let Some(first) = parts.first().filter(|first| first.start > position) {
            // Behind the head stands a line that says what is missing, and a new one begins after it.
            for place in [first.start, position] {
                left -= 1;
                if left == 0 {
                    return Ok(Self::at(path, Place::Beside(place)));
                }
            }
        }
        let place = match File::open(&path) {
            Ok(file) => begin_of_last(&file, is_end, &mut left)?.unwrap_or(0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        Ok(Self::at(path, Place::Log(place)))
    }

    /// Hears one stream alone, as the side index tells them apart.
    #[must_use]
    pub fn only(mut self, stream: Stream) -> Self {
        self.only = Some((stream, Records::of(&self.path)));
        self
    }

    const fn at(path: PathBuf, place: Place) -> Self {
        Self { path, place, only: None, half: Vec::new(), line: String::new(), ready: VecDeque::new() }
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
        let found = self.read(&mut buffer)?;
        if !found.is_empty() {
            self.take_in(&buffer, found)?;
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

    /// Reads on, in the log or beside it. What it found stands at the beginning of `buffer`.
    fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<Found> {
        loop {
            match self.place {
                Place::Log(offset) => {
                    let beside = !parts(&self.path).is_empty();
                    let turn = beside.then(|| turn_of(&self.path));
                    let end = turn.map_or(u64::MAX, |turn| turn.offset);
                    let room = usize::try_from(end.saturating_sub(offset)).unwrap_or(STEP).min(STEP);
                    let count = read_at(&self.path, &mut buffer[..room], offset)?.unwrap_or(0);
                    match turn {
                        Some(turn) if count == 0 => self.place = Place::Beside(turn.position),
                        _ => return Ok(Found::Log(offset, count)),
                    }
                }
                Place::Beside(position) => {
                    let parts = parts(&self.path);
                    let at = parts.partition_point(|part| part.start <= position);
                    let Some(part) = at.checked_sub(1).and_then(|at| parts.get(at)) else {
                        let Some(first) = parts.first() else {
                            self.place = Place::Log(self.joined(position)?);
                            continue;
                        };
                        self.place = Place::Beside(first.start);
                        *buffer = dropped_line(first.start - position).into_bytes();
                        return Ok(Found::Note);
                    };
                    // Nothing where it is gone: then it was put behind the head, or thrown away.
                    let Some(count) = read_at(&part.path, buffer, position - part.start)? else { continue };
                    match parts.get(at) {
                        Some(next) if count == 0 => self.place = Place::Beside(next.start),
                        _ => return Ok(Found::Beside(position, count)),
                    }
                }
            }
        }
    }

    /// Where in the log, now that it is whole, goes on what was read beside it.
    fn joined(&self, position: u64) -> io::Result<u64> {
        let mut records = Records::of(&self.path);
        records.read()?;
        Ok(records.offset_of(position))
    }

    /// Goes on behind what was found and keeps what is wanted of it.
    fn take_in(&mut self, buffer: &[u8], found: Found) -> io::Result<()> {
        let (from, count, printed) = match found {
            Found::Note => {
                self.half.extend_from_slice(buffer);
                return Ok(());
            }
            Found::Log(offset, count) => (offset, count, false),
            Found::Beside(position, count) => (position, count, true),
        };
        let to = from + count as u64;
        self.place = if printed { Place::Beside(to) } else { Place::Log(to) };
        match &mut self.only {
            None => self.half.extend_from_slice(&buffer[..count]),
            Some((stream, records)) => {
                // Read after the bytes: the record of a chunk is written before it.
                records.read()?;
                for range in records.heard_on(*stream, from, to, printed) {
                    self.half.extend_from_slice(&buffer[range]);
                }
            }
        }
        Ok(())
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

/// What a look found.
enum Found {
    /// So many bytes from this offset of the log.
    Log(u64, usize),
    /// So many bytes from this position beside it.
    Beside(u64, usize),
    /// The line that says that something is missing here.
    Note,
}

impl Found {
    const fn is_empty(&self) -> bool {
        matches!(self, Self::Log(_, 0) | Self::Beside(_, 0))
    }
}

/// How many bytes there are; nothing when there is no such file.
fn read_at(path: &Path, buffer: &mut [u8], offset: u64) -> io::Result<Option<usize>> {
    match File::open(path) {
        Ok(file) => file.read_at(buffer, offset).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where the last lines begin, read backwards; nothing when there are more of them before this file.
fn begin_of_last(file: &File, is_end: bool, left: &mut usize) -> io::Result<Option<u64>> {
    let size = file.metadata()?.len();
    if *left == 0 {
        return Ok(Some(size));
    }
    let mut end = size;
    let mut bytes = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP as u64);
        bytes.resize(usize::try_from(end - start).unwrap_or(0), 0);
        file.read_exact_at(&mut bytes, start)?;
        for (at, _) in bytes.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n') {
            let behind = start + at as u64 + 1;
            // The end of the last line begins no line of its own.
            if behind == size && is_end {
                continue;
            }
            *left -= 1;
            if *left == 0 {
                return Ok(Some(behind));
            }
        }
        end = start;
    }
    Ok(None)
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
    use crate::{clock::Timestamp, logs::LogFile};

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

    /// A log of at most 64 bytes, and a follower of it.
    fn bounded() -> (tempfile::TempDir, LogFile, Tail) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.1.log");
        let log = LogFile::create(&path, 64).unwrap();
        (folder, log, Tail::new(path, 0))
    }

    fn lines(tail: &mut Tail, ended: bool) -> Vec<String> {
        std::iter::from_fn(|| tail.next_line(|| ended).unwrap()).collect()
    }

    fn say(log: &mut LogFile, text: &str) {
        log.append(text.as_bytes(), Stream::Both, Timestamp::from_millis(0));
    }

    #[test]
    fn who_keeps_up_hears_every_byte_of_a_log_that_outgrows_its_bound_as_it_comes() {
        let (_folder, mut log, mut tail) = bounded();
        for number in 0..50 {
            let line = format!("line {number}");
            say(&mut log, &format!("{line}\n"));
            assert_eq!(lines(&mut tail, false), [line]);
        }
        say(&mut log, "the last one");
        log.finish().unwrap();
        assert_eq!(lines(&mut tail, true), ["the last one"]);
    }

    #[test]
    fn who_falls_behind_is_told_how_much_it_missed_and_hears_the_rest() {
        let (_folder, mut log, mut tail) = bounded();
        say(&mut log, "early\n");
        assert_eq!(lines(&mut tail, false), ["early"]);
        (0..50).for_each(|number| say(&mut log, &format!("line {number}\n")));
        let heard = lines(&mut tail, false);
        assert!(heard.iter().any(|line| line.ends_with(" bytes dropped …")), "{heard:?}");
        assert_eq!(heard.last().map(String::as_str), Some("line 49"));
        log.finish().unwrap();
        assert_eq!(lines(&mut tail, true), Vec::<String>::new());
        // A follower that comes afterwards hears the same from one file.
        let whole = lines(&mut Tail::new(tail.path.clone(), 0), true);
        assert_eq!(whole, [vec!["early".to_owned()], heard].concat());
    }

    #[test]
    fn what_a_crash_left_in_parts_is_read_whole_and_joined_even_twice() {
        let (folder, mut log, _) = bounded();
        let path = folder.path().join("a.1.log");
        (0..50).for_each(|number| say(&mut log, &format!("line {number}\n")));
        drop(log);
        let apart = lines(&mut Tail::new(&path, 0), true);
        assert!(apart.len() > 5 && apart.last().unwrap() == "line 49", "{apart:?}");
        // Somebody began to join and crashed, too.
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"half a join").unwrap();
        assert_eq!(lines(&mut Tail::new(&path, 0), true), apart);
        assert!(super::super::join(&path).unwrap() > 0);
        assert_eq!(super::super::join(&path).unwrap(), 0);
        assert_eq!(lines(&mut Tail::new(&path, 0), true), apart);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "the log and its index");
    }

    #[test]
    fn the_last_lines_begin_wherever_they_stand() {
        let (_folder, mut log, tail) = bounded();
        (0..50).for_each(|number| say(&mut log, &format!("line {number}\n")));
        let last = |count| lines(&mut Tail::last(&tail.path, count).unwrap(), false);
        assert_eq!(last(0), Vec::<String>::new());
        assert_eq!(last(1), ["line 49"]);
        // Across the border of the two parts; the oldest line that is kept is cut where its part begins.
        assert_eq!(last(2), ["line 48", "line 49"]);
        assert_eq!(last(3), ["ne 47", "line 48", "line 49"]);
        assert!(last(4)[1].ends_with(" bytes dropped …"), "{:?}", last(4));
        assert!(last(1000).len() > 5);
        let folder = tempfile::tempdir().unwrap();
        let check = |text: &str, count: usize, expected: &[&str]| {
            let path = folder.path().join("log");
            fs::write(&path, text).unwrap();
            assert_eq!(lines(&mut Tail::last(path, count).unwrap(), true), expected, "the last {count}");
        };
        check("", 3, &[]);
        check("a\nb\nc\n", 2, &["b", "c"]);
        check("a\nb\nc", 2, &["b", "c"]);
        check("a\nb\nc\n", 9, &["a", "b", "c"]);
        check("a\n\n\n", 2, &["", ""]);
        let endless = "x".repeat(60_000);
        check(&format!("a\n{endless}y\n{endless}\n"), 2, &[&format!("{endless}y"), &endless]);
        assert!(lines(&mut Tail::last(folder.path().join("none"), 3).unwrap(), true).is_empty());
    }

    #[test]
    fn one_stream_is_heard_alone_in_the_log_beside_it_and_when_it_is_whole() {
        let (_folder, mut log, tail) = bounded();
        let mut out = tail.clone().only(Stream::Out);
        let mut err = tail.clone().only(Stream::Err);
        for number in 0..40 {
            log.append(format!("out {number}\n").as_bytes(), Stream::Out, Timestamp::from_millis(number));
            log.append(format!("err {number}\n").as_bytes(), Stream::Err, Timestamp::from_millis(number));
            assert_eq!(lines(&mut out, false), [format!("out {number}")]);
            assert_eq!(lines(&mut err, false), [format!("err {number}")]);
        }
        log.append(b"out last", Stream::Out, Timestamp::from_millis(99));
        log.finish().unwrap();
        assert_eq!(lines(&mut out, true), ["out last"]);
        assert!(lines(&mut err, true).is_empty());
        let late = lines(&mut tail.clone().only(Stream::Err), true);
        assert!(
            late.len() > 3 && late[..2] == ["err 0", "err 1"] && late.last().unwrap() == "err 39",
            "{late:?}"
        );
    }
}
