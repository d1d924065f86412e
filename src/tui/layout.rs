//! Where everything stands on a screen of any size.

use ratatui::layout::Rect;

use super::model::Side;
use crate::screen::Size;

/// The areas of the picture. One that has no room is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Areas {
    /// Progress, slots, estimate: one row or two.
    pub top: Rect,
    /// What the list is of.
    pub list_title: Rect,
    /// The list.
    pub list: Rect,
    /// Between the two sides; empty where only one is shown.
    pub line: Rect,
    /// What the log is of, and where one is in it.
    pub log_title: Rect,
    /// The log.
    pub log: Rect,
    /// Keys, what is typed, what was said.
    pub bottom: Rect,
}

/// From so many columns on both sides are shown; below it, the one that has the keys.
const BOTH: u16 = 60;

/// From so many rows on the top has a second one.
const TALL: u16 = 16;

/// The areas of a screen.
#[must_use]
pub fn areas(size: Size, shown: Side) -> Areas {
    let (width, height) = (cells(size.columns), cells(size.rows));
    let top = if height >= TALL { 2 } else { u16::from(height > 2) };
    let bottom = u16::from(height > 1);
    let middle = height - top - bottom;
    let title = u16::from(middle > 1);
    let both = width >= BOTH;
    let list = match (both, shown) {
        (true, _) => (width * 3 / 8).clamp(24, 60),
        (false, Side::List) => width,
        (false, Side::Log) => 0,
    };
    let line = u16::from(both);
    let log = width - list - line;
    let y = top + title;
    Areas {
        top: Rect::new(0, 0, width, top),
        list_title: Rect::new(0, top, list, title),
        list: Rect::new(0, y, list, middle - title),
        line: Rect::new(list, top, line, middle),
        log_title: Rect::new(list + line, top, log, title),
        log: Rect::new(list + line, y, log, middle - title),
        bottom: Rect::new(0, height - bottom, width, bottom),
    }
}

fn cells(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX).min(5_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_its_areas_and_none_overlap() {
        for columns in 1..130 {
            for rows in 1..60 {
                for side in [Side::List, Side::Log] {
                    let areas = areas(Size { columns, rows }, side);
                    let all = [
                        areas.top,
                        areas.list_title,
                        areas.list,
                        areas.line,
                        areas.log_title,
                        areas.log,
                        areas.bottom,
                    ];
                    let filled: usize =
                        all.iter().map(|it| usize::from(it.width) * usize::from(it.height)).sum();
                    assert_eq!(filled, columns * rows, "{columns}x{rows} {side:?}");
                    for (at, one) in all.iter().enumerate() {
                        for other in &all[at + 1..] {
                            assert!(!one.intersects(*other), "{columns}x{rows}: {one:?} {other:?}");
                        }
                    }
                }
            }
        }
    }
}
