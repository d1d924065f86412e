//! The YAML between two `---` at the top of a Markdown file.
//!
//! Real files are not always valid YAML (`assignee: @ana`). Then the fields are read line by line,
//! so that an id and a status are still there, and what is broken is told beside them. Numbers and
//! dates stay the text they were written as: `1.0` is an id here, not a float.

mod fields;
mod lines;
mod split;
#[cfg(test)]
mod tests;
mod yaml;

pub use fields::{Broken, Field, Fields, Value};
pub use split::{FrontMatter, split};
