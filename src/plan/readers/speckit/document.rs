//! One tasks.md as a plan.

use super::{
    ids::Known,
    needs::{self, Edges},
    sections::Sections,
    task::{self, Task},
    unboxed,
};
use crate::{
    ids::{ItemId, PlanId},
    plan::{
        Dialect, Item, ItemState, Place, Plan,
        listing::Listing,
        markdown::{Cover, ListItem, Outline},
        problem::{Code, Problem},
        readers::{checklist, parts},
    },
};

/// A task where it stands in the file.
struct Found<'o, 't> {
    item: &'o ListItem<'t>,
    task: Task<'t>,
}

pub(super) fn plan(path: &str, text: &str, listing: &Listing) -> Plan {
    let outline = Outline::read(text);
    let mut plan = parts::empty_plan(Dialect::Speckit, path);
    if let Some(title) = outline.headings.iter().find(|it| it.level == 1) {
        title_of(&title.text).clone_into(&mut plan.title);
    }
    if plan.folder.is_empty() {
        plan.id = PlanId::new("tasks");
    }
    let tasks: Vec<_> =
        outline.boxes().filter_map(|item| Some(Found { item, task: task::task(item.text)? })).collect();
    if tasks.is_empty() {
        without_tasks(&mut plan, &outline, listing);
        return plan;
    }
    add_tasks(&mut plan, &outline, &tasks, listing);
    add_needs(&mut plan, &outline, &tasks);
    report_spaced_boxes(&mut plan, &outline);
    plan
}

/// `Tasks: Name` is called `Name`.
fn title_of(heading: &str) -> &str {
    let words = ["Implementation Tasks:", "Tasks:", "Task List:", "タスク:", "任务:", "Tareas:", "Tarefas:"];
    let name = words.iter().find_map(|it| heading.strip_prefix(it)).unwrap_or(heading).trim();
    if name.is_empty() { heading } else { name }
}

fn add_tasks(plan: &mut Plan, outline: &Outline<'_>, tasks: &[Found<'_, '_>], listing: &Listing) {
    let headings: Vec<_> = tasks.iter().map(|it| it.item.heading).collect();
    let sections = Sections::new(outline, &headings);
    let mut by_line = tasks.iter().map(|it| (it.item.line, it)).peekable();
    // The nearest task around each list item, by the item's position.
    let mut owners: Vec<Option<&str>> = Vec::with_capacity(outline.items.len());
    let mut steps = 0;
    for item in &outline.items {
        let around = item.parent.and_then(|it| owners[it]);
        let Some((_, found)) = by_line.next_if(|(line, _)| *line == item.line) else {
            owners.push(around);
            if let (Some(mark), Some(owner)) = (item.mark, around) {
                steps += 1;
                let mut step = Item::new(
                    ItemId::new(format!("{owner}#{steps}")),
                    item.text,
                    Place::line(&plan.path, item.line),
                );
                step.parent = Some(ItemId::new(owner));
                step.step = true;
                step.group = sections.group(item.heading);
                parts::decide_by_mark(&mut step, mark);
                parts::belongs_to(&mut step, &plan.path, listing);
                plan.items.push(step);
            }
            continue;
        };
        steps = 0;
        owners.push(Some(found.task.id));
        let mut task = task_item(found, &plan.path);
        task.parent = around.map(ItemId::new);
        task.group = sections.group(item.heading);
        parts::belongs_to(&mut task, &plan.path, listing);
        plan.items.push(task);
    }
    plan.groups = sections.groups;
}

fn task_item(found: &Found<'_, '_>, path: &str) -> Item {
    let Found { item, task } = found;
    let mut made = Item::new(ItemId::new(task.id), &task.title, Place::line(path, item.line));
    made.parallel = task.parallel || item.marker_first;
    made.labels = task.labels.iter().map(|it| (*it).to_owned()).collect();
    if let Some(mark) = item.mark {
        parts::decide_by_mark(&mut made, mark);
        if task.struck && made.state == ItemState::Pending {
            let why = format!("struck through in {}", made.place);
            parts::decide(&mut made, ItemState::Skipped, mark.text, why);
        }
    }
    made
}

/// Sentences about order: in tasks, in lines below them, and everywhere else.
fn add_needs(plan: &mut Plan, outline: &Outline<'_>, tasks: &[Found<'_, '_>]) {
    let known = Known::new(tasks.iter().map(|it| it.task.id));
    let mut edges = Edges::default();
    let mut next = 0;
    let mut owner: Option<&Found<'_, '_>> = None;
    let mut heading = 0;
    let mut order = Vec::new();
    for line in outline.lines() {
        while outline.headings.get(heading).is_some_and(|it| it.line <= line.number) {
            enter(&mut order, &outline.headings[heading]);
            heading += 1;
            owner = None;
        }
        if tasks.get(next).is_some_and(|it| it.item.line == line.number) {
            owner = tasks.get(next);
            next += 1;
            needs::in_task(tasks[next - 1].task.id, tasks[next - 1].item.text, &known, &mut edges);
            continue;
        }
        if line.text.trim().is_empty()
            || matches!(line.cover, Cover::Comment | Cover::Table | Cover::FrontMatter)
        {
            continue;
        }
        let indent = line.text.len() - line.text.trim_start().len();
        match owner.filter(|it| indent > it.item.indent) {
            Some(found) => needs::in_task(found.task.id, line.text, &known, &mut edges),
            None => {
                owner = None;
                needs::in_prose(line.text, &known, &mut edges);
                if order.iter().any(|(_, speaks)| *speaks) && needs::has_arrow(line.text) {
                    needs::in_chain(line.text, &known, &mut edges);
                }
            }
        }
    }
    add_edges(plan, edges);
}

/// Keeps the headings around the current line, each with whether it speaks of order.
fn enter(order: &mut Vec<(u8, bool)>, heading: &crate::plan::markdown::Heading) {
    while order.last().is_some_and(|(level, _)| *level >= heading.level) {
        order.pop();
    }
    order.push((heading.level, needs::speaks_of_order(&heading.text)));
}

/// Gives the tasks their needs.
pub(super) fn add_edges(plan: &mut Plan, edges: Edges) {
    if edges.cut {
        plan.problems.push(Problem::new(
            Code::BoundReached,
            Place::file(&plan.path),
            format!("the file states more than {} needs; the rest was not read", edges.list.len()),
            "name the tasks that are really needed instead of long ranges",
        ));
    }
    // Of two tasks with one id, the first is meant.
    let mut position = std::collections::HashMap::new();
    for (at, item) in plan.items.iter().enumerate().filter(|(_, item)| !item.step) {
        position.entry(item.id.as_str().to_owned()).or_insert(at);
    }
    for edge in edges.list {
        if let Some(at) = position.get(&edge.task) {
            plan.items[*at].needs.push(ItemId::new(edge.need));
        }
    }
}

/// A file without one task by the dialect's grammar: its checkboxes are read as a checklist, so
/// that what there is to see is seen.
fn without_tasks(plan: &mut Plan, outline: &Outline<'_>, listing: &Listing) {
    if unboxed::fill(plan, outline, listing) {
        return;
    }
    plan.groups.clear();
    checklist::fill(plan, outline, listing);
    let hidden = hidden_boxes(outline);
    let message = match (plan.items.len(), hidden) {
        (0, 0) => "no task in it: no checkbox whose text begins with an id".to_owned(),
        (0, hidden) => {
            format!("no task in it: its {hidden} checkboxes stand inside a code fence or a comment")
        }
        (boxes, _) => format!("none of its {boxes} checkboxes has a task id; they are shown as a checklist"),
    };
    let fix = if hidden > 0 { "take the fence away" } else { "write tasks as `- [ ] T001 Text`" };
    plan.problems.push(Problem::new(Code::EmptyPlan, Place::file(&plan.path), message, fix));
    report_spaced_boxes(plan, outline);
}

fn hidden_boxes(outline: &Outline<'_>) -> usize {
    let is_box = |text: &str| {
        let text = text.trim_start();
        ["- [ ] ", "- [x] ", "- [X] ", "* [ ] ", "* [x] ", "* [X] "].iter().any(|it| text.starts_with(it))
    };
    let covered = |cover| matches!(cover, Cover::Fence | Cover::Comment);
    outline.lines().filter(|line| covered(line.cover) && is_box(line.text)).count()
}

/// `[ x ]` is no checkbox for anything that reads Markdown, but its author thinks it is ticked.
fn report_spaced_boxes(plan: &mut Plan, outline: &Outline<'_>) {
    for item in outline.items.iter().filter(|it| it.mark.is_none()) {
        let spaced =
            ["[ x ]", "[x ]", "[ x]", "[ X ]", "[X ]", "[ X]"].iter().find(|it| item.text.starts_with(**it));
        if let Some(spaced) = spaced {
            plan.problems.push(Problem::new(
                Code::UnknownState,
                Place::line(&plan.path, item.line),
                format!("`{spaced}` is no checkbox, so this line is not counted"),
                "write `[x]`",
            ));
        }
    }
}
