//! A whole plan in one run: every open item that can come to its turn, each after what it waits for.

use std::collections::BTreeSet;

use super::{
    ask::Facts,
    builtin::workflow_of,
    recipe::{Target, resolve},
    units::{Unit, title},
};
use crate::{
    config::Config,
    ids::ItemId,
    plan::{Action, Dialect, Item, ItemState, Plan, runnable_group, waves},
    run::Refusal,
};

/// Every open item of a plan whose items are run as tasks. What a person has to decide in between (a
/// review, a design to be filled in) can't stand in one run, so a methodology plan is refused with
/// what can be run instead.
pub(super) fn whole_units<'a>(
    plan: &'a Plan,
    config: &Config,
    facts: &Facts,
) -> Result<Vec<Unit<'a>>, Refusal> {
    if plan.dialect == Dialect::Methodology {
        return Err(refused(plan));
    }
    let chosen = chosen(plan);
    if chosen.is_empty() {
        let why = "no open item of it can come to its turn".to_owned();
        return Err(Refusal::NothingToRun { plan: plan.id.clone(), why });
    }
    let after = in_order(plan, &chosen);
    let unit = |(item, after): (&'a Item, Vec<ItemId>)| {
        let target = Target { plan: Some(plan), item: Some(item) };
        let recipe = resolve(workflow_of(Action::Run), target, config, facts)?;
        let why = (!item.why.is_empty()).then(|| item.why.clone());
        Ok(Unit { recipe, target, title: title(Action::Run, &item.id), why, after })
    };
    chosen.into_iter().zip(after).map(unit).collect()
}

fn refused(plan: &Plan) -> Refusal {
    let instead = if runnable_group(plan).is_empty() {
        format!("go step by step: next {}", plan.id)
    } else {
        format!("run what can be run side by side now: create parallel --plan {}", plan.id)
    };
    Refusal::NotForDialect { workflow: "all".into(), dialect: plan.dialect.word(), instead }
}

/// Open items that wait for nothing but each other.
fn chosen(plan: &Plan) -> Vec<&Item> {
    let over: BTreeSet<&ItemId> =
        plan.items.iter().filter(|item| item.state.is_over()).map(|item| &item.id).collect();
    let open = |item: &&Item| match item.state {
        ItemState::Done | ItemState::Skipped | ItemState::Unknown | ItemState::InReview => false,
        // Blocked by its plan's own word: nothing here can move it.
        ItemState::Blocked => !item.blocked_by.is_empty(),
        _ => true,
    };
    // What waits in a circle never comes to its turn, and must not keep the rest from running.
    let in_turn: BTreeSet<ItemId> = waves(plan).into_iter().flatten().collect();
    let mut chosen: Vec<&Item> =
        plan.leaves().filter(open).filter(|item| in_turn.contains(&item.id)).collect();
    loop {
        let there: BTreeSet<&ItemId> = chosen.iter().map(|item| &item.id).collect();
        let reachable = |item: &&Item| {
            let known = |need: &ItemId| over.contains(need) || there.contains(need);
            item.needs.iter().chain(&item.blocked_by).all(known)
        };
        let kept: Vec<&Item> = chosen.iter().copied().filter(reachable).collect();
        if kept.len() == chosen.len() {
            return kept;
        }
        chosen = kept;
    }
}

/// What each item comes after beyond its own needs. Where a plan's order is its lines (spec-kit: phases
/// are barriers, and so is a task without `[P]`), each item comes after all that stands before it, but
/// for those that the plan lets run beside it.
fn in_order(plan: &Plan, chosen: &[&Item]) -> Vec<Vec<ItemId>> {
    if !matches!(plan.dialect, Dialect::Speckit | Dialect::Openspec | Dialect::Checklist) {
        return chosen.iter().map(|item| item.blocked_by.clone()).collect();
    }
    let mut waves: Vec<Vec<&Item>> = Vec::new();
    let mut after = Vec::new();
    for item in chosen {
        let beside = waves
            .last()
            .and_then(|wave| wave.first())
            .is_some_and(|first| first.parallel && item.parallel && first.group == item.group);
        match waves.last_mut() {
            Some(wave) if beside => wave.push(item),
            _ => waves.push(vec![item]),
        }
        let before = waves.len().checked_sub(2).and_then(|at| waves.get(at));
        after.push(before.into_iter().flatten().map(|item| item.id.clone()).collect());
    }
    after
}
