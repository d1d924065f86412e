//! A line of text in which every piece has a role. Whatever is put in is neutralised on the way,
//! so nothing raw can reach a terminal through here, and widths are columns.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Style, theme::Role};
use crate::text::{self, display_width};

/// Pieces of text, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    spans: Vec<Span>,
}

/// A piece of text without any control bytes.
#[derive(Clone, Debug)]
struct Span {
    paint: Paint,
    text: String,
    /// An absolute path, for terminals that have links.
    link: Option<String>,
}

/// Where a piece of text has its colour from.
#[derive(Clone, Debug)]
enum Paint {
    /// From the theme.
    Role(Role),
    /// From a child, which wrote these colour sequences before it.
    Own(String),
}

impl Line {
    /// An empty line.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// One piece.
    pub(super) fn of(role: Role, text: impl AsRef<str>) -> Self {
        Self::new().with(role, text)
    }

    /// A line of a child's output: of what is not text, only its colours survive. What is longer
    /// than [`LONGEST`] is cut; the log has it all.
    pub(super) fn output(raw: &str) -> Self {
        let end = raw.char_indices().nth(LONGEST).map_or(raw.len(), |(at, _)| at);
        let safe = text::coloured(&raw[..end]);
        let mut line = Self::new();
        let mut colours = String::new();
        for (at, part) in safe.split('\x1b').enumerate() {
            let sequence = if at == 0 { 0 } else { part.find('m').map_or(0, |end| end + 1) };
            let (sequence, text) = part.split_at(sequence);
            carry(&mut colours, sequence);
            let paint = if colours.is_empty() { Paint::Role(Role::Dim) } else { Paint::Own(colours.clone()) };
            if !text.is_empty() {
                line.spans.push(Span { paint, text: text.to_owned(), link: None });
            }
        }
        line
    }

    /// This line and one more piece.
    pub(super) fn with(mut self, role: Role, text: impl AsRef<str>) -> Self {
        self.push(role, text);
        self
    }

    /// Puts one more piece at the end.
    pub(super) fn push(&mut self, role: Role, text: impl AsRef<str>) {
        let text = text::plain(text.as_ref()).into_owned();
        self.spans.push(Span { paint: Paint::Role(role), text, link: None });
    }

    /// This line and a path that may become a link to the file at `target`, an absolute path.
    pub(super) fn with_path(mut self, role: Role, path: &str, target: Option<&str>) -> Self {
        self.push(role, path);
        if let Some(span) = self.spans.last_mut() {
            span.link = target.filter(|it| it.starts_with('/')).map(str::to_owned);
        }
        self
    }

    /// This line and all of another.
    pub(super) fn join(mut self, other: Self) -> Self {
        self.spans.extend(other.spans);
        self
    }

    /// Columns.
    pub(super) fn width(&self) -> usize {
        self.spans.iter().map(|span| display_width(&span.text)).sum()
    }

    /// This line in at most `columns`, ending in `…` when something was cut.
    pub(super) fn clip(self, columns: usize) -> Self {
        if self.width() <= columns {
            return self;
        }
        let mut kept = Self::new();
        let mut left = columns;
        for span in self.spans {
            let wide = display_width(&span.text);
            if wide < left {
                left -= wide;
                kept.spans.push(span);
                continue;
            }
            // More follows, or this piece is too wide itself: the last column is for the sign of it.
            kept.spans.push(Span { text: cut(&span.text, left), ..span });
            break;
        }
        kept
    }

    /// This line in exactly `columns`.
    pub(super) fn pad(self, columns: usize) -> Self {
        let clipped = self.clip(columns);
        let missing = columns.saturating_sub(clipped.width());
        clipped.with(Role::Text, " ".repeat(missing))
    }

    /// This line without spaces behind it.
    pub(super) fn trim_end(mut self) -> Self {
        while let Some(mut last) = self.spans.pop() {
            last.text.truncate(last.text.trim_end().len());
            if !last.text.is_empty() {
                self.spans.push(last);
                break;
            }
        }
        self
    }

    /// This line broken at spaces into lines of at most `columns`; later ones begin `indent` in.
    pub(super) fn wrap(self, columns: usize, indent: usize) -> Vec<Self> {
        if self.width() <= columns {
            return vec![self];
        }
        let indent = indent.min(columns / 2);
        let pieces: Vec<Piece> = self.pieces();
        let mut lines = Vec::new();
        let mut rest = pieces.as_slice();
        while !rest.is_empty() {
            let room = if lines.is_empty() { columns } else { columns - indent };
            let (taken, after) = rest.split_at(break_at(rest, room));
            let start = if lines.is_empty() { 0 } else { indent };
            lines.push(self.rebuild(taken, start));
            rest = trim_start(after);
        }
        lines
    }

    fn pieces(&self) -> Vec<Piece<'_>> {
        self.spans.iter().enumerate().flat_map(|(index, span)| pieces_of(index, &span.text)).collect()
    }

    fn rebuild(&self, pieces: &[Piece], indent: usize) -> Self {
        let mut line = Self::new();
        if indent > 0 {
            line.push(Role::Text, " ".repeat(indent));
        }
        let first = line.spans.len();
        let mut last = None;
        for piece in pieces {
            if last != Some(piece.span) {
                let span = &self.spans[piece.span];
                line.spans.push(Span { text: String::new(), ..span.clone() });
                last = Some(piece.span);
            }
            if let Some(span) = line.spans[first..].last_mut() {
                span.text.push_str(piece.text);
            }
        }
        line
    }

    /// The line as it goes to the terminal.
    pub(super) fn paint(&self, style: &Style) -> String {
        self.spans.iter().map(|span| span.paint(style)).collect()
    }
}

impl Span {
    fn paint(&self, style: &Style) -> String {
        if self.text.is_empty() {
            return String::new();
        }
        let painted = match &self.paint {
            Paint::Role(role) if style.colour => style.theme.ansi(*role).paint(&self.text).to_string(),
            Paint::Own(colours) if style.colour => format!("{colours}{}\x1b[0m", self.text),
            _ => self.text.clone(),
        };
        match &self.link {
            Some(target) if style.links => link(&painted, target),
            _ => painted,
        }
    }
}

/// How many characters of a line of output are looked at.
const LONGEST: usize = 2_000;
/// How many bytes of colour sequences are carried from one piece of a line to the next.
const MOST_COLOURS: usize = 64;

/// Adds the sequence `ESC sequence` to those in force; a reset takes all of them back, and a child
/// that sets more than anyone needs begins anew.
fn carry(colours: &mut String, sequence: &str) {
    if matches!(sequence, "[0m" | "[m") || colours.len() + sequence.len() > MOST_COLOURS {
        colours.clear();
    }
    if !matches!(sequence, "" | "[0m" | "[m") {
        colours.push('\x1b');
        colours.push_str(sequence);
    }
}

/// An OSC 8 link to a file. Everything but the plainest characters is percent-encoded, so a
/// hostile file name can't end the sequence.
fn link(painted: &str, target: &str) -> String {
    use std::fmt::Write as _;

    let mut url = String::from("file://");
    for byte in target.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    format!("\x1b]8;;{url}\x1b\\{painted}\x1b]8;;\x1b\\")
}

/// A grapheme of a span.
#[derive(Clone, Copy)]
struct Piece<'a> {
    span: usize,
    text: &'a str,
    width: usize,
}

fn pieces_of(span: usize, text: &str) -> Vec<Piece<'_>> {
    let piece = |text| Piece { span, text, width: display_width(text) };
    text.graphemes(true).map(piece).collect()
}

/// How many pieces fit into `room`, ending before a space where there is one. At least one.
///
/// A word that fits no line, such as a path, is cut where the room ends, behind a slash if it can be:
/// moved to a line of its own it would have to be cut all the same.
fn break_at(pieces: &[Piece], room: usize) -> usize {
    let mut used = 0;
    let too_far = |piece: &Piece| {
        used += piece.width;
        used > room
    };
    let Some(over) = pieces.iter().position(too_far) else { return pieces.len() };
    let blank = pieces.iter().take_while(|piece| piece.text == " ").count();
    let space = pieces[..=over].iter().rposition(|piece| piece.text == " ").filter(|at| *at > blank);
    let word = &pieces[space.map_or(blank.min(over), |at| at + 1)..];
    let width: usize = word.iter().take_while(|piece| piece.text != " ").map(|piece| piece.width).sum();
    if let Some(space) = space
        && width <= room
    {
        return space;
    }
    let start = pieces.len() - word.len();
    let slash = pieces[start.min(over)..over].iter().rposition(|piece| piece.text == "/");
    slash.map_or(over, |at| start.min(over) + at + 1).max(1)
}

fn trim_start<'a, 'b>(pieces: &'a [Piece<'b>]) -> &'a [Piece<'b>] {
    let spaces = pieces.iter().take_while(|piece| piece.text == " ").count();
    &pieces[spaces..]
}

/// As much of `text` as leaves one of `columns` for the `…` behind it.
fn cut(text: &str, columns: usize) -> String {
    let mut kept = String::new();
    let mut left = columns;
    for grapheme in text.graphemes(true) {
        let width = display_width(grapheme);
        if width >= left {
            break;
        }
        kept.push_str(grapheme);
        left -= width;
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Line {
        Line::of(Role::Text, text)
    }

    fn painted(lines: Vec<Line>) -> Vec<String> {
        lines.iter().map(|line| line.paint(&Style::plain(80))).collect()
    }

    #[test]
    fn wraps_over_pieces_with_a_hanging_indent() {
        let line = words("one ").with(Role::Key, "two").with(Role::Text, " three four");
        assert_eq!(painted(line.wrap(9, 2)), ["one two", "  three", "  four"]);
        assert_eq!(painted(words("日本語日本語").wrap(5, 0)), ["日本", "語日", "本語"]);
        assert_eq!(painted(words("x").wrap(0, 4)), ["x"]);
        assert_eq!(
            painted(words("  plans/LIGHTS/PLAN.md").wrap(14, 4)),
            ["  plans/", "    LIGHTS/", "    PLAN.md"]
        );
        assert_eq!(painted(words("see abcdefghijk").wrap(8, 2)), ["see abcd", "  efghij", "  k"]);
    }

    #[test]
    fn clips_to_the_column_and_says_so() {
        let check = |line: Line, columns, expected: &str| {
            assert_eq!(line.clip(columns).paint(&Style::plain(80)), expected);
        };
        check(words("abc").with(Role::Key, "def"), 6, "abcdef");
        check(words("abc").with(Role::Key, "def"), 4, "abc…");
        check(words("abc").with(Role::Key, "def"), 3, "ab…");
        check(words("日本語"), 4, "日…");
        check(words("abc"), 0, "");
    }

    #[test]
    fn output_keeps_its_colours_and_loses_everything_else() {
        let colours = Style { colour: true, ..Style::plain(80) };
        let line = Line::output("\x1b[31mred and long\x1b[0m\x1b[2J");
        assert_eq!(line.clone().clip(6).paint(&colours), "\x1b[31mred a…\x1b[0m");
        let wrapped: Vec<_> = line.clone().wrap(8, 0).iter().map(|it| it.paint(&colours)).collect();
        assert_eq!(wrapped[..2], ["\x1b[31mred and\x1b[0m", "\x1b[31mlong\x1b[0m\x1b[2m␛[2J\x1b[0m"]);
        assert_eq!(line.paint(&Style::plain(80)), "red and long␛[2J");
    }

    proptest! {
        #[test]
        fn whatever_it_holds_a_line_fits_and_loses_no_word(
            texts in proptest::collection::vec("\\PC{0,30}|[ -~\u{1b}\u{7}漢👨\u{200d}👩é]{0,30}", 1..4),
            columns in 2_usize..40,
            indent in 0_usize..5,
        ) {
            let line = texts.iter().fold(Line::new(), |line, text| line.with(Role::Text, text));
            prop_assert!(line.clone().clip(columns).width() <= columns);
            prop_assert_eq!(line.clone().pad(columns).width(), columns);
            let text = |line: &Line| line.paint(&Style::plain(80)).replace(' ', "");
            let wrapped = line.clone().wrap(columns, indent);
            for row in &wrapped {
                let alone = row.spans.iter().map(|it| it.text.trim().graphemes(true).count()).sum::<usize>() <= 1;
                prop_assert!(row.width() <= columns || alone, "{:?}", row);
            }
            prop_assert_eq!(wrapped.iter().map(text).collect::<String>(), text(&line));
        }
    }

    #[test]
    fn a_line_of_a_million_colours_costs_no_more_than_a_long_one() {
        let raw = "\x1b[31mx".repeat(1_000_000);
        let painted = Line::output(&raw).paint(&Style { colour: true, ..Style::plain(80) });
        assert!(painted.len() < LONGEST * (MOST_COLOURS + 8), "{}", painted.len());
    }

    #[test]
    fn a_file_name_cannot_break_out_of_its_link() {
        let style = Style { links: true, ..Style::plain(80) };
        let line = Line::new().with_path(Role::Name, "x\x1b\\y", Some("/w/x\x1b\\y z"));
        assert_eq!(line.paint(&style), "\x1b]8;;file:///w/x%1B%5Cy%20z\x1b\\x␛\\y\x1b]8;;\x1b\\");
    }
}
