//! Why something asked of a run did not come about.

use std::{fmt, io};

use crate::{ids::RunId, journal, run::Refusal};

/// The world failed, or the wish can't be granted.
#[derive(Debug)]
pub enum Error {
    /// The wish can't be granted.
    Refused(Refusal),
    /// The journal failed.
    Journal(journal::Error),
    /// The state folder failed; the message names the path.
    Folder(io::Error),
    /// The run was created, but nobody minds it: it is written as ended.
    Supervisor {
        /// The run.
        run: RunId,
        /// Why its supervisor did not start.
        why: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(formatter),
            Self::Journal(error) => error.fmt(formatter),
            Self::Folder(error) => write!(formatter, "the state folder can't be used: {error}"),
            Self::Supervisor { run, why } => {
                write!(
                    formatter,
                    "the supervisor of run {} did not start: {why}; nothing was run",
                    run.short()
                )
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Journal(error) => Some(error),
            Self::Folder(error) => Some(error),
            Self::Supervisor { .. } => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<journal::Error> for Error {
    fn from(error: journal::Error) -> Self {
        match error {
            journal::Error::Refused(refusal) => Self::Refused(refusal),
            other => Self::Journal(other),
        }
    }
}
