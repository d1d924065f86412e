//! Headings, and the stretches that are no prose: line by line where that is enough, else with
//! pulldown-cmark.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{
    blocks, comment,
    outline::{Cover, Heading},
};

/// A stretch of bytes that is no prose.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) bytes: Range<usize>,
    pub(super) cover: Cover,
}

#[derive(Default)]
pub(super) struct Structure {
    /// With the byte they begin at in [`Heading::line`], until lines are counted.
    pub(super) headings: Vec<Heading>,
    /// By where they begin.
    pub(super) stretches: Vec<Stretch>,
    /// Code in a line that holds what would be a comment, or that goes on over lines.
    pub(super) spans: Vec<Range<usize>>,
    heading: Option<Heading>,
    nesting: usize,
}

/// Reads `text` from byte `from` on.
pub(super) fn structure(text: &str, from: usize) -> Structure {
    let body = comment::without_tag_lines(&text[from..]);
    blocks::read(&body, from).unwrap_or_else(|| by_the_book(&body, from)).with_comments(text)
}

/// The pass with pulldown-cmark over a body that begins at byte `from` of its file.
pub(super) fn by_the_book(body: &str, from: usize) -> Structure {
    let mut found = Structure::default();
    for (event, bytes) in Parser::new_ext(body, Options::ENABLE_TABLES).into_offset_iter() {
        let source = &body[bytes.clone()];
        found.take(event, from + bytes.start..from + bytes.end, source);
    }
    found
}

/// The words of the heading that is all of this text.
pub(super) fn heading_of(text: &str) -> String {
    by_the_book(text, 0).headings.pop().map(|it| it.text).unwrap_or_default()
}

impl Structure {
    fn take(&mut self, event: Event<'_>, bytes: Range<usize>, source: &str) {
        match event {
            Event::Start(tag) => self.open(&tag, bytes),
            Event::End(TagEnd::Heading(_)) => self.headings.extend(self.heading.take()),
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item) => self.nesting -= 1,
            Event::Code(code) => {
                self.title(&code);
                if memchr::memchr2(b'\n', b'<', source.as_bytes()).is_some() {
                    self.spans.push(bytes);
                }
            }
            Event::Text(words) => self.title(&words),
            Event::SoftBreak | Event::HardBreak => self.title(" "),
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>, bytes: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => {
                let nested = self.nesting > 0;
                let level = *level as u8;
                self.heading = Some(Heading { level, text: String::new(), line: bytes.start, nested });
            }
            Tag::BlockQuote(_) | Tag::Item => self.nesting += 1,
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => self.cover(bytes, Cover::Fence),
            Tag::CodeBlock(CodeBlockKind::Indented) => self.cover(bytes, Cover::IndentedCode),
            Tag::Table(_) => self.cover(bytes, Cover::Table),
            _ => {}
        }
    }

    fn title(&mut self, words: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(words);
        }
    }

    fn cover(&mut self, bytes: Range<usize>, cover: Cover) {
        self.stretches.push(Stretch { bytes, cover });
    }

    /// Adds comments, and code spans over several lines: a fence that is indented too deep to be one.
    pub(super) fn with_comments(mut self, text: &str) -> Self {
        let mut code = self.spans.clone();
        code.extend(self.stretches.iter().filter(|it| it.cover != Cover::Table).map(|it| it.bytes.clone()));
        code.sort_unstable_by_key(|it| it.start);
        let comments = comment::comments(text, &code);
        let spans = std::mem::take(&mut self.spans);
        let of = |cover| move |bytes| Stretch { bytes, cover };
        self.stretches.extend(comments.into_iter().map(of(Cover::Comment)));
        self.stretches.extend(spans.into_iter().map(of(Cover::Fence)));
        self.stretches.sort_by_key(|it| it.bytes.start);
        self
    }
}
