//! The spec-kit dialect: `specs/**/tasks.md`, one task a checkbox.
//!
//! A task is a checkbox whose text begins with a task id; checkboxes below it without an id are its
//! steps. Phases are the plan's groups, and their order is the order of work: a later phase waits
//! for the earlier ones, but no edges are made of that. `[P]` lets a task run beside others of its
//! phase.

mod document;
mod ids;
mod needs;
mod phase;
mod runs;
mod sections;
mod task;
#[cfg(test)]
mod tests;
mod unboxed;

pub use phase::is_phase;
pub(in crate::plan) use unboxed::status_word;

use super::{Reader, Reading, Scope, parts};
use crate::plan::{
    Dialect, hands,
    listing::{Listing, Want, file_name},
    markdown::Outline,
};

/// The reader.
pub const READER: Reader = Reader { dialect: Dialect::Speckit, wants, claims, read };

fn wants(path: &str) -> Want {
    if is_tasks_file(path) || runs::is_state(path) { Want::Text } else { Want::Nothing }
}

/// `tasks.md` below a `specs` or `.specify` folder, wherever in the workspace that stands; `openspec`
/// has a reader of its own.
fn is_tasks_file(path: &str) -> bool {
    let folders = || path.split('/').rev().skip(1);
    file_name(path).eq_ignore_ascii_case("tasks.md")
        && folders().any(|it| matches!(it, "specs" | ".specify"))
        && !folders().any(|it| it == "openspec")
}

/// Any Markdown file that holds a task.
fn claims(path: &str, text: &str) -> bool {
    is_tasks_file(path) || Outline::read(text).boxes().any(|item| task::task(item.text).is_some())
}

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let paths = match scope {
        Scope::Workspace => parts::paths_in(listing, "", is_tasks_file),
        Scope::Path(place) => parts::paths_in(listing, place, |path| {
            is_tasks_file(path)
                || file_name(path).eq_ignore_ascii_case("tasks.md")
                    && listing.text(path).is_some_and(|text| claims(path, text))
        }),
        Scope::Named(_) => Vec::new(),
    };
    let plan =
        |path: &str, listing: &Listing| document::plan(path, listing.text(path).unwrap_or_default(), listing);
    let read = |path: &&str| listing.remembered("speckit", path, &(), |it| plan(path, it));
    let mut plans: Vec<_> = hands::each(listing.threads(), &paths, read);
    runs::badge(&mut plans, listing);
    Reading { plans, problems: Vec::new() }
}
