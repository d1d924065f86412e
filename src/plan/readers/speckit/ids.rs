//! Task ids in running text: lists, ranges, and where a list ends.

use std::{collections::HashMap, ops::Range};

use super::task::split_id;

/// The plan's own ids in plan order.
#[derive(Default)]
pub(super) struct Known<'t> {
    order: Vec<&'t str>,
    position: HashMap<&'t str, usize>,
}

impl<'t> Known<'t> {
    pub(super) fn new(ids: impl Iterator<Item = &'t str>) -> Self {
        let mut known = Self::default();
        for id in ids {
            known.position.entry(id).or_insert(known.order.len());
            known.order.push(id);
        }
        known
    }

    pub(super) fn position(&self, id: &str) -> Option<usize> {
        self.position.get(id).copied()
    }

    /// `T004-T007`, both ends included; nothing when an end is no task or they stand in reverse.
    fn between(&self, first: &str, last: &str) -> Option<&[&'t str]> {
        let (first, last) = (self.position(first)?, self.position(last)?);
        self.order.get(first..=last)
    }
}

/// Every id in `text`, ranges spelled out.
pub(super) fn all(text: &str, known: &Known<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_id(text, at) {
        let (ids, end) = list(text, start, known);
        found.extend(ids);
        at = end;
    }
    found
}

/// True when there may be an id in `text`. Most lines hold none, and nothing more is asked of them.
pub(super) fn are_in(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    memchr::memchr_iter(b'T', bytes)
        .any(|at| digit(at + 1) || bytes.get(at + 1) == Some(&b'-') && digit(at + 2))
}

/// Where the next id begins, at a word's start.
fn next_id(text: &str, from: usize) -> Option<usize> {
    memchr::memchr_iter(b'T', &text.as_bytes()[from..]).map(|it| from + it).find(|at| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|it| !it.is_alphanumeric() && it != '_') && split_id(&text[*at..]).is_some()
    })
}

/// The list of ids that begins at byte `start`, and where it ends: `T001, T003-T005 and T007`.
pub(super) fn list(text: &str, start: usize, known: &Known<'_>) -> (Vec<String>, usize) {
    let mut found = Vec::new();
    let mut at = start;
    let mut end = start;
    while let Some((ids, used)) = one(&text[at..], known) {
        found.extend(ids);
        end = at + used;
        match joint(&text[end..]) {
            Some(length) => at = end + length,
            None => break,
        }
    }
    (found, end)
}

/// An id or a range at the start of `text`, and how many bytes it takes.
fn one(text: &str, known: &Known<'_>) -> Option<(Vec<String>, usize)> {
    let decoration = leading(text, |it| "*_`([~".contains(it)).end;
    let (id, rest) = split_id(&text[decoration..])?;
    let used = text.len() - rest.len();
    if let Some((ids, longer)) = short_range(&text[decoration..], known) {
        return Some((ids, decoration + longer));
    }
    if let Some((last, length)) = range_end(rest)
        && let Some(ids) = known.between(id, last)
    {
        return Some((ids.iter().map(|it| (*it).to_owned()).collect(), used + length));
    }
    Some((vec![id.to_owned()], used))
}

/// What stands behind a range's dash: `-T007`, ` to T007`, and how many bytes it takes.
fn range_end(rest: &str) -> Option<(&str, usize)> {
    let clean = rest.trim_start_matches(['*', '`']);
    let dash = ["–", "—", "-", "..", " to ", " through ", " - ", " – ", "~"]
        .iter()
        .find_map(|it| clean.strip_prefix(it))?;
    let dash = dash.trim_start_matches(['*', '`', ' ', '.']);
    let (last, after) = split_id(dash)?;
    Some((last, rest.len() - after.len()))
}

/// `T003a-e` and `T005-010`, when the plan has both ends.
fn short_range(text: &str, known: &Known<'_>) -> Option<(Vec<String>, usize)> {
    let length = leading(text, |it| it.is_ascii_alphanumeric() || it == '-').end;
    let whole = &text[..length];
    let (first, last) = whole.rsplit_once('-').filter(|_| known.position(whole).is_none())?;
    let last = match last.len() {
        1 if last.bytes().all(|it| it.is_ascii_alphabetic()) => {
            format!("{}{last}", &first[..first.len().checked_sub(1)?])
        }
        _ => format!("T{last}"),
    };
    let ids = known.between(first, &last)?;
    Some((ids.iter().map(|it| (*it).to_owned()).collect(), length))
}

/// What joins two ids of one list: `, ` ` and ` ` & ` `/` ` + ` ` || `, and remarks in parentheses.
fn joint(rest: &str) -> Option<usize> {
    let mut at = leading(rest, |it| "*`])~".contains(it)).end;
    if let Some(remark) = rest[at..].trim_start().strip_prefix('(')
        && let Some(close) = remark.bytes().take(80).position(|it| it == b')')
    {
        at = rest.len() - remark.len() + close + 1;
    }
    let joints = rest[at..].len() - rest[at..].trim_start_matches([' ', ',', '/', '+', '&', '|', '∥']).len();
    let word = ["and ", "und ", "y ", "e ", "et "].iter().find(|it| rest[at + joints..].starts_with(**it));
    let used = at + joints + word.map_or(0, |it| it.len());
    let joined = joints > 0 && (word.is_some() || rest[at..at + joints].trim() != "");
    joined.then_some(used)
}

fn leading(text: &str, is: impl Fn(char) -> bool) -> Range<usize> {
    0..text.find(|it| !is(it)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_are_spelled_out() {
        let known = Known::new(["T001", "T002", "T003a", "T003b", "T003c", "T004", "T005"].into_iter());
        let check = |text: &str, expected: &[&str]| assert_eq!(all(text, &known), expected, "{text}");
        check("T001, T002 and T004", &["T001", "T002", "T004"]);
        check("T001-T003a", &["T001", "T002", "T003a"]);
        check("T001–T002/T005", &["T001", "T002", "T005"]);
        check("**T001** to **T002**", &["T001", "T002"]);
        check("T003a-c", &["T003a", "T003b", "T003c"]);
        check("T004-005", &["T004", "T005"]);
        check("T001 (types) || T002 (exports)", &["T001", "T002"]);
        check("T099, T004-T099", &["T099", "T004", "T099"]);
        check("Tasks, TODO, xT001, T001x1", &[]);
        check("T005-T001", &["T005", "T001"]);
    }
}
