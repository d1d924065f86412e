//! The plan's groups: its phases, and the sections that hold tasks outside of any.

use std::collections::HashMap;

use super::phase;
use crate::plan::{
    Group,
    markdown::{Heading, Outline},
};

/// Groups in plan order, and which one a heading's tasks belong to.
pub(super) struct Sections {
    pub(super) groups: Vec<Group>,
    of_heading: HashMap<usize, usize>,
}

impl Sections {
    /// `headings_of_tasks`: the heading each task stands under.
    pub(super) fn new(outline: &Outline<'_>, headings_of_tasks: &[Option<usize>]) -> Self {
        let headings = &outline.headings;
        let holders = holders(headings, headings_of_tasks);
        let level = phase::level(headings, |it| holders[it]);
        let mut sections = Self { groups: Vec::new(), of_heading: HashMap::new() };
        let mut current = None;
        for (position, heading) in headings.iter().enumerate() {
            if heading.nested {
                continue;
            }
            if level.is_none_or(|level| heading.level <= level) {
                let is_phase = level == Some(heading.level) && phase::is_phase(&heading.text);
                let is_title = position == 0 && heading.level == 1;
                let wanted = is_phase || !is_title && direct(headings, headings_of_tasks, position, level);
                current = wanted.then(|| sections.add(&heading.text));
            }
            if let Some(group) = current {
                sections.of_heading.insert(position, group);
            }
        }
        sections
    }

    /// The group of the tasks under this heading.
    pub(super) fn group(&self, heading: Option<usize>) -> Option<usize> {
        self.of_heading.get(&heading?).copied()
    }

    fn add(&mut self, name: &str) -> usize {
        self.groups.push(Group { name: name.trim().to_owned() });
        self.groups.len() - 1
    }
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
