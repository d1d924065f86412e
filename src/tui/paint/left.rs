//! The list: runs, or the tasks of one.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::look::{Look, Pen};
use crate::{
    render::{Role, status_mark},
    run::{RunSummary, Status, TaskRecord},
    text::format_duration,
    tui::{
        layout::Areas,
        list::Row,
        model::{Depth, Model, Opened, Side},
    },
    view,
};

/// Title and rows.
pub fn paint(model: &Model, areas: &Areas, look: &Look, buffer: &mut Buffer) {
    if areas.list.width == 0 {
        return;
    }
    title(model, areas.list_title, look, buffer);
    let list = model.list();
    let height = usize::from(areas.list.height);
    let has_keys = model.side == Side::List;
    let sight = list.sight(height);
    for (place, row) in list.rows()[sight].iter().enumerate() {
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        let area = Rect { y: areas.list.y.saturating_add(place), height: 1, ..areas.list };
        let selected = list.selected() == Some(*row);
        let mut pen = Pen::at(buffer, area, 0);
        pen.text(if selected { "›" } else { " " }, look.role(Role::Key));
        entry(model, *row, look, &mut pen);
        if selected {
            let modifier = if has_keys { Modifier::REVERSED } else { Modifier::BOLD };
            buffer.set_style(area.intersection(buffer.area), Style::new().add_modifier(modifier));
        }
    }
    if list.rows().is_empty() {
        let words = match model.depth {
            Depth::Runs => "no runs yet",
            Depth::Tasks => "reading…",
        };
        Pen::at(buffer, areas.list, 0).text(words, look.role(Role::Dim));
    }
}

fn title(model: &Model, area: Rect, look: &Look, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let list = model.list();
    let words = match model.depth {
        Depth::Runs => "Runs".to_owned(),
        Depth::Tasks if model.wanted.is_empty() => "Tasks".to_owned(),
        Depth::Tasks => format!("Tasks with \"{}\"", model.wanted),
    };
    let mut pen = Pen::at(buffer, area, 0);
    pen.text(&words, look.role(Role::Title));
    let at = list.selected().and_then(|it| list.rows().iter().position(|row| *row == it));
    pen.right(&format!("{}/{}", at.map_or(0, |it| it + 1), list.rows().len()), look.role(Role::Dim));
}

fn entry(model: &Model, row: Row, look: &Look, pen: &mut Pen<'_>) {
    match row {
        Row::Run(run) => {
            if let Some(run) = model.runs.iter().find(|it| it.id == run) {
                run_entry(run, model, look, pen);
            }
        }
        Row::Whole => {
            pen.text("the whole run", look.role(Role::Title));
        }
        Row::Group(at) => {
            if let Some(opened) = &model.opened {
                group_entry(opened, at, model, look, pen);
            }
        }
        Row::Task(at) => {
            if let Some(opened) = &model.opened {
                task_entry(opened, at, model, look, pen);
            }
        }
    }
}

fn run_entry(run: &RunSummary, model: &Model, look: &Look, pen: &mut Pen<'_>) {
    let (symbol, word, role) = status_mark(run.status);
    pen.text(&format!("{symbol} {word:9} "), look.role(role));
    pen.text(&run.id.short(), look.role(Role::Name));
    let ago = view::ago(model.now, run.started_at.unwrap_or(run.created_at));
    let ago_room = u16::try_from(ago.len() + 1).unwrap_or(0);
    let wide = pen.room() > 30;
    pen.leave(if wide { ago_room } else { 0 });
    let plan = run.plan.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    let item = run.item.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    pen.text(&format!(" {}{plan}{item}", run.workflow), Style::new());
    if wide {
        pen.regain(ago_room);
        pen.right(&ago, look.role(Role::Dim));
    }
}

fn group_entry(opened: &Opened, at: usize, model: &Model, look: &Look, pen: &mut Pen<'_>) {
    let Some(group) = opened.order.groups.get(at) else { return };
    let closed = opened.is_closed(at) && model.wanted.is_empty();
    let tasks = || group.tasks.iter().filter_map(|at| opened.record.tasks.get(*at));
    let over = tasks().filter(|it| it.status.is_over()).count();
    let bad = tasks().any(|it| is_bad(it.status));
    let count = format!("{over}/{}{}", group.tasks.len(), if bad { " failed" } else { "" });
    let room = u16::try_from(count.len() + 1).unwrap_or(0);
    pen.leave(room);
    pen.text(if closed { "▸ " } else { "▾ " }, look.role(Role::Dim));
    pen.text(group.name.as_deref().unwrap_or("others"), look.role(Role::Title));
    pen.regain(room);
    pen.right(&count, look.role(if bad { Role::Failed } else { Role::Dim }));
}

fn task_entry(opened: &Opened, at: usize, model: &Model, look: &Look, pen: &mut Pen<'_>) {
    let (Some(task), Some(spec)) = (opened.record.tasks.get(at), opened.record.spec.tasks.get(at)) else {
        return;
    };
    let (symbol, word, role) = status_mark(task.status);
    let critical = opened.critical.get(at).copied().unwrap_or(false);
    pen.text(if critical { "◆" } else { " " }, look.role(Role::Warning));
    pen.text(&format!("{symbol} "), look.role(role));
    let took = took(task, model).map(|it| format!(" {it}")).filter(|_| pen.room() > 28).unwrap_or_default();
    let tries = match task.attempts.len() {
        0 | 1 => String::new(),
        tries => format!(" ×{tries}"),
    };
    let state = format!("{word}{tries}{took}");
    let room = u16::try_from(state.chars().count() + 1).unwrap_or(0);
    pen.leave(room);
    pen.text(task.name.as_str(), look.role(Role::Name));
    if spec.title != task.name.as_str() {
        pen.text(&format!(" {}", spec.title), Style::new());
    }
    pen.regain(room);
    pen.right(&state, look.role(role));
}

const fn is_bad(status: Status) -> bool {
    matches!(status, Status::Failed | Status::TimedOut | Status::Lost)
}

fn took(task: &TaskRecord, model: &Model) -> Option<String> {
    let last = task.last_attempt()?;
    let end = if last.ending.is_some() { last.ended_at? } else { model.now };
    Some(format_duration(end.since(last.started_at?)))
}
