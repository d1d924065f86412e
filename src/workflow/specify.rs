//! From a wish to a frozen specification.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    ask::{Ask, Facts, Stamp},
    builtin::workflow_of,
    document::{execution_path, next_execution, subplan_path},
    fill::Values,
    item::{code, find_item},
    params,
    propose::{Product, Proposal},
    recipe::{Recipe, RecipeFrom, Target, resolve},
    task::Maker,
};
use crate::{
    config::{Config, Needs, Param},
    ids::{ItemId, RunId, TaskName, WorkflowName},
    plan::{Action, DocumentKind, Item, ItemState, Plan, next, runnable_group},
    run::{PlanRef, Refusal, Specification, Task, spec::ItemRef},
};

/// The frozen specification of what is asked for. Nothing is started, and nothing was looked up but
/// what `facts` say.
///
/// # Errors
/// A [`Refusal`] when it can't be granted: nothing to run, no such item, a recipe that can't be
/// filled in.
pub fn specify(
    ask: &Ask,
    plan: Option<&Plan>,
    config: &Config,
    facts: &Facts,
    stamp: Stamp,
) -> Result<Specification, Refusal> {
    let prepared = prepare(ask, plan, config, facts, Some(stamp.run))?;
    let only = match &prepared.units[..] {
        [unit] => unit.target.item,
        _ => None,
    };
    Ok(Specification {
        version: Specification::VERSION,
        run: stamp.run,
        workflow: ask.name(),
        plan: plan.map(plan_ref),
        item: only.map(|item| ItemRef { id: item.id.clone(), title: item.title.clone() }),
        params: prepared.params,
        tasks: prepared.tasks,
        slots: ask.slots.or((config.run.slots > 0).then_some(config.run.slots)).unwrap_or(facts.cores).max(1),
        fail_fast: ask.fail_fast,
        deliverables: prepared.deliverables,
        plan_hash: stamp.plan_hash,
        git_commit: stamp.git_commit,
        asked_by: stamp.origin,
        created_at: stamp.created_at,
        parent: None,
        umask: stamp.umask,
        max_log_bytes: config.run.max_log_bytes.0,
        seed: stamp.seed,
    })
}

/// What a confirmation says about what is asked for.
///
/// # Errors
/// The same as [`specify`].
pub fn propose(ask: &Ask, plan: Option<&Plan>, config: &Config, facts: &Facts) -> Result<Proposal, Refusal> {
    let prepared = prepare(ask, plan, config, facts, None)?;
    let unit = &prepared.units[0];
    let task = &prepared.tasks[0];
    let title = match prepared.units.len() {
        1 => task.title.clone(),
        count => format!("Run {count} items side by side"),
    };
    Ok(Proposal {
        title,
        why: unit.why.clone(),
        command: task.argv.clone(),
        product: product(unit),
        from: unit.recipe.from.clone(),
        timeout: task.limits.wall,
        tasks: prepared.tasks.len(),
    })
}

/// One thing to launch: a recipe and what it is for.
struct Unit<'a> {
    recipe: Recipe,
    target: Target<'a>,
    title: String,
    why: Option<String>,
}

struct Prepared<'a> {
    /// At least one.
    units: Vec<Unit<'a>>,
    params: Map<String, Value>,
    /// At least one.
    tasks: Vec<Task>,
    deliverables: Vec<String>,
}

fn prepare<'a>(
    ask: &Ask,
    plan: Option<&'a Plan>,
    config: &Config,
    facts: &Facts,
    run: Option<RunId>,
) -> Result<Prepared<'a>, Refusal> {
    let units = units(ask, plan, config, facts)?;
    let declared: BTreeMap<String, Param> =
        units.iter().flat_map(|unit| unit.recipe.table.params.clone()).collect();
    let params = params::read(ask, &ask.name(), &declared)?;
    refuse_a_circle(&units)?;
    let names = task_names(&units);
    let mut tasks = Vec::new();
    let mut deliverables = Vec::new();
    for (unit, name) in units.iter().zip(&names) {
        let values = values(unit, &params, facts, run);
        let declared =
            values.fill_all(&WorkflowName::new(&unit.recipe.workflow), &unit.recipe.table.deliverables)?;
        let mut maker = Maker { ask, config, facts, recipe: &unit.recipe, target: unit.target, values };
        let work = maker.task(name.clone(), unit.title.clone(), needs(unit, &units, &names))?;
        let checks = maker.checks(&work)?;
        tasks.push(work);
        tasks.extend(checks);
        deliverables.extend(declared);
    }
    deliverables.splice(0..0, plan.map(own_files));
    deliverables.dedup();
    Ok(Prepared { units, params, tasks, deliverables })
}

fn units<'a>(
    ask: &Ask,
    plan: Option<&'a Plan>,
    config: &Config,
    facts: &Facts,
) -> Result<Vec<Unit<'a>>, Refusal> {
    let workflow = ask.name();
    match workflow.as_str() {
        "next" => Ok(vec![next_unit(ask, plan_of(plan, &workflow)?, config, facts)?]),
        "parallel" if !config.workflow.contains_key("parallel") => {
            parallel_units(plan_of(plan, &workflow)?, config, facts)
        }
        name => named_units(name, ask, plan, config, facts),
    }
}

/// The first of what is next, or of what is next for the item that was named.
fn next_unit<'a>(ask: &Ask, plan: &'a Plan, config: &Config, facts: &Facts) -> Result<Unit<'a>, Refusal> {
    let wanted = ask.items.first().map(|asked| find_item(plan, asked)).transpose()?;
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
    let one = |item: &ItemId| next_unit(&Ask::on("next", item), plan, config, facts);
    group.into_iter().map(|item| one(&item.id)).collect()
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
    let mut items: Vec<&Item> = Vec::new();
    for asked in &ask.items {
        let item = find_item(plan, asked)?;
        if items.iter().all(|it| it.id != item.id) {
            items.push(item);
        }
    }
    items.into_iter().map(|item| named_unit(name, plan, item, config, facts)).collect()
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
        Action::CreateExecution,
        Action::Fix,
        Action::Review,
        Action::Continue,
        Action::Run,
    ]
    .into_iter()
    .find(|action| workflow_of(*action) == name);
    let title = action.map_or_else(|| format!("{name} for {}", item.id), |action| title(action, &item.id));
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

fn title(action: Action, item: &ItemId) -> String {
    action.sentence(item)
}

fn of_plan(name: &str, plan: Option<&Plan>) -> String {
    plan.map_or_else(|| name.to_owned(), |plan| format!("{name} for {}", plan.id))
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

fn values(unit: &Unit<'_>, params: &Map<String, Value>, facts: &Facts, run: Option<RunId>) -> Values {
    let mut values = Values::default();
    values.set("workspace", &facts.workspace);
    // A proposal is made before there is a run; it shows where the id will stand.
    values.set("run.id", run.map_or_else(|| "RUN".to_owned(), |run| run.to_string()));
    for (name, value) in params {
        values.set(&format!("param.{name}"), params::as_argument(value));
    }
    if let Some(plan) = unit.target.plan {
        values.set("plan.id", plan.id.as_str());
        values.set("plan.title", &plan.title);
        values.set("plan.path", &plan.path);
    }
    if let Some(item) = unit.target.item {
        set_item(&mut values, item);
    }
    values
}

fn set_item(values: &mut Values, item: &Item) {
    values.set("item.id", item.id.as_str());
    values.set("item.code", code(&item.id));
    values.set("item.title", &item.title);
    values.set("item.path", item.document(DocumentKind::Task).map_or(&item.place.file, |it| &it.path));
    for (name, kind) in [("subplan.path", DocumentKind::Subplan), ("execution.path", DocumentKind::Execution)]
    {
        if let Some(document) = item.document(kind) {
            values.set(name, &document.path);
        }
    }
}

/// One unit is named by its workflow; several by their items. Names are parts of file names.
fn task_names(units: &[Unit<'_>]) -> Vec<TaskName> {
    let mut names: Vec<String> = Vec::new();
    for unit in units {
        let wish = match unit.target.item {
            Some(item) if units.len() > 1 => item.id.as_str(),
            _ => &unit.recipe.workflow,
        };
        let safe: String = wish.chars().map(|it| if is_name_part(it) { it } else { '-' }).take(60).collect();
        let safe = if safe.trim_matches(['.', '-']).is_empty() { "task".to_owned() } else { safe };
        let mut name = safe.clone();
        for number in 2.. {
            if !names.contains(&name) {
                break;
            }
            name = format!("{safe}_{number}");
        }
        names.push(name);
    }
    names.into_iter().map(TaskName::new).collect()
}

const fn is_name_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

/// The tasks of this run whose items this one's item needs.
fn needs(unit: &Unit<'_>, units: &[Unit<'_>], names: &[TaskName]) -> Vec<TaskName> {
    let Some(item) = unit.target.item else { return Vec::new() };
    let needed = |other: &Unit<'_>| {
        other.target.item.is_some_and(|it| it.id != item.id && item.needs.contains(&it.id))
    };
    units.iter().zip(names).filter(|(other, _)| needed(other)).map(|(_, name)| name.clone()).collect()
}

/// A run's tasks wait for each other; were there a circle among them, none could begin.
fn refuse_a_circle(units: &[Unit<'_>]) -> Result<(), Refusal> {
    let mut left: Vec<&Item> = units.iter().filter_map(|unit| unit.target.item).collect();
    loop {
        let waits = |item: &&Item| left.iter().any(|it| it.id != item.id && item.needs.contains(&it.id));
        let still: Vec<&Item> = left.iter().copied().filter(waits).collect();
        if still.is_empty() {
            return Ok(());
        }
        if still.len() == left.len() {
            let ids: Vec<String> = still.iter().map(|item| item.id.to_string()).collect();
            let what = format!("{} can't be run together", ids.join(", "));
            return Err(Refusal::WrongState { what, why: "they need each other in a circle".to_owned() });
        }
        left = still;
    }
}

/// Whose changes count as deliverables of any run of a plan.
fn own_files(plan: &Plan) -> String {
    if plan.folder.is_empty() { plan.path.clone() } else { format!("{}/**", plan.folder) }
}

fn product(unit: &Unit<'_>) -> Product {
    let (Some(plan), Some(item)) = (unit.target.plan, unit.target.item) else { return Product::Unknown };
    match (&unit.recipe.from, unit.recipe.workflow.as_str()) {
        (RecipeFrom::Script { .. }, _) => Product::Prompt,
        (RecipeFrom::Configured, _) => Product::Unknown,
        (RecipeFrom::BuiltIn, "subplan") => Product::File(subplan_path(plan, &item.id)),
        (RecipeFrom::BuiltIn, "execution") => {
            Product::File(execution_path(plan, &item.id, next_execution(item)))
        }
        (RecipeFrom::BuiltIn, _) => Product::Prompt,
    }
}

fn plan_ref(plan: &Plan) -> PlanRef {
    PlanRef {
        id: plan.id.clone(),
        title: plan.title.clone(),
        dialect: plan.dialect.word().to_owned(),
        path: plan.path.clone(),
    }
}
