//! The state folder, `<workspace>/.plandeck` unless it was moved: where everything of ours lies.
//!
//! All folders are made with mode 0700 and all files with 0600, whatever the asker's mask is.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::ids::{AttemptId, RunId};

/// The folder and the paths in it. Cloning it costs a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFolder {
    root: PathBuf,
}

impl StateFolder {
    /// Names the folder; nothing is created before [`StateFolder::create`].
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the folder, private, with a `.gitignore` of its own.
    ///
    /// # Errors
    /// When the file system refuses, with the path in the message.
    pub fn create(&self) -> io::Result<()> {
        private_folder(&self.root)?;
        private_folder(&self.root.join("runs"))?;
        let ignore = self.root.join(".gitignore");
        if !ignore.exists() {
            private_file(&ignore)?.write_all(b"*\n").map_err(|error| with_path(error, &ignore))?;
        }
        Ok(())
    }

    /// `journal.db`.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.root.join("journal.db")
    }

    /// What is remembered of plans that were read.
    #[must_use]
    pub fn readings(&self) -> PathBuf {
        self.root.join("readings")
    }

    /// The folder of the bytes that plan edits replaced.
    #[must_use]
    pub fn undo(&self) -> PathBuf {
        self.root.join("undo")
    }

    /// The folder of one run.
    #[must_use]
    pub fn run(&self, run: RunId) -> RunFolder {
        RunFolder { root: self.root.join("runs").join(run.to_string()) }
    }
}

/// The folder of one run and the paths in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFolder {
    root: PathBuf,
}

impl RunFolder {
    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the folder and its `logs`, private.
    ///
    /// # Errors
    /// When the file system refuses, with the path in the message.
    pub fn create(&self) -> io::Result<()> {
        private_folder(&self.root)?;
        private_folder(&self.logs())
    }

    /// The copy of the specification for people.
    #[must_use]
    pub fn spec(&self) -> PathBuf {
        self.root.join("spec.json")
    }

    /// Held by the supervisor for its whole life: the proof of life.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// The FIFO that wakes the supervisor to look for requests.
    #[must_use]
    pub fn bell(&self) -> PathBuf {
        self.root.join("bell")
    }

    /// Events that the journal could not take.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.root.join("spool.ndjson")
    }

    /// The plan's files as they were before the run first changed them, at their own paths.
    #[must_use]
    pub fn before(&self) -> PathBuf {
        self.root.join("before")
    }

    /// How what counts as deliverables was when the run began, for whoever has to end a lost run.
    #[must_use]
    pub fn listing(&self) -> PathBuf {
        self.root.join("listing.json")
    }

    /// The folder of the logs.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// The raw bytes of one attempt, in arrival order.
    #[must_use]
    pub fn log(&self, attempt: &AttemptId) -> PathBuf {
        self.logs().join(format!("{}.{}.log", attempt.task.as_str(), attempt.number))
    }

    /// The folder of what performers say of their attempts.
    #[must_use]
    pub fn reports(&self) -> PathBuf {
        self.root.join("reports")
    }

    /// What the performer says of one attempt.
    #[must_use]
    pub fn report(&self, attempt: &AttemptId) -> PathBuf {
        self.reports().join(format!("{}.{}.json", attempt.task.as_str(), attempt.number))
    }
}

/// Makes a folder (and what leads to it) that only its owner can enter. An existing one is left as it is.
///
/// # Errors
/// When the file system refuses, with the path in the message.
pub fn private_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| with_path(error, path))?;
    // The mode above is masked by the asker's umask; a mask that takes our own bits away would lock us out.
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|error| with_path(error, path))
}

/// Opens a file for writing that only its owner can read, created if need be, appended to.
///
/// # Errors
/// When the file system refuses, with the path in the message.
pub fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| with_path(error, path))
}

/// The same error, naming the file it is about.
pub(crate) fn with_path(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_made_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::at(folder.path().join(".plandeck"));
        state.create().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(state.root()), 0o700);
        assert_eq!(mode(&state.root().join(".gitignore")), 0o600);
        assert_eq!(fs::read_to_string(state.root().join(".gitignore")).unwrap(), "*\n");
    }
}
