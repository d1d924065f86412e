//! One session folder: its metadata, its tasks in their order, and what its files say of each other.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    claim::{METADATA, OVERVIEW, PROSE, TODO},
    drift,
    id::Known,
    needs, order, registry,
    task::{self, Task},
    todo::{self, TodoList},
};
use crate::plan::{
    json::{Fault, Json, Members, Part},
    listing::{Content, Listing, file_name, parent},
    markdown::Outline,
    problem::{Code, Problem},
    readers::{files, natural::natural, status},
    types::{Dialect, Document, DocumentKind, Group, ItemState, Place, Plan},
};

/// Reads a session. Whatever of it is there and readable is shown.
pub fn read(listing: &Listing, folder: &str) -> Plan {
    let mut plan = blank(listing, folder);
    let metadata_path = format!("{folder}/{METADATA}");
    let metadata = Json::new(listing.text(&metadata_path).unwrap_or("{}"));
    let metadata = root(&mut plan, &metadata_path, metadata.root()).and_then(Part::members);
    describe(&mut plan, listing, metadata.as_ref());
    let (mut tasks, broken) = tasks_of_files(&mut plan, listing);
    let has_files = !tasks.is_empty();
    if !has_files {
        tasks = embedded(&metadata_path, metadata.as_ref());
    }
    let known = Known::new(tasks.iter().map(|task| task.item.id.as_str()));
    let list = todo::read_known(listing.text(&format!("{folder}/{TODO}")).unwrap_or_default(), &known);
    if tasks.is_empty() {
        tasks = listed(folder, &list);
    }
    restore(&mut tasks, &broken, &list);
    gather(&mut plan, listing, tasks, &list);
    read_order(&mut plan, listing);
    if has_files {
        drift::tell(&mut plan, &list, &format!("{folder}/{TODO}"));
    }
    if let Some(text) = listing.text(&format!("{folder}/{OVERVIEW}")) {
        drift::tell_overview(&mut plan, &format!("{folder}/{OVERVIEW}"), text);
    }
    drift::tell_status(&mut plan, &metadata_path);
    plan
}

fn read_order(plan: &mut Plan, listing: &Listing) {
    let [prose, overview] = [PROSE, OVERVIEW].map(|name| format!("{}/{name}", plan.folder));
    let text = |path: &str| listing.text(path).unwrap_or_default();
    let known = Known::new(plan.items.iter().map(|item| item.id.as_str()));
    order::read(plan, &known, (&prose, text(&prose)), (&overview, text(&overview)));
}

fn blank(listing: &Listing, folder: &str) -> Plan {
    let name = file_name(folder);
    let prose = format!("{folder}/{PROSE}");
    let path = if files::is_file(listing, &prose) { prose.as_str() } else { folder };
    status::blank_plan(Dialect::Ccw, name, name.to_owned(), path, folder)
}

/// Notes that a file is no JSON.
fn root<'a>(plan: &mut Plan, path: &str, root: Result<Part<'a>, Fault>) -> Option<Part<'a>> {
    root.inspect_err(|fault| plan.problems.push(malformed(path, fault))).ok()
}

fn malformed(path: &str, fault: &Fault) -> Problem {
    let message = format!("the file is no JSON from here on: {}", fault.message);
    let fix = "mend the JSON, or take the file back from version control";
    Problem::new(Code::Malformed, Place::line(path, fault.line), message, fix)
}

/// Title, status and badges.
fn describe(plan: &mut Plan, listing: &Listing, metadata: Option<&Members<'_>>) {
    let word = |names: &[&str]| metadata.and_then(|it| it.word(names));
    let title = word(&["project", "topic", "title", "name", "description"]);
    let title = title.and_then(|it| it.lines().next().map(|line| line.trim().to_owned()));
    if let Some(title) = title.or_else(|| heading(listing.text(&plan.path)?)) {
        plan.title = title;
    }
    plan.raw_state = word(&["status"]);
    registry::complete(plan, listing);
    if plan.raw_state.as_deref().map(status::spelled).as_deref() == Some("paused") {
        plan.badges.push("paused".to_owned());
    }
    if file_name(parent(&plan.folder)) == "archives" {
        plan.badges.push("archived".to_owned());
    }
    if let Some(id) = word(&["session_id"]).filter(|id| id != plan.id.as_str()) {
        let line = metadata.and_then(|it| it.get("session_id")).map_or(1, Part::line);
        let place = Place::line(format!("{}/{METADATA}", plan.folder), line);
        let message = format!("the session calls itself {id}, and its folder {}", plan.id);
        plan.problems.push(Problem::new(Code::NameMismatch, place, message, "make them one"));
    }
}

/// `Water tower` of `# Implementation Plan: Water tower`.
fn heading(text: &str) -> Option<String> {
    let outline = Outline::read(text);
    let heading = outline.headings.iter().find(|it| it.level == 1)?;
    let title = heading.text.split_once(':').map_or(heading.text.as_str(), |(_, title)| title);
    Some(title.trim().to_owned()).filter(|it| !it.is_empty())
}

/// The tasks that can be read, and the files that can't.
fn tasks_of_files(plan: &mut Plan, listing: &Listing) -> (Vec<Task>, Vec<String>) {
    let (mut tasks, mut broken) = (Vec::new(), Vec::new());
    let folder = format!("{}/.task", plan.folder);
    let children = listing.children(&folder).filter(|(_, entry)| entry.content != Content::Folder);
    for (path, _) in children.filter(|(path, _)| files::is_kind(path, "json")) {
        let Some(text) = listing.text(path) else {
            broken.push(path.to_owned());
            continue;
        };
        let json = Json::new(text);
        let Some(part) = root(plan, path, json.root()) else {
            broken.push(path.to_owned());
            continue;
        };
        let Some(task) = task::read_file(listing, path, part) else {
            plan.problems.push(no_task(path));
            broken.push(path.to_owned());
            continue;
        };
        tasks.push(task);
    }
    (tasks, broken)
}

fn no_task(path: &str) -> Problem {
    let fix = "write a task with id, title and status, or remove the file";
    Problem::new(Code::Malformed, Place::file(path), "this is no task", fix)
}

/// The tasks that a session's metadata holds itself: a list, or an object by their ids.
fn embedded(path: &str, metadata: Option<&Members<'_>>) -> Vec<Task> {
    let Some(part) = metadata.and_then(|it| it.any(&["tasks", "task_list"])) else { return Vec::new() };
    if let Some(members) = part.members() {
        return members.iter().filter_map(|(id, part)| task::read(path, part, id)).collect();
    }
    let elements = part.elements().unwrap_or_default().into_iter().enumerate();
    let read = |(index, part): (usize, Part<'_>)| match part.word() {
        Some(id) => Some(Task::bare(&id, &id, Place::line(path, part.line()))),
        None => task::read(path, part, &format!("IMPL-{}", index + 1)),
    };
    elements.filter_map(read).collect()
}

/// The tasks of a session that has nothing but its list.
fn listed(folder: &str, list: &TodoList) -> Vec<Task> {
    let path = format!("{folder}/{TODO}");
    let task = |entry: &todo::Entry| {
        let title = if entry.title.is_empty() { &entry.id } else { &entry.title };
        let mut task = Task::bare(&entry.id, title, Place::line(&path, entry.line));
        task::stand_as_listed(&mut task.item, entry.state, &entry.mark);
        task
    };
    list.entries.iter().map(task).collect()
}

/// A task whose file is broken is shown by the file's name, as the list has it.
fn restore(tasks: &mut Vec<Task>, broken: &[String], list: &TodoList) {
    let there: HashSet<String> = tasks.iter().map(|task| task.item.id.as_str().to_owned()).collect();
    let entries: HashMap<&str, &todo::Entry> =
        list.entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    for path in broken {
        let id = file_name(path).trim_end_matches(".json");
        if !there.contains(id) {
            tasks.push(unreadable(path, id, entries.get(id).copied()));
        }
    }
}

fn unreadable(path: &str, id: &str, entry: Option<&todo::Entry>) -> Task {
    let mut task = Task::bare(id, id, Place::file(path));
    task.item.documents.push(Document { kind: DocumentKind::Task, path: path.to_owned() });
    task.item.state = ItemState::Unknown;
    task.item.action = None;
    task.item.why = format!("{} can't be read", file_name(path));
    if let Some(entry) = entry {
        task.item.title.clone_from(&entry.title);
        task::stand_as_listed(&mut task.item, entry.state, &entry.mark);
        let (file, line) = (file_name(path), entry.line);
        task.item.why = format!("{file} can't be read; {TODO}:{line} has [{}]", entry.mark);
    }
    task
}

/// Puts the tasks into the plan: nested, in the order of the list, with needs, groups and summaries.
fn gather(plan: &mut Plan, listing: &Listing, mut tasks: Vec<Task>, list: &TodoList) {
    let known = Known::new(tasks.iter().map(|task| task.item.id.as_str()));
    let entries: HashMap<&str, usize> =
        list.entries.iter().enumerate().map(|(at, entry)| (entry.id.as_str(), at)).collect();
    task::nest(&mut tasks, &known, |id| entries.get(id).is_some_and(|at| list.entries[*at].container));
    tasks.sort_by_cached_key(|task| {
        let id = task.item.id.as_str();
        (entries.get(id).copied().unwrap_or(usize::MAX), natural(id))
    });
    plan.groups = list.headings.iter().map(Group::new).collect();
    let summaries = summaries(listing, &plan.folder);
    for mut task in tasks {
        plan.problems.append(&mut task.problems);
        let mut item = task.item;
        plan.problems.extend(needs::resolve(&mut item, &task.needs, &known));
        item.group = entries.get(item.id.as_str()).and_then(|at| list.entries[*at].heading);
        let prefix = format!("{}/.summaries/{}-", plan.folder, item.id.as_str());
        let own = summaries.range(prefix.as_str()..).take_while(|path| path.starts_with(&prefix));
        let document = |path: &&str| Document { kind: DocumentKind::Summary, path: (*path).to_owned() };
        item.documents.extend(own.map(document));
        plan.items.push(item);
    }
}

fn summaries<'a>(listing: &'a Listing, folder: &str) -> BTreeSet<&'a str> {
    listing.children(&format!("{folder}/.summaries")).map(|(path, _)| path).collect()
}
