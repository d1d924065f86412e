//! What to do after a failure: a table from what is known of it to advice. Nothing in it destroys.

use std::time::Duration;

use regex::Regex;

mod outcome;
mod refusal;
mod sign;
mod signs;
mod words;

pub use refusal::advice_for_refusal;
pub use signs::{Sign, signs};

use outcome::{carry_on, of_outcome};
use sign::of_sign;
use words::say;

use crate::{
    config::AdviceRow,
    ids::{ItemId, PlanId, WorkflowName},
    run::{Advice, Limits, Outcome, Remedy},
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
    /// How many processes outlived their kill.
    pub survivors: usize,
}

/// Advice after a failure: the user's own rows first, then ours, the most particular first.
#[must_use]
pub fn advise(failure: &Failure<'_>, rows: &[AdviceRow]) -> Vec<Advice> {
    let own = rows.iter().filter(|row| row_fits(row, failure)).map(of_row);
    let signs = if *failure.outcome == Outcome::Cancelled { Vec::new() } else { signs(failure.tail) };
    let mut advice: Vec<Advice> =
        own.chain(signs.into_iter().filter_map(|sign| of_sign(sign, failure))).collect();
    advice.extend(carry_on(failure));
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

fn row_fits(row: &AdviceRow, failure: &Failure<'_>) -> bool {
    let outcome = row.when.outcome.as_deref().is_none_or(|word| outcome_is(word, failure.outcome));
    let exit = row.when.exit.is_none_or(|code| *failure.outcome == Outcome::Failed { code });
    // Reading the settings has tried the pattern.
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
