//! Ids become unique, and nothing is hidden: the second of a name gets `~2`, and a problem.

use std::collections::{HashMap, HashSet};

use crate::{
    ids::{ItemId, PlanId},
    plan::{
        Place, Plan,
        problem::{Code, Problem},
    },
};

/// Makes plan ids unique in the order given. The plans that lose their name get the problem.
pub fn unique_plans(plans: &mut [Plan]) {
    let mut names = Names::new(plans.iter().map(|plan| plan.id.as_str().to_owned()));
    let mut first_paths: HashMap<String, String> = HashMap::new();
    for plan in plans {
        let given = plan.id.as_str().to_owned();
        let Some(fresh) = names.fresh(&given) else {
            first_paths.insert(given, plan.path.clone());
            continue;
        };
        let message =
            format!("{} is already the name of {}; this one is called {fresh}", plan.id, first_paths[&given]);
        let fix = "Give one of the two another name";
        plan.problems.push(Problem::new(Code::DuplicatePlan, Place::file(&plan.path), message, fix));
        plan.id = PlanId::new(fresh);
    }
}

/// Makes item ids unique in plan order. A need that names such an id means the first item of it; a
/// part belongs to the nearest item of its parent's id above it.
pub(super) fn unique_items(plan: &mut Plan) {
    let mut seen = HashSet::with_capacity(plan.items.len());
    if plan.items.iter().all(|item| seen.insert(&item.id)) {
        return;
    }
    let mut names = Names::new(plan.items.iter().map(|item| item.id.as_str().to_owned()));
    let mut first_places: HashMap<String, Place> = HashMap::new();
    let mut latest: HashMap<ItemId, ItemId> = HashMap::new();
    for item in &mut plan.items {
        if let Some(parent) = item.parent.as_ref().and_then(|parent| latest.get(parent)) {
            item.parent = Some(parent.clone());
        }
        let given = item.id.as_str().to_owned();
        let Some(fresh) = names.fresh(&given) else {
            first_places.insert(given, item.place.clone());
            continue;
        };
        let message = format!(
            "{} is the id of two items, at {} and at {}; the second is called {fresh}, and needs mean the first",
            item.id, first_places[&given], item.place
        );
        let fix = "Give one of the two another id";
        plan.problems.push(Problem::new(Code::DuplicateItem, item.place.clone(), message, fix));
        latest.insert(item.id.clone(), ItemId::new(fresh.as_str()));
        item.id = ItemId::new(fresh);
    }
}

/// Hands out `name~2`, `name~3`, never a name that somebody bears already.
struct Names {
    taken: HashSet<String>,
    counts: HashMap<String, usize>,
}

impl Names {
    fn new(taken: impl Iterator<Item = String>) -> Self {
        Self { taken: taken.collect(), counts: HashMap::new() }
    }

    /// A new name for the second bearer and every later one; `None` for the first.
    fn fresh(&mut self, name: &str) -> Option<String> {
        let count = self.counts.entry(name.to_owned()).or_insert(0);
        *count += 1;
        if *count == 1 {
            return None;
        }
        loop {
            let fresh = format!("{name}~{count}");
            if self.taken.insert(fresh.clone()) {
                return Some(fresh);
            }
            *count += 1;
        }
    }
}
