//! The order in which things follow from each other.

use super::{containers, parents, ready, unique, warnings, whole};
use crate::plan::{Plan, graph::Graph, readers::Reading};

/// Derives what the reader left open. A plan is settled once, after its reader.
///
/// Only a pending item becomes ready or blocked: what somebody is at, what waits for a verdict and
/// what its plan calls stuck stay what they are. A need that no item answers to blocks.
pub fn settle(plan: &mut Plan) {
    unique::unique_items(plan);
    let parents = parents::mend(plan);
    let graph = Graph::of(&plan.items);
    let over = ready::over_with_containers(&plan.items, &parents);
    warnings::circles(plan, &graph);
    warnings::dangling_needs(plan);
    warnings::done_too_early(plan, &parents, &over);
    ready::block_and_release(plan, &parents, &over);
    containers::derive(plan, &parents);
    whole::settle_whole(plan);
}

/// Makes plan ids unique, then settles each plan.
pub fn settle_all(reading: &mut Reading) {
    unique::unique_plans(&mut reading.plans);
    reading.plans.iter_mut().for_each(settle);
}
