//! A plan's page.

use super::{
    Style,
    line::Line,
    parts::{LABEL, bar, finish, labelled, more_problems, problem, progress_words, spread},
    symbols,
    theme::Role,
};
use crate::{
    text::{display_width, format_duration},
    view::{
        Counts, Detail, Estimate, GroupView, Health, ItemLine, Items, KeyState, MenuEntry, Parallel,
        PlanPage, hours_words,
    },
};

/// A plan's page as text.
#[must_use]
pub fn page(page: &PlanPage, style: &Style) -> String {
    let sections = [head(page, style), figures(page, style), items(&page.items, style), trouble(page, style)];
    let mut lines = Vec::new();
    for section in sections {
        lines.extend(section);
    }
    lines.extend(menu(page, style));
    finish(lines, style)
}

/// From here on the keys stand in two columns, and a brief page keeps each figure to one line.
const TWO_COLUMNS: usize = 72;

/// True when the page is to fit a screen of 24 lines.
fn is_tight(page: &PlanPage, style: &Style) -> bool {
    page.detail == Detail::Brief && style.width >= TWO_COLUMNS && !style.accessible
}

fn head(page: &PlanPage, style: &Style) -> Vec<Line> {
    let summary = &page.summary;
    let left = Line::of(Role::Name, summary.id.as_str()).with(Role::Title, format!("  {}", summary.title));
    let mark = symbols::plan(summary.state);
    let mut lines = if style.accessible {
        left.with(Role::Text, ": ").join(mark.line(style)).wrap(style.width, 2)
    } else {
        vec![spread(left, mark.line(style), style.width)]
    };
    let mut why = Line::of(Role::Dim, format!("{} · {}", page.dialect, page.path));
    let words = std::iter::once(&page.why).chain(&page.raw_state).chain(&summary.badges);
    for word in words.filter(|word| !word.is_empty()) {
        why.push(Role::Dim, format!(" · {word}"));
    }
    if style.accessible {
        lines.extend(why.wrap(style.width, 2));
    } else {
        lines.push(why.clip(style.width));
    }
    lines
}

fn figures(page: &PlanPage, style: &Style) -> Vec<Line> {
    let figure = |label: &str, value: Line| {
        let room = style.width.saturating_sub(LABEL);
        labelled(label, if is_tight(page, style) { value.clip(room) } else { value }, style)
    };
    let mut lines = figure("progress", progress(page, style));
    for run in &page.summary.going {
        let mark = symbols::run(run.status).line(style);
        let took = run.duration.map_or(String::new(), |it| format!(" for {}", format_duration(it)));
        let of = format!(" {} {}{took}, {} of {} tasks", run.workflow, run.tail, run.over, run.tasks);
        lines.extend(figure("run", mark.with(Role::Text, of)));
    }
    lines.extend(figure("next", next(page)));
    if let Some(remaining) = remaining(page) {
        lines.extend(figure("left", Line::of(Role::Text, remaining)));
    }
    if let Some(health) = &page.health {
        lines.extend(figure("health", health_line(health, page.detail)));
    }
    let counts = counts(&page.counts);
    if !counts.is_empty() {
        lines.extend(figure("counts", Line::of(Role::Text, counts.join(", "))));
    }
    if let Some(parallel) = &page.parallel {
        lines.extend(figure("parallel", Line::of(Role::Text, parallel_words(parallel))));
    }
    lines
}

fn progress(page: &PlanPage, style: &Style) -> Line {
    let progress = page.summary.progress;
    let words = Line::of(Role::Text, progress_words(progress));
    let mut line = if style.accessible {
        words
    } else {
        bar(progress, (style.width / 4).min(30)).with(Role::Text, " ").join(words)
    };
    if let Some(last) = &page.summary.last_done {
        let ago = last.ago.as_ref().map_or(String::new(), |ago| format!(" {ago}"));
        line.push(Role::Dim, format!(" · last {}{ago}", last.id));
    }
    line
}

fn next(page: &PlanPage) -> Line {
    if let Some(waiting) = &page.waiting {
        return Line::of(Role::Text, "nothing to run: ").with(Role::Text, waiting);
    }
    let Some(next) = page.next.first() else { return Line::of(Role::Text, "nothing") };
    let line = Line::of(Role::Hint, next.action.sentence(&next.item));
    let more = match page.next.len() {
        1 => String::new(),
        all => format!(" · +{} more", all - 1),
    };
    line.with(Role::Dim, format!(" · {}{more}", next.why))
}

fn remaining(page: &PlanPage) -> Option<String> {
    let history = page.estimate.as_ref().map(Estimate::words);
    let planned = page.planned_hours.map(|hours| format!("{} as planned", hours_words(hours)));
    let both: Vec<String> = history.into_iter().chain(planned).collect();
    (!both.is_empty()).then(|| both.join(" · "))
}

fn health_line(health: &Health, detail: Detail) -> Line {
    let role = match health.score {
        80.. => Role::Ok,
        60.. => Role::Warning,
        _ => Role::Failed,
    };
    let mut line = Line::of(role, format!("{} {}", health.score, health.word));
    for (at, part) in health.parts.iter().enumerate() {
        let before = if at == 0 { ": " } else { ", " };
        line.push(Role::Dim, format!("{before}{} {}/{}", part.name, part.points, part.most));
        if part.points < part.most && detail == Detail::Full {
            line.push(Role::Dim, format!(" ({})", part.why));
        }
    }
    line
}

fn counts(counts: &Counts) -> Vec<String> {
    let some = |number: usize, what: &str| (number > 0).then(|| format!("{number} {what}"));
    let executions = (counts.executions_planned > 0)
        .then(|| format!("{}/{} executions", counts.executions_complete, counts.executions_planned));
    let tests = counts.tests.map(|it| format!("{}/{} tests passed", it.passed, it.passed + it.failed));
    [
        some(counts.subplans, if counts.subplans == 1 { "SUBPLAN" } else { "SUBPLANs" }),
        executions,
        some(counts.approved, "approved"),
        some(counts.awaiting_review, "to review"),
        some(counts.open_fixes, "to fix"),
        some(counts.answered_fixes, "fixed"),
        tests,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn parallel_words(parallel: &Parallel) -> String {
    let ids = parallel.items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let saves = match parallel.hours {
        None => "no estimates to say what that saves".to_owned(),
        Some(hours) => {
            let (one_by_one, together) = (hours_words(hours.one_by_one), hours_words(hours.together));
            let (all, longest) = (hours.one_by_one.high, hours.together.high);
            let percent = if all > 0.0 { (all - longest) / all * 100.0 } else { 0.0 };
            format!("{together} instead of {one_by_one}, saves {percent:.0}%")
        }
    };
    format!("{ids} side by side: {saves}")
}

fn items(items: &Items, style: &Style) -> Vec<Line> {
    let listed = || items.groups.iter().flat_map(|group| &group.items);
    let id_width =
        listed().map(|item| display_width(item.id.as_str())).max().unwrap_or(0).min(style.width / 4);
    let mut lines = Vec::new();
    for group in &items.groups {
        lines.extend(group_heading(group, style));
        lines.extend(group.items.iter().flat_map(|item| item_line(item, id_width, style)));
    }
    if items.other_groups > 0 {
        let groups = if items.other_groups == 1 { "group" } else { "groups" };
        let rest = left_out(items.other_finished, items.other_open).join(", ");
        let rest = Line::of(Role::Dim, format!("{} more {groups}: {rest}", items.other_groups));
        lines.extend(rest.wrap(style.width, 2));
    }
    lines
}

fn left_out(finished: usize, open: usize) -> Vec<String> {
    let some = |number: usize, what: &str| (number > 0).then(|| format!("+{number} {what}"));
    [some(finished, "done"), some(open, "open")].into_iter().flatten().collect()
}

fn group_heading(group: &GroupView, style: &Style) -> Vec<Line> {
    let rest = left_out(group.finished, group.more_open).join(", ");
    let name = group.name.as_deref().unwrap_or("Items");
    let count = format!("  {}/{} done", group.done, group.total);
    let mut line = Line::of(Role::Title, name).with(Role::Dim, count);
    if !rest.is_empty() {
        line.push(Role::Dim, format!(" ({rest} not listed)"));
    }
    if style.accessible { line.wrap(style.width, 2) } else { vec![line.clip(style.width)] }
}

fn item_line(item: &ItemLine, id_width: usize, style: &Style) -> Vec<Line> {
    let mark = symbols::item(item.state);
    let mut right = String::new();
    if let Some((complete, planned)) = item.executions.filter(|(_, planned)| *planned > 0) {
        right = format!("executed {complete}/{planned}");
    }
    if !item.blocked_by.is_empty() {
        let ids = item.blocked_by.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let more = item.blocked_by.len().saturating_sub(3);
        right = if more > 0 { format!("waits for {ids} +{more}") } else { format!("waits for {ids}") };
    }
    if item.stale {
        right = if right.is_empty() { "stale".to_owned() } else { format!("stale, {right}") };
    }
    if style.accessible {
        let line = Line::of(Role::Name, item.id.as_str()).with(Role::Text, ": ").join(mark.line(style));
        let comma = if right.is_empty() { "" } else { ", " };
        return line.with(Role::Text, format!(", {}{comma}{right}", item.title)).wrap(style.width, 2);
    }
    let indent = "  ".repeat(1 + item.depth);
    let left = Line::of(Role::Text, indent).join(Line::of(Role::Name, item.id.as_str()).pad(id_width));
    let left = left.with(Role::Text, " ").join(mark.line(style).pad(14)).with(Role::Text, &item.title);
    let right = Line::of(Role::Dim, right).clip(style.width / 3);
    vec![spread(left, right, style.width)]
}

fn trouble(page: &PlanPage, style: &Style) -> Vec<Line> {
    let mut lines = Vec::new();
    if !page.stale.is_empty() && page.detail == Detail::Full {
        let ids = page.stale.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let line = Line::of(Role::Warning, format!("unchanged for over 7 days: {ids}"));
        lines.extend(labelled("stale", line, style));
    }
    let lint = format!("plan lint {}", page.summary.id);
    if is_tight(page, style) {
        lines.extend(page.problems.iter().map(|problem| {
            let more = more_problems(page.more_problems, &lint);
            let more = if page.more_problems > 0 { more.clip(style.width / 2) } else { Line::new() };
            let mark = symbols::severity(problem.severity).line(style);
            spread(mark.with(Role::Text, format!(" {}", problem.message)), more, style.width)
        }));
        return lines;
    }
    lines.extend(page.problems.iter().flat_map(|it| problem(it, style)));
    if page.more_problems > 0 {
        lines.extend(more_problems(page.more_problems, &lint).wrap(style.width, 2));
    }
    lines
}

fn menu(page: &PlanPage, style: &Style) -> Vec<Line> {
    let entries = &page.menu.entries;
    let mut lines = if is_tight(page, style) { Vec::new() } else { vec![Line::new()] };
    if style.accessible || style.width < TWO_COLUMNS {
        lines.extend(entries.iter().flat_map(|entry| entry_line(entry, style).wrap(style.width, 2)));
        return lines;
    }
    let (left, right) = entries.split_at(entries.len().div_ceil(2));
    let half = (style.width - 2) / 2;
    let fitting = |entry: &MenuEntry| {
        let whole = entry_line(entry, style);
        if whole.width() <= half { whole } else { brief_entry(entry) }
    };
    let left: Vec<Line> = left.iter().map(fitting).collect();
    let widest = left.iter().map(Line::width).max().unwrap_or(0);
    let column = widest.clamp(style.width / 2, style.width * 3 / 5);
    for (at, entry) in left.into_iter().enumerate() {
        let beside = right.get(at).map_or(Line::new(), |it| fitting(it).clip(style.width - column - 2));
        lines.push(entry.clip(column).pad(column).with(Role::Text, "  ").join(beside));
    }
    lines
}

/// A key in a word or two, where keys stand side by side and all that it says does not fit.
fn brief_entry(entry: &MenuEntry) -> Line {
    let (key, label) = (entry.key.to_string(), entry.choice.label());
    let colon = if entry.brief.is_empty() { "" } else { ": " };
    match &entry.state {
        KeyState::Enabled { .. } => Line::of(Role::Key, key)
            .with(Role::Text, format!(" {label}"))
            .with(Role::Dim, format!("{colon}{}", entry.brief)),
        KeyState::Dead { .. } => Line::of(Role::Dim, format!("{key} {label} ⊘ {}", entry.brief)),
    }
}

fn entry_line(entry: &MenuEntry, style: &Style) -> Line {
    let key = entry.key.to_string();
    match &entry.state {
        KeyState::Enabled { says, .. } => {
            let colon = if says.is_empty() { "" } else { ": " };
            let line = Line::of(Role::Key, key).with(Role::Text, format!(" {}", entry.choice.label()));
            line.with(Role::Dim, format!("{colon}{says}"))
        }
        KeyState::Dead { why } => {
            let mark = if style.accessible { "" } else { "⊘ " };
            Line::of(Role::Dim, format!("{key} {} {mark}not now: {why}", entry.choice.label()))
        }
    }
}
