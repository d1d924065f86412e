//! What can be asked of runs: create, cancel, pause, send, wait, follow, recover.
//!
//! It starts supervisors, leaves requests in the journal, and reads what became of them. It knows no
//! terminal and no socket, launches no task and decides nothing about a run that is minded.

mod bell;
mod create;
mod doctor;
mod error;
mod follow;
mod lock;
mod open;
mod patience;
mod recover;
mod request;
mod supervisor;

pub use doctor::{Finding, Standing, examine};
pub use error::Error;
pub use follow::{Follow, Followed, Watch};
pub use open::{Control, Parts};
pub use recover::{Recovered, Recovery};
pub use request::Answered;
