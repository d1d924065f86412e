//! The side index of a log: when each chunk was heard, and on which stream.
//!
//! # Format
//!
//! A file beside the log, named like it with the ending `.idx`. Eight bytes `PDIDX` 0 0 1 (the last
//! is the version), then records of 16 bytes, both words little-endian:
//!
//! ```text
//! bytes 0..8   position: how much the child had printed before this record's first byte
//! byte  8      kind: 0 both streams, 1 standard output, 2 standard error, 3 gap, 4 turn
//! bytes 9..16  kinds 0 to 2: milliseconds since 1970; kind 3: how many bytes were dropped from here;
//!              kind 4: how long the log was when what follows went to files beside it
//! ```
//!
//! Positions count what was *printed*; they part from offsets in the log at each gap, where
//! [`dropped_line`](super::dropped_line) stands instead of the dropped bytes. [`Index::read`] turns
//! them into offsets. Gaps may come late in the file. Half a record at the end (a crash) is ignored.
//!
//! A record is written when the stream changes or 50 ms after the one before, so that a chatty child
//! costs at most twenty records a second and stream.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    ops::Range,
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::clock::Timestamp;

pub(super) const MAGIC: [u8; 8] = *b"PDIDX\0\0\x01";
pub(super) const RECORD: usize = 16;
const GAP: u8 = 3;
const TURN: u8 = 4;

/// Chunks of one stream that arrive closer together than this share a record.
const MERGE: Duration = Duration::from_millis(50);

/// Where the log's side index stands.
#[must_use]
pub fn index_path(log: &Path) -> PathBuf {
    log.with_extension("idx")
}

/// Where a chunk of output came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Both streams through one pipe or terminal: nobody can tell.
    Both,
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

impl Stream {
    const fn kind(self) -> u8 {
        match self {
            Self::Both => 0,
            Self::Out => 1,
            Self::Err => 2,
        }
    }

    const fn of_kind(kind: u8) -> Option<Self> {
        match kind {
            0 => Some(Self::Both),
            1 => Some(Self::Out),
            2 => Some(Self::Err),
            _ => None,
        }
    }
}

/// A stretch of the log that was heard at one time on one stream. It ends where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Of its first byte in the log.
    pub offset: u64,
    /// When it was heard.
    pub time: Timestamp,
    /// Where it came from.
    pub stream: Stream,
}

/// Where a log outgrew its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// How much had been printed.
    pub position: u64,
    /// How long the log was.
    pub offset: u64,
}

/// Where a log outgrew its head, as its index says.
pub(super) fn turn(log: &Path) -> Option<Turn> {
    let mut records = Records::of(log);
    records.read().ok()?;
    records.turn
}

/// Says in the index of a log that nobody writes any more that from `position` on, `dropped` bytes are
/// missing. It may have been said before.
pub(super) fn add_gap(log: &Path, position: u64, dropped: u64) {
    let mut records = Records::of(log);
    let said = records.read().is_ok() && records.gaps.contains(&(position, dropped));
    let Ok(file) = OpenOptions::new().append(true).open(index_path(log)) else { return };
    // Half a record of somebody who crashed would shift the next one.
    let whole = file.metadata().map_or(0, |it| it.len() - it.len() % 8);
    let whole = whole - (whole.saturating_sub(MAGIC.len() as u64)) % RECORD as u64;
    if !said && file.set_len(whole).is_ok() {
        IndexWriter { path: index_path(log), file: Opened::Yes(file), last: None }.gap(position, dropped);
    }
}

/// The records of an index, read on as they come.
#[derive(Clone, Debug)]
pub(super) struct Records {
    path: PathBuf,
    /// How many bytes of the file were read.
    read: u64,
    /// Where which stream was heard, by position.
    heard: Vec<(u64, Stream)>,
    /// From where how many bytes are missing, by position.
    gaps: Vec<(u64, u64)>,
    turn: Option<Turn>,
}

impl Records {
    pub(super) fn of(log: &Path) -> Self {
        Self { path: index_path(log), read: 0, heard: Vec::new(), gaps: Vec::new(), turn: None }
    }

    /// Takes in what was written since. There is no index before anything was printed.
    pub(super) fn read(&mut self) -> io::Result<()> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            file => file?,
        };
        let begin = self.read.max(MAGIC.len() as u64);
        let mut bytes = Vec::new();
        let length = file.metadata()?.len();
        bytes.resize(usize::try_from(length.saturating_sub(begin)).unwrap_or(0), 0);
        file.read_exact_at(&mut bytes, begin)?;
        let records = bytes.as_chunks::<RECORD>().0;
        for record in records {
            let Record { position, kind, value } = parse(record);
            match Stream::of_kind(kind) {
                Some(stream) => self.heard.push((position, stream)),
                None if kind == GAP => self.gaps.push((position, value)),
                None if kind == TURN => self.turn = Some(Turn { position, offset: value }),
                None => {}
            }
        }
        self.gaps.sort_unstable();
        self.read = begin + (records.len() * RECORD) as u64;
        Ok(())
    }

    /// Where in the whole log the byte stands that was printed at `position`.
    pub(super) fn offset_of(&self, position: u64) -> u64 {
        offset_of(position, &self.gaps)
    }

    /// The stretches of `from..to` (positions where `printed`, else offsets in the log) that were heard
    /// on a stream, as ranges from `from`. What was heard before is forgotten.
    pub(super) fn heard_on(
        &mut self,
        stream: Stream,
        from: u64,
        to: u64,
        printed: bool,
    ) -> Vec<Range<usize>> {
        let place = |position: u64| if printed { position } else { offset_of(position, &self.gaps) };
        let passed = self.heard.partition_point(|(position, _)| place(*position) <= from).saturating_sub(1);
        let within = &self.heard[passed..];
        let within = &within[..within.partition_point(|(position, _)| place(*position) < to)];
        let length = |place: u64| usize::try_from(place.clamp(from, to) - from).unwrap_or(usize::MAX);
        let ends = within.iter().skip(1).map(|(position, _)| length(place(*position))).chain([length(to)]);
        let ranges = within.iter().zip(ends).filter(|((_, heard), _)| *heard == stream);
        let ranges: Vec<Range<usize>> =
            ranges.map(|((position, _), end)| length(place(*position))..end).collect();
        self.heard.drain(..passed);
        ranges
    }
}

/// The side index of a log, as far as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// By offset, ascending.
    pub chunks: Vec<Chunk>,
}

impl Index {
    /// Reads the side index of `log`.
    ///
    /// # Errors
    ///
    /// The file can't be read, or was written by a version that this one does not know.
    pub fn read(log: &Path) -> io::Result<Self> {
        let bytes = match fs::read(index_path(log)) {
            Ok(bytes) => bytes,
            // Nothing was printed: nothing was written to it.
            Err(error) if error.kind() == io::ErrorKind::NotFound && log.exists() => {
                return Ok(Self::default());
            }
            Err(error) => return Err(error),
        };
        let Some(records) = bytes.strip_prefix(&MAGIC) else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "not a side index that this version knows",
            ));
        };
        Ok(Self::from_records(records))
    }

    /// The chunk that holds this offset of the log.
    #[must_use]
    pub fn at(&self, offset: u64) -> Option<&Chunk> {
        let after = self.chunks.partition_point(|chunk| chunk.offset <= offset);
        self.chunks[..after].last()
    }

    fn from_records(records: &[u8]) -> Self {
        let records: Vec<Record> = records.as_chunks::<RECORD>().0.iter().map(parse).collect();
        let mut gaps: Vec<_> = records.iter().filter_map(Record::gap).collect();
        gaps.sort_unstable();
        let mut chunks: Vec<Chunk> = Vec::with_capacity(records.len());
        for chunk in records.iter().filter_map(|it| it.chunk(&gaps)) {
            // Of several chunks within one gap the last is the one whose end was kept.
            if chunks.last().is_some_and(|last| last.offset == chunk.offset) {
                chunks.pop();
            }
            chunks.push(chunk);
        }
        Self { chunks }
    }
}

/// A record as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) position: u64,
    kind: u8,
    value: u64,
}

impl Record {
    /// The chunk that begins with it; absent for a gap and for what this version does not know.
    pub(super) fn chunk(&self, gaps: &[(u64, u64)]) -> Option<Chunk> {
        let time = Timestamp::from_millis(i64::try_from(self.value).unwrap_or(i64::MAX));
        let stream = Stream::of_kind(self.kind)?;
        Some(Chunk { offset: offset_of(self.position, gaps), time, stream })
    }

    /// Where a gap begins and how many bytes are missing.
    pub(super) fn gap(&self) -> Option<(u64, u64)> {
        (self.kind == GAP).then_some((self.position, self.value))
    }
}

/// Where the byte that was printed at `position` stands in the log; for a dropped one, where the log
/// goes on after it. A gap that lies within an earlier, wider one counts no second time.
pub(super) fn offset_of(position: u64, gaps: &[(u64, u64)]) -> u64 {
    let mut offset = position;
    let mut covered = 0;
    for &(start, dropped) in gaps {
        let end = start + dropped;
        if start < covered || start > position {
            continue;
        }
        covered = end;
        let note = super::dropped_line(dropped).len() as u64;
        offset = offset + note - dropped.min(position - start);
    }
    offset
}

pub(super) fn parse(record: &[u8; RECORD]) -> Record {
    let word = |at: usize| u64::from_le_bytes(record[at..at + 8].try_into().expect("eight bytes of sixteen"));
    Record { position: word(0), kind: record[8], value: word(8) >> 8 }
}

/// The writing side. An index is an aid: when it can't be written, the log goes on without it.
#[derive(Debug)]
pub(super) struct IndexWriter {
    path: PathBuf,
    file: Opened,
    last: Option<(Stream, Timestamp)>,
}

/// The file of an index: made with its first record, for most tasks of a large plan print nothing.
#[derive(Debug)]
enum Opened {
    NotYet,
    Yes(File),
    /// It can't be written.
    Failed,
}

impl IndexWriter {
    /// Takes the place of an index that may be there.
    pub(super) fn create(log: &Path) -> io::Result<Self> {
        let path = index_path(log);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(Self { path, file: Opened::NotYet, last: None }),
        }
    }

    fn open(&mut self) -> Option<&mut File> {
        if matches!(self.file, Opened::NotYet) {
            let made =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.path);
            let begun = made.and_then(|mut file| file.write_all(&MAGIC).map(|()| file));
            self.file = begun.map_or(Opened::Failed, Opened::Yes);
        }
        match &mut self.file {
            Opened::Yes(file) => Some(file),
            Opened::NotYet | Opened::Failed => None,
        }
    }

    /// A chunk begins at `position`.
    pub(super) fn chunk(&mut self, position: u64, stream: Stream, now: Timestamp) {
        let merged =
            self.last.is_some_and(|(last, since)| last == stream && now >= since && now.since(since) < MERGE);
        if merged {
            return;
        }
        self.last = Some((stream, now));
        self.record(position, stream.kind(), u64::try_from(now.millis()).unwrap_or(0));
    }

    /// From `position` on, `dropped` bytes are missing in the log.
    pub(super) fn gap(&mut self, position: u64, dropped: u64) {
        self.record(position, GAP, dropped);
    }

    /// From `position` on, what is printed goes to files beside the log, which is so long now.
    pub(super) fn turn(&mut self, position: u64, length: u64) {
        self.record(position, TURN, length);
    }

    fn record(&mut self, position: u64, kind: u8, value: u64) {
        let mut record = [0; RECORD];
        record[..8].copy_from_slice(&position.to_le_bytes());
        record[8..].copy_from_slice(&((value << 8) | u64::from(kind)).to_le_bytes());
        // Half a record would shift all that follow; after the first failure nothing more is written.
        if self.open().is_some_and(|file| file.write_all(&record).is_err()) {
            self.file = Opened::Failed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(position: u64, kind: u8, value: u64) -> Vec<u8> {
        [position.to_le_bytes(), ((value << 8) | u64::from(kind)).to_le_bytes()].concat()
    }

    fn offsets(records: &[Vec<u8>]) -> Vec<u64> {
        Index::from_records(&records.concat()).chunks.iter().map(|chunk| chunk.offset).collect()
    }

    #[test]
    fn positions_become_offsets_behind_a_gap() {
        let note = super::super::dropped_line(100).len() as u64;
        let records =
            [record(0, 1, 1), record(10, 2, 2), record(50, 1, 3), record(115, 2, 4), record(20, GAP, 100)];
        // 50 and 115 were dropped: the log goes on behind the note, with what was heard last.
        assert_eq!(offsets(&records), [0, 10, 20 + note]);
        assert_eq!(offsets(&[record(130, 0, 1), record(20, GAP, 100)]), [30 + note]);
    }

    #[test]
    fn half_a_record_at_the_end_is_ignored() {
        let mut records = record(0, 0, 7);
        records.extend([1, 2, 3]);
        assert_eq!(Index::from_records(&records).chunks.len(), 1);
    }

    #[test]
    fn chunks_close_together_share_a_record_unless_the_stream_changes() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("a.1.log");
        let mut writer = IndexWriter::create(&log).unwrap();
        let heard = [(Stream::Out, 0), (Stream::Out, 49), (Stream::Err, 49), (Stream::Err, 99)];
        for (at, (stream, millis)) in heard.into_iter().enumerate() {
            writer.chunk(at as u64, stream, Timestamp::from_millis(millis));
        }
        let index = Index::read(&log).unwrap();
        assert_eq!(index.chunks.iter().map(|it| it.offset).collect::<Vec<_>>(), [0, 2, 3]);
        assert_eq!(index.at(1).unwrap().stream, Stream::Out);
        assert_eq!(index.at(2).unwrap().stream, Stream::Err);
    }
}
