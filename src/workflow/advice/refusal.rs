//! Advice after a wish that could not be granted.

use super::words::{create_subplan, deck, nearest_items, say};
use crate::{
    run::{Advice, Refusal},
    text::plain,
};

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
        Refusal::Missing { what, .. } => vec![say(format!("Choose {what}"), refusal.to_string())],
        Refusal::NotForDialect { .. }
        | Refusal::BadRecipe { .. }
        | Refusal::BadInput { .. }
        | Refusal::HoldsCommands { .. } => {
            refusal.hint().map(|hint| say(hint, refusal.to_string())).into_iter().collect()
        }
    }
}
