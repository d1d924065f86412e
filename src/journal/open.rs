//! Opening the journal: private, in write-ahead mode, of the version this program knows.

use std::{fs::OpenOptions, io, os::unix::fs::OpenOptionsExt as _, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use super::{
    error::{Doing as _, Error},
    schema,
};

/// One connection to the journal. Each thread opens its own; writers wait for each other.
#[derive(Debug)]
pub struct Journal {
    pub(super) db: Connection,
}

/// How long a statement waits for another writer.
const BUSY: Duration = Duration::from_secs(5);

/// Pages of the write-ahead file (16 MiB of them) after which it is taken into the journal, which waits for
/// the disk twice.
const CHECKPOINT: u32 = 4_000;

/// More than there are statements, so that each is compiled once.
const STATEMENTS: usize = 64;

impl Journal {
    /// Opens the journal at `path`, creating it (mode 0600, as its `-wal` and `-shm`) or bringing it
    /// up to date. The folder must be there. In a folder that nobody can write to, such as a mounted
    /// backup, it can still be read.
    ///
    /// # Errors
    /// When the file can't be made or opened, is no journal, or was written by a newer program.
    pub fn open(path: &Path) -> Result<Self, Error> {
        create_private(path).map_err(|source| Error::open(path, source))?;
        match Self::open_to_write(path) {
            Err(error) if error.is_read_only() => Self::open_unchanging(path).ok_or(error),
            other => other,
        }
    }

    fn open_to_write(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(|source| Error::open(path, source))?;
        let mut journal = Self { db };
        journal.prepare().map_err(|error| at(path, error))?;
        Ok(journal)
    }

    /// Opens a journal that is there for reading only: from a write-protected place, or to look at a
    /// copy.
    ///
    /// # Errors
    /// When there is none, or it is not of this program's version.
    pub fn open_read_only(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(|source| Error::open(path, source))?;
        let journal = Self { db };
        journal
            .settings()
            .and_then(|()| schema::expect_current(&journal.db))
            .map_err(|error| at(path, error))?;
        Ok(journal)
    }

    /// Without the files that SQLite keeps beside a journal that may change. Nothing when one is there
    /// that holds a part of the truth.
    fn open_unchanging(path: &Path) -> Option<Self> {
        let mut wal = path.as_os_str().to_owned();
        wal.push("-wal");
        if std::fs::metadata(wal).is_ok_and(|it| it.len() > 0) {
            return None;
        }
        let named = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let db = Connection::open_with_flags(format!("file:{named}?immutable=1"), flags).ok()?;
        let journal = Self { db };
        journal.settings().and_then(|()| schema::expect_current(&journal.db)).ok()?;
        Some(journal)
    }

    /// A journal of its own that is gone when it is dropped.
    ///
    /// # Errors
    /// When SQLite has no memory for it.
    pub fn in_memory() -> Result<Self, Error> {
        let mut journal = Self { db: Connection::open_in_memory().doing("open a journal in memory")? };
        journal.prepare()?;
        Ok(journal)
    }

    /// A number that changes when another connection has written: the cheap question of a poller.
    ///
    /// Own writes do not change it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn data_version(&self) -> Result<i64, Error> {
        let mut statement = self.db.prepare_cached("pragma data_version").doing("look for news")?;
        statement.query_row([], |row| row.get(0)).doing("look for news")
    }

    /// What SQLite finds wrong with the file; empty when it is sound.
    ///
    /// # Errors
    /// When the file can't be read at all.
    pub fn check(&self) -> Result<Vec<String>, Error> {
        let mut statement = self.db.prepare("pragma integrity_check").doing("check the journal")?;
        let found = statement.query_map([], |row| row.get::<_, String>(0)).doing("check the journal")?;
        let found: Vec<_> = found.collect::<rusqlite::Result<_>>().doing("check the journal")?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }

    fn prepare(&mut self) -> Result<(), Error> {
        self.settings()?;
        // Refused before anything is changed: a newer program's file stays as it is.
        if schema::version(&self.db)? > schema::CURRENT {
            return schema::migrate(&mut self.db);
        }
        self.write_ahead()?;
        schema::migrate(&mut self.db)
    }

    fn settings(&self) -> Result<(), Error> {
        self.db.busy_timeout(BUSY).doing("set up the journal")?;
        self.db.set_prepared_statement_cache_capacity(STATEMENTS);
        self.db.pragma_update(None, "foreign_keys", true).doing("set up the journal")?;
        self.db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT).doing("set up the journal")?;
        self.db.pragma_update(None, "synchronous", "normal").doing("set up the journal")
    }

    /// Changing to write-ahead mode does not wait for others by itself, so wait for their turn in a
    /// way that does, and try again.
    fn write_ahead(&mut self) -> Result<(), Error> {
        const TRIES: usize = 100;
        let mut tries = 0;
        loop {
            match self.set_write_ahead() {
                Err(error) if error.is_busy() && tries < TRIES => tries += 1,
                other => return other,
            }
            self.db.execute_batch("begin immediate; commit").doing("wait for another writer")?;
        }
    }

    fn set_write_ahead(&self) -> Result<(), Error> {
        let answer = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        let mode = self.db.pragma_query_value(None, "journal_mode", answer).doing("set up the journal")?;
        if mode == "wal" {
            return Ok(());
        }
        self.db
            .pragma_update_and_check(None, "journal_mode", "wal", answer)
            .doing("set up the journal")
            .map(|_| ())
    }
}

/// Makes the file if it is not there. An existing one is not even opened: closing it again would take
/// away the locks that another connection of this process holds on it.
fn create_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// A failure while opening names the file.
fn at(path: &Path, error: Error) -> Error {
    match error {
        Error::Statement { source, .. } => Error::open(path, source),
        other => other,
    }
}
