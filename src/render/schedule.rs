//! The schedule of a run that has not begun.

use super::{
    Style,
    line::Line,
    parts::{finish, labelled},
    theme::Role,
};
use crate::{
    run::{Finding, LeftOut, Schedule, Step, Wait},
    text,
    view::Forecast,
};

/// More ids than this are counted, not listed.
const LISTED: usize = 6;

/// The schedule of a plan, wave by wave; each task with what it waits for.
#[must_use]
pub fn schedule(title: &str, schedule: &Schedule, forecast: &Forecast, style: &Style) -> String {
    let mut lines = head(title, schedule, forecast, style);
    let widest = schedule.waves.iter().flatten().map(|step| text::display_width(step.task.as_str())).max();
    let wide = widest.unwrap_or(0).min(style.width / 3);
    for (number, wave) in schedule.waves.iter().enumerate() {
        lines.push(Line::new());
        let about = if number == 0 { "may begin at once" } else { "after what each names" };
        let count = if wave.len() == 1 { "1 task".to_owned() } else { format!("{} tasks", wave.len()) };
        lines.push(
            Line::of(Role::Title, format!("Wave {}", number + 1))
                .with(Role::Dim, format!(" · {count}, {about}")),
        );
        lines.extend(wave.iter().flat_map(|it| step(it, wide, style)));
    }
    lines.extend(section("Left out", schedule.left_out.iter().map(left_out), style));
    lines.extend(section("Noticed", schedule.findings.iter().map(finding), style));
    lines.push(Line::new());
    lines.push(Line::of(Role::Dim, "Nothing was started."));
    finish(lines, style)
}

fn head(title: &str, schedule: &Schedule, forecast: &Forecast, style: &Style) -> Vec<Line> {
    let tasks: usize = schedule.waves.iter().map(Vec::len).sum();
    let tasks = if tasks == 1 { "1 task".to_owned() } else { format!("{tasks} tasks") };
    let waves = if schedule.waves.len() == 1 {
        "1 wave".to_owned()
    } else {
        format!("{} waves", schedule.waves.len())
    };
    let mut lines = vec![
        Line::of(Role::Title, title)
            .with(Role::Dim, format!(" · {tasks} in {waves}, at most {} at once", schedule.slots)),
    ];
    let strategy = Line::of(Role::Text, schedule.strategy.strategy.word())
        .with(Role::Dim, format!(": {}", schedule.strategy.from));
    lines.extend(labelled("Strategy", strategy, style));
    let estimate = forecast.rest.as_ref().map_or_else(
        || Line::of(Role::Dim, "nothing like it has been run often enough to say"),
        |rest| {
            Line::of(Role::Text, rest.range())
                .with(Role::Dim, format!(", from {} tasks like these", rest.samples))
        },
    );
    lines.extend(labelled("Estimate", estimate, style));
    lines
}

fn step(step: &Step, wide: usize, style: &Style) -> Vec<Line> {
    let name = Line::of(Role::Text, "  ").with(Role::Name, step.task.as_str()).pad(wide + 2);
    let mut line = name.with(Role::Text, format!("  {}", step.title));
    for wait in &step.waits {
        line = line.join(waits(wait));
    }
    line.wrap(style.width, wide + 4)
}

fn waits(wait: &Wait) -> Line {
    let mut on: Vec<String> = wait.on.iter().take(LISTED).cloned().collect();
    if wait.on.len() > LISTED {
        on.push(format!("{} more", wait.on.len() - LISTED));
    }
    Line::of(Role::Dim, "  after ")
        .with(Role::Name, on.join(", "))
        .with(Role::Dim, format!(" ({})", wait.why))
}

fn left_out(it: &LeftOut) -> Line {
    Line::of(Role::Text, "  ").with(Role::Name, it.item.as_str()).with(Role::Text, format!("  {}", it.why))
}

fn finding(it: &Finding) -> Line {
    let line = Line::of(Role::Warning, "  ! ").with(Role::Text, it.message.clone());
    match &it.place {
        Some(place) => line.with(Role::Dim, format!("  {place}")),
        None => line,
    }
}

fn section(title: &str, entries: impl Iterator<Item = Line>, style: &Style) -> Vec<Line> {
    let lines: Vec<Line> = entries.flat_map(|line| line.wrap(style.width, 4)).collect();
    if lines.is_empty() {
        return lines;
    }
    [vec![Line::new(), Line::of(Role::Title, title)], lines].concat()
}
