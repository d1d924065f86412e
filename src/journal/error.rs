//! What can go wrong between us and the journal.

use std::{fmt, path::PathBuf};

use crate::{
    ids::{RunId, Seq},
    run::Refusal,
};

/// The journal could not be read or written, or what was asked of it does not fit.
#[derive(Debug)]
pub enum Error {
    /// The file can't be opened or created.
    Open {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A newer program wrote it.
    Newer {
        /// The version it has.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// An older program wrote it, and it may only be read.
    Older {
        /// The version it has.
        found: i64,
        /// The version this program reads.
        known: i64,
    },
    /// A statement failed: disk full, locked for too long, read-only, damaged.
    Statement {
        /// What was being done, as `append events`.
        doing: &'static str,
        /// In SQLite's words.
        source: rusqlite::Error,
    },
    /// A row holds what this program can't understand.
    Row {
        /// Which row, as `event 17`.
        what: String,
        /// Why.
        source: serde_json::Error,
    },
    /// Events of a run follow each other without a gap; this one does not.
    Gap {
        /// The run.
        run: RunId,
        /// The number that is next.
        expected: Seq,
        /// The number that came.
        found: Seq,
    },
    /// A page token that this list did not give.
    BadPage {
        /// As it was given.
        token: String,
    },
    /// What was asked can't be granted: no such run, several that fit, ended already.
    Refused(Refusal),
}

impl Error {
    /// True when trying again later may succeed without anybody's help: the journal was locked.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        matches!(self.code(), Some(DatabaseBusy | DatabaseLocked))
    }

    /// True when the file is no sound journal any more: bytes of it were changed or are missing.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match self {
            Self::Row { .. } => true,
            // Of the version that it says it is, it would have its tables.
            Self::Statement { source: rusqlite::Error::SqliteFailure(_, Some(message)), .. }
                if message.starts_with("no such table") || message.starts_with("no such column") =>
            {
                true
            }
            _ => matches!(self.code(), Some(DatabaseCorrupt | NotADatabase)),
        }
    }

    /// True when there is no room left for what was to be written.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.code(), Some(rusqlite::ErrorCode::DiskFull))
    }

    /// True when the file may only be read.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, ReadOnly};
        matches!(self.code(), Some(ReadOnly | CannotOpen))
    }

    /// What SQLite calls it, where it was SQLite that failed.
    fn code(&self) -> Option<rusqlite::ErrorCode> {
        match self {
            Self::Statement { source, .. } => source.sqlite_error_code(),
            Self::Open { source, .. } => source.downcast_ref::<rusqlite::Error>()?.sqlite_error_code(),
            _ => None,
        }
    }

    /// What a person can do about it, where there is one thing to do.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        if self.is_damaged() {
            return Some(
                "doctor --repair moves the damaged journal aside and keeps what it and the run folders still tell",
            );
        }
        if self.is_full() {
            return Some("free some space and try again; nothing that was recorded is lost");
        }
        if self.is_busy() {
            return Some("another program holds the journal: try again, or see who has it open");
        }
        if self.is_read_only() {
            return Some("make the state folder writable, or name another one with PLANDECK_STATE_DIR");
        }
        None
    }

    pub(super) fn open(
        path: &std::path::Path,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Open { path: path.to_owned(), source: source.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { path, source } => {
                write!(formatter, "the journal {} can't be opened: {source}", path.display())
            }
            Self::Newer { found, known } => write!(
                formatter,
                "the journal is of version {found}, written by a newer plandeck; this one knows versions \
                 up to {known}. Use the newer one, or another state folder (PLANDECK_STATE_DIR)"
            ),
            Self::Older { found, known } => write!(
                formatter,
                "the journal is of version {found} and has to be brought to {known}, but may only be read. \
                 Make it writable and run plandeck once"
            ),
            Self::Statement { doing, source } => write!(formatter, "could not {doing}: {source}"),
            Self::Row { what, source } => {
                write!(formatter, "{what} of the journal can't be understood: {source}")
            }
            Self::Gap { run, expected, found } => write!(
                formatter,
                "event {} of run {run} came where event {} is next; was another supervisor at work?",
                found.0, expected.0
            ),
            Self::BadPage { token } => {
                write!(formatter, "\"{token}\" is no page of this list; begin again without a page")
            }
            Self::Refused(refusal) => refusal.fmt(formatter),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Open { source, .. } => Some(&**source),
            Self::Statement { source, .. } => Some(source),
            Self::Row { source, .. } => Some(source),
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Says what was being done when a statement failed.
pub trait Doing<T> {
    /// `doing` completes "could not …".
    fn doing(self, doing: &'static str) -> Result<T, Error>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::Statement { doing, source })
    }
}
