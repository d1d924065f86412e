//! One run.

use std::fmt::Write as _;

use super::{
    Style,
    line::Line,
    parts::{advice, facts, finish},
    runs, symbols,
    theme::Role,
};
use crate::{
    text::{format_bytes, format_duration},
    view::{AttemptLine, Relative, RunPage, TaskLine},
};

/// A run's page as text.
#[must_use]
pub fn run_page(page: &RunPage, style: &Style) -> String {
    let mut lines = runs::run_lines(&page.line, style);
    lines.extend(facts(&page.facts, style.width));
    if !page.tasks.is_empty() {
        lines.push(Line::of(Role::Title, "Tasks"));
        lines.extend(page.tasks.iter().flat_map(|task| task_lines(task, style)));
    }
    if !page.deliverables.is_empty() {
        lines.push(Line::of(Role::Title, "Files it made or changed"));
        for path in &page.deliverables {
            lines.extend(Line::of(Role::Text, "  ").with(Role::Name, path).wrap(style.width, 4));
        }
    }
    if !page.family.is_empty() {
        lines.push(Line::of(Role::Title, "Retries"));
        lines.extend(page.family.iter().map(|it| relative(it, style)));
    }
    if !page.advice.is_empty() {
        lines.push(Line::of(Role::Title, "What can be done"));
        lines.extend(advice(&page.advice, style.width));
    }
    finish(lines, style)
}

/// A run in its tree: each retry stands further in than what it retries.
fn relative(relative: &Relative, style: &Style) -> Line {
    let branch = if style.accessible {
        format!("  level {}: ", relative.depth + 1)
    } else {
        // On a small screen a long chain of retries stays in sight.
        let indent = relative.depth.saturating_sub(1).min(style.width / 8);
        let branch = if relative.depth == 0 { "" } else { "└ " };
        format!("  {}{branch}", "  ".repeat(indent))
    };
    let line = Line::of(Role::Dim, branch).with(Role::Name, &relative.line.tail).with(Role::Text, " ");
    let line = line.join(symbols::run(relative.line.status).line(style));
    let line = line.with(Role::Dim, format!(" · {}", relative.line.ago));
    if relative.is_this { line.with(Role::Text, " · this run") } else { line }
}

fn task_lines(task: &TaskLine, style: &Style) -> Vec<Line> {
    let mut line = Line::of(Role::Text, "  ").join(symbols::run(task.status).line(style).pad(12));
    line = line.with(Role::Text, " ").with(Role::Name, task.name.as_str());
    if !task.title.is_empty() {
        line.push(Role::Text, format!("  {}", task.title));
    }
    if let Some(by) = &task.blocked_by {
        line.push(Role::Dim, format!(" · waited for {by}"));
    } else if !task.needs.is_empty() {
        let needs = task.needs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        line.push(Role::Dim, format!(" · needs {needs}"));
    }
    let mut lines = line.wrap(style.width, 15);
    lines.extend(task.attempts.iter().flat_map(|attempt| attempt_lines(attempt, task, style)));
    lines
}

fn attempt_lines(attempt: &AttemptLine, task: &TaskLine, style: &Style) -> Vec<Line> {
    let mut said = format!("attempt {} {}", attempt.number, attempt.words);
    if let Some(duration) = attempt.duration {
        let _ = write!(said, " · {}", format_duration(duration));
    }
    if let Some(bytes) = attempt.bytes {
        let _ = write!(said, " · {} of output", format_bytes(bytes));
    }
    // Its words say the same as the task's state when there was only one; then it is beside the point.
    let role = if task.attempts.len() == 1 { Role::Dim } else { symbols::run(attempt.status).role };
    Line::of(Role::Text, "    ").with(role, said).wrap(style.width, 6)
}
