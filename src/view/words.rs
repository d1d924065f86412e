//! How ends and times are said.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    run::{Exit, Outcome},
    text,
};

/// How a process ended, in words: `exit code 3`, `signal 9 (KILL)`.
#[must_use]
pub fn exit_words(exit: Exit) -> String {
    match exit {
        Exit::Signal(signal) => signal_words(signal),
        Exit::Code(code) => code_words(code),
    }
}

fn code_words(code: i32) -> String {
    // A shell that saw its command die of a signal answers 128 and the signal's number.
    match signal_name(code - 128) {
        Some(name) => format!("exit code {code} (what a shell says for signal {}, {name})", code - 128),
        None => format!("exit code {code}"),
    }
}

fn signal_words(signal: i32) -> String {
    match signal_name(signal) {
        Some(name) => format!("signal {signal} ({name})"),
        None => format!("signal {signal}"),
    }
}

/// A signal's name without `SIG`, where it is the same on every system we run on.
#[must_use]
pub const fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        5 => "TRAP",
        6 => "ABRT",
        7 => "BUS",
        8 => "FPE",
        9 => "KILL",
        10 => "USR1",
        11 => "SEGV",
        12 => "USR2",
        13 => "PIPE",
        14 => "ALRM",
        15 => "TERM",
        24 => "XCPU",
        25 => "XFSZ",
        31 => "SYS",
        _ => return None,
    })
}

/// What happened to an attempt, as the end of a sentence that begins with its task.
#[must_use]
pub fn outcome_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Succeeded => "succeeded".to_owned(),
        Outcome::Failed { code } => format!("failed with {}", code_words(*code)),
        Outcome::Signalled { signal } => {
            format!("was ended by {} that plandeck did not send", signal_words(*signal))
        }
        Outcome::FailedPattern { line } => {
            format!("ended with exit code 0, but printed a declared failure: {line}")
        }
        Outcome::TimedOut => "did not end within its time and was stopped".to_owned(),
        Outcome::TimedOutIdle => "printed nothing for too long and was stopped".to_owned(),
        Outcome::Cancelled => "was cancelled".to_owned(),
        Outcome::FailedToStart { why } => format!("could not be started: {why}"),
        Outcome::Lost => "lost its supervisor; nobody saw how it ended".to_owned(),
        Outcome::Unverified { command, code: Some(code) } => {
            format!("was done, but its check {command} failed with {}", code_words(*code))
        }
        Outcome::Unverified { command, code: None } => {
            format!("was done, but its check {command} could not be run to its end")
        }
        Outcome::StepFailed { step, why } => format!("could not do its step {step}: {why}"),
        Outcome::AgentFailed { why } => format!("was given up by its agent: {why}"),
        Outcome::RateLimited { retry_after_ms: Some(wait) } => {
            format!("was told to come back in {}", text::format_duration(Duration::from_millis(*wait)))
        }
        Outcome::RateLimited { retry_after_ms: None } => "was told to come back later".to_owned(),
        Outcome::NotSignedIn { program } => format!("needs {program} to be signed in"),
        Outcome::OverContext => "grew longer than its agent can hold".to_owned(),
        Outcome::Blocked { reason } => format!("is blocked: {reason}"),
        Outcome::BadTaskFile { file, why } => format!("has a file that can't be read, {file}: {why}"),
    }
}

/// How long ago: `just now`, `12m ago`, `5h ago`, `3d ago`; from two weeks on, the date.
#[must_use]
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.since(then).as_secs();
    match seconds {
        0..60 => "just now".to_owned(),
        60..3_600 => format!("{}m ago", seconds / 60),
        3_600..86_400 => format!("{}h ago", seconds / 3_600),
        86_400..1_209_600 => format!("{}d ago", seconds / 86_400),
        _ => then.utc().format("%Y-%m-%d").to_string(),
    }
}

/// `1 item`, `3 items`.
pub(super) fn count(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {one}{plural}")
}

/// `a, b, c` and, beyond `most`, `and 4 more`.
pub(super) fn list<T: ToString>(all: impl IntoIterator<Item = T>, most: usize) -> String {
    let all: Vec<String> = all.into_iter().map(|it| text::plain(&it.to_string()).into_owned()).collect();
    let shown = all.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::LaunchFailure;

    #[test]
    fn ends_are_said_in_words() {
        let check = |exit, expected: &str| assert_eq!(exit_words(exit), expected);
        check(Exit::Code(3), "exit code 3");
        check(Exit::Code(137), "exit code 137 (what a shell says for signal 9, KILL)");
        check(Exit::Code(255), "exit code 255");
        check(Exit::Signal(9), "signal 9 (KILL)");
        check(Exit::Signal(64), "signal 64");
    }

    #[test]
    fn outcomes_end_a_sentence() {
        let check = |outcome, expected: &str| assert_eq!(outcome_words(&outcome), expected);
        check(Outcome::Failed { code: 2 }, "failed with exit code 2");
        check(Outcome::Signalled { signal: 11 }, "was ended by signal 11 (SEGV) that plandeck did not send");
        let why = LaunchFailure::NotFound { program: "pyhton".to_owned() };
        check(Outcome::FailedToStart { why }, "could not be started: the program pyhton does not exist");
    }

    #[test]
    fn times_are_said_by_their_distance() {
        let now = Timestamp::parse("2026-03-14T12:00:00Z").unwrap();
        let check = |then: &str, expected: &str| {
            assert_eq!(ago(now, Timestamp::parse(then).unwrap()), expected, "{then}");
        };
        check("2026-03-14T11:59:31Z", "just now");
        check("2026-03-14T13:00:00Z", "just now");
        check("2026-03-14T11:48:00Z", "12m ago");
        check("2026-03-13T12:00:01Z", "23h ago");
        check("2026-03-02T12:00:00Z", "12d ago");
        check("2026-02-01T12:00:00Z", "2026-02-01");
    }
}
