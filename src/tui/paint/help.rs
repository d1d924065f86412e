//! The keys, over everything else.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::look::{Look, Pen};
use crate::{render::Role, screen::Size, text, tui::keys};

/// Columns of the keys' names.
const NAMES: usize = 14;

/// A row of the help.
enum HelpRow {
    Title(String),
    Key(String, String),
    Words(String),
}

fn rows(columns: usize) -> Vec<HelpRow> {
    let page = keys::help();
    let mut rows = vec![HelpRow::Title(format!("{} · Esc closes", page.title))];
    for section in page.sections {
        rows.push(HelpRow::Words(String::new()));
        rows.push(HelpRow::Title(section.title));
        for key in section.keys {
            let says = text::wrap(&key.says, columns.saturating_sub(NAMES).max(8));
            let mut name = key.key;
            for line in says {
                rows.push(HelpRow::Key(std::mem::take(&mut name), line));
            }
        }
    }
    for note in page.notes {
        rows.push(HelpRow::Words(String::new()));
        rows.extend(text::wrap(&note, columns.max(8)).into_iter().map(HelpRow::Words));
    }
    rows
}

/// How many rows the help has on a screen.
#[must_use]
pub fn help_rows(size: Size) -> usize {
    rows(size.columns.saturating_sub(2)).len()
}

/// Paints the help from a row on.
pub fn paint(top: usize, size: Size, look: &Look, buffer: &mut Buffer) {
    let width = u16::try_from(size.columns).unwrap_or(u16::MAX);
    let height = u16::try_from(size.rows).unwrap_or(u16::MAX);
    let area = Rect::new(1.min(width), 0, width.saturating_sub(2), height);
    for (row, help) in rows(size.columns.saturating_sub(2)).iter().skip(top).take(size.rows).enumerate() {
        let mut pen = Pen::at(buffer, area, u16::try_from(row).unwrap_or(u16::MAX));
        match help {
            HelpRow::Title(words) => pen.text(words, look.role(Role::Title)),
            HelpRow::Key(name, says) => {
                pen.text(&text::pad(name, NAMES), look.role(Role::Key)).text(says, Style::new())
            }
            HelpRow::Words(words) => pen.text(words, look.role(Role::Dim)),
        };
    }
}
