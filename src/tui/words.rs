//! What a person says about a log: which times, and which words.

use regex::bytes::{Regex, RegexBuilder};

/// Which time stands beside a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stamps {
    /// None.
    #[default]
    Off,
    /// Since the attempt began.
    Relative,
    /// Of the day, in UTC.
    Absolute,
}

impl Stamps {
    /// The next one of them.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Off => Self::Relative,
            Self::Relative => Self::Absolute,
            Self::Absolute => Self::Off,
        }
    }

    /// Columns that a time and the space behind it take.
    #[must_use]
    pub const fn columns(self) -> usize {
        match self {
            Self::Off => 0,
            Self::Relative => 11,
            Self::Absolute => 13,
        }
    }
}

/// A regular expression as it was typed.
#[derive(Clone, Debug)]
pub struct Typed {
    /// In the person's words.
    pub text: String,
    /// What it means: capitals matter when there are any; what is no expression is taken literally.
    pub pattern: Regex,
}

impl Typed {
    /// What a person means by it.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let build = |pattern: &str| {
            RegexBuilder::new(pattern)
                .case_insensitive(!text.chars().any(char::is_uppercase))
                .size_limit(1 << 20)
                .build()
        };
        let pattern = build(text).or_else(|_| build(&regex::escape(text))).ok()?;
        (!text.is_empty()).then(|| Self { text: text.to_owned(), pattern })
    }
}
