//! What a child prints or a file holds never reaches a terminal raw.
//!
//! Control bytes become visible pictures (`␛`, `␇`, …), so that a hostile title or log can neither
//! move the cursor, set a window title, switch the screen nor reorder what is read.

use std::borrow::Cow;

/// One line of foreign text with every control and direction character made visible.
///
/// A tab becomes a space; line breaks become `␊`, because the caller asked for one line.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(picture).collect())
}

/// True when `text` holds nothing that [`plain`] would change.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(is_dangerous)
}

/// One line of foreign text in which only colours (SGR sequences) survive.
///
/// Tabs go to the next multiple of eight. When any colour was set the line ends with a reset, so
/// it cannot bleed into what is printed after it.
#[must_use]
pub fn coloured(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    let mut any_colour = false;
    let mut column = 0;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(sequence) = leading_sgr(rest) {
            safe.push_str(sequence);
            any_colour = true;
            rest = &rest[sequence.len()..];
            continue;
        }
        if character == '\t' {
            let spaces = 8 - column % 8;
            safe.extend(std::iter::repeat_n(' ', spaces));
            column += spaces;
        } else if let Some(shown) = picture(character) {
            safe.push(shown);
            column += 1;
        }
        rest = &rest[character.len_utf8()..];
    }
    if any_colour {
        safe.push_str("\x1b[0m");
    }
    Cow::Owned(safe)
}

/// Our own or foreign text without escape sequences, for a screen that shows no colours.
#[must_use]
pub fn without_escapes(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\x1b') {
        bare.push_str(&rest[..start]);
        rest = after_escape(&rest[start..]);
    }
    bare.push_str(rest);
    bare
}

/// What follows the escape sequence at the start of `text`: CSI, OSC (links) or a lone escape.
fn after_escape(text: &str) -> &str {
    if let Some(body) = text.strip_prefix("\x1b[") {
        let end = body.find(|it: char| ('\x40'..='\x7e').contains(&it));
        return end.map_or("", |end| &body[end + 1..]);
    }
    if let Some(body) = text.strip_prefix("\x1b]") {
        let end = body.find(['\x07', '\x1b']);
        return match end {
            Some(end) if body[end..].starts_with("\x1b\\") => &body[end + 2..],
            Some(end) if body[end..].starts_with('\x07') => &body[end + 1..],
            Some(end) => &body[end..],
            None => "",
        };
    }
    &text[1..]
}

/// The `ESC [ digits and ; or : m` at the start of `text`, when there is one.
fn leading_sgr(text: &str) -> Option<&str> {
    let body = text.strip_prefix("\x1b[")?;
    let end = body.find(|it: char| !it.is_ascii_digit() && it != ';' && it != ':')?;
    (end <= 32 && body[end..].starts_with('m')).then(|| &text[..end + 3])
}

fn is_dangerous(character: char) -> bool {
    character.is_control() || is_invisible_trickster(character)
}

/// Direction marks and overrides, and characters of no width that are not part of an emoji.
fn is_invisible_trickster(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

fn picture(character: char) -> Option<char> {
    match character {
        '\t' => Some(' '),
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + character as u32),
        '\u{7f}' => Some('\u{2421}'),
        '\u{80}'..='\u{9f}' => Some(char::REPLACEMENT_CHARACTER),
        _ if is_invisible_trickster(character) => None,
        _ => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_pictures() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected, "{text:?}");
        check("harmless — é 日本 👨‍👩‍👧", "harmless — é 日本 👨‍👩‍👧");
        check("\x1b[2J\x1b]0;owned\x07", "␛[2J␛]0;owned␇");
        check("a\tb\nc\r", "a b␊c␍");
        check("\u{9b}31m\u{7f}", "\u{fffd}31m␡");
        check("abc\u{202e}fed\u{200b}", "abcfed");
    }

    #[test]
    fn only_colours_survive_in_output() {
        let check = |text: &str, expected: &str| assert_eq!(coloured(text), expected, "{text:?}");
        check("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m\x1b[0m");
        check("\x1b[38;2;1;2;3mx", "\x1b[38;2;1;2;3mx\x1b[0m");
        check("\x1b[2Jx\x1b[10;10H", "␛[2Jx␛[10;10H");
        check("\x1b]8;;http://x\x07y", "␛]8;;http://x␇y");
        check("a\tb", "a       b");
        check("\x1b[?1049h", "␛[?1049h");
        check("\x1b[31", "␛[31");
    }

    #[test]
    fn escapes_can_be_taken_off() {
        let check = |text: &str, expected: &str| assert_eq!(without_escapes(text), expected, "{text:?}");
        check("\x1b[1;31mred\x1b[0m!", "red!");
        check("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link");
        check("\x1b]0;unterminated", "");
        check("\x1b", "");
        check("\x1b[", "");
    }
}
