//! `run export`: a run in one file that can be read anywhere.
//!
//! JSON lines: a head with the version and the specification, the events, the logs in pieces, and an
//! end that counts them, so that a file that was cut off is told from a whole one.

mod line;
mod read;
mod write;

pub use read::{is_file, read};
pub use write::export;
