//! A log as one text of bytes with offsets, also while it has outgrown its head and its newest output
//! stands in files beside it.
//!
//! Nothing of it is held but descriptors: every read names its offset.

use std::{
    fs::File,
    io,
    os::unix::fs::{FileExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

use super::parts::{parts, turn_of};

/// What stands between the head and the newest output of a log that is still being written.
const MISSING: &str = "\n… what was printed in between is dropped …\n";

/// What became of a log since it was looked at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// There is more of it; what was there stands where it stood.
    Grew,
    /// What lies behind this offset is no longer what it was: output was dropped, or the log ended and
    /// was put together.
    Moved {
        /// What stands before it is as it was.
        kept: u64,
    },
}

/// An open log.
#[derive(Debug)]
pub struct WholeLog {
    path: PathBuf,
    parts: Vec<Part>,
    length: u64,
}

#[derive(Debug)]
enum Part {
    File { file: File, id: u64, length: u64 },
    Note,
}

impl Part {
    const fn length(&self) -> u64 {
        match self {
            Self::File { length, .. } => *length,
            Self::Note => MISSING.len() as u64,
        }
    }

    const fn id(&self) -> Option<u64> {
        match self {
            Self::File { id, .. } => Some(*id),
            Self::Note => None,
        }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match self {
            Self::File { file, length, .. } => {
                let room = usize::try_from(length.saturating_sub(offset)).unwrap_or(usize::MAX);
                let wanted = buffer.len().min(room);
                file.read_at(&mut buffer[..wanted], offset)
            }
            Self::Note => {
                let rest = &MISSING.as_bytes()[usize::try_from(offset).unwrap_or(0)..];
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
        }
    }
}

impl WholeLog {
    /// Opens a log. It need not exist yet: then it is empty until it does.
    ///
    /// # Errors
    /// When it is there and can't be opened.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let parts = parts_of(&path)?;
        let length = parts.iter().map(Part::length).sum();
        Ok(Self { path, parts, length })
    }

    /// How long it was when it was looked at last, in bytes.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.length
    }

    /// True when it held nothing when it was looked at last.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Where it stands.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Looks whether there is more of it.
    ///
    /// # Errors
    /// When it can't be read any more.
    pub fn look(&mut self) -> io::Result<Change> {
        let now = parts_of(&self.path)?;
        let before = std::mem::replace(&mut self.parts, now);
        let length_before = std::mem::replace(&mut self.length, self.parts.iter().map(Part::length).sum());
        let same_files = before.iter().map(Part::id).eq(self.parts.iter().map(Part::id));
        if !before.is_empty() && !same_files {
            let kept = before.first().map_or(0, Part::length);
            return Ok(Change::Moved { kept: kept.min(self.length) });
        }
        Ok(match self.length {
            now if now == length_before => Change::None,
            now if now < length_before => Change::Moved { kept: 0 },
            _ => Change::Grew,
        })
    }

    /// Reads at an offset as far as the log went when it was looked at last; 0 at its end.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut start = 0;
        for part in &self.parts {
            let length = part.length();
            if offset < start + length {
                return part.read_at(buffer, offset - start);
            }
            start += length;
        }
        Ok(0)
    }

    /// Fills the buffer from an offset on, as far as there is anything.
    ///
    /// # Errors
    /// As [`WholeLog::read_at`].
    pub fn fill_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read_at(&mut buffer[filled..], offset + filled as u64)? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }
}

fn parts_of(path: &Path) -> io::Result<Vec<Part>> {
    let tail = parts(path);
    let turn = turn_of(path);
    let Some(mut head) = file_part(path)? else { return Ok(Vec::new()) };
    let Some(first) = tail.first() else { return Ok(vec![head]) };
    if let Part::File { length, .. } = &mut head {
        // What stands behind is being put there from the parts.
        *length = turn.offset.min(*length);
    }
    let mut all = vec![head];
    if first.start > turn.position {
        all.push(Part::Note);
    }
    for part in tail {
        all.extend(file_part(&part.path)?);
    }
    Ok(all)
}

fn file_part(path: &Path) -> io::Result<Option<Part>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    Ok(Some(Part::File { file, id: metadata.ino(), length: metadata.len() }))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn all(log: &WholeLog) -> String {
        let mut bytes = vec![0; 1000];
        let count = log.fill_at(&mut bytes, 0).unwrap();
        assert_eq!(count as u64, log.len());
        String::from_utf8(bytes[..count].to_vec()).unwrap()
    }

    #[test]
    fn a_log_that_outgrew_its_head_reads_as_one_text_and_says_when_it_moves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.1.log");
        let mut log = WholeLog::open(&path).unwrap();
        assert_eq!((log.len(), log.look().unwrap()), (0, Change::None), "it need not exist yet");
        fs::write(&path, "head").unwrap();
        assert_eq!((log.look().unwrap(), all(&log)), (Change::Grew, "head".to_owned()));
        let tail = path.with_extension("tail");
        fs::create_dir(&tail).unwrap();
        fs::write(tail.join("4"), "one ").unwrap();
        assert_eq!(log.look().unwrap(), Change::Moved { kept: 4 });
        assert_eq!(all(&log), "headone ");
        fs::write(tail.join("4"), "one two").unwrap();
        assert_eq!(log.look().unwrap(), Change::Grew);
        fs::write(tail.join("11"), "three").unwrap();
        assert_eq!(log.look().unwrap(), Change::Moved { kept: 4 });
        assert_eq!(all(&log), "headone twothree");
        fs::remove_file(tail.join("4")).unwrap();
        assert_eq!(log.look().unwrap(), Change::Moved { kept: 4 });
        assert_eq!(all(&log), format!("head{MISSING}three"));
        fs::remove_dir_all(&tail).unwrap();
        fs::write(&path, "head and tail").unwrap();
        assert_eq!((log.look().unwrap(), all(&log)), (Change::Moved { kept: 4 }, "head and tail".to_owned()));
    }
}
