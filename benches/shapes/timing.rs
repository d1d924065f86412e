//! Both sides of a comparison in turn, so that a busy moment hits both.

use std::time::Duration;

use criterion::measurement::{Measurement as _, WallTime};

/// How long a deed takes.
pub fn timed(deed: impl FnOnce()) -> Duration {
    let start = WallTime.start();
    deed();
    WallTime.end(start)
}

/// The middle one.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
