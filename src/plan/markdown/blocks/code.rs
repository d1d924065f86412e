//! Code within a paragraph, by its runs of backticks.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem};

use super::signs::starts_tag;

/// More runs of backticks than this in one paragraph are for the full parser, which keeps count.
const RUNS: usize = 256;

/// The code that goes on over lines, or that holds what would be a comment; nothing when that is not
/// certain. With `targets` there may be links.
pub(super) fn spans(bytes: &[u8], targets: bool) -> Option<Vec<Range<usize>>> {
    let runs = runs(bytes)?;
    let mut spans = Vec::new();
    let mut next = 0;
    let mut at = 0;
    while let Some((start, length)) = runs.get(next).copied() {
        if !leads_on(&bytes[at..start], targets) {
            return None;
        }
        let close = runs[next + 1..].iter().position(|(_, it)| *it == length);
        let Some(close) = close.map(|it| next + 1 + it) else {
            at = start + length;
            next += 1;
            continue;
        };
        at = runs[close].0 + length;
        if memchr::memchr2(b'\n', b'<', &bytes[start..at]).is_some() {
            spans.push(start..at);
        }
        next = close + 1;
    }
    Some(spans)
}

/// Where runs of backticks begin, and how long they are.
fn runs(bytes: &[u8]) -> Option<Vec<(usize, usize)>> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in memchr_iter(b'`', bytes) {
        if let Some((_, length)) = runs.last_mut().filter(|(start, length)| start + length == at) {
            *length += 1;
            continue;
        }
        runs.push((at, 1));
        if runs.len() > RUNS {
            return None;
        }
    }
    Some(runs)
}

/// Whether what stands before a run of backticks leaves it alone: no tag is open, and no link's target.
fn leads_on(before: &[u8], targets: bool) -> bool {
    let tag = memchr_iter(b'<', before).any(|at| before.get(at + 1).is_none_or(|it| starts_tag(*it)));
    // A target that is closed and plain is no concern of what follows it.
    let is_plain = |at: usize| {
        let target = &before[at + 2..];
        memchr(b')', target).is_some_and(|end| !target[..end].iter().any(|it| b"(<\"'\\\n".contains(it)))
    };
    !tag && (!targets || memmem::find_iter(before, b"](").all(is_plain))
}
