//! The page of keys.

use super::{
    Style,
    line::Line,
    parts::{beside, finish},
    theme::Role,
};
use crate::{text::display_width, view::HelpPage};

/// The page of keys as text.
#[must_use]
pub fn help(page: &HelpPage, style: &Style) -> String {
    let mut lines = vec![Line::of(Role::Title, &page.title)];
    let keys = || page.sections.iter().flat_map(|section| &section.keys);
    let wide = keys().map(|key| display_width(&key.key)).max().unwrap_or(0).min(style.width / 3) + 4;
    for section in &page.sections {
        lines.push(Line::new());
        lines.extend(Line::of(Role::Title, &section.title).wrap(style.width, 2));
        for key in &section.keys {
            let name = Line::of(Role::Text, "  ").with(Role::Key, &key.key);
            lines.extend(beside(name, wide, Line::of(Role::Text, &key.says), style.width));
        }
    }
    for note in &page.notes {
        lines.push(Line::new());
        lines.extend(Line::of(Role::Dim, note).wrap(style.width, 0));
    }
    finish(lines, style)
}
