//! Time comes from here and nowhere else, so that a test can turn it.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use chrono::{DateTime, SecondsFormat, TimeZone as _, Utc};
use serde::{Deserialize, Serialize};

/// Wall-clock time in UTC, to the millisecond. It may step backwards; never compute a timeout with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, `2026-01-31T12:00:00Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|it| Self(it.timestamp_millis()))
    }

    /// RFC 3339 in UTC with milliseconds: the form of the public JSON.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// As a calendar date and time.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0).single().unwrap_or_default()
    }

    /// How long after `earlier` this is; zero when the clock stepped backwards in between.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Time since the supervisor of a run began, by a clock that never steps. Comparable, addable.
///
/// Shape: whole milliseconds, because that is what the journal keeps and a replay must be exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(u64);

impl Moment {
    /// From whole milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Whole milliseconds since the run's supervisor began.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// This moment and `duration` more, rounded up to the millisecond so a wait is never too short.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        let millis = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// How long after `earlier` this is; zero when it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Where time comes from. Two implementations: the system's and one that a test turns.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn wall(&self) -> Timestamp;
    /// Monotonic time since this clock was made. Does not advance while the machine is suspended.
    fn now(&self) -> Moment;
    /// Like [`Clock::now`], but counts suspended time too; the two part ways by the suspended time.
    fn boot(&self) -> Moment;
}

/// The system's clock.
#[derive(Debug)]
pub struct SystemClock {
    monotonic: Duration,
    boot: Duration,
}

impl SystemClock {
    /// Begins at moment zero.
    #[must_use]
    pub fn start() -> Self {
        Self { monotonic: monotonic(), boot: boottime() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everyone else asks")]
    fn wall(&self) -> Timestamp {
        Timestamp(Utc::now().timestamp_millis())
    }

    fn now(&self) -> Moment {
        Moment::default().after(monotonic().saturating_sub(self.monotonic))
    }

    fn boot(&self) -> Moment {
        Moment::default().after(boottime().saturating_sub(self.boot))
    }
}

fn monotonic() -> Duration {
    read(rustix::time::ClockId::Monotonic)
}

fn boottime() -> Duration {
    read(rustix::time::ClockId::Boottime)
}

fn read(clock: rustix::time::ClockId) -> Duration {
    let time = rustix::time::clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanos)
}

/// A clock that stands still until it is turned. Clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    inner: Arc<Mutex<Hands>>,
}

#[derive(Debug)]
struct Hands {
    wall: Timestamp,
    now: Moment,
    boot: Moment,
}

impl ManualClock {
    /// Stands at `wall` and moment zero.
    #[must_use]
    pub fn at(wall: Timestamp) -> Self {
        let hands = Hands { wall, now: Moment::default(), boot: Moment::default() };
        Self { inner: Arc::new(Mutex::new(hands)) }
    }

    /// Turns both the wall and the monotonic clock on.
    pub fn advance(&self, duration: Duration) {
        self.suspend(duration);
        let mut hands = self.hands();
        hands.now = hands.now.after(duration);
    }

    /// Lets the machine sleep: the wall goes on, the monotonic clock does not.
    pub fn suspend(&self, duration: Duration) {
        let mut hands = self.hands();
        hands.boot = hands.boot.after(duration);
        hands.wall = Timestamp(hands.wall.0 + i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2));
    }

    /// Sets the wall clock, also backwards, as a person or the network's time does. Nothing else moves.
    pub fn set_wall(&self, wall: Timestamp) {
        self.hands().wall = wall;
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.inner.lock().expect("no holder of this lock panics")
    }
}

impl Clock for ManualClock {
    fn wall(&self) -> Timestamp {
        self.hands().wall
    }

    fn now(&self) -> Moment {
        self.hands().now
    }

    fn boot(&self) -> Moment {
        self.hands().boot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_too_short() {
        assert_eq!(Moment::from_millis(5).after(Duration::from_micros(1)), Moment::from_millis(6));
    }

    #[test]
    fn json_times_have_milliseconds_and_a_z() {
        let time = Timestamp::parse("2026-01-31T12:00:00.25+01:00").expect("a time");
        assert_eq!(time.rfc3339(), "2026-01-31T11:00:00.250Z");
    }

    #[test]
    fn a_clock_that_steps_back_gives_no_negative_duration() {
        assert_eq!(Timestamp::from_millis(5).since(Timestamp::from_millis(9)), Duration::ZERO);
    }
}
