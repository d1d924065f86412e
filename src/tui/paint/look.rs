//! Roles as ratatui's styles, and text put into a buffer.

use nu_ansi_term::Color as Ansi;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};

use crate::{
    render::{self, Role},
    tui::cells::{self, Glyph},
};

/// How the monitor looks to its reader.
#[derive(Clone, Debug)]
pub struct Look {
    style: render::Style,
}

impl Look {
    /// As all other screens look.
    #[must_use]
    pub const fn of(style: render::Style) -> Self {
        Self { style }
    }

    /// How a role looks.
    pub fn role(&self, role: Role) -> Style {
        if !self.style.colour {
            return Style::new();
        }
        let ansi = self.style.theme.ansi(role);
        let mut style = Style::new();
        style.fg = ansi.foreground.map(colour);
        style.bg = ansi.background.map(colour);
        let modifiers = [
            (ansi.is_bold, Modifier::BOLD),
            (ansi.is_dimmed, Modifier::DIM),
            (ansi.is_italic, Modifier::ITALIC),
            (ansi.is_underline, Modifier::UNDERLINED),
            (ansi.is_reverse, Modifier::REVERSED),
        ];
        for (_, modifier) in modifiers.into_iter().filter(|(has, _)| *has) {
            style = style.add_modifier(modifier);
        }
        style
    }
}

const fn colour(ansi: Ansi) -> Color {
    match ansi {
        Ansi::Black => Color::Black,
        Ansi::Red => Color::Red,
        Ansi::Green => Color::Green,
        Ansi::Yellow => Color::Yellow,
        Ansi::Blue => Color::Blue,
        Ansi::Purple | Ansi::Magenta => Color::Magenta,
        Ansi::Cyan => Color::Cyan,
        Ansi::White => Color::Gray,
        Ansi::DarkGray => Color::DarkGray,
        Ansi::LightRed => Color::LightRed,
        Ansi::LightGreen => Color::LightGreen,
        Ansi::LightYellow => Color::LightYellow,
        Ansi::LightBlue => Color::LightBlue,
        Ansi::LightPurple | Ansi::LightMagenta => Color::LightMagenta,
        Ansi::LightCyan => Color::LightCyan,
        Ansi::LightGray => Color::White,
        Ansi::Fixed(number) => Color::Indexed(number),
        Ansi::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
        Ansi::Default => Color::Reset,
    }
}

/// A row that is filled from the left, and clipped where it ends.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Pen<'a> {
    /// At the beginning of a row of an area; it writes nothing beyond it.
    pub fn at(buffer: &'a mut Buffer, area: Rect, row: u16) -> Self {
        let inside = area.intersection(buffer.area);
        let y = area.y.saturating_add(row);
        let end = if y < inside.bottom() { inside.right() } else { area.x };
        Self { buffer, x: area.x, y, end }
    }

    /// Columns that are left.
    pub const fn room(&self) -> u16 {
        self.end.saturating_sub(self.x)
    }

    /// Writes text, ours or foreign; what does not fit ends in `…`.
    pub fn text(&mut self, text: &str, style: Style) -> &mut Self {
        self.glyphs(&cells::glyphs(&crate::text::plain(text), false), style, true)
    }

    /// Writes glyphs over a style of their own; they win.
    pub fn glyphs(&mut self, glyphs: &[Glyph], style: Style, clip: bool) -> &mut Self {
        let room = usize::from(self.room());
        let all: usize = glyphs.iter().map(|it| it.width).sum();
        let keep = if all > room && clip { room.saturating_sub(1) } else { room };
        let mut used = 0;
        for glyph in glyphs {
            if used + glyph.width > keep {
                break;
            }
            self.put(&glyph.symbol, glyph.width, style.patch(glyph.style));
            used += glyph.width;
        }
        if all > room && clip && self.room() > 0 {
            self.put("…", 1, style);
        }
        self
    }

    fn put(&mut self, symbol: &str, width: usize, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((self.x, self.y)) {
            cell.set_symbol(symbol).set_style(style);
        }
        for beside in 1..width {
            let x = self.x + u16::try_from(beside).unwrap_or(0);
            if let Some(cell) = self.buffer.cell_mut((x, self.y)) {
                // The other half of a wide character is skipped when it is written.
                cell.reset();
                cell.set_style(style);
            }
        }
        self.x += u16::try_from(width).unwrap_or(0);
    }

    /// Writes text so that it ends where the row does, if there is room for all of it.
    pub fn right(&mut self, text: &str, style: Style) {
        let glyphs = cells::glyphs(&crate::text::plain(text), false);
        let width = u16::try_from(glyphs.iter().map(|it| it.width).sum::<usize>()).unwrap_or(u16::MAX);
        if width < self.room() {
            self.x = self.end - width;
            self.glyphs(&glyphs, style, false);
        }
    }

    /// Takes columns back that were left free.
    pub const fn regain(&mut self, columns: u16) -> &mut Self {
        self.end = self.end.saturating_add(columns);
        self
    }

    /// Leaves this many columns at the end of the row free for what comes there later.
    pub const fn leave(&mut self, columns: u16) -> &mut Self {
        self.end = self.end.saturating_sub(columns);
        self
    }
}
