//! How an attempt's end is judged.

use std::time::Duration;

use super::{Facts, progress::Active};
use crate::run::{Exit, Outcome, Reported, RetryOn, StopReason, event::Ending};

/// The outcome of an attempt that ended.
///
/// Once it was asked to end, the reason is the outcome whatever the exit code says, as with
/// `timeout(1)`: a program that tidies up on TERM and leaves with 0 has not done its work, and what
/// needs it must not build on half of it. The price is small: work that was finished in the very
/// moment of the asking is done once more.
pub(super) fn judge(active: &Active, facts: &Facts) -> Outcome {
    let said = facts.report.as_ref().and_then(|report| reported(&report.end));
    match (active.stop, facts.exit, said) {
        (Some(stop), ..) => stopped(stop.reason),
        (None, Exit::Signal(signal), _) => Outcome::Signalled { signal },
        (None, Exit::Code(_), Some(outcome)) => outcome,
        (None, Exit::Code(0), None) => match &facts.failure {
            Some(line) => Outcome::FailedPattern { line: line.clone() },
            None => Outcome::Succeeded,
        },
        (None, Exit::Code(code), None) => Outcome::Failed { code },
    }
}

/// What the performer's word comes to; nothing when it says that all is well, for then the exit code and
/// the declared failure patterns still have theirs.
fn reported(end: &Reported) -> Option<Outcome> {
    Some(match end.clone() {
        Reported::Done => return None,
        Reported::Exited { code } => Outcome::Failed { code },
        Reported::Signalled { signal } => Outcome::Signalled { signal },
        Reported::NotStarted { why } => Outcome::FailedToStart { why },
        Reported::AgentFailed { why } => Outcome::AgentFailed { why },
        Reported::RateLimited { retry_after_ms } => Outcome::RateLimited { retry_after_ms },
        Reported::NotSignedIn { program } => Outcome::NotSignedIn { program },
        Reported::OverContext => Outcome::OverContext,
        Reported::Blocked { reason } => Outcome::Blocked { reason },
        Reported::StepFailed { step, why } => Outcome::StepFailed { step, why },
        Reported::ChecksFailed { command, code } => Outcome::Unverified { command, code },
        Reported::BadTaskFile { file, why } => Outcome::BadTaskFile { file, why },
    })
}

pub(super) fn ending(active: &Active, facts: &Facts) -> Ending {
    Ending {
        outcome: judge(active, facts),
        exit: Some(facts.exit),
        bytes: facts.bytes,
        leaky: facts.leaky,
        survivors: facts.survivors.clone(),
        tests: facts.tests,
        agent: facts.report.as_ref().and_then(|report| report.agent.clone()),
    }
}

/// What could mend an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mend {
    /// Another attempt, where the recipe asks for one after such an end.
    Retry(RetryOn),
    /// Another attempt with a shorter prompt.
    Shorten,
    /// Another look at the task's file.
    ReadAgain,
    /// Nothing but time; it costs no attempt.
    Wait(Option<Duration>),
    /// Nothing that we could do: a person has to, or nobody can.
    Nothing,
}

/// What could mend this end. A step that failed was tried again already, where it was done.
pub(super) fn mend(outcome: &Outcome) -> Mend {
    match outcome {
        Outcome::Failed { .. }
        | Outcome::Signalled { .. }
        | Outcome::FailedPattern { .. }
        | Outcome::FailedToStart { .. }
        | Outcome::Unverified { .. }
        | Outcome::AgentFailed { .. } => Mend::Retry(RetryOn::Failed),
        Outcome::TimedOut | Outcome::TimedOutIdle => Mend::Retry(RetryOn::TimedOut),
        Outcome::OverContext => Mend::Shorten,
        Outcome::BadTaskFile { .. } => Mend::ReadAgain,
        Outcome::RateLimited { retry_after_ms } => {
            Mend::Wait(retry_after_ms.filter(|it| *it > 0).map(Duration::from_millis))
        }
        Outcome::Succeeded
        | Outcome::Cancelled
        | Outcome::Lost
        | Outcome::Blocked { .. }
        | Outcome::NotSignedIn { .. }
        | Outcome::StepFailed { .. } => Mend::Nothing,
    }
}

const fn stopped(reason: StopReason) -> Outcome {
    match reason {
        StopReason::Idle => Outcome::TimedOutIdle,
        StopReason::TimedOut => Outcome::TimedOut,
        StopReason::Cancelled => Outcome::Cancelled,
    }
}
