//! The blocks of everyday Markdown, line by line: what `structure` finds with a full parser, where that
//! can be said without one.
//!
//! It follows CommonMark as pulldown-cmark reads it, line for line, and gives up on the whole text as
//! soon as it meets what it does not know for certain: tabs before text, tags, definitions of links,
//! empty list items and the like. A test holds both readings side by side.

mod code;
mod signs;

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr3, memmem, memrchr};
use signs::{Below, closes, fence, is_heading, is_rule, is_underline, marker, may_be_tag, may_define_link};

use super::{
    outline::{Cover, Heading},
    structure::{Stretch, Structure, heading_of},
};

/// Nobody nests deeper, and each line is held against every container.
const DEEPEST: usize = 32;

/// Reads `body`, which begins at byte `from` of its file; nothing when it takes the full parser.
pub(super) fn read(body: &str, from: usize) -> Option<Structure> {
    let bytes = body.as_bytes();
    if memchr3(b'\r', 0x0b, 0x0c, bytes).is_some() {
        return None;
    }
    let mut ends: Vec<usize> = Vec::with_capacity(bytes.len() / 32 + 1);
    ends.extend(memchr_iter(b'\n', bytes));
    if !body.is_empty() && !body.ends_with('\n') {
        ends.push(bytes.len());
    }
    let holds = |it: &[u8]| memmem::find(bytes, it).is_some();
    let mut blocks = Blocks {
        text: body,
        bytes,
        ends,
        from,
        tabs: holds(b"\t"),
        comments: holds(b"<!--"),
        escaped: holds(b"\\`"),
        targets: holds(b"]("),
        borders: holds(b"|"),
        next: 0,
        open: Vec::new(),
        found: Structure::default(),
    };
    while blocks.next < blocks.ends.len() {
        blocks.block()?;
    }
    Some(blocks.found)
}

/// What a line may stand in.
enum Container {
    /// A list item whose text begins this many columns in.
    Item(usize),
    Quote,
}

struct Blocks<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Where each line ends, before its line feed.
    ends: Vec<usize>,
    from: usize,
    /// There are tabs somewhere.
    tabs: bool,
    /// There is a comment, or what looks like one, somewhere.
    comments: bool,
    /// There is a backtick behind a backslash somewhere.
    escaped: bool,
    /// There is a link's target somewhere.
    targets: bool,
    /// There may be a table somewhere.
    borders: bool,
    /// The line that is read next, from 0.
    next: usize,
    open: Vec<Container>,
    found: Structure,
}

/// A line from its first column, or from where its containers end, to its end.
#[derive(Clone, Copy)]
struct Rest {
    at: usize,
    end: usize,
}

impl Blocks<'_> {
    /// A line; nothing when tabs make its columns uncertain.
    fn line(&self, number: usize) -> Option<Rest> {
        let line = self.raw_line(number);
        (!self.tabs || memchr(b'\t', self.of(line)).is_none()).then_some(line)
    }

    fn raw_line(&self, number: usize) -> Rest {
        Rest { at: self.begin(number), end: self.ends[number] }
    }

    /// Where a line begins, or the text ends.
    fn begin(&self, number: usize) -> usize {
        number.checked_sub(1).map_or(0, |above| (self.ends[above] + 1).min(self.bytes.len()))
    }

    fn of(&self, rest: Rest) -> &[u8] {
        &self.bytes[rest.at..rest.end]
    }

    /// The line behind at most so many spaces.
    fn indented(&self, rest: Rest, most: usize) -> Rest {
        let spaces = self.of(rest).iter().take(most).take_while(|it| **it == b' ').count();
        Rest { at: rest.at + spaces, ..rest }
    }

    fn is_blank(&self, rest: Rest) -> bool {
        self.of(rest).iter().all(|it| *it == b' ')
    }

    /// How many of the open containers a line continues, and what is left of it behind them.
    fn continued(&self, line: Rest) -> (usize, Rest) {
        let mut rest = line;
        for (count, container) in self.open.iter().enumerate() {
            match container {
                Container::Item(indent) => {
                    let inside = self.indented(rest, *indent);
                    if inside.at - rest.at < *indent && inside.at < inside.end {
                        return (count, rest);
                    }
                    rest = inside;
                }
                Container::Quote => {
                    let sign = self.indented(rest, 3);
                    if self.of(sign).first() != Some(&b'>') {
                        return (count, rest);
                    }
                    rest = self.indented(Rest { at: sign.at + 1, ..sign }, 1);
                }
            }
        }
        (self.open.len(), rest)
    }

    /// Reads the block that begins on the next line.
    fn block(&mut self) -> Option<()> {
        let line = self.line(self.next)?;
        let (count, rest) = self.continued(line);
        self.open.truncate(count);
        let rest = self.enter(rest)?;
        if self.is_blank(rest) {
            self.next += 1;
            return Some(());
        }
        let text = self.indented(rest, 4);
        let indent = text.at - rest.at;
        if indent == 4 {
            return self.indented_code(text);
        }
        match self.bytes[text.at] {
            b'#' if is_heading(self.of(text)) => self.heading(text),
            b'`' | b'~' if fence(self.of(text)).is_some() => self.fence(text, indent),
            b'-' | b'*' | b'_' if is_rule(self.of(text)) => {
                self.next += 1;
                Some(())
            }
            b'<' if self.of(text).starts_with(b"<!--") && self.open.is_empty() => {
                self.comment(text);
                Some(())
            }
            b'<' if may_be_tag(self.of(text)) => None,
            b'[' if may_define_link(self.of(text)) => None,
            _ => self.paragraph(text),
        }
    }

    /// Opens the containers that begin here.
    fn enter(&mut self, mut rest: Rest) -> Option<Rest> {
        loop {
            let sign = self.indented(rest, 4);
            let indent = sign.at - rest.at;
            if indent == 4 || self.open.len() > DEEPEST {
                return (indent == 4).then_some(rest);
            }
            match self.of(sign) {
                [b'>', ..] => {
                    self.open.push(Container::Quote);
                    rest = self.indented(Rest { at: sign.at + 1, ..sign }, 1);
                }
                text => {
                    let Some(marker) = marker(text).filter(|_| !is_rule(text)) else { return Some(rest) };
                    let behind = Rest { at: sign.at + marker.length, ..sign };
                    // An item that begins with nothing has rules of its own.
                    if self.is_blank(behind) {
                        return None;
                    }
                    let text = self.indented(Rest { at: behind.at + 1, ..behind }, 4);
                    let more = text.at - behind.at - 1;
                    // Four more spaces make the item's text code.
                    let more = if more == 4 { 0 } else { more };
                    self.open.push(Container::Item(indent + marker.length + 1 + more));
                    rest = Rest { at: behind.at + 1 + more, ..behind };
                }
            }
        }
    }

    fn cover(&mut self, bytes: Range<usize>, cover: Cover) {
        let bytes = self.from + bytes.start..self.from + bytes.end;
        self.found.stretches.push(Stretch { bytes, cover });
    }

    fn indented_code(&mut self, first: Rest) -> Option<()> {
        let mut next = self.next + 1;
        let mut last = next;
        while next < self.ends.len() {
            let (count, rest) = self.continued(self.line(next)?);
            let text = self.indented(rest, 4);
            if count < self.open.len() || text.at - rest.at < 4 && text.at < text.end {
                break;
            }
            next += 1;
            if !self.is_blank(rest) {
                last = next;
            }
        }
        self.cover(first.at..self.begin(last), Cover::IndentedCode);
        self.next = next;
        Some(())
    }

    fn heading(&mut self, text: Rest) -> Option<()> {
        let line = &self.text[text.at..text.end];
        // A comment in code is none.
        if self.comments && line.contains("<!--") && line.contains('`') {
            return None;
        }
        let words = line.trim_start_matches('#');
        let level = u8::try_from(line.len() - words.len()).ok()?;
        let words = words.trim_matches(' ');
        let is_plain = !words.ends_with('#') && !words.bytes().any(|it| b"\\`*_[]<&!~".contains(&it));
        let words = if is_plain { words.to_owned() } else { heading_of(line) };
        self.add_heading(level, words, text.at);
        self.next += 1;
        Some(())
    }

    fn add_heading(&mut self, level: u8, text: String, at: usize) {
        let nested = !self.open.is_empty();
        self.found.headings.push(Heading { level, text, line: self.from + at, nested });
    }

    fn fence(&mut self, text: Rest, indent: usize) -> Option<()> {
        let (sign, length) = fence(self.of(text))?;
        let mut next = self.next + 1;
        let mut end = self.bytes.len();
        while next < self.ends.len() {
            let line = self.raw_line(next);
            let (count, rest) = self.continued(line);
            if count < self.open.len() {
                // A tab would make it uncertain whether the line stands in the containers.
                self.line(next)?;
                end = line.at;
                break;
            }
            next += 1;
            let inside = self.indented(rest, indent);
            let close = self.indented(inside, 4 - indent);
            if close.at - inside.at < 4 - indent && closes(self.of(close), sign, length) {
                end = close.end;
                break;
            }
        }
        self.cover(text.at..end, Cover::Fence);
        self.next = next;
        Some(())
    }

    /// A comment that begins a line ends with the line that closes it.
    fn comment(&mut self, text: Rest) {
        let close = memmem::find(&self.bytes[text.at..], b"-->").map(|it| text.at + it);
        self.next = close.map_or(self.ends.len(), |it| self.ends.partition_point(|end| *end < it) + 1);
    }

    fn paragraph(&mut self, first: Rest) -> Option<()> {
        let above = self.next;
        if self.is_table(first, above)? {
            return self.table(first);
        }
        let mut next = above + 1;
        while next < self.ends.len() {
            let (count, rest) = self.continued(self.line(next)?);
            let text = self.indented(rest, 4);
            let current = count == self.open.len();
            if text.at == text.end {
                break;
            }
            if text.at - rest.at < 4 {
                if current && is_underline(self.of(text)) {
                    return self.underlined(first, next);
                }
                if self.interrupts(text, current)?
                    || self.bytes[text.at] == b'|' && self.is_table(text, next)?
                {
                    break;
                }
            } else if self.is_blank(rest) {
                break;
            }
            next += 1;
        }
        self.next = next;
        self.code_spans(first.at..self.begin(next))
    }

    /// A heading of one line that is underlined.
    fn underlined(&mut self, first: Rest, line: usize) -> Option<()> {
        let text = &self.text[first.at..self.ends[line]];
        // Code in it may hide a comment, or begin the line.
        if line != self.next + 1 || !self.open.is_empty() || text.contains(['<', '`']) {
            return None;
        }
        let level = if text.trim_end().ends_with('=') { 1 } else { 2 };
        let words = heading_of(text);
        self.add_heading(level, words, first.at);
        self.next = line + 1;
        Some(())
    }

    /// Whether a line ends the paragraph above it.
    fn interrupts(&self, text: Rest, current: bool) -> Option<bool> {
        let line = self.of(text);
        Some(match line.first() {
            None | Some(b'>') => true,
            Some(b'#') => is_heading(line),
            Some(b'`' | b'~') => fence(line).is_some(),
            Some(b'_') => is_rule(line),
            Some(b'-' | b'*' | b'+' | b'0'..=b'9') => is_rule(line) || self.item_interrupts(text, current),
            Some(b'<') if line.starts_with(b"<!--") => true,
            Some(b'<') if may_be_tag(line) => return None,
            Some(_) => false,
        })
    }

    fn item_interrupts(&self, text: Rest, current: bool) -> bool {
        let Some(marker) = marker(self.of(text)) else { return false };
        let behind = Rest { at: text.at + marker.length, ..text };
        !current || marker.may_interrupt && !self.is_blank(behind)
    }

    /// Whether a table's head stands on this line: as many cells as the line below it has columns.
    fn is_table(&self, head: Rest, number: usize) -> Option<bool> {
        let line = self.of(head);
        let last = if self.borders { memrchr(b'|', line) } else { None };
        let Some(last) = last else { return Some(false) };
        if number + 1 >= self.ends.len() {
            return Some(false);
        }
        let (count, rest) = self.continued(self.line(number + 1)?);
        let below = self.indented(rest, 4);
        let columns = match signs::below(self.of(below)) {
            Below::NoTable => return Some(false),
            Below::Unsure => return None,
            Below::Columns(count) => count,
        };
        if count < self.open.len() || below.at - rest.at == 4 {
            return Some(false);
        }
        // Escaped signs are no borders.
        if memchr(b'\\', line).is_some() {
            return None;
        }
        let pipes = memchr_iter(b'|', line).count() - usize::from(line[0] == b'|');
        let closed = line[last + 1..].iter().all(|it| *it == b' ');
        Some(columns == if closed { pipes } else { pipes + 1 })
    }

    fn table(&mut self, head: Rest) -> Option<()> {
        let mut next = self.next + 2;
        while next < self.ends.len() {
            let (count, rest) = self.continued(self.line(next)?);
            let text = self.indented(rest, usize::MAX);
            if count < self.open.len() || self.interrupts(text, false)? {
                break;
            }
            // A border without a cell ends the table in a way of its own.
            if self.of(text)[0] == b'|' && self.is_blank(Rest { at: text.at + 1, ..text }) {
                return None;
            }
            next += 1;
        }
        let rows = head.at..self.begin(next);
        if self.comments && memmem::find(&self.bytes[rows.clone()], b"<!--").is_some() {
            return None;
        }
        self.cover(rows, Cover::Table);
        self.next = next;
        Some(())
    }

    /// Code in a paragraph that goes on over lines, or that holds what would be a comment.
    fn code_spans(&mut self, paragraph: Range<usize>) -> Option<()> {
        let bytes = &self.bytes[paragraph.clone()];
        if memchr(b'`', bytes).is_none() {
            return Some(());
        }
        if self.escaped && memmem::find(bytes, b"\\`").is_some() {
            return None;
        }
        let shift = self.from + paragraph.start;
        let spans = code::spans(bytes, self.targets)?;
        self.found.spans.extend(spans.into_iter().map(|it| shift + it.start..shift + it.end));
        Some(())
    }
}
