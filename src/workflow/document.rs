//! Where a methodology plan's documents stand: names and numbers by the rules of the methodology.

use super::item::code;
use crate::{
    ids::ItemId,
    plan::{
        DocumentKind, Item, Plan,
        listing::{file_name, parent},
    },
};

/// The name that a plan's documents carry: `X` of `PLAN_X.md`, else the plan's id.
#[must_use]
pub fn plan_name(plan: &Plan) -> String {
    let name = file_name(&plan.path).strip_prefix("PLAN_").and_then(|rest| rest.strip_suffix(".md"));
    name.map_or_else(|| plan.id.as_str().to_owned(), str::to_owned)
}

/// Where the SUBPLAN of an item is written, relative to the workspace.
#[must_use]
pub fn subplan_path(plan: &Plan, item: &ItemId) -> String {
    format!("{}subplans/SUBPLAN_{}_{}.md", home(plan), plan_name(plan), code(item))
}

/// Where an item's EXECUTION_TASK of this number is written, relative to the workspace.
#[must_use]
pub fn execution_path(plan: &Plan, item: &ItemId, number: u32) -> String {
    format!("{}execution/EXECUTION_TASK_{}_{}_{number:02}.md", home(plan), plan_name(plan), code(item))
}

/// The number of the next EXECUTION_TASK: one more than the highest there is; the first is 1.
#[must_use]
pub fn next_execution(item: &Item) -> u32 {
    let executions = item.documents.iter().filter(|it| it.kind == DocumentKind::Execution);
    executions.filter_map(|it| execution_number(&it.path, &item.id)).max().unwrap_or(0).saturating_add(1)
}

/// `03` of `EXECUTION_TASK_ALPHA_23_03.md` and of `EXECUTION_TASK_ALPHA_23_03_V2.md`.
fn execution_number(path: &str, item: &ItemId) -> Option<u32> {
    let name = file_name(path).strip_suffix(".md")?;
    let (_, after) = name.rsplit_once(&format!("_{}_", code(item)))?;
    let digits = after.split('_').next()?;
    digits.parse().ok()
}

/// The plan's folder with a final slash; the folder of its file when it has none of its own.
fn home(plan: &Plan) -> String {
    let folder = if plan.folder.is_empty() { parent(&plan.path) } else { &plan.folder };
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}
