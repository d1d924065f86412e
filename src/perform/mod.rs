//! Does one task of a plan: what `plandeck perform` is, launched by the supervisor as any other child.
//!
//! It reads the item's file when the attempt begins, does the steps that the file asks for, builds the
//! prompt, launches the agent (or the recipe's command), reads what it prints, judges how it ended, runs
//! the checks, and leaves a [`Report`](crate::run::Report) beside the log. What it prints is the log.
//!
//! It decides nothing about what comes next: whether it is tried again, and when, is the scheduler's.

mod agent;
mod checks;
mod child;
mod files;
mod judge;
mod log;
mod performer;
mod place;
mod prompt;
mod results;
mod source;
mod steps;
mod stream;

pub use performer::{Surroundings, main};
