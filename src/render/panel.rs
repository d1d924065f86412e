//! Panels and questions.

use super::{
    Style,
    line::Line,
    parts::{advice, boxed, facts, inside},
    symbols,
    theme::Role,
};
use crate::view::{Confirm, Panel, Tail};

/// A panel as text.
#[must_use]
pub fn panel(panel: &Panel, style: &Style) -> String {
    let (symbol, role) = symbols::tone(panel.tone);
    let title = if style.accessible { panel.title.clone() } else { format!("{symbol} {}", panel.title) };
    let room = inside(style);
    let mut lines: Vec<Line> =
        panel.sentences.iter().flat_map(|it| Line::of(Role::Text, it).wrap(room, 0)).collect();
    if let Some(tail) = &panel.tail {
        lines.extend(output(tail, room, style));
    }
    lines.extend(facts(&panel.facts, room));
    lines.extend(deliverables(panel, room));
    if !panel.advice.is_empty() {
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        lines.extend(advice(&panel.advice, room));
    }
    boxed(Line::of(role, title), lines, role, style)
}

fn output(tail: &Tail, room: usize, style: &Style) -> Vec<Line> {
    let mut lines = vec![Line::of(Role::Dim, format!("{}:", tail.heading))];
    let margin = if style.accessible { "  " } else { "┆ " };
    for raw in &tail.lines {
        let line = Line::output(raw.trim_end_matches(['\r', '\n']));
        let rows = clipped(line.wrap(room.saturating_sub(2), 0), room.saturating_sub(2));
        lines.extend(rows.into_iter().map(|row| Line::of(Role::Border, margin).join(row)));
    }
    lines
}

/// How many rows a single line of output may take.
const ROWS: usize = 3;

/// The first [`ROWS`] rows, with a sign when there are more.
fn clipped(mut rows: Vec<Line>, columns: usize) -> Vec<Line> {
    if rows.len() > ROWS {
        rows.truncate(ROWS);
        let last = rows.pop().unwrap_or_default();
        rows.push(last.clip(columns.saturating_sub(1)).with(Role::Dim, "…"));
    }
    rows
}

fn deliverables(panel: &Panel, room: usize) -> Vec<Line> {
    if panel.deliverables.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::of(Role::Dim, "files it made or changed:")];
    for path in &panel.deliverables {
        lines.extend(Line::of(Role::Text, "  ").with(Role::Name, path).wrap(room, 4));
    }
    if panel.more_deliverables > 0 {
        lines.push(Line::of(Role::Dim, format!("  +{} more", panel.more_deliverables)));
    }
    lines
}

/// What stands above a yes-or-no question; the screen asks the question itself.
#[must_use]
pub fn confirm(confirm: &Confirm, style: &Style) -> String {
    let wrapped = |role, text: &str| Line::of(role, text).wrap(style.width, 2);
    let mut lines = Vec::new();
    for sentence in &confirm.does {
        lines.extend(wrapped(Role::Text, sentence));
    }
    if let Some(why) = &confirm.why {
        lines.extend(wrapped(Role::Dim, &format!("Why: {why}")));
    }
    for loss in &confirm.loses {
        let mark = if style.accessible { "" } else { "! " };
        lines.extend(wrapped(Role::Warning, &format!("{mark}This would be lost: {loss}")));
    }
    super::parts::finish(lines, style)
}
