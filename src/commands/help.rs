//! `help`, `completions`, `man`: texts that come from the grammar itself.

use clap_complete::Shell;

use super::{
    context::{Context, Done, Face},
    failure::Failure,
};
use crate::cli::{self, Grammar, HelpArgs};

/// Says what a verb does, or lists the exit codes.
///
/// # Errors
/// When there is no such topic.
pub fn help(context: &mut Context<'_>, args: &HelpArgs) -> Result<Done, Failure> {
    let grammar = if context.face == Face::Shell { Grammar::Shell } else { Grammar::Deck };
    let text = cli::help(grammar, &args.topic)?;
    let text = if context.style.colour { text.ansi().to_string() } else { text.to_string() };
    context.print(&(text.trim_end().to_owned() + "\n"))?;
    Ok(Done::well())
}

/// Prints completions for a shell.
///
/// # Errors
/// When standard output is gone.
pub fn completions(context: &mut Context<'_>, shell: Shell) -> Result<Done, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Grammar::Shell.command(), "plandeck", &mut script);
    context.print(&String::from_utf8_lossy(&script))?;
    Ok(Done::well())
}

/// Prints the manual page.
///
/// # Errors
/// When standard output is gone.
pub fn man(context: &mut Context<'_>) -> Result<Done, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Grammar::Shell.command()).render(&mut page)?;
    context.print(&String::from_utf8_lossy(&page))?;
    Ok(Done::well())
}
