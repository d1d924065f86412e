//! Backlog.md: a folder `backlog` with one Markdown file a task, its state in the front matter.
//!
//! One plan a backlog. What lies in `tasks` is open to work; `completed` is done with; a draft waits
//! for somebody to promote it; what was archived without being done is skipped. Acceptance criteria
//! (`task-7#1`) and definition of done (`task-7#dod1`) are steps of their task: they can be ticked,
//! and are no work of their own.

mod config;
mod criteria;
mod layout;
mod plan;
mod task;

#[cfg(test)]
mod tests;

pub use criteria::{Criteria, Criterion, criteria, ticked};

use layout::{claims, wants};

pub(in crate::plan) use layout::SETTINGS;

use super::{Reader, Reading, Scope};
use crate::plan::{Dialect, ItemState, listing::Listing};

/// The reader.
pub const READER: Reader = Reader { dialect: Dialect::Backlog, wants, claims, read };

/// The project's own word for a state; the three words of a new backlog where it names none.
pub(in crate::plan) fn word_for(listing: &Listing, root: &str, state: ItemState) -> Option<String> {
    config::Config::read(listing, root).word_for(state)
}

/// Whether a task of this state stands as its file says: of drafts and of what was archived only
/// what is over does.
pub(in crate::plan) fn file_decides(root: &str, file: &str, state: ItemState) -> bool {
    let rest = if root.is_empty() {
        Some(file)
    } else {
        file.strip_prefix(root).and_then(|it| it.strip_prefix('/'))
    };
    match rest.and_then(layout::Shelf::of) {
        Some(layout::Shelf::Drafts | layout::Shelf::Archive) => state.is_over(),
        _ => true,
    }
}

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let backlogs = layout::backlogs(listing, scope);
    let plan = |(root, files): (String, Vec<layout::File<'_>>)| {
        let names: Vec<&str> = files.iter().map(|it| it.path).collect();
        listing.remembered("backlog", &root, &names, |listing| plan::read(listing, &root, files.clone()))
    };
    let plans = backlogs.into_iter().map(plan).collect();
    Reading { plans, problems: Vec::new() }
}
