//! The tasks of a run joined to each other: their names, and who waits for whom.

use std::collections::{HashMap, HashSet};

use super::{session::Layout, units::Unit};
use crate::{
    ids::{ItemId, TaskName},
    run::{Gate, Task},
};

/// The tasks of one unit: the work, and what proves it.
pub(super) struct Made {
    pub work: Task,
    /// Each after the one before it.
    pub checks: Vec<Task>,
}

impl Made {
    /// The task whose success is that of the whole.
    fn proof(&self) -> &TaskName {
        &self.checks.last().unwrap_or(&self.work).name
    }
}

/// One unit is named by its workflow; several by their items. Names are parts of file names.
pub(super) fn task_names(units: &[Unit<'_>]) -> Vec<TaskName> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut name = |unit: &Unit<'_>| {
        let wish = match unit.target.item {
            Some(item) if units.len() > 1 => item.id.as_str(),
            _ => &unit.recipe.workflow,
        };
        let safe: String = wish.chars().map(|it| if is_name_part(it) { it } else { '-' }).take(60).collect();
        let safe = if safe.trim_matches(['.', '-']).is_empty() { "task".to_owned() } else { safe };
        let count = counts.entry(safe.clone()).or_insert(0);
        let mut name = safe.clone();
        while *count > 0 || taken.contains(&name) {
            *count += 1;
            name = format!("{safe}_{count}");
            if !taken.contains(&name) {
                break;
            }
        }
        *count = (*count).max(1);
        taken.insert(name.clone());
        TaskName::new(name)
    };
    units.iter().map(&mut name).collect()
}

const fn is_name_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

/// Joins units by what their items need.
pub(super) fn by_needs(units: &[Unit<'_>], made: &mut [Made]) {
    let places: HashMap<&ItemId, usize> =
        units.iter().enumerate().filter_map(|(at, unit)| Some((&unit.target.item?.id, at))).collect();
    let proofs: Vec<TaskName> = made.iter().map(|it| it.proof().clone()).collect();
    for (at, unit) in units.iter().enumerate() {
        let Some(item) = unit.target.item else { continue };
        let mut seen = HashSet::new();
        let before = item.needs.iter().filter_map(|need| places.get(need).copied());
        let before = before.filter(|other| *other != at && seen.insert(*other));
        made[at].work.needs = before.map(|other| proofs[other].clone()).collect();
    }
}

/// Joins units as a session has decided; what comes back are its gates.
pub(super) fn by_layout(layout: &Layout, made: &mut [Made]) -> Vec<Gate> {
    let proofs: Vec<TaskName> = made.iter().map(|it| it.proof().clone()).collect();
    let named = |before: &[usize]| before.iter().map(|&on| proofs[on].clone()).collect::<Vec<_>>();
    for (at, made) in made.iter_mut().enumerate() {
        made.work.needs = layout.needs[at].iter().map(|link| proofs[link.on].clone()).collect();
        made.work.after = layout.after[at].iter().map(|link| proofs[link.on].clone()).collect();
        made.work.gates.clone_from(&layout.behind[at]);
    }
    let gate = |point: &super::session::Point| Gate {
        name: point.name.clone(),
        after: named(&point.before),
        must_succeed: point.must_succeed,
    };
    layout.points.iter().map(gate).collect()
}
