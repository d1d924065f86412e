//! What is next: an ordered list with reasons, one function for every screen.

use super::types::{Action, Item, Plan};
use crate::ids::ItemId;

/// One thing that can be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// On what.
    pub item: ItemId,
    /// What.
    pub action: Action,
    /// The file or line that decided it.
    pub why: String,
}

/// What can be done now, best first. Empty when nothing can.
#[must_use]
pub fn next(_plan: &Plan) -> Vec<Next> {
    Vec::new()
}

/// The items that could run side by side now.
#[must_use]
pub fn runnable_group(_plan: &Plan) -> Vec<&Item> {
    Vec::new()
}
