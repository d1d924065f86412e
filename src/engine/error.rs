//! What keeps a run from being turned.

use std::{fmt, io};

use crate::{
    ids::RunId,
    journal,
    run::{Refusal, Status},
};

/// The run could not be taken over. Once it has started, nothing is an error any more: what fails then
/// is an outcome.
#[derive(Debug)]
pub enum Error {
    /// The system refused a step on the way.
    System {
        /// Completes "could not …".
        doing: &'static str,
        /// In the system's words.
        source: io::Error,
    },
    /// The journal could not be read or written.
    Journal(journal::Error),
    /// Another supervisor holds the run's lock.
    Minded {
        /// The run.
        run: RunId,
    },
    /// The run was started before, or has ended.
    NotQueued {
        /// The run.
        run: RunId,
        /// How it stands.
        status: Status,
    },
}

impl Error {
    /// For `map_err` of a step that the system refused.
    pub(super) fn while_doing(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::System { doing, source }
    }

    pub(super) fn no_such(run: RunId) -> Self {
        Self::Journal(Refusal::NoSuchRun { asked: run.to_string() }.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System { doing, source } => write!(formatter, "could not {doing}: {source}"),
            Self::Journal(error) => error.fmt(formatter),
            Self::Minded { run } => write!(formatter, "run {} has a supervisor already", run.short()),
            Self::NotQueued { run, status } => {
                write!(formatter, "run {} can't be started: it is {} already", run.short(), status.word())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::System { source, .. } => Some(source),
            Self::Journal(error) => Some(error),
            Self::Minded { .. } | Self::NotQueued { .. } => None,
        }
    }
}

impl From<journal::Error> for Error {
    fn from(error: journal::Error) -> Self {
        Self::Journal(error)
    }
}
