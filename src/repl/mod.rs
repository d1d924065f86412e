//! The living face for a person at a terminal: the deck, its keys, its line, and its replay.

pub mod complete;
pub mod expect;
mod line;
pub mod script;
