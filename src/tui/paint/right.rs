//! The log: whose it is, where one is in it, and its lines.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::look::{Look, Pen};
use crate::{
    clock::Timestamp,
    logs::{Level, LogLine, Stream},
    render::Role,
    run::TaskRecord,
    text::format_bytes,
    tui::{
        cells::Glyph,
        layout::Areas,
        list::Row,
        log::{LogPane, Shown},
        model::{Depth, Model, Side},
        words::{Stamps, Typed},
    },
};

/// Title and lines.
pub fn paint(model: &Model, areas: &Areas, look: &Look, buffer: &mut Buffer) {
    if areas.log.width == 0 {
        return;
    }
    title(model, areas.log_title, look, buffer);
    let (columns, rows) = (usize::from(areas.log.width), usize::from(areas.log.height));
    let shown = model.log.sight(columns, rows);
    if shown.is_empty() {
        Pen::at(buffer, areas.log, 0).text(&why_empty(model), look.role(Role::Dim));
    }
    let began = began(model);
    for (row, shown) in shown.iter().enumerate() {
        let row = u16::try_from(row).unwrap_or(u16::MAX);
        line(model, shown, began, look, &mut Pen::at(buffer, areas.log, row));
    }
}

fn title(model: &Model, area: Rect, look: &Look, buffer: &mut Buffer) {
    let Some(whose) = model.log.whose().filter(|_| area.height > 0) else { return };
    let mut pen = Pen::at(buffer, area, 0);
    let role = if model.side == Side::Log { Role::Key } else { Role::Title };
    let place = place(&model.log);
    let room = u16::try_from(place.chars().count() + 1).unwrap_or(0).min(area.width / 2);
    pen.leave(room);
    pen.text(whose.attempt.task.as_str(), look.role(role));
    if whose.attempt.number > 1 || last_attempt(model) > 1 {
        pen.text(&format!(" attempt {} of {}", whose.attempt.number, last_attempt(model)), Style::new());
    }
    pen.text(&filters(&model.log), look.role(Role::Warning));
    pen.regain(room);
    pen.right(&place, look.role(Role::Dim));
}

fn last_attempt(model: &Model) -> u32 {
    let task = the_task(model).and_then(TaskRecord::last_attempt);
    task.map_or(1, |it| it.number)
}

fn the_task(model: &Model) -> Option<&TaskRecord> {
    let whose = model.log.whose()?;
    model.opened.as_ref()?.record.task(&whose.attempt.task)
}

/// ` · warn and graver · only err · /timeout/`.
fn filters(log: &LogPane) -> String {
    let mut words = String::new();
    if let Some(level) = log.level {
        words += &format!(" · {level} and graver");
    }
    if let Some(stream) = log.stream {
        words += &format!(" · only {}", if stream == Stream::Err { "stderr" } else { "stdout" });
    }
    if let Some(grep) = &log.grep {
        words += &format!(" · only \"{}\"", grep.text);
    }
    if let Some(search) = &log.search {
        words += &format!(" · /{}", search.text);
    }
    words
}

/// `following · 12345 lines · 1.2 MiB`, `line 17 of 12345 · 1.2 MiB`.
fn place(log: &LogPane) -> String {
    let size = format_bytes(log.page().length);
    let more = if log.measure.counted { "" } else { "+" };
    let lines = log.measure.lines;
    let waiting = if log.is_waiting() { "reading · " } else { "" };
    match (log.follows(), log.measure.line) {
        (true, _) => format!("{waiting}following · {lines}{more} lines · {size}"),
        (false, Some(line)) => format!("{waiting}line {line} of {lines}{more} · {size}"),
        (false, None) => format!("{waiting}{size}"),
    }
}

fn why_empty(model: &Model) -> String {
    if model.log.whose().is_some() {
        return match (model.log.is_waiting(), model.log.is_filtered()) {
            (true, _) => "reading…".to_owned(),
            (false, true) => "no line passes the filter".to_owned(),
            (false, false) => "nothing was printed".to_owned(),
        };
    }
    let Some(opened) = &model.opened else { return String::new() };
    let task = match (model.depth, model.task_list.selected()) {
        (Depth::Tasks, Some(Row::Task(at))) => {
            opened.record.tasks.get(at).zip(opened.record.spec.tasks.get(at))
        }
        _ => None,
    };
    let Some((task, spec)) = task else { return "nothing has begun yet".to_owned() };
    if let Some(by) = &task.blocked_by {
        return format!("it did not run: {by} did not succeed");
    }
    if task.status.is_over() {
        return "it did not run".to_owned();
    }
    let open: Vec<&str> = spec
        .needs
        .iter()
        .filter(|need| opened.record.task(need).is_some_and(|it| !it.status.is_over()))
        .map(crate::ids::TaskName::as_str)
        .collect();
    if open.is_empty() {
        return "it waits for its turn".to_owned();
    }
    format!("it waits for {}", open.join(", "))
}

/// When the attempt that is shown began.
fn began(model: &Model) -> Option<Timestamp> {
    let number = model.log.whose()?.attempt.number;
    the_task(model)?.attempts.iter().find(|it| it.number == number)?.started_at
}

fn line(model: &Model, shown: &Shown<'_>, began: Option<Timestamp>, look: &Look, pen: &mut Pen<'_>) {
    let log = &model.log;
    if log.stamps != Stamps::Off {
        let stamp = if shown.row == 0 { stamp(log.stamps, shown.line, began) } else { String::new() };
        pen.text(&format!("{stamp:>width$} ", width = log.stamps.columns() - 1), look.role(Role::Dim));
    }
    let mut style = match log.level_of(shown.line) {
        Level::Trace | Level::Debug => look.role(Role::Dim),
        Level::Info => Style::new(),
        Level::Warn => look.role(Role::Warning),
        Level::Error | Level::Fatal => look.role(Role::Failed),
    };
    if log.hit == Some(shown.line.start) {
        style = style.add_modifier(Modifier::UNDERLINED);
    }
    let marked = log.search.as_ref().map(|search| marked(&shown.glyphs, search));
    pen.glyphs(marked.as_ref().unwrap_or(&shown.glyphs), style, !log.wrap);
}

fn stamp(stamps: Stamps, line: &LogLine, began: Option<Timestamp>) -> String {
    let Some(time) = line.time else { return String::new() };
    match (stamps, began) {
        (Stamps::Relative, Some(began)) => {
            let since = time.since(began);
            format!("+{}.{:03}", since.as_secs(), since.subsec_millis())
        }
        _ => time.utc().format("%H:%M:%S%.3f").to_string(),
    }
}

/// The glyphs with every match of what is looked for marked.
fn marked(glyphs: &[Glyph], search: &Typed) -> Vec<Glyph> {
    let mut text = String::new();
    let mut starts = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        starts.push(text.len());
        text.push_str(&glyph.symbol);
    }
    let mut glyphs = glyphs.to_vec();
    for found in search.pattern.find_iter(text.as_bytes()) {
        let from = starts.partition_point(|start| *start < found.start());
        let to = starts.partition_point(|start| *start < found.end());
        for glyph in &mut glyphs[from.min(to)..to] {
            glyph.style = glyph.style.add_modifier(Modifier::REVERSED);
        }
    }
    glyphs
}
