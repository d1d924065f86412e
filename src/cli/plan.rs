//! The verbs about plans.

use clap::{Args, Subcommand};

use super::values::{PlanName, StateWord};
use crate::ids::ItemId;

/// Read, check and edit plans
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
#[expect(missing_docs, reason = "each struct says what its verb does, and that text is the help")]
pub enum PlanVerb {
    /// List all plans of the workspace
    List,
    Show(ShowArgs),
    Lint(LintArgs),
    Proof(ProofArgs),
    Watch(WatchArgs),
    Set(SetArgs),
    Undo(UndoArgs),
    Approve(ApproveArgs),
    Reject(RejectArgs),
}

/// Show one plan with its items, groups and problems
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck plan show ALPHA
  plandeck plan show specs/001-login/tasks.md -o json")]
pub struct ShowArgs {
    /// Its id, a unique part of it, or the path of its file or folder
    pub plan: PlanName,
}

/// Say what is wrong with a plan's files, where, and what would mend it
///
/// Ends with 1 when there is an error among the problems.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck plan lint
  plandeck plan lint ALPHA --fix")]
pub struct LintArgs {
    /// One plan; all plans when absent
    pub plan: Option<PlanName>,
    /// Mend what can be mended safely: boxes and counts that only repeat what a task's own file says
    ///
    /// No state changes by it. One plan's mends are one edit for `plan undo`.
    #[arg(long)]
    pub fix: bool,
}

/// Compare what is ticked with what was done
///
/// For each ticked item: files it names that changed after it was written down, commits that name it,
/// runs for it that succeeded and checks of theirs that passed. Lists items that are ticked with
/// nothing of the kind, and items that are not ticked although their work is there. It reads the
/// repository's history where there is one, and nothing from the network.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck plan proof ALPHA
  plandeck plan proof -o json")]
pub struct ProofArgs {
    /// One plan; all plans when absent
    pub plan: Option<PlanName>,
}

/// Say what changes in plans, a line for each plan that does, until interrupted
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck plan watch
  plandeck plan watch ALPHA -o ndjson")]
pub struct WatchArgs {
    /// One plan; all plans when absent
    pub plan: Option<PlanName>,
}

/// An item, and the plan it belongs to where that does not go without saying.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The plan and the item's id; the plan may be left out where there is only one in question
    #[arg(value_names = ["PLAN", "ITEM"], num_args = 1..=2, required = true)]
    words: Vec<String>,
}

impl Target {
    /// An item of the plan that goes without saying.
    pub fn item_only(item: &ItemId) -> Self {
        Self { words: vec![item.as_str().to_owned()] }
    }

    /// An item of this plan.
    pub fn of(plan: &PlanName, item: &ItemId) -> Self {
        Self { words: vec![plan.as_str().to_owned(), item.as_str().to_owned()] }
    }

    /// The plan; absent when it goes without saying: the deck's open one, or the only one.
    pub fn plan(&self) -> Option<PlanName> {
        (self.words.len() > 1).then(|| PlanName::new(&self.words[0]))
    }

    /// The item as it was typed.
    pub fn item(&self) -> ItemId {
        ItemId::new(self.words.last().map(String::as_str).unwrap_or_default())
    }
}

/// Write an item's state into the plan's file
///
/// The file is only changed if it is still as it was read; `plan undo` takes it back.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(override_usage = "plandeck plan set [OPTIONS] [PLAN] <ITEM> <STATE>")]
#[command(before_long_help = "\
Examples:
  plandeck plan set 001-login T014 done
  plandeck plan set 001-login T015 in_progress")]
pub struct SetArgs {
    /// The item.
    #[command(flatten)]
    pub target: Target,
    /// The state it shall have
    #[arg(value_enum, required = true)]
    pub state: StateWord,
}

/// Take back the last edit of a plan's file
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct UndoArgs {
    /// The plan; the last edit of any plan when absent
    pub plan: Option<PlanName>,
}

/// Approve what was executed for an achievement
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(override_usage = "plandeck plan approve [OPTIONS] [PLAN] <ITEM>")]
#[command(before_long_help = "\
Examples:
  plandeck plan approve ALPHA 2.3")]
pub struct ApproveArgs {
    /// The item.
    #[command(flatten)]
    pub target: Target,
}

/// Reject what was executed for an achievement, and say what has to be fixed
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(override_usage = "plandeck plan reject [OPTIONS] [PLAN] <ITEM> --reason <TEXT>")]
#[command(before_long_help = "\
Examples:
  plandeck plan reject ALPHA 2.3 --reason \"the export drops the last row\"")]
pub struct RejectArgs {
    /// The item.
    #[command(flatten)]
    pub target: Target,
    /// What has to be fixed
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}
