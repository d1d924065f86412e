//! The verbs about runs.

use std::{num::NonZeroUsize, time::Duration};

use clap::{Args, Subcommand, ValueEnum};

use super::{
    kept::{DiffArgs, ExportArgs, PruneArgs},
    values::{InputSource, LevelName, Param, PlanName, RunRef, StatusWord, StrategyWord, StreamName, When},
};
use crate::{
    ids::{ItemId, WorkflowName},
    text::parse_duration,
};

/// Create, watch and end runs
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
#[expect(missing_docs, reason = "each struct says what its verb does, and that text is the help")]
pub enum RunVerb {
    Create(CreateArgs),
    List(ListArgs),
    Get(GetArgs),
    Logs(LogsArgs),
    Events(EventsArgs),
    Follow(FollowArgs),
    Wait(WaitArgs),
    Cancel(CancelArgs),
    Pause(PauseArgs),
    Unpause(UnpauseArgs),
    Send(SendArgs),
    Retry(RetryArgs),
    Diff(DiffArgs),
    Prune(PruneArgs),
    Export(ExportArgs),
}

/// What `next`, `subplan`, `execution` and `run create` have in common.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct LaunchOptions {
    /// An input that the workflow declares; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub params: Vec<Param>,
    /// Wall time after which it is stopped; 0 means no limit
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
    /// Time without any output after which it is stopped; 0 means no limit
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub idle_timeout: Option<Duration>,
    /// Let shell lines that the plan's own files hold be run: steps before the work, checks after it
    #[arg(long)]
    pub plan_commands: bool,
    /// Print the frozen specification and start nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Create a run of a workflow
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run create next --plan ALPHA --follow
  plandeck run create task --plan 001-login --item T014 --item T015 --slots 2
  plandeck run create all --plan 001-login --dry-run
  plandeck run create all --plan WFS-ferry --slots 4 --follow
  plandeck run create release --param level=2 --timeout 10m --dry-run
  plandeck run create                          (asks, on a terminal)")]
pub struct CreateArgs {
    /// all, next, subplan, execution, task, or one of the configuration; asked for when absent
    pub workflow: Option<WorkflowName>,
    /// The plan
    #[arg(short, long)]
    pub plan: Option<PlanName>,
    /// An item's id; may be repeated where the workflow takes several
    #[arg(long = "item", value_name = "ITEM")]
    pub items: Vec<ItemId>,
    /// Inputs as one JSON object: JSON, @FILE, or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    pub input: Option<InputSource>,
    /// What the short verbs take too.
    #[command(flatten)]
    pub options: LaunchOptions,
    /// How many tasks may run at once
    #[arg(long, value_name = "N")]
    pub slots: Option<NonZeroUsize>,
    /// How a whole plan is run, instead of what the plan says itself
    #[arg(long, value_enum, value_name = "STRATEGY")]
    pub strategy: Option<StrategyWord>,
    /// The [agent.NAME] that does the items, instead of the one that the recipe or the plan names
    #[arg(long, value_name = "AGENT")]
    pub agent: Option<String>,
    /// Stop everything at the first failure
    #[arg(long)]
    pub fail_fast: bool,
    /// When everything is done, close the plan: its summary, its own status, its archive
    #[arg(long)]
    pub complete: bool,
    /// Carry on a run that did not finish; the plan's latest one when RUN is left out
    #[arg(long, value_name = "RUN", num_args = 0..=1, default_missing_value = "@latest")]
    pub resume: Option<RunRef>,
    /// Show what it does until it ends
    #[arg(long, conflicts_with = "wait")]
    pub follow: bool,
    /// Wait in silence until it ends
    #[arg(long)]
    pub wait: bool,
}

/// List runs, the newest first
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run list
  plandeck run list --plan ALPHA --status failed --status timed_out
  plandeck run list --since 7d --sort duration -o json
  plandeck run list -i")]
pub struct ListArgs {
    /// Choose, follow, cancel and retry with keys, on a terminal
    #[arg(short, long)]
    pub interactive: bool,
    /// Only runs of this plan
    #[arg(short, long)]
    pub plan: Option<PlanName>,
    /// Only runs of this workflow
    #[arg(short, long)]
    pub workflow: Option<WorkflowName>,
    /// Only runs that stand so; may be repeated
    #[arg(short, long = "status", value_enum, value_name = "STATUS")]
    pub statuses: Vec<StatusWord>,
    /// Only runs created since then
    #[arg(long, value_name = "TIME")]
    pub since: Option<When>,
    /// Only runs created until then
    #[arg(long, value_name = "TIME")]
    pub until: Option<When>,
    /// Only runs in whose plan, item, workflow or id this text stands
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// By what they are ordered
    #[arg(long, value_enum, default_value_t)]
    pub sort: SortBy,
    /// The other way round
    #[arg(long)]
    pub reverse: bool,
    /// How many at most
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<NonZeroUsize>,
    /// Where the page begins: `next_page` of the page before
    #[arg(long, value_name = "TOKEN")]
    pub page: Option<String>,
}

/// By what runs are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SortBy {
    /// The time they were created, the newest first.
    #[default]
    Started,
    /// How long they took, the longest first.
    Duration,
    /// How they stand.
    Status,
    /// By workflow.
    Workflow,
    /// By plan.
    Plan,
}

/// Show a run: tasks, attempts, deliverables, advice
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run get @latest
  plandeck run get 3f9c2a --watch
  plandeck run get 3f9c2a --timeline
  plandeck run get ../elsewhere/run-3f9c2a.jsonl -o json")]
pub struct GetArgs {
    /// Its tail, its full id, @latest, @latest-failed, or the file of an exported run
    #[arg(value_name = "RUN|FILE")]
    pub run: RunRef,
    /// Show it anew whenever something happens, until it ends
    #[arg(short, long)]
    pub watch: bool,
    /// Show when each task waited, ran and was tried again
    #[arg(long)]
    pub timeline: bool,
}

/// Show what a run printed
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run logs @latest --follow
  plandeck run logs 3f9c2a --tail 50
  plandeck run logs @latest-failed --grep '^error'
  plandeck run logs @latest --level warn
  plandeck run logs run-3f9c2a.jsonl")]
pub struct LogsArgs {
    /// Its tail, its full id, @latest, @latest-failed, or the file of an exported run
    #[arg(value_name = "RUN|FILE")]
    pub run: RunRef,
    /// One task; the first that failed, else the first, when absent
    pub task: Option<String>,
    /// Go on until the task ends
    #[arg(short, long)]
    pub follow: bool,
    /// Begin at this byte
    #[arg(long, value_name = "OFFSET", conflicts_with = "tail")]
    pub from: Option<u64>,
    /// Only the last lines
    #[arg(short = 'n', long, value_name = "LINES")]
    pub tail: Option<usize>,
    /// Only lines that match this regular expression
    #[arg(long, value_name = "REGEX")]
    pub grep: Option<String>,
    /// Only lines as grave as this, by what they say of themselves
    #[arg(long, value_enum)]
    pub level: Option<LevelName>,
    /// Only one stream; needs a recipe with capture = "split"
    #[arg(long, value_enum)]
    pub stream: Option<StreamName>,
}

/// List what happened in a run
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run events @latest
  plandeck run events 3f9c2a --from 12")]
pub struct EventsArgs {
    /// Its tail, its full id, @latest or @latest-failed
    pub run: RunRef,
    /// Only events after this number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub from: u64,
}

/// Show what a run does until it ends
///
/// Ends with the code of the run's verdict.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct FollowArgs {
    /// Its tail, its full id, @latest or @latest-failed
    pub run: RunRef,
    /// Only events after this number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub from: u64,
}

/// Wait in silence until runs end
///
/// Ends with the code of the worst verdict.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct WaitArgs {
    /// Which runs
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<RunRef>,
}

/// End runs: TERM, the recipe's grace, KILL, and all they left behind
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run cancel 3f9c2a --reason \"wrong branch\"
  plandeck run cancel @latest --force")]
pub struct CancelArgs {
    /// Which runs
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<RunRef>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// KILL at once, without grace
    #[arg(short, long)]
    pub force: bool,
}

/// Launch nothing more of a run for now; what runs goes on
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct PauseArgs {
    /// Its tail, its full id or @latest
    pub run: RunRef,
}

/// Let a paused run go on
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct UnpauseArgs {
    /// Its tail, its full id or @latest
    pub run: RunRef,
}

/// Give a line to the standard input of a run's task
///
/// Only for a task that is alone and whose recipe holds its input open; else it is refused.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run send @latest yes
  plandeck run send 3f9c2a \"go on with the second one\"")]
pub struct SendArgs {
    /// Its tail, its full id or @latest
    pub run: RunRef,
    /// The line, without its end
    #[arg(allow_hyphen_values = true)]
    pub text: String,
}

/// Run again what a run's frozen specification says, as a new run
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck run retry @latest-failed
  plandeck run retry 3f9c2a --failed --timeout 10m
  plandeck run retry 3f9c2a --from lint --follow")]
pub struct RetryArgs {
    /// Its tail, its full id, @latest or @latest-failed
    pub run: RunRef,
    /// Only the tasks that did not succeed, and what needs them
    #[arg(long, conflicts_with = "from")]
    pub failed: bool,
    /// Only this task and what needs it
    #[arg(long, value_name = "TASK")]
    pub from: Option<String>,
    /// Another wall time for every task; 0 means no limit
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
    /// Another idle time for every task; 0 means no limit
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub idle_timeout: Option<Duration>,
    /// Show what it does until it ends
    #[arg(long, conflicts_with = "wait")]
    pub follow: bool,
    /// Wait in silence until it ends
    #[arg(long)]
    pub wait: bool,
}
