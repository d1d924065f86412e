//! Plan files on disk: finding the workspace, listing it, editing one line, undoing, asking git.
//!
//! It never decides what a plan means: that is `plan`, which is given a listing.

pub mod state;
