//! The top of the shell's grammar: options that every verb takes, and the verb.

use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};

use super::verb::Verb;

/// An interactive dashboard for plans that live as files
///
/// Without a verb: the deck on a terminal, else one command a line from standard input.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "plandeck",
    version,
    disable_help_subcommand = true,
    propagate_version = false,
    before_long_help = "\
Examples:
  plandeck                          open the deck on the plans of this folder
  plandeck demo                     the same, on a workspace made to be tried on
  plandeck status                   the board of all plans
  plandeck next ALPHA --dry-run     what would be run next for ALPHA, and why
  plandeck subplan ALPHA 2.3        create the SUBPLAN of achievement 2.3, and follow
  plandeck run list --status failed
  plandeck help exit-codes"
)]
pub struct Cli {
    /// Options that every verb takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do; absent means the deck.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Options that every verb takes in the shell.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct Global {
    /// The workspace, exactly this folder; otherwise the nearest one from here upwards
    #[arg(short = 'C', long, value_name = "DIR", global = true, help_heading = "Global options")]
    pub workspace: Option<PathBuf>,
    /// Options that a line of the deck takes too.
    #[command(flatten)]
    pub common: Common,
    /// When to colour
    #[arg(
        long,
        value_enum,
        value_name = "auto|always|never",
        hide_possible_values = true,
        global = true,
        help_heading = "Global options"
    )]
    pub color: Option<Colour>,
    /// Append only: no boxes, no spinner, every state in words
    #[arg(long, global = true, help_heading = "Global options")]
    pub accessible: bool,
    /// Never ask, never page, never animate
    #[arg(long, global = true, help_heading = "Global options")]
    pub no_input: bool,
    /// Say less on standard error
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Global options")]
    pub quiet: bool,
    /// Say more on standard error; twice for every detail
    #[arg(short, long, action = clap::ArgAction::Count, global = true, help_heading = "Global options")]
    pub verbose: u8,
}

/// Options that every verb takes in the shell and in the deck.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct Common {
    /// How data is written
    #[arg(
        short,
        long,
        value_enum,
        value_name = "table|plain|json|ndjson",
        hide_possible_values = true,
        global = true,
        help_heading = "Global options"
    )]
    pub output: Option<Output>,
    /// Take every question as answered with yes
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub yes: bool,
}

/// How data is written to standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people, fitted to the width.
    #[default]
    Table,
    /// For people and line tools: no boxes, nothing clipped.
    Plain,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Ndjson,
}

impl Output {
    /// True for the two that programs read: no prompt, no pager, no escape sequence.
    #[must_use]
    pub const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal that has colours and no variable that speaks against it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
