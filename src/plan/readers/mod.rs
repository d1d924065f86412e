//! One file (or folder) a dialect, all of one shape: which paths it wants, and a pure function from
//! a listing to plans.
//!
//! A reader never fails: what it can't understand is a problem with a place. It leaves `ready`,
//! `blocked`, circles, dangling needs, duplicate ids and the plan's own state to
//! [`super::settle()`], so that every dialect is judged by the same rules.

use super::{
    listing::{Listing, Want},
    problem::Problem,
    types::{Dialect, Plan},
};

pub mod backlog;
pub mod beads;
pub mod ccw;
pub mod checklist;
pub mod compozy;
mod files;
#[cfg(test)]
mod hostile;
pub mod methodology;
mod natural;
pub mod openspec;
mod parts;
pub mod speckit;
mod status;
pub mod taskmaster;

pub(in crate::plan) use parts::{is_put_off, state_of_text as state_of_mark, state_of_word};

/// What there is to know of a dialect.
#[derive(Clone, Copy)]
pub struct Reader {
    /// Whose reader it is.
    pub dialect: Dialect,
    /// What it wants of a path in a workspace.
    pub wants: fn(path: &str) -> Want,
    /// Whether a file, named by itself and with this text, is a plan of this dialect.
    pub claims: fn(path: &str, text: &str) -> bool,
    /// Reads every plan of this dialect that the scope allows.
    pub read: fn(listing: &Listing, scope: &Scope) -> Reading,
}

/// Which plans are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All that lie where the dialect keeps its plans.
    Workspace,
    /// The one at this path (a file or a folder), wherever it lies.
    Path(String),
    /// Checklists that the configuration names, for the reader that can't know by itself.
    Named(Vec<String>),
}

/// What came of reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Each with its own problems.
    pub plans: Vec<Plan>,
    /// Problems that belong to no plan.
    pub problems: Vec<Problem>,
}

/// Every dialect that can be read; the more particular ones first, because the first that claims a
/// file named by itself reads it.
pub const READERS: &[Reader] = &[
    methodology::READER,
    ccw::READER,
    compozy::READER,
    taskmaster::READER,
    backlog::READER,
    beads::READER,
    openspec::READER,
    speckit::READER,
    checklist::READER,
];
