//! Words and columns: how wide text is, how long a duration reads, and what may reach a terminal.
//!
//! Nothing here knows a plan or a run. Everything that came from a file or a child process passes
//! through [`plain`] or [`coloured`] before it is shown.

mod bytes;
mod duration;
mod nearest;
mod neutral;
mod width;

pub use bytes::{BYTE_UNITS, format_bytes, parse_bytes};
pub use duration::{DurationError, format_duration, parse_duration};
pub use nearest::{nearest, nearest_among};
pub use neutral::{coloured, is_plain, plain, without_escapes};
pub use width::{clip, display_width, pad, wrap};
