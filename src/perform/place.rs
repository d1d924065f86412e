//! Where an attempt's work is done.

use std::path::Path;

/// Where an attempt's work is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// Absolute.
    pub workspace: &'a Path,
    /// Where commands are run: the recipe's folder.
    pub cwd: &'a Path,
    /// The value of `PATH`.
    pub path: &'a str,
}
