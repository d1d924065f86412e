//! What happens next in one run. Pure: time comes in, events and effects go out.
//!
//! [`step`] takes one [`Input`] at one moment and answers with the events that follow, which are to be
//! written first, and the effects, which are to be done then. Slots, needs, timeouts, grace, retries,
//! cancellation, fail-fast, pauses and recovery are all decided here.
//!
//! No I/O, no clock, no randomness, no async. It knows nothing of plans or processes.
//!
//! ```text
//!              needs done             launched                 ended, no further try
//!   Waiting ───────────────► Ready ──────────────► Active ───────────► Over ───► Done
//!      │                       │                   ▲    │
//!      │ a need failed,        │            rested │    │ ended, worth another try
//!      │ or cancelled          ▼                   │    ▼
//!      └──────────────────► Blocked               Resting ───────────► Done (cancelled meanwhile)
//! ```

mod backoff;
mod graph;
mod input;
mod outcome;
mod progress;
mod queries;
mod state;
mod step;
mod waits;

#[cfg(test)]
mod tests;

pub use input::{Effect, Facts, Input, Step};
pub use state::State;
pub use step::step;
