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

/// The line with all these splices made; nothing when they are on several lines, or on none.
pub(super) fn on_one_line(file: &str, text: &str, mut splices: Vec<Splice>) -> Option<LineEdit> {
    splices.sort_by_key(|it| it.range.start);
    let at = splices.first()?.range.start;
    let start = text.get(..at)?.rfind('\n').map_or(0, |it| it + 1);
    let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |it| at + it);
    let seen = text[start..end].strip_suffix('\r').unwrap_or(&text[start..end]);
    let mut new = String::with_capacity(seen.len() + 16);
    let mut taken = start;
    for splice in &splices {
        if splice.range.end > start + seen.len() || splice.range.start < taken || splice.new.contains('\n') {
            return None;
        }
        new.push_str(&text[taken..splice.range.start]);
        new.push_str(&splice.new);
        taken = splice.range.end;
    }
    new.push_str(&text[taken..start + seen.len()]);
    let line = memchr::memchr_iter(b'\n', &text.as_bytes()[..start]).count() + 1;
    Some(LineEdit { file: file.to_owned(), line, seen: seen.to_owned(), new })
}

/// Where a line begins and ends, without its line ending. Lines count from 1.
pub(super) fn line_range(text: &str, line: usize) -> Option<Range<usize>> {
    let mut start = 0;
    for _ in 1..line {
        start += memchr::memchr(b'\n', &text.as_bytes()[start..])? + 1;
    }
    let end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |it| start + it);
    let end = if text[start..end].ends_with('\r') { end - 1 } else { end };
    (start < text.len()).then_some(start..end)
}
