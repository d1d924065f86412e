//! Where the front matter stands.

use std::ops::Range;

/// Where a file's front matter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrontMatter<'t> {
    /// Between the fences.
    pub yaml: &'t str,
    /// The line of the file that `yaml` begins on. Counts from 1.
    pub first_line: usize,
    /// The byte at which the body begins.
    pub body: usize,
}

/// Finds the front matter: `---` on the first line that is not blank, and `---` or `...` on a later
/// one. Without the second there is none, and everything is body.
#[must_use]
pub fn split(text: &str) -> Option<FrontMatter<'_>> {
    let text_start = text.trim_start_matches(['\n', '\r', '\u{feff}']);
    let start = text.len() - text_start.len();
    let opening = next_line(text, start);
    if text[opening.clone()].trim_end() != "---" {
        return None;
    }
    let mut line = next_line(text, opening.end);
    while !line.is_empty() {
        if matches!(text[line.clone()].trim_end(), "---" | "...") {
            let yaml = &text[opening.end..line.start];
            let first_line = 1 + text[..opening.end].bytes().filter(|it| *it == b'\n').count();
            return Some(FrontMatter { yaml, first_line, body: line.end });
        }
        line = next_line(text, line.end);
    }
    None
}

/// The line that begins at `start`, with its end; empty at the end of the text.
fn next_line(text: &str, start: usize) -> Range<usize> {
    let length = memchr::memchr(b'\n', &text.as_bytes()[start..]);
    start..length.map_or(text.len(), |it| start + it + 1)
}
