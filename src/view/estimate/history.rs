//! How long things of one kind took, and what that says of the next one.

use std::time::Duration;

use super::{Estimate, FEWEST};

/// Below this many checked forecasts their error is not spoken of.
const FEWEST_CHECKED: usize = 3;

/// The share that the lower figure speaks of, and the upper one.
pub(super) const MIDDLE: f64 = 0.5;
pub(super) const UPPER: f64 = 0.9;

/// How long things of one kind took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    sorted: Vec<Duration>,
    off_by: Option<u32>,
}

impl History {
    /// From what was measured, oldest first: the order says what was known when.
    #[must_use]
    pub fn new(oldest_first: &[Duration]) -> Self {
        let mut sorted = oldest_first.to_vec();
        sorted.sort_unstable();
        Self { sorted, off_by: off_by(oldest_first) }
    }

    /// How many there are.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.sorted.len()
    }

    /// True when there are too few to say anything.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.sorted.len() < FEWEST
    }

    /// How far the middle of what was known was off each time, in percent of what it then took.
    #[must_use]
    pub fn off_by(&self) -> Option<u32> {
        self.off_by
    }

    /// How long the next one may take once it has been going on for `elapsed`; nothing is said when too
    /// little is known.
    #[must_use]
    pub fn estimate(&self, elapsed: Duration) -> Option<Estimate> {
        (!self.is_silent()).then(|| Estimate {
            low: self.left(MIDDLE, elapsed),
            high: self.left(UPPER, elapsed),
            overdue: self.is_overdue(elapsed),
            samples: self.samples(),
            off_by: self.off_by,
        })
    }

    /// True when nine of ten were done by then.
    pub(super) fn is_overdue(&self, elapsed: Duration) -> bool {
        !elapsed.is_zero() && elapsed > quantile(&self.sorted, UPPER)
    }

    /// What is left after `elapsed`, of which the given share of all ends no later.
    ///
    /// Past the middle nothing says when it ends but how long it has gone on already: the longer that is,
    /// the longer it may still take.
    pub(super) fn left(&self, share: f64, elapsed: Duration) -> Duration {
        let left = quantile(&self.sorted, share).saturating_sub(elapsed);
        let late = elapsed.saturating_sub(quantile(&self.sorted, MIDDLE));
        let widened = late.mul_f64(((share - MIDDLE) / (UPPER - MIDDLE)).max(0.0));
        left.max(widened)
    }
}

/// The value that this share of the samples does not exceed, between two of them where it falls there.
fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let Some(last) = sorted.len().checked_sub(1) else { return Duration::ZERO };
    #[expect(clippy::cast_precision_loss, reason = "there are a few dozen samples")]
    let place = share.clamp(0.0, 1.0) * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last")]
    let below = place.floor() as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    low + high.saturating_sub(low).mul_f64(place.fract())
}

/// What would have been said each time from what was known by then, against what it was: the median of
/// the errors in percent.
fn off_by(oldest_first: &[Duration]) -> Option<u32> {
    let mut known: Vec<Duration> = Vec::new();
    let mut errors = Vec::new();
    for took in oldest_first {
        if known.len() >= FEWEST {
            let said = quantile(&known, MIDDLE);
            let real = (*took).max(Duration::from_millis(1));
            errors.push(said.abs_diff(*took).div_duration_f64(real));
        }
        let at = known.partition_point(|it| it < took);
        known.insert(at, *took);
    }
    errors.sort_unstable_by(f64::total_cmp);
    let middle = errors.get(errors.len() / 2).filter(|_| errors.len() >= FEWEST_CHECKED)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped just before")]
    Some((middle * 100.0).round().clamp(0.0, 9_999.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(list: &[u64]) -> Vec<Duration> {
        list.iter().map(|it| Duration::from_secs(*it)).collect()
    }

    fn whole(list: &[u64], elapsed: u64) -> (u64, u64, bool) {
        let estimate = History::new(&seconds(list)).estimate(Duration::from_secs(elapsed)).unwrap();
        (estimate.low.as_secs(), estimate.high.as_secs(), estimate.overdue)
    }

    #[test]
    fn below_five_samples_nothing_is_said() {
        assert_eq!(History::new(&seconds(&[1, 2, 3, 4])).estimate(Duration::ZERO), None);
        assert!(History::new(&seconds(&[1, 2, 3, 4, 5])).estimate(Duration::ZERO).is_some());
    }

    #[test]
    fn the_range_is_the_middle_and_nine_of_ten_in_whatever_order_they_came() {
        assert_eq!(whole(&[50, 10, 40, 20, 30], 0), (30, 46, false));
        assert_eq!(whole(&[7; 20], 0), (7, 7, false));
    }

    #[test]
    fn what_has_gone_on_is_taken_off_and_what_is_overdue_widens() {
        let list = [10, 20, 30, 40, 50];
        assert_eq!(whole(&list, 10), (20, 36, false));
        assert_eq!(whole(&list, 30), (0, 16, false));
        assert_eq!(whole(&list, 44), (0, 14, false), "14 beyond the middle already");
        assert_eq!(whole(&list, 60), (0, 30, true));
        assert_eq!(whole(&list, 300), (0, 270, true));
        let widths: Vec<u64> = (47..200).map(|elapsed| whole(&list, elapsed).1).collect();
        assert!(widths.is_sorted(), "the longer it is overdue, the wider: {widths:?}");
    }

    #[test]
    fn the_error_is_measured_by_what_was_known_each_time() {
        let check = |list: &[u64], expected| assert_eq!(History::new(&seconds(list)).off_by(), expected);
        check(&[10, 10, 10, 10, 10, 10, 10], None);
        check(&[10, 10, 10, 10, 10, 10, 10, 10], Some(0));
        check(&[10, 10, 10, 10, 10, 20, 20, 20], Some(50));
        check(&[10, 10, 10, 10, 10, 5, 5, 5], Some(100));
        check(&[0, 0, 0, 0, 0, 0, 0, 0], Some(0));
        check(&[1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 0, 0, 0], Some(9_999));
    }
}
