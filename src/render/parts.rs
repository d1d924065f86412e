//! What several screens are put together from: bars, labelled lines, problems, facts, boxes.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets::UTF8_FULL_CONDENSED};

use super::{Style, line::Line, symbols, theme::Role};
use crate::{
    plan::{Progress, problem::Problem},
    view::{Fact, NumberedAdvice},
};

/// Lines as they go to the terminal.
pub(super) fn finish(lines: Vec<Line>, style: &Style) -> String {
    let painted = lines.into_iter().map(|line| line.clip(style.width).trim_end().paint(style));
    painted.collect::<Vec<_>>().join("\n")
}

/// `left` and, at the right edge, `right`; `left` is clipped, `right` never.
pub(super) fn spread(left: Line, right: Line, columns: usize) -> Line {
    if right.width() == 0 {
        return left.clip(columns);
    }
    let room = columns.saturating_sub(right.width() + 1);
    left.pad(room).with(Role::Text, " ").join(right)
}

/// How wide the labels of a page are.
pub(super) const LABEL: usize = 9;

/// A label and what belongs to it, wrapped beside it.
pub(super) fn labelled(label: &str, value: Line, style: &Style) -> Vec<Line> {
    if style.accessible {
        return Line::of(Role::Dim, format!("{label}: ")).join(value).wrap(style.width, 2);
    }
    beside(Line::of(Role::Dim, label), LABEL, value, style.width)
}

/// A label of `wide` columns and a value that is wrapped beside it: a path too long for its line
/// is broken there rather than moved below.
pub(super) fn beside(label: Line, wide: usize, value: Line, columns: usize) -> Vec<Line> {
    let wide = wide.min(columns / 2);
    let mut label = Some(label);
    let value = value.wrap(columns - wide, 0).into_iter();
    value.map(|line| label.take().unwrap_or_default().pad(wide).join(line)).collect()
}

/// `6 of 13 done, 1 skipped`.
pub(super) fn progress_words(progress: Progress) -> String {
    let skipped = match progress.skipped {
        0 => String::new(),
        some => format!(", {some} skipped"),
    };
    format!("{} of {} done{skipped}", progress.done, progress.total)
}

/// A bar of `cells` columns: full only when nothing is left, and never empty when something is done.
pub(super) fn bar(progress: Progress, cells: usize) -> Line {
    let share = |part: usize| match (part, progress.total) {
        (0, _) | (_, 0) => 0,
        _ => (part * cells / progress.total).max(1),
    };
    let done = share(progress.done).min(cells);
    let over = share(progress.done + progress.skipped).clamp(done, cells);
    let line = Line::of(Role::Ok, "█".repeat(done)).with(Role::Dim, "▒".repeat(over - done));
    line.with(Role::Dim, "░".repeat(cells - over))
}

/// A problem: how bad, what, where, and what would mend it.
pub(super) fn problem(problem: &Problem, style: &Style) -> Vec<Line> {
    let place = problem.place.to_string();
    let line = symbols::severity(problem.severity).line(style);
    let line = line.with(Role::Text, format!(" {} ", problem.message)).with(Role::Name, place);
    let arrow = if style.accessible { "to mend it: " } else { "→ " };
    let fix = Line::of(Role::Dim, "  ").with(Role::Hint, format!("{arrow}{}", problem.fix));
    let mut lines = line.wrap(style.width, 2);
    if !problem.fix.is_empty() {
        lines.extend(fix.wrap(style.width, 4));
    }
    lines
}

/// How many problems are not listed, and what lists them.
pub(super) fn more_problems(more: usize, command: &str) -> Line {
    let plural = if more == 1 { "" } else { "s" };
    Line::of(Role::Dim, format!("  +{more} more problem{plural}: ")).with(Role::Key, command)
}

/// Facts by name, in `columns`.
pub(super) fn facts(facts: &[Fact], columns: usize) -> Vec<Line> {
    let wide = facts.iter().map(|fact| fact.name.len()).max().unwrap_or(0) + 2;
    let line = |fact: &Fact| {
        let role = if fact.is_path { Role::Name } else { Role::Text };
        let value = Line::new().with_path(role, &fact.value, fact.is_path.then_some(&fact.value));
        beside(Line::of(Role::Dim, fact.name), wide, value, columns)
    };
    facts.iter().flat_map(line).collect()
}

/// Numbered advice, in `columns`.
pub(super) fn advice(advice: &[NumberedAdvice], columns: usize) -> Vec<Line> {
    let entry = |advice: &NumberedAdvice| {
        let say = Line::of(Role::Key, advice.key.to_string()).with(Role::Hint, format!("  {}", advice.say));
        let mut lines = say.wrap(columns, 3);
        let command = advice.command.as_ref().map(|it| Line::of(Role::Dim, "   runs ").with(Role::Name, it));
        let why = (!advice.why.is_empty()).then(|| Line::of(Role::Dim, format!("   {}", advice.why)));
        lines.extend(why.into_iter().chain(command).flat_map(|line| line.wrap(columns, 3)));
        lines
    };
    advice.iter().flat_map(entry).collect()
}

/// The widest box that is still read with ease.
const WIDEST: usize = 100;

/// Columns inside a box.
pub(super) fn inside(style: &Style) -> usize {
    if is_framed(style) { style.width.min(WIDEST) - 4 } else { style.width }
}

/// A frame needs four columns, and leaves too little between them on the smallest of screens.
const fn is_framed(style: &Style) -> bool {
    !style.accessible && style.width >= 12
}

/// A title and what belongs to it, in a rounded box; for accessible readers one below the other.
/// The lines fit [`inside`].
pub(super) fn boxed(title: Line, content: Vec<Line>, border: Role, style: &Style) -> String {
    if !is_framed(style) {
        return finish(std::iter::once(title).chain(content).collect(), style);
    }
    let room = inside(style);
    let title = title.clip(room).paint(style);
    let content: Vec<String> = content.into_iter().map(|line| line.clip(room).paint(style)).collect();
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED.with_rounded_corners());
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header([title]);
    // A row each, so that no colour and no link of one line is opened again on the next.
    for line in content {
        table.add_row([line]);
    }
    let width = u16::try_from(room + 2).unwrap_or(u16::MAX);
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
    }
    let ansi = |text: &str| Line::of(border, text).paint(style);
    table.lines().map(|line| paint_frame(&line, &ansi)).collect::<Vec<_>>().join("\n")
}

/// The frame of a line in its colour: the first and last character, or all of a ruled line.
fn paint_frame(line: &str, ansi: &dyn Fn(&str) -> String) -> String {
    let inner = line.strip_prefix('│').and_then(|it| it.strip_suffix('│'));
    inner.map_or_else(|| ansi(line), |inner| format!("{}{inner}{}", ansi("│"), ansi("│")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_tells_nothing_from_something_and_almost_from_all() {
        let check = |done, total, skipped, expected: &str| {
            let line = bar(Progress { done, total, skipped }, 5);
            assert_eq!(line.paint(&Style::plain(80)), expected, "{done} of {total}");
        };
        check(0, 0, 0, "░░░░░");
        check(0, 9, 0, "░░░░░");
        check(1, 100, 0, "█░░░░");
        check(99, 100, 0, "████░");
        check(99, 100, 1, "████▒");
        check(100, 100, 0, "█████");
        check(0, 2, 2, "▒▒▒▒▒");
    }
}
