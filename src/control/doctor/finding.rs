//! What was found.

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As it should be.
    Fine,
    /// Good to know beforehand; nothing is wrong.
    Note,
    /// It was wrong and was mended.
    Repaired,
    /// It is wrong.
    Problem,
}

impl Standing {
    /// The word in JSON and on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Note => "note",
            Self::Repaired => "repaired",
            Self::Problem => "problem",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about, a stable word for scripts.
    pub about: &'static str,
    /// How it stands.
    pub standing: Standing,
    /// What was found, and what was done.
    pub message: String,
    /// What to do about it.
    pub fix: Option<String>,
}

/// What mends most things.
const REPAIR: &str = "doctor --repair";

impl Finding {
    /// It is as it should be.
    pub fn fine(about: &'static str, message: impl Into<String>) -> Self {
        Self { about, standing: Standing::Fine, message: message.into(), fix: None }
    }

    /// It is good to know, and what one can do about it.
    pub fn note(about: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { about, standing: Standing::Note, message: message.into(), fix: Some(fix.into()) }
    }

    /// It was mended.
    pub fn repaired(about: &'static str, message: impl Into<String>) -> Self {
        Self { about, standing: Standing::Repaired, message: message.into(), fix: None }
    }

    /// It is wrong, and a person has to see to it.
    pub fn problem(about: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { about, standing: Standing::Problem, message: message.into(), fix: Some(fix.into()) }
    }

    /// It is wrong, and a repair mends it.
    pub fn repairable(about: &'static str, message: impl Into<String>) -> Self {
        Self::problem(about, message, REPAIR)
    }
}
