//! Turns one run: takes an input, lets the scheduler decide, writes, answers, acts. One plain thread.
//!
//! Everything comes in by one inbox: reports from children, the bell of the requests, the system's wish
//! that we end, and time that has passed. What comes of it is done in one order, always: **written,
//! answered, done**. A crash in between leaves a launch without a start, and whoever recovers the run
//! calls it lost and says so.
//!
//! Beside it the [`scribe`] writes what was recorded into the plan's own files.
//!
//! [`supervise`] is the turning; [`main`] is the process around it, which outlives the terminal that
//! asked for it. Nothing here decides what happens next: that is `schedule`.

mod bell;
mod ending;
mod error;
mod order;
mod parts;
mod recorder;
mod requests;
pub mod scribe;
mod signals;
mod supervisor;
mod turn;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use parts::{Message, Parts};
pub use supervisor::main;
pub use turn::supervise;
