//! Plan files on disk: finding the workspace, listing it, editing one line, undoing, asking git.
//!
//! It never decides what a plan means: that is `plan`, which is given a listing.

mod changes;
mod edit;
mod find;
mod git;
mod history;
pub mod kept;
mod scan;
pub mod state;
mod undo;
mod watch;

pub use changes::{Snapshot, changes};
pub use edit::{EditError, Editor};
pub use find::{CONFIG_FILE, STATE_FOLDER, find_root};
pub use git::head_commit;
pub use history::{NoHistory, history};
pub use scan::{Before, Bounds, SETTLED, Scan, Scanned};
pub use watch::{Heard, How, Watch, Watched};
