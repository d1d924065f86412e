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
    let of_parts = needs_of_parts(plan, parents, &outstanding);
    let holds = Holds::find(plan, parents, over, &of_parts);
    let words = NeedWords::of(plan, &outstanding);
    for (at, needs) in outstanding.iter().enumerate() {
        if over[at] {
            continue;
        }
        let (waits_for, reason) = match holds.of(at).filter(|_| needs.is_empty()) {
            Some(Hold::Waits { outer, needs }) => {
                let reason =
                    format!("{}, which it is part of, waits for {}", plan.items[outer].id, words.list(needs));
                (needs.iter().take(INHERITED).cloned().collect(), reason)
            }
            Some(Hold::Stuck { outer }) => {
                let outer = &plan.items[outer];
                (vec![outer.id.clone()], format!("{}, which it is part of, is blocked", outer.id))
            }
            None if !needs.is_empty() => (needs.clone(), format!("waits for {}", words.list(needs))),
            None if plan.items[at].needs.is_empty() => {
                (Vec::new(), "nothing has to come before it".to_owned())
            }
            None => (Vec::new(), "everything it needs is done".to_owned()),
        };
        let item = &mut plan.items[at];
        item.blocked_by = waits_for;
        if item.state != ItemState::Pending || item.container {
            continue;
        }
        item.state = if item.blocked_by.is_empty() { ItemState::Ready } else { ItemState::Blocked };
        add_reason(&mut item.why, &reason);
    }
}

/// What keeps all parts of something from beginning.
#[derive(Clone, Copy)]
enum Hold<'a> {
    /// It waits for these, none of which is a part of it.
    Waits { outer: usize, needs: &'a [ItemId] },
    /// Its plan says that it is stuck.
    Stuck { outer: usize },
}

/// What holds each item by way of what it is part of.
struct Holds<'a> {
    of: Vec<Option<Hold<'a>>>,
}

impl<'a> Holds<'a> {
    /// Outer ones first: what holds the nearest outer item is what is told. An item that somebody is
    /// at holds nobody back.
    fn find(plan: &Plan, parents: &Parents, over: &[bool], of_parts: &'a [Vec<ItemId>]) -> Self {
        let (mut of, mut inside) = (vec![None; plan.items.len()], vec![None; plan.items.len()]);
        for &at in parents.inner_first.iter().rev() {
            of[at] = parents.of(at).and_then(|outer: usize| inside[outer]);
            let item = &plan.items[at];
            let waits = match of_parts[at].as_slice() {
                [] => of[at],
                needs => Some(Hold::Waits { outer: at, needs }),
            };
            inside[at] = match item.state {
                _ if over[at] => None,
                ItemState::Pending => waits,
                _ if item.container => waits,
                ItemState::Blocked => Some(Hold::Stuck { outer: at }),
                _ => None,
            };
        }
        Self { of }
    }

    fn of(&self, at: usize) -> Option<Hold<'a>> {
        self.of[at]
    }
}

/// What parts inherit: what the outer item waits for, but for parts of its own. Those a container may
/// not wait for: they are a circle.
fn needs_of_parts(plan: &Plan, parents: &Parents, outstanding: &[Vec<ItemId>]) -> Vec<Vec<ItemId>> {
    if outstanding.iter().all(Vec::is_empty) {
        return vec![Vec::new(); plan.items.len()];
    }
    let positions = graph::positions(&plan.items);
    let of_item = |(at, needs): (usize, &Vec<ItemId>)| {
        let is_own = |need: &&ItemId| {
            !plan.items[at].container && positions.get(need).is_some_and(|&it| parents.is_within(it, at))
        };
        needs.iter().filter(|need| !is_own(need)).cloned().collect()
    };
    outstanding.iter().enumerate().map(of_item).collect()
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
