//! The methodology dialect: `PLAN_*.md` files list achievements, and which files exist beside them
//! decides how far each is: APPROVED, then FIX, then EXECUTION_TASK, then SUBPLAN.
//!
//! Nothing is decoded blind: each achievement is encoded (`2.3` becomes `23`) and matched with the
//! file names. Nothing is trusted that is not a file's existence or an execution's own status line:
//! ticks in an index, a plan's header and the states in a `parallel.json` are compared, and reported
//! when they are stale.

mod collect;
mod compare;
mod declarations;
mod discover;
mod evidence;
mod files;
mod fixes;
mod header;
mod hours;
mod ids;
mod names;
mod parallel;
mod read;
mod section;
mod state;

#[cfg(test)]
mod tests;

pub use files::{NewFile, next_run, path_for};
pub use fixes::{FixIssue, FixSeverity, issues};
pub use ids::file_code;
pub use read::READER;
pub use section::{Section, section};
