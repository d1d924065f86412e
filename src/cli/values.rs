//! The words that stand in a command line, read into types.

use std::{convert::Infallible, fmt, path::PathBuf, str::FromStr, time::Duration};

use clap::ValueEnum;

use crate::{clock::Timestamp, text};

macro_rules! name_as_typed {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it stands.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it was typed.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::new(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&text::plain(&self.0))
            }
        }
    };
}

name_as_typed! {
    /// A run as it was typed: its tail, its full id, `@latest` or `@latest-failed`.
    RunRef
}
name_as_typed! {
    /// A plan as it was typed: its id, a unique part of it, its number on the board (in the deck), or
    /// the path of its file or folder.
    PlanName
}

/// `NAME=VALUE` of `--param`. The declared type of the parameter decides what the value means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Before the first `=`; not empty.
    pub name: String,
    /// After it, as it was typed.
    pub value: String,
}

impl FromStr for Param {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                Ok(Self { name: name.to_owned(), value: value.to_owned() })
            }
            _ => Err("write it as NAME=VALUE".to_owned()),
        }
    }
}

/// Where the JSON of `--input` comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputSource {
    /// It stands in the command line, not yet understood.
    Text(String),
    /// `@FILE`.
    File(PathBuf),
    /// `-`.
    Stdin,
}

impl FromStr for InputSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if let Some(file) = text.strip_prefix('@') {
            return if file.is_empty() {
                Err("@ needs a file".to_owned())
            } else {
                Ok(Self::File(file.into()))
            };
        }
        Ok(Self::Text(text.to_owned()))
    }
}

/// A point in time as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// RFC 3339, or a date at midnight UTC.
    At(Timestamp),
    /// This long ago.
    Ago(Duration),
}

impl When {
    /// The point in time, given the present one.
    pub fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(ago) => {
                let millis = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
                Timestamp::from_millis(now.millis().saturating_sub(millis))
            }
        }
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let midnight = format!("{text}T00:00:00Z");
        if let Some(at) = Timestamp::parse(text).or_else(|| Timestamp::parse(&midnight)) {
            return Ok(Self::At(at));
        }
        text::parse_duration(text).map(Self::Ago).map_err(|_| {
            "write how long ago (\"2h\", \"7d\"), a date (\"2026-01-31\") or a time (\"2026-01-31T12:00:00Z\")"
                .to_owned()
        })
    }
}

/// The words of `--status`: how a run or a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
#[expect(missing_docs, reason = "`run::Status` says what each means; a test keeps the two lists equal")]
pub enum StatusWord {
    Queued,
    Running,
    Paused,
    Stopping,
    Succeeded,
    Failed,
    #[value(alias = "timed-out")]
    TimedOut,
    Cancelled,
    Lost,
    Skipped,
    Blocked,
}

/// The states that `plan set` can write. `ready` and `unknown` are derived, never set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
#[expect(missing_docs, reason = "`plan::ItemState` says what each means; a test keeps the two lists equal")]
pub enum StateWord {
    Pending,
    #[value(alias = "in-progress")]
    InProgress,
    #[value(alias = "in-review")]
    InReview,
    #[value(alias = "needs-fix")]
    NeedsFix,
    Blocked,
    Done,
    Skipped,
}

/// The words of `--strategy`: how a whole plan is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "`run::Strategy` says what each means; a test keeps the two lists equal")]
pub enum StrategyWord {
    Sequential,
    Mixed,
    Parallel,
    Phased,
    Tdd,
    Fallback,
}

/// One of a child's two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StreamName {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

macro_rules! word_of_value {
    ($($name:ident)*) => {
        $(impl $name {
            /// The word as it is written in JSON, in the configuration and here.
            pub fn word(self) -> String {
                self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
            }
        })*
    };
}

/// How grave a line of output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LevelName {
    /// Every step.
    Trace,
    /// For who looks for a fault.
    Debug,
    /// What happens; also what does not say how grave it is.
    Info,
    /// It went on, but not as it should.
    Warn,
    /// Something did not come about.
    Error,
    /// Nothing comes about any more.
    Fatal,
}

word_of_value!(StatusWord StateWord StrategyWord StreamName LevelName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_date_a_moment_or_how_long_ago() {
        let now = Timestamp::parse("2026-01-31T12:00:00Z").unwrap();
        let check = |text: &str, expected: &str| {
            assert_eq!(text.parse::<When>().unwrap().resolve(now).rfc3339(), expected, "{text}");
        };
        check("2h", "2026-01-31T10:00:00.000Z");
        check("7d", "2026-01-24T12:00:00.000Z");
        check("2026-01-30", "2026-01-30T00:00:00.000Z");
        check("2026-01-30T11:00:00+01:00", "2026-01-30T10:00:00.000Z");
        assert!("yesterday".parse::<When>().is_err());
    }

    #[test]
    fn a_parameter_keeps_what_follows_the_first_equals_sign() {
        let check = |text: &str, name: &str, value: &str| {
            let expected = Param { name: name.to_owned(), value: value.to_owned() };
            assert_eq!(text.parse(), Ok(expected), "{text}");
        };
        check("level=3", "level", "3");
        check("query=a=b", "query", "a=b");
        check("note=", "note", "");
        assert!("level".parse::<Param>().is_err());
        assert!("=3".parse::<Param>().is_err());
    }

    #[test]
    fn input_is_json_a_file_or_standard_input() {
        assert_eq!("-".parse(), Ok(InputSource::Stdin));
        assert_eq!("@in.json".parse(), Ok(InputSource::File("in.json".into())));
        assert_eq!("{\"a\":1}".parse(), Ok(InputSource::Text("{\"a\":1}".to_owned())));
        assert!("@".parse::<InputSource>().is_err());
    }
}
