//! All tasks of one backlog.

use std::collections::{HashMap, HashSet};

use super::{
    config::Config,
    layout::{File, Shelf},
    task,
};
use crate::{
    ids::ItemId,
    plan::{
        listing::{Listing, file_name, parent},
        readers::{natural::natural, status},
        types::{Dialect, Group, Item, Plan},
    },
};

pub fn read(listing: &Listing, root: &str, files: Vec<File<'_>>) -> Plan {
    let config = Config::read(listing, root);
    let (id, project) = (file_name(root), file_name(parent(root)));
    let id = if id.is_empty() { "backlog" } else { id };
    let title =
        config.project.clone().unwrap_or_else(|| if project.is_empty() { id } else { project }.to_owned());
    let path = match files.as_slice() {
        [only] if root.is_empty() => only.path,
        _ => root,
    };
    let mut plan = status::blank_plan(Dialect::Backlog, id, title, path, root);
    let mut tasks: Vec<(Shelf, Item, Vec<Item>)> = Vec::new();
    for file in files {
        let mut task = task::read(listing, &file, &config);
        plan.problems.append(&mut task.problems);
        tasks.extend(task.item.map(|item| (file.shelf, item, task.steps)));
    }
    tasks.sort_by_cached_key(|(shelf, item, _)| (*shelf, natural(&folded(item.id.as_str()))));
    gather(&mut plan, tasks);
    resolve(&mut plan);
    plan
}

/// Puts the tasks into the plan, each followed by its steps; the shelves are its groups, when there
/// are several.
fn gather(plan: &mut Plan, tasks: Vec<(Shelf, Item, Vec<Item>)>) {
    let used = |shelf: &Shelf| tasks.iter().any(|(it, _, _)| it == shelf);
    let shelves: Vec<Shelf> = Shelf::ALL.into_iter().filter(used).collect();
    let several = shelves.len() > 1;
    if several {
        plan.groups = shelves.iter().map(|shelf| Group::new(shelf.name())).collect();
    }
    let mut bearers: HashMap<ItemId, usize> = HashMap::new();
    for (shelf, item, steps) in tasks {
        let group = shelves.iter().position(|it| *it == shelf).filter(|_| several);
        let bearer = bearers.entry(item.id.clone()).or_default();
        *bearer += 1;
        let steps: Vec<_> = steps.into_iter().map(|step| of_bearer(step, *bearer)).collect();
        plan.items.extend(std::iter::once(item).chain(steps).map(|item| Item { group, ..item }));
    }
}

/// The steps of the second task of an id bear the name that this task will get, so that one problem
/// is one problem.
fn of_bearer(step: Item, bearer: usize) -> Item {
    match step.id.as_str().rsplit_once('#') {
        Some((task, number)) if bearer > 1 => {
            Item { id: ItemId::new(format!("{task}~{bearer}#{number}")), ..step }
        }
        _ => step,
    }
}

/// Gives needs and parents the spelling of the task they mean: `TASK-7`, `task-07` and `7` are one.
/// A dotted id without a parent has the task before its last dot, where there is one.
fn resolve(plan: &mut Plan) {
    let ids: HashMap<String, ItemId> = plan
        .items
        .iter()
        .rev()
        .filter(|item| !item.step)
        .map(|item| (folded(item.id.as_str()), item.id.clone()))
        .collect();
    let meant = |id: &ItemId| ids.get(&folded(id.as_str())).cloned().unwrap_or_else(|| id.clone());
    for item in plan.items.iter_mut().filter(|item| !item.step) {
        let mut seen = HashSet::new();
        item.needs = item.needs.iter().map(meant).filter(|need| seen.insert(need.clone())).collect();
        let dotted = || ids.get(&folded(item.id.as_str().rsplit_once('.')?.0)).cloned();
        let parent = item.parent.as_ref().map(meant).or_else(dotted);
        item.parent = parent.filter(|parent| *parent != item.id);
    }
}

/// An id without what people write in different ways: case, zeros in front, the word before a number.
fn folded(id: &str) -> String {
    let id = id.trim().to_lowercase();
    let id = if id.starts_with(|it: char| it.is_ascii_digit()) { format!("task-{id}") } else { id };
    let Some((word, numbers)) = id.rsplit_once('-') else { return id };
    let number = |part: &str| match part.trim_start_matches('0') {
        "" if !part.is_empty() => "0".to_owned(),
        rest => rest.to_owned(),
    };
    let numbers: Vec<String> = numbers.split('.').map(number).collect();
    format!("{word}-{}", numbers.join("."))
}
