//! What the work said: log files and their side index, following them to the true end, and what
//! their last lines tell.
//!
//! Bytes and offsets; it knows no run.

mod count;
mod file;
mod index;
mod level;
mod lines;
mod news;
mod pages;
mod parts;
mod search;
mod sieve;
mod summary;
mod tail;
mod times;
mod whole;

pub use count::LineCount;
pub use file::{LogFile, Written, dropped_line, trim};
pub use index::{Chunk, Index, Stream, index_path};
pub use level::{Level, level_of};
pub use news::News;
pub use pages::{LogLine, LogPages, Page, Place, Sought, Wanted, Way};
pub use parts::join;
pub use search::{find_pattern, first_lines, last_lines};
pub use sieve::{Sieve, Unsaid, matches};
pub use summary::{Tally, test_counts};
pub use tail::{Heard, Tail};
pub use times::Times;
pub use whole::{Change, WholeLog};
