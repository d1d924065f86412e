//! What is decided about a whole plan before anything of it is run: which items, in which order, with
//! which barriers, and what should be known beforehand.
//!
//! The same plan gives the same schedule, byte for byte: nothing here depends on a clock, on the order
//! of a folder's listing or on a hash.

mod choose;
mod findings;
mod layout;
mod overlap;
mod schedule;
mod steps;
mod strategy;
mod turns;

#[cfg(test)]
mod tests;

pub(super) use layout::{Layout, Point};
pub(super) use schedule::schedule;
pub(super) use steps::{Stop, steps};

use choose::choose;

use crate::{
    plan::{Item, Plan},
    run::{Chosen, Finding, LeftOut, Refusal, Strategy},
};

/// A run of a whole plan, decided.
pub(super) struct Session<'a> {
    /// In plan order; at least one.
    pub items: Vec<&'a Item>,
    /// Who waits for whom, by position in [`Session::items`].
    pub layout: Layout,
    /// How it is run.
    pub chosen: Chosen,
    /// Open items that are not run.
    pub left_out: Vec<LeftOut>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// Decides how a plan is run whose items are run as tasks.
///
/// # Errors
/// When nothing of it can be run, or its needs go in a circle.
pub(super) fn decide(plan: &Plan, asked: Option<Strategy>) -> Result<Session<'_>, Refusal> {
    let choice = choose(plan)?;
    if choice.items.is_empty() {
        return Err(Refusal::NothingToRun { plan: plan.id.clone(), why: nothing(plan, &choice.left_out) });
    }
    let way = strategy::choose(plan, asked);
    let mut layout = Layout::of(&choice);
    let mut findings = findings::of_choice(plan, &choice);
    layout.add_stated(&findings::stated(plan, &choice), &choice, &mut findings);
    let stands = turns::part(plan, &choice, &way, &mut layout, &mut findings);
    overlap::serialise(plan, &choice, &stands, &mut layout, &mut findings);
    Ok(Session { items: choice.items, layout, chosen: way.chosen, left_out: choice.left_out, findings })
}

/// Why nothing of a plan can be run.
fn nothing(plan: &Plan, left_out: &[LeftOut]) -> String {
    match left_out {
        [] if plan.leaves().next().is_none() => "it has no items".to_owned(),
        [] => "everything is done".to_owned(),
        [only] => format!("{}: {}", only.item, only.why),
        [first, more @ ..] => format!("{}: {}; and {} more are held back", first.item, first.why, more.len()),
    }
}
