//! A page of a log: the lines around a place, through a sieve, and what matches next. Reads what is
//! near the place and nothing else; where a sieve lets little through, it looks further in steps, so
//! that who waits can be told how far it is, and can change their mind.

use std::{collections::VecDeque, io, path::PathBuf};

use regex::bytes::Regex;

use super::{
    index::Stream,
    level::{Level, level_of},
    lines::{LineReader, line_before, line_start},
    sieve::{Sieve, matches},
    times::Times,
    whole::{Change, WholeLog},
};
use crate::clock::Timestamp;

/// How much is read at once while looking for lines.
const STEP: u64 = 256 << 10;

/// A page holds no more bytes than this before its place, and no more behind it.
const PAGE_BYTES: usize = 1 << 20;

/// Most lines that passed the sieve and whose places are remembered.
const REMEMBERED: usize = 50_000;

/// A line as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Of its first byte.
    pub start: u64,
    /// Where the next line of the log begins.
    pub next: u64,
    /// Without its end; what is no UTF-8 became U+FFFD. Nothing in it is neutralised yet.
    pub text: String,
    /// What it says of itself.
    pub said: Option<Level>,
    /// When it was heard.
    pub time: Option<Timestamp>,
    /// Where it came from.
    pub stream: Option<Stream>,
}

/// Where a page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Around the line that holds this offset.
    At(u64),
    /// The last lines.
    End,
}

/// Lines in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// They have passed the sieve.
    pub lines: Vec<LogLine>,
    /// How many of them stand before the place.
    pub above: usize,
    /// Nothing stands before the first one.
    pub first: bool,
    /// Nothing stands behind the last one.
    pub last: bool,
    /// All that was wanted is there; else asking again goes on looking.
    pub whole: bool,
    /// How long the log is.
    pub length: u64,
}

/// What became of looking for the next match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// This line.
    Line(u64),
    /// There is none in this direction.
    Nothing,
    /// Not yet: go on from here.
    Further(u64),
}

/// What a line is looked for by.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// What it holds.
    Pattern(Regex),
    /// How grave it is at least.
    Grave(Level),
}

/// Which way to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the end.
    On,
    /// Towards the beginning.
    Back,
}

/// A log that is looked at page by page.
#[derive(Debug)]
pub struct LogPages {
    log: WholeLog,
    times: Times,
    sieve: Sieve,
    sifted: Sifted,
}

/// A stretch of the log that went through the sieve, and which lines of it passed.
#[derive(Debug, Default)]
struct Sifted {
    from: u64,
    to: u64,
    starts: VecDeque<u64>,
}

impl LogPages {
    /// Opens a log, which need not exist yet.
    ///
    /// # Errors
    /// When it is there and can't be read.
    pub fn open(path: impl Into<PathBuf>, sieve: Sieve) -> io::Result<Self> {
        let log = WholeLog::open(path)?;
        let times = Times::of(log.path());
        let mut pages = Self { log, times, sieve, sifted: Sifted::default() };
        pages.times.look()?;
        Ok(pages)
    }

    /// The log itself.
    #[must_use]
    pub const fn log(&self) -> &WholeLog {
        &self.log
    }

    /// Another sieve from here on.
    pub fn sift(&mut self, sieve: Sieve) {
        self.sieve = sieve;
        self.sifted = Sifted::default();
    }

    /// Looks whether there is more of the log.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn look(&mut self) -> io::Result<Change> {
        let change = self.log.look()?;
        self.times.look()?;
        if let Change::Moved { .. } = change {
            self.sifted = Sifted::default();
        }
        Ok(change)
    }

    /// The lines around a place. Through a sieve that lets little pass it looks at about `budget`
    /// bytes; what it learned is kept, so that asking again goes on.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn page(&mut self, place: Place, above: usize, below: usize, budget: u64) -> io::Result<Page> {
        if self.sieve.is_open() {
            return self.open_page(place, above, below);
        }
        self.sifted_page(place, above, below, budget)
    }

    fn open_page(&mut self, place: Place, above: usize, below: usize) -> io::Result<Page> {
        let length = self.log.len();
        let at = match place {
            Place::At(offset) if offset < length => line_start(&self.log, offset)?,
            _ => length,
        };
        let mut begin = at;
        let mut before = 0;
        while before < above && at - begin < PAGE_BYTES as u64 {
            let Some(start) = line_before(&self.log, begin)? else { break };
            begin = start;
            before += 1;
        }
        let mut reader = LineReader::new(begin, 64 << 10);
        let mut lines = Vec::with_capacity(before + below);
        let mut behind = 0;
        while lines.len() < before + below && behind < PAGE_BYTES {
            let Some((start, bytes, next)) = reader.next(&self.log)? else { break };
            if start >= at {
                behind += bytes.len();
            }
            lines.push(line(start, bytes, next, &mut self.times)?);
        }
        let last = lines.last().map_or(begin, |it| it.next) >= length;
        Ok(Page { lines, above: before, first: begin == 0, last, whole: true, length })
    }

    fn sifted_page(&mut self, place: Place, above: usize, below: usize, budget: u64) -> io::Result<Page> {
        let end = self.end_of_lines()?;
        let at = match place {
            Place::At(offset) if offset < end => line_start(&self.log, offset)?,
            _ => end,
        };
        let mut budget = budget;
        // Who follows the end goes on from where they were; who jumps begins anew.
        let follows = place == Place::End && self.sifted.to > self.sifted.from;
        if !follows && (at < self.sifted.from || at > self.sifted.to) {
            self.sifted = Sifted { from: at, to: at, starts: VecDeque::new() };
        }
        while self.behind(at) < below.max(1) && self.sifted.to < end && budget > 0 {
            let before = self.sifted.to;
            self.sift_on(at, end)?;
            budget = budget.saturating_sub(self.sifted.to - before);
        }
        while self.before(at) < above && self.sifted.from > 0 && budget > 0 {
            let before = self.sifted.from;
            self.sift_back()?;
            budget = budget.saturating_sub(before - self.sifted.from);
        }
        self.show(at, above, below, end)
    }

    /// Where the last line begins when it has no end yet, else the end of the log.
    fn end_of_lines(&self) -> io::Result<u64> {
        let length = self.log.len();
        let mut byte = [0];
        if length == 0 || self.log.read_at(&mut byte, length - 1)? == 0 || byte == *b"\n" {
            return Ok(length);
        }
        line_start(&self.log, length)
    }

    /// Lines that passed at a place or behind it.
    fn behind(&self, at: u64) -> usize {
        self.sifted.starts.len() - self.before(at)
    }

    /// Lines that passed before a place.
    fn before(&self, at: u64) -> usize {
        self.sifted.starts.partition_point(|start| *start < at)
    }

    /// Puts the next stretch of complete lines through the sieve.
    fn sift_on(&mut self, at: u64, end: u64) -> io::Result<()> {
        let mut reader = LineReader::new(self.sifted.to, usize::try_from(STEP).unwrap_or(0));
        let until = end.min(self.sifted.to + STEP);
        while reader.offset() < until {
            let Some((start, bytes, next)) = reader.next(&self.log)? else { break };
            if passes(&self.sieve, &mut self.times, start, bytes) {
                self.sifted.starts.push_back(start);
            }
            self.sifted.to = next;
        }
        // What became shorter meanwhile has no more to sift.
        self.sifted.to = self.sifted.to.max(until);
        while self.sifted.starts.len() > REMEMBERED && self.sifted.starts[1] < at {
            self.sifted.starts.pop_front();
            self.sifted.from = self.sifted.starts[0];
        }
        Ok(())
    }

    /// Puts the stretch before what was sifted through the sieve.
    fn sift_back(&mut self) -> io::Result<()> {
        let end = self.sifted.from;
        let begin = line_start(&self.log, end.saturating_sub(STEP).min(end - 1))?;
        let mut reader = LineReader::new(begin, usize::try_from(STEP).unwrap_or(0));
        let mut passed = Vec::new();
        while reader.offset() < end {
            let Some((start, bytes, _)) = reader.next(&self.log)? else { break };
            if passes(&self.sieve, &mut self.times, start, bytes) {
                passed.push(start);
            }
        }
        for start in passed.into_iter().rev() {
            self.sifted.starts.push_front(start);
        }
        self.sifted.from = begin;
        while self.sifted.starts.len() > REMEMBERED {
            if let Some(start) = self.sifted.starts.pop_back() {
                self.sifted.to = start;
            }
        }
        Ok(())
    }

    fn show(&mut self, at: u64, above: usize, below: usize, end: u64) -> io::Result<Page> {
        let before = self.before(at);
        let from = before.saturating_sub(above);
        let to = (before + below).min(self.sifted.starts.len());
        let all = self.sifted.to >= end;
        let mut shown: Vec<u64> = self.sifted.starts.range(from..to).copied().collect();
        let last = to == self.sifted.starts.len() && all;
        if last {
            // Shown as far as it is there; whether it stays is decided when it is complete.
            shown.push(end);
        }
        let mut lines = Vec::with_capacity(shown.len());
        let mut held = 0;
        for start in shown {
            let mut reader = LineReader::new(start, 0);
            let Some((start, bytes, next)) = reader.next(&self.log)? else { break };
            if start == end && !passes(&self.sieve, &mut self.times, start, bytes) || held > 2 * PAGE_BYTES {
                break;
            }
            held += bytes.len();
            lines.push(line(start, bytes, next, &mut self.times)?);
        }
        let first = from == 0 && self.sifted.from == 0;
        let whole = (before - from >= above || self.sifted.from == 0) && (to - before >= below || all);
        Ok(Page { lines, above: before - from, first, last, whole, length: self.log.len() })
    }

    /// The next line behind (or before) the one at `from` that is wanted and passes the sieve. Looks at
    /// about `budget` bytes.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn seek(&mut self, wanted: &Wanted, from: u64, way: Way, budget: u64) -> io::Result<Sought> {
        match way {
            Way::On => self.seek_on(wanted, from, budget),
            Way::Back => self.seek_back(wanted, from, budget),
        }
    }

    /// Begins with the line at `from` itself.
    fn seek_on(&mut self, wanted: &Wanted, from: u64, budget: u64) -> io::Result<Sought> {
        let mut reader = LineReader::new(line_start(&self.log, from)?, usize::try_from(STEP).unwrap_or(0));
        while reader.offset() < from.saturating_add(budget) {
            let Some((start, bytes, _)) = reader.next(&self.log)? else { return Ok(Sought::Nothing) };
            if start >= from && is_wanted(wanted, &self.sieve, &mut self.times, start, bytes) {
                return Ok(Sought::Line(start));
            }
        }
        Ok(Sought::Further(reader.offset()))
    }

    /// Looks at lines that begin before `from` only.
    fn seek_back(&mut self, wanted: &Wanted, from: u64, budget: u64) -> io::Result<Sought> {
        let mut end = from.min(self.log.len());
        let stop = end.saturating_sub(budget);
        while end > 0 {
            let begin = line_start(&self.log, end.saturating_sub(STEP).min(end - 1))?;
            let mut reader = LineReader::new(begin, usize::try_from(STEP).unwrap_or(0));
            let mut found = None;
            while reader.offset() < end {
                let Some((start, bytes, _)) = reader.next(&self.log)? else { break };
                if is_wanted(wanted, &self.sieve, &mut self.times, start, bytes) {
                    found = Some(start);
                }
            }
            if let Some(start) = found {
                return Ok(Sought::Line(start));
            }
            end = begin;
            if end <= stop && end > 0 {
                return Ok(Sought::Further(end));
            }
        }
        Ok(Sought::Nothing)
    }
}

fn is_wanted(wanted: &Wanted, sieve: &Sieve, times: &mut Times, start: u64, bytes: &[u8]) -> bool {
    let fits = match wanted {
        Wanted::Pattern(pattern) => matches(pattern, bytes),
        Wanted::Grave(least) => level_of(&String::from_utf8_lossy(bytes)).is_some_and(|it| it >= *least),
    };
    fits && passes(sieve, times, start, bytes)
}

fn passes(sieve: &Sieve, times: &mut Times, start: u64, bytes: &[u8]) -> bool {
    // A side index that can't be read says nothing of streams.
    sieve.passes(bytes, || times.at(start).ok().flatten().map(|it| it.stream))
}

fn line(start: u64, bytes: &[u8], next: u64, times: &mut Times) -> io::Result<LogLine> {
    let text = String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(bytes)).into_owned();
    let heard = times.at(start)?;
    Ok(LogLine {
        start,
        next,
        said: level_of(&text),
        text,
        time: heard.map(|it| it.time),
        stream: heard.map(|it| it.stream),
    })
}

#[cfg(test)]
mod tests;
