//! Advice for what the end of an output gives away.

use super::{
    Failure,
    signs::Sign,
    words::{create_subplan, deck, nearest_items, program, say, with_interpreter},
};
use crate::run::Advice;

pub(super) fn of_sign(sign: Sign, failure: &Failure<'_>) -> Option<Advice> {
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
            with_interpreter("a file that it was given is not there", failure),
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
