//! The plan's groups: its phases, and the sections that hold tasks outside of any; and what the plan
//! wants to be true at the end of each.
//!
//! A phase is a heading. In a file without such headings it may be a line of its own, often in bold, that
//! tasks follow.

use std::collections::HashMap;

use super::phase;
use crate::plan::{
    Group,
    markdown::{Cover, Heading, Line, ListItem, Outline},
};

/// Where a task stands.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    /// The heading above it, by position in the outline.
    pub(super) heading: Option<usize>,
    /// Counts from 1.
    pub(super) line: usize,
}

impl Standing {
    pub(super) const fn of(item: &ListItem<'_>) -> Self {
        Self { heading: item.heading, line: item.line }
    }
}

/// Groups in plan order, and which one a heading's tasks belong to.
pub(super) struct Sections {
    pub(super) groups: Vec<Group>,
    of_heading: HashMap<usize, usize>,
    /// The lines of phases that are no headings, in their order.
    of_line: Vec<(usize, usize)>,
    /// The line each heading stands on.
    heading_lines: Vec<usize>,
}

impl Sections {
    /// `tasks`: where the tasks stand, in the order of the file.
    pub(super) fn new(outline: &Outline<'_>, tasks: &[Standing]) -> Self {
        let headings = &outline.headings;
        let headings_of_tasks: Vec<_> = tasks.iter().map(|it| it.heading).collect();
        let holders = holders(headings, &headings_of_tasks);
        let level = phase::level(headings, |it| holders[it]);
        let mut sections = Self {
            groups: Vec::new(),
            of_heading: HashMap::new(),
            of_line: Vec::new(),
            heading_lines: headings.iter().map(|it| it.line).collect(),
        };
        let mut bold =
            if level.is_none() { line_phases(outline, tasks) } else { Vec::new() }.into_iter().peekable();
        let mut current = None;
        for (position, heading) in headings.iter().enumerate() {
            if heading.nested {
                continue;
            }
            while let Some((line, name)) = bold.next_if(|it| it.0 < heading.line) {
                sections.add_line(line, name);
            }
            if level.is_none_or(|level| heading.level <= level) {
                let is_phase = level == Some(heading.level) && phase::is_phase(&heading.text);
                let is_title = position == 0 && heading.level == 1;
                let wanted = is_phase || !is_title && direct(headings, &headings_of_tasks, position, level);
                current = wanted.then(|| sections.add(&heading.text));
            }
            if let Some(group) = current {
                sections.of_heading.insert(position, group);
            }
        }
        bold.for_each(|(line, name)| sections.add_line(line, name));
        sections.add_checkpoints(outline);
        sections
    }

    /// The group of what stands there.
    pub(super) fn group(&self, Standing { heading, line }: Standing) -> Option<usize> {
        let heading_line = heading.map_or(0, |it| self.heading_lines[it]);
        let before = self.of_line.partition_point(|it| it.0 <= line);
        let bold = self.of_line[..before].last().filter(|it| it.0 > heading_line).map(|it| it.1);
        bold.or_else(|| self.of_heading.get(&heading?).copied())
    }

    fn add(&mut self, name: &str) -> usize {
        self.groups.push(Group::new(name.trim()));
        self.groups.len() - 1
    }

    fn add_line(&mut self, line: usize, name: &str) {
        let group = self.add(name);
        self.of_line.push((line, group));
    }

    /// What each group's `**Checkpoint**: …` says; of several the last one.
    fn add_checkpoints(&mut self, outline: &Outline<'_>) {
        for line in outline.lines().filter(|it| it.cover == Cover::Prose) {
            let Some(text) = checkpoint(line.text) else { continue };
            let heading = self.heading_lines.partition_point(|it| *it < line.number).checked_sub(1);
            if let Some(group) = self.group(Standing { heading, line: line.number }) {
                self.groups[group].checkpoint = Some(text);
            }
        }
    }
}

/// `it reads` of `**Checkpoint**: it reads`.
fn checkpoint(line: &str) -> Option<String> {
    const WORD: &str = "checkpoint";
    let line = line.trim();
    let start = line.find(|it: char| it.is_alphanumeric())?;
    let is_box = line[..start].contains('[');
    let word = line.get(start..start + WORD.len()).filter(|it| !is_box && it.eq_ignore_ascii_case(WORD))?;
    let (name, text) = line[start + word.len()..].split_once([':', '：'])?;
    // `**Checkpoint 2 (MVP)**:` names itself; a sentence about checkpoints does not.
    let names = name.len() <= 40 && !name.starts_with(char::is_alphanumeric);
    let text = text.trim().trim_matches(['*', '_']).trim();
    (names && !text.is_empty()).then(|| text.to_owned())
}

/// Lines that begin with a phase's name and number and that tasks follow, before the next such line or
/// heading: `**Phase 1: Setup**`, `Phase 2 — Build`.
fn line_phases<'t>(outline: &Outline<'t>, tasks: &[Standing]) -> Vec<(usize, &'t str)> {
    let prose = outline.lines().filter(|it| it.cover == Cover::Prose);
    let found: Vec<_> = prose.filter_map(|it| Some((it.number, line_phase(&it)?))).collect();
    let ends = |at: usize, line: usize| {
        let next = found.get(at + 1).map_or(usize::MAX, |it| it.0);
        let heading = outline.headings.partition_point(|it| it.line <= line);
        next.min(outline.headings.get(heading).map_or(usize::MAX, |it| it.line))
    };
    let holds = |&(at, (line, _)): &(usize, (usize, &str))| {
        let first = tasks.partition_point(|it| it.line <= line);
        tasks.get(first).is_some_and(|it| it.line < ends(at, line))
    };
    found.iter().copied().enumerate().filter(holds).map(|(_, it)| it).collect()
}

fn line_phase<'t>(line: &Line<'t>) -> Option<&'t str> {
    let text = line.text.trim().trim_start_matches(|it: char| it.is_ascii_digit() || "-+.) \t".contains(it));
    let text = text.strip_prefix("* ").unwrap_or(text).trim_start();
    let name = match text.strip_prefix("**") {
        Some(bold) => bold.split_once("**")?.0,
        // A paragraph of its own: `Phase 1 — Setup`, and no sentence about a phase.
        None if text.len() <= 100 && !text.ends_with('.') && text.contains([':', '—', '–', '(']) => text,
        None => return None,
    };
    phase::is_phase(name).then(|| name.trim_end_matches(':').trim())
}

/// Which headings' sections hold a task, before the next heading of the same or a higher level.
fn holders(headings: &[Heading], headings_of_tasks: &[Option<usize>]) -> Vec<bool> {
    let mut holders = vec![false; headings.len()];
    for position in headings_of_tasks.iter().flatten() {
        holders[*position] = true;
    }
    // From the end: a section passes what it holds on to the nearest shallower one before it.
    let mut below = [false; 8];
    for (position, heading) in headings.iter().enumerate().rev() {
        let level = usize::from(heading.level);
        holders[position] |= below[level + 1..].iter().any(|it| *it);
        below[level..].fill(false);
        below[level] = holders[position];
    }
    holders
}

/// True when tasks stand in this section and in no phase: a plan without phases, or an appendix.
fn direct(
    headings: &[Heading],
    headings_of_tasks: &[Option<usize>],
    position: usize,
    level: Option<u8>,
) -> bool {
    let inside = headings[position + 1..].iter().take_while(|it| match level {
        Some(level) => it.nested || it.level > level,
        None => it.nested,
    });
    let end = position + inside.count();
    let first = headings_of_tasks.partition_point(|it| it.is_none_or(|it| it < position));
    headings_of_tasks.get(first).is_some_and(|it| it.is_some_and(|it| it <= end))
}
