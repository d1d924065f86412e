//! Short texts beside the prompt.

use super::{Style, line::Line, parts::finish, symbols, theme::Role};
use crate::{run::Status, text::format_duration, view::Following};

/// One line that says how a run in the background ended, for above the prompt.
#[must_use]
pub fn announcement(said: &(Status, String), style: &Style) -> String {
    let line = symbols::run(said.0).line(style).with(Role::Text, format!(" {}", said.1));
    finish(vec![line], style)
}

/// A word in a role: the prompt's mark, a key in a sentence.
#[must_use]
pub fn word(role: Role, text: &str, style: &Style) -> String {
    finish(vec![Line::of(role, text)], style)
}

/// A theme's name, and the word of each role as the theme of `style` shows it.
#[must_use]
pub fn theme_sample(name: &str, style: &Style) -> String {
    let mut line = Line::of(Role::Title, name).with(Role::Text, ":");
    for role in Role::ALL {
        line = line.with(Role::Text, " ").with(role, role.word());
    }
    finish(line.wrap(style.width, 2), style)
}

/// A run that is watched: one line for it and one for each task that runs, without a spinner (the
/// face puts that in front where it can move).
#[must_use]
pub fn following(following: &Following, style: &Style) -> String {
    let mark = symbols::run(following.status).line(style);
    let mut line = mark.with(Role::Text, format!(" {} ", following.subject));
    line.push(Role::Name, following.id.short());
    if let Some(elapsed) = following.elapsed {
        line.push(Role::Dim, format!(" · {}", format_duration(elapsed)));
    }
    if following.total > 1 {
        line.push(Role::Dim, format!(" · {} of {} tasks", following.over, following.total));
    }
    let mut lines = vec![line];
    for task in &following.tasks {
        let mut line = Line::of(Role::Text, "  ").join(symbols::run(task.status).line(style));
        line.push(Role::Name, format!(" {}", task.name.as_str()));
        if !task.title.is_empty() && task.title != task.name.as_str() {
            line.push(Role::Text, format!(" {}", task.title));
        }
        if let Some(elapsed) = task.elapsed {
            line.push(Role::Dim, format!(" · {}", format_duration(elapsed)));
        }
        if task.attempt > 1 {
            line.push(Role::Warning, format!(" · attempt {}", task.attempt));
        }
        lines.push(line);
    }
    finish(lines, style)
}
