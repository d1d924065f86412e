//! What a line begins with, once it is known what it stands in. Without tabs.

use memchr::memchr;

pub(super) const fn starts_tag(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'?' | b'!')
}

pub(super) fn may_be_tag(line: &[u8]) -> bool {
    line.get(1).is_some_and(|it| starts_tag(*it))
}

/// `[label]: target`, or a label that goes on over lines.
pub(super) fn may_define_link(line: &[u8]) -> bool {
    match memchr(b']', line) {
        Some(end) => line.get(end + 1) == Some(&b':') || memchr(b'\\', &line[..end]).is_some(),
        None => true,
    }
}

pub(super) fn is_heading(line: &[u8]) -> bool {
    let level = line.iter().take_while(|it| **it == b'#').count();
    (1..=6).contains(&level) && line.get(level).is_none_or(|it| *it == b' ')
}

pub(super) fn is_rule(line: &[u8]) -> bool {
    let Some(sign) = line.first().filter(|it| b"*-_".contains(it)) else { return false };
    line.iter().filter(|it| *it == sign).nth(2).is_some() && line.iter().all(|it| it == sign || *it == b' ')
}

pub(super) fn is_underline(line: &[u8]) -> bool {
    let Some(sign) = line.first().filter(|it| b"=-".contains(it)) else { return false };
    let length = line.iter().take_while(|it| *it == sign).count();
    line[length..].iter().all(|it| *it == b' ')
}

/// The sign of a fence and how often it stands there.
pub(super) fn fence(line: &[u8]) -> Option<(u8, usize)> {
    let sign = *line.first().filter(|it| b"`~".contains(it))?;
    let length = line.iter().take_while(|it| **it == sign).count();
    let closed = sign == b'`' && memchr(b'`', &line[length..]).is_some();
    (length >= 3 && !closed).then_some((sign, length))
}

pub(super) fn closes(line: &[u8], sign: u8, length: usize) -> bool {
    let count = line.iter().take_while(|it| **it == sign).count();
    count >= length && line[count..].iter().all(|it| *it == b' ')
}

pub(super) struct Marker {
    /// Without the space behind it.
    pub(super) length: usize,
    /// It may begin a list in the middle of a paragraph.
    pub(super) may_interrupt: bool,
}

pub(super) fn marker(line: &[u8]) -> Option<Marker> {
    let (length, may_interrupt) = match line.first()? {
        b'-' | b'*' | b'+' => (1, true),
        b'0'..=b'9' => {
            let digits = line.iter().take(10).take_while(|it| it.is_ascii_digit()).count();
            let closed = digits < 10 && matches!(line.get(digits), Some(b'.' | b')'));
            let number = &line[..digits];
            (
                closed.then_some(digits + 1)?,
                number.iter().rev().skip(1).all(|it| *it == b'0') && number.ends_with(b"1"),
            )
        }
        _ => return None,
    };
    line.get(length).is_none_or(|it| *it == b' ').then_some(Marker { length, may_interrupt })
}

/// What a line says of the line above it, which may be a table's head.
pub(super) enum Below {
    /// That it is none.
    NoTable,
    /// To one reading this, to another that.
    Unsure,
    /// That it is one if it has so many cells.
    Columns(usize),
}

pub(super) fn below(line: &[u8]) -> Below {
    let drawn = |sign: u8| memchr(sign, line).is_some();
    if !line.iter().all(|it| b"|:- ".contains(it)) || !drawn(b'-') || !drawn(b'|') {
        return Below::NoTable;
    }
    let inside = line.strip_prefix(b"|").unwrap_or(line);
    let mut cells = inside.split(|it| *it == b'|').peekable();
    let mut count = 0;
    while let Some(cell) = cells.next() {
        let is_last = cells.peek().is_none();
        if is_last && cell.iter().all(|it| *it == b' ') {
            break;
        }
        if memchr(b'-', cell).is_none() {
            // Signs of alignment alone, in the last cell.
            return if is_last { Below::Unsure } else { Below::NoTable };
        }
        count += 1;
    }
    Below::Columns(count)
}
