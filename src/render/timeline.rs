//! A run along its time: a row for each task, and what its end waited for.

use std::time::Duration;

use super::{
    Style,
    line::Line,
    parts::{finish, spread},
    runs, symbols,
    theme::Role,
};
use crate::{
    run::Status,
    text::{display_width, format_duration},
    view::{SpanKind, Timeline, TimelineRow},
};

/// A timeline as text.
#[must_use]
pub fn timeline(timeline: &Timeline, style: &Style) -> String {
    let mut lines = runs::run_lines(&timeline.line, style);
    lines.extend(head(timeline, style));
    if style.accessible {
        lines.extend(timeline.rows.iter().flat_map(|row| spoken(row).wrap(style.width, 2)));
    } else {
        let table = Table::of(timeline, style);
        lines.push(table.axis(timeline));
        lines.extend(timeline.rows.iter().map(|row| table.row(row, style)));
    }
    lines.extend(foot(timeline, style));
    finish(lines, style)
}

/// `Timeline · 5m 10s, 12m 30s of work, 7m 20s saved by running side by side`
fn head(timeline: &Timeline, style: &Style) -> Vec<Line> {
    let so_far = if timeline.goes_on { " so far" } else { "" };
    let mut said = format!(" · {}{so_far}", format_duration(timeline.wall));
    let saved = timeline.saved();
    if saved.is_zero() {
        said.push_str(&format!(", {} of work", format_duration(timeline.work)));
    } else {
        let (work, saved) = (format_duration(timeline.work), format_duration(saved));
        said.push_str(&format!(", {work} of work: {saved} saved by running side by side"));
    }
    Line::of(Role::Title, "Timeline").with(Role::Dim, said).wrap(style.width, 2)
}

fn foot(timeline: &Timeline, style: &Style) -> Vec<Line> {
    let mut lines = Vec::new();
    if timeline.critical.len() > 1 {
        let mark = if style.accessible { "" } else { "◆ " };
        let (then, more) = if style.accessible { (", then ", ", and ") } else { (" → ", " → … ") };
        let names: Vec<String> = timeline.critical.iter().map(ToString::to_string).collect();
        let chain = match names.len() {
            0..=CHAIN => names.join(then),
            all => {
                let (first, last) = (names[..CHAIN / 2].join(then), names[all - CHAIN / 2..].join(then));
                format!("{first}{more}{} more{then}{last}", all - CHAIN / 2 * 2)
            }
        };
        let line = Line::of(Role::Warning, mark).with(Role::Dim, "the end waited for: ");
        lines.extend(line.with(Role::Text, chain).wrap(style.width, 2));
    }
    for (at, length) in &timeline.gaps {
        let (at, length) = (format_duration(*at), format_duration(*length));
        let said = format!("after {at} the machine slept for {length}, which is not counted");
        lines.extend(Line::of(Role::Dim, said).wrap(style.width, 2));
    }
    lines
}

/// Most names of a chain that are said.
const CHAIN: usize = 12;

/// `build: succeeded, waited 2s, ran 10s from 2s on, the end waited for it`
fn spoken(row: &TimelineRow) -> Line {
    let line = Line::of(Role::Name, row.name.as_str()).with(Role::Text, ": ");
    let mut said = row.status.word().to_owned();
    let first = row.spans.iter().find(|span| matches!(span.kind, SpanKind::Ran(_)));
    if !row.waited().is_zero() {
        said.push_str(&format!(", waited {}", format_duration(row.waited())));
    }
    if let Some(first) = first {
        said.push_str(&format!(", ran {}", format_duration(row.ran())));
        if !first.from.is_zero() {
            said.push_str(&format!(" from {} on", format_duration(first.from)));
        }
    }
    if row.attempts > 1 {
        said.push_str(&format!(", tried {} times", row.attempts));
    }
    if row.is_critical {
        said.push_str(", the end waited for it");
    }
    line.with(Role::Text, said)
}

/// Where the columns are.
struct Table {
    names: usize,
    bars: usize,
    /// Columns of how it stands, in words, where there is room for that.
    words: usize,
    wall: Duration,
}

/// Columns of a duration and the gap before it.
const TOOK: usize = 9;
/// From here on a status is said in words too.
const WIDE: usize = 60;
/// Columns of the longest status and the gap before it.
const WORD: usize = 11;

impl Table {
    fn of(timeline: &Timeline, style: &Style) -> Self {
        let widest = timeline.rows.iter().map(|row| display_width(row.name.as_str())).max().unwrap_or(0);
        let names = widest.min(style.width / 3);
        // The mark of the chain, the status' symbol and a blank behind each.
        let words = if style.width >= WIDE { WORD } else { 0 };
        let bars = style.width.saturating_sub(names + 5 + TOOK + words);
        Self { names, bars, words, wall: timeline.wall }
    }

    fn axis(&self, timeline: &Timeline) -> Line {
        let (first, last) = ("0s", format_duration(timeline.wall));
        let room = self.bars.saturating_sub(first.len() + last.len());
        let said = if room == 0 { String::new() } else { format!("{first}{}{last}", " ".repeat(room)) };
        Line::of(Role::Dim, format!("{}{said}", " ".repeat(self.names + 5)))
    }

    fn row(&self, row: &TimelineRow, style: &Style) -> Line {
        let chain = if row.is_critical { "◆ " } else { "  " };
        let mark = symbols::run(row.status);
        let line = Line::of(Role::Warning, chain).join(mark.symbol_line());
        let line = line.with(Role::Text, " ").join(Line::of(Role::Name, row.name.as_str()).pad(self.names));
        let line = line.with(Role::Text, " ").join(self.bar(row));
        let tries = if row.attempts > 1 { format!("{}×", row.attempts) } else { String::new() };
        let took = if row.attempts == 0 { "-".to_owned() } else { tries + &format_duration(row.ran()) };
        let line = match self.words {
            0 => line,
            wide => line.with(Role::Text, " ").join(Line::of(mark.role, mark.word).pad(wide - 2)),
        };
        spread(line, Line::of(Role::Dim, format!("{took:>8}")), style.width)
    }

    /// One cell for every part of the run's time; what ran shows in at least one.
    fn bar(&self, row: &TimelineRow) -> Line {
        let mut cells = vec![(' ', Role::Text); self.bars];
        // What ran is painted over what waited.
        let order = |kind| u8::from(matches!(kind, SpanKind::Ran(_)));
        let mut spans = row.spans.clone();
        spans.sort_by_key(|span| order(span.kind));
        for span in spans {
            let cell = match span.kind {
                SpanKind::Waited => ('·', Role::Dim),
                SpanKind::BackedOff => ('~', Role::Warning),
                // By its texture too, not by its colour alone.
                SpanKind::Ran(status @ (Status::Succeeded | Status::Running)) => {
                    ('█', symbols::run(status).role)
                }
                SpanKind::Ran(status) => ('▒', symbols::run(status).role),
            };
            let from = self.column(span.from).min(self.bars.saturating_sub(1));
            let to = self.column(span.to).max(from + 1).min(self.bars);
            cells.iter_mut().take(to).skip(from).for_each(|it| *it = cell);
        }
        let mut line = Line::new();
        for same in cells.chunk_by(|a, b| a.1 == b.1) {
            line.push(same[0].1, same.iter().map(|(symbol, _)| symbol).collect::<String>());
        }
        line
    }

    fn column(&self, offset: Duration) -> usize {
        let (offset, wall) = (offset.as_millis(), self.wall.as_millis().max(1));
        usize::try_from(offset * self.bars as u128 / wall).unwrap_or(self.bars)
    }
}
