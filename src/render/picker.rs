//! The list of runs one moves about in.

use super::{Style, line::Line, parts::spread, symbols, theme::Role};
use crate::{
    ids::{ItemId, PlanId},
    text::format_duration,
    view::{PickerPage, RunLine},
};

/// Lines beside the rows: the heading and the hints.
pub const PICKER_FRAME: usize = 2;

/// From here on the time stands in the row.
const WIDE: usize = 60;
/// The longest word of a run's status and its symbol.
const STATUS: usize = 11;

/// The list as lines, [`PICKER_FRAME`] more than it has rows.
#[must_use]
pub fn picker(page: &PickerPage, style: &Style) -> Vec<String> {
    let mut lines = vec![heading(page, style)];
    if page.rows.is_empty() {
        lines.push(Line::of(Role::Dim, "  nothing fits"));
    }
    lines.extend(page.rows.iter().map(|(run, is_selected)| row(run, *is_selected, style)));
    lines.push(hints(page));
    lines.into_iter().map(|line| line.clip(style.width).trim_end().paint(style)).collect()
}

fn heading(page: &PickerPage, style: &Style) -> Line {
    let last = page.first + page.rows.len().saturating_sub(1);
    let title = Line::of(Role::Title, "Runs");
    let title = title.with(Role::Dim, format!(" {}-{last} of {}", page.first, page.total));
    let cursor = if page.typing { "▏" } else { "" };
    let title = match (page.filter.as_str(), page.typing) {
        ("", false) => title,
        (filter, _) => title.with(Role::Key, " /").with(Role::Name, format!("{filter}{cursor}")),
    };
    let turned = if page.reverse { ", turned" } else { "" };
    spread(title, Line::of(Role::Dim, format!("by {}{turned}", page.sort.word())), style.width)
}

fn row(run: &RunLine, is_selected: bool, style: &Style) -> Line {
    let mark = if is_selected { "❯ " } else { "  " };
    let role = if is_selected { Role::Key } else { Role::Text };
    let line = Line::of(role, mark).with(Role::Name, &run.tail).with(Role::Text, " ");
    let line = line.join(symbols::run(run.status).line(style).pad(STATUS)).with(Role::Text, " ");
    let mut line = line.with(role, run.workflow.as_str());
    for part in [run.plan.as_ref().map(PlanId::as_str), run.item.as_ref().map(ItemId::as_str)] {
        line = part.into_iter().fold(line, |line, part| line.with(Role::Text, " ").with(Role::Name, part));
    }
    if !run.preview.is_empty() {
        line.push(Role::Dim, format!("  {}", run.preview));
    }
    let took = run.duration.map_or("-".to_owned(), format_duration);
    let right =
        if style.width >= WIDE { Line::of(Role::Dim, format!("{} {took:>8}", run.ago)) } else { Line::new() };
    spread(line, right, style.width)
}

fn hints(page: &PickerPage) -> Line {
    if let Some(said) = &page.said {
        return Line::of(Role::Hint, said);
    }
    if page.typing {
        return Line::of(Role::Hint, "Enter: done · Esc: everything again");
    }
    Line::of(Role::Hint, "Enter f c R / q · order: t d s w p")
        .with(Role::Dim, " · open, follow, cancel, retry, find, quit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Timestamp,
        ids::Ids,
        run::{RunSummary, Status},
        text::display_width,
        view::{Picker, PickerKey},
    };

    fn run(number: u64) -> RunSummary {
        RunSummary {
            id: Ids::counted(number).run(0),
            status: Status::Failed,
            workflow: "next".into(),
            plan: Some("HARBOUR-AND-LIGHTHOUSE".into()),
            plan_title: None,
            item: Some("2.4".into()),
            created_at: Timestamp::from_millis(0),
            started_at: Some(Timestamp::from_millis(0)),
            ended_at: Some(Timestamp::from_millis(1_500)),
            preview: "a \x1b[2Jhostile preview".to_owned(),
            tasks: 1,
            tasks_over: 1,
            asleep: std::time::Duration::ZERO,
        }
    }

    #[test]
    fn it_fits_the_smallest_screen_and_nothing_raw_gets_out() {
        for (width, height) in [(40, 10), (80, 24), (20, 4)] {
            let mut picker = Picker::default();
            picker.take((1..=50).map(run).collect(), 50);
            picker.key(PickerKey::End, 5);
            let page = picker.page(height - PICKER_FRAME - 1, Timestamp::from_millis(60_000));
            let lines = super::picker(&page, &Style::plain(width));
            assert!(lines.len() < height, "{lines:?}");
            assert!(lines.iter().all(|line| display_width(line) <= width), "{lines:?}");
            assert!(!lines.concat().contains('\x1b'));
            assert!(lines.iter().any(|line| line.starts_with("❯ 000032")), "{lines:?}");
        }
    }

    #[test]
    fn the_list_says_what_it_is_looking_for() {
        let mut picker = Picker::default();
        picker.take(vec![run(1)], 1);
        for key in "/tow".chars() {
            picker.key(PickerKey::Char(key), 5);
        }
        picker.take(Vec::new(), 0);
        let lines = super::picker(&picker.page(5, Timestamp::from_millis(0)), &Style::plain(40));
        assert_eq!(
            lines,
            [
                "Runs 0-0 of 0 /tow▏              by time",
                "  nothing fits",
                "Enter: done · Esc: everything again"
            ]
        );
    }
}
