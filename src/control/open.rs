//! The hand that faces hold: where runs live, and who minds them.

use std::{ffi::OsString, path::PathBuf, sync::Arc};

use super::error::Error;
use crate::{clock::Clock, ids::RunId, journal::Journal, run::Refusal, workspace::state::StateFolder};

/// What is needed to create and mind runs. Decided once, by who builds the program.
#[derive(Clone)]
pub struct Parts {
    /// Where everything of ours lies.
    pub state: StateFolder,
    /// The workspace: a supervisor's working directory. Absolute.
    pub workspace: PathBuf,
    /// The program that is started with `supervise` as its first argument. Absolute.
    pub program: PathBuf,
    /// The asker's whole environment: what tasks may pass on is picked from it.
    pub environment: Vec<(OsString, OsString)>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// One asker, with a connection of its own to the journal.
pub struct Control {
    pub(super) parts: Parts,
    pub(super) journal: Journal,
}

impl Control {
    /// Opens the state folder and its journal, and makes them where they are missing.
    ///
    /// # Errors
    /// When the folder can't be made or the journal not be opened.
    pub fn open(parts: Parts) -> Result<Self, Error> {
        parts.state.create().map_err(Error::Folder)?;
        let journal = Journal::open(&parts.state.journal())?;
        Ok(Self { parts, journal })
    }

    /// Another asker of the same runs, for another thread.
    ///
    /// # Errors
    /// As [`Control::open`].
    pub fn another(&self) -> Result<Self, Error> {
        Self::open(self.parts.clone())
    }

    /// What is remembered.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What is remembered, to keep typed lines in or to rebuild.
    pub const fn journal_mut(&mut self) -> &mut Journal {
        &mut self.journal
    }

    /// With what this was opened.
    #[must_use]
    pub const fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The run that a person means: a full id, any unique end of one, `@latest` or `@latest-failed`.
    ///
    /// # Errors
    /// A refusal when none or several fit.
    pub fn resolve(&self, asked: &str) -> Result<RunId, Error> {
        Ok(self.journal.find_run(asked)?)
    }

    /// Forgets a run that has ended: its rows, its specification's copy, its logs.
    ///
    /// # Errors
    /// A refusal when there is no such run or it goes on.
    pub fn forget(&mut self, run: RunId) -> Result<(), Error> {
        let (_, status) = self.journal.standing(run)?;
        if !status.is_over() {
            let what = format!("run {} can't be forgotten", run.short());
            return Err(Refusal::WrongState { what, why: format!("it is {}", status.word()) }.into());
        }
        // The row first: a folder that nobody knows of is only waste, a run without its logs is a riddle.
        self.journal.forget_run(run)?;
        let folder = self.parts.state.run(run);
        // Then the specification: what is left of a folder without it is never taken for a run again.
        let _ = std::fs::remove_file(folder.spec());
        match std::fs::remove_dir_all(folder.root()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(super::lock::at(error, folder.root()))
            }
            _ => Ok(()),
        }
    }
}
