//! The living face that fills the terminal: runs or the tasks of one on the left, the log of what is
//! selected on the right, keys to act on them.
//!
//! The model is pure (`model`: what happened goes in, wishes come out), the picture is painted into
//! cells (`paint`), and a thin loop joins them with the terminal and three readers of their own
//! threads: keys, the journal, the log. It touches no run but through
//! [`control`](crate::control), and reads no more of a log than is in sight.

mod cells;
mod hands;
mod journal;
mod keys;
mod layout;
mod list;
mod log;
mod model;
mod paint;
mod reader;
mod run;
mod tasks;
mod words;

#[cfg(test)]
mod tests;

pub use run::run;
