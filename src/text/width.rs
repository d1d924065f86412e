//! Columns on a terminal. Every width here counts columns, never bytes or characters.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// How many columns `text` takes. It must hold no escape sequences.
#[must_use]
pub fn display_width(text: &str) -> usize {
    text.width()
}

/// Shortens `text` to `columns`, ending in `…` when something was cut.
#[must_use]
pub fn clip(text: &str, columns: usize) -> String {
    if display_width(text) <= columns {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let width = display_width(grapheme);
        if used + width > columns - 1 {
            break;
        }
        kept.push_str(grapheme);
        used += width;
    }
    kept.push('…');
    kept
}

/// Clips `text` to `columns` and fills it with spaces up to there.
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    let mut padded = clip(text, columns);
    let missing = columns.saturating_sub(display_width(&padded));
    padded.extend(std::iter::repeat_n(' ', missing));
    padded
}

/// Breaks `text` into lines of at most `columns`, at spaces where there are any.
///
/// Line breaks in `text` are kept. A word longer than a line is cut.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    text.split('\n').flat_map(|line| wrap_line(line, columns)).collect()
}

fn wrap_line(line: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    for word in line.split(' ') {
        let gap = usize::from(!current.is_empty());
        if display_width(&current) + gap + display_width(word) <= columns {
            if gap == 1 {
                current.push(' ');
            }
            current.push_str(word);
            continue;
        }
        if !current.is_empty() {
            lines.push(std::mem::take(&mut current));
        }
        current = cut_word(word, columns, &mut lines);
    }
    lines.push(current);
    lines
}

/// Puts full lines of an overlong word into `lines` and returns what is left of it.
fn cut_word(word: &str, columns: usize, lines: &mut Vec<String>) -> String {
    let mut current = String::new();
    for grapheme in word.graphemes(true) {
        if !current.is_empty() && display_width(&current) + display_width(grapheme) > columns {
            lines.push(std::mem::take(&mut current));
        }
        current.push_str(grapheme);
    }
    current
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_by_columns_not_by_bytes() {
        assert_eq!(clip("abcdef", 4), "abc…");
        assert_eq!(clip("日本語", 4), "日…");
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abc", 0), "");
        assert_eq!(display_width(&clip("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3)), 3);
    }

    #[test]
    fn pads_to_the_column() {
        assert_eq!(pad("ab", 4), "ab  ");
        assert_eq!(pad("日本", 5), "日本 ");
    }

    #[test]
    fn wraps_at_spaces_and_cuts_long_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh x", 3), ["abc", "def", "gh", "x"]);
        assert_eq!(wrap("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(wrap("", 5), [""]);
    }
}
