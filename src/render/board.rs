//! The board.

use super::{
    Style,
    line::Line,
    parts::{bar, finish, more_problems, problem, progress_words, spread},
    symbols,
    theme::Role,
};
use crate::view::{Board, BoardRow, RunLine};

/// From here on a row has room for a bar beside its title.
const WIDE: usize = 70;
/// The longest word of a plan's state, and its symbol.
const STATE: usize = 17;

/// The board as text.
#[must_use]
pub fn board(board: &Board, style: &Style) -> String {
    let mut lines = vec![heading(board, style), Line::new()];
    if board.plans == 0 {
        lines.extend(empty(style));
    }
    for row in &board.rows {
        lines.extend(if style.accessible { spoken(row, style) } else { drawn(row, style) });
    }
    if !board.problems.is_empty() {
        lines.push(Line::new());
        lines.extend(board.problems.iter().flat_map(|it| problem(it, style)));
    }
    if board.more_problems > 0 {
        lines.extend(more_problems(board.more_problems, "plan lint").wrap(style.width, 2));
    }
    lines.push(Line::new());
    lines.extend(footer(board, style));
    finish(lines, style)
}

fn heading(board: &Board, style: &Style) -> Line {
    let plans = if board.plans == 1 { "1 plan".to_owned() } else { format!("{} plans", board.plans) };
    let mut left = Line::of(Role::Title, "plandeck").with(Role::Dim, format!(" · {plans}"));
    if board.going > 0 {
        left.push(Role::Dim, " · ");
        let runs =
            if board.going == 1 { "1 run goes on".to_owned() } else { format!("{} runs go on", board.going) };
        left.push(Role::Running, runs);
    }
    let page = format!("page {} of {}; 0 shows {} more", board.page, board.pages, board.elsewhere);
    let right = if board.pages > 1 { Line::of(Role::Dim, page) } else { Line::new() };
    if style.accessible && board.pages > 1 {
        return left.with(Role::Dim, ", ").join(right);
    }
    spread(left, right, style.width)
}

fn empty(style: &Style) -> Vec<Line> {
    let say = |before: &str, key: &str, after: &str| {
        Line::of(Role::Text, before).with(Role::Key, key).with(Role::Text, after).wrap(style.width, 2)
    };
    [
        say("No plan was found in this workspace.", "", ""),
        say("  ", "demo", "    makes a workspace to try everything on"),
        say("  ", "init", "    writes a plandeck.toml that says where plans are"),
        say("  ", "doctor", "  says which folders were looked at, and what was passed over"),
    ]
    .concat()
}

fn drawn(row: &BoardRow, style: &Style) -> Vec<Line> {
    if style.width < WIDE {
        return drawn_narrow(row, style);
    }
    let count = format!("{:>4}/{}", row.progress.done, row.progress.total);
    let right = bar(row.progress, style.width / 8).join(Line::of(Role::Text, count).pad(10));
    let left = key(row).join(symbols::plan(row.state).line(style).pad(STATE)).with(Role::Text, "  ");
    let first = spread(left.join(name(row)), right, style.width);
    let about = about(row, style);
    let mut lines = vec![first];
    if about.width() > 0 {
        lines.push(Line::of(Role::Text, "    ").join(about).clip(style.width));
    }
    lines
}

fn drawn_narrow(row: &BoardRow, style: &Style) -> Vec<Line> {
    let count = Line::of(Role::Text, format!("{}/{}", row.progress.done, row.progress.total));
    let left = key(row).join(symbols::plan(row.state).line(style));
    let first = spread(left.with(Role::Text, " ").with(Role::Name, row.id.as_str()), count, style.width);
    let about = about(row, style);
    let mut lines = vec![first];
    if about.width() > 0 {
        lines.extend(Line::of(Role::Text, "  ").join(about).wrap(style.width, 2));
    }
    lines
}

fn key(row: &BoardRow) -> Line {
    Line::of(Role::Key, row.key.to_string()).with(Role::Text, " ")
}

fn name(row: &BoardRow) -> Line {
    let name = Line::of(Role::Name, row.id.as_str());
    let title = row.title.trim();
    if title.is_empty() || title == row.id.as_str() {
        return name;
    }
    name.with(Role::Text, format!("  {title}"))
}

/// What is going on in it, what is next, what is wrong, what was last; what matters most first,
/// because the end is clipped where the line is short.
fn about(row: &BoardRow, style: &Style) -> Line {
    let mut parts: Vec<Line> = going(&row.going, style).into_iter().collect();
    if !row.badges.is_empty() {
        parts.push(Line::of(Role::Warning, row.badges.join(", ")));
    }
    if !row.next.is_empty() {
        parts.push(Line::of(Role::Dim, "next ").with(Role::Hint, next(row)));
    }
    match row.problems {
        0 => {}
        1 => parts.push(Line::of(Role::Warning, "1 problem")),
        some => parts.push(Line::of(Role::Warning, format!("{some} problems"))),
    }
    if let Some(last) = &row.last_done {
        let ago = last.ago.as_ref().map_or(String::new(), |ago| format!(" {ago}"));
        parts.push(Line::of(Role::Dim, format!("last {}{ago}", last.id)));
    }
    joined(parts, if style.accessible { ", " } else { " · " })
}

/// The first run that goes on, and how many more there are.
fn going(runs: &[RunLine], style: &Style) -> Option<Line> {
    let run = runs.first()?;
    let more = if runs.len() > 1 { format!(" +{} more", runs.len() - 1) } else { String::new() };
    let mark = symbols::run(run.status).line(style);
    Some(mark.with(Role::Dim, format!(" {} {}{more}", run.workflow, run.tail)))
}

fn next(row: &BoardRow) -> String {
    let ids = row.next.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if row.more_next > 0 { format!("{ids} +{} more", row.more_next) } else { ids }
}

fn joined(parts: Vec<Line>, separator: &str) -> Line {
    let mut line = Line::new();
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            line.push(Role::Dim, separator);
        }
        line = line.join(part);
    }
    line
}

fn spoken(row: &BoardRow, style: &Style) -> Vec<Line> {
    let line = Line::of(Role::Key, format!("{}. ", row.key)).join(name(row)).with(Role::Text, ": ");
    let line = line.join(symbols::plan(row.state).line(style));
    let line = line.with(Role::Text, format!(", {}. ", progress_words(row.progress)));
    line.join(about(row, style)).wrap(style.width, 3)
}

fn footer(board: &Board, style: &Style) -> Vec<Line> {
    let mut keys = Vec::new();
    if !board.rows.is_empty() {
        let digits = if board.rows.len() == 1 { "1".to_owned() } else { format!("1-{}", board.rows.len()) };
        keys.push((digits, "open".to_owned()));
    }
    let letters = [
        ("/", "find"),
        ("r", "refresh"),
        ("h", "history"),
        ("m", "monitor"),
        ("s", "settings"),
        ("?", "help"),
        ("q", "quit"),
    ];
    keys.extend(letters.map(|(key, says)| (key.to_owned(), says.to_owned())));
    let part = |(key, says)| Line::of(Role::Key, key).with(Role::Dim, format!(" {says}"));
    joined(keys.into_iter().map(part).collect(), "  ").wrap(style.width, 0)
}
