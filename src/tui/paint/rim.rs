//! The top, the line between the sides, and the bottom.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::look::{Look, Pen};
use crate::{
    render::{Role, status_mark},
    run::{RunRecord, Status},
    text::format_duration,
    tui::{
        keys::{Action, name},
        model::{Depth, Layer, Model, Opened, Purpose, Side},
        tasks::is_live,
    },
};

/// Columns of the progress bar.
const BAR: usize = 24;

/// Overall progress, slots, estimate.
pub fn top(model: &Model, area: Rect, look: &Look, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let shown = model.opened.as_ref().filter(|it| model.run().is_some_and(|(run, _)| run == it.record.id));
    let Some(opened) = shown else {
        let words = match model.runs.len() {
            0 => "plandeck monitor · no runs yet".to_owned(),
            _ => format!("plandeck monitor · {} runs", model.total.max(model.runs.len())),
        };
        Pen::at(buffer, area, 0).text(&words, look.role(Role::Title));
        return;
    };
    let record = &opened.record;
    let (symbol, word, role) = status_mark(record.status);
    let mut pen = Pen::at(buffer, area, 0);
    pen.text(&format!("run {}", record.id.short()), look.role(Role::Title))
        .text(" ", Style::new())
        .text(&format!("{symbol} {word}"), look.role(role));
    if let Some(elapsed) = elapsed(record, model) {
        pen.text(&format!(" {}", format_duration(elapsed)), Style::new());
    }
    if area.height == 1 {
        pen.text(&format!(" · {}", counts(record, false)), Style::new());
        return;
    }
    pen.text(&format!(" · {}", subject(record)), look.role(Role::Name));
    second(opened, area, look, buffer);
}

fn second(opened: &Opened, area: Rect, look: &Look, buffer: &mut Buffer) {
    let record = &opened.record;
    let over = record.tasks.iter().filter(|it| it.status.is_over()).count();
    let filled = (BAR * over).checked_div(record.tasks.len()).unwrap_or(0);
    let role = status_mark(record.status).2;
    let mut pen = Pen::at(buffer, area, 1);
    if area.width >= 60 {
        pen.text(&"█".repeat(filled), look.role(role)).text(&"░".repeat(BAR - filled), look.role(Role::Dim));
        pen.text(" ", Style::new());
    }
    pen.text(&counts(record, true), Style::new());
    if !record.status.is_over()
        && let Some(rest) = &opened.forecast.rest
    {
        pen.text(&format!(" · left {}", rest.words()), look.role(Role::Hint));
    }
}

fn elapsed(record: &RunRecord, model: &Model) -> Option<std::time::Duration> {
    let start = record.started_at?;
    Some(record.ended_at.unwrap_or(model.now).since(start))
}

fn subject(record: &RunRecord) -> String {
    let spec = &record.spec;
    let plan = spec.plan.as_ref().map(|it| format!(" {}", it.id));
    let item = spec.item.as_ref().map(|it| format!(" {}", it.id));
    format!("{}{}{}", spec.workflow, plan.unwrap_or_default(), item.unwrap_or_default())
}

/// `12 of 40 over, 1 failed, 2 running on 4 slots`.
fn counts(record: &RunRecord, long: bool) -> String {
    let count = |wanted: fn(Status) -> bool| record.tasks.iter().filter(|it| wanted(it.status)).count();
    let over = count(Status::is_over);
    let failed = count(|it| matches!(it, Status::Failed | Status::TimedOut | Status::Lost));
    let live = count(is_live);
    let mut words = format!("{over} of {} over", record.tasks.len());
    if failed > 0 {
        words += &format!(", {failed} failed");
    }
    if !record.status.is_over() {
        words += &if long {
            format!(", {live} of {} slots in use", record.spec.slots)
        } else {
            format!(", {live} running")
        };
    }
    words
}

/// Between the two sides.
pub fn line(area: Rect, look: &Look, buffer: &mut Buffer) {
    for row in 0..area.height {
        Pen::at(buffer, area, row).text("│", look.role(Role::Border));
    }
}

/// What is typed or asked, what was said, or the keys.
pub fn bottom(model: &Model, area: Rect, look: &Look, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let mut pen = Pen::at(buffer, area, 0);
    match &model.layer {
        Some(Layer::Typing(purpose, text)) => {
            let label = match purpose {
                Purpose::Search => "/",
                Purpose::Grep => "only lines that match: ",
                Purpose::Tasks => "only tasks with: ",
                Purpose::Line => "line: ",
            };
            let cursor = Style::new().add_modifier(Modifier::REVERSED);
            // Of a long text the end is seen: that is where one types.
            let room = usize::from(pen.room()).saturating_sub(label.len() + 1);
            let from = text.char_indices().rev().nth(room.saturating_sub(1)).map_or(0, |(at, _)| at);
            pen.text(label, look.role(Role::Key)).text(&text[from..], Style::new()).text(" ", cursor);
        }
        Some(Layer::Question(words, ..)) => {
            pen.text("[y/N] ", look.role(Role::Key)).text(words, look.role(Role::Warning));
        }
        _ => match &model.said {
            Some(said) => {
                pen.text(said, look.role(Role::Hint));
            }
            None => hints(model, look, &mut pen),
        },
    }
}

fn hints(model: &Model, look: &Look, pen: &mut Pen<'_>) {
    let seeking = model.seeking.is_some();
    let list: &[(Action, &str)] = match (seeking, model.side, model.depth) {
        (true, ..) => &[(Action::Back, "looking for it; stop")],
        (_, Side::List, Depth::Runs) => &[
            (Action::Open, "open"),
            (Action::Help, "help"),
            (Action::Switch, "log"),
            (Action::Cancel, "cancel"),
            (Action::Retry, "again"),
            (Action::Pause, "pause"),
            (Action::Quit, "leave"),
        ],
        (_, Side::List, Depth::Tasks) => &[
            (Action::Open, "log"),
            (Action::Back, "runs"),
            (Action::Help, "help"),
            (Action::Search, "find a task"),
            (Action::Cancel, "cancel"),
            (Action::Retry, "again"),
            (Action::Pause, "pause"),
            (Action::Quit, "leave"),
        ],
        (_, Side::Log, _) => &[
            (Action::Search, "search"),
            (Action::Help, "help"),
            (Action::Follow, "follow"),
            (Action::Level, "level"),
            (Action::FirstError, "error"),
            (Action::Grep, "filter"),
            (Action::Stamps, "times"),
            (Action::Wrap, "wrap"),
            (Action::Back, "back"),
        ],
    };
    for (action, word) in list {
        let hint = format!("{} {word}", name(*action));
        if usize::from(pen.room()) < hint.len() + 2 {
            break;
        }
        pen.text(name(*action), look.role(Role::Key)).text(&format!(" {word}  "), look.role(Role::Dim));
    }
}
