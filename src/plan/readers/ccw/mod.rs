//! CCW: sessions at `.workflow/active/WFS-…`, `archives/WFS-…`, in older projects `sessions/WFS-…`
//! and `.workflow/WFS-…`, there with a registry and markers beside them.
//!
//! A session's tasks are its `.task/*.json`; they decide what there is and how it stands.
//! `TODO_LIST.md` is a view of them that agents tick: it gives the order and the headings, and where
//! it says otherwise, that is told as drift. A session without task files has the tasks that its
//! `workflow-session.json` embeds, else those of its list.

mod claim;
mod drift;
mod id;
mod needs;
mod order;
mod registry;
mod session;
mod task;
pub mod todo;
pub mod work;

#[cfg(test)]
mod tests;

pub(in crate::plan) use {
    claim::{METADATA, TODO},
    drift::agrees,
    todo::state_of_mark,
};

use claim::{claims, wants};

use super::{Reader, Reading, Scope};
use crate::plan::{Dialect, listing::Listing};

/// The reader.
pub const READER: Reader = Reader { dialect: Dialect::Ccw, wants, claims, read };

fn read(listing: &Listing, scope: &Scope) -> Reading {
    let folders = claim::sessions(listing, scope);
    let plan =
        |folder: &String| listing.remembered("ccw", folder, &(), |listing| session::read(listing, folder));
    let plans = folders.iter().map(plan).collect();
    let whole = matches!(scope, Scope::Workspace);
    let problems = if whole { registry::problems(listing, &folders) } else { Vec::new() };
    Reading { plans, problems }
}
