//! Short texts beside the prompt.

use super::{Style, line::Line, parts::finish, symbols, theme::Role};
use crate::run::Status;

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
