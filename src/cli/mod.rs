//! The grammar of the command line: the same types parse a shell command and a line of the deck.
//!
//! Grammar only: nothing here opens a file or prints. Every verb has a struct of its own, which its
//! command takes; what the words of a plan or a run mean is decided by who is given them.

mod exit_code;
mod global;
mod help;
mod kept;
mod line;
mod plan;
mod run;
mod values;
mod verb;

#[cfg(test)]
mod tests;

pub use exit_code::ExitCode;
pub use global::{Cli, Colour, Common, Global, Output};
pub use help::{EXIT_CODES_TOPIC, Grammar, exit_codes, help};
pub use kept::{DiffArgs, ExportArgs, PruneArgs};
pub use line::{DeckVerb, LineError, Typed, parse_args, parse_line};
pub use plan::{
    ApproveArgs, LintArgs, PlanVerb, ProofArgs, RejectArgs, SetArgs, ShowArgs, Target, UndoArgs,
    WatchArgs as WatchPlanArgs,
};
pub use run::{
    CancelArgs, CreateArgs, EventsArgs, FollowArgs, GetArgs, LaunchOptions, ListArgs, LogsArgs, PauseArgs,
    RetryArgs, RunVerb, SendArgs, SortBy, UnpauseArgs, WaitArgs,
};
pub use values::{
    InputSource, LevelName, Param, PlanName, RunRef, StateWord, StatusWord, StrategyWord, StreamName, When,
};
pub use verb::{
    CompletionsArgs, ConfigVerb, DemoArgs, DoctorArgs, DocumentArgs, DocumentName, ExecutionArgs, HelpArgs,
    InitArgs, MonitorArgs, NextArgs, PerformArgs, ReplayArgs, StatusArgs, SubplanArgs, SuperviseArgs, Verb,
};
