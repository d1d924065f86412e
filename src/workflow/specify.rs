//! From a wish to a frozen specification.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::{
    ask::{Ask, Facts, Stamp},
    doer,
    fill::Values,
    params,
    propose::{Product, Proposal},
    recipe::RecipeFrom,
    task::Maker,
    units::{Unit, refuse_a_circle, units},
};
use crate::{
    config::{Config, Param},
    ids::{ItemId, RunId, TaskName, WorkflowName},
    plan::{
        DocumentKind, Item, Plan,
        readers::methodology::{NewFile, file_code, next_run, path_for},
    },
    run::{Doer, PlanRef, Refusal, Specification, Task, Work, spec::ItemRef},
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
    let performed = prepared.tasks.iter().any(|task| task.work != Work::Program);
    let agents =
        if performed { doer::frozen(config, &facts.programs, &facts.workspace) } else { BTreeMap::new() };
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
        gates: Vec::new(),
        strategy: None,
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
        agents,
        stagger: config.run.stagger.0,
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
        count if ask.name().as_str() == "all" => format!("Run all {count} open items"),
        count => format!("Run {count} items side by side"),
    };
    Ok(Proposal {
        title,
        why: unit.why.clone(),
        command: shown_command(task, config, facts),
        product: if task.work == Work::Program { product(unit) } else { Product::Unknown },
        from: unit.recipe.from.clone(),
        timeout: task.limits.wall,
        tasks: prepared.tasks.len(),
    })
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
    let by_item = names_by_item(&units, &names);
    let mut tasks = Vec::new();
    let mut deliverables: Vec<String> = plan.map(own_files).into_iter().collect();
    for (unit, name) in units.iter().zip(&names) {
        let values = values(unit, &params, facts, run);
        let declared =
            values.fill_all(&WorkflowName::new(&unit.recipe.workflow), &unit.recipe.table.deliverables)?;
        let mut maker = Maker { ask, config, facts, recipe: &unit.recipe, target: unit.target, values };
        let work = maker.task(name.clone(), unit.title.clone(), needs(unit, &by_item))?;
        let checks = maker.checks(&work)?;
        tasks.push(work);
        tasks.extend(checks);
        let new = declared.into_iter().filter(|it| !deliverables.contains(it)).collect::<Vec<_>>();
        deliverables.extend(new);
    }
    Ok(Prepared { units, params, tasks, deliverables })
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
    values.set("item.code", file_code(&item.id));
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

/// The name of each unit's task, by its item.
fn names_by_item<'a>(units: &[Unit<'a>], names: &'a [TaskName]) -> HashMap<&'a ItemId, &'a TaskName> {
    units.iter().zip(names).filter_map(|(unit, name)| Some((&unit.target.item?.id, name))).collect()
}

/// The tasks of this run that come before this one: those of items that its item needs, and those it
/// was told to come after.
fn needs(unit: &Unit<'_>, names: &HashMap<&ItemId, &TaskName>) -> Vec<TaskName> {
    let Some(item) = unit.target.item else { return Vec::new() };
    let before = item.needs.iter().chain(&unit.after).filter(|it| **it != item.id);
    let mut needs: Vec<TaskName> =
        before.filter_map(|it| names.get(it).map(|name| (*name).clone())).collect();
    let mut seen = HashSet::new();
    needs.retain(|name| seen.insert(name.clone()));
    needs
}

/// The command that people know: an agent's, not our performer's.
fn shown_command(task: &Task, config: &Config, facts: &Facts) -> Vec<String> {
    let Work::Performed(performance) = &task.work else { return task.argv.clone() };
    match &performance.doer {
        Doer::Command { argv, .. } => argv.clone(),
        Doer::Agent { asked, otherwise, .. } => {
            let mut agents = doer::frozen(config, &facts.programs, &facts.workspace);
            agents.remove(asked.as_ref().unwrap_or(otherwise)).map_or_else(Vec::new, |agent| agent.argv)
        }
    }
}

/// Whose changes count as deliverables of any run of a plan.
fn own_files(plan: &Plan) -> String {
    if plan.folder.is_empty() { plan.path.clone() } else { format!("{}/**", plan.folder) }
}

fn product(unit: &Unit<'_>) -> Product {
    let (Some(plan), Some(item)) = (unit.target.plan, unit.target.item) else { return Product::Unknown };
    match (&unit.recipe.from, unit.recipe.workflow.as_str()) {
        (RecipeFrom::Configured, _) => Product::Unknown,
        (RecipeFrom::BuiltIn, "subplan") => Product::File(path_for(plan, item, NewFile::Subplan)),
        (RecipeFrom::BuiltIn, "execution") => {
            Product::File(path_for(plan, item, NewFile::Execution(next_run(item))))
        }
        (RecipeFrom::Script { .. } | RecipeFrom::BuiltIn, _) => Product::Prompt,
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
