//! Where the files of a session contradict each other.

use std::collections::{HashMap, HashSet};

use super::todo::{Entry, TodoList};
use crate::plan::{
    json::{Json, Part},
    listing::file_name,
    problem::{Code, Problem},
    readers::parts,
    types::{Item, ItemState, Place, Plan},
};

/// Tells where the list says otherwise than the task files, which decide.
pub fn tell(plan: &mut Plan, list: &TodoList, path: &str) {
    let items: HashMap<&str, &Item> = plan.items.iter().map(|item| (item.id.as_str(), item)).collect();
    let listed: HashSet<&str> = list.entries.iter().map(|entry| entry.id.as_str()).collect();
    let mut problems = Vec::new();
    let mut without_file = 0;
    for entry in &list.entries {
        match items.get(entry.id.as_str()) {
            Some(item) => problems.extend(drift(item, entry, path)),
            None if entry.container => {}
            None => {
                without_file += 1;
                problems.push(no_file(entry, path));
            }
        }
    }
    if !list.entries.is_empty() {
        problems.extend(plan.items.iter().filter(|item| !listed.contains(item.id.as_str())).map(unlisted));
    }
    if without_file > 0 {
        plan.badges.push(format!("{without_file} listed without a task file"));
    }
    plan.problems.append(&mut problems);
}

/// A box that agrees is one that a person would not change: a blank one says no more than "not done".
pub fn agrees(state: ItemState, listed: ItemState) -> bool {
    match listed {
        ItemState::Pending => state != ItemState::Done,
        ItemState::InProgress => {
            matches!(state, ItemState::InProgress | ItemState::InReview | ItemState::NeedsFix)
        }
        ItemState::Blocked => matches!(state, ItemState::Blocked | ItemState::NeedsFix),
        ItemState::Unknown => true,
        listed => state == listed,
    }
}

fn drift(item: &Item, entry: &Entry, path: &str) -> Option<Problem> {
    let listed = entry.state?;
    if item.container || agrees(item.state, listed) {
        return None;
    }
    let word = item.raw_state.as_deref().unwrap_or("pending");
    let file = file_name(&item.place.file);
    let message = format!("{file} says {word}, and the list has [{}] for {}", entry.mark, item.id);
    let fix = format!("{file} decides: write the same here, or set its status");
    Some(Problem::new(Code::Drift, Place::line(path, entry.line), message, fix))
}

fn no_file(entry: &Entry, path: &str) -> Problem {
    let message =
        format!("{} is listed, and there is no .task/{}.json: it is not counted", entry.id, entry.id);
    let fix = "write the task's file, or take the line out";
    Problem::new(Code::Orphan, Place::line(path, entry.line), message, fix)
}

fn unlisted(item: &Item) -> Problem {
    let message = format!("{} has a file and no line in the list", item.id);
    Problem::new(Code::IndexMismatch, item.place.clone(), message, "add a line for it to TODO_LIST.md")
}

/// Tells where `plan.json` names tasks that are not there, or counts them otherwise.
pub fn tell_overview(plan: &mut Plan, path: &str, text: &str) {
    let json = Json::new(text);
    let root = match json.root() {
        Ok(root) => root,
        Err(fault) => {
            let message = format!("the file is no JSON from here on: {}", fault.message);
            let place = Place::line(path, fault.line);
            return plan.problems.push(Problem::new(Code::Malformed, place, message, "mend the JSON"));
        }
    };
    let Some(members) = root.members() else { return };
    let known: HashSet<&str> = plan.items.iter().map(|item| item.id.as_str()).collect();
    let named = members.get("task_ids").and_then(Part::elements).unwrap_or_default();
    let mut problems: Vec<Problem> =
        named.into_iter().filter_map(|part| unknown(part, &known, path)).collect();
    if let Some(count) = members.get("task_count") {
        problems.extend(other_count(count, plan.items.len(), path));
    }
    plan.problems.append(&mut problems);
}

fn unknown(part: Part<'_>, known: &HashSet<&str>, path: &str) -> Option<Problem> {
    let id = part.word().filter(|id| !known.contains(id.as_str()))?;
    let message = format!("{id} is named here, and there is no task of this name");
    let fix = "write the task, or take the name out";
    Some(Problem::new(Code::IndexMismatch, Place::line(path, part.line()), message, fix))
}

fn other_count(part: Part<'_>, tasks: usize, path: &str) -> Option<Problem> {
    let stated = part.word().filter(|count| *count != tasks.to_string())?;
    let message = format!("task_count says {stated}, and there are {tasks} tasks");
    let place = Place::line(path, part.line());
    Some(
        Problem::new(Code::CountMismatch, place, message, format!("write {tasks}"))
            .with_counts(stated, tasks),
    )
}

/// Tells where the session's own status is behind its tasks, or ahead of them.
pub fn tell_status(plan: &mut Plan, path: &str) {
    let Some(word) = plan.raw_state.as_deref() else { return };
    let leaves = plan.leaves().count();
    let over = plan.leaves().filter(|item| item.state.is_over()).count();
    let says_done = parts::state_of_word(word) == Some(ItemState::Done);
    if leaves == 0 || says_done == (over == leaves) {
        return;
    }
    let message = format!("the session says {word}, and {over} of its {leaves} tasks are over");
    let fix = "set the session's status";
    plan.problems.push(Problem::new(Code::StaleStatus, Place::file(path), message, fix));
}
