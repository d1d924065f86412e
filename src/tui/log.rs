//! The right side: where one is in a log, which lines are wanted, and what is in sight of them. Pure:
//! lines come in, what is to be read goes out.

use super::{
    cells::{self, Glyph},
    words::{Stamps, Typed},
};
use crate::{
    ids::{AttemptId, RunId},
    logs::{Level, LogLine, Page, Place, Sieve, Stream, Unsaid},
};

/// Whose log it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// The run.
    pub run: RunId,
    /// The attempt.
    pub attempt: AttemptId,
}

/// The line in sight at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Top {
    /// The end is in sight, whatever comes.
    Follow,
    /// This row of the line that begins here.
    At {
        /// Of the line's first byte.
        start: u64,
        /// From 0; more than 0 only within a wrapped line.
        row: usize,
    },
}

/// What is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Of which log.
    pub whose: Whose,
    /// Around which place.
    pub place: Place,
    /// Lines before it.
    pub above: usize,
    /// Lines behind it.
    pub below: usize,
    /// Grows with every other sieve.
    pub sieve: u64,
}

/// What is known of a log beside the lines in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// The number of the line the page was asked for; from 1.
    pub line: Option<u64>,
    /// Ends of lines counted so far.
    pub lines: u64,
    /// All are counted.
    pub counted: bool,
}

/// A row of the picture: a line, or a part of a wrapped one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// The line.
    pub line: &'a LogLine,
    /// Which row of it; its time stands beside the first only.
    pub row: usize,
    /// What is shown of it.
    pub glyphs: Vec<Glyph>,
}

/// A log that is looked at.
#[derive(Debug)]
pub struct LogPane {
    whose: Option<Whose>,
    page: Page,
    /// What the page answers.
    answers: Option<Need>,
    /// What is known of the log.
    pub measure: Measure,
    top: Top,
    /// Columns that are cut off at the left.
    pub left: usize,
    /// Long lines go on in the next row.
    pub wrap: bool,
    /// Which time stands beside a line.
    pub stamps: Stamps,
    /// Least grave level that is shown.
    pub level: Option<Level>,
    /// Only this stream.
    pub stream: Option<Stream>,
    /// Only lines that match.
    pub grep: Option<Typed>,
    /// What is looked for.
    pub search: Option<Typed>,
    /// Where it was found last.
    pub hit: Option<u64>,
    /// What an unsaid level on standard error counts as.
    on_stderr: Unsaid,
    sieve: u64,
    colour: bool,
}

impl LogPane {
    /// Nothing yet.
    #[must_use]
    pub fn new(on_stderr: Unsaid, colour: bool) -> Self {
        Self {
            whose: None,
            page: Page::default(),
            answers: None,
            measure: Measure::default(),
            top: Top::Follow,
            left: 0,
            wrap: false,
            stamps: Stamps::Off,
            level: None,
            stream: None,
            grep: None,
            search: None,
            hit: None,
            on_stderr,
            sieve: 0,
            colour,
        }
    }

    /// Turns to a log; the one that is looked at already stays where it is.
    pub fn turn_to(&mut self, whose: Option<Whose>) {
        if self.whose != whose {
            self.whose = whose;
            self.page = Page::default();
            self.answers = None;
            self.measure = Measure::default();
            self.top = Top::Follow;
            self.left = 0;
            self.hit = None;
        }
    }

    /// Whose log it is.
    #[must_use]
    pub const fn whose(&self) -> Option<&Whose> {
        self.whose.as_ref()
    }

    /// What is to be read for a picture of so many rows.
    #[must_use]
    pub fn need(&self, rows: usize) -> Option<Need> {
        let (place, above, below) = match self.top {
            Top::Follow => (Place::End, 3 * rows + 1, 0),
            Top::At { start, .. } => (Place::At(start), 2 * rows + 1, 3 * rows + 1),
        };
        Some(Need { whose: self.whose.clone()?, place, above, below, sieve: self.sieve })
    }

    /// Takes lines that were read, if they are still wanted.
    pub fn take(&mut self, need: Need, page: Page, measure: Measure) {
        if self.whose.as_ref() == Some(&need.whose) && need.sieve == self.sieve {
            self.page = page;
            self.measure = measure;
            self.answers = Some(need);
        }
    }

    /// The lines that are held.
    #[must_use]
    pub const fn page(&self) -> &Page {
        &self.page
    }

    /// True until lines of this log, through this sieve, are there.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.answers.as_ref().is_none_or(|it| it.sieve != self.sieve) || !self.page.whole
    }

    /// True when the end is followed.
    #[must_use]
    pub fn follows(&self) -> bool {
        self.top == Top::Follow
    }

    /// What a line must have to be shown.
    #[must_use]
    pub fn sieve(&self) -> Sieve {
        Sieve {
            level: self.level,
            stream: self.stream,
            grep: self.grep.as_ref().map(|it| it.pattern.clone()),
            on_stderr: self.on_stderr,
        }
    }

    /// How grave a line counts as.
    #[must_use]
    pub fn level_of(&self, line: &LogLine) -> Level {
        line.said.unwrap_or_else(|| self.on_stderr.level(line.stream))
    }

    /// Other lines are wanted from here on; where one is stays.
    fn sieved(&mut self) {
        self.sieve += 1;
        self.left = 0;
    }

    /// The next least grave level.
    pub fn next_level(&mut self) {
        self.level = match self.level {
            None => Some(Level::Debug),
            Some(Level::Trace | Level::Debug) => Some(Level::Info),
            Some(Level::Info) => Some(Level::Warn),
            Some(Level::Warn) => Some(Level::Error),
            Some(Level::Error | Level::Fatal) => None,
        };
        self.sieved();
    }

    /// The next stream.
    pub fn next_stream(&mut self) {
        self.stream = match self.stream {
            None => Some(Stream::Out),
            Some(Stream::Out) => Some(Stream::Err),
            Some(Stream::Err | Stream::Both) => None,
        };
        self.sieved();
    }

    /// Only lines that match this; all when there is nothing.
    pub fn only(&mut self, grep: Option<Typed>) {
        self.grep = grep;
        self.sieved();
    }

    /// No filter and no search any more. False when there was none.
    pub fn clear(&mut self) -> bool {
        let filtered = self.is_filtered();
        let searched = self.search.take().is_some();
        self.hit = None;
        if filtered {
            self.level = None;
            self.stream = None;
            self.grep = None;
            self.sieved();
        }
        filtered || searched
    }

    /// True when not every line is shown.
    #[must_use]
    pub const fn is_filtered(&self) -> bool {
        self.level.is_some() || self.stream.is_some() || self.grep.is_some()
    }

    /// Other times beside the lines.
    pub const fn next_stamps(&mut self) {
        self.stamps = self.stamps.next();
    }

    /// Wraps long lines, or cuts them.
    pub const fn toggle_wrap(&mut self) {
        self.wrap = !self.wrap;
        self.left = 0;
        if let Top::At { row, .. } = &mut self.top {
            *row = 0;
        }
    }

    /// To the beginning.
    pub const fn go_to_start(&mut self) {
        self.top = Top::At { start: 0, row: 0 };
    }

    /// To the end, to follow it.
    pub const fn follow(&mut self) {
        self.top = Top::Follow;
    }

    /// Stays where it is, or follows.
    pub fn toggle_follow(&mut self, columns: usize, rows: usize) {
        if self.follows() { self.hold(columns, rows) } else { self.follow() }
    }

    /// Stays where it is.
    pub fn hold(&mut self, columns: usize, rows: usize) {
        if let Some(top) = self.top_in_sight(columns, rows) {
            self.top = top;
        }
    }

    /// Stays where it is, unless it follows.
    pub fn hold_unless_following(&mut self, columns: usize, rows: usize) {
        if !self.follows() {
            self.hold(columns, rows);
        }
    }

    /// To a line that was found.
    pub const fn go_to(&mut self, start: u64) {
        self.top = Top::At { start, row: 0 };
        self.hit = Some(start);
    }

    /// Where to look for the next match from.
    #[must_use]
    pub fn place(&self, columns: usize, rows: usize) -> u64 {
        if let Some(hit) = self.hit {
            return hit;
        }
        match self.top_in_sight(columns, rows) {
            Some(Top::At { start, .. }) => start,
            _ => 0,
        }
    }

    /// Moves by so many rows. Whoever goes down beyond the end follows it.
    pub fn scroll(&mut self, by: isize, columns: usize, rows: usize) {
        self.hit = None;
        if by > 0 && self.follows() {
            return;
        }
        let Some(Top::At { start, row }) = self.top_in_sight(columns, rows) else { return };
        let Some(mut line) = self.page.lines.iter().position(|it| it.start >= start) else { return };
        let mut row = row;
        for _ in 0..by.unsigned_abs() {
            if by < 0 {
                if row > 0 {
                    row -= 1;
                } else if line > 0 {
                    line -= 1;
                    row = self.height(line, columns) - 1;
                } else {
                    break;
                }
            } else if row + 1 < self.height(line, columns) {
                row += 1;
            } else if line + 1 < self.page.lines.len() {
                line += 1;
                row = 0;
            } else {
                break;
            }
        }
        self.top = Top::At { start: self.page.lines[line].start, row };
        if by > 0 && self.page.last && self.below(line, row, columns, rows) <= rows {
            self.top = Top::Follow;
        }
    }

    /// Rows from this one to the end, as far as `most`.
    fn below(&self, line: usize, row: usize, columns: usize, most: usize) -> usize {
        let mut rows = self.height(line, columns) - row;
        for line in line + 1..self.page.lines.len() {
            if rows > most {
                break;
            }
            rows += self.height(line, columns);
        }
        rows
    }

    /// Moves by so many columns.
    pub fn shift(&mut self, by: isize) {
        if !self.wrap {
            self.left = self.left.saturating_add_signed(by).min(1 << 16);
        }
    }

    /// What is at the top of a picture of this size; nothing without lines.
    fn top_in_sight(&self, columns: usize, rows: usize) -> Option<Top> {
        let lines = &self.page.lines;
        match self.top {
            Top::At { start, row } => {
                let at = lines.iter().position(|it| it.next > start).unwrap_or(lines.len().checked_sub(1)?);
                let same = lines[at].start == start;
                Some(Top::At { start: lines[at].start, row: if same { row } else { 0 } })
            }
            Top::Follow => {
                let mut left = rows;
                for (at, line) in lines.iter().enumerate().rev() {
                    let height = self.height(at, columns);
                    if height >= left || at == 0 {
                        return Some(Top::At { start: line.start, row: height.saturating_sub(left) });
                    }
                    left -= height;
                }
                None
            }
        }
    }

    /// Rows that a line takes.
    fn height(&self, line: usize, columns: usize) -> usize {
        if !self.wrap {
            return 1;
        }
        let glyphs = cells::glyphs(&self.page.lines[line].text, false);
        cells::wrap(&glyphs, self.text_columns(columns)).len()
    }

    fn text_columns(&self, columns: usize) -> usize {
        columns.saturating_sub(self.stamps.columns()).max(1)
    }

    /// The rows of a picture of this size.
    #[must_use]
    pub fn sight(&self, columns: usize, rows: usize) -> Vec<Shown<'_>> {
        let Some(Top::At { start, row: first }) = self.top_in_sight(columns, rows) else { return Vec::new() };
        let columns = self.text_columns(columns);
        let mut shown = Vec::with_capacity(rows);
        let mut skip = first;
        for line in self.page.lines.iter().skip_while(|it| it.start < start) {
            let glyphs = cells::glyphs(&line.text, self.colour);
            if self.wrap {
                let starts = cells::wrap(&glyphs, columns);
                for (row, from) in starts.iter().enumerate().skip(skip) {
                    let to = starts.get(row + 1).copied().unwrap_or(glyphs.len());
                    shown.push(Shown { line, row, glyphs: glyphs[*from..to].to_vec() });
                }
            } else {
                shown.push(Shown { line, row: 0, glyphs: cut(glyphs, self.left, columns) });
            }
            skip = 0;
            if shown.len() >= rows {
                break;
            }
        }
        shown.truncate(rows);
        shown
    }
}

/// The glyphs from a column on.
fn cut(glyphs: Vec<Glyph>, left: usize, columns: usize) -> Vec<Glyph> {
    let mut column = 0;
    let mut kept = Vec::new();
    for mut glyph in glyphs {
        let from = column;
        column += glyph.width;
        if column <= left {
            continue;
        }
        if from < left {
            // Half of a wide character is a gap.
            " ".clone_into(&mut glyph.symbol);
            glyph.width = column - left;
        }
        if column > left + columns {
            break;
        }
        kept.push(glyph);
    }
    kept
}
