//! Tasks and subtasks of one tag.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::{
    ids::ItemId,
    plan::{
        json::{Members, Part},
        listing::Listing,
        problem::{Code, Problem},
        readers::status,
        types::{Document, DocumentKind, Item, Place, Plan},
    },
};

/// Task Master's default, and what it takes a word for that it does not know.
const MEDIUM: u32 = 2;

/// Adds every task, each followed by its subtasks.
pub fn read_all(plan: &mut Plan, listing: &Listing, tasks: &[Part<'_>]) {
    for (index, task) in tasks.iter().enumerate() {
        let place = Place::line(plan.path.clone(), task.line());
        let Some(members) = task.members() else {
            plan.problems.push(no_task(place));
            continue;
        };
        let id = id_of(plan, &members, index, &place);
        read_one(plan, listing, &members, id.clone(), place, None);
        let subtasks = members.get("subtasks").and_then(Part::elements).unwrap_or_default();
        let priority = plan.items.last().and_then(|item| item.priority);
        read_subtasks(plan, listing, &subtasks, &id, priority);
    }
    resolve_needs(plan);
}

fn read_subtasks(
    plan: &mut Plan,
    listing: &Listing,
    subtasks: &[Part<'_>],
    parent: &str,
    priority: Option<u32>,
) {
    for (index, subtask) in subtasks.iter().enumerate() {
        let place = Place::line(plan.path.clone(), subtask.line());
        let Some(members) = subtask.members() else {
            plan.problems.push(no_task(place));
            continue;
        };
        let own = id_of(plan, &members, index, &place);
        let id = below(parent, &own);
        read_one(plan, listing, &members, id, place, Some(parent));
        if let Some(item) = plan.items.last_mut().filter(|_| members.get("priority").is_none()) {
            item.priority = priority;
        }
    }
}

/// Every task, each followed by its subtasks, as [`read_all`] calls them.
pub fn objects<'a>(tasks: &[Part<'a>]) -> Vec<(String, Part<'a>)> {
    let id = |members: &Members<'_>, index: usize| {
        members.word(&["id"]).unwrap_or_else(|| (index + 1).to_string())
    };
    let mut found = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        let Some(members) = task.members() else { continue };
        let own = id(&members, index);
        found.push((own.clone(), *task));
        let subtasks = members.get("subtasks").and_then(Part::elements).unwrap_or_default();
        let with_members =
            |(index, part): (usize, Part<'a>)| Some((below(&own, &id(&part.members()?, index)), part));
        found.extend(subtasks.into_iter().enumerate().filter_map(with_members));
    }
    found
}

/// The id of a subtask: some files write it whole (`"5.2"`), most the last number only.
fn below(parent: &str, own: &str) -> String {
    let whole = own.strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'));
    if whole { own.to_owned() } else { format!("{parent}.{own}") }
}

fn read_one(
    plan: &mut Plan,
    listing: &Listing,
    members: &Members<'_>,
    id: String,
    place: Place,
    parent: Option<&str>,
) {
    let title = members.word(&["title", "description"]).unwrap_or_else(|| id.clone());
    let mut item = Item::new(ItemId::new(id), title, place);
    plan.problems.extend(status::stand(&mut item, members.word_and_line("status")));
    item.priority = Some(members.word(&["priority"]).map_or(MEDIUM, |word| priority(&word)));
    item.parent = parent.map(ItemId::new);
    item.needs = needs(members, parent);
    item.documents = documents(plan, listing, &item);
    plan.items.push(item);
}

fn id_of(plan: &mut Plan, members: &Members<'_>, index: usize, place: &Place) -> String {
    if let Some(id) = members.word(&["id"]) {
        return id;
    }
    let id = (index + 1).to_string();
    let message = format!("this task has no id; it is shown as {id}, after its position");
    plan.problems.push(Problem::new(Code::BadId, place.clone(), message, "give it a number as its id"));
    id
}

fn no_task(place: Place) -> Problem {
    let fix = "write a task with id, title and status, or take it out";
    Problem::new(Code::Malformed, place, "this is no task", fix)
}

/// Lower runs earlier.
fn priority(word: &str) -> u32 {
    match word.to_lowercase().as_str() {
        "critical" | "urgent" | "highest" => 0,
        "high" => 1,
        "low" | "lowest" => 3,
        _ => MEDIUM,
    }
}

/// A bare number in a subtask means a brother.
fn needs(members: &Members<'_>, parent: Option<&str>) -> Vec<ItemId> {
    let list = members.get("dependencies").and_then(Part::elements).unwrap_or_default();
    let words = list.into_iter().filter_map(Part::word);
    let words = words.map(|word| word.trim().to_owned()).filter(|word| !word.is_empty());
    let whole = words.map(|word| match parent {
        Some(parent) if !word.contains('.') => format!("{parent}.{word}"),
        _ => word,
    });
    let mut seen = HashSet::new();
    whole.filter(|word| seen.insert(word.clone())).map(ItemId::new).collect()
}

/// The text file that `task-master generate` writes beside the JSON, for a task of the plan's tag.
fn documents(plan: &Plan, listing: &Listing, item: &Item) -> Vec<Document> {
    let Ok(number) = item.id.as_str().parse::<u64>() else { return Vec::new() };
    let names = [format!("task_{number:03}_{}.txt", plan.id), format!("task_{number:03}.txt")];
    let paths = names.iter().map(|name| format!("{}/{name}", plan.folder));
    let there = paths.filter(|path| listing.get(path).is_some()).take(1);
    there.map(|path| Document { kind: DocumentKind::Task, path }).collect()
}

/// Needs that name an item in another spelling (`"01"` for `1`) get the item's own.
fn resolve_needs(plan: &mut Plan) {
    let known: BTreeSet<ItemId> = plan.items.iter().map(|item| item.id.clone()).collect();
    let spellings: HashMap<String, ItemId> =
        known.iter().map(|id| (without_zeros(id.as_str()), id.clone())).collect();
    for need in plan.items.iter_mut().flat_map(|item| &mut item.needs) {
        if known.contains(need) {
            continue;
        }
        if let Some(id) = spellings.get(&without_zeros(need.as_str())) {
            *need = id.clone();
        }
    }
}

fn without_zeros(id: &str) -> String {
    let parts = id.split('.').map(|part| match part.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    });
    parts.collect::<Vec<_>>().join(".")
}
