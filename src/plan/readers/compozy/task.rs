//! One task file as an item with its steps.

use super::{
    header::{self, Header},
    name::{self, FileName, Number},
    needs,
};
use crate::{
    ids::ItemId,
    plan::{
        Item, ItemState, Place,
        listing::{Listing, file_name},
        markdown::{ListItem, Outline},
        problem::{Code, Problem},
        readers::parts,
    },
};

/// A task file, read.
pub(super) struct TaskFile<'l> {
    pub(super) path: &'l str,
    pub(super) name: FileName,
    pub(super) header: Header,
    /// As the plan calls it: `4.0`, `12`, `task_04`.
    pub(super) id: String,
    title: String,
    heading: Option<(String, usize)>,
    outline: Outline<'l>,
}

impl<'l> TaskFile<'l> {
    pub(super) fn read(path: &'l str, text: &'l str) -> Option<Self> {
        let name = name::of_file(path)?;
        let header = header::read(text);
        let outline = Outline::read(text);
        let first = outline.headings.iter().find(|it| it.level == 1);
        let (number, title) = first.map_or((None, ""), |it| name::of_heading(&it.text));
        let heading = first.and_then(|it| Some((number?.to_owned(), it.line)));
        // A name of 2025 holds a bare number; the title writes the id as indexes and needs do.
        let same = number.filter(|it| Number::read(it).as_ref() == Some(&name.number));
        let id = same.filter(|_| !name.id.starts_with("task_")).unwrap_or(&name.id).to_owned();
        let title = header.fields.text("title").filter(|it| !it.is_empty()).unwrap_or(title);
        let title = name::of_heading(if title.is_empty() { file_name(path) } else { title }).1.to_owned();
        Some(Self { path, name, header, id, title, heading, outline })
    }

    /// What it waits for by its own word; `None` when it says nothing.
    pub(super) fn needs(&self) -> Vec<String> {
        match self.header.needs() {
            Some(needs) => needs.into_iter().map(str::to_owned).collect(),
            None => needs::in_text(&self.outline),
        }
    }

    /// The item, pending until its state is decided.
    pub(super) fn item(&self, listing: &Listing) -> Item {
        let line = self.heading.as_ref().map_or(1, |it| it.1);
        let mut item = Item::new(ItemId::new(&self.id), &self.title, Place::line(self.path, line));
        item.parallel = self.header.parallel.unwrap_or_else(|| needs::is_parallel(&self.outline));
        parts::belongs_to(&mut item, self.path, listing);
        item
    }

    /// Its checkboxes, called as they call themselves (`4.1`), else by their count.
    pub(super) fn steps(&self, listing: &Listing) -> Vec<Item> {
        let mut used = std::collections::HashSet::new();
        let mut steps = Vec::new();
        for (count, found) in self.outline.boxes().enumerate() {
            let (own, title) = self.step_number(found);
            let id = own.filter(|it| used.insert((*it).to_owned()));
            let id = id.map_or_else(|| format!("{}#{}", self.id, count + 1), str::to_owned);
            let mut step = Item::new(ItemId::new(id), title, Place::line(self.path, found.line));
            step.parent = Some(ItemId::new(&self.id));
            step.step = true;
            if let Some(mark) = found.mark {
                parts::decide_by_mark(&mut step, mark);
            }
            step.changed = listing.get(self.path).and_then(|it| it.modified);
            steps.push(step);
        }
        steps
    }

    /// `4.1 Text` in task 4, and the text.
    fn step_number<'t>(&self, found: &ListItem<'t>) -> (Option<&'t str>, &'t str) {
        let bare = found.text.trim_start_matches(['*', '_', '`']);
        let length = bare.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(bare.len());
        let written = bare[..length].trim_end_matches('.');
        match Number::read(written).filter(|it| self.name.number.contains(it)) {
            Some(_) => {
                (Some(written), bare[written.len()..].trim_start_matches(|it: char| " *_`:.".contains(it)))
            }
            None => (None, found.text),
        }
    }

    /// What is wrong with the file by itself, once its state is known.
    pub(super) fn problems(&self, state: ItemState) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(broken) = self.header.broken() {
            problems.push(Problem::new(
                Code::Malformed,
                Place::line(self.path, broken.line),
                format!(
                    "the front matter is no YAML ({}); its fields were read line by line",
                    broken.message
                ),
                "put values with special signs in quotes",
            ));
        }
        problems.extend(self.unknown_status());
        problems.extend(self.other_number());
        problems.extend(self.drift(state));
        problems
    }

    fn unknown_status(&self) -> Option<Problem> {
        let fix = "write pending, in_progress, completed, blocked or excluded";
        let Some((word, line)) = &self.header.status else {
            let message = "the file has no status";
            return Some(Problem::new(Code::UnknownState, Place::file(self.path), message, fix));
        };
        let unknown = parts::state_of_word(word).is_none();
        unknown.then(|| {
            let message = format!("the status `{word}` means nothing to us");
            Problem::new(Code::UnknownState, Place::line(self.path, *line), message, fix)
        })
    }

    fn other_number(&self) -> Option<Problem> {
        let (number, line) = self.heading.as_ref()?;
        (Number::read(number)? != self.name.number).then(|| {
            let message = format!("the title says task {number}, the file name says {}", self.name.id);
            let fix = "let the title and the file name carry one number";
            Problem::new(Code::NameMismatch, Place::line(self.path, *line), message, fix)
        })
    }

    /// The status word against the boxes of the subtasks; other boxes are criteria.
    fn drift(&self, state: ItemState) -> Option<Problem> {
        let is_subtask = |item: &&ListItem<'_>| {
            item.heading
                .is_some_and(|it| self.outline.headings[it].text.to_ascii_lowercase().contains("subtask"))
        };
        let boxes: Vec<_> = self.outline.boxes().filter(is_subtask).collect();
        let ticked =
            boxes.iter().filter(|it| it.mark.is_some_and(|it| parts::state_of_mark(it).is_over())).count();
        let message = match state {
            ItemState::Done if ticked < boxes.len() => {
                format!(
                    "the status is done, and {} of {} subtasks are open",
                    boxes.len() - ticked,
                    boxes.len()
                )
            }
            ItemState::Pending if ticked == boxes.len() && ticked > 0 => {
                format!("the status is pending, and all {ticked} subtasks are ticked")
            }
            _ => return None,
        };
        let line = self.header.status.as_ref().map_or(1, |it| it.1);
        Some(Problem::new(
            Code::Drift,
            Place::line(self.path, line),
            message,
            "correct the status or the boxes",
        ))
    }
}
