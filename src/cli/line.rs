//! A line of the deck, and the arguments of a shell command, read by the same types.

use std::{ffi::OsString, fmt};

use clap::{CommandFactory as _, Parser, Subcommand, builder::StyledStr, error::ErrorKind};

use super::{
    global::{Cli, Common},
    kept::{DiffArgs, ExportArgs, PruneArgs},
    plan::PlanVerb,
    run::{
        CancelArgs, CreateArgs, EventsArgs, FollowArgs, GetArgs, ListArgs, LogsArgs, PauseArgs, RetryArgs,
        RunVerb, SendArgs, UnpauseArgs, WaitArgs,
    },
    values::PlanName,
    verb::Verb,
};

/// What was typed on a line of the deck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A verb that the shell knows too.
    Verb(Box<Verb>, Common),
    /// A verb of the deck alone.
    Deck(DeckVerb),
}

/// The verbs of the deck alone.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum DeckVerb {
    /// Open a plan's page
    Open {
        /// Its number on the board, its id, or a unique part of it
        plan: PlanName,
    },
    /// Go back to the board
    Back,
    /// Read the plans again
    Refresh,
    /// Leave the deck; runs go on
    #[command(visible_alias = "exit")]
    Quit,
}

/// Why a command line can't be taken, or the help it asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineError {
    /// Help or the version was asked for: data, not an error.
    Shown(StyledStr),
    /// It makes no sense; the text says why, with a suggestion and the usage.
    Usage(StyledStr),
    /// A quotation mark has no partner.
    OpenQuote,
}

impl fmt::Display for LineError {
    /// Without colours; the two texts can be printed `ansi()` where there are any.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shown(text) | Self::Usage(text) => write!(formatter, "{text}"),
            Self::OpenQuote => formatter.write_str("error: a quotation mark is not closed"),
        }
    }
}

impl std::error::Error for LineError {}

impl From<clap::Error> for LineError {
    fn from(error: clap::Error) -> Self {
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Self::Shown(error.render()),
            _ => Self::Usage(error.render()),
        }
    }
}

/// Reads the arguments of a shell command; the first is the program's name.
///
/// # Errors
/// When they make no sense, or ask for help.
pub fn parse_args<T: Into<OsString> + Clone>(args: impl IntoIterator<Item = T>) -> Result<Cli, LineError> {
    Ok(Cli::try_parse_from(args)?)
}

/// Reads one line of the deck, split as a shell would. Nothing for an empty line or a comment.
///
/// `plandeck` at the beginning is passed over, so that what the manual says can be pasted.
///
/// # Errors
/// When it makes no sense, or asks for help.
pub fn parse_line(line: &str) -> Result<Option<Typed>, LineError> {
    let mut words = shell_words::split(line).map_err(|_| LineError::OpenQuote)?;
    if words.first().is_some_and(|first| first == "plandeck") {
        words.remove(0);
    }
    if words.is_empty() {
        return Ok(None);
    }
    Ok(Some(Line::try_parse_from(words)?.typed()))
}

/// The grammar of a line of the deck, for completion and help.
pub(super) fn deck_grammar() -> clap::Command {
    Line::command()
}

#[derive(Parser)]
#[command(
    name = "plandeck",
    no_binary_name = true,
    disable_help_subcommand = true,
    override_usage = "COMMAND …",
    help_template = "{subcommands}{after-help}",
    after_help = "COMMAND --help says more."
)]
struct Line {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: LineVerb,
}

impl Line {
    fn typed(self) -> Typed {
        let verb = match self.verb {
            LineVerb::Verb(verb) => verb,
            LineVerb::Run(verb) => Verb::Run(verb.into()),
            LineVerb::Plans => Verb::Plan(PlanVerb::List),
            LineVerb::Deck(verb) => return Typed::Deck(verb),
        };
        Typed::Verb(Box::new(verb), self.common)
    }
}

#[derive(Subcommand)]
enum LineVerb {
    #[command(flatten)]
    Verb(Verb),
    #[command(flatten)]
    Run(PlainRun),
    /// List all plans of the workspace
    Plans,
    #[command(flatten)]
    Deck(DeckVerb),
}

/// What is `run X` in the shell is also plain `X` in the deck.
#[derive(Subcommand)]
enum PlainRun {
    Create(CreateArgs),
    #[command(visible_alias = "history")]
    Runs(ListArgs),
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

impl From<PlainRun> for RunVerb {
    fn from(verb: PlainRun) -> Self {
        match verb {
            PlainRun::Create(args) => Self::Create(args),
            PlainRun::Runs(args) => Self::List(args),
            PlainRun::Get(args) => Self::Get(args),
            PlainRun::Logs(args) => Self::Logs(args),
            PlainRun::Events(args) => Self::Events(args),
            PlainRun::Follow(args) => Self::Follow(args),
            PlainRun::Wait(args) => Self::Wait(args),
            PlainRun::Cancel(args) => Self::Cancel(args),
            PlainRun::Pause(args) => Self::Pause(args),
            PlainRun::Unpause(args) => Self::Unpause(args),
            PlainRun::Send(args) => Self::Send(args),
            PlainRun::Retry(args) => Self::Retry(args),
            PlainRun::Diff(args) => Self::Diff(args),
            PlainRun::Prune(args) => Self::Prune(args),
            PlainRun::Export(args) => Self::Export(args),
        }
    }
}
