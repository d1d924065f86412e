//! Creating a run: locked, written, minded, and only then answered.

use std::{fs::File, io::Write as _, time::Duration};

use super::{
    error::Error,
    lock,
    open::Control,
    supervisor::{self, Handshake},
};
use crate::{
    ids::RunId,
    run::{RunSummary, Specification},
    workspace::state::{RunFolder, private_file},
};

/// How long a supervisor may take to say that it minds its run.
const PATIENCE: Duration = Duration::from_secs(10);

impl Control {
    /// Creates the run of a specification and starts its supervisor. When this answers, the run is on
    /// disk and minded by a process that outlives the asker.
    ///
    /// # Errors
    /// When the folder or the journal can't be written; then there is no run. [`Error::Supervisor`] when
    /// there is one that nobody minds; it is written as ended.
    pub fn create(&mut self, spec: &Specification) -> Result<RunSummary, Error> {
        let folder = self.parts.state.run(spec.run);
        if folder.root().exists() {
            let there = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(lock::at(there, folder.root()));
        }
        let lock = lock::take(&folder)?
            .ok_or_else(|| Error::Supervisor { run: spec.run, why: "its lock is held already".to_owned() })?;
        if let Err(error) = self.write(&folder, spec) {
            // There is no such run: leave no folder that looks like one.
            let _ = std::fs::remove_dir_all(folder.root());
            return Err(error);
        }
        self.start(spec.run, &lock)?;
        let summary = self.journal.summary(spec.run)?;
        Ok(summary.unwrap_or_else(|| RunSummary::new(spec)))
    }

    fn write(&mut self, folder: &RunFolder, spec: &Specification) -> Result<(), Error> {
        write_copy(folder, spec).map_err(|error| lock::at(error, &folder.spec()))?;
        Ok(self.journal.create_run(spec, self.parts.clock.wall())?)
    }

    fn start(&mut self, run: RunId, lock: &File) -> Result<(), Error> {
        let mut why = match supervisor::start(&self.parts, run, lock, PATIENCE) {
            Ok(Handshake::Ready) => return Ok(()),
            Ok(Handshake::Failed(why)) => why,
            Err(error) => format!("{} can't be started: {error}", self.parts.program.display()),
        };
        // The lock is still ours: nobody else can end it meanwhile. Whoever looks next ends it if we can't.
        if let Err(error) = self.end_lost(run) {
            why = format!("{why} (and its end can't be written: {error})");
        }
        Err(Error::Supervisor { run, why })
    }
}

/// The copy for people; the journal's row is the truth.
pub(super) fn write_copy(folder: &RunFolder, spec: &Specification) -> std::io::Result<()> {
    let mut text = serde_json::to_string_pretty(spec)?;
    text.push('\n');
    private_file(&folder.spec())?.write_all(text.as_bytes())
}
