//! Acceptance criteria and definition of done: the boxes between their markers, else under their
//! heading.

use std::ops::RangeInclusive;

use crate::plan::markdown::{Cover, ListItem, Mark, Outline};

/// What a task is measured by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria<'t> {
    /// The acceptance criteria.
    pub acceptance: Vec<Criterion<'t>>,
    /// The definition of done.
    pub done: Vec<Criterion<'t>>,
    /// Every checkbox of the file, these among them.
    pub all: Vec<Criterion<'t>>,
}

/// One box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criterion<'t> {
    /// What has to be so, without the number in front.
    pub text: &'t str,
    /// The number that Backlog.md gives it (`#2`), where it has one.
    pub number: Option<usize>,
    /// Its box.
    pub mark: Mark<'t>,
    /// Counts from 1.
    pub line: usize,
}

/// How many of these are ticked, with `x` or `X`.
#[must_use]
pub fn ticked(criteria: &[Criterion<'_>]) -> usize {
    criteria.iter().filter(|it| it.mark.is_cross()).count()
}

/// Finds a task's boxes.
#[must_use]
pub fn criteria(text: &str) -> Criteria<'_> {
    let outline = Outline::read(text);
    let of = |marker: &str, heading: &str| {
        let marked = between_markers(&outline, marker);
        let lines = if marked.is_empty() { under_heading(&outline, heading) } else { marked };
        boxes(&outline, |line| lines.iter().any(|range| range.contains(&line)))
    };
    Criteria {
        acceptance: of("AC", "acceptance criteria"),
        done: of("DOD", "definition of done"),
        all: boxes(&outline, |_| true),
    }
}

fn boxes<'t>(outline: &Outline<'t>, counts: impl Fn(usize) -> bool) -> Vec<Criterion<'t>> {
    let criterion = |item: &ListItem<'t>| {
        let (number, text) = numbered(item.text);
        Some(Criterion { text, number, mark: item.mark?, line: item.line })
    };
    outline.boxes().filter(|item| counts(item.line)).filter_map(criterion).collect()
}

/// `#2 Wet` is the second criterion, `Wet`.
fn numbered(text: &str) -> (Option<usize>, &str) {
    let number = || {
        let (number, rest) = text.strip_prefix('#')?.split_once(' ')?;
        Some((number.parse().ok()?, rest.trim()))
    };
    number().map_or((None, text), |(number, rest)| (Some(number), rest))
}

/// The lines between `<!-- AC:BEGIN -->` and `<!-- AC:END -->`; without the second, up to the end of
/// the file.
fn between_markers(outline: &Outline<'_>, marker: &str) -> Vec<RangeInclusive<usize>> {
    let (begin, end) = (format!("<!-- {marker}:BEGIN -->"), format!("<!-- {marker}:END -->"));
    let mut ranges = Vec::new();
    let mut open = None;
    for line in outline.lines().filter(|line| line.cover != Cover::Fence) {
        match line.text.trim() {
            text if text == begin => open = open.or(Some(line.number)),
            text if text == end => ranges.extend(open.take().map(|first| first..=line.number)),
            _ => {}
        }
    }
    ranges.extend(open.map(|first| first..=usize::MAX));
    ranges
}

/// The lines of the sections of this name.
fn under_heading(outline: &Outline<'_>, name: &str) -> Vec<RangeInclusive<usize>> {
    let mut ranges = Vec::new();
    for (at, heading) in outline.headings.iter().enumerate() {
        if !heading.text.trim().to_lowercase().starts_with(name) {
            continue;
        }
        let next = outline.headings[at + 1..].iter().find(|it| it.level <= heading.level);
        ranges.push(heading.line..=next.map_or(usize::MAX, |it| it.line));
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_count_between_markers_or_else_under_their_heading() {
        let check = |text: &str, acceptance: (usize, usize), done: (usize, usize), all: (usize, usize)| {
            let found = criteria(text);
            let pair = |boxes: &[Criterion<'_>]| (ticked(boxes), boxes.len());
            assert_eq!(
                (pair(&found.acceptance), pair(&found.done), pair(&found.all)),
                (acceptance, done, all),
                "{text}"
            );
        };
        let marked = "## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [x] #1 a\n- [ ] #2 b\n<!-- AC:END -->\n- [ ] outside\n";
        check(marked, (1, 2), (0, 0), (1, 3));
        check(&marked.replace('\n', "\r\n"), (1, 2), (0, 0), (1, 3));
        check(
            "## Acceptance Criteria\n- [x] a\n### More\n- [ ] b\n## Notes\n- [ ] c\n",
            (1, 2),
            (0, 0),
            (1, 3),
        );
        check(
            "## Definition of Done\n<!-- DOD:BEGIN -->\n- [X] a\n<!-- DOD:END -->\n",
            (0, 0),
            (1, 1),
            (1, 1),
        );
        check("## Acceptance Criteria (Optional)\n* [ ] a\n```\n- [x] fenced\n```\n", (0, 1), (0, 0), (0, 1));
        check("<!-- AC:BEGIN -->\n- [ ] never closed\n", (0, 1), (0, 0), (0, 1));
        check("```\n<!-- AC:BEGIN -->\n```\n- [ ] a\n", (0, 0), (0, 0), (0, 1));
        check("text", (0, 0), (0, 0), (0, 0));
        let second = criteria(marked).acceptance[1];
        assert_eq!((second.text, second.number, second.line), ("b", Some(2), 4));
    }
}
