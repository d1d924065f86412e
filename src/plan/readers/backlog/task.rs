//! One task file.

use std::fmt::Write as _;

use super::{
    config::Config,
    criteria::{Criteria, Criterion, criteria, ticked},
    layout::{File, Shelf, is_named_as_task},
};
use crate::{
    clock::Timestamp,
    ids::ItemId,
    plan::{
        frontmatter::{self, Field, Fields},
        listing::{Listing, file_name},
        problem::{Code, Problem, Severity},
        readers::{parts, status},
        types::{Document, DocumentKind, Item, ItemState, Place},
    },
};

/// What came of a file.
#[derive(Default)]
pub struct Task {
    /// The task; nothing for a file that is none, or that should be one and can't be read.
    pub item: Option<Item>,
    /// Its criteria, below it.
    pub steps: Vec<Item>,
    /// What is wrong with the file.
    pub problems: Vec<Problem>,
}

pub fn read(listing: &Listing, file: &File<'_>, config: &Config) -> Task {
    let Some(text) = listing.text(file.path) else { return Task::default() };
    let matter = frontmatter::split(text);
    let fields = matter.map(|matter| Fields::read(&matter)).unwrap_or_default();
    let mut problems: Vec<_> = broken(file.path, &fields).into_iter().collect();
    let Some(id) = fields.text("id").filter(|id| !id.is_empty()) else {
        let is_meant = matter.is_some() || is_named_as_task(file.path);
        problems.extend(is_meant.then(|| no_id(file.path)));
        return Task { problems, ..Task::default() };
    };
    let mut item = Item::new(ItemId::new(id), title(&fields, file.path), place(file.path, fields.get("id")));
    problems.extend(status::stand_by(&mut item, word_and_line(&fields), |word| config.meaning(word)));
    item.needs = fields.words("dependencies").into_iter().map(ItemId::new).collect();
    item.parent = ["parent_task_id", "parent"].iter().find_map(|key| word_of(&fields, key)).map(ItemId::new);
    item.priority = fields.text("priority").and_then(priority);
    item.changed = changed(&fields).or_else(|| listing.get(file.path)?.modified);
    item.documents.push(Document { kind: DocumentKind::Task, path: file.path.to_owned() });
    problems.extend(other_name(&item, file.path));
    let criteria = criteria(text);
    say_criteria(&mut item, &criteria);
    shelve(&mut item, file.shelf);
    Task { steps: steps(&item, &criteria), item: Some(item), problems }
}

fn word_and_line(fields: &Fields) -> Option<(String, usize)> {
    let field = fields.get("status")?;
    let word = field.value.text()?.trim();
    (!word.is_empty()).then(|| (word.to_owned(), field.line))
}

fn steps(task: &Item, criteria: &Criteria<'_>) -> Vec<Item> {
    let of = |list: &[Criterion<'_>], kind: &str| {
        let step = |(index, criterion): (usize, &Criterion<'_>)| {
            let number = criterion.number.unwrap_or(index + 1);
            let id = ItemId::new(format!("{}#{kind}{number}", task.id.as_str()));
            let place = Place::line(task.place.file.clone(), criterion.line);
            let mut step = Item::new(id, criterion.text, place);
            step.parent = Some(task.id.clone());
            step.step = true;
            parts::decide_by_mark(&mut step, criterion.mark);
            step
        };
        list.iter().enumerate().map(step).collect::<Vec<_>>()
    };
    let mut steps = of(&criteria.acceptance, "");
    steps.append(&mut of(&criteria.done, "dod"));
    steps
}

fn place(path: &str, field: Option<&Field>) -> Place {
    field.map_or_else(|| Place::file(path), |field| Place::line(path, field.line))
}

fn word_of<'a>(fields: &'a Fields, key: &str) -> Option<&'a str> {
    fields.text(key).filter(|word| !word.is_empty())
}

/// The front matter's title; else what the file is called behind its id.
fn title(fields: &Fields, path: &str) -> String {
    let stem = file_name(path).trim_end_matches(".md");
    let named = || stem.split_once(" - ").map_or(stem, |(_, title)| title).replace('-', " ");
    word_of(fields, "title")
        .map_or_else(named, |title| title.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Lower runs earlier.
fn priority(word: &str) -> Option<u32> {
    match word.to_lowercase().as_str() {
        "critical" | "urgent" => Some(0),
        "high" => Some(1),
        "medium" => Some(2),
        "low" => Some(3),
        _ => None,
    }
}

/// `2026-01-31 12:00` or `2026-01-31`, in UTC as Backlog.md has it.
fn changed(fields: &Fields) -> Option<Timestamp> {
    let text =
        ["completed_date", "updated_date", "created_date"].iter().find_map(|key| word_of(fields, key))?;
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    let seconds = if time.len() == 5 { ":00" } else { "" };
    Timestamp::parse(&format!("{day}T{}{seconds}Z", time.trim_end_matches('Z')))
}

/// What a folder adds to what a file says.
fn shelve(item: &mut Item, shelf: Shelf) {
    let state = match shelf {
        Shelf::Tasks | Shelf::Completed => return,
        _ if item.state.is_over() => return,
        Shelf::Drafts => ItemState::Blocked,
        Shelf::Archive => ItemState::Skipped,
    };
    item.state = state;
    item.action = None;
    item.why.push_str(match shelf {
        Shelf::Drafts => "; it is a draft that nobody has promoted",
        _ => "; it is archived",
    });
}

fn say_criteria(item: &mut Item, criteria: &Criteria<'_>) {
    let total = criteria.acceptance.len() + criteria.done.len();
    if total > 0 {
        let ticked = ticked(&criteria.acceptance) + ticked(&criteria.done);
        let _ = write!(item.why, "; {ticked} of {total} criteria are ticked");
    }
}

/// A file should be called after its task: `task-1 - Dig.md` for `task-1`.
fn other_name(item: &Item, path: &str) -> Option<Problem> {
    let (name, id) = (file_name(path).to_lowercase(), item.id.as_str().to_lowercase());
    let is_after = |rest: &str| {
        // What goes on with a dot and a number is another task's: `task-1.2 - Dig.md`.
        let mut rest = rest.chars();
        match rest.next() {
            Some('.') => !rest.next().is_some_and(|it| it.is_ascii_digit()),
            next => next.is_some_and(|it| it == ' ' || it == '-'),
        }
    };
    if !is_named_as_task(path) || name.strip_prefix(&id).is_some_and(is_after) {
        return None;
    }
    let message = format!("the file of {} is called {}", item.id, file_name(path));
    let fix = "rename the file after its id, or change the id";
    Some(Problem::new(Code::NameMismatch, item.place.clone(), message, fix))
}

/// Backlog.md itself reads front matter that is no YAML (`assignee: @ana`), and so do we.
fn broken(path: &str, fields: &Fields) -> Option<Problem> {
    let broken = fields.broken.as_ref()?;
    let message = format!("the front matter is no YAML, and was read line by line: {}", broken.message);
    let fix = "put the value in quotes";
    let problem = Problem::new(Code::Malformed, Place::line(path, broken.line), message, fix);
    Some(Problem { severity: Severity::Note, ..problem })
}

fn no_id(path: &str) -> Problem {
    let message = "the file has no id in its front matter, and is not counted as a task";
    Problem::new(Code::BadId, Place::file(path), message, "add front matter with id, title and status")
}
