//! One task, of any of the four generations of its format and of the ways beside them.

use super::{id, needs, work};
use crate::{
    ids::ItemId,
    plan::{
        json::{Members, Part},
        listing::{Listing, file_name},
        problem::{Code, Problem},
        readers::{parts, status},
        types::{Document, DocumentKind, Item, ItemState, Place},
    },
};

/// A task before it is known what the others are called.
pub struct Task {
    /// Everything but what it needs and whether it contains others.
    pub item: Item,
    /// What it needs, as it is written.
    pub needs: Vec<String>,
    /// It says itself that it only gathers others.
    pub says_container: bool,
    /// It describes work of its own.
    pub has_work: bool,
    /// It names the task that contains it.
    pub says_parent: bool,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl Task {
    /// A task of which there is nothing but its id and its title.
    pub fn bare(id: &str, title: &str, place: Place) -> Self {
        let mut item = Item::new(ItemId::new(id), title, place);
        item.action = parts::action(item.state);
        Self {
            item,
            needs: Vec::new(),
            says_container: false,
            has_work: true,
            says_parent: false,
            problems: Vec::new(),
        }
    }
}

/// Reads a task's own file, which should be called after its id.
pub fn read_file(listing: &Listing, path: &str, task: Part<'_>) -> Option<Task> {
    let stem = file_name(path).strip_suffix(".json").unwrap_or(path);
    let mut read = read(path, task, stem)?;
    if read.item.id.as_str() != stem {
        let message = format!("the file of {} is called {}", read.item.id, file_name(path));
        let fix = format!("rename it to {}.json, or change its id", read.item.id);
        read.problems.push(Problem::new(Code::NameMismatch, read.item.place.clone(), message, fix));
    }
    read.item.changed = listing.get(path).and_then(|entry| entry.modified);
    read.item.documents.push(Document { kind: DocumentKind::Task, path: path.to_owned() });
    Some(read)
}

/// Reads a task; `fallback` is its id when it gives none. Nothing comes of what is no object.
pub fn read(path: &str, task: Part<'_>, fallback: &str) -> Option<Task> {
    let members = task.members()?;
    let meta = task_part(&members, "meta");
    let id_names = ["id", "task_id", "taskId"];
    let id = members.word(&id_names).unwrap_or_else(|| fallback.to_owned());
    let line = members.any(&id_names).map_or_else(|| task.line(), Part::line);
    let title = title(&members).unwrap_or_else(|| id.clone());
    let mut item = Item::new(ItemId::new(id), title, Place::line(path, line));
    let word = members.word_and_line("status").or_else(|| meta.as_ref()?.word_and_line("status"));
    let says_container = says_container(&members, word.as_ref());
    let problems = match word {
        // The state of a container follows from its parts.
        Some((word, _)) if word == "container" => {
            item.raw_state = Some(word);
            Vec::new()
        }
        word => status::stand(&mut item, word).into_iter().collect(),
    };
    if item.state == ItemState::Blocked && failed_here(&members) {
        item.state = ItemState::NeedsFix;
        item.action = parts::action(item.state);
        item.why.push_str(", because its run failed");
    }
    item.parent = parent(&members);
    item.priority = priority(&members, meta.as_ref());
    item.parallel = is_parallel(&members, meta.as_ref());
    item.across_groups = item.parallel;
    item.commands = work::shell_lines(task.text(), item.id.as_str());
    item.company = company(&members, meta.as_ref());
    item.files = files(&members);
    Some(Task {
        says_parent: item.parent.is_some(),
        needs: needs::written(&members),
        has_work: has_work(&members),
        says_container,
        problems,
        item,
    })
}

/// The format has no word for a task that failed: our runs leave it `blocked`, and say beside it how it
/// ended. Nothing stands in the way of running it again.
fn failed_here(members: &Members<'_>) -> bool {
    let outcome = task_part(members, "plandeck").and_then(|it| it.word(&["outcome"]));
    outcome.is_some_and(|it| it != "succeeded")
}

fn task_part<'a>(members: &Members<'a>, name: &str) -> Option<Members<'a>> {
    members.get(name)?.members()
}

/// The first line of the first of these that is there.
fn title(members: &Members<'_>) -> Option<String> {
    let text = members.word(&["title", "name", "feature", "summary", "description", "task"])?;
    text.lines().next().map(|line| line.trim().to_owned())
}

fn says_container(members: &Members<'_>, status: Option<&(String, usize)>) -> bool {
    let has_parts = members.get("subtasks").and_then(Part::elements).is_some_and(|it| !it.is_empty());
    has_parts
        || status.is_some_and(|(word, _)| word == "container")
        || members.word(&["type"]).as_deref() == Some("container")
}

fn parent(members: &Members<'_>) -> Option<ItemId> {
    let names = ["parent", "parent_id", "parent_task"];
    let context = task_part(members, "context");
    let word = context.and_then(|it| it.word(&names)).or_else(|| members.word(&names))?;
    let is_word = !["null", "none", "-"].contains(&word.to_lowercase().as_str());
    is_word.then(|| ItemId::new(word))
}

/// Lower runs earlier.
fn priority(members: &Members<'_>, meta: Option<&Members<'_>>) -> Option<u32> {
    let word = members.word(&["priority"]).or_else(|| meta?.word(&["priority"]))?.to_lowercase();
    match word.as_str() {
        "critical" | "urgent" => Some(0),
        "high" => Some(1),
        "medium" | "normal" => Some(2),
        "low" => Some(3),
        _ => word.trim_start_matches('p').parse().ok(),
    }
}

/// A group, or company it names, says that it may run beside others.
fn is_parallel(members: &Members<'_>, meta: Option<&Members<'_>>) -> bool {
    let flow = task_part(members, "flow_control");
    let company = flow.as_ref().and_then(|it| it.get("parallel_with")?.elements());
    let mode = flow.as_ref().and_then(|it| it.word(&["execution_mode"]));
    meta.is_some_and(|it| it.word(&["execution_group"]).is_some())
        || members.word(&["parallel_group", "execution_group"]).is_some()
        || company.is_some_and(|it| !it.is_empty())
        || mode.is_some_and(|it| it.eq_ignore_ascii_case("parallel"))
}

/// The group that it may run beside.
fn company(members: &Members<'_>, meta: Option<&Members<'_>>) -> Option<String> {
    let group = meta.and_then(|it| it.word(&["execution_group"]));
    let group = group.or_else(|| members.word(&["execution_group", "parallel_group"]))?;
    (!["null", "none", "-", ""].contains(&group.to_lowercase().as_str())).then_some(group)
}

/// The files that it is going to change: `files`, `files_to_create`, and `flow_control.target_files`.
fn files(members: &Members<'_>) -> Vec<String> {
    let flow = task_part(members, "flow_control");
    let lists = [
        members.get("files"),
        members.get("files_to_create"),
        members.get("files_to_modify"),
        members.get("target_files"),
        flow.as_ref().and_then(|it| it.get("target_files")),
    ];
    let parts = lists.into_iter().flatten().filter_map(Part::elements).flatten();
    let mut files: Vec<String> = parts
        .filter_map(|part| part.word().or_else(|| part.members()?.word(&["path", "file"])))
        .filter_map(|word| file(&word))
        .collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// `src/a.ts` of `./src/a.ts:login:10-20`; nothing of what is no path of one file.
fn file(word: &str) -> Option<String> {
    let path = word.trim().trim_start_matches("./");
    let path = path.split(':').next().unwrap_or(path).trim();
    let is_file = !path.is_empty()
        && !path.contains(['*', '?', '<', ' ', '\n', '…'])
        && !path.ends_with('/')
        && !path.starts_with("..");
    is_file.then(|| path.to_owned())
}

fn has_work(members: &Members<'_>) -> bool {
    let flow = task_part(members, "flow_control");
    let steps = flow.as_ref().and_then(|it| it.any(&["implementation_approach", "target_files"]));
    steps
        .or_else(|| members.any(&["implementation", "implementation_steps", "files"]))
        .is_some_and(|part| part.elements().is_none_or(|elements| !elements.is_empty()))
}

/// Lets every task know what contains it, and every container that it is one.
///
/// A container says so itself, or is named as a parent, or has parts by their ids (`IMPL-1.2` of
/// `IMPL-1`) and no work of its own: a task `IMPL-001.5` that somebody put between two others does
/// not take `IMPL-001` out of the work.
pub fn nest(tasks: &mut [Task], known: &id::Known, marked: impl Fn(&str) -> bool) {
    for task in tasks.iter_mut() {
        let id = task.item.id.as_str();
        let written = task.item.parent.as_ref().map(ItemId::as_str);
        let by_id = written.is_none().then(|| id::outer(id)).flatten().and_then(|it| known.find(it));
        let parent = written.map(|it| known.find(it).unwrap_or(it)).or(by_id).filter(|it| *it != id);
        task.item.parent = parent.map(ItemId::new);
    }
    let all = || tasks.iter();
    let named: std::collections::HashSet<ItemId> =
        all().filter(|it| it.says_parent).filter_map(|it| it.item.parent.clone()).collect();
    let dotted: std::collections::HashSet<ItemId> =
        all().filter(|it| !it.says_parent).filter_map(|it| it.item.parent.clone()).collect();
    for task in tasks {
        let id = &task.item.id;
        let by_parts = named.contains(id) || (dotted.contains(id) && !task.has_work);
        if task.says_container || by_parts || marked(id.as_str()) {
            task.item.container = true;
            task.item.action = None;
        }
    }
}

/// What a box or a word of the list makes of a task that has no file.
pub fn stand_as_listed(item: &mut Item, state: Option<ItemState>, mark: &str) {
    item.state = state.unwrap_or(ItemState::Pending);
    item.action = parts::action(item.state);
    item.raw_state = Some(format!("[{mark}]")).filter(|_| state.is_some());
    item.why = match state {
        Some(_) => format!("{} has [{mark}]", status::short(&item.place)),
        None => format!("{} says nothing of a state", status::short(&item.place)),
    };
}
