//! What would happen if a plan were run: in which order, why, and what was noticed before.

use super::order::Chosen;
use crate::ids::{ItemId, TaskName};

/// The schedule of a run that has not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How it is run, and who chose that.
    pub strategy: Chosen,
    /// How many tasks may run at once.
    pub slots: usize,
    /// What could run side by side if there were slots enough, wave by wave.
    pub waves: Vec<Vec<Step>>,
    /// Open items that are not among the tasks.
    pub left_out: Vec<LeftOut>,
    /// What was noticed before anything starts.
    pub findings: Vec<Finding>,
}

/// One task of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The task's name.
    pub task: TaskName,
    /// The item that it moves.
    pub item: ItemId,
    /// The item's title.
    pub title: String,
    /// What it waits for; empty where it may begin at once.
    pub waits: Vec<Wait>,
}

/// Something that a task waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Items, or the name of a gate.
    pub on: Vec<String>,
    /// Why: `it needs them`, `IMPL_PLAN.md:13 says so`, `both change src/a.ts`.
    pub why: String,
    /// That must have succeeded; else it is enough that it is over.
    pub must_succeed: bool,
}

/// An open item that is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Which.
    pub item: ItemId,
    /// Why not.
    pub why: String,
}

/// Something that was noticed, and that keeps nothing from running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word: `overlap`, `group_against_need`, `circle_of_order`, …
    pub code: &'static str,
    /// What.
    pub message: String,
    /// Where it is written, where it is.
    pub place: Option<String>,
}
