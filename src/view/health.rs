//! How healthy a plan is, as a figure that every part of can be explained and that can reach 100.

use std::time::Duration;

use super::words::count;
use crate::{
    clock::Timestamp,
    plan::{Item, ItemState, Plan, problem::Severity},
};

/// Work that is under way and has not moved for this long is stale.
pub const STALE_AFTER: Duration = Duration::from_hours(7 * 24);

/// A plan's score and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// From 0 to 100: the sum of the parts.
    pub score: u32,
    /// `excellent`, `good`, `fair` or `needs attention`.
    pub word: &'static str,
    /// What the score is made of.
    pub parts: Vec<HealthPart>,
}

/// A part of the score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthPart {
    /// What it looks at.
    pub name: &'static str,
    /// From 0 to [`HealthPart::most`].
    pub points: u32,
    /// What it can reach.
    pub most: u32,
    /// What took points away, or that nothing did.
    pub why: String,
}

/// A plan's health; absent for a plan without items, of which nothing can be said.
///
/// Forty points for what is over, and twenty each for having no open fixes, nothing stale and no
/// problems in the files. A finished plan with clean files has 100.
#[must_use]
pub fn health(plan: &Plan, now: Timestamp) -> Option<Health> {
    plan.leaves().next()?;
    let parts = vec![completion(plan), fixes(plan), fresh(plan, now), files(plan)];
    let score = parts.iter().map(|part| part.points).sum();
    Some(Health { score, word: word(score), parts })
}

const fn word(score: u32) -> &'static str {
    match score {
        95.. => "excellent",
        80.. => "good",
        60.. => "fair",
        _ => "needs attention",
    }
}

fn completion(plan: &Plan) -> HealthPart {
    let progress = plan.progress();
    let over = progress.done + progress.skipped;
    // Rounded down: only a plan with nothing left has all the points.
    let points = u32::try_from(over * 40 / progress.total.max(1)).unwrap_or(0);
    HealthPart { name: "done", points, most: 40, why: format!("{over} of {} over", progress.total) }
}

fn fixes(plan: &Plan) -> HealthPart {
    let open = plan.leaves().filter(|item| item.state == ItemState::NeedsFix).count();
    let why = if open == 0 { "no open fix".to_owned() } else { format!("{} open", fixes_word(open)) };
    part("fixes", open * 10, why)
}

fn fixes_word(open: usize) -> String {
    if open == 1 { "1 fix".to_owned() } else { format!("{open} fixes") }
}

fn fresh(plan: &Plan, now: Timestamp) -> HealthPart {
    let stale = stale_items(plan, now).count();
    let why = match stale {
        0 => "nothing stale".to_owned(),
        _ => format!("{} unchanged for over 7 days", count(stale, "item")),
    };
    part("fresh", stale * 10, why)
}

/// Items that are under way and whose file has not changed for longer than [`STALE_AFTER`].
pub fn stale_items(plan: &Plan, now: Timestamp) -> impl Iterator<Item = &Item> {
    plan.leaves().filter(move |item| {
        matches!(item.state, ItemState::InProgress | ItemState::InReview)
            && item.changed.is_some_and(|changed| now.since(changed) > STALE_AFTER)
    })
}

fn files(plan: &Plan) -> HealthPart {
    let weight = |severity| match severity {
        Severity::Note => 1,
        Severity::Warning => 4,
        Severity::Error => 10,
    };
    let lost = plan.problems.iter().map(|problem| weight(problem.severity)).sum();
    let why = match plan.problems.len() {
        0 => "no problems".to_owned(),
        some => count(some, "problem"),
    };
    part("files", lost, why)
}

fn part(name: &'static str, lost: usize, why: String) -> HealthPart {
    let points = 20_u32.saturating_sub(u32::try_from(lost).unwrap_or(20));
    HealthPart { name, points, most: 20, why }
}
