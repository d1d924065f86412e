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

use super::{Reader, Reading, Scope};
use crate::plan::{Dialect, listing::Listing};

/// The reader.
pub const READER: Reader = Reader { dialect: Dialect::Backlog, wants, claims, read };

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let backlogs = layout::backlogs(listing, scope);
    let plans = backlogs.into_iter().map(|(root, files)| plan::read(listing, &root, files)).collect();
    Reading { plans, problems: Vec::new() }
}
