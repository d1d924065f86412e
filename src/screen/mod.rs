//! The only terminal: everything that is printed, asked or painted goes through a [`Screen`].
//!
//! It decides nothing and knows no plan. Two implementations: [`Terminal`], which is the process's
//! own streams (with or without a terminal behind them), and [`Recording`], which keeps what was
//! shown and answers from a script. A picture that fills the terminal is painted on [`Full`].

mod busy;
mod eyes;
mod full;
mod input;
mod question;
mod recording;
mod signals;
mod terminal;

use std::{io, time::Duration};

pub use eyes::{Eyes, Focus};
pub use full::{Full, Inputs};
pub use input::{Input, KeyName, Mouse, Press};
pub use question::{Answer, Question};
pub use recording::Recording;
pub use signals::catch_signals;
pub use terminal::Terminal;

/// Where text goes and answers come from.
///
/// Text is printed as it is: whoever made it has already neutralised what is foreign in it.
pub trait Screen {
    /// Data: standard output.
    ///
    /// # Errors
    /// When the stream is gone; a broken pipe is for the caller to end on politely.
    fn print(&mut self, text: &str) -> io::Result<()>;

    /// Everything that is not data: standard error.
    ///
    /// # Errors
    /// As [`Screen::print`].
    fn note(&mut self, text: &str) -> io::Result<()>;

    /// Columns and rows.
    fn size(&self) -> Size;

    /// True when a person can be asked and painted for.
    fn is_interactive(&self) -> bool;

    /// Asks, and waits for the answer. [`Answer::Nothing`] when there is nobody to ask any more.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn ask(&mut self, question: &Question) -> io::Result<Answer>;

    /// The next line that was typed or piped, for a deck without a line editor. `None` at the end.
    ///
    /// # Errors
    /// When reading fails.
    fn read_line(&mut self) -> io::Result<Option<String>>;

    /// Paints these lines in place of the ones painted before; an empty list takes them away.
    /// Does nothing where nobody looks.
    fn paint(&mut self, lines: &[String]);

    /// Tells the terminal itself how far something is (its tab or the desktop's bar shows it), until
    /// nothing is told any more or anything is printed. Does nothing where a terminal knows no such thing.
    fn progress(&mut self, _share: Option<Share>) {}

    /// Whether the terminal is looked at.
    fn eyes(&self) -> Eyes {
        Eyes::default()
    }

    /// Asks the terminal to say when it is looked at and when not, or no longer.
    fn watch_focus(&mut self, _watch: bool) {}

    /// What the terminal itself does to be noticed: its bell, its notification. Leaves what is painted
    /// as it is.
    fn call(&mut self, _sequence: &str) {}

    /// Waits this long for a key while something runs.
    fn key(&mut self, wait: Duration) -> Option<Key>;

    /// The whole terminal, for a picture that fills it; nothing where nobody looks.
    ///
    /// # Errors
    /// When the terminal can't be taken.
    fn full(&mut self) -> io::Result<Option<Full>>;

    /// Says that one blocking step goes on until [`Screen::idle`].
    fn busy(&mut self, label: &str);

    /// The blocking step is over.
    fn idle(&mut self);
}

/// How far something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Parts done.
    pub done: usize,
    /// Parts in all.
    pub total: usize,
}

impl Share {
    /// From 0 to 100.
    pub const fn percent(self) -> usize {
        match (self.done * 100).checked_div(self.total) {
            Some(percent) => percent,
            None => 0,
        }
    }
}

/// Columns and rows of what is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// At least 1.
    pub columns: usize,
    /// At least 1.
    pub rows: usize,
}

impl Default for Size {
    /// What a terminal has that does not say otherwise.
    fn default() -> Self {
        Self { columns: 80, rows: 24 }
    }
}

/// A key pressed while something runs in the foreground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// Ctrl-C.
    Interrupt,
    /// Esc.
    Escape,
    /// Enter.
    Enter,
    /// Takes the last character back.
    Backspace,
    /// The arrow.
    Up,
    /// The arrow.
    Down,
    /// A screenful up.
    PageUp,
    /// A screenful down.
    PageDown,
    /// To the beginning.
    Home,
    /// To the end.
    End,
}
