//! The verbs of the shell. The deck takes them too.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{
    plan::{PlanVerb, Target},
    run::{LaunchOptions, RunVerb},
    values::{PlanName, RunRef},
};
use crate::ids::ItemId;

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
#[expect(missing_docs, reason = "each struct says what its verb does, and that text is the help")]
pub enum Verb {
    Status(StatusArgs),
    Next(NextArgs),
    Subplan(SubplanArgs),
    Execution(ExecutionArgs),
    /// Read, check and edit plans
    #[command(subcommand)]
    Plan(PlanVerb),
    /// Create, watch and end runs
    #[command(subcommand)]
    Run(RunVerb),
    Monitor(MonitorArgs),
    Demo(DemoArgs),
    Replay(ReplayArgs),
    Init(InitArgs),
    /// Show the settings and where they come from
    #[command(subcommand)]
    Config(ConfigVerb),
    Doctor(DoctorArgs),
    /// List the themes, each shown in its own colours
    Themes,
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
    Help(HelpArgs),
    #[command(hide = true)]
    Supervise(SuperviseArgs),
    #[command(hide = true)]
    Perform(PerformArgs),
    #[command(hide = true)]
    Document(DocumentArgs),
}

/// Show the board of all plans, or one plan's page
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck status
  plandeck status ALPHA
  plandeck status -o json")]
pub struct StatusArgs {
    /// One plan; the board when absent
    pub plan: Option<PlanName>,
}

/// Run what is next for a plan, and follow it
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck next
  plandeck next ALPHA --dry-run")]
pub struct NextArgs {
    /// The plan; may be left out where there is only one in question
    pub plan: Option<PlanName>,
    /// How it is launched.
    #[command(flatten)]
    pub options: LaunchOptions,
}

/// Create the SUBPLAN of an achievement, and follow it
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(override_usage = "plandeck subplan [OPTIONS] [PLAN] <ITEM>")]
#[command(before_long_help = "\
Examples:
  plandeck subplan ALPHA 2.3
  plandeck subplan ALPHA 2.3 --timeout 10m")]
pub struct SubplanArgs {
    /// The item.
    #[command(flatten)]
    pub target: Target,
    /// How it is launched.
    #[command(flatten)]
    pub options: LaunchOptions,
}

/// Create the next EXECUTION_TASK of an achievement's SUBPLAN, and follow it
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(override_usage = "plandeck execution [OPTIONS] [PLAN] <ITEM>")]
#[command(before_long_help = "\
Examples:
  plandeck execution ALPHA 2.3
  plandeck execution ALPHA 23")]
pub struct ExecutionArgs {
    /// The item, by its id or by its SUBPLAN's.
    #[command(flatten)]
    pub target: Target,
    /// How it is launched.
    #[command(flatten)]
    pub options: LaunchOptions,
}

/// Watch runs and their logs on the whole terminal
///
/// ? lists its keys. Leaving it never touches a run.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck monitor
  plandeck monitor @latest")]
pub struct MonitorArgs {
    /// Its tail, its full id, @latest or @latest-failed; the list of runs when absent
    pub run: Option<RunRef>,
}

/// Make a workspace to try everything on, and open the deck in it
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct DemoArgs {
    /// Where; a new folder among the temporary ones when absent
    pub folder: Option<PathBuf>,
}

/// Play sessions and compare what is shown with what they expect
///
/// Ends with 1 when something differs.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck replay tests/sessions
  plandeck replay first-steps.session --update")]
pub struct ReplayArgs {
    /// Session files, or folders of them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Write what was shown into the files
    #[arg(long)]
    pub update: bool,
}

/// Write a plandeck.toml that says every default, if there is none
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InitArgs {}

/// Look after what is remembered: the journal, the folders of runs, and what still lives of them
///
/// Ends with 1 when something is wrong and stays so.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck doctor
  plandeck doctor --repair")]
pub struct DoctorArgs {
    /// Mend what can be mended without losing anything
    #[arg(long)]
    pub repair: bool,
}

/// Show the settings and where they come from
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum ConfigVerb {
    /// Print each effective value and where it comes from
    Show,
    /// Print the files that are looked for, and which exist
    Path,
    /// Edit the workspace's plandeck.toml with $VISUAL or $EDITOR; only what makes sense is taken
    Edit,
}

/// Print completions for a shell
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck completions bash > ~/.local/share/bash-completion/completions/plandeck
  plandeck completions zsh > ~/.zfunc/_plandeck")]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Say what a verb does, or list the exit codes
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(before_long_help = "\
Examples:
  plandeck help run create
  plandeck help exit-codes")]
pub struct HelpArgs {
    /// A verb and its part (`run create`), or `exit-codes`
    pub topic: Vec<String>,
}

/// Mind one run to its end; started by the program itself, never by hand
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct SuperviseArgs {
    /// The full id
    pub run: String,
    /// The state folder
    #[arg(long, value_name = "DIR")]
    pub state: PathBuf,
    /// The workspace
    #[arg(long, value_name = "DIR")]
    pub workspace: PathBuf,
}

/// Do one task of a plan, told on standard input; started by a run's supervisor, never by hand
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct PerformArgs {
    /// The full id of the run
    pub run: String,
    /// The task's name
    pub task: String,
    /// Which attempt
    pub attempt: u32,
}

/// Write an item's next document, or print a prompt for it; what the built-in recipes run
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct DocumentArgs {
    /// Which
    #[arg(value_enum)]
    pub kind: DocumentName,
    /// The plan, by the path of its file or folder
    pub plan: PlanName,
    /// The item's id
    pub item: ItemId,
}

/// The documents and prompts that the built-in recipes make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocumentName {
    /// Writes the SUBPLAN of an achievement.
    Subplan,
    /// Writes the next EXECUTION_TASK of a SUBPLAN.
    Execution,
    /// Prints a prompt that fills in a SUBPLAN.
    Fill,
    /// Prints a prompt that answers an open FIX.
    Fix,
    /// Prints a prompt that reviews what was executed.
    Review,
    /// Prints a prompt that carries on an execution.
    Continue,
    /// Prints a prompt that does a task.
    Task,
}

impl DocumentName {
    /// The word in the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Subplan => "subplan",
            Self::Execution => "execution",
            Self::Fill => "fill",
            Self::Fix => "fix",
            Self::Review => "review",
            Self::Continue => "continue",
            Self::Task => "task",
        }
    }
}
