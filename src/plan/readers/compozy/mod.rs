//! The Compozy dialect: a folder of task files, one a task, with an index beside them.
//!
//! `tasks/prd-*/` holds what was written in 2025 (`_task_4.md`, `4_task.md`, called `4.0`),
//! `.compozy/tasks/*/` what is written since (`task_04.md`, called `task_04`). A task's state is its
//! status word; its checkboxes are its steps and decide nothing. `_tasks.md` is an index that
//! somebody else ticks: where it contradicts the files, that is told. Order comes from the index's
//! graph, else from a task's own front matter, else from its text. `memory/` holds notebooks.

mod folder;
mod header;
mod index;
mod name;
mod needs;
mod task;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use super::{Reader, Reading, Scope};
use crate::plan::{
    Dialect, ItemState,
    listing::{Listing, Want, file_name, parent},
};

/// The reader.
pub const READER: Reader = Reader { dialect: Dialect::Compozy, wants, claims, read };

/// What a folder's index is called.
pub(in crate::plan) const INDEX: &str = "_tasks.md";
const META: &str = "_meta.md";

/// The line of a task file that says how the task stands.
pub(in crate::plan) fn status_line(text: &str) -> Option<usize> {
    header::read(text).status.map(|(_, line)| line)
}

/// Where an index lists each task, and as what.
pub(in crate::plan) struct IndexLines(HashMap<name::Number, (usize, ItemState)>);

impl IndexLines {
    /// Reads an index.
    pub(in crate::plan) fn read(index: &str) -> Self {
        let mut lines = HashMap::new();
        for entry in index::read(index).entries {
            lines.entry(entry.number).or_insert((entry.line, entry.state));
        }
        Self(lines)
    }

    /// What is listed of the task of this file.
    pub(in crate::plan) fn of_file(&self, file: &str) -> Option<(usize, ItemState)> {
        self.0.get(&name::of_file(file)?.number).copied()
    }
}

fn wants(path: &str) -> Want {
    if is_home(parent(path)) && is_part(path) { Want::Text } else { Want::Nothing }
}

fn is_part(path: &str) -> bool {
    let name = file_name(path);
    name == INDEX || name == META || name::of_file(name).is_some()
}

/// A folder of tasks: `tasks/prd-x` or `.compozy/tasks/x`, or below, but no notebook.
fn is_home(folder: &str) -> bool {
    let parts: Vec<&str> = folder.split('/').collect();
    let home = parts.windows(2).any(|it| it[0] == "tasks" && it[1].starts_with("prd-"))
        || parts.windows(3).any(|it| it[0] == ".compozy" && it[1] == "tasks");
    home && file_name(folder) != "memory" && file_name(folder) != "_archived"
}

/// A task's file or an index by its name; `task_1.md` needs a status too, for others use that name.
fn claims(path: &str, text: &str) -> bool {
    file_name(path) == INDEX
        || name::of_file(file_name(path)).is_some()
            && (is_home(parent(path)) || header::read(text).status.is_some())
}

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let plan = |it: &str| listing.remembered("compozy", it, &(), |listing| folder::plan(it, listing));
    let plans = folders(listing, scope).into_iter().filter_map(plan).collect();
    Reading { plans, problems: Vec::new() }
}

fn folders<'l>(listing: &'l Listing, scope: &Scope) -> BTreeSet<&'l str> {
    let parts = listing.iter().map(|(path, _)| path).filter(|path| is_part(path) && file_name(path) != META);
    let folders = parts.map(parent);
    match scope {
        Scope::Workspace => folders.filter(|it| is_home(it)).collect(),
        // One task's file stands for the folder it belongs to.
        Scope::Path(place) if listing.has_text(place) => {
            let own = is_part(place).then(|| parent(place));
            folders.filter(|it| Some(*it) == own).collect()
        }
        Scope::Path(place) => {
            let place = place.trim_end_matches('/').trim_start_matches("./");
            folders.filter(|it| is_meant(it, place, listing)).collect()
        }
        Scope::Named(_) => BTreeSet::new(),
    }
}

/// True for the folder that was named, and for those below it that are plans by themselves.
fn is_meant(folder: &str, place: &str, listing: &Listing) -> bool {
    let below = matches!(place, "" | ".") || folder.strip_prefix(place).is_some_and(|it| it.starts_with('/'));
    let is_plan = is_home(folder) || listing.get(&join(folder, INDEX)).is_some();
    folder == place || below && is_plan && file_name(folder) != "memory"
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
