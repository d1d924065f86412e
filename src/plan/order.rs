//! What a plan says itself of the order in which its items are run, beyond what each of them needs.
//!
//! Only what was read: whether it can be kept is decided where a run is specified.

use serde::{Deserialize, Serialize};

use super::types::Place;
use crate::ids::ItemId;

/// What a plan says of its order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// How it wants to be run as a whole; absent where it says nothing that can be understood.
    pub model: Option<Stated>,
    /// What comes before what, though no item names it as a need.
    pub edges: Vec<Edge>,
    /// Which items may run side by side.
    pub companies: Vec<Company>,
    /// Its phases, in order. An item stands in one of them at most.
    pub phases: Vec<Phase>,
}

impl Order {
    /// Nothing is said.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.model.is_none() && self.edges.is_empty() && self.companies.is_empty() && self.phases.is_empty()
    }
}

/// How a plan wants to be run, in its own words and in ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// In ours.
    pub model: Model,
    /// In its own.
    pub words: String,
    /// Where they stand.
    pub place: Place,
}

/// How a plan wants to be run as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Model {
    /// One after the other.
    Sequential,
    /// One after the other, but for those that it lists.
    Mixed,
    /// Whatever the needs allow.
    Parallel,
    /// Phase by phase.
    Phased(Inner),
    /// Feature by feature: red, green, refactor.
    Tdd,
}

/// How the items of one phase are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inner {
    /// One after the other, but for those that the plan lists.
    Mixed,
    /// Whatever the needs allow.
    Parallel,
}

/// One item comes before another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The earlier one.
    pub first: ItemId,
    /// The later one.
    pub then: ItemId,
    /// The line that says so.
    pub place: Place,
}

/// Items that may run side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// At least two, in the order of the text.
    pub items: Vec<ItemId>,
    /// The line that says so.
    pub place: Place,
}

/// A part of a plan that is over before the next one begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// As the plan writes it, without decoration.
    pub name: String,
    /// In the order of the text.
    pub items: Vec<ItemId>,
    /// Its heading says that they run side by side.
    pub parallel: bool,
    /// Its heading.
    pub place: Place,
}
