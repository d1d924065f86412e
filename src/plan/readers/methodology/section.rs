//! The part of a plan that describes one achievement.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::declarations::declaration;
use crate::{
    ids::ItemId,
    plan::markdown::{Cover, Outline},
};

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?P<indent>\s*)(?:[-*+]\s+)?(?:\*\*(?P<bold>[A-Za-z][^*:]{1,40})(?:\*\*\s*:|:\s*\*\*)|(?P<plain>[A-Za-z][A-Za-z ]{1,24}):(?:\s|$))(?P<value>.*)$",
    )
    .expect("the pattern is well formed")
});

/// What a plan says of one achievement, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The lines it spans, counted from 1; the end is not part of it.
    pub lines: Range<usize>,
    /// `Goal`, `Purpose` or `Description`.
    pub goal: Option<String>,
    /// `What`.
    pub what: Option<String>,
    /// Each entry of `Deliverables`.
    pub deliverables: Vec<String>,
    /// `Effort`, as written.
    pub effort: Option<String>,
    /// Each entry of `Tests`, `Test` or `Validation`.
    pub tests: Vec<String>,
    /// All of it, from its declaration on.
    pub raw: String,
}

/// The longest section of an achievement in a plan's text, never a one-line index entry when there
/// is a body; `None` when the plan does not declare it.
#[must_use]
pub fn section(plan_text: &str, item: &ItemId) -> Option<Section> {
    let outline = Outline::read(plan_text);
    let ends = ends(&outline);
    let start = outline
        .lines()
        .filter(|line| line.cover == Cover::Prose)
        .filter(|line| declaration(line.text, line.number).is_some_and(|it| it.id == item.as_str()))
        .map(|line| line.number)
        .max_by_key(|&line| (ends.length(line), std::cmp::Reverse(line)))?;
    Some(cut(&outline, start..ends.of(start)))
}

/// Where the section of each declaration ends.
#[derive(Debug)]
pub(super) struct Ends {
    /// Line numbers at which a section ends, ascending; the last is the line after the text.
    stops: Vec<usize>,
    /// Whether a line before a stop is blank or a rule, by line number.
    empty: Vec<bool>,
}

/// Sections end at the next declaration, and at the next heading of the first three levels.
pub(super) fn ends(outline: &Outline) -> Ends {
    let mut stops: Vec<usize> = outline
        .headings
        .iter()
        .filter(|heading| heading.level <= 3 && !heading.nested)
        .map(|heading| heading.line)
        .collect();
    let mut empty = vec![true];
    for line in outline.lines() {
        let text = line.text.trim();
        empty.push(text.is_empty() || text == "---" || text == "***");
        if line.cover == Cover::Prose
            && declaration(line.text, line.number).is_some()
            && !is_nested(line.text)
        {
            stops.push(line.number);
        }
    }
    stops.push(empty.len());
    stops.sort_unstable();
    Ends { stops, empty }
}

/// A mention inside a list of details ends nothing.
fn is_nested(text: &str) -> bool {
    text.starts_with([' ', '\t'])
}

impl Ends {
    /// The line after the section that begins at this line, without blank lines and rules at its end.
    pub(super) fn of(&self, start: usize) -> usize {
        let next = self.stops.partition_point(|&stop| stop <= start);
        let mut end = self.stops.get(next).copied().unwrap_or(start + 1);
        while end > start + 1 && self.empty.get(end - 1).copied().unwrap_or(true) {
            end -= 1;
        }
        end
    }

    pub(super) fn length(&self, start: usize) -> usize {
        self.of(start) - start
    }
}

/// The label whose lines are being read.
#[derive(Clone, Copy)]
struct Open {
    label: Label,
    indent: usize,
    /// It stands above a list of its own level, as `**Deliverables**:` does.
    heads_a_list: bool,
    bulleted: bool,
}

impl Open {
    /// Whether a line that stands this deep still belongs to it.
    const fn holds(self, indent: usize, bulleted: bool) -> bool {
        if indent > self.indent {
            return true;
        }
        if bulleted { self.heads_a_list } else { !self.bulleted && indent == self.indent }
    }
}

fn cut(outline: &Outline, lines: Range<usize>) -> Section {
    let mut section = Section { lines: lines.clone(), ..Section::default() };
    let mut open: Option<Open> = None;
    for line in outline.lines().skip(lines.start - 1).take(lines.len()) {
        section.raw.push_str(line.text);
        section.raw.push('\n');
        let readable = matches!(line.cover, Cover::Prose | Cover::IndentedCode);
        if line.number > lines.start && readable && !line.text.trim().is_empty() {
            open = section.read_line(line.text, open);
        }
    }
    section
}

impl Section {
    /// Adds a line to the part it belongs to, and says which part is open after it.
    fn read_line(&mut self, text: &str, open: Option<Open>) -> Option<Open> {
        let indent = text.len() - text.trim_start().len();
        let bulleted = text.trim_start().starts_with(['-', '+']) || text.trim_start().starts_with("* ");
        let label = LABEL.captures(text);
        let inside = open.filter(|open| open.holds(indent, bulleted));
        let is_new = label.is_some() && inside.is_none_or(|open| !bulleted && indent <= open.indent);
        if let (true, Some(found)) = (is_new, label) {
            let name = found.name("bold").or_else(|| found.name("plain")).map_or("", |it| it.as_str());
            let value = found["value"].trim();
            self.take(Label::of(name), value);
            let heads_a_list = !bulleted && value.is_empty();
            return Some(Open { label: Label::of(name), indent, heads_a_list, bulleted });
        }
        if let Some(open) = inside {
            self.take(open.label, text.trim());
        }
        inside
    }
}

#[derive(Clone, Copy)]
enum Label {
    Goal,
    What,
    Deliverables,
    Effort,
    Tests,
    Other,
}

impl Label {
    fn of(name: &str) -> Self {
        match name.trim().to_lowercase().as_str() {
            "goal" | "purpose" | "description" | "objective" => Self::Goal,
            "what" => Self::What,
            "deliverable" | "deliverables" | "files" => Self::Deliverables,
            "effort" | "estimated effort" | "estimated time" | "time" => Self::Effort,
            "test" | "tests" | "testing" | "validation" => Self::Tests,
            _ => Self::Other,
        }
    }
}

impl Section {
    /// Adds a line to the part it belongs to.
    fn take(&mut self, label: Label, text: &str) {
        if text.is_empty() {
            return;
        }
        let entry = text.trim_start_matches(['-', '*', '+']).trim().to_owned();
        match label {
            Label::Goal => join(&mut self.goal, text),
            Label::What => join(&mut self.what, text),
            Label::Deliverables => self.deliverables.push(entry),
            Label::Effort if self.effort.is_none() => self.effort = Some(entry),
            Label::Tests => self.tests.push(entry),
            Label::Effort | Label::Other => {}
        }
    }
}

fn join(whole: &mut Option<String>, text: &str) {
    match whole {
        Some(whole) => {
            whole.push('\n');
            whole.push_str(text);
        }
        None => *whole = Some(text.to_owned()),
    }
}
