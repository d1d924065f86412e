//! The lines of a log by their offsets, forwards and backwards, without reading more than stands near.
//!
//! A line ends at its `\n`. One that has none for long is broken, so that a text without any can be
//! walked through as well: at a multiple of [`BLOCK`], where the block before it holds no line's end.
//! Where it breaks depends on the bytes alone, so both directions agree, and no piece is as long as
//! two blocks.

use std::io;

use super::whole::WholeLog;

/// Lines are broken at multiples of this, where they are.
pub const BLOCK: u64 = 16 << 10;

const BLOCK_SIZE: usize = 16 << 10;

/// Where the line begins that holds this offset. An offset behind the end counts as the last byte.
///
/// # Errors
/// When the log can't be read.
pub fn line_start(log: &WholeLog, offset: u64) -> io::Result<u64> {
    let offset = offset.min(log.len());
    let mut block = vec![0; BLOCK_SIZE];
    let boundary = offset / BLOCK * BLOCK;
    if let Some(end) = last_end(log, &mut block, boundary, offset)? {
        return Ok(end + 1);
    }
    if boundary == 0 {
        return Ok(0);
    }
    let before = last_end(log, &mut block, boundary - BLOCK, boundary)?;
    Ok(before.map_or(boundary, |end| end + 1))
}

/// Where the line before the one at `start` begins; nothing at the first.
///
/// # Errors
/// When the log can't be read.
pub fn line_before(log: &WholeLog, start: u64) -> io::Result<Option<u64>> {
    if start == 0 { Ok(None) } else { line_start(log, start - 1).map(Some) }
}

/// The offset of the last `\n` in a stretch of at most one block.
fn last_end(log: &WholeLog, block: &mut [u8], from: u64, to: u64) -> io::Result<Option<u64>> {
    let wanted = usize::try_from(to - from).unwrap_or(BLOCK_SIZE).min(BLOCK_SIZE);
    let count = log.fill_at(&mut block[..wanted], from)?;
    Ok(memchr::memrchr(b'\n', &block[..count]).map(|at| from + at as u64))
}

/// Reads lines one after another. Holds a stretch of the log of about `stretch` bytes.
#[derive(Debug)]
pub struct LineReader {
    bytes: Vec<u8>,
    /// Of the first byte that is held.
    base: u64,
    /// How much of it was handed out.
    taken: usize,
    stretch: usize,
}

impl LineReader {
    /// Begins at the start of a line.
    #[must_use]
    pub fn new(start: u64, stretch: usize) -> Self {
        Self { bytes: Vec::new(), base: start, taken: 0, stretch: stretch.max(4 * BLOCK_SIZE) }
    }

    /// Where the next line begins.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.base + self.taken as u64
    }

    /// The next line as its start, its bytes without their end, and where the one after it begins;
    /// nothing at the end of what was there when the log was looked at last. The last line may have
    /// no end yet.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn next(&mut self, log: &WholeLog) -> io::Result<Option<(u64, &[u8], u64)>> {
        let mut span = self.span();
        if span.is_none() {
            self.more(log)?;
            span = self.span();
        }
        let Some((length, skipped)) = span.or_else(|| self.rest()) else { return Ok(None) };
        let start = self.offset();
        let from = self.taken;
        self.taken += length + skipped;
        Ok(Some((start, &self.bytes[from..from + length], start + (length + skipped) as u64)))
    }

    /// The length of the next line and of its end, when all of it is held.
    fn span(&self) -> Option<(usize, usize)> {
        let held = &self.bytes[self.taken..];
        let longest = usize::try_from(longest(self.offset())).unwrap_or(BLOCK_SIZE);
        match memchr::memchr(b'\n', &held[..held.len().min(longest)]) {
            Some(end) => Some((end, 1)),
            None if held.len() >= longest => Some((longest, 0)),
            None => None,
        }
    }

    /// The last line, which has no end.
    fn rest(&self) -> Option<(usize, usize)> {
        let left = self.bytes.len() - self.taken;
        (left > 0).then_some((left, 0))
    }

    fn more(&mut self, log: &WholeLog) -> io::Result<()> {
        self.bytes.drain(..self.taken);
        self.base += self.taken as u64;
        self.taken = 0;
        let held = self.bytes.len();
        self.bytes.resize(held + self.stretch, 0);
        let count = log.fill_at(&mut self.bytes[held..], self.base + held as u64)?;
        self.bytes.truncate(held + count);
        Ok(())
    }
}

/// How long a line from here on may be at most before it is broken: up to the first boundary whose
/// block before it lies within the line.
const fn longest(start: u64) -> u64 {
    start.next_multiple_of(BLOCK) + BLOCK - start
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn forwards(log: &WholeLog) -> Vec<(u64, usize, u64)> {
        let mut reader = LineReader::new(0, 1);
        let mut lines = Vec::new();
        while let Some((start, bytes, next)) = reader.next(log).unwrap() {
            lines.push((start, bytes.len(), next));
        }
        lines
    }

    fn backwards(log: &WholeLog) -> Vec<u64> {
        let mut starts = Vec::new();
        let mut at = log.len();
        while let Some(start) = line_before(log, at).unwrap() {
            starts.push(start);
            at = start;
        }
        starts.reverse();
        starts
    }

    fn log_of(text: &[u8]) -> (tempfile::TempDir, WholeLog) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.1.log");
        fs::write(&path, text).unwrap();
        let log = WholeLog::open(&path).unwrap();
        (folder, log)
    }

    #[test]
    fn lines_are_found_forwards() {
        let check = |text: &str, expected: &[(u64, usize, u64)]| {
            assert_eq!(forwards(&log_of(text.as_bytes()).1), expected, "{text:?}");
        };
        check("", &[]);
        check("a\n\nbc", &[(0, 1, 2), (2, 0, 3), (3, 2, 5)]);
        check("a\n", &[(0, 1, 2)]);
        let endless = "x".repeat(BLOCK_SIZE * 2 + 5);
        check(
            &endless,
            &[(0, BLOCK_SIZE, BLOCK), (BLOCK, BLOCK_SIZE, 2 * BLOCK), (2 * BLOCK, 5, 2 * BLOCK + 5)],
        );
        // It begins within a block: the first boundary behind it has an end of a line before it.
        check(
            &format!("a\n{endless}"),
            &[(0, 1, 2), (2, 2 * BLOCK_SIZE - 2, 2 * BLOCK), (2 * BLOCK, 7, 2 * BLOCK + 7)],
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn both_directions_agree_on_every_text(
            pieces in prop::collection::vec((0_usize..40_000, any::<bool>()), 0..8),
        ) {
            let text: Vec<u8> = pieces.iter().flat_map(|(length, end)| {
                let mut piece = vec![b'x'; *length];
                piece.extend(end.then_some(b'\n'));
                piece
            }).collect();
            let (_folder, log) = log_of(&text);
            let starts: Vec<u64> = forwards(&log).iter().map(|it| it.0).collect();
            prop_assert_eq!(&backwards(&log), &starts);
            for (start, length, next) in forwards(&log) {
                prop_assert!((length as u64) < 2 * BLOCK);
                for offset in [start, u64::midpoint(start, next), next - 1] {
                    prop_assert_eq!(line_start(&log, offset).unwrap(), start);
                }
            }
        }
    }
}
