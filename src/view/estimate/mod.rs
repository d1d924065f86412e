//! How long it may take: a range from how long it took before, with how far such ranges were off.
//!
//! The range is p50 to p90: half of what was like it took less than the lower figure, nine of ten less
//! than the upper one. Below [`FEWEST`] samples nothing is said. What is overdue gets a wider range, not
//! an older one.

mod forecast;
mod history;

use std::time::Duration;

use crate::text::format_duration;

pub use forecast::{Forecast, Histories, forecast, forecast_steps};
pub use history::History;

/// Below this many samples nothing is said.
pub const FEWEST: usize = 5;

/// How long something may still take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Half of what was like it took no longer.
    pub low: Duration,
    /// Nine of ten took no longer.
    pub high: Duration,
    /// It has taken longer than nine of ten before: the range widens from here on.
    pub overdue: bool,
    /// How many it was computed from.
    pub samples: usize,
    /// How far the lower figure was off in the past, in percent of what it then took: the median.
    /// Absent before it could be measured.
    pub off_by: Option<u32>,
}

impl Estimate {
    /// `4m to 11m`, or `about 4m` where both ends read the same.
    #[must_use]
    pub fn range(&self) -> String {
        let (low, high) = (rough(self.low), rough(self.high));
        match (self.low < Duration::from_secs(1), low == high) {
            (true, _) => format!("up to {high}"),
            (false, true) => format!("about {high}"),
            (false, false) => format!("{low} to {high}"),
        }
    }

    /// What the range was made of and how good such ranges were: `from 14 before, off by 22%`.
    #[must_use]
    pub fn basis(&self) -> String {
        let late = if self.overdue { "longer than usual, " } else { "" };
        let off = match self.off_by {
            Some(percent) => format!("off by {percent}%"),
            None => "not measured yet".to_owned(),
        };
        format!("{late}from {} before, {off}", self.samples)
    }

    /// Range and basis in one line.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} ({})", self.range(), self.basis())
    }
}

/// A duration no finer than an estimate can be: `8s`, `3m 20s`, `45m`, `2h 05m`.
fn rough(duration: Duration) -> String {
    let to_next = |step: u64| duration.as_secs().div_ceil(step) * step;
    match duration.as_secs() {
        0 => "1s".to_owned(),
        seconds @ 1..60 => format!("{seconds}s"),
        60..600 => format_duration(Duration::from_secs(to_next(10))),
        600..3_600 => format!("{}m", to_next(60) / 60),
        _ => format_duration(duration),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_no_finer_than_it_can_be() {
        let check = |low: u64, high: u64, expected: &str| {
            let (low, high) = (Duration::from_millis(low), Duration::from_millis(high));
            let estimate = Estimate { low, high, overdue: false, samples: 5, off_by: None };
            assert_eq!(estimate.range(), expected);
        };
        check(8_400, 43_900, "8s to 43s");
        check(8_400, 8_900, "about 8s");
        check(0, 300, "up to 1s");
        check(61_000, 154_000, "1m 10s to 2m 40s");
        check(754_000, 3_700_000, "13m to 1h 01m");
        check(3_590_000, 90_000_000, "60m to 1d 1h");
    }
}
