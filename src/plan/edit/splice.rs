//! A change of some bytes, as a change of the line they stand on.

use std::ops::Range;

use super::LineEdit;

/// Bytes of a text and what comes in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) new: String,
}

impl Splice {
    pub(super) fn new(range: Range<usize>, new: impl Into<String>) -> Self {
        Self { range, new: new.into() }
    }
}

/// A splice and the file it is made in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Patch {
    pub(super) file: String,
    pub(super) splice: Splice,
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct LineStarts(Vec<usize>);

impl LineStarts {
    pub(super) fn of(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self(std::iter::once(0).chain(breaks).collect())
    }

    /// The line that holds this byte; counts from 1.
    fn line_of(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at)
    }

    /// Where a line begins and ends, without its line ending. Lines count from 1.
    pub(super) fn range(&self, text: &str, line: usize) -> Option<Range<usize>> {
        let start = *self.0.get(line.checked_sub(1)?)?;
        let end = self.0.get(line).map_or(text.len(), |next| next - 1);
        let end = if text[start..end].ends_with('\r') { end - 1 } else { end };
        (start < text.len()).then_some(start..end)
    }
}

/// The line a splice is made on; nothing when it is not made within one line.
fn line_of(text: &str, starts: &LineStarts, splice: &Splice) -> Option<usize> {
    let line = starts.line_of(splice.range.start);
    let range = starts.range(text, line)?;
    let within = splice.range.end <= range.end && splice.range.start <= splice.range.end;
    (within && !splice.new.contains('\n')).then_some(line)
}

/// True when the splice can be made as a change of one line.
pub(super) fn fits(text: &str, starts: &LineStarts, splice: &Splice) -> bool {
    line_of(text, starts, splice).is_some()
}

/// The lines of a file with these splices made, each line once and in their order; those that stay as
/// they are are left out. Of splices that get in each other's way the first is made.
pub(super) fn lines(file: &str, text: &str, starts: &LineStarts, mut splices: Vec<&Splice>) -> Vec<LineEdit> {
    splices.sort_by_key(|it| it.range.start);
    let mut edits: Vec<LineEdit> = Vec::new();
    let mut rest = splices.as_slice();
    while let Some(first) = rest.first() {
        let line = line_of(text, starts, first);
        let many = rest.iter().take_while(|it| line_of(text, starts, it) == line).count();
        let (here, others) = rest.split_at(many);
        rest = others;
        let Some(line) = line else { continue };
        let Some(range) = starts.range(text, line) else { continue };
        let (seen, new) = (text[range.clone()].to_owned(), spliced(text, range, here));
        if seen != new {
            edits.push(LineEdit { file: file.to_owned(), line, seen, new });
        }
    }
    edits
}

fn spliced(text: &str, line: Range<usize>, splices: &[&Splice]) -> String {
    let mut new = String::with_capacity(line.len() + 16);
    let mut taken = line.start;
    let mut last: Option<&Splice> = None;
    for splice in splices {
        if splice.range.start < taken || last == Some(splice) {
            continue;
        }
        new.push_str(&text[taken..splice.range.start]);
        new.push_str(&splice.new);
        taken = splice.range.end;
        last = Some(splice);
    }
    new.push_str(&text[taken..line.end]);
    new
}
