//! One line of a list: its bullet, its checkbox, its text.

use unicode_segmentation::UnicodeSegmentation as _;

/// What a list item begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bullet {
    /// `-`
    Dash,
    /// `*`
    Star,
    /// `+`
    Plus,
    /// `1.` or `1)`
    Number,
}

/// What stands between a checkbox's brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark<'t> {
    /// One character as people count them: a space, `x`, `~`, `⚠️`. A tab is kept as it is.
    pub text: &'t str,
    /// Where it stands in the file, in bytes; `[` is the byte before.
    pub offset: usize,
}

impl Mark<'_> {
    /// True for `[ ]`.
    #[must_use]
    pub fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }

    /// True for `[x]` and `[X]`.
    #[must_use]
    pub fn is_cross(self) -> bool {
        matches!(self.text, "x" | "X")
    }
}

/// A list item, by its first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListItem<'t> {
    /// Counts from 1.
    pub line: usize,
    /// Columns before the bullet; a tab goes to the next multiple of four.
    pub indent: usize,
    /// How many items contain this one.
    pub depth: usize,
    /// The item that contains this one, by position in [`super::Outline::items`].
    pub parent: Option<usize>,
    /// The heading it stands under, by position in [`super::Outline::headings`].
    pub heading: Option<usize>,
    /// What it begins with.
    pub bullet: Bullet,
    /// It stands in a block quote.
    pub quoted: bool,
    /// `[P]` stands between bullet and box.
    pub marker_first: bool,
    /// Its checkbox, when it has one.
    pub mark: Option<Mark<'t>>,
    /// The rest of the first line, after bullet and box, trimmed.
    pub text: &'t str,
}

/// How a line begins: the columns before its text, and whether `>` stands there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefix {
    pub(super) quoted: bool,
    pub(super) indent: usize,
    /// Bytes before the text.
    pub(super) bytes: usize,
}

pub(super) fn prefix(line: &str) -> Prefix {
    let mut prefix = Prefix { quoted: false, indent: 0, bytes: 0 };
    for byte in line.bytes() {
        match byte {
            b' ' => prefix.indent += 1,
            b'\t' => prefix.indent += 4 - prefix.indent % 4,
            b'>' => {
                prefix.quoted = true;
                prefix.indent = 0;
            }
            _ => break,
        }
        prefix.bytes += 1;
    }
    // The space that belongs to the quote's own sign.
    prefix.indent -= usize::from(prefix.quoted && prefix.indent > 0);
    prefix
}

/// The bullet at the start of `text`, and how many bytes it and the blank after it take.
pub(super) fn bullet(text: &str) -> Option<(Bullet, usize)> {
    let bytes = text.as_bytes();
    let (bullet, length) = match bytes.first()? {
        b'-' => (Bullet::Dash, 1),
        b'*' => (Bullet::Star, 1),
        b'+' => (Bullet::Plus, 1),
        b'0'..=b'9' => {
            // CommonMark allows nine digits, so that no browser overflows.
            let digits = bytes.iter().take(10).take_while(|it| it.is_ascii_digit()).count();
            let closed = digits < 10 && matches!(bytes.get(digits), Some(b'.' | b')'));
            (closed.then_some(Bullet::Number)?, digits + 1)
        }
        _ => return None,
    };
    match bytes.get(length) {
        None => Some((bullet, length)),
        Some(b' ' | b'\t') => Some((bullet, length + 1)),
        Some(_) => None,
    }
}

/// What stands after a bullet.
pub(super) struct Content<'t> {
    pub(super) marker_first: bool,
    pub(super) mark: Option<Mark<'t>>,
    pub(super) text: &'t str,
}

/// Splits what follows a bullet, which begins at byte `offset` of the file.
pub(super) fn content(rest: &str, offset: usize) -> Content<'_> {
    let text = rest.trim();
    let offset = offset + (rest.len() - rest.trim_start().len());
    if let Some((mark, text)) = checkbox(text, offset) {
        return Content { marker_first: false, mark: Some(mark), text };
    }
    if let Some(behind) = text.strip_prefix("[P]").or_else(|| text.strip_prefix("[p]")) {
        let box_offset = offset + (text.len() - behind.trim_start().len());
        if let Some((mark, text)) = checkbox(behind.trim_start(), box_offset) {
            return Content { marker_first: true, mark: Some(mark), text };
        }
    }
    Content { marker_first: false, mark: None, text }
}

/// A checkbox at the start of `text`: brackets around one character, then a blank or nothing.
///
/// `[P]` is a marker and never a box: every spec-kit file explains it in a bullet of that form.
fn checkbox(text: &str, offset: usize) -> Option<(Mark<'_>, &str)> {
    let inside = text.strip_prefix('[')?;
    // An emoji of a whole family is 25 bytes; whatever closes later is a link's text.
    let end = inside.bytes().take(40).position(|it| it == b']')?;
    let (mark, after) = (&inside[..end], &inside[end + 1..]);
    let is_one = end == 1 || mark.graphemes(true).nth(1).is_none() && !mark.is_empty();
    if !is_one || matches!(mark, "P" | "p" | "[" | "]") {
        return None;
    }
    let closed = after.is_empty() || after.starts_with([' ', '\t', '\u{a0}']);
    closed.then(|| (Mark { text: mark, offset: offset + 1 }, after.trim()))
}
