//! Which recipe launches a workflow: the workspace's own script, else the configuration's, else ours.

use super::{
    ask::Facts,
    builtin::{self, NAMES},
};
use crate::{
    config::{Config, Workflow},
    plan::{Dialect, Item, Plan},
    run::Refusal,
    text,
};

/// What a recipe is about to be launched for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Target<'a> {
    pub plan: Option<&'a Plan>,
    pub item: Option<&'a Item>,
}

/// Where a recipe comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecipeFrom {
    /// A script of the workspace, by its path; `over_configured` when a recipe of the configuration
    /// was passed over for it.
    Script {
        /// Relative to the workspace.
        path: String,
        /// There is a `[workflow.NAME]` that was not used.
        over_configured: bool,
    },
    /// `[workflow.NAME]`.
    Configured,
    /// Ours.
    BuiltIn,
}

/// A workflow's recipe, not filled in yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recipe {
    /// The name under which it was found.
    pub workflow: String,
    pub table: Workflow,
    pub from: RecipeFrom,
}

/// The recipe of a workflow for a target.
///
/// The order: a script of the workspace for methodology plans, then `[workflow.NAME]`, then ours.
/// A script comes first because the plans of such a workspace were made for it; a recipe of the
/// configuration that is passed over for one is said so wherever the recipe is shown.
pub(super) fn resolve(
    workflow: &str,
    target: Target<'_>,
    config: &Config,
    facts: &Facts,
) -> Result<Recipe, Refusal> {
    let found = |table, from| Ok(Recipe { workflow: workflow.to_owned(), table, from });
    let configured = config.workflow.get(workflow);
    if let Some(path) = builtin::script_of(workflow, target, &facts.scripts) {
        let from = RecipeFrom::Script { path: path.to_owned(), over_configured: configured.is_some() };
        return found(builtin::script(workflow, path, target), from);
    }
    if let Some(table) = configured {
        let needs = table.needs.max(builtin::least_needs_of(workflow));
        return found(Workflow { needs, ..table.clone() }, RecipeFrom::Configured);
    }
    if !NAMES.contains(&workflow) {
        return Err(no_such_workflow(workflow, config));
    }
    if let Some(plan) = target.plan
        && plan.dialect != Dialect::Methodology
        && builtin::is_for_methodology(workflow)
    {
        return Err(Refusal::NotForDialect {
            workflow: workflow.into(),
            dialect: plan.dialect.word(),
            instead: format!("run the task itself: next {}", plan.id),
        });
    }
    found(builtin::own(workflow, &facts.own_program), RecipeFrom::BuiltIn)
}

fn no_such_workflow(asked: &str, config: &Config) -> Refusal {
    let names = NAMES.into_iter().chain(config.workflow.keys().map(String::as_str));
    let nearest = text::nearest_among(asked, names, 3).into_iter().map(str::to_owned).collect();
    Refusal::NoSuchWorkflow { asked: asked.to_owned(), nearest }
}
