//! Beads: `.beads/issues.jsonl`, one issue a line.
//!
//! `blocks` orders the work, and so do `conditional-blocks` and `waits-for`, which beads itself
//! counts when it says what is ready; `parent-child` says which issue contains which. The other
//! kinds of dependency (`discovered-from`, `related` …) order nothing. A tombstone is an issue that
//! somebody deleted: it is shown as skipped, so that the counts speak of every line.

use std::collections::{BTreeMap, HashSet};

use super::{Reader, Reading, Scope, files, status};
use crate::{
    clock::Timestamp,
    ids::ItemId,
    plan::{
        json::{Json, Members, Part},
        listing::{Listing, Want, file_name, parent},
        problem::{Code, Problem, Severity},
        types::{Dialect, Hours, Item, ItemState, Place, Plan},
    },
};

/// The reader.
pub const READER: Reader = Reader { dialect: Dialect::Beads, wants, claims, read };

/// What the file has been called over the years; where two lie side by side, the first is the one
/// that beads reads.
const NAMES: [&str; 3] = ["issues.jsonl", "beads.jsonl", "bd.jsonl"];

/// Edges of these kinds keep an issue from being ready.
const ORDERING: [&str; 3] = ["blocks", "conditional-blocks", "waits-for"];

/// So many unreadable lines are told one by one; a file that is no JSON at all has millions.
const LINES_TOLD: usize = 20;

fn wants(path: &str) -> Want {
    let beads = NAMES.contains(&file_name(path)) && file_name(parent(path)) == ".beads";
    if beads { Want::Text } else { Want::Nothing }
}

/// A file whose first readable line is an issue.
fn claims(path: &str, text: &str) -> bool {
    wants(path) == Want::Text || {
        let first = text.lines().find(|line| !line.trim().is_empty());
        first.is_some_and(|line| {
            let json = Json::new(line);
            let members = json.root().ok().and_then(Part::members);
            members.is_some_and(|it| ["id", "title", "issue_type"].iter().all(|name| it.get(name).is_some()))
        })
    }
}

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in files::chosen(listing, scope, |path| wants(path) == Want::Text) {
        folders.entry(parent(path)).or_default().push(path);
    }
    let plan = |paths: Vec<&str>| {
        let folder = paths.first().map_or("", |path| parent(path));
        listing.remembered("beads", folder, &paths, |listing| plan_of_folder(listing, paths.clone()))
    };
    let plans = folders.into_values().filter_map(plan).collect();
    Reading { plans, problems: Vec::new() }
}

fn plan_of_folder(listing: &Listing, mut paths: Vec<&str>) -> Option<Plan> {
    paths.sort_by_key(|path| NAMES.iter().position(|name| *name == file_name(path)));
    let (&path, others) = paths.split_first()?;
    let mut plan = plan_of(path, listing.text(path).unwrap_or_default());
    plan.problems.extend(others.iter().map(|other| {
        let message = format!("this file is not read: {} lies beside it", file_name(path));
        let fix = "remove it, or move it out of the folder";
        Problem::new(Code::IndexMismatch, Place::file(*other), message, fix)
    }));
    Some(plan)
}

fn plan_of(path: &str, text: &str) -> Plan {
    let folder = parent(path);
    let project = file_name(parent(folder));
    let id = if project.is_empty() { "beads" } else { project };
    let mut plan = status::blank_plan(Dialect::Beads, id, format!("{id} issues"), path, folder);
    let mut unreadable = 0;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = Place::line(path, index + 1);
        if let Err(message) = read_issue(&mut plan, line, place.clone()) {
            unreadable += 1;
            if unreadable <= LINES_TOLD {
                plan.problems.push(malformed(place, message));
            }
        }
    }
    if unreadable > LINES_TOLD {
        let message = format!("{} more lines are no issues", unreadable - LINES_TOLD);
        plan.problems.push(malformed(Place::file(path), message));
    }
    plan
}

fn malformed(place: Place, message: String) -> Problem {
    Problem::new(Code::Malformed, place, message, "restore the line: one JSON object with an id")
}

/// Adds the issue of one line, or says why the line is none.
fn read_issue(plan: &mut Plan, line: &str, place: Place) -> Result<(), String> {
    let json = Json::new(line);
    let root = json.root().map_err(|fault| format!("the line is no JSON: {}", fault.message))?;
    let members = root.members().ok_or("the line is no JSON object")?;
    let id = members.word(&["id"]).ok_or("the issue has no id")?;
    let title = members.word(&["title"]).unwrap_or_else(|| id.clone());
    let mut item = Item::new(ItemId::new(id), title, place);
    let line = item.place.line.unwrap_or(1);
    let unknown = status::stand(&mut item, members.word(&["status"]).map(|word| (word, line)));
    item.priority = members.get("priority").and_then(|it| it.word()?.parse().ok());
    item.hours = hours(&members);
    item.changed = changed(&members, item.state);
    let parents = read_edges(&mut item, &members);
    plan.problems.extend(unknown);
    plan.problems.extend(second_parents(&item, &parents));
    plan.items.push(item);
    Ok(())
}

/// Fills the needs and the parent; gives back all parents there are.
fn read_edges(item: &mut Item, members: &Members<'_>) -> Vec<ItemId> {
    let mut parents = Vec::new();
    let mut seen = HashSet::new();
    for edge in members.get("dependencies").and_then(Part::elements).unwrap_or_default() {
        let Some(edge) = edge.members() else { continue };
        let Some(target) = edge.word(&["depends_on_id"]).map(ItemId::new) else { continue };
        let kind = edge.word(&["type"]).unwrap_or_else(|| "blocks".to_owned());
        if ORDERING.contains(&kind.as_str()) {
            if seen.insert(target.clone()) {
                item.needs.push(target);
            }
        } else if kind == "parent-child" {
            parents.push(target);
        }
    }
    item.parent = parents.first().cloned();
    parents
}

fn second_parents(item: &Item, parents: &[ItemId]) -> Option<Problem> {
    let (first, others) = parents.split_first()?;
    if others.is_empty() {
        return None;
    }
    let others = others.iter().map(ItemId::as_str).collect::<Vec<_>>().join(", ");
    let message = format!("{} is shown below {first} only; it is a child of {others} too", item.id);
    let fix = "keep one parent-child dependency";
    let problem = Problem::new(Code::IndexMismatch, item.place.clone(), message, fix);
    Some(Problem { severity: Severity::Note, ..problem })
}

fn hours(members: &Members<'_>) -> Option<Hours> {
    let minutes: f64 = members.get("estimated_minutes")?.word()?.parse().ok()?;
    (minutes > 0.0).then_some(Hours { low: minutes / 60.0, high: minutes / 60.0 })
}

/// The issue's own time of its last change; when it was closed, for one that is over.
fn changed(members: &Members<'_>, state: ItemState) -> Option<Timestamp> {
    let names: &[&str] =
        if state.is_over() { &["closed_at", "deleted_at", "updated_at"] } else { &["updated_at"] };
    Timestamp::parse(&members.word(names)?)
}

#[cfg(test)]
mod tests;
