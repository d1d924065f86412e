//! What to do after a failure. Every piece of advice that can be a command is one.

/// One piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What to do, as an instruction: `Create the SUBPLAN for 2.3 first`.
    pub say: String,
    /// Why this would help.
    pub why: String,
    /// What its number does, where a key can do it.
    pub remedy: Option<Remedy>,
}

/// What a piece of advice does when its number is pressed. No remedy is ever destructive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A command of the deck, as it would be typed (`subplan ALPHA 2.3`).
    Deck(String),
    /// A program, as an argument vector, shown before it is run.
    Program(Vec<String>),
}
