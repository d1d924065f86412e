//! The recipes that nobody has to write: the methodology's own scripts, and our own documents.

use std::collections::BTreeSet;

use super::recipe::Target;
use crate::{
    config::{Config, Needs, Workflow},
    ids::WorkflowName,
    plan::{Action, Dialect, readers::methodology::next_run},
};

/// The methodology's scripts by the workflow they serve, relative to the workspace.
pub(super) const SCRIPTS: [(&str, &str); 3] = [
    ("next", "LLM/scripts/generation/generate_prompt.py"),
    ("subplan", "LLM/scripts/generation/generate_subplan_prompt.py"),
    ("execution", "LLM/scripts/generation/generate_execution_prompt.py"),
];

/// The recipe that runs a script of the workspace. The scripts say `Error:` and exit 0, so a line
/// that begins so is a failure; they ask on standard input, so they get none.
pub(super) fn script(workflow: &str, path: &str, target: Target<'_>) -> Workflow {
    let plan = "{plan.path}".to_owned();
    let rest = match workflow {
        "subplan" => vec!["create".into(), plan, "--achievement".into(), "{item.id}".into()],
        "execution" => {
            let number = target.item.map_or(1, next_run);
            vec!["create".into(), "{subplan.path}".into(), "--execution".into(), format!("{number:02}")]
        }
        _ => vec![plan, "--next".into(), "--no-clipboard".into()],
    };
    Workflow {
        needs: needs_of(workflow),
        command: Some([vec!["python3".to_owned(), path.to_owned()], rest].concat()),
        env: [("PYTHONUNBUFFERED".to_owned(), "1".to_owned())].into(),
        fail_on: vec!["^Error:".to_owned(), "^❌".to_owned()],
        ..Workflow::default()
    }
}

/// The recipe that launches this program itself: it writes the document, or prints the prompt.
pub(super) fn own(workflow: &str, own_program: &str) -> Workflow {
    let command = [own_program, "document", workflow, "{plan.path}", "{item.id}"];
    Workflow {
        needs: needs_of(workflow),
        command: Some(command.map(str::to_owned).to_vec()),
        ..Workflow::default()
    }
}

/// The workflow that an action is done by.
pub(super) const fn workflow_of(action: Action) -> &'static str {
    match action {
        Action::Fix => "fix",
        Action::Review => "review",
        Action::Continue => "continue",
        Action::CreateExecution => "execution",
        Action::CreateSubplan => "subplan",
        Action::FillSubplan => "fill",
        Action::Run => "task",
    }
}

/// The workflows that exist without any configuration.
pub(super) const NAMES: [&str; 10] =
    ["next", "subplan", "execution", "task", "fill", "fix", "review", "continue", "parallel", "all"];

/// What the methodology's own workflows need, and those that every dialect has.
fn needs_of(workflow: &str) -> Needs {
    match workflow {
        "next" | "parallel" => Needs::Plan,
        "execution" => Needs::Subplan,
        _ => Needs::Item,
    }
}

/// What a workflow of one of our names needs whoever writes its recipe. Whether an item must have a
/// SUBPLAN is for the recipe to say: not every dialect has them.
pub(super) fn least_needs_of(workflow: &str) -> Needs {
    if NAMES.contains(&workflow) { needs_of(workflow).min(Needs::Item) } else { Needs::Nothing }
}

/// True when a workflow of this name is about a plan; one that nobody knows is not.
#[must_use]
pub fn needs_plan(config: &Config, workflow: &WorkflowName) -> bool {
    match config.workflow.get(workflow.as_str()) {
        Some(table) => table.needs > Needs::Nothing,
        None => NAMES.contains(&workflow.as_str()),
    }
}

/// What must be chosen before a workflow can be launched, whoever writes its recipe.
#[must_use]
pub fn needs(config: &Config, workflow: &WorkflowName) -> Needs {
    let least = least_needs_of(workflow.as_str());
    config.workflow.get(workflow.as_str()).map_or(least, |table| table.needs.max(least))
}

/// The names of all workflows: ours, then those of the configuration.
#[must_use]
pub fn names(config: &Config) -> Vec<String> {
    let own = config.workflow.keys().filter(|name| !NAMES.contains(&name.as_str()));
    NAMES.into_iter().map(str::to_owned).chain(own.cloned()).collect()
}

/// True for the workflows that only a methodology plan has, when no recipe of the user's says else.
pub(super) fn is_for_methodology(workflow: &str) -> bool {
    matches!(workflow, "subplan" | "execution")
}

/// The script that serves a workflow of this plan, where the workspace has it.
pub(super) fn script_of(
    workflow: &str,
    target: Target<'_>,
    scripts: &BTreeSet<String>,
) -> Option<&'static str> {
    let is_methodology = target.plan.is_some_and(|plan| plan.dialect == Dialect::Methodology);
    let (_, path) = SCRIPTS.iter().find(|(name, _)| *name == workflow)?;
    (is_methodology && scripts.contains(*path)).then_some(path)
}
