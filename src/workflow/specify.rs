//! From a wish to a frozen specification.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use super::{
    ask::{Ask, Facts, Stamp},
    doer,
    fill::Values,
    params,
    propose::{Product, Proposal},
    recipe::RecipeFrom,
    session::{self, Session},
    task::Maker,
    units::{Unit, Units, refuse_a_circle, units},
    wire::{Made, by_layout, by_needs, task_names},
};
use crate::{
    config::{Config, Param},
    ids::{RunId, WorkflowName},
    plan::{
        Dialect, DocumentKind, Item, Plan,
        readers::methodology::{NewFile, file_code, next_run, path_for},
    },
    run::{Doer, Finding, Gate, PlanRef, Refusal, Schedule, Specification, Task, Work, spec::ItemRef},
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
        gates: prepared.gates,
        strategy: prepared.session.map(|session| session.chosen),
        slots: prepared.slots,
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
        count if prepared.session.is_some() => match plan.map(|plan| plan.dialect) {
            Some(Dialect::Methodology) => format!("Make the next step of {count} achievements"),
            _ => format!("Run all {count} open items"),
        },
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
        schedule: prepared.schedule(),
    })
}

struct Prepared<'a> {
    /// At least one.
    units: Vec<Unit<'a>>,
    /// What was decided, where a whole plan is run.
    session: Option<Session<'a>>,
    params: Map<String, Value>,
    /// At least one.
    tasks: Vec<Task>,
    /// The position of each unit's work among the tasks.
    works: Vec<usize>,
    gates: Vec<Gate>,
    slots: usize,
    deliverables: Vec<String>,
}

impl Prepared<'_> {
    fn schedule(&self) -> Option<Schedule> {
        let names: Vec<_> = self.works.iter().map(|&at| self.tasks[at].name.clone()).collect();
        self.session.as_ref().map(|session| session::schedule(session, &names, self.slots))
    }
}

fn prepare<'a>(
    ask: &Ask,
    plan: Option<&'a Plan>,
    config: &Config,
    facts: &Facts,
    run: Option<RunId>,
) -> Result<Prepared<'a>, Refusal> {
    let Units { list: units, mut session } = units(ask, plan, config, facts)?;
    let slots = slots(ask, config, facts, session.as_mut())?;
    let declared: BTreeMap<String, Param> =
        units.iter().flat_map(|unit| unit.recipe.table.params.clone()).collect();
    let params = params::read(ask, &ask.name(), &declared)?;
    let mut deliverables: Vec<String> = plan.map(own_files).into_iter().collect();
    let mut known: HashSet<String> = deliverables.iter().cloned().collect();
    let mut made = Vec::new();
    for (unit, name) in units.iter().zip(task_names(&units)) {
        let values = values(unit, &params, facts, run);
        let declared =
            values.fill_all(&WorkflowName::new(&unit.recipe.workflow), &unit.recipe.table.deliverables)?;
        deliverables.extend(declared.into_iter().filter(|it| known.insert(it.clone())));
        let mut maker = Maker { ask, config, facts, recipe: &unit.recipe, target: unit.target, values };
        let work = maker.task(name, unit.title.clone(), Vec::new())?;
        let checks = maker.checks(&work)?;
        let mut one = Made { work, checks };
        write_back(unit, &mut one);
        made.push(one);
    }
    let gates = if let Some(session) = &session {
        by_layout(&session.layout, &mut made)
    } else {
        refuse_a_circle(&units)?;
        by_needs(&units, &mut made);
        Vec::new()
    };
    let (mut tasks, mut works) = (Vec::new(), Vec::new());
    for one in made {
        works.push(tasks.len());
        tasks.push(one.work);
        tasks.extend(one.checks);
    }
    Ok(Prepared { units, session, params, tasks, works, gates, slots, deliverables })
}

/// How many attempts may run at once: what was asked for, else what the strategy or the configuration
/// says, else as many as there are cores.
fn slots(
    ask: &Ask,
    config: &Config,
    facts: &Facts,
    session: Option<&mut Session<'_>>,
) -> Result<usize, Refusal> {
    let usual = if config.run.slots > 0 { config.run.slots } else { facts.cores };
    let Some(session) = session.filter(|it| it.chosen.strategy.is_one_at_a_time()) else {
        return Ok(ask.slots.unwrap_or(usual).max(1));
    };
    let word = session.chosen.strategy.word();
    match ask.slots {
        Some(slots) if slots > 1 && ask.strategy.is_some() => Err(Refusal::BadInput {
            workflow: ask.name(),
            what: format!("--strategy {word} runs one task at a time, and --slots {slots} asks for more"),
            fix: "leave one of the two out".to_owned(),
        }),
        Some(slots) if slots > 1 => {
            session.findings.push(Finding {
                code: "slots_against_strategy",
                message: format!(
                    "the plan asks for one task at a time ({}), and --slots {slots} lets more run",
                    session.chosen.from
                ),
                place: None,
            });
            Ok(slots)
        }
        _ => Ok(1),
    }
}

/// The success of an item's own task is written into its plan, by whatever proves it last. Our own
/// recipe does not do the work: it prints what is to be done.
fn write_back(unit: &Unit<'_>, made: &mut Made) {
    let is_methodology = unit.target.plan.is_none_or(|plan| plan.dialect == Dialect::Methodology);
    let does_the_work = unit.recipe.from != RecipeFrom::BuiltIn || made.work.work != Work::Program;
    let wanted = unit.recipe.workflow == "task"
        && unit.target.item.is_some()
        && unit.recipe.table.write_back != Some(false);
    if !is_methodology && does_the_work && wanted {
        made.checks.last_mut().unwrap_or(&mut made.work).write_back = true;
    }
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
