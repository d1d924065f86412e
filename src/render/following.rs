//! A run that is watched: its head, its progress and a row a task, without a spinner (the face puts that
//! in front where it can move). And what happened, a line an event.

use super::{
    Style,
    line::Line,
    parts::{bar, finish},
    symbols,
    theme::Role,
};
use crate::{
    plan::Progress,
    text::format_duration,
    view::{FollowRow, FollowedTask, Following, Told},
};

/// From here on a task's title stands beside what it said last.
const WIDE: usize = 60;
/// Columns of the widest status.
const STATUS: usize = 11;

/// A run that is watched, as text.
#[must_use]
pub fn following(following: &Following, style: &Style) -> String {
    let mut lines = vec![head(following, style)];
    lines.extend(progress(following, style));
    for row in &following.rows {
        lines.push(match row {
            FollowRow::Group(name) => Line::of(Role::Text, "  ").with(Role::Title, name),
            FollowRow::Task(task) => task_line(task, style),
        });
    }
    if !following.left_out.is_empty() {
        let counted = following.left_out.iter().map(|(status, number)| format!("{number} {}", status.word()));
        let said = format!("  not shown: {}", counted.collect::<Vec<_>>().join(", "));
        lines.push(Line::of(Role::Dim, said));
    }
    finish(lines, style)
}

fn head(following: &Following, style: &Style) -> Line {
    let mark = symbols::run(following.status).line(style);
    let mut line = mark.with(Role::Text, format!(" {} ", following.subject));
    line.push(Role::Name, following.id.short());
    if let Some(elapsed) = following.elapsed {
        line.push(Role::Dim, format!(" · {}", format_duration(elapsed)));
    }
    line
}

/// `████░░░░ 412 of 1000 tasks · 4m to 11m left (from 14 before, off by 22%)`
fn progress(following: &Following, style: &Style) -> Option<Line> {
    let mut line = Line::of(Role::Text, "  ");
    if following.total > 1 {
        let progress = Progress { done: following.over, total: following.total, skipped: 0 };
        if !style.accessible {
            line = line.join(bar(progress, (style.width / 5).min(30))).with(Role::Text, " ");
        }
        line.push(Role::Text, format!("{} of {} tasks", following.over, following.total));
    }
    if let Some(rest) = &following.rest {
        let dot = if following.total > 1 { " · " } else { "" };
        line.push(Role::Text, format!("{dot}{} left", rest.range()));
        line.push(Role::Dim, format!(" ({})", rest.basis()));
    }
    (following.total > 1 || following.rest.is_some()).then_some(line)
}

fn task_line(task: &FollowedTask, style: &Style) -> Line {
    let mark = symbols::run(task.status).line(style);
    let mut line = Line::of(Role::Text, "  ").join(mark.pad(STATUS));
    line.push(Role::Name, format!(" {}", task.name.as_str()));
    let has_more = task.said.is_some();
    if !task.title.is_empty() && (style.width >= WIDE || !has_more) {
        let mut title = Line::of(Role::Text, format!(" {}", task.title));
        if has_more {
            title = title.clip(style.width / 3);
        }
        line = line.join(title);
    }
    if let Some(elapsed) = task.elapsed {
        line.push(Role::Dim, format!(" · {}", format_duration(elapsed)));
    }
    if let Some(left) = &task.left {
        line.push(Role::Dim, format!(", {} left", left.range()));
    }
    if let Some(attempt) = task.attempt.as_ref().filter(|it| it.number > 1) {
        line.push(Role::Warning, format!(" · attempt {}", attempt.number));
    }
    if let Some(said) = &task.said {
        let between = if style.accessible { ", last output: " } else { " ┆ " };
        line = line.with(Role::Border, between).join(Line::output(said.trim_end()));
    }
    line
}

/// What happened, in one line however long: it goes to a pipe or is wrapped by whoever reads it.
#[must_use]
pub fn told(told: &Told, style: &Style) -> String {
    let wide = Style { width: usize::MAX, ..style.clone() };
    let mut line = Line::of(Role::Dim, format!("{:>8} ", format_duration(told.at)));
    if let Some(status) = told.status {
        line = line.join(symbols::run(status).line(style)).with(Role::Text, " ");
    }
    if !told.about.is_empty() {
        line.push(Role::Name, format!("{} ", told.about));
    }
    finish(vec![line.with(Role::Text, &told.words)], &wide).trim_start().to_owned()
}
