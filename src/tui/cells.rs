//! Foreign text as cells: colours survive, nothing else does, and every cell is as wide as it says.
//!
//! What terminals disagree about is not left to them: of joined emoji the first is shown, flags become
//! letters, marks without a base go away, and of many marks on one base a few stay.

use ratatui::style::{Color, Modifier, Style};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

use crate::text;

/// A character with its marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// What is shown.
    pub symbol: String,
    /// Columns: 1 or 2.
    pub width: usize,
    /// How it looks.
    pub style: Style,
}

/// Most marks that stay on one base.
const MARKS: usize = 2;

/// A line of foreign text, neutralised. Without `colour` its colours go away too.
#[must_use]
pub fn glyphs(line: &str, colour: bool) -> Vec<Glyph> {
    let safe = text::coloured(line);
    let mut glyphs = Vec::with_capacity(safe.len().min(512));
    let mut style = Style::new();
    let mut rest = safe.as_ref();
    while !rest.is_empty() {
        let start = rest.find('\x1b').unwrap_or(rest.len());
        add(&rest[..start], style, &mut glyphs);
        rest = &rest[start..];
        // Nothing but SGR is left of escape sequences.
        let Some(body) = rest.strip_prefix("\x1b[") else { break };
        let Some(end) = body.find('m') else { break };
        if colour {
            style = after_sgr(style, &body[..end]);
        }
        rest = &body[end + 1..];
    }
    glyphs
}

fn add(text: &str, style: Style, glyphs: &mut Vec<Glyph>) {
    if text.is_ascii() {
        let ascii = text.chars().map(|it| Glyph { symbol: it.to_string(), width: 1, style });
        glyphs.extend(ascii);
        return;
    }
    for cluster in text.graphemes(true) {
        glyphs.extend(glyph(cluster).map(|(symbol, width)| Glyph { symbol, width, style }));
        // Of two regional indicators one makes each letter.
        if let Some(second) = cluster.chars().nth(1).filter(|it| is_regional(*it)) {
            glyphs.push(Glyph { symbol: letter(second).to_string(), width: 1, style });
        }
    }
}

/// A cluster as it is shown; nothing where it has no base.
fn glyph(cluster: &str) -> Option<(String, usize)> {
    let mut characters = cluster.chars();
    let base = characters.next()?;
    if is_regional(base) {
        return Some((letter(base).to_string(), 1));
    }
    let width = base.width().filter(|width| *width > 0)?;
    if width > 2 {
        return Some((char::REPLACEMENT_CHARACTER.to_string(), 1));
    }
    let mut symbol = String::from(base);
    let marks = characters.take_while(|it| *it != '\u{200d}' && it.width() == Some(0));
    symbol.extend(marks.filter(|it| !matches!(it, '\u{fe00}'..='\u{fe0f}' | '\u{20e3}')).take(MARKS));
    Some((symbol, width))
}

const fn is_regional(character: char) -> bool {
    matches!(character, '\u{1f1e6}'..='\u{1f1ff}')
}

fn letter(regional: char) -> char {
    char::from_u32(regional as u32 - 0x1f1e6 + u32::from('A')).unwrap_or('?')
}

/// A style after the numbers of an SGR sequence.
fn after_sgr(style: Style, numbers: &str) -> Style {
    let mut style = style;
    let mut numbers = numbers.split([';', ':']).map(|it| it.parse::<u8>().unwrap_or(0));
    while let Some(number) = numbers.next() {
        style = match number {
            0 => Style::new(),
            1 => style.add_modifier(Modifier::BOLD),
            2 => style.add_modifier(Modifier::DIM),
            3 => style.add_modifier(Modifier::ITALIC),
            4 => style.add_modifier(Modifier::UNDERLINED),
            7 => style.add_modifier(Modifier::REVERSED),
            9 => style.add_modifier(Modifier::CROSSED_OUT),
            22 => style.remove_modifier(Modifier::BOLD | Modifier::DIM),
            23 => style.remove_modifier(Modifier::ITALIC),
            24 => style.remove_modifier(Modifier::UNDERLINED),
            27 => style.remove_modifier(Modifier::REVERSED),
            29 => style.remove_modifier(Modifier::CROSSED_OUT),
            30..=37 => style.fg(Color::Indexed(number - 30)),
            38 => extended(&mut numbers).map_or(style, |it| style.fg(it)),
            39 => style.fg(Color::Reset),
            40..=47 => style.bg(Color::Indexed(number - 40)),
            48 => extended(&mut numbers).map_or(style, |it| style.bg(it)),
            49 => style.bg(Color::Reset),
            90..=97 => style.fg(Color::Indexed(number - 82)),
            100..=107 => style.bg(Color::Indexed(number - 92)),
            // Hidden text (8) is shown, blinking (5, 6) rests.
            _ => style,
        };
    }
    style
}

fn extended(numbers: &mut impl Iterator<Item = u8>) -> Option<Color> {
    match numbers.next()? {
        5 => numbers.next().map(Color::Indexed),
        2 => Some(Color::Rgb(numbers.next()?, numbers.next()?, numbers.next()?)),
        _ => None,
    }
}

/// Where each row of a line begins that is wrapped to so many columns; one row at least.
#[must_use]
pub fn wrap(glyphs: &[Glyph], columns: usize) -> Vec<usize> {
    let mut starts = vec![0];
    let mut used = 0;
    for (at, glyph) in glyphs.iter().enumerate() {
        if used + glyph.width > columns && used > 0 {
            starts.push(at);
            used = 0;
        }
        used += glyph.width;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        glyphs(line, true).iter().map(|it| it.symbol.as_str()).collect()
    }

    #[test]
    fn foreign_text_becomes_cells_that_terminals_agree_on() {
        let check = |line: &str, expected: &str| assert_eq!(shown(line), expected, "{line:?}");
        check("plain\ttab", "plain   tab");
        check("\x1b[31mred\x1b[0m", "red");
        check("\x1b]0;title\x07\x1b[2J\x1b[H", "␛]0;title␇␛[2J␛[H");
        check("日本", "日本");
        check("e\u{301}", "e\u{301}");
        check("\u{301}alone", "alone");
        check("👨\u{200d}👩\u{200d}👧 x", "👨 x");
        check("🇩🇪", "DE");
        check("❤\u{fe0f}", "❤");
        check("a\u{202e}b\u{200b}c", "abc");
        check(&format!("z{}", "\u{337}".repeat(500)), "z\u{337}\u{337}");
    }

    #[test]
    fn every_glyph_is_one_or_two_columns_wide() {
        let all: String = (0..0x3_0000_u32).filter_map(char::from_u32).collect();
        for glyph in glyphs(&all, true) {
            assert!(matches!(glyph.width, 1 | 2), "{glyph:?}");
            assert!(text::is_plain(&glyph.symbol), "{glyph:?}");
        }
    }

    #[test]
    fn colours_survive_where_there_are_any() {
        let style = |line: &str, colour| glyphs(line, colour).last().map(|it| it.style);
        assert_eq!(
            style("\x1b[1;31mx", true),
            Some(Style::new().add_modifier(Modifier::BOLD).fg(Color::Indexed(1)))
        );
        assert_eq!(style("\x1b[38;5;208mx", true), Some(Style::new().fg(Color::Indexed(208))));
        assert_eq!(style("\x1b[48:2:1:2:3mx", true), Some(Style::new().bg(Color::Rgb(1, 2, 3))));
        assert_eq!(style("\x1b[31mx", false), Some(Style::new()));
    }

    #[test]
    fn long_lines_are_wrapped_between_characters() {
        let check = |line: &str, columns, expected: &[usize]| {
            assert_eq!(wrap(&glyphs(line, false), columns), expected, "{line}");
        };
        check("", 5, &[0]);
        check("abcde", 5, &[0]);
        check("abcdef", 5, &[0, 5]);
        check("日本語", 5, &[0, 2]);
        check("日本", 1, &[0, 1]);
    }
}
