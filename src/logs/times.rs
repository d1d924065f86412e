//! When each line of a log was heard and on which stream, looked up in the side index without holding
//! it: an index may be as long as a log is.
//!
//! Held are one position of every [`EVERY`] records, the gaps (there are few) and the page looked at
//! last.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use super::index::{Chunk, MAGIC, RECORD, Record, index_path, offset_of, parse};

/// How many records a page holds.
const EVERY: u64 = 1024;

/// Most pages that are read in one look, so that a look takes no time to speak of.
const PAGES_A_LOOK: usize = 64;

/// The side index of a log that may still be written.
#[derive(Debug)]
pub struct Times {
    path: PathBuf,
    /// Records understood so far.
    records: u64,
    /// The position of the first record of each page that was understood.
    marks: Vec<u64>,
    gaps: Vec<(u64, u64)>,
    page: Option<(u64, Vec<Record>)>,
}

impl Times {
    /// Begins with nothing; [`Times::look`] reads.
    #[must_use]
    pub fn of(log: &Path) -> Self {
        Self { path: index_path(log), records: 0, marks: Vec::new(), gaps: Vec::new(), page: None }
    }

    /// Reads on in the index, if there is more of it. True when there is still more.
    ///
    /// # Errors
    /// When it is there and can't be read, or is of a version that this one does not know.
    pub fn look(&mut self) -> io::Result<bool> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        if self.records == 0 && !is_known(&file)? {
            return Ok(false);
        }
        for _ in 0..PAGES_A_LOOK {
            let page = self.records / EVERY;
            let records = read_page(&file, page)?;
            let known = usize::try_from(self.records % EVERY).unwrap_or(0);
            if records.len() <= known {
                return Ok(false);
            }
            if known == 0 {
                self.marks.push(records[0].position);
            }
            self.gaps.extend(records[known..].iter().filter_map(Record::gap));
            self.gaps.sort_unstable();
            self.records += (records.len() - known) as u64;
            let full = records.len() as u64 == EVERY;
            self.page = Some((page, records));
            if !full {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The chunk that holds this offset of the log, as far as the index was read.
    ///
    /// # Errors
    /// When the index can't be read.
    pub fn at(&mut self, offset: u64) -> io::Result<Option<Chunk>> {
        // A gap's record at the end has a position from before; no page begins with one but the last.
        let page = self.marks.partition_point(|mark| offset_of(*mark, &self.gaps) <= offset);
        for page in (0..page as u64).rev() {
            self.turn_to(page)?;
            let Some((_, records)) = &self.page else { return Ok(None) };
            let chunks = records.iter().rev().filter_map(|it| it.chunk(&self.gaps));
            if let Some(chunk) = chunks.into_iter().find(|it| it.offset <= offset) {
                return Ok(Some(chunk));
            }
        }
        Ok(None)
    }

    fn turn_to(&mut self, page: u64) -> io::Result<()> {
        if self.page.as_ref().is_none_or(|(held, _)| *held != page) {
            let records = read_page(&File::open(&self.path)?, page)?;
            self.page = Some((page, records));
        }
        Ok(())
    }
}

fn is_known(file: &File) -> io::Result<bool> {
    let mut magic = [0; MAGIC.len()];
    Ok(file.read_at(&mut magic, 0)? == MAGIC.len() && magic == MAGIC)
}

fn read_page(file: &File, page: u64) -> io::Result<Vec<Record>> {
    let size = RECORD * usize::try_from(EVERY).unwrap_or(0);
    let mut bytes = vec![0; size];
    let start = MAGIC.len() as u64 + page * size as u64;
    let mut filled = 0;
    while filled < size {
        match file.read_at(&mut bytes[filled..], start + filled as u64)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(bytes[..filled].as_chunks::<RECORD>().0.iter().map(parse).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Timestamp,
        logs::{Index, LogFile, Stream},
    };

    #[test]
    fn it_says_what_the_whole_index_says_at_every_offset() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.1.log");
        let mut times = Times::of(&path);
        assert!(!times.look().unwrap());
        assert_eq!(times.at(0).unwrap(), None, "there is no index yet");
        let mut log = LogFile::create(&path, 60_000).unwrap();
        for number in 0..5_000_i64 {
            let stream = if number % 2 == 0 { Stream::Out } else { Stream::Err };
            log.append(b"0123456789\n", stream, Timestamp::from_millis(number));
            if number == 3_000 {
                times.look().unwrap();
                assert_eq!(times.at(5).unwrap().unwrap().stream, Stream::Out);
            }
        }
        assert_eq!(log.finish().unwrap().dropped, 0);
        while times.look().unwrap() {}
        let whole = Index::read(&path).unwrap();
        let length = std::fs::metadata(&path).unwrap().len();
        for offset in (0..length + 20).step_by(7) {
            assert_eq!(times.at(offset).unwrap(), whole.at(offset).copied(), "at {offset}");
        }
    }
}
