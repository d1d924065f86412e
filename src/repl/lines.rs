//! The deck without a line editor: commands from a pipe, one a line.

use super::deck::{Deck, Flow};
use crate::{
    cli::ExitCode,
    commands::{Context, Failure},
};

/// Reads lines until there are no more, or one of them quits. What is asked in between is answered by
/// the next line.
///
/// # Errors
/// When a stream is gone.
pub fn run(context: &mut Context<'_>) -> Result<ExitCode, Failure> {
    let mut deck = Deck::open(context)?;
    while let Some(line) = context.screen.read_line()? {
        if deck.line(context, &line)? == Flow::Quit {
            break;
        }
    }
    Ok(ExitCode::Done)
}
