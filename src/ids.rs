//! The names of things, each with a type of its own, and where fresh run ids come from.

use std::{
    fmt,
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
};

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it stands.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            /// Control characters are replaced: an id may come from a file, and may go to a terminal.
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                let shown = self.0.replace(char::is_control, "\u{fffd}");
                formatter.pad(&shown)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

text_id! {
    /// A plan's name in its workspace: its folder's name, or a checklist's path. Two plans of one
    /// name get `~2`.
    PlanId
}
text_id! {
    /// An item's id as its plan writes it (`2.3`, `T014`, `IMPL-1.1`); a second one of the same id
    /// gets `~2`.
    ItemId
}
text_id! {
    /// A task's name, unique within its run.
    TaskName
}
text_id! {
    /// A workflow's name: `next`, `subplan`, `execution`, `task` or one from the configuration.
    WorkflowName
}

/// A run's id: a `UUIDv7`, so that ids sort by creation. Never reused.
/// The default is the id of no run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(Uuid);

/// How many characters of a run's random tail people see and type at least.
pub const SHORT_TAIL: usize = 6;

impl RunId {
    /// Wraps an id that was made elsewhere: by [`Ids`] or read from the journal.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The last six characters of the random tail: what people see and type.
    #[must_use]
    pub fn short(self) -> String {
        let text = self.0.simple().to_string();
        text[text.len() - SHORT_TAIL..].to_owned()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl FromStr for RunId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// One launch of one task within a run. A retry is another attempt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttemptId {
    /// The task that is launched.
    pub task: TaskName,
    /// Counts from 1.
    pub number: u32,
}

impl fmt::Display for AttemptId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.task, self.number)
    }
}

/// A place in the journal: the number of the last event seen, over all runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub i64);

/// An event's number within its run. The first is 1 and each next one is one more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

/// Where fresh run ids come from: the system's randomness, or a count that a test or a session began.
#[derive(Debug)]
pub enum Ids {
    /// `UUIDv7` from time and randomness.
    Random,
    /// The same ids in every session: the counter stands in the tail.
    Counted(AtomicU64),
}

impl Ids {
    /// Counts from `first`.
    #[must_use]
    pub const fn counted(first: u64) -> Self {
        Self::Counted(AtomicU64::new(first))
    }

    /// A run id that was never given before. `now_millis` counts from 1970.
    pub fn run(&self, now_millis: i64) -> RunId {
        match self {
            Self::Random => RunId::from_uuid(Uuid::now_v7()),
            Self::Counted(next) => {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let mut tail = [0; 10];
                tail[2..].copy_from_slice(&number.to_be_bytes());
                let millis = u64::try_from(now_millis).unwrap_or(0);
                RunId::from_uuid(Builder::from_unix_timestamp_millis(millis, &tail).into_uuid())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_the_random_tail() {
        let run: RunId = "0193e3f0-7c5a-7abc-8def-0123453f9c2a".parse().expect("a uuid");
        assert_eq!(run.short(), "3f9c2a");
        assert_eq!(run.to_string(), "0193e3f0-7c5a-7abc-8def-0123453f9c2a");
    }

    #[test]
    fn an_id_from_a_file_is_shown_without_its_control_bytes() {
        assert_eq!(PlanId::new("a\x1b[2Jb").to_string(), "a\u{fffd}[2Jb");
    }

    #[test]
    fn counted_ids_differ_in_what_people_see() {
        let ids = Ids::counted(1);
        let now_millis = 1_700_000_000_000;
        let first = ids.run(now_millis);
        assert_eq!(first.short(), "000001");
        assert_ne!(first, ids.run(now_millis));
    }
}
