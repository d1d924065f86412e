//! How a plan's files change when an item's state is set: a line here and there, every other byte as
//! it was.
//!
//! Pure: given the texts, it says which lines become what. What a dialect keeps twice (a task's file
//! and a list of all tasks) is changed twice, so that the two go on saying the same. Where state is
//! which files exist, there is no line to change.

mod boxes;
mod json;
mod mend;
mod sites;
mod splice;
#[cfg(test)]
mod tests;
mod words;

pub use mend::{Mend, mends};

use std::collections::BTreeSet;

use super::{
    listing::Listing,
    types::{Dialect, Item, ItemState, Plan},
};
use crate::clock::Timestamp;

/// A line of a file and what it becomes. Both without their line ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineEdit {
    /// Relative to the workspace.
    pub file: String,
    /// Counts from 1.
    pub line: usize,
    /// What stands there.
    pub seen: String,
    /// What will stand there.
    pub new: String,
}

/// Why an item's state can't be set by changing a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEdit {
    /// State is which files exist: approve or reject instead.
    StateIsFiles,
    /// The dialect has no mark or word for this state.
    NoWord,
    /// The line that holds the state was not found where the item stands.
    NotFound,
    /// It has this state already.
    Already,
    /// Its state follows from the items it contains.
    Container,
    /// Something beside its mark or word decides: the folder it lies in, a line through its text.
    DecidedElsewhere,
}

/// The changes that give an item this state; all of them or none are to be made. `texts` holds at
/// least [`texts_for`]; `now` is for dialects that keep the time of a change beside the state.
///
/// # Errors
/// When no change of a line can.
pub fn set_state(
    plan: &Plan,
    item: &Item,
    state: ItemState,
    texts: &Listing,
    now: Timestamp,
) -> Result<Vec<LineEdit>, NoEdit> {
    if plan.dialect == Dialect::Methodology {
        return Err(NoEdit::StateIsFiles);
    }
    if item.container && !has_own_state(plan.dialect) {
        return Err(NoEdit::Container);
    }
    if matches!(state, ItemState::Ready | ItemState::Unknown) {
        return Err(NoEdit::NoWord);
    }
    let mut edits = sites::edits(&sites::Wish { plan, item, state, texts, now })?;
    edits.retain(|edit| edit.seen != edit.new);
    if edits.is_empty() { Err(NoEdit::Already) } else { Ok(edits) }
}

/// The files whose texts [`set_state`] looks into; some of them need not exist.
pub fn texts_for(plan: &Plan, item: &Item) -> BTreeSet<String> {
    let own = std::iter::once(item.place.file.clone());
    own.chain(sites::beside(plan)).collect()
}

/// Dialects in which a task keeps a word of its own beside those of its parts.
const fn has_own_state(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Taskmaster | Dialect::Beads | Dialect::Backlog | Dialect::Compozy)
}
