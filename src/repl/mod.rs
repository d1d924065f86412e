//! The living face for a person at a terminal: the deck, its keys, its line, and its replay.

pub mod complete;
mod deck;
pub mod expect;
mod find;
mod follow_files;
mod history;
mod keys;
mod line;
pub mod lines;
mod notices;
mod page;
pub mod replay;
pub mod script;
pub mod terminal;

pub use deck::{Deck, Flow};
pub use terminal::Leave;
