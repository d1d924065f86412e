//! How an attempt's end is judged.

use super::{Facts, progress::Active};
use crate::run::{Exit, Outcome, RetryOn, StopReason, event::Ending};

/// The outcome of an attempt that ended.
///
/// Once it was asked to end, the reason is the outcome whatever the exit code says, as with
/// `timeout(1)`: a program that tidies up on TERM and leaves with 0 has not done its work, and what
/// needs it must not build on half of it. The price is small: work that was finished in the very
/// moment of the asking is done once more.
pub(super) fn judge(active: &Active, facts: &Facts) -> Outcome {
    match (active.stop, facts.exit) {
        (Some(stop), _) => stopped(stop.reason),
        (None, Exit::Signal(signal)) => Outcome::Signalled { signal },
        (None, Exit::Code(0)) => match &facts.failure {
            Some(line) => Outcome::FailedPattern { line: line.clone() },
            None => Outcome::Succeeded,
        },
        (None, Exit::Code(code)) => Outcome::Failed { code },
    }
}

pub(super) fn ending(active: &Active, facts: &Facts) -> Ending {
    Ending {
        outcome: judge(active, facts),
        exit: Some(facts.exit),
        bytes: facts.bytes,
        leaky: facts.leaky,
        survivors: facts.survivors.clone(),
        tests: facts.tests,
    }
}

/// Which kind of retry could mend this. None can for what was cancelled, was lost, or went well.
pub(super) const fn mended_by(outcome: &Outcome) -> Option<RetryOn> {
    match outcome {
        Outcome::Failed { .. }
        | Outcome::Signalled { .. }
        | Outcome::FailedPattern { .. }
        | Outcome::FailedToStart { .. } => Some(RetryOn::Failed),
        Outcome::TimedOut | Outcome::TimedOutIdle => Some(RetryOn::TimedOut),
        Outcome::Succeeded | Outcome::Cancelled | Outcome::Lost => None,
    }
}

const fn stopped(reason: StopReason) -> Outcome {
    match reason {
        StopReason::Idle => Outcome::TimedOutIdle,
        StopReason::TimedOut => Outcome::TimedOut,
        StopReason::Cancelled => Outcome::Cancelled,
    }
}
