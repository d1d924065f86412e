//! How a run differs from another.

use super::{Style, line::Line, parts::finish, runs, symbols, theme::Role};
use crate::{
    text::format_duration,
    view::{Change, LineDiff, RunDiff, Sides, TaskDiff, TaskSide},
};

/// Two runs side by side, as text.
#[must_use]
pub fn diff(diff: &RunDiff, style: &Style) -> String {
    let mut lines = vec![Line::of(Role::Title, "Before")];
    lines.extend(runs::run_lines(&diff.before, style));
    lines.push(Line::of(Role::Title, "After"));
    lines.extend(runs::run_lines(&diff.after, style));
    if !diff.changes.is_empty() {
        lines.push(Line::of(Role::Title, "What is not the same"));
        lines.extend(diff.changes.iter().flat_map(|it| change(it, 2, style)));
    }
    lines.push(Line::of(Role::Title, "Tasks"));
    lines.extend(diff.tasks.iter().flat_map(|it| task(it, style)));
    finish(lines, style)
}

fn change(change: &Change, indent: usize, style: &Style) -> Vec<Line> {
    let said = |it: &Option<String>| it.clone().unwrap_or_else(|| "nothing".to_owned());
    let line = Line::of(Role::Text, " ".repeat(indent)).with(Role::Dim, format!("{}: ", change.what));
    let line = line.with(Role::Text, said(&change.before)).with(Role::Dim, arrow(style));
    line.with(Role::Text, said(&change.after)).wrap(style.width, indent + 2)
}

const fn arrow(style: &Style) -> &'static str {
    if style.accessible { ", then " } else { " → " }
}

fn task(task: &TaskDiff, style: &Style) -> Vec<Line> {
    let mark = |side: TaskSide| symbols::run(side.status).line(style);
    let name = Line::of(Role::Text, "  ").with(Role::Name, task.name.as_str()).with(Role::Text, "  ");
    let line = match task.sides {
        Sides::Both { before, after } if before.status == after.status => {
            name.join(mark(after)).with(Role::Dim, took(before, after, style))
        }
        Sides::Both { before, after } => name
            .join(mark(before))
            .with(Role::Dim, arrow(style))
            .join(mark(after))
            .with(Role::Dim, took(before, after, style)),
        Sides::Before(side) => name.join(mark(side)).with(Role::Dim, " · only before"),
        Sides::After(side) => name.join(mark(side)).with(Role::Dim, " · only after"),
    };
    let mut lines = line.wrap(style.width, 4);
    lines.extend(task.changes.iter().flat_map(|it| change(it, 4, style)));
    lines.extend(task.output.iter().flat_map(|it| output(it, style)));
    lines
}

/// ` · 1.2s → 3.4s · 2 → 1 attempts`.
fn took(before: TaskSide, after: TaskSide, style: &Style) -> String {
    let arrow = arrow(style);
    let said = |side: TaskSide| side.duration.map_or_else(|| "-".to_owned(), format_duration);
    let mut words = format!(" · {}{arrow}{}", said(before), said(after));
    if before.attempts != after.attempts {
        words += &format!(" · {}{arrow}{} attempts", before.attempts, after.attempts);
    }
    words
}

fn output(line: &LineDiff, style: &Style) -> Vec<Line> {
    let said = |sign: &str, role: Role, it: &Option<String>| {
        let start = Line::of(role, format!("      {sign} "));
        match it {
            Some(text) => start.join(Line::output(text)).clip(style.width),
            None => start.with(Role::Dim, "(ended here)").clip(style.width),
        }
    };
    let (minus, plus) = if style.accessible { ("before:", "after:") } else { ("-", "+") };
    vec![
        Line::of(Role::Dim, format!("    first different line of output: {}", line.number)),
        said(minus, Role::Failed, &line.before),
        said(plus, Role::Ok, &line.after),
    ]
}
