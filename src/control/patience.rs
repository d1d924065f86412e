//! Looking again and again: soon at first, then ever more seldom, and not for ever.

use std::{thread, time::Duration};

/// Between two looks: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// How long one is willing to wait, and how much of it is left.
#[derive(Debug)]
pub struct Patience {
    left: Duration,
    pause: Duration,
}

impl Patience {
    pub const fn of(left: Duration) -> Self {
        Self { left, pause: PAUSES.0 }
    }

    /// Waits before the next look, or less when the thread is unparked; says how long it would have
    /// been. Nothing when there is no patience left.
    pub fn wait(&mut self) -> Option<Duration> {
        if self.left.is_zero() {
            return None;
        }
        let pause = self.pause.min(self.left);
        thread::park_timeout(pause);
        self.left -= pause;
        // By a quarter each time: who waits for something short is told at most a quarter late.
        self.pause = (self.pause * 5 / 4).min(PAUSES.1);
        Some(pause)
    }
}
