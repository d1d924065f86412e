//! One tasks.md as a plan.

use super::{
    ids::{self, Known},
    needs::{self, Edges},
    sections::{Sections, Standing},
    task::{self, Task},
    unboxed,
};
use crate::{
    ids::{ItemId, PlanId},
    plan::{
        Dialect, Item, ItemState, Place, Plan,
        listing::Listing,
        markdown::{Cover, Line, ListItem, Outline},
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
    let standing: Vec<_> = tasks.iter().map(|it| Standing::of(it.item)).collect();
    let sections = Sections::new(outline, &standing);
    let mut by_line = tasks.iter().map(|it| (it.item.line, it)).peekable();
    // The nearest task around each list item, by the item's position.
    let mut owners: Vec<Option<&str>> = Vec::with_capacity(outline.items.len());
    let mut steps = 0;
    plan.items.reserve(outline.boxes().count());
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
                step.group = sections.group(Standing::of(item));
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
        task.group = sections.group(Standing::of(item));
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
    let mut walk = Walk { outline, tasks, next: 0, owner: None, heading: 0 };
    for line in outline.lines() {
        match walk.step(&line) {
            Says::OfTask(task, text) => needs::in_task(task, text, &known, &mut edges),
            Says::InProse => {
                needs::in_prose(line.text, &known, &mut edges);
                if needs::has_arrow(line.text) && walk.is_about_order() {
                    needs::in_chain(line.text, &known, &mut edges);
                }
            }
            Says::Nothing => {}
        }
    }
    add_edges(plan, edges);
}

/// What a line may speak of.
enum Says<'t> {
    OfTask(&'t str, &'t str),
    InProse,
    Nothing,
}

/// A walk over the lines that knows whose lines they are.
struct Walk<'o, 't> {
    outline: &'o Outline<'t>,
    tasks: &'o [Found<'o, 't>],
    next: usize,
    /// The task whose lines follow, until one is not indented under it.
    owner: Option<&'o Found<'o, 't>>,
    /// How many headings were passed.
    heading: usize,
}

impl<'t> Walk<'_, 't> {
    fn step(&mut self, line: &Line<'t>) -> Says<'t> {
        while self.outline.headings.get(self.heading).is_some_and(|it| it.line <= line.number) {
            self.heading += 1;
            self.owner = None;
        }
        if let Some(found) = self.tasks.get(self.next).filter(|it| it.item.line == line.number) {
            self.next += 1;
            self.owner = Some(found);
            return Says::OfTask(found.task.id, found.item.text);
        }
        let text = line.text.trim_start();
        if text.is_empty() {
            return Says::Nothing;
        }
        let indent = line.text.len() - text.len();
        self.owner = self.owner.filter(|it| indent > it.item.indent);
        if !ids::are_in(text) || matches!(line.cover, Cover::Comment | Cover::Table | Cover::FrontMatter) {
            return Says::Nothing;
        }
        self.owner.map_or(Says::InProse, |it| Says::OfTask(it.task.id, line.text))
    }

    /// True when one of the headings around this line speaks of order.
    fn is_about_order(&self) -> bool {
        let mut level = u8::MAX;
        self.outline.headings[..self.heading].iter().rev().any(|it| {
            let around = it.level < level;
            level = level.min(it.level);
            around && needs::speaks_of_order(&it.text)
        })
    }
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
    if edges.list.is_empty() {
        return;
    }
    // Of two tasks with one id, the first is meant.
    let mut position = std::collections::HashMap::with_capacity(plan.items.len());
    for (at, item) in plan.items.iter().enumerate().filter(|(_, item)| !item.step) {
        position.entry(item.id.as_str()).or_insert(at);
    }
    let placed: Vec<(usize, ItemId)> = edges
        .list
        .into_iter()
        .filter_map(|edge| Some((*position.get(edge.task.as_str())?, ItemId::new(edge.need))))
        .collect();
    for (at, need) in placed {
        plan.items[at].needs.push(need);
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
