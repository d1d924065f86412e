//! The texts that `help` shows, taken from the grammar itself.

use clap::{Command, CommandFactory as _, builder::StyledStr};

use super::{
    exit_code::ExitCode,
    global::Cli,
    line::{LineError, deck_grammar},
};

/// The topic of [`exit_codes`].
pub const EXIT_CODES_TOPIC: &str = "exit-codes";

/// Where help is asked for decides which verbs there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// `plandeck VERB`.
    Shell,
    /// A line of the deck.
    Deck,
}

impl Grammar {
    /// The whole grammar, for help, completions and the manual page.
    pub fn command(self) -> Command {
        match self {
            Self::Shell => Cli::command(),
            Self::Deck => deck_grammar(),
        }
    }
}

/// The long help of a topic: a verb with its parts, `exit-codes`, or nothing for all.
///
/// # Errors
/// When there is no such topic, with the nearest one.
pub fn help(grammar: Grammar, topic: &[String]) -> Result<StyledStr, LineError> {
    if topic == [EXIT_CODES_TOPIC] {
        return Ok(exit_codes().into());
    }
    let mut command = grammar.command();
    command.build();
    let mut found = &mut command;
    for word in topic {
        if found.find_subcommand(word).is_none() {
            return Err(LineError::Usage(no_topic(found, word).into()));
        }
        found = found.find_subcommand_mut(word).expect("it was found a line above");
    }
    Ok(found.render_long_help())
}

/// The exit codes with their meanings, one a line.
#[must_use]
pub fn exit_codes() -> String {
    let line = |code: ExitCode| format!("{:>5}  {}\n", code.code(), code.meaning());
    let table: String = ExitCode::ALL.into_iter().map(line).collect();
    format!(
        "Exit codes:\n{table}\n\
         follow, wait, and create with --follow or --wait end with the code of the run's verdict:\n\
         failed and lost 1, timed out 124, cancelled 130; of several runs the worst. Detaching is 0.\n"
    )
}

fn no_topic(command: &Command, word: &str) -> String {
    let names: Vec<&str> = command
        .get_subcommands()
        .filter(|it| !it.is_hide_set())
        .map(Command::get_name)
        .chain([EXIT_CODES_TOPIC])
        .collect();
    let shown = crate::text::plain(word);
    match crate::text::nearest(word, names.iter().copied()) {
        Some(near) => format!("error: there is no help about '{shown}'; did you mean '{near}'?\n"),
        None => format!("error: there is no help about '{shown}'; there is: {}\n", names.join(", ")),
    }
}
