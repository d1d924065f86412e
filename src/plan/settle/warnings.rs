//! What contradicts itself whatever the dialect: circles, dangling needs, done before its time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::parents::Parents;
use crate::{
    ids::ItemId,
    plan::{
        Item, ItemState, Plan,
        graph::{self, Graph},
        problem::{Code, Problem},
    },
    text,
};

/// A longer circle is printed from both its ends.
const PRINTED: usize = 12;

/// Comparisons that looking for the id that was meant may cost in one plan.
const COMPARISONS: usize = 20_000;

/// One problem for each knot of items that wait for each other.
pub(super) fn circles(plan: &mut Plan, graph: &Graph) {
    for circle in graph.circles() {
        let first = &plan.items[circle[0]];
        let message = if circle.len() == 1 {
            format!("{} needs itself", first.id)
        } else {
            format!("these wait for each other, so that none can ever begin: {}", printed(plan, &circle))
        };
        let fix = "Take one of these needs out";
        let problem = Problem::new(Code::Circle, first.place.clone(), message, fix);
        plan.problems.push(problem);
    }
}

/// `a → b → a`.
fn printed(plan: &Plan, circle: &[usize]) -> String {
    let mut ids: Vec<String> =
        circle.iter().chain(circle.first()).map(|&at| plan.items[at].id.to_string()).collect();
    if ids.len() > PRINTED {
        let left_out = format!("({} more)", ids.len() - PRINTED);
        let tail = ids.len() - PRINTED / 2;
        ids.splice(PRINTED / 2..tail, [left_out]);
    }
    ids.join(" → ")
}

/// A problem for each id that is needed and does not exist, at the first item that needs it.
pub(super) fn dangling_needs(plan: &mut Plan) {
    if plan.items.iter().all(|item| item.needs.is_empty()) {
        return;
    }
    let missing = {
        let positions = graph::positions(&plan.items);
        let mut missing: BTreeMap<(usize, ItemId), BTreeSet<usize>> = BTreeMap::new();
        let mut first: BTreeMap<&ItemId, usize> = BTreeMap::new();
        for (at, item) in plan.items.iter().enumerate() {
            for need in item.needs.iter().filter(|need| !positions.contains_key(need)) {
                let first = *first.entry(need).or_insert(at);
                missing.entry((first, need.clone())).or_default().insert(at);
            }
        }
        missing
    };
    let mut comparisons = 0;
    for ((first, need), wanting) in missing {
        comparisons += plan.items.len();
        let meant = (comparisons <= COMPARISONS).then(|| nearest_id(plan, &need)).flatten();
        let item = &plan.items[first];
        let others = match wanting.len() {
            1 => String::new(),
            2 => " (and one more item does)".to_owned(),
            more => format!(" (and {} more items do)", more - 1),
        };
        let message = format!("{} needs {need}, which this plan does not have{others}", item.id);
        let fix = meant.map_or_else(
            || format!("Add {need}, or take the need out"),
            |meant| format!("Did you mean {meant}? Else add {need}, or take the need out"),
        );
        let problem = Problem::new(Code::DanglingNeed, item.place.clone(), message, fix);
        plan.problems.push(problem);
    }
}

fn nearest_id(plan: &Plan, need: &ItemId) -> Option<String> {
    text::nearest(need.as_str(), plan.items.iter().map(|item| item.id.as_str()))
        .map(|id| text::plain(id).into_owned())
}

/// Items that are done before what they need, and parents before their parts.
pub(super) fn done_too_early(plan: &mut Plan, parents: &Parents, over: &[bool]) {
    let needy = |item: &&Item| item.state == ItemState::Done && !item.needs.is_empty();
    let positions = if plan.items.iter().any(|item| needy(&item)) {
        graph::positions(&plan.items)
    } else {
        HashMap::new()
    };
    let mut problems = Vec::new();
    for item in plan.items.iter().filter(needy) {
        let open: Vec<String> = item
            .needs
            .iter()
            .filter(|need| positions.get(need).is_some_and(|&at| !over[at]))
            .map(ToString::to_string)
            .collect();
        if !open.is_empty() {
            let message = format!("{} is done, but it needs {}, still open", item.id, open.join(", "));
            let fix = "Check which of the two is wrong, the state or the need";
            problems.push(Problem::new(Code::DoneBeforeNeeds, item.place.clone(), message, fix));
        }
    }
    let mut open_parts: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (at, item) in plan.items.iter().enumerate().filter(|(at, _)| !over[*at]) {
        let parent = parents.of(at).filter(|&parent| plan.items[parent].state == ItemState::Done);
        if let Some(parent) = parent {
            open_parts.entry(parent).or_default().push(item.id.to_string());
        }
    }
    for (parent, parts) in open_parts {
        let parent = &plan.items[parent];
        let message = format!("{} is done, but of its parts {} is still open", parent.id, parts.join(", "));
        let fix = "Finish or skip the parts, or open the parent again";
        problems.push(Problem::new(Code::ParentDone, parent.place.clone(), message, fix));
    }
    plan.problems.append(&mut problems);
}
