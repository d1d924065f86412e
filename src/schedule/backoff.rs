//! How long a task rests before it is tried again.

use std::time::Duration;

use crate::ids::AttemptId;

/// No rest is doubled beyond this; a longer one that was asked for outright stays as it is.
const LONGEST: Duration = Duration::from_hours(1);

/// The rest after `failed`, which was failure number `failures` of its kind: `backoff`, doubled for every
/// further failure, plus up to a quarter.
///
/// The extra part keeps tasks that failed together (one service was down) from coming back together.
/// It depends on nothing but the seed and the attempt, so a replay rests as long.
pub(super) fn rest(backoff: Duration, failures: u32, seed: u64, failed: &AttemptId) -> Duration {
    let doublings = failures.saturating_sub(1).min(31);
    let doubled = backoff.saturating_mul(1 << doublings);
    longer(doubled.min(LONGEST.max(backoff)), seed, failed)
}

/// A time, and up to a quarter more of it.
pub(super) fn longer(rest: Duration, seed: u64, failed: &AttemptId) -> Duration {
    rest.saturating_add(rest / 1024 * dice(seed, failed))
}

/// 0 to 255, the same for the same attempt of the same run.
fn dice(seed: u64, attempt: &AttemptId) -> u32 {
    let name = attempt.task.as_str().bytes().map(u64::from);
    let mixed = name.chain([u64::from(attempt.number)]).fold(seed, |mixed, part| scatter(mixed ^ part));
    u32::from(mixed.to_be_bytes()[0])
}

/// One round of SplitMix64: every bit of the number moves every bit of the answer.
const fn scatter(number: u64) -> u64 {
    let mut it = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(backoff: Duration, number: u32, seed: u64) -> Duration {
        rest(backoff, number, seed, &AttemptId { task: "build".into(), number })
    }

    #[test]
    fn a_rest_doubles_and_is_at_most_a_quarter_longer() {
        for (number, seconds) in [(1, 2), (2, 4), (3, 8), (5, 32)] {
            let plain = Duration::from_secs(seconds);
            for seed in 0..200 {
                let rest = after(Duration::from_secs(2), number, seed);
                assert!(plain <= rest && rest <= plain * 5 / 4, "attempt {number}: {rest:?}");
            }
        }
    }

    #[test]
    fn tasks_that_failed_together_do_not_come_back_together() {
        let rests: std::collections::BTreeSet<_> =
            (0..50).map(|seed| after(Duration::from_mins(1), 1, seed)).collect();
        assert!(rests.len() > 30, "{rests:?}");
    }

    #[test]
    fn the_same_attempt_rests_as_long_again() {
        assert_eq!(after(Duration::from_secs(3), 2, 7), after(Duration::from_secs(3), 2, 7));
    }

    #[test]
    fn no_number_of_failures_overflows_or_waits_for_days() {
        assert!(after(Duration::from_secs(1), u32::MAX, 1) <= LONGEST * 5 / 4);
        assert!(after(Duration::from_hours(2), 3, 1) >= Duration::from_hours(2));
        assert!(after(Duration::MAX, 3, 1) == Duration::MAX);
        assert_eq!(after(Duration::ZERO, 3, 1), Duration::ZERO);
    }
}
