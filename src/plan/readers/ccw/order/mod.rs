//! What a session's documents say of the order of its tasks: `plan.json`, else section 4 of
//! `IMPL_PLAN.md`; phases from there, else from the headings of the list.

mod bullets;
mod labels;
mod mention;
mod model;
mod prose;

use super::id::Known;
use crate::plan::{
    Order, Phase, Place, Plan, Stated,
    json::{Json, Part},
    problem::{Code, Problem},
};

pub use model::classify;

/// Reads what the documents say, and tells of tasks that they name and that are not there.
pub fn read(plan: &mut Plan, known: &Known, prose: (&str, &str), overview: (&str, &str)) {
    let mut reading = prose::read(prose.0, prose.1, known);
    if let Some(stated) = recommended(overview.0, overview.1) {
        reading.order.model = Some(stated);
    }
    if reading.order.phases.is_empty() {
        reading.order.phases = phases_of_headings(plan);
    }
    if let Some((stranger, line)) = reading.strangers.first() {
        let more = match reading.strangers.len() {
            1 => String::new(),
            count => format!(", and {} more such names", count - 1),
        };
        let message =
            format!("{stranger} is named in the order of the tasks, and there is no such task{more}");
        let fix = "write the task, or take the name out";
        plan.problems.push(Problem::new(Code::IndexMismatch, Place::line(prose.0, *line), message, fix));
    }
    plan.order = (!reading.order.is_empty()).then(|| Box::new(reading.order));
}

/// `recommended_execution` of the overview, where it is a model and not the name of an agent.
fn recommended(path: &str, text: &str) -> Option<Stated> {
    let json = Json::new(text);
    let members = json.root().ok().and_then(Part::members)?;
    let (words, line) = members.word_and_line("recommended_execution")?;
    Some(Stated { model: classify(&words)?, words, place: Place::line(path, line) })
}

/// The headings of the list, where they speak of phases.
fn phases_of_headings(plan: &Plan) -> Vec<Phase> {
    let mut phases: Vec<Phase> = Vec::new();
    for (number, group) in plan.groups.iter().enumerate() {
        if labels::phase(&group.name).is_none() {
            continue;
        }
        let members = plan.leaves().filter(|item| item.group == Some(number));
        let items: Vec<_> = members.map(|item| item.id.clone()).collect();
        if !items.is_empty() {
            let parallel = labels::is_parallel(&group.name);
            let place = Place::file(format!("{}/{}", plan.folder, super::TODO));
            phases.push(Phase { name: group.name.clone(), items, parallel, place });
        }
    }
    if phases.len() < 2 { Vec::new() } else { phases }
}

/// What was read.
#[derive(Default)]
struct Read {
    order: Order,
    /// Ids that no task has, with their lines.
    strangers: Vec<(String, usize)>,
}

#[cfg(test)]
mod tests;
