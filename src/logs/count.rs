//! The numbers of a log's lines, counted once in the background: one number is held for every
//! [`STRIDE`] bytes, however long the lines are.

use std::io;

use super::whole::WholeLog;

/// Between two numbers that are held.
const STRIDE: u64 = 1 << 20;

/// How far the lines of a log are counted.
#[derive(Debug, Default)]
pub struct LineCount {
    /// Ends of lines before each multiple of the stride, the first at 0.
    marks: Vec<u64>,
    /// Bytes that were counted.
    counted: u64,
    /// Ends of lines in them.
    ends: u64,
}

impl LineCount {
    /// Counts on, about `budget` bytes. True when there is more to count.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn advance(&mut self, log: &WholeLog, budget: u64) -> io::Result<bool> {
        let until = log.len().min(self.counted + budget);
        let mut bytes = vec![0; usize::try_from(budget.min(STRIDE)).unwrap_or(0)];
        while self.counted < until {
            let room = STRIDE - self.counted % STRIDE;
            if room == STRIDE {
                self.marks.push(self.ends);
            }
            let wanted = usize::try_from(room.min(until - self.counted)).unwrap_or(0).min(bytes.len());
            let count = log.fill_at(&mut bytes[..wanted], self.counted)?;
            if count == 0 {
                break;
            }
            self.ends += memchr::memchr_iter(b'\n', &bytes[..count]).count() as u64;
            self.counted += count as u64;
        }
        Ok(self.counted < log.len())
    }

    /// Bytes whose lines are counted.
    #[must_use]
    pub const fn counted(&self) -> u64 {
        self.counted
    }

    /// Ends of lines in what was counted.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.ends
    }

    /// Forgets what was counted behind `kept`.
    pub fn forget_behind(&mut self, kept: u64) {
        if self.counted <= kept {
            return;
        }
        let mark = kept / STRIDE;
        self.counted = mark * STRIDE;
        let at = usize::try_from(mark).unwrap_or(0);
        self.ends = self.marks.get(at).copied().unwrap_or(0);
        self.marks.truncate(at);
    }

    /// The number of the line that holds an offset, from 1; nothing where it is not counted yet.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn number_at(&self, log: &WholeLog, offset: u64) -> io::Result<Option<u64>> {
        if offset > self.counted {
            return Ok(None);
        }
        if offset == self.counted {
            return Ok(Some(self.ends + 1));
        }
        let mark = offset / STRIDE;
        let Some(before) = self.marks.get(usize::try_from(mark).unwrap_or(usize::MAX)) else {
            return Ok(None);
        };
        let mut bytes = vec![0; usize::try_from(offset % STRIDE).unwrap_or(0)];
        let count = log.fill_at(&mut bytes, mark * STRIDE)?;
        Ok(Some(before + memchr::memchr_iter(b'\n', &bytes[..count]).count() as u64 + 1))
    }

    /// Where the line of this number (from 1) begins; the last one that is counted when there are
    /// fewer.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn offset_of(&self, log: &WholeLog, number: u64) -> io::Result<u64> {
        let ends = number.saturating_sub(1).min(self.ends);
        if ends == 0 {
            return Ok(0);
        }
        let mark = self.marks.partition_point(|before| *before < ends).saturating_sub(1) as u64;
        let before = self.marks.get(usize::try_from(mark).unwrap_or(0)).copied().unwrap_or(0);
        let mut bytes = vec![0; usize::try_from(STRIDE).unwrap_or(0)];
        let count = log.fill_at(&mut bytes, mark * STRIDE)?;
        let wanted = usize::try_from(ends - before - 1).unwrap_or(usize::MAX);
        let end = memchr::memchr_iter(b'\n', &bytes[..count]).nth(wanted);
        Ok(end.map_or(log.len(), |end| mark * STRIDE + end as u64 + 1))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn lines_have_numbers_and_numbers_have_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.1.log");
        let mut text = String::new();
        let mut starts = Vec::new();
        for number in 0..60_000 {
            starts.push(text.len() as u64);
            text.push_str(&"x".repeat(number % 97));
            text.push('\n');
        }
        fs::write(&path, &text).unwrap();
        let log = WholeLog::open(&path).unwrap();
        let mut count = LineCount::default();
        assert_eq!(count.number_at(&log, 5).unwrap(), None);
        while count.advance(&log, 300_000).unwrap() {}
        assert_eq!((count.lines(), count.counted()), (60_000, log.len()));
        for at in (0..60_000).step_by(611) {
            let number = at as u64 + 1;
            assert_eq!(count.number_at(&log, starts[at]).unwrap(), Some(number));
            assert_eq!(count.offset_of(&log, number).unwrap(), starts[at], "line {number}");
        }
        assert_eq!(count.offset_of(&log, 99_999_999).unwrap(), log.len());
        count.forget_behind(1_500_000);
        while count.advance(&log, 300_000).unwrap() {}
        assert_eq!(count.lines(), 60_000);
    }
}
