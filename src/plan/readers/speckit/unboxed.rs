//! Files whose tasks have no checkboxes: headings (`### T003: Title` with a status line below) and
//! ticked bullets (`- ✅ T001 Title`).
//!
//! Only read where a file holds no task with a checkbox: beside those, such lines are prose.

use super::{
    document::add_edges,
    ids::Known,
    needs::{self, Edges},
    sections::{Sections, Standing},
    task::{self, Task},
};
use crate::{
    ids::ItemId,
    plan::{
        Item, ItemState, Place, Plan,
        listing::Listing,
        markdown::{Cover, ListItem, Mark, Outline},
        problem::{Code, Problem, Severity},
        readers::parts,
    },
};

/// A task's heading with its section.
struct Section<'o> {
    position: usize,
    task: Task<'o>,
    /// The last line of it.
    end: usize,
}

/// Fills the plan from headings, else from bullets; false when there are neither.
pub(super) fn fill(plan: &mut Plan, outline: &Outline<'_>, listing: &Listing) -> bool {
    from_headings(plan, outline, listing);
    plan.problems.extend(no_boxes(plan));
    if plan.items.is_empty() {
        from_bullets(plan, outline, listing);
    }
    !plan.items.is_empty()
}

/// Tasks that are headings have no box to tick.
fn no_boxes(plan: &Plan) -> Option<Problem> {
    let first = plan.items.iter().find(|it| !it.step)?;
    let tasks = plan.items.iter().filter(|it| !it.step).count();
    let message = format!("its {tasks} tasks are headings without a box; a `Status:` line below one is read");
    let fix = "write each as `- [ ] T001 Title`";
    let problem = Problem::new(Code::UnknownState, first.place.clone(), message, fix);
    Some(Problem { severity: Severity::Note, ..problem })
}

fn from_headings(plan: &mut Plan, outline: &Outline<'_>, listing: &Listing) {
    let sections = task_sections(outline);
    let standing = |it: &Section<'_>| Standing {
        heading: above(outline, it.position),
        line: outline.headings[it.position].line,
    };
    let above: Vec<_> = sections.iter().map(standing).collect();
    let groups = Sections::new(outline, &above);
    let known = Known::new(sections.iter().map(|it| it.task.id));
    let mut edges = Edges::default();
    let mut lines = outline.lines().peekable();
    let mut boxes = outline.boxes().peekable();
    for (section, above) in sections.iter().zip(above) {
        let start = outline.headings[section.position].line;
        let mut item =
            Item::new(ItemId::new(section.task.id), &section.task.title, Place::line(&plan.path, start));
        item.parallel = section.task.parallel;
        item.labels = section.task.labels.iter().map(|it| (*it).to_owned()).collect();
        item.group = groups.group(above);
        parts::belongs_to(&mut item, &plan.path, listing);
        let mut status = None;
        while let Some(line) = lines.next_if(|it| it.number <= section.end) {
            if line.number > start && line.cover == Cover::Prose {
                status = status.or_else(|| Some((status_word(line.text)?, line.number)));
                needs::in_task(section.task.id, line.text, &known, &mut edges);
            }
        }
        while boxes.next_if(|it| it.line < start).is_some() {}
        let own: Vec<&ListItem<'_>> =
            std::iter::from_fn(|| boxes.next_if(|it| it.line <= section.end)).collect();
        decide(&mut item, status, &own);
        plan.items.push(item);
        for (number, found) in own.iter().enumerate() {
            plan.items.push(step(plan, section.task.id, number + 1, found, listing));
        }
    }
    plan.groups = groups.groups;
    add_edges(plan, edges);
}

fn task_sections<'o>(outline: &'o Outline<'_>) -> Vec<Section<'o>> {
    let headings = &outline.headings;
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (position, heading) in headings.iter().enumerate().filter(|(_, it)| !it.nested) {
        if let Some(last) = sections.last_mut().filter(|it| it.end == usize::MAX) {
            let ends = heading.level <= headings[last.position].level || task::task(&heading.text).is_some();
            if ends {
                last.end = heading.line - 1;
            }
        }
        if let Some(task) = task::task(&heading.text) {
            sections.push(Section { position, task, end: usize::MAX });
        }
    }
    sections
}

/// The heading that a task's heading stands under.
fn above(outline: &Outline<'_>, position: usize) -> Option<usize> {
    let level = outline.headings[position].level;
    (0..position).rev().find(|it| !outline.headings[*it].nested && outline.headings[*it].level < level)
}

/// What stands behind `**Status**:` or `Status:`.
pub(in crate::plan) fn status_word(line: &str) -> Option<&str> {
    let bare = line.trim_start_matches(|it: char| it.is_whitespace() || "-*_>".contains(it));
    let rest = bare.get(..6).filter(|it| it.eq_ignore_ascii_case("status")).map(|_| &bare[6..])?;
    let rest = rest.trim_start_matches(['*', '_']).strip_prefix(':')?;
    Some(rest.trim_matches(|it: char| it.is_whitespace() || it == '*' || it == '_'))
}

fn decide(item: &mut Item, status: Option<(&str, usize)>, boxes: &[&ListItem<'_>]) {
    if let Some((word, line)) = status {
        let short = word.split(['(', ',', ';']).next().unwrap_or(word);
        let state = parts::state_of_word(short).unwrap_or(ItemState::Unknown);
        return parts::decide(item, state, word, format!("status in {}:{line}", item.place.file));
    }
    let ticked = boxes.iter().filter(|it| it.mark.is_some_and(Mark::is_cross)).count();
    let state = match ticked {
        0 => ItemState::Pending,
        all if all == boxes.len() => ItemState::Done,
        _ => ItemState::InProgress,
    };
    let raw = format!("{ticked}/{}", boxes.len());
    let why = format!("{ticked} of {} checkboxes ticked under {}", boxes.len(), item.place);
    parts::decide(item, state, &raw, why);
}

fn step(plan: &Plan, owner: &str, number: usize, found: &ListItem<'_>, listing: &Listing) -> Item {
    let id = ItemId::new(format!("{owner}#{number}"));
    let mut step = Item::new(id, found.text, Place::line(&plan.path, found.line));
    step.parent = Some(ItemId::new(owner));
    step.step = true;
    if let Some(mark) = found.mark {
        parts::decide_by_mark(&mut step, mark);
    }
    parts::belongs_to(&mut step, &plan.path, listing);
    step
}

/// `- ✅ T001 Title`: a sign instead of a box.
fn from_bullets(plan: &mut Plan, outline: &Outline<'_>, listing: &Listing) {
    let found: Vec<_> = outline.items.iter().filter_map(|item| Some((item, signed(item)?))).collect();
    let standing: Vec<_> = found.iter().map(|(item, _)| Standing::of(item)).collect();
    let groups = Sections::new(outline, &standing);
    for (item, (state, task)) in found {
        let mut made = Item::new(ItemId::new(task.id), &task.title, Place::line(&plan.path, item.line));
        made.parallel = task.parallel;
        made.group = groups.group(Standing::of(item));
        let sign = item.text.split(' ').next().unwrap_or_default();
        let why = format!("`{sign}` in {}", made.place);
        parts::decide(&mut made, state, sign, why);
        parts::belongs_to(&mut made, &plan.path, listing);
        plan.items.push(made);
    }
    plan.groups = groups.groups;
}

fn signed<'t>(item: &ListItem<'t>) -> Option<(ItemState, Task<'t>)> {
    let (sign, rest) = item.text.split_once(' ')?;
    let is_sign = !sign.is_empty() && !sign.contains(|it: char| it.is_ascii() || it.is_alphanumeric());
    let task = task::task(is_sign.then(|| rest.trim_start())?)?;
    Some((parts::state_of_sign(sign), task))
}
