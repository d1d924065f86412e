//! What is remembered: runs, events, requests. SQLite; the only truth about runs.
//!
//! Events are the truth of what happened, the specification's row that of what was asked for; the
//! other tables are folded from them in the same transaction and can be rebuilt. Readers hold a
//! [`Cursor`](crate::ids::Cursor) over all runs or a [`Seq`](crate::ids::Seq) of one. Log bytes never
//! pass through here, and nothing here decides what happens next.

mod error;
mod find;
mod history;
mod open;
mod page;
mod project;
mod query;
mod read;
mod redact;
mod requests;
mod rescue;
mod row;
mod schema;
mod spool;
mod verify;
mod write;

pub use error::Error;
pub use history::{Line, LineQuery, LineText, NewLine, SessionLines};
pub use open::Journal;
pub use query::{RunPage, RunQuery, RunSort};
pub use redact::Redactor;
pub use rescue::{Rescued, damaged_name, rescue};
pub use spool::{read_spool, spool_line};
pub use verify::Verified;

#[cfg(test)]
mod tests;
