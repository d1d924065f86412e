//! Whether anybody looks: what the terminal last said of its focus, shared by all who need to know.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

/// Whether a terminal is looked at, as far as it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// It never said.
    #[default]
    Unknown,
    /// It has the keys.
    Here,
    /// Another window has them.
    Away,
}

/// What was last said of the focus. Clones know the same.
#[derive(Clone, Debug, Default)]
pub struct Eyes(Arc<AtomicU8>);

impl Eyes {
    /// What was last said.
    pub fn focus(&self) -> Focus {
        match self.0.load(Ordering::Relaxed) {
            1 => Focus::Here,
            2 => Focus::Away,
            _ => Focus::Unknown,
        }
    }

    /// The terminal said this.
    pub fn say(&self, focus: Focus) {
        let word = match focus {
            Focus::Unknown => 0,
            Focus::Here => 1,
            Focus::Away => 2,
        };
        self.0.store(word, Ordering::Relaxed);
    }

    /// A key was pressed: whoever does that looks, even where the terminal has not said so yet.
    pub fn key_pressed(&self) {
        if self.focus() == Focus::Away {
            self.say(Focus::Here);
        }
    }
}
