//! Writes into the plan's own files what the journal says of its items, on a thread of its own, so that
//! the turning never waits for a file.
//!
//! [`Ledger`] hears the events that were recorded and says what they mean for items; what comes while
//! something is being written is gathered, so that all that waits for the same file becomes one change
//! of it; the [`Pen`] writes it: read, compared, swapped, and read again where somebody else was faster.
//! The journal stays the truth: what can't be written is recorded and told, and whoever recovers a run
//! writes with the same pen what is missing.

mod catch_up;
mod gather;
mod ledger;
mod pen;
mod place;
mod summary;
mod thread;

pub use catch_up::catch_up;
pub(super) use catch_up::events;
pub use ledger::{Ledger, Note, Said, Totals, Work};
pub use pen::{Pen, Written};
pub(super) use thread::Scribe;
