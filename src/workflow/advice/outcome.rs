//! Advice for the way an attempt ended.

use std::time::Duration;

use super::{
    Failure,
    words::{candidates, deck, program, say},
};
use crate::{
    config::Span,
    run::{Advice, LaunchFailure, Outcome},
    text::{format_duration, plain},
};

/// A whole plan that did not come to its end is carried on, not begun again.
pub(super) fn carry_on(failure: &Failure<'_>) -> Option<Advice> {
    let plan = failure.plan.filter(|_| failure.workflow.as_str() == "all")?;
    let command = ["create", "all", "--plan", plan.as_str(), "--resume", failure.run];
    Some(deck("Carry on with what is left", "what is recorded as done is not done again", &command))
}

pub(super) fn of_outcome(failure: &Failure<'_>) -> Vec<Advice> {
    let logs = deck("Read the whole log", "the reason stands there", &["logs", failure.run]);
    match failure.outcome {
        Outcome::Succeeded => Vec::new(),
        Outcome::Failed { code } => of_code(*code, failure).into_iter().chain([logs]).collect(),
        Outcome::Signalled { signal } => of_signal(*signal, failure).into_iter().chain([logs]).collect(),
        Outcome::FailedPattern { line } => vec![
            logs,
            say(
                "Trust the line, not the exit code",
                format!("it ended with 0, but printed \"{}\", which its recipe calls a failure", plain(line)),
            ),
        ],
        Outcome::TimedOut => {
            of_timeout(failure, failure.limits.wall, "--timeout").into_iter().chain([logs]).collect()
        }
        Outcome::TimedOutIdle => {
            of_timeout(failure, failure.limits.idle, "--idle-timeout").into_iter().chain([logs]).collect()
        }
        Outcome::Cancelled => {
            vec![deck(
                "Run it again",
                "it was cancelled; what it had written is still there",
                &["retry", failure.run],
            )]
        }
        Outcome::FailedToStart { why } => of_launch(why, failure),
        Outcome::Lost => vec![
            deck(
                "See what it had done",
                "nobody saw it end, so some of its work may be there",
                &["logs", failure.run],
            ),
            deck("Run it again", "a lost run can't be carried on", &["retry", failure.run]),
        ],
        Outcome::Unverified { command, code } => {
            let ended =
                code.map_or_else(|| "did not run to its end".to_owned(), |it| format!("ended with {it}"));
            vec![
                logs,
                say(
                    format!("Run {} by hand and mend what it names", plain(command)),
                    format!("the work itself went well, but this check {ended}"),
                ),
                again(failure, "the next attempt is told what the check said"),
            ]
        }
        Outcome::StepFailed { step, why } => vec![
            say(
                format!(
                    "Mend the step {} in the task's file, or give it on_error: skip_optional",
                    plain(step)
                ),
                plain(why).into_owned(),
            ),
            logs,
            again(failure, "once that is done"),
        ],
        Outcome::AgentFailed { why } => {
            vec![logs, again(failure, &format!("the agent ended without being done: {}", plain(why)))]
        }
        Outcome::RateLimited { .. } => {
            vec![again(failure, "the agent was told to come back later; wait a while first")]
        }
        Outcome::NotSignedIn { program } => vec![
            say(
                format!("Sign in: start {} by hand once", plain(program)),
                "nothing more was launched, because the agent is not signed in",
            ),
            failed_only(failure, "it goes on with what was not done"),
        ],
        Outcome::OverContext => vec![
            say(
                "Give it less: split the item, or shorten its file",
                "the conversation is longer than the agent can hold, even with the shortest prompt",
            ),
            logs,
        ],
        Outcome::Blocked { reason } => vec![
            say(format!("Answer the agent: {}", plain(reason)), "it can't go on without a person"),
            logs,
            again(failure, "once that is done"),
        ],
        Outcome::BadTaskFile { file, why } => vec![
            say(format!("Mend {}", plain(file)), plain(why).into_owned()),
            deck("See what is wrong with the plan", "lint names file and line", &["plan", "lint"]),
            again(failure, "once that is done"),
        ],
    }
}

fn again(failure: &Failure<'_>, why: &str) -> Advice {
    deck("Run it again", why, &["retry", failure.run])
}

fn failed_only(failure: &Failure<'_>, why: &str) -> Advice {
    deck("Then run the rest", why, &["retry", failure.run, "--failed"])
}

fn of_code(code: i32, failure: &Failure<'_>) -> Option<Advice> {
    match code {
        126 => Some(say(
            format!("Make {} executable, or name its interpreter in the recipe", program(failure)),
            "126 means that it was found and may not be executed",
        )),
        127 => Some(say(
            "Check the name of the program that the last lines name, and PATH",
            "127 means that a command was not found",
        )),
        137 => of_signal(9, failure),
        143 => of_signal(15, failure),
        139 => of_signal(11, failure),
        _ => None,
    }
}

fn of_signal(signal: i32, failure: &Failure<'_>) -> Option<Advice> {
    let retry = |why: &str| Some(deck("Run it again", why, &["retry", failure.run]));
    match signal {
        9 => Some(deck(
            "Free memory, then run it again",
            "somebody else killed it; most often it is the system, short of memory",
            &["retry", failure.run],
        )),
        15 => retry("somebody else asked it to end"),
        11 => Some(say(
            format!("Report it to the makers of {}", program(failure)),
            "it crashed in its own memory",
        )),
        _ => None,
    }
}

/// A longer limit, and what it was doing.
fn of_timeout(failure: &Failure<'_>, limit: Option<Duration>, option: &str) -> Vec<Advice> {
    let Some(limit) = limit else { return Vec::new() };
    let longer = limit.saturating_mul(2).max(Duration::from_secs(1));
    let written = Span(longer).to_string();
    let mut advice = vec![deck(
        format!("Run it again with {}", format_duration(longer)),
        format!("it was stopped after {}; {}", format_duration(limit), doing(failure)),
        &["retry", failure.run, option, &written],
    )];
    if failure.tail.trim().is_empty() {
        advice.push(say(
            "Start it by hand once to see whether it asks for something",
            "it printed nothing at all; a program that waits often looks so",
        ));
    }
    advice
}

/// What it was doing when it was stopped, as far as its output says.
fn doing(failure: &Failure<'_>) -> String {
    let last = failure.tail.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let Some(last) = last else { return "it had printed nothing".to_owned() };
    let last = plain(last);
    // Who was stopped for its silence was silent at least that long.
    let idle = failure.limits.idle.filter(|_| *failure.outcome == Outcome::TimedOutIdle);
    match failure.silent_for.or(idle) {
        Some(silent) if idle.is_some() || silent >= Duration::from_secs(10) => {
            format!("it had been silent for {}, after \"{last}\"", format_duration(silent))
        }
        _ => format!("it was busy; its last line was \"{last}\""),
    }
}

fn of_launch(why: &LaunchFailure, failure: &Failure<'_>) -> Vec<Advice> {
    let there = candidates(failure);
    let advice = match why {
        LaunchFailure::NotFound { program } => say(
            format!("Install {}, or name another program in the recipe", plain(program)),
            format!("{why}{there}"),
        ),
        LaunchFailure::NotExecutable { program } => say(
            format!("Make {} executable, or name its interpreter in the recipe", plain(program)),
            why.to_string(),
        ),
        LaunchFailure::NoInterpreter { program } => {
            say(format!("Mend the first line of {}", plain(program)), format!("{why}{there}"))
        }
        LaunchFailure::NoDirectory { .. } => {
            say("Make the folder, or set another cwd in the recipe", why.to_string())
        }
        LaunchFailure::MissingEnv { names } => say(
            format!("Set {} in your environment, then run it again", plain(&names.join(", "))),
            why.to_string(),
        ),
        LaunchFailure::System { .. } => say("Mend what the system names, then run it again", why.to_string()),
    };
    vec![advice, deck("Run it again", "once that is done", &["retry", failure.run])]
}
