//! The outline of a Markdown text.

use super::{
    item::{self, ListItem},
    structure::{Stretch, Structure, structure},
};
use crate::plan::frontmatter;

/// What a line is when it is not prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Paragraphs, lists, headings, quotes, and lines of tags.
    Prose,
    /// Between two fences, or one of them.
    Fence,
    /// Four columns in, after a blank line. Checkboxes in it are checkboxes.
    IndentedCode,
    /// It begins inside `<!-- … -->`.
    Comment,
    /// A row of a table.
    Table,
    /// Between the two `---` at the top, or one of them.
    FrontMatter,
}

/// A heading, `#` or underlined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Without emphasis and code signs.
    pub text: String,
    /// Counts from 1.
    pub line: usize,
    /// It stands inside a list item or a quote, and begins no section of the file.
    pub nested: bool,
}

/// A line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'t> {
    /// Counts from 1.
    pub number: usize,
    /// The byte it begins at.
    pub offset: usize,
    /// Without its line end.
    pub text: &'t str,
    /// What it is.
    pub cover: Cover,
}

/// Headings, list items and lines of one text.
#[derive(Clone, Debug)]
pub struct Outline<'t> {
    /// In the order of lines.
    pub headings: Vec<Heading>,
    /// With and without checkboxes, in the order of lines; none from fences and comments.
    pub items: Vec<ListItem<'t>>,
    lines: Vec<Line<'t>>,
}

impl<'t> Outline<'t> {
    /// Reads a text. Linear in its length.
    #[must_use]
    pub fn read(text: &'t str) -> Self {
        let body = frontmatter::split(text).map_or(0, |it| it.body);
        let mut found = structure(text, body);
        if body > 0 {
            found.stretches.insert(0, Stretch { bytes: 0..body, cover: Cover::FrontMatter });
        }
        Self::gather(text, found)
    }

    /// The items that have a checkbox.
    pub fn boxes(&self) -> impl Iterator<Item = &ListItem<'t>> {
        self.items.iter().filter(|item| item.mark.is_some())
    }

    /// Every line with what it is.
    pub fn lines(&self) -> Lines<'_, 't> {
        Lines(self.lines.iter())
    }

    /// Finds the lines and the items, and counts the lines of headings.
    pub(super) fn gather(text: &'t str, found: Structure) -> Self {
        let mut headings = found.headings;
        let mut lines = Vec::with_capacity(text.len() / 32 + 1);
        let mut covers = Covers { stretches: &found.stretches, current: None, fence: None };
        let mut items = Items::default();
        let mut next = 0;
        let mut offset = 0;
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let last = (!text.is_empty() && !text.ends_with('\n')).then_some(text.len());
        for (end, number) in ends.chain(last).zip(1..) {
            let whole = &text[offset..end];
            let line = if whole.ends_with('\r') { whole.trim_end_matches('\r') } else { whole };
            let cover = covers.of(line, offset);
            let line = Line { number, offset, text: line, cover };
            let first = next;
            // A carriage return ends a line for Markdown and for nobody else: there may be several.
            while headings.get(next).is_some_and(|it| it.line <= offset + line.text.len()) {
                headings[next].line = number;
                items.heading(next, headings[next].nested);
                next += 1;
            }
            items.take(&line, next > first);
            lines.push(line);
            offset = end + 1;
        }
        Self { headings, items: items.found, lines }
    }
}

/// See [`Outline::lines`].
#[derive(Clone, Debug)]
pub struct Lines<'o, 't>(std::slice::Iter<'o, Line<'t>>);

impl<'t> Iterator for Lines<'_, 't> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        self.0.next().copied()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }

    fn nth(&mut self, n: usize) -> Option<Line<'t>> {
        self.0.nth(n).copied()
    }
}

/// What each line is, asked line after line.
struct Covers<'o> {
    stretches: &'o [Stretch],
    current: Option<&'o Stretch>,
    /// The sign of the fence that stands open inside indented code.
    fence: Option<u8>,
}

impl Covers<'_> {
    fn of(&mut self, text: &str, offset: usize) -> Cover {
        if self.stretches.is_empty() && self.current.is_none() {
            return Cover::Prose;
        }
        let first = offset + text.bytes().take_while(|it| matches!(it, b' ' | b'\t')).count();
        while let Some((stretch, rest)) = self.stretches.split_first() {
            if stretch.bytes.start > first {
                break;
            }
            // What begins inside something else is part of it.
            if self.current.is_none_or(|it| it.bytes.end < stretch.bytes.end) {
                self.current = Some(stretch);
            }
            self.stretches = rest;
        }
        match self.current.filter(|it| it.bytes.end > first) {
            Some(it) if it.cover == Cover::IndentedCode => self.in_indented_code(text.trim_start()),
            Some(it) => it.cover,
            None => {
                self.fence = None;
                Cover::Prose
            }
        }
    }

    /// A fence four columns in is a fence for whoever wrote it.
    fn in_indented_code(&mut self, text: &str) -> Cover {
        let sign = ["```", "~~~"].iter().find(|it| text.starts_with(**it)).map(|it| it.as_bytes()[0]);
        match (self.fence, sign) {
            (None, Some(_)) => self.fence = sign,
            (Some(open), Some(sign)) if open == sign => self.fence = None,
            (None, None) => return Cover::IndentedCode,
            _ => {}
        }
        Cover::Fence
    }
}

/// Items as they are found, with those that stand open around the next one.
#[derive(Default)]
struct Items<'t> {
    found: Vec<ListItem<'t>>,
    open: Vec<usize>,
    heading: Option<usize>,
    quoted: bool,
    after_blank: bool,
}

impl<'t> Items<'t> {
    fn heading(&mut self, position: usize, nested: bool) {
        if !nested {
            self.heading = Some(position);
            self.open.clear();
        }
    }

    fn take(&mut self, line: &Line<'t>, is_heading: bool) {
        if matches!(line.cover, Cover::Fence | Cover::Comment | Cover::FrontMatter) {
            self.after_blank = false;
            return;
        }
        let prefix = item::prefix(line.text);
        let text = &line.text[prefix.bytes..];
        match item::bullet(text) {
            Some((bullet, length)) => {
                let offset = line.offset + prefix.bytes + length;
                let content = item::content(&text[length..], offset);
                self.enter(prefix);
                self.push(ListItem {
                    line: line.number,
                    indent: prefix.indent,
                    depth: self.open.len(),
                    parent: self.open.last().copied(),
                    heading: self.heading,
                    bullet,
                    quoted: prefix.quoted,
                    marker_first: content.marker_first,
                    mark: content.mark,
                    text: content.text,
                });
            }
            // A paragraph at the margin ends a list; without a blank before it, it continues one.
            None if self.after_blank && !text.is_empty() && prefix.indent < 2 && !is_heading => {
                self.open.clear();
            }
            None => {}
        }
        self.after_blank = text.trim().is_empty();
    }

    /// Leaves the items that do not contain what begins here.
    fn enter(&mut self, prefix: item::Prefix) {
        if self.quoted != prefix.quoted {
            self.quoted = prefix.quoted;
            self.open.clear();
        }
        while self.open.last().is_some_and(|last| self.found[*last].indent + 2 > prefix.indent) {
            self.open.pop();
        }
    }

    fn push(&mut self, item: ListItem<'t>) {
        self.open.push(self.found.len());
        self.found.push(item);
    }
}
