//! The next step of every achievement that can make one: what "the whole plan" means where a person
//! reviews between the steps.

use crate::{
    ids::ItemId,
    plan::{Action, Item, ItemState, Next, Plan, next},
    run::{Chosen, LeftOut, Strategy},
};

use super::{Session, layout::Layout};

/// Why a plan can't go on by itself.
pub(crate) struct Stop {
    /// The items where a person decides.
    pub left_out: Vec<LeftOut>,
}

/// One step for each item that can make one, in plan order; those that `parallel.json` lets run beside
/// each other do.
pub(crate) fn steps(plan: &Plan) -> Result<(Session<'_>, Vec<Next>), Stop> {
    let entries = next(plan);
    let mut steps: Vec<(&Item, Next)> = Vec::new();
    let mut left_out = Vec::new();
    for item in plan.leaves().filter(|item| !item.state.is_over()) {
        let entry = entries.iter().find(|entry| entry.item == item.id);
        match entry.filter(|entry| entry.action != Action::Review) {
            Some(entry) => steps.push((item, entry.clone())),
            None => left_out.push(LeftOut { item: item.id.clone(), why: waits_for(item) }),
        }
    }
    if steps.is_empty() {
        return Err(Stop { left_out });
    }
    let count = steps.len();
    let mut layout = Layout {
        needs: vec![Vec::new(); count],
        after: vec![Vec::new(); count],
        behind: vec![Vec::new(); count],
        points: Vec::new(),
    };
    let mut turns: Vec<Vec<usize>> = Vec::new();
    for (at, (item, _)) in steps.iter().enumerate() {
        match turns.last_mut() {
            Some(turn) if beside(steps[turn[0]].0, item) => turn.push(at),
            _ => turns.push(vec![at]),
        }
    }
    for pair in turns.windows(2) {
        layout.part(&pair[0], &pair[1], "the turn before", "one at a time", false);
    }
    let from = "the next step of each achievement; parallel.json says which go side by side".to_owned();
    let chosen = Chosen { strategy: Strategy::Mixed, from };
    let (items, entries) = steps.into_iter().unzip();
    Ok((Session { items, layout, chosen, left_out, findings: Vec::new() }, entries))
}

fn beside(first: &Item, item: &Item) -> bool {
    first.parallel
        && item.parallel
        && (first.group == item.group || (first.across_groups && item.across_groups))
}

fn waits_for(item: &Item) -> String {
    if item.state == ItemState::InReview {
        return format!("a person reviews it: approve {0}, or reject {0}", item.id);
    }
    if item.blocked_by.is_empty() {
        return format!("it is {}: {}", item.state.word(), item.why);
    }
    let needs: Vec<String> = item.blocked_by.iter().map(ItemId::to_string).collect();
    format!("it waits until {} is approved", needs.join(", "))
}
