//! Who is part of what.

use std::collections::{HashMap, VecDeque};

use crate::{
    ids::ItemId,
    plan::{
        Plan, graph,
        problem::{Code, Problem},
    },
};

/// Who contains whom, by position, each part before what contains it in `inner_first`.
pub(super) struct Parents {
    of: Vec<Option<usize>>,
    pub(super) inner_first: Vec<usize>,
}

impl Parents {
    pub(super) fn of(&self, at: usize) -> Option<usize> {
        self.of[at]
    }

    /// True for what is part of `outer`, as deep as anybody nests.
    pub(super) fn is_within(&self, at: usize, outer: usize) -> bool {
        const DEEP: usize = 64;
        std::iter::successors(self.of(at), |&it| self.of(it)).take(DEEP).any(|it| it == outer)
    }
}

/// Clears parents that no item answers to or that run in a circle, with a problem, and lets a
/// container without parts be an item like any other.
pub(super) fn mend(plan: &mut Plan) -> Parents {
    let mut of = known_parents(plan);
    let mut open_parts = vec![0_usize; of.len()];
    of.iter().flatten().for_each(|&parent| open_parts[parent] += 1);
    for (at, item) in plan.items.iter_mut().enumerate() {
        item.container = item.container && open_parts[at] > 0;
    }
    let mut inner_first = Vec::with_capacity(of.len());
    let mut placed = vec![false; of.len()];
    let mut queue: VecDeque<usize> = (0..of.len()).filter(|&at| open_parts[at] == 0).collect();
    let mut unseen = 0;
    while inner_first.len() < of.len() {
        while let Some(at) = queue.pop_front() {
            placed[at] = true;
            inner_first.push(at);
            let Some(parent) = of[at] else { continue };
            open_parts[parent] -= 1;
            if open_parts[parent] == 0 {
                queue.push_back(parent);
            }
        }
        let Some(at) = (unseen..of.len()).find(|&at| !placed[at]) else { break };
        unseen = at;
        cut_circle(plan, &mut of, &mut open_parts, at, &mut queue);
    }
    Parents { of, inner_first }
}

fn known_parents(plan: &mut Plan) -> Vec<Option<usize>> {
    if plan.items.iter().all(|item| item.parent.is_none()) {
        return vec![None; plan.items.len()];
    }
    let positions: HashMap<ItemId, usize> =
        graph::positions(&plan.items).into_iter().map(|(id, at)| (id.clone(), at)).collect();
    let mut of = Vec::with_capacity(plan.items.len());
    for item in &mut plan.items {
        let known = item.parent.as_ref().and_then(|parent| positions.get(parent)).copied();
        if let (None, Some(parent)) = (known, item.parent.take_if(|_| known.is_none())) {
            let message = format!("{} says it is part of {parent}, which this plan does not have", item.id);
            let fix = format!("Add {parent}, or take the mention of it out of {}", item.id);
            plan.problems.push(Problem::new(Code::DanglingNeed, item.place.clone(), message, fix));
        }
        of.push(known);
    }
    of
}

/// Items that contain each other: the first of them in plan order becomes free of its parent.
fn cut_circle(
    plan: &mut Plan,
    of: &mut [Option<usize>],
    open_parts: &mut [usize],
    at: usize,
    queue: &mut VecDeque<usize>,
) {
    let Some(parent) = of[at].take() else { return };
    plan.items[at].parent = None;
    let item = &plan.items[at];
    let message = format!("{} is part of itself, by way of {}", item.id, plan.items[parent].id);
    let place = item.place.clone();
    plan.problems.push(Problem::new(Code::Circle, place, message, "Let one of them stand by itself"));
    open_parts[parent] -= 1;
    if open_parts[parent] == 0 {
        queue.push_back(parent);
    }
}
