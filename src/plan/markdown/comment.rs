//! HTML in Markdown: comments hide what is in them, tags hide nothing.

use std::{borrow::Cow, ops::Range};

use memchr::{memchr_iter, memmem};

/// The text with every line that begins with a tag blanked, byte for byte as long as it was.
///
/// CommonMark takes such a line and all that follow up to a blank one as raw HTML.
pub(super) fn without_tag_lines(text: &str) -> Cow<'_, str> {
    let mut bytes = Cow::Borrowed(text.as_bytes());
    let mut done = 0;
    for at in memchr_iter(b'<', text.as_bytes()) {
        if at < done || !begins_tag(text, at) {
            continue;
        }
        done = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |it| at + it);
        let line = &text[at..done];
        let end = line.find("<!--").unwrap_or(line.len());
        if !line[..end].contains("-->") {
            bytes.to_mut()[at..at + end].fill(b' ');
        }
    }
    match bytes {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        // Whole characters were replaced by spaces, so this never falls back.
        Cow::Owned(bytes) => String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// True when a tag opens or closes at `at`, and only blanks, quote signs and a bullet stand before.
fn begins_tag(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let is_tag = bytes.get(at + 1).is_some_and(|it| it.is_ascii_alphabetic() || b"/?!".contains(it));
    is_tag
        && !bytes[at..].starts_with(b"<!--")
        && bytes[..at]
            .iter()
            .rev()
            .take_while(|it| **it != b'\n')
            .all(|it| it.is_ascii_digit() || b" \t>-*+.)".contains(it))
}

/// Where comments stand, outside of `code` (sorted, not nested). A comment that is never closed
/// hides the rest of the file if it begins a line, as it does for every browser, else nothing.
pub(super) fn comments(text: &str, code: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut code = code.iter().peekable();
    for start in memmem::find_iter(text.as_bytes(), "<!--") {
        while code.next_if(|it| it.end <= start).is_some() {}
        let in_code = code.peek().is_some_and(|it| it.start <= start);
        if in_code || found.last().is_some_and(|it| it.end > start) {
            continue;
        }
        match memmem::find(&text.as_bytes()[start..], b"-->") {
            Some(length) => found.push(start..start + length + 3),
            None if begins_line(text, start) => found.push(start..text.len()),
            // No comment after this one is closed either.
            None => break,
        }
    }
    found
}

fn begins_line(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    before.iter().rev().take_while(|it| **it != b'\n').all(u8::is_ascii_whitespace)
}
