//! The checklist dialect.

use super::{Reader, Reading};
use crate::plan::{Dialect, listing::Want};

/// The reader.
pub const READER: Reader = Reader {
    dialect: Dialect::Checklist,
    wants: |_| Want::Nothing,
    claims: |_, _| false,
    read: |_, _| Reading::default(),
};
