//! Which items can be run, which are blocked, and by what.

use std::collections::HashSet;

use super::parents::Parents;
use crate::{
    ids::ItemId,
    plan::{Item, ItemState, Plan, graph},
};

/// An item that only its container holds back repeats no more than this many of the container's needs.
const INHERITED: usize = 16;

/// Which items nothing is left to do of; a container is over when all its parts are.
pub(super) fn over_with_containers(items: &[Item], parents: &Parents) -> Vec<bool> {
    let mut over: Vec<bool> = items.iter().map(|item| item.container || item.state.is_over()).collect();
    for &at in &parents.inner_first {
        if let Some(parent) = parents.of(at).filter(|&parent| items[parent].container) {
            over[parent] &= over[at];
        }
    }
    over
}

/// Fills [`Item::blocked_by`] and turns pending items to ready or blocked.
pub(super) fn block_and_release(plan: &mut Plan, parents: &Parents, over: &[bool]) {
    let outstanding = outstanding_needs(&plan.items, over);
    let mut held_by: Vec<Option<usize>> = vec![None; plan.items.len()];
    for &at in parents.inner_first.iter().rev() {
        let Some(parent) = parents.of(at).filter(|&parent| plan.items[parent].container) else { continue };
        held_by[at] = if outstanding[parent].is_empty() { held_by[parent] } else { Some(parent) };
    }
    let words = NeedWords::of(plan, &outstanding);
    for (at, needs) in outstanding.iter().enumerate() {
        let container =
            held_by[at].map(|container| (plan.items[container].id.clone(), &outstanding[container]));
        let item = &mut plan.items[at];
        if over[at] {
            continue;
        }
        item.blocked_by = match &container {
            Some((_, inherited)) if needs.is_empty() => inherited.iter().take(INHERITED).cloned().collect(),
            _ => needs.clone(),
        };
        if item.state != ItemState::Pending || item.container {
            continue;
        }
        let reason = match &container {
            Some((id, inherited)) if needs.is_empty() => {
                format!("{id}, which it is part of, waits for {}", words.list(inherited))
            }
            _ if !needs.is_empty() => format!("waits for {}", words.list(needs)),
            _ if item.needs.is_empty() => "nothing has to come before it".to_owned(),
            _ => "everything it needs is done".to_owned(),
        };
        item.state = if item.blocked_by.is_empty() { ItemState::Ready } else { ItemState::Blocked };
        add_reason(&mut item.why, &reason);
    }
}

fn add_reason(why: &mut String, reason: &str) {
    if !why.is_empty() {
        why.push_str("; ");
    }
    why.push_str(reason);
}

/// For each item the needs that are not over, each once; dangling ones too.
fn outstanding_needs(items: &[Item], over: &[bool]) -> Vec<Vec<ItemId>> {
    if items.iter().all(|item| item.needs.is_empty()) {
        return vec![Vec::new(); items.len()];
    }
    let positions = graph::positions(items);
    let open = |need: &&ItemId| positions.get(*need).is_none_or(|&at| !over[at]);
    let of_item = |item: &Item| {
        let mut seen = HashSet::new();
        item.needs.iter().filter(open).filter(|need| seen.insert(*need)).cloned().collect()
    };
    items.iter().map(of_item).collect()
}

/// What to say of a need: its id, and whether there is such an item. Known are the ids that are needed.
struct NeedWords(HashSet<ItemId>);

impl NeedWords {
    /// More needs than this are counted, not listed.
    const LISTED: usize = 5;

    fn of(plan: &Plan, outstanding: &[Vec<ItemId>]) -> Self {
        let mut needed: HashSet<&ItemId> = outstanding.iter().flatten().collect();
        let known = |item: &&Item| !needed.is_empty() && needed.remove(&item.id);
        Self(plan.items.iter().filter(known).map(|item| item.id.clone()).collect())
    }

    fn list(&self, needs: &[ItemId]) -> String {
        let mut words: Vec<String> = needs.iter().take(Self::LISTED).map(|need| self.one(need)).collect();
        if needs.len() > Self::LISTED {
            words.push(format!("{} more", needs.len() - Self::LISTED));
        }
        words.join(", ")
    }

    fn one(&self, need: &ItemId) -> String {
        if self.0.contains(need) {
            return need.to_string();
        }
        format!("{need} (which this plan does not have)")
    }
}
