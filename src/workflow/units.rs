//! What a wish comes down to: recipes, each for a target, with the reason.

use std::collections::{BTreeSet, HashMap};

use super::{
    ask::{Ask, Facts},
    builtin::workflow_of,
    item::find_item,
    recipe::{Recipe, RecipeFrom, Target, resolve},
    session::Session,
    whole::whole,
};
use crate::{
    config::{Config, Needs},
    ids::{ItemId, WorkflowName},
    plan::{Action, DocumentKind, Item, ItemState, Plan, next, runnable_group},
    run::Refusal,
};

/// One thing to launch: a recipe and what it is for.
pub(super) struct Unit<'a> {
    pub recipe: Recipe,
    pub target: Target<'a>,
    pub title: String,
    pub why: Option<String>,
}

/// What is to be launched; at least one thing.
pub(super) struct Units<'a> {
    pub list: Vec<Unit<'a>>,
    /// What was decided about a whole plan, with the same items in the same order.
    pub session: Option<Session<'a>>,
}

/// What a wish comes down to.
pub(super) fn units<'a>(
    ask: &Ask,
    plan: Option<&'a Plan>,
    config: &Config,
    facts: &Facts,
) -> Result<Units<'a>, Refusal> {
    let workflow = ask.name();
    let is_whole = workflow.as_str() == "all" && !config.workflow.contains_key("all");
    if is_whole {
        let (list, session) = whole(ask, plan_of(plan, &workflow)?, config, facts)?;
        return Ok(Units { list, session: Some(session) });
    }
    if let Some(strategy) = ask.strategy {
        return Err(Refusal::BadInput {
            what: format!("--strategy {} is for a whole plan", strategy.word()),
            fix: "leave it out, or run all".to_owned(),
            workflow,
        });
    }
    let list = match workflow.as_str() {
        "next" => next_units(ask, plan_of(plan, &workflow)?, config, facts),
        "parallel" if !config.workflow.contains_key("parallel") => {
            parallel_units(plan_of(plan, &workflow)?, config, facts)
        }
        name => named_units(name, ask, plan, config, facts),
    }?;
    Ok(Units { list, session: None })
}

/// The first of what is next, or what is next for each of the items that were named.
fn next_units<'a>(
    ask: &Ask,
    plan: &'a Plan,
    config: &Config,
    facts: &Facts,
) -> Result<Vec<Unit<'a>>, Refusal> {
    if ask.items.is_empty() {
        return Ok(vec![next_unit(None, plan, config, facts)?]);
    }
    let items = named_items(plan, &ask.items)?;
    items.into_iter().map(|item| next_unit(Some(item), plan, config, facts)).collect()
}

fn next_unit<'a>(
    wanted: Option<&Item>,
    plan: &'a Plan,
    config: &Config,
    facts: &Facts,
) -> Result<Unit<'a>, Refusal> {
    let entries = next(plan);
    let entry = entries.into_iter().find(|entry| wanted.is_none_or(|item| item.id == entry.item));
    let Some(entry) = entry else { return Err(nothing_to_run(plan, wanted)) };
    let item = find_item(plan, &entry.item)?;
    let target = Target { plan: Some(plan), item: Some(item) };
    let whole = resolve("next", target, config, facts)?;
    // The script asks the plan itself what is next, so it can't be told an item.
    let by_action = match whole.from {
        RecipeFrom::BuiltIn => true,
        RecipeFrom::Script { .. } => wanted.is_some(),
        RecipeFrom::Configured => false,
    };
    let recipe = if by_action { resolve(workflow_of(entry.action), target, config, facts)? } else { whole };
    Ok(Unit { recipe, target, title: title(entry.action, &entry.item), why: Some(entry.why) })
}

fn parallel_units<'a>(plan: &'a Plan, config: &Config, facts: &Facts) -> Result<Vec<Unit<'a>>, Refusal> {
    let group = runnable_group(plan);
    if group.is_empty() {
        let why = "no two items can run side by side now".to_owned();
        return Err(Refusal::NothingToRun { plan: plan.id.clone(), why });
    }
    group.into_iter().map(|item| next_unit(Some(item), plan, config, facts)).collect()
}

/// A workflow by its name, on each of the items that were named.
fn named_units<'a>(
    name: &str,
    ask: &Ask,
    plan: Option<&'a Plan>,
    config: &Config,
    facts: &Facts,
) -> Result<Vec<Unit<'a>>, Refusal> {
    let workflow = ask.name();
    let bare = Target { plan, item: None };
    let needs = resolve(name, bare, config, facts)?.table.needs;
    if needs > Needs::Nothing {
        plan_of(plan, &workflow)?;
    }
    if ask.items.is_empty() {
        if needs >= Needs::Item {
            return Err(missing(&workflow, "an item"));
        }
        let recipe = resolve(name, bare, config, facts)?;
        return Ok(vec![Unit { recipe, target: bare, title: of_plan(name, plan), why: None }]);
    }
    let plan = plan_of(plan, &workflow)?;
    let items = named_items(plan, &ask.items)?;
    items.into_iter().map(|item| named_unit(name, plan, item, config, facts)).collect()
}

/// Each item once, however often and in whatever form it was named.
fn named_items<'a>(plan: &'a Plan, asked: &[ItemId]) -> Result<Vec<&'a Item>, Refusal> {
    let mut items: Vec<&Item> = Vec::new();
    for asked in asked {
        let item = find_item(plan, asked)?;
        if items.iter().all(|it| it.id != item.id) {
            items.push(item);
        }
    }
    Ok(items)
}

fn named_unit<'a>(
    name: &str,
    plan: &'a Plan,
    item: &'a Item,
    config: &Config,
    facts: &Facts,
) -> Result<Unit<'a>, Refusal> {
    let target = Target { plan: Some(plan), item: Some(item) };
    let recipe = resolve(name, target, config, facts)?;
    if recipe.table.needs == Needs::Subplan && item.document(DocumentKind::Subplan).is_none() {
        return Err(Refusal::SubplanMissing { plan: plan.id.clone(), item: item.id.clone() });
    }
    if recipe.from != RecipeFrom::Configured {
        refuse_what_is_done(name, item)?;
    }
    let action = [
        Action::CreateSubplan,
        Action::FillSubplan,
        Action::CreateExecution,
        Action::Fix,
        Action::Review,
        Action::Continue,
        Action::Run,
    ]
    .into_iter()
    .find(|action| workflow_of(*action) == name);
    let title =
        action.map_or_else(|| format!("Run {name} for {}", item.id), |action| title(action, &item.id));
    let why = (!item.why.is_empty()).then(|| item.why.clone());
    Ok(Unit { recipe, target, title, why })
}

/// What our own workflows would only do twice.
fn refuse_what_is_done(workflow: &str, item: &Item) -> Result<(), Refusal> {
    if workflow == "subplan"
        && let Some(subplan) = item.document(DocumentKind::Subplan)
    {
        return Err(Refusal::AlreadyThere { what: format!("the SUBPLAN of {}, {},", item.id, subplan.path) });
    }
    if item.state == ItemState::Done {
        let what = format!("{workflow} of {} makes no sense", item.id);
        let why =
            if item.why.is_empty() { "it is done".to_owned() } else { format!("it is done ({})", item.why) };
        return Err(Refusal::WrongState { what, why });
    }
    Ok(())
}

pub(super) fn title(action: Action, item: &ItemId) -> String {
    action.sentence(item)
}

fn of_plan(name: &str, plan: Option<&Plan>) -> String {
    plan.map_or_else(|| format!("Run {name}"), |plan| format!("Run {name} for {}", plan.id))
}

fn plan_of<'a>(plan: Option<&'a Plan>, workflow: &WorkflowName) -> Result<&'a Plan, Refusal> {
    plan.ok_or_else(|| missing(workflow, "a plan"))
}

fn missing(workflow: &WorkflowName, what: &str) -> Refusal {
    Refusal::Missing { workflow: workflow.clone(), what: what.to_owned() }
}

/// Why nothing of the plan, or of the one item, can be run now.
fn nothing_to_run(plan: &Plan, wanted: Option<&Item>) -> Refusal {
    let waiting = |item: &&Item| !item.container && !item.blocked_by.is_empty() && !item.state.is_over();
    let why = match wanted {
        Some(item) if item.state.is_over() => format!("{} is {}", item.id, item.state.word()),
        Some(item) if !item.blocked_by.is_empty() => waits(item),
        Some(item) => format!("{} is {}: {}", item.id, item.state.word(), item.why),
        None if plan.leaves().next().is_none() => "it has no items".to_owned(),
        None if plan.leaves().all(|item| item.state.is_over()) => "everything is done".to_owned(),
        None => plan.items.iter().find(waiting).map_or_else(|| plan.why.clone(), waits),
    };
    Refusal::NothingToRun { plan: plan.id.clone(), why }
}

fn waits(item: &Item) -> String {
    let needs: Vec<String> = item.blocked_by.iter().map(ToString::to_string).collect();
    format!("{} waits for {}", item.id, needs.join(", "))
}

/// A run's tasks wait for each other; were there a circle among them, none could begin.
pub(super) fn refuse_a_circle(units: &[Unit<'_>]) -> Result<(), Refusal> {
    let places: HashMap<&ItemId, usize> =
        units.iter().enumerate().filter_map(|(at, unit)| Some((&unit.target.item?.id, at))).collect();
    let before = |at: usize| {
        let needs = units[at].target.item.map(|item| item.needs.as_slice()).unwrap_or_default();
        let others = needs.iter().filter_map(|id| places.get(id).copied());
        others.filter(move |other| *other != at).collect::<BTreeSet<usize>>()
    };
    let mut waits: Vec<usize> = (0..units.len()).map(|at| before(at).len()).collect();
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); units.len()];
    for at in 0..units.len() {
        for other in before(at) {
            behind[other].push(at);
        }
    }
    let mut free: Vec<usize> = (0..units.len()).filter(|at| waits[*at] == 0).collect();
    let mut seen = 0;
    while let Some(at) = free.pop() {
        seen += 1;
        for &next in &behind[at] {
            waits[next] -= 1;
            if waits[next] == 0 {
                free.push(next);
            }
        }
    }
    if seen == units.len() {
        return Ok(());
    }
    let stuck = (0..units.len()).filter(|at| waits[*at] > 0);
    let ids: Vec<String> =
        stuck.filter_map(|at| units[at].target.item).take(8).map(|item| item.id.to_string()).collect();
    let what = format!("{} can't be run together", ids.join(", "));
    Err(Refusal::WrongState { what, why: "they need each other in a circle".to_owned() })
}
