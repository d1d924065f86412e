//! Task Master's own answer to "what next", for comparison with ours.
//!
//! It differs from [`crate::plan::next()`] on purpose: it names one task, offers subtasks only of a
//! parent that is in progress, and breaks ties by the number of needs.

use std::collections::HashSet;

use crate::{
    ids::ItemId,
    plan::{
        readers::status::spelled,
        types::{Item, Plan},
    },
};

/// What `task-master next` names: a subtask of a task in progress, else what [`next_top`] names.
#[must_use]
pub fn next(plan: &Plan) -> Option<&Item> {
    let under_way: HashSet<&ItemId> =
        plan.items.iter().filter(|item| says(item, &["in_progress"])).map(|item| &item.id).collect();
    let subtasks =
        eligible(plan).filter(|item| item.parent.as_ref().is_some_and(|parent| under_way.contains(parent)));
    subtasks.min_by_key(|item| rank(item)).or_else(|| next_top(plan))
}

/// The first task (no subtask) that is pending or in progress and whose needs are all done: by
/// priority, then by how little it needs, then by its number.
#[must_use]
pub fn next_top(plan: &Plan) -> Option<&Item> {
    eligible(plan).filter(|item| item.parent.is_none()).min_by_key(|item| rank(item))
}

fn eligible(plan: &Plan) -> impl Iterator<Item = &Item> {
    let done: HashSet<&ItemId> =
        plan.items.iter().filter(|item| says(item, &["done", "completed"])).map(|item| &item.id).collect();
    plan.items
        .iter()
        .filter(|item| item.raw_state.is_none() || says(item, &["pending", "in_progress"]))
        .filter(move |item| item.needs.iter().all(|need| done.contains(need)))
}

fn says(item: &Item, words: &[&str]) -> bool {
    item.raw_state.as_deref().is_some_and(|word| words.contains(&spelled(word).as_str()))
}

/// Task Master knows three priorities and takes every other word for the middle one.
fn rank(item: &Item) -> (u32, usize, Vec<u64>) {
    let priority = item.priority.filter(|it| matches!(it, 1 | 3)).unwrap_or(2);
    let numbers = item.id.as_str().split('.').map(|part| part.parse().unwrap_or(u64::MAX));
    (priority, item.needs.len(), numbers.collect())
}
