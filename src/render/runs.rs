//! Runs in a list.

use super::{
    Style,
    line::Line,
    parts::{finish, spread},
    symbols,
    theme::Role,
};
use crate::{
    text::format_duration,
    view::{RunLine, RunList},
};

/// From here on time and duration stand in the first line.
const WIDE: usize = 70;
/// The longest word of a run's status, its symbol and a gap.
const STATUS: usize = 12;

/// A list of runs as text.
#[must_use]
pub fn run_list(list: &RunList, style: &Style) -> String {
    let mut lines = heading(list, style);
    for run in &list.rows {
        lines.extend(run_lines(run, style));
    }
    if list.rows.is_empty() && list.asked.is_empty() {
        let hint = Line::of(Role::Text, "Nothing has been run here yet. ").with(Role::Key, "next");
        lines.extend(hint.with(Role::Text, " runs what is next in a plan.").wrap(style.width, 2));
    }
    finish(lines, style)
}

fn heading(list: &RunList, style: &Style) -> Vec<Line> {
    let asked = if list.asked.is_empty() { String::new() } else { format!(" · {}", list.asked) };
    let shown = match list.rows.len() {
        rows if rows < list.total => format!("{rows} of {} runs", list.total),
        1 => "1 run".to_owned(),
        rows => format!("{rows} runs"),
    };
    Line::of(Role::Title, "Runs").with(Role::Dim, format!(" · {shown}{asked}")).wrap(style.width, 2)
}

/// One run in one or two lines.
pub(super) fn run_lines(run: &RunLine, style: &Style) -> Vec<Line> {
    if style.accessible {
        return spoken(run, style);
    }
    let key = run.key.map_or(" ".to_owned(), |key| key.to_string());
    let left = Line::of(Role::Key, key).with(Role::Text, " ").with(Role::Name, &run.tail);
    let left = left.with(Role::Text, " ").join(symbols::run(run.status).line(style).pad(STATUS));
    let left = left.with(Role::Text, " ").join(subject(run));
    let is_wide = style.width >= WIDE;
    let right = if is_wide { Line::of(Role::Dim, times(run)) } else { Line::new() };
    let mut lines = vec![spread(left, right, style.width)];
    lines.extend(second(run, is_wide, style));
    lines
}

fn subject(run: &RunLine) -> Line {
    let mut line = Line::of(Role::Text, run.workflow.as_str());
    if let Some(plan) = &run.plan {
        line = line.with(Role::Text, " ").with(Role::Name, plan.as_str());
    }
    if let Some(item) = &run.item {
        line = line.with(Role::Text, " ").with(Role::Name, item.as_str());
    }
    if let Some(title) = run.plan_title.as_ref().filter(|title| !title.is_empty()) {
        line.push(Role::Dim, format!("  {title}"));
    }
    line
}

/// `12m ago      2m 34s`, each at its place; a run that has not begun has no duration.
fn times(run: &RunLine) -> String {
    let took = run.duration.map_or("-".to_owned(), format_duration);
    format!("{:>10} {took:>8}", run.ago)
}

/// What did not fit into the first line, which holds the times when it is wide.
fn second(run: &RunLine, is_wide: bool, style: &Style) -> Option<Line> {
    let mut parts = Vec::new();
    if !is_wide {
        parts.push(run.ago.clone());
        parts.extend(run.duration.map(|it| format!("took {}", format_duration(it))));
    }
    if run.tasks > 1 {
        parts.push(format!("{} of {} tasks", run.over, run.tasks));
    }
    parts.push(run.preview.clone());
    parts.retain(|part| !part.is_empty());
    let line = Line::of(Role::Dim, format!("  {}", parts.join(" · ")));
    (!parts.is_empty()).then(|| line.clip(style.width))
}

fn spoken(run: &RunLine, style: &Style) -> Vec<Line> {
    let mut line = Line::new();
    if let Some(key) = run.key {
        line.push(Role::Key, format!("{key}. "));
    }
    line = line.with(Role::Text, "run ").with(Role::Name, &run.tail).with(Role::Text, ": ");
    line = line.join(symbols::run(run.status).line(style)).with(Role::Text, ", ").join(subject(run));
    line.push(Role::Text, format!(", {}", run.ago));
    if let Some(duration) = run.duration {
        line.push(Role::Text, format!(", took {}", format_duration(duration)));
    }
    if !run.preview.is_empty() {
        line.push(Role::Dim, format!(", {}", run.preview));
    }
    line.wrap(style.width, 2)
}
