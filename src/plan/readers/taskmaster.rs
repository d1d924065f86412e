//! Task Master: `.taskmaster/tasks/tasks.json`, or `tasks/tasks.json` in older projects.
//!
//! One plan a tag. A file from before there were tags (`{"tasks": […]}`) is the tag `master`, as
//! Task Master itself has it. A subtask's id is its parent's and its own, `5.2`; it may name what it
//! needs among its brothers by their own number alone.

use super::{Reader, Reading, Scope, files, status};
use crate::plan::{
    json::{Fault, Json, Members, Part},
    listing::{Listing, Want, file_name, parent},
    problem::{Code, Problem},
    types::{Dialect, Place, Plan},
};

mod next;
mod task;

pub use next::{next, next_top};

/// The reader.
pub const READER: Reader = Reader { dialect: Dialect::Taskmaster, wants, claims, read };

/// The tag of a file that knows no tags.
const UNTAGGED: &str = "master";

fn wants(path: &str) -> Want {
    let (folder, name) = (file_name(parent(path)), file_name(path));
    match folder == "tasks" {
        true if name == "tasks.json" => Want::Text,
        true if name.starts_with("task_") && files::is_kind(name, "txt") => Want::Name,
        _ => Want::Nothing,
    }
}

fn claims(path: &str, text: &str) -> bool {
    text.trim_start().starts_with('{') && Json::new(text).root().is_ok_and(|root| is_plan(path, root))
}

/// Whether a document has tasks as Task Master writes them. An empty list may be anybody's, so there
/// the place decides.
fn is_plan(path: &str, root: Part<'_>) -> bool {
    let lists: Vec<_> = tags(root).iter().filter_map(Tag::tasks).collect();
    let firsts: Vec<_> = lists.iter().filter_map(|tasks| tasks.first()?.members()).collect();
    match firsts.as_slice() {
        [] => is_at_home(path) && (!lists.is_empty() || root.members().is_some_and(|it| it.is_empty())),
        firsts => firsts.iter().any(|task| task.get("id").is_some() && task.get("title").is_some()),
    }
}

/// True below `.taskmaster`, where a file can't be anybody else's.
fn is_at_home(path: &str) -> bool {
    path.split('/').any(|part| part == ".taskmaster")
}

/// A named list of tasks.
struct Tag<'a> {
    name: String,
    members: Members<'a>,
}

impl<'a> Tag<'a> {
    fn tasks(&self) -> Option<Vec<Part<'a>>> {
        self.members.get("tasks")?.elements()
    }

    /// What the list says of itself, under the word of its time.
    fn metadata(&self) -> Option<Members<'a>> {
        self.members.any(&["metadata", "meta"])?.members()
    }
}

fn tags(root: Part<'_>) -> Vec<Tag<'_>> {
    let Some(members) = root.members() else { return Vec::new() };
    let tagged = members.iter().filter_map(|(name, part)| {
        let tag = Tag { name: name.to_owned(), members: part.members()? };
        tag.members.get("tasks")?.elements().map(|_| tag)
    });
    let mut tags: Vec<_> = tagged.collect();
    let untagged = Tag { name: UNTAGGED.to_owned(), members };
    if untagged.tasks().is_some() {
        tags.insert(0, untagged);
    }
    tags
}

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let named = |path: &str| files::place(scope) == Some(path);
    let files = files::chosen(listing, scope, |path| wants(path) == Want::Text);
    let plans = files.into_iter().flat_map(|path| {
        listing.remembered("taskmaster", path, &named(path), |it| plans_of(it, path, named(path)))
    });
    let plans = plans.collect();
    Reading { plans, problems: Vec::new() }
}

fn plans_of(listing: &Listing, path: &str, named: bool) -> Vec<Plan> {
    let Some(text) = listing.text(path) else { return vec![plan_without_tasks(path, None)] };
    let json = Json::new(text);
    match json.root() {
        Err(fault) => vec![plan_without_tasks(path, Some(malformed(path, text, &fault)))],
        Ok(root) if named || is_at_home(path) || is_plan(path, root) => tagged_plans(listing, path, root),
        Ok(_) => Vec::new(),
    }
}

fn tagged_plans(listing: &Listing, path: &str, root: Part<'_>) -> Vec<Plan> {
    let tags = tags(root);
    if tags.is_empty() {
        let message = "the file holds no tasks";
        let fix = "add tasks, or remove the file";
        let problem = Problem::new(Code::EmptyPlan, Place::file(path), message, fix);
        return vec![plan_without_tasks(path, Some(problem))];
    }
    tags.iter().map(|tag| plan_of(listing, path, tag)).collect()
}

/// Every task and subtask of the tag that a plan was read from, with its id, in the order of the file.
pub(in crate::plan) fn objects<'a>(root: Part<'a>, plan: &str) -> Vec<(String, Part<'a>)> {
    let tags = tags(root);
    let named = |name: &str| tags.iter().filter(|tag| tag.name == name).collect::<Vec<_>>();
    let first = named(plan).into_iter().next();
    // The second of a name is called `~2`, also when the first is in another file.
    let numbered = || {
        let (base, number) = plan.rsplit_once('~')?;
        let (number, bearers) = (number.parse::<usize>().ok()?, named(base));
        bearers.get(number.checked_sub(1)?).or_else(|| bearers.last()).copied()
    };
    let tag = first.or_else(numbered);
    tag.map(|it| task::objects(&it.tasks().unwrap_or_default())).unwrap_or_default()
}

fn plan_of(listing: &Listing, path: &str, tag: &Tag<'_>) -> Plan {
    let metadata = tag.metadata();
    let project = metadata.as_ref().and_then(|it| it.word(&["projectName"]));
    let title = project.unwrap_or_else(|| format!("Task Master: {}", tag.name));
    let mut plan = status::blank_plan(Dialect::Taskmaster, &tag.name, title, path, parent(path));
    let tasks = tag.tasks().unwrap_or_default();
    plan.problems.extend(stated_count(path, metadata.as_ref(), tasks.len()));
    task::read_all(&mut plan, listing, &tasks);
    plan
}

/// Some files count their tasks by hand.
fn stated_count(path: &str, metadata: Option<&Members<'_>>, tasks: usize) -> Option<Problem> {
    let stated = metadata?.get("totalTasks")?;
    let count = stated.word()?;
    if count == tasks.to_string() {
        return None;
    }
    let message = format!("totalTasks says {count}, and there are {tasks} tasks");
    let place = Place::line(path, stated.line());
    Some(
        Problem::new(Code::CountMismatch, place, message, format!("write {tasks}")).with_counts(count, tasks),
    )
}

fn plan_without_tasks(path: &str, problem: Option<Problem>) -> Plan {
    let title = format!("Task Master: {UNTAGGED}");
    let mut plan = status::blank_plan(Dialect::Taskmaster, UNTAGGED, title, path, parent(path));
    plan.problems.extend(problem);
    plan
}

fn malformed(path: &str, text: &str, fault: &Fault) -> Problem {
    if text.trim().is_empty() {
        let fix = "add tasks, or remove the file";
        return Problem::new(Code::EmptyPlan, Place::file(path), "the file is empty", fix);
    }
    let message = format!("the file is no JSON from here on: {}", fault.message);
    let fix = "mend the JSON; until then no task of this file can be shown";
    Problem::new(Code::Malformed, Place::line(path, fault.line), message, fix)
}

#[cfg(test)]
mod tests;
