//! A wish that can't be granted, with everything the sentence needs. Faces make the words.

use std::fmt;

use super::record::Status;
use crate::ids::{ItemId, PlanId, WorkflowName};

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No plan of this name.
    NoSuchPlan {
        /// As it was asked for.
        asked: String,
        /// Near ones.
        nearest: Vec<String>,
    },
    /// Several plans fit.
    AmbiguousPlan {
        /// As it was asked for.
        asked: String,
        /// Those that fit.
        candidates: Vec<String>,
    },
    /// No item of this id in the plan.
    NoSuchItem {
        /// The plan.
        plan: PlanId,
        /// As it was asked for.
        asked: String,
        /// Near ones.
        nearest: Vec<String>,
    },
    /// The text is no id of this dialect (methodology asks for `X.Y`).
    BadItemId {
        /// As it was asked for.
        asked: String,
        /// What an id looks like.
        form: &'static str,
    },
    /// No run fits.
    NoSuchRun {
        /// As it was asked for.
        asked: String,
    },
    /// Several runs fit.
    AmbiguousRun {
        /// As it was asked for.
        asked: String,
        /// Those that fit, as full ids.
        candidates: Vec<String>,
    },
    /// No workflow of this name.
    NoSuchWorkflow {
        /// As it was asked for.
        asked: String,
        /// Near ones.
        nearest: Vec<String>,
    },
    /// The workflow needs a plan, an item or an input that was not given.
    Missing {
        /// The workflow.
        workflow: WorkflowName,
        /// What is missing: `a plan`, `an item`, `the parameter level`.
        what: String,
    },
    /// There is nothing that could be run now.
    NothingToRun {
        /// The plan.
        plan: PlanId,
        /// What everything waits for.
        why: String,
    },
    /// The item's SUBPLAN has to be written first.
    SubplanMissing {
        /// The plan.
        plan: PlanId,
        /// The item.
        item: ItemId,
    },
    /// What would be written is there already.
    AlreadyThere {
        /// What, with its path.
        what: String,
    },
    /// The plan's dialect does not have this workflow.
    NotForDialect {
        /// The workflow.
        workflow: WorkflowName,
        /// The dialect's word.
        dialect: &'static str,
        /// What would enable it.
        instead: String,
    },
    /// The item's state forbids it.
    WrongState {
        /// What was wanted, as a sentence: `2.3 can't be approved`.
        what: String,
        /// Why not.
        why: String,
    },
    /// The recipe can't be filled in: a placeholder without a value, a program that is not there.
    BadRecipe {
        /// The workflow.
        workflow: WorkflowName,
        /// What is wrong with it.
        why: String,
        /// What would mend it.
        fix: String,
    },
    /// An input that the workflow does not declare, or that is not of its declared type.
    BadInput {
        /// The workflow.
        workflow: WorkflowName,
        /// What is wrong, as a clause: `it has no parameter "levl"`.
        what: String,
        /// What would mend it.
        fix: String,
    },
    /// The plan's own files hold shell lines, and nobody has said that they may be run.
    HoldsCommands {
        /// The workflow.
        workflow: WorkflowName,
        /// The lines, in order.
        commands: Vec<String>,
    },
    /// The run is over.
    AlreadyEnded {
        /// The run, as people see it.
        run: String,
        /// How it ended.
        status: Status,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchPlan { asked, .. } if asked.is_empty() => {
                formatter.write_str("there is no plan in this workspace")
            }
            Self::AmbiguousPlan { asked, candidates } if asked.is_empty() => {
                write!(formatter, "there are several plans, and none was named: {}", candidates.join(", "))
            }
            Self::NoSuchPlan { asked, .. } => write!(formatter, "there is no plan \"{asked}\""),
            Self::AmbiguousPlan { asked, candidates } => {
                write!(formatter, "\"{asked}\" fits several plans: {}", candidates.join(", "))
            }
            Self::NoSuchItem { plan, asked, .. } => write!(formatter, "{plan} has no item \"{asked}\""),
            Self::BadItemId { asked, form } => {
                write!(formatter, "\"{asked}\" is no item id; write it as {form}")
            }
            Self::NoSuchRun { asked } => write!(formatter, "there is no run \"{asked}\""),
            Self::AmbiguousRun { asked, candidates } => {
                write!(formatter, "\"{asked}\" fits several runs: {}", candidates.join(", "))
            }
            Self::NoSuchWorkflow { asked, .. } => write!(formatter, "there is no workflow \"{asked}\""),
            Self::Missing { workflow, what } => write!(formatter, "{workflow} needs {what}"),
            Self::NothingToRun { plan, why } => write!(formatter, "nothing in {plan} can be run now: {why}"),
            Self::SubplanMissing { plan, item } => write!(formatter, "{item} of {plan} has no SUBPLAN yet"),
            Self::AlreadyThere { what } => write!(formatter, "{what} is there already"),
            Self::NotForDialect { workflow, dialect, .. } => {
                write!(formatter, "{workflow} is not a workflow of {dialect} plans")
            }
            Self::WrongState { what, why } => write!(formatter, "{what}: {why}"),
            Self::BadRecipe { workflow, why, .. } => {
                write!(formatter, "the recipe of {workflow} can't be used: {why}")
            }
            Self::BadInput { workflow, what, .. } => write!(formatter, "{workflow}: {what}"),
            Self::HoldsCommands { workflow, commands } => {
                let first = commands.first().map(String::as_str).unwrap_or_default();
                let count = commands.len();
                write!(
                    formatter,
                    "{workflow} would run {count} shell lines of the plan's own files, such as {first}"
                )
            }
            Self::AlreadyEnded { run, status } => {
                write!(formatter, "run {run} has already ended: {}", status.word())
            }
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// What to do about it, as an instruction, where there is one thing to do.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoSuchPlan { asked, .. } if asked.is_empty() => Some(
                "write one that a dialect knows, or choose another folder with -C; doctor says where was looked"
                    .to_owned(),
            ),
            Self::AmbiguousPlan { asked, .. } if asked.is_empty() => {
                Some("name one: its id, or a part of it that no other has".to_owned())
            }
            Self::NoSuchPlan { nearest, .. }
            | Self::NoSuchItem { nearest, .. }
            | Self::NoSuchWorkflow { nearest, .. } => {
                (!nearest.is_empty()).then(|| format!("did you mean {}?", nearest.join(" or ")))
            }
            Self::AmbiguousPlan { .. } | Self::AmbiguousRun { .. } => Some("write more of it".to_owned()),
            Self::SubplanMissing { plan, item } => Some(format!("create it first: subplan {plan} {item}")),
            Self::NotForDialect { instead, .. } => Some(instead.clone()),
            Self::BadRecipe { fix, .. } | Self::BadInput { fix, .. } => Some(fix.clone()),
            Self::HoldsCommands { .. } => Some(
                "look at them with --dry-run, then say --plan-commands, or set run_commands = \"always\" or \
                 \"never\" under [plans] in plandeck.toml"
                    .to_owned(),
            ),
            Self::NoSuchRun { .. } => Some("list what there is: run list".to_owned()),
            _ => None,
        }
    }
}
