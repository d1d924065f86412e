//! A plan's items by group: what is open is listed, what is over is counted, nothing is hidden
//! without being counted.

use std::collections::BTreeSet;

use super::{page::Detail, stale_items};
use crate::{
    clock::Timestamp,
    ids::ItemId,
    plan::{Item, ItemState, Plan},
};

/// How many rows a brief page gives to items and the headings over them.
const ROWS: usize = 7;

/// Items by group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items {
    /// Groups with something to list, in plan order.
    pub groups: Vec<GroupView>,
    /// Groups of which nothing is listed: how many.
    pub other_groups: usize,
    /// Finished items in those.
    pub other_finished: usize,
    /// Open items in those.
    pub other_open: usize,
}

/// A group and what is listed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    /// Its heading; absent for items under none.
    pub name: Option<String>,
    /// Items done.
    pub done: usize,
    /// Items skipped.
    pub skipped: usize,
    /// Items in all.
    pub total: usize,
    /// What is listed.
    pub items: Vec<ItemLine>,
    /// Finished items that are counted instead of listed.
    pub finished: usize,
    /// Open items that are counted instead of listed.
    pub more_open: usize,
}

/// An item in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemLine {
    /// Its id.
    pub id: ItemId,
    /// How it stands.
    pub state: ItemState,
    /// What it is about.
    pub title: String,
    /// What it waits for.
    pub blocked_by: Vec<ItemId>,
    /// Executions complete and planned, where the dialect counts them.
    pub executions: Option<(usize, usize)>,
    /// It is under way and has not moved for long.
    pub stale: bool,
    /// How far it stands below others: 0 at the top.
    pub depth: usize,
}

/// Gathers a plan's items. `spare` rows of a brief page are not taken by anything else.
pub(super) fn items(plan: &Plan, detail: Detail, spare: usize, now: Timestamp) -> Items {
    let listed = listed(plan, detail, ROWS + spare);
    let stale: BTreeSet<_> = stale_items(plan, now).map(|item| &item.id).collect();
    let mut seen = Vec::new();
    for item in plan.leaves() {
        if !seen.contains(&item.group) {
            seen.push(item.group);
        }
    }
    seen.sort_by_key(|group| group.map_or(0, |it| it + 1));
    let all: Vec<GroupView> =
        seen.into_iter().map(|group| group_view(plan, group, &listed, &stale)).collect();
    let (groups, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|group| !group.items.is_empty());
    Items {
        groups,
        other_groups: others.len(),
        other_finished: others.iter().map(|group| group.finished).sum(),
        other_open: others.iter().map(|group| group.more_open).sum(),
    }
}

/// Which items are listed: all of them, or the open ones that matter most.
fn listed(plan: &Plan, detail: Detail, rows: usize) -> BTreeSet<&ItemId> {
    if detail == Detail::Full {
        return plan.items.iter().map(|item| &item.id).collect();
    }
    let mut open: Vec<&Item> = plan.leaves().filter(|item| !item.state.is_over()).collect();
    open.sort_by_key(|item| urgency(item.state));
    let mut groups = BTreeSet::new();
    let mut used = 0;
    let fits = |item: &&Item| {
        used += 1 + usize::from(groups.insert(item.group));
        used <= rows
    };
    open.into_iter().take_while(fits).map(|item| &item.id).collect()
}

/// Lower is listed sooner.
const fn urgency(state: ItemState) -> u8 {
    match state {
        ItemState::NeedsFix => 0,
        ItemState::InReview => 1,
        ItemState::InProgress => 2,
        ItemState::Ready => 3,
        ItemState::Unknown => 4,
        ItemState::Pending | ItemState::Blocked => 5,
        ItemState::Done | ItemState::Skipped => 6,
    }
}

fn group_view(
    plan: &Plan,
    group: Option<usize>,
    listed: &BTreeSet<&ItemId>,
    stale: &BTreeSet<&ItemId>,
) -> GroupView {
    let line = |item: &Item| ItemLine { stale: stale.contains(&item.id), ..item_line(plan, item) };
    let all = || plan.items.iter().filter(|item| item.group == group);
    // As the plan's own progress counts: a step counts with the item it is a step of.
    let leaves = || plan.leaves().filter(|item| item.group == group);
    let with = |state| leaves().filter(|item| item.state == state).count();
    let left_out =
        |over| leaves().filter(|it| !listed.contains(&it.id) && it.state.is_over() == over).count();
    GroupView {
        name: group.and_then(|at| plan.groups.get(at)).map(|group| group.name.clone()),
        done: with(ItemState::Done),
        skipped: with(ItemState::Skipped),
        total: leaves().count(),
        items: all().filter(|item| listed.contains(&item.id)).map(line).collect(),
        finished: left_out(true),
        more_open: left_out(false),
    }
}

fn item_line(plan: &Plan, item: &Item) -> ItemLine {
    ItemLine {
        id: item.id.clone(),
        state: item.state,
        title: item.title.clone(),
        blocked_by: item.blocked_by.clone(),
        executions: item.executions.map(|it| (it.complete, it.planned)),
        stale: false,
        depth: depth(plan, item),
    }
}

fn depth(plan: &Plan, item: &Item) -> usize {
    // Bounded: a plan whose parents run in a circle is shown flat rather than for ever.
    let above = |item: &Item| plan.item(item.parent.as_ref()?);
    std::iter::successors(above(item), |it| above(it)).take(4).count()
}
