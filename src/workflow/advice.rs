//! What to do after a failure: a table from what is known of it to advice. Nothing in it destroys.

use std::time::Duration;

use regex::Regex;

use super::signs::{Sign, signs};
use crate::{
    config::AdviceRow,
    ids::{ItemId, PlanId, WorkflowName},
    run::{Advice, LaunchFailure, Limits, Outcome, Refusal, Remedy},
    text::{format_duration, plain},
};

/// What is known of a task that did not succeed.
#[derive(Clone, Debug)]
pub struct Failure<'a> {
    /// The run, as people type it.
    pub run: &'a str,
    /// How the plan was to be moved on.
    pub workflow: &'a WorkflowName,
    /// The plan.
    pub plan: Option<&'a PlanId>,
    /// The item.
    pub item: Option<&'a ItemId>,
    /// Ids of the plan near to the item's, where it is not in the plan any more.
    pub nearest: &'a [String],
    /// How the last attempt ended.
    pub outcome: &'a Outcome,
    /// The last lines of its output.
    pub tail: &'a str,
    /// The limits it had.
    pub limits: &'a Limits,
    /// How long it had printed nothing when it was stopped.
    pub silent_for: Option<Duration>,
    /// Its program and arguments.
    pub argv: &'a [String],
    /// What exists of the programs that could have been meant: `/usr/bin/python3.12`.
    pub candidates: &'a [String],
    /// Names of processes that outlived their kill.
    pub survivors: usize,
}

/// Advice after a failure: the user's own rows first, then ours, the most particular first.
#[must_use]
pub fn advise(failure: &Failure<'_>, rows: &[AdviceRow]) -> Vec<Advice> {
    let own = rows.iter().filter(|row| row_fits(row, failure)).map(of_row);
    let signs = if *failure.outcome == Outcome::Cancelled { Vec::new() } else { signs(failure.tail) };
    let mut advice: Vec<Advice> =
        own.chain(signs.into_iter().filter_map(|sign| of_sign(sign, failure))).collect();
    advice.extend(of_outcome(failure));
    if failure.survivors > 0 {
        advice.push(say(
            "Look at the processes that are left before you run it again",
            "they may still be writing",
        ));
    }
    let mut seen: Vec<String> = Vec::new();
    advice.retain(|it| {
        let is_new = !seen.contains(&it.say);
        seen.push(it.say.clone());
        is_new
    });
    advice
}

/// Advice after a wish that could not be granted.
#[must_use]
pub fn advice_for_refusal(refusal: &Refusal) -> Vec<Advice> {
    match refusal {
        Refusal::SubplanMissing { plan, item } => vec![create_subplan(plan, item)],
        Refusal::NoSuchItem { plan, nearest, .. } => nearest_items(plan, nearest),
        Refusal::NoSuchPlan { nearest, .. } | Refusal::AmbiguousPlan { candidates: nearest, .. } => {
            let each = |near: &String| deck(format!("Open {near}"), "its name is near", &["open", near]);
            nearest.iter().map(each).chain([deck("See all plans", "it shows every id", &["plans"])]).collect()
        }
        Refusal::BadItemId { asked, form } => {
            vec![say(format!("Write the id as {form}"), format!("\"{}\" is not of that form", plain(asked)))]
        }
        Refusal::NoSuchRun { .. } => vec![deck("See all runs", "it shows every id", &["runs"])],
        Refusal::AmbiguousRun { candidates, .. } => candidates
            .iter()
            .take(9)
            .map(|run| deck(format!("Show run {run}"), "its id fits", &["get", run]))
            .collect(),
        Refusal::NothingToRun { plan, why } => {
            vec![deck(format!("Look at {plan}"), why, &["open", plan.as_str()])]
        }
        Refusal::AlreadyThere { what } => {
            vec![deck("Go on with what is next", format!("{what} is there already"), &["next"])]
        }
        Refusal::WrongState { why, .. } => vec![deck("Go on with what is next", why, &["next"])],
        Refusal::AlreadyEnded { run, .. } => {
            vec![deck(
                "Run it again",
                "what has ended stays ended; a retry is a run of its own",
                &["retry", run],
            )]
        }
        Refusal::NoSuchWorkflow { nearest, .. } => {
            let each = |near: &String| say(format!("Write {near}"), "its name is near");
            nearest.iter().map(each).collect()
        }
        Refusal::Missing { .. }
        | Refusal::NotForDialect { .. }
        | Refusal::BadRecipe { .. }
        | Refusal::BadInput { .. } => {
            refusal.hint().map(|hint| say(hint, refusal.to_string())).into_iter().collect()
        }
    }
}

fn of_sign(sign: Sign, failure: &Failure<'_>) -> Option<Advice> {
    let run = failure.run;
    Some(match sign {
        Sign::WaitedForInput => say(
            format!(
                "Give [workflow.{}] a stdin, or an option of the program that asks nothing",
                failure.workflow
            ),
            "it waited for input, and a recipe has none unless it says so",
        ),
        Sign::SubplanMissing => create_subplan(failure.plan?, failure.item?),
        Sign::ItemUnknown => return nearest_items(failure.plan?, failure.nearest).into_iter().next(),
        Sign::BadId => say("Write the id as X.Y", "its output says that the id is not of the right form"),
        Sign::PermissionDenied => say(
            "Check who owns the file that the last lines name, and its mode",
            "the system refused access to it",
        ),
        Sign::DiskFull => {
            deck("Make room, then run it again", "there was no space left to write to", &["retry", run])
        }
        Sign::ModuleMissing => say(
            "Install the module that the last lines name, for the interpreter that ran",
            with_interpreter("a module is missing", failure),
        ),
        Sign::SyntaxError => say(
            "Use a newer interpreter, or mend the line that is named",
            with_interpreter("the interpreter could not read the script; it may be too old for it", failure),
        ),
        Sign::FileMissing => say(
            "Check the path that the last lines name, from the folder the recipe runs in",
            "a file that it was given is not there",
        ),
        Sign::NotSignedIn => say(
            format!("Sign in: start {} by hand once", program(failure)),
            "the agent says that it is not signed in",
        ),
        Sign::RateLimited => {
            deck("Wait a while, then run it again", "the agent was told to come back later", &["retry", run])
        }
        Sign::OverContext => say(
            "Give it less: split the item, or shorten the prompt",
            "the conversation is longer than the agent can hold",
        ),
    })
}

fn of_outcome(failure: &Failure<'_>) -> Vec<Advice> {
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
    }
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
    let written = crate::config::Span(longer).to_string();
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
    match failure.silent_for {
        Some(silent) if silent >= Duration::from_secs(10) => {
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

fn row_fits(row: &AdviceRow, failure: &Failure<'_>) -> bool {
    let outcome = row.when.outcome.as_deref().is_none_or(|word| outcome_is(word, failure.outcome));
    let exit = row.when.exit.is_none_or(|code| *failure.outcome == Outcome::Failed { code });
    // A row whose pattern is no regular expression fits nothing; reading the settings says so.
    let output = row
        .when
        .output
        .as_deref()
        .is_none_or(|pattern| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(failure.tail)));
    outcome && exit && output
}

/// The outcome's own word, or the word of the status it leads to (`failed` for all failures).
fn outcome_is(word: &str, outcome: &Outcome) -> bool {
    word == outcome.word() || word == crate::run::Status::from(outcome).word()
}

fn of_row(row: &AdviceRow) -> Advice {
    Advice {
        say: row.say.clone(),
        why: "plandeck.toml says so for a failure like this".to_owned(),
        remedy: row.run.clone().filter(|argv| !argv.is_empty()).map(Remedy::Program),
    }
}

fn create_subplan(plan: &PlanId, item: &ItemId) -> Advice {
    deck(
        format!("Create the SUBPLAN for {item} first"),
        "an EXECUTION_TASK carries out a SUBPLAN, and there is none yet",
        &["subplan", plan.as_str(), item.as_str()],
    )
}

fn nearest_items(plan: &PlanId, nearest: &[String]) -> Vec<Advice> {
    let each = |near: &String| {
        deck(
            format!("Did you mean {near}? Run it"),
            "its id is near",
            &["create", "next", "--plan", plan.as_str(), "--item", near, "--follow"],
        )
    };
    let all = deck(format!("See the items of {plan}"), "the page shows every id", &["open", plan.as_str()]);
    nearest.iter().map(each).chain([all]).collect()
}

fn with_interpreter(what: &str, failure: &Failure<'_>) -> String {
    format!("{what} ({} ran{})", program(failure), candidates(failure))
}

fn candidates(failure: &Failure<'_>) -> String {
    match failure.candidates {
        [] => String::new(),
        some => format!("; there is {}", plain(&some.join(", "))),
    }
}

fn program(failure: &Failure<'_>) -> String {
    plain(failure.argv.first().map_or("the program", String::as_str)).into_owned()
}

fn say(say: impl Into<String>, why: impl Into<String>) -> Advice {
    Advice { say: say.into(), why: why.into(), remedy: None }
}

/// Advice that a key can do, by a command of the deck.
fn deck(what: impl Into<String>, why: impl Into<String>, words: &[&str]) -> Advice {
    Advice { remedy: Some(Remedy::Deck(shell_words::join(words))), ..say(what, why) }
}
