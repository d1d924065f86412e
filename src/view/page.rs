//! One plan: everything a person wants to know before pressing a key.

use super::{
    BoardRow, Estimate, Health, Items, Menu, Outlook, board, health, menu, stale_items, tree, waiting_for,
};
use crate::{
    clock::Timestamp,
    ids::ItemId,
    plan::{Dialect, DocumentKind, Hours, Item, ItemState, Next, Plan, PlanState, problem::Problem},
    run::{RunSummary, TestCounts},
};

/// How much of a plan is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What fits a small screen; the rest is counted.
    Brief,
    /// Everything.
    Full,
}

/// What the page is made from.
#[derive(Clone, Debug)]
pub struct PageFacts<'a> {
    /// The plan and what is next.
    pub outlook: Outlook<'a>,
    /// Runs of this plan (others are passed over), newest first.
    pub runs: &'a [RunSummary],
    /// What remains, by the history of runs; absent when there is too little of it.
    pub estimate: Option<Estimate>,
    /// What the latest run that tested anything counted.
    pub tests: Option<TestCounts>,
    /// How much to list.
    pub detail: Detail,
    /// The time for ages.
    pub now: Timestamp,
}

/// A plan's page.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanPage {
    /// How much is listed.
    pub detail: Detail,
    /// What the board says of it too.
    pub summary: BoardRow,
    /// How it is written down.
    pub dialect: Dialect,
    /// Its main file or folder.
    pub path: String,
    /// The file or rule that decided its state.
    pub why: String,
    /// Its own word for its state.
    pub raw_state: Option<String>,
    /// What can be done now, best first.
    pub next: Vec<Next>,
    /// What everything waits for, when nothing can be done.
    pub waiting: Option<String>,
    /// How long what remains may take.
    pub estimate: Option<Estimate>,
    /// Hours that the plan itself estimates for open items; absent unless every one has a figure.
    pub planned_hours: Option<Hours>,
    /// Its score; absent when it has no items.
    pub health: Option<Health>,
    /// Work that is under way and has not moved.
    pub stale: Vec<ItemId>,
    /// How many of what.
    pub counts: Counts,
    /// Items by group.
    pub items: Items,
    /// The problems that are listed, the weightiest first.
    pub problems: Vec<Problem>,
    /// Problems that are only counted.
    pub more_problems: usize,
    /// What can run side by side.
    pub parallel: Option<Parallel>,
    /// The keys.
    pub menu: Menu,
}

/// How many of what. Documents are counted only where the plan has any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items that have a SUBPLAN.
    pub subplans: usize,
    /// Executions complete.
    pub executions_complete: usize,
    /// Executions planned.
    pub executions_planned: usize,
    /// Items approved.
    pub approved: usize,
    /// Items that wait for a review.
    pub awaiting_review: usize,
    /// Fixes that nobody answered.
    pub open_fixes: usize,
    /// Fixes that were answered.
    pub answered_fixes: usize,
    /// What the latest run that tested anything counted.
    pub tests: Option<TestCounts>,
}

/// What can run side by side, and what that saves.
#[derive(Clone, Debug, PartialEq)]
pub struct Parallel {
    /// At least two.
    pub items: Vec<ItemId>,
    /// Time in all and together; absent unless every item has an estimate.
    pub hours: Option<ParallelHours>,
}

/// Hours one by one and side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParallelHours {
    /// The sum.
    pub one_by_one: Hours,
    /// The longest.
    pub together: Hours,
}

/// How many problems a brief page lists.
const BRIEF_PROBLEMS: usize = 1;

/// A plan's page.
#[must_use]
pub fn page(facts: &PageFacts) -> PlanPage {
    let plan = facts.outlook.plan;
    let mut problems = plan.problems.clone();
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    let shown = if facts.detail == Detail::Full { problems.len() } else { BRIEF_PROBLEMS };
    let more_problems = problems.len().saturating_sub(shown);
    problems.truncate(shown);
    let estimate = facts.estimate.clone().filter(|_| plan.state != PlanState::Done);
    let planned_hours = sum_hours(plan.leaves().filter(|item| !item.state.is_over()));
    let parallel = parallel(&facts.outlook);
    let summary = board::row(0, &facts.outlook, facts.runs, facts.now);
    let rows = [
        estimate.is_some() || planned_hours.is_some(),
        parallel.is_some(),
        !summary.going.is_empty(),
        !problems.is_empty(),
    ];
    let spare = rows.iter().filter(|taken| !**taken).count();
    PlanPage {
        detail: facts.detail,
        summary,
        dialect: plan.dialect,
        path: plan.path.clone(),
        why: plan.why.clone(),
        raw_state: plan.raw_state.clone(),
        next: facts.outlook.next.clone(),
        waiting: facts.outlook.next.is_empty().then(|| waiting_for(plan)),
        estimate,
        planned_hours,
        health: health(plan, facts.now),
        stale: stale_items(plan, facts.now).map(|item| item.id.clone()).collect(),
        counts: counts(plan, facts.tests),
        items: tree::items(plan, facts.detail, spare, facts.now),
        problems,
        more_problems,
        parallel,
        menu: menu(&facts.outlook, facts.runs),
    }
}

fn counts(plan: &Plan, tests: Option<TestCounts>) -> Counts {
    let having = |kind| plan.leaves().filter(|item| item.document(kind).is_some()).count();
    let standing = |state| plan.leaves().filter(|item| item.state == state).count();
    let executions = || plan.leaves().filter_map(|item| item.executions);
    Counts {
        subplans: having(DocumentKind::Subplan),
        executions_complete: executions().map(|it| it.complete).sum(),
        executions_planned: executions().map(|it| it.planned).sum(),
        approved: having(DocumentKind::Approval),
        awaiting_review: standing(ItemState::InReview),
        open_fixes: standing(ItemState::NeedsFix),
        answered_fixes: having(DocumentKind::Resolution),
        tests,
    }
}

fn parallel(outlook: &Outlook) -> Option<Parallel> {
    let items = outlook.group_items();
    if items.len() < 2 {
        return None;
    }
    let hours = sum_hours(items.iter().copied()).map(|one_by_one| {
        let longest = |figure: fn(&Hours) -> f64| {
            items.iter().filter_map(|item| item.hours.as_ref()).map(figure).fold(0.0, f64::max)
        };
        ParallelHours {
            one_by_one,
            together: Hours { low: longest(|it| it.low), high: longest(|it| it.high) },
        }
    });
    Some(Parallel { items: outlook.group.clone(), hours })
}

/// The sum of the items' hours; absent when there are none or one has no figure.
fn sum_hours<'a>(items: impl Iterator<Item = &'a Item>) -> Option<Hours> {
    let mut sum = None;
    for item in items {
        let hours = item.hours?;
        let so_far = sum.unwrap_or(Hours { low: 0.0, high: 0.0 });
        sum = Some(Hours { low: so_far.low + hours.low, high: so_far.high + hours.high });
    }
    sum
}
