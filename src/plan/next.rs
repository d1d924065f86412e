//! What is next: an ordered list with reasons, one function for every screen.

use std::cmp::Reverse;

use super::{
    graph::{Graph, over},
    types::{Action, Dialect, Item, ItemState, Plan},
};
use crate::ids::ItemId;

/// One thing that can be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// On what.
    pub item: ItemId,
    /// What.
    pub action: Action,
    /// The file or line that decided it.
    pub why: String,
}

/// What can be done now, best first. Empty when nothing can. The plan is settled.
///
/// Open fixes come first, then what awaits review, then what is under way, then what is designed,
/// then what can begin. Within one of these a methodology plan keeps its own order; in other
/// dialects what can begin is ordered by phase, then priority, then by how long a chain of items
/// waits for it (longest first), then plan order.
#[must_use]
pub fn next(plan: &Plan) -> Vec<Next> {
    let chains = Graph::of(&plan.items).chains(&over(plan));
    let mut found: Vec<_> = plan
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| !item.container && !item.step)
        .filter_map(|(at, item)| Some((rank(item)?, weight(plan.dialect, item, chains[at]), at)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, _, at)| entry(&plan.items[at])).collect()
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Fix,
    Review,
    UnderWay,
    Designed,
    NotBegun,
}

fn rank(item: &Item) -> Option<Rank> {
    match (item.state, item.action) {
        (ItemState::NeedsFix, _) => Some(Rank::Fix),
        (ItemState::InReview, _) => Some(Rank::Review),
        (ItemState::InProgress, _) => Some(Rank::UnderWay),
        (ItemState::Ready, Some(Action::CreateExecution)) => Some(Rank::Designed),
        (ItemState::Ready, _) => Some(Rank::NotBegun),
        _ => None,
    }
}

type Weight = (usize, u32, Reverse<usize>);

fn weight(dialect: Dialect, item: &Item, chain: usize) -> Weight {
    if dialect == Dialect::Methodology || item.state != ItemState::Ready {
        return (0, 0, Reverse(0));
    }
    // What stands above the first heading comes first; what has no priority comes last.
    let group = item.group.map_or(0, |group| group + 1);
    (group, item.priority.unwrap_or(u32::MAX), Reverse(chain))
}

fn entry(item: &Item) -> Next {
    let usual = match item.state {
        ItemState::NeedsFix => Action::Fix,
        ItemState::InReview => Action::Review,
        ItemState::InProgress => Action::Continue,
        _ => Action::Run,
    };
    let why = if item.why.is_empty() { item.place.to_string() } else { item.why.clone() };
    Next { item: item.id.clone(), action: item.action.unwrap_or(usual), why }
}

/// The items that could run side by side now, in plan order; empty when there are not two of them.
/// The plan is settled.
///
/// They can be run, their plan says they may run beside others ([`Item::parallel`]), and they stand
/// in one group with the first of them, unless the plan lets them run across groups
/// ([`Item::across_groups`]). In a methodology plan an achievement that is being executed is among
/// them. In a spec-kit plan an open task without `[P]` ends the group: it is a barrier.
#[must_use]
pub fn runnable_group(plan: &Plan) -> Vec<&Item> {
    let mut group: Vec<&Item> = Vec::new();
    for item in plan.leaves() {
        if can_run_beside(plan.dialect, item) {
            if group.first().is_none_or(|first| side_by_side(first, item)) {
                group.push(item);
            }
        } else if group.first().is_some_and(|first| is_barrier(plan.dialect, first, item)) {
            break;
        }
    }
    if group.len() < 2 { Vec::new() } else { group }
}

fn can_run_beside(dialect: Dialect, item: &Item) -> bool {
    let runnable = match item.state {
        ItemState::Ready => true,
        ItemState::InProgress => dialect == Dialect::Methodology && item.blocked_by.is_empty(),
        _ => false,
    };
    runnable && item.parallel
}

fn side_by_side(first: &Item, item: &Item) -> bool {
    first.group == item.group || (first.across_groups && item.across_groups)
}

fn is_barrier(dialect: Dialect, first: &Item, item: &Item) -> bool {
    dialect == Dialect::Speckit && item.group == first.group && !item.parallel && !item.state.is_over()
}
