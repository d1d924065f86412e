//! One item.

use super::{
    Style,
    line::Line,
    parts::{facts, finish, problem, spread},
    runs, symbols,
    theme::Role,
};
use crate::view::{ItemPage, NeedLine};

/// An item's page as text.
#[must_use]
pub fn item_page(page: &ItemPage, style: &Style) -> String {
    let mut lines = heading(page, style);
    lines.extend(facts(&page.facts, style.width));
    lines.extend(section("Needs", page.needs.iter().flat_map(|it| need(it, style)).collect()));
    if !page.needed_by.is_empty() {
        let ids = page.needed_by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        lines.extend(section("Needed by", Line::of(Role::Name, format!("  {ids}")).wrap(style.width, 2)));
    }
    let documents = page.documents.iter().flat_map(|document| {
        let kind = Line::of(Role::Dim, format!("  {}", document.kind.word())).pad(13);
        kind.with(Role::Name, &document.path).wrap(style.width, 13)
    });
    lines.extend(section("Documents", documents.collect()));
    lines.extend(section("Problems", page.problems.iter().flat_map(|it| problem(it, style)).collect()));
    lines.extend(section("Runs", page.runs.iter().flat_map(|run| runs::run_lines(run, style)).collect()));
    finish(lines, style)
}

fn heading(page: &ItemPage, style: &Style) -> Vec<Line> {
    let left = Line::of(Role::Name, page.id.as_str()).with(Role::Title, format!("  {}", page.title));
    let left = left.with(Role::Dim, format!("  of {}", page.plan));
    let mark = symbols::item(page.state).line(style);
    if style.accessible {
        return left.with(Role::Text, ": ").join(mark).wrap(style.width, 2);
    }
    vec![spread(left, mark, style.width)]
}

fn section(title: &str, content: Vec<Line>) -> Vec<Line> {
    if content.is_empty() {
        return content;
    }
    std::iter::once(Line::of(Role::Title, title)).chain(content).collect()
}

fn need(need: &NeedLine, style: &Style) -> Vec<Line> {
    let line = Line::of(Role::Text, "  ").with(Role::Name, need.id.as_str()).with(Role::Text, " ");
    let line = match &need.known {
        Some((state, title)) => {
            line.join(symbols::item(*state).line(style)).with(Role::Text, format!("  {title}"))
        }
        None => line.with(Role::Warning, "is no item of this plan"),
    };
    line.wrap(style.width, 4)
}
