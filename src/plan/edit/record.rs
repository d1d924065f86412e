//! What is kept beside a state of how it came to be, where a dialect keeps such things.

use crate::{clock::Timestamp, plan::types::ItemState};

/// How an item came to its state: what a run of it knows and a person who sets a state by hand does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The states it went through, the last one being the one it has now, each with its time.
    pub passages: Vec<(ItemState, Timestamp)>,
    /// How its run ended, when not well. Some dialects have no word for that, and it is written beside.
    pub failure: Option<Failed>,
    /// A summary of it lies where the dialect keeps them.
    pub has_summary: bool,
}

/// How the run of an item ended that did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The word of its outcome.
    pub outcome: String,
    /// The run's id.
    pub run: String,
    /// How often it was tried.
    pub attempts: u32,
}
