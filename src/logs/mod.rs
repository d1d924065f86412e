//! What the work said: log files and their side index, following them to the true end, and what
//! their last lines tell.
//!
//! Bytes and offsets; it knows no run.

mod file;
mod index;
mod news;
mod parts;
mod search;
mod summary;
mod tail;

pub use file::{LogFile, Written, dropped_line, trim};
pub use index::{Chunk, Index, Stream, index_path};
pub use news::News;
pub use parts::join;
pub use search::{find_pattern, first_lines, last_lines};
pub use summary::{Tally, test_counts};
pub use tail::{Heard, Tail};
