//! The words that several rows of the table share.

use super::Failure;
use crate::{
    ids::{ItemId, PlanId},
    run::{Advice, Remedy},
    text::plain,
};

pub(super) fn say(say: impl Into<String>, why: impl Into<String>) -> Advice {
    Advice { say: say.into(), why: why.into(), remedy: None }
}

/// Advice that a key can do, by a command of the deck.
pub(super) fn deck(what: impl Into<String>, why: impl Into<String>, words: &[&str]) -> Advice {
    Advice { remedy: Some(Remedy::Deck(shell_words::join(words))), ..say(what, why) }
}

pub(super) fn create_subplan(plan: &PlanId, item: &ItemId) -> Advice {
    deck(
        format!("Create the SUBPLAN for {item} first"),
        "an EXECUTION_TASK carries out a SUBPLAN, and there is none yet",
        &["subplan", plan.as_str(), item.as_str()],
    )
}

pub(super) fn nearest_items(plan: &PlanId, nearest: &[String]) -> Vec<Advice> {
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

pub(super) fn with_interpreter(what: &str, failure: &Failure<'_>) -> String {
    format!("{what} ({} ran{})", program(failure), candidates(failure))
}

pub(super) fn candidates(failure: &Failure<'_>) -> String {
    match failure.candidates {
        [] => String::new(),
        some => format!("; there is {}", plain(&some.join(", "))),
    }
}

pub(super) fn program(failure: &Failure<'_>) -> String {
    plain(failure.argv.first().map_or("the program", String::as_str)).into_owned()
}
